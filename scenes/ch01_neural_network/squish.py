"""Chapter 1, beat 17: the sums of a whole layer go through one curve and come out between zero and one."""

import numpy as np
from manim import DOWN, RIGHT, UP, Animation, DashedLine, FadeIn, Group, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.number import Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.plot import Plot
from scenes.kit.plot_curve import Curve
from scenes.kit.plot_side import SideHistogram
from scenes.kit.ticks import counted
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, INK, LABEL, LARGE, LINE, NEGATIVE, POSITIVE

WIDTH, HEIGHT, LOW_HEIGHT, SIDE_WIDTH = 7.4, 2.75, 1.05, 3.2  # of the boxes
LEFT_X, BOTTOM = -1.0, -0.32  # lower left corner of the curve's box
LOW_BOTTOM, SIDE_X = -2.38, -5.55
BINS, SIDE_BINS = 36, 20
DOT, OURS = 0.06, 0.1  # radii
PART_COLORS = (NEGATIVE, ACCENT, POSITIVE)


class SquishedBetweenZeroAndOne(TensorScene):
    """Every sum of the first hidden layer on the test digits, the curve, and the activations that come out."""

    needs = ("neuron_squish",)

    def construct(self) -> None:
        squish = self.assets["neuron_squish"]
        claim = f"Whatever the sum, the activation is {squish.provenance['activation_range']}"
        title = Words(claim, size=LARGE).to_edge(UP, buff=0.38)
        self.make_plots(squish)
        with self.say("sums"):
            self.open(title, self.low, self.plot, asset="neuron_squish")
            self.at("all")
            self.bars = self.low.histogram(squish["z"].ravel(), self.edges)
            self.play(self.bars.grow(run_time=max(0.45 * self.left(), 2 * BEAT)))
            self.put_dots(squish)
        with self.say("curve"):
            self.at("curve")
            self.curve = self.plot.curve(squish["curve_z"], squish["curve_a"], color=INK)
            self.play(self.curve.grow())
            self.send_through(squish)
        with self.say("shares"):
            self.tell_shares(squish)
        self.close()

    def make_plots(self, squish: Asset) -> None:
        """The curve's box; below it, over the same sums, their histogram; left of it that of the activations."""
        z, a = squish["curve_z"].astype(float), squish["curve_a"].astype(float)
        self.edges = np.linspace(z[0], z[-1], BINS + 1)
        self.plot = stand(Plot(z, a, WIDTH, HEIGHT), LEFT_X, BOTTOM)
        counts = counted(np.clip(squish["z"].ravel(), z[0], z[-1]), self.edges)
        self.low = stand(
            Plot(
                z,
                [0, *counts],
                WIDTH,
                LOW_HEIGHT,
                ("weighted sum, its bias added", f"how many of {int(squish['count']):,}"),
            ),
            LEFT_X,
            LOW_BOTTOM,
        )
        self.side_edges = np.linspace(0.0, float(self.plot.axes.y.shown.high), SIDE_BINS + 1)
        most = counted(squish["a"].ravel(), self.side_edges).max()
        self.side = stand(Plot([0, most], a, SIDE_WIDTH, HEIGHT, ("how many", "activation")), SIDE_X, BOTTOM)

    def make_digit(self, squish: Asset) -> Group:
        """The digit whose sums are seen on their way, and which of the dots is the neuron that we know."""
        self.digit = PixelGrid(squish["image"], height=1.35).move_to((-5.9, -2.1, 0))
        lines = (f"this digit's {len(squish['example_z'])} sums", "are the moving dots;", "yellow is our neuron")
        words = VGroup(*(Words(line, size=LABEL, color=DIM) for line in lines))
        words.arrange(DOWN, buff=0.16, aligned_edge=np.array([-1.0, 0, 0])).next_to(self.digit, RIGHT, buff=0.3)
        words[2].set_fill(ACCENT)
        return Group(self.digit, words)

    def put_dots(self, squish: Asset) -> None:
        """One digit, and its sums as dots at the foot of the curve's box, that of our neuron apart from the others."""
        z, neuron = squish["example_z"].astype(float), int(squish["neuron"])
        ours = np.arange(len(z)) == neuron
        self.groups = [who for who in (~ours, ours) if who.any()]
        styles = ((INK, DOT), (ACCENT, OURS))[-len(self.groups) :]
        self.dots = [
            self.plot.dots(z[who], np.zeros(who.sum()), *style) for who, style in zip(self.groups, styles, strict=True)
        ]
        self.play(FadeIn(self.make_digit(squish)), *(dots.grow(run_time=BEAT) for dots in self.dots), run_time=BEAT)

    def send_through(self, squish: Asset) -> None:
        """The sums of the digit rise to the curve and go aside to its scale, where all others are counted too."""
        z, a = squish["example_z"].astype(float), squish["example_a"].astype(float)
        self.at("up")
        self.move_dots(z, a)
        self.at("left")
        self.chime(np.sort(a) / max(float(a.max()), float(squish["curve_a"].max())), after_s=BEAT)
        self.move_dots(np.full_like(z, squish["curve_z"][0]), a)
        self.side_bars = SideHistogram(self.side.axes, squish["a"].ravel(), self.side_edges)
        self.side_bars.grown = 0.0
        self.side_bars.redraw()
        self.side.drawn.add(self.side_bars)
        self.play(FadeIn(self.side), run_time=BEAT)
        self.play(self.side_bars.grow(run_time=1.2 * BEAT))

    def move_dots(self, x: np.ndarray, y: np.ndarray) -> None:
        """Each dot goes to its own place."""
        places = np.stack([x, y], axis=1)  # (layer1, 2)
        self.play(*(dots.change(places[who]) for dots, who in zip(self.dots, self.groups, strict=True)))

    def tell_shares(self, squish: Asset) -> None:
        """The three parts of the curve, each with the share of the sums that end there."""
        z, (low, high) = squish["curve_z"].astype(float), squish["cut_z"].astype(float)
        bounds = [z[0], float(np.clip(low, z[0], z[-1])), float(np.clip(high, z[0], z[-1])), z[-1]]
        self.cuts = VGroup(*(self.cut(x) for x in bounds[1:3]))
        self.shares, self.parts = VGroup(), list[Curve]()
        for word, places in (("low", (0, 2)), ("mid", (1,))):
            self.at(word)
            arrivals = [arrival for place in places for arrival in self.tell(squish, bounds, place)]
            self.play(*arrivals, *([FadeIn(self.cuts)] if word == "low" else []), run_time=1.2 * BEAT)

    def tell(self, squish: Asset, bounds: list[float], place: int) -> list[Animation]:
        """One part of the curve is drawn in its colour, with the share of the sums above it."""
        part = self.part(squish, bounds[place], bounds[place + 1], PART_COLORS[place])
        share = Number(100 * squish["shares"][place], decimals=0, size=BODY, color=PART_COLORS[place], unit="%")
        middle = self.plot.place((bounds[place] + bounds[place + 1]) / 2, float(self.plot.axes.y.shown.high))
        self.shares.add(share.move_to(middle + UP * 0.32))
        self.parts.append(part)
        return [part.grow(run_time=1.2 * BEAT), FadeIn(share, shift=UP * 0.15)]

    def part(self, squish: Asset, low: float, high: float, color: str) -> Curve:
        """The curve from one sum to another in a colour of its own."""
        z, a = squish["curve_z"].astype(float), squish["curve_a"].astype(float)
        inside = (z > low) & (z < high)
        x = np.concatenate([[low], z[inside], [high]])
        return self.plot.curve(x, np.interp(x, z, a), color=color)

    def cut(self, x: float) -> VGroup:
        """A dashed line at a sum, through both boxes over it."""
        lines = VGroup()
        for plot in (self.plot, self.low):
            ends = [plot.place(x, float(y)) for y in (plot.axes.y.shown.low, plot.axes.y.shown.high)]
            lines.add(DashedLine(*ends, color=DIM, stroke_width=LINE * 0.6, dash_length=0.08))
        return lines


def stand(plot: Plot, x: float, y: float) -> Plot:
    """A plot moved until the lower left corner of its box is there."""
    corner = plot.axes.frame.out(np.zeros(3))
    plot.shift(np.array([x, y, 0.0]) - corner)
    return plot
