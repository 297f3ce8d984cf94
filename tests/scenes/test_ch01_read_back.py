"""Chapter 1: what each scene draws, decoded from points, colours and glyphs, equals its assets."""

import numpy as np
import pytest

from scenes.ch01_neural_network.counting import EveryKnobCounted
from scenes.ch01_neural_network.forward_pass import NumbersFlowForward
from scenes.ch01_neural_network.held_number import HeldNumber
from scenes.ch01_neural_network.pixel_values import PATCH_SIDE, PixelsAreNumbers
from scenes.kit.counter import NextTerm
from scenes.kit.edges import Travel
from scenes.kit.layer import window
from scenes.kit.network import Highlight
from scenes.kit.pixel_grid import written_values
from scenes.narration import load_narration
from scenes.theme import ACCENT

TEXTURE_STEP = 0.5 / 233  # half a step of the 8-bit ink channel
GAUGE = 1e-6  # positions are float64; a mark is placed once
SCENES = (PixelsAreNumbers, HeldNumber, NumbersFlowForward, EveryKnobCounted)


def cues_of(scene_class, chapter_folder):
    return tuple(load_narration(chapter_folder)[scene_class.__name__].lines)


@pytest.fixture
def chapter_folder(pytestconfig):
    return pytestconfig.rootpath / "scenes" / "ch01_neural_network"


@pytest.fixture
def show(play, chapter_folder):
    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        return play(scene_class, assets, cues_of(scene_class, chapter_folder), on_cue)

    return run


def rounded(values, decimals):
    """Python's rounding, which is that of the exact binary value; numpy's scales first and differs at ties."""
    return np.array([[round(float(v), decimals) for v in row] for row in values])


def test_every_pixel_shows_its_value_as_a_shade_and_as_a_written_number(show, toy):
    image = toy["digit_forward"]["images"][0].astype(float)
    scene = show(PixelsAreNumbers, toy)
    assert np.abs(scene.grid.values() - image).max() <= TEXTURE_STEP + 1e-6
    assert written_values(scene.numbers) == pytest.approx(rounded(image, 1), abs=1e-9)


def test_the_name_beside_the_picture_is_its_label_and_the_key_shows_the_ends_of_the_scale(show, toy):
    scene = show(PixelsAreNumbers, toy)
    assert scene.name.values() == toy["digit_forward"]["label"][0]
    drawn = [(float(cell.values()[0, 0]), written.values()) for cell, written in scene.key]
    assert drawn == [(0.0, 0.0), (1.0, 1.0)]


def test_the_magnified_patch_shows_the_pixels_that_the_recipe_chose(show, toy):
    row, column = toy["digit_forward"]["patch"]
    patch = toy["digit_forward"]["images"][0][row : row + PATCH_SIDE, column : column + PATCH_SIDE].astype(float)
    scene = show(PixelsAreNumbers, toy)
    assert written_values(scene.patch_numbers) == pytest.approx(rounded(patch, 2), abs=1e-9)


def test_the_neuron_shows_each_value_as_number_brightness_and_mark(show, toy):
    seen = []

    class Watched(HeldNumber):
        def show(self, image, value):
            super().show(image, value)
            seen.append(self.read())

        def respond(self, image, value):
            super().respond(image, value)
            seen.append(self.read())

        def read(self):
            low, high = self.scale_line.get_start()[1], self.scale_line.get_end()[1]
            mark = (self.mark.get_center()[1] - low) / (high - low)
            return self.number.values(), self.circle.get_fill_opacity(), mark, self.picture.values()

    Watched.__name__ = "HeldNumber"
    show(Watched, toy)
    values, images = toy["digit_neuron"]["value"], toy["digit_neuron"]["images"]
    assert [number for number, *_ in seen] == [round(float(v), 2) for v in values]
    assert [fill for _, fill, *_ in seen] == pytest.approx(list(values), abs=1e-6)
    assert [mark for *_, mark, _ in seen] == pytest.approx(list(values), abs=GAUGE)
    assert np.abs(np.array([picture for *_, picture in seen]) - images).max() <= TEXTURE_STEP + 1e-6


def test_the_kept_pictures_are_visited_from_the_weakest_response_to_the_strongest(show, toy):
    seen = []

    class Watched(HeldNumber):
        def recall(self, index):
            super().recall(index)
            mark = (self.mark.get_center()[1] - self.scale_line.get_start()[1]) / self.scale_line.height
            seen.append((self.number.values(), self.circle.get_fill_opacity(), mark, self.kept[index].values()))

    Watched.__name__ = "HeldNumber"
    scene = show(Watched, toy)
    values, images = toy["digit_neuron"]["value"], toy["digit_neuron"]["images"]
    order = np.argsort(values)
    numbers, fills, marks, pictures = zip(*seen, strict=True)
    assert list(numbers) == [round(float(v), 2) for v in values[order]]
    assert list(fills) == pytest.approx(list(values[order]), abs=1e-6)
    assert list(marks) == pytest.approx(list(values[order]), abs=GAUGE)
    assert np.abs(np.array(pictures) - images[order]).max() <= TEXTURE_STEP + 1e-6
    places = [
        (small.get_center()[1] - scene.scale_line.get_start()[1]) / scene.scale_line.height for small in scene.kept
    ]
    assert places == pytest.approx(list(values), abs=GAUGE)


def test_neurons_edges_and_written_outputs_are_the_network_s(show, toy):
    scene = show(NumbersFlowForward, toy)
    net, forward = toy["digit_net"], toy["digit_forward"]
    shown = [forward["window"], *(window(n) for n in (16, 16, 10))]
    for layer, indices in enumerate(shown):
        assert scene.layers[layer].values() == pytest.approx(forward[f"a{layer}"][0][indices], abs=1e-6)
    for step, edges in enumerate(scene.edges):
        weights = net[f"w{step + 1}"][np.ix_(shown[step + 1], shown[step])]
        assert edges.values() == pytest.approx(weights, abs=1e-6)
    assert [n.values() for n in scene.written] == [round(float(a), 2) for a in forward["a3"][0]]
    winner = int(forward["a3"][0].argmax())
    assert (scene.said.values(), scene.label.values()) == (winner, forward["label"][0])
    assert [n.submobjects[0].get_fill_color().to_hex() == ACCENT for n in scene.written] == [
        d == winner for d in range(10)
    ]


def test_each_flash_is_a_real_product_of_weight_and_activation(show, toy):
    flows = []

    class Watched(NumbersFlowForward):
        def play(self, *animations, **options):
            for flash in (a for a in animations if isinstance(a, Travel)):
                flash.begin()
                flash.interpolate(0.5)
                flows.append(flash.mobject.products())
                flash.interpolate(0)
            super().play(*animations, **options)

    Watched.__name__ = "NumbersFlowForward"
    show(Watched, toy)
    net, forward = toy["digit_net"], toy["digit_forward"]
    shown = [forward["window"], *(window(n) for n in (16, 16, 10))]
    products = [
        (net[f"w{step + 1}"] * forward[f"a{step}"][0])[np.ix_(shown[step + 1], shown[step])] for step in range(3)
    ]
    brightest = np.arange(16) == forward["a1"][0].argmax()
    of_one = np.where(brightest[:, None], products[0], 0.0)
    expected = [products[0], products[0], of_one, products[1], products[2]]
    for drawn, product in zip(flows, expected, strict=True):
        assert drawn == pytest.approx(product, abs=1e-6)


def test_the_edges_seen_alone_as_the_boldest_are_those_of_at_least_half_the_largest_weight(show, toy):
    alone = []

    class Watched(NumbersFlowForward):
        def play(self, *animations, **options):
            super().play(*animations, **options)
            if any(isinstance(a, Highlight) for a in animations):
                alone.append([edges.in_fan.tolist() for edges in self.edges])

    Watched.__name__ = "NumbersFlowForward"
    scene = show(Watched, toy)
    sizes = [np.abs(edges.values()).ravel() for edges in scene.edges]
    assert alone[0] == [np.flatnonzero(size >= size.max() / 2).tolist() for size in sizes]
    assert alone[1] == [[], [], []]


def test_the_brightest_and_the_least_decided_hidden_neuron_say_what_they_hold(show, toy):
    told = {}

    def read(scene, cue):
        if cue in ("first", "second", "output"):
            told[cue] = sorted(tag.values() for tag in scene.tags)

    show(NumbersFlowForward, toy, read)
    expected = {}
    for cue, name in (("first", "a1"), ("second", "a2")):
        held = toy["digit_forward"][name][0].astype(float)
        expected[cue] = sorted(round(float(held[i]), 2) for i in {held.argmax(), np.abs(held - 0.5).argmin()})
    assert told == expected | {"output": []}


def test_the_terms_of_the_count_are_the_tensors_sizes_and_add_up_to_the_drawn_total(show, toy):
    scene = show(EveryKnobCounted, toy)
    w1, b1, w2, b2, w3, b3 = toy["digit_net"]["numel"]
    *drawn, total = scene.counter.values()
    assert drawn == [w1, w2, w3, b1, b2, b3]
    assert total == sum(drawn) == toy["digit_net"]["parameters"] == 13_002


def test_after_each_term_the_total_is_the_sum_of_those_that_are_there(show, toy):
    totals = []

    class Watched(EveryKnobCounted):
        def play(self, *animations, **options):
            super().play(*animations, **options)
            if any(isinstance(a, NextTerm) for a in animations):
                totals.append(self.counter.values()[-1])

    Watched.__name__ = "EveryKnobCounted"
    show(Watched, toy)
    w1, b1, w2, b2, w3, b3 = toy["digit_net"]["numel"]
    assert totals == np.cumsum([w1, w2, w3, b1, b2, b3]).tolist()


def test_a_wider_network_is_drawn_as_a_stated_window_with_its_own_count(show, make_assets):
    wide = make_assets(2, hidden=32)
    scene = show(EveryKnobCounted, wide)
    assert scene.counter.values()[-1] == 784 * 32 + 32 + 32 * 32 + 32 + 32 * 10 + 10
    assert [len(layer.neurons) for layer in scene.layers] == [16, 16, 16, 10]
    assert scene.edges[1].values() == pytest.approx(wide["digit_net"]["w2"][np.ix_(window(32), window(32))], abs=1e-6)
