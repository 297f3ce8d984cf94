"""Chapter 1, beats 7 to 9: the pixels of a digit become the first layer, and the other layers are drawn after it."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    ReplacementTransform,
    VGroup,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.ch01_neural_network.forward_pass import COLUMNS, COUNTS_Y, HEIGHT, MIDDLE
from scenes.kit.contrast import ink_on
from scenes.kit.layer import Layer, curly, window
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, HUGE, INK, LABEL, LARGE, LINE, SMALL, STAGGER

LARGE_GRID = 4.5  # height of the picture while its pixels are circles
GRID_X, NEURON_X = -0.45, 4.35
NEURON_RADIUS = 1.15
OTHERS = ((12,), (9, 9, 9))  # layers that might be there as well: only drawn, never trained


class PixelsBecomeALayer(TensorScene):
    """All pixels line up as the first layer; ten outputs stand at the end, and what lies between is a choice."""

    needs = ("digit_net", "digit_forward", "pixel_neuron")

    def construct(self) -> None:
        forward, self.sizes = self.assets["digit_forward"], [int(n) for n in self.assets["digit_net"]["sizes"]]
        image = forward["images"][int(forward["lead"])]  # (28, 28)
        text = f"{self.sizes[0]} neurons in, {self.sizes[-1]} out, and a choice between"
        title = Words(text, size=LARGE).to_edge(UP, buff=0.38)
        self.picture = PixelGrid(image, height=2.7).move_to(LEFT * 5.35 + MIDDLE)
        self.grid = PixelGrid(image, height=2.7).move_to(self.picture)
        self.layers = self.make_layers(forward, image)

        with self.say("circles"):
            self.open(title, self.picture, asset="digit_forward")
            self.take_apart()
            self.count(image)
        with self.say("holds"):
            self.hold(image, self.assets["pixel_neuron"])
        with self.say("column"):
            self.line_up(forward["window"])
        with self.say("outputs"):
            self.add_outputs()
        with self.say("hidden"):
            self.add_hidden()
            self.choose()
        self.close(keep=[self.picture, *self.layers, *self.beside, self.names, self.counts])

    def make_layers(self, forward: Asset, image: np.ndarray) -> list[Layer]:
        """Four columns where the next scene has them; the pixels hold their shades, the others nothing yet."""
        shown = [forward["window"], *(window(size) for size in self.sizes[1:])]
        heights = (HEIGHT, HEIGHT, HEIGHT, HEIGHT * 0.84)
        layers = [
            Layer(indices, size, height).move_to(RIGHT * x + MIDDLE)
            for indices, size, height, x in zip(shown, self.sizes, heights, COLUMNS, strict=True)
        ]
        layers[0].set_values(image.ravel())
        return layers

    def take_apart(self) -> None:
        """A copy of the picture grows, and each of its pixels becomes a circle."""
        grown = self.grid.animate.scale_to_fit_height(LARGE_GRID).move_to(RIGHT * GRID_X + UP * 0.2)
        self.play(grown, run_time=BEAT)
        self.at("circles")
        self.play(self.grid.come_apart(), run_time=BEAT)
        self.play(self.grid.to_circles(), run_time=BEAT)

    def count(self, image: np.ndarray) -> None:
        """Braces say how many rows and columns there are, and the product how many circles."""
        rows, columns = image.shape
        side, below = curly(LARGE_GRID).next_to(self.grid, LEFT, buff=0.12), curly(LARGE_GRID).rotate(PI / 2)
        below.next_to(self.grid, DOWN, buff=0.12)
        sides = [Words(str(n), size=LABEL, color=DIM) for n in (rows, columns)]
        sides[0].next_to(side, LEFT, buff=0.12)
        sides[1].next_to(below, DOWN, buff=0.12)
        self.braces = VGroup(side, below, *sides)
        self.total = Words(f"{rows} × {columns} = {image.size}", size=BODY).move_to(RIGHT * NEURON_X + UP * 2.25)
        self.at("sides")
        self.play(FadeIn(side), FadeIn(sides[0]), run_time=BEAT)
        self.play(FadeIn(below), FadeIn(sides[1]), run_time=BEAT)
        self.at("count")
        self.play(FadeIn(self.total), run_time=BEAT)

    def hold(self, image: np.ndarray, chosen: Asset) -> None:
        """Every circle's number is written in it; then one is pulled out, and its activation is read."""
        row, column, value = int(chosen["row"]), int(chosen["column"]), float(chosen["value"])
        self.numbers = self.grid.numbers(image)
        rows = (FadeIn(line) for line in self.numbers)
        self.at("shade")
        self.play(LaggedStart(*rows, lag_ratio=0.3), run_time=max(0.25 * self.left(), 2 * BEAT))
        self.at("one")
        place = self.grid.place(row, column)
        ring = Circle(radius=0.6 * self.grid.cell, color=ACCENT, stroke_width=LINE).move_to(place)
        self.circle = Circle(NEURON_RADIUS, stroke_color=INK, stroke_width=LINE * 1.6, fill_color=INK)
        self.circle.set_fill(opacity=value).move_to(RIGHT * NEURON_X + DOWN * 0.3)
        self.number = Number(value, decimals=2, size=HUGE, color=ink_on(value)).move_to(self.circle)
        ray = Line(ring.get_right(), self.circle.get_left() + LEFT * 0.1, color=ACCENT, stroke_width=LINE)
        seed = self.circle.copy().scale_to_fit_height(self.grid.cell).move_to(place)
        name = Words(f"row {row + 1}, column {column + 1}", size=LABEL, color=DIM)
        name.next_to(self.circle, DOWN, buff=0.3)
        self.play(Create(ring), FadeOut(self.numbers), run_time=BEAT)
        self.play(ReplacementTransform(seed, self.circle), Create(ray), FadeIn(name), run_time=BEAT)
        self.chime([value])
        self.play(FadeIn(self.number, shift=RIGHT * 0.2), run_time=BEAT)
        word = Words("activation", size=LABEL, color=DIM).next_to(self.circle, UP, buff=0.3)
        self.at("activation")
        self.play(FadeIn(word), run_time=BEAT)
        self.pulled = VGroup(ring, ray, self.circle, self.number, name, word)

    def line_up(self, chosen: np.ndarray) -> None:
        """Row by row the circles go to one column; those that are not drawn end at its dots."""
        column = self.layers[0]
        self.play(FadeOut(self.pulled), FadeOut(self.braces), FadeOut(self.total), run_time=BEAT)
        self.at("line")
        travel = self.grid.to_column(HEIGHT, chosen, at=np.array(column.get_center()), lag=0.7)
        self.play(travel, run_time=max(0.5 * self.left(), 4 * BEAT))
        label = Words(f"{column.count_text()} pixels", size=LABEL, color=DIM).next_to(column, DOWN).set_y(COUNTS_Y)
        self.at("drawn")
        self.play(FadeIn(column), FadeOut(self.grid), FadeIn(label), run_time=BEAT)
        brace = column.brace()
        self.at("dots")
        self.play(FadeIn(brace), run_time=BEAT)
        self.beside = [label, brace]

    def add_outputs(self) -> None:
        """The last column, with the digit that each of its neurons stands for."""
        last = self.layers[3]
        self.names = VGroup(
            *(
                Number(digit, decimals=0, size=LABEL, color=DIM).next_to(neuron, RIGHT, buff=0.2)
                for digit, neuron in enumerate(last.neurons)
            )
        )
        count = self.count_below(last)
        self.at("ten")
        self.play(LaggedStart(*(FadeIn(neuron) for neuron in last.neurons), lag_ratio=0.2), run_time=1.5 * BEAT)
        self.remove(*last.neurons).add(last)
        names = (FadeIn(name, shift=RIGHT * 0.15) for name in self.names)
        self.play(LaggedStart(*names, lag_ratio=0.2), FadeIn(count), run_time=1.5 * BEAT)
        self.remove(*self.names).add(self.names)
        self.beside.append(count)

    def add_hidden(self) -> None:
        """Both hidden columns, with a question mark in each of their neurons."""
        hidden = self.layers[1:3]
        self.marks = VGroup(*(unknown(layer) for layer in hidden))
        self.at("hidden")
        self.play(LaggedStart(*(FadeIn(layer) for layer in hidden), lag_ratio=0.4), run_time=1.5 * BEAT)
        marks = (FadeIn(mark) for layer in self.marks for mark in layer)
        self.play(LaggedStart(*marks, lag_ratio=0.1), run_time=1.5 * BEAT)
        self.counts = VGroup(*(self.count_below(layer) for layer in hidden))
        self.at("size")
        self.play(FadeIn(self.counts), run_time=BEAT)

    def choose(self) -> None:
        """Other layers that might stand there, one after the other; then again those that were chosen."""
        own = VGroup(*self.layers[1:3], *self.marks)
        drawn = own
        self.at("why")
        self.play(FadeOut(self.counts), run_time=BEAT / 2)
        for sizes in OTHERS:
            other = might_be(sizes, (COLUMNS[1] + COLUMNS[2]) / 2, COLUMNS[2] - COLUMNS[1])
            self.play(FadeOut(drawn), FadeIn(other), run_time=BEAT)
            self.wait(2 * STAGGER)
            drawn = other
        self.play(FadeOut(drawn), FadeIn(own), FadeIn(self.counts), run_time=BEAT)
        self.remove(own).add(*self.layers[1:3], self.marks)  # each for itself again: the layers stay at the end
        lines = r"two layers \ of SIZE neurons: \ a choice, \ not a law".replace("SIZE", str(self.sizes[1]))
        claim = Words(f"#align(center)[{lines}]", size=LABEL, color=ACCENT)
        self.at("choice")
        self.play(FadeIn(claim.move_to(RIGHT * (COLUMNS[1] + COLUMNS[2]) / 2 + MIDDLE)), run_time=BEAT)
        self.at("later")
        self.play(Indicate(self.marks, color=INK, scale_factor=1.0), run_time=2 * BEAT)

    def count_below(self, layer: Layer) -> Words:
        """How many neurons a layer has, on the line of all counts."""
        return Words(layer.count_text(), size=LABEL, color=DIM).next_to(layer, DOWN).set_y(COUNTS_Y)


def unknown(layer: Layer) -> VGroup:
    """A question mark in each neuron of a layer."""
    return VGroup(*(Words("?", size=SMALL, color=DIM).move_to(neuron) for neuron in layer.neurons))


def might_be(sizes: tuple[int, ...], middle: float, width: float) -> VGroup:
    """Empty columns of these sizes around a place, as far apart as two of them are."""
    columns = []
    for place, size in enumerate(sizes):
        x = middle + width * (place - (len(sizes) - 1) / 2) / max(len(sizes) - 1, 1)
        columns.append(Layer(np.arange(size), size, HEIGHT * size / 16).move_to(RIGHT * x + MIDDLE))
    return VGroup(*columns, *(unknown(column) for column in columns))
