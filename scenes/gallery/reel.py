"""The gallery's example of a TrainingReel."""

import numpy as np
from manim import DOWN, UP, linear

from scenes.base import TensorScene
from scenes.kit.network import TensorNetwork
from scenes.kit.reel import TrainingReel
from scenes.kit.typeset import Words
from scenes.theme import LARGE, REST


class WeightsGrowFromNoise(TensorScene):
    """The last two steps of the digit network's weights at every saved step of its training."""

    needs = ("digit_net",)

    def construct(self) -> None:
        net = self.assets["digit_net"]
        weights = [net["w2_steps"], net["w3_steps"]]  # (24, 16, 16), (24, 10, 16)
        limits = [float(np.abs(steps).max()) for steps in weights]
        network = TensorNetwork([steps[0] for steps in weights], limits=limits, width=9.6, height=4.5)
        network.shift(UP * 0.35)
        numbers = {"cost": (net["loss_steps"], 3), "test accuracy": (net["accuracy_steps"], 3)}
        reel = TrainingReel(net["steps"], (network, weights), numbers=numbers, width=9.6).shift(DOWN * 2.95)
        title = Words("Training turns noise into weights", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, network, reel, asset="digit_net")
        self.play(reel.play_to(int(net["steps"][-1]), run_time=5, rate_func=linear))
        self.wait(REST)
