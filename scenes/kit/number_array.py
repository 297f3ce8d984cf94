"""A vector or matrix written out in brackets: real entries at real indices, dots wherever others are left out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, UP, ManimColor, RoundedRectangle, VGroup
from numpy.typing import ArrayLike

from scenes.kit.array_layout import choose, dots, lay_out, left_out
from scenes.kit.arrays import finite, largest
from scenes.kit.brackets import Brackets
from scenes.kit.glyphs import MINUS, Marks, advances, read_marks, table, write
from scenes.kit.number import Number, Rewrite, ink, phase, read, spell, spell_all
from scenes.kit.shapes import Frame
from scenes.kit.typeset import UNITS_PER_EM, Words, escape
from scenes.theme import ACCENT, DIM, GAP, INK, LABEL, LINE, NEGATIVE, POSITIVE, SMALL, sign_color

DIGIT = 0.666  # em, height of a digit
ROW_SPACE, COLUMN_SPACE = 1.0, 0.95  # em between two entries
ROW_DOTS, COLUMN_DOTS = 0.75, 0.8  # em that dots take along their axis
PADDING = (0.45, 0.45)  # em between the entries and the bracket: beside, above
STRAY = 0.25  # em that a number may stand beside its column
Shown = Sequence[int] | np.ndarray | None


class NumberArray(VGroup):
    """A vector (n,), as a column, or a matrix (rows, columns), entries aligned at the decimal point.

    ``shown`` are the indices written out, for a matrix a pair (rows, columns); without it up to eight, else the first
    five and the last. ``color`` None colours each number by its sign and writes the plus; all numbers of one colour
    are one mobject. Room is kept for the entries shown, and for ``limit``. ``values()`` has the shape of the whole
    array: what is written, exact to half a unit of the last decimal, and NaN where nothing is written; ``shows`` is
    what was asked for.
    """

    def __init__(
        self,
        values: ArrayLike,
        shown: Any = None,
        decimals: int = 2,
        size: float = LABEL,
        color: str | None = None,
        bracket: str = "square",
        limit: float | None = None,
    ) -> None:
        array = np.asarray(values, dtype=float)
        array = finite("A NumberArray", array, 1 if array.ndim == 1 else 2)
        self.shape, self.decimals, self.size_of_em = array.shape, decimals, size * UNITS_PER_EM
        self.inks = (INK, POSITIVE, NEGATIVE) if color is None else (color,)
        rows, columns = (shown, None) if array.ndim == 1 else shown or (None, None)
        grid = array.reshape(len(array), -1)
        chosen = grid[np.ix_(choose(len(grid), rows), choose(grid.shape[1], columns))]  # (rows shown, columns shown)
        self.room = _room(chosen, limit, decimals, color is None)  # em
        em, width = self.size_of_em, self.room * self.size_of_em
        self.rows = lay_out(len(grid), rows, DIGIT * em, ROW_DOTS * em, ROW_SPACE * em)
        self.columns = lay_out(grid.shape[1], columns, width, COLUMN_DOTS * em, COLUMN_SPACE * em)
        inner = self.columns.length + 2 * PADDING[0] * em, self.rows.length + 2 * PADDING[1] * em
        self.brackets = Brackets(*inner, bracket, size)
        self.still, self.moving = (VGroup(*(ink(color) for color in self.inks)) for _ in range(2))
        self.dots, self.names, self.axes = ink(DIM), VGroup(), Frame()
        self.dots.points = dots(self.rows, self.columns, em).reshape(-1, 3)
        super().__init__(self.brackets, self.dots, self.still, self.moving, self.names, self.axes)
        self.set_values(array)

    def set_values(self, values: ArrayLike) -> "NumberArray":
        """Write other values at once; they have the shape of the whole array. Raises: ValueError if they do not fit."""
        self.write(self._fitting(values))
        return self

    def change(self, target: ArrayLike, **kwargs: Any) -> Rewrite:
        """Entries that are written otherwise leave, then those of the target (the whole array) arrive."""
        return Rewrite(self, self._fitting(target), **kwargs)

    def values(self) -> np.ndarray:
        """What is written now, in the shape of the whole array, NaN where nothing is written.

        Raises: ValueError if a number stands where no entry is, two stand in one place, or a colour belies a sign.
        """
        found = np.full((self.rows.size, self.columns.size), np.nan)
        for field in (*self.still, *self.moving):
            marks = read_marks(field.points)
            texts = marks.texts()
            for text, row, column in zip(texts, *self._entries(marks), strict=True):
                if not np.isnan(found[row, column]):
                    raise ValueError(f"Two numbers are written at row {row}, column {column}.")
                found[row, column] = value = read(text)
                if len(self.inks) > 1 and field.get_fill_color() == ManimColor(sign_color(-value)) != ManimColor(INK):
                    raise ValueError(f"{value} has the colour of the other sign, at row {row}, column {column}.")
        return found.reshape(self.shape)

    def left_out(self) -> tuple[np.ndarray, ...]:
        """For each axis the indices that dots stand for, decoded from the dots drawn now.

        With the entries of ``values()`` that are not NaN they cover the axis, or something is left out in silence.
        """
        outlines = self.axes.back(self.dots.points).reshape(-1, 16, 3)
        centres = (outlines[:, 0] + outlines[:, 8]) / 2  # (n, 3)
        return left_out(centres, self.rows, self.columns, self.size_of_em)[: len(self.shape)]

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now."""
        return self.size_of_em * float(np.linalg.norm(self.axes.axes()[1]))

    def place(self, row: int, column: int = 0) -> np.ndarray:
        """Middle of an entry, (3,), by its index in the whole array. Raises: ValueError if it is left out."""
        return self.axes.out(self._local(self.rows.find(row, "rows"), self.columns.find(column, "columns")))

    def outline(self, row: int | None = None, column: int | None = None, **style: Any) -> RoundedRectangle:
        """A frame around a row, a column or, with both, one entry, by their indices in the whole array."""
        em, side = self.size_of_em, 0.2 * self.size_of_em
        width, height = self.columns.length + 2 * side, self.rows.length + 3 * side
        middle = np.zeros(3)
        if row is not None:
            middle[1], height = -self.rows.at[self.rows.find(row, "rows")], (DIGIT + 0.56) * em
        if column is not None:
            middle[0] = self.columns.at[self.columns.find(column, "columns")]
            width = self.room * em + 2 * side
        scale, style = self.drawn_em() / em, {"color": ACCENT, "stroke_width": LINE} | style
        frame = RoundedRectangle(corner_radius=0.2 * em * scale, width=width * scale, height=height * scale, **style)
        return frame.move_to(self.axes.out(middle))

    def lift(self, row: int, column: int = 0) -> Number:
        """A copy of one entry as a number of its own, exactly where it is written.

        Raises: ValueError if it is not written.
        """
        value = self.values().reshape(self.rows.size, -1)[row, column]
        if np.isnan(value):
            raise ValueError(f"Nothing is written at row {row}, column {column}.")
        color = self.inks[0] if len(self.inks) == 1 else sign_color(value)
        number = Number(value, self.decimals, color=color, signed=len(self.inks) > 1)
        em, end = self.drawn_em(), self._ends()[self.rows.find(row, "rows"), self.columns.find(column, "columns")]
        width = write([spell(value, self.decimals, number.signed)]).width[0] * em
        number.stand(self.axes.out(end) - (width, 0, 0), em)
        return number

    def label(self, text: str, size: float = SMALL, color: str = DIM) -> "NumberArray":
        """Write a line under the array, such as its shape."""
        self.names.add(Words(escape(text), size=size, color=color).next_to(self.brackets, DOWN, buff=GAP))
        return self

    def name_rows(self, names: Sequence[str], size: float = SMALL, color: str = DIM) -> "NumberArray":
        """Write a name to the left of each shown row."""
        edge = self.brackets.get_left()[0] - GAP
        for name, y in zip(names, self.rows.at, strict=True):
            words = Words(escape(name), size=size, color=color)
            place = self.axes.out(np.array([0, -y, 0]))
            self.names.add(words.move_to(place).shift(LEFT * (words.get_right()[0] - edge)))
        return self

    def name_columns(self, names: Sequence[str], size: float = SMALL, color: str = DIM) -> "NumberArray":
        """Write a name above each shown column."""
        for name, x in zip(names, self.columns.at, strict=True):
            words = Words(escape(name), size=size, color=color).next_to(self.brackets, UP, buff=GAP)
            self.names.add(words.set_x(self.axes.out(np.array([x, 0, 0]))[0]))
        return self

    def tie(self, color: str) -> "NumberArray":
        """Brackets and names take the colour of the symbol that stands for this array in a formula."""
        self.brackets.set_fill(color)
        self.names.set_fill(color)
        return self

    def write(self, values: np.ndarray) -> None:
        """Draw the shown entries of the whole array; where one is NaN, nothing is written."""
        for field in self.moving:
            field.points = np.zeros((0, 3))
        self.shows = values
        self._draw(self.still, values, np.isfinite(values))

    def present(self) -> np.ndarray:
        """What ``rewrite`` starts from."""
        return self.values()

    def rewrite(self, present: np.ndarray, target: np.ndarray, share: float) -> None:
        """One instant of a change: equal texts stay where they are, see ``Rewrite``."""
        arrived, opacity, up = phase(share)
        same = np.round(present, self.decimals) == np.round(target, self.decimals)
        self.shows = now = target if arrived else present
        self._draw(self.still, now, same & np.isfinite(now))
        self._draw(self.moving, now, ~same & np.isfinite(now), up)
        self.moving.set_fill(opacity=opacity)
        if share >= 1:
            self.write(target)

    def _draw(self, fields: VGroup, values: np.ndarray, written: np.ndarray, up: float = 0.0) -> None:
        """Set the numbers of each colour, ``up`` em above their places; others of these fields are gone."""
        shown = np.ix_(self.rows.shown, self.columns.shown)
        places = np.argwhere(written.reshape(self.rows.size, -1)[shown])  # (n, 2)
        numbers = values.reshape(self.rows.size, -1)[shown][places[:, 0], places[:, 1]]  # (n,)
        texts = np.array(spell_all(numbers, self.decimals, len(self.inks) > 1), dtype=object)
        rounded = np.array([0 if text[0].isdigit() else 1 if text[0] == "+" else 2 for text in texts], dtype=int)
        kinds = rounded if len(self.inks) > 1 else np.zeros(len(texts), dtype=int)
        ends = self._ends()[places[:, 0], places[:, 1]] + (0, up * self.size_of_em, 0)  # (n, 3)
        for kind, field in enumerate(fields):
            field.points = self._lines(list(texts[kinds == kind]), ends[kinds == kind])

    def _lines(self, texts: list[str], ends: np.ndarray) -> np.ndarray:
        """Outlines of texts that end at places (n, 3) on their baselines, (p, 3)."""
        if not texts:
            return np.zeros((0, 3))
        lines, em = write(texts), self.size_of_em
        starts = ends - lines.width[:, None] * (em, 0, 0)  # (n, 3)
        return self.axes.out(lines.points * em + np.repeat(starts, lines.count, axis=0))

    def _ends(self) -> np.ndarray:
        """Where the number of each shown entry ends on its baseline, (rows, columns, 3), in local units."""
        em = self.size_of_em
        x, y = np.meshgrid(self.columns.at + self.room * em / 2, -self.rows.at - DIGIT * em / 2)
        return np.stack([x, y, np.zeros_like(x)], axis=-1)

    def _entries(self, marks: Marks) -> tuple[np.ndarray, np.ndarray]:
        """Row and column in the whole array of each drawn number, (n,) each, from where its last character ends."""
        last = np.append(marks.numbers()[1:], len(marks.codes))[: len(marks.numbers())] - 1
        advance = (table().advance[marks.codes] * marks.ems)[last, None] * (1, 0, 0)
        ends, em = self.axes.back(marks.origins[last] + advance), self.size_of_em  # (n, 3)
        beside = np.abs(ends[:, :1] - self.columns.at - self.room * em / 2)  # (n, columns)
        above = np.abs(ends[:, 1:2] + self.rows.at + DIGIT * em / 2)  # (n, rows)
        if (beside.min(axis=1) > STRAY * em).any() or (above.min(axis=1) > DIGIT * em).any():
            raise ValueError("A number is drawn where the array has no entry.")
        return self.rows.shown[above.argmin(axis=1)], self.columns.shown[beside.argmin(axis=1)]

    def _local(self, row: int, column: int) -> np.ndarray:
        return np.array([self.columns.at[column], -self.rows.at[row], 0])

    def _fitting(self, values: ArrayLike) -> np.ndarray:
        """The values of a whole array, checked at the shown entries."""
        array = np.asarray(values, dtype=float)
        if array.shape != self.shape:
            raise ValueError(f"The array drawn has the shape {self.shape}, the values {array.shape}.")
        shown = array.reshape(self.rows.size, -1)[np.ix_(self.rows.shown, self.columns.shown)]
        finite("A NumberArray", shown, 2)
        for text in spell_all([shown.min(), shown.max()], self.decimals, len(self.inks) > 1):
            if write([text]).width[0] > self.room + 1e-6:
                raise ValueError(f"The array keeps no room for {text}: give it a larger limit.")
        return array


def _room(shown: np.ndarray, limit: float | None, decimals: int, signed: bool) -> float:
    """Width in em that every number of a column takes at most."""
    widest = spell_all([max(largest(shown), limit or 0)], decimals)[0]
    sign = advances()["+"] if signed else advances()[MINUS] if (shown < 0).any() else 0.0
    return float(write([widest]).width[0]) + sign
