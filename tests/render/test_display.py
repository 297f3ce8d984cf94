"""Drawing through flat arrays gives the pixels of manim's own drawing, whatever is drawn and by whichever camera."""

import subprocess
import sys
from pathlib import Path

import manim
import numpy as np
import pytest
from manim import (
    BLUE,
    DEGREES,
    DOWN,
    GREEN,
    LEFT,
    ORIGIN,
    OUT,
    RED,
    RIGHT,
    UP,
    WHITE,
    YELLOW,
    CapStyleType,
    Circle,
    Cube,
    DashedVMobject,
    Dot,
    Dot3D,
    Group,
    ImageMobject,
    Line,
    LineJointType,
    Mobject,
    MovingCamera,
    MultiCamera,
    PMobject,
    RegularPolygon,
    Sphere,
    Square,
    Star,
    Surface,
    Text,
    ThreeDAxes,
    ThreeDCamera,
    VGroup,
    VMobject,
    tempconfig,
)
from manim.mobject.types.image_mobject import ImageMobjectFromCamera
from PIL import Image

from render.pixels import display

SIZE = {"pixel_width": 240, "pixel_height": 136, "frame_width": 8.0 * 240 / 136, "frame_height": 8.0}


@pytest.fixture(autouse=True)
def small(tmp_path):
    """Small pictures; manim's own drawing afterwards."""
    with tempconfig({**SIZE, "media_dir": str(tmp_path)}):
        yield
    display.use("stock")


@pytest.fixture(autouse=True, scope="module")
def compiled():
    display.prepare("exact")


def drawn(raster, camera, mobjects, **kwargs):
    """The picture (height, width, 4) uint8 of some mobjects."""
    display.use(raster)
    camera.reset()
    camera.capture_mobjects(mobjects, **kwargs)
    return camera.pixel_array.copy()


def same(camera, *mobjects, **kwargs):
    """Whether both ways of drawing agree, on a picture that is not empty."""
    stock = drawn("stock", camera, mobjects, **kwargs)
    exact = drawn("exact", camera, mobjects, **kwargs)
    assert (stock != camera.background).any(), "nothing was drawn"
    return np.array_equal(stock, exact)


def fallbacks(monkeypatch):
    """A list that collects the VMobjects which manim's own code draws."""
    taken = []
    stock = manim.Camera.display_vectorized

    def watch(self, vmobject, ctx):
        taken.append(vmobject)
        return stock(self, vmobject, ctx)

    monkeypatch.setattr(manim.Camera, "display_vectorized", watch)
    monkeypatch.setitem(display._FLAT_METHODS, "display_vectorized", watch)
    monkeypatch.setitem(display._THREE_D_METHODS, "display_vectorized", watch)
    return taken


def zigzag(**style):
    return VMobject(**style).set_points_as_corners([LEFT * 3, UP, RIGHT, DOWN * 2, RIGHT * 3 + UP * 2])


def with_points(mobject, points):
    mobject.points = points
    return mobject


def paths_of_several_parts():
    """Two parts that meet within manim's tolerance, two that do not, and a lone point at the end."""
    ring = Circle(radius=2, fill_opacity=0.4)
    points = np.concatenate([ring.points, Square().points, Square().points + 4e-6, ring.points[:2]])
    return with_points(ring, points)


def not_finite(row, value):
    square = Square(fill_opacity=1)
    square.points[row] = value
    return square


def paints(*rows, **attributes):
    square = Square(side_length=4, fill_opacity=1, stroke_width=20)
    for name, value in attributes.items():
        setattr(square, name, value)
    if rows:
        square.fill_rgbas = np.array(rows, dtype=np.float64)
    return square


DRAWINGS = {
    "flat fills and strokes": lambda: [Square(fill_opacity=0.5), Circle(color=RED, fill_opacity=1).shift(RIGHT)],
    "opaque and clear paints": lambda: [Square(fill_opacity=0, stroke_opacity=0), Star(fill_opacity=0.003), Dot()],
    "gradients": lambda: [
        Square().set_fill([RED, GREEN, BLUE], opacity=0.7).set_stroke([YELLOW, RED], width=12),
        Circle(fill_opacity=1).set_sheen(0.4, UP + RIGHT).shift(RIGHT * 3),
        Text("gradient", gradient=(RED, BLUE)),
    ],
    "a gradient over a whole family": lambda: [
        Square().set_fill([RED, BLUE], 1).add(Circle(radius=2).shift(RIGHT * 2).set_stroke([WHITE, RED]))
    ],
    "background strokes": lambda: [
        Circle(fill_opacity=1).set_background_stroke(color=RED, width=30),
        Text("back").set_stroke([WHITE, RED], width=6, background=True),
    ],
    "every join and cap": lambda: [
        zigzag(joint_type=join, cap_style=cap, stroke_width=25, stroke_opacity=0.6).scale(0.4).shift(place)
        for join, cap, place in zip(LineJointType, CapStyleType, (LEFT * 4, LEFT, RIGHT * 2, RIGHT * 5), strict=True)
    ],
    "dashes": lambda: [DashedVMobject(Circle(radius=3), num_dashes=21), DashedVMobject(zigzag())],
    "text": lambda: [Text("tensors flow"), Text("ß ∂ é", font_size=90, weight="BOLD").shift(UP * 2)],
    "several parts in one path": lambda: [paths_of_several_parts()],
    "too few points for a curve": lambda: [with_points(Square(fill_opacity=1), np.ones((3, 3))), Dot()],
    "one point and no points": lambda: [with_points(Square(), np.ones((1, 3))), VMobject(), Mobject(), Dot()],
    "a point that is no number": lambda: [not_finite(5, np.nan), not_finite((5, 2), np.inf), Circle()],
    "no and negative widths": lambda: [
        *(Square(side, stroke_width=width) for side, width in ((1, 0), (2, -3), (3, 4))),
        paints(stroke_width=np.float64(7)),
        paints(background_stroke_width=-1),
    ],
    "widths that are text or 32-bit": lambda: [
        paints(stroke_width="9"),
        paints(stroke_width=np.float32(7.3)).shift(RIGHT * 3),
    ],
    "paints with no rows": lambda: [paints(fill_rgbas=np.zeros((0, 4))), Dot()],
    "paints out of range": lambda: [paints((2.0, -1, 0.5, 3)), paints((0.1, 0.2, 0.3, -1)).shift(RIGHT)],
    "points and paints of other types": lambda: [
        with_points(Square(fill_opacity=1), Circle().points.astype(np.float32)),
        with_points(Square(), (Square().points * 3).astype(int)),
        paints(stroke_rgbas=[[1, 0, 0, 1]]).shift(LEFT * 3),
        paints(fill_rgbas=np.full((1, 4), 0.3, dtype=np.float32)).shift(RIGHT * 3),
    ],
    "another tolerance": lambda: [
        with_points(VMobject(tolerance_for_point_equality=0.5), paths_of_several_parts().points + 0.1)
    ],
    "far outside the picture": lambda: [Line(LEFT * 9e4, RIGHT * 9e4 + UP), Square(1e5), Dot(RIGHT * 400)],
    "an image between outlines": lambda: [
        Square(4, fill_opacity=1),
        ImageMobject(np.uint8([[[255, 0, 0, 99], [0, 255, 0, 255]]] * 2)).scale(40),
        Circle(fill_opacity=0.5),
    ],
    "a cloud of points between outlines": lambda: [
        Square(4, fill_opacity=1),
        PMobject(stroke_width=6).add_points([ORIGIN, UP, RIGHT], color=RED),
        Group(Circle(fill_opacity=0.5), PMobject().add_points([DOWN])),
    ],
    "z_index": lambda: [
        VGroup(Square(fill_opacity=1, z_index=2), Circle(fill_opacity=1)).set_fill(RED),
        Dot(z_index=-1),
    ],
    "one mobject in two places": lambda: [s := Square(fill_opacity=1), Circle(fill_opacity=1, color=RED), VGroup(s)],
    "a family in a circle": lambda: [family_in_a_circle()],
}


def family_in_a_circle():
    one, other = Square(fill_opacity=1), Circle(fill_opacity=0.5)
    one.add(other)
    other.submobjects.append(one)
    return one


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_kind_of_drawing_has_the_pixels_of_manim(name):
    assert same(manim.Camera(), *DRAWINGS[name]())


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_kind_of_drawing_has_the_pixels_of_manim_under_a_moved_camera(name):
    camera = MovingCamera()
    camera.frame.scale(0.7).shift(RIGHT * 0.4 + UP * 0.21)
    assert same(camera, *DRAWINGS[name]())


def test_the_ordinary_kinds_need_nothing_of_manims_drawing(monkeypatch):
    ordinary = list(DRAWINGS)[:12] + ["z_index", "one mobject in two places", "far outside the picture"]
    taken = fallbacks(monkeypatch)
    for name in ordinary:
        drawn("exact", manim.Camera(), DRAWINGS[name]())
    assert taken == []


class Boxed(Square):
    """Draws its outline twice as wide as its attribute says."""

    def get_stroke_width(self, background=False):
        return 2 * super().get_stroke_width(background)


class Hiding(VGroup):
    """Shows only the first of its family."""

    def get_family(self, recurse=True):
        return super().get_family(recurse)[:2]


def test_classes_that_draw_themselves_are_drawn_by_manim_in_their_place(monkeypatch):
    mobjects = [Square(3, fill_opacity=1), Boxed(color=RED), Circle(fill_opacity=0.5), Hiding(Dot(), Star())]
    assert same(manim.Camera(), *mobjects)
    taken = fallbacks(monkeypatch)
    drawn("exact", manim.Camera(), mobjects)
    assert taken == [mobjects[1]]


def test_a_mobject_with_a_method_of_its_own_is_drawn_by_manim(monkeypatch):
    square = Square(3)
    square.get_stroke_width = lambda background=False: 30
    assert same(manim.Camera(), square, Circle())


def test_background_images_show_through_as_in_manim(tmp_path):
    Image.fromarray(np.arange(240 * 136 * 3, dtype=np.uint32).astype(np.uint8).reshape(136, 240, 3)).save(
        tmp_path / "x.png"
    )
    pictured = Square(4, fill_opacity=1).color_using_background_image(str(tmp_path / "x.png"))
    assert same(manim.Camera(), Circle(fill_opacity=1), pictured, pictured.copy().shift(RIGHT), Dot())


class Outlined(manim.Camera):
    """A camera that leaves out fills."""

    def apply_fill(self, ctx, vmobject):
        return self


@pytest.mark.parametrize(
    "camera",
    [
        Outlined,
        lambda: manim.Camera(cairo_line_width_multiple=0.05),
        lambda: manim.Camera(use_z_index=False),
        lambda: manim.Camera(background_opacity=0.3, background_color=RED),
        lambda: manim.Camera(frame_center=RIGHT + UP),
    ],
)
def test_cameras_of_other_kinds_draw_as_in_manim(camera):
    assert same(camera(), Square(fill_opacity=0.6), *DRAWINGS["z_index"](), *DRAWINGS["dashes"]())


def test_a_context_that_somebody_changed_is_respected():
    camera = manim.Camera()
    camera.get_cairo_context(camera.pixel_array).set_antialias(1)
    assert same(camera, Circle())


def test_arguments_of_capture_mobjects_mean_what_they_mean_in_manim():
    square, circle = Square(fill_opacity=1), Circle(fill_opacity=1)
    group = square.add(circle)
    assert same(manim.Camera(), group, include_submobjects=False)
    assert same(manim.Camera(), group, excluded_mobjects=[circle])


def test_a_plain_camera_keeps_the_view_of_its_first_frame():
    camera = manim.Camera()
    stock = manim.Camera()
    for each, raster in ((camera, "exact"), (stock, "stock")):
        drawn(raster, each, [Square()])
        each.frame_width *= 2
    assert np.array_equal(drawn("exact", camera, [Square()]), drawn("stock", stock, [Square()]))


def test_what_is_added_or_emptied_between_frames_is_seen():
    camera = manim.Camera()
    group = VGroup(Square(), Circle())
    assert same(camera, group)
    group[0].add(Star(fill_opacity=1))
    assert same(camera, group)
    group[1].clear_points()
    group[0].z_index = 5
    assert same(camera, group)
    group[0].points = group[0].points[:8]
    assert same(camera, group)


def test_a_zoomed_view_draws_both_cameras_as_manim_does():
    def zoomed():
        inner = MovingCamera()
        inner.frame.scale(0.3).shift(RIGHT)
        inner.background_opacity = 1
        view = ImageMobjectFromCamera(inner).scale(0.3).shift(UP * 2 + LEFT * 3)
        return MultiCamera([view]), [Square(fill_opacity=1), Circle().shift(RIGHT), view]

    pictures = []
    for raster in ("stock", "exact"):
        camera, mobjects = zoomed()
        pictures.append(drawn(raster, camera, mobjects))
    assert np.array_equal(*pictures)


def hills():
    return Surface(
        lambda u, v: np.array([u, v, np.sin(u) * np.cos(v)]),
        u_range=[-3, 3],
        v_range=[-3, 3],
        resolution=(6, 6),
        fill_opacity=0.8,
    )


SOLIDS = {
    "a surface": lambda: [hills()],
    "axes": lambda: [ThreeDAxes(x_range=[-3, 3], y_range=[-3, 3], z_range=[-2, 2]), Circle()],
    "solids and flat things": lambda: [Cube(), Sphere(resolution=(6, 6)).shift(RIGHT * 3), Square(), Dot3D(UP * 2)],
    "depth of a group": lambda: [
        VGroup(Square(fill_opacity=1), Circle(fill_opacity=1)).set_shade_in_3d(True, z_index_as_group=True),
        Cube().shift(OUT),
    ],
    "shaded gradients and lines": lambda: [
        Square(fill_opacity=1).set_fill([RED, GREEN, BLUE]).set_shade_in_3d(True),
        Line(LEFT, RIGHT * 3, stroke_width=12).set_shade_in_3d(True),
        Line(IN_FRONT, OUT).set_shade_in_3d(True),
        Square().set_background_stroke(color=RED, width=20).set_shade_in_3d(True).rotate(1, UP),
        VMobject(shade_in_3d=True).set_points_as_corners([ORIGIN, ORIGIN, UP, RIGHT]),
    ],
    "images and clouds": lambda: [
        *DRAWINGS["an image between outlines"](),
        PMobject().add_points([UP, OUT]),
        RegularPolygon(5).set_shade_in_3d(True),
    ],
    "points that are no numbers": lambda: [not_finite(5, np.nan), not_finite(2, np.inf), Cube()],
    "numbers of 32 bits and in lists": lambda: [
        paints(fill_rgbas=np.full((1, 4), 0.3, dtype=np.float32)).set_shade_in_3d(True),
        paints(stroke_rgbas=[[1.0, 0, 0, 1]]).shift(OUT),
        with_points(Square(shade_in_3d=True, fill_opacity=0.5), Circle().points.astype(np.float32) + 0.1),
        Cube(),
    ],
}
IN_FRONT = np.array([0.0, 0.0, -1.0])
VIEWS = {
    "from the front": {},
    "from aside": {"phi": 65 * DEGREES, "theta": -50 * DEGREES},
    "rolled and near": {"phi": 1.1, "theta": 2.0, "gamma": 0.3, "zoom": 1.3, "focal_distance": 3.0},
    "without shading": {"phi": 0.5, "should_apply_shading": False},
    "with the exponential": {"phi": 0.5, "exponential_projection": True},
}


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", SOLIDS)
def test_three_dimensions_have_the_pixels_of_manim(name, view):
    assert same(ThreeDCamera(**VIEWS[view]), *SOLIDS[name]())


def test_surfaces_and_axes_need_nothing_of_manims_drawing(monkeypatch):
    taken = fallbacks(monkeypatch)
    for name in list(SOLIDS)[:5]:
        drawn("exact", ThreeDCamera(**VIEWS["from aside"]), SOLIDS[name]())
    assert taken == []


def test_what_is_fixed_in_the_frame_or_upright_stays_so():
    title, label, surface = Text("fixed"), Text("upright").shift(RIGHT * 2 + OUT), hills()
    camera = ThreeDCamera(**VIEWS["from aside"])
    camera.add_fixed_in_frame_mobjects(title)
    camera.add_fixed_orientation_mobjects(label)
    title[0].set_fill([RED, BLUE])
    label[0].set_fill([RED, BLUE])
    assert same(camera, title, label, surface)


def test_a_light_that_moves_and_a_centre_that_moves_are_seen():
    camera = ThreeDCamera(**VIEWS["from aside"])
    surface = hills()
    assert same(camera, surface)
    camera.light_source.move_to(UP * 3 + OUT * 4)
    camera.frame_center = RIGHT
    assert same(camera, surface)


def test_a_frame_like_the_one_before_is_told_and_has_its_pixels():
    camera, square = manim.Camera(), Square(fill_opacity=0.5)
    display.use("exact")
    frames, told = [], []
    for shift in (0, 0, 0, 0, 1, 0, 0):
        square.shift(RIGHT * shift)
        camera.reset()
        camera.capture_mobjects([square])
        frames.append(camera.pixel_array.copy())
        told.append(display.changed())
    assert all(np.array_equal(frame, frames[0]) for frame in frames[:4])
    assert all(np.array_equal(frame, frames[4]) for frame in frames[4:])
    assert not np.array_equal(frames[0], frames[4])
    assert told == [True, True, False, False, True, True, False]


def test_the_same_mobjects_over_another_background_are_a_change():
    camera, square = manim.Camera(), Square(fill_opacity=0.5)
    display.use("exact")
    for _ in range(3):
        camera.reset()
        camera.capture_mobjects([square])
    display.changed()
    camera.set_frame_to_background(np.full_like(camera.pixel_array, 90))
    camera.capture_mobjects([square])
    assert display.changed()
    assert np.array_equal(camera.pixel_array[0, 0], [90] * 4)


def test_another_picture_between_two_equal_frames_is_told():
    camera, square = manim.Camera(), Square()
    display.use("exact")
    for _ in range(3):
        camera.reset()
        camera.capture_mobjects([square])
    display.changed()
    camera.reset()
    camera.capture_mobjects([Circle()])
    assert display.changed()


def test_of_two_cameras_side_by_side_each_one_counts():
    left, right, square = manim.Camera(), manim.Camera(), Square()
    display.use("exact")
    told = []
    for shift in (0, 0, 0, 0, 1):
        square.shift(RIGHT * shift)
        for camera, mobject in ((left, square), (right, Circle())):
            camera.reset()
            camera.capture_mobjects([mobject])
        told.append(display.changed())
    assert told == [True, True, False, False, True]


class Fading(manim.Camera):
    """A camera that darkens every frame a little more."""

    shade = 0

    def capture_mobjects(self, mobjects, **kwargs):
        super().capture_mobjects(mobjects, **kwargs)
        self.shade += 1
        self.pixel_array[:] = self.pixel_array // self.shade


def test_a_camera_that_works_on_its_pixels_is_always_told_as_a_change():
    camera = Fading()
    display.use("exact")
    for _ in range(4):
        camera.reset()
        camera.capture_mobjects([Square()])
        assert display.changed()


def test_a_mobject_that_manim_cannot_draw_fails_in_the_same_way():
    listed = paints(stroke_rgbas=[[1.0, 0, 0, 1]]).set_shade_in_3d(True)
    for raster in ("stock", "exact"):
        with pytest.raises(AttributeError, match="'list' object has no attribute 'repeat'"):
            drawn(raster, ThreeDCamera(), [Cube(), listed])


def test_manims_own_drawing_is_always_told_as_a_change():
    display.use("stock")
    assert [display.changed(), display.changed()] == [True, True]


def test_stock_puts_manims_own_method_back():
    display.use("exact")
    assert manim.Camera.capture_mobjects is not display._stock_capture
    display.use("stock")
    assert manim.Camera.capture_mobjects is display._stock_capture


@pytest.mark.slow
def test_importing_and_drawing_as_manim_load_no_compiler():
    code = (
        "import render.pixels.display as d, sys; d.prepare('stock'); d.use('stock'); sys.exit('numba' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
