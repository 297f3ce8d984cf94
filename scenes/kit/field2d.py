"""A field of vectors on a grid, drawn as arrows in one batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Animation, ValueTracker, VGroup

from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.data_box import DataBox
from scenes.kit.shapes import Frame, Shapes, polygons, strips
from scenes.theme import INK

FILL = 0.92  # length of the longest arrow over the distance of neighbours
SLIM = 0.07  # width of an arrow's shaft over its length
HEAD, WIDE, NOTCH = 0.42, 0.30, 0.12  # length, width and notch of a head over the arrow's length
LEVELS = 8  # of opacity
FAINT = 0.25


class Field2D(VGroup):
    """Vectors (y, x, 2) at the points x (columns,) and y (rows,) as arrows with their middles there.

    Arrows are the vectors as the plane shows them, all magnified alike, so that one of size ``cap`` nearly reaches
    from a point to the next. The cap is the largest size by default; larger vectors are drawn as long as the cap.
    ``width`` and ``height`` are those of the plane from the first point to the last in units.

    ``values()`` decodes the vectors from tails and tips, to 1e-6 of the cap.
    """

    def __init__(
        self,
        vectors: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        width: float = 5.0,
        height: float = 5.0,
        cap: float | None = None,
        color: str = INK,
    ) -> None:
        x, y = finite("A Field2D", x, 1), finite("A Field2D", y, 1)
        self.rows, self.columns = len(y), len(x)
        checked = self._checked(vectors)
        self.x, self.y = x, y
        self.cap = float(largest(np.linalg.norm(checked, axis=-1)) if cap is None else cap)
        if not 0 < self.cap < np.inf:
            raise ValueError(f"The cap of a Field2D must be above zero, got {self.cap:g}.")
        self._lay_out(_plane(x, y, width, height))
        self.arrows = Shapes([(color, FAINT + (1 - FAINT) * (level + 1) / LEVELS) for level in range(LEVELS)])
        super().__init__(self.arrows)
        self.set_values(checked)

    @property
    def axes(self) -> Frame:
        """The local coordinates of the plane, in units around its middle."""
        return self.arrows.frame

    def values(self) -> np.ndarray:
        """The vectors drawn now, (y, x, 2), from the ends of the arrows; those above the cap have its size."""
        shafts, heads = np.split(self.arrows.outlines(), 2)  # (n, 16, 3) each
        tails, tips = (shafts[:, 0] + shafts[:, 3]) / 2, heads[:, 0]
        return ((tips - tails)[:, :2] / self.units_each).reshape(self.rows, self.columns, 2)

    def set_values(self, vectors: np.ndarray) -> "Field2D":
        """Draw other vectors (y, x, 2) at once, with the same cap."""
        given = self._checked(vectors).reshape(-1, 2)  # (n, 2)
        sizes = np.linalg.norm(given, axis=1)
        shares = np.minimum(sizes / self.cap, 1)
        capped = given * (shares * self.cap / np.maximum(sizes, np.finfo(float).tiny))[:, None]
        steps = np.pad(capped * self.units_each, ((0, 0), (0, 1)))  # (n, 3)
        level = np.clip(np.ceil(shares * LEVELS).astype(int) - 1, 0, LEVELS - 1)
        self.arrows.place(arrows(self.centres - steps / 2, steps), np.concatenate([level, level]))
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Animation:
        """The arrows turn and grow to other vectors (y, x, 2)."""
        return Change(self, self._checked(target), **kwargs)

    def follow(self, fields: np.ndarray, at: ValueTracker) -> "Field2D":
        """Draw fields (time, y, x, 2) at the time that the tracker holds, 0 for the first, straight between two."""
        series = finite("A Field2D that follows a tracker", fields, 4)
        for field in series:
            self._checked(field)

        def show(drawn: Any) -> None:
            time = float(np.clip(at.get_value(), 0, len(series) - 1))
            before = min(int(time), max(len(series) - 2, 0))
            after = min(before + 1, len(series) - 1)
            drawn.set_values(series[before] + (time - before) * (series[after] - series[before]))

        show(self)
        self.add_updater(show)
        return self

    def lay_on(self, place: Callable[[float, float], np.ndarray]) -> "Field2D":
        """Take the size and the place that a plot has, whose ``place`` says where data (x, y) are in the scene."""
        values = self.values()
        self._lay_out(self.box.on(place))
        self.set_values(values).shift(place(*self.box.middle) - self.axes.origin())
        return self

    def above_cap(self, vectors: np.ndarray) -> int:
        """How many of these vectors are longer than the cap, and are drawn as long as the cap."""
        return int((np.linalg.norm(self._checked(vectors), axis=-1) > self.cap * (1 + 1e-9)).sum())

    def place(self, x: float, y: float) -> np.ndarray:
        """Where data (x, y) is in the scene, (3,)."""
        return self.axes.out(self.box.units(np.array([x, y])))

    def _lay_out(self, box: DataBox) -> None:
        self.box = box
        size = np.array([box.width / max(self.columns - 1, 1), box.height / max(self.rows - 1, 1)])  # (2,) units
        self.units_each = FILL * (size / box.scale).min() / self.cap * box.scale  # (2,) units for each 1
        self.centres = box.units(np.stack(np.meshgrid(self.x, self.y), axis=-1)).reshape(-1, 3)  # (n, 3)

    def _checked(self, vectors: np.ndarray) -> np.ndarray:
        found = finite("A Field2D", vectors, 3)
        if found.shape != (self.rows, self.columns, 2):
            raise ValueError(f"A Field2D of {self.rows} by {self.columns} points got vectors of shape {found.shape}.")
        return found


def arrows(tails: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Outlines (2 n, 16, 3) of arrows with tails and steps (n, 3): all shafts, then all heads, each from its tip."""
    length = np.linalg.norm(steps, axis=1, keepdims=True)  # (n, 1)
    side = np.stack([-steps[:, 1], steps[:, 0], np.zeros(len(steps))], axis=1)  # (n, 3), as long as the arrow
    tips, back = tails + steps, tails + (1 - HEAD) * steps
    heads = [tips, back + WIDE / 2 * side, back + NOTCH * steps, back - WIDE / 2 * side]  # (n, 3) each
    shafts = strips(tails, back + (NOTCH + 0.02) * steps, SLIM * length[:, 0])
    return np.concatenate([shafts, polygons(np.stack(heads, axis=1))])


def _plane(x: np.ndarray, y: np.ndarray, width: float, height: float) -> DataBox:
    """The plane from the first point to the last; an axis with one point has the scale of the other."""
    for points in (x, y):
        if not (np.diff(points) > 0).all():
            raise ValueError(f"The points of a Field2D rise along each axis, got {points}.")
    spans = [float(points[-1] - points[0]) for points in (x, y)]
    across = spans[0] or spans[1] * width / height or 1.0
    up = spans[1] or across * height / width
    return DataBox(_around(x, across), _around(y, up), width, height)


def _around(points: np.ndarray, span: float) -> tuple[float, float]:
    middle = float(points[0] + points[-1]) / 2
    return middle - span / 2, middle + span / 2
