"""The gallery's example of a NumberArray."""

from manim import DOWN, UP, FadeIn

from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.number import LiveNumber
from scenes.kit.number_array import NumberArray
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, GAP, LABEL, LARGE, REST


class WeightsBeforeAndAfterTraining(TensorScene):
    """Five pixels near the middle and six neurons: their weights at the first and at the last step."""

    needs = ("digit_net",)

    def construct(self) -> None:
        net, pixels = self.assets["digit_net"], [430, 431, 432, 433, 434]  # near the middle of the picture
        first, last = net["w1_steps"][0], net["w1_steps"][-1]  # (16, 784)
        array = NumberArray(first, ([0, 1, 2, 3, 4, 15], pixels), size=BODY, limit=abs(last).max())
        array.name_columns([f"pixel {i}" for i in pixels]).label("16 × 784 weights", size=LABEL).shift(DOWN * 0.1)
        step = LiveNumber(net["steps"][-1], 0, size=LABEL)
        caption = Equation('"training step" {step}', {"step": step}, size=LABEL).next_to(array, DOWN, buff=GAP)
        step.set_values(net["steps"][0])
        title = Words("Training gives each weight its value", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, array, caption, asset="digit_net")
        self.wait(REST)
        self.play(array.change(last), step.change(net["steps"][-1]))
        self.play(FadeIn(array.outline(column=pixels[2])), array.names[2].animate.set_fill(ACCENT), run_time=BEAT)
        self.wait(REST)
