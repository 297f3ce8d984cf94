"""Chapter 1, beat 6: a neuron is a thing that holds a number."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    ApplyMethod,
    Arrow,
    Circle,
    FadeIn,
    FadeOut,
    Group,
    Line,
    VGroup,
    smooth,
    squish_rate_func,
    there_and_back,
)

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
ALONE = LEFT * 2.9  # brings neuron and scale to the middle of the frame when the picture has left


class HeldNumber(TensorScene):
    """One real neuron holds five different numbers for five pictures."""

    needs = ("digit_neuron",)

    def construct(self) -> None:
        neuron = self.assets["digit_neuron"]
        images, self.held = neuron["images"], neuron["value"]  # (5, 28, 28), (5,)
        self.limit, self.kept = float(neuron["activation_max"]), Group()
        self.columns = np.argsort(np.argsort(self.held)) % 2  # neighbours on the scale stand in different columns
        title = Words("A neuron is a thing that holds a number", size=LARGE).to_edge(UP, buff=0.38)
        self.circle = Circle(radius=RADIUS, stroke_color=INK, stroke_width=LINE * 1.6, fill_color=INK, fill_opacity=0)
        self.circle.move_to(RIGHT * 0.9 + MIDDLE)

        with self.say("circle"):
            self.open(title, self.circle, asset="digit_neuron")
            self.wait(0.4 * self.left())
            self.at("range")
            self.play(FadeIn(self.make_gauge()), run_time=BEAT)

        name = f"layer 2, neuron {int(neuron['neuron']) + 1} of {neuron['sizes'][2]}"
        self.caption = Words(name, size=LABEL, color=DIM).next_to(self.circle, DOWN, buff=0.4)
        with self.say("number"):
            self.at("layer")
            self.play(FadeIn(self.caption), run_time=BEAT)
            self.respond(images[0], float(self.held[0]))

        with self.say("others"):
            for index in range(1, len(self.held)):
                self.keep(index - 1)
                self.at(f"v{index}")
                self.show(images[index], float(self.held[index]))

        with self.say("meaning"):
            self.keep(len(self.held) - 1)
            self.at("picture")
            self.forget()
            self.at("says")
            for index in np.argsort(self.held):
                self.recall(int(index))
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
        self.gauge = VGroup(self.scale_line, ends, self.mark)
        return self.gauge

    def place(self, value: float) -> np.ndarray:
        """Where a value lies on the scale, (3,)."""
        low, high = self.scale_line.get_start(), self.scale_line.get_end()
        return np.array(low + (high - low) * value / self.limit)

    def framed(self, image: np.ndarray) -> PixelGrid:
        """A digit (28, 28) at the place of the network's input."""
        return PixelGrid(image, height=2.8).move_to(LEFT * 4.75 + MIDDLE)

    def respond(self, image: np.ndarray, value: float) -> None:
        """A picture arrives, and the neuron takes its first value: the number, its name, then brightness and scale."""
        self.picture = self.framed(image)
        self.arrow = Arrow(LEFT * 2.85, LEFT * 0.7, color=RULE, stroke_width=4, buff=0).shift(MIDDLE)
        self.named = Words("activation", size=LABEL, color=DIM).next_to(self.circle, UP, buff=0.4)
        self.at("picture")
        self.play(FadeIn(self.picture), FadeIn(self.arrow), run_time=BEAT)
        self.value, self.number = value, Number(value, decimals=2, size=HUGE).move_to(self.circle)
        self.at("value")
        self.chime([value / self.limit])
        self.play(FadeIn(self.number, shift=RIGHT * 0.3), run_time=BEAT)
        self.at("activation")
        self.play(FadeIn(self.named), run_time=BEAT)
        self.at("brightness")
        self.play(self.number.animate.set_fill(ink_on(value / self.limit)), *self.light(value), run_time=BEAT)

    def light(self, value: float) -> list[Animation]:
        """The circle is filled, and the mark goes, to a value."""
        fill = self.circle.animate.set_fill(INK, value / self.limit).build()
        return [fill, self.mark.animate.move_to(self.place(value)).build()]

    def show(self, image: np.ndarray, value: float) -> None:
        """Another picture with its number."""
        picture = self.framed(image)
        self.take(value, FadeOut(self.picture), FadeIn(picture))
        self.picture = picture

    def take(self, value: float, *others: Animation) -> None:
        """The old number leaves, then the new one arrives; no number in between is ever written."""
        number = self.written(value)
        self.chime([value / self.limit], after_s=BEAT / 2)
        self.play(
            *others,
            FadeOut(self.number, shift=UP * 0.25, rate_func=squish_rate_func(smooth, 0, 0.5)),
            FadeIn(number, shift=UP * 0.25, rate_func=squish_rate_func(smooth, 0.5, 1)),
            *self.light(value),
            run_time=BEAT,
        )
        self.value, self.number = value, number

    def keep(self, index: int) -> None:
        """A small copy of the picture stays on the scale where its value lies."""
        beside = RIGHT * (0.65 + 0.75 * float(self.columns[index]))
        small = self.picture.copy().scale_to_fit_height(SMALL_PICTURE).move_to(self.place(self.value) + beside)
        self.kept.add(small)
        self.play(FadeIn(small, shift=RIGHT * 0.3), run_time=BEAT)

    def forget(self) -> None:
        """The picture leaves; the neuron, its number and the scale take the middle."""
        stays = Group(self.circle, self.number, self.caption, self.named, self.gauge, self.kept)
        early, late = squish_rate_func(smooth, 0, 0.5), squish_rate_func(smooth, 0.4, 1)
        leaves = (FadeOut(each, rate_func=early) for each in (self.picture, self.arrow))
        self.play(*leaves, ApplyMethod(stays.shift, ALONE, rate_func=late), run_time=1.5 * BEAT)

    def recall(self, index: int) -> None:
        """The neuron's number for one of the kept pictures once more, while that picture stands out."""
        stands_out = ApplyMethod(self.kept[index].scale, 1.2, rate_func=there_and_back)
        self.take(float(self.held[index]), stands_out)

    def written(self, value: float) -> Number:
        """The value inside the circle, dark on bright and bright on dark."""
        return Number(value, decimals=2, size=HUGE, color=ink_on(value / self.limit)).move_to(self.circle)
