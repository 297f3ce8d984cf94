"""Voices that a user can name: recordings in three formats, a Piper voice, and what is said about wrong ones."""

import sys
import wave

import av
import numpy as np
import pytest

from render.catalog import find_scene
from render.jobs import make_options, untold, voice_job
from render.quality import RenderError
from render.voice import synthesise, voiced_dbfs
from render.voices import UnknownVoice, parse_voice, recording_of

RATE_HZ = 44_100


def take(path, seconds=0.6):
    """Somebody's recording: half a second of silence, a hum, half a second of silence; in the format of its name."""
    hum = 0.2 * np.sin(2 * np.pi * 180 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    quiet = np.zeros(RATE_HZ // 2)
    samples = np.rint(np.concatenate([quiet, hum, quiet]) * 32767).astype(np.int16)
    codec = {".wav": "pcm_s16le", ".flac": "flac", ".mp3": "libmp3lame"}[path.suffix]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=RATE_HZ, layout="mono")
        form = "s16p" if path.suffix == ".mp3" else "s16"
        frame = av.AudioFrame.from_ndarray(samples[None], format=form, layout="mono")
        frame.sample_rate = RATE_HZ
        fifo = av.AudioFifo()
        fifo.write(frame)
        while piece := fifo.read(stream.codec_context.frame_size or 1024, partial=True):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3"])
def test_a_recording_is_trimmed_and_brought_to_the_level_of_every_line(tmp_path, suffix):
    path = take(tmp_path / f"HeldNumber.circle{suffix}")
    speech = synthesise(
        "A neuron.", f"recorded:{tmp_path}", "en", recording_of(f"recorded:{tmp_path}", "HeldNumber", "circle")
    )
    assert path == recording_of(f"recorded:{tmp_path}", "HeldNumber", "circle")
    assert speech.rate_hz == RATE_HZ
    assert speech.seconds == pytest.approx(0.6, abs=0.06)
    assert voiced_dbfs(speech) == pytest.approx(-20, abs=0.7)


@pytest.mark.parametrize("gain", [0.003, 1.0, 20.0])
@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (22_050, 2), (96_000, 2)])
def test_a_recording_from_a_room_begins_with_its_voice_however_loud_it_is(tmp_path, gain, rate_hz, channels):
    chance = np.random.default_rng(0)
    hum = 6000 * np.sin(2 * np.pi * 180 * np.arange(rate_hz) / rate_hz)
    quiet = np.zeros(rate_hz)
    samples = gain * (np.concatenate([quiet, hum, quiet]) + 30 * chance.normal(size=3 * rate_hz))  # 43 dB below the hum
    path = tmp_path / "A.see.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(np.rint(np.clip(samples, -32_768, 32_767)), channels).astype("<i2").tobytes())
    speech = synthesise("A neuron.", f"recorded:{tmp_path}", "en", path)
    assert speech.seconds == pytest.approx(1.0, abs=0.03)
    assert voiced_dbfs(speech) == pytest.approx(-20, abs=0.7)
    assert speech.rate_hz == rate_hz


def test_recordings_lie_side_by_side_or_in_a_folder_for_each_scene(tmp_path):
    voice = f"recorded:{tmp_path}"
    side, inside = take(tmp_path / "A.see.wav"), take(tmp_path / "B" / "see.flac")
    assert (recording_of(voice, "A", "see"), recording_of(voice, "B", "see")) == (side, inside)
    assert recording_of(voice, "B", "hear") is None
    assert recording_of("espeak", "A", "see") is None


def test_a_line_that_is_not_recorded_is_spoken_by_espeak(tmp_path):
    spoken = synthesise("A neuron.", f"recorded:{tmp_path}", "en", None)
    assert np.array_equal(spoken.samples, synthesise("A neuron.", "espeak", "en").samples)


def test_a_recording_that_is_replaced_or_deleted_is_noticed_and_only_its_line_is_spoken_again(tmp_path):
    scene, voice = find_scene("HeldNumber"), f"recorded:{tmp_path}"

    def keys():
        options = make_options(voice=voice)
        return {cue: voice_job(scene, cue, options).key for cue in scene.narration.lines}, untold([scene], options)

    take(tmp_path / "HeldNumber.circle.wav")
    before, said = keys()
    assert said == ["not recorded, spoken by espeak: HeldNumber.number, HeldNumber.others, HeldNumber.meaning"]
    take(tmp_path / "HeldNumber.circle.wav", seconds=0.7)
    after, _ = keys()
    assert {cue for cue in before if before[cue] != after[cue]} == {"circle"}
    (tmp_path / "HeldNumber.circle.wav").unlink()
    gone, said = keys()
    assert said[0].startswith("not recorded, spoken by espeak: HeldNumber.circle, HeldNumber.number")
    assert gone["circle"] == voice_job(scene, "circle", make_options()).key


def test_a_recording_without_sound_is_named(tmp_path):
    path = tmp_path / "A.see.wav"
    path.write_bytes(b"no sound at all")
    with pytest.raises(RenderError, match="Could not read .*A.see.wav: Invalid data"):
        synthesise("A neuron.", f"recorded:{tmp_path}", "en", path)
    take(path, seconds=0.0)
    with pytest.raises(RenderError, match=r"The recording .*A.see.wav has nothing to hear for 'A neuron.';"):
        synthesise("A neuron.", f"recorded:{tmp_path}", "en", path)


def test_a_piper_voice_that_is_not_installed_or_no_voice_is_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "amy.onnx"
    path.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(RenderError, match="The voice 'piper' is not installed; run `.venv/bin/pip install piper-tts`"):
        synthesise("A neuron.", f"piper:{path}", "en")


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ("pipper:x", "There is no voice 'pipper'; the voices are espeak, piper, recorded, none. Did you mean 'piper'?"),
        ("piper", "The voice 'piper' is named with the .onnx file of a voice: piper:PATH."),
        ("recorded", "The voice 'recorded' is named with a folder of recordings: recorded:PATH."),
        ("espeak:en", "The voice 'espeak' is named without a path."),
        ("recorded:/absent", "The voice 'recorded' is to be a folder of recordings, and /absent is none."),
    ],
)
def test_a_wrong_voice_is_named_with_what_it_needs(voice, said):
    with pytest.raises(UnknownVoice) as raised:
        parse_voice(voice)
    assert str(raised.value) == said
