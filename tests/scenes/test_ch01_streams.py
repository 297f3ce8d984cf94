"""Chapter 1: threes, the stream of digits and the kinds of networks as they are drawn equal their assets."""

import numpy as np
import pytest

from scenes.ch01_neural_network.kinds import COLORS, OneKindAmongMany
from scenes.ch01_neural_network.stream import DigitsStreamThrough
from scenes.ch01_neural_network.threes import ThreesOnlyLookAlike
from scenes.kit.edges import Travel
from scenes.kit.layer import window
from scenes.narration import load_narration
from scenes.theme import CORRECT, NEGATIVE

TEXTURE_STEP = 0.5 / 233 + 1e-6  # half a step of the 8-bit ink channel
SCENES = (ThreesOnlyLookAlike, DigitsStreamThrough, OneKindAmongMany)


@pytest.fixture
def show(play, pytestconfig):
    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        lines = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")[scene_class.__name__].lines
        return play(scene_class, assets, tuple(lines), on_cue)

    return run


def watched(scene_class, **methods):
    """The scene with some of its methods replaced, under its own name, by which its lines are found."""
    return type(scene_class.__name__, (scene_class,), methods)


def color(mobject):
    return mobject.get_stroke_color().to_hex()


def test_each_picture_has_its_marked_pixels_and_their_count_and_stands_at_it_on_the_line(show, toy):
    asset, seen = toy["digit_lookalikes"], {}

    def read(scene, cue):
        seen[cue] = [(each.picture.values(), each.differs(), each.count.values()) for each in scene.compared]

    scene = show(ThreesOnlyLookAlike, toy, read)
    assert set(seen) == {"same", "nearer"}
    for drawn in seen.values():
        for (picture, marks, count), image, differs in zip(drawn, asset["images"], asset["differs"], strict=True):
            assert np.abs(picture - image).max() <= TEXTURE_STEP
            assert np.array_equal(marks, differs)
            assert count == differs.sum()

    differing = asset["differing"]
    assert scene.line.pinned() == pytest.approx(differing, abs=1e-5)
    places = [scene.line.value_at(each.picture.get_center()) for each in scene.compared]
    assert places == pytest.approx(differing, abs=1e-5)
    assert [name.values() for name in scene.names] == asset["label"][:3].tolist()


@pytest.fixture
def stream(show, toy):
    """The scene after it was played, what was drawn after each digit, and the products that flashed."""
    seen, flows = [], []

    def decide(self, place, *args):
        DigitsStreamThrough.decide(self, place, *args)
        boxed = [name for name, neuron in enumerate(self.layers[3].neurons) if holds(self.box, neuron)]
        seen.append((self.grid.values(), [layer.values() for layer in self.layers], boxed, color(self.box)))

    def play(self, *animations, **options):
        for flash in (a for a in animations if isinstance(a, Travel)):
            flash.begin()
            flash.interpolate(0.5)
            flows.append(flash.mobject.products())
            flash.interpolate(0)
        DigitsStreamThrough.play(self, *animations, **options)

    scene = show(watched(DigitsStreamThrough, decide=decide, play=play), toy)
    return scene, seen, flows


def test_the_stream_draws_the_values_products_weights_and_score_of_the_asset(stream, toy):
    asset, (scene, seen, flows) = toy["digit_stream"], stream
    shown = [asset["window"], *(window(n) for n in (16, 16, 10))]
    check_layers(asset, seen, shown)
    expected = [asset[f"flow{i + 1}"][slow][np.ix_(shown[i + 1], shown[i])] for slow in (0, 1) for i in range(3)]
    for drawn, products in zip(flows, expected, strict=True):
        assert drawn == pytest.approx(products, abs=1e-6)
    for i, drawn in enumerate(scene.network.values()):
        weights = toy["digit_net"][f"w{i + 1}"]
        assert drawn == pytest.approx(weights[np.ix_(shown[i + 1], shown[i])], abs=1e-6)
    check_score(asset, scene)


def check_layers(asset, seen, shown):
    assert len(seen) == len(asset["label"])
    for place, (picture, layers, boxed, _) in enumerate(seen):
        assert np.abs(picture - asset["images"][place]).max() <= TEXTURE_STEP
        for i, held in enumerate(layers):
            assert held == pytest.approx(asset[f"a{i}"][place][shown[i]], abs=1e-6)
        assert boxed == [asset["a3"][place].argmax()]
    assert [kind == NEGATIVE for *_, kind in seen] == [not right for right in asset["correct"]]


def holds(box, neuron):
    x, y, _ = np.abs(neuron.get_center() - box.get_center())
    return x < box.width / 2 and y < box.height / 2


def check_score(asset, scene):
    assert (scene.right.values(), scene.wrong.values()) == (asset["right"], asset["wrong"])
    assert len(scene.thumbs) == len(asset["images"])
    for thumb, image, right in zip(scene.thumbs, asset["images"], asset["correct"], strict=True):
        assert np.abs(thumb.values() - image).max() <= TEXTURE_STEP
        assert color(thumb.frame) == (CORRECT if right else NEGATIVE)
    wrong = np.flatnonzero(~asset["correct"])
    assert len(scene.mistakes) == len(wrong)
    for place, (picture, said, label) in zip(wrong, scene.mistakes, strict=True):
        assert np.abs(picture.values() - asset["images"][place]).max() <= TEXTURE_STEP
        assert said[1].values() == asset["predicted"][place]
        assert label[1].values() == asset["label"][place]


def test_the_formula_has_the_colours_of_its_layers_and_learning_the_weights_of_each_step(show, toy):
    net, forward, seen = toy["digit_net"], toy["digit_forward"], []

    def play(self, *animations, **options):
        OneKindAmongMany.play(self, *animations, **options)
        if hasattr(self, "step"):
            seen.append((self.step.values(), self.network.values(), self.network.activations()))

    shown = [forward["window"], *(window(n) for n in (16, 16, 10))]
    formula = {}
    scene = show(watched(OneKindAmongMany, play=play), toy, lambda scene, cue: look_at_formula(scene, cue, formula))
    check_formula(formula, forward, shown)
    assert [step for step, *_ in seen[:3]] == net["steps"].tolist()
    for place, (_, weights, held) in enumerate(seen[:3]):
        for i, drawn in enumerate(weights):
            expected = net[f"w{i + 1}_steps"][place][np.ix_(shown[i + 1], shown[i])]
            assert drawn == pytest.approx(expected, abs=1e-6)
        assert all((layer == 0).all() for layer in held)  # no picture is shown to a network on its way
    assert [len(layer.neurons) for layer in scene.network.layers] == [16, 16, 16, 10]


def look_at_formula(scene, cue, seen):
    if cue == "formula":
        seen["activations"] = scene.network.activations()
        for name, box in (("a", scene.told[-2]), ("next", scene.told[-1])):
            fill = scene.formula.part(name)[0].get_fill_color().to_hex()
            inside = [i for i, layer in enumerate(scene.network.layers) if holds(box, layer)]
            seen[name] = (color(box), fill, inside)


def check_formula(seen, forward, shown):
    assert seen["a"] == (COLORS["a"], COLORS["a"], [1])
    assert seen["next"] == (COLORS["next"], COLORS["next"], [2])
    for i, held in enumerate(seen["activations"]):
        assert held == pytest.approx(forward[f"a{i}"][int(forward["lead"])][shown[i]], abs=1e-6)
