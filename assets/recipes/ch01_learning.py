"""The numbers of three scenes: one pixel's neuron, a digit read all through the training, the surest mistake."""

import numpy as np

from assets.capture import capture
from assets.recipe import Fact, Product, Run, recipe
from assets.recipes.ch01_neural_network import caption, digits_config, trained
from models import digits
from models.datasets import load_digits
from models.folders import data_folder

GALLERY = 21  # wrongly read images that are kept
VOTERS = 8  # neurons whose votes are drawn one by one
NAMES = ("w1", "b1", "w2", "b2", "w3", "b3")
PIXEL_CRITERION = "the pixel of the lead digit whose shade is nearest to one half"
LEARNER_CRITERION = "the lead digit of the asset digit_forward"
MISTAKE_CRITERION = (
    "of the test images that are read wrong, the one with the largest winning output; where none is read wrong, the "
    "one with the smallest"
)
VOTER_CRITERION = (
    f"the {VOTERS} neurons of the layer before whose votes for the two digits differ most, in the order in which they "
    "argue for the answer"
)


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={"pixel": (), "row": (), "column": (), "value": ()},
)
def pixel_neuron(run: Run) -> Product:
    """One of the lead digit's pixels, and the shade that its neuron of the first layer holds."""
    forward = run.assets["digit_forward"]
    image = forward["images"][int(forward["lead"])]  # (28, 28)
    pixel = int(np.abs(image - 0.5).argmin())
    row, column = divmod(pixel, image.shape[1])
    arrays = {"pixel": pixel, "row": row, "column": column, "value": image[row, column]}
    return Product(arrays, caption(run.assets["digit_net"]) | {"criterion": PIXEL_CRITERION})


@recipe(
    configs=("digits",),
    needs=("digit_net", "digit_forward"),
    axes={
        "a1_steps": ("step", "layer1"),
        "a2_steps": ("step", "layer2"),
        "a3_steps": ("step", "digit"),
        "answer_steps": ("step",),
        "activation_max": (),
    },
)
def digit_learning(run: Run) -> Product:
    """What the network made of one test digit at each recorded step of its training.

    `activation_max` is what the brightest hidden neuron stands for: 1 for sigmoids, else the largest of the training.
    """
    config, net, forward = digits_config(run), run.assets["digit_net"], run.assets["digit_forward"]
    image = forward["images"][int(forward["lead"])]  # (28, 28)
    looks: list[dict[str, np.ndarray]] = []
    for place in range(len(net["steps"])):
        model = digits.rebuild(config, {name: net[f"{name}_steps"][place] for name in NAMES})
        with capture(model) as taken:
            digits.outputs(model, image[None].copy())  # torch takes no read-only array
        looks.append({name: taken[name][0] for name in ("a1", "a2", "a3")})
    seen = {f"{name}_steps": np.stack([look[name] for look in looks]) for name in looks[0]}  # (step, neuron) each
    brightest = float(max(seen["a1_steps"].max(), seen["a2_steps"].max())) or 1.0
    arrays = {
        **seen,
        "answer_steps": seen["a3_steps"].argmax(axis=1),
        "activation_max": 1.0 if config.activation == "sigmoid" else brightest,
    }
    return Product(arrays, caption(net) | {"example_criterion": LEARNER_CRITERION})


@recipe(
    configs=("digits",),
    needs=("digit_net",),
    axes={
        "gallery": ("example", "row", "column"),
        "image": ("row", "column"),
        "label": (),
        "answer": (),
        "rival": (),
        "output": (),
        "outputs": ("digit",),
        "activations": ("layer2",),
        "activation_max": (),
        "votes": ("candidate", "layer2"),
        "bias": ("candidate",),
        "sums": ("candidate",),
        "voters": ("place",),
        "wrong": (),
        "tests": (),
        "sure": (),
    },
)
def digit_mistake(run: Run) -> Product:
    """The surest mistake on the test images, and how the last layer came to it.

    `gallery` are wrongly read images, the surest first, or the chosen one alone where none is read wrong. Candidates
    are the answer and its rival: the label, or the runner-up where the answer is right. `votes` are products of weight
    and activation; with the bias they add up to `sums`, from which the outputs are made. `activation_max` is what the
    brightest neuron stands for: 1 for sigmoids, else the largest of the layer for this image.
    """
    config, net = digits_config(run), run.assets["digit_net"]
    model, data = trained(config, net), load_digits(config.data, data_folder(), config.seed, run.report)
    outputs = digits.outputs(model, data.test_images)  # (test image, digit)
    wrong = np.flatnonzero(outputs.argmax(axis=1) != data.test_labels)
    best = outputs.max(axis=1)  # (test image,)
    surest = wrong[np.argsort(-best[wrong], kind="stable")]
    chosen = int(surest[0] if len(surest) else best.argmin())
    with capture(model) as taken:
        digits.outputs(model, data.test_images[[chosen]])
    label, answer = int(data.test_labels[chosen]), int(outputs[chosen].argmax())
    rival = label if label != answer else int(np.argsort(-outputs[chosen], kind="stable")[1])
    pair, held = [answer, rival], taken["a2"][0]  # (2,), (layer2,)
    votes = net["w3"][pair] * held  # (2, layer2)
    arrays = {
        "gallery": data.test_images[surest[:GALLERY] if len(surest) else [chosen]],
        "image": data.test_images[chosen],
        "label": label,
        "answer": answer,
        "rival": rival,
        "output": outputs[chosen, answer],
        "outputs": outputs[chosen],
        "activations": held,
        "activation_max": 1.0 if config.activation == "sigmoid" else float(held.max()) or 1.0,
        "votes": votes,
        "bias": net["b3"][pair],
        "sums": taken["z3"][0][pair],
        "voters": _most_apart(votes[0] - votes[1]),
        "wrong": len(wrong),
        "tests": len(data.test_labels),
        "sure": bool(len(wrong)) and bool(outputs[chosen, answer] > 0.5),
    }
    facts: dict[str, Fact] = {"example_criterion": MISTAKE_CRITERION, "voter_criterion": VOTER_CRITERION}
    return Product(arrays, caption(net) | facts)


def _most_apart(lead: np.ndarray) -> np.ndarray:
    """Of what each neuron gives the answer above its rival (layer2,) the largest sizes, falling, (k,)."""
    largest = np.argsort(-np.abs(lead), kind="stable")[:VOTERS]
    return np.array(largest[np.argsort(-lead[largest], kind="stable")])
