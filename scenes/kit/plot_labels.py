"""What is written at ticks and curve ends: numbers, powers of ten read back from their glyphs, and where names fit."""

from functools import lru_cache

import numpy as np
from manim import VMobject

from scenes.kit.glyphs import write
from scenes.kit.number import Number, spell
from scenes.kit.ticks import Ticks
from scenes.kit.typeset import Words, typeset
from scenes.theme import DIM

SAME_OUTLINE = 2e-3  # of a glyph's longer side; unlike glyphs differ by over ten times as much
MARKS = "0123456789-"
BESIDE = 0.18  # units between the end of a curve and its name
BETWEEN = 0.06  # units that stay free between names above each other


def _normal(points: np.ndarray) -> np.ndarray:
    low = points.min(axis=0)
    return np.array((points - low) / max(float(np.ptp(points, axis=0).max()), 1e-12))


@lru_cache(maxsize=1)
def _power_glyphs() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Normal form of each character of a power of ten: those of its base, and those of its exponent."""
    base = {mark: _normal(typeset(f"${mark}$")[0].points) for mark in "10"} | {
        "×": _normal(typeset("$times$")[0].points)
    }
    raised = {mark: _normal(typeset(f"$10^({mark}0)$")[2].points) for mark in MARKS}
    return base, raised


def _mark(points: np.ndarray, glyphs: dict[str, np.ndarray]) -> str:
    for mark, outline in glyphs.items():
        if len(outline) == len(points) and np.abs(outline - _normal(points)).max() < SAME_OUTLINE:
            return mark
    raise ValueError("A drawn outline is no part of a power of ten.")


class Power(Words):
    """Ten to an exponent; with ``times`` a factor that is meant for all numbers beside it.

    ``values()`` decodes it from its glyphs, exactly.
    """

    def __init__(self, exponent: int, size: float, color: str = DIM, times: bool = False) -> None:
        super().__init__(f"${'times ' if times else ''}10^({exponent})$", size=size, color=color)

    def values(self) -> float:
        """The number that is written now. Raises: ValueError if the glyphs are no power of ten."""
        base, raised = _power_glyphs()
        outlines = [glyph.points for glyph in self.submobjects]
        first = 1 if _mark(outlines[0], base) == "×" else 0
        if [_mark(points, base) for points in outlines[first : first + 2]] != ["1", "0"]:
            raise ValueError("The drawn glyphs are no power of ten.")
        exponent = "".join(_mark(points, raised) for points in outlines[first + 2 :])
        return float(f"1e{exponent}")


def spelled(ticks: Ticks) -> list[str]:
    """The text of each tick; powers of ten as ``10^-3``."""
    if ticks.powers:
        return [f"10^{round(float(np.log10(value)))}" for value in ticks.values]
    factor = 10.0**ticks.exponent
    return [spell(v / factor, int(d)) for v, d in zip(ticks.written, ticks.decimals, strict=True)]


@lru_cache(maxsize=1024)
def extent(text: str) -> tuple[float, float, float]:
    """Width of a tick's text, and where the middle of its ink is, right of its start and above its baseline, in em."""
    if text.startswith("10^"):
        points = np.concatenate([outline.points for outline in typeset(f"$10^({text[3:]})$")])
        width = float(points[:, 0].max())
    else:
        written = write([text])
        points, width = written.points, float(written.width[0])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return width, float(middle[0]), float(middle[1])


def tick_labels(ticks: Ticks, size: float) -> list[VMobject]:
    """A dim number, or power of ten, for each tick."""
    if ticks.powers:
        return [Power(int(text[3:]), size) for text in spelled(ticks)]
    values = ticks.written / 10.0**ticks.exponent
    return [Number(v, int(d), size=size, color=DIM) for v, d in zip(values, ticks.decimals, strict=True)]


def spread(wanted: np.ndarray, heights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Middles (n,) of names with these heights above each other, as near as they can be to the wanted ones.

    They stay apart by BETWEEN, and within [low, high] while they fit: pool adjacent violators, then a shift.
    """
    order = np.argsort(wanted, kind="stable")
    tall = heights[order]
    offset = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2 + BETWEEN)])[: len(order)]
    pools: list[tuple[float, int]] = []  # mean of wanted - offset, and how many names share it
    for value in wanted[order] - offset:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            before, members = pools.pop()
            mean, count = (before * members + mean * count) / (members + count), members + count
        pools.append((mean, count))
    free = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    top = high - (tall[-1] / 2 + offset[-1] if len(order) else 0.0)
    placed = np.zeros(len(order))
    placed[order] = np.maximum(np.minimum(free, top), low + (tall[0] / 2 if len(order) else 0.0)) + offset
    return placed


def free_place(end: np.ndarray, size: tuple[float, float], lines: list[np.ndarray], taken: np.ndarray) -> np.ndarray:
    """Middle (3,) of a name beside a curve's end (3,) that no line (m, 3) crosses and no other name (k, 2, 3) covers.

    Right of the end, then above it, below it, and left of it; where all are crowded, right of it.
    """
    width, height = size
    over = height / 2 + 0.7 * BESIDE
    steps = [(BESIDE + width / 2, 0.0), (-width / 2, over), (-width / 2, -over), (-BESIDE - width / 2, 0.0)]
    places = [end + (x, y, 0.0) for x, y in steps]
    half = np.array([width / 2, height / 2 + BETWEEN])
    for place in places:
        low, high = place[:2] - half, place[:2] + half
        crossed = any(_crosses(line[:, :2], low, high) for line in lines)
        covered = len(taken) and ((taken[:, 0, :2] < high) & (taken[:, 1, :2] > low)).all(axis=1).any()
        if not crossed and not covered:
            return np.array(place)
    return np.array(places[0])


def _crosses(line: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    """Whether any of 64 points on each near piece of a line (m, 2) lies between two corners."""
    a, b = line[:-1], line[1:]
    near = ((np.minimum(a, b) < high) & (np.maximum(a, b) > low)).all(axis=1)
    steps = np.linspace(0, 1, 64)[:, None, None]  # (64, 1, 1)
    points = a[near] + steps * (b - a)[near]  # (64, pieces, 2)
    return bool(((points > low) & (points < high)).all(axis=2).any())
