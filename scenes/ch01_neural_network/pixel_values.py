"""Chapter 1, beat 2: a digit is 784 numbers, and no rule that turns them into its name is easy to write."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arrow, Create, FadeIn, FadeOut, Group, LaggedStart, Line, Rectangle, VGroup

from scenes.base import TensorScene
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, HAIRLINE, HUGE, INK, LABEL, LARGE, RULE

PATCH_SIDE = 5  # cells of the magnified piece, each wide enough for two decimals at 480p
HOPS = (7, 2, 9, 4, 6, 1, 8, 3, 5, 0)  # where the box stops while nothing decides: no answer is meant
HOP_S = 1.4


class PixelsAreNumbers(TensorScene):
    """You see a digit; the machine gets a grid of numbers and no rule."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        image = forward["images"][int(forward["lead"])]  # (28, 28): row, column
        title = Words("You see a digit. A machine gets numbers.", size=LARGE).to_edge(UP, buff=0.38)
        self.grid = PixelGrid(image, height=5.4).move_to(DOWN * 0.15)

        with self.say("see"):
            self.open(title, self.grid, asset="digit_forward")

        self.numbers = self.grid.numbers(image)
        count = Words(f"{image.shape[0]} × {image.shape[1]} = {image.size} pixels", size=LABEL, color=DIM)
        count.next_to(self.grid, RIGHT, buff=0.5).align_to(self.grid, UP)
        with self.say("grid"):
            self.play(FadeIn(count), run_time=BEAT)
            rows = (FadeIn(row) for row in self.numbers)
            self.play(LaggedStart(*rows, lag_ratio=0.4), run_time=0.75 * self.left())

        row, column = (int(i) for i in forward["patch"])
        with self.say("patch"):
            aside = Group(self.grid, self.numbers, count)
            self.play(aside.animate.shift(LEFT * 3.9), run_time=BEAT)
            self.magnify(image[row : row + PATCH_SIDE, column : column + PATCH_SIDE], row, column)

        with self.say("question"):
            self.play(FadeOut(self.magnified, shift=LEFT * 0.3), FadeOut(count), run_time=BEAT)
            self.ask()
        self.close()

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
        rows = (FadeIn(row) for row in self.patch_numbers)
        self.play(LaggedStart(*rows, lag_ratio=0.8), run_time=0.6 * self.left())
        self.magnified = Group(source, rays, large, self.patch_numbers)

    def ask(self) -> None:
        """The ten names, and a box that finds no reason to stop at one."""
        names = VGroup(*(Number(digit, decimals=0) for digit in range(10))).arrange(DOWN, buff=0.22)
        names.move_to(RIGHT * 4.2 + DOWN * 0.15)
        arrow = Arrow(
            self.grid.get_right() + RIGHT * 0.5, names.get_left() + LEFT * 0.6, color=RULE, stroke_width=4, buff=0
        )
        mark = Words("?", size=HUGE, color=ACCENT).next_to(arrow, UP, buff=0.2)
        self.play(FadeIn(arrow), LaggedStart(*(FadeIn(name) for name in names), lag_ratio=0.08), run_time=2 * BEAT)
        box = Rectangle(width=0.62, height=0.5, stroke_color=ACCENT, stroke_width=2.5).move_to(names[0])
        self.play(FadeIn(box), FadeIn(mark), run_time=BEAT)
        for stop in HOPS[: max(2, int(self.left() / HOP_S))]:
            self.play(box.animate.move_to(names[stop]), run_time=BEAT)
            self.wait(HOP_S - BEAT)
        self.play(FadeOut(box), run_time=BEAT)
