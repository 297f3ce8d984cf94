"""Chapter 1, beat 11: the hope that digits are made of parts, shown by parts that were really found."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    ApplyMethod,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    VGroup,
    there_and_back,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words, escape
from scenes.theme import ACCENT, BEAT, BODY, DIM, INK, LABEL, LARGE, LINE

HOPES = ("a loop and a line", "two loops", "three lines")
LARGE_SIDE = 3.3  # of the three digits at first
TERM = 1.5  # side of a picture in the sum
TERM_Y, TILES_Y = 1.7, -1.6
TILE, TILE_GAP, TILE_COLUMNS = 1.28, 0.18, 8
COME_S, GROW_S = 8 / 15, 5 / 15  # a part comes, and the sum grows by it
SIGN_ROOM = 0.5  # between two pictures of the sum


class PartsWeHopeFor(TensorScene):
    """The hope that a layer finds parts of digits, and sixteen parts that a factorisation really found."""

    needs = ("digit_parts",)

    def construct(self) -> None:
        found = self.assets["digit_parts"]
        title = Words("The hope: a digit is made of parts", size=LARGE).to_edge(UP, buff=0.38)
        self.digits = Group(*(PixelGrid(image, LARGE_SIDE) for image in found["images"]))
        self.digits.arrange(buff=0.9).shift(DOWN * 0.1)
        hopes = VGroup(
            *(
                Words(escape(hope), size=BODY, color=DIM).next_to(digit, DOWN, buff=0.35)
                for hope, digit in zip(HOPES, self.digits, strict=True)
            )
        )

        with self.say("hope"):
            self.open(title, self.digits, asset="digit_parts")
            self.at("nine")
            self.play(FadeIn(hopes[0], shift=UP * 0.15), run_time=BEAT)
            self.at("eight")
            others = (FadeIn(hope, shift=UP * 0.15) for hope in hopes[1:])
            self.play(LaggedStart(*others, lag_ratio=0.8), run_time=1.5 * BEAT)
            self.at("finds")
            self.play(hopes.animate.set_fill(INK), run_time=BEAT)
            self.at("joins")
            joined = (ApplyMethod(each.scale, 1.06, rate_func=there_and_back) for each in self.digits)
            self.play(LaggedStart(*joined, lag_ratio=0.3), run_time=1.5 * BEAT)
        with self.say("found"):
            self.make_room(hopes)
            self.show_parts(found)
        with self.say("sum"):
            self.add_up(found)
            self.tell_error(float(found["error"][0]))
        with self.say("asked"):
            self.wait(self.left())
        self.close()

    def make_room(self, hopes: VGroup) -> None:
        """The first digit becomes the left side of a sum; the others and what was hoped for leave."""
        self.nine = self.digits[0]
        places = sum_places(TERM, SIGN_ROOM)
        goes = self.nine.animate.scale_to_fit_height(TERM).move_to(RIGHT * places[0] + UP * TERM_Y)
        self.play(*(FadeOut(each) for each in (*self.digits[1:], *hopes)), goes, run_time=BEAT)
        self.places = [RIGHT * x + UP * TERM_Y for x in places]

    def show_parts(self, found: Asset) -> None:
        """All parts, each a picture whose brightest pixel is 1."""
        self.tiles = Group(*(PixelGrid(part, TILE) for part in found["parts"]))
        self.tiles.arrange_in_grid(cols=TILE_COLUMNS, buff=TILE_GAP).move_to(UP * TILES_Y)
        self.play(
            LaggedStart(*(FadeIn(tile, shift=UP * 0.15) for tile in self.tiles), lag_ratio=0.25),
            run_time=max(0.75 * self.left(), 2 * BEAT),
        )

    def add_up(self, found: Asset) -> None:
        """The strongest parts come to the sum, each times its coefficient, and the picture at its end grows by each."""
        strongest = [int(part) for part in found["strongest"]]
        coefficients = found["coefficients"][0]  # (16,)
        signs = [self.sign_before(place, sign) for place, sign in enumerate("≈++++=", start=1)]
        total = np.zeros_like(found["rebuilt"][0], dtype=float)  # (28, 28)
        brightest = max(1.0, float(found["rebuilt"].max()))
        self.rebuilt = PixelGrid(total, TERM, limit=brightest).move_to(self.places[-1])
        self.terms, self.written = Group(), VGroup()
        self.at("strongest")
        marks = [self.tiles[part].outline(0, 0, 28, 28, stroke_color=ACCENT, stroke_width=LINE) for part in strongest]
        self.play(*(Create(mark) for mark in marks), FadeIn(self.rebuilt), FadeIn(signs[-1]), run_time=BEAT)
        for place, part in enumerate(strongest):
            total = total + coefficients[part] * found["parts"][part]
            term = self.tiles[part].copy()
            factor = self.factor(float(coefficients[part]), self.places[place + 1])
            comes = term.animate.scale_to_fit_height(TERM).move_to(self.places[place + 1])
            self.terms.add(term)
            self.written.add(factor[1])
            self.play(comes, FadeIn(signs[place]), FadeOut(marks[place]), run_time=COME_S)
            self.play(FadeIn(factor), self.rebuilt.change(total), run_time=GROW_S)
        self.at("others")
        self.play(FadeIn(signs[4]), FadeIn(self.dots), self.rebuilt.change(found["rebuilt"][0]), run_time=BEAT)

    def sign_before(self, place: int, sign: str) -> Words:
        """The sign between two pictures of the sum; what is not written out follows the last plus."""
        if place == 5:
            middle = (self.places[4] + self.places[5]) / 2
            words = Words(escape("+"), size=LARGE, color=DIM).move_to(middle + LEFT * 0.5)
            self.dots = Words(escape("..."), size=LARGE, color=DIM).move_to(middle)
            share_baseline(self.dots, words)
            return words
        if place == 6:
            return Words(escape("="), size=LARGE, color=DIM).move_to(
                (self.places[4] + self.places[5]) / 2 + RIGHT * 0.5
            )
        return Words(escape(sign), size=LARGE, color=DIM).move_to((self.places[place - 1] + self.places[place]) / 2)

    def factor(self, coefficient: float, place: np.ndarray) -> VGroup:
        """The coefficient of a part, written below it."""
        times = Words("×", size=LABEL, color=DIM)
        number = Number(coefficient, decimals=2, size=LABEL, color=INK).next_to(times, RIGHT, buff=0.12)
        return VGroup(times, number).move_to(place + DOWN * (TERM / 2 + 0.3))

    def tell_error(self, error: float) -> None:
        """Below the sum, how much of the picture's ink differs."""
        self.error = Number(100 * error, decimals=0, size=LABEL, color=ACCENT, unit="%")
        label = Words("off by", size=LABEL, color=DIM).next_to(self.error, LEFT, buff=0.15)
        told = VGroup(share_baseline(label, self.error), self.error)
        told.move_to(self.places[-1] + DOWN * (TERM / 2 + 0.3))
        self.at("off")
        self.play(FadeIn(told), run_time=BEAT)


def sum_places(side: float, gap: float) -> list[float]:
    """The x of six pictures: the digit, four terms and the sum, which stands farther off because dots precede it."""
    steps = np.cumsum([0.0, *[side + gap] * 4, side + 3 * gap])
    return [float(x) for x in steps - steps[-1] / 2]
