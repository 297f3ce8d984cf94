"""Digit networks of any width and depth, with any start: what depth, bend and random start do to learning.

Sources: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", for how a
start saturates sigmoids; He et al. 2015, "Delving Deep into Rectifiers", for the start of ReLUs; Lu et al. 2019,
"Dying ReLU and Initialization", for neurons that end at zero.
Taps, each (B, n): z1, a1, z2, a2 ... sums and activations of the hidden layers; the output is the ten logits (B, 10).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.datasets import SIDE, Digits
from models.tap import Tap
from models.train import Schedule, fit, one_thread

PIXELS = SIDE * SIDE
CLASSES = 10
Bend = Literal["sigmoid", "relu"]
Look = Callable[[int], None]
"""Called with the steps done, before the first step and after each one."""


@dataclass(frozen=True)
class Body:
    """What a network is before it learns: the neurons of each hidden layer, how they bend, and the random start.

    ``spread`` holds the standard deviation of the weights of each layer, with biases of 0. Without it weights are drawn
    from N(0, 1/n) and biases from N(0, 1) for sigmoids, weights from N(0, 2/n) and biases of 0 for ReLUs, n being the
    inputs of a neuron.
    """

    widths: tuple[int, ...]
    bend: Bend
    seed: int
    spread: tuple[float, ...] | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Pixels, hidden layers, digits."""
        return (PIXELS, *self.widths, CLASSES)

    @property
    def parameters(self) -> int:
        """How many weights and biases it has."""
        return sum(before * after + after for before, after in pairwise(self.sizes))


class DeepNet(nn.Module):
    """Reads pixels (B, 784) through the hidden layers of a body and gives ten logits (B, 10)."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.depth = len(body.widths)
        self.bend = torch.sigmoid if body.bend == "sigmoid" else torch.relu
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.layers = nn.ModuleList(nn.Linear(before, after) for before, after in pairwise(body.sizes))
        self.sums = nn.ModuleDict({f"z{layer}": Tap() for layer in range(1, self.depth + 1)})
        self.activations = nn.ModuleDict({f"a{layer}": Tap() for layer in range(1, self.depth + 1)})
        self._start(body)

    def forward(self, pixels: Tensor) -> Tensor:
        a = pixels  # (B, 784)
        for layer in range(1, self.depth + 1):
            z = self.sums[f"z{layer}"](self.layers[layer - 1](a))  # (B, width)
            a = self.activations[f"a{layer}"](self.bend(z))
        logits: Tensor = self.layers[-1](a)  # (B, 10)
        return logits

    def linear(self) -> list[nn.Linear]:
        """The layers of weights from the pixels to the logits."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    def _start(self, body: Body) -> None:
        generator = torch.Generator().manual_seed(body.seed)
        gain, bias = (1.0, 1.0) if body.bend == "sigmoid" else (2.0, 0.0)
        own = tuple(sqrt(gain / n) for n in body.sizes[:-1])
        for layer, std in zip(self.linear(), body.spread or own, strict=True):
            nn.init.normal_(layer.weight, std=std, generator=generator)
            nn.init.normal_(layer.bias, std=0.0 if body.spread else bias, generator=generator)


def he(sizes: Sequence[int]) -> tuple[float, ...]:
    """The standard deviation sqrt(2/n) for the weights of each layer, n being its inputs."""
    return tuple(sqrt(2 / n) for n in sizes[:-1])


def learn(model: DeepNet, data: Digits, schedule: Schedule, look: Look = lambda step: None) -> np.ndarray:
    """Trains a network in place by cross entropy; gives the test accuracy before each epoch and after all, (epoch,)."""
    images, labels = _tensors(data.train_images, data.train_labels)
    each = ceil(len(images) / schedule.batch)  # steps of one epoch
    accuracies = []

    def watch(step: int, steps: int) -> None:
        look(step)
        if step % each == 0:
            accuracies.append(accuracy(model, data))

    fit(model, (images, labels), functional.cross_entropy, schedule, watch)
    return np.array(accuracies)


def accuracy(model: DeepNet, data: Digits) -> float:
    """The share of test images whose largest logit is that of their label."""
    images, labels = _tensors(data.test_images, data.test_labels)
    with one_thread(), torch.no_grad():
        return float((model(images).argmax(dim=1) == labels).float().mean())


def hidden(model: DeepNet, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums z and activations a of all hidden layers for images (B, row, column): (layer, B, width) each.

    All hidden layers have to be of one width.
    """
    a, sums, activations = torch.from_numpy(images.reshape(len(images), -1)), [], []  # (B, 784)
    with one_thread(), torch.no_grad():
        for layer in model.linear()[:-1]:
            z = layer(a)  # (B, width)
            a = model.bend(z)
            sums.append(z.numpy())
            activations.append(a.numpy())
    return np.stack(sums), np.stack(activations)


def firing(model: DeepNet, data: Digits) -> np.ndarray:
    """For each neuron of the first hidden layer the share of training images that it answers above zero, (width,)."""
    images = torch.from_numpy(data.train_images.reshape(len(data.train_images), -1))  # (B, 784)
    with one_thread(), torch.no_grad():
        return (model.linear()[0](images) > 0).float().mean(dim=0).numpy()


def gradient_sizes(model: DeepNet, data: Digits) -> np.ndarray:
    """Root mean square of dC/dW for each layer of weights over all training images, (layer,), from the pixels on."""
    images, labels = _tensors(data.train_images, data.train_labels)
    weights = [layer.weight for layer in model.linear()]
    with one_thread():
        cost = functional.cross_entropy(model(images), labels)
        gradients = torch.autograd.grad(cost, weights)
    return np.array([float(gradient.double().square().mean().sqrt()) for gradient in gradients])


def _tensors(images: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Images (B, row, column) as rows of pixels (B, 784), and labels (B,)."""
    return torch.from_numpy(images.reshape(len(images), -1)), torch.from_numpy(labels)
