"""The gallery's example of a Countdown."""

from manim import UP

from scenes.base import TensorScene
from scenes.kit.countdown import Countdown
from scenes.kit.typeset import Words
from scenes.theme import LARGE, REST


class FiveSecondsToThink(TensorScene):
    """A ring that empties while a question is thought about."""

    needs = ("digit_net",)

    def construct(self) -> None:
        title = Words("Five seconds to think", size=LARGE).to_edge(UP, buff=0.38)
        countdown = Countdown(5, radius=1.6)
        self.open(title, countdown, asset="digit_net")
        self.play(countdown.run())
        self.wait(REST)
