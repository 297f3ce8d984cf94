"""A matrix of n written entries that all change in every frame."""

import numpy as np
from manim import LEFT, RIGHT, DecimalNumber, MathTypst, VGroup

from scenes.kit.number_array import NumberArray

NAME = "NumberArray"
PLAIN_MOST = 1000
SIDES = ((r"\[", LEFT), (r"\]", RIGHT))


def entries(n, t):
    """About n entries, two columns for each row, (rows, columns)."""
    rows = max(1, int(np.sqrt(n / 2)))
    return 3 * np.cos(np.arange(rows * 2 * rows).reshape(rows, -1) + 5 * t)


def ours(n):
    values = entries(n, 0)
    shown = [np.arange(length) for length in values.shape]
    array = NumberArray(values, shown, size=160 / len(values), limit=3)
    return array, lambda t: array.set_values(entries(n, t))


def plain(n):
    """A grid of DecimalNumber between Typst's brackets."""
    table = entries(n, 0)
    scale = 3.4 / len(table)
    numbers = VGroup()
    for (row, column), value in np.ndenumerate(table):
        number = DecimalNumber(value, include_sign=True, mob_class=MathTypst, font_size=48 * scale)
        numbers.add(number.move_to([2 * column * scale - 7, 3.5 - 2 * row * scale, 0]))
    brackets = VGroup(*(MathTypst(mark).match_height(numbers).next_to(numbers, side) for mark, side in SIDES))

    def step(t):
        for number, value in zip(numbers, entries(n, t).ravel().tolist(), strict=True):
            number.set_value(value)

    return VGroup(numbers, brackets), step
