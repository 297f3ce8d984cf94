"""Chapter 1, beat 2: a digit is 784 numbers, and no rule that turns them into its name is easy to write."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arrow, Create, FadeIn, FadeOut, Group, LaggedStart, Line, Triangle, VGroup

from scenes.base import TensorScene
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, GAP, HAIRLINE, HUGE, INK, LABEL, LARGE, RULE

PATCH_SIDE = 5  # cells of the magnified piece, each wide enough for two decimals at 480p
HOPS = (7, 2, 9, 4, 6, 1, 8, 3, 5, 0)  # where the pointer stops while nothing decides: no answer is meant
HOP_S = 1.4
SHADES = (0.0, 1.0)  # of the key: the ends of the scale on which pixels are drawn


class PixelsAreNumbers(TensorScene):
    """You see a digit; the machine gets a grid of numbers and no rule."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        lead = int(forward["lead"])
        image = forward["images"][lead]  # (28, 28): row, column
        title = Words("You see a digit. A machine gets numbers.", size=LARGE).to_edge(UP, buff=0.38)
        self.grid = PixelGrid(image, height=5.4).move_to(DOWN * 0.15)
        self.name = Number(int(forward["label"][lead]), decimals=0, size=HUGE)
        self.name.next_to(self.grid, RIGHT, buff=0.8)

        with self.say("see"):
            self.open(title, self.grid, asset="digit_forward")
            self.at("name")
            self.play(FadeIn(self.name, shift=RIGHT * 0.4), run_time=BEAT)

        with self.say("grid"):
            count = self.fill_in(image)

        row, column = (int(i) for i in forward["patch"])
        with self.say("patch"):
            aside = Group(self.grid, self.numbers, count, self.key)
            self.play(aside.animate.shift(LEFT * 3.9), run_time=BEAT)
            self.magnify(image[row : row + PATCH_SIDE, column : column + PATCH_SIDE], row, column)

        with self.say("question"):
            leaves = (FadeOut(self.magnified, shift=LEFT * 0.3), FadeOut(count), FadeOut(self.key))
            self.play(*leaves, run_time=BEAT)
            self.ask()
        self.close()

    def fill_in(self, image: np.ndarray) -> Words:
        """Each pixel's value is written in it, row by row; then how many there are, and what 0 and 1 look like."""
        self.numbers = self.grid.numbers(image)
        count = Words(f"{image.shape[0]} × {image.shape[1]} = {image.size} pixels", size=LABEL, color=DIM)
        count.next_to(self.grid, RIGHT, buff=0.5).align_to(self.grid, UP)
        self.play(FadeOut(self.name), run_time=BEAT)
        rows = (FadeIn(row) for row in self.numbers)
        self.play(LaggedStart(*rows, lag_ratio=0.4), run_time=max(0.3 * self.left(), 2 * BEAT))
        self.at("count")
        self.play(FadeIn(count), run_time=BEAT)
        self.key = self.make_key(count)
        for word, shade in zip(("black", "white"), self.key, strict=True):
            self.at(word)
            self.play(FadeIn(shade), run_time=BEAT)
        return count

    def make_key(self, above: Words) -> Group:
        """A cell of each end of the scale with the value beside it."""
        shades = Group()
        for place, value in enumerate(SHADES):
            cell = PixelGrid(np.array([[value]]), height=0.32)
            written = Number(value, decimals=1, size=LABEL, color=DIM).next_to(cell, RIGHT, buff=0.15)
            cell_and_value = Group(cell, written).next_to(above, DOWN, buff=0.3).align_to(above, LEFT)
            shades.add(cell_and_value.shift(RIGHT * 1.3 * place))
        return shades

    def magnify(self, values: np.ndarray, row: int, column: int) -> None:
        """Enlarge a block of pixels (5, 5) beside the picture, each with its value."""
        large = PixelGrid(values, height=4.1).move_to(RIGHT * 3.3 + DOWN * 0.5)
        self.patch_numbers = large.numbers(values, decimals=2, color=INK)
        source = self.grid.outline(row, column, PATCH_SIDE, PATCH_SIDE, stroke_color=ACCENT, stroke_width=2.5)
        rays = VGroup(
            *(
                Line(
                    source.get_corner(RIGHT + side), large.get_corner(LEFT + side), stroke_width=HAIRLINE, color=ACCENT
                )
                for side in (UP, DOWN)
            )
        ).set_stroke(opacity=0.6)
        self.play(Create(source), run_time=BEAT)
        self.play(Create(rays), FadeIn(large), run_time=1.5 * BEAT)
        self.at("shades")
        rows = (FadeIn(row) for row in self.patch_numbers)
        self.play(LaggedStart(*rows, lag_ratio=0.8), run_time=max(0.85 * self.left(), 2 * BEAT))
        self.magnified = Group(source, rays, large, self.patch_numbers)

    def ask(self) -> None:
        """The ten names, and a pointer that finds no reason to stop at one."""
        names = VGroup(*(Number(digit, decimals=0) for digit in range(10))).arrange(DOWN, buff=0.22)
        names.move_to(RIGHT * 4.2 + DOWN * 0.15)
        arrow = Arrow(self.grid.get_right() + RIGHT * 0.5, names.get_left() + LEFT, color=RULE, stroke_width=4, buff=0)
        mark = Words("?", size=HUGE, color=ACCENT).next_to(arrow, UP, buff=GAP)
        self.at("ten")
        self.play(FadeIn(arrow), LaggedStart(*(FadeIn(name) for name in names), lag_ratio=0.08), run_time=2 * BEAT)
        pointer = Triangle(color=ACCENT, fill_opacity=1, stroke_width=0).rotate(-np.pi / 2).scale_to_fit_height(0.26)
        places = [name.get_center() + LEFT * 0.45 for name in names]
        self.play(FadeIn(pointer.move_to(places[0])), FadeIn(mark), run_time=BEAT)
        self.at("rule")
        for stop in HOPS[: max(2, int(self.left() / HOP_S))]:
            self.play(pointer.animate.move_to(places[stop]), run_time=BEAT)
            self.wait(HOP_S - BEAT)
        self.play(FadeOut(pointer), run_time=BEAT)
