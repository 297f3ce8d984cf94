"""A network step: edges that take other weights, and products that run along them; n is the count of edges."""

import numpy as np
from manim import Circle, Line, ManimColor, VGroup

from scenes.kit.layer import Layer
from scenes.kit.network import TensorNetwork
from scenes.theme import INK, NEGATIVE, POSITIVE

PLAIN_MOST = 1_000


def weights(n):
    """Two arrays (to, from) of n entries in all, the first and the last of a change."""
    side = round(n**0.5)
    return np.random.default_rng(0).uniform(-1, 1, (2, side, side))


def network(n):
    first, last = weights(n)
    size = len(first)
    layers = [Layer(np.arange(size), size, 6).shift([x, 0, 0]) for x in (-4, 4)]
    return TensorNetwork([first], layers=layers, limits=[1]), first, last


def changing(n):
    drawn, first, last = network(n)
    return drawn, lambda t: drawn.set_values([(1 - t) * first + t * last])


def flashing(n):
    drawn, first, _ = network(n)
    flash = drawn.flash(0, first)
    flash.begin()
    return drawn, flash.interpolate


def plain(n):
    """A circle for each neuron and a line for each edge, as manim's own examples build a network."""
    first, last = weights(n)
    heights = np.linspace(3, -3, len(first))
    left, right = (VGroup(*(Circle(0.03, color=INK).move_to([x, y, 0]) for y in heights)) for x in (-4, 4))
    lines = VGroup(*(Line(a.get_right(), b.get_left()) for b in right for a in left))
    return VGroup(lines, left, right), lines, first, last


def plain_changing(n):
    drawn, lines, first, last = plain(n)

    def step(t):
        for line, value in zip(lines, ((1 - t) * first + t * last).ravel(), strict=True):
            line.set_stroke(ManimColor(POSITIVE if value > 0 else NEGATIVE), 2.5 * abs(value), abs(value))

    return drawn, step


def plain_flashing(n):
    drawn, lines, first, _ = plain(n)
    ends = [(line.get_start(), line.get_end()) for line in lines]
    pieces = lines.copy()
    for piece, value in zip(pieces, first.ravel(), strict=True):
        piece.set_stroke(ManimColor(POSITIVE if value > 0 else NEGATIVE), 5 * abs(value), abs(value))
    drawn.add(pieces)

    def step(t):
        low, high = np.clip([1.6 * t - 0.6, 1.6 * t], 0, 1)
        for piece, (start, end) in zip(pieces, ends, strict=True):
            piece.set_points_as_corners([start + low * (end - start), start + high * (end - start)])

    return drawn, step


ROWS = [
    ("Network edges changing", changing, plain_changing),
    ("Network products on their way", flashing, plain_flashing),
]
