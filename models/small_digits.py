"""The network of an exercise: 196 averaged pixels, one hidden layer of 32 neurons, 10 digits.

Source: Nielsen 2015, "Neural Networks and Deep Learning", chapter 1, whose first network has one hidden layer; trained
like the network of `models.digits`, by the same settings.
Taps, each (B, n): a0 the averaged pixels (B, 196); z1, a1 sums and activations of the hidden layer (B, 32); z2 the ten
sums and a2 the ten outputs (B, 10).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from torch import Tensor, nn

from models import digits
from models.configs import DigitsConfig, Report
from models.datasets import SIDE, Digits, augment
from models.tap import Tap
from models.train import Schedule, fit, one_thread

BLOCK = 2  # pixels along the side of a square that becomes one pixel
HIDDEN = 32


class SmallNet(nn.Module):
    """Reads averaged pixels (B, 196) and gives outputs (B, 10), with the activations that the config names.

    The start is drawn by the config's seed alone, as that of ``digits.DigitNet`` is.
    """

    def __init__(self, config: DigitsConfig) -> None:
        super().__init__()
        pixels = (SIDE // BLOCK) ** 2
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.layer1, self.layer2 = nn.Linear(pixels, HIDDEN), nn.Linear(HIDDEN, 10)
        self.squash = torch.sigmoid if config.activation == "sigmoid" else torch.relu
        self.squared = config.loss == "squared"
        self.a0, self.z1, self.a1, self.z2, self.a2 = Tap(), Tap(), Tap(), Tap(), Tap()
        generator = torch.Generator().manual_seed(config.seed)
        gain, bias = (1.0, 1.0) if config.activation == "sigmoid" else (2.0, 0.0)
        for layer in (self.layer1, self.layer2):
            nn.init.normal_(layer.weight, std=sqrt(gain / layer.in_features), generator=generator)
            nn.init.normal_(layer.bias, std=bias, generator=generator)

    def forward(self, pixels: Tensor) -> Tensor:
        a0 = self.a0(pixels)  # (B, 196)
        a1 = self.a1(self.squash(self.z1(self.layer1(a0))))  # (B, 32)
        z2 = self.z2(self.layer2(a1))  # (B, 10)
        outputs: Tensor = self.a2(torch.sigmoid(z2) if self.squared else z2.softmax(dim=-1))  # (B, 10)
        return outputs


@dataclass(frozen=True)
class Trained:
    """The trained network in eval mode, the minibatches it saw, and the share of test images it reads correctly."""

    model: SmallNet
    steps: int
    test_accuracy: float


def train(config: DigitsConfig, data: Digits, report: Report) -> Trained:
    """The small network, trained on averaged pictures as the config says; its width is not the config's."""
    images, labels = augment(data.train_images, data.train_labels, config.augment, config.seed)
    model = SmallNet(config)
    schedule = Schedule(config.optimizer, config.lr, config.batch, config.epochs, config.seed, config.cosine)
    taken = 0

    def watch(step: int, steps: int) -> None:
        nonlocal taken
        taken = step
        report(step, steps, {})

    fit(model, (rows(images), torch.from_numpy(labels)), digits.loss_of(config), schedule, watch)
    right = outputs(model, data.test_images).argmax(axis=1) == data.test_labels
    return Trained(model, taken, float(right.mean()))


def averaged(images: np.ndarray) -> np.ndarray:
    """Pictures (B, 28, 28) with each square of 2 x 2 pixels averaged to one, (B, 14, 14)."""
    n, side = len(images), SIDE // BLOCK
    blocks = images.reshape(n, side, BLOCK, side, BLOCK)  # (B, row, row in block, column, column in block)
    means: np.ndarray = blocks.mean(axis=(2, 4))
    return means


def outputs(model: SmallNet, images: np.ndarray) -> np.ndarray:
    """The ten outputs (B, 10) for pictures (B, 28, 28)."""
    with one_thread(), torch.no_grad():
        answer: np.ndarray = model(rows(images)).numpy()
    return answer


def rows(images: np.ndarray) -> Tensor:
    """Pictures (B, 28, 28) as the network reads them: averaged, then row after row, (B, 196)."""
    return torch.from_numpy(averaged(images)).reshape(len(images), -1)
