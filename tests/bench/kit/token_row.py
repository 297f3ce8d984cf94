"""Arcs between tokens that change, and pieces that flash along them; n is the count of arcs."""

import numpy as np
from manim import RIGHT, ArcBetweenPoints, ManimColor, Rectangle, VGroup

from scenes.kit.token_row import TokenRow
from scenes.theme import INK, NEGATIVE, POSITIVE

PLAIN_MOST = 1_000
WIDTH = 13.0


def strengths(n):
    """The first and the last of a change, (2, T, T) with T * T = n."""
    side = round(n**0.5)
    return np.random.default_rng(0).uniform(-1, 1, (2, side, side))


def row(n):
    first, last = strengths(n)
    drawn = TokenRow(["a"] * len(first), first, limit=1, width=60)
    return drawn.scale(min(1.0, WIDTH / drawn.width)), first, last


def changing(n):
    drawn, first, last = row(n)
    return drawn, lambda t: drawn.set_values((1 - t) * first + t * last)


def flashing(n):
    drawn, _, _ = row(n)
    flash = drawn.flash()
    flash.begin()
    return drawn, flash.interpolate


def plain(n):
    first, last = strengths(n)
    half = min(0.22 * len(first), WIDTH / 2)
    places = [RIGHT * x for x in np.linspace(-half, half, len(first))]
    boxes = VGroup(*(Rectangle(width=0.1, height=0.3).move_to(place) for place in places))
    arcs = VGroup(*(ArcBetweenPoints(a, b + 1e-3 * RIGHT, angle=-2) for b in places for a in places))
    return VGroup(boxes, arcs), arcs, first, last


def plain_changing(n):
    drawn, arcs, first, last = plain(n)

    def step(t):
        for arc, value in zip(arcs, ((1 - t) * first + t * last).ravel(), strict=True):
            arc.set_stroke(ManimColor(POSITIVE if value > 0 else NEGATIVE), 10 * abs(value), abs(value))

    return drawn, step


def plain_flashing(n):
    drawn, arcs, first, _ = plain(n)
    pieces = arcs.copy()
    for piece, value in zip(pieces, first.ravel(), strict=True):
        piece.set_stroke(INK, 10 * abs(value), abs(value))

    def step(t):
        for piece, arc in zip(pieces, arcs, strict=True):
            piece.pointwise_become_partial(arc, max(0.0, 1.5 * t - 0.5), min(1.5 * t, 1.0))

    return VGroup(drawn, pieces), step


ROWS = [("Arcs that change", changing, plain_changing), ("Arcs that flash", flashing, plain_flashing)]
