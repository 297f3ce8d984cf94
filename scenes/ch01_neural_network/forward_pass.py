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
    Mobject,
    ReplacementTransform,
    TransformFromCopy,
    VGroup,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.edges import DIMMED
from scenes.kit.layer import Layer, window
from scenes.kit.network import Highlight, TensorNetwork
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, GRID_HZ, INK, LABEL, LARGE, LINE, NEGATIVE, REST

COLUMNS = (-2.6, 0.5, 3.2, 5.2)  # x of pixels, layer 1, layer 2, digits
HEIGHT = 5.0
MIDDLE = UP * 0.1
COUNTS_Y = -2.85
FLASHES = (  # for each step the words with which its products run, for which share of what is left of the line
    (("travel", 0.3), ("bright", 0.4)),
    (("travel", 0.6),),
    (("travel", 0.6),),
)
STRONG = 0.5  # of a step's largest weight: what is shown alone as the boldest
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
            self.open(title, asset="digit_forward", kept=self.standing())
            self.choose_pixels(forward["window"])

        with self.say("weights"):
            self.join()

        for step, cue in enumerate(("first", "second", "output")):
            with self.say(cue):
                self.travel(forward[f"flow{step + 1}"], step)

        with self.say("answer"):
            self.point_at_winner()
            self.compare_with_label(int(forward["label"][lead]))
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

    def standing(self) -> list[Mobject]:
        """What the scene before ends with: the picture and four columns, the first one lit, with counts and names."""
        pixels, *after = self.layers
        pixels.set_values(self.activations[0])
        self.names = VGroup(
            *(
                Number(d, decimals=0, size=LABEL, color=DIM).next_to(n, RIGHT, buff=0.2)
                for d, n in enumerate(self.layers[3].neurons)
            )
        )
        labels = [f"{pixels.count_text()} pixels", *(layer.count_text() for layer in after)]
        counts = [
            Words(label, size=LABEL, color=DIM).next_to(layer, DOWN).set_y(COUNTS_Y)
            for label, layer in zip(labels, self.layers, strict=True)
        ]
        return [self.grid, *self.layers, self.network.braces[0], *counts, self.names]

    def choose_pixels(self, chosen: np.ndarray) -> None:
        """The pixels that are drawn as neurons are marked in the picture, and go to where their neurons stand."""
        marks = VGroup(
            *(
                self.grid.outline(*divmod(int(i), self.grid.columns), stroke_color=ACCENT, stroke_width=1.5)
                for i in chosen
            )
        )
        whole = self.grid.outline(0, 0, self.grid.rows, self.grid.columns, stroke_color=ACCENT, stroke_width=LINE)
        self.at("all")
        self.play(Create(whole), run_time=2 * BEAT)
        self.at("drawn")
        self.play(FadeOut(whole), FadeIn(marks), run_time=BEAT)
        arriving = [neuron.copy() for neuron in self.layers[0].neurons]
        travel = (ReplacementTransform(mark.copy(), neuron) for mark, neuron in zip(marks, arriving, strict=True))
        self.play(LaggedStart(*travel, lag_ratio=0.1), run_time=max(0.6 * self.left(), BEAT))
        self.remove(*arriving)

    def join(self) -> None:
        """The edges appear; then each sign is seen alone, and the strongest edges of each step."""
        self.at("joined")
        self.play(LaggedStart(*(FadeIn(edges) for edges in self.edges), lag_ratio=0.5), run_time=2 * BEAT)
        self.add(self.network)
        for word, negative in (("blue", True), ("orange", False)):  # one sign steps back while the other is named
            self.at(word)
            self.play(self.network.step_back(negative, run_time=2 * BEAT))
        self.at("bold")
        sizes = [np.abs(edges.values()).ravel() for edges in self.edges]
        strong = [np.flatnonzero(size >= STRONG * size.max()) for size in sizes]
        self.play(Highlight(self.network, strong, DIMMED, run_time=BEAT))
        self.wait(max(self.left() - BEAT, BEAT))
        self.play(self.network.release(run_time=BEAT))

    def travel(self, products: np.ndarray, step: int) -> None:
        """Products (to, from) flash along the edges of one step, then the next layer lights up; two values are written.

        Circles that are nearly full look alike: the brightest hidden neuron and the least decided one say what they
        hold, until the numbers travel on.
        """
        after, arriving = self.layers[step + 1], self.activations[step + 1]
        for word, share in FLASHES[step]:
            self.at(word)
            flash = self.network.flash(step, products, run_time=max(share * self.left(), 2 * BEAT))
            self.play(flash, *(FadeOut(tag, run_time=BEAT) for tag in self.tags))
            self.tags = VGroup()
        if step == 0:
            self.add_up(int(after.indices[arriving[after.indices].argmax()]), products)
        self.chime(np.minimum(arriving[after.indices] / after.scale_of_fill, 1.0))
        self.play(self.network.light(step + 1, arriving), run_time=BEAT)
        held = after.values()  # (shown,)
        told = {int(held.argmax()), int((held * (self.limit - held)).argmax())} if step < 2 else {}
        self.tags = VGroup(*(after.tag(int(after.indices[row])) for row in sorted(told)))
        if told:
            self.play(FadeIn(self.tags), run_time=BEAT)

    def add_up(self, neuron: int, products: np.ndarray) -> None:
        """The products run once more, with all edges but those into one neuron of the first hidden layer dimmed."""
        row = np.zeros_like(products)
        row[neuron] = products[neuron]
        self.at("adds")
        self.play(self.network.highlight(1, neuron), run_time=BEAT)
        self.play(self.network.flash(0, row), run_time=2 * BEAT)
        self.play(self.network.release(), run_time=BEAT)
        self.at("lights")

    def point_at_winner(self) -> None:
        """The ten activations are written from 0 to 9; then a box closes on the brightest."""
        outputs = self.activations[3]  # (10,)
        winner = int(outputs.argmax())
        self.written = VGroup()
        for value, neuron in zip(outputs, self.layers[3].neurons, strict=True):
            number = Number(value, decimals=2, size=LABEL, color=DIM)
            self.written.add(number.move_to(neuron.get_center() + RIGHT * OUTPUT_X, aligned_edge=LEFT))
        self.at("read")
        for written, value in zip(self.written, outputs, strict=True):
            self.chime([value])
            self.play(FadeIn(written), run_time=3 / GRID_HZ)
        box = self.layers[3].box(winner, self.names[winner])
        self.at("wins")
        bright = self.written[winner].animate.set_fill(ACCENT)
        self.play(Create(box), self.names[winner].animate.set_fill(INK), bright, run_time=BEAT)

    def compare_with_label(self, label: int) -> None:
        """Below the picture: what the network says, which comes from its box, and what the picture is labelled."""
        winner = int(self.activations[3].argmax())
        self.said = Number(winner, decimals=0, size=BODY)
        self.label = Number(label, decimals=0, size=BODY, color=CORRECT if label == winner else NEGATIVE)
        rows = VGroup()
        for text, number in (("the network says", self.said), ("its label says", self.label)):
            words = Words(text, size=LABEL, color=DIM)
            rows.add(VGroup(words, share_baseline(number.next_to(words, RIGHT, buff=0.25), words)))
        rows.arrange(DOWN, buff=0.25, aligned_edge=RIGHT).next_to(self.grid, DOWN, buff=0.35)
        self.at("says")
        self.play(FadeIn(rows[0][0]), TransformFromCopy(self.names[winner], self.said), run_time=BEAT)
        self.at("unseen")
        self.play(FadeIn(rows[1], shift=DOWN * 0.2), run_time=BEAT)
        self.wait(REST)
