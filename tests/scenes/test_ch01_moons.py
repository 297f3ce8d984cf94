"""Chapter 1, the bend between layers: borders, dots, rings and numbers decoded from what is drawn."""

import numpy as np
import pytest

from scenes.ch01_neural_network.moons import StraightLayersStayStraight
from scenes.narration import load_narration

MAP = 1 / 400  # of the colour scale
DATA = 1e-6


PLAYED: dict = {}  # by seed, each played once for all tests, which only read it


class Watched(StraightLayersStayStraight):
    """Notes the rings, the written bend and, at the end of each line, map, border and count."""

    def __init__(self, **kwargs):
        self.rung, self.seen = [], {}
        super().__init__(**kwargs)

    def ring(self, places):
        super().ring(places)
        bend = float(self.share.values()) if hasattr(self, "share") else None
        self.rung.append((self.rings.values() if self.rings.grown else np.zeros((0, 2)), bend))


Watched.__name__ = "StraightLayersStayStraight"


def note(scene, cue):
    count = scene.missed.values() if hasattr(scene, "missed") else None
    scene.seen[cue] = (scene.map.values(), scene.map.border(), count)


@pytest.fixture
def show(play, pytestconfig, make_assets):
    narration = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")

    def run(seed=1):
        if seed not in PLAYED:
            PLAYED[seed] = play(Watched, make_assets(seed), tuple(narration["StraightLayersStayStraight"].lines), note)
        return PLAYED[seed]

    return run


def chances(nets, place):
    return 1 / (1 + np.exp(-nets["logits"][place].astype(float)))


def test_the_map_shows_the_chances_of_the_straight_and_of_the_last_network(show, toy):
    seen = show().seen
    assert seen["dots"][0] == pytest.approx(np.full_like(seen["dots"][0], 0.5), abs=MAP)
    assert seen["line"][0] == pytest.approx(chances(toy["moon_nets"], 0), abs=MAP)
    assert seen["curve"][0] == pytest.approx(chances(toy["moon_nets"], -1), abs=MAP)


def test_the_border_lies_where_the_logits_change_their_sign(show):
    seen = show().seen
    assert len(seen["dots"][1]) == 0
    x, y = seen["line"][1].T
    assert np.abs(x - 2 * y + 0.1).max() < 5e-3  # the straight border of the made-up logits
    assert len(x) > 20
    assert len(seen["curve"][1]) > 20


def test_each_dot_stands_at_its_place_in_the_colour_of_its_moon(show, toy):
    nets = toy["moon_nets"]
    for moon, dots in enumerate(show().dots):
        assert dots.values() == pytest.approx(nets["dots"][nets["moon"] == moon], abs=DATA)


def test_rings_and_count_are_those_on_the_wrong_side_after_each_network(show, toy):
    nets, scene = toy["moon_nets"], show()
    expected = [nets["dots"][wrong] for wrong in (nets["wrong"][0] & False, *nets["wrong"][1:])]
    for (drawn, _), places in zip(scene.rung, expected, strict=True):
        assert drawn == pytest.approx(places, abs=DATA)
    assert [bend for _, bend in scene.rung[1:]] == [50, 100]
    assert scene.seen["line"][2] == nets["missed"][0]
    assert scene.missed.values() == nets["missed"][-1]


def test_the_matrices_their_product_and_what_it_misses_are_written(show, toy):
    nets, scene = toy["moon_nets"], show()
    for name, array in zip(("w3", "w2", "w1"), scene.layers, strict=True):
        written, rows = array.values(), nets[name].shape[0]
        shown = ~np.isnan(written)
        assert shown.sum() == (2 if rows == 1 else 6)
        assert written[shown] == pytest.approx(nets[name].astype(float)[shown], abs=0.0501)
    assert scene.product.values() == pytest.approx(nets["product"], abs=0.00501)
    assert scene.bias.values() == pytest.approx(float(nets["product_bias"][0]), abs=0.00501)
    assert scene.difference.values() == pytest.approx(float(nets["difference"]), abs=5.01e-8)
    assert scene.right.values() == round(100 * float(nets["accuracy"][-1]), 1)


def test_the_last_bend_lets_nothing_below_zero_pass(show):
    assert show().bend_curve.values() == pytest.approx(np.array([[-2, 0], [0, 0], [2, 2]]), abs=DATA)


def test_other_arrays_give_another_picture(show):
    assert not np.allclose(show(1).seen["curve"][0], show(2).seen["curve"][0], atol=0.01)
