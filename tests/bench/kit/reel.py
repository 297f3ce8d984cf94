"""A reel that scrubs n weights through eleven snapshots, its step and cost written beside its line."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, DecimalNumber, Dot, Line, ManimColor, MathTypst, NumberLine, VGroup

from scenes.kit.layer import Layer
from scenes.kit.network import TensorNetwork
from scenes.kit.reel import TrainingReel
from scenes.theme import NEGATIVE, POSITIVE

NAME = "Reel of a network step"
PLAIN_MOST = 1_000
STEPS = np.arange(11) * 100


def snapshots(n):
    side = round(n**0.5)
    return np.random.default_rng(0).uniform(-1, 1, (len(STEPS), side, side))


def ours(n):
    shots = snapshots(n)
    size = shots.shape[1]
    layers = [Layer(np.arange(size), size, 5).shift([x, 0.8, 0]) for x in (-4, 4)]
    network = TensorNetwork([shots[0]], layers=layers, limits=[1])
    reel = TrainingReel(STEPS, (network, [shots]), numbers={"cost": (1 / (1.0 + STEPS), 3)}).to_edge(DOWN)
    return VGroup(network, reel), lambda t: reel.set_values(1000 * t)


def plain(n):
    """Lines, a number line, a dot and decimals."""
    shots = snapshots(n)
    heights = np.linspace(3, -2, shots.shape[1])
    lines = VGroup(*(Line([-4, a, 0], [4, b, 0]) for b in heights for a in heights))
    axis = NumberLine([0, 1000, 100], length=9).to_edge(DOWN)
    dot, style = Dot(axis.n2p(0)), {"font_size": 26, "mob_class": MathTypst}
    step_text = DecimalNumber(0, 0, **style).next_to(axis, UP).align_to(axis, LEFT)
    cost = DecimalNumber(1, 3, **style).next_to(axis, UP).align_to(axis, RIGHT)

    def step(t):
        low = min(int(10 * t), 9)
        part = 10 * t - low
        blended = (1 - part) * shots[low] + part * shots[low + 1]
        for line, value in zip(lines, blended.ravel(), strict=True):
            line.set_stroke(ManimColor(POSITIVE if value > 0 else NEGATIVE), 2.5 * abs(value), abs(value))
        dot.move_to(axis.n2p(1000 * t))
        step_text.set_value(100 * round(10 * t))
        cost.set_value(1 / (1 + 100 * round(10 * t)))

    return VGroup(lines, axis, dot, step_text, cost), step
