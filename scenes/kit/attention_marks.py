"""What an attention grid draws in its cells, dots or written numbers and the hatching of what is masked, as a batch.

Coordinates are local: one cell is one unit, the upper left corner of the first head is the origin, y points up.
"""

from dataclasses import dataclass

import numpy as np
from manim import ManimColor, VGroup, VMobject

from scenes.kit.number import NumberField
from scenes.kit.shapes import Frame, Shapes, circle_radii, circles, strip_ends, strips
from scenes.theme import INK, NEGATIVE, POSITIVE, RULE

FULL_DOT = 0.44  # radius of a dot for the limit
HATCH = 0.03  # width of a line that says that there is nothing
DRAWN = 1e-6
BLUE, LIGHT = (np.array(ManimColor(c).to_rgb()) for c in (POSITIVE, INK))  # (3,) each


@dataclass(frozen=True)
class Marks:
    """What the n cells show: value / scale in [-1, 1] (n,), how far each is hatched in [0, 1] (n,), and the stage.

    ``ink`` is 0 for scores, whose scale is the limit, and 1 for weights, whose scale is 1. A share that is NaN says
    that nothing is written there; ``clear`` is the opacity of the written numbers that ``swap`` says change, (n,).
    """

    shares: np.ndarray
    hatch: np.ndarray
    ink: float
    clear: float = 1.0
    swap: np.ndarray | None = None

    def towards(self, other: "Marks", share: float) -> "Marks":
        """The marks between these and others, at a share in [0, 1]."""
        return Marks(
            (1 - share) * self.shares + share * other.shares,
            (1 - share) * self.hatch + share * other.hatch,
            (1 - share) * self.ink + share * other.ink,
        )


def swapped(start: Marks, end: Marks, share: float) -> Marks:
    """Between two sets of written numbers: old ones leave in the first half, new ones arrive in the second.

    Numbers that are the same before and after stay.
    """
    near, hatch = start if share < 0.5 else end, (1 - share) * start.hatch + share * end.hatch
    written = [np.where(marks.hatch < 1 - DRAWN, marks.shares, np.nan) for marks in (start, end, near)]
    swap = (written[0] != written[1]) | (start.ink != end.ink)
    return Marks(written[2], hatch, near.ink, abs(1 - 2 * share), swap)


class Dots(VGroup):
    """A dot in each cell whose area is |value|, blue above zero and orange below, ink for weights."""

    def __init__(self, centres: np.ndarray) -> None:
        self.centres = centres
        self.shapes = Shapes([(POSITIVE, 1.0), (NEGATIVE, 1.0)])
        super().__init__(self.shapes)

    @property
    def axes(self) -> Frame:
        """The local coordinates of the whole grid."""
        return self.shapes.frame

    def draw(self, marks: Marks, limit: float) -> None:
        """Draw these values and this stage."""
        radii = FULL_DOT * np.sqrt(np.abs(marks.shares))
        self.shapes.place(circles(self.centres, radii), (marks.shares < 0).astype(int))
        self.shapes.bins[0].set_fill(_mixed(marks.ink), family=False)

    def shares(self, limit: float) -> np.ndarray:
        """value / scale of each cell, (n,), from the areas, negative where the dot is orange."""
        down = np.array([m.get_fill_color().to_hex() == NEGATIVE for m in self.shapes.bins])  # (2,)
        sizes = (circle_radii(self.shapes.outlines()) / FULL_DOT) ** 2
        return np.where(down[self.shapes.style()], -sizes, sizes)

    def ink(self) -> float:
        """How far the dots are weights: from the colour of the positive ones."""
        return _unmixed(self.shapes.bins[0])


class Written(VGroup):
    """The number of each cell that is not masked, with fixed decimals, blue above zero and orange below."""

    def __init__(self, centres: np.ndarray, decimals: int, height: float) -> None:
        self.centres, self.decimals, self.digit = centres, decimals, height
        nothing = np.zeros((0, 3))
        colors = (POSITIVE, NEGATIVE, POSITIVE, NEGATIVE)  # those that stay, those that change
        self.fields = [NumberField(np.zeros(0), nothing, decimals, height, color) for color in colors]
        self.members = [np.zeros(0, dtype=int)] * len(colors)
        self.axes = Frame()
        self.axes.stand(centres)
        super().__init__(*self.fields, self.axes)

    def draw(self, marks: Marks, limit: float) -> None:
        """Write the values of this stage."""
        values = marks.shares * scale(marks.ink, limit)
        down, seen = np.round(values, self.decimals) < 0, (marks.hatch < 1 - DRAWN) & np.isfinite(values)
        swap = np.zeros(len(values), dtype=bool) if marks.swap is None else marks.swap
        parts = [seen & (down == sign) & (swap == changes) for changes in (False, True) for sign in (False, True)]
        for index, (field, chosen) in enumerate(zip(self.fields, parts, strict=True)):
            self.members[index] = np.flatnonzero(chosen)
            local = NumberField(values[chosen], self.centres[chosen], self.decimals, self.digit, INK).points
            field.points = self.axes.out(local)
            field.set_fill(opacity=marks.clear if index > 1 else 1.0, family=False)
        for field in self.fields[::2]:
            field.set_fill(_mixed(marks.ink), family=False)

    def shares(self, limit: float) -> np.ndarray:
        """value / scale of each cell, (n,), from the glyphs, NaN where nothing is written."""
        found = np.full(len(self.centres), np.nan)
        for field, members in zip(self.fields, self.members, strict=True):
            found[members] = field.values()
        return found / scale(self.ink(), limit)

    def ink(self) -> float:
        """How far the numbers are weights: from the colour of the positive ones."""
        return _unmixed(self.fields[0])


class Hatching(VMobject):
    """A diagonal line through each cell that has no value; (n,) cells, each hatched to a share of its diagonal."""

    def __init__(self, axes: Frame, centres: np.ndarray) -> None:
        self.axes, self.corners = axes, centres - (0.5, 0.5, 0)
        self.members = np.zeros(0, dtype=int)
        super().__init__(fill_color=RULE, fill_opacity=1, stroke_width=0)

    def draw(self, shares: np.ndarray) -> None:
        """Hatch each cell to this share, (n,)."""
        self.members = np.flatnonzero(shares > 0)
        start = self.corners[self.members]
        end = start + shares[self.members, None] * (1, 1, 0)
        self.points = self.axes.out(strips(start, end, np.full(len(start), HATCH))).reshape(-1, 3)  # (16 k, 3)

    def shares(self) -> np.ndarray:
        """How far each cell is hatched, (n,), from the lengths of the lines."""
        ends = strip_ends(self.axes.back(self.points.reshape(-1, 16, 3)))  # (k, 2, 3)
        found = np.zeros(len(self.corners))
        found[self.members] = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / np.sqrt(2)
        return found


def scale(ink: float, limit: float) -> float:
    """What a full dot stands for: the limit among scores, 1 among weights, between them on the way."""
    return (1 - ink) * limit + ink


def _mixed(ink: float) -> ManimColor:
    return ManimColor((1 - ink) * BLUE + ink * LIGHT)


def _unmixed(mobject: VMobject) -> float:
    return float((mobject.get_fill_rgbas()[0, 0] - BLUE[0]) / (LIGHT[0] - BLUE[0]))
