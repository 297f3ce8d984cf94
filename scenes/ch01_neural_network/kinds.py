"""Chapter 1, beats 3 and 5: what the film is about in one formula, and that there are other kinds of networks."""

from itertools import pairwise

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, LaggedStart, RoundedRectangle, VGroup, linear

from assets.store import Asset
from scenes.base import TensorScene
from scenes.ch01_neural_network.kind_drawings import convolutional, pointer, recurrent, transformer
from scenes.kit.equation import Equation
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import LiveNumber, share_baseline
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, GRID_HZ, HUGE, INK, LABEL, LARGE, LINE, SYMBOLS

COLUMNS = (-5.2, -3.4, -1.6, 0.2)  # x
HEIGHT, MIDDLE = 4.9, DOWN * 0.2
BEFORE, AFTER = 1, 2  # the layers that the formula is shown at
COLORS = {"a": SYMBOLS[0], "W": SYMBOLS[1], "next": SYMBOLS[2]}
MEANINGS = {"next": "the next layer", "a": "the layer before", "W": "the weights between"}
FORMULA, MEANING, STEP = RIGHT * 1.6 + UP * 1.3, RIGHT * 1.6 + DOWN * 0.25, RIGHT * 1.6 + DOWN * 2.1
SNAPSHOT_S = 2 / GRID_HZ  # from one recorded step of the training to the next
NETWORK_X, NETWORK_WIDTH = -5.1, 2.7
OTHERS = {  # the word at which it comes: its drawing, its name, what is different about it
    "conv": (convolutional, "convolutional", "a window slides"),
    "recurrent": (recurrent, "recurrent, LSTM", "a loop remembers"),
    "transformer": (transformer, "transformer", "each looks at all"),
}
OTHERS_X, DRAWINGS_Y, NAMES_Y, NOTES_Y, PLAN_Y = (-1.65, 1.75, 5.15), 0.85, -1.1, -1.55, -2.65
PLAN = ("first the neurons", "then the layers", "then how it learns")


class OneKindAmongMany(TensorScene):
    """A layer comes from the one before; learning changes the weights; other kinds of networks are built on that."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        title = Words("This is the plain kind of network, and others build on it", size=LARGE)
        title.to_edge(UP, buff=0.38)
        self.network = self.make_network(net, forward)
        with self.say("formula"):
            self.open(title, self.network, asset="digit_net")
            self.explain()
        with self.say("learning"):
            self.at("learn")
            self.learn(net)
        with self.say("kinds"):
            self.at("plain")
            self.step_aside()
            for word, x in zip(OTHERS, OTHERS_X, strict=True):
                self.at(word)
                self.play(FadeIn(self.others[word].move_to(RIGHT * x, coor_mask=RIGHT)), run_time=BEAT)
            self.at("built")
            self.show_sums()
            self.at("plan")
            self.play(LaggedStart(*(FadeIn(part) for part in self.plan), lag_ratio=0.3), run_time=2 * BEAT)
        self.close()

    def make_network(self, net: Asset, forward: Asset) -> TensorNetwork:
        """The network with its final weights; full width is the largest weight of the whole training."""
        lead, limit = int(forward["lead"]), float(forward["activation_max"])
        sizes = [int(size) for size in net["sizes"]]  # (4,)
        columns = []
        for place, (x, size) in enumerate(zip(COLUMNS, sizes, strict=True)):
            shown = forward["window"] if place == 0 else window(size)
            layer = Layer(shown, size, HEIGHT, scale=limit if place in (1, 2) else 1.0)
            columns.append(layer.move_to(RIGHT * x + MIDDLE))
        return TensorNetwork(
            [net[f"w{i}"] for i in (1, 2, 3)],
            [forward[f"a{i}"][lead] for i in range(4)],
            columns,
            [float(abs(net[f"w{i}_steps"]).max()) for i in (1, 2, 3)],
        )

    def explain(self) -> None:
        """The formula of one layer; each of its symbols has the colour of what is drawn for it."""
        self.formula = Equation("{next: a'} = sigma({W} thin {a} + b)", colors=COLORS, size=HUGE)
        self.formula.move_to(FORMULA, aligned_edge=LEFT)
        words = {name: Words(text, size=BODY, color=COLORS[name]) for name, text in MEANINGS.items()}
        VGroup(*words.values()).arrange(DOWN, buff=0.28, aligned_edge=LEFT).move_to(MEANING, aligned_edge=LEFT)
        boxes = {name: self.frame(layer, COLORS[name]) for name, layer in (("a", BEFORE), ("next", AFTER))}
        self.told = VGroup(self.formula, *words.values(), *boxes.values())
        self.play(FadeIn(self.formula), run_time=BEAT)
        for word, name in (("after", "next"), ("before", "a")):
            self.at(word)
            self.play(Create(boxes[name]), FadeIn(words[name], shift=RIGHT * 0.2), run_time=BEAT)
        self.at("weights")
        pulse = self.network.edges[BEFORE].pulse(COLORS["W"], run_time=2 * BEAT)
        self.play(pulse, FadeIn(words["W"], shift=RIGHT * 0.2, run_time=BEAT))

    def frame(self, layer: int, color: str) -> RoundedRectangle:
        """An outline around one column of neurons."""
        neurons = self.network.layers[layer].neurons
        box = RoundedRectangle(corner_radius=0.12, width=neurons.width + 0.22, height=neurons.height + 0.22)
        return box.set_stroke(color, LINE).move_to(neurons)

    def learn(self, net: Asset) -> None:
        """The weights as they were at each recorded step of the training, from the first to the last."""
        label = Words("training step", size=BODY, color=DIM).move_to(STEP, aligned_edge=LEFT)
        self.step = LiveNumber(0, decimals=0, size=BODY, color=INK, limits=(0, int(net["steps"][-1])))
        share_baseline(self.step.next_to(label, RIGHT, buff=0.2), label)
        at = [[net[f"w{i}_steps"][place] for i in (1, 2, 3)] for place in range(len(net["steps"]))]
        self.told.add(label, self.step)
        dark = (self.network.light(i, np.zeros(layer.size)) for i, layer in enumerate(self.network.layers))
        self.play(FadeIn(label), FadeIn(self.step), self.network.change(at[0]), *dark, run_time=BEAT)
        for step, weights in zip(net["steps"][1:], at[1:], strict=True):
            self.step.set_values(int(step))
            self.play(self.network.change(weights, rate_func=linear), run_time=SNAPSHOT_S)

    def step_aside(self) -> None:
        """The network becomes one of four kinds, each with its name."""
        self.others, self.plan = self.make_others(), self.make_plan()
        kind = self.named("multilayer perceptron", "each joined to all").set_x(NETWORK_X)
        count = self.network.braces[0]
        self.network.remove(count)
        place = RIGHT * NETWORK_X + UP * DRAWINGS_Y
        small = self.network.animate.scale_to_fit_width(NETWORK_WIDTH).move_to(place)
        self.play(FadeOut(self.told, run_time=BEAT / 2), FadeOut(count, run_time=BEAT / 2), small, run_time=1.5 * BEAT)
        self.play(FadeIn(kind), run_time=BEAT / 2)

    def named(self, name: str, note: str) -> VGroup:
        """A name, and below it what is different about it."""
        lines = VGroup(Words(name, size=LABEL), Words(note, size=LABEL, color=DIM))
        for line, y in zip(lines, (NAMES_Y, NOTES_Y), strict=True):
            line.shift(UP * (y - line[0].get_bottom()[1]))
        return lines

    def make_others(self) -> dict[str, VGroup]:
        """The drawings of the other kinds with their names."""
        self.drawings = [draw().set_y(DRAWINGS_Y) for draw, _, _ in OTHERS.values()]
        names = (self.named(name, note) for _, name, note in OTHERS.values())
        pairs = zip(self.drawings, names, strict=True)
        return {word: VGroup(*pair) for word, pair in zip(OTHERS, pairs, strict=True)}

    def show_sums(self) -> None:
        """In each drawing the neurons and lines that add up weighted numbers take the accent."""
        self.play(*(drawing.sums.animate.set_stroke(ACCENT) for drawing in self.drawings), run_time=BEAT)

    def make_plan(self) -> VGroup:
        """What is to come, in one line."""
        steps, arrows = [Words(step, size=BODY) for step in PLAN], VGroup()
        VGroup(*steps).arrange(RIGHT, buff=1.3).move_to(UP * PLAN_Y)
        for step, following in pairwise(steps):
            share_baseline(following, step)
            middle = (step.get_right() + following.get_left()) / 2 * RIGHT + UP * step[-1].get_y()
            arrows.add(pointer(middle + LEFT * 0.35, middle + RIGHT * 0.35))
        return VGroup(steps[0], arrows[0], steps[1], arrows[1], steps[2])
