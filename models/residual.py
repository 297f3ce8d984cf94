"""A narrow network with residual blocks: each block reads the stream of numbers and adds its answer to it.

Sources: He et al. 2016, "Deep Residual Learning for Image Recognition", for x + f(x); Zhang et al. 2019, "Fixup
Initialization", for blocks that add nothing at first.
Taps: x.0 after the first layer and x.1 ... after each block, each (B, width); z the ten logits (B, 10).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.configs import Report
from models.datasets import SIDE, Digits
from models.tap import Tap
from models.train import Schedule, fit, one_thread


@dataclass(frozen=True)
class ResidualConfig:
    """Width of the stream, blocks that write to it, and how it is trained with Adam."""

    width: int = 16
    blocks: int = 4
    epochs: int = 12
    lr: float = 3e-3
    batch: int = 50
    seed: int = 0


class Block(nn.Module):
    """What one block adds to the stream: a linear map of rectified sums, (B, width); it adds nothing at first."""

    def __init__(self, width: int, generator: torch.Generator) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.normal_(self.up.weight, std=(2 / width) ** 0.5, generator=generator)
        for start in (self.up.bias, self.down.weight, self.down.bias):
            nn.init.zeros_(start)

    def forward(self, stream: Tensor) -> Tensor:
        answer: Tensor = self.down(torch.relu(self.up(stream)))  # (B, width)
        return answer


class ResidualNet(nn.Module):
    """Reads pixels (B, 784) and gives logits (B, 10); its start is drawn by the seed alone."""

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(config.seed)
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.read, self.answer = nn.Linear(SIDE * SIDE, config.width), nn.Linear(config.width, 10)
            self.blocks = nn.ModuleList(Block(config.width, generator) for _ in range(config.blocks))
        for layer in (self.read, self.answer):
            nn.init.normal_(layer.weight, std=layer.in_features**-0.5, generator=generator)
            nn.init.zeros_(layer.bias)
        self.x = nn.ModuleList(Tap() for _ in range(config.blocks + 1))
        self.z = Tap()

    def forward(self, pixels: Tensor) -> Tensor:
        stream = self.x[0](self.read(pixels))  # (B, width)
        for block, tap in zip(self.blocks, self.x[1:], strict=True):
            stream = tap(stream + block(stream))  # (B, width)
        answer: Tensor = self.z(self.answer(stream))  # (B, 10)
        return answer


def train(config: ResidualConfig, data: Digits, report: Report) -> tuple[ResidualNet, float]:
    """The trained network in eval mode, and the share of test images it reads correctly."""
    model = ResidualNet(config)
    schedule = Schedule("adam", config.lr, config.batch, config.epochs, config.seed, True)
    pixels, labels = _rows(data.train_images), torch.from_numpy(data.train_labels)
    fit(model, (pixels, labels), functional.cross_entropy, schedule, lambda step, steps: report(step, steps, {}))
    right = logits(model, data.test_images).argmax(axis=1) == data.test_labels
    return model, float(right.mean())


def logits(model: ResidualNet, images: np.ndarray) -> np.ndarray:
    """The ten logits (B, 10) for images (B, row, column)."""
    with one_thread(), torch.no_grad():
        answer: np.ndarray = model(_rows(images)).numpy()
    return answer


def _rows(images: np.ndarray) -> Tensor:
    return torch.from_numpy(images).reshape(len(images), SIDE * SIDE)
