"""Image mobjects drawn within their bounds: the pixels of manim's own drawing, wherever they lie."""

import numpy as np
import pytest
from manim import DL, OUT, RIGHT, UP, Camera, ImageMobject, ThreeDCamera, config, tempconfig

from render.pixels import images

RNG = np.random.default_rng(2)


@pytest.fixture(autouse=True)
def small():
    with tempconfig({"pixel_width": 160, "pixel_height": 90, "verbosity": "ERROR"}):
        assert config.frame_width == pytest.approx(128 / 9)
        yield


def picture(alpha=True):
    texture = RNG.integers(0, 256, (7, 5, 4), dtype=np.uint8)
    texture[..., 3] = RNG.integers(0, 256, (7, 5)) if alpha else 255
    return ImageMobject(texture, scale_to_resolution=90).set_resampling_algorithm(0).scale_to_fit_height(3)


PLACES = {
    "inside": lambda m: m,
    "shifted by parts of a pixel": lambda m: m.shift([0.013, -0.027, 0]),
    "turned": lambda m: m.rotate(0.4),
    "over the right edge": lambda m: m.shift(6.8 * RIGHT),
    "over the upper left corner": lambda m: m.to_corner(DL).shift([-1, -1, 0]),
    "over the lower edge": lambda m: m.to_edge(-UP, buff=-1),
    "out of sight": lambda m: m.shift(20 * RIGHT),
    "larger than the frame": lambda m: m.scale_to_fit_height(20),
    "a line": lambda m: m.stretch(1e-4, 0),
    "nothing": lambda m: m.scale(0),
    "half clear": lambda m: m.set_opacity(0.5),
    "smooth": lambda m: m.set_resampling_algorithm(3),
    "seen from the side": lambda m: m.rotate(1.2, axis=UP),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", [Camera, ThreeDCamera])
def test_an_image_is_drawn_as_by_manim(place, kind):
    camera, image = kind(), PLACES[place](picture())
    if kind is ThreeDCamera:
        camera.set_phi(0.6)
        camera.set_theta(-1.1)
        image.shift(0.5 * OUT)
    behind = RNG.integers(0, 256, camera.pixel_array.shape, dtype=np.uint8)
    drawn = []
    for draw in (images.stock, images.display_image_mobject):
        pixels = behind.copy()
        draw(camera, image, pixels)
        drawn.append(pixels)
    assert np.array_equal(*drawn)
    if place == "inside":
        assert not np.array_equal(drawn[1], behind)


def test_a_camera_with_its_own_way_to_lay_pictures_over_is_left_to_it():
    class Own(Camera):
        def overlay_PIL_image(self, pixel_array, image):
            pixel_array[:] = image.width

    camera = Own()
    images.display_image_mobject(camera, picture(), camera.pixel_array)
    assert (camera.pixel_array == 160).all()
