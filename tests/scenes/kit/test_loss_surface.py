"""A LossSurface gives its losses back from the places of its vertices, and a path its steps from its dots."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.loss_surface import LossSurface
from scenes.kit.scales3d import Scales, decimals_of
from scenes.kit.space import View
from scenes.kit.surface3d import LEVELS, SHADES, contours, heights
from tests.scenes.golden import assert_golden

X, Y = np.linspace(-3, 5, 9), np.linspace(10, 16, 7)


def bowl(tilt=0.3):
    return 0.2 + (X - 1) ** 2 / 8 + (Y[:, None] - 13) ** 2 / 4 + tilt * np.sin(X) * np.cos(Y)[:, None]


def path():
    return np.array([[-2.0, 11], [-1, 12], [0, 12.5], [0.8, 13]]), np.array([4.0, 2.0, 0.9, 0.3])


@cache
def plain():
    """A surface for tests that leave it as it is."""
    return LossSurface(bowl(), X, Y)


def ended(animation):
    animation.begin()
    animation.interpolate(1)
    animation.finish()


@settings(max_examples=8, deadline=None)
@given(
    st.integers(2, 6),
    st.integers(2, 6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-9, 1.0, 1e9]),
    st.floats(-7, 7),
    st.floats(0.25, 1.45),
)
def test_losses_read_back_from_any_eye_wherever_the_surface_was_moved(rows, columns, seed, size, azimuth, elevation):
    loss = np.random.default_rng(seed).normal(size=(rows, columns)) * size
    surface = LossSurface(loss, np.arange(columns), np.arange(rows)).look(View(azimuth, elevation, 0.8))
    surface.scale(1.7).shift([2, 1, 0])
    assert surface.values() == pytest.approx(loss, abs=1e-6 * (np.ptp(loss) or 1))


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_logarithms_of_losses_read_back(size):
    surface = LossSurface(bowl() * size, X, Y, log=True)
    assert surface.values() == pytest.approx(bowl() * size, rel=1e-5)


def test_losses_are_on_their_way_while_they_change_and_the_eye_turns():
    surface = LossSurface(bowl(), X, Y, limits=(0, 8))
    both = [surface.change(bowl(-0.5), rate_func=lambda t: t), surface.turn(azimuth=1.0)]
    for animation in both:
        animation.begin()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        for animation in both:
            animation.interpolate(share)
        assert surface.values() == pytest.approx((1 - share) * bowl() + share * bowl(-0.5), abs=1e-9)


def test_a_corner_moved_behind_its_back_changes_a_loss_or_is_found_beside_its_place():
    surface = LossSurface(bowl(), X, Y, view=View(0.4, 0.5))
    corner = next(bin for bin in surface.sheet.bins if len(bin.points)).points[4:5]
    surface.loss = np.zeros((7, 9))  # what is read comes from the picture
    corner += [0.05, 0, 0]
    with pytest.raises(ValueError, match="units beside the line over its x and y"):
        surface.values()
    corner -= [0.05, 0, 0]
    assert surface.values() == pytest.approx(bowl())
    up = surface.scales.up(bowl() + 0.5)
    raised = np.concatenate([surface.vertices[..., :2], up[..., None]], axis=2)
    surface.sheet.draw(raised, np.zeros((7, 9)), surface.seen)
    assert surface.values() == pytest.approx(bowl() + 0.5)


def test_what_is_higher_is_drawn_later():
    surface = plain()
    level = surface.sheet.style() // SHADES
    cells = (bowl()[:-1, :-1] + bowl()[:-1, 1:] + bowl()[1:, 1:] + bowl()[1:, :-1]).reshape(-1) / 4
    order = np.argsort(cells)
    assert (np.diff(level[order]) >= 0).all()
    assert level.max() <= LEVELS - 1


def test_all_pieces_turn_the_same_way_though_some_are_seen_from_below():
    surface = LossSurface(bowl() * 3, X, Y).look(View(0.3, 0.25))
    corners = surface.sheet.outlines()[:, ::4]
    after = np.roll(corners, -1, axis=1)
    assert surface.sheet.flipped.any()
    assert ((corners[..., 0] * after[..., 1] - corners[..., 1] * after[..., 0]).sum(axis=1) > -1e-9).all()


@pytest.mark.parametrize("log", [False, True])
def test_the_steps_of_a_path_and_its_ball_read_back_with_their_true_losses(log):
    points, loss = path()
    surface = LossSurface(bowl(), X, Y, log=log).shift([2, 1, 0]).scale(0.5)
    trail = surface.add_path(points, loss)
    assert surface.path_values(trail) == pytest.approx(np.column_stack([points, loss])[[0, 0]], abs=1e-6)
    roll = surface.roll(trail, rate_func=lambda t: t)
    roll.begin()
    roll.interpolate(0.5)
    up = surface.scales.loss((surface.scales.up(loss[1:2]) + surface.scales.up(loss[2:3])) / 2)[0]
    ball = [*((points[1] + points[2]) / 2), up]
    assert surface.path_values(trail) == pytest.approx(np.array([*np.column_stack([points, loss])[:2], ball]), abs=1e-6)
    roll.interpolate(1)
    surface.look(View(2.0, 0.9)).shift([1, 0, 0])
    assert surface.path_values(trail)[:-1] == pytest.approx(np.column_stack([points, loss]), abs=1e-6)


def test_a_surface_that_follows_redraws_a_ball_whose_tracker_was_moved():
    points, loss = path()
    surface = LossSurface(bowl(), X, Y).follow()
    trail = surface.add_path(points, loss)
    trail.step.set_value(2.0)
    assert len(surface.path_values(trail)) == 2
    surface.update(0)
    assert surface.path_values(trail)[-1] == pytest.approx([*points[2], loss[2]], abs=1e-6)


def test_moving_a_step_of_a_path_behind_its_back_is_seen():
    points, loss = path()
    surface = LossSurface(bowl(), X, Y)
    trail = surface.add_path(points, loss)
    ended(surface.roll(trail))
    dots = next(bin for bin in trail.bins[1:] if len(bin.points))
    dots.points[:16] += [0.1, 0, 0]
    assert np.abs(surface.path_values(trail)[:-1] - np.column_stack([points, loss])).max() > 1e-2


def test_a_hill_dims_the_path_behind_it_and_stems_tell_true_losses_from_the_slice():
    hill = np.exp(-((np.arange(9) - 4) ** 2) / 2)[None] * np.ones((7, 1))
    behind = np.array([[X[1], 13.0]])
    surface = LossSurface(hill, X, Y, view=View(0.0, 0.3))
    assert list(surface.add_path(behind, np.array([0.01])).style()[:1]) == [1]
    surface.look(View(np.pi, 0.3))
    assert list(surface.paths[0].style()) == [2, 3, 4]
    lifted = surface.add_path(behind, np.array([0.8]))
    assert 0 in lifted.style()


def test_contours_are_where_the_values_cross_the_level():
    starts, ends = contours(X, Y, X + 0 * Y[:, None], 1.25)
    assert np.concatenate([starts, ends])[:, 0] == pytest.approx(1.25)
    assert np.linalg.norm(ends - starts, axis=1).sum() == pytest.approx(Y[-1] - Y[0])


def test_heights_are_those_that_were_seen():
    points = np.random.default_rng(0).normal(size=(30, 3))
    view = View(0.4, 1.2, 1.3)
    assert heights(view.see(points)[0][:, :2], points[:, :2], view) == pytest.approx(points[:, 2])


@pytest.mark.parametrize(
    ("limits", "log", "ticks"),
    [
        ((0.0, 4.0), False, [0, 1, 2, 3, 4]),
        ((0.11, 0.42), False, [0.2, 0.3, 0.4]),
        ((0.008, 3.0), True, [0.01, 0.1, 1]),
        ((2.0, 3.0), True, [2, 3]),
        ((1.0, 1.0), False, [1]),
    ],
)
def test_ticks_are_round_and_between_the_limits(limits, log, ticks):
    assert Scales(X, Y, limits, log).ticks() == pytest.approx(ticks)


def test_ticks_are_written_with_the_decimals_they_need():
    assert [decimals_of(np.array([tick])) for tick in (0.01, 0.5, 3.0)] == [2, 1, 0]


def test_the_explained_shares_read_back_and_fade_while_their_side_turns_away():
    surface = LossSurface(bowl(), X, Y).explain(np.array([0.965, 0.0268]))
    assert surface.explained_values() == pytest.approx([96.5, 2.7])
    surface.look(View(0.0, 0.5))
    assert [line[1][0].get_fill_opacity() for line in surface.explained] == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: LossSurface(bowl().T, X, Y), r"A LossSurface over 7 y and 9 x cannot draw \(9, 7\) losses."),
        (lambda: LossSurface([[np.nan, 1], [1, 1]], [0, 1], [0, 1]), r"A LossSurface cannot draw nan at \(0, 0\)"),
        (lambda: LossSurface([[0, 1], [1, 1]], [0, 1], [0, 1], log=True), r"A LossSurface cannot draw 0 at \(0, 0\)"),
        (lambda: LossSurface([[1, 1]], [0, 1], [0]), "The y of a LossSurface must be at least two rising numbers."),
        (lambda: LossSurface(bowl(), X[::-1], Y), "The x of a LossSurface must be at least two rising numbers."),
        (lambda: LossSurface(bowl(), X, Y, limits=(2, 1)), "cannot measure losses between the limits 2 and 1."),
        (lambda: plain().look(View(0, 0.1)), "The eye cannot look from"),
        (lambda: plain().add_path([[9, 12]], [1]), "A path leaves the grid of its LossSurface."),
        (lambda: plain().add_path([[1, 12]], [1, 2]), r"needs the places \(2, 2\), found \(1, 2\)."),
        (lambda: LossSurface(bowl(), X, Y, True).add_path([[1, 12]], [0]), "cannot have the loss 0."),
        (lambda: plain().explain([0.5]), r"has two directions to explain, found \(1,\) shares."),
        (lambda: plain().explain([0.5, 1.1]), "The explained shares cannot draw 1.1 at 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def test_a_path_rolls_only_between_its_steps():
    surface = LossSurface(bowl(), X, Y)
    with pytest.raises(ValueError, match="A path with the steps 0 to 3 cannot roll to 4."):
        surface.roll(surface.add_path(*path()), 4)


def test_the_picture_is_the_golden_one():
    surface = LossSurface(bowl(), X, Y).shift([0, 0.2, 0]).explain(np.array([0.7, 0.2]))
    ended(surface.roll(surface.add_path(*path())))
    assert_golden("loss_surface", [surface])
