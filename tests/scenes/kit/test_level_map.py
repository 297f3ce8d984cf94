"""A heat map's line lies where the values have its level, wherever the map was moved, and follows its values."""

import numpy as np
import pytest

from scenes.kit.level_map import LevelMap, level_lines

X, Y = np.linspace(-2, 2, 41), np.linspace(-1, 1, 21)
STYLE = {"x": X, "y": Y, "signed": True, "limits": (-4.0, 4.0)}


def plane(a, b, c):
    return a * X[None, :] + b * Y[:, None] + c  # (21, 41)


@pytest.mark.parametrize(("a", "b", "c"), [(1, -1, 0.2), (0.5, 0, 0.1), (0, 1, -0.333), (-1, 0.01, 0)])
def test_the_line_of_a_plane_is_straight_and_reaches_across(a, b, c):
    places = LevelMap(plane(a, b, c), 0.0, **STYLE).scale(0.7).shift((1, 2, 0)).border()
    assert np.abs(a * places[:, 0] + b * places[:, 1] + c).max() < 1e-6
    assert max(np.ptp(places[:, 0]) / 4, np.ptp(places[:, 1]) / 2) == pytest.approx(1, abs=1e-6)


def test_the_line_of_a_bowl_is_closed():
    bowl = X[None, :] ** 2 + Y[:, None] ** 2
    pieces = level_lines(bowl, 0.503)  # through no corner
    ends, counts = np.unique(np.round(pieces.reshape(-1, 2), 9), axis=0, return_counts=True)
    assert set(counts) == {2}
    assert len(ends) == len(pieces)


def test_a_saddle_joins_the_corners_that_its_mean_says():
    high = level_lines(np.array([[1.0, -0.5], [-0.5, 1.0]]), 0.0)  # the mean is above: the low corners are cut off
    low = level_lines(np.array([[0.5, -1.0], [-1.0, 0.5]]), 0.0)
    for pieces, corners in ((high, [(1, 0), (0, 1)]), (low, [(0, 0), (1, 1)])):
        assert len(pieces) == 2
        for corner in corners:
            assert np.abs(pieces.mean(axis=1) - corner).sum(axis=1).min() < 0.7


def test_a_table_on_one_side_of_the_level_has_no_line():
    assert LevelMap(plane(0, 0, 1), 0.0, **STYLE).border().shape == (0, 2)


def test_at_each_instant_of_a_change_the_line_is_that_of_the_values_drawn():
    level_map = LevelMap(plane(1, 0, 0.5), 0.0, **STYLE)
    change = level_map.change(plane(1, 0, -0.7), rate_func=lambda t: t)
    change.begin()
    for alpha in (0.25, 0.5, 0.75, 1.0):
        change.interpolate(alpha)
        assert level_map.border()[:, 0] == pytest.approx(-0.5 + 1.2 * alpha, abs=0.04)  # read back from 8 bits


def test_values_and_colours_are_those_of_a_heat_map_however_faint_it_is():
    assert LevelMap(plane(1, 1, 0), 0.0, 0.4, **STYLE).values() == pytest.approx(plane(1, 1, 0), abs=8 / 400)
