"""The exercise of chapter 1: what its scenes draw, decoded from points, colours and glyphs, equals their assets."""

from pathlib import Path

import numpy as np
import pytest

from scenes.ch01_neural_network.exercises import THINK_S, CountThemYourself, WhichGridFires
from scenes.kit.layer import window
from scenes.narration import load_narration
from scenes.theme import ACCENT, GRID_HZ

FOLDER = Path(__file__).resolve().parents[2] / "scenes" / "ch01_neural_network"
SCENES = (CountThemYourself, WhichGridFires)
INK_STEP, SIGNED_STEP = 0.5 / 233, 0.5 / 240  # half a step of the 8-bit channels


PLAYED = {}


@pytest.fixture
def show(play):
    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        return play(scene_class, assets, tuple(load_narration(FOLDER)[scene_class.__name__].lines), on_cue)

    return run


@pytest.fixture
def count(show, toy):
    """The counting scene after its end, and by cue what the counter and the countdown said; played once for all."""

    def read(scene, cue):
        seen[cue] = scene.counter.values(), scene.countdown.values()

    if "count" not in PLAYED:
        seen = {}
        PLAYED["count"] = show(CountThemYourself, toy, read), seen
    return PLAYED["count"]


@pytest.fixture
def fires(show, toy):
    """The scene of the three neurons after its end, and by cue what it drew; played once for all."""

    def read(scene, cue):
        weights = np.array([grid.values() for grid in scene.weights])
        seen[cue] = scene.digit.values(), weights, hasattr(scene, "sums"), scene.countdown.values()

    if "fires" not in PLAYED:
        seen = {}
        PLAYED["fires"] = show(WhichGridFires, toy, read), seen
    return PLAYED["fires"]


def test_the_picture_and_its_averages_are_the_asset_s(count, toy):
    scene, net = count[0], toy["small_net"]
    assert np.abs(scene.picture.values() - net["picture"]).max() <= INK_STEP + 1e-6
    assert np.abs(scene.averaged.values() - net["averaged"]).max() <= INK_STEP + 1e-6


def test_the_network_has_the_real_weights_and_at_last_the_real_activations(count, toy):
    scene, net = count[0], toy["small_net"]
    shown = [net["window"], window(32), window(10)]
    for step, drawn in enumerate(scene.network.values()):
        assert drawn == pytest.approx(net[f"w{step + 1}"][np.ix_(shown[step + 1], shown[step])], abs=1e-6)
    for layer, drawn in enumerate(scene.network.activations()):
        assert drawn == pytest.approx(net[f"a{layer}"][shown[layer]], abs=1e-6)


def test_the_answer_is_counted_from_the_tensors_own_sizes_and_only_after_the_countdown(count, toy):
    seen = {cue: counted for cue, (counted, _) in count[1].items()}
    w1, b1, w2, b2 = toy["small_net"]["numel"]
    assert np.isnan(seen["think"]).all()
    assert seen["answer"].tolist() == [w1, w2, b1, b2, toy["small_net"]["parameters"]]
    assert sum(toy["small_net"]["numel"]) == toy["small_net"]["parameters"] == 6634


def test_both_networks_accuracies_are_written(count, toy):
    drawn = [number.values() for number in count[0].shares]
    assert drawn == [round(100 * float(toy[name]["test_accuracy"]), 1) for name in ("small_net", "digit_net")]


@pytest.mark.parametrize("name", ["count", "fires"])
def test_the_countdown_is_full_when_one_begins_to_think_and_empty_afterwards(request, name):
    scene, seen = request.getfixturevalue(name)
    left = {cue: values[-1] for cue, values in seen.items()}
    assert (left["ask"], left["think"]) == (pytest.approx(THINK_S), 0.0)
    begun, ended = ({cue.name: getattr(cue, at) for cue in scene.cues}["think"] for at in ("first_tick", "end_tick"))
    assert ended - begun >= THINK_S * GRID_HZ
    ticks = [chime for chime in scene.chimes if chime.tick == begun]
    assert [tick.after_s for tick in ticks] == list(range(THINK_S))
    assert [tick.value for tick in ticks] == pytest.approx(1 - np.arange(THINK_S) / THINK_S)


def test_the_question_shows_digit_and_weights_and_no_sum_before_the_countdown_is_over(fires, toy):
    (scene, seen), question = fires, toy["loudest_neuron"]
    limit = scene.weights[0].limit
    assert [told for _, _, told, _ in seen.values()] == [False, False, True, True, True]
    for digit, weights, *_ in seen.values():
        assert np.abs(digit - question["image"]).max() <= INK_STEP + 1e-6
        assert np.abs(weights - question["weights"]).max() <= (SIGNED_STEP + 1e-6) * limit


def test_the_answer_shows_products_and_sums_and_boxes_the_largest(fires, toy):
    (scene, _), question = fires, toy["loudest_neuron"]
    products, limit = np.array([grid.values() for grid in scene.products]), scene.products[0].limit
    assert np.abs(products - question["products"]).max() <= (SIGNED_STEP + 1e-6) * limit
    drawn = [number.values() for number in scene.sums]
    assert drawn == [round(float(z), 2) for z in question["z"]]
    assert [total.values() for total in scene.totals] == [round(float(s), 2) for s in question["weight_sums"]]
    colours = [number.submobjects[0].get_fill_color().to_hex() == ACCENT for number in scene.sums]
    assert colours == [z == max(drawn) for z in drawn]
    inside = [abs(number.get_x() - scene.box.get_x()) < scene.box.width / 2 for number in scene.sums]
    assert inside == colours


def test_the_activation_of_each_neuron_is_heard(fires, toy):
    heard = [chime.value for chime in fires[0].chimes][THINK_S:]
    assert heard == pytest.approx(toy["loudest_neuron"]["activation"].tolist())
