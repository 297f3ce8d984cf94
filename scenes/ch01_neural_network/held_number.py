"""Chapter 1, beat 6: a neuron is a thing that holds a number."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arrow, Circle, FadeIn, FadeOut, Line, VGroup, smooth, squish_rate_func

from scenes.base import TensorScene
from scenes.kit.contrast import ink_on
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, HUGE, INK, LABEL, LARGE, LINE, RULE

RADIUS = 1.25
GAUGE_HEIGHT = 4.2
GAUGE_X = 4.3
MIDDLE = DOWN * 0.1
SMALL_PICTURE = 0.6


class HeldNumber(TensorScene):
    """One real neuron holds five different numbers for five pictures."""

    needs = ("digit_neuron",)

    def construct(self) -> None:
        neuron = self.assets["digit_neuron"]
        images, values = neuron["images"], neuron["value"]  # (5, 28, 28), (5,)
        self.limit = float(neuron["activation_max"])
        self.columns = np.argsort(np.argsort(values)) % 2  # neighbours on the scale stand in different columns
        title = Words("A neuron is a thing that holds a number", size=LARGE).to_edge(UP, buff=0.38)
        self.circle = Circle(radius=RADIUS, stroke_color=INK, stroke_width=LINE * 1.6, fill_color=INK, fill_opacity=0)
        self.circle.move_to(RIGHT * 0.9 + MIDDLE)

        with self.say("circle"):
            self.open(title, self.circle, asset="digit_neuron")
            self.wait(0.4 * self.left())
            self.play(FadeIn(self.make_gauge()), run_time=BEAT)

        name = f"layer 2, neuron {int(neuron['neuron']) + 1} of {neuron['sizes'][2]}"
        caption = Words(name, size=LABEL, color=DIM).next_to(self.circle, DOWN, buff=0.4)
        arrow = Arrow(LEFT * 2.85, LEFT * 0.7, color=RULE, stroke_width=4, buff=0).shift(MIDDLE)
        with self.say("number"):
            self.play(FadeIn(caption), run_time=BEAT)
            self.wait(0.25 * self.left())
            self.picture = self.framed(images[0])
            self.play(FadeIn(self.picture), FadeIn(arrow), run_time=BEAT)
            self.hold(float(values[0]))

        with self.say("others"):
            for index in range(1, len(values)):
                pause = self.left() / (len(values) - index) - 2 * BEAT
                if pause > 0:
                    self.wait(pause)
                self.keep(index - 1)
                self.show(images[index], float(values[index]))

        with self.say("meaning"):
            self.keep(len(values) - 1)
        self.close()

    def make_gauge(self) -> VGroup:
        """A vertical scale from 0 to the largest activation with a mark that rests at 0."""
        bottom = RIGHT * GAUGE_X + MIDDLE + DOWN * GAUGE_HEIGHT / 2
        self.scale_line = Line(bottom, bottom + UP * GAUGE_HEIGHT, color=RULE, stroke_width=LINE)
        ends = VGroup(
            *(
                Number(value, decimals=1, size=LABEL, color=DIM).next_to(self.place(value), LEFT, buff=0.35)
                for value in (0.0, self.limit)
            )
        )
        self.mark = Line(LEFT * 0.2, RIGHT * 0.2, color=ACCENT, stroke_width=5).move_to(self.place(0.0))
        return VGroup(self.scale_line, ends, self.mark)

    def place(self, value: float) -> np.ndarray:
        """Where a value lies on the scale, (3,)."""
        low, high = self.scale_line.get_start(), self.scale_line.get_end()
        return np.array(low + (high - low) * value / self.limit)

    def framed(self, image: np.ndarray) -> PixelGrid:
        """A digit (28, 28) at the place of the network's input."""
        return PixelGrid(image, height=2.8).move_to(LEFT * 4.75 + MIDDLE)

    def hold(self, value: float) -> None:
        """The neuron takes its first value: number, brightness and scale."""
        self.value, self.number = value, self.written(value)
        self.chime([value / self.limit])
        self.play(
            self.circle.animate.set_fill(INK, value / self.limit),
            self.mark.animate.move_to(self.place(value)),
            FadeIn(self.number),
            run_time=BEAT,
        )

    def show(self, image: np.ndarray, value: float) -> None:
        """Another picture: the old number leaves, then the new one arrives; no number in between is ever written."""
        picture, number = self.framed(image), self.written(value)
        self.chime([value / self.limit], after_s=BEAT / 2)
        self.play(
            FadeOut(self.picture),
            FadeIn(picture),
            FadeOut(self.number, shift=UP * 0.25, rate_func=squish_rate_func(smooth, 0, 0.5)),
            FadeIn(number, shift=UP * 0.25, rate_func=squish_rate_func(smooth, 0.5, 1)),
            self.circle.animate.set_fill(INK, value / self.limit),
            self.mark.animate.move_to(self.place(value)),
            run_time=BEAT,
        )
        self.value, self.picture, self.number = value, picture, number

    def keep(self, index: int) -> None:
        """A small copy of the picture stays on the scale where its value lies."""
        beside = RIGHT * (0.65 + 0.75 * float(self.columns[index]))
        small = self.picture.copy().scale_to_fit_height(SMALL_PICTURE).move_to(self.place(self.value) + beside)
        self.play(FadeIn(small, shift=RIGHT * 0.3), run_time=BEAT)

    def written(self, value: float) -> Number:
        """The value inside the circle, dark on bright and bright on dark."""
        return Number(value, decimals=2, size=HUGE, color=ink_on(value / self.limit)).move_to(self.circle)
