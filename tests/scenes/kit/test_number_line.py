"""A number line: its mark, and what is pinned to it, are read by the drawn ticks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import Square, ValueTracker, smooth

from scenes.kit.number_line import NumberLine
from scenes.kit.typeset import Words
from tests.scenes.golden import assert_golden

SIDES = ("below", "left", "right")


@settings(max_examples=12, deadline=None)
@given(
    st.floats(-1e3, 1e3),
    st.floats(1e-3, 1e3),
    st.floats(0, 1),
    st.sampled_from([1e-30, 1.0, 1e12]),
    st.sampled_from(SIDES),
)
def test_the_mark_is_read_by_the_ticks_wherever_the_line_is(low, span, share, size, side):
    data, value = np.array([low, low + span]) * size, (low + share * span) * size
    line = NumberLine(data, value, side=side)
    line.shift([1, 2, 0]).scale(0.4)
    scale = line.axis.shown
    assert line.values() == pytest.approx(value, abs=1e-8 * (scale.high - scale.low))
    unit = 10.0 ** line.axis.sets[0].ticks.exponent
    assert line.written() == pytest.approx(value, abs=0.0051 * unit)


def test_the_mark_follows_a_tracker_and_its_number_keeps_its_distance():
    tracker = ValueTracker(-3)
    line, distances = NumberLine([-3, 12], tracker), []
    for value in np.linspace(-3, 12, 31):
        tracker.set_value(value)
        line.update()
        assert line.values() == pytest.approx(value, abs=1e-7)
        assert line.written() == pytest.approx(value, abs=0.0051)
        distances.append(line.number.axes.origin() - line.mark.get_center())
    assert np.ptp(distances, axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_change_slides_the_mark_and_never_writes_a_number_in_between(alpha):
    line = NumberLine([0, 10], 2.0)
    change = line.change(7.5)
    change.begin()
    change.interpolate(alpha)
    assert line.values() == pytest.approx(2 + 5.5 * smooth(alpha))
    assert line.written() == (2.0 if smooth(alpha) < 0.5 else 7.5)
    assert line.number.line.get_fill_opacity() == pytest.approx(abs(1 - 2 * smooth(alpha)))


def test_a_change_to_the_same_number_leaves_it_standing():
    line = NumberLine([0, 10], 2.0)
    change = line.change(2.001)
    change.begin()
    change.interpolate(0.5)
    assert (line.written(), line.number.line.get_fill_opacity()) == (2.0, 1.0)


def test_moving_a_tick_or_the_mark_or_swapping_numbers_is_seen():
    line = NumberLine([0, 10], 5.0)
    line.axis.sets[0].marks.points[:4] += [0.5, 0, 0]
    assert abs(line.values() - 5) > 0.05
    line = NumberLine([0, 10], 5.0)
    line.mark.shift([0.9, 0, 0])
    assert line.values() == pytest.approx(6.0)
    line.number.line.points[3] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        line.written()


@pytest.mark.parametrize("side", SIDES)
def test_pinned_things_are_read_by_their_feet_and_do_not_touch(side):
    line, values = NumberLine([0, 10], 5.0, side=side), [3.0, 3.2, 9.0, 3.1]
    pins = [line.pin(Square(0.7), value) for value in values]
    line.set_values(4.0)
    kept = line.keep("here")
    line.shift([1, 1, 0])
    assert line.pinned() == pytest.approx([*values, 4.0])
    boxes = [(p[2].get_corner([-1, -1, 0]), p[2].get_corner([1, 1, 0])) for p in (*pins, kept)]
    for i, (low, high) in enumerate(boxes):
        assert not any(((low < b) & (high > a))[:2].all() for a, b in boxes[:i])
    pins[1][0].shift([0.9, 0, 0] if side == "below" else [0, 0.9, 0])
    assert line.pinned()[1] == pytest.approx(4.2)


def test_a_line_may_have_no_mark():
    line = NumberLine([0, 1])
    assert line.mark not in line.get_family()
    assert line.pinned().shape == (0,)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: NumberLine([0, np.nan]), "A number line cannot draw nan at 1: only finite numbers are drawn."),
        (lambda: NumberLine([0, 1], 1.5), "A number line cannot draw 1.5: expected 0 to 1."),
        (lambda: NumberLine([0, 1], 0.5).change(2), "A number line cannot draw 2: expected 0 to 1."),
        (
            lambda: NumberLine([0, 1]).pin(Square(), np.inf),
            "A number line cannot draw inf: only finite numbers are drawn.",
        ),
        (
            lambda: NumberLine([0, 1], side="up"),
            "The numbers of a line stand 'below', 'left' or 'right' of it, not 'up'.",
        ),
    ],
)
def test_what_is_not_on_the_line_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_number_line_looks_the_same():
    line = NumberLine([-4, 6], 1.25, name="weighted sum")
    for value in (-3.0, 1.0, 1.5):
        line.pin(Square(0.6, stroke_color="#8B919C", stroke_width=2), value)
    upright = NumberLine([0, 1], 0.3, length=3, side="left").move_to([-5.5, -2, 0])
    upright.pin(Words("here"), 0.8)
    assert_golden("number_line", [line.shift([0, 1.0, 0]), upright])
