"""The numbers of the scenes that look at many test digits: which are alike, and how the network reads them."""

from itertools import combinations

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits
from models.configs import ModelError
from models.datasets import load_digits
from models.folders import data_folder

KIND = 3  # the digit that is shown three times
OTHERS = (8, 6, 5)
LEFT_OUT = ((0.2, 0.05), (0.1, 0.05), (0.0, 0.0))  # shares of that digit and of others that are hard to read
FEWEST = 6  # test images of a digit
MOST = 60  # test images of that digit that are compared with each other; all triples of them are
HALF = 0.5  # of the way from black to white: by how much two pixels must differ to count
STREAM = 40  # test images, the first ones
SLOW = 2  # of them, whose products are shown
WINDOW = 16  # pixels that stand for the first layer


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "images": ("picture", "row", "column"),
        "label": ("picture",),
        "differs": ("picture", "row", "column"),
        "differing": ("picture",),
        "pixels": (),
    },
    units={"differing": "pixels"},
)
def digit_lookalikes(run: Run) -> Product:
    """Three test digits of one class and the nearest one of three other classes, and where each differs from the first.

    ``differs`` marks the pixels whose values are more than one half apart, ``differing`` counts them.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    ink = data.test_images.reshape(len(data.test_images), -1)  # (test image, pixel)
    outputs = digits.outputs(model, data.test_images)  # (test image, digit)
    for left_out in LEFT_OUT:
        kept = {digit: _clearest(outputs, data.test_labels, digit, left_out) for digit in (KIND, *OTHERS)}
        chosen, margin = _farthest(ink, kept)
        if margin > 0:
            break
    images = data.test_images[chosen]
    differs = np.abs(images - images[0]) > HALF
    arrays = {
        "images": images,
        "label": data.test_labels[chosen],
        "differs": differs,
        "differing": differs.sum(axis=(1, 2)),
        "pixels": images[0].size,
    }
    return Product(arrays, caption(net) | {"picture_criterion": _LOOKALIKE_CRITERION})


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "images": ("example", "row", "column"),
        "label": ("example",),
        "predicted": ("example",),
        "correct": ("example",),
        "a0": ("example", "pixel"),
        "a1": ("example", "layer1"),
        "a2": ("example", "layer2"),
        "a3": ("example", "digit"),
        "flow1": ("slow", "layer1", "pixel"),
        "flow2": ("slow", "layer2", "layer1"),
        "flow3": ("slow", "digit", "layer2"),
        "window": ("place",),
        "activation_max": (),
        "shown": (),
        "right": (),
        "wrong": (),
        "test_images": (),
        "test_accuracy": (),
    },
    units={"test_accuracy": "share of test images"},
)
def digit_stream(run: Run) -> Product:
    """The first test images in their order, all the way through the trained network, and how many it reads correctly.

    flow1, flow2, flow3 are the products of weight and incoming activation for the first ``SLOW`` of them.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    with capture(model) as taken:
        read = digits.outputs(model, data.test_images).argmax(axis=1)  # (test image,)
    first = {name: taken[name][:STREAM] for name in ("a0", "a1", "a2", "a3")}
    flows = {f"flow{i}": net[f"w{i}"] * first[f"a{i - 1}"][:SLOW, None] for i in (1, 2, 3)}
    label, predicted = data.test_labels[:STREAM], read[:STREAM]
    right = int((predicted == label).sum())
    brightest = max(taken["a1"].max(), taken["a2"].max())
    pushes = np.abs(net["w1"]).sum(axis=0) * first["a0"].std(axis=0)  # (pixel,)
    arrays = {
        **first,
        **flows,
        "images": data.test_images[:STREAM],
        "label": label,
        "predicted": predicted,
        "correct": predicted == label,
        "window": np.sort(np.argsort(-pushes, kind="stable")[:WINDOW]),
        "activation_max": 1.0 if config.activation == "sigmoid" else float(brightest) or 1.0,
        "shown": len(label),
        "right": right,
        "wrong": len(label) - right,
        "test_images": len(read),
        "test_accuracy": (read == data.test_labels).mean(),
    }
    return Product(arrays, caption(net) | _STREAM_CRITERIA)


_LOOKALIKE_CRITERION = (
    f"of the first {MOST} test images of a {KIND} the three, and of these the first one, for which the smallest count "
    "of differing pixels among the three exceeds by most the largest count from that first one to its nearest "
    f"{', '.join(map(str, OTHERS))}; left out are the {LEFT_OUT[0][0]:.0%} of a {KIND} and the {LEFT_OUT[0][1]:.0%} of "
    "each other digit with the lowest output for their label, or fewer where nothing would be exceeded"
)
_STREAM_CRITERIA: dict[str, Fact] = {
    "example_criterion": f"the first {STREAM} test images, in their order",
    "window_criterion": f"the {WINDOW} pixels that move the first hidden layer most over these images: the largest "
    "standard deviation times absolute sum of weights",
}


def _clearest(outputs: np.ndarray, labels: np.ndarray, digit: int, left_out: tuple[float, float]) -> np.ndarray:
    """A digit's test images without a share of them, those with the lowest outputs for it, in their order, (n,)."""
    places = np.flatnonzero(labels == digit)
    if len(places) < FEWEST:
        found = f"The test images hold {len(places)} of the digit {digit}"
        raise ModelError(f"{found}, and {FEWEST} are needed to choose from; take a larger test set.")
    rising = places[np.argsort(outputs[places, digit], kind="stable")]
    return np.sort(rising[round(left_out[digit != KIND] * len(places)) :])[: MOST if digit == KIND else None]


def _farthest(ink: np.ndarray, kept: dict[int, np.ndarray]) -> tuple[np.ndarray, int]:
    """The three threes and the first one's nearest others (picture,), and by how much the first exceed the others.

    ``ink`` (test image, pixel) are the pixels of all test images, ``kept`` those that may be chosen, by digit.
    """
    own = kept[KIND]
    apart = _differing(ink[own], ink[own])  # (three, three)
    counts = [_differing(ink[own], ink[kept[digit]]) for digit in OTHERS]  # each (three, candidate)
    nearest = np.max([each.min(axis=1) for each in counts], axis=0)  # (three,) the farthest of the nearest others
    trios = np.array(list(combinations(range(len(own)), 3)))  # (trio, 3)
    least = np.min([apart[trios[:, i], trios[:, j]] for i, j in combinations(range(3), 2)], axis=0)  # (trio,)
    margins = least[:, None] - nearest[trios]  # (trio, 3)
    best, place = np.unravel_index(margins.argmax(), margins.shape)
    first = trios[best, place]
    rest = sorted((i for i in trios[best] if i != first), key=lambda i: apart[first, i])
    others = [kept[digit][each[first].argmin()] for digit, each in zip(OTHERS, counts, strict=True)]
    return np.array([*own[[first, *rest]], *others]), int(margins.max())


def _differing(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many pixels of each of some images (n, pixel) differ from those of others (m, pixel), (n, m)."""
    return np.array([(np.abs(others - image) > HALF).sum(axis=1) for image in some])
