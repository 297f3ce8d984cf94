"""Plots from arrays: axes whose ticks come from the data, curves, dots, bars, a live cursor, and moves of the view."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from manim import DL, UR, Animation, ValueTracker, VGroup

from scenes.kit.axes import PlotAxes
from scenes.kit.plot_curve import Curve, paired, resampled
from scenes.kit.plot_labels import BESIDE, free_place, spread
from scenes.kit.plot_live import Cursor, Tangent
from scenes.kit.plot_marks import Dots, Histogram
from scenes.kit.ticks import Scale, counted, joined, nice_bins, scale_of
from scenes.theme import ACCENT, BEAT, INK, LABEL, POSITIVE

AT_THE_EDGE = 0.02  # of the width; a curve that ends closer to the right edge has its name beside the box


class Plot(VGroup):
    """Axes that cover the arrays x and y (several of any lengths may be given for each), to draw in.

    ``width`` and ``height`` are those of the box within the axes, ``names`` are Typst markup for the x and y axis,
    ``log`` names the axes on which equal steps are equal factors: "", "x", "y" or "xy". ``curve``, ``dots``,
    ``histogram``, ``cursor`` and ``tangent`` draw at once, and return what they drew. ``values()`` gives the values of
    all that was drawn in the box, in that order, each decoded by the ticks and tick labels that are drawn now.
    """

    def __init__(
        self,
        x: object,
        y: object,
        width: float = 10.0,
        height: float = 4.4,
        names: tuple[str, str] = ("", ""),
        log: str = "",
        size: float = LABEL,
    ) -> None:
        if set(log) - set("xy"):
            raise ValueError(f"The log axes of a plot are '', 'x', 'y' or 'xy', not '{log}'.")
        across = scale_of("The x axis", x, "x" in log)
        up = scale_of("The y axis", y, "y" in log, widen=True)
        self.axes = PlotAxes((across, up), (width, height), names, size)
        self.drawn = VGroup()
        super().__init__(self.axes, self.drawn)
        self.center()

    def values(self) -> list[Any]:
        """What is drawn in the box now: for each part its own ``values()``."""
        return [part.values() for part in self.drawn]

    def place(self, x: float, y: float) -> np.ndarray:
        """Where a pair of numbers lies in the scene, (3,), by the scales of the axes."""
        return np.array(self.axes.frame.out(self.axes.local(np.array([[x, y]])))[0])

    def curve(self, x: object, y: object, name: str = "", color: str = POSITIVE, faint: bool = False) -> Curve:
        """A line through x and y, (n,) each, its name at its end; ``faint`` if it lies beneath a smoother one."""
        curve = Curve(self.axes, paired("a curve", x, y), name, color, faint)
        if not faint:
            for part in self.drawn:
                if isinstance(part, Cursor):
                    part.others.append(curve)
        self.drawn.add(curve)
        self.place_names()
        return curve

    def dots(self, x: object, y: object, color: str = POSITIVE, radius: float = 0.045) -> Dots:
        """A dot for each pair of x and y, (n,) each."""
        dots = Dots(self.axes, paired("a scatter", x, y), color, radius)
        self.drawn.add(dots)
        return dots

    def histogram(self, data: object, edges: np.ndarray, color: str = POSITIVE) -> Histogram:
        """A bar for each bin between edges (k + 1,) that is as high as the count of the data in it."""
        bars = Histogram(self.axes, data, edges, color)
        self.drawn.add(bars)
        return bars

    def cursor(self, curve: Curve, tracker: ValueTracker, decimals: int = 3, color: str = ACCENT) -> Cursor:
        """A dot on the curve above the tracker's value, with a hairline and the curve's height as a live number.

        The number also keeps clear of other curves that are not faint, and of tangents drawn before.
        """
        others = [part for part in self.drawn if isinstance(part, (Curve, Tangent)) and part is not curve]
        cursor = Cursor(curve, tracker, decimals, color, [part for part in others if not part.faint])
        self.drawn.add(cursor)
        return cursor

    def tangent(self, curve: Curve, tracker: ValueTracker, slopes: np.ndarray, color: str = INK) -> Tangent:
        """A straight piece that touches the curve above the tracker's value; slopes (n,) belong to its points."""
        tangent = Tangent(curve, tracker, slopes, color)
        self.drawn.add(tangent)
        return tangent

    def curves(self) -> list[Curve]:
        """The curves in the order in which they were drawn."""
        return [part for part in self.drawn if isinstance(part, Curve)]

    def change(self, targets: Mapping[Curve, np.ndarray], **kwargs: Any) -> "ChangeCurves":
        """Several curves move to other data at once, heights (n,) or (m, 2), and all names find their places anew."""
        checked = {curve: curve.over_x(data) for curve, data in targets.items()}
        return ChangeCurves(self, checked, **({"run_time": 1.5 * BEAT} | kwargs))

    def zoom(self, x: object = None, y: object = None, **kwargs: Any) -> "Zoom":
        """The view moves until the axes cover other arrays, such as two ends; None leaves an axis as it is.

        At each instant all is drawn where the ticks of that instant say, and every tick stands where its number is.
        """
        ends = [
            axis.shown if data is None else exactly(f"The {name} axis", data, axis.shown.log)
            for name, axis, data in (("x", self.axes.x, x), ("y", self.axes.y, y))
        ]
        return Zoom(self, ends[0], ends[1], **({"run_time": 2 * BEAT} | kwargs))

    def redraw(self) -> None:
        """Draw everything in the box where the axes show it now."""
        for part in self.drawn:
            if isinstance(part, (Curve, Dots, Histogram)):
                part.redraw()
        self.axes.draw_zero()
        self.place_names()

    def place_names(self) -> None:
        """Put each curve's name beside its end, so that no name covers another or lies on a line."""
        named = [curve for curve in self.curves() if len(curve.words)]
        if not named:
            return
        frame, box = self.axes.frame, self.axes.box
        corners = [frame.back(np.stack([c.words.get_corner(DL), c.words.get_corner(UR)])) for c in named]
        sizes = np.array([high - low for low, high in corners])  # (n, 3)
        ends = np.array([curve.end() for curve in named])
        at_edge = ends[:, 0] > (1 - AT_THE_EDGE) * box[0]
        middles = np.zeros((len(named), 3))
        middles[at_edge, 0] = box[0] + BESIDE + sizes[at_edge, 0] / 2
        middles[at_edge, 1] = spread(ends[at_edge, 1], sizes[at_edge, 1], 0.0, float(box[1]))
        lines = [curve.drawn() for curve in self.curves()] if not at_edge.all() else []
        taken = np.stack([middles - sizes / 2, middles + sizes / 2], axis=1)[at_edge]  # (k, 2, 3)
        for index in np.flatnonzero(~at_edge):
            width, height, _ = sizes[index]
            middles[index] = free_place(ends[index], (width, height), lines, taken)
            taken = np.concatenate([taken, [[middles[index] - sizes[index] / 2, middles[index] + sizes[index] / 2]]])
        for curve, middle in zip(named, middles, strict=True):
            curve.place_name(middle)


def exactly(what: str, data: object, log: bool) -> Scale:
    """The scale from the smallest to the largest of the data. Raises: ValueError if these are the same."""
    values = joined(what, data)
    return Scale(float(values.min()), float(values.max()), log)


def histogram_plot(data: object, bins: int | np.ndarray = 30, **style: Any) -> tuple[Plot, Histogram]:
    """A plot that fits the counts of some numbers, and their bars: at most about ``bins`` of them, or given edges.

    ``style`` goes to Plot.
    """
    edges = nice_bins(data, bins) if isinstance(bins, int) else bins
    plot = Plot(edges, [0, *counted(data, edges)], **style)
    return plot, plot.histogram(data, edges)


class Zoom(Animation):
    """The view moves from the scales drawn when it begins to others, with the same factor in equal times.

    Names of curves go straight to their new places; a curve that leaves the box for a moment would make them jump.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, plot: Plot, x: Scale, y: Scale, **kwargs: Any) -> None:
        self.plot, self.targets = plot, (x, y)
        super().__init__(plot, suspend_mobject_updating=False, **kwargs)  # cursors go on following their curves

    def begin(self) -> None:
        axes = (self.plot.axes.x, self.plot.axes.y)
        self.moving = [(a, a.shown, t) for a, t in zip(axes, self.targets, strict=True) if a.shown != t]
        self.curves = [curve for curve in self.plot.curves() if len(curve.words)]
        self.names = [[curve.name_place() for curve in self.curves]]
        for axis, _, target in self.moving:
            axis.look(target)
        self.plot.redraw()
        self.names.append([curve.name_place() for curve in self.curves])
        for axis, start, target in self.moving:
            axis.look(start)
            axis.prepare(target)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        for axis, start, target in self.moving:
            axis.look(start.towards(target, share), share)
        self.plot.redraw()
        for curve, start, end in zip(self.curves, *self.names, strict=True):
            curve.place_name((1 - share) * start + share * end)

    def finish(self) -> None:
        super().finish()
        for axis, *_ in self.moving:
            axis.settle()


class ChangeCurves(Animation):
    """At each instant (1 - a) start + a target is drawn for several curves, where a is the eased time."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, plot: Plot, targets: Mapping[Curve, np.ndarray], **kwargs: Any) -> None:
        self.plot, self.targets = plot, dict(targets)
        super().__init__(plot, suspend_mobject_updating=False, **kwargs)

    def begin(self) -> None:
        self.starts = {curve: resampled(curve.data, len(target)) for curve, target in self.targets.items()}
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        for curve, target in self.targets.items():
            curve.set_values((1 - share) * self.starts[curve] + share * target)
        self.plot.place_names()
