"""Chapter 1, beat 21: a digit that the network reads wrong, and the votes that led to it."""

from math import ceil

import numpy as np
from manim import DOWN, RIGHT, UP, Circle, FadeIn, FadeOut, Group, LaggedStart, VGroup, smooth, squish_rate_func

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.bar_chart import BarChart
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, CORRECT, DIM, INK, LABEL, LARGE, LINE, NEGATIVE

PICTURE_X, OUTPUTS_X = -5.2, -1.6
OUTPUTS = (7.0, 5.2)  # units across and down
NAMES_X, NEURONS_X = -1.5, -1.15  # right end of the names; middle of the circles
CHARTS_X = (0.15, 3.9)  # left ends of the charts of votes
CHART = (2.1, 4.6)
GALLERY, GALLERY_COLUMNS = 1.4, 7  # height of a picture; in a row at most
EARLY, LATE = squish_rate_func(smooth, 0, 0.5), squish_rate_func(smooth, 0.5, 1)
CANDIDATES = ("answer", "rival")
MIDDLE_Y = -0.2
HEAD_Y, SUM_Y = 2.5, -2.85


class SureAndWrong(TensorScene):
    """The test digit that the network is surest about and reads wrong, and the products that decided."""

    needs = ("digit_mistake",)

    def construct(self) -> None:
        mistake = self.assets["digit_mistake"]
        title = Words(claim_of(mistake), size=LARGE).to_edge(UP, buff=0.38)
        self.picture = PixelGrid(mistake["image"], height=2.5).move_to(RIGHT * PICTURE_X + UP * 0.5)
        digits = [str(digit) for digit in range(10)]
        outputs = BarChart(np.zeros(10), digits, span=(0, 1), size=OUTPUTS, ticks=False)
        self.outputs = stand(quiet(outputs.accent(int(mistake["answer"]))), OUTPUTS_X)

        self.make_gallery(mistake)
        with self.say("reads"):
            self.open(title, asset="digit_mistake")
            arrive = [FadeIn(picture, shift=UP * 0.15) for picture in self.pictures]
            self.play(LaggedStart(*arrive, lag_ratio=0.3), run_time=max(0.3 * self.left(), 2 * BEAT))
            self.at("wrong")
            self.play(FadeIn(self.count), run_time=BEAT)
            self.pick()
            self.read(mistake)
        with self.say("votes"):
            self.vote(mistake)
        self.close()

    def make_gallery(self, mistake: Asset) -> None:
        """The surest mistakes in rows, and how many of the test digits are read wrong."""
        shown, wrong, tests = mistake["gallery"], int(mistake["wrong"]), int(mistake["tests"])
        self.pictures = Group(*(PixelGrid(image, height=GALLERY) for image in shown))
        rows = ceil(len(shown) / GALLERY_COLUMNS)
        self.pictures.arrange_in_grid(rows, ceil(len(shown) / rows), buff=0.25)
        some = f"; the {len(shown)} surest are shown" if wrong > len(shown) else ""
        self.count = Words(f"{wrong} of {tests} test digits are read wrong{some}", size=BODY, color=DIM)
        Group(self.pictures, self.count).arrange(DOWN, buff=0.6).shift(DOWN * 0.1)

    def pick(self) -> None:
        """The first of the pictures grows at the left, and the others leave."""
        first, *others = self.pictures
        self.at("label")
        grows = first.animate.scale_to_fit_height(self.picture.height).move_to(self.picture)
        leave = (FadeOut(other, rate_func=EARLY) for other in (*others, self.count))
        self.play(grows, *leave, run_time=BEAT)
        self.remove(first)
        self.add(self.picture)

    def read(self, mistake: Asset) -> None:
        """The label, the ten outputs, the network's answer, and how often it is wrong."""
        answer, label = int(mistake["answer"]), int(mistake["label"])
        rows, self.read_numbers = VGroup(), []
        color = CORRECT if answer == label else NEGATIVE
        for text, value, ink in (("its label says", label, INK), ("the network says", answer, color)):
            words, number = Words(text, size=LABEL, color=DIM), Number(value, decimals=0, size=BODY, color=ink)
            rows.add(VGroup(words, share_baseline(number.next_to(words, RIGHT, buff=0.25), words)))
            self.read_numbers.append(number)
        rows.arrange(DOWN, buff=0.25, aligned_edge=RIGHT).next_to(self.picture, DOWN, buff=0.35)
        self.play(FadeIn(rows[0]), FadeIn(self.outputs), run_time=BEAT)
        self.at("says")
        self.chime([float(mistake["output"])])
        self.play(self.outputs.change(mistake["outputs"]), run_time=BEAT)
        self.play(FadeIn(rows[1]), run_time=BEAT)

    def vote(self, mistake: Asset) -> None:
        """What each neuron of the layer before gives the answer and its rival, and what it comes to with the bias."""
        rows = votes_of(mistake)  # (2, rows)
        span = (min(0.0, float(rows.min())), max(0.0, float(rows.max())))
        self.charts = [quiet(BarChart(0 * row, span=span, size=CHART, ticks=False)) for row in rows]
        heads = VGroup()
        self.totals = [Number(float(total), size=BODY) for total in mistake["sums"]]
        for chart, x, candidate, total in zip(self.charts, CHARTS_X, CANDIDATES, self.totals, strict=True):
            stand(chart, x)
            middle = x + CHART[0] / 2
            total.move_to(RIGHT * middle + UP * SUM_Y)
            heads.add(Words(f"votes for {int(mistake[candidate])}", size=LABEL).move_to(RIGHT * middle + UP * HEAD_Y))
        heights = MIDDLE_Y + CHART[1] * (0.5 - (np.arange(rows.shape[1]) + 0.5) / rows.shape[1])  # (rows,)
        self.at("votes")
        voters = self.voters(mistake, heights)
        self.play(FadeOut(self.outputs, rate_func=EARLY), FadeIn(voters, rate_func=LATE), run_time=1.2 * BEAT)
        for chart, head, row, word in zip(self.charts, heads, rows, CANDIDATES, strict=True):
            self.at(word)
            self.add(chart)
            self.play(FadeIn(head), chart.change(row), run_time=1.2 * BEAT)
        self.totals[0].set_fill(ACCENT)
        together = Words("together", size=LABEL, color=DIM)
        together.move_to(RIGHT * NAMES_X, aligned_edge=RIGHT)
        self.at("sum")
        self.play(FadeIn(VGroup(*self.totals)), FadeIn(share_baseline(together, self.totals[0])), run_time=BEAT)

    def voters(self, mistake: Asset, heights: np.ndarray) -> VGroup:
        """The name of each row at its height, and beside that of a neuron what it holds, as brightness."""
        self.neurons = VGroup()
        for voter, y in zip(mistake["voters"], heights, strict=False):
            held = float(mistake["activations"][voter]) / float(mistake["activation_max"])
            neuron = Circle(
                0.14, stroke_color=INK, stroke_width=LINE * 0.7, fill_color=INK, fill_opacity=min(held, 1.0)
            )
            self.neurons.add(neuron.move_to(RIGHT * NEURONS_X + UP * y))
        self.names = VGroup(*(Words(name, size=LABEL, color=DIM) for name in names_of(mistake)))
        for name, y in zip(self.names, heights, strict=True):
            name.move_to(RIGHT * NAMES_X + UP * y, aligned_edge=RIGHT)
        return VGroup(self.names, self.neurons)


def stand(chart: BarChart, x: float) -> BarChart:
    """The same chart with the left end of its field at a place, in the middle of the picture's height."""
    zero = x - chart.low * chart.scale_length
    chart.shift(RIGHT * (zero - chart.zero.get_x()) + UP * (MIDDLE_Y - chart.zero.get_y()))
    return chart


def quiet(chart: BarChart) -> BarChart:
    """The same chart without its numbers, until it changes for the first time."""
    if chart.numbers is not None:
        chart.numbers.set_fill(opacity=0)
    return chart


def claim_of(mistake: Asset) -> str:
    """The title, by what the test images show."""
    if int(mistake["answer"]) == int(mistake["label"]):
        return "The least sure of its right answers"
    return "Sure, and wrong" if bool(mistake["sure"]) else "Unsure, and wrong"


def votes_of(mistake: Asset) -> np.ndarray:
    """What is drawn of the votes (2, rows): the voters' own, those of all others together, and the bias."""
    votes, voters = mistake["votes"].astype(float), mistake["voters"]  # (2, layer2), (k,)
    others = np.delete(votes, voters, axis=1)  # (2, layer2 - k)
    rest = [others.sum(axis=1)] if others.size else []
    return np.stack([*votes[:, voters].T, *rest, mistake["bias"].astype(float)], axis=1)


def names_of(mistake: Asset) -> list[str]:
    """What the rows of the votes are called."""
    voters, size = mistake["voters"], mistake["votes"].shape[1]
    rest = [f"the other {size - len(voters)}"] if size > len(voters) else []
    return [*(f"neuron {int(voter) + 1}" for voter in voters), *rest, "bias"]
