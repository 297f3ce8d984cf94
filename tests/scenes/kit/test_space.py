"""Seeing and unseeing are inverse, near things cover far ones, and words keep apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker

from scenes.kit.embed3d import Embed3D
from scenes.kit.space import FOCAL, SLABS, View, end_widths, foggy, settle, slab, tapered
from scenes.kit.typeset import Words
from scenes.theme import BACKGROUND

VIEWS = st.builds(View, st.floats(-7, 7), st.floats(0, 1.45), st.floats(0.2, 4))
SEEDS = st.integers(0, 2**32 - 1)


def cloud(n=8, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 3))


@settings(max_examples=25, deadline=None)
@given(VIEWS, SEEDS, st.floats(1e-6, 3))
def test_a_drawn_place_and_its_enlargement_give_the_point_back(view, seed, size):
    points = cloud(20, seed) * size / 2
    assert view.unsee(*view.see(points)) == pytest.approx(points, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(VIEWS, SEEDS)
def test_a_drawn_place_gives_back_the_point_of_a_known_plane(view, seed):
    points, normal = cloud(12, seed), np.array([0.8, -0.36, 0.48])
    points -= np.outer((points - points[0]) @ normal, normal)
    if np.abs((points[0] - view.eye()) @ normal) > 0.5:
        assert view.on_plane(view.see(points)[0], points[0], normal) == pytest.approx(points, abs=1e-8)


def test_a_thing_half_way_to_the_eye_is_twice_as_large():
    view = View(0.3, 0.7)
    _, near = view.see(np.array([view.eye() / 2, np.zeros(3), -view.eye()]))
    assert near == pytest.approx([2, 1, 0.5])


def test_the_axes_of_a_view_are_perpendicular_and_the_vertical_stays_upright():
    axes = View(1.1, 0.4).axes()
    assert axes @ axes.T == pytest.approx(np.eye(3))
    assert np.cross(axes[0], axes[1]) == pytest.approx(axes[2])
    assert View(1.1, 0.4).see(np.array([[0, 0, 1.0]]))[0][0, 0] == pytest.approx(0)


def test_a_point_at_the_eye_is_refused():
    with pytest.raises(ValueError, match=r"A point is 15 units before the middle, and the eye is at 16\."):
        View(0, 0).see(np.array([[15.0, 0, 0]]))
    assert FOCAL == 16


def test_fog_takes_colour_from_the_far_slabs_only():
    styles = foggy(["#FFFFFF"])
    assert len(styles) == SLABS
    assert styles[-1] == ("#FFFFFF", 1.0)
    assert BACKGROUND < styles[0][0] < styles[1][0] < styles[-1][0]
    far, near = View(0, 0).see(np.array([[-3.0, 0, 0], [3.0, 0, 0]]))[1]
    assert list(slab(np.array([far, 1.0, near]), 3.0)) == [0, SLABS // 2, SLABS - 1]


def test_tapered_pieces_give_back_both_widths_and_stand_where_they_have_no_length():
    starts = np.array([[0, 0, 0], [1, 2, 0.0]])
    pieces = tapered(starts, np.array([[3, 0, 0], [1, 2, 0.0]]), np.array([0.4, 0.2]), np.array([0.1, 0.3]))
    assert end_widths(pieces) == pytest.approx(np.array([[0.4, 0.1], [0.2, 0.3]]))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), SEEDS)
def test_words_that_stand_apart_are_not_moved(count, seed):
    wanted = np.arange(count)[:, None] * (2.0, 0) + np.random.default_rng(seed).uniform(0, 0.3, (count, 2))
    assert settle(wanted, np.full((count, 2), 0.4)) == pytest.approx(wanted)


def test_words_on_each_other_move_apart_and_do_not_jump():
    halves = np.array([[0.5, 0.15], [0.4, 0.15], [0.4, 0.2]])
    wanted = np.array([[0, 0], [0.1, 0.05], [-0.2, -0.1]])
    settled = settle(wanted, halves)
    gaps = np.abs(settled[:, None] - settled) / (halves[:, None] + halves)
    assert (gaps.max(axis=2)[~np.eye(3, dtype=bool)] > 0.9).all()
    assert np.abs(settle(wanted + [[1e-4, 0], [0, 0], [0, 0]], halves) - settled).max() < 5e-3


def test_a_turn_moves_the_eye_to_the_end_and_through_the_middle():
    space = Embed3D(cloud(), view=View(0.0, 0.2, 1.0))
    turn = space.turn(azimuth=1.0, zoom=2.0)
    turn.begin()
    turn.interpolate(0.5)
    assert space.seen == View(pytest.approx(0.5), pytest.approx(0.2), pytest.approx(1.5))
    turn.interpolate(1)
    turn.finish()
    assert space.seen == space.view() == View(1.0, 0.2, 2.0)
    assert space.values() == pytest.approx(cloud(), abs=1e-9)


def test_a_space_that_follows_is_redrawn_when_a_tracker_moved():
    space = Embed3D(cloud()).follow()
    space.azimuth.set_value(2.0)
    assert space.seen.azimuth != 2.0
    space.update(0)
    assert space.seen.azimuth == 2.0
    assert isinstance(space.azimuth, ValueTracker)


def test_an_animation_of_a_part_sees_a_tracker_that_moves_at_the_same_time():
    space = Embed3D(cloud()).follow()
    grow = space.point_at([0], [Words("word")])
    grow.begin()
    space.azimuth.set_value(2.0)
    grow.interpolate(0.5)
    assert space.seen.azimuth == 2.0


@pytest.mark.parametrize("view", [View(0, -0.1), View(0, 1.5), View(np.nan, 0.2), View(0, 0.2, 0.0)])
def test_the_eye_refuses_places_from_which_depth_cannot_be_told(view):
    space = Embed3D(cloud())
    with pytest.raises(ValueError, match="The eye cannot look from"):
        space.look(view)
    assert space.view() == space.seen == View()
