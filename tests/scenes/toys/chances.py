"""Ten sigmoids and ten chances by chance, and test digits whose chances come true by chance."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {"model": "digits 784-16-16-10 with a softmax head", "data": "bundled", "seed": 0, "step": 5600}


def assets(seed: int) -> dict[str, Asset]:
    """The asset of the two heads."""
    rng = np.random.default_rng(seed)
    image = np.zeros((28, 28))
    image[4:24, 8:20] = rng.uniform(size=(20, 12))
    z, sigmoid_z = rng.normal(0, 3, size=(2, 10))
    p, sigmoid_a = np.exp(z) / np.exp(z).sum(), 1 / (1 + np.exp(-sigmoid_z))
    label, second = (int(i) for i in np.argsort(-p)[:2])
    confidence, hit = rng.uniform(0.31, 1, 60), rng.uniform(size=60) < 0.7
    place = np.ceil(confidence * 10).astype(int) - 1
    counts = np.bincount(place, minlength=10)
    sure, right = (np.bincount(place, v, 10) / np.maximum(counts, 1) for v in (confidence, hit))
    arrays = {"image": image, "sigmoid_z": sigmoid_z, "sigmoid_a": sigmoid_a, "z": z, "p": p}
    arrays |= {"confidence": confidence, "hit": hit, "edges": np.linspace(0, 1, 11), "counts": counts}
    arrays |= {"bin_confidence": sure, "bin_right": right}
    scalars = {"label": label, "sigmoid_sum": sigmoid_a.sum(), "p_sum": p.sum(), "label_p": p[label], "second": second}
    scalars |= {"second_p": p[second], "mean_confidence": confidence.mean(), "accuracy": hit.mean(), "tests": 60}
    scalars |= {"calibration_error": (counts * np.abs(sure - right)).sum() / 60}
    arrays |= {name: np.array(value) for name, value in scalars.items()}
    return {"digit_chances": make_asset("digit_chances", arrays, {}, {}, FACTS)}
