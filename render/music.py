"""Sounds made from numbers alone: a quiet bed of slow chords, and soft tones whose pitch is a value.

No recording is used. The bed is drawn by a seed; the frequency of a tone is LOW_HZ times 4 to the power of its value,
so that the value can be read back from the sound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
LOW_HZ = 220.0
OCTAVES = 2.0  # from value 0 to value 1
TONE_S = 1.2
STRIKE_S = 0.004
DECAY_S = 0.22
# (multiple of the pitch, share): close to a marimba, without its click
PARTIALS = ((1.0, 1.0), (2.0, 0.28), (3.0, 0.08))

# Semitones above A2 (110 Hz): A add9, D over A, F sharp minor over A, E suspended. All in A major, so no chord clashes
# with its neighbours; each two share at least two tones, which sound on while the others change.
CHORDS = ((0, 7, 14, 16, 19), (0, 5, 12, 19, 21), (0, 9, 12, 16, 19), (7, 12, 14, 19))
ROOT_HZ = 110.0
STEP_S, OVERLAP_S = 6.0, 4.0  # a chord begins every STEP_S, and rises while the one before falls
LOOP_S = 10  # every pitch is rounded to whole cycles in it (0.1 Hz), so that a chord can be repeated for ever
WARMTH = ((1, 1.0), (2, 0.2), (3, 0.07))  # (multiple of the pitch, share)
WIDTH = 0.3  # share of each side's own, detuned voice; larger ones beat where both sides are heard as one
DETUNE = 3  # cycles in a loop, up to the left and down to the right
BED_RMS = 0.1  # -20 dB below full scale, the level of a spoken line
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


class Bed:
    """Slow chords for ``count`` samples, drawn by a seed, at an RMS level of BED_RMS and silent at both ends."""

    def __init__(self, count: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.count = count
        self.loops = _loops(chance)  # of each chord
        chords = -(-count // round(STEP_S * RATE_HZ)) + 2  # one before the film, one after it
        steps = chance.integers(1, len(CHORDS), chords)  # never the same chord twice in a row
        self.order = np.cumsum(steps) % len(CHORDS)

    def between(self, first: int, end: int) -> NDArray[np.float32]:
        """The samples [first, end), (n, 2)."""
        at = np.arange(first, end)  # (n,)
        sound = np.zeros((len(at), 2), np.float32)
        step, length = round(STEP_S * RATE_HZ), round((STEP_S + OVERLAP_S) * RATE_HZ)
        for nth, chord in enumerate(self.order):
            begin = nth * step - length  # the first one is over when the film begins
            low, high = max(first, begin), min(end, begin + length)
            if low < high:
                inside = at[low - first : high - first]
                near_s = np.minimum(inside - begin, begin + length - inside) / RATE_HZ  # to the chord's nearer end
                share = np.sin(np.pi / 2 * np.minimum(near_s / OVERLAP_S, 1)) ** 2
                loop = self.loops[chord]
                sound[low - first : high - first] += share[:, None] * loop[inside % len(loop)]
        edge = min(EDGE_S * RATE_HZ, self.count / 2)
        rise = np.clip(np.minimum(at, self.count - 1 - at) / edge, 0, 1)  # (n,)
        return np.asarray(sound * (np.sin(np.pi / 2 * rise) ** 2)[:, None], np.float32)


def _loops(chance: np.random.Generator) -> list[NDArray[np.float32]]:
    """LOOP_S of each chord, (n, 2), as sums of whole cycles: the inverse transform of a few spectral lines.

    A pitch has one phase in all chords, so that a tone that two chords share goes on evenly from one to the other.
    """
    pitches = sorted({pitch for chord in CHORDS for pitch in chord})
    turns = dict(zip(pitches, chance.uniform(0, 2 * np.pi, (len(pitches), len(WARMTH), 3)), strict=True))
    count = LOOP_S * RATE_HZ
    loops = []
    for chord in CHORDS:
        lines = np.zeros((2, count // 2 + 1), complex)  # (side, cycles in a loop)
        for pitch in chord:
            cycles = round(ROOT_HZ * 2 ** (pitch / 12) * LOOP_S)
            for (multiple, share), (middle, *sides) in zip(WARMTH, turns[pitch], strict=True):
                lines[:, multiple * cycles] += share * np.exp(1j * middle)
                for side, (away, turn) in enumerate(zip((DETUNE, -DETUNE), sides, strict=True)):
                    lines[side, multiple * cycles + away] += WIDTH * share * np.exp(1j * turn)
        sound = np.fft.irfft(lines, count, axis=1).T  # (n, 2)
        loops.append((BED_RMS * sound / np.sqrt((sound**2).mean())).astype(np.float32))
    return loops
