"""Chapter 1: a layer's weighted sums are one matrix times one column; with biases and a bend, one line."""

from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    VGroup,
    VMobject,
    smooth,
    squish_rate_func,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.layer import Layer, window
from scenes.kit.mat_vec import MatVec
from scenes.kit.network import TensorNetwork
from scenes.kit.number import Number
from scenes.kit.number_array import NumberArray
from scenes.kit.typeset import Words
from scenes.theme import BEAT, BODY, DIM, GAP, HUGE, INK, LABEL, LARGE, LINE, SMALL, SYMBOLS

COLUMNS_X = (-5.8, -4.6)  # of the pixels, of the layer
HEIGHT, MIDDLE_Y = 4.7, -0.35
FORMULA, TERMS, NUMBERS = (np.array([1.5, y, 0]) for y in (2.1, -0.7, -0.6))
LARGER = BODY / LABEL  # numbers while they stand in the sum
COLORS = dict(zip(("W", "x", "b"), SYMBOLS, strict=True))
SYMBOLS_LINE = "{a: a^((1))} = {squash: SQUASH}({W} {x: a^((0))} + {b})"
NUMBERS_LINE = "{a} = {squash: SQUASH}({W} {x} + {b})"
FIRST_S, SECOND_S = 3.2, 1.6  # for the products of the first and the second row
FARTHEST = 6.75  # x of the last bracket
SHOWN = 16  # neurons of the layer that are drawn


class OneLayerIsOneProduct(TensorScene):
    """Each row of the matrix holds the weights of one neuron's fan; the whole layer is one line of algebra."""

    needs = ("digit_net", "digit_forward", "digit_product")

    def construct(self) -> None:
        product, net = self.assets["digit_product"], self.assets["digit_net"]
        self.rows, self.pixels = product["rows"].tolist(), product["pixels"].tolist()
        self.network, self.product = self.make_network(product, net), self.make_product(product, net)
        self.make_lines(product, net)
        title = Words("A whole layer is one line of algebra", size=LARGE).to_edge(UP, buff=0.38)
        with self.say("sum"):
            self.open(title, self.network, asset="digit_product")
            self.sum_up(int(net["sizes"][0]))
        with self.say("row"):
            self.write_row_and_column()
            self.run_row(self.rows[0], "same", FIRST_S)
        with self.say("matrix"):
            for row in self.rows[1:2]:
                self.run_row(row, "second", SECOND_S)
            self.name_matrix()
        with self.say("bias"):
            self.add_biases(product["sums"] + net["b1"])
            self.squash(product["a1"])
        with self.say("line"):
            self.count_entries([int(size) for size in net["sizes"][:2]])
        self.close()

    def make_network(self, product: Asset, net: Asset) -> TensorNetwork:
        """The chosen pixels filled with the digit, the layer still empty, and the weights between them."""
        forward, sizes = self.assets["digit_forward"], [int(size) for size in net["sizes"][:2]]
        pixels = Layer(forward["window"], sizes[0], HEIGHT).move_to(RIGHT * COLUMNS_X[0] + UP * MIDDLE_Y)
        layer = Layer(self.with_rows(sizes[1]), sizes[1], HEIGHT, float(forward["activation_max"]))
        layer.move_to(RIGHT * COLUMNS_X[1] + UP * MIDDLE_Y)
        network = TensorNetwork([net["w1"]], [product["a0"], np.zeros(sizes[1])], [pixels, layer])
        if -1 in network.braces:  # where it would stand, formulas stand
            network.remove(network.braces.pop(-1))
        for pixel in self.pixels:
            pixels.neurons[pixels.row(pixel)].set_stroke(COLORS["x"], LINE * 1.4)
        return network

    def with_rows(self, size: int) -> list[int]:
        """The neurons drawn of a layer: those whose rows are written, and of the others as many as fit."""
        others = [int(neuron) for neuron in window(size, SHOWN) if neuron not in self.rows]
        return sorted(self.rows + others[: SHOWN - len(self.rows)])

    def make_product(self, product: Asset, net: Asset) -> MatVec:
        """Rows of weights times the pixels; the names of what is shown stand beside it on their own."""
        made = MatVec(net["w1"], product["a0"], product["sums"], (self.rows, self.pixels)).move_to(NUMBERS)
        made.matrix.name_rows([f"neuron {row + 1}" for row in self.rows])
        made.matrix.name_columns([f"pixel {pixel + 1}" for pixel in self.pixels])
        self.names = made.matrix.names
        made.matrix.remove(self.names)
        made.matrix.brackets.set_fill(COLORS["W"])
        made.matrix.dots.set_fill(opacity=0.6)
        made.vector.brackets.set_fill(COLORS["x"])
        return made

    def make_lines(self, product: Asset, net: Asset) -> None:
        """The line in symbols and the line in numbers, which has room for all its arrays."""
        sums, squash = product["sums"], str(product.provenance["squash"])  # (layer1,)
        limit = float(max(np.abs(sums).max(), np.abs(sums + net["b1"]).max()))
        self.before = NumberArray(sums, self.rows, limit=limit)
        self.biases = NumberArray(net["b1"], self.rows).tie(COLORS["b"])
        parts = {"W": self.product.matrix, "x": self.product.vector}
        slots: dict[str, VMobject] = {name: array.brackets.copy() for name, array in parts.items()}
        slots |= {"a": self.before, "b": self.biases}
        self.line = Equation(SYMBOLS_LINE.replace("SQUASH", squash), colors=COLORS, size=HUGE).move_to(FORMULA)
        self.numbers = Equation(NUMBERS_LINE.replace("SQUASH", squash), slots, size=BODY)
        self.numbers.move_to(NUMBERS)
        self.numbers.shift(LEFT * max(self.numbers.get_right()[0] - FARTHEST, 0.0))

    def sum_up(self, pixels: int) -> None:
        """The fan into one neuron, and the sum that it stands for: in symbols, then the terms that will be written."""
        terms = [f"{{w{i}: w_({i})}} {{x{i}: a_({i})}}" for i in (1, 2, pixels)]
        colors = {f"{kind}{i}": COLORS[name] for i in (1, 2, pixels) for kind, name in (("w", "W"), ("x", "x"))}
        self.formula = Equation(" + ".join([*terms[:2], "dots.c", terms[2]]), colors=colors, size=HUGE).move_to(FORMULA)
        self.box = self.network.layers[1].box(self.rows[0])
        self.at("neuron")
        self.play(self.network.highlight(1, self.rows[0]), Create(self.box), run_time=BEAT)
        self.at("weight")
        arrive = LaggedStart(*(FadeIn(sign, shift=UP * 0.1) for sign in self.formula.signs), lag_ratio=0.25)
        self.play(arrive, run_time=2 * BEAT)
        self.at("so")
        self.terms = self.make_terms()
        self.play(FadeIn(self.terms, shift=DOWN * 0.2), run_time=BEAT)

    def make_terms(self) -> Equation:
        """The same sum in numbers, as far as they are written in the matrix."""
        matrix, vector, row = self.product.matrix, self.product.vector, self.rows[0]
        slots = {f"w{pixel}": matrix.lift(row, pixel).scale(LARGER) for pixel in self.pixels}
        slots |= {f"x{pixel}": vector.lift(pixel).scale(LARGER) for pixel in self.pixels}
        written = (f"({{w{pixel}}}) dot {{x{pixel}}}" for pixel in self.pixels)
        return Equation(f"dots.c + {' + dots.c + '.join(written)} + dots.c", slots, size=BODY).move_to(TERMS)

    def write_row_and_column(self) -> None:
        """The weights of the sum go to their row, the pixels to their column; then the other rows arrive."""
        product, row = self.product, self.rows[0]
        matrix, vector, weights = product.matrix, product.vector, self.assets["digit_net"]["w1"]
        early, late = squish_rate_func(smooth, 0, 0.55), squish_rate_func(smooth, 0.4, 1)
        moves = [self.go(f"w{pixel}", matrix.lift(row, pixel), early) for pixel in self.pixels]
        moves += [self.go(f"x{pixel}", vector.lift(pixel), late) for pixel in self.pixels]
        self.write_rows([])
        self.add(*self.terms.slots.values())
        self.at("row")
        arriving = (FadeIn(part, rate_func=late) for part in (matrix, vector, self.names))
        self.play(FadeOut(self.terms.signs, run_time=BEAT / 2), *moves, *arriving, run_time=1.5 * BEAT)
        self.remove(self.terms, *self.terms.slots.values())
        self.write_rows([row])
        self.at("column")
        self.play(matrix.change(weights), FadeIn(product.equals), FadeIn(product.outcome), run_time=BEAT)
        self.add(product)

    def write_rows(self, rows: list[int]) -> None:
        """Write only these rows of the matrix, and the pixels only where there are some."""
        weights, pixels = self.assets["digit_net"]["w1"], self.assets["digit_product"]["a0"]
        some = np.isin(np.arange(len(weights)), rows)
        self.product.matrix.write(np.where(some[:, None], weights, np.nan))
        self.product.vector.write(pixels if rows else np.full(len(pixels), np.nan))

    def go(self, name: str, place: Number, pace: Callable[[float], float]) -> Animation:
        """A number of the sum goes to where it stands in the product."""
        return self.terms.part(name).animate(rate_func=pace).scale(1 / LARGER).move_to(place).build()

    def run_row(self, row: int, word: str, seconds: float) -> None:
        """A frame runs along a row and down the pixels while the products run along the same neuron's fan."""
        flow = np.zeros_like(self.assets["digit_forward"]["flow1"])  # (layer1, pixel)
        flow[row] = self.assets["digit_forward"]["flow1"][row]
        self.at(word)
        if row != self.rows[0]:
            box = self.network.layers[1].box(row)
            self.play(self.network.highlight(1, row), self.box.animate.move_to(box), run_time=BEAT)
        self.play(self.product.row(row, run_time=seconds), self.network.flash(0, flow, run_time=seconds))

    def name_matrix(self) -> None:
        """All fans come back, and the product has its short name."""
        self.at("W")
        self.play(
            self.network.release(), self.product.others(), FadeOut(self.box), FadeOut(self.formula), run_time=BEAT
        )
        self.play(FadeIn(self.line.part("W")), FadeIn(self.line.part("x")), run_time=BEAT)

    def add_biases(self, sums: np.ndarray) -> None:
        """The sums move to the front, the biases arrive behind, and the sums (layer1,) become those with biases."""
        line, numbers, product = self.line, self.numbers, self.product
        equals, _, plus, _ = numbers.rest()
        late = squish_rate_func(smooth, 0.5, 1)
        self.remove(product).add(product.matrix, product.vector, product.equals, product.outcome)
        self.play(
            FadeOut(self.names, run_time=BEAT / 2),
            FadeOut(product.outcome, product.equals, run_time=BEAT / 2),
            FadeIn(self.before, equals, rate_func=late),
            *(
                part.animate.shift(target.get_center() - body.get_center())
                for part, body, target in (
                    (product.matrix, product.matrix.brackets, numbers.part("W")),
                    (product.vector, product.vector.brackets, numbers.part("x")),
                )
            ),
            run_time=1.5 * BEAT,
        )
        self.z = Words("$z$", size=HUGE).move_to(line.part("a"), aligned_edge=RIGHT + DOWN)
        signs = line.rest()
        self.at("add")
        arriving = (self.biases, plus, line.part("b"), signs[0], signs[2], self.z)
        self.play(*(FadeIn(part, shift=LEFT * 0.2) for part in arriving), run_time=BEAT)
        self.play(self.before.change(sums), run_time=BEAT)

    def squash(self, activations: np.ndarray) -> None:
        """The function and its brackets close around the sum, and the sums become the layer's activations (layer1,)."""
        self.at("squash")
        self.play(*(FadeIn(part) for line in (self.line, self.numbers) for part in around(line)), run_time=BEAT)
        self.after = NumberArray(activations, self.rows, color=INK).move_to(self.before, aligned_edge=RIGHT)
        self.at("next")
        shown = np.minimum(activations[self.network.layers[1].indices] / self.network.layers[1].scale_of_fill, 1)
        self.chime(shown)
        becomes: list[Animation] = [FadeOut(self.z), FadeIn(self.line.part("a"))]
        becomes += [FadeOut(self.before), FadeIn(self.after), self.network.light(1, activations)]
        self.play(*becomes, run_time=BEAT)

    def count_entries(self, sizes: list[int]) -> None:
        """Under each array what it is and how much of it there is; the weights of the network glow once."""
        pixels, neurons = sizes
        texts = (f"{neurons} activations", f"{neurons} × {pixels} weights", f"{pixels} pixels", f"{neurons} biases")
        arrays: tuple[VMobject, ...] = (self.after, self.product.matrix, self.product.vector, self.biases)
        colors = (DIM, *COLORS.values())
        counts = VGroup(
            *(
                Words(text, size=SMALL, color=color).next_to(array, DOWN, buff=GAP)
                for text, array, color in zip(texts, arrays, colors, strict=True)
            )
        )
        self.at("line")
        glow = self.network.edges[0].pulse(run_time=2 * BEAT)
        self.play(LaggedStart(*(FadeIn(count) for count in counts), lag_ratio=0.3, run_time=2 * BEAT), glow)


def around(line: Equation) -> tuple[VMobject, ...]:
    """The function of a line and the two round brackets."""
    _, opening, _, closing = line.rest()
    return line.part("squash"), opening, closing
