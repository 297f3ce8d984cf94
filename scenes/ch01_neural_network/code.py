"""Chapter 1: the forward pass as four lines of code that were run, beside the layers that they fill."""

import re

import numpy as np
from manim import RIGHT, UP, Create, FadeIn, LaggedStart, RoundedRectangle, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words, escape
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, HAIRLINE, INK, LABEL, LARGE, PANEL, RULE, SMALL, SYMBOLS

MONO = "DejaVu Sans Mono"
CODE_X, SHAPES_X = -6.45, 0.6  # left end of a line, right end of what it prints
LINES_Y = (0.95, 0.0, -0.95, -1.9)
INPUT_Y = 1.95
PANEL_X, PANEL_Y = (-6.73, 0.85), (-2.45, 2.75)
COLUMNS_X = (2.05, 3.4, 4.75, 6.0)  # of the four layers
TINT = 0.16
HEIGHT, MIDDLE_Y, NAMES_Y = 4.5, 0.2, -2.62
CHECK_Y = -2.9


class FourLinesOfCode(TensorScene):
    """The code that is shown was run: after each line the shape of what it left, and the layer that it filled."""

    needs = ("digit_net", "digit_forward", "digit_code")

    def construct(self) -> None:
        code, net = self.assets["digit_code"], self.assets["digit_net"]
        self.held = [code[f"a{i}"] for i in range(4)]  # (784,), (hidden,), (hidden,), (10,)
        self.network = self.make_network(net)
        self.write_code(code)
        title = Words("The whole network, run as four lines of code", size=LARGE).to_edge(UP, buff=0.38)
        with self.say("run"):
            self.open(title, self.panel, self.start, self.picture, self.network, self.names, asset="digit_code")
            self.play(LaggedStart(*(FadeIn(line, shift=RIGHT * 0.2) for line in self.lines), lag_ratio=0.4))
            self.at("really")
            bright = self.names[0].animate.set_fill(INK)
            self.play(self.network.light(0, self.held[0]), FadeIn(self.printed[0], self.header), bright, run_time=BEAT)
        with self.say("first"):
            for i in (1, 2, 3):
                self.at(f"l{i}")
                self.run_line(i)
        with self.say("answer"):
            self.at("l4")
            self.find_largest()
        with self.say("same"):
            self.at("same")
            self.compare(float(code["difference"]), int(code["decimals"]))
        self.close()

    def make_network(self, net: Asset) -> TensorNetwork:
        """All four layers, still empty, with the names that the code gives them and the digits at the outputs."""
        forward = self.assets["digit_forward"]
        limit, columns = float(forward["activation_max"]), []
        for i, (x, values) in enumerate(zip(COLUMNS_X, self.held, strict=True)):
            shown = forward["window"] if i == 0 else window(len(values))
            height = HEIGHT if i < 3 else HEIGHT * 0.84
            layer = Layer(shown, len(values), height, scale=limit if i in (1, 2) else 1.0)
            columns.append(layer.move_to(RIGHT * x + UP * MIDDLE_Y))
        self.names = VGroup(
            *(mono(f"a{i}", LABEL, DIM).move_to(RIGHT * x + UP * NAMES_Y) for i, x in enumerate(COLUMNS_X))
        )
        self.digits = VGroup(
            *(
                Number(digit, decimals=0, size=LABEL, color=DIM).next_to(neuron, RIGHT, buff=0.18)
                for digit, neuron in enumerate(columns[3].neurons)
            )
        )
        self.names.add(*self.digits)
        return TensorNetwork([net[f"w{i}"] for i in (1, 2, 3)], layers=columns)

    def write_code(self, code: Asset) -> None:
        """The lines of the code one under the other on a panel, and to their right what each printed."""
        facts = code.provenance
        panel = box(PANEL_X, PANEL_Y, PANEL, RULE)
        self.bar = RoundedRectangle(corner_radius=0.08, width=panel.width - 0.16, height=0.66, stroke_width=0)
        self.bar.set_fill(ACCENT, 0).move_to(panel).set_y(LINES_Y[0])
        self.panel = VGroup(panel, self.bar)
        self.header = Words("shape", size=SMALL, color=DIM)
        self.start = stand(mono("a0", BODY, DIM), CODE_X, INPUT_Y)
        self.lines = VGroup(
            *(stand(tied(facts[f"line{i}"]), CODE_X, y) for i, y in zip(range(1, 5), LINES_Y, strict=True))
        )
        self.picture = PixelGrid(code["image"], height=1.1).next_to(self.start, RIGHT, buff=0.5).set_y(INPUT_Y + 0.08)
        self.header.move_to(RIGHT * SHAPES_X + UP * (PANEL_Y[1] - 0.22), aligned_edge=RIGHT)
        self.printed = VGroup()
        for i, y in enumerate((INPUT_Y, *LINES_Y)):
            text = mono(facts[f"printed{i}"], BODY, ACCENT)
            self.printed.add(stand(text, SHAPES_X - text.width, y, glyph=min(1, len(text) - 1)))

    def run_line(self, number: int) -> None:
        """A line is marked, its products run through the network, the next layer fills, and the shape is printed."""
        self.mark(number)
        quiet = self.printed[number - 1].animate.set_fill(INK)
        flow = self.assets["digit_forward"][f"flow{number}"]  # (to, from)
        self.play(self.network.flash(number - 1, flow, run_time=BEAT), quiet)
        layer = self.network.layers[number]
        self.chime(np.minimum(self.held[number][layer.indices] / layer.scale_of_fill, 1.0))
        self.play(
            self.network.light(number, self.held[number]),
            self.names[number].animate.set_fill(INK),
            FadeIn(self.printed[number], shift=RIGHT * 0.2),
            run_time=BEAT,
        )

    def find_largest(self) -> None:
        """The last line is marked; a box closes on the brightest output, and its digit is printed."""
        self.mark(4)
        winner = int(self.held[3].argmax())
        digit = self.digits[winner]
        self.box = self.network.layers[3].box(winner, digit)
        quiet = self.printed[3].animate.set_fill(INK)
        self.play(Create(self.box), quiet, digit.animate.set_fill(INK), run_time=BEAT)
        self.play(FadeIn(self.printed[4], shift=RIGHT * 0.2), run_time=BEAT)

    def mark(self, number: int) -> None:
        """The line that runs lies on a bar; the bar comes from the line before."""
        line = self.lines[number - 1]
        place = self.bar.copy().set_fill(opacity=TINT).set_y(line[0].get_center()[1] + 0.04)
        self.play(self.bar.animate.become(place), run_time=BEAT / 2)

    def compare(self, difference: float, decimals: int) -> None:
        """How far these numbers are from those of the library that trained the network."""
        words = Words("largest difference from PyTorch's numbers", size=LABEL, color=DIM)
        self.difference = Number(difference, decimals + 2, size=LABEL, color=CORRECT)
        stand(words, CODE_X, CHECK_Y)
        share_baseline(self.difference.next_to(words, RIGHT, buff=0.3), words)
        self.play(FadeIn(words), run_time=BEAT)
        self.play(FadeIn(self.difference, shift=UP * 0.1), run_time=BEAT)


def mono(text: str, size: float = BODY, color: str = INK) -> Words:
    """Code as it stands in a file."""
    return Words(escape(text), size=size, color=color, font=MONO)


def tied(line: str) -> Words:
    """A line of code whose weights, incoming numbers and biases have the colours of their symbols in a formula."""
    words, right = mono(line), line.index("=")
    colors = dict(zip("Wab", SYMBOLS, strict=True))
    for name in re.finditer(r"\b([Wab])\d\b", line):
        glyph = len(line[: name.start()].replace(" ", ""))
        if name.start() > right:
            words[glyph : glyph + 2].set_fill(colors[name[1]])
    return words


def stand(words: Words, x: float, y: float, glyph: int = 0) -> Words:
    """Words moved until they begin at x, and one of their glyphs, such as a digit, stands on a line at y."""
    words.shift(RIGHT * (x - words.get_left()[0]) + UP * (y - words[glyph].get_bottom()[1]))
    return words


def box(x: tuple[float, float], y: tuple[float, float], color: str, edge: str) -> RoundedRectangle:
    """A quiet panel between two heights and two sides."""
    panel = RoundedRectangle(corner_radius=0.12, width=x[1] - x[0], height=y[1] - y[0])
    panel.set_fill(color, 1).set_stroke(edge, HAIRLINE)
    return panel.move_to((sum(x) / 2, sum(y) / 2, 0.0))
