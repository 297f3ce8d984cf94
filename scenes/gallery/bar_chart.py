"""Gallery: ten logits and their softmax while the temperature rises and falls; one letter's followers."""

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, ValueTracker, smooth, squish_rate_func

from scenes.base import TensorScene
from scenes.kit.bar_chart import BarChart
from scenes.kit.distribution import Distribution, softmax
from scenes.kit.number import LiveNumber
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, LABEL, LARGE, REST

DIGITS = [str(digit) for digit in range(10)]
FIRST_HALF, SECOND_HALF = squish_rate_func(smooth, 0, 0.5), squish_rate_func(smooth, 0.5, 1)


class TemperatureFlattensTheChances(TensorScene):
    """The softmax of the last layer's z, computed in every frame from the bars on the left and the temperature.

    The net itself ends in ten sigmoids; its z serve as logits here.
    """

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        z, temperature = forward["z3"][int(forward["lead"])], ValueTracker(1.0)  # (10,)
        title = Words("A higher temperature evens out the chances", size=LARGE).to_edge(UP, buff=0.38)
        logits = BarChart(z, DIGITS, size=(3.6, 4.6)).move_to(LEFT * 3.7 + DOWN * 0.1)
        chances = Distribution(softmax(z), DIGITS, span=(0, 1), size=(3.6, 4.6)).move_to(RIGHT * 3.9 + DOWN * 0.1)
        self.open(title, logits, chances, *self.captions(logits, chances, temperature), asset="digit_forward")
        chances.follow(logits, temperature)
        for value in (8.0, 0.5, 3.0):
            self.play(temperature.animate.set_value(value), run_time=2.5 * BEAT)
        self.wait(REST)

    def captions(self, logits: BarChart, chances: BarChart, temperature: ValueTracker) -> list[Words | LiveNumber]:
        """The formula of each chart over it, and the temperature as it is now between them."""
        names = [Words("$z$ of the last layer", size=LABEL, color=DIM), Words("softmax of $z slash T$", LABEL, DIM)]
        for name, chart in zip(names, (logits, chances), strict=True):
            name.move_to((float(chart.get_center()[0]), 2.65, 0))
        letter = Words("$T =$", size=BODY, color=ACCENT).move_to(LEFT * 0.2)
        return [*names, letter, LiveNumber(temperature, decimals=1, size=BODY, color=ACCENT).next_to(letter, RIGHT)]


class AfterHComesE(TensorScene):
    """The likeliest letters after h in a page of text and the others together, first as they begin words."""

    needs = ("letter_model",)

    def construct(self) -> None:
        model = self.assets["letter_model"]
        letters = [chr(code).replace(" ", "␣") for code in model["letters"]]  # (27,)
        after = model["probability"][letters.index("h")]  # (27,)
        title = Words("After an h comes an e, more often than anything else", size=LARGE).to_edge(UP, buff=0.38)
        chart = Distribution(after, letters, top=7, span=(0, 0.6), size=(8, 4.4)).shift(DOWN * 0.35 + RIGHT * 0.9)
        chart.set_values(model["probability"][letters.index("␣")])
        heads = [Words(f"after {name}", color=ACCENT).move_to(UP * 2.5) for name in ("a space", "an #emph[h]")]
        self.open(title, chart, heads[0], asset="letter_model")
        leaves, comes = FadeOut(heads[0], rate_func=FIRST_HALF), FadeIn(heads[1], rate_func=SECOND_HALF)
        self.play(chart.change(after), leaves, comes, run_time=2 * BEAT)
        self.wait(REST)
