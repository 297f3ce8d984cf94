"""One digit through two heads of the digit network, and how far the chances of the second can be trusted.

Sources: Bridle 1990, "Probabilistic Interpretation of Feedforward Classification Network Outputs", for the softmax;
Guo et al. 2017, "On Calibration of Modern Neural Networks", for the reliability diagram and its expected error.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits
from models.configs import DigitsConfig, changes_from_variant
from models.datasets import Digits, load_digits
from models.folders import data_folder

Loss = Literal["squared", "cross_entropy"]

LOSSES: tuple[Loss, ...] = ("squared", "cross_entropy")  # of ten sigmoids, and of a softmax
BINS = 10
TORN = 10  # test digits with the largest second chance, from which one is chosen
FASTEST = 0.5  # learning rate of the new head under SGD; at 3 it named .67, .67 and .76 of the test digits (3 seeds)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "image": ("row", "column"),
        "label": (),
        "sigmoid_z": ("digit",),
        "sigmoid_a": ("digit",),
        "sigmoid_sum": (),
        "z": ("digit",),
        "p": ("digit",),
        "p_sum": (),
        "label_p": (),
        "second": (),
        "second_p": (),
        "confidence": ("test",),
        "hit": ("test",),
        "edges": ("edge",),
        "counts": ("bin",),
        "bin_confidence": ("bin",),
        "bin_right": ("bin",),
        "mean_confidence": (),
        "accuracy": (),
        "calibration_error": (),
        "tests": (),
    },
    units={"accuracy": "share of test images", "bin_right": "share of the bin's test images"},
)
def digit_chances(run: Run) -> Product:
    """A test digit's ten outputs by sigmoids and by a softmax, and the softmax head's calibration on all test digits.

    Bins hold the test digits whose largest chance lies between two edges; an empty one has 0 as its means.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    heads = {config.loss: trained(config, net)}
    settings = {loss: _with_head(config, loss) for loss in LOSSES}
    for loss, setting in settings.items():
        if loss not in heads:
            heads[loss] = digits.train(setting, run.report, data_folder()).model
    (sigmoid_z, sigmoid_a), (z, p) = (_look(heads[loss], data) for loss in LOSSES)  # (test, 10) each
    right = [answers.argmax(axis=1) == data.test_labels for answers in (sigmoid_a, p)]  # (test,) for each head
    example = _example(sigmoid_a, p, right[0] & right[1])
    confidence, hit = p.max(axis=1), right[1]
    second = int(np.argsort(p[example])[-2])
    arrays = {
        "image": data.test_images[example],
        "label": data.test_labels[example],
        "sigmoid_z": sigmoid_z[example],
        "sigmoid_a": sigmoid_a[example],
        "sigmoid_sum": sigmoid_a[example].sum(dtype=np.float64),
        "z": z[example],
        "p": p[example],
        "p_sum": p[example].sum(dtype=np.float64),
        "label_p": p[example][data.test_labels[example]],
        "second": second,
        "second_p": p[example][second],
        **_bins(confidence, hit),
        "tests": len(hit),
    }
    softmax = settings["cross_entropy"]
    facts: dict[str, Fact] = {
        "model": f"{net.provenance['model']} with a softmax head",
        "changes": changes_from_variant("digits", softmax).replace("_", " "),
        "test_accuracy": float(hit.mean()),
        "head_criterion": "same body, start, data and schedule, cross entropy instead of squared error or the other "
        f"way round; under SGD a learning rate of at most {FASTEST} for cross entropy",
        "example_criterion": f"of the {TORN} test digits with the largest second chance that both heads read "
        "correctly, the one whose sigmoids sum farthest from 1",
        "bin_criterion": f"{BINS} bins of equal width for the largest of the ten chances",
    }
    return Product(arrays, caption(net) | facts)


def _with_head(config: DigitsConfig, loss: Loss) -> DigitsConfig:
    """The settings of the network with the head that belongs to a loss."""
    if loss == config.loss:
        return config
    if loss == "squared":
        return replace(config, loss="squared")
    lr = min(config.lr, FASTEST) if config.optimizer == "sgd" else config.lr
    return replace(config, loss="cross_entropy", lr=lr)


def _look(model: digits.DigitNet, data: Digits) -> tuple[np.ndarray, np.ndarray]:
    """The ten sums and the ten outputs for each test image, (test, 10) each."""
    with capture(model) as taken:
        digits.outputs(model, data.test_images)
    return taken["z3"], taken["a3"]


def _example(sigmoids: np.ndarray, chances: np.ndarray, allowed: np.ndarray) -> int:
    """Of the TORN most torn images that are allowed the one whose sigmoids, (test, 10), sum farthest from 1."""
    second = np.sort(chances, axis=1)[:, -2]
    torn = np.argsort(-np.where(allowed if allowed.any() else True, second, -1), kind="stable")[:TORN]
    return int(torn[np.abs(sigmoids[torn].sum(axis=1) - 1).argmax()])


def _bins(confidence: np.ndarray, hit: np.ndarray) -> dict[str, object]:
    """The largest chance and whether it was right, (test,) each, gathered in bins of equal width."""
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.ceil(confidence.astype(np.float64) * BINS).astype(int) - 1, 0, BINS - 1)  # upper edge belongs
    counts = np.bincount(place, minlength=BINS)
    sure, right = (np.bincount(place, v, BINS) / np.maximum(counts, 1) for v in (confidence, hit.astype(float)))
    return {
        "confidence": confidence,
        "hit": hit,
        "edges": edges,
        "counts": counts,
        "bin_confidence": sure,
        "bin_right": right,
        "mean_confidence": confidence.mean(dtype=np.float64),
        "accuracy": hit.mean(),
        "calibration_error": float((counts * np.abs(right - sure)).sum() / len(hit)),
    }
