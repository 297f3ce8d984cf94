"""A dial: its needle is read by its angle, the drawn ticks and the numbers beside them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker, smooth

from scenes.kit.dial import Dial
from scenes.theme import NEGATIVE, POSITIVE
from tests.scenes.golden import assert_golden


@settings(max_examples=12, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(0, 1), st.sampled_from([1e-30, 1.0, 1e12]))
def test_the_needle_is_read_by_the_ticks_wherever_the_dial_is(low, span, share, size):
    data, value = np.array([low, low + span]) * size, (low + share * span) * size
    dial = Dial(data, value).shift([1, 2, 0]).scale(0.4)
    assert dial.values() == pytest.approx(value, abs=1e-8 * (dial.shown.high - dial.shown.low))
    assert dial.written() == pytest.approx(value, abs=0.0051 * 10.0**dial.ticks.exponent)


def test_the_needle_follows_a_tracker():
    tracker = ValueTracker(0)
    dial = Dial([-2, 2], tracker)
    for value in (-2.0, -0.37, 0.0, 1.9, 2.0):
        tracker.set_value(value)
        dial.update()
        assert dial.values() == pytest.approx(value, abs=1e-8)
        assert dial.written() == value
        assert dial.arc.get_stroke_color().to_hex() == (POSITIVE if value >= 0 else NEGATIVE)


@pytest.mark.parametrize("alpha", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_change_turns_the_needle_and_never_writes_a_number_in_between(alpha):
    dial = Dial([0, 10], 2.0)
    change = dial.change(7.5)
    change.begin()
    change.interpolate(alpha)
    assert dial.values() == pytest.approx(2 + 5.5 * smooth(alpha))
    assert dial.written() == (2.0 if smooth(alpha) < 0.5 else 7.5)


def test_turning_the_needle_moving_a_tick_or_swapping_numbers_is_seen():
    dial = Dial([0, 10], 5.0)
    dial.needle.rotate(-np.deg2rad(25), about_point=dial.hub.get_center())
    assert dial.values() == pytest.approx(6.0)
    dial = Dial([0, 10], 5.0)
    dial.marks.points[:4] += [0, 0.2, 0]
    assert abs(dial.values() - 5) > 0.01
    dial = Dial([0, 10], 5.0)
    first, last = dial.labels[0], dial.labels[-1]
    first.submobjects, last.submobjects = last.submobjects, first.submobjects
    assert abs(dial.values() - 5) > 0.1 or dial.values() == pytest.approx(5.0)  # the middle of a turned scale
    dial.set_values(2.0)
    assert abs(dial.values() - 2) > 0.1


def test_the_arc_runs_from_zero_to_the_needle():
    dial = Dial([-1, 1], 0.5)
    ends = dial.frame.back(dial.arc.points[[0, -1]])
    assert ends[0] == pytest.approx([0, 1.3, 0], abs=0.2)
    tip = dial.frame.back(dial.needle.points[8])
    assert ends[1] / 1.3 == pytest.approx(tip / np.linalg.norm(tip), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Dial([0, np.nan], 0), "A dial cannot draw nan at 1: only finite numbers are drawn."),
        (lambda: Dial([], 0), "A dial has nothing to draw: the array has the shape (0,)."),
        (lambda: Dial([0, 1], 1.5), "A dial cannot draw 1.5: expected 0 to 1."),
        (lambda: Dial([0, 1], 0.5).change(np.nan), "A dial cannot draw nan: only finite numbers are drawn."),
    ],
)
def test_what_is_not_on_the_scale_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_dial_looks_the_same():
    weight, rate = Dial([-3, 2], 1.25, name="weight"), Dial([0, 3e-8], 2e-8, radius=1.8, name="rate")
    assert_golden("dial", [weight.shift([-3, 0, 0]), rate.shift([2.5, 0, 0])])
