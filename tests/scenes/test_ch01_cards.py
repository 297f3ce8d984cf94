"""Chapter 1's title and end card: the pictures, the network's answers and every written fact are the assets'."""

import numpy as np
import pytest

from assets.store import Assets, make_asset
from scenes.ch01_neural_network.cards import LICENCES, TOOLS, ReadFromTrainedNetworks, TenDigitsToRead, split
from scenes.kit.typeset import escape

TEXTURE_STEP = 0.5 / 233  # half a step of the 8-bit ink channel
FACTS = {
    "model": "digits 784-32-32-10",
    "variant": "film",
    "data": "mnist",
    "data_source": "digits made up for this test, so many and from so far away that one line does not hold them",
    "seed": 7,
    "step": 8400,
    "test_accuracy": 0.957,
}


@pytest.fixture
def ten():
    """Ten pictures of noise, and outputs that favour other digits than their places."""
    rng = np.random.default_rng(3)
    images = rng.uniform(size=(10, 28, 28)).astype(np.float32)
    arrays = {"images": images, "a3": rng.permutation(np.eye(10)) * 0.9 + 0.01}
    return Assets({"digit_forward": make_asset("digit_forward", arrays, {}, {}, FACTS)})


@pytest.fixture
def network():
    return credited(FACTS)


def credited(facts):
    """What the end card reads, of a network with these facts."""
    vowels = make_asset("vowel_sound", {}, {}, {}, {"data": "vowels of somebody"})
    counted = make_asset("trained_networks", {"others": np.array(11), "total": np.array(12)}, {}, {}, {})
    net = make_asset("digit_net", {}, {}, {}, facts)
    return Assets({"digit_net": net, "trained_networks": counted, "vowel_sound": vowels})


def test_the_title_card_shows_the_asset_s_ten_pictures_and_below_each_what_the_network_reads(play, ten):
    scene = play(TenDigitsToRead, ten, ["welcome"])
    forward = ten["digit_forward"]
    drawn = np.array([digit.values() for digit in scene.digits])
    assert np.abs(drawn - forward["images"]).max() <= TEXTURE_STEP + 1e-6
    assert [answer.values() for answer in scene.answers] == forward["a3"].argmax(axis=1).tolist()
    assert [answer.get_x() for answer in scene.answers] == pytest.approx([digit.get_x() for digit in scene.digits])


def test_the_end_card_writes_the_facts_of_the_network_s_provenance(play, network):
    scene = play(ReadFromTrainedNetworks, network, ["sources"])
    written = [[line.markup for line in lines] for _, lines in scene.rows]
    texts = (
        "digits 784-32-32-10, trained for 8,400 steps with seed 7",
        "11 other networks, each trained to compare",
        FACTS["data_source"],
        "CC BY-SA 3.0",
        "a formula with the vowels of somebody",
        TOOLS,
        "the same, rendered with --set digits.seed=8",
    )
    assert written == [[escape(line) for line in split(text)] for text in texts]


def test_both_data_sets_have_a_licence_and_others_are_refused(play, network):
    assert LICENCES == {"bundled": "CC BY 4.0", "mnist": "CC BY-SA 3.0"}
    with pytest.raises(KeyError, match="letters"):
        play(ReadFromTrainedNetworks, credited({**FACTS, "data": "letters"}), ["sources"])


def test_long_facts_are_broken_between_words():
    assert split("one two three", 7) == ["one two", "three"]
    assert split("incomparable", 5) == ["incomparable"]
    assert [len(line) <= 62 for line in split(FACTS["data_source"])] == [True, True]
