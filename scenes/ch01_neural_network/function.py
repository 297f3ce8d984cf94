"""Chapter 1: a neuron is a function, and so is the whole network: 784 numbers in, ten out."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    ApplyMethod,
    Arrow,
    Create,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    Line,
    ReplacementTransform,
    RoundedRectangle,
    VGroup,
    smooth,
    squish_rate_func,
)

from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork, columns
from scenes.kit.number import Number, share_baseline
from scenes.kit.number_array import NumberArray
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, GAP, HUGE, INK, LABEL, LARGE, LINE, NEGATIVE

NEURON_X, INPUTS_X, SAYING_X = -1.0, -5.2, 3.7
RADIUS = 1.05
MIDDLE_Y, FORMULA_Y = -0.55, 2.35
PICTURE_X, VECTOR_X, OUT_X, ANSWER_X = -5.55, -3.25, 4.55, 6.05
INNER_X, INNER_WIDTH, INNER_HEIGHT = 0.55, 4.0, 4.1
FLASH_S, LIGHT_S = 0.4, 0.2  # of one step in the small network


class TheNetworkIsAFunction(TensorScene):
    """A neuron takes numbers in and gives one; the network takes 784 in and gives ten, on two real digits."""

    needs = ("digit_net", "digit_forward", "digit_function")
    waivers: ClassVar[Mapping[str, str]] = {"text-over-line: holds": "the words are crossed out: that is the point"}

    def construct(self) -> None:
        self.make_neuron()
        title = Words("The whole network is a function", size=LARGE).to_edge(UP, buff=0.38)
        with self.say("neuron"):
            self.open(title, self.circle, self.value, self.saying, asset="digit_function")
            self.at("better")
            self.cross_out()
            self.let_numbers_in()
        self.make_network()
        with self.say("network"):
            self.widen()
            self.at("pixels")
            self.put_in()
            self.run_through(0)
            self.at("ten")
            self.answer(0)
        with self.say("other"):
            self.at("picture")
            self.exchange()
            self.run_through(1)
            self.at("tells")
            self.answer(1)
        self.close()

    def make_neuron(self) -> None:
        """A neuron with its number, and, not yet shown, all that goes into it with the weights it has for that."""
        given = self.assets["digit_function"]
        inputs, limit = given["inputs"], float(given["activation_max"])  # (hidden,)
        before = Layer(window(len(inputs)), len(inputs), 4.6, scale=limit).move_to(RIGHT * INPUTS_X + UP * MIDDLE_Y)
        after = Layer([0], 1, 1.0, scale=limit, radius=RADIUS).move_to(RIGHT * NEURON_X + UP * MIDDLE_Y)
        held = [inputs, np.array([given["value"]])]
        self.neuron = TensorNetwork([given["weights"][None]], held, [before, after])  # (1, hidden)
        self.circle, self.value = after, after.inside(0, size=HUGE)
        self.saying = Words("a thing that holds a number", size=BODY).move_to(RIGHT * SAYING_X + UP * 0.55)
        self.better = Words("a function", size=LARGE, color=ACCENT).move_to(RIGHT * SAYING_X + DOWN * 0.4)
        result = Number(float(given["value"]), decimals=2, size=BODY)
        self.call = Equation(f"f(a_1, a_2, dots, a_({len(inputs)})) = {{v}}", slots={"v": result}, size=BODY)
        self.call.move_to(RIGHT * SAYING_X + DOWN * 1.4)

    def cross_out(self) -> None:
        """The old saying is crossed out, the better one stands below."""
        left, right = self.saying.get_left() + LEFT * 0.1, self.saying.get_right() + RIGHT * 0.1
        self.strike = Line(left, right, color=NEGATIVE, stroke_width=LINE * 1.4)
        late = squish_rate_func(smooth, 0.4, 1)
        self.play(
            Create(self.strike, run_time=BEAT / 2),
            ApplyMethod(self.saying.set_fill, DIM, run_time=BEAT / 2),
            FadeIn(self.better, shift=UP * 0.15, rate_func=late),
            run_time=1.2 * BEAT,
        )

    def let_numbers_in(self) -> None:
        """All neurons before it, with its weights; the products run in, and the number comes out."""
        edges, given = self.neuron.edges[0], self.assets["digit_function"]
        self.at("in")
        self.play(FadeIn(self.neuron.layers[0]), FadeIn(edges), run_time=BEAT)
        self.remove(self.circle, self.value).add(self.neuron, self.value)
        flow = (given["weights"] * given["inputs"])[None]  # (1, hidden)
        self.play(self.neuron.flash(0, flow, run_time=1.5 * BEAT))
        self.at("out")
        self.chime([float(given["value"]) / float(given["activation_max"])])
        self.play(Indicate(self.value, scale_factor=1.15, color=self.value[0].get_fill_color()), FadeIn(self.call))

    def make_network(self) -> None:
        """The box with the network in it, what goes in at its left and what comes out at its right."""
        given, net = self.assets["digit_function"], self.assets["digit_net"]
        self.box = RoundedRectangle(corner_radius=0.2, width=INNER_WIDTH, height=INNER_HEIGHT)
        self.box.set_stroke(INK, LINE).move_to(RIGHT * INNER_X + UP * MIDDLE_Y)
        places = columns(net["sizes"], 2.9, 2.6, {0: self.assets["digit_forward"]["window"]})
        places = [layer.shift(RIGHT * INNER_X + UP * (MIDDLE_Y + 0.5)) for layer in places]
        for layer in places[1:3]:
            layer.scale_of_fill = float(given["activation_max"])
        self.network = TensorNetwork([net[f"w{i}"] for i in (1, 2, 3)], layers=places)
        for brace in self.network.braces.values():
            self.network.remove(brace)
        number = Number(int(net["parameters"]), decimals=0, size=LARGE)
        knobs = share_baseline(Words("knobs", size=BODY, color=DIM).next_to(number, RIGHT, buff=0.25), number)
        self.inside = VGroup(number, knobs).move_to(self.box.get_bottom() + UP * 0.55).set_x(INNER_X)
        self.inputs = NumberArray(given["a0"][0], given["pixels"], color=INK).move_to(RIGHT * VECTOR_X + UP * MIDDLE_Y)
        self.outputs = NumberArray(given["a3"][0], range(10), color=INK, limit=1.0)
        self.outputs.move_to(RIGHT * OUT_X + UP * MIDDLE_Y).name_rows([str(digit) for digit in range(10)], LABEL)
        self.outputs.write(np.full(10, np.nan))
        self.arrows = [
            Arrow(RIGHT * start + UP * MIDDLE_Y, RIGHT * stop + UP * MIDDLE_Y, color=DIM, stroke_width=4, buff=0)
            for start, stop in (
                (self.inputs.get_right()[0] + GAP, self.box.get_left()[0] - GAP),
                (self.box.get_right()[0] + GAP, self.outputs.get_left()[0] - GAP),
            )
        ]
        pixels = int(net["sizes"][0])
        self.formula = Equation(f"f(a_1, a_2, dots, a_({pixels})) = (y_0, y_1, dots, y_9)", size=LARGE)
        self.formula.move_to(UP * FORMULA_Y)

    def widen(self) -> None:
        """The neuron's circle becomes the box around the whole network."""
        old = Group(self.neuron.edges[0], self.neuron.layers[0], self.value, self.saying, self.strike, self.better)
        self.remove(self.neuron)
        circle = self.circle.neurons[0]
        self.add(*self.neuron.edges, self.neuron.layers[0], circle)
        self.play(
            *(FadeOut(part) for part in old), FadeOut(self.call), ReplacementTransform(circle, self.box), run_time=BEAT
        )
        self.play(FadeIn(self.network), FadeIn(self.formula), FadeIn(self.inside), run_time=0.75 * BEAT)

    def put_in(self) -> None:
        """The first digit as a picture and as the column of its numbers."""
        self.picture = self.framed(0)
        arriving = (self.picture, self.inputs, *self.arrows, self.outputs)
        self.play(LaggedStart(*(FadeIn(part, shift=RIGHT * 0.2) for part in arriving), lag_ratio=0.15), run_time=BEAT)

    def framed(self, example: int) -> PixelGrid:
        """One of the digits at the left."""
        picture = PixelGrid(self.assets["digit_function"]["images"][example], height=2.0)
        return picture.move_to(RIGHT * PICTURE_X + UP * MIDDLE_Y)

    def run_through(self, example: int) -> None:
        """A digit runs through the small network."""
        given, net = self.assets["digit_function"], self.assets["digit_net"]
        held = [given[f"a{i}"][example] for i in range(4)]
        self.play(self.network.light(0, held[0]), run_time=LIGHT_S)
        for step in range(3):
            products = net[f"w{step + 1}"] * held[step]  # (to, from)
            self.play(self.network.flash(step, products, run_time=FLASH_S))
            self.play(self.network.light(step + 1, held[step + 1]), run_time=LIGHT_S)

    def answer(self, example: int) -> None:
        """The ten outputs are written, and the largest is marked."""
        given = self.assets["digit_function"]
        winner, outputs = int(given["answer"][example]), given["a3"][example]
        self.mark = self.outputs.outline(row=winner)
        self.said = Number(winner, decimals=0, size=HUGE).move_to((ANSWER_X, self.mark.get_y(), 0.0))
        self.chime([float(outputs.max())])
        self.play(self.outputs.change(outputs), run_time=BEAT)
        self.play(Create(self.mark), FadeIn(self.said, shift=RIGHT * 0.2), run_time=BEAT)

    def exchange(self) -> None:
        """Another picture, other numbers; what came out before is taken away."""
        picture = self.framed(1)
        leaving = (self.picture, self.mark, self.said)
        change = self.inputs.change(self.assets["digit_function"]["a0"][1])
        fade = self.outputs.still.animate.set_fill(opacity=0)
        self.play(*(FadeOut(part) for part in leaving), FadeIn(picture), fade, change, run_time=BEAT)
        self.outputs.write(np.full(10, np.nan))
        self.outputs.still.set_fill(opacity=1)
        self.picture = picture
