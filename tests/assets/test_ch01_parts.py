"""What the films say of parts, kernels and first-layer weights, tested on the assets that they would read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes import ch01_kernels, ch01_parts
from assets.recipes.ch01_kernels import (
    beyond,
    chance_likeness,
    convolved,
    edge_likeness,
    kernel_maps,
    kernel_net,
    sobel,
)
from assets.recipes.ch01_neural_network import digit_net, trained
from assets.recipes.ch01_parts import (
    digit_blotches,
    digit_parts,
    factorise,
    fits,
    holes,
    neighbours_correlation,
    pixels_that_hold,
)
from assets.store import Asset, make_asset
from models import digits, kernels
from models.configs import DigitsConfig, make_config
from models.datasets import Digits, load_digits

FACTORED = {}  # the coefficients of all test images, which the recipe does not keep
RECIPES = (digit_net, digit_parts, digit_blotches, kernel_net, kernel_maps)


def nothing(step, steps, figures):
    """A report that nobody reads."""


@dataclass(frozen=True)
class Film:
    """The assets of one training, with what is needed to check them."""

    config: DigitsConfig
    data: Digits
    net: Asset
    parts: Asset
    ours: Asset
    kernels: Asset
    maps: Asset


def film_of(digits_overrides, kernels_overrides):
    configs = {"digits": make_config("digits", digits_overrides), "kernels": make_config("kernels", kernels_overrides)}
    made = {}
    for recipe in RECIPES:
        run = Run(
            {name: configs[name] for name in recipe.configs}, {name: made[name] for name in recipe.needs}, nothing
        )
        made[recipe.name] = make_asset(recipe.name, *run_recipe(recipe, run))
    config = configs["digits"]
    return Film(config, load_digits(config.data, Path(), config.seed, nothing), *made.values())


def factorise_and_keep(images, others):
    parts, FACTORED["coefficients"] = factorise(images, others)
    return parts, FACTORED["coefficients"]


@pytest.fixture(scope="session")
def film():
    """A short training and a factorisation of few images in few rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ch01_parts, "ROUNDS", 20)
        patch.setattr(ch01_parts, "MOST_IMAGES", 300)
        patch.setattr(kernels, "MOST_IMAGES", 300)
        patch.setattr(ch01_parts, "factorise", factorise_and_keep)
        return film_of({"lr": 3.0, "epochs": 3}, {"epochs": 2, "filters": 4})


def test_parts_are_nowhere_negative_and_one_where_brightest(film):
    parts = film.parts["parts"]
    assert parts.shape == (16, 28, 28)
    assert film.parts["count"] == 16
    assert parts.min() >= 0
    assert np.allclose(parts.max(axis=(1, 2)), 1)
    assert film.parts["coefficients"].min() >= 0


def test_a_rebuilt_digit_is_the_sum_of_coefficients_times_parts(film):
    p = film.parts
    np.testing.assert_allclose(p["rebuilt"], np.tensordot(p["coefficients"], p["parts"], 1), atol=1e-5)
    off = np.abs(p["images"].astype(float) - p["rebuilt"]).sum(axis=(1, 2))
    np.testing.assert_allclose(p["error"], off / p["images"].sum(axis=(1, 2)), rtol=1e-5)
    assert p["strongest"].tolist() == np.argsort(-p["coefficients"][0], kind="stable")[:4].tolist()


def test_the_digits_are_a_nine_an_eight_and_a_four_read_correctly_with_open_loops(film):
    p = film.parts
    assert p["label"].tolist() == [9, 8, 4]
    outputs = digits.outputs(trained(film.config, film.net), np.array(p["images"]))
    assert outputs.argmax(axis=1).tolist() == [9, 8, 4]
    assert all(fits(image, digit) for image, digit in zip(p["images"], (9, 8, 4), strict=True))
    assert holes(p["images"][0])[0] >= 6
    assert [size >= 3 for size in holes(p["images"][1])] == [True, True]
    assert holes(p["images"][2]) == []


def test_no_other_such_nine_is_rebuilt_better(film):
    p, data = film.parts, film.data
    nines = [i for i in np.flatnonzero(data.test_labels == 9) if fits(data.test_images[i], 9)]
    right = digits.outputs(trained(film.config, film.net), data.test_images[nines]).argmax(axis=1) == 9
    images = data.test_images[nines][right]
    coefficients = FACTORED["coefficients"][nines][right]
    off = np.abs(images - np.tensordot(coefficients, p["parts"], 1)).sum(axis=(1, 2)) / images.sum(axis=(1, 2))
    assert p["error"][0] == pytest.approx(off.min(), rel=1e-4)


def test_a_hole_is_dark_and_closed_in():
    ring = np.zeros((9, 9))
    ring[2:7, 2:7] = 1
    ring[3:6, 3:6] = 0
    gap = ring.copy()
    gap[4, 6] = 0
    pair = np.concatenate([ring, ring])
    pair[4, 4] = 1
    assert [holes(picture) for picture in (ring, gap, np.zeros((9, 9)), np.ones((9, 9)))] == [[9], [], [], []]
    assert holes(pair) == [9, 8]


def test_edges_are_sums_of_products_and_blue_where_the_picture_brightens_to_the_right(film):
    m = film.maps
    image, (row, column) = m["image"].astype(float), m["spot"]
    padded = np.pad(image, 1)
    for i, j in ((0, 0), (13, 9), (27, 27), (row + 1, column + 1)):
        assert m["edges"][i, j] == pytest.approx((m["sobel"] * padded[i : i + 3, j : j + 3]).sum(), abs=1e-5)
    assert np.array_equal(image, film.parts["images"][0])
    assert m["sum"] == pytest.approx(m["products"].sum(), abs=1e-5)
    assert abs(m["sum"]) == pytest.approx(np.abs(m["edges"]).max(), abs=1e-5)
    ramp = np.tile(np.arange(9.0), (9, 1))
    assert (convolved(ramp, m["sobel"])[1:-1, 1:-1] > 0).all()


def test_the_likeness_is_the_best_cosine_over_all_angles_and_the_nearest_has_it(film):
    found = film.kernels["w1"].astype(float)
    likeness, nearest = edge_likeness(found)
    across = sobel(5)
    angles = np.linspace(0, 2 * np.pi, 721)
    turned = np.cos(angles)[:, None, None] * across + np.sin(angles)[:, None, None] * across.T  # (angle, 5, 5)
    unit = found / np.linalg.norm(found, axis=(1, 2), keepdims=True)
    cosines = np.tensordot(unit, turned, ((1, 2), (1, 2)))  # (kernel, angle)
    np.testing.assert_allclose(likeness, cosines.max(axis=1), atol=1e-4)
    np.testing.assert_allclose((unit * nearest).sum(axis=(1, 2)), likeness, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(nearest, axis=(1, 2)), 1)
    assert np.abs((across * across.T).sum()) < 1e-12


def test_sobels_kernel_of_three_is_sobels():
    np.testing.assert_allclose(sobel(3) * np.sqrt(12), ch01_kernels.SOBEL)


def test_chance_is_what_random_kernels_reach():
    random = np.random.default_rng(0).normal(size=(20_000, 5, 5))
    likeness, _ = edge_likeness(random)
    assert np.median(likeness) == pytest.approx(chance_likeness(25), abs=0.01)
    assert (likeness >= 0.5).mean() == pytest.approx(beyond(0.5, 25), abs=0.005)


def test_kernels_stand_in_falling_order_with_their_own_answers(film):
    m = film.maps
    assert np.all(np.diff(m["likeness"]) <= 0)
    likeness, nearest = edge_likeness(m["kernels"])
    np.testing.assert_allclose(m["likeness"], likeness, atol=1e-6)
    np.testing.assert_allclose(m["nearest"], nearest, atol=1e-6)
    for kernel, answer in zip(m["kernels"], m["responses"], strict=True):
        np.testing.assert_allclose(answer, convolved(m["image"], kernel), atol=1e-5)
    assert m["clear"] == (m["likeness"] >= m["clear_from"]).sum()
    assert m["count"] == len(m["kernels"]) == 4


def test_the_maps_and_the_answer_are_those_of_the_network_for_the_nine(film):
    m, net = film.maps, film.kernels
    order = np.argsort(-edge_likeness(net["w1"])[0], kind="stable")
    sums = m["responses"].astype(float) + net["b1"][order][:, None, None]
    pooled = np.maximum(sums, 0).reshape(-1, 14, 2, 14, 2).max(axis=(2, 4))
    np.testing.assert_allclose(m["maps1"], pooled, atol=1e-5)
    assert m["maps2"].shape == (8, 7, 7)
    logits = net["w3"] @ m["maps2"].ravel() + net["b3"]
    assert m["answer"] == logits.argmax()
    right = kernels.outputs(kernels.rebuild(net.arrays), film.data.test_images).argmax(axis=1) == film.data.test_labels
    assert m["test_accuracy"] == net["test_accuracy"] == np.float32(right.mean())


def test_weights_are_shown_where_training_digits_reach_and_zero_elsewhere(film):
    o, reach = film.ours, film.ours["reach"]
    assert np.array_equal(reach, (film.data.train_images > 0.01).any(axis=0))
    for name, step in (("weights", -1), ("start", 0)):
        full = film.net["w1_steps"][step][o["neurons"]].reshape(-1, 28, 28)
        assert np.array_equal(o[name], np.where(reach, full, 0))
    assert o["neurons"].tolist() == list(range(16))
    assert (o["count"], o["hidden"]) == (16, 16)


def test_out_of_reach_the_weights_have_hardly_left_their_random_start(film):
    first, last = film.net["w1_steps"][0].reshape(-1, 28, 28), film.net["w1_steps"][-1].reshape(-1, 28, 28)
    moved = np.abs(last - first)
    assert moved[:, ~film.ours["reach"]].mean() < 0.02 * moved[:, film.ours["reach"]].mean()


def test_neighbours_match_and_spread_are_what_they_say(film):
    o, p = film.ours, film.parts
    pairs = [
        (w[i, j], w[i + a, j + b])
        for w in o["weights"].astype(float)
        for a, b in ((0, 1), (1, 0))
        for i, j in zip(*np.nonzero(o["reach"]), strict=True)
        if i + a < 28 and j + b < 28 and o["reach"][i + a, j + b]
    ]
    assert o["alike"] == pytest.approx(np.corrcoef(np.array(pairs).T)[0, 1], abs=1e-5)
    cosines = [
        max(abs((w * part).sum()) / np.linalg.norm(w) / np.linalg.norm(part) for part in p["parts"])
        for w in o["weights"].astype(float)
    ]
    np.testing.assert_allclose(o["match"], cosines, atol=1e-5)
    assert o["best_match"] == o["match"].max()
    assert pixels_that_hold(np.array([3.0, 0.0, 1.0]), 0.9) == 1
    assert pixels_that_hold(np.ones(10), 0.9) == 9
    assert neighbours_correlation(np.tile(np.arange(28.0), (2, 28, 1)), np.ones((28, 28), dtype=bool)) > 0.98


def test_badges_name_the_model_of_their_numbers(film):
    assert film.parts.provenance["model"] == "NMF of 300 training digits, 16 parts"
    assert film.maps.provenance["model"] == "convolutional network, 4 kernels of 5x5"
    assert film.maps.provenance["changes"] == "filters 4, epochs 2"
    assert film.ours.provenance["model"] == film.net.provenance["model"]
    for asset in (film.parts, film.maps, film.ours):
        criteria = [text for name, text in asset.provenance.items() if name.endswith("criterion")]
        assert criteria
        assert all(len(text.split()) > 5 for text in criteria)


@pytest.mark.slow
@pytest.mark.parametrize("overrides", [{"seed": 3}, {"seed": 4}, {"seed": 5}, {"variant": "relu_adam", "hidden": 32}])
def test_on_other_seeds_the_sentences_hold(overrides):
    film = film_of(overrides, {})
    maps, ours = film.maps, film.ours
    assert maps["test_accuracy"] >= 0.93
    assert maps["clear"] >= maps["count"] / 2  # the maps are maps of edges
    assert np.median(maps["likeness"]) > 2 * maps["chance"]
    assert maps["answer"] == 9
    assert film.parts["error"][0] < 0.4
    assert abs(ours["alike_start"]) < 0.1  # noise
    assert ours["alike"] > 0.4  # blotches: neighbours agree
    assert ours["best_match"] < 0.7  # no loops, and none of the other parts
    assert ours["spread"].min() > 3 * 25  # no little edges: more than three kernels would see
    assert ours["test_accuracy"] >= 0.9
