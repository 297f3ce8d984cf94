"""Scales and ticks: round numbers that come from the data, in a count that fits, with the decimals that they need."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.ticks import Scale, counted, nice_bins, scale_of, ticks_of

SIZES = st.floats(-1e12, 1e12, allow_nan=False) | st.floats(-1e-9, 1e-9, allow_nan=False)


@pytest.mark.parametrize(
    ("data", "log", "widen", "ends"),
    [
        ([0.02, 0.96], False, True, (0, 1)),  # zero is near
        ([0.6, 0.98], False, True, (0.6, 1)),  # zero is far
        ([-0.6, -0.98], False, True, (-1, -0.6)),
        ([-0.1, -0.98], False, True, (-1, 0)),
        ([10, 8400], False, False, (0, 8400)),
        ([800, 8400], False, False, (800, 8400)),
        ([3.0], False, False, (1.5, 4.5)),
        ([0.0, 0.0], False, True, (0, 1)),
        ([0.013, 4.02], True, True, (0.01, 10)),
        ([0.02, 0.4], True, True, (0.02, 0.5)),
        ([0.02, 0.4], True, False, (0.02, 0.4)),
        ([7.0], True, False, (3.5, 14)),
    ],
)
def test_an_axis_covers_the_data_and_zero_where_it_is_near(data, log, widen, ends):
    scale = scale_of("An axis", data, log, widen)
    assert (scale.low, scale.high) == pytest.approx(ends)


def test_several_arrays_of_any_lengths_share_an_axis():
    assert scale_of("An axis", [np.array([10.0, 8.0]), np.array([30.0, 40.0, 20.0])]) == Scale(8.0, 40.0)


@pytest.mark.parametrize(
    ("low", "high", "log", "most", "values", "decimals", "exponent"),
    [
        (0, 1, False, 6, [0, 0.2, 0.4, 0.6, 0.8, 1], 1, 0),
        (0, 5600, False, 9, [0, 1000, 2000, 3000, 4000, 5000], 0, 0),
        (-6, 6, False, 5, [-5, 0, 5], 0, 0),
        (0.931, 0.978, False, 5, [0.94, 0.96], 2, 0),
        (0, 3e-8, False, 4, [0, 1e-8, 2e-8, 3e-8], 0, -9),
        (0, 1.75e11, False, 5, [0, 5e10, 1e11, 1.5e11], 0, 9),
        (1e6, 1e6 + 10, False, 3, [1e6, 1e6 + 5, 1e6 + 10], 6, 6),
    ],
)
def test_ticks_are_round_numbers_with_the_decimals_that_they_need(low, high, log, most, values, decimals, exponent):
    ticks = ticks_of(Scale(low, high, log), most)
    assert ticks.values == pytest.approx(values, rel=1e-12)
    assert (set(ticks.decimals.tolist()), ticks.exponent) == ({decimals}, exponent)


def test_a_log_axis_has_its_decades_and_ticks_between():
    ticks = ticks_of(Scale(0.01, 10, log=True), 6)
    assert list(ticks.values) == [0.01, 0.1, 1, 10]
    assert list(ticks.decimals) == [2, 1, 0, 0]
    assert ticks.minor[:9] == pytest.approx([0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.2])
    assert len(ticks.minor) == 24


def test_a_log_axis_of_less_than_two_decades_has_ones_twos_and_fives():
    assert list(ticks_of(Scale(0.02, 0.5, log=True), 6).values) == [0.02, 0.05, 0.1, 0.2, 0.5]


def test_many_decades_are_written_as_powers_of_ten_and_thinned():
    ticks = ticks_of(Scale(1e-16, 0.1, log=True), 6)
    assert ticks.powers
    assert list(np.log10(ticks.values)) == [-16, -13, -10, -7, -4, -1]
    assert len(ticks.minor) == 10


@settings(max_examples=12, deadline=None)
@given(SIZES, SIZES, st.integers(2, 9))
def test_any_data_give_at_least_two_ticks_within_them_that_are_told_apart(a, b, most):
    scale = scale_of("An axis", [a, b])
    ticks = ticks_of(scale, most)
    written = np.round(ticks.values / 10.0**ticks.exponent, int(ticks.decimals[0]))
    assert 2 <= len(ticks.values) <= 2 * most + 2
    assert scale.covers(ticks.values).all()
    assert (np.diff(written) > 0).all()
    assert written * 10.0**ticks.exponent == pytest.approx(ticks.values, rel=1e-9, abs=1e-12 * (scale.high - scale.low))


@settings(max_examples=12, deadline=None)
@given(st.floats(1e-12, 1e12), st.floats(1.001, 1e9), st.booleans())
def test_any_positive_data_have_two_ticks_on_a_log_axis(low, factor, widen):
    scale = scale_of("An axis", [low, low * factor], log=True, widen=widen)
    ticks = ticks_of(scale, 6)
    assert len(ticks.values) >= 2
    assert scale.covers(ticks.values).all() and scale.covers(ticks.minor).all()


@settings(max_examples=12, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(0, 1))
def test_a_view_on_its_way_starts_and_ends_where_it_should_and_grows_by_equal_factors(a, wide, c, narrow, share):
    start, end = Scale(a, a + wide), Scale(c, c + narrow)
    assert start.towards(end, 0.0) == start and start.towards(end, 1.0) == end
    between = start.towards(end, share)
    spans = [scale.high - scale.low for scale in (start, between, end)]
    assert spans[1] == pytest.approx(spans[0] ** (1 - share) * spans[2] ** share, rel=1e-6)


def test_bins_have_round_edges_and_all_data_are_counted():
    edges = nice_bins([0.013, 0.31, 0.3], most=10)
    assert list(edges) == [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]
    assert list(counted([0.013, 0.31, 0.3], edges)) == [1, 0, 0, 0, 0, 0, 2]


@settings(max_examples=12, deadline=None)
@given(st.lists(SIZES, min_size=1, max_size=50), st.integers(1, 60))
def test_nothing_is_left_out_of_the_bins(data, most):
    assert counted(data, nice_bins(data, most)).sum() == len(data)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (
            lambda: scale_of("The x axis", [1, np.nan]),
            "The x axis cannot draw nan at 1: only finite numbers are drawn.",
        ),
        (lambda: scale_of("The x axis", []), "The x axis has nothing to draw: the array has the shape (0,)."),
        (
            lambda: scale_of("The y axis", [1, 0], log=True),
            "The y axis cannot show 0 on a log axis: only positive numbers have a place.",
        ),
        (lambda: Scale(1, 1), "An axis runs from a smaller to a larger number, got 1 to 1."),
        (lambda: Scale(-1, 1, log=True), "A log axis shows positive numbers only, got -1."),
        (
            lambda: counted([0.5, 3, 4], np.array([0, 1, 2])),
            "2 of 3 values lie outside of the bins, 0 to 2: a histogram counts all of them.",
        ),
        (
            lambda: counted([0.5], np.array([0, 1, 1])),
            "The edges of a histogram are at least two numbers, each larger than the one before.",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error
