"""A 2-hidden-hidden-1 network that tells two moons of dots apart, with as much of a bend between its layers as asked.

Sources: the moons are those of scikit-learn's `make_moons` (Pedregosa et al. 2011), drawn here by a seeded generator;
He et al. 2015, "Delving Deep into Rectifiers", for the start; Maas et al. 2013, "Rectifier Nonlinearities Improve
Neural Network Acoustic Models", for a ReLU that is blended with a straight line.
Taps: h1 and h2 the hidden layers after the bend (B, hidden), logit (B), above 0 for the lower moon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.configs import MoonsConfig, Report
from models.tap import Tap
from models.train import Schedule, fit, one_thread


class MoonNet(nn.Module):
    """Reads places (B, 2) and gives logits (B,); between the layers each sum x becomes (1 - bend) x + bend max(x, 0).

    With ``bend`` 0 the layers are only weighted sums, with 1 they are ReLU. The start is drawn by the seed alone.
    """

    def __init__(self, config: MoonsConfig, bend: float) -> None:
        super().__init__()
        self.bend, h = bend, config.hidden
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.layer1, self.layer2, self.layer3 = nn.Linear(2, h), nn.Linear(h, h), nn.Linear(h, 1)
        self.h1, self.h2, self.logit = Tap(), Tap(), Tap()
        generator = torch.Generator().manual_seed(config.seed)
        with torch.no_grad():
            for layer in (self.layer1, self.layer2, self.layer3):
                layer.weight.normal_(0, sqrt(2 / layer.in_features), generator=generator)
                layer.bias.zero_()

    def forward(self, places: Tensor) -> Tensor:
        h1 = self.h1(self._bent(self.layer1(places)))  # (B, h)
        h2 = self.h2(self._bent(self.layer2(h1)))  # (B, h)
        logits: Tensor = self.logit(self.layer3(h2).squeeze(1))  # (B,)
        return logits

    def _bent(self, x: Tensor) -> Tensor:
        return (1 - self.bend) * x + self.bend * x.relu()


@dataclass(frozen=True)
class Moons:
    """Places (dot, 2) float32 and which moon each belongs to (dot,) int64, 0 the upper and 1 the lower."""

    places: np.ndarray
    moon: np.ndarray


def draw_moons(config: MoonsConfig, seed: int) -> Moons:
    """Half of the dots on each of two half circles of radius 1, at even steps, pushed off by normal noise."""
    rng = np.random.default_rng(seed)
    upper = config.points // 2
    moon = (np.arange(config.points) >= upper).astype(np.int64)
    angle = np.concatenate([np.linspace(0, np.pi, upper), np.linspace(0, np.pi, config.points - upper)])
    x = np.where(moon == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(moon == 0, np.sin(angle), 0.5 - np.sin(angle))
    places = np.stack([x, y], axis=1) + rng.normal(0, config.noise, size=(config.points, 2))  # (dot, 2)
    return Moons(places.astype(np.float32), moon)


def train(config: MoonsConfig, bend: float, dots: Moons, report: Report) -> MoonNet:
    """A network with this bend, trained on these dots from the start and in the order that the seed draws."""
    model = MoonNet(config, bend)
    schedule = Schedule("adam", config.lr, config.batch, config.epochs, config.seed)
    examples = (torch.from_numpy(dots.places), torch.from_numpy(dots.moon).float())

    def watch(step: int, steps: int) -> None:
        if step == steps:
            report(step, steps, {"accuracy": accuracy(model, dots)})

    fit(model, examples, functional.binary_cross_entropy_with_logits, schedule, watch)
    return model


def logits(model: MoonNet, places: np.ndarray) -> np.ndarray:
    """The network's logits for places (..., 2), in their shape (...)."""
    with one_thread(), torch.no_grad():
        answer = model(torch.from_numpy(np.ascontiguousarray(places.reshape(-1, 2), dtype=np.float32)))
    found: np.ndarray = answer.numpy().reshape(places.shape[:-1])
    return found


def accuracy(model: MoonNet, dots: Moons) -> float:
    """The share of dots on their own side of logit 0."""
    return float(((logits(model, dots.places) > 0) == dots.moon).mean())


def weights(model: MoonNet) -> Mapping[str, np.ndarray]:
    """w1 (layer1, 2), b1 (layer1), w2 (layer2, layer1), b2, w3 (1, layer2) and b3 (1), in the model's own memory."""
    layers = (model.layer1, model.layer2, model.layer3)
    named = {f"w{i}": layer.weight for i, layer in enumerate(layers, start=1)}
    named |= {f"b{i}": layer.bias for i, layer in enumerate(layers, start=1)}
    return {name: parameter.detach().numpy() for name, parameter in named.items()}
