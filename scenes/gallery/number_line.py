"""Gallery: one neuron's weighted sums on a line, and a dial that holds its activation."""

from manim import DOWN, LEFT, RIGHT, UP, FadeIn

from scenes.base import TensorScene
from scenes.kit.dial import Dial
from scenes.kit.number_line import NumberLine
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import LARGE, REST


class OneNeuronFiveDigits(TensorScene):
    """The weighted sum of one neuron slides to its value for each digit; the dial shows what it becomes."""

    needs = ("digit_neuron",)

    def construct(self) -> None:
        neuron = self.assets["digit_neuron"]
        title = Words("One neuron answers five digits with five numbers", size=LARGE).to_edge(UP, buff=0.38)
        line = NumberLine(neuron["z"], neuron["z"][0], length=7.6, name="weighted sum").move_to(2.2 * LEFT + 0.9 * DOWN)
        dial = Dial([0, 1], neuron["value"][0], radius=1.5, name="activation").move_to(4.7 * RIGHT + 0.2 * DOWN)
        self.open(title, line, dial, asset="digit_neuron")
        for image, z, value in zip(neuron["images"], neuron["z"], neuron["value"], strict=True):
            picture = PixelGrid(image, height=0.9)
            self.play(line.change(z), dial.change(value), FadeIn(line.pin(picture, z)))
            self.wait(0.3)
        self.wait(REST)
