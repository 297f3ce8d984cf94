"""Chapter 1, beat 1: three pictures of one digit are farther apart, pixel by pixel, than pictures of two digits."""

import numpy as np
from manim import DOWN, RIGHT, UP, Animation, FadeIn, FadeOut, Group, LaggedStart, Restore, VGroup

from scenes.base import TensorScene
from scenes.kit.layer import NeuronTag
from scenes.kit.number import Number
from scenes.kit.number_line import NumberLine
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.shapes import Shapes, rectangles
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, GAP, HUGE, LABEL, LARGE, LINE

THREES = 3
LARGE_PICTURE = 3.3
PITCH = 4.2  # of the three pictures at first
PICTURES = (1.75, 1.6, 1.45, 1.3, 1.15, 1.0, 0.85, 0.7)  # heights; the first with which all pictures fit above the line
LINE_LENGTH = 11.6
LINE_Y, LINE_TOP = -2.75, 2.75
MARKED = 0.62  # opacity of a pixel that differs: the shade under it can still be told
FORWARD = UP * 0.2
NAME = "pixels that differ by more than half of the way from black to white"


class Compared(Group):
    """A picture (28, 28) with the pixels marked in which it differs from another, and their count above it."""

    def __init__(self, image: np.ndarray, differs: np.ndarray, height: float) -> None:
        self.picture = PixelGrid(image, height=height)
        self.marks = Shapes([(ACCENT, MARKED)])
        middles = np.array([self.picture.place(*place) for place in np.argwhere(differs)]).reshape(-1, 3)
        half = np.array([self.picture.cell / 2, self.picture.cell / 2, 0])
        self.marks.place(rectangles(middles - half, middles + half), np.zeros(len(middles), dtype=int))
        self.count = NeuronTag(int(differs.sum()), decimals=0, size=LABEL)  # on a plate: a lead may pass behind it
        self.count.next_to(self.picture, UP, buff=0.05)
        super().__init__(Group(self.picture, self.marks), self.count)

    def differs(self) -> np.ndarray:
        """Which pixels are marked now, (rows, columns), decoded from where the marks are drawn."""
        marked = np.zeros((self.picture.rows, self.picture.columns), dtype=bool)
        outlines = self.marks.frame.out(self.marks.outlines())  # (n, 16, 3)
        step = (outlines[:, ::4].mean(axis=1) - self.picture.place(0, 0)) / self.picture.cell  # (n, 3)
        columns, rows = np.rint(step[:, 0]).astype(int), np.rint(-step[:, 1]).astype(int)
        marked[rows, columns] = True
        return marked


class ThreesOnlyLookAlike(TensorScene):
    """One 3 differs from two other 3s in more pixels than from an 8, a 6 and a 5."""

    needs = ("digit_lookalikes",)

    def construct(self) -> None:
        asset = self.assets["digit_lookalikes"]
        title = Words("A 3 can be nearer to a 5 than to another 3", size=LARGE).to_edge(UP, buff=0.38)
        self.line_up(asset["images"], asset["differs"], asset["differing"])
        threes, others = self.compared[:THREES], self.compared[THREES:]
        homes = [[part.get_center() for part in each] for each in threes]
        self.bring_forward(threes, asset["label"])

        with self.say("same"):
            self.open(title, asset="digit_lookalikes")
            self.at("digit")
            self.arrive([FadeIn(Group(each[0][0], name)) for each, name in zip(threes, self.names, strict=True)])
            self.at("compare")
            ghosts = self.lay_over(threes)
            self.at("yellow")
            self.play(FadeOut(ghosts), *(FadeIn(each.marks, each.count) for each in threes[1:]), FadeIn(self.said))

        with self.say("nearer"):
            self.at("line")
            self.play(FadeOut(self.names), FadeOut(self.said), run_time=BEAT / 2)
            self.play(*self.go_home(threes, homes), FadeIn(self.line.axis), run_time=1.5 * BEAT)
            self.bring_to_back(self.line.axis)
            self.play(FadeIn(threes[0].count), *(Restore(self.stems[each]) for each in range(THREES)), run_time=BEAT)
            for place, each in enumerate(others):
                self.at(f"n{place + 1}")
                self.play(Restore(self.stems[THREES + place]), FadeIn(each, shift=DOWN * 0.2), run_time=0.75 * BEAT)
            self.at("three")
            kin = [each.picture.frame.animate.set_stroke(ACCENT, LINE) for each in threes]
            self.play(*(FadeOut(each.marks) for each in self.compared[1:]), *kin, run_time=BEAT)
        self.close()

    def line_up(self, images: np.ndarray, differs: np.ndarray, differing: np.ndarray) -> None:
        """Each picture stands on a line at the count of its marked pixels, as large as there is room for all."""
        for height in PICTURES:
            self.line = NumberLine((0, int(differing.max())), length=LINE_LENGTH, decimals=0, name=NAME)
            self.compared = [Compared(*each, height) for each in zip(images, differs, strict=True)]
            pins = [self.line.pin(each, float(n)) for each, n in zip(self.compared, differing, strict=True)]
            if self.line.height <= LINE_TOP - LINE_Y:
                break
        self.line.move_to(UP * LINE_Y, aligned_edge=DOWN)
        self.stems = [VGroup(*pin[:2]).save_state().set_opacity(0) for pin in pins]
        self.add(*self.stems)  # so that the leads pass behind the pictures

    def bring_forward(self, threes: list[Compared], labels: np.ndarray) -> None:
        """The threes large and side by side, each with its name below and its count above."""
        self.names, self.said = VGroup(), VGroup()
        for place, (each, label) in enumerate(zip(threes, labels, strict=False)):
            each[0].scale(LARGE_PICTURE / each.picture.height).move_to(RIGHT * PITCH * (place - 1) + FORWARD)
            words = Words("pixels differ", size=LABEL, color=DIM).next_to(each.count, RIGHT, buff=0.12)
            words.shift(UP * (each.count.number.get_bottom()[1] - words[1].get_bottom()[1]))  # the first letter hangs
            VGroup(each.count, words).next_to(each.picture, UP, buff=GAP)
            self.said.add(*([words] if place else []))
            self.names.add(Number(int(label), decimals=0, size=HUGE).next_to(each.picture, DOWN, buff=0.35))

    def lay_over(self, threes: list[Compared]) -> Group:
        """Copies of the first picture, half transparent, go over the others."""
        first = threes[0].picture
        ghosts = Group(*(first.picture.copy().set_opacity(0.5) for _ in threes[1:]))
        places = (each.picture.get_center() for each in threes[1:])
        self.play(*(ghost.animate.move_to(place) for ghost, place in zip(ghosts, places, strict=True)), run_time=BEAT)
        return ghosts

    def go_home(self, threes: list[Compared], homes: list[list[np.ndarray]]) -> list[Animation]:
        """The threes become small and go to their places on the line."""
        small = self.compared[-1].picture.height / LARGE_PICTURE
        pairs = list(zip(threes, homes, strict=True))
        moves = [each[0].animate.scale(small).move_to(picture).build() for each, (picture, _) in pairs]
        moves += [each.count.animate.move_to(count).build() for each, (_, count) in pairs[1:]]
        threes[0].count.move_to(homes[0][1])  # it has not been shown yet
        return moves

    def arrive(self, entries: list[Animation]) -> None:
        """One after the other."""
        self.play(LaggedStart(*entries, lag_ratio=0.4), run_time=2 * BEAT)
