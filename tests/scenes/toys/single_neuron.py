"""Made-up assets of the scenes about one neuron of the first hidden layer: a random layer over random pictures."""

import numpy as np

from assets.store import Asset, make_asset
from tests.scenes.toys import FACTS as DIGITS

HIDDEN, COUNT, REACH = 16, 60, 6
FACTS = DIGITS | {
    "curve": "sigmoid",
    "curve_de": "Sigmoid",
    "range_de": "zwischen null und eins",
}


def assets(seed: int) -> dict[str, Asset]:
    """Arrays of the three recipes from a random layer of 16 neurons and 60 random pictures."""
    rng = np.random.default_rng(seed)
    images = np.zeros((COUNT, 28, 28), dtype=np.float32)
    images[:, 5:23, 8:20] = rng.uniform(size=(COUNT, 18, 12)) ** 2
    weights = rng.normal(size=(HIDDEN, 28, 28)).astype(np.float32) / 3
    bias = rng.normal(size=HIDDEN)
    neuron, example = int(rng.integers(HIDDEN)), int(rng.integers(COUNT))
    sums = np.einsum("nrc,hrc->nh", images, weights).astype(np.float32)
    z = (sums + bias).astype(np.float32)
    arrays = {
        "neuron_pattern": pattern(images[example], weights[neuron], neuron, sigmoid(z[example])),
        "neuron_squish": squish(z, neuron, example, images[example]),
        "neuron_bar": bar(sums[:, neuron], float(bias[neuron]), images, neuron),
    }
    return {name: make_asset(name, given, {}, {}, FACTS) for name, given in arrays.items()}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def pattern(image, weights, neuron, a1):
    shifts = np.arange(-REACH, REACH + 1)
    moved = np.stack([np.roll(image, shift, axis=1) for shift in shifts])  # (13, 28, 28), the rim is black
    sums = (moved * weights).sum(axis=(1, 2))
    touched = np.zeros((28, 28), dtype=bool)
    touched[2:26, 3:25] = True
    return {
        "neuron": np.array(neuron),
        "image": image,
        "weights": weights,
        "touched": touched,
        "untouched": np.array((~touched).sum()),
        "shown": np.where(touched, weights, 0),
        "products": weights * image,
        "moved": moved,
        "shifts": shifts,
        "sums": sums,
        "sum": sums[REACH],
        "away_shift": np.array(4),
        "away_pixels": np.array(4),
        "away_sum": sums[REACH + 4],
        "a1": a1,
    }


def squish(z, neuron, example, image):
    a, cuts = sigmoid(z), np.array([0.05, 0.95])
    curve_z = np.linspace(min(z.min(), -4.0), max(z.max(), 4.0), 121)
    shares = np.array([(a <= cuts[0]).mean(), 0, (a >= cuts[1]).mean()])
    shares[1] = 1 - shares.sum()
    return {
        "z": z,
        "a": a,
        "count": np.array(z.size),
        "images": np.array(len(z)),
        "curve_z": curve_z,
        "curve_a": sigmoid(curve_z),
        "cuts": cuts,
        "cut_z": np.log(cuts / (1 - cuts)),
        "shares": shares,
        "neuron": np.array(neuron),
        "image": image,
        "example_z": z[example],
        "example_a": a[example],
    }


def bar(sums, bias, images, neuron):
    at = np.sort(-sums.astype(float))
    ends = at[0] - 1, at[-1] + 1
    few, many = (-round(float(np.quantile(sums, q)), 1) for q in (0.9, 0.1))
    pinned = np.argsort(sums)[np.linspace(2, len(sums) - 3, 6).astype(int)]
    return {
        "neuron": np.array(neuron),
        "bias": np.array(bias),
        "bar": np.array(-bias),
        "sums": sums,
        "images": np.array(len(sums)),
        "share": (sums > -bias).mean(),
        "level": np.array(0.5),
        "biases": np.concatenate([[ends[0]], np.repeat(at, 2), [ends[1]]]),
        "shares": np.repeat(np.arange(len(at) + 1) / len(at), 2),
        "few_bias": np.array(few),
        "few_share": (sums > -few).mean(),
        "many_bias": np.array(many),
        "many_share": (sums > -many).mean(),
        "pinned": images[pinned],
        "pinned_sums": sums[pinned],
    }
