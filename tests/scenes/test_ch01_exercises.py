"""The exercise of chapter 1: what its scenes draw, decoded from points, colours and glyphs, equals their assets."""

from pathlib import Path

import numpy as np
import pytest

from assets.store import AssetError, Assets
from scenes.ch01_neural_network.exercises import THINK_S, CountThemYourself, WhichGridFires
from scenes.kit.layer import window
from scenes.narration import load_narration
from scenes.theme import ACCENT, GRID_HZ

FOLDER = Path(__file__).resolve().parents[2] / "scenes" / "ch01_neural_network"
SCENES = (CountThemYourself, WhichGridFires)
INK_STEP, SIGNED_STEP = 0.5 / 233, 0.5 / 240  # half a step of the 8-bit channels


@pytest.fixture
def show(play):
    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        return play(scene_class, assets, tuple(load_narration(FOLDER)[scene_class.__name__].lines), on_cue)

    return run


def test_the_picture_and_its_averages_are_the_asset_s(show, toy):
    scene, net = show(CountThemYourself, toy), toy["small_net"]
    assert np.abs(scene.picture.values() - net["picture"]).max() <= INK_STEP + 1e-6
    assert np.abs(scene.averaged.values() - net["averaged"]).max() <= INK_STEP + 1e-6


def test_the_network_has_the_real_weights_and_at_last_the_real_activations(show, toy):
    scene, net = show(CountThemYourself, toy), toy["small_net"]
    shown = [net["window"], window(32), window(10)]
    for step, drawn in enumerate(scene.network.values()):
        assert drawn == pytest.approx(net[f"w{step + 1}"][np.ix_(shown[step + 1], shown[step])], abs=1e-6)
    for layer, drawn in enumerate(scene.network.activations()):
        assert drawn == pytest.approx(net[f"a{layer}"][shown[layer]], abs=1e-6)


def test_the_answer_is_counted_from_the_tensors_own_sizes_and_only_after_the_countdown(show, toy):
    seen = {}
    show(CountThemYourself, toy, lambda scene, cue: seen.update({cue: scene.counter.values()}))
    w1, b1, w2, b2 = toy["small_net"]["numel"]
    assert np.isnan(seen["think"]).all()
    assert seen["answer"].tolist() == [w1, w2, b1, b2, toy["small_net"]["parameters"]]
    assert sum(toy["small_net"]["numel"]) == toy["small_net"]["parameters"] == 6634


def test_both_networks_accuracies_are_written(show, toy):
    scene = show(CountThemYourself, toy)
    drawn = [number.values() for number in scene.shares]
    assert drawn == [round(100 * float(toy[name]["test_accuracy"]), 1) for name in ("small_net", "digit_net")]


@pytest.mark.parametrize("scene_class", SCENES)
def test_the_countdown_is_full_when_one_begins_to_think_and_empty_afterwards(show, toy, scene_class):
    left = {}
    scene = show(scene_class, toy, lambda scene, cue: left.update({cue: scene.countdown.values()}))
    assert (left["ask"], left["think"]) == (pytest.approx(THINK_S), 0.0)
    begun, ended = ({cue.name: getattr(cue, at) for cue in scene.cues}["think"] for at in ("first_tick", "end_tick"))
    assert ended - begun >= THINK_S * GRID_HZ
    ticks = [chime for chime in scene.chimes if chime.tick == begun]
    assert [tick.after_s for tick in ticks] == list(range(THINK_S))
    assert [tick.value for tick in ticks] == pytest.approx(1 - np.arange(THINK_S) / THINK_S)


def test_the_question_shows_digit_and_weights_and_no_sum_before_the_countdown_is_over(show, toy):
    question, seen = toy["loudest_neuron"], {}

    def read(scene, cue):
        weights = np.array([grid.values() for grid in scene.weights])
        seen[cue] = (scene.digit.values(), weights, scene.weights[0].limit, hasattr(scene, "sums"))

    show(WhichGridFires, toy, read)
    assert [told for *_, told in seen.values()] == [False, False, True, True, True]
    for digit, weights, limit, _ in seen.values():
        assert np.abs(digit - question["image"]).max() <= INK_STEP + 1e-6
        assert np.abs(weights - question["weights"]).max() <= (SIGNED_STEP + 1e-6) * limit


def test_the_answer_shows_products_and_sums_and_boxes_the_largest(show, toy):
    question = toy["loudest_neuron"]
    scene = show(WhichGridFires, toy)
    products, limit = np.array([grid.values() for grid in scene.products]), scene.products[0].limit
    assert np.abs(products - question["products"]).max() <= (SIGNED_STEP + 1e-6) * limit
    drawn = [number.values() for number in scene.sums]
    assert drawn == [round(float(z), 2) for z in question["z"]]
    assert [total.values() for total in scene.totals] == [round(float(s), 2) for s in question["weight_sums"]]
    colours = [number.submobjects[0].get_fill_color().to_hex() == ACCENT for number in scene.sums]
    assert colours == [z == max(drawn) for z in drawn]
    inside = [abs(number.get_x() - scene.box.get_x()) < scene.box.width / 2 for number in scene.sums]
    assert inside == colours


def test_the_activation_of_each_neuron_is_heard(show, toy):
    scene = show(WhichGridFires, toy)
    heard = [chime.value for chime in scene.chimes][THINK_S:]
    assert heard == pytest.approx(toy["loudest_neuron"]["activation"].tolist())


@pytest.mark.parametrize("scene_class", SCENES)
def test_other_arrays_give_another_picture_and_the_same_arrays_the_same(show, make_assets, scene_class):
    def last_picture(seed):
        pictures = []
        show(scene_class, make_assets(seed), lambda scene, cue: pictures.append(scene.renderer.picture(scene)))
        return pictures[-1]

    first = last_picture(1)
    assert np.array_equal(first, last_picture(1))
    assert not np.array_equal(first, last_picture(2))


@pytest.mark.parametrize("scene_class", SCENES)
def test_a_scene_needs_its_asset_and_reads_nothing_beyond(show, make_assets, scene_class):
    with pytest.raises(AssetError, match=f"The asset '{scene_class.needs[0]}' is not here"):
        show(scene_class, Assets({}))
    assets = make_assets(1)
    show(scene_class, assets)
    assert {read.split(".")[0] for read in assets.reads} == set(scene_class.needs)
