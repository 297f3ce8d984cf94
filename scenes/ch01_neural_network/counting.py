"""Chapter 1, beat 19: every weight and bias of the network, counted from its own tensors."""

from manim import DOWN, RIGHT, UP, AnimationGroup, Indicate, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.counter import Counter
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, LABEL, LARGE

COLUMNS = (-5.7, -4.2, -2.8, -1.5)
COUNTS_Y = -2.85
LAYERS = ("layer 1", "layer 2", "the digits")
RIGHT_X = 6.2
TOP = 2.35


class EveryKnobCounted(TensorScene):
    """784 x 16 + 16 + 16 x 16 + 16 + 16 x 10 + 10 = 13,002, read from the tensors' own sizes."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net = self.assets["digit_net"]
        self.sizes = [int(size) for size in net["sizes"]]  # (4,)
        title = Words("Every knob of the network, counted", size=LARGE).to_edge(UP, buff=0.38)
        self.network = self.make_network(net)
        self.layers, self.edges = self.network.layers, self.network.edges
        counts = VGroup(*(self.count_below(layer) for layer in self.layers[1:]))
        self.counter = self.make_counter(int(net["parameters"]))

        with self.say("pixels"):
            self.open(title, VGroup(self.network, counts), asset="digit_net")
            for word, layer in zip(("from", "to"), self.layers[:2], strict=True):
                self.at(word)
                self.play(light_up(layer))
            self.at("weights")
            self.play(self.edges[0].pulse(run_time=2 * BEAT))
            self.at("count")
            self.play(self.counter.term(0, run_time=2 * BEAT))
        with self.say("hidden"):
            for step, (where, count) in enumerate((("second", "count"), ("ten", "last")), start=1):
                self.at(where)
                self.play(self.edges[step].pulse(run_time=2 * BEAT))
                self.at(count)
                self.play(self.counter.term(step))
        with self.say("biases"):
            self.at("neuron")
            self.play(*(light_up(layer) for layer in self.layers[1:]))
            for step in range(3):
                self.at(f"b{step + 1}")
                self.play(self.counter.term(3 + step), light_up(self.layers[step + 1]))
        with self.say("total"):
            self.at("together")
            self.sum_up()
        self.close()

    def make_network(self, net: Asset) -> TensorNetwork:
        """The network with its final weights, drawn as everywhere."""
        shown = [self.assets["digit_forward"]["window"], *(window(size) for size in self.sizes[1:])]
        columns = [
            Layer(indices, size, 4.6).move_to(RIGHT * x + DOWN * 0.15)
            for x, size, indices in zip(COLUMNS, self.sizes, shown, strict=True)
        ]
        return TensorNetwork([net[f"w{i}"] for i in (1, 2, 3)], layers=columns)

    def make_counter(self, parameters: int) -> Counter:
        """A line for each tensor, in the order in which they are spoken of, and the model's own total."""
        terms = [*zip(self.sizes[:-1], self.sizes[1:], strict=True), *((size,) for size in self.sizes[1:])]
        names = [f"{kind} {layer}" for kind in ("weights to", "biases of") for layer in LAYERS]
        counter = Counter(terms, parameters, [*names, "knobs"])
        return counter.move_to(RIGHT * RIGHT_X + UP * TOP, aligned_edge=RIGHT + UP)

    def count_below(self, layer: Layer) -> Words:
        """The size of a layer under it, all on one line; that of the pixels stands at their brace."""
        return Words(layer.count_text(), size=LABEL, color=DIM).next_to(layer, DOWN).set_y(COUNTS_Y)

    def sum_up(self) -> None:
        """The total stands out once."""
        self.play(Indicate(self.counter.total.line, scale_factor=1.1, color=ACCENT), run_time=BEAT)


def light_up(layer: Layer) -> AnimationGroup:
    """The neurons of a layer stand out once, each where it is."""
    return AnimationGroup(
        *(Indicate(neuron, scale_factor=1.15, color=ACCENT, run_time=BEAT) for neuron in layer.neurons)
    )
