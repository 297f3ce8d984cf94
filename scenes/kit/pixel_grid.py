"""A picture drawn from its tensor: one image mobject, its cells found by row and column."""

from typing import Any

import numpy as np
from manim import RESAMPLING_ALGORITHMS, UL, Group, ImageMobject, ManimColor, Rectangle, VGroup

from scenes.kit.number import NumberField
from scenes.theme import BACKGROUND, DIM, HAIRLINE, INK, RULE

FULL = np.array(ManimColor(INK).to_int_rgb())  # (3,) the colour of value 1; value 0 is black
LIGHT = 0.5  # value from which a cell is light
GREY = 0.25  # value from which dim numbers would drown


class PixelGrid(Group):
    """Values (rows, columns) in [0, 1] as a picture ``height`` units high on a quiet black panel.

    ``values()`` decodes the drawn texture to within half of 1/233, the step of an 8-bit ink channel.
    """

    def __init__(self, values: np.ndarray, height: float) -> None:
        values = np.asarray(values, dtype=float)
        if values.ndim != 2 or not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
            raise ValueError(f"A PixelGrid draws a finite 2-D array within [0, 1], got shape {values.shape}.")
        self.rows, self.columns = values.shape
        texture = np.rint(values[..., None] * FULL).astype(np.uint8)  # (rows, columns, 3)
        self.picture = ImageMobject(texture)
        self.picture.set_resampling_algorithm(RESAMPLING_ALGORITHMS["nearest"])
        self.picture.stretch_to_fit_height(height).stretch_to_fit_width(height * self.columns / self.rows)
        self.frame = Rectangle(
            width=self.picture.width, height=height, stroke_color=RULE, stroke_width=HAIRLINE, fill_opacity=0
        )
        super().__init__(self.picture, self.frame)

    def values(self) -> np.ndarray:
        """The values drawn now, (rows, columns), decoded from the texture's first channel."""
        return self.picture.pixel_array[..., 0] / FULL[0]

    @property
    def cell(self) -> float:
        """Side of one cell in units."""
        return float(self.frame.height / self.rows)

    def place(self, row: float, column: float) -> np.ndarray:
        """Centre of a cell, (3,); row 0 is at the top."""
        corner = self.frame.get_corner(UL)
        return np.array(corner + self.cell * np.array([column + 0.5, -row - 0.5, 0]))

    def outline(self, row: int, column: int, rows: int = 1, columns: int = 1, **style: Any) -> Rectangle:
        """A rectangle around a block of cells, given its upper left cell."""
        block = Rectangle(width=columns * self.cell, height=rows * self.cell, fill_opacity=0, **style)
        return block.move_to(self.place(row + (rows - 1) / 2, column + (columns - 1) / 2))

    def numbers(self, values: np.ndarray, decimals: int = 1, color: str = DIM) -> VGroup:
        """Each cell's value (rows, columns) written in it, a group for each row from the top.

        Numbers have ``color`` on dark cells, are bright on grey ones and dark on light ones. ``values`` are the exact
        ones; the texture has 8 bits only.
        """
        table = np.asarray(values, dtype=float)
        return VGroup(*(self._row(row, line, decimals, color) for row, line in enumerate(table)))

    def _row(self, row: int, line: np.ndarray, decimals: int, color: str) -> VGroup:
        places = np.array([self.place(row, column) for column in range(self.columns)])  # (columns, 3)
        height = min(0.34, 0.5 / (0.78 + 0.5 * decimals)) * self.cell  # so that a number fills three quarters at most
        inks = ((line < GREY, color), ((line >= GREY) & (line < LIGHT), INK), (line >= LIGHT, BACKGROUND))
        fields = (NumberField(line[chosen], places[chosen], decimals, height, ink) for chosen, ink in inks)
        return VGroup(*(field for field in fields if len(field.points)))


def written_values(rows: VGroup) -> np.ndarray:
    """The numbers that ``PixelGrid.numbers`` wrote, (rows, columns), decoded from glyphs, ordered by their places."""
    table = []
    for row in rows:
        values = np.concatenate([field.values() for field in row])  # (columns,) by field
        left = np.concatenate([field.places_x() for field in row])  # (columns,)
        table.append(values[np.argsort(left)])
    return np.array(table)
