"""Chapter 1, the exercise: count the parameters of a smaller network, and say which of three neurons fires."""

from itertools import islice

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    ApplyMethod,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    SurroundingRectangle,
    Transform,
    VGroup,
    there_and_back,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.countdown import Countdown
from scenes.kit.counter import Counter
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, HUGE, LABEL, LARGE, LINE, NEGATIVE, POSITIVE

THINK_S = 5
PICTURE_X, PICTURES_Y = -5.68, (1.55, -1.35)  # of the picture and of its averages
PICTURE = 2.1
COLUMNS = (-3.2, -1.8, -0.5)
HEIGHTS = (4.6, 4.6, 3.2)
RADIUS = 0.1
COUNTS_Y = -2.85
RIGHT_X, TOP = 6.6, 2.35
ASKED_X = 3.4  # middle of what stands right of the network
RULE_TEXT = "each neuron: a weight for every input, and a bias"
LARGE_X, LARGE_Y, LARGE_GRID = (-5.2, -1.55, 1.85, 5.25), 0.95, 3.0  # of the digit and the weights, while one thinks
GRIDS_X = (-5.35, -1.35, 2.05, 5.45)  # of the same and their products, side by side
ROWS_Y = (1.45, -1.3)
GRID = 2.25
NAME_GAP, SUMS_Y = 0.14, -2.85


class CountThemYourself(TensorScene):
    """A smaller network to be counted by the viewer: its answer is the number of entries of its own tensors."""

    needs = ("small_net", "digit_net")

    def construct(self) -> None:
        net = self.assets["small_net"]
        self.sizes = [int(size) for size in net["sizes"]]  # (3,)
        title = Words("Your turn: how many knobs does this network have?", size=LARGE).to_edge(UP, buff=0.38)
        self.network = self.make_network(net)
        self.countdown = Countdown(THINK_S, radius=1.15).move_to(RIGHT * ASKED_X + DOWN * 0.55)
        self.counter = self.make_counter(int(net["parameters"]))

        with self.say("ask"):
            self.picture = PixelGrid(net["picture"], height=PICTURE).move_to((PICTURE_X, PICTURES_Y[0], 0))
            self.open(title, self.picture, self.below(self.picture, net["picture"]), asset="small_net")
            self.ask(net)
        hint = Words(RULE_TEXT, size=LABEL, color=DIM).move_to((ASKED_X, -2.55, 0))
        with self.say("think"):
            think(self, self.countdown, FadeIn(hint, run_time=BEAT))
        with self.say("answer"):
            self.play(*(FadeOut(each) for each in (self.countdown, self.asked, hint)), run_time=BEAT)
            for index, word in enumerate(("w1", "w2", "b1", "b2")):
                self.at(word)
                self.play(self.counter.term(index))
        with self.say("trained"):
            self.read(net)
            self.compare(net)
        self.close()

    def make_network(self, net: Asset) -> TensorNetwork:
        """Three columns with the trained weights between them; of the pixels and the hidden neurons a window."""
        shown = [net["window"], *(window(size) for size in self.sizes[1:])]
        scales = (1.0, float(net["activation_max"]), 1.0)
        columns = [
            Layer(indices, size, height, scale, RADIUS).move_to(RIGHT * x + DOWN * 0.15)
            for x, size, height, indices, scale in zip(COLUMNS, self.sizes, HEIGHTS, shown, scales, strict=True)
        ]
        return TensorNetwork([net["w1"], net["w2"]], layers=columns)

    def make_counter(self, parameters: int) -> Counter:
        """A line for each tensor, weights first, and the model's own total."""
        terms = [*zip(self.sizes[:-1], self.sizes[1:], strict=True), *((size,) for size in self.sizes[1:])]
        names = ["weights to hidden", "weights to digits", "biases of hidden", "biases of digits", "knobs"]
        return Counter(terms, parameters, names).move_to(RIGHT * RIGHT_X + UP * TOP, aligned_edge=RIGHT + UP)

    def below(self, grid: PixelGrid, image: np.ndarray) -> Words:
        """The shape of a picture under it."""
        return Words(f"{image.shape[0]} × {image.shape[1]} pixels", size=LABEL, color=DIM).next_to(grid, DOWN)

    def ask(self, net: Asset) -> None:
        """Each square of pixels becomes one; then the layers, and the sizes that the question is about."""
        averages, (row, column) = net["averaged"], (int(i) for i in net["block"])
        self.averaged = PixelGrid(averages, height=PICTURE).move_to((PICTURE_X, PICTURES_Y[1], 0))
        block = len(net["picture"]) // len(averages)
        square, small = (
            grid.outline(side * row, side * column, side, side, stroke_color=ACCENT, stroke_width=LINE)
            for grid, side in ((self.picture, block), (self.averaged, 1))
        )
        self.at("shrink")
        self.play(Create(square), run_time=BEAT / 2)
        arrives = FadeIn(Group(self.averaged, self.below(self.averaged, averages)), shift=DOWN * 0.5)
        self.play(arrives, Transform(square, small), run_time=BEAT)
        self.asked, written = self.write_sizes()
        layers, braces = self.network.layers, VGroup(*self.network.braces.values())
        self.play(FadeIn(layers[0]), FadeIn(braces), FadeIn(written[0]), FadeOut(square), run_time=BEAT)
        for word, step in (("hidden", 0), ("ten", 1)):
            after = layers[step + 1]
            count = Words(after.count_text(), size=LABEL, color=DIM).next_to(after, DOWN).set_y(COUNTS_Y)
            self.at(word)
            arrive = (self.network.edges[step], after, count, written[step + 1])
            self.play(*(FadeIn(each) for each in arrive), run_time=BEAT)
        self.add(self.network, self.asked)
        self.at("knobs")
        self.play(FadeIn(self.countdown), run_time=BEAT)

    def write_sizes(self) -> tuple[Words, list[VGroup]]:
        """The sizes of the layers with dashes between them, whole and in the pieces in which they arrive."""
        first, *others = map(str, self.sizes)
        pieces = [first, *(f"– {size}" for size in others)]
        whole = Words(" ".join(pieces), size=HUGE).move_to((ASKED_X, 1.75, 0))
        signs = [len(piece.replace(" ", "")) for piece in pieces]  # each is drawn as one glyph
        glyphs = iter(whole.submobjects)
        return whole, [VGroup(*islice(glyphs, count)) for count in signs]

    def read(self, net: Asset) -> None:
        """The averaged digit goes through the trained network."""
        self.at("trained")
        for layer, name in enumerate(("a0", "a1", "a2")):
            self.play(self.network.light(layer, net[name]), run_time=BEAT / 2)

    def compare(self, net: Asset) -> None:
        """What the counted numbers are worth, and those of the large network: shares of the same test digits."""
        heading = Words("test digits named correctly", size=LABEL, color=DIM)
        heading.move_to((RIGHT_X, -1.75, 0), aligned_edge=RIGHT)
        self.shares = VGroup()
        for place, (asset, word) in enumerate(((net, "small"), (self.assets["digit_net"], "large"))):
            share = float(asset["test_accuracy"])
            number = Number(100 * share, decimals=1, color=CORRECT, unit="%")
            number.move_to((RIGHT_X, -2.25 - 0.52 * place, 0), aligned_edge=RIGHT)
            label = Words(f"by {int(asset['parameters']):,} knobs", size=BODY, color=DIM)
            label.next_to(number, LEFT, buff=0.4)
            self.shares.add(number)
            self.at(word)
            self.chime([share])
            new = (share_baseline(label, number), number, *(() if place else (heading,)))
            self.play(*(FadeIn(each) for each in new), run_time=BEAT)


class WhichGridFires(TensorScene):
    """One digit and the weights of three neurons: the viewer says which sum is largest before all three are shown."""

    needs = ("loudest_neuron",)

    def construct(self) -> None:
        question = self.assets["loudest_neuron"]
        self.title = Words("Which of three neurons gets the largest sum?", size=LARGE).to_edge(UP, buff=0.38)
        self.digit = PixelGrid(question["image"], height=LARGE_GRID).move_to((LARGE_X[0], LARGE_Y, 0))
        self.countdown = Countdown(THINK_S, radius=0.8).move_to((LARGE_X[0], -1.85, 0))
        self.weights = self.make_grids(question["weights"])

        with self.say("ask"):
            self.open(self.title, self.digit, asset="loudest_neuron")
            self.ask(int(question["unlit"]))
        with self.say("think"):
            think(self, self.countdown)
        with self.say("answer"):
            self.multiply(question["products"])
            self.tell_sums(question)
        with self.say("where"):
            self.add_weights(question["weight_sums"])
            self.point_at_bright(int(question["winner"]))
        with self.say("beside"):
            self.name_file()
        self.close()

    def make_grids(self, weights: np.ndarray) -> Group:
        """The weights (3, 28, 28) as pictures on one scale, black where nothing was learned."""
        limit = float(np.abs(weights).max())
        grids = (PixelGrid(each, LARGE_GRID, signed=True, limit=limit) for each in weights)
        return Group(*(grid.move_to((x, LARGE_Y, 0)) for grid, x in zip(grids, LARGE_X[1:], strict=True)))

    def ask(self, unlit: int) -> None:
        """The three pictures with their names, what the colours say, and the clock."""
        self.names = VGroup(
            *(
                Words(name, size=LABEL).next_to(grid, UP, buff=NAME_GAP)
                for name, grid in zip("ABC", self.weights, strict=True)
            )
        )
        self.at("three")
        arrivals = (FadeIn(Group(*pair), shift=RIGHT * 0.3) for pair in zip(self.names, self.weights, strict=True))
        self.play(LaggedStart(*arrivals, lag_ratio=0.3), run_time=2 * BEAT)
        up, down = (
            Words(text, size=LABEL, color=color)
            for text, color in (("blue pushes up", POSITIVE), ("orange pushes down", NEGATIVE))
        )
        dark = Words(f"black: {unlit} pixels that no training digit lights", size=LABEL, color=DIM)
        self.key = VGroup(VGroup(up, down).arrange(RIGHT, buff=0.6), dark).arrange(DOWN, buff=0.3)
        self.key.move_to((LARGE_X[2], -1.85, 0))
        for word, words in (("blue", up), ("orange", down), ("black", dark)):
            self.at(word)
            self.play(FadeIn(words), run_time=BEAT)
        self.at("largest")
        self.play(FadeIn(self.countdown), run_time=BEAT)

    def multiply(self, products: np.ndarray) -> None:
        """The digit goes to a copy of each picture, and of each weight stays what its pixel lets through."""
        self.make_room()
        self.products = self.weights.copy()
        label = VGroup(*(Words(text, size=LABEL, color=DIM) for text in ("weight × pixel", "sum, with bias")))
        for words, y in zip(label, (ROWS_Y[1], SUMS_Y), strict=True):
            words.move_to((GRIDS_X[0], y, 0))
        self.play(self.products.animate.shift(UP * (ROWS_Y[1] - ROWS_Y[0])), FadeIn(label[0]), run_time=BEAT)
        copies = [self.digit.copy() for _ in self.products]
        lands = [copy.animate.move_to(grid).build() for copy, grid in zip(copies, self.products, strict=True)]
        self.play(LaggedStart(*reversed(lands), lag_ratio=0.3), run_time=1.5 * BEAT)
        changes = (grid.change(values) for grid, values in zip(self.products, products, strict=True))
        self.play(*changes, *(FadeOut(copy) for copy in copies), run_time=1.5 * BEAT)
        self.play(FadeIn(label[1]), run_time=BEAT / 2)

    def make_room(self) -> None:
        """The clock and the key leave, and the pictures move up into a row."""
        self.at("multiply")
        moves = []
        for grid, x in zip((self.digit, *self.weights), GRIDS_X, strict=True):
            moves.append(grid.animate.scale(GRID / LARGE_GRID).move_to((x, ROWS_Y[0], 0)))
        for name, x in zip(self.names, GRIDS_X[1:], strict=True):
            above = (x, ROWS_Y[0] + GRID / 2 + NAME_GAP + name.height / 2, 0)
            moves.append(name.animate.move_to(above))
        self.play(FadeOut(self.countdown), FadeOut(self.key), *moves, run_time=BEAT)

    def tell_sums(self, question: Asset) -> None:
        """The three sums, and a box around the neuron that has the largest."""
        winner = int(question["winner"])
        self.sums = VGroup(
            *(
                Number(z, decimals=2, signed=True).move_to((x, SUMS_Y, 0))
                for z, x in zip(question["z"], GRIDS_X[1:], strict=True)
            )
        )
        self.at("sums")
        for number, held in zip(self.sums, question["activation"], strict=True):
            self.chime([held])
            self.play(FadeIn(number, shift=DOWN * 0.2), run_time=BEAT / 2)
        self.at("wins")
        column = Group(self.weights[winner], self.names[winner], self.products[winner], self.sums[winner])
        self.box = SurroundingRectangle(column, color=ACCENT, stroke_width=LINE, buff=0.14, corner_radius=0.08)
        self.play(Create(self.box), self.sums[winner].animate.set_fill(ACCENT), run_time=BEAT)

    def add_weights(self, totals: np.ndarray) -> None:
        """What all weights of each picture come to, whether the digit lights their pixels or not."""
        label = Words("all its weights", size=LABEL, color=DIM).move_to((GRIDS_X[0], sum(ROWS_Y) / 2, 0))
        self.totals = VGroup(
            *(
                Number(total, decimals=2, size=LABEL, color=DIM, signed=True).move_to((x, sum(ROWS_Y) / 2, 0))
                for total, x in zip(totals, GRIDS_X[1:], strict=True)
            )
        )
        self.at("all")
        self.play(FadeIn(label), FadeIn(self.totals), run_time=BEAT)

    def point_at_bright(self, winner: int) -> None:
        """The digit and what it left of the winner's weights stand out together."""
        self.at("bright")
        shown = (self.digit, self.products[winner])
        self.play(*(ApplyMethod(grid.scale, 1.1, rate_func=there_and_back) for grid in shown), run_time=1.2 * BEAT)

    def name_file(self) -> None:
        """Where the questions can be read, in the place of the title."""
        place = Words("Both answers are beside this film, as `.exercises.md`", size=LARGE).to_edge(UP, buff=0.38)
        self.at("text")
        self.play(FadeOut(self.title), FadeIn(place), run_time=BEAT)


def think(scene: TensorScene, countdown: Countdown, *others: Animation) -> None:
    """The countdown runs out, beside other animations; each second that begins is heard as the share that is left."""
    seconds = round(countdown.values())
    for second in range(seconds):
        scene.chime([1 - second / seconds], after_s=second)
    scene.play(countdown.run(), *others)
