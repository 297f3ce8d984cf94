"""A Stack3D gives its values back in depth, laid flat and on the way, dim or bright."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.shapes import LEVELS
from scenes.kit.space import View
from scenes.kit.stack3d import UNLIT, Stack3D
from scenes.theme import NEGATIVE, POSITIVE
from tests.scenes.golden import assert_golden


def stream(layers=3, tokens=4, channels=5, seed=0, size=1.0):
    return np.random.default_rng(seed).normal(size=(layers, tokens, channels)) * size


def linear(t):
    return t


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5)),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-9, 1.0, 1e9]),
    st.floats(-1.3, 1.3),
)
def test_values_read_back_from_any_eye_wherever_the_stack_was_moved(shape, seed, size, azimuth):
    values = stream(*shape, seed, size)
    stack = Stack3D(values).look(View(azimuth, 0.4, 0.7)).scale(0.6).shift([-1, 2, 0])
    assert stack.values() == pytest.approx(values, abs=1e-6 * stack.limit)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0])
def test_values_read_back_on_the_way_to_others_and_on_the_way_to_the_table(share):
    before, after = stream(seed=1), stream(seed=2)
    stack = Stack3D(before, limit=5)
    for animation, expected in (
        (stack.change(after, rate_func=linear), (1 - share) * before + share * after),
        (stack.lay(), (1 - share) * before + share * after),
    ):
        animation.begin()
        animation.interpolate(share)
        assert stack.values() == pytest.approx(expected, abs=1e-9)


def test_flat_cards_stand_side_by_side_upright_and_equal_and_return_into_depth():
    stack = Stack3D(stream())
    for flat in (True, False):
        lay = stack.lay(flat)
        lay.begin()
        lay.interpolate(1)
        sizes = np.array([[panel.width, panel.height] for panel in stack.panels])
        assert bool(np.ptp(sizes, axis=0).max() < 1e-9) is flat
    assert stack.flat.get_value() == 0
    assert sizes[-1, 1] > 1.1 * sizes[0, 1]


def test_a_stack_that_follows_is_laid_flat_by_its_tracker():
    stack = Stack3D(stream()).follow()
    stack.flat.set_value(0.5)
    stack.update(0)
    assert (stack.laid, stack.stale()) == (0.5, False)
    assert stack.values() == pytest.approx(stream(), abs=1e-9)


def test_a_spot_is_the_middle_of_its_cell():
    stack = Stack3D(stream()).shift([1, 1, 0])
    shapes = stack.cells[2]
    index = 3 * 5 + 1
    corners = shapes.frame.out(shapes.outlines()[index, ::4])
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners[:, :2]
    one, two = np.array([x2 - x0, y2 - y0]), np.array([x3 - x1, y3 - y1])
    share = np.linalg.solve(np.column_stack([one, -two]), [x1 - x0, y1 - y0])[0]
    assert stack.spot(2, 3, 1)[:2] == pytest.approx([x0, y0] + share * one)


def test_tokens_go_to_the_right_and_channels_down():
    stack = Stack3D(stream())
    assert stack.spot(0, 1, 0)[0] > stack.spot(0, 0, 0)[0]
    assert stack.spot(0, 0, 1)[1] < stack.spot(0, 0, 0)[1]
    assert stack.spot(1, 0, 0)[0] > stack.spot(0, 0, 0)[0]


def test_a_point_moved_or_a_colour_changed_behind_its_back_changes_a_value():
    values = np.abs(stream())
    stack = Stack3D(values)
    mobject = next(bin for bin in stack.cells[1].bins if len(bin.points))
    mobject.points[4] += [0.02, 0.0, 0]
    assert (np.abs(stack.values() - values) > 1e-4).sum() == 1
    stack = Stack3D(values)
    for bin in stack.cells[1].bins:
        bin.set_fill(NEGATIVE)
    assert stack.values()[1] == pytest.approx(-values[1])
    assert stack.values()[0] == pytest.approx(values[0])
    assert POSITIVE != NEGATIVE


def test_a_wave_brightens_one_card_after_the_other_and_ends_as_it_began():
    stack = Stack3D(stream())
    wave = stack.wave()
    wave.begin()
    brightest = []
    for alpha in (0.25, 0.5, 0.75):
        wave.interpolate(alpha)
        brightest.append(stack.brightness().argmax())
        assert stack.values() == pytest.approx(stream(), abs=1e-9)
    assert brightest == [0, 1, 2]
    wave.interpolate(1)
    assert list(stack.brightness()) == [1, 1, 1]


def test_one_card_is_lit_at_a_time_and_all_in_the_end():
    stack = Stack3D(stream())
    for layers, expected in (([1], [UNLIT, 1, UNLIT]), ([2], [UNLIT, UNLIT, 1]), (None, [1, 1, 1])):
        light = stack.light(layers)
        light.begin()
        light.interpolate(1)
        assert stack.brightness() == pytest.approx(expected)


def test_size_and_opacity_follow_the_value():
    stack = Stack3D(np.array([[[1.0, 0.25, -0.25, 0.0]]]))
    style = stack.cells[0].style()
    assert list(style) == [LEVELS - 1, LEVELS // 2 - 1, LEVELS + LEVELS // 2 - 1, 0]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Stack3D(np.zeros((2, 3))), r"A Stack3D draws an array with 3 axes, found the shape \(2, 3\)."),
        (lambda: Stack3D(np.zeros((2, 0, 3))), "A Stack3D has nothing to draw"),
        (lambda: Stack3D(np.full((1, 1, 2), np.inf)), r"A Stack3D cannot draw inf at \(0, 0, 0\)"),
        (lambda: Stack3D(np.full((1, 1, 2), 3.0), limit=2), r"cannot draw 3 at \(0, 0, 0\): expected -2 to 2."),
        (lambda: Stack3D(np.ones((2, 1, 1)), limit=-1), "A Stack3D needs a positive limit, got -1."),
        (lambda: Stack3D(stream(), ["a"]), "A Stack3D of 3 layers needs as many names, got 1."),
        (lambda: Stack3D(stream()).set_values(stream(2) / 9), r"of \(3, 4, 5\) values cannot draw \(2, 4, 5\)."),
        (lambda: Stack3D(stream()).look(View(1.4)), "is seen from azimuths within 1.35 rad, not 1.4."),
        (lambda: Stack3D(stream()).light([3]), r"A Stack3D of 3 layers cannot light \[3\]."),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def test_the_picture_is_the_golden_one():
    stack = Stack3D(stream(4, 6, 8, seed=5), ["in", "first", "second", "third"]).light([2])
    stack.begin()
    stack.interpolate(1)
    assert_golden("stack3d", [stack.mobject])
