"""The network of the two moons: its forward pass in numpy, its start, its bend, and that it learns."""

import numpy as np
import pytest
import torch

from models import moons
from models.configs import make_config


def nothing(step, steps, figures):
    """A report that nobody reads."""


def written_out(weights, places, bend):
    def bent(x):
        return (1 - bend) * x + bend * np.maximum(x, 0)

    w = {name: values.astype(np.float64) for name, values in weights.items()}
    h1 = bent(places @ w["w1"].T + w["b1"])
    h2 = bent(h1 @ w["w2"].T + w["b2"])
    return h2 @ w["w3"][0] + w["b3"][0]


@pytest.mark.parametrize("bend", [0.0, 0.3, 1.0])
def test_the_forward_pass_is_that_of_the_formula(bend):
    config = make_config("moons", {"hidden": 5, "seed": 4})
    model = moons.MoonNet(config, bend)
    places = np.random.default_rng(1).normal(size=(7, 2))
    expected = written_out(moons.weights(model), places, bend)
    np.testing.assert_allclose(moons.logits(model, places), expected, rtol=1e-4, atol=1e-5)
    assert moons.logits(model, places.reshape(7, 1, 2)).shape == (7, 1)


def test_a_gradient_agrees_with_finite_differences():
    model = moons.MoonNet(make_config("moons", {"hidden": 4}), 0.5).double()
    places, h = torch.tensor([[0.3, -0.7], [1.2, 0.4]], dtype=torch.float64), 1e-6
    model(places).sum().backward()
    weight = model.layer2.weight
    sums = []
    for step in (h, -h):
        with torch.no_grad():
            weight[1, 2] += step
            sums.append(float(model(places).sum()))
            weight[1, 2] -= step
    assert float(weight.grad[1, 2]) == pytest.approx((sums[0] - sums[1]) / (2 * h), rel=1e-5, abs=1e-9)


def test_the_seed_alone_decides_start_dots_and_training():
    config = make_config("moons", {"points": 40, "epochs": 2, "seed": 5})
    dots = moons.draw_moons(config, 1)
    torch.manual_seed(123)
    first = moons.weights(moons.train(config, 1.0, dots, nothing))
    torch.manual_seed(456)
    second = moons.weights(moons.train(config, 1.0, dots, nothing))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert np.array_equal(dots.places, moons.draw_moons(config, 1).places)
    assert not np.array_equal(dots.places, moons.draw_moons(config, 2).places)


def test_without_noise_the_dots_lie_on_two_half_circles():
    dots = moons.draw_moons(make_config("moons", {"noise": 0.0, "points": 41}), 0)
    x, y = dots.places.T
    centre = np.where(dots.moon == 0, 0, 1), np.where(dots.moon == 0, 0, 0.5)
    np.testing.assert_allclose(np.hypot(x - centre[0], y - centre[1]), 1, atol=1e-6)
    assert (y[dots.moon == 0] >= -1e-6).all()
    assert (y[dots.moon == 1] <= 0.5 + 1e-6).all()
    assert np.bincount(dots.moon).tolist() == [20, 21]


def test_training_tells_most_dots_apart():
    config = make_config("moons", {"points": 100, "epochs": 40, "batch": 25})
    dots = moons.draw_moons(config, 0)
    assert moons.accuracy(moons.train(config, 1.0, dots, nothing), dots) > 0.9
