"""One layer as a product, the forward pass as code, the network as a function, and a summary in small pictures."""

import math
from itertools import combinations

import numpy as np

from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config
from models.datasets import load_digits
from models.feed_forward import code_lines, run_lines
from models.folders import data_folder

SHOWN = 3  # rows and columns of the first layer's matrix that are written out
INPUTS = 4  # pixels that are written out where the whole network is a function


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={"rows": ("row",), "pixels": ("column",), "sums": ("layer1",), "a0": ("pixel",), "a1": ("layer1",)},
)
def digit_product(run: Run) -> Product:
    """The first layer's weighted sums on the lead digit without their biases, and which rows and pixels are written."""
    net, forward = run.assets["digit_net"], run.assets["digit_forward"]
    lead = int(forward["lead"])
    a0, a1 = forward["a0"][lead], forward["a1"][lead]  # (784,), (hidden,)
    arrays = {
        "rows": _telling_rows(a1, float(forward["activation_max"])),
        "pixels": _spread(forward["window"], a0),
        "sums": forward["z1"][lead] - net["b1"],  # (hidden,)
        "a0": a0,
        "a1": a1,
    }
    facts: dict[str, Fact] = {
        "squash": "sigma" if digits_config(run).activation == "sigmoid" else '"ReLU"',
        "rows_criterion": "of the first hidden layer on this digit the neuron that is least decided, the strongest and "
        "the weakest, none of them first, last or next to another, so that dots stand for the rest on all sides",
        "pixels_criterion": f"the {SHOWN} of the pixels drawn as neurons, no two of them neighbours in the column, "
        "whose brightnesses lie farthest apart",
    }
    return Product(arrays, caption(net) | facts)


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={
        "image": ("row", "column"),
        "a0": ("pixel",),
        "a1": ("layer1",),
        "a2": ("layer2",),
        "a3": ("digit",),
        "answer": (),
        "difference": (),
        "decimals": (),
    },
)
def digit_code(run: Run) -> Product:
    """Four lines of numpy as they are shown, what each gives on the lead digit, and how far that is from PyTorch's.

    `difference` is the largest over all neurons; `decimals` is how many decimals it leaves alone.
    """
    net, forward = run.assets["digit_net"], run.assets["digit_forward"]
    lead, lines = int(forward["lead"]), code_lines(digits_config(run))
    given = {short.replace("w", "W"): net[short].astype(np.float64) for short in ("w1", "b1", "w2", "b2", "w3", "b3")}
    given["a0"] = forward["a0"][lead].astype(np.float64)  # (784,)
    *activations, answer = run_lines(lines, given)
    difference = max(
        float(np.abs(values - forward[f"a{i}"][lead]).max()) for i, values in enumerate(activations, start=1)
    )
    arrays = {
        "image": forward["images"][lead],
        "a0": forward["a0"][lead],
        **{f"a{i}": values for i, values in enumerate(activations, start=1)},
        "answer": int(answer),
        "difference": difference,
        "decimals": math.floor(-math.log10(2 * max(difference, 1e-9))),
    }
    printed = [str(np.shape(values)) for values in (given["a0"], *activations)] + [str(answer)]
    facts: dict[str, Fact] = {f"line{i}": line for i, line in enumerate(lines, start=1)}
    facts |= {f"printed{i}": text for i, text in enumerate(printed)}
    return Product(arrays, caption(net) | facts)


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={
        "neuron": (),
        "inputs": ("layer1",),
        "weights": ("layer1",),
        "value": (),
        "images": ("example", "row", "column"),
        "a0": ("example", "pixel"),
        "a1": ("example", "layer1"),
        "a2": ("example", "layer2"),
        "a3": ("example", "digit"),
        "answer": ("example",),
        "pixels": ("place",),
        "activation_max": (),
    },
)
def digit_function(run: Run) -> Product:
    """One neuron of the second layer with all that goes into it, and two digits with all that comes out of the net."""
    net, forward = run.assets["digit_net"], run.assets["digit_forward"]
    lead, most = int(forward["lead"]), float(forward["activation_max"])
    held = forward["a2"][lead]  # (hidden,)
    neuron = int((held * (most - held)).argmax())
    other = _other_answer(forward["a3"], forward["correct"], lead)
    chosen = [lead, other]
    a0 = forward["a0"][chosen]  # (2, 784)
    arrays = {
        "neuron": neuron,
        "inputs": forward["a1"][lead],
        "weights": net["w2"][neuron],
        "value": held[neuron],
        "images": forward["images"][chosen],
        "a0": a0,
        **{name: forward[name][chosen] for name in ("a1", "a2", "a3")},
        "answer": forward["predicted"][chosen],
        "pixels": [int(part[np.abs(a0[0, part] - a0[1, part]).argmax()]) for part in _stripes(a0.shape[1])],
        "activation_max": most,
    }
    facts: dict[str, Fact] = {
        "neuron_criterion": "of the second hidden layer on the first digit the neuron that is least decided: the "
        "largest v (m - v), m being activation_max",
        "example_criterion": "the lead, and of the other correctly read examples the one with the surest answer; where "
        "none is read correctly, of all others with another answer",
        "pixels_criterion": f"in each {INPUTS}th part of the column the pixel in which the two digits differ most",
    }
    return Product(arrays, caption(net) | facts)


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward", "digit_neuron"),
    axes={
        "image": ("row", "column"),
        "value": (),
        "activation_max": (),
        "pattern_neuron": (),
        "pattern": ("row", "column"),
        "steps": ("step",),
        "accuracy": ("step",),
        "start_accuracy": (),
        "end_accuracy": (),
    },
    units={"steps": "minibatches", "accuracy": "share of test images"},
)
def digit_recap(run: Run) -> Product:
    """The small pictures of a summary: a digit, a neuron's number, a weight picture, and how well it reads.

    `pattern` has zeros at pixels that no training image lights: nothing was ever learned there.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    forward, neuron = run.assets["digit_forward"], run.assets["digit_neuron"]
    seen = load_digits(config.data, data_folder(), config.seed, run.report).train_images.max(axis=0)  # (28, 28)
    moved = np.linalg.norm(net["w1"] - net["w1_steps"][0], axis=1)  # (hidden,)
    chosen, lead = int(moved.argmax()), int(forward["lead"])
    arrays = {
        "image": forward["images"][lead],
        "value": neuron["value"][0],
        "activation_max": forward["activation_max"],
        "pattern_neuron": chosen,
        "pattern": np.where(seen > 0, net["w1"][chosen].reshape(seen.shape), 0.0),
        "steps": net["steps"],
        "accuracy": net["accuracy_steps"],
        "start_accuracy": net["accuracy_steps"][0],
        "end_accuracy": net["accuracy_steps"][-1],
    }
    facts: dict[str, Fact] = {
        "squash": "sigma" if config.activation == "sigmoid" else '"ReLU"',
        "pattern_criterion": "the neuron of the first hidden layer whose weights moved farthest in the training",
    }
    return Product(arrays, caption(net) | facts)


def _telling_rows(a1: np.ndarray, most: float) -> np.ndarray:
    """Rows (k,), rising: the least decided neuron, then the strongest and the weakest of those apart from it."""
    free = np.arange(1, len(a1) - 1) if len(a1) > 2 * SHOWN else np.arange(len(a1))
    chosen: list[int] = []
    for worth in (a1 * (most - a1), a1, -a1):
        apart = _apart(free, chosen)
        if len(apart):
            chosen.append(int(apart[worth[apart].argmax()]))
    return np.sort(chosen)


def _spread(window: np.ndarray, a0: np.ndarray) -> np.ndarray:
    """Of the pixels (16,) those, (3,), not next to each other, of which the two most alike differ most."""
    triples = list(combinations((int(pixel) for pixel in window), SHOWN))
    far = [triple for triple in triples if min(np.diff(triple)) > 1] or triples
    return np.array(max(far, key=lambda triple: float(np.diff(np.sort(a0[list(triple)])).min())))


def _apart(places: np.ndarray, chosen: list[int]) -> np.ndarray:
    """The places (n,) that are neither among the chosen ones nor next to one."""
    return np.array([place for place in places if all(abs(place - other) > 1 for other in chosen)], dtype=int)


def _other_answer(outputs: np.ndarray, correct: np.ndarray, lead: int) -> int:
    """The example with the surest answer among those with another answer than the lead's."""
    answers = outputs.argmax(axis=1)  # (example,)
    others = answers != answers[lead]
    allowed = (
        others & correct if (others & correct).any() else others if others.any() else np.arange(len(others)) != lead
    )
    return int(np.where(allowed, outputs.max(axis=1), -1).argmax())


def _stripes(pixels: int) -> list[np.ndarray]:
    return np.array_split(np.arange(pixels), INPUTS)
