"""Bars that take other values; n is the count of bars."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, Rectangle, VGroup

from scenes.kit.bar_chart import BarChart
from scenes.theme import NEGATIVE, POSITIVE

PLAIN_MOST = 1_000
WIDTH, HEIGHT = 6.0, 7.0


def values(n):
    """The first and the last of a change, (2, n)."""
    return np.random.default_rng(0).uniform(-1, 1, (2, n))


def bars(n):
    first, last = values(n)
    drawn = BarChart(first, size=(WIDTH, HEIGHT), span=(-1, 1), decimals=None)
    return drawn, lambda t: drawn.set_values((1 - t) * first + t * last)


def plain_bars(n):
    first, last = values(n)
    pitch = HEIGHT / n
    drawn = VGroup(*(Rectangle(width=1, height=0.6 * pitch, stroke_width=0, fill_opacity=1) for _ in range(n)))

    def step(t):
        for row, (bar, value) in enumerate(zip(drawn, (1 - t) * first + t * last, strict=True)):
            bar.stretch_to_fit_width(max(abs(value) * WIDTH / 2, 1e-3)).set_fill(POSITIVE if value > 0 else NEGATIVE)
            bar.move_to(DOWN * (row * pitch - HEIGHT / 2), aligned_edge=LEFT if value > 0 else RIGHT)

    return drawn, step


ROWS = [("Bars that change", bars, plain_bars)]
