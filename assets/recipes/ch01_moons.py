"""The numbers of the film about the bend between the layers: two moons, and networks that bend more and more."""

import numpy as np

from assets.recipe import Fact, Product, Run, recipe
from models import moons
from models.configs import MoonsConfig

BLENDS = 11  # shares of the bend, from none to all of it
COLUMNS, ROWS = 121, 83  # of the grid on which the border is seen
MARGIN = 0.25  # around the dots


@recipe(
    configs=("moons",),
    axes={
        "dots": ("dot", "coordinate"),
        "moon": ("dot",),
        "blends": ("blend",),
        "logits": ("blend", "row", "column"),
        "x": ("column",),
        "y": ("row",),
        "wrong": ("blend", "dot"),
        "missed": ("blend",),
        "accuracy": ("blend",),
        "w1": ("layer1", "coordinate"),
        "b1": ("layer1",),
        "w2": ("layer2", "layer1"),
        "b2": ("layer2",),
        "w3": ("out", "layer2"),
        "b3": ("out",),
        "product": ("out", "coordinate"),
        "product_bias": ("out",),
        "difference": (),
        "count": (),
    },
    units={"accuracy": "share of new dots", "difference": "logits"},
)
def moon_nets(run: Run) -> Product:
    """Networks of the same start trained at each share of a bend: logits on a grid, and new dots on the wrong side.

    w1 to b3 are of the one without a bend; product = w3 w2 w1 (1, 2) and product_bias are the one layer that it
    amounts to, and `difference` the largest one between the two on the grid.
    """
    config = run.configs["moons"]
    assert isinstance(config, MoonsConfig)
    taught, new = (moons.draw_moons(config, 2 * config.seed + place) for place in (0, 1))
    blends = np.linspace(0, 1, BLENDS)
    nets = [moons.train(config, float(bend), taught, run.report) for bend in blends]
    x, y = (_around(new.places[:, axis], count) for axis, count in ((0, COLUMNS), (1, ROWS)))
    grid = np.stack(np.meshgrid(x, y), axis=-1)  # (row, column, 2)
    logits = np.stack([moons.logits(net, grid) for net in nets])
    wrong = np.stack([(moons.logits(net, new.places) > 0) != new.moon for net in nets])
    straight = {name: values.astype(np.float64) for name, values in moons.weights(nets[0]).items()}
    product = straight["w3"] @ straight["w2"] @ straight["w1"]  # (1, 2)
    bias = straight["w3"] @ (straight["w2"] @ straight["b1"] + straight["b2"]) + straight["b3"]  # (1,)
    arrays = {
        **straight,
        "dots": new.places,
        "moon": new.moon,
        "blends": blends,
        "logits": logits,
        "x": x,
        "y": y,
        "wrong": wrong,
        "missed": wrong.sum(axis=1),
        "accuracy": 1 - wrong.mean(axis=1),
        "product": product,
        "product_bias": bias,
        "difference": np.abs(grid @ product[0] + bias[0] - logits[0]).max(),
        "count": len(new.moon),
    }
    facts: dict[str, Fact] = {
        "model": f"moons 2-{config.hidden}-{config.hidden}-1",
        "data": "two moons of dots, generated",
        "seed": config.seed,
        "step": config.epochs * -(-config.points // config.batch),
        "blend_criterion": f"{BLENDS} even steps from no bend to ReLU; each network is trained anew, from one start",
        "dots_criterion": "fresh dots of the same kind, drawn by another seed than those that were learned from",
    }
    return Product(arrays, facts)


def _around(values: np.ndarray, count: int) -> np.ndarray:
    """Even steps that cover some numbers and a margin, (count,)."""
    return np.linspace(float(values.min()) - MARGIN, float(values.max()) + MARGIN, count)
