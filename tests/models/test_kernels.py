"""The small convolutional network: its forward pass against sums written out, its gradients, its training."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from assets.capture import capture
from models import kernels
from models.configs import make_config
from models.datasets import load_digits
from models.train import one_thread

SHORT = make_config("kernels", {"filters": 4, "epochs": 2, "lr": 0.01})


def nothing(step, steps, figures):
    """A report that nobody reads."""


@pytest.fixture(scope="module")
def data():
    return load_digits("bundled", Path(), 0, nothing)


@pytest.fixture(scope="module")
def taught(data):
    return kernels.train(SHORT, data, 0, nothing)


def convolved(maps, weights, biases):
    """Sums of products at every pixel, zeros around: maps (c, h, w), weights (k, c, s, s), (k, h, w)."""
    half = weights.shape[-1] // 2
    padded = np.pad(maps, ((0, 0), (half, half), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape[-2:], axis=(1, 2))  # (c, h, w, s, s)
    return np.einsum("chwij,kcij->khw", windows, weights) + biases[:, None, None]


def pooled(maps):
    """The largest of each two by two of what is above zero, (k, h / 2, w / 2)."""
    k, height, width = maps.shape
    return np.maximum(maps, 0).reshape(k, height // 2, 2, width // 2, 2).max(axis=(2, 4))


def test_each_tap_is_what_its_formula_says(data):
    model, image = kernels.KernelNet(3, seed=1), data.test_images[0].astype(np.float64)
    w = {name: parameter.detach().numpy().astype(float) for name, parameter in kernels.parameters(model).items()}
    with capture(model) as taken:
        kernels.outputs(model, data.test_images[:1])
    z1 = convolved(image[None], w["w1"], w["b1"])
    m1 = pooled(z1)
    m2 = pooled(convolved(m1, w["w2"], w["b2"]))
    for name, expected in (("z1", z1), ("m1", m1), ("m2", m2), ("logits", w["w3"] @ m2.ravel() + w["b3"])):
        np.testing.assert_allclose(taken[name][0], expected, atol=1e-5)
    assert [taken[name].shape[1:] for name in ("z1", "m1", "m2")] == [(3, 28, 28), (3, 14, 14), (6, 7, 7)]


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "w3"])
def test_gradients_agree_with_finite_differences(data, name):
    model, h = kernels.KernelNet(2, seed=2).double(), 1e-6
    model.layer1.bias.data.fill_(0.05)  # away from zero, where black pixels sit on the bend of the ReLU
    images, labels = kernels.channels(data.test_images[:2]).double(), torch.from_numpy(data.test_labels[:2])
    parameter = kernels.parameters(model)[name]
    (gradient,) = torch.autograd.grad(functional.cross_entropy(model(images), labels), [parameter])
    place = np.unravel_index(int(gradient.abs().argmax()), gradient.shape)
    losses = []
    with torch.no_grad():
        for step in (h, -h):
            parameter[place] += step
            losses.append(float(functional.cross_entropy(model(images), labels)))
            parameter[place] -= step
    assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(float(gradient[place]), rel=1e-3)


def test_two_epochs_with_four_kernels_read_half_of_the_digits(data, taught):
    right = kernels.outputs(taught.model, data.test_images).argmax(axis=1) == data.test_labels
    assert taught.test_accuracy == right.mean()
    assert taught.test_accuracy > 0.5
    assert taught.steps == 44


def test_the_seed_alone_decides_the_weights_and_moves_no_global_state(data, taught):
    before = torch.random.get_rng_state()
    again = kernels.train(SHORT, data, 0, nothing)
    assert torch.equal(torch.random.get_rng_state(), before)
    pairs = zip(again.model.parameters(), taught.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    assert not torch.equal(kernels.KernelNet(2, 1).layer1.weight, kernels.KernelNet(2, 2).layer1.weight)


def test_the_first_layer_starts_a_tenth_as_large_as_usual():
    weights = kernels.KernelNet(64, seed=0).layer1.weight.detach().numpy()
    assert weights.std() == pytest.approx(0.1 * np.sqrt(2 / 25), rel=0.05)


def test_a_rebuilt_network_says_what_the_trained_one_said(data, taught):
    arrays = {name: parameter.detach().numpy() for name, parameter in kernels.parameters(taught.model).items()}
    rebuilt = kernels.rebuild(arrays | {"w1": arrays["w1"][:, 0]})
    with one_thread(), torch.no_grad():
        np.testing.assert_array_equal(
            kernels.outputs(rebuilt, data.test_images[:9]), kernels.outputs(taught.model, data.test_images[:9])
        )
