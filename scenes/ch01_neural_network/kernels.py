"""Chapter 1, beats 14 and 12: a kernel makes a picture of edges, and a small network learns such kernels by itself."""

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Rectangle,
    VGroup,
    linear,
)

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.number import Number, share_baseline
from scenes.kit.number_array import NumberArray
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, INK, LABEL, LARGE, LINE, sign_color

SIDE = 4.7  # of the picture and of the edge picture
PICTURE_X, MIDDLE_Y = 4.25, -0.15
TILE, STEP = 1.26, 1.4
NAMES_X, FIRST_X, LAST_X = -5.75, -3.9, 6.0
ROWS = {"answers": 1.95, "kernels": 0.5, "nearest": -0.95}
LIKENESS_Y, NOTE_Y = -1.93, -2.75
NAMES = {"kernels": ("learned", "kernels"), "nearest": ("nearest", "edge finders")}


class AKernelFindsEdges(TensorScene):
    """Nine numbers turn a picture into its edges; the kernels of a small network were learned, and are compared."""

    needs = ("kernel_maps",)

    def construct(self) -> None:
        maps = self.assets["kernel_maps"]
        title = Words("A few numbers can find edges", size=LARGE).to_edge(UP, buff=0.38)
        self.grid = PixelGrid(maps["image"], SIDE).move_to(LEFT * PICTURE_X + UP * MIDDLE_Y)
        with self.say("product"):
            self.open(title, self.grid, asset="kernel_maps")
            self.lay_kernel(maps)
        with self.say("slide"):
            self.slide(maps["edges"].astype(float), int(maps["spot"][0]) + 1)
        with self.say("learned"):
            self.make_room()
            self.at("kernels")
            self.kernels = self.tiles("kernels", maps["kernels"])
            self.at("answers")
            self.answers = self.tiles("answers", maps["responses"], self.grid)
        with self.say("edges"):
            self.at("nearest")
            self.nearest = self.tiles("nearest", maps["nearest"])
            self.tell_likeness(maps)
        self.close()

    def lay_kernel(self, maps: Asset) -> None:
        """The kernel lies on nine pixels; the sum of the nine products becomes one pixel of the other picture."""
        row, column = (int(i) for i in maps["spot"])
        pixels = maps["image"][row : row + 3, column : column + 3].astype(float)  # (3, 3)
        total, edges = float(maps["sum"]), maps["edges"].astype(float)  # (28, 28)
        self.kernel = NumberArray(maps["sobel"], decimals=0, size=LABEL).move_to(UP * 1.6)
        self.pixels = NumberArray(pixels, decimals=2, size=LABEL, color=INK).move_to(DOWN * 0.5)
        self.sum = Number(total, decimals=2, size=LARGE, color=sign_color(total), signed=True).move_to(DOWN * 2.25)
        times, adds = (Words(text, size=LABEL, color=DIM) for text in ("times, pair by pair", "adds up to"))
        times.move_to((self.kernel.get_bottom() + self.pixels.get_top()) / 2)
        adds.move_to((self.pixels.get_bottom() + self.sum.get_top()) / 2)
        self.window = self.grid.outline(row, column, 3, 3, stroke_color=ACCENT, stroke_width=LINE)
        self.result = PixelGrid(np.zeros_like(edges), SIDE, signed=True, limit=float(np.abs(edges).max()))
        self.result.move_to(RIGHT * PICTURE_X + UP * MIDDLE_Y)
        self.cell = self.result.outline(row + 1, column + 1, stroke_color=ACCENT, stroke_width=LINE)
        self.at("kernel")
        self.play(FadeIn(self.kernel), run_time=BEAT)
        self.at("lay")
        self.play(Create(self.window), run_time=BEAT)
        self.play(FadeIn(times), FadeIn(self.pixels, shift=RIGHT * 0.5), run_time=BEAT)
        self.at("add")
        self.play(FadeIn(adds), FadeIn(self.sum, shift=DOWN * 0.2), FadeIn(self.result), run_time=BEAT)
        self.play(Create(self.cell), run_time=BEAT / 2)
        self.seen = np.zeros(edges.shape, dtype=bool)  # (28, 28)
        self.seen[row + 1, column + 1] = True
        self.result.set_values(edges * self.seen)
        self.aside = VGroup(self.kernel, times, self.pixels, adds, self.sum)

    def slide(self, edges: np.ndarray, row: int) -> None:
        """The window goes along its row, pixel by pixel, then as a band over all rows."""
        self.at("slide")
        along = Slide(self.window, self.grid, self.cell, self.result, edges, self.seen, (row, row + 1))
        self.play(along, run_time=max(0.35 * self.left(), 2 * BEAT))
        self.seen[row] = True
        self.play(FadeOut(self.window), FadeOut(self.cell), run_time=BEAT / 2)
        self.window, self.cell = (
            picture.outline(0, 0, rows, picture.columns, stroke_color=ACCENT, stroke_width=LINE)
            for picture, rows in ((self.grid, 3), (self.result, 1))
        )
        down = Slide(self.window, self.grid, self.cell, self.result, edges, self.seen, (0, len(edges)))
        self.play(down, run_time=max(0.7 * self.left(), 3 * BEAT))
        self.play(FadeOut(self.window), FadeOut(self.cell), run_time=BEAT / 2)

    def make_room(self) -> None:
        """The picture becomes small beside the row of answers; the rest leaves."""
        small = self.grid.animate.scale_to_fit_height(TILE).move_to(RIGHT * NAMES_X + UP * ROWS["answers"])
        self.play(FadeOut(self.aside), FadeOut(self.result), small, run_time=BEAT)

    def tiles(self, name: str, pictures: np.ndarray, named: PixelGrid | None = None) -> Group:
        """A row of signed pictures (kernel, row, column), each at its own scale, with the row's name at the left."""
        places = [RIGHT * x + UP * ROWS[name] for x in columns(len(pictures))]
        side = min(TILE, 0.9 * (places[1][0] - places[0][0])) if len(places) > 1 else TILE
        row = Group(
            *(
                PixelGrid(picture, side, signed=True).move_to(place)
                for picture, place in zip(pictures, places, strict=True)
            )
        )
        if named is None:
            lines = VGroup(*(Words(line, size=LABEL, color=DIM) for line in NAMES[name])).arrange(DOWN, buff=0.14)
            self.play(FadeIn(lines.move_to(RIGHT * NAMES_X + UP * ROWS[name])), run_time=BEAT / 2)
        shown = (FadeIn(tile, shift=UP * 0.15) for tile in row)
        self.play(LaggedStart(*shown, lag_ratio=0.3), run_time=max(0.3 * self.left(), 2 * BEAT))
        return row

    def tell_likeness(self, maps: Asset) -> None:
        """Under each kernel its likeness to an edge finder, and what chance would give."""
        self.likeness = VGroup()
        for value, tile in zip(maps["likeness"], self.nearest, strict=True):
            clear = float(value) >= float(maps["clear_from"])
            number = Number(float(value), decimals=2, size=LABEL, color=INK if clear else DIM)
            self.likeness.add(number.move_to(RIGHT * tile.get_center()[0] + UP * LIKENESS_Y))
        label = Words("likeness", size=LABEL, color=DIM).move_to(RIGHT * NAMES_X + UP * LIKENESS_Y)
        self.at("clear")
        self.chime(maps["likeness"].clip(0, 1), after_s=BEAT / 2)
        numbers = LaggedStart(*(FadeIn(number) for number in self.likeness), lag_ratio=0.3)
        self.play(FadeIn(label), numbers, run_time=2 * BEAT)
        self.chance = Number(float(maps["chance"]), decimals=2, size=LABEL, color=INK)
        before = Words("1.00 would be an edge finder itself; half of all random kernels reach", size=LABEL, color=DIM)
        VGroup(before, self.chance).arrange(RIGHT, buff=0.15).move_to(UP * NOTE_Y)
        share_baseline(self.chance, before)
        self.at("chance")
        self.play(FadeIn(before), FadeIn(self.chance), run_time=BEAT)


class Slide(Animation):
    """A window goes over rows of a picture, and the other picture takes the values that it has passed.

    ``rows`` are the first and the one after the last. With one row the window goes from pixel to pixel, else from row
    to row. ``edges`` (row, column) are all values, ``seen`` those that are drawn before. A function of alpha alone.
    """

    of_alpha_alone = True

    def __init__(
        self,
        window: Rectangle,
        grid: PixelGrid,
        cell: Rectangle,
        result: PixelGrid,
        edges: np.ndarray,
        seen: np.ndarray,
        rows: tuple[int, int],
        **kwargs: Any,
    ) -> None:
        self.window, self.grid, self.cell, self.result = window, grid, cell, result
        self.edges, self.seen, self.rows = edges, seen.copy(), rows
        super().__init__(Group(result, cell, window), rate_func=linear, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        first, last = self.rows
        seen, width = self.seen.copy(), self.edges.shape[1]
        if last - first == 1:
            column = min(int(alpha * width), width - 1)
            seen[first, : column + 1] = True
            row, middle = first, float(column)
        else:
            row, middle = min(first + int(alpha * (last - first)), last - 1), (width - 1) / 2
            seen[first : row + 1] = True
        self.result.set_values(self.edges * seen)
        self.window.move_to(self.grid.place(row, middle))
        self.cell.move_to(self.result.place(row, middle))


def columns(count: int) -> list[float]:
    """The x of so many tiles, at most a step apart."""
    step = min(STEP, (LAST_X - FIRST_X) / max(count - 1, 1))
    return [FIRST_X + step * place for place in range(count)]
