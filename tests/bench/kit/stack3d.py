"""n cells on five turning cards, and a wave over them, beside as many squares that are rotated and faded."""

import numpy as np
from manim import UP, Square, VGroup

from scenes.kit.space import View
from scenes.kit.stack3d import Stack3D
from scenes.theme import NEGATIVE, POSITIVE

PLAIN_MOST = 1_000
LAYERS = 5


def values(n):
    side = round((n / LAYERS) ** 0.5)
    return np.random.default_rng(0).normal(size=(LAYERS, max(1, n // LAYERS // side), side))


def turning(n):
    stack = Stack3D(values(n))
    return stack, lambda t: stack.look(View(-0.8 + t, 0.2))


def waving(n):
    stack = Stack3D(values(n))
    wave = stack.wave()
    wave.begin()
    return stack, wave.interpolate


def squares(n):
    array = values(n)
    drawn = VGroup()
    for (layer, token, channel), value in np.ndenumerate(array):
        size = np.sqrt(abs(value) / np.abs(array).max())
        color = POSITIVE if value > 0 else NEGATIVE
        square = Square(0.2 * size, fill_color=color, fill_opacity=size, stroke_width=0)
        drawn.add(square.move_to([2 * layer - 4 + 0.2 * token, 1.6 - 0.2 * channel, 0]))
    return drawn


def plain_turning(n):
    drawn, before = squares(n), [0.0]

    def step(t):
        drawn.rotate(t - before[0], UP, about_point=np.zeros(3))
        before[0] = t

    return drawn, step


def plain_waving(n):
    drawn = squares(n)
    return drawn, lambda t: drawn.set_opacity(0.2 + 0.8 * t)


ROWS = [("Stack3D turning", turning, plain_turning), ("Stack3D wave", waving, plain_waving)]
