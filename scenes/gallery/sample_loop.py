"""Gallery: a letter model writes, and every draw is the recorded one."""

import numpy as np
from manim import DOWN, UP

from scenes.base import TensorScene
from scenes.kit.sample_loop import SampleLoop
from scenes.kit.typeset import Words
from scenes.theme import LARGE, REST


class TextGrowsByOneDrawAtATime(TensorScene):
    """Two steps of the loop: the shares of 27 symbols, the recorded random number, the symbol it falls on."""

    needs = ("letter_model",)

    def construct(self) -> None:
        model = self.assets["letter_model"]
        letters = [chr(code) for code in model["letters"]]  # (27,)
        chosen = np.searchsorted(model["letters"], model["sampled"])  # (24,)
        title = Words("Text grows by one draw at a time", size=LARGE).to_edge(UP, buff=0.38)
        loop = SampleLoop(model["candidates"], chosen, model["u"], letters, seed=int(model["seed"]))
        self.open(title, loop.set_step(4).shift(DOWN * 0.2), asset="letter_model")
        self.play(loop.step(4))
        self.play(loop.step(5))
        self.wait(REST)
