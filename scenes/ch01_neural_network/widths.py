"""Chapter 1: how wide and how deep a network should be, as a table of trained ones."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Line,
    RoundedRectangle,
    ScaleInPlace,
    VGroup,
    there_and_back,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.contrast import ink_over
from scenes.kit.number import Number
from scenes.kit.plot_heat import HeatMap, colours
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BACKGROUND, BEAT, BODY, DIM, GRID_HZ, LABEL, LARGE, LINE, SMALL

WIDTH, HEIGHT = 9.6, 4.5
MIDDLE = DOWN * 0.15 + LEFT * 0.35
QUICKEST_S = 2 / GRID_HZ  # from one cell to the next
MARK = 0.25  # length of a mark beside the colour scale
ACCURACY_UP, COUNT_DOWN = 0.2, 0.25  # from the middle of a cell


class WiderOrDeeper(TensorScene):
    """Twenty networks, each trained once, and one of them five times: test accuracy by width and depth."""

    needs = ("width_depth",)

    def construct(self) -> None:
        table = self.assets["width_depth"]
        self.column, self.row = (int(i) for i in table["film"])
        title = Words("Wider helps more than deeper here", size=LARGE).to_edge(UP, buff=0.38)
        self.map = self.make_map(table)
        with self.say("cells"):
            self.open(title, self.map, asset="width_depth")
            self.at("cell")
            self.fill_in(table)
        with self.say("again"):
            self.at("framed")
            self.frame = self.around((self.row, self.row), (self.column, self.column))
            self.play(Create(self.frame, lag_ratio=0), run_time=BEAT)
            self.at("other")
            self.repeat(table["again"])
        with self.say("gain"):
            self.at("wide")
            self.follow((self.row, self.row), (0, len(table["widths"]) - 1), table["across_width"], 0.35)
            self.at("deep")
            self.follow((0, len(table["depths"]) - 1), (self.column, self.column), table["across_depth"], 0.7)
        self.close()

    def make_map(self, table: Asset) -> HeatMap:
        """The axes and the colour scale; all cells are black, which no trained network is."""
        names = ("neurons in each hidden layer", "hidden layers", "test accuracy")
        acc = table["acc"].T  # (depth, width)
        columns, rows = table["widths"].astype(float), table["depths"].astype(float)
        heat = HeatMap(np.zeros_like(acc), columns, rows, WIDTH, HEIGHT, names, limits=(0.0, 1.0))
        return heat.move_to(MIDDLE)

    def fill_in(self, table: Asset) -> None:
        """One cell after the other: its colour, its accuracy, and below that its count of parameters."""
        acc, counts = table["acc"].T.astype(float), table["parameters"].T  # (depth, width)
        shown = np.zeros_like(acc)
        self.shares, self.counts = VGroup(), VGroup()
        each = max(QUICKEST_S, 0.9 * self.left() / acc.size)
        for place, share in np.ndenumerate(acc):
            shown[place] = share
            written = self.written(place, share)
            count = Number(int(counts[place]), 0, LABEL, written[0].get_fill_color().to_hex())
            count.move_to(self.map.place(*place) + DOWN * COUNT_DOWN)
            self.shares.add(written)
            self.counts.add(count)
            self.chime([share])
            self.play(self.map.change(shown), FadeIn(written), FadeIn(count), run_time=each)

    def written(self, place: tuple[int, ...], share: float) -> Number:
        """An accuracy in its cell, dark on light and bright on dark."""
        ink = ink_over(colours(np.array(share), False) / 255)
        number = Number(100 * share, decimals=0, size=BODY, color=ink, unit="%")
        return number.move_to(self.map.place(*place) + UP * ACCURACY_UP)

    def repeat(self, again: np.ndarray) -> None:
        """The film's size from one start after the other: in its cell, and as a mark beside the colour scale."""
        place, drawn = (self.row, self.column), self.map.values()
        index = self.row * drawn.shape[1] + self.column
        self.marks = VGroup()
        each = max(0.75 * self.left() / len(again), BEAT / 2)
        for share in (*again[1:], again[0]):
            drawn[place] = share
            old, number, mark = self.shares[index], self.written(place, float(share)), self.mark(float(share))
            self.marks.add(mark)
            self.chime([share])
            self.play(self.map.change(drawn), FadeOut(old), FadeIn(number), Create(mark), run_time=each)
            self.shares.submobjects[index] = number
        label = Words(f"{len(again)} starts", size=SMALL, color=DIM).next_to(self.marks, RIGHT, buff=0.12)
        self.play(FadeIn(label), run_time=BEAT / 2)

    def mark(self, share: float) -> Line:
        """A short line at the height of a value of the colour scale, beyond its numbers."""
        axis = self.map.scale_axis
        up = float(axis.frame.out(np.array([0, axis.along_of(np.array([share]))[0], 0]))[1])
        start = np.array([axis.sets.get_right()[0] + 0.15, up, 0])
        return Line(start, start + RIGHT * MARK, color=ACCENT, stroke_width=LINE)

    def around(self, rows: tuple[int, int], columns: tuple[int, int]) -> VGroup:
        """A frame around the cells between two rows and two columns, both included, with dark rims for bright cells."""
        low = self.map.place(rows[0] - 0.5, columns[0] - 0.5)
        high = self.map.place(rows[1] + 0.5, columns[1] + 0.5)
        width, height, _ = high - low
        frames = VGroup(
            *(
                RoundedRectangle(corner_radius=0.08, width=width, height=height, color=color, stroke_width=wide)
                for color, wide in ((BACKGROUND, 6 * LINE), (ACCENT, 2 * LINE))
            )
        )
        return frames.move_to((low + high) / 2)

    def follow(self, rows: tuple[int, int], columns: tuple[int, int], values: np.ndarray, share_of_line: float) -> None:
        """A frame closes around a row or a column, and its accuracies stand out and are heard one by one."""
        frame = self.around(rows, columns)
        self.play(FadeOut(self.frame), Create(frame, lag_ratio=0), run_time=BEAT)
        self.frame, across = frame, self.map.values().shape[1]
        each = max(share_of_line * self.left() / len(values), BEAT / 2)
        places = [(r, c) for r in range(rows[0], rows[1] + 1) for c in range(columns[0], columns[1] + 1)]
        for (row, column), share in zip(places, values, strict=True):
            self.chime([share])
            self.play(ScaleInPlace(self.shares[row * across + column], 1.3, rate_func=there_and_back), run_time=each)
