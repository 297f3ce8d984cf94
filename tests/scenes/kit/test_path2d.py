"""Heads of paths are read back in data coordinates, at every time and however time is set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker

from scenes.kit.path2d import AGES, Path2D
from scenes.theme import INK, NEGATIVE, POSITIVE
from tests.scenes.golden import assert_golden


def walks(steps=6, count=5, seed=0):
    return np.random.default_rng(seed).normal(size=(steps, count, 2)).cumsum(axis=0)


def paths(values, **how):
    low, high = values.min() - 1, values.max() + 1
    return Path2D(values, (low, high), (low - 1, high), **how)


def straight(values, time):
    before = min(int(time), max(len(values) - 2, 0))
    after = min(before + 1, len(values) - 1)
    return values[before] + (time - before) * (values[after] - values[before])


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1.0, 1e6]), st.floats(0, 1)
)
def test_heads_read_back_at_any_time_wherever_the_plane_was_moved(steps, count, seed, size, share):
    values = walks(steps, count, seed) * size
    low, high = values.min() - size, values.max() + size
    drawn = Path2D(values, (low, high), (low, 2 * high - low), width=3).shift([2, -1, 0]).scale(1.4)
    drawn.set_time(share * (steps - 1))
    assert drawn.values() == pytest.approx(straight(values, share * (steps - 1)), abs=1e-6 * (high - low))


def test_points_travel_along_their_paths():
    values = walks()
    drawn = paths(values)
    for start, end, animation in ((0, 5, drawn.travel()), (4, 1.5, drawn.travel(4, 1.5))):
        animation.begin()
        for alpha in (0, 0.25, 0.5, 0.75, 1):
            animation.interpolate(alpha)
            time = start + animation.rate_func(alpha) * (end - start)
            assert drawn.values() == pytest.approx(straight(values, time), abs=1e-9)


def test_points_follow_a_tracker_and_a_copy_follows_by_itself():
    values, time = walks(), ValueTracker(0)
    drawn = paths(values).follow(time)
    copy = drawn.copy()
    time.set_value(2.5)
    drawn.update()
    assert drawn.values() == pytest.approx(straight(values, 2.5))
    assert copy.values() == pytest.approx(values[0])
    time.set_value(99)
    copy.update()
    assert copy.values() == pytest.approx(values[-1])


def test_a_tail_lies_on_the_path_from_the_head_back_and_fades_with_age():
    values = walks(steps=9, count=1)
    drawn = paths(values, tail=6.0)
    drawn.set_time(7.3)
    opacities = [m.get_stroke_opacity() for m in drawn.tails]
    assert opacities == sorted(opacities, reverse=True)
    whole = np.concatenate([m.points for m in reversed(drawn.tails)])
    ends = drawn.box.data(drawn.axes.back(whole[[0, -1]]))
    assert ends == pytest.approx(np.stack([straight(values, 1.3)[0], straight(values, 7.3)[0]]), abs=1e-6)
    corners = drawn.box.data(drawn.axes.back(whole))
    for step in range(2, 8):
        assert np.abs(corners - values[step, 0]).sum(axis=1).min() < 1e-6


def test_there_is_no_tail_before_the_first_step():
    drawn = paths(walks())
    assert sum(len(m.points) for m in drawn.tails) == 0
    assert paths(walks(steps=1)).set_time(0).values() == pytest.approx(walks(steps=1)[0])


def test_many_points_are_a_handful_of_mobjects():
    assert len(paths(walks(3, 500)).set_time(2).get_family()) == len(paths(walks(3, 2)).get_family()) == AGES + 5


def test_classes_have_colours_and_heads_stay_in_order():
    values = walks(count=4)
    drawn = paths(values, classes=np.array([1, 0, 1, 1]), colors=(POSITIVE, NEGATIVE)).set_time(5)
    assert [len(m.points) // 16 for m in drawn.heads.bins] == [1, 3]
    assert drawn.values() == pytest.approx(values[5])
    assert [m.get_stroke_color().to_hex() for m in drawn.tails] == [POSITIVE] * AGES + [NEGATIVE] * AGES


def test_heads_put_elsewhere_have_no_tails():
    drawn = paths(walks()).set_time(3)
    drawn.set_values(walks()[5])
    assert drawn.values() == pytest.approx(walks()[5])
    assert sum(len(m.points) for m in drawn.tails) == 0


def test_a_head_moved_behind_its_back_is_seen():
    values = walks()
    drawn = paths(values, width=4.0)
    drawn.heads.bins[0].points[:16] += [1, 0, 0]
    moved = drawn.values() - values[0]
    assert moved[0] == pytest.approx([(drawn.box.x[1] - drawn.box.x[0]) / 4, 0])
    assert moved[1:] == pytest.approx(np.zeros((4, 2)))


def test_data_have_places_in_the_scene():
    drawn = Path2D(walks(), (0, 10), (-1, 1), width=5, height=2).shift([1, 1, 0])
    assert drawn.place(0, -1) == pytest.approx([-1.5, 0, 0])
    assert drawn.place(10, 1) == pytest.approx([3.5, 2, 0])


def test_a_plane_laid_on_a_plot_has_its_places():
    def place(x, y):
        return np.array([3 + 0.5 * x, 1 - 0.25 + 0.25 * y, 0])

    drawn = Path2D(walks(), (-9, 9), (-8, 9)).lay_on(place)
    assert drawn.place(2, 3) == pytest.approx(place(2, 3))
    assert drawn.values() == pytest.approx(walks()[0])


@pytest.mark.parametrize(
    ("values", "how", "error"),
    [
        (np.full((2, 1, 2), np.inf), {}, "A Path2D cannot draw inf at (0, 0, 0): only finite numbers are drawn."),
        (np.zeros((2, 2)), {}, "A Path2D draws an array with 3 axes, found the shape (2, 2)."),
        (np.zeros((2, 1, 3)), {}, "A Path2D draws paths in the plane, (step, path, 2), got (2, 1, 3)."),
        (np.zeros((2, 0, 2)), {}, "A Path2D has nothing to draw: the array has the shape (2, 0, 2)."),
        (
            np.zeros((2, 1, 2)),
            {"x": (1, 1)},
            "A range rises from a finite number to another, got x (1, 1) and y (0, 1).",
        ),
        (np.zeros((2, 1, 2)), {"width": 0}, "A plane is larger than zero both ways, got 0 by 5 units."),
        (np.zeros((2, 1, 2)), {"tail": 0}, "Tails and dots of a Path2D are larger than zero, got 0 and 0.05."),
        (np.zeros((2, 2, 2)), {"classes": [0, 1]}, "The 2 paths of a Path2D need a class each, indices of 1 colours."),
    ],
)
def test_what_are_no_paths_is_refused_in_a_sentence(values, how, error):
    with pytest.raises(ValueError) as raised:
        Path2D(values, **{"x": (0, 1), "y": (0, 1)} | how)
    assert str(raised.value) == error


def test_times_outside_the_paths_and_other_heads_are_refused():
    drawn = paths(walks())
    for wrong in (lambda: drawn.set_time(5.1), lambda: drawn.travel(0, 6)):
        with pytest.raises(ValueError, match="A Path2D of 6 steps has no time"):
            wrong()
    with pytest.raises(ValueError, match="of 5 paths got heads of shape"):
        drawn.set_values(np.zeros((4, 2)))


def test_the_golden_picture():
    turn = np.linspace(0, 2, 21)[:, None] + np.linspace(0, 2 * np.pi, 12, endpoint=False)  # (step, path)
    radius = np.linspace(3, 1, 21)[:, None]
    spiral = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)
    drawn = Path2D(
        spiral,
        (-3, 3),
        (-3, 3),
        width=7,
        height=7,
        tail=12,
        classes=np.arange(12) % 3,
        colors=(INK, POSITIVE, NEGATIVE),
    )
    assert_golden("path2d", [drawn.set_time(17.5)])
