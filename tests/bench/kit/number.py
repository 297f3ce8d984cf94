"""Numbers that change in every frame: cached glyphs beside manim's decimals and beside setting type anew."""

import numpy as np
from manim import DecimalNumber, MathTypst, VGroup

from scenes.kit.number import LiveNumber, NumberField

PLAIN_MOST = 1000
DECIMALS = 2


def places(n):
    """A grid of n places over the frame, (n, 3)."""
    columns = int(np.ceil(np.sqrt(n * 16 / 9)))
    x, y = np.arange(n) % columns, np.arange(n) // columns
    return np.stack([(x + 0.5) / columns * 14 - 7, 4 - (y + 0.5) / columns * 14, 0 * x], axis=1)


def values(n, t):
    """n numbers that all change with t."""
    return 3 * np.cos(np.arange(n) + 5 * t)


def size(n):
    """Font size at which n numbers fit their grid."""
    return 96 * 14 / np.ceil(np.sqrt(n * 16 / 9)) / 3.5


def live(n):
    group = VGroup(*(LiveNumber(value, DECIMALS, size=size(n)) for value in values(n, 0)))
    for number, place in zip(group, places(n), strict=True):
        number.move_to(place)

    def step(t):
        for number, value in zip(group, values(n, t).tolist(), strict=True):
            number.set_values(value)

    return group, step


def field(n):
    height, at = size(n) / 96 * 0.666, places(n)
    group = VGroup(NumberField(values(n, 0), at, DECIMALS, height, "#E9E6DF"))

    def step(t):
        group.submobjects = [NumberField(values(n, t), at, DECIMALS, height, "#E9E6DF")]

    return group, step


def decimals(n):
    """Manim's DecimalNumber; its digits are set by Typst once and copied."""
    group = VGroup(*(DecimalNumber(v, DECIMALS, mob_class=MathTypst, font_size=size(n)) for v in values(n, 0)))
    for number, place in zip(group, places(n), strict=True):
        number.move_to(place)

    def step(t):
        for number, value in zip(group, values(n, t).tolist(), strict=True):
            number.set_value(value)

    return group, step


def typeset(n):
    """Each number set anew by Typst in every frame."""
    group, at = VGroup(), places(n)

    def step(t):
        written = (MathTypst(f"{value:.{DECIMALS}f}", font_size=size(n)) for value in values(n, t))
        group.submobjects = [number.move_to(place) for number, place in zip(written, at, strict=True)]

    return group, step


ROWS = [
    ("LiveNumber, beside DecimalNumber", live, decimals),
    ("NumberField, beside DecimalNumber", field, decimals),
    ("LiveNumber, beside Typst", live, typeset),
]
