"""Neurons that cannot learn: starts that flatten or pin sigmoids, and ReLUs that die when the steps are too big."""

from math import ceil

import numpy as np

from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_depth import deep_config
from assets.recipes.ch01_neural_network import digits_config
from models import deep
from models.configs import DeepConfig
from models.datasets import Digits, load_digits
from models.deep import Body, DeepNet
from models.folders import data_folder
from models.train import Schedule

SPREADS = (0.01, 1.0)  # standard deviations of the first starts; the last one is He's
LOW, HIGH = 0.05, 0.95  # a sigmoid outside of these is called saturated
IMAGES = 1400  # at most
RATES = (0.01, 0.1, 0.3, 1.0)
STARTS = 3
LOOKS = 36  # steps, about, at which neurons are looked at


@recipe(
    configs=("digits", "deep"),
    axes={
        "spread": ("kind", "tensor"),
        "z": ("kind", "layer", "image", "neuron"),
        "a": ("kind", "layer", "image", "neuron"),
        "saturated": ("kind", "layer"),
        "varies": ("kind", "layer"),
        "low": (),
        "high": (),
    },
    units={"saturated": "share of activations", "varies": "median over neurons of the spread between images"},
)
def random_starts(run: Run) -> Product:
    """Untrained networks of two hidden layers of sigmoids, started with weights of three sizes: small, large and He's.

    Sums z and activations a for the training images; ``saturated`` is the share of activations below ``low`` or above
    ``high``; ``varies`` how much a neuron's activation differs from image to image (standard deviation).
    """
    config, more = digits_config(run), deep_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    bodies = starts(more.hidden, config.seed)
    seen = [deep.hidden(DeepNet(body), data.train_images[:IMAGES]) for body in bodies]
    z, a = (np.stack(part) for part in zip(*seen, strict=True))  # (kind, layer, image, neuron)
    arrays = {
        "spread": [body.spread for body in bodies],
        "z": z,
        "a": a,
        "saturated": ((a < LOW) | (a > HIGH)).mean(axis=(2, 3)),
        "varies": np.median(a.std(axis=2), axis=2),
        "low": LOW,
        "high": HIGH,
    }
    facts: dict[str, Fact] = {
        "model": f"digits 784-{more.hidden}-{more.hidden}-10, sigmoids, three starts",
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "step": 0,
    }
    return Product(arrays, facts)


@recipe(
    configs=("digits", "deep"),
    axes={
        "rates": ("rate",),
        "steps": ("look",),
        "firing": ("rate", "look", "neuron"),
        "dead": ("rate", "look", "neuron"),
        "count": ("rate", "look"),
        "accuracy": ("rate",),
        "final_count": ("rate",),
        "neurons": (),
        "dead_share": ("rate", "start"),
        "accuracies": ("rate", "start"),
    },
    units={"firing": "share of training images", "accuracy": "share of test images", "dead_share": "share of neurons"},
)
def dying_relus(run: Run) -> Product:
    """Networks of two hidden layers of ReLUs, trained by plain gradient descent with steps of four sizes.

    ``firing`` is the share of training images for which a neuron of the first hidden layer is above zero, ``dead``
    where that is none. Arrays without an axis ``start`` are of the first of three starts.
    """
    config, more = digits_config(run), deep_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    shares, accuracies = [], []
    for place, rate in enumerate(RATES):
        ends = [trained_firing(more, data, rate, config.seed + start) for start in range(STARTS)]
        shares.append([firing for firing, _ in ends])
        accuracies.append([accuracy for _, accuracy in ends])
        run.report(place + 1, len(RATES), {"accuracy": accuracies[-1][0]})
    every = np.array(shares)  # (rate, start, look, neuron)
    firing, dead = every[:, 0], every == 0
    arrays = {
        "rates": RATES,
        "steps": looks(more, data),
        "firing": firing,
        "dead": dead[:, 0],
        "count": dead[:, 0].sum(axis=2),
        "accuracy": [of_rate[0] for of_rate in accuracies],
        "final_count": dead[:, 0, -1].sum(axis=1),
        "neurons": more.hidden,
        "dead_share": dead[:, :, -1].mean(axis=2),
        "accuracies": accuracies,
    }
    facts: dict[str, Fact] = {
        "model": f"digits 784-{more.hidden}-{more.hidden}-10, ReLUs, plain gradient descent",
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "step": int(looks(more, data)[-1]),
    }
    return Product(arrays, facts)


def starts(width: int, seed: int) -> list[Body]:
    """The bodies of the three starts."""
    sizes = Body((width, width), "sigmoid", seed).sizes
    spreads = [*((std,) * (len(sizes) - 1) for std in SPREADS), deep.he(sizes)]
    return [Body((width, width), "sigmoid", seed, spread) for spread in spreads]


def looks(config: DeepConfig, data: Digits) -> tuple[int, ...]:
    """The steps at which neurons are looked at, most of them early: a first large step already kills."""
    steps = config.epochs * ceil(len(data.train_images) / config.batch)
    return tuple(sorted({round(steps * (i / (LOOKS - 1)) ** 3) for i in range(LOOKS)} | {0, 1, steps}))


def trained_firing(config: DeepConfig, data: Digits, rate: float, seed: int) -> tuple[np.ndarray, float]:
    """What each neuron of the first hidden layer fires for, (look, neuron), during a training; its test accuracy."""
    model, taken = DeepNet(Body((config.hidden,) * 2, "relu", seed)), looks(config, data)
    shares: list[np.ndarray] = []

    def look(step: int) -> None:
        if step in taken:
            shares.append(deep.firing(model, data))

    accuracies = deep.learn(model, data, Schedule("sgd", rate, config.batch, config.epochs, seed), look)
    return np.array(shares), float(accuracies[-1])
