"""One neuron of the first hidden layer: its weights over a digit that moves, what its sum becomes, and its bias."""

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits
from models.datasets import load_digits
from models.folders import data_folder

REACH = 6  # pixels that a digit is moved to each side
KEPT = 0.98  # of its ink at least stays in the picture
FAR = 2  # pixels away from where it was written at which a sum counts as that of another place
CUTS = {"sigmoid": (0.05, 0.95), "relu": (0.0, 1.0)}  # activations up to and from which a neuron counts as decided
CURVES = {"sigmoid": "sigmoid", "relu": "ReLU"}
CURVES_DE = {"sigmoid": "Sigmoid", "relu": "ReLU"}
RANGES_DE = {"sigmoid": "zwischen null und eins", "relu": "ab null"}
LIT = {"sigmoid": 0.5, "relu": 0.0}  # the activation at a sum of zero, bias included
STEPS = 241  # points of the curve
FEW, MANY = 0.1, 0.9  # shares of the test images that light the neuron at the two biases shown beside the learned one
PINNED = 6  # test images shown at their sums


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "neuron": (),
        "example": (),
        "image": ("row", "column"),
        "label": (),
        "weights": ("row", "column"),
        "touched": ("row", "column"),
        "untouched": (),
        "shown": ("row", "column"),
        "products": ("row", "column"),
        "moved": ("shift", "row", "column"),
        "shifts": ("shift",),
        "sums": ("shift",),
        "sum": (),
        "ink": ("shift",),
        "away_shift": (),
        "away_pixels": (),
        "away_sum": (),
        "a1": ("layer1",),
    },
    units={"shifts": "pixels to the right"},
)
def neuron_pattern(run: Run) -> Product:
    """The weights of one neuron as a picture, their products with one digit, and its sum for that digit moved sideways.

    Sums are without the bias. ``touched`` are the weights that training changed, ``shown`` the weights with 0 for the
    others.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    neuron = int(taken["z1"].std(axis=0).argmax())
    bias = net["b1"][neuron].astype(np.float64)
    shifts = np.arange(-REACH, REACH + 1)
    moved = np.stack(
        [_moved(data.test_images, int(shift)) for shift in shifts], axis=1
    )  # (example, shift, row, column)
    with capture(model) as slid:
        digits.outputs(model, moved.reshape(-1, *moved.shape[2:]))
    sums = slid["z1"][:, neuron].reshape(moved.shape[:2]) - bias  # (example, shift)
    ink = moved.sum(axis=(2, 3))  # (example, shift)
    example = _most_lost(sums, ink)
    far = np.flatnonzero(np.abs(shifts) >= FAR)
    away = int(far[sums[example, far].argmin()])
    weights = net["w1"][neuron].reshape(moved.shape[2:])  # (row, column)
    touched = (net["w1_steps"][0] != net["w1_steps"][-1]).any(axis=0).reshape(weights.shape)
    arrays = {
        "neuron": neuron,
        "example": example,
        "image": data.test_images[example],
        "label": data.test_labels[example],
        "weights": weights,
        "touched": touched,
        "untouched": int((~touched).sum()),
        "shown": np.where(touched, weights, 0.0),
        "products": weights * data.test_images[example],
        "moved": moved[example],
        "shifts": shifts,
        "sums": sums[example],
        "sum": sums[example, REACH],
        "ink": ink[example],
        "away_shift": shifts[away],
        "away_pixels": abs(shifts[away]),
        "away_sum": sums[example, away],
        "a1": taken["a1"][example],
    }
    return Product(arrays, caption(net) | _PATTERN_CRITERIA)


@recipe(
    configs=("digits",),
    needs=("digit_net", "neuron_pattern"),
    axes={
        "z": ("test image", "layer1"),
        "a": ("test image", "layer1"),
        "count": (),
        "images": (),
        "curve_z": ("point",),
        "curve_a": ("point",),
        "cuts": ("cut",),
        "cut_z": ("cut",),
        "shares": ("part",),
        "neuron": (),
        "image": ("row", "column"),
        "example_z": ("layer1",),
        "example_a": ("layer1",),
        "z_of_neuron": (),
        "a_of_neuron": (),
    },
)
def neuron_squish(run: Run) -> Product:
    """The sums of the first hidden layer on all test images, biases included, and the activations they become.

    ``shares`` are those of the activations up to the first cut, between both, and from the second on; ``cut_z`` are the
    sums at which the curve crosses the cuts.
    """
    config, net, pattern = digits_config(run), run.assets["digit_net"], run.assets["neuron_pattern"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    z, a = taken["z1"], taken["a1"]  # (test image, layer1) each
    sigmoid, (low, high) = config.activation == "sigmoid", CUTS[config.activation]
    curve_z = np.linspace(min(float(z.min()), -1.0), max(float(z.max()), 1.0), STEPS)
    few, many = float((a <= low).mean()), float((a >= high).mean())
    example, neuron = int(pattern["example"]), int(pattern["neuron"])
    arrays = {
        "z": z,
        "a": a,
        "count": z.size,
        "images": len(z),
        "curve_z": curve_z,
        "curve_a": 1 / (1 + np.exp(-curve_z)) if sigmoid else np.maximum(curve_z, 0),
        "cuts": np.array([low, high]),
        "cut_z": np.log([low / (1 - low), high / (1 - high)]) if sigmoid else np.array([low, high]),
        "shares": np.array([few, 1 - few - many, many]),
        "neuron": neuron,
        "image": data.test_images[example],
        "example_z": z[example],
        "example_a": a[example],
        "z_of_neuron": z[example, neuron],
        "a_of_neuron": a[example, neuron],
    }
    named = {"curve": CURVES, "curve_de": CURVES_DE, "range_de": RANGES_DE}
    facts: dict[str, Fact] = {name: words[config.activation] for name, words in named.items()}
    return Product(arrays, caption(net) | facts | {"cuts_criterion": _CUTS_CRITERION})


@recipe(
    configs=("digits",),
    needs=("digit_net", "neuron_pattern"),
    axes={
        "neuron": (),
        "bias": (),
        "bar": (),
        "sums": ("test image",),
        "images": (),
        "share": (),
        "level": (),
        "biases": ("corner",),
        "shares": ("corner",),
        "few_bias": (),
        "few_share": (),
        "many_bias": (),
        "many_share": (),
        "pinned": ("example", "row", "column"),
        "pinned_sums": ("example",),
    },
)
def neuron_bar(run: Run) -> Product:
    """One neuron's sums without its bias on all test images, and the share that light it as a function of the bias.

    An image lights it if its sum is above the bar, minus the bias. ``biases`` and ``shares`` are the corners of that
    function's steps, from a bias at which no image does to one at which all do.
    """
    config, net, pattern = digits_config(run), run.assets["digit_net"], run.assets["neuron_pattern"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    neuron = int(pattern["neuron"])
    z, bias = taken["z1"][:, neuron], float(net["b1"][neuron])
    sums = (z.astype(np.float64) - bias).astype(np.float32)
    few, many = (-round(float(np.quantile(sums, 1 - share)), 1) + 0.0 for share in (FEW, MANY))
    biases, shares = _steps(sums)
    low, high = (float(np.quantile(sums, share)) for share in (0.02, 0.98))
    pinned = [int(np.abs(sums - at).argmin()) for at in np.linspace(low, high, PINNED)]
    arrays = {
        "neuron": neuron,
        "bias": bias,
        "bar": -bias,
        "sums": sums,
        "images": len(sums),
        "share": (z > 0).mean(),
        "level": LIT[config.activation],
        "biases": biases,
        "shares": shares,
        "few_bias": few,
        "few_share": (sums > -few).mean(),
        "many_bias": many,
        "many_share": (sums > -many).mean(),
        "pinned": data.test_images[pinned],
        "pinned_sums": sums[pinned],
    }
    return Product(arrays, caption(net) | _BAR_CRITERIA)


_PATTERN_CRITERIA: dict[str, Fact] = {
    "neuron_criterion": "the neuron of the first hidden layer whose sums spread most over the test images, by their "
    "standard deviation",
    "example_criterion": f"of the test images that keep {KEPT:.0%} of their ink when moved by up to {REACH} pixels, "
    "and whose sum is largest where they were written, the one whose sum falls most; without one, that of all",
    "away_criterion": f"of the places at least {FAR} pixels away the one with the smallest sum",
}
_CUTS_CRITERION = "decided is what is at most 0.05 or at least 0.95 for sigmoids; for ReLU what is 0 or at least 1"
_BAR_CRITERIA: dict[str, Fact] = {
    "bias_criterion": "the biases, to one decimal, at which about a tenth and nine tenths of the test images light the "
    "neuron",
    "pinned_criterion": f"the test images whose sums are nearest to {PINNED} equally spaced ones, from the 2nd to the "
    "98th percentile",
}


def _moved(images: np.ndarray, shift: int) -> np.ndarray:
    """Images (..., row, column) that many pixels to the right, black where nothing comes from."""
    moved = np.zeros_like(images)
    width = images.shape[-1]
    moved[..., max(shift, 0) : width + min(shift, 0)] = images[..., max(-shift, 0) : width - max(shift, 0)]
    return moved


def _most_lost(sums: np.ndarray, ink: np.ndarray) -> int:
    """The example whose sum falls most, of those that keep their ink and peak at home; both arrays (example, shift)."""
    kept = (ink >= KEPT * ink[:, [REACH]]).all(axis=1)
    allowed = kept & (sums.argmax(axis=1) == REACH)
    fall = sums[:, REACH] - sums.min(axis=1)
    return int(np.where(allowed if allowed.any() else True, fall, -np.inf).argmax())


def _steps(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (2 n + 2,) of the share of sums above minus the bias: it jumps by 1 / n at each bias of -sum."""
    at = np.sort(-sums.astype(np.float64))  # (n,)
    room = 0.05 * max(float(np.ptp(at)), 1.0)
    counts = np.arange(len(at) + 1) / len(at)  # (n + 1,)
    biases = np.concatenate([[at[0] - room], np.repeat(at, 2), [at[-1] + room]])
    return biases, np.repeat(counts, 2)
