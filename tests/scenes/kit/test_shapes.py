"""Batched shapes are read back where they are drawn, wherever the group was moved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.arrays import finite
from scenes.kit.shapes import (
    LEVELS,
    Shapes,
    circle_radii,
    circles,
    middles,
    rectangles,
    signed_style,
    signed_styles,
    signs,
    strip_ends,
    strip_widths,
    strips,
)


def scattered(n, seed):
    rng = np.random.default_rng(seed)
    starts, ends = rng.uniform(-3, 3, (2, n, 3)) * (1, 1, 0)
    return starts, ends, rng.uniform(0.001, 0.2, n), rng.uniform(-1, 1, n)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.05, 20), st.floats(-6, 6))
def test_strips_read_back_wherever_the_group_was_moved_scaled_and_turned(n, seed, scale, angle):
    starts, ends, widths, shares = scattered(n, seed)
    drawn = Shapes(signed_styles()).place(strips(starts, ends, widths), signed_style(shares))
    drawn.shift([1, -2, 0]).scale(scale).rotate(angle)
    assert strip_widths(drawn.outlines()) == pytest.approx(widths, abs=1e-9)
    assert strip_ends(drawn.outlines()) == pytest.approx(np.stack([starts, ends], axis=1), abs=1e-8)
    assert np.array_equal(signs(drawn), np.where(shares < 0, -1, 1))


def test_shapes_set_anew_after_a_move_stand_where_the_group_stands():
    drawn = Shapes([("#FFFFFF", 1.0)])
    drawn.place(circles(np.zeros((1, 3)), [1.0]), np.zeros(1, dtype=int)).shift([2, 1, 0]).scale(
        2, about_point=[2, 1, 0]
    )
    drawn.place(circles(np.array([[1.0, 0, 0]]), [0.5]), np.zeros(1, dtype=int))
    assert drawn.get_center() == pytest.approx([4, 1, 0], abs=2e-3)
    assert circle_radii(drawn.outlines()) == pytest.approx([0.5])
    assert middles(drawn.outlines()) == pytest.approx(np.array([[1.0, 0, 0]]))


def test_a_point_moved_behind_its_back_is_seen():
    starts, ends, widths, shares = scattered(5, 3)
    drawn = Shapes(signed_styles()).place(strips(starts, ends, widths), signed_style(shares))
    mobject = next(m for m in drawn.bins if len(m.points))
    mobject.points[0] += 0.5
    assert (np.abs(strip_widths(drawn.outlines()) - widths) > 1e-3).sum() == 1


def test_outlines_of_one_kind_all_turn_the_same_way():
    starts, ends, widths, _ = scattered(50, 1)
    for outlines in (strips(starts, ends, widths), circles(starts, widths), rectangles(-np.abs(starts), np.abs(ends))):
        corners = outlines[:, ::4]  # (n, 4, 3)
        after = np.roll(corners, -1, axis=1)
        area = (corners[..., 0] * after[..., 1] - corners[..., 1] * after[..., 0]).sum(axis=1) / 2
        assert (area > 0).all()


def test_zero_has_the_faintest_style_and_the_largest_the_fullest():
    assert list(signed_style(np.array([0, 1e-9, 0.125, 0.126, 1, -1e-9, -1]))) == [
        0,
        0,
        0,
        1,
        7,
        LEVELS,
        2 * LEVELS - 1,
    ]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([1.0, np.nan], "A plot cannot draw nan at 1: only finite numbers are drawn."),
        ([[1.0]], "A plot draws an array with 1 axes, found the shape (1, 1)."),
        ([], "A plot has nothing to draw: the array has the shape (0,)."),
        ([0.5, 2.0], "A plot cannot draw 2 at 1: expected 0 to 1."),
    ],
)
def test_arrays_that_cannot_be_drawn_are_refused_in_a_sentence(values, error):
    with pytest.raises(ValueError) as raised:
        finite("A plot", values, 1, low=0, high=1)
    assert str(raised.value) == error
