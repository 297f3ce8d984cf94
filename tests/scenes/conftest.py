"""Small hand-made assets of the shapes that chapter 1 reads, and a way to run a scene without drawing it."""

from collections.abc import Callable

import numpy as np
import pytest

from assets.store import Assets, make_asset
from render.quality import Quality
from render.raster import ClipRenderer, configure
from tests.scenes import toys
from tests.scenes.toys import FACTS

LINE_S = 0.6  # shorter than any animation: what is drawn does not depend on it
TINY = Quality("tiny", 320, 180, 15, "ultrafast", 23)


def made_up(seed: int, hidden: int = 16) -> Assets:
    """Assets of chapter 1 from a random, untrained network: the right shapes, other numbers for each seed."""
    rng = np.random.default_rng(seed)
    sizes = np.array([784, hidden, hidden, 10])
    images = np.zeros((5, 28, 28), dtype=np.float32)
    images[:, 4:24, 8:20] = rng.uniform(size=(5, 20, 12))
    weights = [rng.normal(size=(sizes[i + 1], sizes[i])) / 8 for i in range(3)]
    biases = [rng.normal(size=sizes[i + 1]) for i in range(3)]
    a = [images[0].reshape(-1)]
    for w, b in zip(weights, biases, strict=True):
        a.append(1 / (1 + np.exp(-(w @ a[-1] + b))))
    flows = [w * before for w, before in zip(weights, a[:-1], strict=True)]
    net = {f"w{i + 1}": w for i, w in enumerate(weights)} | {f"b{i + 1}": b for i, b in enumerate(biases)}
    numel = np.array([t.size for w, b in zip(weights, biases, strict=True) for t in (w, b)])
    net |= {"sizes": sizes, "numel": numel, "parameters": np.array(numel.sum()), "test_accuracy": np.array(0.957)}
    shares = np.array([0.0, 0.4, 1.0])  # of the final weights, at three steps of a training
    net |= {f"w{i + 1}_steps": shares[:, None, None] * w for i, w in enumerate(weights)} | {
        "steps": 4200 * np.arange(3),
        "accuracy_steps": np.array([0.1, 0.8, 0.957]),
    }
    forward = {f"a{i}": values[None] for i, values in enumerate(a)}
    forward |= {f"flow{i + 1}": flow for i, flow in enumerate(flows)}
    forward |= {
        "images": images[:1],
        "label": np.array([seed % 10]),
        "lead": np.array(0),
        "window": np.sort(np.argsort(np.abs(flows[0]).sum(axis=0))[-16:]),
        "patch": np.array([6, 9]),
        "activation_max": np.array(1.0),
    }
    neuron = {
        "images": images,
        "value": rng.uniform(0.02, 0.98, size=5),
        "neuron": np.array(int(rng.integers(hidden))),
        "sizes": sizes,
        "activation_max": np.array(1.0),
    }
    assets = {"digit_net": net, "digit_forward": forward, "digit_neuron": neuron}
    own = {name: make_asset(name, arrays, {}, {}, FACTS) for name, arrays in assets.items()}
    return Assets(own | toys.every(seed))


@pytest.fixture
def toy() -> Assets:
    """The made-up assets of seed 1."""
    return made_up(1)


@pytest.fixture
def make_assets() -> Callable[..., Assets]:
    """Made-up assets by seed and hidden size."""
    return made_up


@pytest.fixture
def play(tmp_path) -> Callable:
    """Run a scene to its end without drawing; ``on_cue(scene, cue)`` sees it at the end of each line."""
    configure(TINY, tmp_path)

    def run(scene_class, assets, cues, on_cue=lambda scene, cue: None):
        durations = dict.fromkeys(cues, LINE_S)
        renderer = ClipRenderer(None)
        scene = scene_class(
            assets=assets, durations=durations, renderer=renderer, on_cue=lambda cue: on_cue(scene, cue)
        )
        scene.render()
        return scene

    return run
