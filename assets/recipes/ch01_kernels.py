"""Kernels that find edges: one that was written down, and those that a small convolutional network has learned."""

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import digits_config
from models import kernels
from models.configs import KernelsConfig, changes_from_variant
from models.datasets import load_digits
from models.folders import data_folder

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])  # Sobel's, which answers where it brightens to the right
CLEAR = 0.5  # likeness from which a kernel is called an edge finder
LABELS = ("model", "changes", "data", "data_source", "seed", "step", "test_accuracy")


@recipe(
    configs=("digits", "kernels"),
    axes={
        "w1": ("kernel", "row", "column"),
        "b1": ("kernel",),
        "w2": ("pattern", "kernel", "row2", "column2"),
        "b2": ("pattern",),
        "w3": ("digit", "map_pixel"),
        "b3": ("digit",),
        "test_accuracy": (),
    },
    units={"test_accuracy": "share of test images"},
)
def kernel_net(run: Run) -> Product:
    """The weights of a small convolutional network that was trained on the same digits as the film's network."""
    config, settings = digits_config(run), kernels_config(run)
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    taught = kernels.train(settings, data, config.seed, run.report)
    arrays = {name: parameter.detach().numpy() for name, parameter in kernels.parameters(taught.model).items()}
    width = kernels.WIDTH
    facts: dict[str, Fact] = {
        "model": f"convolutional network, {settings.filters} kernels of {width}x{width}",
        "changes": changes_from_variant("kernels", settings),
        "data": config.data,
        "data_source": data.source,
        "seed": config.seed,
        "step": taught.steps,
        "test_accuracy": taught.test_accuracy,
    }
    return Product(arrays | {"w1": arrays["w1"][:, 0], "test_accuracy": taught.test_accuracy}, facts)


@recipe(
    configs=("digits", "kernels"),
    needs=("kernel_net", "digit_parts"),
    axes={
        "image": ("row", "column"),
        "label": (),
        "sobel": ("sobel_row", "sobel_column"),
        "edges": ("row", "column"),
        "spot": ("corner",),
        "products": ("sobel_row", "sobel_column"),
        "sum": (),
        "kernels": ("kernel", "kernel_row", "kernel_column"),
        "nearest": ("kernel", "kernel_row", "kernel_column"),
        "likeness": ("kernel",),
        "chance": (),
        "clear": (),
        "clear_from": (),
        "count": (),
        "responses": ("kernel", "row", "column"),
        "maps1": ("kernel", "map1_row", "map1_column"),
        "maps2": ("pattern", "map2_row", "map2_column"),
        "answer": (),
        "test_accuracy": (),
    },
)
def kernel_maps(run: Run) -> Product:
    """What Sobel's and the learned kernels answer to the 9 of ``digit_parts``, and how like edge finders they are.

    ``likeness`` is the cosine of a kernel with Sobel's of its size turned by the best angle, ``nearest``; ``chance`` is
    the median likeness of kernels of random normal numbers. Kernels and ``maps1`` are in falling order of likeness.
    """
    net, nine = run.assets["kernel_net"], run.assets["digit_parts"]["images"][0]
    likeness, nearest = edge_likeness(net["w1"])
    order = np.argsort(-likeness, kind="stable")
    edges = convolved(nine, SOBEL)  # (28, 28)
    spot = np.array(np.unravel_index(np.abs(edges).argmax(), edges.shape)) - 1  # the kernel's upper left pixel
    products = SOBEL * nine[spot[0] : spot[0] + 3, spot[1] : spot[1] + 3]
    model = kernels.rebuild({name: net[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")})
    with capture(model) as taken:
        answer = kernels.outputs(model, nine[None]).argmax()
    arrays = {
        "image": nine,
        "label": run.assets["digit_parts"]["label"][0],
        "sobel": SOBEL,
        "edges": edges,
        "spot": spot,
        "products": products,
        "sum": products.sum(),
        "kernels": net["w1"][order],
        "nearest": nearest[order],
        "likeness": likeness[order],
        "chance": chance_likeness(net["w1"][0].size),
        "clear": (likeness >= CLEAR).sum(),
        "clear_from": CLEAR,
        "count": len(order),
        "responses": np.stack([convolved(nine, kernel) for kernel in net["w1"][order]]),
        "maps1": taken["m1"][0][order],
        "maps2": taken["m2"][0],
        "answer": answer,
        "test_accuracy": net["test_accuracy"],
    }
    facts: dict[str, Fact] = {name: net.provenance[name] for name in LABELS}
    criteria: dict[str, Fact] = {
        "spot_criterion": "where the answer of Sobel's kernel to the picture is largest in size",
        "clear_criterion": f"a likeness of at least {CLEAR:g}, which {beyond(CLEAR, net['w1'][0].size):.0%} of kernels "
        "of random normal numbers reach",
    }
    return Product(arrays, facts | criteria)


def kernels_config(run: Run) -> KernelsConfig:
    """The small convolutional network's settings that a run was given."""
    config = run.configs["kernels"]
    assert isinstance(config, KernelsConfig)
    return config


def convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The sum of products of a kernel (odd side) laid over each pixel of an image (row, column), zeros around it."""
    side = len(kernel)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, side // 2), (side, side))  # (row, column, s, s)
    summed: np.ndarray = np.tensordot(windows.astype(float), kernel.astype(float), 2)  # (row, column)
    return summed


def sobel(side: int) -> np.ndarray:
    """Sobel's kernel for brightening to the right in any odd size from 3, of length 1: smooth down, differ across."""
    smooth, differ = np.array([1.0]), np.array([-1.0, 0, 1])
    for _ in range(side - 1):
        smooth = np.convolve(smooth, [1, 1])  # binomial numbers
    for _ in range(side - 3):
        differ = np.convolve(differ, [1, 1])
    kernel = np.outer(smooth, differ)  # (side, side)
    return np.asarray(kernel / np.linalg.norm(kernel))


def edge_likeness(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of kernels (n, side, side) with Sobel's turned by the best angle, (n,), and that one, (n, side, side).

    Sobel's kernels across and down are at right angles and of length 1, and the turned ones are their mixtures.
    """
    across = sobel(found.shape[-1])
    pair = np.stack([across, across.T])  # (2, side, side)
    share = np.tensordot(found.astype(float), pair, ((1, 2), (1, 2)))  # (n, 2)
    along = np.maximum(np.linalg.norm(share, axis=1), np.finfo(float).tiny)  # (n,)
    lengths = np.maximum(np.linalg.norm(found.reshape(len(found), -1).astype(float), axis=1), np.finfo(float).tiny)
    return along / lengths, np.tensordot(share / along[:, None], pair, 1)


def beyond(likeness: float, entries: int) -> float:
    """The share of random normal kernels that are at least so like an edge finder.

    The squared cosine of a random direction of n numbers with a plane is Beta(1, (n - 2) / 2) distributed.
    """
    return float((1 - likeness**2) ** ((entries - 2) / 2))


def chance_likeness(entries: int) -> float:
    """The likeness that half of random normal kernels reach."""
    return float(np.sqrt(1 - 0.5 ** (2 / (entries - 2))))
