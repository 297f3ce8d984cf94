"""Points of a learned space seen from a moving eye: coloured dots, arrows with words that face the viewer, a floor."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Mobject, VGroup

from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.number import Number, share_baseline
from scenes.kit.pointer3d import Grow, Pointer, PointsAt
from scenes.kit.shapes import Shapes, circle_radii, circles, middles
from scenes.kit.space import Lines, View, floor_lines, foggy, parts, slab
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BACKGROUND, CLASSES, DIM, INK, SMALL

FLOOR = 0.62  # of the radius: half a side
LOWEST = 0.25  # of the radius: the floor is at least this far below the middle
ABOVE = 0.15  # units from the floor to the lowest dot
CELLS = 8
RIM = 2.0  # stroke width of the dark rim that parts groups and depths
RIMMED = 400  # dots that have a rim at most: strokes cost three times what the dots do
WORD_SPACE = 0.34  # em
THIN, AXIS = 0.008, 0.014  # units, widths of lines at the middle
VIEW = View()


def coordinates(points: np.ndarray, mean: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Points (n, d) along three directions (3, d) from their mean (d,): (n, 3).

    Raises: ValueError if the axes do not fit, or the directions are not perpendicular and of length 1 within 1e-3.
    """
    points, mean = finite("An Embed3D", points, 2), finite("The mean of an Embed3D", mean, 1)
    basis = finite("The basis of an Embed3D", basis, 2)
    if basis.shape != (3, points.shape[1]) or mean.shape != points.shape[1:]:
        raise ValueError(f"Points {points.shape} need a mean (d,) and a basis (3, d), got {mean.shape}, {basis.shape}.")
    if np.abs(basis @ basis.T - np.eye(3)).max() > 1e-3:
        raise ValueError("The basis of an Embed3D is not made of three perpendicular directions of length 1.")
    return np.array((points - mean) @ basis.T)


def _three(coordinates: np.ndarray) -> np.ndarray:
    found = finite("An Embed3D", coordinates, 2)
    if found.shape[1] != 3:
        raise ValueError(f"An Embed3D draws three coordinates for each point, found the shape {found.shape}.")
    return found


class Embed3D(PointsAt):
    """Coordinates (n, 3) as dots in the colour of their group (n,), larger when nearer, dimmer when farther.

    ``limit`` is the length that ``radius`` units stand for, by default the longest point; ``dot`` is the radius of a
    dot in the middle. ``values()`` gives all three coordinates back: the place says two of them and the size of the dot
    the third, exact to 1e-6 of the limit.
    Raises: ValueError for coordinates that are not (n, 3) or not finite, groups that do not fit.
    """

    def __init__(
        self,
        coordinates: np.ndarray,
        groups: Sequence[int] | np.ndarray | None = None,
        radius: float = 3.1,
        limit: float | None = None,
        dot: float = 0.055,
        view: View = VIEW,
        colors: Sequence[str] = CLASSES,
    ) -> None:
        super().__init__(view)
        self.at = _three(coordinates)  # (n, 3)
        self.groups = np.zeros(len(self.at), dtype=int) if groups is None else np.array(groups, dtype=int)
        if self.groups.shape != (len(self.at),) or self.groups.min() < 0 or self.groups.max() >= len(colors):
            raise ValueError(f"An Embed3D of {len(self.at)} points needs as many groups from 0 to {len(colors) - 1}.")
        self.limit = largest(np.linalg.norm(self.at, axis=1)) if limit is None else float(limit)
        if not 0 < self.limit < np.inf:
            raise ValueError(f"An Embed3D needs a positive limit, got {self.limit:g}.")
        self.radius, self.dot, self.colors = radius, dot, tuple(colors)
        self.bottom = float(self.local()[:, 2].min(initial=-LOWEST * radius)) - ABOVE
        self.floor = Lines(*floor_lines(FLOOR * radius, self.bottom, CELLS), THIN)
        self.cross = Lines(*self._cross(), AXIS, DIM)
        self.dots = Shapes(foggy(self.colors))
        if len(self.at) <= RIMMED:
            for mobject in self.dots.bins:
                mobject.set_stroke(BACKGROUND, RIM, background=True)
        self.add(self.floor, self.cross, self.dots, self.pointers, self.labels)
        self.draw(view)

    def draw(self, view: View) -> None:
        """Draw the dots, the floor, the arrows and their words as they are seen from there."""
        self.seen = view
        places, near = view.see(self.local())
        self.dots.place(circles(places, self.dot * near), slab(near, self.radius) * len(self.colors) + self.groups)
        self.floor.draw(view, self.radius * 1.4)
        self.cross.draw(view, self.radius)
        self.draw_pointers()

    def _cross(self) -> tuple[np.ndarray, np.ndarray]:
        """Starts and ends (3, 3) of the axes: along the floor's sides, and from the floor up."""
        ends = self.radius * np.diag([FLOOR, FLOOR, 1.0])
        return np.array([-ends[0], -ends[1], [0, 0, self.bottom]]), ends

    def local(self) -> np.ndarray:
        """All points in units from the middle, (n, 3)."""
        return np.array(self.at * (self.radius / self.limit))

    def values(self) -> np.ndarray:
        """Coordinates of all points, (n, 3), decoded from the places and sizes of the dots; exact to 1e-6 limit."""
        outlines = self.dots.outlines()
        return self.seen.unsee(middles(outlines), circle_radii(outlines) / self.dot) * (self.limit / self.radius)

    def drawn_groups(self) -> np.ndarray:
        """The group of each point, (n,), decoded from the colours drawn now.

        Raises: ValueError if a colour is that of no group.
        """
        known = {color: index % len(self.colors) for index, (color, _) in enumerate(foggy(self.colors))}
        found = [mobject.get_fill_color().to_hex() for mobject in self.dots.bins]
        if not set(found) <= set(known):
            raise ValueError("A dot of an Embed3D has the colour of no group.")
        return np.array([known[color] for color in found])[self.dots.style()]

    def arrow_values(self) -> np.ndarray:
        """Both ends of each arrow, (m, 2, 3): decoded from places and widths; exact to 1e-6 limit."""
        arrows = [pointer.ends(self.seen) for pointer in parts(self.pointers, Pointer) if pointer.arrow]
        return np.array(arrows).reshape(-1, 2, 3) * (self.limit / self.radius)

    def set_values(self, coordinates: np.ndarray) -> "Embed3D":
        """Draw other coordinates (n, 3) of the same points at once."""
        moved = _three(coordinates)
        if moved.shape != self.at.shape:
            raise ValueError(f"An Embed3D of {len(self.at)} points cannot draw {len(moved)}.")
        self.at = moved
        self.draw(self.view())
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """Every point moves straight to its new coordinates (n, 3)."""
        return Change(self, _three(target), **kwargs)

    def point_at(
        self, indices: Sequence[int], labels: Sequence[Mobject], colors: Sequence[str] | None = None, **kwargs: Any
    ) -> Grow:
        """An arrow grows from the middle to each of these points, and its label (words or a small picture) appears."""
        inks = [INK] * len(indices) if colors is None else colors
        picked = zip(indices, labels, inks, strict=True)
        return self._grow([Pointer([self._point(i)], label, color) for i, label, color in picked], **kwargs)

    def subtract(self, end: int, start: int, label: Mobject | None = None, color: str = ACCENT, **kwargs: Any) -> Grow:
        """The difference of two points, ``end`` - ``start``, grows as an arrow from the one to the other."""
        return self._grow([Pointer([self._point(end)], label, color, start=self._point(start))], **kwargs)

    def name_groups(self, labels: Sequence[Mobject], **kwargs: Any) -> Grow:
        """A label appears in the middle of the points of each group from 0 on."""
        members = [np.flatnonzero(self.groups == group) for group in range(len(labels))]
        if not all(map(len, members)):
            raise ValueError("A group without points cannot be named.")
        named = zip(members, labels, strict=True)
        return self._grow([Pointer(of, label, arrow=False) for of, label in named], **kwargs)

    def dismiss(self, **kwargs: Any) -> Grow:
        """All arrows shrink and labels fade; new ones may then be drawn."""
        return Grow(self, parts(self.pointers, Pointer), there=False, **kwargs)

    def _grow(self, pointers: list[Pointer], **kwargs: Any) -> Grow:
        self.hang(pointers)
        return Grow(self, pointers, **kwargs)

    def _point(self, index: int) -> int:
        if not 0 <= index < len(self.at):
            raise ValueError(f"An Embed3D of {len(self.at)} points has no point {index}.")
        return int(index)


class Variance(VGroup):
    """'3 of 16 directions hold 70 % of the variance', from the shares (k,) of the drawn directions of ``total``.

    ``values()`` are the three numbers as written: exact counts, the share in per cent rounded to a whole one.
    Raises: ValueError for shares outside [0, 1], or more directions than there are.
    """

    def __init__(self, shares: np.ndarray, total: int, size: float = SMALL, color: str = DIM) -> None:
        held = finite("The explained variance", shares, 1, 0, 1)
        if len(held) > total or held.sum() > 1 + 1e-6:
            raise ValueError(f"{len(held)} of {total} directions cannot hold {held.sum():.0%} of the variance.")
        written = [(len(held), ""), (total, ""), (100 * held.sum(), "%")]
        numbers = [Number(value, 0, size, INK, unit=unit) for value, unit in written]
        words = [Words(text, size, color) for text in ("of", "directions hold", "of the variance")]
        super().__init__(*(part for pair in zip(numbers, words, strict=True) for part in pair))
        self.arrange(buff=size / 96 * WORD_SPACE)
        for part in (*numbers[1:], *words):
            share_baseline(part, numbers[0])
        self.center()

    def values(self) -> np.ndarray:
        """Directions drawn, directions there are, per cent of the variance, (3,), decoded from the glyphs."""
        return np.array([number.values() for number in self[::2]])
