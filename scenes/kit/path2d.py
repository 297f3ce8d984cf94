"""Many points that move in the plane, each with a fading tail: a few mobjects for any number of them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import Animation, ValueTracker, VGroup, VMobject

from scenes.kit.arrays import finite
from scenes.kit.data_box import DataBox
from scenes.kit.shapes import Frame, Shapes, circles, middles
from scenes.theme import INK, LINE

AGES = 6  # opacities of a tail
FAINTEST, BOLDEST = 0.08, 0.7
THINNEST = 0.45  # width of the oldest part of a tail over that of the newest


class Path2D(VGroup):
    """Points along paths (step, path, 2) at one time: a dot for each head, a tail over the last ``tail`` steps.

    x and y are the ranges of the plane, (2,) each, ``width`` and ``height`` its size in units. ``classes`` (path,) are
    indices into ``colors``. Between two steps a point is on the straight line between them.

    ``values()`` decodes the heads from the dots, to 1e-6 of the ranges.
    """

    def __init__(
        self,
        paths: np.ndarray,
        x: tuple[float, float],
        y: tuple[float, float],
        width: float = 5.0,
        height: float = 5.0,
        tail: float = 8.0,
        radius: float = 0.05,
        classes: np.ndarray | None = None,
        colors: Sequence[str] = (INK,),
    ) -> None:
        self.paths = finite("A Path2D", paths, 3)
        if self.paths.shape[2] != 2:
            raise ValueError(f"A Path2D draws paths in the plane, (step, path, 2), got {self.paths.shape}.")
        if not (0 < tail < np.inf and 0 < radius < np.inf):
            raise ValueError(f"Tails and dots of a Path2D are larger than zero, got {tail:g} and {radius:g}.")
        self.box, self.tail, self.radius = DataBox(x, y, width, height), tail, radius
        self.classes = self._classes(classes, len(colors))
        self.tails = VGroup(*(_tail(color, age) for color in colors for age in range(AGES)))
        self.heads = Shapes([(color, 1.0) for color in colors])
        super().__init__(self.tails, self.heads)
        self.set_time(0.0)

    @property
    def axes(self) -> Frame:
        """The local coordinates of the plane, in units around its middle."""
        return self.heads.frame

    @property
    def last(self) -> int:
        """The time of the last step."""
        return len(self.paths) - 1

    def values(self) -> np.ndarray:
        """Where the heads are now, (path, 2), in data coordinates."""
        return self.box.data(middles(self.heads.outlines()))

    def set_time(self, time: float) -> "Path2D":
        """Draw heads and tails at a time in steps, 0 to ``last``, at once."""
        if not -1e-9 <= time <= self.last + 1e-9:
            raise ValueError(f"A Path2D of {len(self.paths)} steps has no time {time:g}.")
        now = float(np.clip(time, 0, self.last))
        self._draw_heads(self.at(now))
        self._draw_tails(now)
        return self

    def set_values(self, heads: np.ndarray) -> "Path2D":
        """Put the heads elsewhere, (path, 2) in data coordinates, without tails."""
        given = finite("A Path2D", heads, 2)
        if given.shape != self.paths.shape[1:]:
            raise ValueError(f"A Path2D of {self.paths.shape[1]} paths got heads of shape {given.shape}.")
        self._draw_heads(given)
        for mobject in self.tails:
            mobject.points = np.zeros((0, 3))
        return self

    def travel(self, start: float = 0.0, end: float | None = None, **kwargs: Any) -> Animation:
        """The points move along their paths from one time to another, by default from first to last."""
        last = self.last if end is None else end
        for time in (start, last):
            if not 0 <= time <= self.last:
                raise ValueError(f"A Path2D of {len(self.paths)} steps has no time {time:g}.")
        return Travel(self, start, last, **kwargs)

    def follow(self, at: ValueTracker) -> "Path2D":
        """Draw the time that a tracker holds."""

        def show(drawn: Any) -> None:
            drawn.set_time(float(np.clip(at.get_value(), 0, self.last)))

        show(self)
        self.add_updater(show)
        return self

    def lay_on(self, place: Callable[[float, float], np.ndarray]) -> "Path2D":
        """Take the size and the place that a plot has, whose ``place`` says where data (x, y) are; time is 0 again."""
        self.box = self.box.on(place)
        self.set_time(0.0).shift(place(*self.box.middle) - self.axes.origin())
        return self

    def at(self, time: float | np.ndarray) -> np.ndarray:
        """Where the paths lead at a time, (path, 2), or at times (t,), (t, path, 2)."""
        before = np.clip(np.floor(time).astype(int), 0, max(self.last - 1, 0))
        after = np.minimum(before + 1, self.last)
        share = np.asarray(time - before)[..., None, None]
        found = (1 - share) * self.paths[before] + share * self.paths[after]
        return found if np.ndim(time) else found.reshape(-1, 2)

    def place(self, x: float, y: float) -> np.ndarray:
        """Where data (x, y) is in the scene, (3,)."""
        return self.axes.out(self.box.units(np.array([x, y])))

    def _draw_heads(self, heads: np.ndarray) -> None:
        self.heads.place(circles(self.box.units(heads), np.full(len(heads), self.radius)), self.classes)

    def _draw_tails(self, now: float) -> None:
        """Straight pieces between steps and ages, so that a tail bends where its path does and fades as it ages."""
        ages = now - self.tail * np.arange(AGES + 1) / AGES
        cuts = np.unique(np.concatenate([ages, np.arange(np.ceil(now - self.tail), now)]))
        cuts = cuts[cuts >= 0]  # (t,): nothing before the first step
        local = self.box.units(self.at(cuts))  # (t, path, 3)
        steps = np.array([0, 1 / 3, 2 / 3, 1])[:, None]  # (4, 1)
        pieces = local[:-1, :, None] + steps * (local[1:] - local[:-1])[:, :, None]  # (t - 1, path, 4, 3)
        drawn = self.axes.out(pieces)
        age = np.floor((now - (cuts[1:] + cuts[:-1]) / 2) / self.tail * AGES).astype(int)  # (t - 1,)
        for index, mobject in enumerate(self.tails):
            chosen = drawn[age == index % AGES][:, self.classes == index // AGES]  # (pieces, paths of the class, 4, 3)
            mobject.points = chosen.swapaxes(0, 1).reshape(-1, 3)

    def _classes(self, classes: np.ndarray | None, colors: int) -> np.ndarray:
        count = self.paths.shape[1]
        found = np.zeros(count, dtype=int) if classes is None else np.asarray(classes)
        if found.shape != (count,) or not ((found >= 0) & (found < colors) & (found == found.astype(int))).all():
            raise ValueError(f"The {count} paths of a Path2D need a class each, indices of {colors} colours.")
        return found.astype(int)


class Travel(Animation):
    """The points of a ``Path2D`` are at the eased time between two."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, paths: Path2D, start: float, end: float, **kwargs: Any) -> None:
        self.drawn, self.start, self.end = paths, start, end
        super().__init__(paths, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        self.drawn.set_time(self.start + self.rate_func(alpha) * (self.end - self.start))


def _tail(color: str, age: int) -> VMobject:
    share = 1 - age / (AGES - 1)
    width, opacity = THINNEST + (1 - THINNEST) * share, FAINTEST + (BOLDEST - FAINTEST) * share
    return VMobject(stroke_color=color, stroke_width=LINE * width, stroke_opacity=opacity, fill_opacity=0)
