"""What chapter 1 says of ten sigmoids, a softmax and its chances, tested on the asset that the scene reads."""

from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_chances import digit_chances
from assets.recipes.ch01_neural_network import digit_net
from assets.store import make_asset
from models import digits
from models.configs import make_config
from models.datasets import load_digits

SETTINGS = {"film": {"lr": 3.0, "epochs": 3}, "relu": {"variant": "relu_adam", "epochs": 4, "seed": 1}}


def nothing(step, steps, figures):
    """A report that nobody reads."""


def build(recipe, config, assets):
    return make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))


def both(overrides):
    config = make_config("digits", overrides)
    net = build(digit_net, config, {})
    return config, net, build(digit_chances, config, {"digit_net": net})


@pytest.fixture(scope="module")
def trained():
    return {name: both(overrides) for name, overrides in SETTINGS.items()}


@pytest.fixture(params=SETTINGS)
def given(request, trained):
    return trained[request.param][2]


def test_sigmoids_are_those_of_their_sums_and_chances_the_softmax_of_theirs(given):
    z = given["z"].astype(np.float64)
    np.testing.assert_allclose(given["p"], np.exp(z) / np.exp(z).sum(), atol=1e-6)
    np.testing.assert_allclose(given["sigmoid_a"], 1 / (1 + np.exp(-given["sigmoid_z"].astype(np.float64))), atol=1e-6)


def test_chances_sum_to_one_and_the_sigmoids_to_what_is_said(given):
    assert float(given["p_sum"]) == pytest.approx(1, abs=1e-5)
    assert float(given["sigmoid_sum"]) == pytest.approx(float(given["sigmoid_a"].sum()), abs=1e-5)


def test_both_heads_read_the_shown_digit_correctly(given):
    assert given["p"].argmax() == given["sigmoid_a"].argmax() == given["label"]
    assert given["label_p"] == given["p"].max()
    assert given["second_p"] == np.sort(given["p"])[-2]
    assert given["p"][int(given["second"])] == given["second_p"]


def test_the_shown_digit_is_less_clear_to_the_network_than_most(given):
    assert given["label_p"] < np.median(given["confidence"])


@pytest.mark.parametrize("name", SETTINGS)
def test_the_head_that_the_film_s_network_has_is_that_network(trained, name):
    config, net, given = trained[name]
    model = digits.rebuild(config, {w: net[w] for w in ("w1", "b1", "w2", "b2", "w3", "b3")})
    own = "sigmoid_a" if config.loss == "squared" else "p"
    np.testing.assert_allclose(given[own], digits.outputs(model, given["image"][None].copy())[0], atol=1e-6)


def test_the_digit_is_among_the_test_digits(trained):
    config, _, given = trained["film"]
    data = load_digits("bundled", Path(), config.seed, nothing)
    place = np.flatnonzero((data.test_images == given["image"]).all(axis=(1, 2)))
    assert data.test_labels[place].tolist() == [given["label"]]
    assert given["tests"] == len(data.test_labels) == len(given["confidence"])


def test_bins_gather_the_test_digits_by_their_largest_chance(given):
    sure, hit = given["confidence"].astype(np.float64), given["hit"]
    assert given["counts"].sum() == given["tests"]
    for place, (low, high) in enumerate(zip(given["edges"][:-1], given["edges"][1:], strict=True)):
        inside = (sure > low + 1e-7) & (sure <= high + 1e-7)
        assert given["counts"][place] == inside.sum()
        if inside.any():
            assert given["bin_confidence"][place] == pytest.approx(sure[inside].mean(), abs=1e-5)
            assert given["bin_right"][place] == pytest.approx(hit[inside].mean(), abs=1e-5)


def test_the_figures_are_means_over_all_test_digits(given):
    assert float(given["mean_confidence"]) == pytest.approx(given["confidence"].mean(), abs=1e-5)
    assert float(given["accuracy"]) == pytest.approx(given["hit"].mean(), abs=1e-6)
    error = given["counts"] * np.abs(given["bin_right"] - given["bin_confidence"])
    assert float(given["calibration_error"]) == pytest.approx(error.sum() / int(given["tests"]), abs=1e-5)


def test_the_badge_names_the_other_head(trained):
    film, relu = (trained[name][2].provenance for name in ("film", "relu"))
    assert film["model"] == "digits 784-16-16-10 with a softmax head"
    assert film["changes"] == "lr 0.5, epochs 3, loss cross entropy" or "cross entropy" in film["changes"]
    assert relu["changes"] == "epochs 4"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 6, 7])
def test_the_softmax_head_reads_as_well_and_its_chances_are_close_to_what_comes_true(seed):
    _, net, given = both({"seed": seed})
    assert given["accuracy"] >= 0.93
    assert abs(float(given["accuracy"]) - float(net["test_accuracy"])) <= 0.03
    assert abs(float(given["sigmoid_sum"]) - 1) >= 0.1  # nothing asks for one
    assert given["calibration_error"] <= 0.06
    assert given["counts"][-1] > given["tests"] / 2
