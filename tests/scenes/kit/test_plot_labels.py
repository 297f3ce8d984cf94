"""Names at curve ends keep out of each other's way, and powers of ten are read from their glyphs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.plot import Plot
from scenes.kit.plot_labels import Power, spread

X = np.linspace(0, 8, 33)


def test_names_of_curves_do_not_cover_each_other_or_a_line():
    plot = Plot(X, [-2, 2])
    ends = [0.5, 0.52, 0.55, -1.9, 1.0]
    curves = [plot.curve(X, np.linspace(-1, end, 33), name=f"run {index}") for index, end in enumerate(ends)]
    early = plot.curve(X[:20], np.linspace(1.5, -0.2, 20), name="early")
    boxes = [(c.words.get_corner([-1, -1, 0]), c.words.get_corner([1, 1, 0])) for c in (*curves, early)]
    for i, (low, high) in enumerate(boxes):
        assert not any(((low < b) & (high > a))[:2].all() for a, b in boxes[:i])
        for curve in (*curves, early):
            steps = np.linspace(0, 1, 30)[:, None, None]
            corners = plot.axes.frame.out(curve.drawn())
            points = (corners[:-1] + steps * np.diff(corners, axis=0)).reshape(-1, 3)
            assert not ((points > low) & (points < high))[:, :2].all(axis=1).any()
    order = np.argsort(ends)
    assert (np.diff([curves[i].words.get_center()[1] for i in order]) > 0).all()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0, 4), min_size=1, max_size=8))
def test_names_are_spread_apart_and_keep_their_order(wanted):
    wanted, heights = np.array(wanted), np.full(len(wanted), 0.3)
    placed = spread(wanted, heights, 0.0, 4.0)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(placed[order]) > 0.3).all()
    assert placed[order][0] >= 0.15 - 1e-9


def test_names_that_have_room_stay_where_they_are_wanted():
    assert spread(np.array([2.0, 1.0]), np.full(2, 0.3), 0.0, 4.0) == pytest.approx([2.0, 1.0])
    assert spread(np.array([2.0, 2.0]), np.full(2, 0.3), 0.0, 4.0) == pytest.approx([1.82, 2.18])


@settings(max_examples=12, deadline=None)
@given(st.integers(-300, 300))
def test_powers_of_ten_are_read_from_their_glyphs(exponent):
    assert Power(exponent, 26).values() == float(f"1e{exponent}")
    assert Power(exponent, 26, times=True).scale(0.3).shift([2, 1, 0]).values() == float(f"1e{exponent}")


def test_a_tampered_power_of_ten_is_noticed():
    power = Power(12, 26)
    power.submobjects[2], power.submobjects[3] = power.submobjects[3], power.submobjects[2]
    assert power.values() == 1e21
    power.submobjects[3].points[2] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no part of a power of ten"):
        power.values()


def test_names_never_jump_while_the_view_moves():
    plot = Plot(X, [0.01, 10], log="y")
    curve = plot.curve(X, 5 * np.exp(-0.7 * X), name="cost")
    zoom = plot.zoom(x=(0, 2), y=(0.2, 5))
    zoom.begin()
    places = []
    for alpha in np.linspace(0, 1, 61):
        zoom.interpolate(alpha)
        places.append(curve.words.get_center())
    assert np.abs(np.diff(places, axis=0)).max() < 0.15
    end = plot.axes.frame.out(curve.end())
    assert places[-1][1] == pytest.approx(end[1], abs=1e-6)
