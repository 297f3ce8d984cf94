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
from render.loudness import Loudness, master
from render.music import RATE_HZ, Tone, bed
from render.music import tones as heard_tones
from render.quality import RenderError

with warnings.catch_warnings():
    # pydub looks for ffmpeg on PATH when imported; here it only ever writes WAV, which needs none. Its last release
    # is older than the end of audioop (3.13 has it from audioop-lts) and than raw strings for regular expressions.
    warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", SyntaxWarning)
    from pydub import AudioSegment

TONES_DB = -26.0  # of a tone's peak; the voice is at -20 dBFS RMS where it speaks
BED_DB, UNDER_DB = -20.0, -30.0  # of the bed alone, and of the bed under the voice
DUCK_S = 0.5
OVERHANG_S = 1 / 15  # a clip ends on the grid, so the last sound of a line may be cut by up to one step


@dataclass(frozen=True)
class Placed:
    """A recorded or synthesised line, and the seconds from the film's start at which its first sample is heard."""

    wav: Path
    start_s: float


def mix(
    placed: Sequence[Placed], duration_s: float, out: Path, tones: Sequence[Tone] = (), music: int | None = None
) -> Loudness | None:
    """Write a 48 kHz stereo 16-bit WAV of round(duration_s * 48000) samples and return its loudness.

    tones: values heard as pitches. music: the seed of the bed, None for a film without one. A film in which something
    is said is brought to the loudness of ``render.loudness``; one without keeps the levels of its sounds.
    Raises: RenderError if a line cannot be read or does not fit, or the file cannot be written.
    """
    voice, spoken = lay(placed, duration_s)
    sound = np.repeat(voice[:, None], 2, axis=1)  # (n, 2): narration is heard in the middle
    if tones:
        sound += _gain(TONES_DB) * heard_tones(tones, len(sound))[:, None]
    if music is not None:
        sound += bed(len(sound), music) * ducked(spoken, len(sound))[:, None]
    with failing("write", out):
        if not spoken or not voice.any():
            out.write_bytes(wav_of(sound))
            return None
        raw = out.with_suffix(".raw.wav")
        raw.write_bytes(wav_of(sound / max(1.0, float(np.abs(sound).max()))))
        loudness = master(raw, out)
        raw.unlink()
    return loudness


def lay(placed: Sequence[Placed], duration_s: float) -> tuple[NDArray[np.float32], list[tuple[int, int]]]:
    """All lines in one track, (n,) with full scale at 1, and the samples [first, end) that each takes.

    Lines may have any rate and number of channels.
    """
    track = np.zeros(round(duration_s * RATE_HZ), np.float32)
    spans = [_add(track, line) for line in placed]
    return track, spans


def ducked(spoken: Sequence[tuple[int, int]], count: int) -> NDArray[np.float32]:
    """The bed's gain at each of ``count`` samples: low while somebody speaks, with slow ramps on both sides."""
    times, gains = [0.0], [BED_DB]
    for first, end in spoken:
        low, high = first / RATE_HZ - DUCK_S, end / RATE_HZ + DUCK_S
        if low < times[-1]:  # no room to rise since the last line
            times, gains = times[:-2] or [0.0], gains[:-2] or [UNDER_DB]
        else:
            times, gains = [*times, low, low + DUCK_S], [*gains, BED_DB, UNDER_DB]
        times, gains = [*times, high - DUCK_S, high], [*gains, UNDER_DB, BED_DB]
    levels = np.interp(np.arange(count) / RATE_HZ, times, gains)  # (n,) dB
    return (10 ** (levels / 20)).astype(np.float32)


def wav_of(sound: NDArray[np.float32]) -> bytes:
    """A sound (n, 2), full scale at 1, as a 16-bit WAV file."""
    data = np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    track = AudioSegment(data=data, sample_width=2, frame_rate=RATE_HZ, channels=2)
    made: bytes = track.export(io.BytesIO(), format="wav").getvalue()  # pydub leaves a file open when the disk is full
    return made


def _gain(db: float) -> np.float32:
    return np.float32(10 ** (db / 20))


def _add(track: NDArray[np.float32], line: Placed) -> tuple[int, int]:
    samples = _samples(line.wav)
    first = round(line.start_s * RATE_HZ)  # to the sample; pydub's own overlay counts in milliseconds
    beyond = first + len(samples) - len(track)
    if first < 0 or beyond > OVERHANG_S * RATE_HZ:
        raise RenderError(
            f"{line.wav.name}, {len(samples) / RATE_HZ:.2f} s from {line.start_s:.2f} s, does not fit into a film of "
            f"{len(track) / RATE_HZ:.2f} s; let the scene wait for its lines."
        )
    track[first : first + len(samples)] += samples[: len(track) - first] / np.float32(32768)
    return first, min(first + len(samples), len(track))


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
