"""Chapter 1, sound: wave, spectrogram, and the resonances planted and found, decoded from what is drawn."""

import numpy as np
import pytest

from scenes.ch01_neural_network.sound_parts import SoundIsMadeOfParts
from scenes.narration import load_narration

DATA = 1e-6
PLAYED: list = []  # the scene, played once for all tests, which only read it


@pytest.fixture
def scene(play, pytestconfig, toy):
    narration = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")
    if not PLAYED:
        PLAYED.append(play(SoundIsMadeOfParts, toy, tuple(narration["SoundIsMadeOfParts"].lines)))
    return PLAYED[0]


def test_the_spectrogram_shows_the_decibels_of_each_frame_and_frequency(scene, toy):
    stft = toy["vowel_sound"]["stft"]
    assert scene.picture.values() == pytest.approx(stft.T, abs=50 / 400)


def test_the_wave_reaches_from_the_lowest_to_the_highest_sample_of_each_piece(scene, toy):
    sound = toy["vowel_sound"]
    drawn = scene.wave.values()
    assert drawn[::2, 1] == pytest.approx(sound["wave_low"], abs=DATA)
    assert drawn[1::2, 1] == pytest.approx(sound["wave_high"], abs=DATA)
    assert drawn[::2, 0] == pytest.approx(sound["wave_s"], abs=DATA)


def test_wave_and_spectrogram_share_their_seconds(scene):
    for seconds in (0.2, 1.1):
        places = [
            axes.frame.out(axes.local(np.array([[seconds, 0.0]])))[0][0] for axes in (scene.plot, scene.picture.axes)
        ]
        assert places[0] == pytest.approx(places[1], abs=DATA)


def test_lines_lie_where_the_formula_put_its_tones_and_dots_where_they_were_found(scene, toy):
    sound = toy["vowel_sound"]
    lines = np.stack([line.values() for line in scene.planted])  # (18, 2, 2)
    assert lines[:, 0, 1].reshape(6, 3) * 1000 == pytest.approx(sound["planted"], abs=0.01)
    assert lines[::3, :, 0] == pytest.approx(np.stack([sound["start_s"], sound["end_s"]], axis=1), abs=DATA)
    dots = scene.found.values()
    assert dots[:, 1].reshape(6, 3) * 1000 == pytest.approx(sound["found"], abs=0.01)
    assert dots[::3, 0] == pytest.approx(sound["middle_s"], abs=DATA)


def test_the_largest_gap_is_written(scene, toy):
    assert scene.gap.values() == round(float(toy["vowel_sound"]["largest_gap"]), 1)


def test_each_name_stands_over_its_vowel_and_each_word_over_two(scene, toy):
    axes, middles = scene.picture.axes, toy["vowel_sound"]["middle_s"].astype(float)
    at = axes.x.decode(axes.frame.back(np.array([name.get_center() for name in scene.names]))[:, 0])
    assert at == pytest.approx(middles, abs=1e-3)
    over = axes.x.decode(axes.frame.back(np.array([word.get_center() for word in scene.words_said]))[:, 0])
    assert over == pytest.approx(middles.reshape(3, 2).mean(axis=1), abs=1e-3)
