"""Thousands of small filled shapes as a few mobjects: one for each style, not one for each shape.

A shape is a closed outline of four cubic pieces, (16, 3). Components compute outlines in coordinates of their own; an
invisible frame of axes among the drawn mobjects carries every shift, scaling and rotation that is done to the whole, so
that outlines can be set anew, and read back, wherever the component has been moved.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from manim import VGroup, VMobject

from scenes.theme import NEGATIVE, POSITIVE

LEVELS = 8  # of opacity for each sign
AXIS = 1e-3  # units; long enough to be exact, short enough to be seen by nothing
STEP = 1e-4  # of the way from the axes to the local origin
ROUND = 0.5522847498  # handle of a quarter circle over its radius: the cubic that meets the arc in its middle


def _times(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """points (..., 3) @ matrix (3, 3), on one thread: BLAS would wake all of its own for it, at ten times the cost."""
    return np.array(np.einsum("...i,ij->...j", points, matrix))


class Frame(VMobject):
    """Invisible axes that are moved along with the group that they are in.

    They are short and stand in the middle of what is drawn, so that they do not count in the bounds of the group; a
    fourth short step says where the origin of the local coordinates is from there.
    """

    def __init__(self) -> None:
        super().__init__(stroke_width=0, fill_opacity=0, stroke_opacity=0)
        self.points = np.concatenate([AXIS * np.eye(3), np.zeros((5, 3))])  # (8, 3): x, y, z, step to origin, middle

    def axes(self) -> np.ndarray:
        """Where the unit steps along x, y and z lead now, (3, 3), a row each."""
        return (self.points[:3] - self.points[4]) / AXIS

    def origin(self) -> np.ndarray:
        """Where local (0, 0, 0) is in the scene, (3,)."""
        return self.points[4] + (self.points[3] - self.points[4]) / STEP

    def stand(self, local: np.ndarray) -> None:
        """Move the axes to the middle of local coordinates (n, 3), without a change of what they say."""
        axes, origin = self.axes(), self.origin()
        middle = (local.min(axis=0) + local.max(axis=0)) / 2 @ axes + origin
        steps = np.concatenate([AXIS * axes, [STEP * (origin - middle)], np.zeros((4, 3))])
        self.points = middle + steps

    def out(self, local: np.ndarray) -> np.ndarray:
        """Local coordinates (..., 3) as places in the scene, (..., 3)."""
        return _times(local, self.axes()) + self.origin()

    def back(self, places: np.ndarray) -> np.ndarray:
        """Places in the scene (..., 3) as local coordinates, (..., 3)."""
        return _times(places - self.origin(), np.linalg.inv(self.axes()))


class Shapes(VGroup):
    """Filled shapes, drawn in the order of their styles: (colour, opacity) pairs, one mobject for each.

    Shapes of one mobject that overlap are drawn as their union, so all outlines must turn the same way. ``most`` is how
    many a mobject may hold; the rest goes to more of the same style. Long shapes that cross each other are filled in
    half the time when a path holds no more than 16 of them.
    """

    def __init__(self, styles: Sequence[tuple[str, float]], most: int | None = None) -> None:
        super().__init__(*(VMobject(fill_color=c, fill_opacity=o, stroke_width=0) for c, o in styles))
        self.bins = tuple(self.submobjects)
        self.members: list[np.ndarray] = [np.zeros(0, dtype=int) for _ in styles]
        self.most = most
        self.frame = Frame()
        self.add(self.frame)

    def place(self, outlines: np.ndarray, style: np.ndarray) -> "Shapes":
        """Draw these outlines instead: (n, 16, 3) in local coordinates, each with the index of its style, (n,)."""
        if len(outlines):
            self.frame.stand(outlines[:, ::4].reshape(-1, 3))  # corners, or where a circle reaches farthest
        drawn = self.frame.out(outlines)
        for index, mobject in enumerate(self.bins):
            self.members[index] = np.flatnonzero(style == index)
            self._fill(mobject, self.members[index], drawn)
        return self

    def _fill(self, mobject: VMobject, members: np.ndarray, drawn: np.ndarray) -> None:
        most = self.most or max(len(members), 1)
        while most * (1 + len(mobject.submobjects)) < len(members):
            color, opacity = mobject.get_fill_color(), mobject.get_fill_opacity()
            mobject.add(VMobject(fill_color=color, fill_opacity=opacity, stroke_width=0))
        for count, piece in enumerate((mobject, *mobject.submobjects)):
            piece.points = drawn[members[count * most : (count + 1) * most]].reshape(-1, 3)  # (16 k, 3)

    def pieces(self) -> Iterator[tuple[VMobject, np.ndarray]]:
        """Each mobject with the indices of the shapes that it draws now."""
        for mobject, members in zip(self.bins, self.members, strict=True):
            first = 0
            for piece in (mobject, *mobject.submobjects):
                count = len(piece.points) // 16
                yield piece, members[first : first + count]
                first += count

    def outlines(self) -> np.ndarray:
        """The outlines drawn now, (n, 16, 3), in local coordinates and in the order they were placed in."""
        found = np.zeros((sum(map(len, self.members)), 16, 3))
        for mobject, members in self.pieces():
            found[members] = mobject.points.reshape(-1, 16, 3)
        return self.frame.back(found)

    def colors(self) -> np.ndarray:
        """The colour that each shape is drawn in now, (n,) hex."""
        found = np.full(sum(map(len, self.members)), "#000000")
        for mobject, members in self.pieces():
            found[members] = mobject.get_fill_color().to_hex()
        return found

    def style(self) -> np.ndarray:
        """Index of the style that each shape is drawn in now, (n,)."""
        found = np.zeros(sum(map(len, self.members)), dtype=int)
        for index, members in enumerate(self.members):
            found[members] = index
        return found


def signed_styles() -> list[tuple[str, float]]:
    """Positive colours from faint to full, then negative ones: the styles that ``signed_style`` points to."""
    return [(color, (level + 1) / LEVELS) for color in (POSITIVE, NEGATIVE) for level in range(LEVELS)]


def signed_style(shares: np.ndarray) -> np.ndarray:
    """Index of the style of each value / max in [-1, 1], (n,): the sign's colour, opacity rounded up to an eighth."""
    level = np.clip(np.ceil(np.abs(shares) * LEVELS).astype(int) - 1, 0, LEVELS - 1)
    return np.where(shares < 0, LEVELS + level, level)


def signs(shapes: Shapes) -> np.ndarray:
    """+1 or -1 for each shape of signed styles, (n,), from the colours drawn now."""
    return np.where(shapes.colors() == NEGATIVE, -1, 1)


def polygons(corners: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of quadrilaterals, corners (n, 4, 3) in order."""
    along = (np.roll(corners, -1, axis=1) - corners)[:, :, None]  # (n, 4, 1, 3)
    steps = np.array([0, 1 / 3, 2 / 3, 1])[:, None]  # (4, 1)
    return (corners[:, :, None] + steps * along).reshape(-1, 16, 3)


def strips(starts: np.ndarray, ends: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of straight lines in the plane, starts and ends (n, 3), widths (n,) in units."""
    along = ends - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)  # (n, 1)
    side = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1) / length  # (n, 3)
    half = side * np.asarray(widths)[:, None] / 2
    return polygons(np.stack([starts + half, starts - half, ends - half, ends + half], axis=1))


def strip_widths(outlines: np.ndarray) -> np.ndarray:
    """Width of each strip, (n,), in local units."""
    return np.array(np.linalg.norm(outlines[:, 3] - outlines[:, 0], axis=1))


def strip_ends(outlines: np.ndarray) -> np.ndarray:
    """Middle of each strip's start and end, (n, 2, 3)."""
    start, end = (outlines[:, 0] + outlines[:, 3]) / 2, (outlines[:, 8] + outlines[:, 11]) / 2
    return np.stack([start, end], axis=1)


def rectangles(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of upright rectangles from their lower left and upper right corners, (n, 3) each."""
    right, top = high * (1, 0, 0) + low * (0, 1, 1), high * (0, 1, 0) + low * (1, 0, 1)
    return polygons(np.stack([low, right, high, top], axis=1))


def circles(centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of circles in the plane, centres (n, 3), radii (n,), to 0.03 % of the radius."""
    x, y = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    turns = [(x, y), (y, -x), (-x, -y), (-y, x)]
    unit = np.concatenate([[a, a + ROUND * b, b + ROUND * a, b] for a, b in turns])  # (16, 3)
    return centres[:, None] + np.asarray(radii)[:, None, None] * unit


def circle_radii(outlines: np.ndarray) -> np.ndarray:
    """Radius of each circle, (n,), in local units."""
    return np.array(np.linalg.norm(outlines[:, 0] - outlines[:, 8], axis=1) / 2)


def middles(outlines: np.ndarray) -> np.ndarray:
    """Centre of each symmetric shape, (n, 3)."""
    return (outlines[:, 0] + outlines[:, 8]) / 2
