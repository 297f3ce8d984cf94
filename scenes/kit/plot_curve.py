"""A curve of many points as one mobject, cut at the edges of its plot, drawn from left to right, read by the axes."""

from typing import Any

import numpy as np
from manim import Animation, CapStyleType, LineJointType, VGroup

from scenes.kit.arrays import finite
from scenes.kit.axes import BACKING, DIGIT, PlotAxes, backing, magnified, segments, stroke
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LINE, POSITIVE

EDGE = 1e-9  # units beyond the box that still belong to it
FAINT_WIDTH, FAINT_OPACITY = 1.2, 0.32
NAME_FROM = 0.8  # share of a curve's growth after which its name appears


def paired(what: str, x: object, y: object) -> np.ndarray:
    """Data coordinates (n, 2) of two arrays of equal length. Raises: ValueError if they are not that, or not finite."""
    across, up = finite(f"The x of {what}", x, 1), finite(f"The y of {what}", y, 1)
    if len(across) != len(up):
        raise ValueError(f"The x and y of {what} have {len(across)} and {len(up)} numbers: they come in pairs.")
    return np.stack([across, up], axis=1)  # (n, 2)


def clipped(starts: np.ndarray, ends: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parts of segments, starts and ends (n, 3), inside a box (3,) that stands at the origin: (m, 3) each."""
    along = ends - starts
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    for axis in (0, 1):
        for sign, room in ((-1, starts[:, axis] + EDGE), (1, box[axis] + EDGE - starts[:, axis])):
            out = sign * along[:, axis]  # towards this edge
            with np.errstate(divide="ignore", invalid="ignore"):
                reach = room / out
            first = np.where(out < 0, np.maximum(first, reach), first)
            last = np.where(out > 0, np.minimum(last, reach), np.where((out == 0) & (room < 0), -1.0, last))
    kept = first <= last
    a, b = first[kept, None], last[kept, None]
    # a whole segment keeps its ends exactly, so that neighbours still meet
    low = np.where(a == 0, starts[kept], starts[kept] + a * along[kept])
    return low, np.where(b == 1, ends[kept], starts[kept] + b * along[kept])


def vertices(points: np.ndarray) -> np.ndarray:
    """Corners (m, 3) of the lines that cubic points (4 k, 3) draw: each start of a run, then each end."""
    ends = points.reshape(-1, 4, 3)[:, [0, 3]]  # (k, 2, 3)
    if len(ends) == 1 and (ends[0, 0] == ends[0, 1]).all():
        return np.array(ends[0, :1])  # a single point
    joined = np.zeros((len(ends), 2), dtype=bool)
    joined[:, 1] = True
    joined[:1, 0] = True
    joined[1:, 0] = np.abs(ends[1:, 0] - ends[:-1, 1]).max(axis=1) > EDGE
    return np.array(ends[joined])


class Curve(VGroup):
    """The line through data (n, 2) as one mobject, cut off at the edges of the box, with its name at its end.

    ``values()`` gives the drawn corners (m, 2) in data coordinates by the drawn ticks, to 1e-8 of each axis: all n
    while the box covers them and nothing has been left out.
    """

    def __init__(
        self, axes: PlotAxes, data: np.ndarray, name: str = "", color: str = POSITIVE, faint: bool = False
    ) -> None:
        self.axes, self.data, self.grown = axes, axes.checked("A curve", data), 1.0
        self.faint, self.named = faint, 1.0
        self.line = stroke(FAINT_WIDTH if faint else LINE * 1.2, color)
        self.line.set_stroke(opacity=FAINT_OPACITY if faint else 1.0)
        self.line.joint_type, self.line.cap_style = LineJointType.ROUND, CapStyleType.ROUND
        self.words = VGroup(*([Words(name, size=axes.size, color=color)] if name else []))
        self.plate = VGroup(*(backing(words.width, words.height / DIGIT).set_fill(opacity=0) for words in self.words))
        magnified(axes.frame, self.words, self.plate)
        super().__init__(self.line, self.plate, self.words)
        self.redraw()

    def values(self) -> np.ndarray:
        """The corners drawn now, (m, 2), decoded from the line and the ticks of both axes."""
        return self.axes.decode(vertices(self.line.points))

    def set_values(self, data: np.ndarray) -> "Curve":
        """Draw other data at once: heights (n,) over the same x, or (m, 2)."""
        self.data, self.grown = self.over_x(data), 1.0
        self.redraw()
        return self

    def over_x(self, data: np.ndarray) -> np.ndarray:
        """Data (m, 2), or heights (n,) over the x of this curve, as data coordinates.

        Raises: ValueError for other lengths, and what no axis can show.
        """
        if np.ndim(data) == 1:
            data = paired("a curve", self.data[:, 0], data)
        return self.axes.checked("A curve", data)

    def grow(self, **kwargs: Any) -> "GrowCurve":
        """The curve is drawn from its left end to its right one, then its name appears."""
        return GrowCurve(self, **({"run_time": 2.5 * BEAT} | kwargs))

    def change(self, target: np.ndarray, **kwargs: Any) -> "ChangeCurve":
        """The curve moves to other data: heights (n,) over the same x, or (m, 2); its name goes with its end."""
        return ChangeCurve(self, self.over_x(target), **({"run_time": 1.5 * BEAT} | kwargs))

    def redraw(self) -> None:
        """Draw the data where the axes show them now, as far as the curve has grown."""
        local = self._until(self.axes.local(self.data))  # (m, 3)
        starts, ends = (local, local) if len(local) == 1 else (local[:-1], local[1:])
        self.line.points = self.axes.frame.out(segments(*clipped(starts, ends, self.axes.box)))

    def _until(self, local: np.ndarray) -> np.ndarray:
        """The part of the points (n, 3) that has grown: as far along x, or along the points if x goes back."""
        if self.grown >= 1:
            return local
        if self.grown <= 0:
            return local[:0]
        x = np.clip(local[:, 0], 0, self.axes.box[0])
        along = x if (np.diff(x) >= 0).all() and x[-1] > x[0] else np.arange(len(x), dtype=float)
        stop = along[0] + self.grown * (along[-1] - along[0])
        whole = int(np.searchsorted(along, stop, side="right"))
        if whole == len(local):
            return local
        a, b = along[whole - 1 : whole + 1]
        if stop - a < EDGE and whole > 1:
            return local[:whole]
        cut = local[whole - 1] + (stop - a) / (b - a) * (local[whole] - local[whole - 1])
        return np.concatenate([local[:whole], cut[None]])  # (whole + 1, 3)

    def drawn(self) -> np.ndarray:
        """The corners drawn now in local units, (m, 3)."""
        return self.axes.frame.back(vertices(self.line.points))

    def end(self) -> np.ndarray:
        """Where the drawn line ends in local units, (3,); the origin if nothing is drawn."""
        drawn = self.line.points[-1:] if len(self.line.points) else self.axes.frame.out(np.zeros((1, 3)))
        return np.array(self.axes.frame.back(drawn)[0])

    def place_name(self, middle: np.ndarray) -> None:
        """Move the name to a middle (3,) in local units; within the box it has a plate behind it."""
        for part in (*self.words, *self.plate):
            part.move_to(self.axes.frame.out(middle))
        self.plate.set_fill(opacity=self._plated() * self.named)

    def show_name(self, opacity: float) -> None:
        """Let the name and the plate behind it appear as far as this."""
        self.named = opacity
        self.words.set_fill(opacity=opacity)
        self.plate.set_fill(opacity=opacity * self._plated())

    def _plated(self) -> float:
        """How opaque a plate behind the whole name is, where it stands now."""
        return BACKING if self.name_place()[0] < self.axes.box[0] else 0.0

    def name_place(self) -> np.ndarray:
        """Middle of the name in local units, (3,); where there is none, the end of the curve."""
        return np.array(self.axes.frame.back(self.words[0].get_center())) if len(self.words) else self.end()


class GrowCurve(Animation):
    """The curve is drawn as far as the eased time has gone; the name fades in over the last fifth."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, curve: Curve, **kwargs: Any) -> None:
        self.curve = curve
        super().__init__(curve, introducer=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        self.curve.grown = float(self.rate_func(alpha))
        self.curve.redraw()
        self.curve.show_name(max(0.0, (alpha - NAME_FROM) / (1 - NAME_FROM)))


class ChangeCurve(Animation):
    """At each instant (1 - a) start + a target is drawn, point by point, where a is the eased time.

    ``start`` is what is drawn when the animation begins; with another count of points it is first cut into as many.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, curve: Curve, target: np.ndarray, **kwargs: Any) -> None:
        self.curve, self.target = curve, np.array(target, dtype=float)
        super().__init__(curve, **kwargs)

    def begin(self) -> None:
        drawn = self.curve.values()
        whole = len(drawn) == len(self.curve.data)  # nothing lies outside of the box
        self.start = resampled(drawn if whole else self.curve.data, len(self.target))
        self.end, self.words = self.curve.end(), self.curve.name_place()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.curve.set_values((1 - share) * self.start + share * self.target)
        self.curve.place_name(self.words + self.curve.end() - self.end)


def resampled(data: np.ndarray, count: int) -> np.ndarray:
    """The line through data (n, 2) by another count of points, (count, 2), at equal shares of the index."""
    if len(data) == count:
        return data
    at = np.linspace(0, len(data) - 1, count)
    return np.stack([np.interp(at, np.arange(len(data)), column) for column in data.T], axis=1)
