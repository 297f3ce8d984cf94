"""Width and depth, the bend, and neurons that cannot learn: what is drawn, decoded, equals the assets."""

import numpy as np
import pytest

from scenes.ch01_neural_network.bend import ABendLearnsFaster
from scenes.ch01_neural_network.starts import BINS, NeuronsThatCannotLearn
from scenes.ch01_neural_network.widths import WiderOrDeeper
from scenes.narration import load_narration

COLOUR_STEP = 1 / 400  # of the colour scale: what a pixel of a heat map tells


class Wide(WiderOrDeeper):
    """Keeps where the frame was, and the values that were marked."""

    def play(self, *animations, **options):
        super().play(*animations, **options)
        if hasattr(self, "frame"):
            seen = tuple(np.round([*self.frame.get_center()[:2], self.frame.width, self.frame.height], 5))
            self.framed = [*getattr(self, "framed", []), seen]

    def mark(self, share):
        self.marked = [*getattr(self, "marked", []), share]
        return super().mark(share)


class Starts(NeuronsThatCannotLearn):
    """Keeps what the panels drew before they left, and the blocks before the first step."""

    def turn_page(self, dying):
        self.drawn = [(p.free.values(), p.pinned.values(), p.saturated.values()) for p in self.every()]
        super().turn_page(dying)

    def make_blocks(self, dying):
        super().make_blocks(dying)
        self.before = [block.values() for block in self.blocks]


Wide.__name__, Starts.__name__ = "WiderOrDeeper", "NeuronsThatCannotLearn"
SCENES = (Wide, ABendLearnsFaster, Starts)


@pytest.fixture(scope="module")
def played():
    """Each scene that was played, with its assets: a scene is played once for all that is read from it."""
    return {}


@pytest.fixture
def show(play, make_assets, played, pytestconfig):
    def run(scene_class):
        if scene_class not in played:
            narration = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")
            assets = make_assets(1)
            scene = play(scene_class, assets, tuple(narration[scene_class.__name__].lines))
            played[scene_class] = scene, assets
            scene.read = {read.split(".")[0] for read in assets.reads}
        return played[scene_class]

    return run


def percent(shares):
    return [round(100 * float(share)) for share in np.ravel(shares)]


def test_each_cell_has_the_colour_the_accuracy_and_the_count_of_its_network(show):
    scene, assets = show(Wide)
    table = assets["width_depth"]
    acc = table["acc"].T
    assert scene.map.values() == pytest.approx(acc, abs=COLOUR_STEP)
    assert [number.values() for number in scene.shares] == percent(acc)
    assert [number.values() for number in scene.counts] == table["parameters"].T.ravel().tolist()
    for place, number, count in zip(np.ndindex(acc.shape), scene.shares, scene.counts, strict=True):
        middle = scene.map.place(*place)
        assert abs(number.get_center() - middle).max() < 0.5
        assert abs(count.get_center() - middle).max() < 0.5


def test_rows_and_columns_are_named_by_hidden_layers_and_widths(show):
    scene, assets = show(Wide)
    assert scene.map.axes.x.read()[1].tolist() == assets["width_depth"]["widths"].tolist()
    assert scene.map.axes.y.read()[1].tolist() == assets["width_depth"]["depths"].tolist()


def test_the_frame_is_around_the_film_s_size_then_its_row_then_its_column(show):
    scene, _ = show(Wide)
    heat = scene.map
    cell = heat.place(1, 1) - heat.place(0, 0)
    expected = []
    for (row, column), rows, columns in (((1, 3), 1, 1), ((1, 2), 1, 5), ((1.5, 3), 4, 1)):
        expected.append(tuple(np.round([*heat.place(row, column)[:2], cell[0] * columns, cell[1] * rows], 6)))
    assert list(dict.fromkeys(scene.framed)) == [pytest.approx(one, abs=1e-5) for one in expected]


def test_every_start_of_the_film_s_size_is_written_in_its_cell_and_marked_beside_the_colour_scale(show):
    scene, assets = show(Wide)
    again = assets["width_depth"]["again"]
    assert scene.marked == pytest.approx([*again[1:], again[0]])
    axis = scene.map.scale_axis
    heights = [axis.frame.back(mark.get_center())[1] for mark in scene.marks]
    assert axis.decode(np.array(heights)) == pytest.approx([*again[1:], again[0]], abs=1e-6)


def test_the_two_functions_are_drawn_as_they_are_computed(show):
    scene, assets = show(ABendLearnsFaster)
    race = assets["bend_race"]
    z, (sigmoid, relu) = race["z"], race["curve"]
    pieces = [piece.values() for piece in scene.pieces]
    assert pieces[0] == pytest.approx(np.stack([z, sigmoid], axis=1), abs=1e-6)
    assert pieces[1] == pytest.approx(np.stack([z, relu], axis=1)[z <= 0], abs=1e-6)
    assert pieces[2] == pytest.approx(np.stack([z, relu], axis=1)[z >= 0], abs=1e-6)


def test_each_curve_is_the_test_accuracy_of_a_start_and_the_cursors_say_how_the_medians_end(show):
    scene, assets = show(ABendLearnsFaster)
    race = assets["bend_race"]
    for bend in (0, 1):
        for drawn, acc in zip(scene.starts[bend], race["acc"][bend], strict=True):
            assert drawn.values() == pytest.approx(np.stack([race["epochs"], acc], axis=1), abs=1e-6)
        assert scene.medians[bend].values()[:, 1] == pytest.approx(race["median"][bend], abs=1e-6)
        epoch, height, number = scene.cursors[bend].values()
        assert (epoch, height) == pytest.approx((race["epochs"][-1], race["final"][bend]), abs=1e-6)
        assert number == round(float(race["final"][bend]), 2)


def test_gradients_are_drawn_for_each_layer_and_start(show):
    scene, assets = show(ABendLearnsFaster)
    race = assets["bend_race"]
    for bend in (0, 1):
        line = scene.lines[bend].values()
        assert line[:, 0] == pytest.approx(race["layers"][::-1], abs=1e-6)
        assert line[:, 1] == pytest.approx(race["gradient_median"][bend][::-1], rel=1e-6)
        dots = scene.dots[bend].values()
        assert dots[:, 0] == pytest.approx(np.repeat(race["layers"][::-1], 3), abs=1e-6)
        assert dots[:, 1] == pytest.approx(race["gradient"][bend][:, ::-1].T.ravel(), rel=1e-6)


def test_bars_are_the_shares_of_answers_and_the_grey_ones_the_saturated(show):
    scene, assets = show(Starts)
    starts = assets["random_starts"]
    answers = starts["a"].reshape(6, -1)
    grey = (answers < starts["low"]) | (answers > starts["high"])
    for (free, pinned, written), one, saturated in zip(scene.drawn, answers, grey, strict=True):
        for drawn, chosen in ((free, ~saturated), (pinned, saturated)):
            assert drawn == pytest.approx(100 * np.histogram(one[chosen], BINS)[0] / one.size, abs=1e-6)
        assert written == round(100 * saturated.mean())


def test_neurons_counts_and_accuracies_are_those_of_the_last_step(show):
    scene, assets = show(Starts)
    dying = assets["dying_relus"]
    for block, firing in zip(scene.blocks, dying["firing"][:, -1], strict=True):
        assert block.values() == pytest.approx(firing, abs=1e-6)
    assert [count.values() for count in scene.counts] == dying["count"][:, -1].tolist()
    assert [row[1].values() for row in scene.accuracies] == percent(dying["accuracy"])
    assert scene.reel.values() == dying["steps"][-1]


def test_before_the_first_step_no_neuron_is_drawn_dead_that_is_not(show):
    scene, assets = show(Starts)
    assert np.array(scene.before) == pytest.approx(assets["dying_relus"]["firing"][:, 0], abs=1e-6)
