"""A countdown: the seconds left are read from the ring's beginning and the ticks, the number from its glyphs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import smooth

from scenes.kit.countdown import Countdown
from tests.scenes.golden import assert_golden


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 99), st.floats(0, 1))
def test_the_seconds_left_are_read_back_wherever_the_countdown_is(seconds, share):
    countdown = Countdown(seconds).shift([1, 2, 0]).scale(0.4)
    left = share * seconds
    countdown.set_values(left)
    assert countdown.values() == pytest.approx(left, abs=2e-6 * seconds)
    assert countdown.written() == np.ceil(left - 1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_it_runs_out_evenly_in_as_many_seconds_as_it_shows(alpha):
    countdown = Countdown(8)
    run = countdown.run()
    assert run.run_time == pytest.approx(8)
    run.begin()
    run.interpolate(alpha)
    assert countdown.values() == pytest.approx(8 * (1 - alpha), abs=1e-5)
    assert countdown.written() == 8 * (1 - alpha)


def test_it_may_run_out_at_another_pace_and_from_where_it_stands():
    countdown = Countdown(10).set_values(4)
    run = countdown.run(run_time=2, rate_func=smooth)
    run.begin()
    run.interpolate(0.3)
    assert countdown.values() == pytest.approx(4 * (1 - smooth(0.3)), abs=1e-5)


def test_the_number_stays_in_the_middle_of_the_ring():
    countdown = Countdown(12, radius=2).shift([3, -1, 0])
    for left in (12, 11, 5.5, 0):
        countdown.set_values(left)
        assert countdown.number.get_center() == pytest.approx([3, -1, 0], abs=1e-9)


def test_a_ring_that_was_turned_and_a_tick_that_was_taken_away_are_noticed():
    countdown = Countdown(6).set_values(3)
    countdown.ring.rotate(-np.pi / 3, about_point=countdown.get_center())
    assert countdown.values() == pytest.approx(2, abs=1e-5)
    countdown = Countdown(6).set_values(3)
    countdown.marks.points = countdown.marks.points[:-4]
    assert countdown.values() == pytest.approx(2.5, abs=1e-5)
    countdown.number.set_values(4)
    assert countdown.written() == 4


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Countdown(0), "A countdown takes 1 to 99 whole seconds, got 0."),
        (lambda: Countdown(100), "A countdown takes 1 to 99 whole seconds, got 100."),
        (lambda: Countdown(2.5), "A countdown takes 1 to 99 whole seconds, got 2.5."),
        (lambda: Countdown(float("nan")), "A countdown takes 1 to 99 whole seconds, got nan."),
        (lambda: Countdown(5).set_values(5.1), "A countdown of 5 seconds cannot have 5.1 left."),
        (lambda: Countdown(5).set_values(-1), "A countdown of 5 seconds cannot have -1 left."),
    ],
)
def test_what_is_no_countdown_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_countdown_looks_the_same():
    countdowns = [Countdown(seconds).set_values(left) for seconds, left in ((6, 6), (6, 2.6), (12, 0))]
    assert_golden("countdown", [each.shift([x, 0, 0]) for each, x in zip(countdowns, (-4, 0, 4), strict=True)])
