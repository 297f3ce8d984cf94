"""A reel blends sizes and colours between saved steps, and only ever writes numbers that were saved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker, VGroup

from scenes.kit.layer import Layer
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.reel import TrainingReel
from tests.scenes.golden import assert_golden

STEPS = np.array([0, 10, 100, 1000])
COST = np.array([4.0, 2.5, 0.75, 0.125], dtype=np.float32)


def snapshots(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (len(STEPS), *shape))


def network_reel():
    shots = [snapshots(4, 3), snapshots(2, 4, seed=1)]
    network = TensorNetwork([one[0] for one in shots], limits=[1, 1])
    return TrainingReel(STEPS, (network, shots), numbers={"cost": (COST, 3)}), network, shots


def assert_drawn(network, shots, index):
    low = min(int(index), len(STEPS) - 2)
    for drawn, one in zip(network.values(), shots, strict=True):
        expected = (1 - (index - low)) * one[low] + (index - low) * one[low + 1]
        assert drawn == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_everything_moves_along_the_saved_steps_and_only_saved_numbers_are_written(alpha):
    reel, network, shots = network_reel()
    play = reel.play_to(1000)
    play.begin()
    play.interpolate(alpha)
    index = 3 * play.animations[0].rate_func(alpha)
    nearest = int(index + 0.5)
    assert reel.index() == pytest.approx(index, abs=1e-6)
    assert reel.values() == STEPS[nearest]
    assert reel.number("cost") == COST[nearest]
    assert reel.head_step() == pytest.approx(np.interp(index, range(4), STEPS), rel=1e-6)
    assert_drawn(network, shots, index)


def test_a_reel_goes_on_from_where_it_stands_and_back():
    reel, network, shots = network_reel()
    for step, index in ((100, 2), (10, 1)):
        play = reel.play_to(step)
        play.begin()
        play.finish()
        assert (reel.values(), reel.index()) == (step, index)
        assert_drawn(network, shots, index)


def test_a_reel_reads_back_after_it_was_moved_and_scaled():
    reel, network, shots = network_reel()
    VGroup(reel, network).shift([1, -2, 0]).scale(0.6)
    reel.set_values(100)
    assert (reel.values(), reel.index(), reel.head_step(), reel.number("cost")) == (100, 2, pytest.approx(100), 0.75)
    assert_drawn(network, shots, 2)
    reel.set_values(550)
    assert reel.values() in STEPS
    assert_drawn(network, shots, 2.5)


def test_moving_the_head_behind_its_back_is_seen():
    reel, _, _ = network_reel()
    reel.set_values(100)
    reel.head.shift([0.9, 0, 0])
    assert reel.head_step() == pytest.approx(200)


def test_swapping_the_written_step_behind_its_back_is_seen():
    reel, _, _ = network_reel()
    reel.counter.set_values(42)
    assert reel.values() == 42


def test_written_components_take_saved_values_only():
    number = Number(0.0, 3)
    reel = TrainingReel(STEPS, written=[(number, COST)])
    play = reel.play_to(1000)
    play.begin()
    seen = []
    for alpha in np.linspace(0, 1, 15):
        play.interpolate(alpha)
        seen.append(number.values())
    assert list(dict.fromkeys(seen)) == list(COST)


def test_any_component_that_sets_its_values_can_be_scrubbed():
    shots = np.abs(snapshots(3, 4))
    grid = PixelGrid(shots[0], height=2)
    reel = TrainingReel(STEPS, (grid, shots))
    play = reel.play_to(10)
    play.begin()
    play.interpolate(0.5)
    assert grid.values() == pytest.approx((shots[0] + shots[1]) / 2, abs=0.5 / 233 + 1e-9)
    layer, held = Layer(np.arange(5), 5, 2), np.abs(snapshots(5))
    TrainingReel(STEPS, (layer, held)).set_values(1000)
    assert layer.values() == pytest.approx(held[3])


def test_a_reel_follows_a_tracker_of_the_step():
    reel, network, shots = network_reel()
    tracker = ValueTracker(0)
    reel.follow(tracker)
    for step, index in ((55, 1.5), (1000, 3), (0, 0)):
        tracker.set_value(step)
        VGroup(reel, network).update()
        assert reel.head_step() == pytest.approx(step)
        assert_drawn(network, shots, index)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True), st.data())
def test_every_saved_step_is_found_again(steps, data):
    steps = sorted(steps)
    layer = Layer([0], 1, 1)
    held = data.draw(st.lists(st.floats(0, 1), min_size=len(steps), max_size=len(steps)))
    reel = TrainingReel(np.array(steps), (layer, np.array(held)[:, None]))
    assert reel.values() == steps[0]
    for step, value in zip(steps, held, strict=True):
        reel.set_values(step)
        assert reel.values() == step
        assert layer.values()[0] == pytest.approx(value, abs=1e-9)


def test_the_numbers_stand_still_while_they_change_and_on_one_line_with_their_names():
    reel, _, _ = network_reel()
    left, bottom = [], []
    for step in STEPS:
        reel.set_values(step)
        left.append([reel.counter.get_left()[0], reel.readings["cost"].get_left()[0]])
        bottom.append(reel.readings["cost"].get_bottom()[1])
    assert np.ptp(left, axis=0).max() < 0.04
    assert np.ptp(bottom) < 0.01
    assert reel.readings["cost"].get_right()[0] <= reel.line.get_right()[0] + 1e-6


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: TrainingReel(np.array([0, 10, 10])), "The saved steps of a reel must rise, got [0, 10, 10]."),
        (lambda: TrainingReel(np.array([])), "A reel has nothing to draw: the array has the shape (0,)."),
        (
            lambda: TrainingReel(STEPS, (Layer([0], 1, 1), np.ones((3, 1)))),
            "A reel of 4 steps needs as many snapshots, got 3.",
        ),
        (lambda: network_reel()[0].play_to(50), "Step 50 was not saved; saved are [0, 10, 100, 1000]."),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_small_reel_looks_as_it_did():
    reel, network, _ = network_reel()
    network.scale(0.8).shift([0, 1, 0])
    reel.set_values(700)
    assert_golden("reel", [network, reel.shift([0, -2.6, 0])])
