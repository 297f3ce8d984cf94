"""A block of neurons: fills are shares, the dead are grey, and both are read back."""

import numpy as np
import pytest

from scenes.kit.neuron_block import NeuronBlock
from scenes.theme import DIM

SHARES = np.array([0.0, 0.25, 1.0, 0.001, 0.5])


def test_fills_and_outlines_give_back_the_shares_after_a_move():
    block = NeuronBlock(SHARES).shift((1, 2, 0)).scale(0.7)
    assert block.values() == pytest.approx(SHARES, abs=1e-9)
    assert [n.get_stroke_color().to_hex() == DIM for n in block.neurons] == [True, False, False, False, False]


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_a_change_draws_the_shares_between_and_a_neuron_is_dead_only_at_zero(alpha):
    block, target = NeuronBlock(SHARES), np.array([0.4, 0.0, 1.0, 0.0, 0.0])
    change = block.change(target, rate_func=lambda t: t)
    change.begin()
    change.interpolate(alpha)
    assert block.values() == pytest.approx((1 - alpha) * SHARES + alpha * target, abs=1e-9)


def test_of_a_large_layer_the_first_and_the_last_eight_are_drawn():
    shares = np.linspace(0, 1, 40)
    block = NeuronBlock(shares)
    assert block.values() == pytest.approx(np.concatenate([shares[:8], shares[-8:]]), abs=1e-9)
    block.set_values(shares[::-1].copy())
    assert block.values() == pytest.approx(np.concatenate([shares[::-1][:8], shares[::-1][-8:]]), abs=1e-9)


def test_an_outline_that_belies_its_fill_is_noticed():
    block = NeuronBlock(SHARES)
    block.neurons[1].set_stroke(DIM)
    with pytest.raises(ValueError, match="Neuron 1 is outlined as dead"):
        block.values()
    with pytest.raises(ValueError, match="A block of 5 neurons got 3 shares"):
        NeuronBlock(SHARES).set_values(np.zeros(3))
    with pytest.raises(ValueError, match=r"A block of neurons cannot draw 1\.5 at 0"):
        NeuronBlock(np.array([1.5]))
