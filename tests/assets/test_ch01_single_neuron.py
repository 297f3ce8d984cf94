"""Each sentence that the film says about one neuron of the first hidden layer, tested on what it would read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_neural_network import digit_net
from assets.recipes.ch01_single_neuron import neuron_bar, neuron_pattern, neuron_squish
from assets.store import Asset, make_asset
from models.configs import DigitsConfig, make_config
from models.datasets import Digits, load_digits

# Trained for a few epochs: enough to read most digits, and quick.
SETTINGS = {
    "film": {"lr": 3.0, "epochs": 3},
    "relu": {"variant": "relu_adam", "epochs": 3, "seed": 1},
    "wide": {"hidden": 32, "lr": 3.0, "epochs": 1, "seed": 2},
}
FULL = {f"film seed {seed}": {"seed": seed} for seed in (3, 4, 5)} | {
    "relu": {"variant": "relu_adam", "seed": 5},
    "wide": {"hidden": 32, "seed": 6},
}


def nothing(step, steps, figures):
    """A report that nobody reads."""


@dataclass(frozen=True)
class Film:
    """One training with the three assets of one neuron."""

    config: DigitsConfig
    net: Asset
    pattern: Asset
    squish: Asset
    bar: Asset
    data: Digits

    def z1(self, images):
        """Sums of the first hidden layer for images (..., 28, 28), biases included, in float64."""
        pixels = images.reshape(*images.shape[:-2], 784).astype(np.float64)
        return pixels @ self.net["w1"].T.astype(np.float64) + self.net["b1"]

    def squash(self, z):
        return np.maximum(z, 0) if self.config.activation == "relu" else 1 / (1 + np.exp(-z))


def build(recipe, config, assets):
    return make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))


def make_film(overrides):
    config = make_config("digits", overrides)
    given = {"digit_net": build(digit_net, config, {})}
    given["neuron_pattern"] = build(neuron_pattern, config, given)
    data = load_digits("bundled", Path(), config.seed, nothing)
    later = (build(recipe, config, given) for recipe in (neuron_squish, neuron_bar))
    return Film(config, given["digit_net"], given["neuron_pattern"], *later, data)


@pytest.fixture(scope="session")
def quick():
    """All short trainings, each done once."""
    return {name: make_film(overrides) for name, overrides in SETTINGS.items()}


@pytest.fixture(params=SETTINGS)
def film(request, quick):
    return quick[request.param]


def test_the_neuron_is_the_one_whose_sums_spread_most_and_all_three_assets_are_about_it(film):
    spread = film.z1(film.data.test_images).std(axis=0)
    assert film.pattern["neuron"] == spread.argmax()
    assert film.squish["neuron"] == film.bar["neuron"] == film.pattern["neuron"]


def test_the_weights_are_those_of_the_neuron_and_untouched_ones_are_as_they_began_and_never_lit(film):
    own, neuron = film.pattern, int(film.pattern["neuron"])
    assert np.array_equal(own["weights"].ravel(), film.net["w1"][neuron])
    assert np.array_equal(own["shown"], np.where(own["touched"], own["weights"], 0))
    dark = ~own["touched"]
    assert own["untouched"] == dark.sum()
    assert np.array_equal(own["weights"][dark], film.net["w1_steps"][0][neuron].reshape(28, 28)[dark])
    assert not film.data.train_images[:, dark].any()


def test_the_sum_is_that_of_all_products_and_the_real_one_without_the_bias(film):
    own, neuron = film.pattern, int(film.pattern["neuron"])
    assert np.array_equal(own["products"], own["weights"] * own["image"])
    assert own["products"].astype(np.float64).sum() == pytest.approx(float(own["sum"]), abs=1e-4)
    assert film.z1(own["image"])[neuron] - film.net["b1"][neuron] == pytest.approx(float(own["sum"]), abs=1e-4)


def test_the_curve_is_the_sum_of_the_digit_moved_by_each_shift(film):
    own, neuron = film.pattern, int(film.pattern["neuron"])
    assert own["shifts"].tolist() == list(range(-6, 7))
    for shift, moved, total in zip(own["shifts"], own["moved"], own["sums"], strict=True):
        for column in range(28):
            came_from = column - shift
            expected = own["image"][:, came_from] if 0 <= came_from < 28 else 0
            assert np.all(moved[:, column] == expected)
        assert film.z1(moved)[neuron] - film.net["b1"][neuron] == pytest.approx(float(total), abs=1e-4)


def test_it_is_the_same_ink_that_meets_other_weights(film):
    assert film.pattern["ink"].min() >= 0.98 * film.pattern["ink"][6]
    assert film.pattern["ink"].max() <= film.pattern["ink"][6] * (1 + 1e-6)


def test_it_matters_where_the_ink_is(film):
    own = film.pattern
    assert own["sums"].argmax() == 6
    assert own["sum"] == own["sums"][6]
    assert own["away_sum"] == own["sums"][6 + int(own["away_shift"])]
    assert own["away_sum"] == np.delete(own["sums"], [5, 6, 7]).min()
    assert own["away_pixels"] == abs(own["away_shift"]) >= 2
    assert own["away_sum"] < 0.5 * own["sum"]


def test_a_wrong_example_would_lose_less(film):
    neuron, example = int(film.pattern["neuron"]), int(film.pattern["example"])
    assert np.array_equal(film.data.test_images[example], film.pattern["image"])
    assert film.data.test_labels[example] == film.pattern["label"]
    falls = []
    for image in film.data.test_images[:60]:
        moved = np.stack([np.roll(image, shift, axis=1) for shift in range(-6, 7)])
        sums = film.z1(moved)[:, neuron]
        whole = not image[:, :6].any() and not image[:, 22:].any()
        if whole and sums.argmax() == 6:
            falls.append(sums[6] - sums.min())
    assert max(falls, default=0) <= np.ptp(film.pattern["sums"]) + 1e-4


def test_the_sums_are_all_of_the_layer_for_every_test_digit_and_each_comes_out_of_the_curve(film):
    own = film.squish
    np.testing.assert_allclose(own["z"], film.z1(film.data.test_images), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(own["a"], film.squash(own["z"].astype(np.float64)), atol=1e-6)
    np.testing.assert_allclose(own["curve_a"], film.squash(own["curve_z"].astype(np.float64)), atol=1e-6)
    assert own["count"] == own["a"].size == len(film.data.test_images) * film.config.hidden
    assert own["curve_z"][0] <= own["z"].min() + 1e-6
    assert own["curve_z"][-1] >= own["z"].max() - 1e-6


def test_what_comes_out_lies_in_the_range_that_is_spoken(quick):
    film, relu = quick["film"].squish, quick["relu"].squish
    assert (film.provenance["curve"], relu.provenance["curve"]) == ("sigmoid", "ReLU")
    assert (film.provenance["curve_de"], relu.provenance["curve_de"]) == ("Sigmoid", "ReLU")
    assert film.provenance["activation_range"] == "between zero and one"
    assert film.provenance["range_de"] == "zwischen null und eins"
    assert 0 <= film["a"].min() <= film["a"].max() <= 1
    assert relu.provenance["activation_range"] == "zero or more"
    assert relu["a"].min() >= 0


def test_the_shares_are_those_of_activations_up_to_the_first_cut_between_and_from_the_second(film):
    own, (low, high) = film.squish, film.squish["cuts"]
    assert own["shares"][1] == pytest.approx(((own["a"] > low) & (own["a"] < high)).mean(), abs=1e-6)
    assert own["shares"][0] == pytest.approx((own["a"] <= low).mean(), abs=1e-6)
    assert own["shares"].sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(film.squash(own["cut_z"].astype(np.float64)), own["cuts"], atol=1e-6)


def test_the_dots_are_the_sums_of_the_digit_that_was_moved(film):
    example, neuron = int(film.pattern["example"]), int(film.pattern["neuron"])
    assert np.array_equal(film.squish["example_z"], film.squish["z"][example])
    assert np.array_equal(film.squish["example_a"], film.pattern["a1"])
    assert np.array_equal(film.squish["image"], film.pattern["image"])
    assert film.squish["z_of_neuron"] == film.squish["example_z"][neuron]
    assert film.squish["z_of_neuron"] == pytest.approx(float(film.pattern["sum"] + film.net["b1"][neuron]), abs=1e-4)


def test_the_neuron_lights_for_the_digits_whose_sum_is_above_minus_its_bias(film):
    own, neuron = film.bar, int(film.bar["neuron"])
    assert own["bias"] == film.net["b1"][neuron] == -own["bar"]
    activations = film.squash(film.z1(film.data.test_images)[:, neuron])
    assert own["level"] == (0.0 if film.config.activation == "relu" else 0.5)
    assert own["share"] == pytest.approx((activations > own["level"]).mean(), abs=1e-6)
    assert own["share"] == pytest.approx((own["sums"] > own["bar"]).mean(), abs=1e-6)
    assert own["images"] == len(own["sums"]) == len(film.data.test_images)


def test_each_bias_that_is_spoken_lights_the_share_that_is_spoken(film):
    own = film.bar
    for name in ("few", "many"):
        bias = float(own[f"{name}_bias"])
        assert bias == pytest.approx(round(bias, 1), abs=1e-6)
        assert own[f"{name}_share"] == pytest.approx((own["sums"] > -bias).mean(), abs=1e-6)
    assert own["few_bias"] < own["many_bias"]
    assert own["few_share"] < 0.2
    assert own["many_share"] > 0.8


def test_the_curve_of_shares_jumps_where_a_digit_passes(film):
    own = film.bar
    assert np.all(np.diff(own["biases"]) >= 0)
    assert (own["shares"][0], own["shares"][-1]) == (0, 1)
    for bias in np.random.default_rng(0).uniform(own["biases"][0], own["biases"][-1], 50):
        drawn = np.interp(bias, own["biases"], own["shares"])
        assert drawn == pytest.approx((own["sums"] > -bias).mean(), abs=1e-3)


def test_the_pictures_under_the_histogram_have_the_sums_below_which_they_stand(film):
    own = film.bar
    sums = film.z1(own["pinned"])[:, int(own["neuron"])] - own["bias"]
    np.testing.assert_allclose(sums, own["pinned_sums"], atol=1e-4)
    assert np.all(np.diff(own["pinned_sums"]) > 0)


def test_criteria_are_stated_in_words(film):
    stated = [value for asset in (film.pattern, film.squish, film.bar) for name, value in asset.provenance.items()
              if name.endswith("criterion")]  # fmt: skip
    assert len(stated) == 6
    assert all(len(text.split()) > 6 for text in stated)


def test_the_same_config_gives_the_same_assets_to_the_bit(quick):
    film = quick["film"]
    given = {"digit_net": film.net, "neuron_pattern": film.pattern}
    for recipe, asset in ((neuron_pattern, film.pattern), (neuron_squish, film.squish), (neuron_bar, film.bar)):
        assert build(recipe, film.config, given).digests == asset.digests


@pytest.mark.slow
@pytest.mark.parametrize("name", FULL)
def test_what_is_said_holds_for_whole_trainings_with_other_seeds(name):
    film = make_film(FULL[name])
    assert film.pattern["away_sum"] < film.pattern["sum"]
    assert film.bar["few_share"] < 0.2 < 0.8 < film.bar["many_share"]
    test_it_is_the_same_ink_that_meets_other_weights(film)
    test_it_matters_where_the_ink_is(film)
    test_each_bias_that_is_spoken_lights_the_share_that_is_spoken(film)
