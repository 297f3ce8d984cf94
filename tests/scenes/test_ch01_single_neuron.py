"""The scenes about one neuron: what they draw, decoded from points, colours and glyphs, equals their assets."""

import numpy as np
import pytest

from scenes.ch01_neural_network.bias import TheBiasSetsTheBar
from scenes.ch01_neural_network.one_neuron import OneNeuronWeighsOnePattern
from scenes.ch01_neural_network.squish import SquishedBetweenZeroAndOne
from scenes.narration import load_narration
from scenes.theme import POSITIVE

SCENES = (OneNeuronWeighsOnePattern, SquishedBetweenZeroAndOne, TheBiasSetsTheBar)
SHIFTS = (-6.0, -2.75, 0.5, 6.0)
TAKEN = (200, 400, 700)  # products of 784


class PatternWatched(OneNeuronWeighsOnePattern):
    """Keeps how bright the layer is, and what is drawn inside the adding, and for some shifts of the digit."""

    def play(self, *animations, **options):
        if self.products.updaters and "running" not in self.__dict__:
            tracker, self.running = animations[0].mobject, []
            for count in TAKEN:
                tracker.set_value(count)
                self.total.update()
                self.products.update()
                self.running.append((self.total.values(), self.products.values()))
            tracker.set_value(0)
        super().play(*animations, **options)
        self.__dict__.setdefault("lit", []).append(self.layer.values())

    def cue_over(self, cue):
        if cue == "sum":
            self.summed = self.total.values(), self.digit.values(), self.products.values()
        elif cue in ("slide", "where"):
            self.__dict__.setdefault("ends", []).append(self.cursor.values())
        if cue == "slide":
            self.slid, here = [], self.shift.get_value()
            for shift in SHIFTS:
                self.shift.set_value(shift)
                for part in (self.digit, self.products, self.cursor):
                    part.update()
                self.slid.append((self.digit.values(), self.products.values(), self.cursor.values()))
            self.shift.set_value(here)


class SquishWatched(SquishedBetweenZeroAndOne):
    """Keeps where the dots are before and after each of their moves."""

    def put_dots(self, squish):
        super().put_dots(squish)
        self.places = [self.read()]

    def move_dots(self, x, y):
        super().move_dots(x, y)
        self.places.append(self.read())

    def read(self):
        found = np.zeros((16, 2))
        for dots, who in zip(self.dots, self.groups, strict=True):
            found[who] = dots.values()
        return found

    def cue_over(self, cue):
        """Nothing to keep."""


class BarWatched(TheBiasSetsTheBar):
    """Keeps what is drawn for some biases."""

    def cue_over(self, cue):
        if cue != "move":
            return
        own, self.seen, here = self.assets["neuron_bar"], [], self.bias.get_value()
        for bias in (float(own["few_bias"]), 0.15, float(own["many_bias"]), float(own["bias"])):
            self.bias.set_value(bias)
            for part in (self.standard, self.lit, self.cursor, self.formula, *self.pictures):
                part.update()
            bar = self.plot.axes.decode(self.bar.get_center()[None])[0, 0]
            bright = [picture.frame.get_stroke_color().to_hex() == POSITIVE for picture in self.pictures]
            written = [line.values() for line in self.formula]
            drawn = (bar, self.height.values(), self.lit.values(), bright, written, self.cursor.values())
            self.seen.append((bias, *drawn))
        self.bias.set_value(here)


for watched, scene_class in zip((PatternWatched, SquishWatched, BarWatched), SCENES, strict=True):
    watched.__name__ = scene_class.__name__

RUNS = {}  # a scene is played once for all tests that look at it


@pytest.fixture
def show(play, pytestconfig):
    folder = pytestconfig.rootpath / "scenes" / "ch01_neural_network"

    def run(scene_class, assets, on_cue=lambda scene, cue: None):
        name = scene_class.__name__
        return play(scene_class, assets, tuple(load_narration(folder)[name].lines), on_cue)

    return run


@pytest.fixture
def played(show, make_assets):
    def run(scene_class):
        if scene_class not in RUNS:
            assets = make_assets(1)
            scene = show(scene_class, assets, lambda scene, cue: scene.cue_over(cue))
            RUNS[scene_class] = scene, assets[scene_class.needs[0]], assets
        return RUNS[scene_class]

    return run


def shade(grid):
    """Half of a step of a picture's colours, in its values."""
    return grid.limit * 0.5 / (240 if grid.signed else 233) + 1e-6


def moved_by(own, shift):
    """The digit moved by any shift within its reach, (28, 28)."""
    low = min(int(np.floor(shift + 6)), 11)
    share = shift + 6 - low
    return (1 - share) * own["moved"][low].astype(float) + share * own["moved"][low + 1]


def test_weights_and_products_are_drawn_in_their_own_colours_and_the_sum_is_written(played):
    scene, own, _ = played(PatternWatched)
    total, digit, products = scene.summed
    assert np.abs(scene.weights.values() - own["shown"]).max() <= shade(scene.weights)
    assert np.abs(digit - own["image"]).max() <= shade(scene.digit)
    assert np.abs(products - own["products"]).max() <= shade(scene.products)
    assert total == round(float(own["sum"]), 1)
    assert scene.products.limit == pytest.approx(np.abs(own["moved"] * own["weights"]).max())


def test_the_first_hidden_layer_holds_the_digits_activations_until_one_neuron_is_alone(played):
    scene, own, _ = played(PatternWatched)
    assert scene.lit[1] == pytest.approx(own["a1"], abs=1e-6)
    assert scene.layer.neurons[int(own["neuron"])] is scene.neuron


def test_on_the_way_the_sum_is_that_of_the_products_that_are_drawn(played):
    scene, own, _ = played(PatternWatched)
    flat = own["products"].astype(float).ravel()
    for count, (total, products) in zip(TAKEN, scene.running, strict=True):
        assert total == pytest.approx(flat[:count].sum(), abs=0.05 + 1e-6)
        expected = np.where(np.arange(flat.size) < count, flat, 0).reshape(28, 28)
        assert np.abs(products - expected).max() <= shade(scene.products)


def test_digit_products_curve_and_number_belong_to_one_shift(played):
    scene, own, _ = played(PatternWatched)
    shifts = own["shifts"].astype(float)
    assert scene.curve.values() == pytest.approx(np.stack([shifts, own["sums"].astype(float)], axis=1), abs=1e-5)
    for shift, (digit, products, (x, y, written)) in zip(SHIFTS, scene.slid, strict=True):
        image = moved_by(own, shift)
        assert np.abs(digit - image).max() <= shade(scene.digit)
        assert np.abs(products - image * own["weights"]).max() <= shade(scene.products)
        assert x == pytest.approx(shift, abs=1e-6)
        assert y == pytest.approx((image * own["weights"]).sum(), abs=1e-3)
        assert abs(written - y) <= 0.05 + 1e-6


def test_the_digit_stops_away_and_then_where_it_was_written(played):
    scene, own, _ = played(PatternWatched)
    away, home = scene.ends
    for drawn, x, y in ((away, own["away_shift"], own["away_sum"]), (home, 0, own["sum"])):
        assert drawn == pytest.approx([float(x), float(y), round(float(y), 1)], abs=1e-4)


def test_both_histograms_count_every_sum_and_every_activation(played):
    scene, own, _ = played(SquishWatched)
    for bars, data in ((scene.bars, own["z"]), (scene.side_bars, own["a"])):
        edges = bars.bins_at
        assert bars.values() == pytest.approx(np.histogram(data.ravel().astype(float), edges)[0], abs=1e-4)
        assert bars.values().sum() == pytest.approx(own["z"].size, abs=1e-3)
        assert bars.edges() == pytest.approx(np.stack([edges[:-1], edges[1:]], axis=1), abs=1e-6)


def test_the_dots_go_from_their_sums_up_to_the_curve_and_aside_to_their_activations(played):
    scene, own, _ = played(SquishWatched)
    z, a = own["example_z"].astype(float), own["example_a"].astype(float)
    left = np.full(16, own["curve_z"][0])
    for found, (x, y) in zip(scene.places, ((z, 0 * z), (z, a), (left, a)), strict=True):
        assert found == pytest.approx(np.stack([x, y], axis=1), abs=1e-5)
    assert scene.groups[1].tolist() == (np.arange(16) == own["neuron"]).tolist()


def test_the_curve_has_three_parts_with_the_share_of_the_sums_over_each(played):
    scene, own, _ = played(SquishWatched)
    drawn = scene.curve.values()
    assert drawn == pytest.approx(np.stack([own["curve_z"], own["curve_a"]], axis=1), abs=1e-6)
    ends = [part.values()[[0, -1], 0] for part in scene.parts]  # low, high, mid
    low, high = own["cut_z"]
    expected = [(own["curve_z"][0], low), (high, own["curve_z"][-1]), (low, high)]
    assert np.array(ends) == pytest.approx(np.array(expected), abs=1e-5)
    shares = own["shares"][[0, 2, 1]]
    assert [number.values() for number in scene.shares] == [round(100 * float(share)) for share in shares]
    for line, cut in zip(scene.cuts, own["cut_z"], strict=True):
        for piece, plot in zip(line, (scene.plot, scene.low), strict=True):
            assert plot.axes.decode(piece.get_center()[None])[0, 0] == pytest.approx(float(cut), abs=1e-5)


def test_bar_bright_bars_pictures_and_numbers_belong_to_one_bias(played):
    scene, own, _ = played(BarWatched)
    sums = own["sums"].astype(float)
    assert len(scene.seen) == 4
    for bias, bar, height, lit, bright, written, (x, y, share) in scene.seen:
        assert bar == pytest.approx(-bias, abs=1e-6)
        assert height == round(-bias, 1)
        assert lit == pytest.approx(np.histogram(sums[sums > -bias], scene.edges)[0], abs=1e-5)
        assert bright == (own["pinned_sums"] > -bias).tolist()
        assert written == [{"b": round(bias, 1)}, {"height": round(-bias, 1)}]
        assert x == pytest.approx(bias, abs=1e-6)
        assert y == pytest.approx(100 * (sums > -bias).mean(), abs=100 / len(sums) + 1e-6)  # a jump has two ends
        assert abs(share - y) <= 0.5 + 1e-6


def test_all_sums_are_counted_and_the_learned_bias_is_marked_on_the_curve(played):
    scene, own, _ = played(BarWatched)
    assert scene.all.values() == pytest.approx(np.histogram(own["sums"], scene.edges)[0], abs=1e-6)
    assert scene.learned.values()[0] == pytest.approx([float(own["bias"]), 100 * float(own["share"])], abs=1e-4)
    assert scene.bias.get_value() == float(own["bias"])
    corners = np.stack([own["biases"], 100 * own["shares"]], axis=1)
    assert scene.curve.values() == pytest.approx(corners, abs=1e-4)
    for picture, image, at in zip(scene.pictures, own["pinned"], own["pinned_sums"], strict=True):
        assert np.abs(picture.values() - image).max() <= shade(picture)
        assert scene.plot.axes.decode(picture.get_center()[None])[0, 0] == pytest.approx(float(at), abs=1e-5)
