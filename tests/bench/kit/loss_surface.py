"""A turning surface of n faces with its contours, and a ball on a path over it, beside manim's Surface, rotated."""

import numpy as np
from manim import OUT, RIGHT, Surface

from scenes.kit.loss_surface import LossSurface
from scenes.kit.space import View

PLAIN_MOST = 1_000


def grid(n):
    ticks = np.linspace(-2, 2, round(n**0.5) + 1)
    return ticks, ticks**2 + (ticks[:, None] - 0.3) ** 2 + np.sin(3 * ticks) * np.cos(2 * ticks[:, None])


def turning(n):
    ticks, loss = grid(n)
    surface = LossSurface(loss, ticks, ticks)
    return surface, lambda t: surface.look(View(2 * t, 0.5))


def rolling(n):
    ticks, loss = grid(n)
    surface = LossSurface(loss, ticks, ticks)
    along = np.linspace(-1.5, 0.5, 24)
    roll = surface.roll(surface.add_path(np.column_stack([along, along]), np.interp(along, ticks, np.diag(loss))))
    roll.begin()
    return surface, roll.interpolate


def plain(n):
    side = round(n**0.5)
    surface = Surface(
        lambda u, v: np.array([u, v, (u**2 + (v - 0.3) ** 2 + np.sin(3 * u) * np.cos(2 * v)) / 4]),
        u_range=[-2, 2],
        v_range=[-2, 2],
        resolution=(side, side),
    )
    surface.rotate(-1, RIGHT)
    before = [0.0]

    def step(t):
        surface.rotate(2 * (t - before[0]), OUT, about_point=np.zeros(3))
        before[0] = t

    return surface, step


ROWS = [("LossSurface turning", turning, plain), ("LossSurface ball", rolling, plain)]
