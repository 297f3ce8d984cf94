"""Sounds made from numbers alone: a quiet bed of slow chords, and soft tones whose pitch is a value.

No recording is used. The bed is drawn by a seed; the frequency of a tone is LOW_HZ times 4 to the power of its value,
so that the value can be read back from the sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
LOW_HZ = 220.0
OCTAVES = 2.0  # from value 0 to value 1
TONE_S = 1.2
STRIKE_S = 0.004
DECAY_S = 0.22
PARTIALS = (
    (1.0, 1.0),
    (2.0, 0.28),
    (3.0, 0.08),
)  # (multiple of the pitch, share): close to a marimba, without its click

CHORD_S = 9.0
OVERLAP_S = 4.0  # two chords are heard together for so long
ROOTS = (0, -4, -7, -2)  # semitones from A: the chords change by common tones
VOICES = (0, 7, 12, 14, 16, 19)  # semitones above the root: a fifth, an octave, ninth and tenth, no leading tone
ROOT_HZ = 110.0
EDGE_S = 3.0  # of rising at the film's start and of falling at its end


@dataclass(frozen=True)
class Tone:
    """A value in [0, 1] that is heard from a second of the film on."""

    value: float
    start_s: float


def tone(value: float) -> NDArray[np.float32]:
    """One tone, (n,), of peak at most 1; louder for larger values. Raises: ValueError outside [0, 1]."""
    if not 0 <= value <= 1:
        raise ValueError(f"A tone sounds a value from 0 to 1, got {value:g}.")
    t = np.arange(round(TONE_S * RATE_HZ)) / RATE_HZ  # (n,)
    pitch_hz = LOW_HZ * 2 ** (OCTAVES * value)
    wave = sum(share * np.sin(2 * np.pi * multiple * pitch_hz * t) for multiple, share in PARTIALS)
    envelope = np.minimum(t / STRIKE_S, 1) * np.exp(-t / DECAY_S) * np.minimum((TONE_S - t) / 0.05, 1)
    return (0.7 * (0.15 + 0.85 * value) * wave * envelope).astype(np.float32)


def tones(placed: Sequence[Tone], count: int) -> NDArray[np.float32]:
    """All tones in a track of ``count`` samples, (count,); what would be heard after its end is cut off."""
    track = np.zeros(count, np.float32)
    for each in placed:
        first = round(each.start_s * RATE_HZ)
        if not 0 <= first < count:
            raise ValueError(f"A tone at {each.start_s:.2f} s lies outside of a film of {count / RATE_HZ:.2f} s.")
        sound = tone(each.value)[: count - first]
        track[first : first + len(sound)] += sound
    return track


def bed(count: int, seed: int) -> NDArray[np.float32]:
    """Slow chords for ``count`` samples, (count, 2), with a peak below 1; silent at both ends."""
    chance = np.random.default_rng(seed)
    track = np.zeros((count, 2), np.float32)
    step = round((CHORD_S - OVERLAP_S) * RATE_HZ)
    root = 0
    for first in range(0, count, step):
        chord = _chord(ROOTS[root % len(ROOTS)], chance)  # (n, 2)
        length = min(len(chord), count - first)
        track[first : first + length] += chord[:length]
        root += int(chance.integers(1, len(ROOTS)))  # never the same chord twice in a row
    edge = min(round(EDGE_S * RATE_HZ), count // 2)
    rise = np.sin(np.linspace(0, np.pi / 2, edge, endpoint=False, dtype=np.float32))[:, None] ** 2
    track[:edge] *= rise
    track[count - edge :] *= rise[::-1]
    return track


def _chord(root: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """One chord that swells and fades, (n, 2): each voice twice, a little out of tune, one towards each side."""
    t = np.arange(round(CHORD_S * RATE_HZ), dtype=np.float64) / RATE_HZ  # (n,)
    swell = np.sin(np.pi * np.clip(np.minimum(t, CHORD_S - t) / OVERLAP_S, 0, 1) / 2) ** 2
    sides = np.zeros((len(t), 2))
    for voice, above in enumerate(VOICES):
        pitch_hz = ROOT_HZ * 2 ** ((root + above) / 12)
        share = 0.5 ** (voice / 2) * chance.uniform(0.6, 1.0)
        breath = 1 + 0.25 * np.sin(2 * np.pi * chance.uniform(0.05, 0.15) * t + chance.uniform(0, 2 * np.pi))
        for side, detune in enumerate((-0.35, 0.35)):  # Hz: the two sides beat slowly against each other
            phase = chance.uniform(0, 2 * np.pi)
            wave = np.sin(2 * np.pi * (pitch_hz + detune) * t + phase)
            near = 0.65 if (voice + side) % 2 else 1.0
            sides[:, side] += near * share * breath * wave
    return (0.11 * swell[:, None] * sides).astype(np.float32)
