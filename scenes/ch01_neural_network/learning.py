"""Chapter 1, beat 20: learning is finding the right weights; every line is a weight as it was at a training step."""

import numpy as np
from manim import DOWN, RIGHT, UP, Create, FadeIn, Indicate, VGroup, linear

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.number import LiveNumber, Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.reel import TrainingReel
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, INK, LABEL, LARGE, SMALL

COLUMNS = (-2.5, 0.7, 3.5, 5.7)  # x of pixels, layer 1, layer 2, digits
HEIGHT = 4.3
MIDDLE = UP * 0.5
PICTURE_X = -5.3
REEL = 9.6  # units, with its step and its accuracy above it
REEL_X, REEL_Y = 1.6, -2.95
PLAYED = 0.5  # of what is left of the line: how long the training takes
TRAINING_S = 5.0  # at least
ACCURACY = "test digits named correctly, in %"
RULE = ("full width: the largest weight", "shown of a layer at that step")


class LearningTurnsTheKnobs(TensorScene):
    """The network's weights at each recorded step of its training, and what it makes of one digit meanwhile."""

    needs = ("digit_net", "digit_forward", "digit_learning")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        learning = self.assets["digit_learning"]
        title = Words("Learning is finding the right weights", size=LARGE).to_edge(UP, buff=0.38)
        self.network = self.make_network(net, forward, learning)
        self.picture = PixelGrid(forward["images"][int(forward["lead"])], height=2.5)
        self.picture.move_to(RIGHT * PICTURE_X + MIDDLE + UP * 0.35)
        says = self.make_answer(learning)
        rule = VGroup(*(Words(line, size=SMALL, color=DIM) for line in RULE)).arrange(DOWN, buff=0.12)
        rule.move_to(RIGHT * PICTURE_X + DOWN * 2.3)
        self.reel, self.names = self.make_reel(net, learning), self.make_names()

        with self.say("knobs"):
            self.open(title, self.picture, self.network, self.names, asset="digit_net")
            self.at("start")
            self.play(*(edges.pulse() for edges in self.network.edges), run_time=2 * BEAT)
            self.at("right")
            self.play(FadeIn(self.reel), FadeIn(says), FadeIn(rule), run_time=BEAT)
            self.at("guess")
            self.play(Indicate(self.reel.readings[ACCURACY], color=ACCENT, scale_factor=1.2), run_time=BEAT)
        with self.say("turn"):
            self.at("turn")
            end, time = int(net["steps"][-1]), max(PLAYED * self.left(), TRAINING_S)
            self.play(self.reel.play_to(end, run_time=time, rate_func=linear))
            self.at("accuracy")
            self.chime([float(net["test_accuracy"])])
            answer = int(self.answer.values())
            box = self.network.layers[3].box(answer, self.names[answer])
            self.play(
                Indicate(self.reel.readings[ACCURACY], color=CORRECT, scale_factor=1.2), Create(box), run_time=BEAT
            )
            self.at("next")
            self.play(*(edges.pulse() for edges in self.network.edges), run_time=2 * BEAT)
        self.close()

    def make_network(self, net: Asset, forward: Asset, learning: Asset) -> TensorNetwork:
        """The untrained network; full width is the largest weight drawn of its layer at the same step."""
        sizes, shown = [int(n) for n in net["sizes"]], [forward["window"]]
        shown += [window(size) for size in sizes[1:]]
        limit = float(learning["activation_max"])
        layers = [
            Layer(indices, size, HEIGHT, scale=limit if place in (1, 2) else 1.0).move_to(RIGHT * x + MIDDLE)
            for place, (indices, size, x) in enumerate(zip(shown, sizes, COLUMNS, strict=True))
        ]
        layers[0].set_values(forward["images"][int(forward["lead"])].ravel())
        self.shares = [shares_of(net[f"w{i}_steps"], shown[i], shown[i - 1]) for i in (1, 2, 3)]
        return TensorNetwork([steps[0] for steps in self.shares], layers=layers, limits=[1.0] * 3)

    def make_answer(self, learning: Asset) -> VGroup:
        """Below the picture: the digit of the brightest output, which the reel keeps up to date."""
        words = Words("the network says", size=LABEL, color=DIM)
        answer = int(learning["answer_steps"][0])
        self.answer = LiveNumber(answer, decimals=0, size=BODY, color=INK, limits=(0, 9))
        share_baseline(self.answer.next_to(words, RIGHT, buff=0.25), words)
        return VGroup(words, self.answer).next_to(self.picture, DOWN, buff=0.35)

    def make_reel(self, net: Asset, learning: Asset) -> TrainingReel:
        """All weights, activations, the answer and the test accuracy at the recorded steps."""
        layers = self.network.layers
        lit = [(layers[i], learning[f"a{i}_steps"]) for i in (1, 2, 3)]
        numbers = {ACCURACY: (100 * net["accuracy_steps"], 1)}
        answer = [(self.answer, learning["answer_steps"].astype(float))]
        reel = TrainingReel(
            net["steps"], (self.network, self.shares), *lit, written=answer, numbers=numbers, width=REEL
        )
        return reel.shift(RIGHT * REEL_X + UP * REEL_Y)

    def make_names(self) -> VGroup:
        """The digit that each output stands for."""
        outputs = self.network.layers[3].neurons
        return VGroup(
            *(
                Number(digit, decimals=0, size=LABEL, color=DIM).next_to(neuron, RIGHT, buff=0.2)
                for digit, neuron in enumerate(outputs)
            )
        )


def shares_of(steps: np.ndarray, to: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Weights (step, to, from) as shares of the largest at their step between the neurons drawn, the same shape."""
    drawn = np.abs(steps[:, to][:, :, before])  # (step, drawn of to, drawn of from)
    largest = drawn.max(axis=(1, 2), keepdims=True)  # (step, 1, 1)
    return np.asarray(steps / np.where(largest > 0, largest, 1))
