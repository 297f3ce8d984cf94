import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from render.loudness import measured
from render.music import RATE_HZ, Tone, bed, tone, tones
from render.quality import RenderError
from render.sound import BED_DB, UNDER_DB, Placed, ducked, lay, mix

ROOT = Path(__file__).resolve().parents[2]
CLICK = np.array([20_000] + [0] * 99)


@pytest.fixture(autouse=True)
def without_ffmpeg(monkeypatch, tmp_path):
    """No program of the system can be found: neither ffmpeg nor ffprobe."""
    monkeypatch.setenv("PATH", str(tmp_path))


def written(path, samples, rate_hz=RATE_HZ, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(np.asarray(samples), channels).astype("<i2").tobytes())
    return path


def heard(path):
    """(sample, channel) int16 of a 48 kHz 16-bit stereo file."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE_HZ, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(int)


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 601])
def test_the_track_is_as_long_as_the_pictures_to_the_sample(tmp_path, frames):
    mix([], frames / 15, tmp_path / "out.wav")
    assert heard(tmp_path / "out.wav").shape == (frames * RATE_HZ // 15, 2)
    assert not heard(tmp_path / "out.wav").any()


def test_every_line_starts_at_its_sample(tmp_path):
    click = written(tmp_path / "click.wav", CLICK)
    starts_s = [0.0, 1 / 60, 1.00003, 2.5]
    track, spans = lay([Placed(click, start_s) for start_s in starts_s], 3.0)
    assert list(np.flatnonzero(track)) == [0, 800, 48_001, 120_000]
    assert spans == [(first, first + len(CLICK)) for first in (0, 800, 48_001, 120_000)]
    assert set(np.rint(track * 32768)) == {0, 20_000}


def test_mastering_moves_no_sample_and_keeps_both_sides_equal(tmp_path):
    click = written(tmp_path / "click.wav", CLICK)
    mix([Placed(click, start_s) for start_s in (0.5, 1.00003, 2.5)], 3.0, tmp_path / "out.wav")
    track = heard(tmp_path / "out.wav")
    assert len(track) == 3 * RATE_HZ
    assert np.array_equal(track[:, 0], track[:, 1])
    for first in (24_000, 48_001, 120_000):
        around = np.abs(track[first - 2_000 : first + 2_000, 0])
        assert np.argmax(around) == 2_000


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_a_line_of_another_rate_is_not_moved(tmp_path, rate_hz, channels):
    samples = np.zeros(rate_hz)
    samples[rate_hz // 2] = 20_000
    line = written(tmp_path / "line.wav", samples, rate_hz, channels)
    track, _ = lay([Placed(line, 0.25)], 2.0)
    assert np.argmax(np.abs(track)) == 36_000


def test_a_recording_in_24_bits_is_heard_at_its_level(tmp_path):
    path = tmp_path / "line.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s24le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 480), 10_000 << 16, np.int32), format="s32", layout="mono")
        frame.sample_rate = RATE_HZ
        file.mux([*stream.encode(frame), *stream.encode(None)])
    assert set(np.rint(lay([Placed(path, 0.0)], 0.01)[0] * 32768)) == {10_000}


def speech(folder, seconds=4.0):
    """Noise in bursts like syllables, at the level of a spoken line."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    bursts = np.random.default_rng(0).normal(size=len(t)) * np.maximum(np.sin(2 * np.pi * 3 * t), 0)
    return written(folder / "speech.wav", np.clip(bursts * 5_000, -32_768, 32_767))


def test_a_film_is_as_loud_as_publishers_ask_with_and_without_a_bed(tmp_path):
    line = speech(tmp_path)
    for music in (None, 3):
        told = mix([Placed(line, 1.0)], 7.0, tmp_path / "out.wav", music=music)
        assert told == measured(tmp_path / "out.wav")
        assert told.lufs == pytest.approx(-14, abs=0.5)
        assert told.peak_dbtp <= -1


def test_a_film_without_words_keeps_the_level_of_its_bed(tmp_path):
    assert mix([], 10.0, tmp_path / "out.wav", music=1) is None
    peak = np.abs(heard(tmp_path / "out.wav")).max() / 32768
    assert peak == pytest.approx(np.abs(bed(10 * RATE_HZ, 1)).max() * 10 ** (BED_DB / 20), rel=1e-3)


def test_the_bed_is_low_under_the_voice_and_between_close_lines_and_rises_after():
    spans = [(2 * RATE_HZ, 3 * RATE_HZ), (round(3.2 * RATE_HZ), 4 * RATE_HZ)]
    level = 20 * np.log10(ducked(spans, 10 * RATE_HZ))
    assert level[0] == pytest.approx(BED_DB)
    assert level[2 * RATE_HZ : 4 * RATE_HZ] == pytest.approx(UNDER_DB, abs=1e-4)
    assert level[round(4.6 * RATE_HZ) :] == pytest.approx(BED_DB, abs=1e-4)
    assert np.abs(np.diff(level)).max() < 30 / RATE_HZ


def test_the_bed_is_drawn_by_its_seed_and_silent_at_both_ends():
    once, again, other = bed(5 * RATE_HZ, 4), bed(5 * RATE_HZ, 4), bed(5 * RATE_HZ, 5)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
    assert np.abs(once[[0, -1]]).max() < 1e-3
    assert 0.05 < np.abs(bed(60 * RATE_HZ, 4)).max() < 1


@pytest.mark.parametrize("value", [0.0, 0.1, 0.5, 0.83, 1.0])
def test_the_value_of_a_tone_is_read_back_from_its_pitch(value):
    sound = tone(value)
    spectrum = np.abs(np.fft.rfft(sound, 16 * len(sound)))
    pitch_hz = spectrum.argmax() * RATE_HZ / (16 * len(sound))
    assert np.log2(pitch_hz / 220) / 2 == pytest.approx(value, abs=2e-3)


def test_tones_begin_at_their_samples_and_are_cut_at_the_end_of_the_film():
    track = tones([Tone(0.2, 0.5), Tone(0.9, 1.9)], 2 * RATE_HZ)
    assert np.flatnonzero(track)[0] == RATE_HZ // 2 + 1
    assert len(track) == 2 * RATE_HZ
    with pytest.raises(ValueError, match=r"A tone at 2.00 s lies outside of a film of 2.00 s\."):
        tones([Tone(0.5, 2.0)], 2 * RATE_HZ)
    with pytest.raises(ValueError, match=r"A tone sounds a value from 0 to 1, got 1.2\."):
        tone(1.2)


def test_the_end_of_a_line_may_be_cut_by_one_step_of_the_grid_and_no_more(tmp_path):
    line = written(tmp_path / "line.wav", np.full(RATE_HZ, 1_000))
    mix([Placed(line, 1.05)], 2.0, tmp_path / "out.wav")
    assert heard(tmp_path / "out.wav").shape == (2 * RATE_HZ, 2)
    with pytest.raises(RenderError) as caught:
        mix([Placed(line, 1.07)], 2.0, tmp_path / "late.wav")
    assert str(caught.value) == (
        "line.wav, 1.00 s from 1.07 s, does not fit into a film of 2.00 s; let the scene wait for its lines."
    )
    with pytest.raises(RenderError, match="from -0.01 s, does not fit"):
        mix([Placed(line, -0.01)], 2.0, tmp_path / "early.wav")


def test_a_line_that_is_absent_or_no_sound_is_named(tmp_path):
    with pytest.raises(RenderError, match="Could not read .*absent.wav: No such file or directory"):
        mix([Placed(tmp_path / "absent.wav", 0)], 1, tmp_path / "out.wav")
    (tmp_path / "text.wav").write_text("no sound at all")
    with pytest.raises(RenderError, match="Could not read .*text.wav: Invalid data"):
        mix([Placed(tmp_path / "text.wav", 0)], 1, tmp_path / "out.wav")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RenderError, match="Could not write .*absent/out.wav: No such file or directory; check"):
        mix([], 1, tmp_path / "absent" / "out.wav")


def test_the_import_is_silent_without_ffmpeg_on_path(tmp_path):
    # a fresh cache of bytecode too: pydub's old regular expressions warn when they are compiled
    env = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import render.sound"], env=env, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
