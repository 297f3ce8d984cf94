"""The gallery's example of a Counter."""

from manim import DOWN, UP

from scenes.base import TensorScene
from scenes.kit.counter import Counter
from scenes.kit.typeset import Words
from scenes.theme import LARGE, REST, STAGGER


class EveryParameterIsCounted(TensorScene):
    """The six tensors of the network, by the sizes of its layers."""

    needs = ("digit_net",)

    def construct(self) -> None:
        net = self.assets["digit_net"]
        sizes = [int(size) for size in net["sizes"]]  # (4,)
        terms = [*zip(sizes[:-1], sizes[1:], strict=True), *((size,) for size in sizes[1:])]
        layers = ("layer 2", "layer 3", "the digits")
        names = [f"{kind} {layer}" for kind in ("weights into", "biases of") for layer in layers]
        counter = Counter(terms, int(net["parameters"]), [*names, "parameters"]).shift(DOWN * 0.2)
        title = Words("Every parameter is counted", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, counter, asset="digit_net")
        for step in counter.steps():
            self.play(step)
            self.wait(STAGGER)
        self.wait(REST)
