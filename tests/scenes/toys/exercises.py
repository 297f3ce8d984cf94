"""Made-up assets of the exercise at the end of chapter 1."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {
    "model": "digits 196-32-10",
    "variant": "film",
    "changes": "",
    "data": "bundled",
    "data_source": "pictures made up for this test",
    "seed": 0,
    "step": 5600,
    "test_accuracy": 0.962,
    "activation_range": "between zero and one",
}


def assets(seed: int) -> dict[str, Asset]:
    """A small network of 196, 32 and 10 neurons that nobody trained, and three neurons with weights of their own."""
    rng = np.random.default_rng([seed, 8])
    picture = np.zeros((28, 28), np.float32)
    picture[4:24, 8:20] = rng.uniform(size=(20, 12))
    averaged = picture.reshape(14, 2, 14, 2).mean(axis=(1, 3))
    w1, w2 = rng.normal(size=(32, 196)) / 14, rng.normal(size=(10, 32)) / 6
    b1, b2 = rng.normal(size=32), rng.normal(size=10)
    a0 = averaged.reshape(-1)
    a1 = 1 / (1 + np.exp(-(w1 @ a0 + b1)))
    numel = np.array([each.size for each in (w1, b1, w2, b2)])
    small = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "numel": numel, "parameters": np.array(numel.sum())}
    small |= {"sizes": np.array([196, 32, 10]), "side": np.array(14), "test_accuracy": np.array(0.962)}
    small |= {"picture": picture, "averaged": averaged, "block": np.array([3, 5]), "a0": a0, "a1": a1}
    small |= {"a2": 1 / (1 + np.exp(-(w2 @ a1 + b2))), "activation_max": np.array(1.0)}
    small |= {"window": np.sort(rng.choice(196, 16, replace=False))}
    lit = np.zeros((28, 28), bool)
    lit[2:26, 4:24] = True
    weights, bias = rng.normal(size=(3, 28, 28)) * lit, rng.normal(size=3)
    sums = (weights * picture).sum(axis=(1, 2))
    z = sums + bias
    asked = {"image": picture, "label": np.array(3), "neurons": np.array([1, 4, 9]), "weights": weights, "lit": lit}
    asked |= {"unlit": np.array((~lit).sum()), "products": weights * picture, "bias": bias, "sums": sums, "z": z}
    asked |= {"activation": 1 / (1 + np.exp(-z)), "weight_sums": rng.normal(size=3), "winner": np.array(z.argmax())}
    asked |= {"winner_z": np.array(z.max()), "second_z": np.array(np.sort(z)[-2]), "spread": np.array(5.0)}
    facts = FACTS | {"winner": "ABC"[int(z.argmax())]}
    return {
        "small_net": make_asset("small_net", small, {}, {}, FACTS),
        "loudest_neuron": make_asset("loudest_neuron", asked, {}, {}, facts),
    }
