"""Numbers built from cached glyphs, and the same glyphs read back into numbers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import UP, ManimColor, ValueTracker, VGroup, VMobject

from scenes.kit.glyphs import (
    CHARACTERS,
    MINUS,
    advances,
    glyph_points,
    outlines_of,
    read,
    read_characters,
    read_marks,
    spell,
    spell_all,
    write,
)
from scenes.kit.rewrite import Rewrite, ink, phase
from scenes.kit.shapes import Frame
from scenes.kit.typeset import UNITS_PER_EM
from scenes.theme import BODY, INK, sign_color

__all__ = [
    "MINUS",
    "LiveNumber",
    "Number",
    "NumberField",
    "Rewrite",
    "advances",
    "glyph_points",
    "ink",
    "outlines_of",
    "phase",
    "read",
    "read_characters",
    "share_baseline",
    "spell",
    "spell_all",
]


def share_baseline(mobject: VGroup, other: VGroup) -> VGroup:
    """Shift words or a number up or down until its first glyph stands on the same line as the other's first glyph.

    Meant for glyphs without descenders, such as digits; commas and brackets elsewhere then cannot disturb a row.
    """
    mobject.shift(UP * (other[0].get_bottom()[1] - mobject[0].get_bottom()[1]))
    return mobject


class Number(VGroup):
    """A number drawn with a fixed count of decimals, a mobject for each character, centred at the origin.

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
        super().__init__()
        self.decimals, self.signed, self.unit = decimals, signed, unit
        self._draw(value, np.zeros(3), size * UNITS_PER_EM, ink(color))
        self.center()

    def values(self) -> float:
        """The number that is drawn now, decoded from its glyphs; per cent signs are left out."""
        return read(read_characters(mark.points for mark in self.submobjects))

    def set_values(self, value: float) -> "Number":
        """Draw another number at once, with the same left end and baseline."""
        self._draw(value, *self._start(), self.submobjects[0])
        return self

    def stand(self, origin: np.ndarray, em: float) -> "Number":
        """Draw the same number from a place (3,) on its baseline, with an em of that many units."""
        self._draw(self.values(), origin, em, self.submobjects[0])
        return self

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now."""
        return self._start()[1]

    def change(self, target: float, **kwargs: Any) -> Rewrite:
        """The number drawn now leaves, then the other one arrives, with the same left end and baseline."""
        spell(target, self.decimals)
        return Rewrite(self, target, **kwargs)

    def present(self) -> tuple[float, np.ndarray, float]:
        """The number drawn now, where it starts on its baseline (3,), and the length of an em in units."""
        return self.values(), *self._start()

    def start(self) -> np.ndarray:
        """Where it starts on its baseline, (3,)."""
        return self._start()[0]

    def room(self) -> float:
        """Units from its start to where the next character would begin."""
        text = read_characters(mark.points for mark in self.submobjects)
        return float(write([text]).width[0]) * self.drawn_em()

    def _start(self) -> tuple[np.ndarray, float]:
        first = read_marks(self.submobjects[0].points)
        return first.origins[0], float(first.ems[0])

    def rewrite(self, present: tuple[float, np.ndarray, float], target: float, share: float) -> None:
        """One instant of a change from what was present, see ``Rewrite``."""
        (value, origin, em), (arrived, opacity, up) = present, phase(share)
        self._draw(target if arrived else value, origin + UP * up * em, em, self.submobjects[0])
        self.set_fill(opacity=opacity)

    def _draw(self, value: float, origin: np.ndarray, em: float, style: VMobject) -> None:
        outlines = outlines_of(spell(value, self.decimals, self.signed) + self.unit)
        if len(outlines) != len(self.submobjects):
            self.submobjects = [style.copy() for _ in outlines]
        for mark, points in zip(self.submobjects, outlines, strict=True):
            mark.points = points * em + origin


class NumberField(VMobject):
    """Many small numbers as one mobject: values (n,) with their centres at places (n, 3), all in one colour.

    ``height`` is that of a digit in units. Numbers may stand anywhere but end to end on one line.
    """

    def __init__(self, values: np.ndarray, places: np.ndarray, decimals: int, height: float, color: str) -> None:
        super().__init__(fill_color=color, fill_opacity=1, stroke_width=0)
        self.em_drawn = height / float(np.ptp(glyph_points()["0"][:, 1]))
        self.points = self._lines(spell_all(values, decimals), np.asarray(places, dtype=float))

    def _lines(self, texts: Sequence[str], places: np.ndarray) -> np.ndarray:
        if len(texts) != len(places):
            raise ValueError(f"A NumberField writes {len(texts)} numbers at {len(places)} places.")
        if not texts:
            return np.zeros((0, 3))
        lines = write(texts)
        points, starts = lines.points * self.em_drawn, np.cumsum(lines.count) - lines.count
        middles = (np.minimum.reduceat(points, starts) + np.maximum.reduceat(points, starts)) / 2  # (n, 3)
        return points + np.repeat(places - middles, lines.count, axis=0)

    def values(self) -> np.ndarray:
        """The numbers drawn now, (n,), decoded in order from the outline; exact to half a unit of the last decimal."""
        return np.array([read(text) for text in read_marks(self.points).texts()])

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now, 0 where nothing is written."""
        return float(read_marks(self.points).ems.max(initial=0))

    def places_x(self) -> np.ndarray:
        """Where each drawn number starts, (n,), in units."""
        marks = read_marks(self.points)
        first = marks.numbers()
        glyph_low = np.array([glyph_points()[CHARACTERS[code]][:, 0].min() for code in marks.codes[first]])
        return np.array(marks.origins[first, 0] + glyph_low * marks.ems[first])


class LiveNumber(VGroup):
    """A number that follows a tracker or a function, redrawn in place: it never wobbles while its value moves.

    ``anchor`` "left" holds the first digit where it is, and the sign hangs before it in room that is kept free;
    "point" holds the decimal point, or the end of a whole number. ``color`` None means the colour of its sign. Without
    a source (a number instead) it stays until ``set_values``. ``limits`` are the least and the largest value to come:
    what ``room()`` is kept for. ``values()`` decodes the glyphs, exact to half a unit of the last decimal.
    """

    def __init__(
        self,
        source: ValueTracker | Callable[[], float] | float,
        decimals: int = 2,
        size: float = BODY,
        color: str | None = INK,
        anchor: str = "left",
        unit: str = "",
        limits: tuple[float, float] | None = None,
    ) -> None:
        if anchor not in ("left", "point"):
            raise ValueError(f"A live number is anchored at its 'left' or its 'point', not at '{anchor}'.")
        self.decimals, self.by_sign, self.anchor, self.unit = decimals, color is None, anchor, unit
        self.size_of_em = size * UNITS_PER_EM
        self.line, self.axes = ink(color or INK), Frame()
        super().__init__(self.line, self.axes)
        value = source.get_value if isinstance(source, ValueTracker) else source
        first = float(value() if callable(value) else value)
        self.limits = limits or (first, first)
        self.set_values(first)
        self.axes.stand(self._middle())
        self.center()
        if callable(value):
            self.add_updater(lambda number: number.set_values(value()), call_updater=False)

    def set_values(self, value: float) -> "LiveNumber":
        """Draw another number at once: the anchor and the size stay as they are drawn now."""
        text = spell(value, self.decimals)
        points = write([text + self.unit]).points * self.size_of_em
        if self.anchor == "point":
            whole = write([text.partition(".")[0]])
            points[:, 0] -= self.size_of_em * whole.width[0]
        elif text[0] == MINUS:
            points[:, 0] -= self.size_of_em * advances()[MINUS]
        self.line.points = self.axes.out(points)
        if self.by_sign:
            self.line.set_fill(ManimColor(sign_color(read(text))), self.line.get_fill_opacity())
        return self

    def values(self) -> float:
        """The number that is drawn now, decoded from its glyphs; per cent signs are left out."""
        return read(read_characters([self.line.points]))

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now."""
        return self.size_of_em * float(np.linalg.norm(self.axes.axes()[1]))

    def change(self, target: float, **kwargs: Any) -> Rewrite:
        """The value drawn now leaves, then the other one arrives; for numbers without a source."""
        spell(target, self.decimals)
        return Rewrite(self, target, **kwargs)

    def present(self) -> float:
        """What ``rewrite`` starts from."""
        return self.values()

    def rewrite(self, present: float, target: float, share: float) -> None:
        """One instant of a change from one value to another, see ``Rewrite``; for numbers without a source."""
        arrived, opacity, up = phase(share)
        self.set_values(target if arrived else present)
        self.line.points = self.line.points + up * self.size_of_em * self.axes.axes()[1]
        self.line.set_fill(opacity=opacity)

    def start(self) -> np.ndarray:
        """Where its room starts on its baseline, (3,)."""
        before = self._widths()[0] if self.anchor == "point" else self._sign()
        return self.axes.out(np.array([-before * self.size_of_em, 0, 0]))

    def room(self) -> float:
        """Units from there to the end of its room: the widest of its limits, and a sign if one of them has it."""
        before, after = self._widths()
        return (before + after + (self._sign() if self.anchor == "left" else 0)) * self.drawn_em()

    def _sign(self) -> float:
        return advances()[MINUS] if round(self.limits[0], self.decimals) < 0 else 0.0

    def _widths(self) -> tuple[float, float]:
        """Em before and after the anchor that the limits take; a sign counts where the point is the anchor."""
        texts = spell_all(self.limits, self.decimals)
        if self.anchor == "left":
            texts = [text.lstrip(MINUS) for text in texts]
        whole = max(float(write([text.partition(".")[0]]).width[0]) for text in texts)
        widest = max(float(write([text + self.unit]).width[0]) for text in texts)
        return (whole, widest - whole) if self.anchor == "point" else (0.0, widest)

    def _middle(self) -> np.ndarray:
        """A place within every number, (1, 3): the middle of the digit at the anchor, in local units."""
        step = -0.5 if self.anchor == "point" else 0.5
        return np.array([[step * advances()["0"], 0.33, 0]]) * self.size_of_em
