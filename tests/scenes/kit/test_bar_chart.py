"""Bars are read back against the drawn ticks; numbers stand at their ends; a distribution sums to 1, live too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import LEFT, RIGHT, ValueTracker

from scenes.kit.bar_chart import BarChart, nice_step
from scenes.kit.distribution import Distribution, softmax
from scenes.theme import ACCENT, NEGATIVE
from tests.scenes.golden import assert_golden

LOGITS = np.array([-3.83, -5.46, -3.93, -12.3, -4.72, -5.0, 3.2, -9.23, -4.3, -15.05])
NAMES = [str(digit) for digit in range(10)]
SHARES = np.array([0.02, 0.4, 0.08, 0.3, 0.15, 0.05])
LETTERS = list("abcdef")


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)


def assert_reads(chart, values):
    assert chart.values() == pytest.approx(values, abs=1e-6 * (chart.high - chart.low))


def right_edges(chart):
    """Right edge of each bar and left edge of each number, in the order of the bars."""
    ends = chart.bars.frame.out(chart.bars.outlines())[..., 0].max(axis=1)
    lines = np.array_split(chart.numbers.points, np.flatnonzero(np.abs(np.diff(chart.numbers.points[:, 1])) > 0.2) + 1)
    return ends, np.array([line[:, 0].min() for line in lines])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=9), st.sampled_from([1e-9, 1e-3, 1.0, 1e7]), st.booleans())
def test_bars_read_back_at_every_size_and_sign(shares, size, vertical):
    values = np.array(shares) * size
    chart = BarChart(values, vertical=vertical, size=(5, 4), decimals=None).shift([2, -1, 0]).scale(0.7)
    assert_reads(chart, values)
    assert_reads(chart.set_values(values * 0.5), values * 0.5)


def test_numbers_and_names_are_read_from_their_glyphs():
    chart = BarChart(LOGITS, NAMES)
    assert chart.written() == pytest.approx(LOGITS)
    assert chart.names() == NAMES
    tiny = BarChart(LOGITS * 1e-7, NAMES)
    assert tiny.written() == pytest.approx(LOGITS * 1e-7, rel=0.002)
    assert_reads(tiny, LOGITS * 1e-7)


def test_numbers_of_upright_bars_stand_over_and_under_them():
    chart = BarChart([1.5, -2.0, 0.0], list("abc"), vertical=True)
    assert chart.written() == pytest.approx([1.5, -2.0, 0.0])
    assert chart.names() == list("abc")
    ends = chart.bars.frame.out(chart.bars.outlines())[..., 1]
    assert chart.numbers.get_top()[1] > ends[0].max() + 0.1
    assert chart.numbers.get_bottom()[1] < ends[1].min() - 0.1
    assert chart.labels.get_top()[1] < chart.numbers.get_bottom()[1]


def test_the_largest_are_shown_in_order_and_the_others_with_their_real_sum():
    chart = Distribution(SHARES, LETTERS, top=3)
    assert_reads(chart, [0.4, 0.3, 0.15, 0.15])
    assert chart.names() == ["b", "d", "e", "the other 3 together"]
    assert chart.written() == pytest.approx([0.4, 0.3, 0.15, 0.15])
    other = np.array([0.1, 0.2, 0.1, 0.2, 0.1, 0.3])
    wide = Distribution(SHARES, LETTERS, top=3, span=(0, 1)).set_values(other)
    assert_reads(wide, [0.2, 0.2, 0.1, 0.5])


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_a_change_moves_bars_evenly_and_writes_only_real_numbers(alpha):
    chart = BarChart(LOGITS, NAMES, span=(-16, 16))
    animation = chart.change(-LOGITS, rate_func=lambda t: t)
    at(animation, alpha)
    assert_reads(chart, LOGITS * (1 - 2 * alpha))
    assert chart.written() == pytest.approx(LOGITS if alpha < 0.5 else -LOGITS, abs=0.005)
    assert chart.numbers.get_fill_opacity() == pytest.approx(abs(1 - 2 * alpha))


def test_no_number_ever_overlaps_its_bar():
    chart = Distribution(SHARES, LETTERS, span=(0, 1))
    animation = chart.change(SHARES[::-1])
    animation.begin()
    for alpha in np.linspace(0, 1, 7):
        animation.interpolate(alpha)
        ends, lefts = right_edges(chart)
        assert ((lefts - ends > 0.08) & (lefts - ends < 0.25)).all()


def test_a_temperature_drives_the_softmax_of_the_logits_that_are_displayed():
    logits, temperature = BarChart(LOGITS, NAMES), ValueTracker(1.0)
    chart = Distribution(softmax(LOGITS), NAMES, span=(0, 1)).follow(logits, temperature)
    for value in (5.0, 0.5, 0.0, 2.0):
        temperature.set_value(value)
        chart.update()
        assert_reads(chart, softmax(LOGITS, value))
        assert chart.written() == pytest.approx(softmax(LOGITS, value), abs=0.005 + 1e-9)
    logits.set_values(LOGITS * 0.5)
    chart.update()
    assert_reads(chart, softmax(LOGITS * 0.5, 2.0))


def test_the_softmax_is_the_distribution_that_it_is_named_after():
    powers = np.exp(LOGITS / 3)
    assert softmax(LOGITS, 3) == pytest.approx(powers / powers.sum())
    assert softmax(np.array([1e4, 1e4, -1e4])) == pytest.approx([0.5, 0.5, 0])
    assert list(softmax(np.array([1.0, 3.0, 3.0]), 0)) == [0, 0.5, 0.5]
    with pytest.raises(ValueError, match="A temperature is at least 0, found -1."):
        softmax(LOGITS, -1)


def test_numbers_that_were_not_seen_come_in_with_the_new_ones():
    chart = BarChart(np.zeros(4), list("abcd"), span=(-16, 16))
    chart.numbers.set_fill(opacity=0)
    change = chart.change(np.array([3.0, -1.0, 0.5, 2.0]))
    change.begin()
    for alpha, opacity in ((0.1, 0.0), (0.4, 0.0)):
        change.interpolate(alpha)
        assert chart.numbers.get_fill_opacity() == pytest.approx(opacity)
    change.interpolate(1)
    assert chart.numbers.get_fill_opacity() == 1
    assert chart.written().tolist() == [3.0, -1.0, 0.5, 2.0]


def test_moving_a_bar_a_tick_or_a_colour_behind_its_back_changes_what_it_says():
    chart = BarChart(LOGITS, NAMES)
    chart.bars.bins[1].points[:16] += 0.1 * LEFT
    assert chart.values()[0] < LOGITS[0] - 0.1
    assert chart.values()[1] == pytest.approx(LOGITS[1])
    chart = BarChart(LOGITS, NAMES)
    chart.grid[0].shift(LEFT)
    assert abs(chart.values() - LOGITS).max() > 1
    chart = BarChart(LOGITS, NAMES)
    chart.bars.bins[0].set_fill(NEGATIVE)
    with pytest.raises(ValueError, match="Bar 6 has the colour of the other sign."):
        chart.values()


def test_swapping_the_glyphs_of_two_numbers_is_seen():
    chart = BarChart(np.array([1.25, 2.5]), list("ab"))
    points, middle = chart.numbers.points, chart.numbers.get_center()[1]
    upper = points[:, 1] > middle
    points[:] = np.concatenate([points[~upper], points[upper]])
    assert chart.written() == pytest.approx([2.5, 1.25])
    points[3] += 0.02
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        chart.written()


def test_an_accented_bar_keeps_its_value_and_a_box_holds_bar_name_and_number():
    chart = BarChart(LOGITS, NAMES).accent(6).shift(RIGHT)
    assert_reads(chart, LOGITS)
    assert chart.bars.bins[2].get_fill_color().to_hex() == ACCENT
    assert len(chart.bars.members[2]) == 1
    box, name = chart.outline(6), chart.labels[6]
    assert box.get_left()[0] < name.get_left()[0]
    assert box.get_top()[1] - box.get_bottom()[1] < 2 * chart.pitch
    with pytest.raises(ValueError, match="The bar chart draws 10 bars, found 10."):
        chart.accent(10)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: BarChart([1.0, np.nan]), "A bar chart cannot draw nan at 1: only finite numbers are drawn."),
        (lambda: BarChart([]), "A bar chart has nothing to draw: the array has the shape (0,)."),
        (lambda: BarChart([[1.0]]), "A bar chart draws an array with 1 axes, found the shape (1, 1)."),
        (lambda: BarChart([1.0], list("ab")), "A bar chart needs a name for each of its 1 values, found 2."),
        (lambda: Distribution([0.5, 0.4]), "A distribution must sum to 1, found the sum 0.9."),
        (lambda: Distribution([1.5, -0.5]), "A distribution cannot draw 1.5 at 0: expected 0 to 1.0001."),
        (lambda: BarChart([1.0], span=(1, 2)), "The span of a bar chart must hold zero, found 1 to 2."),
        (
            lambda: BarChart([1.0, 2.0], span=(0, 2)).set_values([1.0, 3.0]),
            "A bar of 3 is longer than the axis, 0 to 2: give a span.",
        ),
        (lambda: BarChart([1.0]).set_values([1.0, 1.0]), "The bar chart was made for 1 values, found 2."),
        (
            lambda: BarChart(np.ones(20), size=(3, 2)),
            "Each bar has 0.10 units of room and its text needs 0.22: "
            "give a larger size, smaller text, fewer bars or no numbers.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_steps_are_round():
    assert [nice_step(x) for x in (0.26, 3.1, 1.0, 0.0021, 70)] == pytest.approx([0.5, 5, 1, 0.0025, 100])


def test_the_bars_look_as_they_did():
    signed = BarChart(LOGITS, NAMES, size=(3.2, 5.6)).accent(6).to_edge(LEFT, buff=0.4)
    shares = Distribution(SHARES, LETTERS, top=3, size=(2.6, 3.0)).to_edge(RIGHT, buff=0.4)
    assert_golden("bar_chart", [signed, shares])
