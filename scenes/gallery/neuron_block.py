"""The gallery's example of a NeuronBlock."""

from manim import UP

from scenes.base import TensorScene
from scenes.kit.neuron_block import NeuronBlock
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LARGE, REST


class EachDigitFillsTheLayerAnew(TensorScene):
    """The first hidden layer for three digits, one after the other."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        filled = forward["a1"] / forward["activation_max"]  # (example, layer1), in [0, 1]
        title = Words("Each digit fills the layer anew", size=LARGE).to_edge(UP, buff=0.38)
        block = NeuronBlock(filled[0], side=4.6).shift(0.2 * UP)
        self.open(title, block, asset="digit_forward")
        for example in (1, 2):
            self.play(block.change(filled[example], run_time=BEAT))
            self.wait(REST)
