"""A small convolutional network that reads the digits: eight 5x5 kernels, sixteen 3x3 ones, and ten digits.

Sources: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", for kernels that slide, and
pooling; He et al. 2015, "Delving Deep into Rectifiers", for the start.
Taps: z1 sums of the first kernels (B, k, 28, 28); m1 what is left of them after ReLU and pooling (B, k, 14, 14); m2 the
same of the second kernels (B, 2k, 7, 7); logits (B, 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.configs import KernelsConfig, Report
from models.datasets import SIDE, Digits
from models.tap import Tap
from models.train import Schedule, fit, one_thread

WIDTH = 5  # pixels along the side of a kernel of the first layer
SMALL_START = 0.1  # of the usual start: what is seen in a trained kernel has then been learned, not drawn
MOST_IMAGES = 4000  # to train on: with more, no kernel looks different and all takes longer


class KernelNet(nn.Module):
    """Reads images (B, 1, 28, 28) and gives logits (B, 10).

    The start is drawn by the seed alone: weights from N(0, 2/n), n being the inputs of a neuron, those of the first
    layer a tenth as large, and biases of 0.
    """

    def __init__(self, filters: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.layer1 = nn.Conv2d(1, filters, WIDTH, padding=WIDTH // 2)
            self.layer2 = nn.Conv2d(filters, 2 * filters, 3, padding=1)
            self.layer3 = nn.Linear(2 * filters * (SIDE // 4) ** 2, 10)
        self.z1, self.m1, self.m2, self.logits = Tap(), Tap(), Tap(), Tap()
        generator = torch.Generator().manual_seed(seed)
        for layer, scale in ((self.layer1, SMALL_START), (self.layer2, 1.0), (self.layer3, 1.0)):
            std = scale * sqrt(2 / layer.weight[0].numel())
            nn.init.normal_(layer.weight, std=std, generator=generator)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)

    def forward(self, images: Tensor) -> Tensor:
        z1 = self.z1(self.layer1(images))  # (B, k, 28, 28)
        m1 = self.m1(functional.max_pool2d(torch.relu(z1), 2))  # (B, k, 14, 14)
        m2 = self.m2(functional.max_pool2d(torch.relu(self.layer2(m1)), 2))  # (B, 2k, 7, 7)
        logits: Tensor = self.logits(self.layer3(m2.flatten(1)))  # (B, 2k * 49), then (B, 10)
        return logits


@dataclass(frozen=True)
class TrainedKernels:
    """A trained network, the share of test images that it reads correctly, and the steps that it took."""

    model: KernelNet
    test_accuracy: float
    steps: int


def train(config: KernelsConfig, data: Digits, seed: int, report: Report) -> TrainedKernels:
    """Trains on the first ``MOST_IMAGES`` training images with cross entropy and Adam."""
    model = KernelNet(config.filters, seed)
    images, labels = data.train_images[:MOST_IMAGES], torch.from_numpy(data.train_labels[:MOST_IMAGES])
    schedule = Schedule("adam", config.lr, config.batch, config.epochs, seed, cosine=True)
    steps = schedule.steps(len(images))

    def watch(step: int, steps: int) -> None:
        if step % 50 == 0 or step == steps:
            report(step, steps, {})

    fit(model, (channels(images), labels), functional.cross_entropy, schedule, watch)
    right = outputs(model, data.test_images).argmax(axis=1) == data.test_labels  # (example,)
    return TrainedKernels(model, float(right.mean()), steps)


def parameters(model: KernelNet) -> dict[str, nn.Parameter]:
    """The parameters by the names that assets give them: w1, b1, ... b3."""
    found = dict(model.named_parameters())
    return {f"{kind[0]}{i}": found[f"layer{i}.{kind}"] for i in (1, 2, 3) for kind in ("weight", "bias")}


def rebuild(arrays: Mapping[str, np.ndarray]) -> KernelNet:
    """The network with the weights w1, b1, ... b3 that an earlier training left, in eval mode."""
    model = KernelNet(len(arrays["w1"]), seed=0)
    for name, parameter in parameters(model).items():
        parameter.data.copy_(torch.tensor(arrays[name]).reshape(parameter.shape))
    return model.eval()


def outputs(model: KernelNet, images: np.ndarray) -> np.ndarray:
    """The logits (B, 10) for images (B, row, column)."""
    with one_thread(), torch.no_grad():
        logits: np.ndarray = model(channels(images)).numpy()
    return logits


def channels(images: np.ndarray) -> Tensor:
    """Images (B, row, column) as the network takes them, (B, 1, row, column)."""
    return torch.from_numpy(np.array(images, dtype=np.float32))[:, None]
