"""Chapter 1: sigmoids against ReLUs in deep networks: the two functions, a race, and the gradients behind it."""

import numpy as np
from manim import LEFT, RIGHT, UP, ApplyMethod, FadeIn, FadeOut, ValueTracker, VGroup, linear

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.axes import backing
from scenes.kit.plot import Plot
from scenes.kit.plot_curve import Curve
from scenes.kit.plot_marks import Dots
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import BEAT, LABEL, LARGE, NEGATIVE, SYMBOLS

SIGMOID, RELU = SYMBOLS[0], SYMBOLS[1]
COLORS = (SIGMOID, RELU)
NAMES = ("sigmoid", "ReLU")
WIDTH, HEIGHT = 4.5, 4.5
LEFT_X, RIGHT_X, BOX_Y = -3.5, 3.3, 0.0  # middle of each half
SEED_DOT = 0.05


class ABendLearnsFaster(TensorScene):
    """Six hidden layers of sigmoids learn slower than six of ReLUs, because their gradients fade on the way back."""

    needs = ("bend_race",)

    def construct(self) -> None:
        race = self.assets["bend_race"]
        title = Words("A simpler bend learns faster", size=LARGE).to_edge(UP, buff=0.38)
        names = ("weighted sum", "activation")
        self.functions = placed(Plot(race["z"], race["curve"], WIDTH, HEIGHT, names), 0.0)
        with self.say("bends"):
            self.open(title, self.functions, asset="bend_race")
            self.draw_functions(race["z"], race["curve"])
        with self.say("race"):
            self.run(race)
        with self.say("why"):
            self.explain(race)
        self.close()

    def draw_functions(self, z: np.ndarray, curve: np.ndarray) -> None:
        """The sigmoid, then the ReLU in two pieces: zero below zero, and the sum itself above."""
        below, above = z <= 0, z >= 0
        self.pieces = [
            self.functions.curve(z, curve[0], NAMES[0], SIGMOID),
            self.functions.curve(z[below], curve[1][below], color=NEGATIVE),
            self.functions.curve(z[above], curve[1][above], NAMES[1], RELU),
        ]
        for piece in self.pieces:
            piece.grown = 0.0
            piece.redraw()
            piece.show_name(0.0)
        for word, piece in zip(("sigmoid", "flat", "rising"), self.pieces, strict=True):
            self.at(word)
            self.play(piece.grow(run_time=1.5 * BEAT))

    def run(self, race: Asset) -> None:
        """Test accuracy by epoch: each start faint, their median bold with a cursor at its head."""
        epochs, acc, median = race["epochs"].astype(float), race["acc"], race["median"]
        self.accuracy = placed(Plot(epochs, [0, 1], WIDTH, HEIGHT, ("epoch", "test accuracy")), RIGHT_X)
        self.at("rates")
        self.play(ApplyMethod(self.functions.shift, RIGHT * LEFT_X), run_time=BEAT)
        self.play(FadeIn(self.accuracy), run_time=BEAT)
        self.starts = [[self.accuracy.curve(epochs, one, color=c, faint=True) for one in of] for of, c in both(acc)]
        self.medians = [
            self.accuracy.curve(epochs, of, name, c) for (of, c), name in zip(both(median), NAMES, strict=True)
        ]
        self.epoch = ValueTracker(0)
        self.cursors = [
            self.accuracy.cursor(curve, self.epoch, 2, c) for curve, c in zip(self.medians, COLORS, strict=True)
        ]
        self.at("race")
        every = [*self.medians, *(curve for of in self.starts for curve in of)]
        seconds = max(0.8 * self.left(), 3 * BEAT)
        head = ApplyMethod(self.epoch.set_value, epochs[-1])
        grow = [curve.grow() for curve in every]
        for animation in (head, *grow):
            animation.set_run_time(seconds).set_rate_func(linear)
        self.play(head, *grow)
        self.chime(np.array([of[-1] for of in median]))

    def explain(self, race: Asset) -> None:
        """The gradient of each layer of weights before learning, on a log axis, in place of the two functions."""
        layers = race["layers"].astype(float)
        names = ("layer of weights", "size of the gradient before learning")
        self.gradients = placed(Plot(layers, race["gradient"], WIDTH, HEIGHT, names, "y"), LEFT_X)
        self.at("gradient")
        self.play(FadeOut(self.functions), run_time=BEAT)
        self.play(FadeIn(self.gradients), run_time=BEAT)
        self.lines, self.dots = {}, {}
        for word, bend in (("relus", 1), ("fade", 0)):
            line, dots, name = self.gradient_curve(layers, race, bend)
            self.at(word)
            self.play(line.grow(), dots.grow(run_time=2.5 * BEAT))
            self.play(FadeIn(name), run_time=BEAT / 2)
            self.lines[bend], self.dots[bend] = line, dots

    def gradient_curve(self, layers: np.ndarray, race: Asset, bend: int) -> tuple[Curve, Dots, VGroup]:
        """The medians from the last layer back to the first, a dot for each start, and a name where there is room."""
        each, median = race["gradient"][bend][:, ::-1], race["gradient_median"][bend][::-1]
        line = self.gradients.curve(layers[::-1], median, color=COLORS[bend])
        dots = self.gradients.dots(np.repeat(layers[::-1], len(each)), each.T.ravel(), COLORS[bend], SEED_DOT)
        line.grown = dots.grown = 0.0
        line.redraw()
        dots.redraw()
        below, above = self.gradients.place(layers[1], median[-1]), self.gradients.place(layers[0], each.max())
        words = Words(NAMES[bend], size=LABEL, color=COLORS[bend])
        name = VGroup(backing(words.width, LABEL * UNITS_PER_EM).move_to(words), words)
        return (
            line,
            dots,
            name.move_to(below + UP * 0.1 if bend == 0 else above + UP * 0.3 + RIGHT * 0.2, aligned_edge=LEFT),
        )


def placed(plot: Plot, middle: float) -> Plot:
    """A plot whose box has its middle at an x, and at the height that all boxes here share."""
    corner = plot.axes.frame.out(np.zeros(3))
    return plot.shift(RIGHT * (middle - WIDTH / 2 - corner[0]) + UP * (BOX_Y - HEIGHT / 2 - corner[1]))


def both(of_bends: np.ndarray) -> list[tuple[np.ndarray, str]]:
    """What belongs to the sigmoids and to the ReLUs, each with its colour."""
    return list(zip(of_bends, COLORS, strict=True))
