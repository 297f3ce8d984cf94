"""Chapter 1, beat 19: every weight and bias of the network, counted from its own tensors."""

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, Indicate, Line, VGroup

from scenes.base import TensorScene
from scenes.kit.edges import Pulse
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number, share_baseline, spell
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, HUGE, LABEL, LARGE, RULE

COLUMNS = (-5.7, -4.2, -2.8, -1.5)
ROWS_TOP = 2.2
ROW_STEP = 0.62
COUNTS_Y = -2.85
RIGHT_X = 6.2


class EveryKnobCounted(TensorScene):
    """784 x 16 + 16 + 16 x 16 + 16 + 16 x 10 + 10 = 13,002, read from the tensors' own sizes."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net = self.assets["digit_net"]
        self.sizes, self.numel = net["sizes"], net["numel"]  # (4,), (6,): w1 b1 w2 b2 w3 b3
        title = Words("Every knob of the network, counted", size=LARGE).to_edge(UP, buff=0.38)
        shown = [self.assets["digit_forward"]["window"], *(window(int(size)) for size in self.sizes[1:])]
        columns = [
            Layer(indices, int(size), 4.6).move_to(RIGHT * x + DOWN * 0.15)
            for x, size, indices in zip(COLUMNS, self.sizes, shown, strict=True)
        ]
        self.network = TensorNetwork([net[f"w{i + 1}"] for i in range(3)], layers=columns)
        self.layers, self.edges = self.network.layers, self.network.edges
        counts = VGroup(*(self.count_below(layer) for layer in self.layers[1:]))
        self.terms: list[Number] = []

        with self.say("pixels"):
            self.open(title, VGroup(self.network, counts), asset="digit_net")
            self.wait(0.35 * self.left())
            for layer in self.layers[:2]:
                self.play(Indicate(layer.neurons, scale_factor=1.15, color=ACCENT), run_time=1.5 * BEAT)
            self.add_weights(0)
        with self.say("hidden"):
            self.add_weights(1)
            self.add_weights(2)
        with self.say("biases"):
            for step in range(3):
                self.add_biases(step)
        with self.say("total"):
            self.sum_up(int(net["parameters"]))
            self.wait(0.45 * self.left())
            self.tell_accuracy(float(net["test_accuracy"]))
        self.close()

    def count_below(self, layer: Layer) -> Words:
        """The size of a layer under it, all on one line; that of the pixels stands at their brace."""
        return Words(layer.count_text(), size=LABEL, color=DIM).next_to(layer, DOWN).set_y(COUNTS_Y)

    def add_weights(self, step: int) -> None:
        """One row: from x to = number of weights, with the edges that it counts pulsing."""
        rows, columns = int(self.sizes[step + 1]), int(self.sizes[step])
        text = f"{spell(columns, 0)} × {spell(rows, 0)} weights"
        self.add_row(text, int(self.numel[2 * step]), self.edges[step].pulse())

    def add_biases(self, step: int) -> None:
        """One row: a bias for each neuron of a layer, with those neurons pulsing."""
        text = f"{spell(int(self.sizes[step + 1]), 0)} biases"
        neurons = self.layers[step + 1].neurons
        self.add_row(text, int(self.numel[2 * step + 1]), Indicate(neurons, scale_factor=1.15, color=ACCENT))

    def add_row(self, text: str, count: int, pulse: Indicate | Pulse) -> None:
        """A line of the sum: what is counted at the left, the count flush right."""
        y = ROWS_TOP - ROW_STEP * len(self.terms)
        label = Words(text, size=BODY, color=DIM)
        label.move_to(RIGHT * 0.6 + UP * y, aligned_edge=LEFT)
        term = Number(count, decimals=0).move_to(RIGHT * RIGHT_X + UP * y, aligned_edge=RIGHT)
        share_baseline(term, label)
        self.terms.append(term)
        self.play(FadeIn(label), FadeIn(term, shift=LEFT * 0.2), pulse, run_time=1.5 * BEAT)
        self.wait(0.4)

    def sum_up(self, parameters: int) -> None:
        """The rule under the column and the total that the model itself reports."""
        y = ROWS_TOP - ROW_STEP * (len(self.terms) - 0.4)
        rule = Line(RIGHT * 0.6 + UP * y, RIGHT * RIGHT_X + UP * y, color=RULE, stroke_width=2)
        self.total = Number(parameters, decimals=0, size=HUGE, color=ACCENT)
        self.total.move_to(RIGHT * RIGHT_X + UP * (y - 0.62), aligned_edge=RIGHT)
        self.play(FadeIn(rule), FadeIn(self.total, shift=DOWN * 0.2), run_time=BEAT)

    def tell_accuracy(self, share: float) -> None:
        """What these numbers are worth: the share of test digits that the network names correctly."""
        label = Words("test digits named correctly", size=BODY, color=DIM)
        label.move_to(RIGHT * 0.6 + UP * (self.total.get_bottom()[1] - 0.55), aligned_edge=LEFT)
        self.accuracy = Number(100 * share, decimals=1, color=CORRECT, unit="%")
        self.accuracy.move_to(RIGHT * RIGHT_X, aligned_edge=RIGHT)
        share_baseline(self.accuracy, label)
        self.play(FadeIn(label), FadeIn(self.accuracy), run_time=BEAT)
