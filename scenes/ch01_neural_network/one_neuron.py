"""Chapter 1, beat 16: one neuron weighs every pixel of a digit, and its sum falls when the digit moves aside."""

from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Arrow,
    FadeIn,
    FadeOut,
    Mobject,
    Rectangle,
    ValueTracker,
    VGroup,
    linear,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.layer import Layer
from scenes.kit.number import LiveNumber
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot import Plot
from scenes.kit.plot_curve import Curve
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, HUGE, LABEL, LARGE, LINE, NEGATIVE, POSITIVE, RULE, SYMBOLS

SMALL_X, SMALL_HEIGHT = -5.55, 2.4  # the digit and the weights, one above the other
DIGIT_Y, WEIGHTS_Y = 1.6, -1.45
LARGE_X, LARGE_HEIGHT = -1.65, 4.3  # their products
MIDDLE_Y = 0.1
NAME_BELOW = 0.14  # from a picture to its name
RIGHT_X = 3.95  # middle of what stands beside the pictures
NEURON_Y, FORMULA_Y, SUM_Y, NOTE_Y = 1.75, -0.1, -1.15, -2.35
MOST_DRAWN = 40  # neurons of the layer; of a wider one only the chosen neuron is drawn


class OneNeuronWeighsOnePattern(TensorScene):
    """One neuron's weights as a picture, its weighted sum over one digit, and that sum while the digit slides."""

    needs = ("neuron_pattern",)

    def construct(self) -> None:
        pattern = self.assets["neuron_pattern"]
        title = Words("One neuron weighs every pixel, each in its place", size=LARGE).to_edge(UP, buff=0.38)
        self.make_pictures(pattern)
        with self.say("one"):
            self.single_out(title, pattern)
        with self.say("weights"):
            self.show_weights(pattern)
        with self.say("sum"):
            self.add_up(pattern)
        with self.say("slide"):
            self.slide(pattern)
        with self.say("where"):
            self.at("where")
            self.play(self.shift.animate.set_value(0.0), run_time=1.5 * BEAT)
        self.close()

    def make_pictures(self, pattern: Asset) -> None:
        """The digit, the weights and, larger, their products, which reach full colour at the largest on the way."""
        limit = float(np.abs(pattern["weights"]).max())
        most = float(np.abs(pattern["moved"] * pattern["weights"]).max()) or limit
        self.digit = PixelGrid(pattern["image"], LARGE_HEIGHT).move_to((LARGE_X, MIDDLE_Y, 0))
        self.weights = PixelGrid(pattern["shown"], LARGE_HEIGHT, signed=True, limit=limit)
        self.weights.move_to((LARGE_X, MIDDLE_Y, 0))
        nothing = np.zeros_like(pattern["products"])
        self.products = PixelGrid(nothing, LARGE_HEIGHT, signed=True, limit=most).move_to((LARGE_X, MIDDLE_Y, 0))
        w = f'#text(fill: rgb("{SYMBOLS[0]}"))[$w$]'
        names = (("the digit: $a$", self.digit), (f"weights: {w}", self.weights), (f"products: {w}$a$", self.products))
        self.names = [
            Words(name, size=LABEL, color=DIM).next_to(picture, DOWN, buff=NAME_BELOW) for name, picture in names
        ]

    def single_out(self, title: Words, pattern: Asset) -> None:
        """A digit lights the first hidden layer; all of it but one neuron leaves, and its number with it."""
        size, neuron = len(pattern["a1"]), int(pattern["neuron"])
        shown = np.arange(size) if size <= MOST_DRAWN else np.array([neuron])
        self.layer = Layer(shown, size, 5.2, scale=max(1.0, float(pattern["a1"].max())))
        self.layer.move_to((RIGHT_X, -0.1, 0))
        self.neuron = self.layer.neurons[self.layer.row(neuron)]
        others = VGroup(*(other for other in self.layer.neurons if other is not self.neuron), self.layer.dots)
        self.open(title, self.digit, self.names[0], self.layer, asset="neuron_pattern")
        self.chime(np.sort(pattern["a1"]) / self.layer.scale_of_fill)
        self.play(self.layer.light(pattern["a1"]), run_time=1.2 * BEAT)
        self.at("one")
        self.play(self.neuron.animate.set_stroke(ACCENT, LINE * 1.6).scale(1.5), run_time=BEAT)
        large = self.neuron.copy().scale_to_fit_height(1.0).move_to((RIGHT_X, NEURON_Y, 0)).set_fill(opacity=0)
        name = Words(f"layer 1, neuron {neuron + 1} of {size}", size=LABEL, color=DIM)
        self.caption = name.next_to(large, DOWN, buff=0.25)
        aside = self.set_aside(self.digit, self.names[0], DIGIT_Y)
        self.play(FadeOut(others), self.neuron.animate.become(large), *aside, run_time=1.5 * BEAT)
        self.play(FadeIn(self.caption), run_time=BEAT)

    def set_aside(self, picture: PixelGrid, name: Words, y: float) -> list[Animation]:
        """A picture goes to its small place at the left, its name with it."""
        below = (SMALL_X, y - SMALL_HEIGHT / 2 - NAME_BELOW - name.height / 2, 0)
        small = picture.animate.scale_to_fit_height(SMALL_HEIGHT).move_to((SMALL_X, y, 0))
        return [small.build(), name.animate.move_to(below).build()]

    def show_weights(self, pattern: Asset) -> None:
        """The neuron's weights come out of it as a picture; what the colours and the dark rim mean."""
        up = Words("pushes the sum up", size=BODY, color=POSITIVE)
        down = Words("pushes it down", size=BODY, color=NEGATIVE)
        self.legend = VGroup(up, down).arrange(DOWN, buff=0.3).move_to((RIGHT_X, -0.5, 0))
        self.note = self.make_note(int(pattern["untouched"]))
        self.at("weight")
        arrives = FadeIn(self.weights, target_position=self.neuron.get_left() + LEFT * 0.6, scale=0.15)
        self.play(arrives, FadeIn(self.names[1]), run_time=1.5 * BEAT)
        for word, line in zip(("blue", "orange"), self.legend, strict=True):
            self.at(word)
            self.play(FadeIn(line, shift=UP * 0.15), run_time=BEAT)
        self.play(FadeIn(self.note), run_time=BEAT)

    def make_note(self, untouched: int) -> VGroup:
        """Why part of the picture is dark; nothing where training changed all weights."""
        if not untouched:
            return VGroup()
        lines = (f"dark rim: {untouched} pixels that no training", "digit lights, so their weights never learned")
        rows = VGroup(*(Words(line, size=LABEL, color=DIM) for line in lines)).arrange(DOWN, buff=0.12)
        return rows.move_to((RIGHT_X, NOTE_Y, 0))

    def add_up(self, pattern: Asset) -> None:
        """Pixel by pixel the products appear, and the sum counts what has been added."""
        running = np.concatenate([[0.0], np.cumsum(pattern["products"].astype(np.float64))])  # (785,)
        taken = ValueTracker(0.0)
        formula = self.make_formula(pattern["products"].size)
        limits = (float(running.min()), float(running.max()))
        self.total = LiveNumber(lambda: running[int(taken.get_value())], decimals=1, size=HUGE, limits=limits)
        line = Equation("= {total}", slots={"total": self.total}, size=HUGE).move_to((RIGHT_X, SUM_Y, 0))
        aside = self.set_aside(self.weights, self.names[1], WEIGHTS_Y)
        self.play(*aside, FadeOut(self.legend), run_time=BEAT)
        arrows = VGroup(*(self.arrow_from(picture) for picture in (self.digit, self.weights)))
        panel = (arrows, self.products, self.names[2], formula, line)
        self.play(*(FadeIn(each) for each in panel), run_time=BEAT)
        self.at("times")
        rows = [self.row_mark(picture, taken) for picture in (self.digit, self.weights, self.products)]
        self.products.add_updater(lambda grid: grid.set_values(first(pattern["products"], taken)), call_updater=False)
        self.add(*rows)
        self.play(taken.animate.set_value(running.size - 1), rate_func=linear, run_time=max(self.left(), 3 * BEAT))
        self.products.clear_updaters()
        self.remove(*rows)
        self.total.clear_updaters()
        self.formula = VGroup(formula, line)

    def make_formula(self, pixels: int) -> Equation:
        """The sum of products, with the weights in the colour of their name."""
        terms = f"{{u: w_1}} a_1 + {{v: w_2}} a_2 + dots.c + {{w: w_{pixels}}} a_{pixels}"
        colors = dict.fromkeys("uvw", SYMBOLS[0])
        return Equation(terms, colors=colors, size=LARGE).move_to((RIGHT_X, FORMULA_Y, 0))

    def arrow_from(self, picture: PixelGrid) -> Arrow:
        """From a small picture to the products."""
        start = picture.get_right() + RIGHT * 0.12
        end = np.array([self.products.get_left()[0] - 0.12, (start[1] + 2 * MIDDLE_Y) / 3, 0])
        return Arrow(start, end, color=RULE, stroke_width=4, buff=0, max_tip_length_to_length_ratio=0.3)

    def row_mark(self, picture: PixelGrid, taken: ValueTracker) -> Rectangle:
        """A frame around the row of a picture that is being added."""
        mark = picture.outline(0, 0, 1, picture.columns, stroke_color=ACCENT, stroke_width=LINE * 0.8)

        def follow(frame: Mobject) -> None:
            row = min(int(taken.get_value()) // picture.columns, picture.rows - 1)
            frame.move_to(picture.place(row, (picture.columns - 1) / 2))

        mark.add_updater(follow, call_updater=False)
        return mark

    def slide(self, pattern: Asset) -> None:
        """The digit goes from side to side; a curve keeps the sum that the neuron has for each place."""
        shifts = pattern["shifts"].astype(float)  # (shift,)
        self.plot = Plot(shifts, pattern["sums"], 4.7, 3.5, names=("pixels to the right", "weighted sum"))
        self.plot.move_to((RIGHT_X - 0.2, -0.15, 0))
        self.shift, ends = ValueTracker(0.0), (float(shifts[0]), float(shifts[-1]))
        leaves = (FadeOut(each) for each in (self.neuron, self.caption, self.note, self.formula))
        self.at("slide")
        self.play(*leaves, run_time=BEAT)
        self.curve = self.plot.curve(shifts, pattern["sums"])
        self.curve.grown = 0.0
        self.curve.redraw()
        at = between(pattern["moved"], shifts)
        self.digit.add_updater(lambda grid: grid.set_values(at(self.shift.get_value())), call_updater=False)
        self.products.add_updater(
            lambda grid: grid.set_values(at(self.shift.get_value()) * pattern["weights"]), call_updater=False
        )
        self.play(FadeIn(self.plot), self.shift.animate.set_value(ends[0]), run_time=1.2 * BEAT)
        self.curve.add_updater(lambda curve: grow_to(curve, self.shift.get_value(), ends), call_updater=False)
        self.cursor = self.plot.cursor(self.curve, self.shift, decimals=1)
        self.play(self.shift.animate.set_value(ends[1]), rate_func=linear, run_time=4.5 * BEAT)
        self.curve.clear_updaters()
        self.at("away")
        self.play(self.shift.animate.set_value(float(pattern["away_shift"])), run_time=1.2 * BEAT)


def first(products: np.ndarray, taken: ValueTracker) -> np.ndarray:
    """The products (row, column) that have been taken so far, read row by row; 0 for the others."""
    order = np.arange(products.size).reshape(products.shape)
    return np.where(order < int(taken.get_value()), products, 0.0)


def between(moved: np.ndarray, shifts: np.ndarray) -> Callable[[float], np.ndarray]:
    """The picture moved by any shift: between whole pixels the mean of both neighbours, weighted by nearness.

    A weighted sum of it is then the same mean of their sums, so that straight lines between the sums are exact.
    """

    def at(shift: float) -> np.ndarray:
        place = float(np.clip(shift - shifts[0], 0, len(shifts) - 1))
        low = min(int(place), len(shifts) - 2)
        share = place - low
        return np.asarray((1 - share) * moved[low] + share * moved[low + 1])

    return at


def grow_to(curve: Curve, x: float, ends: tuple[float, float]) -> None:
    """Draw the curve as far as x."""
    curve.grown = (x - ends[0]) / (ends[1] - ends[0])
    curve.redraw()
