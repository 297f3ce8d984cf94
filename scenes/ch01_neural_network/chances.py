"""Chapter 1, beat 28: ten separate answers, or ten chances that share one; and how far these can be trusted."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.bar_chart import BarChart
from scenes.kit.distribution import Distribution
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot import Plot
from scenes.kit.plot_curve import Curve
from scenes.kit.plot_marks import Dots
from scenes.kit.typeset import Words
from scenes.theme import (
    ACCENT,
    BEAT,
    BODY,
    CORRECT,
    DIM,
    HUGE,
    INK,
    LABEL,
    LARGE,
    NEGATIVE,
    POSITIVE,
    SMALL,
)

DIGITS = [str(digit) for digit in range(10)]
CHART = (2.3, 4.3)
SIGMOID_X, LOGITS_X, CHANCES_X = -2.5, 1.25, 5.0
CHARTS_Y, HEADS_Y, SUMS_Y = -0.25, 2.5, -2.95
ASIDE = 2.6  # to the left, when the figures come
EARLY = 2.6  # to the right, while sigmoids are all there is
ENDS = np.array([0.0, 1.0])
SMALLEST, LARGEST = 0.06, 0.2  # radius of a bin's dot: its area over the smallest one grows with its count
FIGURES_X, FIGURES_Y, FIGURES_STEP = 2.7, 1.2, 1.35


class TenChances(TensorScene):
    """The same digit through ten sigmoids and through a softmax, then the softmax's chances against what came true."""

    needs = ("digit_chances",)

    def construct(self) -> None:
        given = self.assets["digit_chances"]
        title = Words("Ten answers of their own, or ten chances that share one", size=LARGE)
        self.make_heads(given)
        with self.say("alone"):
            self.open(title.to_edge(UP, buff=0.38), self.picture, self.name, asset="digit_chances")
            self.at("alone")
            self.play(FadeIn(self.heads[0]), FadeIn(self.sigmoids), run_time=BEAT)
            self.at("sum")
            self.early.add(self.add_up(self.sigmoids, float(given["sigmoid_sum"]), INK))
        with self.say("share"):
            self.at("sums")
            self.play(self.early.animate.shift(LEFT * EARLY), run_time=BEAT)
            self.play(FadeIn(self.heads[1]), FadeIn(self.logits), run_time=BEAT)
            self.at("shares")
            self.play(FadeIn(self.heads[2]), FadeIn(self.chances, shift=RIGHT * 0.6), run_time=BEAT)
            self.add_up(self.chances, float(given["p_sum"]), ACCENT)
            self.at("chance")
            self.chime([float(given["label_p"])])
            self.play(Create(self.chances.outline(int(given["label"]))), run_time=BEAT)
        with self.say("trust"):
            self.at("trust")
            self.ask(given)
            self.at("all")
            self.play(*(dots.grow() for dots in self.tests))
            self.at("diagonal")
            self.play(self.diagonal.grow(), run_time=BEAT)
            self.show_bins(given)
        with self.say("gap"):
            self.tell_figures(given)
        self.close()

    def make_heads(self, given: Asset) -> None:
        """The digit and its name, and three charts: ten sigmoids, the new head's ten sums, and their softmax."""
        self.picture = PixelGrid(given["image"], height=2.3).move_to(LEFT * 5.6 + UP * 0.35)
        self.name = Number(int(given["label"]), decimals=0, size=HUGE).next_to(self.picture, DOWN, buff=0.4)
        self.sigmoids = BarChart(given["sigmoid_a"], DIGITS, span=(0, 1), size=CHART)
        self.logits = BarChart(given["z"], DIGITS, size=CHART, decimals=1)
        self.chances = Distribution(given["p"], DIGITS, span=(0, 1), size=CHART)
        texts = "ten sigmoids", "sums $z$ of a softmax head", "softmax $e^z slash sum e^z$"
        self.heads = VGroup(*(Words(text, size=LABEL, color=DIM) for text in texts))
        charts = (self.sigmoids, self.logits, self.chances)
        for x, chart, head in zip((SIGMOID_X, LOGITS_X, CHANCES_X), charts, self.heads, strict=True):
            chart.move_to(RIGHT * x + UP * CHARTS_Y)
            head.move_to(RIGHT * x + UP * HEADS_Y)
        self.early = Group(self.picture, self.name, self.sigmoids, self.heads[0]).shift(RIGHT * EARLY)
        self.sums: list[Number] = []

    def add_up(self, chart: BarChart, total: float, color: str) -> VGroup:
        """What the ten bars of a chart make together, below them, now drawn."""
        words = Words("together", size=LABEL, color=DIM)
        number = Number(total, decimals=2, size=BODY, color=color)
        share_baseline(number.next_to(words, RIGHT, buff=0.2), words)
        row = VGroup(words, number).move_to((chart.get_center()[0], SUMS_Y, 0))
        self.sums.append(number)
        self.play(FadeIn(row, shift=DOWN * 0.2), run_time=BEAT)
        return row

    def ask(self, given: Asset) -> None:
        """Everything but the badge leaves; a new title asks the next question, over an empty plot."""
        self.make_plot(given)
        new = Words("How often does a chance come true?", size=LARGE).to_edge(UP, buff=0.38)
        self.play(*(FadeOut(mobject) for mobject in self.mobjects if mobject is not self.badge), run_time=0.5 * BEAT)
        self.play(FadeIn(new), FadeIn(self.plot), run_time=BEAT)

    def make_plot(self, given: Asset) -> None:
        """Chances against what came true: each test digit at the top if it was read correctly, else at the bottom."""
        names = ("largest of the ten chances", "share read correctly")
        self.plot = Plot(ENDS, ENDS, width=7.0, height=4.2, names=names).move_to(DOWN * 0.35)
        sure, hit = given["confidence"].astype(float), given["hit"]
        groups = ((hit, 1.0, CORRECT), (~hit, 0.0, NEGATIVE))
        self.tests = VGroup(
            *(
                Dots(self.plot.axes, np.stack([sure[k], np.full(k.sum(), y)], axis=1), c)
                for k, y, c in groups
                if k.any()
            )
        )
        self.diagonal = Curve(self.plot.axes, np.stack([ENDS, ENDS], axis=1), color=DIM)

    def show_bins(self, given: Asset) -> None:
        """A dot at each full bin's mean chance and share read correctly, its way to the diagonal, and its count."""
        full = np.flatnonzero(given["counts"])
        sure, right = (given[name][full].astype(float) for name in ("bin_confidence", "bin_right"))  # (k,) each
        self.gaps = [
            Curve(self.plot.axes, np.array([[x, x], [x, y]]), color=POSITIVE if y > x else NEGATIVE)
            for x, y in zip(sure, right, strict=True)
        ]
        sizes = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(given["counts"][full] / given["counts"].max())  # (k,)
        self.bins = VGroup(
            *(
                Dots(self.plot.axes, np.array([at]), ACCENT, radius)
                for *at, radius in zip(sure, right, sizes, strict=True)
            )
        )
        self.counts = VGroup()
        for place in full:
            number = Number(int(given["counts"][place]), decimals=0, size=SMALL, color=DIM)
            middle = float(given["edges"][place : place + 2].mean())
            self.counts.add(number.move_to(self.plot.place(middle, 1.0) + UP * 0.75))
        self.unit = Words("digits", size=SMALL, color=DIM)
        share_baseline(self.unit.next_to(self.counts, RIGHT, buff=0.25), number)
        self.at("bins")
        self.play(FadeIn(self.counts), FadeIn(self.unit), run_time=BEAT)
        self.play(*(gap.grow(run_time=1.5 * BEAT) for gap in self.gaps), *(dot.grow() for dot in self.bins))

    def tell_figures(self, given: Asset) -> None:
        """How sure the network is on average, how often it is right, and how far the bins are from the diagonal."""
        parts = (self.plot, self.tests, self.diagonal, *self.gaps, self.bins, self.counts, self.unit)
        self.play(VGroup(*parts).animate.shift(LEFT * ASIDE), run_time=BEAT)
        names = ("mean_confidence", "accuracy", "calibration_error")
        texts = ("sure, on average", "read correctly", "mean distance from the line")
        self.figures = VGroup()
        for place, (name, text, word) in enumerate(zip(names, texts, ("sure", "right", "right"), strict=True)):
            number = Number(100 * float(given[name]), decimals=1, size=LARGE, unit="%")
            number.move_to(RIGHT * FIGURES_X + UP * (FIGURES_Y - FIGURES_STEP * place), aligned_edge=LEFT)
            words = Words(text, size=LABEL, color=DIM).next_to(number, DOWN, buff=0.15, aligned_edge=LEFT)
            self.figures.add(number)
            self.at(word)
            self.play(FadeIn(number), FadeIn(words), run_time=BEAT)
