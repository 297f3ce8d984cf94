"""Each sentence of the scenes about product, code, function and summary that says something of a tensor."""

from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_neural_network import digit_forward, digit_net, digit_neuron
from assets.recipes.ch01_notation import digit_code, digit_function, digit_product, digit_recap
from assets.store import make_asset
from models import digits
from models.configs import make_config
from models.datasets import load_digits
from models.feed_forward import code_lines, relu, run_lines, sigmoid, softmax

SETTINGS = {
    "film": {"lr": 3.0, "epochs": 2},
    "relu": {"variant": "relu_adam", "epochs": 2, "seed": 1},
    "wide": {"hidden": 32, "lr": 3.0, "epochs": 1},
    "narrow": {"hidden": 2, "lr": 3.0, "epochs": 1},
}
OWN = (digit_product, digit_code, digit_function, digit_recap)


def nothing(step, steps, figures):
    """A report that nobody reads."""


def made(overrides):
    """The config and all assets of one training by name."""
    config, assets = make_config("digits", overrides), {}
    for recipe in (digit_net, digit_forward, digit_neuron, *OWN):
        assets[recipe.name] = make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))
    return config, assets


@pytest.fixture(scope="module")
def films():
    return {name: made(overrides) for name, overrides in SETTINGS.items()}


@pytest.fixture(params=SETTINGS)
def film(request, films):
    return films[request.param]


def squashed(config, z):
    return relu(z) if config.activation == "relu" else sigmoid(z)


def test_the_layer_is_the_squashed_product_and_biases(film):
    config, assets = film
    net, product = assets["digit_net"], assets["digit_product"]
    sums = net["w1"].astype(float) @ product["a0"]
    np.testing.assert_allclose(product["sums"], sums, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(product["a1"], squashed(config, product["sums"] + net["b1"]), rtol=1e-4, atol=1e-5)
    assert product.provenance["squash"] == ("sigma" if config.activation == "sigmoid" else '"ReLU"')


def test_written_rows_are_the_least_decided_the_strongest_and_the_weakest_apart_from_it(films):
    for name in ("film", "relu", "wide"):
        _, assets = films[name]
        a1, rows = assets["digit_product"]["a1"], assets["digit_product"]["rows"].tolist()
        limit, inner = float(assets["digit_forward"]["activation_max"]), np.arange(1, len(a1) - 1)
        assert len(rows) == 3
        assert all(0 < row < len(a1) - 1 for row in rows)
        assert min(np.diff(rows)) > 1
        undecided = int(inner[(a1 * (limit - a1))[inner].argmax()])
        assert undecided in rows
        free = [row for row in inner if abs(row - undecided) > 1]
        strongest = max(free, key=lambda row: a1[row])
        assert strongest in rows


def test_a_layer_too_small_for_three_rows_apart_shows_what_it_has(films):
    rows = films["narrow"][1]["digit_product"]["rows"]
    assert 1 <= len(rows) <= 2


def test_written_pixels_are_drawn_ones_without_neighbours(film):
    _, assets = film
    pixels = assets["digit_product"]["pixels"].tolist()
    assert set(pixels) <= set(assets["digit_forward"]["window"].tolist())
    assert len(pixels) == 3
    assert pixels == sorted(pixels)
    assert min(np.diff(pixels)) > 1


def test_the_code_shown_gives_the_library_s_numbers_to_the_decimals_that_are_said(film):
    config, assets = film
    code, forward, net = assets["digit_code"], assets["digit_forward"], assets["digit_net"]
    lead = int(forward["lead"])
    lines = [code.provenance[f"line{i}"] for i in range(1, 5)]
    given = {"a0": code["a0"].astype(float)}
    for i in (1, 2, 3):
        given |= {f"W{i}": net[f"w{i}"].astype(float), f"b{i}": net[f"b{i}"].astype(float)}
    *activations, answer = run_lines(lines, given)
    largest = 0.0
    for i, values in enumerate(activations, start=1):
        np.testing.assert_allclose(code[f"a{i}"], values, rtol=1e-6, atol=1e-7)
        assert code.provenance[f"printed{i}"] == f"({len(values)},)"
        largest = max(largest, float(np.abs(values - forward[f"a{i}"][lead]).max()))
    assert float(code["difference"]) == pytest.approx(largest, rel=1e-3)
    assert largest <= 0.5 * 10.0 ** -int(code["decimals"])
    assert answer == code["answer"] == forward["predicted"][lead]
    assert code.provenance["printed4"] == str(answer)
    assert int(code["decimals"]) >= 4
    assert lines == list(code_lines(config))


def test_the_first_three_lines_leave_as_many_numbers_as_is_said(film):
    _, assets = film
    sizes, code = assets["digit_net"]["sizes"].tolist(), assets["digit_code"]
    assert [len(code[f"a{i}"]) for i in range(4)] == sizes
    assert sizes[3] == 10
    assert code.provenance["printed0"] == "(784,)"


def test_the_functions_of_the_code_are_what_their_names_say():
    z = np.array([-800.0, -1.0, 0.0, 2.0, 800.0])
    np.testing.assert_allclose(sigmoid(z), [0, 1 / (1 + np.e), 0.5, 1 / (1 + np.exp(-2.0)), 1], atol=1e-15)
    assert relu(z).tolist() == [0, 0, 0, 2, 800]
    chances = softmax(z)
    assert chances.sum() == pytest.approx(1)
    np.testing.assert_allclose(softmax(np.log([1.0, 2.0, 5.0])), [1 / 8, 2 / 8, 5 / 8])


def test_the_neuron_s_number_is_the_function_of_the_numbers_that_go_in(film):
    config, assets = film
    given, net = assets["digit_function"], assets["digit_net"]
    z = given["weights"].astype(float) @ given["inputs"] + net["b2"][int(given["neuron"])]
    assert float(given["value"]) == pytest.approx(float(squashed(config, z)), rel=1e-4, abs=1e-5)
    assert len(given["inputs"]) == net["sizes"][1]


def test_two_digits_with_other_answers_come_out_of_the_same_network(film):
    config, assets = film
    given, net = assets["digit_function"], assets["digit_net"]
    model = digits.rebuild(config, {name: net[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")})
    np.testing.assert_allclose(digits.outputs(model, given["images"].copy()), given["a3"], rtol=1e-4, atol=1e-6)
    assert given["answer"].tolist() == given["a3"].argmax(axis=1).tolist()
    assert np.array_equal(given["images"].reshape(2, 784), given["a0"])


def test_the_second_digit_has_another_answer_and_is_surer_than_any_such_example(films):
    for name in ("film", "relu"):
        _, assets = films[name]
        forward, given = assets["digit_forward"], assets["digit_function"]
        first, second = given["answer"].tolist()
        assert first != second
        others = forward["correct"] & (forward["predicted"] != first)
        assert given["a3"][1].max() == forward["a3"].max(axis=1)[others].max()


def test_the_pixels_written_differ_most_in_their_part_of_the_column(film):
    given = film[1]["digit_function"]
    apart = np.abs(given["a0"][0] - given["a0"][1])
    for pixel, part in zip(given["pixels"].tolist(), np.array_split(np.arange(784), 4), strict=True):
        assert pixel in part
        assert apart[pixel] == apart[part].max()


def test_the_summary_s_numbers_are_those_of_the_training(film):
    config, assets = film
    recap, net = assets["digit_recap"], assets["digit_net"]
    assert np.array_equal(recap["accuracy"], net["accuracy_steps"])
    assert np.array_equal(recap["steps"], net["steps"])
    assert (recap["start_accuracy"], recap["end_accuracy"]) == (recap["accuracy"][0], net["test_accuracy"])
    assert recap["steps"][0] == 0
    seen = load_digits("bundled", Path(), config.seed, nothing).train_images.max(axis=0) > 0
    weights = net["w1"][int(recap["pattern_neuron"])].reshape(28, 28)
    assert np.array_equal(recap["pattern"], np.where(seen, weights, 0))
    moved = np.linalg.norm(net["w1"] - net["w1_steps"][0], axis=1)
    assert moved[int(recap["pattern_neuron"])] == moved.max()


def test_criteria_are_stated_in_words(films):
    for name, criteria in (
        ("digit_product", ("rows_criterion", "pixels_criterion")),
        ("digit_function", ("neuron_criterion", "example_criterion", "pixels_criterion")),
        ("digit_recap", ("pattern_criterion",)),
    ):
        for criterion in criteria:
            assert len(films["film"][1][name].provenance[criterion].split()) > 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_random_knobs_read_about_a_tenth_and_trained_ones_nearly_all(seed):
    _, assets = made({"seed": seed})
    recap = assets["digit_recap"]
    assert recap["start_accuracy"] < 0.3
    assert recap["end_accuracy"] > 0.93
    assert int(assets["digit_code"]["decimals"]) >= 6
    given = assets["digit_function"]
    assert given["answer"][0] != given["answer"][1]
    assert 0.05 < given["value"] < 0.95
