"""Plots: curves are read back by the drawn ticks, before, during and after each animation, and after tampering."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker, VMobject

from scenes.kit.axes import Axis, PlotAxes, TickSet
from scenes.kit.dial import Dial
from scenes.kit.plot import Plot
from scenes.kit.plot_curve import Curve, clipped
from scenes.kit.plot_labels import Power
from scenes.kit.plot_live import Cursor, Tangent
from scenes.kit.plot_marks import Dots, Histogram
from tests.scenes.golden import assert_golden

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
X = np.linspace(0, 8, 33)
WAVE = np.sin(X) + 0.1 * X


def smooth(alpha):
    from manim import smooth as eased

    return eased(alpha)


def drawn_and_data(plot_x, plot_y, **style):
    plot = Plot(plot_x, plot_y, **style)
    return plot, plot.curve(plot_x, plot_y)


def assert_near(curve, data, rel=1e-8):
    found = curve.values()
    assert found.shape == data.shape
    scales = (curve.axes.x.shown, curve.axes.y.shown)
    assert (np.abs(found - data) <= rel * np.array([scale.high - scale.low for scale in scales])).all()


@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-30, 1e-6, 1.0, 1e7, 1e30]),
    st.sampled_from([0.0, 1.0, -1.0]),
)
def test_a_curve_reads_back_by_its_ticks_wherever_the_plot_is(n, seed, size, sign):
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.uniform(-1, 3, n)), sign * np.abs(rng.normal(size=n)) * size
    plot, curve = drawn_and_data(x, y)
    plot.shift([1, -2, 0]).scale(0.37)
    assert_near(curve, np.stack([x, y], axis=1))


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.sampled_from([0.01, 1, 20]), st.sampled_from(["x", "y", "xy"]))
def test_a_curve_reads_back_from_log_axes(n, seed, decades, log):
    rng = np.random.default_rng(seed)
    x, y = 10 ** np.sort(rng.uniform(-decades, decades, n)), 10 ** rng.uniform(-decades, decades, n)
    plot, curve = drawn_and_data(x, y, log=log)
    found = plot.scale(1.7).values()[0]
    for axis in log:
        column = "xy".index(axis)
        assert np.log10(found[:, column]) == pytest.approx(np.log10((x, y)[column]), abs=1e-7 * decades)


def test_moving_a_tick_or_swapping_its_numbers_changes_what_a_curve_says():
    plot, curve = drawn_and_data(X, WAVE)
    before = curve.values()
    plot.axes.y.sets[0].marks.points[0:4] += [0, 0.3, 0]
    moved = curve.values()
    assert np.abs(moved[:, 1] - before[:, 1]).max() > 0.01 and moved[:, 0] == pytest.approx(before[:, 0])
    labels = plot.axes.x.sets[0].labels
    labels[0].submobjects, labels[1].submobjects = labels[1].submobjects, labels[0].submobjects
    assert np.abs(curve.values()[:, 0] - before[:, 0]).max() > 0.05


def test_moving_one_point_of_the_line_changes_one_value():
    _, curve = drawn_and_data(X, WAVE)
    before = curve.values()
    curve.line.points[4 * 7 - 1 : 4 * 7 + 1] += [0, 0.2, 0]
    assert np.flatnonzero(np.abs(curve.values() - before).max(axis=1) > 1e-6).tolist() == [7]


def test_moving_the_curve_against_its_axes_changes_its_values():
    plot, curve = drawn_and_data(X, WAVE)
    unit = plot.place(0, 1)[1] - plot.place(0, 0)[1]
    curve.shift([0, unit, 0])
    assert_near(curve, np.stack([X, WAVE + 1], axis=1))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_curve_grows_from_left_to_right(alpha):
    _, curve = drawn_and_data(X, WAVE)
    growth = curve.grow()
    growth.begin()
    growth.interpolate(alpha)
    stop = 8 * smooth(alpha)
    if alpha == 0:
        assert not len(curve.line.points)
        return
    whole = X[stop + 1e-9 >= X]
    x = whole if stop - whole[-1] < 1e-9 else np.append(whole, stop)
    assert_near(curve, np.stack([x, np.interp(x, X, WAVE)], axis=1))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_curve_changes_point_by_point(alpha):
    _, curve = drawn_and_data(X, WAVE)
    change = curve.change(-WAVE[::-1] * 0.3)
    change.begin()
    change.interpolate(alpha)
    assert_near(curve, np.stack([X, WAVE + smooth(alpha) * (-0.3 * WAVE[::-1] - WAVE)], axis=1))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_several_curves_change_at_once_also_to_other_lengths(alpha):
    plot = Plot(X, [-2, 2])
    a, b = plot.curve(X, WAVE, name="a"), plot.curve(X, -WAVE, name="b")
    shorter = np.stack([X[:5], np.zeros(5)], axis=1)
    change = plot.change({a: shorter, b: WAVE})
    change.begin()
    change.interpolate(alpha)
    assert_near(b, np.stack([X, -WAVE + smooth(alpha) * 2 * WAVE], axis=1))
    if alpha == 1:
        assert_near(a, shorter)
    assert len(plot.values()) == 2


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("log", ["", "xy"])
def test_the_view_moves_and_every_tick_and_point_stays_true(alpha, log):
    x, y = X + 0.5, WAVE + 3
    plot, curve = drawn_and_data(x, y, log=log)
    zoom = plot.zoom(x=(2, 4), y=(0.5, 20))
    zoom.begin()
    zoom.interpolate(alpha)
    low, high = plot.axes.x.shown.low, plot.axes.x.shown.high
    inside = (x >= low) & (x <= high)
    found = curve.values()
    assert found[:, 0].min() == pytest.approx(low if alpha else x[0]) and found[:, 0].max() == pytest.approx(high)
    for pair in np.stack([x, y], axis=1)[inside]:
        assert np.abs(found - pair).max(axis=1).min() < 1e-7
    places, numbers = plot.axes.x.read()
    assert places == pytest.approx(plot.axes.x.along_of(numbers), abs=1e-9)


def test_after_a_zoom_the_axes_show_the_asked_view_with_ticks_of_their_own():
    plot, curve = drawn_and_data(X, WAVE)
    zoom = plot.zoom(x=(1, 2))
    zoom.begin()
    zoom.interpolate(0.5)
    assert [len(axis.sets) for axis in (plot.axes.x, plot.axes.y)] == [2, 1]
    assert all(label.get_fill_opacity() == 0 for ticks in plot.axes.x.sets for label in ticks.labels)
    zoom.interpolate(1)
    zoom.finish()
    assert len(plot.axes.x.sets) == 1
    assert plot.axes.x.read()[1] == pytest.approx(np.arange(1, 2.1, 0.2))
    assert (curve.values()[0, 0], curve.values()[-1, 0]) == pytest.approx((1, 2))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_cut_at_the_box_lies_in_it_and_on_the_line(seed):
    starts, ends = np.random.default_rng(seed).uniform(-2, 3, (2, 20, 3)) * (1, 1, 0)
    low, high = clipped(starts, ends, np.array([1.0, 1.0, 0.0]))
    for points in (low, high):
        assert (points > -1e-6).all() and (points[:, :2] < 1 + 1e-6).all()
    middle = (starts + ends) / 2
    inside = ((middle >= 0) & (middle <= (1, 1, 0))).all(axis=1)
    assert len(low) >= inside.sum()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Plot([1, np.inf], [1, 2]), "The x axis cannot draw inf at 1: only finite numbers are drawn."),
        (lambda: Plot([1, 2], [1, 2], log="z"), "The log axes of a plot are '', 'x', 'y' or 'xy', not 'z'."),
        (
            lambda: Plot(X, WAVE).curve(X, WAVE[1:]),
            "The x and y of a curve have 33 and 32 numbers: they come in pairs.",
        ),
        (lambda: Plot(X, WAVE).curve([], []), "The x of a curve has nothing to draw: the array has the shape (0,)."),
        (
            lambda: Plot(X, WAVE).curve(X, WAVE * np.nan),
            "The y of a curve cannot draw nan at 0: only finite numbers are drawn.",
        ),
        (
            lambda: Plot([1, 2], [1, 2], log="y").curve([1, 2], [1, -1]),
            "A curve cannot show -1 on a log axis: only positive numbers have a place.",
        ),
        (
            lambda: drawn_and_data(X, WAVE)[1].set_values(np.zeros((4, 3))),
            "A curve draws pairs (n, 2), found the shape (4, 3).",
        ),
        (lambda: Plot(X, WAVE).zoom(x=(1, 1)), "An axis runs from a smaller to a larger number, got 1 to 1."),
        (
            lambda: Tangent(drawn_and_data(X, WAVE)[1], ValueTracker(0), X[1:]),
            "A curve of 33 points needs as many slopes, got 32.",
        ),
        (
            lambda: Tangent(drawn_and_data([1, 2], [1, 2], log="y")[1], ValueTracker(0), np.zeros(2)),
            "A tangent is straight on linear axes only.",
        ),
    ],
)
def test_what_cannot_be_plotted_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_what_is_drawn_in_a_scaled_plot_is_scaled_as_well():
    whole, half = Plot(X, WAVE), Plot(X, WAVE).scale(0.5)
    names = [plot.curve(X, WAVE, name="wave").words for plot in (whole, half)]
    cursors = [plot.cursor(plot.curves()[0], ValueTracker(3)) for plot in (whole, half)]
    assert names[1].width == pytest.approx(names[0].width / 2)
    offsets = [cursor.number.axes.origin() - cursor.dot.get_center() for cursor in cursors]
    assert offsets[1] == pytest.approx(offsets[0] / 2)
    zoom = half.zoom(x=(0, 1))
    zoom.begin()
    heights = [ticks.labels[0].height for ticks in half.axes.x.sets]
    assert heights[1] == pytest.approx(heights[0], rel=0.05)


def test_an_axis_without_two_drawn_ticks_cannot_be_read():
    plot, curve = drawn_and_data(X, WAVE)
    plot.axes.x.sets[0].marks.points[:] = 0
    with pytest.raises(ValueError, match="fewer than two drawn ticks cannot be read"):
        curve.values()


def test_a_copy_of_a_plot_is_read_by_its_own_ticks():
    plot, curve = drawn_and_data(X, WAVE)
    copy = plot.copy()
    plot.axes.y.shift([0, 1, 0])
    assert_near(copy.drawn[0], np.stack([X, WAVE], axis=1))
    assert np.abs(curve.values()[:, 1] - WAVE).max() > 0.1


@pytest.mark.parametrize("kind", [Plot, PlotAxes, Axis, TickSet, Curve, Cursor, Tangent, Dots, Histogram, Power, Dial])
def test_a_component_leaves_manims_methods_as_they_are(kind):
    ours = {name for base in kind.__mro__ if base.__module__.startswith("scenes.") for name in vars(base)}
    known = set(dir(VMobject())) - {"__init__", "__doc__", "__module__", "animation_overrides", "_original__init__"}
    assert {name for name in ours & known if not name.startswith("__")} == set()


def test_a_plot_looks_the_same():
    x = np.arange(200)
    noise = np.abs(np.sin(x * 12.9898) * 43758.5453 % 1)
    smoothed = 2 * np.exp(-x / 40) + 0.02
    plot = Plot(x, smoothed * (0.5 + noise), names=("step", "cost"), log="y", width=9, height=4.6)
    plot.curve(x, smoothed * (0.5 + noise), faint=True)
    curve = plot.curve(x, smoothed, name="train")
    plot.curve(x, smoothed + 0.05, name="test", color="#F2785C")
    plot.dots(x[::40], smoothed[::40])
    plot.cursor(curve, ValueTracker(90), decimals=3)
    assert_golden("plot", [plot])
