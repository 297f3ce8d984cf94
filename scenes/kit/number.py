"""Numbers built from cached glyphs, and the same glyphs read back into numbers."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from manim import UP, VGroup, VMobject

from scenes.kit.typeset import UNITS_PER_EM, typeset
from scenes.theme import BODY, INK

MINUS = "\u2212"  # a real minus sign; a hyphen is shorter and sits lower
CHARACTERS = "0123456789.,+%" + MINUS
SAME_OUTLINE = 2e-3  # em; float32 noise after moves and scalings stays below 1e-4, unlike glyphs differ by over 0.05


@lru_cache(maxsize=1)
def advances() -> dict[str, float]:
    """Width of each character in em: how far the next one is pushed, measured between two zeros."""
    zero = _left("00", 1) - _left("00", 0)
    return {mark: _left(f"0{_typst(mark)}0", -1) - _left("00", 0) - zero for mark in CHARACTERS}


def _left(markup: str, index: int) -> float:
    return float(typeset(markup)[index].points[:, 0].min())


def _typst(mark: str) -> str:
    return mark if mark.isdigit() else f'#"{mark}"'


@lru_cache(maxsize=1)
def glyph_points() -> dict[str, np.ndarray]:
    """Cubic outline of each character, (4n, 3) in em, from the place where it starts on the baseline."""
    width = advances()
    table = {}
    for mark in CHARACTERS:
        table[mark] = typeset(f"0{_typst(mark)}")[1].points - (width["0"], 0, 0)
    return table


def spell(value: float, decimals: int, signed: bool = False, grouped: bool = True) -> str:
    """The characters of a number: fixed decimals, a real minus sign, thousands separated by commas.

    A value that rounds to zero has no sign. Raises: ValueError if it is not finite.
    """
    if not np.isfinite(value):
        raise ValueError(f"Cannot draw {value}: only finite numbers are drawn.")
    rounded = round(float(value), decimals)
    text = f"{abs(rounded):{',' if grouped else ''}.{decimals}f}"
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def outlines_of(text: str) -> list[np.ndarray]:
    """Outline of each character of a number, in em, set side by side from x = 0 on the baseline y = 0."""
    x, placed = 0.0, []
    for mark in text:
        placed.append(glyph_points()[mark] + (x, 0, 0))
        x += advances()[mark]
    return placed


class Number(VGroup):
    """A number drawn with a fixed count of decimals, its left end and baseline at the origin, then centred.

    ``values()`` reads it back from the drawn outlines, exact to half a unit of the last decimal.
    """

    def __init__(
        self,
        value: float,
        decimals: int = 2,
        size: float = BODY,
        color: str = INK,
        signed: bool = False,
        unit: str = "",
    ) -> None:
        em = size * UNITS_PER_EM
        super().__init__()
        for points in outlines_of(spell(value, decimals, signed) + unit):
            mark = VMobject(fill_color=color, fill_opacity=1, stroke_width=0)
            self.add(mark.set_points(points * em))
        self.center()

    def values(self) -> float:
        """The number that is drawn now, decoded from its glyphs; per cent signs are left out."""
        return read(read_characters(mark.points for mark in self.submobjects))


def share_baseline(mobject: VGroup, other: VGroup) -> VGroup:
    """Shift words or a number up or down until its first glyph stands on the same line as the other's first glyph.

    Meant for glyphs without descenders, such as digits; commas and brackets elsewhere then cannot disturb a row.
    """
    mobject.shift(UP * (other[0].get_bottom()[1] - mobject[0].get_bottom()[1]))
    return mobject


def read_characters(outlines: Iterable[np.ndarray]) -> str:
    """The characters whose outlines these are, wherever and however large they are drawn.

    Raises: ValueError if an outline is no character of a number.
    """
    return "".join(_character(points) for points in outlines)


def _character(points: np.ndarray) -> str:
    for mark, outline in glyph_points().items():
        if len(outline) == len(points) and _starts_with(points, outline):
            return mark
    raise ValueError("A drawn outline is no digit, sign, point or comma.")


def _normal(points: np.ndarray) -> np.ndarray:
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - low) / max((high - low).max(), 1e-9)


def read(text: str) -> float:
    """The value of the characters that ``spell`` wrote."""
    return float(text.replace(MINUS, "-").replace(",", "").rstrip("%"))


class NumberField(VMobject):
    """Many small numbers as one mobject: values (n,) at places (n, 3), all in one colour.

    ``height`` is that of a digit in units; with ``decimals=0`` neighbours cannot be told apart, so at least 1 is asked.
    """

    def __init__(self, values: np.ndarray, places: np.ndarray, decimals: int, height: float, color: str) -> None:
        if decimals < 1:
            raise ValueError(f"A NumberField needs at least one decimal, got {decimals}: numbers would run together.")
        super().__init__(fill_color=color, fill_opacity=1, stroke_width=0)
        self.decimals = decimals
        digit = glyph_points()["0"]
        em = height / float(np.ptp(digit[:, 1]))
        pieces = []
        for value, place in zip(values, places, strict=True):
            number = np.concatenate(outlines_of(spell(value, decimals))) * em  # (4n, 3)
            middle = (number.min(axis=0) + number.max(axis=0)) / 2
            pieces.append(number - middle + place)
        self.set_points(np.concatenate(pieces) if pieces else np.zeros((0, 3)))

    def values(self) -> np.ndarray:
        """The numbers drawn now, (n,), decoded in order from the outline; exact to half a unit of the last decimal."""
        return np.array([read("".join(mark for mark, _ in number)) for number in self._numbers()])

    def places_x(self) -> np.ndarray:
        """Where each drawn number starts, (n,), in units."""
        return np.array([number[0][1] for number in self._numbers()])

    def _numbers(self) -> list[list[tuple[str, float]]]:
        """Each number as its characters with their left edges: one ends ``decimals`` digits after its point."""
        numbers: list[list[tuple[str, float]]] = []
        after_point = self.decimals
        for mark, left in self._characters():
            if after_point == self.decimals:
                numbers.append([])
                after_point = -1
            numbers[-1].append((mark, left))
            after_point = 0 if mark == "." else after_point + (after_point >= 0)
        return numbers

    def _characters(self) -> Iterator[tuple[str, float]]:
        start = 0
        while start < len(self.points):
            mark = next((m for m, o in glyph_points().items() if _starts_with(self.points[start:], o)), None)
            if mark is None:
                raise ValueError("A drawn outline is no digit, sign, point or comma.")
            end = start + len(glyph_points()[mark])
            yield mark, float(self.points[start:end, 0].min())
            start = end


def _starts_with(points: np.ndarray, outline: np.ndarray) -> bool:
    piece = points[: len(outline)]
    return len(piece) == len(outline) and bool(np.abs(_normal(outline) - _normal(piece)).max() < SAME_OUTLINE)
