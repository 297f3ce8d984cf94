"""The bed is a calm, even sound that a phone can play; a tone's value is its pitch."""

import itertools

import numpy as np
import pytest

from render.music import BED_RMS, CHORDS, LOW_HZ, RATE_HZ, ROOT_HZ, Bed, tone

SECONDS = 30


@pytest.fixture(scope="module")
def bed():
    return Bed(SECONDS * RATE_HZ, 4).between(0, SECONDS * RATE_HZ)


def test_the_bed_is_drawn_by_its_seed_and_in_pieces_the_same(bed):
    again, other = Bed(SECONDS * RATE_HZ, 4), Bed(SECONDS * RATE_HZ, 5)
    assert np.array_equal(again.between(100_000, 900_000), bed[100_000:900_000])
    assert not np.array_equal(other.between(100_000, 200_000), bed[100_000:200_000])


def test_the_bed_is_silent_at_both_ends_and_has_its_level_between(bed):
    assert np.abs(bed[[0, -1]]).max() < 1e-6
    middle = bed[4 * RATE_HZ : -4 * RATE_HZ]
    assert np.sqrt((middle**2).mean()) == pytest.approx(BED_RMS, rel=0.12)
    assert np.abs(bed).max() < 1


def test_the_bed_has_no_step_that_clicks(bed):
    steepest = 2 * np.pi * 440 / RATE_HZ * np.abs(bed).max()  # of a sine of the highest chord tone at the bed's peak
    assert np.abs(np.diff(bed, axis=0)).max() < steepest


@pytest.mark.parametrize("heard", [lambda bed: bed[:, 0], lambda bed: bed.mean(axis=1)], ids=["left", "as one"])
def test_the_bed_does_not_beat_on_one_speaker_nor_on_two(bed, heard):
    sound = heard(bed)[4 * RATE_HZ : -4 * RATE_HZ].astype(float)
    powers = (sound[: len(sound) // 19_200 * 19_200].reshape(-1, 19_200) ** 2).mean(axis=1)  # of 400 ms each
    levels = 10 * np.log10(powers)
    assert levels.std() < 1.5
    assert np.abs(levels - levels.mean()).max() < 4


def test_most_of_the_bed_is_where_a_phone_can_play_it(bed):
    power = np.abs(np.fft.rfft(bed.mean(axis=1) * np.hanning(len(bed)))) ** 2
    pitch_hz = np.fft.rfftfreq(len(bed), 1 / RATE_HZ)
    assert power[pitch_hz < 100].sum() < 0.001 * power.sum()
    assert power[pitch_hz > 200].sum() > 0.5 * power.sum()


def test_the_chords_are_of_one_key_share_tones_and_have_none_close_together_below_200_hz():
    key = {0, 2, 4, 5, 7, 9, 11}  # a major scale, from A: 5 is its fourth
    for chord in CHORDS:
        assert {tone % 12 for tone in chord} <= key
        assert all(b - a > 1 for a, b in itertools.pairwise(chord))
        assert all(b - a >= 5 for a, b in itertools.pairwise(chord) if ROOT_HZ * 2 ** (a / 12) < 150)
    assert all(len(set(a) & set(b)) >= 2 for a, b in itertools.combinations(CHORDS, 2))


@pytest.mark.parametrize("value", [0.0, 0.1, 0.5, 0.83, 1.0])
def test_the_value_of_a_tone_is_read_back_from_its_pitch(value):
    sound = tone(value)
    spectrum = np.abs(np.fft.rfft(sound, 16 * len(sound)))
    pitch_hz = spectrum.argmax() * RATE_HZ / (16 * len(sound))
    assert np.log2(pitch_hz / LOW_HZ) / 2 == pytest.approx(value, abs=2e-3)
    assert np.abs(sound).max() <= 1


def test_a_value_without_a_pitch_is_refused():
    with pytest.raises(ValueError, match=r"A tone sounds a value from 0 to 1, got 1.2\."):
        tone(1.2)
