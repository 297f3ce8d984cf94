"""Chapter 1: the first layer, the training and the mistake, decoded from what is drawn, equal their assets."""

import numpy as np
import pytest

from scenes.ch01_neural_network.forward_pass import NumbersFlowForward
from scenes.ch01_neural_network.learning import ACCURACY, LearningTurnsTheKnobs, shares_of
from scenes.ch01_neural_network.pixel_layer import PixelsBecomeALayer
from scenes.ch01_neural_network.wrong import SureAndWrong, names_of, votes_of
from scenes.kit.layer import window
from scenes.kit.pixel_grid import written_values
from scenes.narration import load_narration
from scenes.theme import ACCENT

TEXTURE_STEP = 0.5 / 233  # half a step of the 8-bit ink channel
SCENES = (PixelsBecomeALayer, LearningTurnsTheKnobs, SureAndWrong)


@pytest.fixture
def show(play, pytestconfig):
    folder = pytestconfig.rootpath / "scenes" / "ch01_neural_network"

    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        return play(scene_class, assets, tuple(load_narration(folder)[scene_class.__name__].lines), on_cue)

    return run


def watch_pixels(show, assets):
    """The scene of the pixels at its end, and what it drew on the way."""
    seen = {}

    def read(scene, cue):
        if cue == "holds":
            seen["grid"], seen["numbers"] = scene.grid.values(), written_values(scene.numbers)
            seen["one"] = (scene.number.values(), scene.circle.get_fill_opacity())
            seen["ring"] = scene.pulled[0].get_center()
            seen["cells"] = scene.grid.piece_places()

    class Watched(PixelsBecomeALayer):
        def play(self, *animations, **options):
            super().play(*animations, **options)
            if not self.grid.whole and len(self.grid.shown()) < 784 and "places" not in seen:
                seen["places"], seen["shown"] = self.grid.piece_places(), self.grid.shown()

    Watched.__name__ = "PixelsBecomeALayer"
    return show(Watched, assets, read), seen


def test_pixels_show_shades_and_numbers_and_become_neurons_or_dots(show, toy):
    forward, chosen = toy["digit_forward"], toy["pixel_neuron"]
    image, shown = forward["images"][0].astype(float), forward["window"]
    scene, seen = watch_pixels(show, toy)
    assert np.abs(seen["grid"] - image).max() <= TEXTURE_STEP + 1e-6
    assert seen["numbers"] == pytest.approx(np.array([[round(v, 1) for v in row] for row in image]), abs=1e-9)
    assert seen["one"][0] == round(float(chosen["value"]), 2)
    assert seen["one"][1] == pytest.approx(float(chosen["value"]), abs=1e-6)
    assert seen["cells"][int(chosen["pixel"])] == pytest.approx(seen["ring"], abs=1e-6)

    column = scene.layers[0]
    assert seen["shown"].tolist() == shown.tolist()
    assert seen["places"][shown] == pytest.approx(np.array([n.get_center() for n in column.neurons]), abs=1e-6)
    others = np.delete(seen["places"], shown, axis=0)
    assert others == pytest.approx(np.tile(column.dots[1].get_center(), (len(others), 1)), abs=1e-6)
    assert column.values() == pytest.approx(image.ravel()[shown], abs=1e-6)

    assert [layer.size for layer in scene.layers] == toy["digit_net"]["sizes"].tolist()
    assert not any(layer.values().any() for layer in scene.layers[1:])  # nothing has arrived yet
    assert [len(marks) for marks in scene.marks] == [16, 16]
    assert [name.values() for name in scene.names] == list(range(10))


def test_the_last_picture_is_the_first_of_the_next_scene(show, toy):
    first = []

    class Watched(NumbersFlowForward):
        def play(self, *animations, **options):
            if not first:
                title = animations[0].mobject
                self.remove(title)
                first.append(self.renderer.picture(self))
            super().play(*animations, **options)

    Watched.__name__ = "NumbersFlowForward"
    show(Watched, toy)
    scene = show(PixelsBecomeALayer, toy)
    assert first[0].std() > 1  # something is drawn
    assert np.array_equal(scene.renderer.picture(scene), first[0])


def test_the_training_draws_the_recorded_weights_activations_answer_and_accuracy(show, toy):
    net, learning, seen = toy["digit_net"], toy["digit_learning"], []

    def look(scene):
        numbers = (scene.reel.values(), scene.reel.number(ACCURACY), scene.answer.values())
        seen.append((numbers, scene.network.values(), scene.network.activations()))

    scene = show(LearningTurnsTheKnobs, toy, lambda scene, cue: look(scene))
    scene.reel.set_values(int(net["steps"][1]))
    look(scene)
    shown = [toy["digit_forward"]["window"], *(window(n) for n in (16, 16, 10))]
    for place, (numbers, weights, activations) in zip((0, 2, 1), seen, strict=True):
        accuracy = round(100 * float(net["accuracy_steps"][place]), 1)
        assert numbers == (net["steps"][place], accuracy, learning["answer_steps"][place])
        for i, drawn in enumerate(weights):
            weights_shown = net[f"w{i + 1}_steps"][place][np.ix_(shown[i + 1], shown[i])]
            largest = np.abs(weights_shown).max() or 1.0  # the made-up training starts from nothing
            assert drawn == pytest.approx(weights_shown / largest, abs=1e-6)
        for i, drawn in enumerate(activations[1:], start=1):
            assert drawn == pytest.approx(learning[f"a{i}_steps"][place], abs=1e-6)


def test_a_weight_is_drawn_as_a_share_of_the_largest_drawn_of_its_layer_and_step():
    steps = np.array([[[0.0, 0.0, 9.0]], [[1.0, -2.0, 9.0]], [[-0.5, 0.1, 9.0]]])
    shares = shares_of(steps, np.array([0]), np.array([0, 1]))
    assert shares[:, :, :2].tolist() == [[[0, 0]], [[0.5, -1]], [[-1, 0.2]]]


def test_the_mistake_shows_its_pictures_label_answer_and_ten_outputs(show, toy):
    mistake, seen = toy["digit_mistake"], {}

    def read(scene, cue):
        if cue == "reads":
            seen["bars"], seen["written"] = scene.outputs.values(), scene.outputs.written()
            seen["numbers"] = [number.values() for number in scene.read_numbers]
            seen["marked"] = scene.outputs.bars.colors().tolist()

    scene = show(SureAndWrong, toy, read)
    assert np.abs(scene.picture.values() - mistake["image"]).max() <= TEXTURE_STEP + 1e-6
    drawn = np.array([picture.values() for picture in scene.pictures])
    assert np.abs(drawn - mistake["gallery"]).max() <= TEXTURE_STEP + 1e-6
    assert scene.count.markup.startswith(f"{mistake['wrong']} of {mistake['tests']} test digits are read wrong")
    assert seen["bars"] == pytest.approx(mistake["outputs"], abs=1e-6)
    assert seen["written"].tolist() == [round(float(v), 2) for v in mistake["outputs"]]
    assert seen["numbers"] == [mistake["label"], mistake["answer"]]
    assert [color == ACCENT for color in seen["marked"]] == [digit == mistake["answer"] for digit in range(10)]


def test_the_drawn_votes_and_the_bias_add_up_to_the_drawn_sums(show, toy):
    mistake = toy["digit_mistake"]
    scene = show(SureAndWrong, toy)
    rows, voters = votes_of(mistake), mistake["voters"]
    for candidate, chart in enumerate(scene.charts):
        drawn = chart.values()
        assert drawn == pytest.approx(rows[candidate], abs=1e-5)
        assert drawn[: len(voters)] == pytest.approx(mistake["votes"][candidate][voters], abs=1e-5)
        assert drawn.sum() == pytest.approx(float(mistake["sums"][candidate]), abs=1e-4)
        assert scene.totals[candidate].values() == round(float(mistake["sums"][candidate]), 2)
    held = [neuron.get_fill_opacity() for neuron in scene.neurons]
    assert held == pytest.approx(mistake["activations"][voters], abs=1e-6)
    assert names_of(mistake)[-2:] == ["the other 8", "bias"]
