"""What the kit's gallery draws of the digit network beside the arrays of chapter 1."""

import numpy as np
import torch

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from assets.store import Asset
from models import digits
from models.datasets import Digits, load_digits
from models.folders import data_folder
from models.train import one_thread

CLOUD = 300  # test digits
SURFACE = 41  # points along each direction
MARGIN = 0.35  # of the path's extent, shown around it


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "points": ("digit", "layer2"),
        "label": ("digit",),
        "mean": ("layer2",),
        "basis": ("direction", "layer2"),
        "explained": ("direction",),
        "images": ("example", "row", "column"),
        "image_points": ("example", "layer2"),
        "image_label": ("example",),
    },
    units={"explained": "share of variance"},
)
def digit_cloud(run: Run) -> Product:
    """Second-layer activations of test digits, with the three directions in which they vary most."""
    model, data, net = _digits(run)
    count = min(CLOUD, len(data.test_labels))
    points = _tapped(model, data.test_images, "a2")[:count].astype(np.float64)
    label = data.test_labels[:count]
    mean = points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(points - mean, full_matrices=False)  # directions (16, layer2)
    directions *= np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])[:, None]
    nearest = [_nearest_mean(points, label, digit) for digit in np.unique(label)]
    arrays = {
        "points": points,
        "label": label,
        "mean": mean,
        "basis": directions[:3],
        "explained": (sizes**2 / (sizes**2).sum())[:3],
        "images": data.test_images[nearest],
        "image_points": points[nearest],
        "image_label": label[nearest],
    }
    facts: dict[str, Fact] = {"criterion": f"the first {count} test digits; of each class the one nearest its mean"}
    return Product(arrays, caption(net) | facts)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "images": ("query", "row", "column"),
        "label": ("query",),
        "query": ("query", "layer2"),
        "key": ("key", "layer2"),
        "value": ("key", "layer2"),
        "scores": ("query", "key"),
        "full": ("query", "key"),
        "pattern": ("query", "key"),
        "output": ("query", "layer2"),
    },
)
def digit_pattern(run: Run) -> Product:
    """Digits that attend to digits: softmax of products of standardised second-layer activations, nothing trained."""
    model, data, net = _digits(run)
    hidden = _tapped(model, data.test_images, "a2").astype(np.float64)
    standard = (hidden - hidden.mean(axis=0)) / np.maximum(hidden.std(axis=0), 1e-6)
    right = digits.outputs(model, data.test_images).argmax(axis=1) == data.test_labels
    classes = _best_read(right, data.test_labels)[:4]
    chosen = [int(i) for c in classes for i in np.flatnonzero((data.test_labels == c) & right)[:2]]
    chosen = [*chosen[::2], *chosen[1::2]]  # one of each class, then another of each
    x = torch.from_numpy(standard[chosen])  # (query, layer2)
    scores = x @ x.T / x.shape[1] ** 0.5  # (query, key)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    pattern = scores.masked_fill(future, -torch.inf).softmax(dim=1)
    arrays = {
        "images": data.test_images[chosen],
        "label": data.test_labels[chosen],
        "query": x,
        "key": x,
        "value": x,
        "scores": scores,
        "full": scores.softmax(dim=1),
        "pattern": pattern,
        "output": pattern @ x,
    }
    facts: dict[str, Fact] = {
        "criterion": "of the four classes read best, two correctly read test digits each, the first in the test set",
        "attention": "queries, keys and values are the standardised activations themselves; nothing was trained for it",
    }
    return Product(arrays, caption(net) | facts)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "x": ("x",),
        "y": ("y",),
        "loss": ("y", "x"),
        "path": ("step", "direction"),
        "path_loss": ("step",),
        "explained": ("direction",),
    },
    units={"explained": "share of the path's squared length"},
)
def digit_surface(run: Run) -> Product:
    """The training loss on the plane through the last weights along the two main directions of the training path.

    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 7, for the plane.
    """
    model, data, net = _digits(run)
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    steps = np.concatenate([net[f"{n}_steps"].reshape(len(net["steps"]), -1) for n in names], axis=1).astype(float)
    last = steps[-1]
    _, sizes, directions = np.linalg.svd(steps - last, full_matrices=False)
    path = (steps - last) @ directions[:2].T  # (step, direction)
    x, y = (_around(path[:, i]) for i in (0, 1))
    config = digits_config(run)
    loss_of, wanted = digits.loss_of(config), torch.from_numpy(data.train_labels)
    pixels, parameters = digits.rows(data.train_images), list(digits.parameters(model).values())
    loss = np.zeros((SURFACE, SURFACE))
    with one_thread(), torch.no_grad():
        for j, up in enumerate(y):
            for i, along in enumerate(x):
                _fill(parameters, last + along * directions[0] + up * directions[1])
                loss[j, i] = float(loss_of(model(pixels), wanted))
            run.report(j + 1, SURFACE, {"loss": loss[j].min()})
    share = (sizes**2 / (sizes**2).sum())[:2]
    arrays = {"x": x, "y": y, "loss": loss, "path": path, "path_loss": net["loss_steps"], "explained": share}
    return Product(arrays, caption(net))


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={"value": ("node",), "gradient": ("node",), "digit": (), "neuron": ()},
)
def digit_backward(run: Run) -> Product:
    """One output as a computation graph with gradients: w a + rest = z, out = sigmoid(z), cost = (out - target)^2.

    Nodes: w, a, w a, rest, z, out, target, cost. The rest is the bias and all other products.
    """
    net, forward = run.assets["digit_net"], run.assets["digit_forward"]
    lead = int(forward["lead"])
    digit = int(forward["label"][lead])
    a2, flow = forward["a2"][lead], forward["flow3"][digit]
    neuron = int(np.abs(flow).argmax())
    given = (net["w3"][digit, neuron], a2[neuron], forward["z3"][lead, digit] - flow[neuron], 1.0)
    w, a, rest, target = (torch.tensor(float(v), dtype=torch.float64, requires_grad=True) for v in given)
    product = w * a
    z = product + rest
    out = z.sigmoid()
    cost = (out - target).square()
    nodes = (w, a, product, rest, z, out, target, cost)
    gradient = torch.autograd.grad(cost, nodes)
    arrays = {
        "value": torch.stack(nodes),
        "gradient": torch.stack(gradient),
        "digit": digit,
        "neuron": neuron,
    }
    facts: dict[str, Fact] = {"criterion": "the example of the film, its digit's output, and the largest product there"}
    return Product(arrays, caption(net) | facts)


def _digits(run: Run) -> tuple[digits.DigitNet, Digits, Asset]:
    config, net = digits_config(run), run.assets["digit_net"]
    return trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report), net


def _tapped(model: digits.DigitNet, images: np.ndarray, tap: str) -> np.ndarray:
    with capture(model) as taken:
        digits.outputs(model, images)
    return taken[tap]


def _nearest_mean(points: np.ndarray, label: np.ndarray, digit: int) -> int:
    own = np.flatnonzero(label == digit)
    return int(own[np.linalg.norm(points[own] - points[own].mean(axis=0), axis=1).argmin()])


def _best_read(right: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Classes with at least two digits read correctly, those read best first, ties in order."""
    classes = np.array([c for c in range(10) if (right & (label == c)).sum() >= 2], dtype=int)
    shares = np.array([right[label == c].mean() for c in classes])
    return classes[np.argsort(-shares, kind="stable")]


def _around(path: np.ndarray) -> np.ndarray:
    """Evenly spaced distances that hold a path with a margin, (SURFACE,)."""
    space = MARGIN * np.ptp(path)
    return np.linspace(path.min() - space, path.max() + space, SURFACE)


def _fill(parameters: list[torch.Tensor], flat: np.ndarray) -> None:
    start = 0
    for parameter in parameters:
        piece = flat[start : start + parameter.numel()]
        parameter.data.copy_(torch.from_numpy(piece).view(parameter.shape))
        start += parameter.numel()
