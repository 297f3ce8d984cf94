"""Brackets as tall as what they hold: the font's own delimiters, stretched exactly to a height."""

from functools import lru_cache

import numpy as np
from manim import VGroup

from scenes.kit.number import ink
from scenes.kit.shapes import ROUND
from scenes.kit.typeset import UNITS_PER_EM, typeset
from scenes.theme import INK, LABEL

KINDS = {"square": ("[", "]"), "round": ("(", ")"), "bar": ("|", "|")}
STEP = 0.25  # em of height between two settings; a setting is stretched by less than that to fit


class Brackets(VGroup):
    """A left and a right bracket, one mobject each, ``height`` units tall with ``width`` units of room between them.

    ``kind`` is "square", "round" or "bar". Strokes are as heavy as those of type of this ``size``.
    """

    def __init__(
        self, width: float, height: float, kind: str = "square", size: float = LABEL, color: str = INK
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"Brackets are {', '.join(KINDS)}, not '{kind}'.")
        super().__init__(ink(color), ink(color))
        em = size * UNITS_PER_EM
        left, right = _delimiters(kind, max(round(height / em / STEP), 4))
        for mark, outline, place in zip(self.submobjects, (left, right), (-width / 2, width / 2), strict=True):
            stretched = outline * (em, height / float(np.ptp(outline[:, 1])), 0)
            mark.points = stretched + (place, 0, 0)


@lru_cache(maxsize=128)
def _delimiters(kind: str, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Outlines in em of a left bracket that ends at x = 0 and a right one that starts there, middles at y = 0."""
    left, right = KINDS[kind]
    pieces = [shape.points for shape in typeset(f"$ lr({left} #box(height: {steps * STEP}em) {right}) $")]
    half = len(pieces) // 2
    opening, closing = np.concatenate(pieces[:half]), np.concatenate(pieces[half:])
    middle = (opening[:, 1].min() + opening[:, 1].max()) / 2
    return opening - (opening[:, 0].max(), middle, 0), closing - (closing[:, 0].min(), middle, 0)


def rounded(low: np.ndarray, high: np.ndarray, radius: float) -> np.ndarray:
    """Outline of a rectangle with round corners from its lower left and upper right corner, (3,) each: (32, 3)."""
    radius = min(radius, *((high - low)[:2] / 2))
    pieces = []
    for x, y in ((1, -1), (1, 1), (-1, 1), (-1, -1)):  # counterclockwise from the lower right
        corner = np.where([x > 0, y > 0, False], high, low) - (x * radius, y * radius, 0)
        before, after = ((x, 0), (0, y)) if x * y > 0 else ((0, y), (x, 0))
        a, b = (radius * np.array([*direction, 0.0]) for direction in (before, after))
        pieces += [corner + a, corner + a + ROUND * b, corner + b + ROUND * a, corner + b]
    arcs = np.array(pieces).reshape(4, 4, 3)
    nexts = np.roll(arcs[:, 0], -1, axis=0)[:, None]  # (4, 1, 3)
    lines = arcs[:, 3:] + np.linspace(0, 1, 4)[:, None] * (nexts - arcs[:, 3:])
    return np.concatenate([arcs, lines], axis=1).reshape(-1, 3)
