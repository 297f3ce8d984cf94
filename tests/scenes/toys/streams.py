"""Made-up threes and a made-up stream of digits."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {"model": "digits 784-16-16-10", "variant": "film", "changes": "", "data": "bundled", "seed": 0, "step": 8400}
SHOWN = 9  # two go through slowly, five ever more quickly, two at the quickest


def assets(seed: int) -> dict[str, Asset]:
    """Six pictures with their differences, and a few digits with random activations, two of them read wrongly."""
    rng = np.random.default_rng([seed, 1])
    return {"digit_lookalikes": lookalikes(rng), "digit_stream": stream(rng)}


def lookalikes(rng: np.random.Generator) -> Asset:
    images = np.zeros((6, 28, 28), dtype=np.float32)
    images[:, 4:24, 8:20] = rng.uniform(size=(1, 20, 12))
    for picture, count in zip(images[1:], (95, 110, 44, 61, 78), strict=True):
        rows, columns = np.divmod(rng.permutation(240)[: count - rng.integers(6)], 12)
        flipped = picture[4 + rows, 8 + columns]
        picture[4 + rows, 8 + columns] = np.where(flipped > 0.5, 0.0, 1.0)
    differs = np.abs(images - images[0]) > 0.5
    arrays = {
        "images": images,
        "label": np.array([3, 3, 3, 8, 6, 5]),
        "differs": differs,
        "differing": differs.sum(axis=(1, 2)),
        "pixels": np.array(784),
    }
    return make_asset("digit_lookalikes", arrays, {}, {}, FACTS)


def stream(rng: np.random.Generator) -> Asset:
    images = np.zeros((SHOWN, 28, 28), dtype=np.float32)
    images[:, 4:24, 8:20] = rng.uniform(size=(SHOWN, 20, 12))
    held = {f"a{i}": rng.uniform(size=(SHOWN, size)) for i, size in enumerate((784, 16, 16, 10))}
    held["a0"] = images.reshape(SHOWN, 784)
    predicted = held["a3"].argmax(axis=1)
    label = predicted.copy()
    label[[1, 6]] = (label[[1, 6]] + 3) % 10
    right = int((predicted == label).sum())
    flows = {f"flow{i}": rng.normal(size=(2, *size)) for i, size in ((1, (16, 784)), (2, (16, 16)), (3, (10, 16)))}
    arrays = held | flows
    arrays |= {"images": images, "label": label, "predicted": predicted, "correct": predicted == label}
    arrays |= {"window": np.sort(rng.permutation(784)[:16]), "activation_max": np.array(1.0), "shown": np.array(SHOWN)}
    arrays |= {"right": np.array(right), "wrong": np.array(SHOWN - right), "test_images": np.array(397)}
    return make_asset("digit_stream", arrays | {"test_accuracy": np.array(0.957)}, {}, {}, FACTS)
