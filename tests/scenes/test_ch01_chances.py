"""Chapter 1, two heads: bars, sums and the reliability diagram, decoded from what is drawn."""

import numpy as np
import pytest

from scenes.ch01_neural_network.chances import TenChances
from scenes.narration import load_narration

BAR = 1e-5
DATA = 1e-6
PLAYED: list = []  # the scene, played once for all tests, which only read it
TEXTURE = 0.5 / 233 + 1e-6


@pytest.fixture
def scene(play, pytestconfig, toy):
    narration = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")
    if not PLAYED:
        PLAYED.append(play(TenChances, toy, tuple(narration["TenChances"].lines)))
    return PLAYED[0]


def test_the_picture_and_its_name_are_the_digit_s(scene, toy):
    given = toy["digit_chances"]
    assert np.abs(scene.picture.values() - given["image"]).max() <= TEXTURE
    assert scene.name.values() == given["label"]


def test_three_charts_show_sigmoids_sums_and_chances(scene, toy):
    given = toy["digit_chances"]
    for chart, name in ((scene.sigmoids, "sigmoid_a"), (scene.logits, "z"), (scene.chances, "p")):
        assert chart.values() == pytest.approx(given[name], abs=BAR * 20)
        assert chart.names() == [str(digit) for digit in range(10)]
    assert [number.values() for number in scene.sums] == [round(float(given[n]), 2) for n in ("sigmoid_sum", "p_sum")]


def test_each_test_digit_is_a_dot_at_its_chance_at_the_top_if_it_was_right(scene, toy):
    given = toy["digit_chances"]
    sure, hit = given["confidence"].astype(float), given["hit"]
    for dots, chosen, height in zip(scene.tests, (hit, ~hit), (1, 0), strict=True):
        assert dots.values()[:, 0] == pytest.approx(sure[chosen], abs=DATA)
        assert dots.values()[:, 1] == pytest.approx(np.full(chosen.sum(), height), abs=DATA)


def test_full_bins_are_dots_with_their_way_to_the_diagonal_and_their_counts(scene, toy):
    given = toy["digit_chances"]
    full = np.flatnonzero(given["counts"])
    sure, right = given["bin_confidence"][full], given["bin_right"][full]
    assert 0 < len(full) < 10
    assert np.concatenate([dot.values() for dot in scene.bins]) == pytest.approx(np.stack([sure, right], 1), abs=DATA)
    for gap, x, y in zip(scene.gaps, sure, right, strict=True):
        assert gap.values() == pytest.approx(np.array([[x, x], [x, y]]), abs=DATA)
    assert [count.values() for count in scene.counts] == given["counts"][full].tolist()
    assert scene.diagonal.values() == pytest.approx(np.array([[0, 0], [1, 1]]), abs=DATA)


def test_three_figures_sum_it_up(scene, toy):
    given = toy["digit_chances"]
    names = ("mean_confidence", "accuracy", "calibration_error")
    assert [figure.values() for figure in scene.figures] == [round(100 * float(given[name]), 1) for name in names]
