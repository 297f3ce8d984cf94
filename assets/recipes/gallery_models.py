"""What the kit's gallery draws of three small models of its own: one neuron, letter pairs, a residual network."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import digits_config
from models import letters, residual
from models.datasets import Digits, load_digits
from models.folders import data_folder
from models.train import one_thread

STARTS, STEPS, RATE = 200, 60, 4.0  # of the neuron's descent; the rate is large because its loss is flat far out


@recipe(
    configs=("digits",),
    axes={
        "w": ("w",),
        "b": ("b",),
        "loss": ("b", "w"),
        "gradient": ("b", "w", "part"),
        "paths": ("step", "start", "part"),
        "path_loss": ("step", "start"),
        "pixel": ("place",),
        "digits": ("class",),
    },
)
def neuron_descent(run: Run) -> Product:
    """One neuron with one weight and one bias learns to tell two digits apart by one pixel, from 200 starts."""
    config = digits_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    pixel, pair = _telling_pixel(data)
    used = np.isin(data.train_labels, pair)
    x = torch.from_numpy(data.train_images.reshape(len(used), -1)[used, pixel]).double()  # (example,)
    y = torch.from_numpy((data.train_labels[used] == pair[1]).astype(float))

    with one_thread():
        wide = torch.linspace(-6, 9, 31, dtype=torch.float64)  # as far as the paths reach
        side = torch.linspace(-6, 6, 25, dtype=torch.float64)
        loss, gradient = _loss_and_gradient(x, y, *torch.meshgrid(wide, side, indexing="xy"))  # (b, w)
        generator = torch.Generator().manual_seed(config.seed)
        place = 12 * torch.rand(STARTS, 2, generator=generator, dtype=torch.float64) - 6  # (start, part): w, b
        paths, losses = [], []
        for _ in range(STEPS):
            cost, slope = _loss_and_gradient(x, y, place[:, 0], place[:, 1])
            paths.append(place)
            losses.append(cost)
            place = place - RATE * slope
    seen = {"w": wide, "b": side, "loss": loss, "gradient": gradient}
    walked = {"paths": torch.stack(paths), "path_loss": torch.stack(losses)}
    arrays = {**seen, **walked, "pixel": divmod(pixel, data.train_images.shape[2]), "digits": pair}
    facts: dict[str, Fact] = {
        "model": "one sigmoid neuron, one input",
        "variant": "gradient descent",
        "changes": "",
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "step": len(paths) - 1,
        "test_accuracy": _accuracy(data, pixel, pair, paths[-1][losses[-1].argmin()].numpy()),
        "criterion": "the pixel and the two digits with the largest difference of means over standard deviation",
    }
    return Product(arrays, facts)


@recipe(
    axes={
        "letters": ("symbol",),
        "probability": ("previous", "next"),
        "sampled": ("place",),
        "u": ("place",),
        "candidates": ("place", "next"),
        "seed": (),
    }
)
def letter_model(run: Run) -> Product:
    """The chance of each letter after each other one in a page of text, and letters drawn from it."""
    probability = letters.bigrams()
    chosen, u = letters.sample(probability, length=24, seed=0)
    before = np.concatenate([[0], chosen[:-1]])
    codes = np.array([ord(c) for c in letters.SYMBOLS])
    arrays = {
        "letters": codes,
        "probability": probability,
        "sampled": codes[chosen],
        "u": u,
        "candidates": probability[before],
        "seed": 0,
    }
    facts: dict[str, Fact] = {
        "model": "letter bigrams",
        "variant": "counts plus one",
        "data": "a page of this project's own text",
        "seed": 0,
    }
    return Product(arrays, facts)


@recipe(
    configs=("digits",),
    axes={
        "stream": ("state", "example", "width"),
        "images": ("example", "row", "column"),
        "label": ("example",),
        "test_accuracy": (),
    },
)
def digit_depth(run: Run) -> Product:
    """The residual stream of eight test digits after the first layer and after each of four blocks."""
    config = digits_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    depth = residual.ResidualConfig(seed=config.seed)
    model, accuracy = residual.train(depth, data, run.report)
    images, label = data.test_images[:8], data.test_labels[:8]
    with capture(model) as taken:
        residual.logits(model, images)
    stream = np.stack([taken[f"x.{i}"] for i in range(depth.blocks + 1)])  # (state, example, width)
    facts: dict[str, Fact] = {
        "model": f"residual {depth.width} wide, {depth.blocks} blocks",
        "variant": "relu",
        "changes": "",
        "data": config.data,
        "data_source": data.source,
        "seed": depth.seed,
        "step": depth.epochs * -(-len(data.train_labels) // depth.batch),
        "test_accuracy": accuracy,
        "criterion": "the first eight test digits",
    }
    return Product({"stream": stream, "images": images, "label": label, "test_accuracy": accuracy}, facts)


def _loss_and_gradient(x: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Cross entropy (...) of sigmoid(w x + b) on examples x with answers y, and its slopes (..., 2) along w and b."""
    w, b = w.detach().requires_grad_(), b.detach().requires_grad_()
    z = w[..., None] * x + b[..., None]  # (..., example)
    loss = (softplus(z) - y * z).mean(dim=-1)  # (...)
    dw, db = torch.autograd.grad(loss.sum(), (w, b))
    return loss.detach(), torch.stack([dw, db], dim=-1)


def _telling_pixel(data: Digits) -> tuple[int, np.ndarray]:
    """The pixel and the pair of digits whose means differ most in standard deviations; the brighter digit is second."""
    pixels = data.train_images.reshape(len(data.train_labels), -1).astype(np.float64)
    means = np.stack([pixels[data.train_labels == c].mean(axis=0) for c in range(10)])  # (digit, pixel)
    spread = np.stack([pixels[data.train_labels == c].var(axis=0) for c in range(10)])
    gap = (means[None] - means[:, None]) / np.sqrt(spread[None] + spread[:, None] + 1e-2)  # (dim digit, bright, pixel)
    dim, bright, pixel = np.unravel_index(gap.argmax(), gap.shape)
    return int(pixel), np.array([dim, bright])


def _accuracy(data: Digits, pixel: int, pair: np.ndarray, place: np.ndarray) -> float:
    """Share of the test digits of the pair that the neuron with this weight and bias names correctly."""
    used = np.isin(data.test_labels, pair)
    z = place[0] * data.test_images.reshape(len(used), -1)[used, pixel] + place[1]
    return float(((z > 0) == (data.test_labels[used] == pair[1])).mean())
