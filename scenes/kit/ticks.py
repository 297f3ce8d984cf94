"""Scales and ticks from data: which part of the numbers an axis shows, and the round numbers that are written on it."""

import math
from dataclasses import dataclass

import numpy as np

from scenes.kit.arrays import finite

STEPS = (1, 2, 5)  # times a power of ten: what a step between ticks may be
INTERVALS = 5  # between round ends, about
EDGE = 1e-9  # of a step or of the axis: a number that misses a tick or an end by less is on it
SLIGHT = 1e-6  # of the axis: numbers read back miss what was drawn by less
NARROWEST = 1e-6  # of the largest number: a smaller span cannot be written on ticks
SMALLEST = 1e-290  # data closer to zero than this are zero
PLAIN_FROM, PLAIN_BELOW = 1e-3, 1e6  # ticks outside are written with a power of ten
POWER_STEP = 3  # a common factor is a power of a thousand
WHOLE_DECADES = 1.2  # a log axis may grow to as many times its length so that its ends are powers of ten
MINOR_DECADES = 8  # more decades than these have no ticks between them


@dataclass(frozen=True)
class Scale:
    """The numbers from ``low`` to ``high`` along an axis, equal steps or, with ``log``, equal factors."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"An axis runs from a smaller to a larger number, got {self.low:g} to {self.high:g}.")
        if self.log and self.low <= 0:
            raise ValueError(f"A log axis shows positive numbers only, got {self.low:g}.")

    def warp(self, values: np.ndarray) -> np.ndarray:
        """The values, or their logarithms to base ten: what is laid out in equal steps."""
        return np.log10(values) if self.log else np.asarray(values, dtype=float)

    def unwarp(self, warped: np.ndarray) -> np.ndarray:
        """The values whose ``warp`` these are."""
        return 10.0 ** np.asarray(warped, dtype=float) if self.log else np.asarray(warped, dtype=float)

    def share(self, values: np.ndarray) -> np.ndarray:
        """How far along the axis the values lie: 0 at ``low``, 1 at ``high``."""
        start, end = self.warp(np.array([self.low, self.high]))
        return (self.warp(values) - start) / (end - start)

    def at(self, shares: np.ndarray) -> np.ndarray:
        """The values that lie so far along the axis."""
        start, end = self.warp(np.array([self.low, self.high]))
        return self.unwarp(start + np.asarray(shares, dtype=float) * (end - start))

    def within(self, what: str, values: object, ndim: int) -> np.ndarray:
        """Finite values with ``ndim`` axes, those that miss an end by a rounding error moved onto it.

        Raises: ValueError as ``finite`` does, also beyond the ends.
        """
        given = np.asarray(values, dtype=float)
        near = np.clip(given, self.low, self.high)
        slight = np.abs(near - given) <= SLIGHT * (self.high - self.low)
        return finite(what, np.where(slight, near, given), ndim, self.low, self.high)

    def covers(self, values: np.ndarray) -> np.ndarray:
        """True for the values that are shown."""
        share = self.share(values)
        return np.asarray((share >= -EDGE) & (share <= 1 + EDGE))

    def towards(self, other: "Scale", share: float) -> "Scale":
        """A scale on the way to another: each equal step of time magnifies by the same factor, about a fixed point."""
        if share <= 0:
            return self
        if share >= 1:
            return other
        (a, b), (c, d) = self.warp(np.array([self.low, self.high])), self.warp(np.array([other.low, other.high]))
        before, after = b - a, d - c
        width = before ** (1 - share) * after**share
        moved = share if abs(after / before - 1) < 1e-6 else (width - before) / (after - before)
        low = a + (c - a) * moved
        start, end = self.unwarp(np.array([low, low + width]))
        return Scale(float(start), float(end), self.log)


@dataclass(frozen=True)
class Ticks:
    """Round numbers on an axis: ``values`` (k,) are written, ``minor`` (m,) only marked.

    Each is written with its count of ``decimals`` (k,) after division by 10 ** ``exponent``; with ``powers`` as a power
    of ten. Where an axis counts cells, ``names`` (k,) are the numbers written in their places.
    """

    values: np.ndarray
    minor: np.ndarray
    decimals: np.ndarray
    exponent: int = 0
    powers: bool = False
    names: np.ndarray | None = None

    @property
    def written(self) -> np.ndarray:
        """The numbers that are written, (k,), before they are divided."""
        return self.values if self.names is None else self.names


def joined(what: str, data: object) -> np.ndarray:
    """All numbers of an array, or of several arrays of any lengths, as one finite array (n,).

    Raises: ValueError as ``finite`` does.
    """
    if isinstance(data, (list, tuple)) and any(np.ndim(part) for part in data):
        parts = [np.ravel(np.asarray(part, dtype=float)) for part in data]
        return finite(what, np.concatenate(parts), 1)
    return finite(what, np.ravel(np.asarray(data, dtype=float)), 1)


def scale_of(what: str, data: object, log: bool = False, widen: bool = False) -> Scale:
    """The scale that shows all data: zero is included where it is near, with ``widen`` the ends are round numbers.

    Zero is near if all data have one sign and the smallest is below half of the largest (``widen``), or within 5 % of
    their span. Raises: ValueError for what is not finite, or not positive on a log axis.
    """
    values = joined(what, data)
    if log:
        return _log_scale(what, values, widen)
    values = np.where(np.abs(values) < SMALLEST, 0.0, values)
    low, high = float(values.min()), float(values.max())
    near = 0.5 if widen else 0.05
    if low > 0 and low <= near * (high if widen else high - low):
        low = 0.0
    elif high < 0 and high >= near * (low if widen else low - high):
        high = 0.0
    size = max(abs(low), abs(high))
    if high - low < NARROWEST * size or size == 0:
        low, high = (low - 0.5 * size, high + 0.5 * size) if size else (0.0, 1.0)
    if widen:
        step = _step((high - low) / INTERVALS)
        low, high = math.floor(low / step + EDGE) * step, math.ceil(high / step - EDGE) * step
    return Scale(low, high)


def _log_scale(what: str, values: np.ndarray, widen: bool) -> Scale:
    if values.min() <= 0:
        raise ValueError(f"{what} cannot show {values.min():g} on a log axis: only positive numbers have a place.")
    low, high = float(values.min()), float(values.max())
    if high < low * (1 + NARROWEST):
        low, high = low / 2, high * 2
    if widen:
        low, high = _round_down(low), _round_up(high)
        wide = 10.0 ** math.floor(math.log10(low) + EDGE), 10.0 ** math.ceil(math.log10(high) - EDGE)
        if math.log10(wide[1] / wide[0]) < WHOLE_DECADES * math.log10(high / low):
            low, high = wide
    return Scale(low, high, log=True)


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + EDGE)
    return power * max(step for step in STEPS if step * power <= value * (1 + EDGE))


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + EDGE)
    return power * min(step for step in (*STEPS, 10) if step * power >= value * (1 - EDGE))


def _step(least: float) -> float:
    """The smallest round step that is no less than this."""
    power = math.floor(math.log10(least))
    mantissa = next(step for step in (*STEPS, 10) if step >= least / 10.0**power * (1 - EDGE))
    return float(f"{mantissa}e{power}")


def ticks_of(scale: Scale, most: int) -> Ticks:
    """Round numbers within a scale: about ``most`` at the most, at least two."""
    return _log_ticks(scale, most) if scale.log else _linear_ticks(scale, most)


def _linear_ticks(scale: Scale, most: int) -> Ticks:
    step = _step((scale.high - scale.low) / max(most - 1, 1))
    while (values := _multiples(scale, step)).size < 2:
        step = _step(step / 2.5)
    size = float(np.abs(values).max())
    plain = PLAIN_FROM <= size < PLAIN_BELOW
    exponent = 0 if plain else POWER_STEP * math.floor(math.log10(size) / POWER_STEP + EDGE)
    decimals = max(0, exponent - math.floor(math.log10(step) + EDGE))
    return Ticks(values, np.zeros(0), np.full(len(values), decimals), exponent)


def _multiples(scale: Scale, step: float) -> np.ndarray:
    first, last = math.ceil(scale.low / step - EDGE), math.floor(scale.high / step + EDGE)
    decimals = 15 - math.ceil(math.log10(max(abs(first), abs(last), 1) * step))
    values = np.arange(first, last + 1) * step  # (k,)
    return np.round(values, decimals) + 0.0 if 0 <= decimals < 300 else values


def _log_ticks(scale: Scale, most: int) -> Ticks:
    start, end = math.log10(scale.low), math.log10(scale.high)
    decades = range(math.floor(start), math.ceil(end) + 1)
    every = np.array([[float(f"{step}e{power}") for step in range(1, 10)] for power in decades])  # (decades, 9)
    shown = scale.covers(every)
    tens = every[shown[:, 0], 0]
    if len(tens) >= 3:
        skip = math.ceil(len(tens) / max(most, 2))
        values = tens[-1::-skip][::-1] if skip > 1 else tens
        minor = every[shown] if len(tens) <= MINOR_DECADES else tens
    else:
        rounds = every[:, [0, 1, 4]][shown[:, [0, 1, 4]]]
        if not 2 <= len(rounds) <= max(most, 2):
            return _few_log_ticks(scale, tens, every[shown], most)
        values, minor = rounds, every[shown]
    return _written_logs(values, np.setdiff1d(minor, values))


def _few_log_ticks(scale: Scale, tens: np.ndarray, minor: np.ndarray, most: int) -> Ticks:
    """Ticks of a log axis on which the rounds 1, 2, 5 are too many or too few."""
    if len(tens) == 2:
        return _written_logs(tens, np.setdiff1d(minor, tens))
    linear = _linear_ticks(Scale(scale.low, scale.high), max(most, 2))
    chosen = linear.values > 0
    return Ticks(linear.values[chosen], np.zeros(0), linear.decimals[chosen], linear.exponent)


def _written_logs(values: np.ndarray, minor: np.ndarray) -> Ticks:
    powers = np.round(np.log10(values))
    whole = bool((np.abs(np.log10(values) - powers) < EDGE).all())
    if whole and (values.min() < PLAIN_FROM * (1 - EDGE) or values.max() >= PLAIN_BELOW):
        return Ticks(values, minor, np.zeros(len(values), dtype=int), powers=True)
    size = float(values.max())
    exponent = 0 if PLAIN_FROM <= size < PLAIN_BELOW else POWER_STEP * math.floor(math.log10(size) / POWER_STEP + EDGE)
    decimals = np.maximum(0, exponent - np.floor(np.log10(values) + EDGE)).astype(int)
    return Ticks(values, minor, decimals, exponent)


def nice_bins(data: object, most: int = 30) -> np.ndarray:
    """Edges (k,) of equal bins with round numbers as edges, at most about ``most`` bins, that cover all data.

    Raises: ValueError if the data are not finite.
    """
    values = joined("A histogram", data)
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    if high - low < NARROWEST * size or size < SMALLEST:
        half = 0.5 * size if size > SMALLEST else 0.5
        low, high = low - half, high + half
    step = _step((high - low) / max(most, 1))
    edges = [float(f"{number * step:.15g}") for number in range(math.floor(low / step), math.ceil(high / step) + 1)]
    if edges[0] > low:  # by a rounding error, but the number would not be counted
        edges.insert(0, edges[0] - step)
    if edges[-1] < high or len(edges) < 2:
        edges.append(edges[-1] + step)
    return np.array(edges)


def counted(data: object, edges: np.ndarray) -> np.ndarray:
    """How many of the data lie in each bin, (k - 1,): from an edge up to, but not at, the next; the last bin is closed.

    Raises: ValueError if the edges do not rise, or if data lie outside of them, since they would vanish.
    """
    values, edges = joined("A histogram", data), finite("The edges of a histogram", edges, 1)
    if len(edges) < 2 or (np.diff(edges) <= 0).any():
        raise ValueError("The edges of a histogram are at least two numbers, each larger than the one before.")
    outside = int(((values < edges[0]) | (values > edges[-1])).sum())
    if outside:
        raise ValueError(
            f"{outside} of {len(values):,} values lie outside of the bins, {edges[0]:g} to {edges[-1]:g}: "
            "a histogram counts all of them."
        )
    return np.histogram(values, edges)[0]
