"""A product of a matrix with n written entries, in the middle of one of its rows."""

import numpy as np
from manim import DecimalNumber, MathTypst, Rectangle, VGroup

from scenes.kit.mat_vec import MatVec

NAME = "MatVec"
PLAIN_MOST = 1000


def factors(n):
    """W (rows, 2 rows) and x (2 rows,), n entries of W in all."""
    rows = max(1, int(np.sqrt(n / 2)))
    return np.cos(np.arange(rows * 2 * rows).reshape(rows, -1)), np.sin(np.arange(2 * rows))


def ours(n):
    w, x = factors(n)
    shown = [np.arange(length) for length in w.shape]
    product = MatVec(w, x, w @ x, shown, size=160 / len(w))
    nothing = np.full(len(w), np.nan)
    return product, lambda t: product.pause(nothing, 0, t)


def plain(n):
    """Three grids of DecimalNumber, two frames that move, and a number that counts."""
    w, x = factors(n)
    sums, scale = np.cumsum(w[0] * x), 3.4 / len(w)
    group = VGroup()
    for left, table in ((-5, w), (4, x[:, None]), (6, (w @ x)[:, None])):
        for (row, column), value in np.ndenumerate(table):
            number = DecimalNumber(value, mob_class=MathTypst, font_size=48 * scale)
            group.add(number.move_to([left + 2 * column * scale, 3 - 2 * row * scale, 0]))
    frames = [Rectangle(width=2 * scale, height=scale) for _ in range(2)]
    group.add(*frames)
    count = group[-2 - len(w)]

    def step(t):
        at = min(int(t * len(x)), len(x) - 1)
        frames[0].move_to(group[at])
        frames[1].move_to(group[w.size + at])
        count.set_value(sums[at])

    return group, step
