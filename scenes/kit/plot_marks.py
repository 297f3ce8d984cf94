"""Dots and bars in a plot, thousands of them as one mobject, read back by the axes."""

from typing import Any

import numpy as np
from manim import Animation

from scenes.kit.arrays import finite
from scenes.kit.axes import PlotAxes
from scenes.kit.change import Change
from scenes.kit.shapes import Shapes, circles, middles, rectangles
from scenes.kit.ticks import SLIGHT, counted
from scenes.theme import BEAT, POSITIVE

RADIUS = 0.045  # units
OPACITY = 0.85
OPEN = 0.04  # of a bin that stays free on each side of its bar
EDGE = 1e-9  # units beyond the box that still belong to it
SPREAD = 0.6  # of a growth lies between the start of the first mark and that of the last


class Marks(Shapes):
    """Outlines of one style, placed in the local coordinates of axes wherever these have been moved."""

    def __init__(self, axes: PlotAxes, color: str, opacity: float = OPACITY) -> None:
        super().__init__([(color, opacity)])
        self.axes, self.grown = axes, 1.0

    def draw(self, outlines: np.ndarray) -> None:
        """Draw outlines (n, 16, 3) of the axes' local coordinates."""
        self.place(self.frame.back(self.axes.frame.out(outlines)), np.zeros(len(outlines), dtype=int))

    def local(self) -> np.ndarray:
        """The outlines drawn now, (n, 16, 3), in the axes' local coordinates."""
        return self.axes.frame.back(self.frame.out(self.outlines()))

    def growth(self, count: int) -> np.ndarray:
        """How far each of the marks has grown, (n,): one after the other."""
        late = np.arange(count) / max(count - 1, 1) * SPREAD
        return np.asarray(np.clip((self.grown - late) / (1 - SPREAD), 0, 1))

    def redraw(self) -> None:
        """Draw the numbers where the axes show them now, as far as the marks have grown."""
        raise NotImplementedError

    def grow(self, **kwargs: Any) -> "GrowMarks":
        """The marks grow one after the other, in the order of their indices."""
        return GrowMarks(self, **({"run_time": 1.5 * BEAT} | kwargs))


class GrowMarks(Animation):
    """Marks as far grown as the eased time."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, marks: Marks, **kwargs: Any) -> None:
        self.marks = marks
        super().__init__(marks, introducer=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        self.marks.grown = float(self.rate_func(alpha))
        self.marks.redraw()


class Dots(Marks):
    """A dot for each pair of data (n, 2); those outside of the box are left out.

    ``values()`` gives the pairs of the dots drawn, (m, 2), in order, to 1e-8 of each axis.
    """

    def __init__(self, axes: PlotAxes, data: np.ndarray, color: str = POSITIVE, radius: float = RADIUS) -> None:
        super().__init__(axes, color)
        self.data, self.radius = axes.checked("A scatter", data), radius
        self.redraw()

    def values(self) -> np.ndarray:
        """The pairs drawn now, (m, 2), decoded from the middles of the dots and the ticks of both axes."""
        return self.axes.decode(self.axes.frame.out(middles(self.local())))

    def set_values(self, data: np.ndarray) -> "Dots":
        """Draw other pairs (n, 2) at once."""
        self.data, self.grown = self.axes.checked("A scatter", data), 1.0
        self.redraw()
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """Each dot moves to another pair; all of them have to be in the box when it begins."""
        return Change(self, self.axes.checked("A scatter", target), **({"run_time": 1.5 * BEAT} | kwargs))

    def redraw(self) -> None:
        """Draw the dots that lie in the box where the axes show them now, as far as they have grown."""
        local, radii = self.axes.local(self.data), self.radius * self.growth(len(self.data))
        inside = ((local >= -EDGE) & (local <= self.axes.box + EDGE)).all(axis=1)
        self.draw(circles(local[inside], radii[inside]))


class Histogram(Marks):
    """How many of some numbers fall into each bin, (k,), as bars; the component counts them.

    ``values()`` gives the counts of the bars drawn, by the heights of their tops on the drawn ticks, ``edges()`` where
    they stand; both to 1e-8 of the axis.
    """

    def __init__(self, axes: PlotAxes, data: object, edges: np.ndarray, color: str = POSITIVE) -> None:
        super().__init__(axes, color)
        self.counts, self.bins_at = counted(data, edges).astype(float), finite("The edges of a histogram", edges, 1)
        if axes.y.shown.log:
            raise ValueError("Bars stand on zero, which a log axis does not have.")
        self.redraw()

    def values(self) -> np.ndarray:
        """The counts drawn now, (m,), decoded from the tops of the bars and the ticks."""
        return self.axes.y.decode(self.local()[:, :, 1].max(axis=1)) if len(self.members[0]) else np.zeros(0)

    def edges(self) -> np.ndarray:
        """Where the drawn bins start and end, (m, 2), decoded from the sides of the bars and the ticks."""
        x = self.local()[:, :, 0]
        low, high = x.min(axis=1), x.max(axis=1)
        open_sides = (high - low) * OPEN / (1 - 2 * OPEN)
        return np.stack([self.axes.x.decode(low - open_sides), self.axes.x.decode(high + open_sides)], axis=1)

    def set_values(self, counts: np.ndarray) -> "Histogram":
        """Draw other counts at once, one for each bin."""
        heights = np.asarray(counts, dtype=float)
        slight = np.abs(heights) < SLIGHT * np.abs(heights).max(initial=0)  # what was read back may be less than zero
        heights = finite("A histogram", np.where(slight, 0.0, heights), 1, low=0)
        if len(heights) != len(self.counts):
            raise ValueError(f"A histogram of {len(self.counts)} bins cannot draw {len(heights)} counts.")
        self.counts, self.grown = heights, 1.0
        self.redraw()
        return self

    def change(self, data: object, **kwargs: Any) -> Change:
        """The bars move to the counts of other numbers in the same bins."""
        return Change(self, counted(data, self.bins_at), **({"run_time": 1.5 * BEAT} | kwargs))

    def redraw(self) -> None:
        """Draw the bars where the axes show them now, as far as they have grown; what the box does not cover is cut."""
        at = self.axes.x.along_of(self.bins_at)  # (k + 1,)
        gap = np.diff(at) * OPEN
        base = self.axes.y.along_of(np.zeros(1))[0]
        top = base + (self.axes.y.along_of(self.counts) - base) * self.growth(len(self.counts))
        sides = np.clip(np.stack([at[:-1] + gap, at[1:] - gap]), 0, self.axes.box[0])  # (2, k)
        flat = np.clip(np.stack([np.full(len(top), base), top]), 0, self.axes.box[1])  # (2, k)
        seen = sides[1] - sides[0] > EDGE
        corners = np.stack([sides, flat, np.zeros_like(flat)], axis=2)[:, seen]  # (2, m, 3)
        self.draw(rectangles(corners[0], corners[1]))
