"""A field whose arrows turn, and points with tails that travel along their paths."""

import numpy as np
from manim import Arrow, Dot, VGroup, VMobject

from scenes.kit.field2d import Field2D
from scenes.kit.path2d import Path2D

PLAIN_MOST = 1000
TAIL = 8


def whirl(n, angle):
    x = np.linspace(-1, 1, round(n**0.5))
    across, up = np.meshgrid(x, x)
    turned = np.stack([-up, across], axis=-1) @ np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    )
    return turned, x


def turning(n):
    field, x = whirl(n, 0)
    drawn = Field2D(field, x, x, width=7, height=7)
    return drawn, lambda t: drawn.set_values(whirl(n, 3 * t)[0])


def turning_plain(n):
    field, x = whirl(n, 0.01)
    places = np.stack([*np.meshgrid(3.5 * x, 3.5 * x), np.zeros((len(x), len(x)))], axis=-1).reshape(-1, 3)
    arrows = VGroup(*(Arrow(place, place + np.array([0.1, 0, 0]), buff=0) for place in places))

    def step(t):
        steps = np.pad(whirl(n, 3 * t + 0.01)[0].reshape(-1, 2) / len(x) * 3 + 1e-3, ((0, 0), (0, 1)))
        for arrow, place, along in zip(arrows, places, steps, strict=True):
            arrow.put_start_and_end_on(place - along, place + along)

    return arrows, step


def walks(n):
    return np.random.default_rng(0).normal(size=(32, n, 2)).cumsum(axis=0)


def travelling(n):
    drawn = Path2D(walks(n), (-20, 20), (-20, 20), width=7, height=7, tail=TAIL)
    return drawn, lambda t: drawn.set_time(31 * (0.3 + 0.7 * t))


def travelling_plain(n):
    places = np.pad(walks(n) * 7 / 40, ((0, 0), (0, 0), (0, 1)))
    dots = VGroup(*(Dot(radius=0.05) for _ in range(n)))
    tails = VGroup(*(VMobject(stroke_width=2, stroke_opacity=0.5) for _ in range(n)))

    def step(t):
        now = int(31 * (0.3 + 0.7 * t))
        for index in range(n):
            dots[index].move_to(places[now, index])
            tails[index].set_points_as_corners(places[now - TAIL : now + 1, index])

    return VGroup(tails, dots), step


ROWS = [("Field2D turns", turning, turning_plain), ("Path2D travels", travelling, travelling_plain)]
