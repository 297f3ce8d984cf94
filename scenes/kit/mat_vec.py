"""A matrix times a vector, one row at a time: the result counts through the partial sums that really occur."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from manim import RIGHT, Animation, VGroup, VMobject, linear, smooth
from numpy.typing import ArrayLike

from scenes.kit.array_layout import Axis
from scenes.kit.arrays import finite
from scenes.kit.brackets import rounded
from scenes.kit.number import Rewrite
from scenes.kit.number_array import DIGIT, NumberArray
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BODY, INK, LABEL, LINE

STEP_S = 0.45  # for one entry of a row
DOTS_S = 1.2  # for all entries behind the dots
TINT = 0.14
DOTS = 0.62  # em, half the length of the frame around dots
MOVE_S = 0.25  # from one entry to the next
SETTLE = 0.15  # of a row's time: the result stands alone


@dataclass(frozen=True)
class Moment:
    """Where a product stands: at which stop, and how many entries of the row are added up."""

    stop: float
    entries: int


@dataclass(frozen=True)
class Course:
    """The way along a row: a stop at each shown entry, and one at the dots for all that they stand for."""

    across: np.ndarray  # (s,) x of each stop in the matrix
    down: np.ndarray  # (s,) y of each stop in the vector, downwards
    first: np.ndarray  # (s,) entries that are added before the stop
    last: np.ndarray  # (s,) entries that are added after it
    ends: np.ndarray  # (s,) seconds after the start when the stop is left

    @classmethod
    def along(cls, columns: Axis, rows: Axis) -> "Course":
        """The stops of a matrix's columns, which are the rows of the vector."""
        order = np.argsort(np.concatenate([columns.shown, [group[0] for group in columns.behind]]))
        first = np.concatenate([columns.shown, [group[0] for group in columns.behind]])[order].astype(int)
        last = np.concatenate([columns.shown, [group[-1] for group in columns.behind]])[order].astype(int) + 1
        seconds = np.array([STEP_S] * len(columns.shown) + [DOTS_S] * len(columns.behind))[order]
        across, down = (np.concatenate([axis.at, axis.dots])[order] for axis in (columns, rows))
        return cls(across, down, first, last, np.cumsum(seconds))

    @property
    def places(self) -> np.ndarray:
        """Number of each stop, (s,)."""
        return np.arange(len(self.ends))

    @property
    def count(self) -> np.ndarray:
        """Entries that are added at each stop, (s,)."""
        return self.last - self.first

    @property
    def seconds(self) -> float:
        """How long a row takes, with the rest at its end."""
        return float(self.ends[-1] / (1 - SETTLE))

    def at(self, share: float) -> Moment:
        """The moment after a share of the way; entries behind dots are added one by one."""
        time = share * self.ends[-1]
        stop = min(int(np.searchsorted(self.ends, time, side="right")), len(self.ends) - 1)
        begun = self.ends[stop - 1] if stop else 0.0
        done = (time - begun) / (self.ends[stop] - begun)
        moved = smooth(min((time - begun) / MOVE_S, 1.0))
        count = self.count[stop]
        if count == 1:
            added = int(moved >= 1)
        else:
            added = round(max(0.0, done - 0.3) / 0.6 * count) if done < 0.9 else count
        return Moment(max(stop - 1 + moved, 0.0), int(self.first[stop] + min(added, count)))


class MatVec(VGroup):
    """W x = y, W (rows, columns), x (columns,) and the result y (rows,) that the model itself computed.

    ``shown`` are the rows and the columns written out, as in ``NumberArray``. At first no result is written; ``row(i)``
    runs along one row, ``others()`` lets the results of the other rows arrive. ``values()`` is the result as written
    now, (rows,), NaN where nothing is, exact to half a unit of the last decimal.
    Raises: ValueError if y is further than ``tolerance`` from W x in any row, measured against the sum of |w x|.
    """

    def __init__(
        self,
        weights: ArrayLike,
        vector: ArrayLike,
        result: ArrayLike,
        shown: Any = None,
        decimals: int = 2,
        size: float = LABEL,
        tolerance: float = 1e-4,
    ) -> None:
        w, x = finite("A MatVec", weights, 2), finite("A MatVec", vector, 1)
        y = finite("A MatVec", result, 1)
        _check(w, x, y, tolerance)
        rows, columns = shown or (None, None)
        self.sums = np.cumsum(w * x, axis=1)  # (rows, columns): partial sums in the order of the columns
        self.result = y
        self.matrix = NumberArray(w, (rows, columns), decimals, size)
        signed = None if (x < 0).any() else INK
        self.vector = NumberArray(x, columns, decimals, size, signed)
        limit = max(float(np.abs(self.sums).max()), float(np.abs(y).max()))
        self.outcome = NumberArray(y, rows, decimals, size, limit=limit)
        self.outcome.write(np.full(len(y), np.nan))
        self.equals = Words("$ = $", size=BODY * size / LABEL)
        self.course = Course.along(self.matrix.columns, self.vector.rows)
        self.tints = VGroup(*(VMobject(stroke_width=0, fill_color=ACCENT, fill_opacity=TINT) for _ in range(2)))
        self.frames = VGroup(*(VMobject(stroke_color=ACCENT, stroke_width=LINE, fill_opacity=0) for _ in range(3)))
        parts = VGroup(self.matrix, self.vector, self.equals, self.outcome).arrange(
            RIGHT, buff=0.6 * size * UNITS_PER_EM
        )
        super().__init__(self.tints, *parts, self.frames)
        self.center()

    def values(self) -> np.ndarray:
        """The result as written now, (rows,), NaN where nothing is written."""
        return self.outcome.values()

    def set_values(self, result: ArrayLike) -> "MatVec":
        """Write results at once, (rows,); NaN where nothing is to be written. Raises: ValueError for other results."""
        values = np.asarray(result, dtype=float)
        known = np.isfinite(values)
        if values.shape != self.result.shape or not np.allclose(values[known], self.result[known]):
            raise ValueError("A MatVec writes the results that it was given, or nothing.")
        self.outcome.write(values)
        return self

    def label(self, *texts: str, **style: Any) -> "MatVec":
        """Write a line under the matrix, the vector and the result."""
        for array, text in zip((self.matrix, self.vector, self.outcome), texts, strict=True):
            array.label(text, **style)
        return self

    def row(self, row: int, **kwargs: Any) -> "RowTimesVector":
        """A frame runs along the row and down the vector while the result counts through the partial sums."""
        self.outcome.place(row)
        return RowTimesVector(self, row, **kwargs)

    def others(self, **kwargs: Any) -> Rewrite:
        """The results that are not written yet arrive together."""
        return self.outcome.change(self.result, **kwargs)

    def pause(self, present: np.ndarray, row: int, share: float) -> None:
        """One instant of a row's product: ``present`` is what was written before, ``share`` how much of it is done."""
        moment = self.course.at(min(share / (1 - SETTLE), 1.0))
        written = present.copy()
        if share >= 1 - SETTLE:
            written[row] = self.result[row]
        elif moment.entries:
            written[row] = self.sums[row, moment.entries - 1]
        self.outcome.write(written)
        self._mark(row, moment)
        opacity = min(1.0, share * self.course.seconds / MOVE_S, (1 - share) / SETTLE * 1.5)
        self.frames.set_stroke(opacity=opacity)
        self.tints.set_fill(opacity=TINT * opacity)

    def _mark(self, row: int, moment: Moment) -> None:
        """Frame one entry, or the dots, in the row and in the vector; tint what came before."""
        matrix, vector, outcome = self.matrix, self.vector, self.outcome
        em, course = matrix.size_of_em, self.course
        half = [(size + 0.4) * em / 2 for size in (matrix.room, vector.room, outcome.room)]
        at = partial(np.interp, moment.stop, course.places)
        y, z = (-array.rows.at[array.rows.find(row, "rows")] for array in (matrix, outcome))
        tall, dots = 0.61 * em, course.count > 1
        across = np.array([at(np.where(dots, DOTS * em, half[0])), tall, 0])
        down = np.array([half[1], at(np.where(dots, DOTS * em, tall)), 0])
        here, there = np.array([at(course.across), y, 0]), np.array([0, -at(course.down), 0])
        start = np.array([-matrix.columns.length / 2 - 0.2 * em, y - tall, 0])
        top = np.array([half[1], vector.rows.length / 2 + tall - DIGIT * em / 2, 0])
        cell, wide = np.array([0, z, 0]), np.array([half[2], tall, 0])
        for mark, array, low, high in (
            (self.tints[0], matrix, start, here + across),
            (self.tints[1], vector, there - down, top),
            (self.frames[0], matrix, here - across, here + across),
            (self.frames[1], vector, there - down, there + down),
            (self.frames[2], outcome, cell - wide, cell + wide),
        ):
            mark.points = array.axes.out(rounded(low, high, 0.2 * em))

    def clear(self) -> None:
        """Take the frames away."""
        for mark in (*self.tints, *self.frames):
            mark.points = np.zeros((0, 3))


class RowTimesVector(Animation):
    """One row of a ``MatVec``; alone or on top of the rows that were written before."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, product: MatVec, row: int, **kwargs: Any) -> None:
        self.product, self.row = product, row
        options: dict[str, Any] = {"run_time": product.course.seconds, "rate_func": linear}
        super().__init__(product, **(options | kwargs))

    def begin(self) -> None:
        self.present = self.product.values()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.product.pause(self.present, self.row, share)
        if share >= 1:
            self.product.clear()


def _check(w: np.ndarray, x: np.ndarray, y: np.ndarray, tolerance: float) -> None:
    if w.shape != (len(y), len(x)):
        raise ValueError(f"A matrix {w.shape} times a vector ({len(x)},) has no result ({len(y)},).")
    off, allowed = np.abs(w @ x - y), tolerance * np.maximum(np.abs(w) @ np.abs(x), 1e-12)
    worst = int(np.argmax(off - allowed))
    if off[worst] > allowed[worst]:
        raise ValueError(
            f"Row {worst} of W x is {(w @ x)[worst]:g}, the result says {y[worst]:g}: off by {off[worst]:.2g}, "
            f"allowed {allowed[worst]:.2g}."
        )
