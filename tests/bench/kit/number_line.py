"""What a frame of n number lines, or n dials, costs while all their marks and numbers move."""

import numpy as np
from manim import Arc, DecimalNumber, Dot, Group, Line, MathTypst, ValueTracker, VGroup
from manim import NumberLine as PlainLine

from scenes.kit.dial import Dial
from scenes.kit.number_line import NumberLine

PLAIN_MOST = 100
MOST = 100  # whole instruments, not marks on one


def places(n):
    rows = int(np.ceil(np.sqrt(n)))
    return [np.array([(i % rows - rows / 2) * 14 / rows, (i // rows - rows / 2) * 8 / rows, 0]) for i in range(n)], rows


def ours(kind, n, **style):
    tracker, (spots, rows) = ValueTracker(0), places(n)
    parts = Group(*(kind([0, 1], tracker, **style).scale(1 / rows).move_to(spot) for spot in spots))

    def step(t):
        tracker.set_value(t)
        parts.update()

    return parts, step


def our_lines(n):
    return ours(NumberLine, n, length=8)


def our_dials(n):
    return ours(Dial, n)


def plain(n, make):
    (spots, rows), parts = places(n), VGroup()
    for spot in spots:
        base, mark = make()
        parts.add(VGroup(base, mark, DecimalNumber(0, mob_class=MathTypst)).scale(1 / rows).move_to(spot))
    return parts


def plain_lines(n):
    parts = plain(
        n, lambda: (PlainLine([0, 1, 0.2], length=8, include_numbers=True, label_constructor=MathTypst), Dot())
    )

    def step(t):
        for line, mark, number in parts:
            mark.move_to(line.n2p(t))
            number.set_value(t).next_to(mark, [0, 1, 0])

    step(0)
    return parts, step


def plain_dials(n):
    parts = plain(n, lambda: (Arc(radius=1.3, start_angle=-0.6, angle=4.4), Line()))

    def step(t):
        for arc, needle, number in parts:
            middle = arc.get_center()
            angle = 3.75 - 4.36 * t
            needle.put_start_and_end_on(middle, middle + arc.width / 2 * np.array([np.cos(angle), np.sin(angle), 0]))
            number.set_value(t)

    step(0)
    return parts, step


ROWS = [
    ("n number lines with live marks", our_lines, plain_lines),
    ("n dials with live needles", our_dials, plain_dials),
]
