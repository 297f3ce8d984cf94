"""Chapter 1: starts from which sigmoids cannot learn, and steps by which ReLUs die."""

from dataclasses import dataclass

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, ScaleInPlace, VGroup, linear, there_and_back

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.axes import PlotAxes
from scenes.kit.neuron_block import NeuronBlock
from scenes.kit.number import LiveNumber, Number, share_baseline
from scenes.kit.plot_marks import Histogram
from scenes.kit.provenance import Provenance
from scenes.kit.reel import TrainingReel
from scenes.kit.ticks import Scale, Ticks
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, GAP, INK, LABEL, LARGE, SMALL

BINS = np.linspace(0, 1, 21)
STARTS = (("small", "whatever"), ("large", "flat"), ("matched", "free"))  # words at which a layer is shown
PANEL = (3.4, 1.5)  # width and height of a box
PANELS_X, PANELS_Y = (-4.1, 0.25, 4.6), (0.95, -1.6)  # middles of the columns and rows of boxes
HEADS_Y = 2.5
BLOCKS_X, BLOCKS_Y, SIDE = (-4.8, -1.6, 1.6, 4.8), 0.7, 2.9
LINES_Y = (-1.05, -1.55)  # what stands below a block: the dead, and what the network reads
REEL_Y, KEY_Y = -2.95, -2.15


@dataclass(frozen=True)
class Panel:
    """What one layer answers from one start: bars over axes, those of saturated neurons grey, and their share."""

    axes: PlotAxes
    free: Histogram
    pinned: Histogram
    saturated: Number
    named: VGroup


class NeuronsThatCannotLearn(TensorScene):
    """What untrained sigmoids answer from three starts, and which ReLUs die at four learning rates."""

    needs = ("random_starts", "dying_relus")

    def construct(self) -> None:
        starts, dying = self.assets["random_starts"], self.assets["dying_relus"]
        title = Words("Neurons can start stuck, and they can die", size=LARGE).to_edge(UP, buff=0.38)
        self.make_panels(starts)
        empty = VGroup(self.heads, *(part for panel in self.every() for part in (panel.axes, panel.named)))
        for column, words in zip(self.panels, STARTS, strict=True):
            with self.say(words[0]):
                if words is STARTS[0]:
                    self.open(title, empty, asset="random_starts")
                for word, panel in zip(words, column, strict=True):
                    self.at(word)
                    self.show(panel)
        with self.say("die"):
            self.turn_page(dying)
            self.at("learn")
            self.play(self.reel.play_to(int(dying["steps"][-1]), run_time=max(self.left(), 4 * BEAT), rate_func=linear))
        with self.say("end"):
            self.at("dead")
            self.play(ScaleInPlace(self.lines[-1], 1.2, rate_func=there_and_back), run_time=BEAT)
            self.at("reads")
            self.tell(dying)
        self.close()

    def make_panels(self, starts: Asset) -> None:
        """A column for each start: its head, and a panel for each hidden layer, all with the same axes."""
        answers = starts["a"].reshape(*starts["a"].shape[:2], -1)  # (kind, layer, answer)
        most = max(np.histogram(one, BINS)[0].max() for kind in answers for one in kind) / answers.shape[2]
        self.top = float(np.ceil(10 * most) / 10)
        sizes = [*(f"{float(spread):g}" for spread in starts["spread"][:-1, 0]), "$sqrt(2 \\/ n)$"]
        heads = (Words(f"weights of size {size}", size=LABEL) for size in sizes)
        self.heads = VGroup(*(head.move_to(RIGHT * x + UP * HEADS_Y) for head, x in zip(heads, PANELS_X, strict=True)))
        layers = range(len(PANELS_Y))
        self.panels = [[self.panel(starts, kind, layer) for layer in layers] for kind in range(len(PANELS_X))]

    def every(self) -> list[Panel]:
        """All panels, column by column."""
        return [panel for column in self.panels for panel in column]

    def show(self, panel: Panel) -> None:
        """The bars of one layer grow, and the share of its saturated answers is written."""
        self.play(panel.free.grow(), panel.pinned.grow(), FadeIn(panel.saturated, run_time=1.5 * BEAT))

    def panel(self, starts: Asset, kind: int, layer: int) -> Panel:
        """Axes of activations and of shares of all answers in per cent, with the bars of one layer."""
        answers, low, high = starts["a"][kind, layer].ravel(), starts["low"], starts["high"]
        most = self.top * answers.size
        ticks = (
            Ticks(np.array([0, 0.5, 1]), np.zeros(0), np.array([0, 1, 0])),
            Ticks(most * np.array([0, 0.5, 1]), np.zeros(0), np.zeros(3, int), names=self.top * np.array([0, 50, 100])),
        )
        names = ("activation" if layer == len(PANELS_Y) - 1 else "", "")
        axes = PlotAxes((Scale(0, 1), Scale(0, most)), PANEL, names, SMALL, ticks=ticks)
        corner = RIGHT * (PANELS_X[kind] - PANEL[0] / 2) + UP * (PANELS_Y[layer] - PANEL[1] / 2)
        axes.shift(corner - axes.frame.out(np.zeros(3)))
        saturated = Number(100 * float(starts["saturated"][kind, layer]), 0, SMALL, INK, unit="%")
        named = caption(layer, saturated, corner + UP * (PANEL[1] + 0.22))
        pinned = (answers < low) | (answers > high)
        free, grey = (
            Histogram(axes, answers, BINS, color).set_values(np.histogram(answers[chosen], BINS)[0])
            for chosen, color in ((~pinned, INK), (pinned, DIM))
        )
        return Panel(axes, free, grey, saturated, named)

    def turn_page(self, dying: Asset) -> None:
        """The starts leave; a layer of ReLUs appears for each learning rate, as it was before the first step."""
        old = VGroup(self.heads, *(part for panel in self.every() for part in vars(panel).values()))
        self.play(FadeOut(old), FadeOut(self.badge), run_time=BEAT)
        self.badge = Provenance(dying.provenance)
        self.make_blocks(dying)
        self.at("die")
        self.play(
            *(FadeIn(part) for part in (self.badge, self.names, self.blocks, self.lines, self.reel, self.key)),
            run_time=BEAT,
        )

    def make_blocks(self, dying: Asset) -> None:
        """For each rate a block of neurons with its name above and the count of the dead below, and a reel for all."""
        self.blocks, self.names, self.lines, self.counts = VGroup(), VGroup(), VGroup(), []
        neurons = int(dying["neurons"])
        for rate, firing, x in zip(dying["rates"], dying["firing"], BLOCKS_X, strict=True):
            block = NeuronBlock(firing[0], SIDE).move_to(RIGHT * x + UP * BLOCKS_Y)
            name = Words(f"learning rate {float(rate):g}", size=LABEL).move_to(RIGHT * x + UP * HEADS_Y)
            count = LiveNumber(neurons, 0, LABEL, anchor="point", limits=(0, neurons))
            after = Words(f"of {neurons} dead", size=LABEL, color=DIM)
            line = VGroup(count, share_baseline(after.next_to(count, RIGHT, buff=0.15), VGroup(count.line)))
            line.move_to(RIGHT * x + UP * LINES_Y[0])
            count.set_values(0)
            for group, part in ((self.blocks, block), (self.names, name), (self.lines, line)):
                group.add(part)
            self.counts.append(count)
        tracks = list(zip(self.blocks, dying["firing"], strict=True))
        written = list(zip(self.counts, dying["count"], strict=True))
        self.reel = TrainingReel(dying["steps"], *tracks, written=written, width=11.0)
        self.reel.shift(UP * (REEL_Y - self.reel.line.get_y()))
        key = "layer 1: a circle is as bright as the share of images that its neuron answers; a dead one answers none"
        self.key = Words(key, size=SMALL, color=DIM).move_to(UP * KEY_Y)

    def tell(self, dying: Asset) -> None:
        """What each network reads at the end; the last one, of the largest rate, stands out."""
        self.accuracies = VGroup()
        for share, x in zip(dying["accuracy"], BLOCKS_X, strict=True):
            last = len(self.accuracies) == len(BLOCKS_X) - 1
            number = Number(100 * float(share), 0, LABEL, ACCENT if last else INK, unit="%")
            words = Words("reads", size=LABEL, color=DIM)
            row = VGroup(words, share_baseline(number.next_to(words, RIGHT, buff=GAP), words))
            self.accuracies.add(row.move_to(RIGHT * x + UP * LINES_Y[1]))
            self.chime([share], after_s=0.2 * len(self.accuracies))
        self.play(*(FadeIn(row, shift=DOWN * 0.15) for row in self.accuracies), run_time=BEAT)


def caption(layer: int, saturated: Number, start: np.ndarray) -> VGroup:
    """Above a box: which layer it is, and room at its right end for the share that is saturated, which moves there."""
    left = Words(f"layer {layer + 1}, % of answers", size=SMALL, color=DIM).move_to(start, aligned_edge=LEFT)
    named = Words("saturated", size=SMALL, color=DIM).move_to(start + RIGHT * PANEL[0], aligned_edge=RIGHT)
    share_baseline(named, left)
    share_baseline(saturated.next_to(named, LEFT, buff=0.12), left)
    return VGroup(left, named)
