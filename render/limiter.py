"""A limiter that looks ahead: the gain that keeps true peaks below a ceiling, and how much loudness it costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 48  # samples; gains are computed for each of these, 1 ms at 48 kHz, and joined by straight lines
HOLD, AHEAD = 40, 11  # steps: a gain falls within AHEAD before a peak and stays low for HOLD after it
REACH = 8  # samples on each side from which a value between two samples is computed

MOST_DB = 12.0  # of gain by which a limiter may be driven
ROUNDS = 12


@dataclass(frozen=True)
class Levels:
    """Of each step of a sound: its true peak, and its mean square; both (step,), full scale at 1."""

    peaks: NDArray[np.float64]
    powers: NDArray[np.float64]


def levels(sound: NDArray[np.float32], likely: float) -> Levels:
    """The levels of a sound (n, 2) that has REACH more samples on both sides and whole steps between.

    likely: the sample peak from which values between samples are looked at, four times as finely.
    """
    inner = sound[REACH:-REACH]
    steps = inner.reshape(-1, STEP, 2)  # (step, sample, side)
    peaks = np.abs(steps).max(axis=(1, 2)).astype(np.float64)
    for step in np.array_split(np.flatnonzero(peaks > likely), 1 + len(peaks) // 4096):
        index = step[:, None] * STEP + np.arange(STEP + 2 * REACH)  # (k, sample)
        for side in (0, 1):
            between = sound[index, side] @ _BETWEEN  # (k, 3 * STEP)
            peaks[step] = np.maximum(peaks[step], np.abs(between).max(axis=1, initial=0))
    return Levels(peaks, (steps.astype(np.float64) ** 2).mean(axis=(1, 2)))


def limits(peaks: NDArray[np.float64], gain: float, ceiling: float) -> NDArray[np.float64]:
    """For each step, what a sound that was amplified by ``gain`` is to be multiplied with, (step,), at most 1."""
    need = np.minimum(1, ceiling / np.maximum(gain * peaks, 1e-9))
    padded = np.pad(need, (HOLD, AHEAD), constant_values=1)
    held = np.lib.stride_tricks.sliding_window_view(padded, HOLD + AHEAD + 1).min(axis=1)  # (step,)
    bell = np.hanning(2 * AHEAD + 1)[1:-1]  # one step narrower than what is held: lines between steps stay below too
    smooth = np.convolve(np.pad(held, AHEAD - 1, mode="edge"), bell / bell.sum(), mode="valid")  # (step,)
    return np.minimum(smooth, 1)


def driven(found: Levels, wanted_db: float, ceiling: float) -> float:
    """The gain in dB after which a limited sound is ``wanted_db`` louder than before, at most MOST_DB more than that.

    Loudness is taken for power: near enough, since what is limited is what is loud.
    """
    total = found.powers.sum()
    gain_db = wanted_db
    for _ in range(ROUNDS if total else 0):
        kept = limits(found.peaks, 10 ** (gain_db / 20), ceiling)
        missing_db = wanted_db - gain_db - 10 * np.log10((found.powers * kept**2).sum() / total)
        gain_db = min(gain_db + missing_db, wanted_db + MOST_DB)
        if abs(missing_db) < 0.02:
            break
    return float(gain_db)


def along(gains: NDArray[np.float64], first: int, count: int) -> NDArray[np.float32]:
    """The gains of steps at each sample from ``first`` on, (count,)."""
    centres = (np.arange(len(gains)) + 0.5) * STEP
    low, high = max(0, first // STEP - 1), (first + count) // STEP + 2
    at = np.arange(first, first + count)
    return np.interp(at, centres[low:high], gains[low:high]).astype(np.float32)


def _between() -> NDArray[np.float32]:
    """The matrix (STEP + 2 * REACH, 3 * STEP) from samples to the values at three places between each two of them."""
    offsets = np.arange(STEP + 2 * REACH)[:, None] - REACH  # of each sample from the step's first
    places = (np.arange(STEP)[:, None] + np.array([0.25, 0.5, 0.75])).reshape(1, -1)
    away = places - offsets
    window = np.where(np.abs(away) < REACH, np.cos(np.pi * away / (2 * REACH)) ** 2, 0)
    return (np.sinc(away) * window).astype(np.float32)


_BETWEEN = _between()
