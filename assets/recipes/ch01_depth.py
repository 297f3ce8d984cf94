"""What width, depth and bend do to learning: a table of trained networks, and a race of two activation functions."""

import numpy as np
import torch

from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import digits_config
from models import deep
from models.configs import DeepConfig, DigitsConfig
from models.datasets import Digits, load_digits
from models.deep import Bend, Body, DeepNet
from models.folders import data_folder
from models.train import Schedule

EIGHTHS = (1, 2, 4, 8, 16)  # of the film's width
FILM = EIGHTHS.index(8)
DEPTHS = (1, 2, 3, 4)
FILM_DEPTH = 2
AGAIN = 5  # starts of the film's size, the first of them that of the table
STARTS = 3  # of each network in the race
RATES = (0.3, 1.0, 3.0)  # times the config's own
BENDS: tuple[Bend, ...] = ("sigmoid", "relu")
SPAN = 3.0  # of the drawn functions, to both sides


@recipe(
    configs=("digits", "deep"),
    axes={
        "widths": ("width",),
        "depths": ("depth",),
        "acc": ("width", "depth"),
        "parameters": ("width", "depth"),
        "across_width": ("width",),
        "across_depth": ("depth",),
        "film": ("place",),
        "again": ("start",),
        "again_low": (),
        "again_high": (),
        "networks": (),
    },
    units={"acc": "share of test images", "again": "share of test images"},
)
def width_depth(run: Run) -> Product:
    """Test accuracy and count of parameters of 20 networks, each trained once from one start, and of one five times.

    ``film`` is the place (width, depth) of the film's size; ``across_width`` is acc at its depth, ``across_depth`` at
    its width. ``again`` begins with the start of the table; ``again_low`` and ``again_high`` are of the others.
    """
    config, more = digits_config(run), deep_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    widths = [max(1, config.hidden * part // 8) for part in EIGHTHS]
    depth = DEPTHS.index(FILM_DEPTH)
    bodies = [[Body((width,) * d, config.activation, config.seed) for d in DEPTHS] for width in widths]
    jobs = len(widths) * len(DEPTHS) + AGAIN - 1
    acc = np.zeros((len(widths), len(DEPTHS)))
    for (row, column), _ in np.ndenumerate(acc):
        acc[row, column] = trained_accuracy(bodies[row][column], more, data)
        run.report(row * len(DEPTHS) + column + 1, jobs, {"accuracy": float(acc[row, column])})
    others = [Body((config.hidden,) * FILM_DEPTH, config.activation, config.seed + i) for i in range(1, AGAIN)]
    again = [acc[FILM, depth], *(trained_accuracy(body, more, data) for body in others)]
    run.report(jobs, jobs, {})
    arrays = {
        "widths": widths,
        "depths": DEPTHS,
        "acc": acc,
        "parameters": [[body.parameters for body in row] for row in bodies],
        "across_width": acc[:, depth],
        "across_depth": acc[FILM],
        "film": [FILM, depth],
        "again": again,
        "again_low": min(again[1:]),
        "again_high": max(again[1:]),
        "networks": acc.size,
    }
    facts = _facts(config, more, data, f"{acc.size} digit networks, {_names(config.activation)}")
    return Product(arrays, facts)


@recipe(
    configs=("digits", "deep"),
    axes={
        "z": ("point",),
        "curve": ("bend", "point"),
        "epochs": ("epoch",),
        "acc": ("bend", "start", "epoch"),
        "median": ("bend", "epoch"),
        "final": ("bend",),
        "rates": ("rate",),
        "chosen": ("bend",),
        "tried": ("bend", "rate", "start"),
        "layers": ("layer",),
        "gradient": ("bend", "start", "layer"),
        "gradient_median": ("bend", "layer"),
        "shrinks": ("bend",),
        "about": (),
        "tries": (),
        "depth": (),
    },
    units={"acc": "share of test images", "gradient": "root mean square of dC/dW", "shrinks": "last over first layer"},
)
def bend_race(run: Run) -> Product:
    """Deep networks of sigmoids and of ReLUs (bend 0 and 1): test accuracy by epoch, and gradients before learning.

    Each is trained from three starts at three rates; ``acc`` shows the rate that was best for it, index ``chosen``.
    ``curve`` are the two functions at z. ``shrinks`` is the gradient of the last layer over that of the first, and
    ``about`` that of the sigmoids to one digit.
    """
    config, more = digits_config(run), deep_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    rates, starts = [more.lr * times for times in RATES], [config.seed + i for i in range(STARTS)]
    widths = (more.hidden,) * more.depth
    acc = np.zeros((len(BENDS), len(rates), STARTS, more.epochs + 1))
    for place in np.ndindex(acc.shape[:3]):
        body = Body(widths, BENDS[place[0]], starts[place[2]])
        acc[place] = deep.learn(DeepNet(body), data, schedule(more, body.seed, rates[place[1]]))
        run.report(int(np.ravel_multi_index(place, acc.shape[:3])) + 1, acc[..., 0].size, {"accuracy": acc[place][-1]})
    chosen = np.median(acc[..., -1], axis=2).argmax(axis=1)  # (bend,)
    best = acc[np.arange(len(BENDS)), chosen]  # (bend, start, epoch)
    gradient = np.array([[gradients(Body(widths, bend, start), data) for start in starts] for bend in BENDS])
    typical = np.median(gradient, axis=1)  # (bend, layer)
    z = np.linspace(-SPAN, SPAN, 121)
    arrays = {
        "z": z,
        "curve": [torch.sigmoid(torch.from_numpy(z)), torch.relu(torch.from_numpy(z))],
        "epochs": np.arange(more.epochs + 1),
        "acc": best,
        "median": np.median(best, axis=1),
        "final": np.median(best[..., -1], axis=1),
        "rates": rates,
        "chosen": chosen,
        "tried": acc[..., -1],
        "layers": np.arange(1, more.depth + 2),
        "gradient": gradient,
        "gradient_median": typical,
        "shrinks": typical[:, -1] / typical[:, 0],
        "about": float(f"{typical[0, -1] / typical[0, 0]:.0e}"),
        "tries": len(rates),
        "depth": more.depth,
    }
    facts = _facts(config, more, data, f"digits 784{f'-{more.hidden}' * more.depth}-10, {STARTS} starts each")
    return Product(arrays, facts | {"rate_criterion": _RATE_CRITERION})


_RATE_CRITERION = (
    f"of {len(RATES)} learning rates of Adam, for each activation function the one whose median test accuracy after "
    f"the last epoch, over {STARTS} starts, is highest"
)


def deep_config(run: Run) -> DeepConfig:
    """The settings of deep networks that a run was given."""
    config = run.configs["deep"]
    assert isinstance(config, DeepConfig)
    return config


def schedule(config: DeepConfig, seed: int, lr: float | None = None) -> Schedule:
    """Adam at a constant rate, by default the config's."""
    return Schedule("adam", config.lr if lr is None else lr, config.batch, config.epochs, seed)


def trained_accuracy(body: Body, config: DeepConfig, data: Digits) -> float:
    """Test accuracy of a network after its training."""
    return float(deep.learn(DeepNet(body), data, schedule(config, body.seed))[-1])


def gradients(body: Body, data: Digits) -> np.ndarray:
    """Root mean square of dC/dW for each layer of weights at the start, (layer,)."""
    return deep.gradient_sizes(DeepNet(body), data)


def _names(bend: str) -> str:
    return "sigmoids" if bend == "sigmoid" else "ReLUs"


def _facts(config: DigitsConfig, more: DeepConfig, data: Digits, model: str) -> dict[str, Fact]:
    return {
        "model": model,
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "step": schedule(more, config.seed).steps(len(data.train_images)),
        "loss_of_training": "cross entropy",
    }
