"""Chapter 1: what was seen so far, drawn again in small, and what training did to it all."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    ApplyMethod,
    Arrow,
    FadeIn,
    FadeOut,
    Mobject,
    MoveToTarget,
    ValueTracker,
    VGroup,
    linear,
    smooth,
    squish_rate_func,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.layer import Layer
from scenes.kit.network import TensorNetwork, columns
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot import Plot
from scenes.kit.typeset import Words, escape
from scenes.theme import ACCENT, BEAT, BODY, DIM, HUGE, LABEL, LARGE, POSITIVE, RULE, SYMBOLS

GRID_X, GRID_Y = (-4.4, 0.0, 4.4), (1.5, -1.35)
PICTURE = 1.7  # height of a small picture
ARROW_GAP = 0.4
CAPTION_DROP = 1.28  # from the middle of a small picture to its line
ROW_X, ROW_Y, SHRUNK = np.linspace(-5.6, 5.6, 6), 2.2, 0.52
PLOT_X, PLOT_Y, PLOT_SIZE = -2.2, -0.95, (6.8, 2.75)
START = 1e-3  # of the curve: where the cursor stands at first
ASKED_X = 4.6
LINES = {
    "picture": "a picture is numbers",
    "neuron": "a neuron holds a number",
    "layer": "neurons stand in layers",
    "weights": "weights look for a pattern",
    "line": "a layer is one line",
    "knobs": "knobs to be turned",
}


class TheStorySoFar(TensorScene):
    """Six small pictures from the chapter, and the curve that the next one explains: how well the network reads."""

    needs = ("digit_net", "digit_forward", "digit_recap")

    def construct(self) -> None:
        net = self.assets["digit_net"]
        title = Words("The story so far", size=LARGE).to_edge(UP, buff=0.38)
        self.make_cards(net, self.assets["digit_recap"])
        words = list(LINES)
        with self.say("first"):
            self.open(title, self.cards[words[0]], self.captions[words[0]], asset="digit_recap")
            for word in words[1:3]:
                self.deal(word)
        with self.say("second"):
            for word in words[3:]:
                self.deal(word)
        with self.say("learn"):
            self.at("random")
            self.make_room()
            self.draw_learning(self.assets["digit_recap"])
            self.hand_off()
        self.close()

    def make_cards(self, net: Asset, recap: Asset) -> None:
        """Each small picture in its place of the grid, and the line under it."""
        limit = float(recap["activation_max"])
        neuron = Layer([0], 1, 1.0, scale=limit, radius=PICTURE / 2)
        neuron.set_values(np.array([recap["value"]]))
        self.held = neuron.inside(0, size=LARGE)
        formula = f"{{a: a^((1))}} = {recap.provenance['squash']}({{W}} {{x: a^((0))}} + {{b}})"
        self.parameters = Number(int(net["parameters"]), decimals=0, size=HUGE)
        self.cards = {
            "picture": PixelGrid(recap["image"], height=PICTURE),
            "neuron": VGroup(neuron, self.held),
            "layer": self.make_network(net, limit),
            "weights": PixelGrid(recap["pattern"], height=PICTURE, signed=True),
            "line": Equation(formula, colors=dict(zip("Wxb", SYMBOLS, strict=True)), size=LARGE),
            "knobs": self.parameters,
        }
        self.captions = {}
        for place, (word, card) in enumerate(self.cards.items()):
            x, y = GRID_X[place % 3], GRID_Y[place // 3]
            card.move_to((x, y, 0.0))
            line = Words(escape(LINES[word]), size=LABEL, color=DIM)
            self.captions[word] = line.move_to((x, 0.0, 0.0)).shift(UP * (y - CAPTION_DROP - line[0].get_bottom()[1]))
        cards = list(self.cards.values())
        self.arrows = VGroup(*(arrow_between(cards[place], cards[place + 1]) for place in (0, 1, 3, 4)))

    def make_network(self, net: Asset, limit: float) -> TensorNetwork:
        """The whole network in small, with what it holds for the digit."""
        forward = self.assets["digit_forward"]
        lead = int(forward["lead"])
        layers = columns(net["sizes"], 2.7, PICTURE, {0: forward["window"]})
        for layer in layers[1:3]:
            layer.scale_of_fill = limit
        held = [forward[f"a{i}"][lead] for i in range(4)]
        network = TensorNetwork([net[f"w{i}"] for i in (1, 2, 3)], held, layers)
        for brace in network.braces.values():
            network.remove(brace)
        return network

    def deal(self, word: str) -> None:
        """The next small picture with its line; within a row an arrow leads to it."""
        place = list(LINES).index(word)
        before = [self.arrows[place // 3 * 2 + place % 3 - 1]] if place % 3 else []
        self.at(word)
        arriving = (*before, self.cards[word], self.captions[word])
        self.play(*(FadeIn(part, shift=RIGHT * 0.25) for part in arriving), run_time=BEAT)

    def make_room(self) -> None:
        """The lines go; the small pictures become a row at the top, those of the first row ahead of the others."""
        leaves = (FadeOut(part) for part in (*self.captions.values(), self.arrows))
        self.play(*leaves, run_time=BEAT / 2)
        moves: list[Animation] = []
        for place, (x, card) in enumerate(zip(ROW_X, self.cards.values(), strict=True)):
            pace = squish_rate_func(smooth, 0, 0.65) if place < 3 else squish_rate_func(smooth, 0.35, 1)
            card.generate_target().scale(SHRUNK).move_to((x, ROW_Y, 0.0))
            moves.append(MoveToTarget(card, rate_func=pace))
        self.play(*moves, run_time=1.5 * BEAT)

    def draw_learning(self, recap: Asset) -> None:
        """The share of test digits read correctly, from the first step of the training to the last."""
        steps, shares = recap["steps"], 100 * recap["accuracy"]  # (step,) each
        names = ("training step", "% of test digits read correctly")
        self.plot = Plot(steps, np.append(shares, (0, 100)), *PLOT_SIZE, names=names)
        self.plot.move_to((PLOT_X, PLOT_Y, 0.0))
        curve = self.plot.curve(steps, shares, color=POSITIVE)
        curve.grown = START
        curve.redraw()
        self.step = ValueTracker(0.0)
        self.cursor = self.plot.cursor(curve, self.step, decimals=1)
        self.play(FadeIn(self.plot), run_time=BEAT)
        self.at("after")
        seconds = 3 * BEAT
        self.play(
            curve.grow(run_time=seconds, rate_func=linear),
            ApplyMethod(self.step.set_value, float(steps[-1]), run_time=seconds, rate_func=linear),
        )

    def hand_off(self) -> None:
        """What the next chapter is about."""
        asked = Words("Who turned the knobs?", size=BODY)
        told = Words("gradient descent", size=LARGE, color=ACCENT)
        named = Words("next chapter", size=LABEL, color=DIM)
        VGroup(asked, named, told).arrange(DOWN, buff=0.45).move_to((ASKED_X, PLOT_Y + 0.2, 0.0))
        named.shift(DOWN * 0.25)
        self.at("who")
        self.play(FadeIn(asked), run_time=BEAT)
        self.at("next")
        self.play(FadeIn(named), FadeIn(told, shift=LEFT * 0.2), run_time=BEAT)


def arrow_between(left: Mobject, right: Mobject) -> Arrow:
    """A quiet arrow from one picture to the next, on their common middle."""
    y, start, stop = left.get_y(), left.get_right()[0] + ARROW_GAP, right.get_left()[0] - ARROW_GAP
    return Arrow([start, y, 0], [stop, y, 0], color=RULE, stroke_width=4, buff=0, tip_length=0.25)
