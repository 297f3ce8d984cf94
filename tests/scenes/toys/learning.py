"""Assets of the scenes about pixels as neurons, about the training, and about a mistake."""

import numpy as np

from assets.store import Asset, make_asset
from tests.scenes.toys import FACTS

STEPS = 3  # as many as the made-up training records


def assets(seed: int) -> dict[str, Asset]:
    """One pixel, activations at three steps, and a mistake whose votes add up to its sums."""
    rng = np.random.default_rng(100 + seed)
    pixel = int(rng.integers(784))
    learning = {f"a{i}_steps": rng.uniform(size=(STEPS, n)) for i, n in ((1, 16), (2, 16), (3, 10))}
    learning |= {"answer_steps": learning["a3_steps"].argmax(axis=1), "activation_max": np.array(1.0)}
    made = {
        "pixel_neuron": {
            "pixel": np.array(pixel),
            "row": np.array(pixel // 28),
            "column": np.array(pixel % 28),
            "value": np.array(rng.uniform(0.2, 0.8)),
        },
        "digit_learning": learning,
        "digit_mistake": mistake(rng),
    }
    return {name: make_asset(name, arrays, {}, {}, FACTS) for name, arrays in made.items()}


def mistake(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A picture that is read as the digit of its largest output and labelled with the next one."""
    outputs, votes, bias = rng.uniform(size=10), rng.normal(size=(2, 16)), rng.normal(size=2)
    answer = int(outputs.argmax())
    gallery = rng.uniform(size=(9, 28, 28)).astype(np.float32)
    apart = np.argsort(-np.abs(votes[0] - votes[1]))[:8]
    return {
        "gallery": gallery,
        "image": gallery[0],
        "label": np.array((answer + 1) % 10),
        "answer": np.array(answer),
        "rival": np.array((answer + 1) % 10),
        "output": outputs.max(),
        "outputs": outputs,
        "activations": rng.uniform(size=16),
        "activation_max": np.array(1.0),
        "votes": votes,
        "bias": bias,
        "sums": votes.sum(axis=1) + bias,
        "voters": apart[np.argsort(-(votes[0] - votes[1])[apart])],
        "wrong": np.array(9),
        "tests": np.array(100 + int(rng.integers(100))),
        "sure": np.array(True),
    }
