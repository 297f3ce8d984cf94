"""The exercise's network averages pictures, passes them on as a plain network does, and learns to read digits."""

import numpy as np
import pytest
import torch

from assets.capture import capture
from models import small_digits
from models.configs import make_config
from models.datasets import bundled_digits
from models.digits import loss_of

IMAGES = np.random.default_rng(0).uniform(size=(3, 28, 28)).astype(np.float32)


def nothing(step, steps, figures):
    """A report that nobody reads."""


def test_each_averaged_pixel_is_the_mean_of_its_four():
    means = small_digits.averaged(IMAGES)
    assert means.shape == (3, 14, 14)
    assert means[1, 3, 5] == pytest.approx(IMAGES[1, 6:8, 10:12].mean())
    assert means.mean(axis=(1, 2)) == pytest.approx(IMAGES.mean(axis=(1, 2)))


@pytest.mark.parametrize("variant", ["film", "relu_adam"])
def test_the_forward_pass_is_that_of_numpy(variant):
    model = small_digits.SmallNet(make_config("digits", {"variant": variant}))
    with capture(model) as taken:
        found = small_digits.outputs(model, IMAGES)
    w1, b1, w2, b2 = (parameter.detach().numpy() for parameter in model.parameters())
    z1 = small_digits.averaged(IMAGES).reshape(3, 196) @ w1.T + b1
    a1 = 1 / (1 + np.exp(-z1)) if variant == "film" else np.maximum(z1, 0)
    z2 = a1 @ w2.T + b2
    softmax = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    assert taken["z2"] == pytest.approx(z2, abs=1e-5)
    assert found == pytest.approx(1 / (1 + np.exp(-z2)) if variant == "film" else softmax, abs=1e-5)


def test_gradients_agree_with_finite_differences():
    config, h = make_config("digits", {}), 1e-6
    model, labels = small_digits.SmallNet(config).double(), torch.tensor([3, 1, 4])
    pixels = small_digits.rows(IMAGES).double()
    loss_of(config)(model(pixels), labels).backward()
    for parameter in model.parameters():
        gradient = parameter.grad
        place = np.unravel_index(int(gradient.abs().argmax()), gradient.shape)
        ends = []
        for step in (h, -h):
            with torch.no_grad():
                parameter[place] += step
                ends.append(float(loss_of(config)(model(pixels), labels)))
                parameter[place] -= step
        assert float(gradient[place]) == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-4)


def test_the_same_seed_gives_the_same_weights_and_another_other_ones():
    data = bundled_digits(0)
    configs = [make_config("digits", {"epochs": 1, "seed": seed}) for seed in (5, 5, 6)]
    first, again, other = (list(small_digits.train(c, data, nothing).model.parameters()) for c in configs)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


def test_a_short_training_reads_most_digits():
    taught = small_digits.train(make_config("digits", {"lr": 3.0, "epochs": 5}), bundled_digits(0), nothing)
    assert taught.test_accuracy > 0.85
    assert taught.steps == 700
