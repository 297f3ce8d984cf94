"""A master is as loud as asked, below its ceiling, and moves no sample."""

import wave

import numpy as np
import pytest

from render.limiter import REACH, STEP, along, levels, limits
from render.loudness import Loudness, Master, measured
from render.music import RATE_HZ
from render.quality import RenderError


def speech(path, seconds=4.0, level=0.1):
    """Noise in bursts like syllables, with sharp peaks."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    bursts = np.random.default_rng(0).normal(size=len(t)) * np.maximum(np.sin(2 * np.pi * 3 * t), 0)
    return stereo(path, level * np.repeat(bursts[:, None], 2, axis=1))


def stereo(path, sound):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def samples(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(int)


@pytest.mark.parametrize(("seconds", "level"), [(0.5, 0.1), (2.0, 0.002), (2.0, 0.25), (21.3, 0.1)])
def test_a_master_is_as_loud_as_asked_below_its_ceiling(tmp_path, seconds, level):
    Master(speech(tmp_path / "raw.wav", seconds, level)).write(tmp_path / "out.wav", -14, -2)
    told = measured(tmp_path / "out.wav")
    assert told.lufs == pytest.approx(-14, abs=0.3)
    assert told.peak_dbtp <= -1.6  # white noise is the worst case; peaks of a voice are seen to 0.1 dB
    assert samples(tmp_path / "out.wav").shape == samples(tmp_path / "raw.wav").shape


def test_a_master_that_needs_no_limit_is_the_sound_times_a_number(tmp_path):
    Master(speech(tmp_path / "raw.wav")).write(tmp_path / "out.wav", -40, -2)
    raw, out = samples(tmp_path / "raw.wav"), samples(tmp_path / "out.wav")
    gain = (raw * out).sum() / (raw * raw).sum()
    assert np.abs(out - gain * raw).max() < 1


def test_a_peak_stays_at_its_sample_and_what_is_far_from_it_is_not_changed(tmp_path):
    raw = np.full((RATE_HZ, 2), 0.05) * np.sin(np.arange(RATE_HZ) / 20)[:, None]
    raw[20_000] = 0.9
    Master(stereo(tmp_path / "raw.wav", raw)).write(tmp_path / "out.wav", -20, -6)
    out = samples(tmp_path / "out.wav")
    assert list(np.abs(out).argmax(axis=0)) == [20_000, 20_000]
    ratio = out[[5_000, 19_950, 40_000], 0] / samples(tmp_path / "raw.wav")[[5_000, 19_950, 40_000], 0]
    assert ratio[0] == pytest.approx(ratio[2], rel=0.01)
    assert ratio[1] < 0.7 * ratio[0]


def test_silence_stays_silence_and_its_loudness_is_unknown(tmp_path):
    Master(stereo(tmp_path / "raw.wav", np.zeros((RATE_HZ, 2)))).write(tmp_path / "out.wav", -14, -2)
    assert (tmp_path / "out.wav").read_bytes() == (tmp_path / "raw.wav").read_bytes()
    assert measured(tmp_path / "out.wav") is None


def test_peaks_between_samples_are_seen():
    t = np.arange(10 * STEP + 2 * REACH) - REACH
    sine = np.sin(np.pi / 2 * t + np.pi / 4)  # its samples are all at 0.707 of its peak
    found = levels(np.repeat(sine[:, None], 2, axis=1).astype(np.float32), 0.1)
    assert found.peaks == pytest.approx(1.0, abs=0.01)
    assert found.powers == pytest.approx(0.5, abs=1e-6)


def test_no_peak_passes_the_limits_at_any_sample():
    peaks = np.random.default_rng(1).uniform(0, 1, 500)
    gains = limits(peaks, 3.0, 0.5)
    assert (along(gains, 0, 500 * STEP).reshape(500, STEP).max(axis=1) * 3 * peaks <= 0.5 + 1e-6).all()
    assert limits(np.full(300, 0.1), 3.0, 0.5) == pytest.approx(1)


def test_a_file_that_is_no_sound_is_named(tmp_path):
    (tmp_path / "text.wav").write_text("no sound at all")
    with pytest.raises(RenderError, match=r"ffmpeg could not measure the loudness of text.wav \(exit .*Invalid data"):
        measured(tmp_path / "text.wav")


def test_loudness_is_told_to_a_tenth():
    assert str(Loudness(-14.04, -1.96)) == "-14.0 LUFS, true peak -2.0 dBTP"
