"""Digit networks of any width and depth: start, forward pass, gradients and training."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from models import deep
from models.datasets import Digits
from models.deep import Body, DeepNet
from models.tap import Tap
from models.train import Schedule


def made_up(count=60):
    """Images with one bright row, the label: easy to learn."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 10
    images = rng.uniform(0, 0.1, (count, 28, 28)).astype(np.float32)
    images[np.arange(count), 2 * labels + 4] += 0.9
    return Digits(images, labels, images, labels, "made up")


@pytest.fixture(scope="module")
def data():
    return made_up()


@pytest.mark.parametrize(("widths", "count"), [((16, 16), 13_002), ((2,), 1600), ((32, 32, 32, 32), 28_618)])
def test_a_body_counts_the_parameters_that_its_network_has(widths, count):
    body = Body(widths, "relu", 0)
    assert body.parameters == count == sum(parameter.numel() for parameter in DeepNet(body).parameters())


def test_the_taps_are_those_of_the_docstring():
    taps = {name for name, module in DeepNet(Body((4, 4), "relu", 0)).named_modules() if isinstance(module, Tap)}
    assert taps == {"sums.z1", "sums.z2", "activations.a1", "activations.a2"}


@pytest.mark.parametrize("bend", ["sigmoid", "relu"])
def test_sums_activations_and_logits_agree_with_the_formula_written_in_numpy(data, bend):
    net = DeepNet(Body((6, 6), bend, 3))
    z, a = deep.hidden(net, data.train_images)
    w = [(layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()) for layer in net.linear()]
    squash = (lambda x: 1 / (1 + np.exp(-x))) if bend == "sigmoid" else (lambda x: np.maximum(x, 0))
    before = data.train_images.reshape(60, 784).astype(float)
    for layer in (0, 1):
        expected = before @ w[layer][0].T + w[layer][1]
        np.testing.assert_allclose(z[layer], expected, atol=1e-5)
        before = squash(expected)
        np.testing.assert_allclose(a[layer], before, atol=1e-5)
    logits = net(torch.from_numpy(data.train_images.reshape(60, 784))).detach().numpy()
    np.testing.assert_allclose(logits, before @ w[2][0].T + w[2][1], atol=1e-5)


def test_starts_have_the_spread_that_is_asked_for():
    for spread in ((0.01, 0.01), (1.0, 1.0), deep.he((784, 40, 10))):
        net = DeepNet(Body((40,), "sigmoid", 1, spread))
        for layer, std in zip(net.linear(), spread, strict=True):
            assert float(layer.weight.detach().std()) == pytest.approx(std, rel=0.15)
            assert float(layer.bias.detach().abs().max()) == 0
    assert deep.he((784, 16, 10)) == pytest.approx((np.sqrt(2 / 784), np.sqrt(2 / 16)))
    own = DeepNet(Body((40,), "sigmoid", 1)).linear()[0]
    assert float(own.weight.detach().std()) == pytest.approx(1 / 28, rel=0.05)
    assert float(own.bias.detach().std()) == pytest.approx(1, rel=0.3)


def test_gradient_sizes_agree_with_finite_differences(data):
    body = Body((2,), "sigmoid", 2)
    net, sizes = DeepNet(body).double(), deep.gradient_sizes(DeepNet(body), data)
    images = torch.from_numpy(data.train_images.reshape(60, 784)).double()
    weight = net.linear()[1].weight
    found = np.zeros(weight.numel())
    for place in range(weight.numel()):
        costs = []
        for change in (1e-5, -1e-5):
            with torch.no_grad():
                weight.view(-1)[place] += change
                costs.append(float(functional.cross_entropy(net(images), torch.from_numpy(data.train_labels))))
                weight.view(-1)[place] -= change
        found[place] = (costs[0] - costs[1]) / 2e-5
    assert sizes[1] == pytest.approx(np.sqrt((found**2).mean()), rel=1e-4)


def test_it_learns_what_is_easy_and_says_how_well_after_each_epoch(data):
    looked = []
    net = DeepNet(Body((16, 16), "relu", 0))
    accuracies = deep.learn(net, data, Schedule("adam", 1e-2, 10, 12, 0), looked.append)
    assert len(accuracies) == 13
    assert looked == list(range(6 * 12 + 1))
    assert accuracies[-1] == deep.accuracy(net, data) >= 0.95


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(data):
    def taught(seed):
        net = DeepNet(Body((8,), "relu", seed))
        deep.learn(net, data, Schedule("sgd", 0.1, 20, 1, seed))
        return net.linear()[0].weight.detach().numpy()

    assert np.array_equal(taught(4), taught(4))
    assert not np.array_equal(taught(4), taught(5))


def test_firing_is_the_share_of_training_images_above_zero(data):
    net = DeepNet(Body((5,), "relu", 0))
    assert deep.firing(net, data) == pytest.approx((deep.hidden(net, data.train_images)[1][0] > 0).mean(axis=0))
