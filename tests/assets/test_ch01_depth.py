"""What the film says of width, depth, bends, starts and dead neurons, tested on the assets that it reads."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes import ch01_depth, ch01_starts
from assets.store import make_asset
from models import deep
from models.configs import make_config
from models.datasets import load_digits
from models.deep import Body, DeepNet

QUICK = {"epochs": 1, "batch": 200}
FRESH = (6, 7, 8)  # seeds that nothing was tuned on


def nothing(step, steps, figures):
    """A report that nobody reads."""


def build(recipe, of_digits=None, of_deep=None):
    configs = {"digits": make_config("digits", of_digits or {}), "deep": make_config("deep", of_deep or {})}
    return make_asset(recipe.name, *run_recipe(recipe, Run(configs, {}, nothing)))


@pytest.fixture(scope="module")
def table():
    return build(ch01_depth.width_depth, None, QUICK)


@pytest.fixture(scope="module")
def race():
    return build(ch01_depth.bend_race, None, QUICK)


@pytest.fixture(scope="module")
def dying():
    return build(ch01_starts.dying_relus, None, QUICK)


@pytest.fixture(scope="module")
def starts():
    return [build(ch01_starts.random_starts, {"seed": seed}) for seed in (0, *FRESH)]


@cache
def data(seed):
    return load_digits("bundled", Path(), seed, nothing)


def test_each_cell_is_one_network_of_that_width_and_depth(table):
    assert table["acc"].shape == table["parameters"].shape == (5, 4)
    assert (table["widths"].tolist(), table["depths"].tolist()) == ([2, 4, 8, 16, 32], [1, 2, 3, 4])
    for (row, column), count in np.ndenumerate(table["parameters"]):
        assert count == Body((int(table["widths"][row]),) * int(table["depths"][column]), "relu", 0).parameters
    assert table["networks"] == 20


def test_a_cell_says_what_its_training_ends_with(table):
    config, body = make_config("deep", QUICK), Body((8, 8, 8), "sigmoid", 0)
    assert table["acc"][2, 2] == np.float32(ch01_depth.trained_accuracy(body, config, data(0)))


def test_the_framed_cell_is_built_like_the_film_s_network(table):
    row, column = table["film"]
    assert (table["widths"][row], table["depths"][column], table["parameters"][row, column]) == (16, 2, 13_002)


def test_the_range_is_of_the_other_starts_of_the_framed_cell(table):
    row, column = table["film"]
    assert table["again"][0] == table["acc"][row, column]
    assert (table["again_low"], table["again_high"]) == (table["again"][1:].min(), table["again"][1:].max())


def test_wider_and_deeper_are_read_off_the_row_and_the_column_of_the_framed_cell(table):
    row, column = table["film"]
    assert np.array_equal(table["across_width"], table["acc"][:, column])
    assert np.array_equal(table["across_depth"], table["acc"][row])


def test_another_film_has_its_own_width_and_bend_in_the_table():
    wide = build(ch01_depth.width_depth, {"hidden": 8, "variant": "relu_adam"}, QUICK)
    assert wide["widths"].tolist() == [1, 2, 4, 8, 16]
    assert wide.provenance["model"] == "20 digit networks, ReLUs"


def test_each_bend_is_shown_at_the_rate_that_was_best_for_it(race):
    typical = np.median(race["tried"], axis=2)  # (bend, rate)
    for bend, chosen in enumerate(race["chosen"]):
        assert typical[bend, chosen] == typical[bend].max()
        assert np.array_equal(race["acc"][bend, :, -1], race["tried"][bend, chosen])
    assert race["final"] == pytest.approx(typical.max(axis=1))
    assert (race["tries"], race["depth"], len(race["layers"])) == (3, 6, 7)
    assert np.array_equal(race["median"], np.median(race["acc"], axis=1).astype(np.float32))


def test_a_relu_is_zero_below_zero_and_above_it_the_sum_itself(race):
    z, (sigmoid, relu) = race["z"], race["curve"]
    assert np.all(relu[z <= 0] == 0)
    assert np.array_equal(relu[z >= 0], z[z >= 0])
    assert sigmoid == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-6)


@pytest.mark.parametrize("seed", [0, *FRESH])
def test_gradients_of_sigmoids_fade_layer_by_layer_and_those_of_relus_keep_their_size(seed):
    digits = data(seed)
    sigmoid, relu = (ch01_depth.gradients(Body((16,) * 6, bend, seed), digits) for bend in ("sigmoid", "relu"))
    assert np.all(np.diff(sigmoid) > 0)
    assert sigmoid[-1] / sigmoid[0] >= 1000
    assert relu.max() / relu.min() <= 10


def test_the_number_that_is_spoken_is_that_of_the_medians_to_one_digit(race):
    shrinks = race["gradient_median"][0, -1] / race["gradient_median"][0, 0]
    assert race["shrinks"][0] == pytest.approx(shrinks, rel=1e-5)
    assert race["about"] == pytest.approx(shrinks, rel=0.5)
    assert float(f"{race['about']:.0e}") == race["about"]


def test_each_start_has_the_spread_that_is_written_above_it(starts):
    for one in starts:
        assert one["spread"][:2].tolist() == [[pytest.approx(0.01)] * 3, [1.0] * 3]
        assert one["spread"][2] == pytest.approx(np.sqrt(2 / np.array([784, 16, 16])))


def test_too_small_a_start_says_about_one_half_whatever_the_picture(starts):
    for one in starts:
        assert np.abs(one["a"][0] - 0.5).max() < 0.2
        assert np.quantile(np.abs(one["a"][0] - 0.5), 0.95) < 0.06
        assert one["varies"][0].max() < 0.03


def test_too_large_a_start_pins_most_of_layer_one_where_the_curve_is_flat(starts):
    for one in starts:
        a, low, high = one["a"][1, 0], one["low"], one["high"]
        pinned = (a < low) | (a > high)
        assert one["saturated"][1, 0] == pytest.approx(pinned.mean(), abs=1e-6)
        assert pinned.mean() >= 0.6
        assert (a * (1 - a))[pinned].max() < 0.25 / 5  # of the largest slope, in the middle


def test_a_matched_start_is_neither_flat_nor_pinned(starts):
    for one in starts:
        assert one["saturated"][2].max() < 0.02
        assert np.all(one["varies"][2] > 3 * one["varies"][0])


def test_activations_are_sigmoids_of_the_sums(starts):
    assert starts[0]["z"].shape == (3, 2, 1400, 16)
    assert starts[0]["a"] == pytest.approx(1 / (1 + np.exp(-starts[0]["z"])), abs=1e-6)


def test_a_dead_neuron_answers_no_picture_and_never_comes_back(dying):
    assert np.array_equal(dying["dead"], dying["firing"] == 0)
    assert np.all(dying["dead"][:, 1:] >= dying["dead"][:, :-1])
    assert dying["dead"].any()
    assert np.array_equal(dying["count"], dying["dead"].sum(axis=2))
    assert np.array_equal(dying["final_count"], dying["count"][:, -1])
    assert dying["dead_share"][:, 0] == pytest.approx(dying["final_count"] / dying["neurons"])
    assert np.array_equal(dying["accuracy"], dying["accuracies"][:, 0])


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [ch01_depth.width_depth, ch01_starts.dying_relus])
def test_the_same_settings_give_the_same_asset_to_the_bit(recipe):
    small = {"epochs": 1, "hidden": 4}
    first, second = (build(recipe, {"hidden": 4}, small) for _ in range(2))
    assert first.digests == second.digests


@pytest.mark.slow
@pytest.mark.parametrize("seed", FRESH)
def test_wider_helps_more_than_deeper(seed):
    config, digits = make_config("deep", {}), data(seed)

    def accuracy(width, depth):
        return ch01_depth.trained_accuracy(Body((width,) * depth, "sigmoid", seed), config, digits)

    assert accuracy(32, 2) - accuracy(2, 2) > accuracy(16, 4) - accuracy(16, 1) + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("seed", FRESH)
def test_six_layers_of_relus_end_ahead_of_sigmoids_at_their_best_rate(seed):
    config, digits = make_config("deep", {}), data(seed)

    def ends(bend, times):
        schedule = ch01_depth.schedule(config, seed, config.lr * times)
        return deep.learn(DeepNet(Body((16,) * 6, bend, seed)), digits, schedule)[-1]

    assert ends("relu", 0.3) >= max(ends("sigmoid", times) for times in ch01_depth.RATES) + 0.05
    assert ends("relu", 0.3) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("seed", FRESH)
def test_large_steps_kill_most_relus_and_leave_a_network_that_guesses(seed):
    dying = build(ch01_starts.dying_relus, {"seed": seed})
    dead = np.median(dying["dead_share"], axis=1)
    assert dead[-1] >= 0.6
    assert dead[0] <= 0.1
    assert np.all(dying["accuracies"][-1] <= 0.2)
    assert np.all(np.diff(dying["final_count"][:3]) >= 0)
    assert np.median(dying["accuracies"][:2]) >= 0.85
    assert np.all(dying["dead"][:, 1:] >= dying["dead"][:, :-1])
