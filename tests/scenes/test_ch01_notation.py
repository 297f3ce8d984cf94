"""Chapter 1: a layer as a product, as code, as a function, and the story so far, read back from what is drawn."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from scenes.ch01_neural_network.code import FourLinesOfCode
from scenes.ch01_neural_network.function import TheNetworkIsAFunction
from scenes.ch01_neural_network.one_layer import COLORS, OneLayerIsOneProduct
from scenes.ch01_neural_network.so_far import TheStorySoFar
from scenes.kit.edges import Travel
from scenes.kit.mat_vec import RowTimesVector
from scenes.kit.typeset import escape
from scenes.narration import load_narration

TEXTURE_STEP = 0.5 / 233
SCENES = (OneLayerIsOneProduct, FourLinesOfCode, TheNetworkIsAFunction, TheStorySoFar)


@pytest.fixture
def show(play, pytestconfig):
    lines = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")

    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        return play(scene_class, assets, tuple(lines[scene_class.__name__].lines), on_cue)

    return run


def rounded(values):
    """Two decimals as they are written: Python's rounding of the exact binary value."""
    return [round(float(value), 2) for value in np.ravel(values)]


def written(array):
    """What a NumberArray writes, row by row, without what it leaves out."""
    found = array.values().ravel()
    return found[np.isfinite(found)].tolist()


@dataclass
class Seen:
    """One run of each scene: the scene at its end, its assets, and what was noted at cues and before plays."""

    scene: object
    assets: object
    cues: dict = field(default_factory=dict)
    plays: list = field(default_factory=list)


@pytest.fixture(scope="module")
def kept():
    """The runs that were made, by the scene's name: each scene is played once for all that is read back from it."""
    return {}


@pytest.fixture
def played(show, toy, kept):
    """Play a scene, noting ``at_cue(scene, cue)`` after each line and ``before(scene, animations)`` at plays."""

    def run(scene_class, at_cue, before=lambda scene, animations: None):
        if scene_class.__name__ not in kept:
            seen = Seen(None, toy)

            class Watched(scene_class):
                def play(self, *animations, **options):
                    noted = before(self, animations)
                    if noted is not None:
                        seen.plays.append(noted)
                    super().play(*animations, **options)

            Watched.__name__ = scene_class.__name__
            seen.scene = show(Watched, toy, lambda scene, cue: seen.cues.update({cue: at_cue(scene, cue)}))
            kept[scene_class.__name__] = seen
        return kept[scene_class.__name__]

    return run


@pytest.fixture
def layer(played):
    """The scene of one layer as a product."""

    def at_cue(scene, cue):
        made = scene.product
        arrays = {"W": made.matrix, "x": made.vector, "sums": made.outcome, "before": scene.before}
        return {name: written(array) for name, array in arrays.items()} | {"terms": terms(scene)}

    def terms(scene):
        return scene.terms.values()

    return played(OneLayerIsOneProduct, at_cue, fans)


def fans(scene, animations):
    """The row that runs, the neurons whose fans are bright, and those into which products run."""
    rows = [animation.row for animation in animations if isinstance(animation, RowTimesVector)]
    for flash in (animation for animation in animations if isinstance(animation, Travel)):
        edges, layer = scene.network.edges[0], scene.network.layers[1]
        bright = {int(layer.indices[place // edges.shape_shown[1]]) for place in edges.in_fan}
        busy = np.flatnonzero(np.abs(flash.products.reshape(edges.shape_shown)).sum(axis=1))
        return rows, sorted(bright), layer.indices[busy].tolist()
    return None


def test_the_layer_s_line_holds_real_weights_pixels_biases_and_activations(layer, toy):
    net, product, scene = toy["digit_net"], toy["digit_product"], layer.scene
    rows, pixels = product["rows"], product["pixels"]
    for cue in ("row", "matrix", "bias", "line"):
        assert layer.cues[cue]["W"] == rounded(net["w1"][np.ix_(rows, pixels)])
        assert layer.cues[cue]["x"] == rounded(product["a0"][pixels])
    assert layer.cues["row"]["sums"] == rounded(product["sums"][rows[:1]])
    assert layer.cues["matrix"]["sums"] == rounded(product["sums"][rows])
    assert layer.cues["bias"]["before"] == rounded((product["sums"] + net["b1"])[rows])
    assert written(scene.biases) == rounded(net["b1"][rows])
    assert written(scene.after) == rounded(product["a1"][rows])
    assert scene.network.activations()[1] == pytest.approx(product["a1"], abs=1e-6)


def test_the_terms_of_the_sum_are_the_first_row_s_weights_and_the_pixels(layer, toy):
    product, weights = toy["digit_product"], toy["digit_net"]["w1"]
    row = product["rows"][0]
    expected = {f"w{pixel}": rounded(weights[row, pixel])[0] for pixel in product["pixels"]}
    expected |= {f"x{pixel}": rounded(product["a0"][pixel])[0] for pixel in product["pixels"]}
    assert layer.cues["sum"]["terms"] == expected


def test_while_a_row_is_used_only_its_neuron_s_fan_is_bright_and_carries_products(layer, toy):
    first, second = toy["digit_product"]["rows"][:2].tolist()
    assert layer.plays == [([first], [first], [first]), ([second], [second], [second])]


def test_brackets_have_the_colours_of_the_symbols_and_one_height(layer):
    scene = layer.scene
    arrays = {"W": scene.product.matrix, "x": scene.product.vector, "b": scene.biases}
    for name, array in arrays.items():
        colors = {mark.get_fill_color().to_hex() for mark in (*array.brackets, *scene.line.part(name))}
        assert colors == {COLORS[name]}
    heights = [array.brackets.height for array in (*arrays.values(), scene.after)]
    assert heights == pytest.approx([heights[0]] * 4)


@pytest.fixture
def code(played):
    """The scene of the four lines, with the layers that hold something at each line's mark."""

    def before(scene, animations):
        if any(isinstance(animation, Travel) for animation in animations):
            return [bool(layer.any()) for layer in scene.network.activations()]
        return None

    return played(FourLinesOfCode, lambda scene, cue: None, before)


def test_the_lines_shown_are_the_lines_that_ran_with_the_shapes_that_they_left(code, toy):
    facts = toy["digit_code"].provenance
    for number, line in enumerate(code.scene.lines, start=1):
        assert line.markup == escape(facts[f"line{number}"])
        assert len(line) == len(facts[f"line{number}"].replace(" ", ""))
        assert line.drawn_em() > 0
    assert [text.markup for text in code.scene.printed] == [escape(facts[f"printed{i}"]) for i in range(5)]


def test_each_line_fills_its_layer_and_the_last_one_s_answer_is_boxed(code, toy):
    asset, scene = toy["digit_code"], code.scene
    assert code.plays == [[True] * line + [False] * (4 - line) for line in (1, 2, 3)]
    for layer, drawn in enumerate(scene.network.activations()):
        assert drawn == pytest.approx(asset[f"a{layer}"][scene.network.layers[layer].indices], abs=1e-6)
    assert np.abs(scene.picture.values() - asset["image"]).max() <= TEXTURE_STEP + 1e-6
    digit = scene.digits[int(asset["a3"].argmax())]
    assert scene.box.get_bottom()[1] < digit.get_y() < scene.box.get_top()[1]
    assert digit.values() == asset["answer"]
    assert scene.difference.values() == pytest.approx(float(asset["difference"]), abs=0.5e-8)


@pytest.fixture
def function(played):
    """The scene of the network as a function."""

    def at_cue(scene, cue):
        if cue == "neuron":
            held, numbers = scene.neuron.activations(), [scene.value.values(), scene.call.values()["v"]]
            return *held, scene.neuron.values()[0], numbers
        return scene.picture.values(), written(scene.inputs), written(scene.outputs), scene.said.values()

    return played(TheNetworkIsAFunction, at_cue)


def test_the_neuron_is_drawn_with_its_inputs_weights_and_number(function, toy):
    inputs, circle, weights, numbers = function.cues["neuron"]
    given = toy["digit_function"]
    assert inputs == pytest.approx(given["inputs"], abs=1e-6)
    assert weights == pytest.approx(given["weights"][None], abs=1e-6)
    assert circle == pytest.approx(np.array([given["value"]]), abs=1e-6)
    assert numbers == rounded([given["value"]] * 2)


def test_two_digits_go_in_as_their_pixels_and_come_out_as_the_network_s_ten_numbers(function, toy):
    given, scene = toy["digit_function"], function.scene
    for example, cue in enumerate(("network", "other")):
        picture, inputs, outputs, said = function.cues[cue]
        assert np.abs(picture - given["images"][example]).max() <= TEXTURE_STEP + 1e-6
        assert inputs == rounded(given["a0"][example][given["pixels"]])
        assert outputs == rounded(given["a3"][example])
        assert said == given["answer"][example] == given["a3"][example].argmax()
    assert scene.inside[0].values() == toy["digit_net"]["parameters"]
    place = scene.outputs.place(int(given["answer"][1]))
    assert scene.mark.get_center() == pytest.approx(place, abs=1e-6)


@pytest.fixture
def story(played):
    """The summary: its small pictures at the second line, its cursor at each play."""

    def at_cue(scene, cue):
        cards = scene.cards
        neuron = scene.held.values(), float(cards["neuron"][0].values()[0])
        pictures = cards["picture"].values(), cards["weights"].values()
        return pictures, neuron, cards["layer"].activations()[3], cards["knobs"].values()

    def before(scene, animations):
        return scene.cursor.values() if hasattr(scene, "cursor") else None

    return played(TheStorySoFar, at_cue, before)


def test_the_small_pictures_are_drawn_from_the_assets(story, toy):
    recap, forward = toy["digit_recap"], toy["digit_forward"]
    (picture, weights), (number, fill), outputs, knobs = story.cues["second"]
    limit = np.abs(recap["pattern"]).max()
    assert np.abs(picture - recap["image"]).max() <= TEXTURE_STEP + 1e-6
    assert np.abs(weights - recap["pattern"]).max() <= limit * 0.5 / 240 + 1e-6
    assert (number, fill) == (rounded(recap["value"])[0], pytest.approx(float(recap["value"]), abs=1e-6))
    assert outputs == pytest.approx(forward["a3"][0], abs=1e-6)
    assert knobs == toy["digit_net"]["parameters"]


def test_the_curve_is_the_accuracy_at_each_recorded_step_read_from_the_first_to_the_last(story, toy):
    recap, scene = toy["digit_recap"], story.scene
    drawn = scene.plot.curves()[0].values()
    assert drawn == pytest.approx(np.stack([recap["steps"], 100 * recap["accuracy"]], axis=1), rel=1e-6)
    assert story.plays[0][2] == pytest.approx(100 * recap["start_accuracy"], abs=0.2)
    x, y, number = scene.cursor.values()
    assert (x, y) == pytest.approx((recap["steps"][-1], 100 * recap["end_accuracy"]), rel=1e-6)
    assert number == round(float(100 * recap["end_accuracy"]), 1)
