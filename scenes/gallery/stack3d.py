"""Stack3D: the residual stream of eight test digits, after the first layer and after each of four blocks."""

from manim import UP

from scenes.base import TensorScene
from scenes.kit.stack3d import Stack3D
from scenes.kit.typeset import Words
from scenes.theme import LARGE, MARGIN, REST


class TheStreamGrows(TensorScene):
    """A forward pass runs through the snapshots; laid side by side they show that later ones are larger."""

    needs = ("digit_depth",)

    def construct(self) -> None:
        stream = self.assets["digit_depth"]["stream"]  # (state, digit, channel)
        title = Words("Every block adds its part to the same stream", size=LARGE).to_edge(UP, buff=MARGIN)
        names = ["first layer", *(f"block {block}" for block in range(1, len(stream)))]
        stack = Stack3D(stream, names).shift(UP * 0.2)
        self.open(title, stack, asset="digit_depth")
        self.play(stack.wave(), run_time=3)
        self.play(stack.lay(), run_time=1.6)
        self.wait(REST)
