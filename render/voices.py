"""The voices that a user can name, and those that come from files: a Piper voice, or somebody's recordings.

    espeak, none, piper:voices/en_US-amy-medium.onnx, recorded:takes

A recording is ``<Scene>.<cue>.wav`` (or .flac, .mp3) in the folder, or ``<cue>.wav`` in a folder of the scene's name.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.suggest import did_you_mean
from render.quality import RenderError

VOICES = ("espeak", "piper", "recorded", "none")
FROM_FILES = {"piper": "the .onnx file of a voice", "recorded": "a folder of recordings"}
SUFFIXES = (".wav", ".flac", ".mp3")


class UnknownVoice(RenderError):
    """The user named a voice that does not exist, or left out where it is."""


def parse_voice(voice: str) -> tuple[str, Path | None]:
    """The kind of a voice, and where it is if it comes from files.

    Raises: UnknownVoice.
    """
    kind, _, place = voice.partition(":")
    if kind not in VOICES:
        raise UnknownVoice(
            f"There is no voice '{kind}'; the voices are {', '.join(VOICES)}." + did_you_mean(kind, VOICES)
        )
    if (kind in FROM_FILES) != bool(place):
        how = f"is named with {FROM_FILES[kind]}: {kind}:PATH" if kind in FROM_FILES else "is named without a path"
        raise UnknownVoice(f"The voice '{kind}' {how}.")
    path = Path(place) if place else None
    if path is not None and not (path.is_dir() if kind == "recorded" else path.is_file()):
        raise UnknownVoice(f"The voice '{kind}' is to be {FROM_FILES[kind]}, and {path} is none.")
    return kind, path


def recording_of(voice: str, scene: str, cue: str) -> Path | None:
    """The file in which somebody speaks a line, None if the voice is no recorded one or has not recorded it."""
    kind, folder = parse_voice(voice)
    if kind != "recorded" or folder is None:
        return None
    names = [folder / f"{scene}.{cue}", folder / scene / cue]
    return next((p for name in names for s in SUFFIXES if (p := name.with_name(name.name + s)).is_file()), None)


def read_recording(path: Path) -> tuple[NDArray[np.int16], int]:
    """The sound of a WAV, FLAC or MP3 file, (n,) int16 mono, and its rate in Hz.

    Raises: RenderError if it cannot be read or holds no sound.
    """
    from av import AudioResampler  # here, so that a synthesised voice needs no PyAV

    from render.encode import failing, open_media

    with open_media(path) as source:
        if not source.streams.audio:
            raise RenderError(f"{path} holds no sound; record the line again.")
        rate_hz = source.streams.audio[0].rate
        resampler = AudioResampler(format="s16", layout="mono", rate=rate_hz)
        with failing("read", path):
            frames = [made for frame in source.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    return np.concatenate([np.zeros(0, np.int16), *(frame.to_ndarray()[0] for frame in frames)]), rate_hz


def piper_says(text: str, path: Path) -> tuple[NDArray[np.int16], int]:
    """A text in a Piper voice, without its random variation: (n,) int16 mono, and its rate in Hz.

    Raises: RenderError if Piper is not installed, or the voice cannot be loaded or fails.
    """
    voice, config = _piper(path)
    pieces = list(voice.synthesize(text, syn_config=config))
    samples = [np.frombuffer(piece.audio_int16_bytes, "<i2").astype(np.int16) for piece in pieces]
    return np.concatenate([np.zeros(0, np.int16), *samples]), pieces[0].sample_rate if pieces else 22050


@lru_cache(maxsize=1)
def _piper(path: Path) -> tuple[Any, Any]:
    try:
        from piper import PiperVoice, SynthesisConfig
    except ImportError as error:
        raise RenderError(
            "The voice 'piper' is not installed; run `.venv/bin/pip install piper-tts`, or use --voice espeak."
        ) from error
    described = path.with_name(path.name + ".json")
    if path.suffix != ".onnx" or not described.is_file():
        raise RenderError(f"{path} is no Piper voice: it needs an .onnx file and {described.name} beside it.")
    try:
        voice = PiperVoice.load(path)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise RenderError(f"The Piper voice {path} cannot be loaded: {error}") from error
    return voice, SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
