"""Pictures whose values change, and pieces of a picture that travel to a column."""

import numpy as np
from manim import Circle, ManimColor, Square, VGroup

from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.pixel_pieces import texture

PLAIN_MOST = 1000


def shades(n, seed):
    side = round(n**0.5)
    return np.random.default_rng(seed).uniform(size=(side, side))


def changing(n):
    start, end = shades(n, 0), shades(n, 1)
    grid = PixelGrid(start, height=6)
    return grid, lambda t: grid.set_values((1 - t) * start + t * end)


def changing_plain(n):
    start, end = shades(n, 0).ravel(), shades(n, 1).ravel()
    cells = VGroup(*(Square(6 / len(shades(n, 0)), stroke_width=0, fill_opacity=1) for _ in start))
    cells.arrange_in_grid(len(shades(n, 0)), buff=0)

    def step(t):
        for cell, rgb in zip(cells, texture((1 - t) * start + t * end, signed=False), strict=True):
            cell.set_fill(ManimColor(rgb.astype(int)))

    return cells, step


def travelling(n):
    grid = PixelGrid(shades(n, 0), height=6)
    for animation in (grid.to_circles(), grid.to_column(7)):
        animation.begin()
        animation.interpolate(1)
    return grid, animation.interpolate


def travelling_plain(n):
    values = shades(n, 0)
    circles = VGroup(*(Circle(2 / len(values), stroke_width=1, fill_opacity=v) for v in values.ravel()))
    circles.arrange_in_grid(len(values), buff=1 / len(values))
    start = [circle.get_center() for circle in circles]
    ends = np.linspace([0, 3.5, 0], [0, -3.5, 0], len(circles))

    def step(t):
        for circle, a, b in zip(circles, start, ends, strict=True):
            circle.move_to((1 - t) * a + t * b)

    return circles, step


ROWS = [
    ("PixelGrid values change", changing, changing_plain),
    ("PixelGrid pieces travel", travelling, travelling_plain),
]
