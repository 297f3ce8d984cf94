"""The sound of a film: every spoken line at its place in one WAV file, to the sample."""

import warnings
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av import AudioResampler
from numpy.typing import NDArray

from render.encode import failing, open_media
from render.music import RATE_HZ, Bed, Tone, tone
from render.quality import RenderError

with warnings.catch_warnings():
    # pydub looks for ffmpeg on PATH when imported; here it only joins two channels, which needs none. Its last release
    # is older than the end of audioop (3.13 has it from audioop-lts) and than raw strings for regular expressions.
    warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", DeprecationWarning)
    warnings.filterwarnings("ignore", r".*invalid escape sequence", SyntaxWarning)
    from pydub import AudioSegment

RAW_DB = -6.0  # of the file that is written: room for a voice and a tone that peak at once
TONES_DB = -26.0  # of a tone's peak; the voice is at -20 dBFS RMS where it speaks
BED_DB, UNDER_DB = -18.0, -26.0  # of the bed against the voice: alone, and beneath it (WCAG 1.4.7 asks for 20 dB)
DUCK_S = 0.5
OVERHANG_S = 1 / 15  # a clip ends on the grid, so the last sound of a line may be cut by up to one step
BLOCK = 20 * RATE_HZ  # samples that are mixed at once


@dataclass(frozen=True)
class Placed:
    """A recorded or synthesised line, and the seconds from the film's start at which its first sample is heard."""

    wav: Path
    start_s: float


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound, (n, 1) or (n, 2), its first sample in the film, and the factor to full scale at 1."""

    first: int
    samples: NDArray[np.int16] | NDArray[np.float32]
    scale: float

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.first + len(self.samples)


def mix(
    placed: Sequence[Placed], duration_s: float, out: Path, tones: Sequence[Tone] = (), music: int | None = None
) -> None:
    """Write a 48 kHz stereo 16-bit WAV of round(duration_s * 48000) samples, all sounds RAW_DB below their levels.

    Lines may have any rate; those in stereo stay so. tones: values heard as pitches. music: the seed of the bed that
    gives way to the lines, None for a film without one.
    Raises: RenderError if a line cannot be read or does not fit, or the file cannot be written; ValueError for a tone
    outside of the film.
    """
    count = round(duration_s * RATE_HZ)
    lines = [_line(line, count) for line in placed]
    spans = [(line.first, min(line.end, count)) for line in lines]
    sounds = [*lines, *(_toned(each, count) for each in tones)]
    bed = Bed(count, music) if music is not None else None
    with failing("write", out), out.open("wb") as opened, wave.open(opened, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for first in range(0, count, BLOCK):
            end = min(first + BLOCK, count)
            block = np.zeros((end - first, 2), np.float32)
            for sound in sounds:
                low, high = max(first, sound.first), min(end, sound.end)
                if low < high:
                    part = sound.samples[low - sound.first : high - sound.first]
                    block[low - first : high - first] += part * np.float32(sound.scale)
            if bed is not None:
                block += bed.between(first, end) * ducked(spans, first, end)[:, None]
            file.writeframes(_interleaved(block * _gain(RAW_DB)))


def ducked(spans: Sequence[tuple[int, int]], first: int, end: int) -> NDArray[np.float32]:
    """The bed's gain at the samples [first, end): low in the spans of speech, with slow ramps on both sides."""
    times, gains = [0.0], [BED_DB]
    for begin, over in spans:
        low, high = begin / RATE_HZ - DUCK_S, over / RATE_HZ + DUCK_S
        if low < times[-1]:  # no room to rise since the last line
            times, gains = times[:-2] or [0.0], gains[:-2] or [UNDER_DB]
        else:
            times, gains = [*times, low, low + DUCK_S], [*gains, BED_DB, UNDER_DB]
        times, gains = [*times, high - DUCK_S, high], [*gains, UNDER_DB, BED_DB]
    levels = np.interp(np.arange(first, end) / RATE_HZ, times, gains)  # (n,) dB
    return np.asarray(10 ** (levels / 20), np.float32)


def _gain(db: float) -> np.float32:
    return np.float32(10 ** (db / 20))


def _interleaved(sound: NDArray[np.float32]) -> bytes:
    data = np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2")
    sides = [AudioSegment(side.tobytes(), sample_width=2, frame_rate=RATE_HZ, channels=1) for side in data.T]
    joined: bytes = AudioSegment.from_mono_audiosegments(*sides).raw_data
    return joined


def _toned(each: Tone, count: int) -> Heard:
    first = round(each.start_s * RATE_HZ)
    if not 0 <= first < count:
        raise ValueError(f"A tone at {each.start_s:.2f} s lies outside of a film of {count / RATE_HZ:.2f} s.")
    return Heard(first, tone(each.value)[:, None], float(_gain(TONES_DB)))


def _line(line: Placed, count: int) -> Heard:
    samples = _samples(line.wav)
    first = round(line.start_s * RATE_HZ)  # to the sample; pydub's own overlay counts in milliseconds
    if first < 0 or first + len(samples) - count > OVERHANG_S * RATE_HZ:
        raise RenderError(
            f"{line.wav.name}, {len(samples) / RATE_HZ:.2f} s from {line.start_s:.2f} s, does not fit into a film of "
            f"{count / RATE_HZ:.2f} s; let the scene wait for its lines."
        )
    return Heard(first, samples, 1 / 32768)


def _samples(path: Path) -> NDArray[np.int16]:
    """A file's sound at RATE_HZ, (n, 1) if it is mono, else (n, 2)."""
    with open_media(path) as source:
        if not source.streams.audio:
            raise RenderError(f"{path} holds no sound; record or synthesise the line again.")
        sides = min(2, source.streams.audio[0].channels)
        resampler = AudioResampler(format="s16", layout="mono" if sides == 1 else "stereo", rate=RATE_HZ)
        with failing("read", path):
            frames = [made for frame in source.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    pieces = [frame.to_ndarray().reshape(-1, sides) for frame in frames]  # packed: sides alternate
    return np.concatenate([np.zeros((0, sides), np.int16), *pieces])
