"""The residual network adds each block's answer to its stream, and learns to read digits."""

import numpy as np
import pytest
import torch

from assets.capture import capture
from models.datasets import bundled_digits
from models.residual import ResidualConfig, logits, train


def nothing(step, steps, figures):
    """A report that nobody reads."""


def test_each_block_adds_a_map_of_rectified_sums_to_the_stream():
    model = train(ResidualConfig(width=6, blocks=3, epochs=1, seed=4), bundled_digits(0), nothing)[0]
    images = np.random.default_rng(0).uniform(size=(5, 28, 28)).astype(np.float32)
    with capture(model) as taken:
        answer = logits(model, images)
    for i, block in enumerate(model.blocks):
        before, after = torch.from_numpy(taken[f"x.{i}"]), taken[f"x.{i + 1}"]
        hidden = torch.relu(before @ block.up.weight.T + block.up.bias)
        added = (hidden @ block.down.weight.T + block.down.bias).detach().numpy()
        assert np.abs(added).max() > 0
        assert after - before.numpy() == pytest.approx(added, abs=1e-5)
    assert answer.shape == (5, 10)


def test_it_learns_with_three_fresh_seeds():
    data = bundled_digits(0)
    for seed in (11, 12, 13):
        _, accuracy = train(ResidualConfig(seed=seed), data, nothing)
        assert accuracy > 0.93


def test_the_same_seed_gives_the_same_weights():
    data = bundled_digits(0)
    one, other = (train(ResidualConfig(epochs=1, seed=5), data, nothing)[0] for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
