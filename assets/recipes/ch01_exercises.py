"""The numbers of the first film's exercises: a smaller network to be counted, and a digit with three of the neurons."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits, small_digits
from models.configs import DigitsConfig, ModelError, changes_from_variant
from models.datasets import Digits, load_digits
from models.folders import data_folder

WINDOW = 16  # averaged pixels whose lines to the hidden layer are drawn
ASKED, CANDIDATES, PICTURES = 3, 12, 400  # neurons in the question, neurons and test images to choose from
NAMES = "ABC"  # of the neurons in the question, in the order in which they are drawn
LAST = 1e6  # puts what is not fair behind everything that is
CLEAR = 0.5  # of the spread of all sums: what lies at least between each two of the three


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={
        "w1": ("hidden", "pixel"),
        "b1": ("hidden",),
        "w2": ("digit", "hidden"),
        "b2": ("digit",),
        "sizes": ("layer",),
        "side": (),
        "numel": ("tensor",),
        "parameters": (),
        "test_accuracy": (),
        "picture": ("row", "column"),
        "averaged": ("block_row", "block_column"),
        "block": ("corner",),
        "a0": ("pixel",),
        "a1": ("hidden",),
        "a2": ("digit",),
        "activation_max": (),
        "window": ("place",),
    },
    units={"test_accuracy": "share of test images"},
)
def small_net(run: Run) -> Product:
    """A network of 196, 32 and 10 neurons, trained as the large one is, and the lead digit inside it."""
    config, net, forward = digits_config(run), run.assets["digit_net"], run.assets["digit_forward"]
    data = load_digits(config.data, data_folder(), config.seed, run.report)
    taught = small_digits.train(config, data, run.report)
    picture = forward["images"][int(forward["lead"])]  # (28, 28)
    with capture(taught.model) as taken:
        small_digits.outputs(taught.model, data.test_images)
        brightest = float(taken["a1"].max()) or 1.0
        small_digits.outputs(taught.model, np.array(picture)[None])
    weights = {name: parameter.detach() for name, parameter in taught.model.named_parameters()}
    w1, b1, w2, b2 = (weights[f"layer{i}.{kind}"] for i in (1, 2) for kind in ("weight", "bias"))
    numel = [parameter.numel() for parameter in taught.model.parameters()]
    sizes = [w1.shape[1], w1.shape[0], w2.shape[0]]
    a0 = taken["a0"][0]  # (196,)
    arrays = {
        "w1": w1,
        "b1": b1,
        "w2": w2,
        "b2": b2,
        "sizes": sizes,
        "numel": numel,
        "parameters": sum(numel),
        "side": small_digits.averaged(picture[None]).shape[1],
        "test_accuracy": taught.test_accuracy,
        "picture": picture,
        "averaged": small_digits.averaged(picture[None])[0],
        "block": _most_mixed(picture),
        "a0": a0,
        "a1": taken["a1"][0],
        "a2": taken["a2"][0],
        "activation_max": 1.0 if config.activation == "sigmoid" else brightest,
        "window": np.sort(np.argsort(-np.abs(w1.numpy() * a0).sum(axis=0), kind="stable")[:WINDOW]),
    }
    own: dict[str, Fact] = {
        "model": f"digits {'-'.join(map(str, sizes))}",
        "changes": changes_from_variant("digits", replace(config, hidden=DigitsConfig().hidden)),
        "step": taught.steps,
        "test_accuracy": taught.test_accuracy,
        "window_criterion": f"the {WINDOW} averaged pixels whose products with their weights have the largest sum of "
        "sizes",
        "block_criterion": "the square of averaged pixels whose shades in the large picture differ most; the first of "
        "several",
    }
    return Product(arrays, caption(net) | own)


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "image": ("row", "column"),
        "label": (),
        "neurons": ("asked",),
        "weights": ("asked", "row", "column"),
        "lit": ("row", "column"),
        "unlit": (),
        "products": ("asked", "row", "column"),
        "bias": ("asked",),
        "sums": ("asked",),
        "z": ("asked",),
        "activation": ("asked",),
        "weight_sums": ("asked",),
        "winner": (),
        "winner_z": (),
        "second_z": (),
        "spread": (),
    },
)
def loudest_neuron(run: Run) -> Product:
    """A test digit and three neurons of the first hidden layer, of which one has clearly the largest sum for it.

    Weights are 0 where no training digit is lit, ``lit`` says where; weight_sums are of all of a neuron's weights, sums
    of the products, and z adds the bias.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    lit: np.ndarray = np.any(data.train_images > 0, axis=0)  # (row, column)
    usable = _usable(model, data, lit)
    with capture(model) as taken:
        digits.outputs(model, data.test_images[usable])
    z, a1 = taken["z1"], taken["a1"]  # (image, layer1)
    drawn = net["w1"] * lit.reshape(-1)  # (layer1, pixel): without those that no training image lights
    totals = np.stack([net["w1"].sum(axis=1), drawn.sum(axis=1)])  # (2, layer1)
    example, chosen = _fair_question(z, z - net["b1"], totals)
    image = data.test_images[usable[example]]  # (row, column)
    seen = z[example, chosen]  # (3,)
    weights = drawn[chosen].reshape(-1, *lit.shape)  # (3, row, column)
    arrays = {
        "image": image,
        "label": data.test_labels[usable[example]],
        "neurons": chosen,
        "weights": weights,
        "lit": lit,
        "unlit": (~lit).sum(),
        "products": weights * image,
        "bias": net["b1"][chosen],
        "sums": seen - net["b1"][chosen],
        "z": seen,
        "activation": a1[example, chosen] / (1.0 if config.activation == "sigmoid" else float(a1.max()) or 1.0),
        "weight_sums": totals[0, chosen],
        "winner": seen.argmax(),
        "winner_z": seen.max(),
        "second_z": np.sort(seen)[-2],
        "spread": z.std(),
    }
    facts: dict[str, Fact] = {"question_criterion": _CRITERION, "winner": NAMES[int(seen.argmax())]}
    return Product(arrays, caption(net) | facts)


_CRITERION = (
    f"of the first {PICTURES} test images that are read correctly and light only pixels that some training image "
    f"lights, and of the {CANDIDATES} neurons of the first hidden layer whose sums vary most on them: the image and "
    f"the three neurons whose sums lie at least {CLEAR:.0%} of the spread of all sums apart, with and without bias in "
    "the same order, and the largest by the whole spread above zero, while the weights of that neuron, all of them and "
    "those that are drawn, add up to least; of these the one in which they fall behind the largest sum by most, or "
    "where none is so clear the clearest whose largest sum has the least weights"
)


def _most_mixed(picture: np.ndarray) -> np.ndarray:
    """Row and column, in the averaged picture, of the square of pixels with the widest range, (2,)."""
    side, block = len(picture) // small_digits.BLOCK, small_digits.BLOCK
    ranges = np.ptp(picture.reshape(side, block, side, block), axis=(1, 3))  # (side, side)
    return np.array(np.unravel_index(ranges.argmax(), ranges.shape))


def _usable(model: digits.DigitNet, data: Digits, lit: np.ndarray) -> np.ndarray:
    """Places of the test images that may be shown, (image,)."""
    right = digits.outputs(model, data.test_images).argmax(axis=1) == data.test_labels
    inside = ~(data.test_images[:, ~lit] > 0).any(axis=1)
    return np.flatnonzero(right & inside)[:PICTURES]


def _fair_question(z: np.ndarray, sums: np.ndarray, totals: np.ndarray) -> tuple[int, np.ndarray]:
    """The image and the three neurons (3,) of the criterion, from sums with and without bias (image, neuron).

    totals: the sums of all weights, and of those that are drawn, (2, neuron).
    Raises: ModelError where no three neurons make a fair question.
    """
    varied = np.sort(np.argsort(-z.std(axis=0), kind="stable")[:CANDIDATES])
    triples = np.array(list(combinations(varied.tolist(), ASKED)), dtype=int).reshape(-1, ASKED)  # (triple, 3)
    best, example, spread = -np.inf, 0, z.std()
    chosen = triples[:0]
    least, behind = totals[:, triples].argmin(axis=2), np.ptp(totals[0, triples], axis=1)  # (2, triple), (triple,)
    for place in range(len(z) if len(triples) else 0):
        with_bias, without = z[place, triples].astype(float), sums[place, triples]  # (triple, 3)
        gap = np.minimum(*(np.diff(np.sort(each)).min(axis=1) for each in (with_bias, without)))  # (triple,)
        agree = (with_bias.argsort(axis=1) == without.argsort(axis=1)).all(axis=1)
        fair = agree & (gap >= CLEAR * spread) & (with_bias.max(axis=1) >= spread)
        misleading = (with_bias.argmax(axis=1) == least).all(axis=0)
        score = np.where(misleading, np.where(fair, behind, gap - LAST), -np.inf)
        if score.max() > best:
            best, example, chosen = float(score.max()), place, triples[score.argmax()]
    if not len(chosen):
        raise ModelError(
            f"No {ASKED} of the network's {z.shape[1]} neurons make a question of which sum is largest; take more "
            "neurons in digits.hidden."
        )
    return example, chosen
