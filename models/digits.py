"""The network of the first films: 784 pixels, two hidden layers of 16 neurons, 10 digits; 13,002 numbers learned.

Sources: Nielsen 2015, "Neural Networks and Deep Learning", chapter 1, for the network, sigmoid and squared error;
He et al. 2015, "Delving Deep into Rectifiers", for the start of the ReLU variants.
Taps, each (B, n): a0 the pixels (B, 784); z1, a1 and z2, a2 sums and activations of the hidden layers (B, hidden);
z3 the ten sums, which are the logits where the loss is cross entropy, and a3 the ten outputs (B, 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.configs import DigitsConfig, ModelError, Report
from models.datasets import SIDE, Digits, augment, load_digits
from models.tap import Tap
from models.train import Loss, Schedule, fit, one_thread, snapshot_steps

PIXELS = SIDE * SIDE


class DigitNet(nn.Module):
    """Reads pixels (B, 784) and gives outputs (B, 10): sigmoids, or probabilities where the loss is cross entropy.

    The start is drawn by the config's seed alone: weights from N(0, 1/n) and biases from N(0, 1) for sigmoids, weights
    from N(0, 2/n) and biases of 0 for ReLU, n being the inputs of a neuron.
    """

    def __init__(self, config: DigitsConfig) -> None:
        super().__init__()
        h = config.hidden
        self.squash = torch.sigmoid if config.activation == "sigmoid" else torch.relu
        self.decide = torch.sigmoid if config.loss == "squared" else _softmax
        with torch.random.fork_rng(devices=[]):  # their usual start, replaced below, draws from torch's global state
            self.layer1 = nn.Linear(PIXELS, h)
            self.layer2 = nn.Linear(h, h)
            self.layer3 = nn.Linear(h, 10)
        self.a0, self.a1, self.a2, self.a3 = Tap(), Tap(), Tap(), Tap()
        self.z1, self.z2, self.z3 = Tap(), Tap(), Tap()
        self._start(config)

    def forward(self, pixels: Tensor) -> Tensor:
        a0 = self.a0(pixels)  # (B, 784)
        a1 = self.a1(self.squash(self.z1(self.layer1(a0))))  # (B, h)
        a2 = self.a2(self.squash(self.z2(self.layer2(a1))))  # (B, h)
        outputs: Tensor = self.a3(self.decide(self.z3(self.layer3(a2))))  # (B, 10)
        return outputs

    def _start(self, config: DigitsConfig) -> None:
        generator = torch.Generator().manual_seed(config.seed)
        gain, bias = (1.0, 1.0) if config.activation == "sigmoid" else (2.0, 0.0)
        for layer in (self.layer1, self.layer2, self.layer3):
            nn.init.normal_(layer.weight, std=sqrt(gain / layer.in_features), generator=generator)
            nn.init.normal_(layer.bias, std=bias, generator=generator)


@dataclass(frozen=True)
class Trained:
    """A trained network, the data it saw, and what was measured at the snapshots along the way.

    `snapshots` has w1, b1, ... b3, each (step, ...); `losses` are means over the training images without their warped
    copies and `accuracies` shares of the test images, both (step). All of it is float32 or int64 on the CPU.
    """

    model: DigitNet
    data: Digits
    steps: np.ndarray
    snapshots: Mapping[str, np.ndarray]
    losses: np.ndarray
    accuracies: np.ndarray

    @property
    def test_accuracy(self) -> float:
        """The share of test images read correctly after the last step."""
        return float(self.accuracies[-1])


def train(config: DigitsConfig, report: Report, data_folder: Path) -> Trained:
    """Loads the data, trains the network and keeps its weights at about 24 steps, most of them early.

    Raises: ModelError when the data cannot be read.
    """
    data = load_digits(config.data, data_folder, config.seed, report)
    images, labels = augment(data.train_images, data.train_labels, config.augment, config.seed)
    model = DigitNet(config)
    loss = loss_of(config)
    schedule = Schedule(config.optimizer, config.lr, config.batch, config.epochs, config.seed, config.cosine)
    taken = snapshot_steps(schedule.steps(len(images)))
    snapshots: list[dict[str, np.ndarray]] = []
    losses, accuracies = [], []

    def watch(step: int, steps: int) -> None:
        if step not in taken:
            return
        snapshots.append({name: array.copy() for name, array in weights(model).items()})
        with torch.no_grad():
            losses.append(float(loss(model(rows(data.train_images)), torch.from_numpy(data.train_labels))))
        accuracies.append(float((outputs(model, data.test_images).argmax(axis=1) == data.test_labels).mean()))
        report(step, steps, {"loss": losses[-1], "accuracy": accuracies[-1]})

    fit(model, (rows(images), torch.from_numpy(labels)), loss, schedule, watch)
    stacked = {name: np.stack([snapshot[name] for snapshot in snapshots]) for name in snapshots[0]}
    return Trained(model, data, np.array(taken), stacked, np.array(losses), np.array(accuracies))


def loss_of(config: DigitsConfig) -> Loss:
    """The loss of outputs (B, 10) and labels (B): squared error summed over the outputs, or cross entropy; mean over B.

    Both start from the outputs, so that gradients of the loss reach every tap.
    """
    return _squared_error if config.loss == "squared" else _cross_entropy


def rebuild(config: DigitsConfig, arrays: Mapping[str, np.ndarray]) -> DigitNet:
    """The network with the weights w1, b1, ... b3 that an earlier training left, in eval mode.

    Raises: ModelError when the weights are of a network of another size.
    """
    model = DigitNet(config)
    for name, parameter in parameters(model).items():
        if arrays[name].shape != parameter.shape:
            found, expected, h = arrays[name].shape, tuple(parameter.shape), config.hidden
            raise ModelError(f"The weights '{name}' have shape {found}, expected {expected} for digits.hidden={h}.")
        parameter.data.copy_(torch.tensor(arrays[name]))
    return model.eval()


def weights(model: DigitNet) -> dict[str, np.ndarray]:
    """The values of the parameters, in the model's own memory: copy to keep."""
    return {name: parameter.detach().numpy() for name, parameter in parameters(model).items()}


def outputs(model: DigitNet, images: np.ndarray) -> np.ndarray:
    """The ten outputs (B, 10) for images (B, row, column)."""
    with one_thread(), torch.no_grad():
        answer: np.ndarray = model(rows(images)).numpy()
    return answer


def rows(images: np.ndarray) -> Tensor:
    """Images (B, row, column) as the network reads them: (B, 784), row after row."""
    return torch.from_numpy(images).reshape(len(images), PIXELS)


def parameters(model: DigitNet) -> dict[str, Tensor]:
    """What is learned, under short names: w1 (layer1, pixel), b1 (layer1), w2, b2, w3 (digit, layer2), b3 (digit)."""
    named: dict[str, Tensor] = {}
    for i, layer in enumerate((model.layer1, model.layer2, model.layer3), start=1):
        named |= {f"w{i}": layer.weight, f"b{i}": layer.bias}
    return named


def _softmax(z: Tensor) -> Tensor:
    return z.softmax(dim=-1)


def _squared_error(outputs: Tensor, labels: Tensor) -> Tensor:
    wanted = functional.one_hot(labels, 10).to(outputs.dtype)  # (B, 10): 1 at the label
    return (outputs - wanted).square().sum(dim=1).mean()


def _cross_entropy(outputs: Tensor, labels: Tensor) -> Tensor:
    chosen = outputs.gather(1, labels[:, None])  # (B, 1): probability of the label
    return -chosen.clamp_min(torch.finfo(outputs.dtype).tiny).log().mean()  # a probability may round to 0
