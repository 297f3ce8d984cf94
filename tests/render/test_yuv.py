import numpy as np
import pytest

from render.pixels.yuv import to_yuv420


def planes(height, width, pad=0):
    sizes = [(height, width + pad), (height // 2, width // 2 + pad), (height // 2, width // 2 + pad)]
    return [np.zeros(size, np.uint8) for size in sizes]


def converted(rgba, pad=0):
    y, u, v = planes(*rgba.shape[:2], pad)
    to_yuv420(np.ascontiguousarray(rgba), y, u, v)
    return y, u, v


def exact(rgb):
    """The BT.709 formula in floating point on the last axis: Y, U, V as the standard rounds them."""
    r, g, b = np.moveaxis(np.asarray(rgb, float), -1, 0) / 255
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * luma, 128 + 224 * (b - luma) / 1.8556, 128 + 224 * (r - luma) / 1.5748


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
        ((200, 50, 90), (89, 130, 192)),
    ],
)
def test_the_colours_of_the_standard_come_out(rgb, yuv):
    y, u, v = converted(np.full((2, 2, 4), (*rgb, 255), np.uint8))
    assert (y.tolist(), u.tolist(), v.tolist()) == ([[yuv[0]] * 2] * 2, [[yuv[1]]], [[yuv[2]]])


def test_every_grey_has_no_colour_and_the_nearest_luma():
    levels = np.arange(256, dtype=np.uint8)
    y, u, v = converted(np.repeat(np.repeat(levels[None, :, None], 2, 0), 2, 1) * np.ones(4, np.uint8))
    assert y[0, ::2].tolist() == [round(16 + level * 219 / 255) for level in range(256)]
    assert (u == 128).all() and (v == 128).all()


def test_each_sample_is_within_a_hundredth_of_the_nearest_whole_number():
    rgba = np.random.default_rng(0).integers(0, 256, (64, 96, 4), dtype=np.uint8)
    mean = rgba[..., :3].reshape(32, 2, 48, 2, 3).mean((1, 3))  # (32, 48, 3)
    for found, wanted in zip(converted(rgba), (exact(rgba[..., :3])[0], *exact(mean)[1:]), strict=True):
        assert np.abs(found - wanted).max() <= 0.51


def test_a_chroma_sample_is_the_mean_of_its_own_four_pixels_only():
    rgba = np.zeros((4, 6, 4), np.uint8)
    rgba[1, 3] = (255, 0, 0, 255)
    y, u, v = converted(rgba)
    assert (np.argwhere(y != 16).tolist(), y[1, 3]) == ([[1, 3]], 63)
    assert (np.argwhere(u != 128).tolist(), u[0, 1]) == ([[0, 1]], 122)  # 128 - 25.7 / 4
    assert (np.argwhere(v != 128).tolist(), v[0, 1]) == ([[0, 1]], 156)  # 128 + 112 / 4


def test_alpha_is_ignored():
    rgba = np.random.default_rng(1).integers(0, 256, (8, 8, 4), dtype=np.uint8)
    clear = rgba.copy()
    clear[..., 3] = 0
    for one, other in zip(converted(rgba), converted(clear), strict=True):
        assert np.array_equal(one, other)


def test_columns_beyond_the_picture_stay_as_they_are():
    rgba = np.random.default_rng(2).integers(0, 256, (10, 14, 4), dtype=np.uint8)
    for plain, padded in zip(converted(rgba), converted(rgba, pad=5), strict=True):
        assert np.array_equal(padded[:, :-5], plain)
        assert not padded[:, -5:].any()


@pytest.mark.parametrize("shape", [(3, 4, 4), (4, 5, 4)])
def test_an_odd_size_is_refused_before_anything_is_written(shape):
    with pytest.raises(AssertionError):
        to_yuv420(np.zeros(shape, np.uint8), *planes(4, 4))


def test_planes_of_another_size_are_refused():
    y, u, v = planes(4, 4)
    with pytest.raises(AssertionError):
        to_yuv420(np.zeros((4, 6, 4), np.uint8), y, u, v)
