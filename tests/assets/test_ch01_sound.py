"""What chapter 1 says of the sound that a formula made, tested on the asset that the scene reads."""

import numpy as np
import pytest

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_sound import vowel_sound
from assets.store import make_asset


def nothing(step, steps, figures):
    """A report that nobody reads."""


@pytest.fixture(scope="module")
def sound():
    return make_asset("vowel_sound", *run_recipe(vowel_sound, Run({}, {}, nothing)))


def test_three_tones_at_a_time_make_six_vowels_in_three_words(sound):
    assert [int(sound[name]) for name in ("tones", "sounds", "words")] == [3, 6, 3]
    assert sound["planted"].shape == (6, 3)
    assert sound.provenance["names"].split() == ["ah", "ee", "aw", "oo", "ee", "oo"]


def test_the_vowels_have_the_resonances_of_peterson_and_barney_s_men(sound):
    assert sound["planted"].tolist()[:4] == [[730, 1090, 2440], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]]
    assert sound["planted"][4:].tolist() == sound["planted"][[1, 3]].tolist()


def test_the_picture_gives_the_tones_back_within_the_stated_hertz(sound):
    assert np.abs(sound["found"] - sound["planted"]).max() == pytest.approx(float(sound["largest_gap"]), abs=1e-3)
    assert sound["largest_gap"] < 1


def test_where_a_vowel_stands_still_the_loudest_frequency_of_each_frame_is_one_of_its_tones(sound):
    step = sound["hertz"][1]
    for start, end, tones in zip(sound["start_s"], sound["end_s"], sound["planted"], strict=True):
        inside = (sound["seconds"] > start + 0.02) & (sound["seconds"] < end - 0.02)
        loudest = sound["hertz"][sound["stft"][inside].argmax(axis=1)]
        assert np.abs(loudest[:, None] - tones).min(axis=1).max() <= 2 * step


def test_decibels_are_below_the_loudest_and_silence_is_at_the_floor(sound):
    assert sound["stft"].max() == pytest.approx(0, abs=1e-5)
    assert sound["stft"].min() == -50
    pause = (sound["seconds"] > sound["end_s"][1] + 0.03) & (sound["seconds"] < sound["start_s"][2] - 0.03)
    assert (sound["stft"][pause] == -50).all()


def test_the_wave_stays_within_one_and_is_as_long_as_its_samples(sound):
    assert np.all(sound["wave_low"] <= sound["wave_high"])
    assert max(-sound["wave_low"].min(), sound["wave_high"].max()) <= 1
    assert sound["wave_s"][-1] < int(sound["samples"]) / 8000 < sound["wave_s"][-1] + 0.01
