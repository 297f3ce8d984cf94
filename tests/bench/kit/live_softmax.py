"""Bars with their numbers that follow a temperature; n is the count of bars."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, DecimalNumber, Rectangle, Text, VGroup

from scenes.kit.distribution import Distribution, softmax
from scenes.theme import INK

PLAIN_MOST = 100  # a thousand numbers take manim eight seconds a frame
PITCH, HEIGHT = 0.4, 7.0


def logits(n):
    return np.linspace(-3, 3, n)


def ours(n):
    chart = Distribution(softmax(logits(n)), size=(5, PITCH * n), span=(0, 1)).scale_to_fit_height(HEIGHT)
    return chart, lambda t: chart.set_values(softmax(logits(n), 0.2 + 5 * t))


def plain(n):
    bars = VGroup(*(Rectangle(width=1, height=0.3, stroke_width=0, fill_opacity=1) for _ in range(n)))
    numbers = VGroup(*(DecimalNumber(0, mob_class=Text) for _ in range(n)))
    shrink = HEIGHT / (PITCH * n)
    bars.scale(shrink), numbers.scale(shrink)

    def step(t):
        for row, (bar, number, value) in enumerate(zip(bars, numbers, softmax(logits(n), 0.2 + 5 * t), strict=True)):
            bar.stretch_to_fit_width(max(5 * value, 1e-3))
            bar.move_to(DOWN * (PITCH * shrink * row - HEIGHT / 2), aligned_edge=LEFT)
            number.set_value(value).set_color(INK).next_to(bar, RIGHT, buff=0.12)

    return VGroup(bars, numbers), step


NAME = "Bars and numbers of a live softmax"
