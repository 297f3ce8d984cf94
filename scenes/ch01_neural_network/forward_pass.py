"""Chapter 1, beat 10: one digit goes through the whole network; every flash is a product |w a|."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    VGroup,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, INK, LABEL, LARGE, REST

COLUMNS = (-2.6, 0.5, 3.2, 5.2)  # x of pixels, layer 1, layer 2, digits
HEIGHT = 5.0
MIDDLE = UP * 0.1
COUNTS_Y = -2.85
OUTPUT_X = 0.8  # from a digit's neuron to its written activation


class NumbersFlowForward(TensorScene):
    """Pixels, two hidden layers, ten digits: the real activations of one test digit."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        lead = int(forward["lead"])
        self.activations = [forward[f"a{layer}"][lead] for layer in range(4)]  # (784,), (16,), (16,), (10,)
        self.network = TensorNetwork([net[f"w{i + 1}"] for i in range(3)], layers=self.make_layers(forward))
        self.layers, self.edges = self.network.layers, self.network.edges
        title = Words("Numbers flow forward, layer by layer", size=LARGE).to_edge(UP, buff=0.38)

        with self.say("input"):
            self.grid = PixelGrid(forward["images"][lead], height=2.7).move_to(LEFT * 5.35 + MIDDLE)
            self.open(title, self.grid, asset="digit_forward")
            self.unroll(forward["window"])

        with self.say("weights"):
            self.play(LaggedStart(*(FadeIn(layer) for layer in self.layers[1:]), lag_ratio=0.3), run_time=BEAT)
            self.name_layers()
            self.play(LaggedStart(*(FadeIn(edges) for edges in self.edges), lag_ratio=0.5), run_time=2 * BEAT)
            self.add(self.network)
            for negative in (True, False):  # each sign steps back once, so that the other is seen alone
                self.play(self.network.step_back(negative, run_time=max(0.45 * self.left(), BEAT)))

        for step, cue in enumerate(("first", "second", "output")):
            with self.say(cue):
                self.travel(forward[f"flow{step + 1}"], step)

        with self.say("answer"):
            self.point_at_winner()
        self.close()

    def make_layers(self, forward: Asset) -> list[Layer]:
        """Four columns: the chosen pixels, both hidden layers, the digits."""
        self.limit, self.tags = float(forward["activation_max"]), VGroup()
        columns = []
        for index, (x, values) in enumerate(zip(COLUMNS, self.activations, strict=True)):
            shown = forward["window"] if index == 0 else window(len(values))
            height = HEIGHT if index < 3 else HEIGHT * 0.84
            layer = Layer(shown, len(values), height, scale=self.limit if index in (1, 2) else 1.0)
            columns.append(layer.move_to(RIGHT * x + MIDDLE))
        return columns

    def unroll(self, chosen: np.ndarray) -> None:
        """The chosen pixels are marked in the picture and become the first column of neurons."""
        column = self.layers[0].set_values(self.activations[0])
        marks = VGroup(
            *(
                self.grid.outline(*divmod(int(i), self.grid.columns), stroke_color=ACCENT, stroke_width=1.5)
                for i in chosen
            )
        )
        label = Words(f"{column.count_text()} pixels", size=LABEL, color=DIM)
        self.wait(0.25 * self.left())
        self.play(FadeIn(marks), run_time=BEAT)
        travel = (ReplacementTransform(mark.copy(), neuron) for mark, neuron in zip(marks, column.neurons, strict=True))
        self.play(LaggedStart(*travel, lag_ratio=0.1), run_time=max(0.6 * self.left(), BEAT))
        label.next_to(column, DOWN).set_y(COUNTS_Y)
        self.play(FadeIn(column.dots), FadeIn(self.network.braces[0]), FadeIn(label), run_time=BEAT)
        self.remove(*column.neurons).add(column)

    def name_layers(self) -> None:
        """The count below each layer, the digit's name beside each output."""
        self.names = VGroup(
            *(
                Number(d, decimals=0, size=LABEL, color=DIM).next_to(n, RIGHT, buff=0.2)
                for d, n in enumerate(self.layers[3].neurons)
            )
        )
        counts = [
            Words(layer.count_text(), size=LABEL, color=DIM).next_to(layer, DOWN).set_y(COUNTS_Y)
            for layer in self.layers[1:]
        ]
        self.play(FadeIn(self.names), *(FadeIn(count) for count in counts), run_time=BEAT)

    def travel(self, products: np.ndarray, step: int) -> None:
        """Products (to, from) flash along the edges of one step, then the next layer lights up; two values are written.

        Circles that are nearly full look alike: the brightest hidden neuron and the least decided one say what they
        hold, until the numbers travel on.
        """
        flash = self.network.flash(step, products, run_time=max(0.5 * self.left(), 2 * BEAT))
        self.play(flash, *(FadeOut(tag, run_time=BEAT) for tag in self.tags))
        after = self.layers[step + 1]
        self.chime(np.minimum(self.activations[step + 1][after.indices] / after.scale_of_fill, 1.0))
        self.play(self.network.light(step + 1, self.activations[step + 1]), run_time=BEAT)
        held = after.values()  # (shown,)
        told = {int(held.argmax()), int((held * (self.limit - held)).argmax())} if step < 2 else {}
        self.tags = VGroup(*(after.tag(int(after.indices[row])) for row in sorted(told)))
        if told:
            self.play(FadeIn(self.tags), run_time=BEAT)

    def point_at_winner(self) -> None:
        """A box around the brightest digit, and all ten activations written out."""
        outputs = self.activations[3]  # (10,)
        winner = int(outputs.argmax())
        self.written = VGroup()
        for digit, (value, neuron) in enumerate(zip(outputs, self.layers[3].neurons, strict=True)):
            number = Number(value, decimals=2, size=LABEL, color=ACCENT if digit == winner else DIM)
            self.written.add(number.move_to(neuron.get_center() + RIGHT * OUTPUT_X, aligned_edge=LEFT))
        box = self.layers[3].box(winner, self.names[winner])
        self.play(FadeIn(self.written), run_time=BEAT)
        self.play(Create(box), self.names[winner].animate.set_fill(INK), run_time=BEAT)
        self.wait(REST)
