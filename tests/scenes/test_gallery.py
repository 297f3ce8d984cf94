"""Every scene of the gallery on real arrays: it plays, has no fault, and what it says of them is so."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from manim import Mobject

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_neural_network import digit_forward, digit_net, digit_neuron
from assets.recipes.gallery import digit_backward, digit_cloud, digit_pattern, digit_surface
from assets.recipes.gallery_models import digit_depth, letter_model, neuron_descent
from assets.store import Assets, make_asset
from models.configs import make_config
from models.datasets import load_digits
from render.catalog import scenes_of
from render.check.look import Onlooker, check_scene
from render.check.worker import SIZE
from render.exhibits import exhibit
from render.raster import configure
from scenes.chapters import GALLERY
from scenes.kit.attention_grid import AttentionGrid
from scenes.kit.bar_chart import BarChart
from scenes.kit.comp_graph import CompGraph, PathProduct
from scenes.kit.countdown import Countdown
from scenes.kit.counter import Counter
from scenes.kit.dial import Dial
from scenes.kit.distribution import Distribution, softmax
from scenes.kit.embed3d import Embed3D
from scenes.kit.field2d import Field2D
from scenes.kit.leaderboard import Leaderboard
from scenes.kit.loss_surface import LossSurface
from scenes.kit.mat_vec import MatVec
from scenes.kit.network import TensorNetwork
from scenes.kit.neuron_block import NeuronBlock
from scenes.kit.number_array import NumberArray
from scenes.kit.number_line import NumberLine
from scenes.kit.path2d import Path2D
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot_curve import Curve
from scenes.kit.plot_heat import HeatMap
from scenes.kit.plot_marks import Histogram
from scenes.kit.plot_side import SideHistogram
from scenes.kit.reel import TrainingReel
from scenes.kit.sample_loop import SampleLoop
from scenes.kit.stack3d import Stack3D
from scenes.kit.token_row import TokenRow
from scenes.kit.typeset import Words

ROOT = Path(__file__).resolve().parents[2]
SCENES = {scene.name: scene for scene in scenes_of(GALLERY, "en")}
TRAINED = (digit_net, digit_forward, digit_neuron, digit_cloud, digit_pattern, digit_surface, digit_backward)
UNTRAINED = (neuron_descent, letter_model, digit_depth)


def nothing(step, steps, figures):
    """A report that nobody reads."""


class Keeping(Onlooker):
    """An onlooker that keeps all that was in a picture at the end of a play."""

    def __init__(self):
        super().__init__()
        self.kept = {}

    def play(self, scene, *args, **kwargs):
        super().play(scene, *args, **kwargs)
        self.kept |= {id(each): each for top in scene.mobjects for each in top.get_family()}


@pytest.fixture(scope="session")
def real():
    """The gallery's assets, with a digit network that was trained for five epochs only."""
    config, made = make_config("digits", {"lr": 3.0, "epochs": 5}), {}
    for recipe in (*TRAINED, *UNTRAINED):
        before = made if recipe in TRAINED else {}
        made[recipe.name] = make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, before, nothing)))
    return Assets(made)


@pytest.fixture(scope="session")
def played(real, tmp_path_factory):
    """A scene by name after its last play, and what is wrong with its picture."""

    @cache
    def play(name):
        configure(SIZE, tmp_path_factory.mktemp(name))
        scene_class = getattr(import_module(SCENES[name].module), name)
        scene = scene_class(assets=Assets({n: real[n] for n in scene_class.needs}), durations={}, renderer=Keeping())
        return scene, check_scene(scene, {}, SCENES[name].narration.title)

    return play


def drawn(scene, kind):
    """All mobjects of a class that were ever drawn, in the order in which they came."""
    return [each for each in scene.renderer.kept.values() if isinstance(each, kind)]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_a_scene_plays_without_a_fault_and_shows_its_title_and_its_component(name, played):
    scene, findings = played(name)
    assert [finding.text() for finding in findings if finding.level == "error"] == []
    assert drawn(scene, Words)[0].markup == SCENES[name].narration.title
    assert exhibit(SCENES[name]).component in {type(each).__name__ for each in drawn(scene, Mobject)}


def shown(played, name, kind):
    """The first component of a kind in a scene, as it is at the end."""
    return drawn(played(name)[0], kind)[0]


@pytest.mark.slow
def test_the_cost_of_every_checkpoint_is_drawn_and_the_last_is_the_lowest(played, real):
    net = real["digit_net"]
    at = shown(played, "PlotOfALoss", Curve).data
    assert at == pytest.approx(np.stack([net["steps"], net["loss_steps"]], axis=1))
    assert net["loss_steps"].argmin() == len(net["loss_steps"]) - 1


@pytest.mark.slow
def test_all_weights_are_counted_and_they_have_spread_out_while_the_cost_fell(played, real):
    steps, surface = real["digit_net"]["w1_steps"], real["digit_surface"]
    bars = shown(played, "WeightsSpreadAsTheCostFalls", Histogram)
    assert bars.values().sum() == pytest.approx(steps[-1].size, rel=1e-6)
    assert steps[-1].std() > steps[0].std()
    assert surface["path_loss"][-1] < surface["path_loss"][0]
    cost = shown(played, "WeightsSpreadAsTheCostFalls", HeatMap).values()
    assert cost == pytest.approx(np.log10(surface["loss"]), abs=0.02)


@pytest.mark.slow
def test_the_pixels_whose_weights_stay_are_never_lit_and_lie_at_the_rim(played, real):
    scene, _ = played("WeightsOfSixteenNeurons")
    steps = real["digit_net"]["w1_steps"].reshape(-1, 16, 28, 28)
    still = (steps == steps[0]).all(axis=(0, 1))
    grids = np.array([grid.values() for grid in drawn(scene, PixelGrid)[:16]])
    assert grids == pytest.approx(steps[23], abs=0.02)
    assert f"{still.sum()} pixels at the rim" in drawn(scene, Words)[-1].markup
    assert not still[4:-4, 4:-4].any()
    config = make_config("digits", {})
    assert not load_digits(config.data, None, config.seed, nothing).train_images.reshape(-1, 28, 28)[:, still].any()


@pytest.mark.slow
def test_the_last_network_of_the_reel_is_that_of_the_last_step(played, real):
    net = real["digit_net"]
    assert shown(played, "WeightsGrowFromNoise", TrainingReel).values() == net["steps"][-1]
    drawn_now = shown(played, "WeightsGrowFromNoise", TensorNetwork).values()
    assert drawn_now[0] == pytest.approx(net["w2_steps"][-1], abs=1e-6)
    assert drawn_now[1] == pytest.approx(net["w3_steps"][-1], abs=1e-6)


@pytest.mark.slow
def test_two_hundred_paths_end_where_25_saved_steps_lead(played, real):
    paths = shown(played, "DownhillFromManyStarts", Path2D).values()
    assert len(paths) == 200
    assert paths == pytest.approx(real["neuron_descent"]["paths"][24], abs=1e-4)
    field = shown(played, "DownhillEverywhere", Field2D)
    assert field.values() == pytest.approx(-real["neuron_descent"]["gradient"][::2, ::2], abs=1e-4)


@pytest.mark.slow
def test_the_digit_shown_attends_least_to_itself_and_most_to_its_own_kind(played, real):
    weights, label = real["digit_pattern"]["full"], real["digit_pattern"]["label"]
    query = int(np.argmin(np.diag(weights)))
    assert label[weights[query].argmax()] == label[query] and weights[query].argmax() != query
    row = shown(played, "DigitsAttendToTheirOwnKind", TokenRow).values()
    assert row[query] == pytest.approx(weights[query], abs=1e-4)
    assert not np.delete(row, query, axis=0).any()


@pytest.mark.slow
def test_attention_is_drawn_as_the_softmax_of_the_scores_twice(played, real):
    for grid in drawn(played("ScoresBecomeAttention")[0], AttentionGrid):
        assert grid.values() == pytest.approx(real["digit_pattern"]["pattern"], abs=0.006)


@pytest.mark.slow
def test_every_parameter_of_the_network_is_counted(played, real):
    net = real["digit_net"]
    counted = shown(played, "EveryParameterIsCounted", Counter).values()
    assert sorted(counted[:-1]) == sorted(net["numel"]) and counted[-1] == sum(net["numel"])


@pytest.mark.slow
def test_most_digits_are_nearest_to_their_own_place_in_space(played, real):
    points, label = shown(played, "EachDigitHasItsPlace", Embed3D).values(), real["digit_cloud"]["label"]
    places = np.array([points[label == digit].mean(axis=0) for digit in range(10)])
    nearest = np.linalg.norm(points[:, None] - places, axis=2).argmin(axis=1)
    assert (nearest == label).mean() > 0.7


@pytest.mark.slow
def test_the_chances_are_the_softmax_of_the_bars_beside_them_at_the_last_temperature(played, real):
    forward = real["digit_forward"]
    z = forward["z3"][int(forward["lead"])]
    chances = shown(played, "TemperatureFlattensTheChances", Distribution).values()
    assert chances == pytest.approx(softmax(z.astype(float), 3.0), abs=1e-4)
    assert chances.max() < softmax(z.astype(float)).max()


@pytest.mark.slow
def test_after_an_h_an_e_is_the_longest_bar(played, real):
    model = real["letter_model"]
    after = model["probability"][list(model["letters"]).index(ord("h"))]
    assert chr(model["letters"][after.argmax()]) == "e"
    assert shown(played, "AfterHComesE", BarChart).values()[0] == pytest.approx(after.max(), abs=1e-4)


@pytest.mark.slow
def test_the_likeliest_letters_differ_from_letter_to_letter(played, real):
    board, model = shown(played, "EachLetterHasOtherFollowers", Leaderboard), real["letter_model"]
    after = model["probability"][[list(model["letters"]).index(ord(letter)) for letter in "ten"]]
    assert len({tuple(np.argsort(-row)[:8]) for row in after}) == 3
    assert board.values() == pytest.approx(np.sort(after[2])[::-1][:8], abs=1e-4)


@pytest.mark.slow
def test_the_text_is_the_recorded_one_up_to_the_draw_that_is_shown(played, real):
    text, _ = shown(played, "TextGrowsByOneDrawAtATime", SampleLoop).values()
    assert text == "".join(map(chr, real["letter_model"]["sampled"]))[:6]


@pytest.mark.slow
def test_line_and_dial_end_at_the_fifth_digit(played, real):
    neuron = real["digit_neuron"]
    assert shown(played, "OneNeuronFiveDigits", NumberLine).values() == pytest.approx(neuron["z"][-1], abs=1e-4)
    assert shown(played, "OneNeuronFiveDigits", Dial).values() == pytest.approx(neuron["value"][-1], abs=1e-4)


@pytest.mark.slow
def test_each_block_makes_the_stream_larger(played, real):
    stream = shown(played, "TheStreamGrows", Stack3D).values()  # (state, digit, channel)
    assert stream == pytest.approx(real["digit_depth"]["stream"], abs=0.02)
    assert (np.diff(np.linalg.norm(stream, axis=(1, 2))) > 0).all()


@pytest.mark.slow
def test_the_product_along_the_path_back_is_the_gradient_where_it_ends(played, real):
    graph = shown(played, "GradientsComeBackThroughTheGraph", CompGraph)
    _, product = shown(played, "GradientsComeBackThroughTheGraph", PathProduct).values()
    assert product == pytest.approx(real["digit_backward"]["gradient"][0], rel=0.02)
    assert graph.values() == pytest.approx(real["digit_backward"]["value"], abs=0.006)


@pytest.mark.slow
def test_each_sum_is_a_row_of_weights_times_the_activations(played, real):
    net, forward = real["digit_net"], real["digit_forward"]
    sums = net["w2"].astype(float) @ forward["a1"][int(forward["lead"])]
    written = shown(played, "EachSumUsesAWholeRow", MatVec).values()
    known = np.isfinite(written)
    assert known.sum() == 5 and written[known] == pytest.approx(sums[known], abs=0.006)


@pytest.mark.slow
def test_the_numbers_written_after_training_are_the_last_weights(played, real):
    written = shown(played, "WeightsBeforeAndAfterTraining", NumberArray).values()
    known = np.isfinite(written)
    assert known.sum() == 30
    assert written[known] == pytest.approx(real["digit_net"]["w1_steps"][-1][known], abs=0.006)


@pytest.mark.slow
def test_the_ball_rolls_down_over_the_real_loss(played, real):
    surface = shown(played, "TrainingRollsIntoAValley", LossSurface)
    assert surface.values() == pytest.approx(real["digit_surface"]["loss"], rel=0.01)
    assert real["digit_surface"]["path_loss"][-1] < 0.2 * real["digit_surface"]["path_loss"][0]


@pytest.mark.slow
def test_the_block_holds_the_third_digit_s_layer_at_the_end_and_no_two_digits_fill_it_alike(played, real):
    filled = real["digit_forward"]["a1"][:3]
    assert shown(played, "EachDigitFillsTheLayerAnew", NeuronBlock).values() == pytest.approx(filled[2], abs=1e-6)
    assert all(np.abs(filled[i] - filled[j]).max() > 0.5 for i, j in ((0, 1), (1, 2), (0, 2)))


@pytest.mark.slow
def test_the_histogram_on_its_side_counts_every_activation(played, real):
    held = np.concatenate([real["digit_forward"][name].ravel() for name in ("a1", "a2")])
    counted = np.histogram(held, np.linspace(0, 1, 21))[0]
    assert shown(played, "ActivationsStandOnTheirSide", SideHistogram).values() == pytest.approx(counted, abs=1e-3)


@pytest.mark.slow
def test_the_countdown_ends_with_nothing_left(played):
    countdown = shown(played, "FiveSecondsToThink", Countdown)
    assert (countdown.values(), countdown.written()) == (0, 0)


def test_every_component_that_says_what_it_draws_is_in_the_gallery():
    trees = {path.stem: ast.parse(path.read_text()) for path in sorted((ROOT / "scenes" / "kit").glob("*.py"))}
    needed = {stem: kit_imports(tree) for stem, tree in trees.items()}
    reached = set().union(*(kit_imports(ast.parse(p.read_text())) for p in (ROOT / "scenes/gallery").glob("*.py")))
    for _ in needed:
        reached |= set().union(*(needed[stem] for stem in reached))
    saying = {stem for stem, tree in trees.items() if any(map(says_what_it_draws, tree.body))}
    assert saying - reached == set()
    assert len(saying) > 25


def kit_imports(tree):
    """The modules of the kit that a module imports, by their last names."""
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {module.removeprefix("scenes.kit.") for module in modules if module.startswith("scenes.kit.")}


def says_what_it_draws(node):
    """Whether a statement is a public class, not a protocol, with a method ``values``."""
    if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
        return False
    protocol = any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    return not protocol and any(isinstance(each, ast.FunctionDef) and each.name == "values" for each in node.body)
