"""The numbers of the film about what a neural network is: its training, ten digits inside it, one of its neurons."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.store import Asset
from models import digits
from models.configs import DigitsConfig, ModelError, changes_from_variant
from models.datasets import Digits, load_digits
from models.folders import data_folder

TAPS = ("a0", "z1", "a1", "z2", "a2", "z3", "a3")
LEVELS = (0.2, 0.8, 0.4, 0.1, 0.5)  # of a neuron's observed range, in the order in which a film fills it
PATCH = 5  # pixels along the side of the piece of a digit that is magnified
WINDOW = 16  # pixels of the digit whose lines to the first layer are drawn
CAPTION = ("model", "variant", "changes", "data", "data_source", "seed", "step", "test_accuracy", "activation_range")


@recipe(
    configs=("digits",),
    axes={
        "w1": ("layer1", "pixel"),
        "b1": ("layer1",),
        "w2": ("layer2", "layer1"),
        "b2": ("layer2",),
        "w3": ("digit", "layer2"),
        "b3": ("digit",),
        "w1_steps": ("step", "layer1", "pixel"),
        "b1_steps": ("step", "layer1"),
        "w2_steps": ("step", "layer2", "layer1"),
        "b2_steps": ("step", "layer2"),
        "w3_steps": ("step", "digit", "layer2"),
        "b3_steps": ("step", "digit"),
        "steps": ("step",),
        "loss_steps": ("step",),
        "accuracy_steps": ("step",),
        "sizes": ("layer",),
        "numel": ("tensor",),
        "parameters": (),
        "test_accuracy": (),
        "hidden": (),
    },
    units={"steps": "minibatches", "accuracy_steps": "share of test images", "test_accuracy": "share of test images"},
)
def digit_net(run: Run) -> Product:
    """The digit network's training: weights at about 24 steps, loss and test accuracy there, and the final weights."""
    config = digits_config(run)
    taught = digits.train(config, run.report, data_folder())
    numel = [parameter.numel() for parameter in taught.model.parameters()]
    sizes = _sizes(taught.model)
    arrays = {
        **digits.weights(taught.model),
        **{f"{name}_steps": values for name, values in taught.snapshots.items()},
        "steps": taught.steps,
        "loss_steps": taught.losses,
        "accuracy_steps": taught.accuracies,
        "sizes": sizes,
        "numel": numel,
        "parameters": sum(numel),
        "test_accuracy": taught.test_accuracy,
        "hidden": sizes[1],
    }
    facts: dict[str, Fact] = {
        "model": f"digits {'-'.join(map(str, sizes))}",
        "variant": config.variant,
        "changes": changes_from_variant("digits", config),
        "data": config.data,
        "data_source": taught.data.source,
        "seed": config.seed,
        "step": int(taught.steps[-1]),
        "test_accuracy": taught.test_accuracy,
        "activation_range": "between zero and one" if config.activation == "sigmoid" else "zero or more",
    }
    return Product(arrays, facts)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "images": ("example", "row", "column"),
        "label": ("example",),
        "predicted": ("example",),
        "correct": ("example",),
        "loss": ("example",),
        "a0": ("example", "pixel"),
        "z1": ("example", "layer1"),
        "a1": ("example", "layer1"),
        "z2": ("example", "layer2"),
        "a2": ("example", "layer2"),
        "z3": ("example", "digit"),
        "a3": ("example", "digit"),
        "dz1": ("example", "layer1"),
        "da1": ("example", "layer1"),
        "dz2": ("example", "layer2"),
        "da2": ("example", "layer2"),
        "dz3": ("example", "digit"),
        "da3": ("example", "digit"),
        "dw1": ("example", "layer1", "pixel"),
        "db1": ("example", "layer1"),
        "dw2": ("example", "layer2", "layer1"),
        "db2": ("example", "layer2"),
        "dw3": ("example", "digit", "layer2"),
        "db3": ("example", "digit"),
        "lead": (),
        "lead_label": (),
        "lead_answer": (),
        "lead_output": (),
        "patch": ("corner",),
        "flow1": ("layer1", "pixel"),
        "flow2": ("layer2", "layer1"),
        "flow3": ("digit", "layer2"),
        "window": ("place",),
        "activation_max": (),
    },
)
def digit_forward(run: Run) -> Product:
    """Ten test digits, one of each class, all the way through the trained network and back: values and gradients.

    Gradients (dz1, dw1, ...) are of each example's own loss. flow1, flow2, flow3 are the products of weight and
    incoming activation for the example `lead`.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    chosen = _one_per_class(digits.outputs(model, data.test_images), data.test_labels)
    images, label = data.test_images[chosen], data.test_labels[chosen]
    looks = [_look_inside(model, config, image, digit) for image, digit in zip(images, label, strict=True)]
    seen = {name: np.stack([look[name] for look in looks]) for name in looks[0]}
    predicted = seen["a3"].argmax(axis=1)
    activation_max = _activation_max(model, config, data)
    lead = _least_saturated(seen, predicted == label, activation_max)
    flows = {f"flow{i}": net[f"w{i}"] * seen[f"a{i - 1}"][lead] for i in (1, 2, 3)}
    arrays = {
        **seen,
        **flows,
        "images": images,
        "label": label,
        "predicted": predicted,
        "correct": predicted == label,
        "lead": lead,
        "lead_label": label[lead],
        "lead_answer": predicted[lead],
        "lead_output": seen["a3"][lead].max(),
        "patch": _most_shaded(images[lead], PATCH),
        "window": _largest(np.abs(flows["flow1"]).sum(axis=0), WINDOW),
        "activation_max": activation_max,
    }
    return Product(arrays, caption(net) | _FORWARD_CRITERIA)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "neuron": (),
        "images": ("example", "row", "column"),
        "value": ("example",),
        "z": ("example",),
        "label": ("example",),
        "activation_max": (),
        "sizes": ("layer",),
    },
)
def digit_neuron(run: Run) -> Product:
    """One neuron of the second hidden layer and what it holds for five test digits of five classes."""
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    activations = taken["a2"]  # (test image, layer2)
    neuron = int(np.ptp(np.percentile(activations, (10, 90), axis=0), axis=0).argmax())
    values = activations[:, neuron]
    chosen = _at_levels(values, data.test_labels)
    arrays = {
        "neuron": neuron,
        "images": data.test_images[chosen],
        "value": values[chosen],
        "z": taken["z2"][chosen, neuron],
        "label": data.test_labels[chosen],
        "activation_max": _activation_max(model, config, data),
        "sizes": _sizes(model),
    }
    return Product(arrays, caption(net) | {"criterion": _NEURON_CRITERION})


_FORWARD_CRITERIA: dict[str, Fact] = {
    "example_criterion": "of each class the correctly read test image whose winning output is the median of such "
    "images; where none is read correctly, the one with the highest output for its label",
    "lead_criterion": "the correctly read example whose hidden neurons are least saturated: the largest sum of "
    "v (1 - v), v being activation / activation_max",
    "patch_criterion": f"the {PATCH} by {PATCH} pixels of that example with the most different shades, to two decimals",
    "window_criterion": f"the {WINDOW} pixels whose products with their weights have the largest absolute sum",
}
_NEURON_CRITERION = (
    "the neuron of the second hidden layer whose activations range widest between the 10th and the 90th percentile of "
    "the test images; the five images, of different classes, come nearest to 20, 80, 40, 10 and 50 per cent of the way "
    "from its lowest to its highest activation"
)


def digits_config(run: Run) -> DigitsConfig:
    """The digit network's settings that a run was given."""
    config = run.configs["digits"]
    assert isinstance(config, DigitsConfig)
    return config


def trained(config: DigitsConfig, net: Asset) -> digits.DigitNet:
    """The network with the weights that the asset ``digit_net`` holds."""
    return digits.rebuild(config, {name: net[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")})


def caption(net: Asset) -> dict[str, Fact]:
    """What a badge says of whatever was read from the asset ``digit_net``."""
    return {name: net.provenance[name] for name in CAPTION}


def _sizes(model: digits.DigitNet) -> list[int]:
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    return [layers[0].in_features, *(layer.out_features for layer in layers)]


def _one_per_class(outputs: np.ndarray, labels: np.ndarray) -> list[int]:
    chosen = []
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        if len(places) == 0:
            raise ModelError(f"The test images hold no {digit}, and the film shows each digit; take a larger test set.")
        right = places[outputs[places].argmax(axis=1) == digit]
        if len(right):
            rising = right[np.argsort(outputs[right, digit], kind="stable")]
            chosen.append(int(rising[(len(rising) - 1) // 2]))  # of two in the middle, the lower
        else:
            chosen.append(int(places[outputs[places, digit].argmax()]))
    return chosen


def _look_inside(model: digits.DigitNet, config: DigitsConfig, image: np.ndarray, label: int) -> dict[str, np.ndarray]:
    """Values at the taps, the loss, and its gradients at the taps and the parameters, for one image."""
    model.zero_grad()
    with capture(model) as taken:
        loss = digits.loss_of(config)(model(digits.rows(image[None])), torch.tensor([label]))
        loss.backward()
    seen = {"loss": loss.detach().numpy()}
    seen |= {name: taken[name][0] for name in TAPS}
    seen |= {f"d{name}": taken.grad(name)[0] for name in TAPS if name != "a0"}
    for name, parameter in digits.parameters(model).items():
        assert parameter.grad is not None
        seen[f"d{name}"] = parameter.grad.numpy()
    return seen


def _least_saturated(seen: Mapping[str, np.ndarray], correct: np.ndarray, activation_max: float) -> int:
    shares = np.concatenate([seen["a1"], seen["a2"]], axis=1) / activation_max  # (example, neuron)
    between = (shares * (1 - shares)).sum(axis=1)
    allowed = correct if correct.any() else np.ones_like(correct)
    return int(np.where(allowed, between, -1).argmax())


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    return np.sort(np.argsort(-values, kind="stable")[:count])


def _most_shaded(image: np.ndarray, side: int) -> np.ndarray:
    """Row and column of the upper left pixel of the square with the most different shades (v to two decimals), (2,)."""
    squares = np.lib.stride_tricks.sliding_window_view(image.round(2), (side, side))  # (row, column, side, side)
    shades = [[len(np.unique(square)) for square in row] for row in squares]
    return np.array(np.unravel_index(np.argmax(shades), squares.shape[:2]))


def _at_levels(values: np.ndarray, labels: np.ndarray) -> list[int]:
    """For each level in turn the example nearest to it whose class is not used yet."""
    chosen: list[int] = []
    for level in LEVELS:
        free = np.flatnonzero(~np.isin(labels, labels[chosen]))
        if len(free) == 0:
            raise ModelError(f"The test images hold fewer than {len(LEVELS)} digits; take a larger test set.")
        wanted = values.min() + level * np.ptp(values)
        chosen.append(int(free[np.abs(values[free] - wanted).argmin()]))
    return chosen


def _activation_max(model: digits.DigitNet, config: DigitsConfig, data: Digits) -> float:
    """What the brightest neuron stands for: 1 for sigmoids, else the largest hidden activation on the test images."""
    if config.activation == "sigmoid":
        return 1.0
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    return float(max(taken["a1"].max(), taken["a2"].max())) or 1.0  # all dead: nothing is bright
