"""Chapter 1, beat 18: the bias sets the bar that a neuron's sum must pass."""

import numpy as np
from manim import DOWN, RIGHT, UP, FadeIn, Group, Line, Mobject, ValueTracker, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.ch01_neural_network.squish import stand
from scenes.kit.axes import backing
from scenes.kit.equation import Equation
from scenes.kit.number import LiveNumber, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot import Plot
from scenes.kit.plot_marks import Histogram
from scenes.kit.ticks import counted, nice_bins
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BEAT, DIM, INK, LABEL, LARGE, LINE, POSITIVE, RULE

WIDTH, SHARE_WIDTH, HEIGHT = 6.9, 3.9, 2.9  # of the boxes
LEFT_X, SHARE_X, BOTTOM = -5.95, 2.45, -0.75  # their lower left corners
PICTURE, PICTURES_Y, NAME_Y, LEGEND_Y = 0.74, -1.8, -2.52, -3.0
BINS = 30
OVER = 0.62  # from the box to the middle of what is written over the bar
FORMULA_Y = -2.2
UNLIT = 0.35  # opacity of a picture that does not light the neuron


class TheBiasSetsTheBar(TensorScene):
    """One neuron's sums over all test digits, the bar at minus the bias, and the share that passes it."""

    needs = ("neuron_bar",)

    def construct(self) -> None:
        bar = self.assets["neuron_bar"]
        title = Words("The bias sets the bar that a sum must pass", size=LARGE).to_edge(UP, buff=0.38)
        self.bias = ValueTracker(0.0)
        self.make_sums(bar)
        names = ("bias", "% of digits that light it")
        self.share_plot = stand(Plot(bar["biases"], [0, 100], SHARE_WIDTH, HEIGHT, names), SHARE_X, BOTTOM)
        with self.say("sums"):
            self.open(title, self.plot, self.name, self.share_plot, asset="neuron_bar")
            self.at("sums")
            self.all = self.plot.histogram(bar["sums"], self.edges, color=DIM)
            self.play(self.all.grow(run_time=2 * BEAT))
            self.play(FadeIn(self.pictures), run_time=BEAT)
        with self.say("bar"):
            self.at("bar")
            self.put_bar(bar)
            self.play(self.bias.animate.set_value(float(bar["bias"])), run_time=BEAT)
            self.at("light")
            self.count_lit(bar)
        with self.say("move"):
            for word, bias in (("few", bar["few_bias"]), ("many", bar["many_bias"]), ("back", bar["bias"])):
                self.at(word)
                self.play(self.bias.animate.set_value(float(bias)), run_time=2 * BEAT)
        for picture in self.pictures:
            picture.clear_updaters()  # they would not let it fade
        self.close()

    def make_sums(self, bar: Asset) -> None:
        """The box of the histogram, and under it some test digits, each below its sum."""
        sums = bar["sums"].astype(float)
        self.edges = nice_bins(sums, BINS)
        counts = counted(sums, self.edges)
        self.plot = stand(Plot(self.edges, [0, *counts], WIDTH, HEIGHT, ("", "test digits")), LEFT_X, BOTTOM)
        self.pictures = Group()
        for image, at in zip(bar["pinned"], bar["pinned_sums"], strict=True):
            place = self.plot.place(float(at), 0.0)
            self.pictures.add(PixelGrid(image, PICTURE).move_to((place[0], PICTURES_Y, 0)))
        middle = LEFT_X + WIDTH / 2
        self.name = Words("weighted sum, without the bias", size=LABEL, color=DIM).move_to((middle, NAME_Y, 0))

    def put_bar(self, bar: Asset) -> None:
        """The bar at minus the bias; whatever passes it is bright, as histogram and as pictures."""
        box = self.plot.axes.y.shown
        foot, top = self.plot.place(0.0, box.low), self.plot.place(0.0, box.high)
        self.bar = Line(foot, top + UP * 0.15, color=ACCENT, stroke_width=LINE * 1.6)
        words = Words("bar", size=LABEL, color=ACCENT)
        low, high = float(self.edges[0]), float(self.edges[-1])
        self.height = LiveNumber(self.passed, decimals=1, size=LABEL, color=ACCENT, limits=(low, high))
        self.height.next_to(words, RIGHT, buff=0.4)  # room for a sign
        label = VGroup(words, share_baseline(self.height, words)).move_to(top + UP * OVER)
        self.standard = VGroup(self.bar, label)
        start, unit = self.plot.place(0.0, 0.0)[0], self.plot.place(1.0, 0.0)[0] - self.plot.place(0.0, 0.0)[0]

        def follow(standard: Mobject) -> None:
            at = float(np.clip(self.passed(), low, high))
            standard.shift(RIGHT * (start + unit * at - self.bar.get_center()[0]))

        self.standard.add_updater(follow, call_updater=False)
        self.lit = self.plot.histogram(bar["sums"], self.edges, color=POSITIVE)
        self.lit.add_updater(lambda bars: self.brighten(bars, bar), call_updater=True)
        self.legend = self.make_legend(float(bar["level"]))
        self.play(FadeIn(self.standard), FadeIn(self.lit), FadeIn(self.legend), run_time=BEAT)
        for picture, at in zip(self.pictures, bar["pinned_sums"], strict=True):
            picture.add_updater(lambda grid, at=float(at): self.light(grid, at), call_updater=True)

    def passed(self) -> float:
        """Where the bar stands: at minus the bias."""
        return -float(self.bias.get_value())

    def brighten(self, bars: Histogram, bar: Asset) -> None:
        """Of each bin as many as pass the bar."""
        sums = bar["sums"]
        bars.set_values(np.histogram(sums[sums > self.passed()], self.edges)[0])

    def light(self, picture: PixelGrid, at: float) -> None:
        """A picture with this sum is bright if the sum passes the bar."""
        bright = at > self.passed()
        picture.picture.set_opacity(1.0 if bright else UNLIT)
        picture.frame.set_stroke(POSITIVE if bright else RULE)

    def make_legend(self, level: float) -> Words:
        """What the bright part of the histogram stands for."""
        text = f'#text(fill: rgb("{POSITIVE}"))[blue]: with the bias added, an activation above {level:g}'
        return Words(text, size=LABEL, color=DIM).move_to((LEFT_X + WIDTH / 2, LEGEND_Y, 0))

    def count_lit(self, bar: Asset) -> None:
        """The share of the digits that pass, for each bias, and where the learned bias is on that curve."""
        biases, shares = bar["biases"].astype(float), 100 * bar["shares"].astype(float)
        self.curve = self.share_plot.curve(biases, shares)
        self.play(self.curve.grow(run_time=1.5 * BEAT))
        self.learned = self.share_plot.dots([float(bar["bias"])], [100 * float(bar["share"])], INK, 0.09)
        self.cursor = self.share_plot.cursor(self.curve, self.bias, decimals=0)
        limits = (float(biases[0]), float(biases[-1]))
        b = LiveNumber(self.bias, decimals=1, limits=limits)
        height = LiveNumber(self.passed, decimals=1, limits=(-limits[1], -limits[0]), color=ACCENT)
        self.formula = VGroup(
            Equation("#[bias] space b = {b}", slots={"b": b}),
            Equation("#[bar] space -b = {height}", slots={"height": height}),
        )
        self.formula.arrange(DOWN, buff=0.3, aligned_edge=RIGHT).move_to(
            (SHARE_X + SHARE_WIDTH / 2, FORMULA_Y - 0.2, 0)
        )
        word = Words("learned", size=LABEL, color=INK)
        name = VGroup(backing(word.width, LABEL * UNITS_PER_EM), word).next_to(self.learned, DOWN + RIGHT, buff=0.05)
        self.play(FadeIn(self.cursor), FadeIn(self.learned), FadeIn(name), FadeIn(self.formula), run_time=BEAT)
