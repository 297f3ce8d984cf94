"""The sound of a film: every spoken line at its place in one WAV file, to the sample."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av import AudioResampler
from numpy.typing import NDArray

from render.encode import failing, open_media
from render.quality import RenderError

with warnings.catch_warnings():
    # pydub looks for ffmpeg on PATH when imported; here it only ever writes WAV, which needs none. Its last release
    # is older than the end of audioop (3.13 has it from audioop-lts) and than raw strings for regular expressions.
    warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", SyntaxWarning)
    from pydub import AudioSegment

RATE_HZ = 48_000
PEAK = 32768 * 10 ** (-1 / 20)  # -1 dBFS: room for what AAC adds to a peak
OVERHANG_S = 1 / 15  # a clip ends on the grid, so the last sound of a line may be cut by up to one step


@dataclass(frozen=True)
class Placed:
    """A recorded or synthesised line, and the seconds from the film's start at which its first sample is heard."""

    wav: Path
    start_s: float


def mix(placed: Sequence[Placed], duration_s: float, out: Path) -> None:
    """Write a 48 kHz stereo 16-bit WAV of round(duration_s * 48000) samples with every line at its start.

    Lines may have any rate and number of channels; narration is heard in the middle. Where lines together exceed
    -1 dBFS the whole track is turned down. Takes 10 bytes of memory per sample: 0.3 GB for ten minutes.
    Raises: RenderError if a line cannot be read or does not fit, or the file cannot be written.
    """
    track = np.zeros(round(duration_s * RATE_HZ), np.int32)
    for line in placed:
        _add(track, line)
    loudest = max(track.max(initial=0), -track.min(initial=0))
    if loudest > PEAK:
        track = np.trunc(track * (PEAK / loudest))
    mono = AudioSegment(data=track.astype("<i2").tobytes(), sample_width=2, frame_rate=RATE_HZ, channels=1)
    made = mono.set_channels(2).export(io.BytesIO(), format="wav")  # pydub leaves a file open when the disk is full
    with failing("write", out):
        out.write_bytes(made.getvalue())


def _add(track: NDArray[np.int32], line: Placed) -> None:
    samples = _samples(line.wav)
    first = round(line.start_s * RATE_HZ)  # to the sample; pydub's own overlay counts in milliseconds
    beyond = first + len(samples) - len(track)
    if first < 0 or beyond > OVERHANG_S * RATE_HZ:
        raise RenderError(
            f"{line.wav.name}, {len(samples) / RATE_HZ:.2f} s from {line.start_s:.2f} s, does not fit into a film of "
            f"{len(track) / RATE_HZ:.2f} s; let the scene wait for its lines."
        )
    track[first : first + len(samples)] += samples[: len(track) - first]


def _samples(path: Path) -> NDArray[np.int16]:
    """A file's sound as (n,) int16, mono at RATE_HZ."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with open_media(path) as source:
        if not source.streams.audio:
            raise RenderError(f"{path} holds no sound; record or synthesise the line again.")
        with failing("read", path):
            frames = [made for frame in source.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    return np.concatenate([np.zeros(0, np.int16), *(frame.to_ndarray()[0] for frame in frames)])
