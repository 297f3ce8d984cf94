import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from render.quality import RenderError
from render.sound import RATE_HZ, Placed, mix

ROOT = Path(__file__).resolve().parents[2]
CLICK = np.array([20_000] + [0] * 99)


@pytest.fixture(autouse=True)
def without_ffmpeg(monkeypatch, tmp_path):
    """No program can be found: neither ffmpeg nor ffprobe."""
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


def test_every_line_starts_at_its_sample_on_both_sides(tmp_path):
    click = written(tmp_path / "click.wav", CLICK)
    starts_s = [0.0, 1 / 60, 1.00003, 2.5]
    mix([Placed(click, start_s) for start_s in starts_s], 3.0, tmp_path / "out.wav")
    track = heard(tmp_path / "out.wav")
    assert list(np.flatnonzero(track[:, 0])) == [0, 800, 48_001, 120_000]
    assert np.array_equal(track[:, 0], track[:, 1])
    assert set(track[:, 0]) == {0, 20_000}


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_a_line_of_another_rate_is_not_moved(tmp_path, rate_hz, channels):
    samples = np.zeros(rate_hz)
    samples[rate_hz // 2] = 20_000
    line = written(tmp_path / "line.wav", samples, rate_hz, channels)
    mix([Placed(line, 0.25)], 2.0, tmp_path / "out.wav")
    assert np.argmax(np.abs(heard(tmp_path / "out.wav")[:, 0])) == 36_000


def test_a_recording_in_24_bits_is_heard_at_its_level(tmp_path):
    path = tmp_path / "line.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s24le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 480), 10_000 << 16, np.int32), format="s32", layout="mono")
        frame.sample_rate = RATE_HZ
        file.mux([*stream.encode(frame), *stream.encode(None)])
    mix([Placed(path, 0.0)], 0.01, tmp_path / "out.wav")
    assert set(heard(tmp_path / "out.wav").ravel()) == {10_000}


def test_lines_that_together_are_too_loud_turn_the_whole_track_down(tmp_path):
    loud = written(tmp_path / "loud.wav", [30_000, -30_000])
    soft = written(tmp_path / "soft.wav", [10_000])
    mix([Placed(loud, 0.5), Placed(loud, 0.5), Placed(soft, 0.1)], 1.0, tmp_path / "out.wav")
    track = heard(tmp_path / "out.wav")[:, 0]
    assert 20 * np.log10(np.abs(track).max() / 32768) == pytest.approx(-1, abs=0.001)
    assert np.abs(track).max() <= 32768 * 10 ** (-1 / 20)
    assert track[4_800] == pytest.approx(track.max() / 6, abs=1)


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
