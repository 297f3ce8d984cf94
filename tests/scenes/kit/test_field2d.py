"""A field is read back from its arrows, wherever it was moved and whatever made it change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker

from scenes.kit.field2d import FILL, Field2D
from tests.scenes.golden import assert_golden

ALPHAS = (0, 0.25, 0.5, 0.75, 1)


def vectors(rows=3, columns=4, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns, 2))


def field(values, **how):
    rows, columns, _ = values.shape
    return Field2D(values, np.arange(columns), np.linspace(-1, 1, rows) if rows > 1 else np.zeros(1), **how)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-12, 1.0, 1e12]),
    st.floats(0.1, 10),
)
def test_vectors_read_back_wherever_the_field_was_moved(rows, columns, seed, size, width):
    values = vectors(rows, columns, seed) * size
    drawn = field(values, width=width).shift([1, 2, 0]).scale(0.6)
    assert drawn.values() == pytest.approx(values, abs=1e-7 * drawn.cap)


def test_the_longest_arrow_fills_the_space_between_neighbours():
    drawn = Field2D(np.array([[[0.0, 0], [3, 0], [0, 1]]]), [0, 1, 2], [0.0], width=4, height=4)
    heads = drawn.arrows.outlines()[3:]
    shafts = drawn.arrows.outlines()[:3]
    long = heads[1, 0] - (shafts[1, 0] + shafts[1, 3]) / 2
    assert drawn.cap == 3
    assert np.abs(long) == pytest.approx([2 * FILL, 0, 0], abs=1e-9)


def test_vectors_above_the_cap_are_drawn_at_the_cap_and_counted():
    values = np.array([[[3.0, 4], [0.3, 0.4]]])
    drawn = field(values, cap=1)
    assert drawn.values() == pytest.approx(np.array([[[0.6, 0.8], [0.3, 0.4]]]))
    assert drawn.above_cap(values) == 1


def test_arrows_stand_on_their_points():
    drawn = Field2D(vectors(2, 2), [0, 1], [5, 7], width=2, height=1).shift([3, 0, 0])
    assert drawn.place(0, 5) == pytest.approx([2, -0.5, 0])
    assert drawn.place(1, 7) == pytest.approx([4, 0.5, 0])


def test_a_field_laid_on_a_plot_has_its_places_and_vectors():
    def place(x, y):
        return np.array([3 + 0.5 * x, 1 + 0.25 * y, 0])

    drawn = field(vectors()).lay_on(place)
    assert drawn.place(2, 0.5) == pytest.approx(place(2, 0.5))
    assert drawn.values() == pytest.approx(vectors())
    first = drawn.arrows.outlines()[[0, 12]]
    tail, tip = drawn.axes.out((first[0, 0] + first[0, 3]) / 2), drawn.axes.out(first[1, 0])
    assert (tail + tip) / 2 == pytest.approx(place(0, -1))
    assert (tip - tail)[1] / (tip - tail)[0] == pytest.approx(0.5 * vectors()[0, 0, 1] / vectors()[0, 0, 0])


def test_a_change_turns_the_arrows_through_the_vectors_between():
    start, end = vectors(), vectors(seed=1)
    drawn = field(start, cap=10)
    change = drawn.change(end)
    change.begin()
    for alpha in ALPHAS:
        change.interpolate(alpha)
        share = change.rate_func(alpha)
        assert drawn.values() == pytest.approx((1 - share) * start + share * end)


def test_a_field_follows_the_time_of_a_tracker():
    series = np.stack([vectors(seed=s) for s in range(3)])
    time = ValueTracker(0)
    drawn = field(series[0], cap=10).follow(series, time)
    for now, expected in (
        (0, series[0]),
        (0.5, (series[0] + series[1]) / 2),
        (1.75, 0.25 * series[1] + 0.75 * series[2]),
        (9, series[2]),
    ):
        time.set_value(now)
        drawn.update()
        assert drawn.values() == pytest.approx(expected)


def test_a_copy_that_follows_draws_itself_and_not_its_original():
    series = np.stack([vectors(seed=s) for s in range(2)])
    time = ValueTracker(0)
    drawn = field(series[0], cap=10).follow(series, time)
    copy = drawn.copy()
    time.set_value(1)
    copy.update()
    assert copy.values() == pytest.approx(series[1])
    assert drawn.values() == pytest.approx(series[0])


def test_an_arrow_moved_behind_its_back_is_seen():
    drawn = field(np.full((1, 2, 2), 1.0))
    last = next(m for m in drawn.arrows.bins if len(m.points))
    last.points[2 * 16] += [0.5, 0, 0]  # the tip of the first arrow, after two shafts
    moved = drawn.values()
    assert moved[0, 0, 0] > 1.1
    assert moved[0, 1] == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("values", "x", "y", "cap", "error"),
    [
        (np.full((1, 1, 2), np.nan), [0], [0], None, "A Field2D cannot draw nan at (0, 0, 0): only finite numbers"),
        (np.zeros((2, 2)), [0, 1], [0, 1], None, "A Field2D draws an array with 3 axes, found the shape (2, 2)."),
        (np.zeros((2, 1, 2)), [0, 1], [0], None, "A Field2D of 1 by 2 points got vectors of shape (2, 1, 2)."),
        (np.zeros((1, 2, 2)), [1, 0], [0], None, "The points of a Field2D rise along each axis, got [1. 0.]."),
        (np.zeros((1, 1, 2)), [0], [0], -1, "The cap of a Field2D must be above zero, got -1."),
        (np.zeros((0, 1, 2)), [0], [], None, "A Field2D has nothing to draw: the array has the shape (0,)."),
    ],
)
def test_what_is_no_field_is_refused_in_a_sentence(values, x, y, cap, error):
    with pytest.raises(ValueError) as raised:
        Field2D(values, x, y, cap=cap)
    assert str(raised.value).startswith(error)


def test_the_golden_picture():
    x, y = np.linspace(-2, 2, 15), np.linspace(-1, 1, 9)
    across, up = np.meshgrid(x, y)
    whirl = Field2D(np.stack([-up, across], axis=-1), x, y, width=11, height=5.5, cap=1.6)
    assert_golden("field2d", [whirl])
