"""The scenes about what layers may find: what each draws, decoded from pixels, glyphs and places, is its asset."""

import numpy as np
import pytest

from scenes.ch01_neural_network.hoped_parts import PartsWeHopeFor
from scenes.ch01_neural_network.kernels import AKernelFindsEdges, Slide
from scenes.ch01_neural_network.no_loops import NoLoopsNoEdges
from scenes.narration import load_narration
from scenes.theme import INK

INK_STEP, SIGN_STEP = 0.5 / 233 + 1e-6, 0.5 / 240 + 1e-6  # half a step of the 8-bit channel, as a share of the limit
SHARES = (0.25, 0.5, 0.75)
SCENES = (PartsWeHopeFor, AKernelFindsEdges, NoLoopsNoEdges)


RUNS = {}  # each scene is played once for each seed: what it drew is looked at by many tests


class Watched:
    """A scene that notes what it has drawn at the end of each play."""

    def play(self, *animations, **options):
        for slide in (a for a in animations if isinstance(a, Slide)):
            slide.begin()
            for share in SHARES:
                slide.interpolate(share)
                places = self.window.get_center(), self.cell.get_center()
                self.slides.append((share, self.result.values(), *places))
        super().play(*animations, **options)
        if hasattr(self, "terms"):
            self.sums.append((len(self.terms), self.rebuilt.values()))
        if hasattr(self, "step"):
            self.steps_drawn.append((self.step.values(), drawn(self.tiles)))


@pytest.fixture
def show(play, make_assets, pytestconfig):
    folder = pytestconfig.rootpath / "scenes" / "ch01_neural_network"

    def run(scene_class, seed=1):
        if (scene_class, seed) not in RUNS:
            notes = {"sums": [], "slides": [], "steps_drawn": []}
            watched = type(scene_class.__name__, (Watched, scene_class), notes)
            cues = tuple(load_narration(folder)[scene_class.__name__].lines)
            assets, pictures = make_assets(seed), []
            scene = play(watched, assets, cues, lambda scene, cue: pictures.append(scene.renderer.picture(scene)))
            scene.reads = set(assets.reads)  # before a test reads them too
            RUNS[scene_class, seed] = scene, assets, pictures[-1]
        return RUNS[scene_class, seed]

    return run


def drawn(pictures):
    return np.array([picture.values() for picture in pictures])


def close(pictures, expected, step):
    """Whether pictures (n, row, column) are the expected ones to half a step of their own limits."""
    limits = np.array([picture.limit for picture in pictures])[:, None, None]
    return np.abs((drawn(pictures) - expected) / limits).max() <= step


def relative(arrays):
    return arrays / np.abs(arrays).max(axis=(1, 2), keepdims=True)


def test_the_digits_and_the_parts_are_those_of_the_asset(show):
    scene, assets, _ = show(PartsWeHopeFor)
    assert close(scene.digits, assets["digit_parts"]["images"], INK_STEP)
    assert close(scene.tiles, assets["digit_parts"]["parts"], INK_STEP)


def test_the_sum_shows_the_strongest_parts_with_their_coefficients_and_ends_as_all_of_them(show):
    scene, assets, _ = show(PartsWeHopeFor)
    found = assets["digit_parts"]
    strongest = found["strongest"]
    assert close(scene.terms, found["parts"][strongest], INK_STEP)
    assert [n.values() for n in scene.written] == [round(float(c), 2) for c in found["coefficients"][0][strongest]]
    assert close([scene.rebuilt], found["rebuilt"][:1], INK_STEP)
    assert scene.error.values() == round(100 * float(found["error"][0]))


def test_the_sum_grows_by_coefficient_times_part(show):
    scene, assets, _ = show(PartsWeHopeFor)
    found, total = assets["digit_parts"], np.zeros((28, 28))
    for count, part in enumerate(found["strongest"][:3], start=1):
        total = total + found["coefficients"][0][part] * found["parts"][part]
        values = [values for terms, values in scene.sums if terms == count][-1]
        assert np.abs(values - total).max() <= scene.rebuilt.limit * INK_STEP


def test_the_written_pixels_times_the_kernel_add_up_to_the_written_sum(show):
    scene, assets, _ = show(AKernelFindsEdges)
    maps = assets["kernel_maps"]
    row, column = maps["spot"]
    kernel, pixels = scene.kernel.values(), scene.pixels.values()
    np.testing.assert_array_equal(kernel, maps["sobel"])
    np.testing.assert_allclose(pixels, maps["image"][row : row + 3, column : column + 3], atol=0.005 + 1e-9)
    assert scene.sum.values() == round(float(maps["sum"]), 2)
    assert (kernel * pixels).sum() == pytest.approx(scene.sum.values(), abs=8 * 0.005 + 0.005)


def test_the_edge_picture_and_the_three_rows_are_those_of_the_asset(show):
    scene, assets, _ = show(AKernelFindsEdges)
    maps = assets["kernel_maps"]
    assert close([scene.result], maps["edges"][None], SIGN_STEP)
    assert close([scene.grid], maps["image"][None], INK_STEP)
    for pictures, name in ((scene.kernels, "kernels"), (scene.answers, "responses"), (scene.nearest, "nearest")):
        assert close(pictures, maps[name], SIGN_STEP)
    assert [n.values() for n in scene.likeness] == [round(float(v), 2) for v in maps["likeness"]]
    assert scene.chance.values() == round(float(maps["chance"]), 2)
    bright = [n.submobjects[0].get_fill_color().to_hex() == INK for n in scene.likeness]
    assert bright == (maps["likeness"] >= 0.5).tolist()


def test_the_window_lies_on_the_pixels_whose_answer_is_drawn_last(show):
    scene, assets, _ = show(AKernelFindsEdges)
    edges, (top, left) = assets["kernel_maps"]["edges"], assets["kernel_maps"]["spot"]
    row, spot = int(top) + 1, int(left) + 1
    for share, values, window, cell in scene.slides[:3]:
        column, expected = int(28 * share), np.zeros_like(edges)
        expected[row, : column + 1] = edges[row, : column + 1]
        expected[row, spot] = edges[row, spot]
        assert np.abs(values - expected).max() <= scene.result.limit * SIGN_STEP
        assert np.allclose(cell, scene.result.place(row, column))
        assert window[1] == pytest.approx(cell[1])
    for share, values, window, cell in scene.slides[3:]:
        last, expected = int(28 * share), np.zeros_like(edges)
        expected[: last + 1] = edges[: last + 1]
        expected[row] = edges[row]
        assert np.abs(values - expected).max() <= scene.result.limit * SIGN_STEP
        assert cell[1] == pytest.approx(scene.result.place(last, 0)[1])
        assert window[1] == pytest.approx(cell[1])


def test_the_maps_have_one_scale_for_each_layer_and_the_answer_is_written(show):
    scene, assets, _ = show(NoLoopsNoEdges)
    maps = assets["kernel_maps"]
    for pictures, name in ((scene.first, "maps1"), (scene.second, "maps2")):
        assert close(pictures, maps[name], INK_STEP)
        assert {picture.limit for picture in pictures} == {float(maps[name].max())}
    assert scene.answer.values() == maps["answer"]
    assert close([scene.nine], maps["image"][None], INK_STEP)


def test_learning_draws_the_weights_of_each_recorded_step_within_reach_at_their_own_scale(show):
    scene, assets, _ = show(NoLoopsNoEdges)
    net, reach = assets["digit_net"], assets["digit_blotches"]["reach"]
    rows, columns = np.flatnonzero(reach.any(axis=1)), np.flatnonzero(reach.any(axis=0))
    seen = scene.steps_drawn[1:4]
    assert [step for step, _ in seen] == net["steps"].tolist()
    for (_, pictures), weights in zip(seen, net["w1_steps"], strict=True):
        masked = (weights.reshape(-1, 28, 28) * reach)[:, rows][:, :, columns]
        expected = relative(masked) if np.abs(masked).max() > 0 else masked
        assert np.abs(pictures - expected).max() <= SIGN_STEP
        assert not pictures[:, ~reach[np.ix_(rows, columns)]].any()


def test_the_figures_beside_the_weights_are_those_measured(show):
    scene, assets, _ = show(NoLoopsNoEdges)
    ours = assets["digit_blotches"]
    figures = [round(float(ours[name]), 2) for name in ("alike_start", "alike", "best_match")]
    assert [figure.values() for figure in scene.figures] == [*figures, round(100 * float(ours["test_accuracy"]), 1)]
