"""The gallery's example of an Equation."""

from manim import DOWN, UP, FadeIn

from scenes.base import TensorScene
from scenes.kit.equation import Equation
from scenes.kit.number_array import NumberArray
from scenes.kit.typeset import Words
from scenes.theme import BEAT, BODY, HUGE, INK, LARGE, REST, SYMBOLS


class OneLayerIsOneLine(TensorScene):
    """The first hidden layer as a formula, and the numbers that its symbols stand for."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        arrays = self.arrays()
        symbols = Equation("{a: a^((1))} = sigma({W} {x: a^((0))} + {b})", size=HUGE).shift(UP * 2)
        numbers = Equation("{a} = sigma({W} {x} + {b})", slots=arrays, size=BODY).shift(DOWN * 0.95)
        title = Words("One layer is one line", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, symbols, asset="digit_forward")
        for name, color in zip(("W", "x", "b", "a"), (*SYMBOLS, INK), strict=True):
            array = arrays[name].tie(color)
            self.play(symbols.part(name).animate.set_fill(color), FadeIn(array, shift=DOWN * 0.4), run_time=BEAT)
        self.play(FadeIn(numbers.rest()), run_time=BEAT)
        self.wait(REST)

    def arrays(self) -> dict[str, NumberArray]:
        """What each symbol stands for on one test digit."""
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        lead, rows, pixels = int(forward["lead"]), [0, 1, 2, 15], [431, 432, 433, 434]
        return {
            "a": NumberArray(forward["a1"][lead], rows, color=INK).label("16 activations"),
            "W": NumberArray(net["w1"], (rows, pixels)).label("16 × 784 weights"),
            "x": NumberArray(forward["a0"][lead], pixels, color=INK).label("784 pixels"),
            "b": NumberArray(net["b1"], rows).label("16 biases"),
        }
