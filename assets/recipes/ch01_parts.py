"""Parts that digits are made of as we hope, and what the first layer of the network weighs instead."""

import warnings

import numpy as np

from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits
from models.datasets import Digits, augment, load_digits
from models.folders import data_folder

PARTS = 16  # as many as the first hidden layer of the film's network has neurons
ROUNDS = 500  # of the factorisation, at most
MOST_IMAGES = 4000  # to find parts in
EXAMPLES = (9, 8, 4)  # whose parts are hoped for; the first is taken to pieces
TERMS = 4  # parts of it that are written out
DARK = 0.5  # a hole is darker than this, the stroke around it brighter
LEAST_HOLES = {9: (6,), 8: (3, 3), 4: ()}  # pixels of the holes that a digit must have at least
REACHED = 0.01  # a pixel that no training image makes brighter is out of the digits' reach
TILES = 16  # neurons that are shown


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "parts": ("part", "row", "column"),
        "images": ("example", "row", "column"),
        "label": ("example",),
        "coefficients": ("example", "part"),
        "rebuilt": ("example", "row", "column"),
        "error": ("example",),
        "strongest": ("term",),
        "count": (),
    },
    units={"error": "share of the picture's ink"},
)
def digit_parts(run: Run) -> Product:
    """Sixteen parts, brightest pixel 1, whose sums come nearest to the training digits; a 9, an 8 and a 4 in them.

    Non-negative matrix factorisation: Lee and Seung 1999, "Learning the parts of objects". ``error`` is the sum of
    |picture - rebuilt| over the sum of the picture.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    train = data.train_images[:MOST_IMAGES]
    parts, coefficients = factorise(train, data.test_images)  # (16, 28, 28), (test image, 16)
    rebuilt = np.tensordot(coefficients, parts, 1)  # (test image, 28, 28)
    error = np.abs(data.test_images - rebuilt).sum(axis=(1, 2)) / data.test_images.sum(axis=(1, 2))  # (test image,)
    right = digits.outputs(trained(config, net), data.test_images).argmax(axis=1) == data.test_labels
    chosen = [_chosen(data, digit, right, error) for digit in EXAMPLES]
    arrays = {
        "parts": parts,
        "images": data.test_images[chosen],
        "label": data.test_labels[chosen],
        "coefficients": coefficients[chosen],
        "rebuilt": rebuilt[chosen],
        "error": error[chosen],
        "strongest": np.argsort(-coefficients[chosen[0]], kind="stable")[:TERMS],
        "count": PARTS,
    }
    facts: dict[str, Fact] = {
        "model": f"NMF of {len(train):,} training digits, {PARTS} parts",
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "example_criterion": "the best rebuilt 9, and the 8 and the 4 with the least ink, among the test images that "
        "the network reads correctly and that have one hole of at least 6 dark pixels (9), two of at least 3 (8) or "
        "none (4); among all of that class where there is no such image",
        "term_criterion": f"the {TERMS} parts with the largest coefficients",
    }
    return Product(arrays, facts)


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_parts"),
    axes={
        "reach": ("row", "column"),
        "neurons": ("shown",),
        "weights": ("shown", "row", "column"),
        "start": ("shown", "row", "column"),
        "alike": (),
        "alike_start": (),
        "match": ("shown",),
        "best_match": (),
        "spread": ("shown",),
        "test_accuracy": (),
        "hidden": (),
        "count": (),
    },
    units={"spread": "pixels"},
)
def digit_blotches(run: Run) -> Product:
    """The first layer's weights as pictures, before and after training, 0 where no training digit reaches.

    ``alike`` is the correlation of weights side by side or one above the other; ``match`` the largest |cosine| of a
    neuron's weights with any part; ``spread`` the least pixels that hold nine tenths of a neuron's squared weights.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    seen, _ = augment(data.train_images, data.train_labels, config.augment, config.seed)  # what it was trained on
    reach = np.asarray((seen > REACHED).any(axis=0))  # (28, 28)
    final, start = (net["w1_steps"][step].reshape(-1, *reach.shape) * reach for step in (-1, 0))  # (hidden, 28, 28)
    strength = (final**2).sum(axis=(1, 2))  # (hidden,)
    neurons = np.sort(np.argsort(-strength, kind="stable")[:TILES])
    match = likenesses(final[neurons], run.assets["digit_parts"]["parts"]).max(axis=1)  # (shown,)
    arrays = {
        "reach": reach,
        "neurons": neurons,
        "weights": final[neurons],
        "start": start[neurons],
        "alike": neighbours_correlation(final, reach),
        "alike_start": neighbours_correlation(start, reach),
        "match": match,
        "best_match": match.max(),
        "spread": [pixels_that_hold(weights, 0.9) for weights in final[neurons]],
        "test_accuracy": net["test_accuracy"],
        "hidden": net["hidden"],
        "count": len(neurons),
    }
    criteria: dict[str, Fact] = {
        "neuron_criterion": f"at most {TILES}, those with the largest sum of squared weights, in their own order",
        "reach_criterion": f"a pixel is out of reach where no training image is brighter than {REACHED:g}",
    }
    return Product(arrays, caption(net) | criteria)


def factorise(images: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parts (k, row, column) of images (n, row, column), brightest pixel 1, and the coefficients of others (m, k)."""
    from sklearn.decomposition import NMF  # here, because importing it takes most of a second
    from sklearn.exceptions import ConvergenceWarning

    # With this start there is no luck: it comes from the singular vectors, and the seed is not used for them.
    method = NMF(PARTS, init="nndsvda", max_iter=ROUNDS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last rounds change what nobody sees
        method.fit(_flat(images))
        coefficients = method.transform(_flat(others))  # (m, k)
    brightest = method.components_.max(axis=1)  # (k,)
    parts = method.components_ / brightest[:, None]  # (k, pixel)
    return parts.reshape(PARTS, *images.shape[1:]), coefficients * brightest


def likenesses(pictures: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The |cosine| of each of pictures (n, row, column) with each of others (m, row, column), (n, m)."""
    a, b = (_flat(each) / np.linalg.norm(_flat(each), axis=1, keepdims=True) for each in (pictures, others))
    return np.abs(a @ b.T)


def neighbours_correlation(weights: np.ndarray, reach: np.ndarray) -> float:
    """Correlation of weights (n, row, column) at pixels side by side or one above the other, both within reach."""
    beside, above = reach[:, :-1] & reach[:, 1:], reach[:-1] & reach[1:]
    one = np.concatenate([weights[:, :, :-1][:, beside].ravel(), weights[:, :-1][:, above].ravel()])
    other = np.concatenate([weights[:, :, 1:][:, beside].ravel(), weights[:, 1:][:, above].ravel()])
    return float(np.corrcoef(one, other)[0, 1])


def pixels_that_hold(weights: np.ndarray, share: float) -> int:
    """The least count of entries whose squares make up a share of the sum of all squares."""
    squares = np.sort(weights.astype(float).ravel() ** 2)[::-1].cumsum()
    return int(np.searchsorted(squares, share * squares[-1]) + 1)


def holes(image: np.ndarray) -> list[int]:
    """How many dark pixels each hole has that a stroke of an image (row, column) encloses, the largest first."""
    dark = np.pad(image < DARK, 1, constant_values=True)
    left, sizes = dark & ~_connected(dark, (0, 0)), []
    while left.any():
        one = _connected(left, tuple(np.argwhere(left)[0]))
        sizes.append(int(one.sum()))
        left &= ~one
    return sorted(sizes, reverse=True)


def _connected(inside: np.ndarray, seed: tuple[int, ...]) -> np.ndarray:
    """Which pixels (row, column) can be reached from one of them, side by side, without leaving."""
    reached = np.zeros_like(inside)
    reached[seed] = True
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= inside
        if (grown == reached).all():
            return reached
        reached = grown


def fits(image: np.ndarray, digit: int) -> bool:
    """Whether an image (row, column) has the holes that a digit is hoped to have, each large enough to be seen."""
    found, least = holes(image), LEAST_HOLES[digit]
    return len(found) == len(least) and all(size >= bound for size, bound in zip(found, least, strict=True))


def _chosen(data: Digits, digit: int, right: np.ndarray, error: np.ndarray) -> int:
    """The best rebuilt 9, for it is taken to pieces; the 8 and the 4 with the least ink, which are the clearest."""
    places = np.flatnonzero(data.test_labels == digit)
    good = [place for place in places if right[place] and fits(data.test_images[place], digit)]
    allowed = np.array(good) if good else places
    order = error if digit == EXAMPLES[0] else data.test_images.sum(axis=(1, 2))
    return int(allowed[order[allowed].argmin()])


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float64)  # (n, pixel)
