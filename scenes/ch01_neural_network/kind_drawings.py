"""Plain drawings of three kinds of networks, without numbers: in each the part that is a weighted sum stands apart."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, ArcBetweenPoints, Circle, Line, Square, VGroup, VMobject

from scenes.theme import DIM, HAIRLINE, INK, LINE

CELL, WINDOW = 0.235, 3  # of the picture; cells along the window's side
PIXELS, FOUND = 7, 5  # cells along the side of the picture, and of what is found in it
NEURON = 0.13  # radius
TIP = 0.13


class Drawing(VGroup):
    """A drawing in two parts: ``rest``, and ``sums``, the neurons and lines in which weights are added up."""

    def __init__(self, rest: VGroup, sums: VGroup) -> None:
        self.rest, self.sums = rest, sums
        super().__init__(rest, sums)
        self.center()


def convolutional() -> Drawing:
    """A window on a grid of pixels leads to one cell of a smaller grid."""
    pixels, found = grid(PIXELS, CELL).shift(LEFT * 0.8), grid(FOUND, CELL).shift(RIGHT * 0.98)
    seen = Square(WINDOW * CELL, stroke_color=INK, stroke_width=LINE).move_to(pixels[PIXELS * 2 + 3])
    cell = Square(CELL, stroke_color=INK, stroke_width=LINE, fill_opacity=0).move_to(found[FOUND + 2])
    rays = VGroup(*(line(seen.get_corner(side + RIGHT), cell.get_corner(side + LEFT)) for side in (UP, DOWN)))
    return Drawing(VGroup(pixels, found), VGroup(seen, rays, cell))


def recurrent() -> Drawing:
    """Three columns of neurons, and a loop from the middle one back to itself."""
    columns = [column(3).shift(RIGHT * 1.15 * place + DOWN * 0.3) for place in (-1, 0, 1)]
    top = columns[1].get_top() + UP * 0.12
    loop = ArcBetweenPoints(top + RIGHT * 0.22, top + LEFT * 0.22, angle=1.62 * np.pi)
    loop.set_stroke(INK, LINE)
    back = VGroup(loop, head(loop.get_end(), np.array([0.55, -1.0, 0])))
    return Drawing(VGroup(back), VGroup(joined(columns[0], columns[1]), joined(columns[1], columns[2]), *columns))


def transformer() -> Drawing:
    """A row of tokens, the middle one of which looks at all others, and a small network above it."""
    tokens = VGroup(*(Square(0.36, stroke_color=DIM, stroke_width=LINE * 0.8) for _ in range(5))).arrange(
        RIGHT, buff=0.2
    )
    top = tokens[2].get_top() + UP * 0.03
    looks = VGroup()
    for place in (0, 1, 3, 4):
        angle = 0.6 * np.pi * (1 if place > 2 else -1)
        looks.add(ArcBetweenPoints(tokens[place].get_top(), top, angle=angle).set_stroke(DIM, LINE * 0.8))
    rows = [row(count).move_to(top + UP * height) for count, height in ((3, 0.95), (4, 1.5), (3, 2.05))]
    rise = VGroup(line(top, rows[0].get_bottom() + DOWN * 0.08))
    sums = VGroup(joined(rows[0], rows[1]), joined(rows[1], rows[2]), *rows)
    return Drawing(VGroup(tokens, looks, rise), sums)


def grid(count: int, cell: float) -> VGroup:
    """A square of empty cells, row by row."""
    cells = (Square(cell, stroke_color=DIM, stroke_width=HAIRLINE * 0.7) for _ in range(count * count))
    return VGroup(*cells).arrange_in_grid(count, count, buff=0)


def column(count: int) -> VGroup:
    """Empty neurons one below the other."""
    return VGroup(*(neuron() for _ in range(count))).arrange(DOWN, buff=0.28)


def row(count: int) -> VGroup:
    """Empty neurons side by side."""
    return VGroup(*(neuron() for _ in range(count))).arrange(RIGHT, buff=0.16)


def neuron() -> Circle:
    """An empty circle: what it would hold is not said."""
    return Circle(NEURON, stroke_color=INK, stroke_width=LINE * 0.8)


def joined(some: VGroup, others: VGroup) -> VGroup:
    """A line from each neuron of one group to each of another, from rim to rim."""
    lines = VGroup()
    for a in some:
        for b in others:
            way = (b.get_center() - a.get_center()) / np.linalg.norm(b.get_center() - a.get_center())
            lines.add(line(a.get_center() + NEURON * way, b.get_center() - NEURON * way))
    return lines


def line(start: np.ndarray, end: np.ndarray) -> Line:
    """A thin line."""
    return Line(start, end, stroke_color=INK, stroke_width=HAIRLINE)


def pointer(start: np.ndarray, end: np.ndarray) -> VGroup:
    """A thin straight arrow."""
    return VGroup(line(start, end), head(end, end - start)).set_color(DIM)


def head(at: np.ndarray, way: np.ndarray) -> VMobject:
    """A small filled triangle whose tip is at a place and points along a way."""
    along = way / np.linalg.norm(way)
    across = np.array([-along[1], along[0], 0])
    tip = VMobject(fill_color=INK, fill_opacity=1, stroke_width=0)
    corners = [at, at - TIP * along + TIP * 0.55 * across, at - TIP * along - TIP * 0.55 * across, at]
    return tip.set_points_as_corners(corners)
