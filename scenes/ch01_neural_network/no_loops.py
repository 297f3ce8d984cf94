"""Chapter 1, beat 13: what a small convolutional network makes of a 9, and what our plain network has instead."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arrow, FadeIn, Group, LaggedStart, VGroup, linear

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.number import LiveNumber, Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words, escape
from scenes.theme import BEAT, BODY, CORRECT, DIM, GRID_HZ, HUGE, INK, LABEL, LARGE, RULE

PICTURE, FIRST_MAP, SECOND_MAP = 1.75, 0.78, 0.64
BAND_Y, BAND_BUFF = 1.78, 0.12  # of the convolutional network, once ours is there
LARGE_SIDES, LARGE_BUFF, LARGE_Y = (3.5, 1.08, 1.08), 0.2, 0.0  # before
TILE, TILE_GAP, TILE_COLUMNS = 1.24, 0.12, 8
TILES_LEFT, TILES_Y, NOTE_Y = -6.7, -1.45, -3.0
FIGURES_X = 3.35  # left end of what was measured
NOTE = "each picture at its own scale; black where no digit reaches"
SNAPSHOT_S = 2 / GRID_HZ  # from one recorded step of the training to the next


class NoLoopsNoEdges(TensorScene):
    """The maps of a convolutional network above the first layer of ours, whose weights are neither loops nor edges."""

    needs = ("digit_net", "digit_blotches", "kernel_maps")

    def construct(self) -> None:
        ours, maps = self.assets["digit_blotches"], self.assets["kernel_maps"]
        title = Words("Our own network: no loops, no edges", size=LARGE).to_edge(UP, buff=0.38)
        self.make_band(maps)
        with self.say("hope"):
            self.open(title, self.nine, asset="digit_blotches")
            for word, arrow, stage in zip(("first", "second", "answer"), self.arrows, self.stages, strict=True):
                self.at(word)
                shown = LaggedStart(*(FadeIn(part, shift=RIGHT * 0.1) for part in stage), lag_ratio=0.15)
                self.play(FadeIn(arrow), shown, run_time=1.5 * BEAT)
        with self.say("ours"):
            self.make_room()
            self.show_start(self.assets["digit_net"], ours)
        with self.say("trained"):
            self.learn(self.assets["digit_net"]["steps"])
        with self.say("measured"):
            self.tell(ours)
        self.close()

    def make_band(self, maps: Asset) -> None:
        """From left to right: the 9, the maps of both layers, each layer at one scale, and the answer."""
        self.nine = PixelGrid(maps["image"], PICTURE)
        self.first, self.second = self.map_block(maps["maps1"], FIRST_MAP), self.map_block(maps["maps2"], SECOND_MAP)
        self.answer = Number(int(maps["answer"]), decimals=0, size=HUGE)
        self.arrows = [Arrow(LEFT * 0.22, RIGHT * 0.22, color=RULE, stroke_width=4, buff=0) for _ in range(3)]
        texts = (
            f"{len(values)} maps of {values.shape[1]} × {values.shape[2]}" for values in (maps["maps1"], maps["maps2"])
        )
        self.names = [Words(text, size=LABEL, color=DIM) for text in texts]
        self.stages = [Group(*self.first, self.names[0]), Group(*self.second, self.names[1]), Group(self.answer)]
        self.lay_band(2, (PICTURE, FIRST_MAP, SECOND_MAP), BAND_BUFF, BAND_Y)
        self.parts = [self.nine, *self.first, *self.second, self.answer, *self.arrows, *self.names]
        self.places = [(part.height, part.get_center()) for part in self.parts]
        self.lay_band(4, LARGE_SIDES, LARGE_BUFF, LARGE_Y)

    def lay_band(self, rows: int, sides: tuple[float, ...], buff: float, y: float) -> None:
        """The picture, the maps in so many rows each, with sides in units, and the answer, centred at a height."""
        blocks = (Group(self.nine), self.first, self.second)
        for block, side in zip(blocks, sides, strict=True):
            for picture in block:
                picture.scale_to_fit_height(side)
        for block in blocks[1:]:
            block.arrange_in_grid(rows=rows, buff=0.08)
        a, b, c = self.arrows
        Group(self.nine, a, self.first, b, self.second, c, self.answer).arrange(buff=buff).move_to(UP * y)
        for block, name in zip(blocks[1:], self.names, strict=True):
            name.next_to(block, DOWN, buff=0.14)

    def make_room(self) -> None:
        """The maps of the convolutional network become a band above."""
        goes = (
            part.animate.scale_to_fit_height(height).move_to(centre)
            for part, (height, centre) in zip(self.parts, self.places, strict=True)
        )
        self.play(*goes, run_time=BEAT)

    def map_block(self, maps: np.ndarray, side: float) -> Group:
        """Maps (n, row, column) as shades of the largest value of all of them."""
        limit = float(maps.max()) or 1.0
        return Group(*(PixelGrid(values, side, limit=limit) for values in maps))

    def show_start(self, net: Asset, ours: Asset) -> None:
        """The weights into each neuron before training, as pictures, each at its own scale."""
        reach = ours["reach"]  # (28, 28)
        self.box = np.ix_(np.arange(len(ours["neurons"])), *(np.flatnonzero(reach.any(axis=axis)) for axis in (1, 0)))
        steps = net["w1_steps"][:, ours["neurons"]].reshape(len(net["steps"]), -1, *reach.shape) * reach
        self.steps = [scaled(weights[self.box]) for weights in steps]  # (shown, rows, columns) each
        self.tiles = Group(*(PixelGrid(weights, TILE, signed=True, limit=1.0) for weights in self.steps[0]))
        self.tiles.arrange_in_grid(cols=TILE_COLUMNS, buff=TILE_GAP)
        self.tiles.move_to(RIGHT * TILES_LEFT + UP * TILES_Y, aligned_edge=LEFT)
        count, hidden = int(ours["count"]), int(ours["hidden"])
        some = f"our {hidden} neurons" if count == hidden else f"{count} of our {hidden} neurons"
        texts = f"weights into {some}", NOTE
        self.name, note = (Words(escape(text), size=LABEL, color=DIM) for text in texts)
        self.name.next_to(self.tiles, UP, buff=0.16).align_to(self.tiles, LEFT)
        note.set_y(NOTE_Y).align_to(self.tiles, LEFT)
        self.at("weights")
        shown = LaggedStart(*(FadeIn(tile) for tile in self.tiles), lag_ratio=0.15)
        self.play(FadeIn(self.name), FadeIn(note), shown, run_time=2 * BEAT)

    def learn(self, steps: np.ndarray) -> None:
        """The same weights at each recorded step of the training, 0 where no digit reaches."""
        label = Words("training step", size=LABEL, color=DIM).move_to(RIGHT * FIGURES_X, aligned_edge=LEFT)
        share_baseline(label, self.name)
        self.step = LiveNumber(0, decimals=0, size=LABEL, color=INK, limits=(0, int(steps[-1])))
        share_baseline(self.step.next_to(label, RIGHT, buff=0.15), label)
        self.play(FadeIn(label), FadeIn(self.step), run_time=BEAT / 2)
        for step, weights in zip(steps, self.steps, strict=True):  # weights (shown, rows, columns)
            self.step.set_values(int(step))
            pairs = zip(self.tiles, weights, strict=True)
            self.play(*(tile.change(picture, rate_func=linear) for tile, picture in pairs), run_time=SNAPSHOT_S)

    def tell(self, ours: Asset) -> None:
        """Three measured figures beside the pictures, each with its name above it."""
        start, alike, match, right = (
            float(ours[name]) for name in ("alike_start", "alike", "best_match", "test_accuracy")
        )
        before, now, best = (Number(value, decimals=2, size=BODY) for value in (start, alike, match))
        share = Number(100 * right, decimals=1, size=BODY, color=CORRECT, unit="%")
        became = Words(escape("→"), size=BODY, color=DIM)
        self.figures = VGroup(before, now, best, share)
        rows = (
            ("agree", "correlation of neighbours", VGroup(before, became, now).arrange(RIGHT, buff=0.2)),
            ("match", "best match with a part", best),
            ("right", "test digits read correctly", share),
        )
        for place, (word, text, figure) in enumerate(rows):
            label = Words(text, size=LABEL, color=DIM)
            row = VGroup(label, figure).arrange(DOWN, buff=0.14, aligned_edge=LEFT)
            row.move_to(RIGHT * FIGURES_X + UP * (self.tiles.get_top()[1] - 0.1 - 0.9 * place), aligned_edge=LEFT + UP)
            self.at(word)
            self.play(FadeIn(row, shift=RIGHT * 0.2), run_time=BEAT)


def scaled(weights: np.ndarray) -> np.ndarray:
    """Weights (n, rows, columns) over the largest size among each neuron's, as float64; zeros stay zeros."""
    largest = np.abs(weights).max(axis=(1, 2), keepdims=True).astype(float)  # (n, 1, 1)
    return weights / np.where(largest > 0, largest, 1.0)
