"""Attention patterns that change, as dots and as written numbers."""

import numpy as np
from manim import DecimalNumber, Dot, MathTypst, VGroup

from scenes.kit.attention_grid import AttentionGrid

PLAIN_MOST = 1000


def pattern(n, seed):
    side = round(n**0.5)
    powers = np.exp(2 * np.random.default_rng(seed).normal(size=(side, side)))
    return powers / powers.sum(axis=1, keepdims=True)


def changing(n, decimals=None):
    start, end = pattern(n, 0), pattern(n, 1)
    grid = AttentionGrid(start, height=6, decimals=decimals)
    return grid, lambda t: grid.set_values((1 - t) * start + t * end)


def dots_plain(n):
    start, end = pattern(n, 0).ravel(), pattern(n, 1).ravel()
    cell = 6 / len(pattern(n, 0))
    dots = VGroup(*(Dot(radius=cell / 2) for _ in start)).arrange_in_grid(len(pattern(n, 0)), buff=0)

    def step(t):
        for dot, weight in zip(dots, (1 - t) * start + t * end, strict=True):
            dot.scale_to_fit_width(cell * weight**0.5)

    return dots, step


def numbers_plain(n):
    start, end = pattern(n, 0).ravel(), pattern(n, 1).ravel()
    cell = 6 / len(pattern(n, 0))
    numbers = VGroup(*(DecimalNumber(v, 2, mob_class=MathTypst, font_size=40 * cell) for v in start))
    numbers.arrange_in_grid(len(pattern(n, 0)), buff=0.3 * cell)

    def step(t):
        for number, weight in zip(numbers, (1 - t) * start + t * end, strict=True):
            number.set_value(weight)

    return numbers, step


ROWS = [
    ("AttentionGrid dots", changing, dots_plain),
    ("AttentionGrid numbers", lambda n: changing(n, decimals=2), numbers_plain),
]
