"""Chapter 1, beat 27: layers of weighted sums alone are one straight layer; bends between them let the border curve."""

from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, LaggedStart, VGroup, linear

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.level_map import LevelMap
from scenes.kit.number import LiveNumber, Number, share_baseline
from scenes.kit.number_array import NumberArray
from scenes.kit.plot import Plot
from scenes.kit.plot_marks import Dots
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, GRID_HZ, INK, LABEL, LARGE, NEGATIVE, POSITIVE, SMALL

MAP_OPACITY = 0.42  # dots of the same colour stand out from it
MAP_X, MAP_Y = -2.25, -0.15
SIDE_X, SIDE_WIDTH = 4.5, 4.2
SCORE_Y, RIGHT_Y = -2.45, -3.05
BLEND_S = 7 / GRID_HZ  # from one network to the next
BEND = np.array([-2.0, 0.0, 2.0])  # sums at which the bend is drawn: it is straight between them


class StraightLayersStayStraight(TensorScene):
    """Three layers without a bend are one matrix and a straight border; trained with more and more bend, it curves."""

    needs = ("moon_nets",)

    def construct(self) -> None:
        nets = self.assets["moon_nets"]
        self.chances = 1 / (1 + np.exp(-nets["logits"].astype(float)))  # (blend, row, column): of the lower moon
        self.title = self.headline("Three straight layers are one straight layer")
        self.make_map(nets)
        with self.say("dots"):
            self.open(self.title, self.map, asset="moon_nets")
            self.add(self.rings)  # beneath the dots
            self.play(self.dots[0].grow(), self.dots[1].grow(), run_time=2 * BEAT)
            self.at("layers")
            self.show_layers(nets)
        with self.say("line"):
            self.at("multiply")
            self.multiply(nets)
            self.at("straight")
            self.play(self.map.change(self.chances[0]), run_time=1.5 * BEAT)
            self.at("wrong")
            self.count_wrong(nets)
        with self.say("bend"):
            self.at("bend")
            self.start_to_bend(nets)
            self.at("more")
            self.bend_more(nets)
        with self.say("curve"):
            self.at("right")
            self.tell_share(float(nets["accuracy"][-1]))
        self.close()

    def headline(self, text: str) -> Words:
        """A title at its place."""
        return Words(text, size=LARGE).to_edge(UP, buff=0.38)

    def make_map(self, nets: Asset) -> None:
        """The plane of the dots, undecided everywhere as yet, with the dots of both moons and rings for the wrong."""
        style: dict[str, Any] = {
            "x": nets["x"],
            "y": nets["y"],
            "width": 5.9,
            "height": 4.6,
            "signed": True,
            "limits": (0.0, 1.0),
        }
        even = np.full_like(self.chances[0], 0.5)
        self.map = LevelMap(even, 0.5, MAP_OPACITY, names=("", "", "chance of blue"), **style)
        self.map.shift(RIGHT * MAP_X + UP * MAP_Y)
        places, lower = nets["dots"], nets["moon"] == 1  # (dot, 2), (dot,)
        self.rings = Dots(self.map.axes, places[nets["wrong"][0]], ACCENT, radius=0.085)
        self.ring(places[:0])
        self.dots = VGroup(
            Dots(self.map.axes, places[~lower], NEGATIVE, radius=0.05),
            Dots(self.map.axes, places[lower], POSITIVE, radius=0.05),
        )

    def show_layers(self, nets: Asset) -> None:
        """The three matrices in the order in which they are multiplied, each with its shape."""
        names = ("w3", "w2", "w1")
        self.layers = VGroup()
        for name in names:
            rows, columns = nets[name].shape
            shown = sorted({0, min(1, rows - 1), rows - 1}), sorted({0, columns - 1})
            self.layers.add(NumberArray(nets[name], shown, decimals=1, size=SMALL))
        self.layers.arrange(RIGHT, buff=0.15).scale(min(1.0, SIDE_WIDTH / self.layers.width))
        self.layers.move_to(RIGHT * SIDE_X + UP * 1.6)
        self.shapes = VGroup()
        for name, array in zip(names, self.layers, strict=True):
            size = " × ".join(str(n) for n in nets[name].shape)
            below = VGroup(*(Words(text, size=LABEL, color=DIM) for text in (f"$W_{name[1]}$", size)))
            below.arrange(DOWN, buff=0.12).next_to(array, DOWN, buff=0.2)
            self.shapes.add(below.align_to(self.layers.get_bottom() + DOWN * 0.2, UP))
        parts = (FadeIn(VGroup(*pair), shift=DOWN * 0.2) for pair in zip(self.layers, self.shapes, strict=True))
        self.play(LaggedStart(*reversed(list(parts)), lag_ratio=0.4), run_time=2 * BEAT)

    def multiply(self, nets: Asset) -> None:
        """The one matrix that the three amount to, and how far it is from the network at most."""
        self.product = NumberArray(nets["product"], decimals=2, size=BODY)
        name = Words("$W_3 W_2 W_1 =$", size=BODY)
        row = VGroup(name, self.product.next_to(name, RIGHT, buff=0.25)).move_to(RIGHT * SIDE_X + DOWN * 0.5)
        self.play(FadeIn(row, shift=DOWN * 0.4), run_time=BEAT)
        self.bias = Number(float(nets["product_bias"][0]), decimals=2, size=LABEL, color=DIM, signed=True)
        self.difference = Number(float(nets["difference"]), decimals=7, size=LABEL, color=DIM)
        texts = [Words(text, size=LABEL, color=DIM) for text in ("and one bias,", "differing by at most")]
        VGroup(*texts).arrange(DOWN, buff=0.2, aligned_edge=LEFT).next_to(row, DOWN, buff=0.3).align_to(row, LEFT)
        for words, number in zip(texts, (self.bias, self.difference), strict=True):
            share_baseline(number.next_to(words, RIGHT, buff=0.15), words)
        below = VGroup(*texts, self.bias, self.difference)
        self.algebra = VGroup(self.layers, self.shapes, row, below)
        self.play(FadeIn(below), run_time=BEAT)

    def count_wrong(self, nets: Asset) -> None:
        """Rings around the dots on the wrong side, and how many they are."""
        missed, count = nets["missed"], int(nets["count"])
        self.missed = LiveNumber(int(missed[0]), decimals=0, color=ACCENT, limits=(0, count))
        words = Words(f"of {count} dots on the wrong side", size=LABEL, color=DIM)
        self.missed.move_to(RIGHT * (SIDE_X - SIDE_WIDTH / 2) + UP * SCORE_Y, aligned_edge=LEFT)
        share_baseline(words.next_to(self.missed, RIGHT, buff=0.2), self.missed)
        self.play(self.rings.grow(run_time=2 * BEAT), FadeIn(self.missed), FadeIn(words))

    def start_to_bend(self, nets: Asset) -> None:
        """The algebra leaves; what each neuron does to its sum takes its place, straight at first."""
        self.bend_plot = Plot(BEND, BEND, width=3.6, height=2.7, names=("a neuron's sum", "what it passes on"))
        self.bend_plot.move_to(RIGHT * SIDE_X + UP * 0.75)
        self.bend_curve = self.bend_plot.curve(BEND, BEND, color=INK)
        words = Words("bend", size=BODY, color=DIM)
        self.share = LiveNumber(0, decimals=0, color=INK, unit="%", limits=(0, 100))
        row = VGroup(words, share_baseline(self.share.next_to(words, RIGHT, buff=0.3), words))
        row.move_to(RIGHT * SIDE_X + DOWN * 1.6)
        claim = self.headline("A bend between the layers lets the border curve")
        self.play(FadeOut(self.algebra, shift=UP * 0.3), FadeOut(self.title), run_time=0.5 * BEAT)
        self.play(FadeIn(claim), FadeIn(self.bend_plot), FadeIn(row), run_time=BEAT)

    def bend_more(self, nets: Asset) -> None:
        """From network to network, each trained anew with more of the bend: border, rings and count."""
        for place, bend in enumerate(nets["blends"][1:].astype(float), start=1):
            self.share.set_values(100 * bend)
            bent = self.bend_curve.change((1 - bend) * BEND + bend * np.maximum(BEND, 0), run_time=BLEND_S)
            self.play(self.map.change(self.chances[place], rate_func=linear, run_time=BLEND_S), bent)
            self.ring(nets["dots"][nets["wrong"][place]])
            self.missed.set_values(int(nets["missed"][place]))

    def ring(self, places: np.ndarray) -> None:
        """Rings around these dots (n, 2) and no others."""
        if len(places):
            self.rings.set_values(places)
        else:
            self.rings.grown = 0.0
            self.rings.redraw()

    def tell_share(self, share: float) -> None:
        """The share of the dots that the last network tells apart."""
        right = Number(100 * share, decimals=1, color=CORRECT, unit="%")
        words = Words("on the right side", size=LABEL, color=DIM)
        self.right = right.move_to(RIGHT * (SIDE_X - SIDE_WIDTH / 2) + UP * RIGHT_Y, aligned_edge=LEFT)
        share_baseline(words.next_to(right, RIGHT, buff=0.2), right)
        self.chime([share])
        self.play(FadeIn(right), FadeIn(words), run_time=BEAT)
