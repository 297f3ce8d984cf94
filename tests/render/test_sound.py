import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from render.music import RATE_HZ, Tone
from render.quality import RenderError
from render.sound import BED_DB, RAW_DB, UNDER_DB, Placed, ducked, mix
from render.voice import LEVEL_DBFS

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


def half(samples):
    """A sample as it is written: all sounds lie 6 dB below their levels, for room."""
    return np.rint(np.asarray(samples) * 10 ** (RAW_DB / 20)).astype(int)


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 601])
def test_the_track_is_as_long_as_the_pictures_to_the_sample(tmp_path, frames):
    mix([], frames / 15, tmp_path / "out.wav")
    assert heard(tmp_path / "out.wav").shape == (frames * RATE_HZ // 15, 2)
    assert not heard(tmp_path / "out.wav").any()


def test_every_line_starts_at_its_sample_on_both_sides(tmp_path):
    click = written(tmp_path / "click.wav", CLICK)
    mix([Placed(click, start_s) for start_s in [0.0, 1 / 60, 1.00003, 2.5]], 3.0, tmp_path / "out.wav")
    track = heard(tmp_path / "out.wav")
    assert list(np.flatnonzero(track[:, 0])) == [0, 800, 48_001, 120_000]
    assert np.array_equal(track[:, 0], track[:, 1])
    assert track[0, 0] == pytest.approx(half(20_000), abs=1)


def test_a_line_across_two_blocks_is_whole(tmp_path):
    line = written(tmp_path / "line.wav", np.full(RATE_HZ, 1_000))
    mix([Placed(line, 19.5)], 21.0, tmp_path / "out.wav")
    assert list(np.flatnonzero(np.diff(heard(tmp_path / "out.wav")[:, 0]))) == [936_000 - 1, 984_000 - 1]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_a_line_of_another_rate_is_not_moved(tmp_path, rate_hz, channels):
    samples = np.zeros(rate_hz)
    samples[rate_hz // 2] = 20_000
    mix([Placed(written(tmp_path / "line.wav", samples, rate_hz, channels), 0.25)], 2.0, tmp_path / "out.wav")
    assert list(np.argmax(np.abs(heard(tmp_path / "out.wav")), axis=0)) == [36_000, 36_000]


def test_a_line_in_stereo_keeps_its_sides(tmp_path):
    path = tmp_path / "line.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.repeat([[10_000, -2_000]], 480, axis=0).astype("<i2").tobytes())
    mix([Placed(path, 0.0)], 0.01, tmp_path / "out.wav")
    assert np.abs(heard(tmp_path / "out.wav") - half([10_000, -2_000])).max() <= 1


def test_a_recording_in_24_bits_is_heard_at_its_level(tmp_path):
    path = tmp_path / "line.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s24le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 480), 10_000 << 16, np.int32), format="s32", layout="mono")
        frame.sample_rate = RATE_HZ
        file.mux([*stream.encode(frame), *stream.encode(None)])
    mix([Placed(path, 0.0)], 0.01, tmp_path / "out.wav")
    assert np.abs(heard(tmp_path / "out.wav") - half(10_000)).max() <= 1


def test_the_bed_beneath_a_voice_lies_20_db_below_it_and_no_sound_steps(tmp_path):
    line = written(tmp_path / "line.wav", np.zeros(8 * RATE_HZ))
    mix([Placed(line, 6.0)], 20.0, tmp_path / "out.wav", music=1)
    bed = heard(tmp_path / "out.wav") / 32768 / 10 ** (RAW_DB / 20)

    def dbfs(first_s, end_s):
        return 10 * np.log10((bed[first_s * RATE_HZ : end_s * RATE_HZ] ** 2).mean())

    assert dbfs(6, 14) == pytest.approx(LEVEL_DBFS + UNDER_DB, abs=1)
    assert dbfs(15, 17) == pytest.approx(LEVEL_DBFS + BED_DB, abs=1.5)
    assert UNDER_DB < -20  # WCAG 1.4.7
    assert np.abs(np.diff(bed, axis=0)).max() < 0.003


def test_the_bed_is_low_under_the_voice_and_between_close_lines_and_rises_after():
    spans = [(2 * RATE_HZ, 3 * RATE_HZ), (round(3.2 * RATE_HZ), 4 * RATE_HZ)]
    level = 20 * np.log10(ducked(spans, 0, 10 * RATE_HZ))
    assert level[0] == pytest.approx(BED_DB)
    assert level[2 * RATE_HZ : 4 * RATE_HZ] == pytest.approx(UNDER_DB, abs=1e-4)
    assert level[round(4.6 * RATE_HZ) :] == pytest.approx(BED_DB, abs=1e-4)
    assert np.abs(np.diff(level)).max() < 30 / RATE_HZ
    assert np.array_equal(ducked(spans, 100_000, 200_000), ducked(spans, 0, 10 * RATE_HZ)[100_000:200_000])


def test_tones_begin_at_their_samples_and_are_cut_at_the_end_of_the_film(tmp_path):
    mix([], 2.0, tmp_path / "out.wav", [Tone(0.2, 0.5), Tone(0.9, 1.9)])
    track = heard(tmp_path / "out.wav")
    assert RATE_HZ // 2 < np.flatnonzero(track)[0] // 2 < RATE_HZ // 2 + 30
    assert len(track) == 2 * RATE_HZ
    with pytest.raises(ValueError, match=r"A tone at 2.00 s lies outside of a film of 2.00 s\."):
        mix([], 2.0, tmp_path / "out.wav", [Tone(0.5, 2.0)])


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
