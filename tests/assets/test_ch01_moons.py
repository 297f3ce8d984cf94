"""What chapter 1 says of layers without and with a bend, tested on the asset that the scene reads."""

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_moons import moon_nets
from assets.store import make_asset
from models.configs import make_config


def nothing(step, steps, figures):
    """A report that nobody reads."""


def build(overrides):
    return make_asset("moon_nets", *run_recipe(moon_nets, Run({"moons": make_config("moons", overrides)}, {}, nothing)))


@pytest.fixture(scope="module")
def nets():
    """Small networks, trained for a moment: enough for everything but how well they do."""
    return build({"points": 60, "epochs": 4, "seed": 2, "hidden": 6})


def test_the_product_of_the_three_matrices_is_what_their_layers_amount_to(nets):
    w1, w2, w3 = (nets[name].astype(np.float64) for name in ("w1", "w2", "w3"))
    assert nets["product"].shape == (1, 2)
    np.testing.assert_allclose(nets["product"], w3 @ w2 @ w1, rtol=1e-4, atol=1e-6)
    bias = w3 @ (w2 @ nets["b1"] + nets["b2"]) + nets["b3"]
    np.testing.assert_allclose(nets["product_bias"], bias, rtol=1e-4, atol=1e-6)


def test_without_a_bend_the_logits_are_those_of_the_one_matrix_to_the_stated_difference(nets):
    grid = np.stack(np.meshgrid(nets["x"], nets["y"]), axis=-1).astype(np.float64)
    apart = np.abs(grid @ nets["product"][0] + nets["product_bias"][0] - nets["logits"][0]).max()
    assert apart < 1e-5  # the grid itself is stored in float32
    assert nets["difference"] < 1e-5


def test_without_a_bend_the_border_is_straight_and_with_one_the_logits_are_not_a_plane(nets):
    for place, straight in ((0, True), (-1, False)):
        logits = nets["logits"][place].astype(np.float64)
        curved = max(np.abs(np.diff(logits, 2, axis=axis)).max() for axis in (0, 1))
        assert (curved < 1e-5) == straight


def test_missed_counts_the_dots_on_the_wrong_side_and_accuracy_is_the_share_of_the_others(nets):
    assert nets["missed"].tolist() == nets["wrong"].sum(axis=1).tolist()
    np.testing.assert_allclose(nets["accuracy"], 1 - nets["wrong"].mean(axis=1), atol=1e-6)
    assert nets["count"] == len(nets["dots"]) == 60
    side = nets["dots"].astype(np.float64) @ nets["product"][0] + nets["product_bias"][0] > 0
    assert np.array_equal(nets["wrong"][0], side != nets["moon"])


def test_the_bend_goes_from_none_to_all_of_it_in_even_steps(nets):
    np.testing.assert_allclose(nets["blends"], np.linspace(0, 1, 11), atol=1e-6)


def test_all_dots_lie_on_the_grid(nets):
    for axis, name in enumerate(("x", "y")):
        assert nets[name][0] < nets["dots"][:, axis].min()
        assert nets["dots"][:, axis].max() < nets[name][-1]


def test_the_same_seed_gives_the_same_asset_to_the_bit(nets):
    assert build({"points": 60, "epochs": 4, "seed": 2, "hidden": 6}).digests == nets.digests


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 6, 7])
def test_a_straight_border_misses_many_dots_and_a_bent_one_hardly_any(seed):
    nets = build({"seed": seed})
    assert nets["difference"] < 1e-4
    assert 0.80 <= nets["accuracy"][0] <= 0.92
    assert nets["accuracy"][-1] >= 0.98
    assert nets["missed"][-1] * 4 <= nets["missed"][0]
    assert nets["accuracy"][4:].min() >= 0.97 > nets["accuracy"][:2].max()  # with more bend the border follows
