"""What the film says of one pixel's neuron, of the training and of the surest mistake, tested on their assets."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes import ch01_learning
from assets.recipes.ch01_learning import GALLERY, VOTERS, digit_learning, digit_mistake, pixel_neuron
from assets.recipes.ch01_neural_network import digit_forward, digit_net
from assets.store import make_asset
from models import digits
from models.configs import make_config
from models.datasets import load_digits

QUICK = {"film": {"lr": 3.0, "epochs": 5}, "relu": {"variant": "relu_adam", "epochs": 4, "seed": 1, "hidden": 5}}
FULL = [{}, {"seed": 1}, {"seed": 2}, {"hidden": 32}, {"variant": "relu_adam_augmented", "seed": 3}]


def nothing(step, steps, figures):
    """A report that nobody reads."""


def build(overrides):
    """The config, and the assets of one training by name."""
    config, assets = make_config("digits", overrides), {}
    for recipe in (digit_net, digit_forward, pixel_neuron, digit_learning, digit_mistake):
        given = {name: assets[name] for name in recipe.needs}
        assets[recipe.name] = make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, given, nothing)))
    return config, assets


@pytest.fixture(scope="module", params=QUICK)
def film(request):
    return build(QUICK[request.param])


def outputs_of(config, assets):
    data = load_digits("bundled", Path(), config.seed, nothing)
    net = assets["digit_net"]
    model = digits.rebuild(config, {name: net[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")})
    return digits.outputs(model, data.test_images), data


def squashed(config, z):
    return np.maximum(z, 0) if config.activation == "relu" else 1 / (1 + np.exp(-z))


def test_the_pulled_out_pixel_is_the_one_nearest_to_half_and_holds_its_shade(film):
    _, assets = film
    forward, chosen = assets["digit_forward"], assets["pixel_neuron"]
    image = forward["images"][int(forward["lead"])]
    assert chosen["value"] == image[int(chosen["row"]), int(chosen["column"])] == image.ravel()[int(chosen["pixel"])]
    assert abs(chosen["value"] - 0.5) == np.abs(image - 0.5).min()


def test_activations_along_the_training_are_those_of_the_weights_at_each_step(film):
    config, assets = film
    net, forward, learning = (assets[name] for name in ("digit_net", "digit_forward", "digit_learning"))
    before = np.tile(forward["images"][int(forward["lead"])].reshape(1, -1), (len(net["steps"]), 1)).astype(float)
    for i in (1, 2):
        z = np.einsum("soi,si->so", net[f"w{i}_steps"], before) + net[f"b{i}_steps"]
        before = squashed(config, z)
        np.testing.assert_allclose(learning[f"a{i}_steps"], before, rtol=1e-4, atol=1e-5)
        assert before.max() <= learning["activation_max"] * (1 + 1e-5)
    assert np.array_equal(learning["answer_steps"], learning["a3_steps"].argmax(axis=1))


def test_the_training_ends_with_the_digit_read_correctly(film):
    _, assets = film
    forward, learning = assets["digit_forward"], assets["digit_learning"]
    lead = int(forward["lead"])
    np.testing.assert_allclose(learning["a3_steps"][-1], forward["a3"][lead], atol=1e-5)
    assert learning["answer_steps"][-1] == forward["lead_label"] == forward["lead_answer"]


def test_the_mistake_is_the_wrongly_read_image_with_the_largest_winning_output(film):
    outputs, data = outputs_of(*film)
    mistake = film[1]["digit_mistake"]
    wrong = outputs.argmax(axis=1) != data.test_labels
    assert (mistake["wrong"], mistake["tests"]) == (wrong.sum(), len(wrong))
    assert mistake["answer"] != mistake["label"] == mistake["rival"]
    assert mistake["output"] == mistake["outputs"].max() == pytest.approx(outputs[wrong].max(), abs=1e-6)
    assert mistake["outputs"].argmax() == mistake["answer"]
    place = np.flatnonzero((data.test_images == mistake["image"]).all(axis=(1, 2)))
    assert data.test_labels[place].tolist() == [mistake["label"]]


def test_the_gallery_holds_wrongly_read_images_from_the_surest_on(film):
    outputs, data = outputs_of(*film)
    mistake = film[1]["digit_mistake"]
    assert len(mistake["gallery"]) == min(mistake["wrong"], GALLERY)
    assert np.array_equal(mistake["gallery"][0], mistake["image"])
    best = []
    for image in mistake["gallery"]:
        place = int(np.flatnonzero((data.test_images == image).all(axis=(1, 2)))[0])
        assert outputs[place].argmax() != data.test_labels[place]
        best.append(outputs[place].max())
    assert best == sorted(best, reverse=True)


def test_votes_with_the_bias_are_the_sums_and_the_larger_sum_wins(film):
    config, assets = film
    net, mistake = assets["digit_net"], assets["digit_mistake"]
    pair = [int(mistake["answer"]), int(mistake["rival"])]
    expected = net["w3"][pair].astype(float) * mistake["activations"]
    np.testing.assert_allclose(mistake["votes"], expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(expected.sum(axis=1) + net["b3"][pair], mistake["sums"], rtol=1e-5, atol=2e-5)
    assert mistake["sums"][0] > mistake["sums"][1]
    if config.loss == "squared":
        np.testing.assert_allclose(1 / (1 + np.exp(-mistake["sums"])), mistake["outputs"][pair], atol=1e-5)
    a1 = squashed(config, mistake["image"].reshape(-1) @ net["w1"].T.astype(float) + net["b1"])
    np.testing.assert_allclose(mistake["activations"], squashed(config, a1 @ net["w2"].T + net["b2"]), atol=1e-4)
    assert mistake["activations"].max() <= mistake["activation_max"]


def test_voters_are_those_that_differ_most_from_the_strongest_for_the_answer_on(film):
    mistake = film[1]["digit_mistake"]
    apart = mistake["votes"][0].astype(float) - mistake["votes"][1]
    voters = mistake["voters"]
    assert len(set(voters.tolist())) == len(voters) == min(VOTERS, len(apart))
    assert np.all(np.diff(apart[voters]) <= 1e-6)
    assert np.abs(apart[voters]).min() >= np.abs(np.delete(apart, voters)).max(initial=0) - 1e-6


def test_where_nothing_is_read_wrong_the_least_sure_right_answer_is_shown(film, monkeypatch):
    config, assets = film
    outputs, data = outputs_of(config, assets)
    right = outputs.argmax(axis=1) == data.test_labels
    flawless = replace(data, test_images=data.test_images[right], test_labels=data.test_labels[right])
    monkeypatch.setattr(ch01_learning, "load_digits", lambda *_: flawless)
    run = Run({"digits": config}, {"digit_net": assets["digit_net"]}, nothing)
    mistake = make_asset(digit_mistake.name, *run_recipe(digit_mistake, run))
    assert (mistake["wrong"], mistake["tests"]) == (0, right.sum())
    assert mistake["answer"] == mistake["label"] != mistake["rival"]
    assert mistake["output"] == pytest.approx(outputs[right].max(axis=1).min(), abs=1e-6)
    assert mistake["rival"] == np.argsort(-mistake["outputs"])[1]
    assert len(mistake["gallery"]) == 1
    assert not mistake["sure"]


def test_captions_and_criteria_are_stated(film):
    _, assets = film
    for name, criterion in (
        ("pixel_neuron", "criterion"),
        ("digit_learning", "example_criterion"),
        ("digit_mistake", "example_criterion"),
        ("digit_mistake", "voter_criterion"),
    ):
        facts = assets[name].provenance
        assert len(facts[criterion].split()) > 5
        assert facts["model"] == assets["digit_net"].provenance["model"]


@pytest.mark.slow
@pytest.mark.parametrize("overrides", FULL)
def test_untrained_it_guesses_trained_it_reads_most_and_its_surest_mistake_is_sure(overrides):
    _, assets = build(overrides)
    net, mistake = assets["digit_net"], assets["digit_mistake"]
    assert 0.03 <= net["accuracy_steps"][0] <= 0.2  # of ten digits: as good as a guess
    assert net["test_accuracy"] >= 0.9
    assert mistake["wrong"] > 0
    assert mistake["sure"]
    assert mistake["output"] >= 0.8
