"""Dots and bars are read back by the drawn ticks, before, during and after each animation, and after tampering."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import smooth

from scenes.kit.plot import Plot, histogram_plot
from scenes.kit.ticks import counted, nice_bins
from tests.scenes.golden import assert_golden

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
PAIRS = np.array([[0.0, 1.0], [2.0, -1.0], [5.0, 3.0], [8.0, 0.0]])
DATA = np.concatenate([np.linspace(0, 10, 40), np.linspace(3, 5, 25)])
OTHER = np.linspace(2, 9, 65)


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)
    return smooth(alpha)


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1), st.sampled_from([1e-30, 1.0, 1e30]), st.sampled_from([0, 1, -1]))
def test_dots_read_back_by_the_ticks_wherever_the_plot_is(n, seed, size, sign):
    data = sign * np.random.default_rng(seed).normal(size=(n, 2)) * (1, size)
    plot = Plot(data[:, 0], data[:, 1])
    dots = plot.dots(*data.T)
    plot.shift([2, 1, 0]).scale(0.4)
    scales = [axis.shown for axis in (plot.axes.x, plot.axes.y)]
    assert (np.abs(dots.values() - data) <= 1e-8 * np.array([scale.high - scale.low for scale in scales])).all()


def test_a_point_of_a_dot_moved_behind_its_back_is_seen():
    dots = Plot(*PAIRS.T).dots(*PAIRS.T)
    dots.bins[0].points[16] += [0.4, 0, 0]
    assert np.flatnonzero(np.abs(dots.values() - PAIRS).max(axis=1) > 0.01).tolist() == [1]


def test_moving_a_tick_changes_what_dots_and_bars_say():
    plot = Plot(*PAIRS.T)
    dots = plot.dots(*PAIRS.T)
    plot.axes.x.sets[0].marks.points[:4] += [0.3, 0, 0]
    assert np.abs(dots.values() - PAIRS)[:, 0].max() > 0.05
    plot, bars = histogram_plot(DATA, 10)
    plot.axes.y.sets[0].marks.points[:4] += [0, 0.3, 0]
    assert np.abs(bars.values() - counted(DATA, nice_bins(DATA, 10))).max() > 0.1


@pytest.mark.parametrize("alpha", ALPHAS)
def test_dots_change_and_grow(alpha):
    plot = Plot(*PAIRS.T)
    dots = plot.dots(*PAIRS.T)
    share = at(dots.change(PAIRS[::-1]), alpha)
    assert dots.values() == pytest.approx(PAIRS + share * (PAIRS[::-1] - PAIRS), abs=1e-7)
    dots.set_values(PAIRS)
    at(dots.grow(), alpha)
    assert dots.values() == pytest.approx(PAIRS, abs=1e-7)
    assert (np.diff(dots.growth(4)) <= 0).all() and (dots.growth(4) == (alpha == 1)).all() == (alpha in (0, 1))


def test_dots_beside_the_box_are_left_out_and_come_back():
    plot = Plot(*PAIRS.T)
    dots = plot.dots(*PAIRS.T)
    at(plot.zoom(x=(1, 6)), 1)
    assert dots.values() == pytest.approx(PAIRS[1:3], abs=1e-7)
    at(plot.zoom(x=(-2, 20)), 1)
    assert dots.values() == pytest.approx(PAIRS, abs=1e-7)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.floats(-1e-6, 1e-6), min_size=1, max_size=60), st.integers(1, 40))
def test_bars_read_back_as_counts_in_their_bins(data, most):
    plot, bars = histogram_plot(data, most, width=7)
    plot.shift([1, 1, 0]).scale(1.3)
    edges = nice_bins(data, most)
    assert np.rint(bars.values()) == pytest.approx(counted(data, edges), abs=0)
    assert bars.values() == pytest.approx(counted(data, edges), abs=1e-7 * len(data))
    span = edges[-1] - edges[0]
    assert bars.edges() == pytest.approx(np.stack([edges[:-1], edges[1:]], axis=1), abs=1e-8 * span)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_bars_change_to_the_counts_of_other_data_and_grow(alpha):
    _, bars = histogram_plot(DATA, 10)
    before, after = bars.values(), counted(OTHER, nice_bins(DATA, 10))
    share = at(bars.change(OTHER), alpha)
    assert bars.values() == pytest.approx(before + share * (after - before), abs=1e-6)
    _, bars = histogram_plot(DATA, 10)
    at(bars.grow(), alpha)
    assert bars.values() == pytest.approx(before * bars.growth(len(before)), abs=1e-6)
    assert bars.growth(len(before)).sum() == pytest.approx({0: 0, 1: len(before)}.get(alpha, bars.growth(10).sum()))


def test_a_stretched_bar_says_another_count():
    _, bars = histogram_plot(DATA, 10)
    before = bars.values()
    points = bars.bins[0].points[48:64]
    points[points[:, 1] > points[:, 1].mean(), 1] += 0.5
    assert np.flatnonzero(np.abs(bars.values() - before) > 0.1).tolist() == [3]


def test_bars_are_cut_at_the_box():
    plot, bars = histogram_plot(DATA, np.arange(0.0, 11.0))
    at(plot.zoom(x=(2, 6), y=(0, 5)), 1)
    assert bars.values() == pytest.approx(np.minimum(counted(DATA, np.arange(0.0, 11.0))[2:6], 5))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: histogram_plot([np.nan]), "A histogram cannot draw nan at 0: only finite numbers are drawn."),
        (lambda: histogram_plot([]), "A histogram has nothing to draw: the array has the shape (0,)."),
        (
            lambda: Plot([1, 2], [1, 2], log="y").histogram([1, 2], np.array([1, 2])),
            "Bars stand on zero, which a log axis does not have.",
        ),
        (
            lambda: histogram_plot(DATA, 10)[1].set_values([1, 2]),
            "A histogram of 10 bins cannot draw 2 counts.",
        ),
        (
            lambda: histogram_plot(DATA, 10)[1].change([-3.0]),
            "1 of 1 values lie outside of the bins, 0 to 10: a histogram counts all of them.",
        ),
        (
            lambda: Plot([1, 2], [1, 2]).dots([1], [1, 2]),
            "The x and y of a scatter have 1 and 2 numbers: they come in pairs.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_histogram_looks_the_same():
    plot, bars = histogram_plot(DATA, 20, width=9, height=4.6, names=("value", "count"))
    bars.grown = 0.8
    bars.redraw()
    assert_golden("plot_histogram", [plot])
