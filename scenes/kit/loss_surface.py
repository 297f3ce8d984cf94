"""The loss over two directions as a lit sheet, with the path that training took and a ball that rolls along it."""

from typing import Any, ClassVar

import numpy as np
from manim import Group, VGroup

from scenes.kit.arrays import finite
from scenes.kit.change import Change
from scenes.kit.number import Number, share_baseline
from scenes.kit.path3d import Roll, SurfacePath, hidden_by
from scenes.kit.scales3d import BOTTOM, SIDES, Scales, decimals_of
from scenes.kit.shapes import Shapes
from scenes.kit.space import Lines, Signs, Space, View, parts, tapered
from scenes.kit.surface3d import Sheet, between, contours, heights, ramp
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, DIM, INK, RULE, SMALL

RINGS = 10  # lines of equal loss on the floor
RING, EDGE, POST = 0.02, 0.014, 0.018  # units, widths of lines
TICK = 0.12  # units
ASIDE = 0.4  # units from the floor's corner to the scale
TURNING = 0.3  # of the way from seeing a side end on to seeing it from the front
WORD_SPACE = 0.34  # em
VIEW = View(azimuth=-1.05, elevation=0.5, zoom=0.95)


class LossSurface(Space):
    """Losses (rows, columns) at y (rows,) and x (columns,), both rising, as a sheet of quadrilaterals.

    Height and colour say the loss, or its logarithm with ``log``; x and y each fill their side, so their scales differ.
    ``limits`` are the losses of the lowest and the highest colour, by default the least and the largest loss.
    ``values()`` decodes the heights of all vertices, exact to 1e-6 of the limits' span (relative 1e-5 with ``log``).
    Raises: ValueError for arrays that do not fit, losses that are not finite or, with ``log``, not positive.
    """

    LOWEST: ClassVar[float] = 0.25  # the eye stays above everything: a ray from below would turn the order of heights

    def __init__(
        self,
        loss: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        log: bool = False,
        limits: tuple[float, float] | None = None,
        view: View = VIEW,
    ) -> None:
        super().__init__(view)
        x, y = _rising("x", x), _rising("y", y)
        self.loss = _losses(loss, (len(y), len(x)), log)
        low, high = (float(self.loss.min()), float(self.loss.max())) if limits is None else limits
        if not (low <= high and np.isfinite(high - low) and (low > 0 or not log)):
            raise ValueError(f"A LossSurface cannot measure losses between the limits {low:g} and {high:g}.")
        self.scales = Scales(x, y, (low, high), log)
        self.rings, self.sheet = Shapes([(ramp((k + 0.5) / RINGS), 0.85) for k in range(RINGS)]), Sheet()
        self.rim = Lines(*_rim(), EDGE, RULE)
        self.paths, self.signs = Group(), Group()
        self.explained = Signs([], np.zeros((0, 3)), np.zeros((0, 2)))
        self.ticks = self._ticks()
        self.post = Lines(*_post(self.scales.up(self.scales.ticks()), view), POST, DIM)
        self.add(self.rim, self.rings, self.post, self.sheet, self.paths, self.signs)
        self.signs.add(self.ticks)
        self._measure()
        self.draw(view)

    def _measure(self) -> None:
        """What follows from the losses alone, whatever the view."""
        x, y = self.scales.grid()
        up = self.scales.up(self.loss)
        self.vertices = np.stack([*np.meshgrid(x, y), up], axis=2)  # (rows, columns, 3)
        shares = self.scales.shares(self.loss)
        pieces = [contours(x, y, shares, (k + 0.5) / RINGS) for k in range(RINGS)]
        self.ring_of = np.repeat(np.arange(RINGS), [len(starts) for starts, _ in pieces])  # (m,)
        ends = np.array([np.concatenate(side) for side in zip(*pieces, strict=True)])  # (2, m, 2)
        self.ring_ends = np.concatenate([ends, np.full((2, len(self.ring_of), 1), BOTTOM)], axis=2)  # (2, m, 3)
        for path in parts(self.paths, SurfacePath):
            path.ground = between(x, y, up, path.at[:, :2])

    def stale(self) -> bool:
        """Whether a tracker, of the eye or of a ball, has moved since the surface was drawn."""
        return super().stale() or any(p.step.get_value() != p.stood for p in parts(self.paths, SurfacePath))

    def draw(self, view: View) -> None:
        """Draw everything as it is seen from there."""
        self.seen = view
        self.sheet.draw(self.vertices, np.clip(self.scales.shares(self.loss), 0, 1), view)
        (first, near), (last, there) = view.see(self.ring_ends[0]), view.see(self.ring_ends[1])
        self.rings.place(tapered(first, last, RING * near, RING * there), self.ring_of)
        self.rim.draw(view, SIDES[0])
        ticks = self.scales.up(self.scales.ticks())
        self.post.starts, self.post.ends = _post(ticks, view)
        self.post.draw(view, SIDES[0])
        self.ticks.places = np.concatenate([self.post.ends[1:], self.post.ends[:1] + (0, 0, 0.35)])
        for path in parts(self.paths, SurfacePath):
            self.draw_path(path)
        self.ticks.draw(view, self.frame)
        if len(self.explained):
            self._explain(view)

    def draw_path(self, path: SurfacePath) -> None:
        """Draw a path up to its step; pieces behind a hill are dim."""
        (x, y), up, seen = self.scales.grid(), self.vertices[..., 2], self.seen
        top = float(up.max())
        path.draw(seen, lambda points: hidden_by(points, seen, lambda at: between(x, y, up, at), top))

    def values(self) -> np.ndarray:
        """The losses drawn now, (rows, columns), decoded from the places of the vertices."""
        rows, columns = self.loss.shape
        places = self.sheet.drawn(rows, columns).reshape(-1, 2)
        up = heights(places, self.vertices[..., :2].reshape(-1, 2), self.seen)
        return self.scales.loss(up).reshape(rows, columns)

    def set_values(self, loss: np.ndarray) -> "LossSurface":
        """Draw other losses on the same grid at once, between the same limits."""
        self.loss = _losses(loss, self.loss.shape, self.scales.log)
        self._measure()
        self.draw(self.view())
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """Every vertex moves to its new loss (rows, columns)."""
        return Change(self, _losses(target, self.loss.shape, self.scales.log), **kwargs)

    def add_path(self, points: np.ndarray, loss: np.ndarray, color: str = ACCENT) -> SurfacePath:
        """A path (T, 2) of x and y at its own true losses (T,); where they are off the slice, stems show by how much.

        Its ball waits at the first step; ``roll`` moves it. Raises: ValueError if it does not fit, or leaves the grid.
        """
        points, loss = finite("A path", points, 2), finite("The losses of a path", loss, 1)
        if points.shape != (len(loss), 2):
            raise ValueError(f"A path of {len(loss)} losses needs the places ({len(loss)}, 2), found {points.shape}.")
        if self.scales.log and loss.min() <= 0:
            raise ValueError(f"A path over logarithms cannot have the loss {loss.min():g}.")
        (x, y), across = self.scales.grid(), self.scales.across(points)
        if np.abs(across).max(axis=0)[0] > SIDES[0] / 2 + 1e-6 or np.abs(across[:, 1]).max() > SIDES[1] / 2 + 1e-6:
            raise ValueError("A path leaves the grid of its LossSurface.")
        across = np.clip(across, -SIDES / 2, SIDES / 2)
        path = SurfacePath(
            np.column_stack([across, self.scales.up(loss)]), between(x, y, self.vertices[..., 2], across), color
        )
        self.join(path)
        self.paths.add(path)
        self.draw_path(path)
        return path

    def roll(self, path: SurfacePath, to: float | None = None, **kwargs: Any) -> Roll:
        """The ball rolls to a step from 0 to T - 1 (the last one by default), its trail behind it."""
        last = len(path.at) - 1
        if to is not None and not 0 <= to <= last:
            raise ValueError(f"A path with the steps 0 to {last} cannot roll to {to:g}.")
        return Roll(self, path, last if to is None else to, **kwargs)

    def path_values(self, path: SurfacePath) -> np.ndarray:
        """x, y and loss (k, 3) of each step that was passed and last of the ball, decoded; exact to 1e-6 of the box."""
        local = path.drawn(self.seen)  # (k, 3)
        return np.column_stack([self.scales.points(local[:, :2]), self.scales.loss(local[:, 2])])

    def explain(self, shares: np.ndarray) -> "LossSurface":
        """Write beside x and y the shares (2,) of the path's variance along each, in per cent with one decimal."""
        held = finite("The explained shares", shares, 1, 0, 1)
        if held.shape != (2,):
            raise ValueError(f"A LossSurface has two directions to explain, found {held.shape} shares.")
        words = [_explanation(name, share) for name, share in zip(("x", "y"), held, strict=True)]
        self.explained = Signs(words, np.zeros((2, 3)), np.zeros((2, 2)))
        self._explain(self.seen)
        self.signs.add(self.explained)
        return self

    def explained_values(self) -> np.ndarray:
        """The written shares (2,) in per cent, decoded from their glyphs, exact to half a unit of the last decimal."""
        return np.array([line[1].values() for line in self.explained])

    def _explain(self, view: View) -> None:
        """Put the shares beside the near sides; they fade where their side is about to become the far one."""
        toward = view.axes()[2, :2] / np.cos(view.elevation)  # (2,) on the floor
        right, front = (1.0 if part >= 0 else -1.0 for part in toward)
        self.explained.places = np.array([[0, SIDES[1] / 2 * front, BOTTOM], [SIDES[0] / 2 * right, 0, BOTTOM]])
        self.explained.sides = _outwards(view, right, front)
        self.explained.draw(view, self.frame)
        for line, part in zip(self.explained, toward[::-1], strict=True):
            line.set_fill(opacity=min(1.0, abs(part) / TURNING))

    def _ticks(self) -> Signs:
        ticks = self.scales.ticks()
        numbers = [Number(tick, decimals_of(np.array([tick])), SMALL, DIM) for tick in ticks]
        sides = [[-1.0, 0.0]] * len(ticks) + [[0.0, 0.0]]
        return Signs([*numbers, Words("loss", SMALL, DIM)], np.zeros((len(ticks) + 1, 3)), np.array(sides))


def _explanation(name: str, share: float) -> VGroup:
    number = Number(100 * share, 1, SMALL, INK, unit="%")
    before, after = Words(f"${name}$:", SMALL, DIM), Words("of the path", SMALL, DIM)
    line = VGroup(before, number, after).arrange(buff=SMALL / 96 * WORD_SPACE)
    share_baseline(after, number)
    before.align_to(number, np.array([0, -1, 0]))
    return line


def _outwards(view: View, right: float, front: float) -> np.ndarray:
    """Directions (2, 2) on the screen away from the near sides of x and y, perpendicular to the drawn sides."""
    ends = [[(-1, front), (1, front)], [(right, -1), (right, 1)]]
    sides = np.pad(np.array(ends) * SIDES / 2, ((0, 0), (0, 0), (0, 1)), constant_values=BOTTOM)  # (2, 2, 3)
    drawn = view.see(sides.reshape(-1, 3))[0].reshape(2, 2, 3)[..., :2]
    along = drawn[:, 1] - drawn[:, 0]
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    away = drawn.mean(axis=1) - view.see(np.array([[0, 0, BOTTOM]]))[0][:, :2]  # (2, 2)
    return np.array(normal * np.sign((normal * away).sum(axis=1, keepdims=True)))


def _post(ticks: np.ndarray, view: View) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends (n, 3) of the scale: a post over all ticks, and a dash at each of these heights.

    It stands to the left of the floor however the eye turns, as far away as the middle.
    """
    right = view.axes()[0]
    foot = -right * (np.abs(right[:2]) @ SIDES / 2 + ASIDE)  # (3,)
    starts = foot + ticks[:, None] * (0, 0, 1)  # (k, 3)
    return np.concatenate([starts[:1], starts]), np.concatenate([starts[-1:], starts - TICK * right])


def _rim() -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends (4, 3) of the four sides of the floor."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (*SIDES / 2, 0) + (0, 0, BOTTOM)
    return corners, np.roll(corners, -1, axis=0)


def _rising(what: str, ticks: np.ndarray) -> np.ndarray:
    found = finite(f"The {what} of a LossSurface", ticks, 1)
    if len(found) < 2 or (np.diff(found) <= 0).any():
        raise ValueError(f"The {what} of a LossSurface must be at least two rising numbers.")
    return found


def _losses(loss: np.ndarray, shape: tuple[int, ...], log: bool) -> np.ndarray:
    found = finite("A LossSurface", loss, 2, low=float(np.nextafter(0, 1)) if log else -np.inf)
    if found.shape != shape:
        raise ValueError(f"A LossSurface over {shape[0]} y and {shape[1]} x cannot draw {found.shape} losses.")
    return found
