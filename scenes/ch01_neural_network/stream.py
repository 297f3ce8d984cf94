"""Chapter 1, beat 4: unseen digits stream through the whole network, and a score is kept."""

from collections.abc import Callable

import numpy as np
from manim import DOWN, RIGHT, UP, Animation, FadeIn, Group, Indicate, RoundedRectangle, VGroup, smooth
from manim import squish_rate_func as squish

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.layer import Layer, window
from scenes.kit.network import Highlight, TensorNetwork
from scenes.kit.number import LiveNumber, Number
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, GRID_HZ, HUGE, INK, LABEL, LARGE, LINE, NEGATIVE

COLUMNS = (-3.4, -1.75, -0.35, 0.95)  # x of pixels, layer 1, layer 2, digits
HEIGHT, MIDDLE = 5.2, DOWN * 0.2
PICTURE, PICTURE_X = 2.0, -5.7
PER_ROW, THUMB, PITCH = 8, 0.46, 0.56  # of the pictures that have been read
PANEL_X, PANEL_Y = 2.6, 1.4  # middle of the first of them
SCORE_Y = 2.3
WRONG, WRONG_Y, WRONG_PITCH = 1.15, -1.87, 1.5  # of the pictures read wrongly, large
MOST_WRONG = 3
RHYTHM = (8, 6, 4, 3)  # ticks of the digits after the slow ones, each quicker; of the others
QUICKEST, TO_SEE = 2, 10  # and of a wrong answer at least
BRIEF = 3  # ticks in which no wave is seen
QUIET = 0.4  # opacity of the edges while digits stream through, as a share of their own


class DigitsStreamThrough(TensorScene):
    """The first test images in their order, each read by the network, with the count of right and wrong answers."""

    needs = ("digit_net", "digit_stream")

    def construct(self) -> None:
        net, self.stream = self.assets["digit_net"], self.assets["digit_stream"]
        title = Words("The network reads digits that it has never seen", size=LARGE).to_edge(UP, buff=0.38)
        self.network = self.make_network(net)
        self.layers = self.network.layers
        self.grid = PixelGrid(self.stream["images"][0], height=PICTURE).move_to(RIGHT * PICTURE_X + MIDDLE)
        self.thumbs, self.box = Group(), RoundedRectangle()
        with self.say("network"):
            self.open(title, self.grid, asset="digit_stream")
            self.play(self.network.grow(run_time=2 * BEAT), FadeIn(self.names), FadeIn(self.make_score()))
            self.at("lights")
            self.read_slowly(0, 0.65 * BEAT)
        with self.say("stream"):
            slow = len(self.stream["flow1"])
            for place in range(1, slow):
                self.read_slowly(place, 0.45 * BEAT)
            for place in range(slow, len(self.stream["label"])):
                self.read_quickly(place, (*RHYTHM, *[QUICKEST] * place)[place - slow])
        with self.say("score"):
            self.at("right")
            self.play(Indicate(self.right, color=CORRECT), run_time=BEAT)
            self.at("wrong")
            self.play(Indicate(self.wrong, color=NEGATIVE), *self.show_wrong(), run_time=BEAT)
        self.close()

    def make_network(self, net: Asset) -> TensorNetwork:
        """Four columns with their edges, a box around one digit, and the names of the ten."""
        limit = float(self.stream["activation_max"])
        columns = []
        for place, (x, size) in enumerate(zip(COLUMNS, net["sizes"], strict=True)):
            shown = self.stream["window"] if place == 0 else window(int(size))
            height = HEIGHT if place < 3 else HEIGHT * 0.84
            layer = Layer(shown, int(size), height, scale=limit if place in (1, 2) else 1.0)
            columns.append(layer.move_to(RIGHT * x + MIDDLE))
        self.names = VGroup(
            *(
                Number(digit, decimals=0, size=LABEL, color=DIM).next_to(neuron, RIGHT, buff=0.2)
                for digit, neuron in enumerate(columns[3].neurons)
            )
        )
        return TensorNetwork([net[f"w{i}"] for i in (1, 2, 3)], layers=columns)

    def make_score(self) -> VGroup:
        """How many answers were right and how many wrong so far."""
        most, score = (0, len(self.stream["label"])), VGroup()
        self.right = LiveNumber(0, decimals=0, size=HUGE, color=CORRECT, anchor="point", limits=most)
        self.wrong = LiveNumber(0, decimals=0, size=HUGE, color=NEGATIVE, anchor="point", limits=most)
        for column, number, word in ((1, self.right, "right"), (5, self.wrong, "wrong")):
            number.move_to(RIGHT * (PANEL_X + column * PITCH) + UP * SCORE_Y, aligned_edge=RIGHT)
            label = Words(word, size=BODY, color=DIM).next_to(number, RIGHT, buff=0.2)
            score.add(number, label.shift(UP * (number.line.get_bottom()[1] - label[0].get_bottom()[1])))
        return score

    def read_slowly(self, place: int, step_s: float) -> None:
        """One picture goes in; the products run through each step before the next layer lights up."""
        self.take_in(place)
        aside = Highlight(self.network, [np.zeros(0, dtype=int)] * 3, QUIET)  # what lights up is to be seen
        self.play(self.layers[0].light(self.stream["a0"][place]), aside, run_time=step_s)
        for step in range(3):
            flash = self.network.flash(step, self.stream[f"flow{step + 1}"][place])
            lights = self.light(step + 1, place, squish(smooth, 0.6, 1))
            self.play(flash, lights, run_time=1.5 * step_s)
        self.chime([float(self.stream["a3"][place].max())])
        self.decide(place, round(step_s * GRID_HZ), self.light(3, place, smooth))

    def read_quickly(self, place: int, ticks: int) -> None:
        """One picture goes in; a wave of activations passes, or in the shortest times is there at once."""
        self.take_in(place)
        self.layers[0].set_values(self.stream["a0"][place])
        wave = []
        if ticks > BRIEF:
            for layer in (1, 2, 3):
                wave.append(self.light(layer, place, squish(smooth, 0.2 * (layer - 1), 0.2 * layer + 0.4)))
        else:
            for layer in (1, 2, 3):
                self.layers[layer].set_values(self.stream[f"a{layer}"][place])
        self.decide(place, ticks if self.stream["correct"][place] else max(ticks, TO_SEE), *wave)

    def take_in(self, place: int) -> None:
        """The picture is replaced, and the box of the last answer goes."""
        self.remove(self.box)
        self.grid.set_values(self.stream["images"][place])

    def light(self, layer: int, place: int, rate: Callable[[float], float]) -> Animation:
        """A layer lights up to what it holds for one of the pictures."""
        return self.network.light(layer, self.stream[f"a{layer}"][place], rate_func=rate)

    def decide(self, place: int, ticks: int, *others: Animation) -> None:
        """A box closes on the brightest digit; the picture joins those that were read, framed by its answer."""
        right, winner = bool(self.stream["correct"][place]), int(self.stream["a3"][place].argmax())
        color = CORRECT if right else NEGATIVE
        self.box = self.layers[3].box(winner, self.names[winner], color=ACCENT if right else NEGATIVE)
        thumb = PixelGrid(self.stream["images"][place], height=THUMB)
        row, column = divmod(place, PER_ROW)
        thumb.move_to(RIGHT * (PANEL_X + PITCH * column) + UP * (PANEL_Y - PITCH * row))
        thumb.frame.set_stroke(color, LINE * 0.7)
        self.thumbs.add(thumb)
        if others:
            late = squish(smooth, 0.5, 1)
            self.play(*others, *(FadeIn(each, rate_func=late) for each in (self.box, thumb)), run_time=ticks / GRID_HZ)
        answers = self.right if right else self.wrong
        answers.set_values(answers.values() + 1)
        if not others:
            self.add(self.box)
            self.play(FadeIn(thumb), run_time=ticks / GRID_HZ)

    def show_wrong(self) -> list[Animation]:
        """Pictures that were read wrongly, large, each with what the network says, not what its label says."""
        self.mistakes = Group()
        for column, place in enumerate(np.flatnonzero(~self.stream["correct"])[:MOST_WRONG]):
            picture = PixelGrid(self.stream["images"][place], height=WRONG)
            picture.move_to(RIGHT * (PANEL_X + (WRONG - THUMB) / 2 + WRONG_PITCH * column) + UP * WRONG_Y)
            picture.frame.set_stroke(NEGATIVE, LINE)
            said = self.told("says", int(self.stream["a3"][place].argmax()), NEGATIVE, picture, 0)
            label = self.told("is", int(self.stream["label"][place]), INK, picture, 1)
            self.mistakes.add(Group(picture, said, label))
        return [FadeIn(mistake, shift=DOWN * 0.3) for mistake in self.mistakes]

    def told(self, text: str, digit: int, color: str, picture: PixelGrid, row: int) -> VGroup:
        """A word and a digit in one of the rows under a picture."""
        word, number = Words(text, size=LABEL, color=DIM), Number(digit, decimals=0, size=LABEL, color=color)
        number.next_to(word, RIGHT, buff=0.14)
        number.shift(UP * (word[-1].get_bottom()[1] - number[0].get_bottom()[1]))
        return VGroup(word, number).move_to(picture.get_bottom() + DOWN * (0.25 + 0.34 * row))
