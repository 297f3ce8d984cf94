"""Each sentence that the gallery says about a tensor, tested on the asset that it draws."""

import numpy as np
import pytest
import torch

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_neural_network import digit_forward, digit_net
from assets.recipes.gallery import digit_backward, digit_cloud, digit_pattern, digit_surface
from assets.recipes.gallery_models import digit_depth, letter_model, neuron_descent
from assets.store import make_asset
from models import digits
from models.configs import make_config
from models.datasets import load_digits


def nothing(step, steps, figures):
    """A report that nobody reads."""


def made(recipe, config, assets):
    return make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))


@pytest.fixture(scope="session")
def gallery():
    config = make_config("digits", {"lr": 3.0, "epochs": 5})
    assets = {}
    for recipe in (digit_net, digit_forward, digit_cloud, digit_pattern, digit_surface, digit_backward):
        assets[recipe.name] = made(recipe, config, assets)
    for recipe in (neuron_descent, letter_model, digit_depth):
        assets[recipe.name] = made(recipe, config, {})
    return config, assets


def test_the_three_directions_are_orthonormal_and_hold_the_stated_variance(gallery):
    cloud = gallery[1]["digit_cloud"]
    points, basis = cloud["points"].astype(float), cloud["basis"].astype(float)
    assert basis @ basis.T == pytest.approx(np.eye(3), abs=1e-5)
    held = ((points - points.mean(axis=0)) @ basis.T).var(axis=0) / points.var(axis=0).sum()
    assert cloud["explained"] == pytest.approx(held, abs=1e-5)
    assert (np.diff(cloud["explained"]) <= 0).all()


def test_a_digit_attends_to_itself_and_those_before_it_by_softmax_of_real_products(gallery):
    seen = gallery[1]["digit_pattern"]
    scores = seen["query"].astype(float) @ seen["key"].astype(float).T / 4
    assert seen["scores"] == pytest.approx(scores, abs=1e-5)
    masked = np.where(np.tri(8, dtype=bool), np.exp(scores - scores.max(axis=1, keepdims=True)), 0)
    assert seen["pattern"] == pytest.approx(masked / masked.sum(axis=1, keepdims=True), abs=1e-5)
    assert seen["full"].sum(axis=1) == pytest.approx(np.ones(8), abs=1e-5)
    assert seen["output"] == pytest.approx(seen["pattern"] @ seen["value"], abs=1e-4)
    assert sorted(np.unique(seen["label"], return_counts=True)[1]) == [2, 2, 2, 2]


def test_the_surface_at_the_end_of_the_path_is_the_training_loss_there(gallery):
    config, assets = gallery
    surface, net = assets["digit_surface"], assets["digit_net"]
    assert surface["path"][-1] == pytest.approx([0, 0], abs=1e-3)
    data = load_digits(config.data, None, config.seed, nothing)
    model = digits.rebuild(config, {n: net[n] for n in ("w1", "b1", "w2", "b2", "w3", "b3")})
    out = torch.from_numpy(digits.outputs(model, data.train_images))
    final = float(digits.loss_of(config)(out, torch.from_numpy(data.train_labels)))
    assert surface["path_loss"][-1] == pytest.approx(final, rel=1e-3)
    x, y = surface["x"], surface["y"]
    row, column = np.abs(y).argmin(), np.abs(x).argmin()
    around = surface["loss"][row - 1 : row + 2, column - 1 : column + 2]
    assert around.min() * 0.5 <= final <= around.max() * 1.5
    assert 0.5 < surface["explained"].sum() <= 1 + 1e-6


def test_gradients_of_the_small_graph_follow_the_chain_rule(gallery):
    graph = gallery[1]["digit_backward"]
    w, a, product, rest, z, out, target, cost = graph["value"].astype(float)
    assert product == pytest.approx(w * a, rel=1e-5)
    assert z == pytest.approx(product + rest, abs=1e-5)
    assert out == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-6)
    assert cost == pytest.approx((out - target) ** 2, abs=1e-6)
    dz = 2 * (out - target) * out * (1 - out)
    expected = [dz * a, dz * w, dz, dz, dz, 2 * (out - target), 2 * (target - out), 1]
    assert graph["gradient"] == pytest.approx(expected, abs=1e-5)


def test_the_neuron_goes_downhill_from_every_start(gallery):
    seen = gallery[1]["neuron_descent"]
    assert (seen["path_loss"][-1] < seen["path_loss"][0]).all()
    b, w = 20, 5
    step = seen["w"][1] - seen["w"][0]
    slope_w = (seen["loss"][b, w + 1] - seen["loss"][b, w - 1]) / (2 * step)
    slope_b = (seen["loss"][b + 1, w] - seen["loss"][b - 1, w]) / (2 * step)
    assert seen["gradient"][b, w] == pytest.approx([slope_w, slope_b], abs=5e-3)


def test_each_sampled_letter_had_the_chance_that_is_shown(gallery):
    model = gallery[1]["letter_model"]
    codes = list(model["letters"])
    before = [0, *(codes.index(c) for c in model["sampled"][:-1])]
    assert np.array_equal(model["candidates"], model["probability"][before])


def test_the_residual_network_reads_most_digits_and_every_block_changes_the_stream(gallery):
    depth = gallery[1]["digit_depth"]
    assert depth["test_accuracy"] > 0.93
    assert (np.abs(np.diff(depth["stream"], axis=0)).max(axis=(1, 2)) > 0.1).all()


def test_a_digit_attends_to_one_of_its_own_kind_more_than_to_any_other_kind(gallery):
    seen = gallery[1]["digit_pattern"]
    same = seen["label"][:, None] == seen["label"]
    kind = np.where(same, seen["pattern"], 0).sum(axis=1)
    assert (kind > 0.5).all()


def test_after_an_h_comes_an_e_more_often_than_anything_else(gallery):
    model = gallery[1]["letter_model"]
    codes = list(model["letters"])
    assert codes[model["probability"][codes.index(ord("h"))].argmax()] == ord("e")


def test_training_spreads_the_weights_and_lowers_the_cost(gallery):
    net = gallery[1]["digit_net"]
    assert net["w1_steps"][-1].std() > net["w1_steps"][0].std()
    assert net["loss_steps"][-1] < 0.2 * net["loss_steps"][0]


def test_the_descents_of_one_neuron_end_within_one_valley(gallery):
    seen = gallery[1]["neuron_descent"]
    far = seen["path_loss"][24] - seen["loss"].min()
    assert far.max() < 0.1 * (seen["path_loss"][0].mean() - seen["loss"].min())
