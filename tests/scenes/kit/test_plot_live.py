"""The cursor and the tangent read the curve that is drawn, and never lie on it."""

import numpy as np
import pytest
from manim import ValueTracker

from scenes.kit.plot import Plot

X = np.linspace(0, 8, 33)
WAVE = np.sin(X) + 0.1 * X


def drawn_and_data(plot_x, plot_y):
    plot = Plot(plot_x, plot_y)
    return plot, plot.curve(plot_x, plot_y)


@pytest.mark.parametrize("x", [-1.0, 0.0, 2.03, 6.6, 8.0, 11.0])
def test_the_cursor_reads_the_curve_beneath_it(x):
    plot, curve = drawn_and_data(X, WAVE)
    tracker = ValueTracker(0)
    cursor = plot.cursor(curve, tracker, decimals=2)
    tracker.set_value(x)
    plot.update()
    at = min(max(x, 0), 8)
    height = np.interp(at, X, WAVE)
    assert cursor.values() == pytest.approx([at, height, round(float(height), 2)], abs=1e-7)
    assert cursor.dot.get_fill_opacity() == (1 if at == x else 0)


def test_the_cursor_follows_the_end_of_a_growing_curve_and_a_moving_view():
    plot, curve = drawn_and_data(X, WAVE)
    cursor = plot.cursor(curve, ValueTracker(8), decimals=2)
    curve.grown = 0.5
    curve.redraw()
    plot.update()
    assert cursor.values()[:2] == pytest.approx([4, np.interp(4, X, WAVE)])
    zoom = plot.zoom(x=(0, 16))
    curve.grown = 1.0
    zoom.begin()
    zoom.interpolate(0.7)
    plot.update()
    assert cursor.values()[:2] == pytest.approx([8, WAVE[-1]])


@pytest.mark.parametrize("x", np.linspace(0, 8, 9))
def test_the_number_of_the_cursor_never_lies_on_its_curve_or_tangent(x):
    plot, curve = drawn_and_data(X, WAVE)
    tracker = ValueTracker(x)
    tangent = plot.tangent(curve, tracker, np.gradient(WAVE, X))
    cursor = plot.cursor(curve, tracker)
    glyphs = cursor.number.line.points
    low, high = glyphs.min(axis=0), glyphs.max(axis=0)
    for line in (curve.line, tangent.line):
        ends = line.points.reshape(-1, 4, 3)[:, [0, 3]]
        points = (ends[:, :1] + np.linspace(0, 1, 50)[:, None] * (ends[:, 1:] - ends[:, :1])).reshape(-1, 3)
        assert not ((points[:, :2] > low[:2]) & (points[:, :2] < high[:2])).all(axis=1).any()


def test_the_number_of_the_cursor_keeps_its_left_end_while_its_digits_change():
    plot = Plot([0, 8], [0, 40])
    curve, tracker = plot.curve([0, 8], [1, 31.117]), ValueTracker(0)
    cursor = plot.cursor(curve, tracker)
    starts = []
    for x in np.linspace(0, 4, 41):
        tracker.set_value(x)
        plot.update()
        starts.append(cursor.number.axes.origin()[0] - cursor.dot.get_center()[0])
    assert np.ptp(starts) < 1e-9


def test_glyphs_of_the_cursor_are_read():
    plot, curve = drawn_and_data(X, WAVE)
    cursor = plot.cursor(curve, ValueTracker(4), decimals=2)
    cursor.number.line.points[5] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        cursor.values()


@pytest.mark.parametrize("x", [0.0, 1.3, 4.0, 7.9])
def test_a_tangent_is_as_steep_as_the_slope_it_is_given(x):
    plot, curve = drawn_and_data(X, WAVE)
    slopes, tracker = np.cos(X) + 0.1, ValueTracker(0)
    tangent = plot.scale(0.6).tangent(curve, tracker, slopes)
    tracker.set_value(x)
    tangent.update()
    assert tangent.values() == pytest.approx(np.interp(x, X, slopes), rel=1e-7)
    tangent.line.points[3] += [0, 0.1, 0]
    assert tangent.values() != pytest.approx(np.interp(x, X, slopes), rel=1e-3)


def test_the_number_of_the_cursor_passes_to_the_other_side_of_a_line_that_comes_close():
    plot = Plot([0, 8], [0, 4])
    curve, tracker = plot.curve([0, 8], [1, 1]), ValueTracker(0)
    cursor = plot.cursor(curve, tracker, decimals=1)
    plot.curve([0, 8], [3, 1])
    places = []
    for x in np.linspace(0, 7, 281):
        tracker.set_value(x)
        plot.update()
        places.append(cursor.number.axes.origin()[1] - cursor.dot.get_center()[1])
    assert np.abs(np.diff(places)).max() < 0.2  # it moves, and never jumps
    assert places[0] < 0.4 < max(places)


def test_a_name_within_the_box_has_a_plate_behind_it():
    plot = Plot(X, [-2, 2])
    early, late = plot.curve(X[:20], WAVE[:20], name="early"), plot.curve(X, -WAVE, name="late")
    assert [curve.plate[0].get_fill_opacity() for curve in (early, late)] == [0.85, 0]
    growth = early.grow()
    growth.begin()
    assert early.plate[0].get_fill_opacity() == 0
    growth.interpolate(1)
    assert early.plate[0].get_fill_opacity() == 0.85
