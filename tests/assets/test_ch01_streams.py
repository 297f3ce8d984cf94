"""Each sentence about threes that look alike and about the stream of digits, tested on the assets."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_neural_network import digit_net
from assets.recipes.ch01_streams import LEFT_OUT, OTHERS, STREAM, digit_lookalikes, digit_stream
from assets.store import Asset, make_asset
from models.configs import DigitsConfig, make_config
from models.datasets import Digits, load_digits

QUICK = {  # trained for a few epochs
    "film": {"lr": 3.0, "epochs": 5},
    "relu": {"variant": "relu_adam", "epochs": 4, "seed": 1},
}
FILMED = {  # as they are filmed, with fresh seeds
    **{f"seed {seed}": {"seed": seed} for seed in (0, 1, 2, 7)},
    "wide": {"hidden": 32, "seed": 3},
    "relu": {"variant": "relu_adam_augmented"},
}


@dataclass(frozen=True)
class Film:
    """The assets of one training and the data that it saw."""

    config: DigitsConfig
    net: Asset
    alike: Asset
    stream: Asset
    data: Digits

    def outputs(self):
        """The ten outputs for the test images, written in numpy."""
        a = self.data.test_images.reshape(len(self.data.test_images), -1).astype(np.float64)
        for i in (1, 2, 3):
            z = a @ self.net[f"w{i}"].T + self.net[f"b{i}"]
            a = np.maximum(z, 0) if self.config.activation == "relu" else 1 / (1 + np.exp(-z))
        return z


def nothing(step, steps, figures):
    """A report that nobody reads."""


def build(recipe, config, assets):
    return make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))


def make_film(overrides):
    config = make_config("digits", overrides)
    net = build(digit_net, config, {})
    alike, stream = (build(recipe, config, {"digit_net": net}) for recipe in (digit_lookalikes, digit_stream))
    return Film(config, net, alike, stream, load_digits("bundled", Path(), config.seed, nothing))


@pytest.fixture(scope="module", params=QUICK)
def film(request):
    return make_film(QUICK[request.param])


def differing(some, other):
    return (np.abs(some.astype(np.float64) - other) > 0.5).sum(axis=(-2, -1))


def check_that_the_others_come_before_the_other_threes(film):
    counts = film.alike["differing"]
    assert film.alike["label"].tolist() == [3, 3, 3, 8, 6, 5]
    assert counts[0] == 0
    assert counts[3:].max() < counts[1:3].min()


def test_the_nearest_8_6_and_5_all_come_before_the_other_threes(film):
    check_that_the_others_come_before_the_other_threes(film)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILMED)
def test_the_sentences_hold_for_the_films_own_settings_and_other_seeds(name):
    film = make_film(FILMED[name])
    check_that_the_others_come_before_the_other_threes(film)
    assert film.stream["right"] + film.stream["wrong"] == film.stream["shown"] == STREAM
    assert film.stream["right"] >= 0.9 * STREAM


def test_what_is_yellow_differs_from_the_first_by_more_than_one_half(film):
    images = film.alike["images"]
    assert np.array_equal(film.alike["differs"], np.abs(images - images[0]) > 0.5)
    assert film.alike["differing"].tolist() == differing(images, images[0]).tolist()


def test_each_picture_is_a_test_image_with_its_label(film):
    for image, label in zip(film.alike["images"], film.alike["label"], strict=True):
        place = np.flatnonzero((film.data.test_images == image).all(axis=(1, 2)))
        assert film.data.test_labels[place].tolist() == [label]


def clear(film, digit, left_out):
    """A digit's test images without a share of them, those with the lowest sums (or logarithms of chances) for it."""
    places = np.flatnonzero(film.data.test_labels == digit)
    scores = film.outputs()[places]
    if film.config.loss == "cross_entropy":
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return film.data.test_images[places[np.argsort(scores[:, digit])[round(left_out * len(places)) :]]]


def largest_margin(film, of_threes, of_others):
    """By how much the threes can be farther apart than one of them is from its nearest others."""
    threes = clear(film, 3, of_threes)
    others = [clear(film, digit, of_others) for digit in OTHERS]
    nearest = [max(differing(images, three).min() for images in others) for three in threes]
    apart = np.array([differing(threes, three) for three in threes])
    return max(
        min(apart[a, b] for a, b in combinations(trio, 2)) - nearest[first]
        for trio in combinations(range(len(threes)), 3)
        for first in trio
    )


def test_no_other_threes_have_a_wider_margin_between_the_nearest_others_and_their_own_kind(film):
    margins = (largest_margin(film, *shares) for shares in LEFT_OUT)
    a, b, c = film.alike["images"][:3]
    shown = min(differing(a, b), differing(a, c), differing(b, c)) - film.alike["differing"][3:].max()
    assert shown == next(margin for margin in margins if margin > 0)


def test_the_stream_is_the_first_test_images_in_their_order_and_none_was_trained_on(film):
    assert np.array_equal(film.stream["images"], film.data.test_images[:STREAM])
    assert film.stream["label"].tolist() == film.data.test_labels[:STREAM].tolist()
    trained = film.data.train_images.reshape(len(film.data.train_images), -1)
    for image in film.stream["a0"]:
        assert not (trained == image).all(axis=1).any()


def test_the_brightest_of_ten_answers_and_the_score_counts_the_answers(film):
    stream, read = film.stream, film.outputs()[:STREAM].argmax(axis=1)
    assert np.array_equal(stream["a3"].argmax(axis=1), read)
    assert np.array_equal(stream["predicted"], read)
    assert np.array_equal(stream["correct"], read == stream["label"])
    assert stream["right"] == (read == stream["label"]).sum()
    assert stream["wrong"] == (read != stream["label"]).sum()
    assert stream["shown"] == len(read)
    assert stream["test_accuracy"] == film.net["test_accuracy"]


def test_activations_of_the_stream_are_those_of_the_trained_network(film):
    a = film.stream["images"].reshape(STREAM, -1).astype(np.float64)
    np.testing.assert_array_equal(film.stream["a0"], a.astype(np.float32))
    for i in (1, 2):
        z = a @ film.net[f"w{i}"].T + film.net[f"b{i}"]
        a = np.maximum(z, 0) if film.config.activation == "relu" else 1 / (1 + np.exp(-z))
        np.testing.assert_allclose(film.stream[f"a{i}"], a, rtol=1e-4, atol=2e-5)
        assert film.stream[f"a{i}"].max() <= film.stream["activation_max"]


@pytest.mark.parametrize("i", [1, 2, 3])
def test_products_of_the_first_digits_are_those_of_weights_and_activations(film, i):
    for flow, held in zip(film.stream[f"flow{i}"], film.stream[f"a{i - 1}"], strict=False):
        np.testing.assert_array_equal(flow, film.net[f"w{i}"] * held)


def test_the_window_holds_the_pixels_that_move_the_first_layer_most(film):
    window = film.stream["window"]
    moved = np.abs(film.net["w1"]).sum(axis=0) * film.stream["a0"].std(axis=0)
    assert window.tolist() == sorted(set(window.tolist()))
    assert len(window) == 16
    assert moved[window].min() >= np.delete(moved, window).max() * (1 - 1e-6)


def test_learning_changes_the_weights_of_all_layers_from_each_recorded_step_to_the_next(film):
    for i in (1, 2, 3):
        changed = np.diff(film.net[f"w{i}_steps"], axis=0) != 0  # (step, to, from)
        assert changed.any(axis=(1, 2)).all()


def test_criteria_are_stated_in_words(film):
    assert len(film.alike.provenance["picture_criterion"].split()) > 8
    for name in ("example_criterion", "window_criterion"):
        assert len(film.stream.provenance[name].split()) > 5
