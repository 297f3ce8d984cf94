"""Made-up assets of the scenes about one layer as a product, the code, the function and the story so far."""

import numpy as np

from assets.store import Asset, make_asset
from models.feed_forward import run_lines
from tests.scenes.toys import FACTS

HIDDEN = 16
LINES = (
    "a1 = sigmoid(W1 @ a0 + b1)",
    "a2 = sigmoid(W2 @ a1 + b2)",
    "a3 = sigmoid(W3 @ a2 + b3)",
    "answer = a3.argmax()",
)


def assets(seed: int) -> dict[str, Asset]:
    """The four assets of these scenes."""
    images, given = network(seed)
    a1, a2, a3, answer = run_lines(LINES, given)
    held = {"a0": given["a0"], "a1": a1, "a2": a2, "a3": a3}
    printed = {f"printed{i}": str(values.shape) for i, values in enumerate(held.values())}
    code = {f"line{i}": line for i, line in enumerate(LINES, start=1)} | printed | {"printed4": str(answer)}
    rng = np.random.default_rng(seed + 1000)
    pixels = np.sort(np.argsort(np.abs(given["W1"] * given["a0"]).sum(axis=0))[-16:])[[0, 7, 15]]
    product = {
        "rows": np.array([2, 7, 11]),
        "pixels": pixels,
        "sums": given["W1"] @ given["a0"],
        "a0": given["a0"],
        "a1": a1,
    }
    other = {name: rng.permutation(values) for name, values in held.items()}
    two = {name: np.stack([values, other[name]]) for name, values in held.items()}
    function = two | {
        "neuron": np.array(5),
        "inputs": a1,
        "weights": given["W2"][5],
        "value": a2[5],
        "images": two["a0"].reshape(2, 28, 28),
        "answer": two["a3"].argmax(axis=1),
        "pixels": np.array([90, 290, 470, 650]),
        "activation_max": np.array(1.0),
    }
    accuracy = np.array([0.1, 0.1 + 0.4 * rng.uniform(), 0.957])
    recap = {
        "image": images[0],
        "value": rng.uniform(size=()),
        "activation_max": np.array(1.0),
        "pattern_neuron": np.array(3),
        "pattern": given["W1"][3].reshape(28, 28),
        "steps": 4200 * np.arange(3),
        "accuracy": accuracy,
        "start_accuracy": accuracy[0],
        "end_accuracy": accuracy[-1],
    }
    difference = {"image": images[0], "answer": answer, "difference": np.array(3.1e-7), "decimals": np.array(6)}
    return {
        "digit_product": make_asset("digit_product", product, {}, {}, FACTS | {"squash": "sigma"}),
        "digit_code": make_asset("digit_code", held | difference, {}, {}, FACTS | code),
        "digit_function": make_asset("digit_function", function, {}, {}, FACTS),
        "digit_recap": make_asset("digit_recap", recap, {}, {}, FACTS | {"squash": "sigma"}),
    }


def network(seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The random network of ``made_up(seed)``, drawn from the same generator in the same order, and its pictures."""
    rng = np.random.default_rng(seed)
    images = np.zeros((5, 28, 28), dtype=np.float32)
    images[:, 4:24, 8:20] = rng.uniform(size=(5, 20, 12))
    sizes = (784, HIDDEN, HIDDEN, 10)
    weights = [rng.normal(size=(sizes[i + 1], sizes[i])) / 8 for i in range(3)]
    biases = [rng.normal(size=sizes[i + 1]) for i in range(3)]
    given = {f"W{i + 1}": w for i, w in enumerate(weights)} | {f"b{i + 1}": b for i, b in enumerate(biases)}
    return images, given | {"a0": images[0].reshape(-1).astype(float)}
