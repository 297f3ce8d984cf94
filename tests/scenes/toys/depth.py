"""Made-up assets of the scenes about width, depth, bends and starts."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {"model": "digits made up", "data": "bundled", "data_source": "made up for this test", "seed": 0, "step": 660}


def assets(seed: int) -> dict[str, Asset]:
    """A table of accuracies, a race, three starts and four dying layers, all drawn by the seed."""
    rng = np.random.default_rng([seed, 7])
    arrays = {
        "width_depth": table(rng),
        "bend_race": race(rng),
        "random_starts": starts(rng),
        "dying_relus": dying(rng),
    }
    return {name: make_asset(name, of_one, {}, {}, FACTS) for name, of_one in arrays.items()}


def table(rng: np.random.Generator) -> dict[str, np.ndarray]:
    acc, again = rng.uniform(0.05, 0.99, (5, 4)), rng.uniform(0.8, 0.97, 5)
    again[0] = acc[3, 1]
    found = {
        "widths": np.array([2, 4, 8, 16, 32]),
        "depths": np.arange(1, 5),
        "acc": acc,
        "parameters": rng.integers(1000, 30000, (5, 4)),
        "across_width": acc[:, 1],
        "across_depth": acc[3],
        "film": np.array([3, 1]),
        "again": again,
        "again_low": again[1:].min(),
        "again_high": again[1:].max(),
        "networks": np.array(20),
    }
    return {name: np.asarray(values) for name, values in found.items()}


def race(rng: np.random.Generator) -> dict[str, np.ndarray]:
    z = np.linspace(-3, 3, 13)
    acc = np.sort(rng.uniform(0.1, 0.95, (2, 3, 6)), axis=2)
    gradient = np.stack([np.logspace(-6, -2, 7), np.full(7, 0.01)])[:, None] * rng.uniform(0.7, 1.4, (2, 3, 7))
    typical = np.median(gradient, axis=1)
    found = {
        "z": z,
        "curve": np.stack([1 / (1 + np.exp(-z)), np.maximum(z, 0)]),
        "epochs": np.arange(6),
        "acc": acc,
        "median": np.median(acc, axis=1),
        "final": np.median(acc[..., -1], axis=1),
        "layers": np.arange(1, 8),
        "gradient": gradient,
        "gradient_median": typical,
        "shrinks": typical[:, -1] / typical[:, 0],
        "about": 10000.0,
        "tries": 3,
        "depth": 6,
    }
    return {name: np.asarray(values) for name, values in found.items()}


def starts(rng: np.random.Generator) -> dict[str, np.ndarray]:
    spread = np.array([0.1, 5.0, 0.6])[:, None, None, None]
    a = 1 / (1 + np.exp(-spread * rng.normal(size=(3, 2, 40, 16))))  # (kind, layer, image, neuron)
    found = {
        "spread": [[0.01] * 3, [1.0] * 3, [0.05, 0.35, 0.35]],
        "a": a,
        "saturated": ((a < 0.05) | (a > 0.95)).mean(axis=(2, 3)),
        "low": 0.05,
        "high": 0.95,
    }
    return {name: np.asarray(values) for name, values in found.items()}


def dying(rng: np.random.Generator) -> dict[str, np.ndarray]:
    firing = rng.uniform(0.05, 1, (4, 3, 16))  # (rate, look, neuron)
    for rate, deaths in enumerate((0, 3, 9, 14)):
        firing[rate, 1:, rng.permutation(16)[:deaths]] = 0
    count = (firing == 0).sum(axis=2)
    found = {
        "rates": [0.01, 0.1, 0.3, 1.0],
        "steps": [0, 40, 660],
        "firing": firing,
        "count": count,
        "final_count": count[:, -1],
        "accuracy": rng.uniform(0.05, 0.95, 4),
        "neurons": 16,
    }
    return {name: np.asarray(values) for name, values in found.items()}
