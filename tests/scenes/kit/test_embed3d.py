"""Every coordinate of an Embed3D is read back from places and sizes of its dots, whatever the eye and the move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import Group

from scenes.kit.embed3d import Embed3D, Variance, coordinates
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.space import View
from scenes.kit.typeset import Words
from scenes.theme import CLASSES
from tests.scenes.golden import assert_golden


def cloud(n=40, seed=0, size=1.0):
    return np.random.default_rng(seed).normal(size=(n, 3)) * size


def ended(animation):
    animation.begin()
    animation.interpolate(1)
    animation.finish()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-9, 1.0, 1e9]), st.floats(0.1, 4))
def test_coordinates_read_back_from_any_eye_wherever_the_component_was_moved(n, seed, size, scale):
    points = cloud(n, seed, size)
    space = Embed3D(points).look(View(seed % 7, 0.6, 0.8)).scale(scale).shift([1, -2, 0])
    assert space.values() == pytest.approx(points, abs=1e-6 * space.limit)


def test_coordinates_are_the_products_with_the_basis():
    rng = np.random.default_rng(1)
    points, mean = rng.normal(size=(9, 6)), rng.normal(size=6)
    basis = np.linalg.qr(rng.normal(size=(6, 6)))[0][:3]
    expected = [[float((point - mean) @ direction) for direction in basis] for point in points]
    assert Embed3D(coordinates(points, mean, basis)).values() == pytest.approx(np.array(expected), abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_points_are_on_their_way_while_they_change(share):
    before, after = cloud(seed=1), cloud(seed=2)
    space = Embed3D(before, limit=5)
    change = space.change(after, rate_func=lambda t: t)
    change.begin()
    change.interpolate(share)
    assert space.values() == pytest.approx((1 - share) * before + share * after, abs=1e-9)


def test_a_turn_and_a_change_in_one_play_do_not_disturb_each_other():
    space = Embed3D(cloud(seed=1), limit=5)
    both = [space.turn(azimuth=2.0), space.change(cloud(seed=2))]
    for animation in both:
        animation.begin()
    for alpha in (0.25, 0.5, 1.0):
        for animation in both:
            animation.interpolate(alpha)
    assert space.seen.azimuth == 2.0
    assert space.values() == pytest.approx(cloud(seed=2), abs=1e-9)


def test_moving_or_blowing_up_a_dot_behind_its_back_changes_its_coordinates():
    space = Embed3D(cloud(5))
    dots = next(mobject for mobject in space.dots.bins if len(mobject.points))
    dots.points[:16] += [0.1, 0, 0]
    assert (np.abs(space.values() - cloud(5)).max(axis=1) > 1e-2).sum() == 1
    space = Embed3D(cloud(5))
    dots = next(mobject for mobject in space.dots.bins if len(mobject.points))
    dots.points[:16] = dots.points[:16].mean(axis=0) + 1.1 * (dots.points[:16] - dots.points[:16].mean(axis=0))
    assert (np.abs(space.values() - cloud(5)).max(axis=1) > 1e-2).sum() == 1


def test_groups_are_read_from_colours_and_a_foreign_colour_is_noticed():
    groups = np.arange(40) % 10
    space = Embed3D(cloud(), groups)
    assert np.array_equal(space.drawn_groups(), groups)
    space.dots.bins[3].set_fill("#123456")
    with pytest.raises(ValueError, match="colour of no group"):
        space.drawn_groups()


def test_near_dots_are_larger_and_drawn_after_far_ones():
    space = Embed3D(np.array([[1.0, 0, 0], [-1.0, 0, 0]]), view=View(0, 0))
    assert list(space.dots.style() // len(CLASSES)) == [5, 0]


def test_arrows_lead_from_the_middle_or_from_point_to_point():
    points = cloud(6, 3)
    space = Embed3D(points).shift([2, 1, 0]).scale(0.5)
    ended(space.point_at([4, 1], [Words("one"), Words("two")]))
    ended(space.subtract(2, 5, Words("a difference")))
    zero = np.zeros(3)
    expected = np.array([[zero, points[4]], [zero, points[1]], [points[5], points[2]]])
    assert space.arrow_values() == pytest.approx(expected, abs=1e-6 * space.limit)
    space.look(View(2.5, 0.8)).shift([1, 1, 0])
    assert space.arrow_values() == pytest.approx(expected, abs=1e-6 * space.limit)


def test_an_arrow_grows_then_its_word_appears_and_both_can_leave_again():
    space = Embed3D(cloud(6, 3))
    word = Words("word")
    grow = space.point_at([0], [word], rate_func=lambda t: t)
    grow.begin()
    for alpha, length, opacity in ((0.25, 0.5, 0.0), (0.5, 1.0, 0.0), (0.75, 1.0, 0.5), (1.0, 1.0, 1.0)):
        grow.interpolate(alpha)
        assert space.arrow_values()[0, 1] == pytest.approx(length * cloud(6, 3)[0], abs=1e-6)
        assert word[0].get_fill_opacity() == pytest.approx(opacity)
    ended(space.dismiss())
    assert (len(space.pointers), len(space.labels), len(space.arrow_values())) == (0, 0, 0)


def test_moving_the_end_of_an_arrow_is_seen():
    space = Embed3D(cloud(6, 3))
    ended(space.point_at([0], [Words("word")]))
    space.pointers[0].bins[1].points[8:12] += [0.2, 0, 0]
    assert np.abs(space.arrow_values()[0, 1] - cloud(6, 3)[0]).max() > 1e-2


def test_names_of_groups_stand_by_their_points_apart_from_each_other():
    groups = np.arange(40) % 4
    space = Embed3D(cloud(), groups)
    ended(space.name_groups([Words(f"a long name {i}") for i in range(4)]))
    boxes = [(label.get_center()[:2], np.array([label.width, label.height])) for label in space.labels]
    for i, (middle, size) in enumerate(boxes):
        for other, size2 in boxes[:i]:
            assert (np.abs(middle - other) / (size + size2) * 2).max() > 0.85


def test_a_small_picture_may_be_a_label():
    space = Embed3D(cloud(3))
    ended(space.point_at([0], [PixelGrid(np.eye(4), 0.5)]))
    assert isinstance(space, Group)
    assert space.labels[0].values() == pytest.approx(np.eye(4))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Embed3D(np.zeros((0, 3))), r"An Embed3D has nothing to draw: the array has the shape \(0, 3\)."),
        (lambda: Embed3D(np.zeros(3)), r"An Embed3D draws an array with 2 axes, found the shape \(3,\)."),
        (lambda: Embed3D(np.zeros((4, 2))), r"draws three coordinates for each point, found the shape \(4, 2\)."),
        (lambda: Embed3D([[0, np.nan, 0]]), r"An Embed3D cannot draw nan at \(0, 1\): only finite numbers are drawn."),
        (lambda: Embed3D(cloud(3), [0, 1]), "An Embed3D of 3 points needs as many groups from 0 to 9."),
        (lambda: Embed3D(cloud(3), [0, 1, 10]), "An Embed3D of 3 points needs as many groups from 0 to 9."),
        (lambda: Embed3D(cloud(3), limit=0), "An Embed3D needs a positive limit, got 0."),
        (lambda: Embed3D(cloud(3)).set_values(cloud(4)), "An Embed3D of 3 points cannot draw 4."),
        (lambda: Embed3D(cloud(3)).point_at([3], [Words("a")]), "An Embed3D of 3 points has no point 3."),
        (lambda: Embed3D(cloud(3)).name_groups([Words("a"), Words("b")]), "A group without points cannot be named."),
        (lambda: coordinates(cloud(3), np.zeros(3), np.zeros((3, 4))), r"got \(3,\), \(3, 4\)."),
        (lambda: coordinates(cloud(3), np.zeros(3), 2 * np.eye(3)), "three perpendicular directions of length 1."),
        (lambda: Variance([0.9, 0.2], 5), "2 of 5 directions cannot hold 110% of the variance."),
        (lambda: Variance([0.1, 0.2], 1), "2 of 1 directions cannot hold 30% of the variance."),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def test_the_variance_is_written_in_numbers_that_read_back():
    label = Variance(np.array([0.3, 0.21, 0.19]), 16).scale(0.5).shift([3, 0, 0])
    assert list(label.values()) == [3, 16, 70]
    label[4].submobjects[0], label[4].submobjects[1] = label[4].submobjects[1], label[4].submobjects[0]
    assert list(label.values()) == [3, 16, 7]


def test_the_picture_is_the_golden_one():
    groups = np.repeat(np.arange(3), 14)[:40]
    centres = np.array([[2.0, 0, 1], [-1, 2, 0], [0, -2, 0.6]])
    space = Embed3D(cloud() * 0.4 + centres[groups], groups, dot=0.09).shift([0, -0.3, 0])
    ended(space.point_at([0, 14], [Words("seven", 40), Words("two", 40)], CLASSES[:2]))
    ended(space.subtract(0, 14))
    assert_golden("embed3d", [space])
