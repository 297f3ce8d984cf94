"""A turning cloud of n dots in ten colours on its floor, beside as many Dot3D that are turned about the vertical."""

import numpy as np
from manim import OUT, RIGHT, Dot3D, VGroup

from scenes.kit.embed3d import Embed3D
from scenes.kit.space import View
from scenes.theme import CLASSES

NAME = "Embed3D turning"
PLAIN_MOST = 100  # a Dot3D is a sphere of 64 faces: 1,000 of them take minutes


def cloud(n):
    return np.random.default_rng(0).normal(size=(n, 3)).clip(-2, 2) / 2  # (n, 3)


def ours(n):
    space = Embed3D(cloud(n), np.arange(n) % 10)
    return space, lambda t: space.look(View(2 * t, 0.35))


def plain(n):
    dots = VGroup(
        *(
            Dot3D(point, radius=0.055, color=CLASSES[i % 10], resolution=(8, 8))
            for i, point in enumerate(2.5 * cloud(n))
        )
    )
    dots.rotate(-1.2, RIGHT)
    before = [0.0]

    def step(t):
        dots.rotate(2 * (t - before[0]), OUT, about_point=np.zeros(3))
        before[0] = t

    return dots, step
