"""Two moons that are told apart by nothing trained: a straight line, then a border that curves with the seed."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {"model": "moons 2-16-16-1", "data": "dots made up for this test", "seed": 0, "step": 800}


def assets(seed: int) -> dict[str, Asset]:
    """The asset of the bend between the layers."""
    rng = np.random.default_rng(seed)
    blends, x, y = np.linspace(0, 1, 3), np.linspace(-1.5, 2.5, 25), np.linspace(-1.0, 1.5, 17)
    dots, moon = rng.uniform((-1.2, -0.8), (2.2, 1.2), size=(40, 2)), rng.integers(0, 2, 40)
    w1, w2, w3 = (rng.normal(size=shape) / 4 for shape in ((16, 2), (16, 16), (1, 16)))
    across, up = np.meshgrid(x, y)
    logits = np.stack([across - 2 * up + bend * rng.normal() * across**2 + 0.1 for bend in blends])
    wrong = (dots[:, 0] - 2 * dots[:, 1] + 0.1 > 0) != moon  # (dot,)
    wrong = np.stack([wrong, wrong & (dots[:, 0] > 0), np.zeros_like(wrong)])  # the last one errs nowhere
    arrays = {"w1": w1, "b1": rng.normal(size=16), "w2": w2, "b2": rng.normal(size=16), "w3": w3}
    arrays |= {"b3": rng.normal(size=1), "product": w3 @ w2 @ w1, "product_bias": rng.normal(size=1)}
    arrays |= {"dots": dots, "moon": moon, "blends": blends, "logits": logits, "x": x, "y": y, "wrong": wrong}
    arrays |= {"missed": wrong.sum(axis=1), "accuracy": 1 - wrong.mean(axis=1), "count": np.array(40)}
    arrays |= {"difference": np.array(rng.uniform(1e-6, 2e-6))}
    return {"moon_nets": make_asset("moon_nets", arrays, {}, {}, FACTS)}
