"""A picture drawn from its tensor: one image mobject, or its cells as squares, circles or the entries of a vector."""

from typing import Any

import numpy as np
from manim import DOWN, RESAMPLING_ALGORITHMS, RIGHT, Animation, Group, ImageMobject, Rectangle, VGroup

from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.contrast import ink_over
from scenes.kit.number import NumberField
from scenes.kit.pixel_pieces import (
    LARGEST,
    RIM,
    ROUND,
    SQUARE,
    Look,
    Pieces,
    Rearrange,
    cells,
    grown,
    read_texture,
    rgb,
    rounds,
    squares,
    texture,
    vector,
)
from scenes.kit.shapes import Frame, middles, rectangles
from scenes.theme import DIM, HAIRLINE, RULE

GREY = 0.25  # share from which dim numbers would drown
ROUNDING = 1e-6  # of the limit; what float32 and interpolation may add
COLORS = 233 + 1, 242 + 240 + 1  # how many a picture can have: ink, signed


class PixelGrid(Group):
    """Values (rows, columns) as a picture ``height`` units high on a quiet black panel.

    Values in [0, limit] are shades of ink; with ``signed`` they are in [-limit, limit], blue above zero and orange
    below, brighter with size. ``limit`` is 1, or for signed values the largest size among them.

    ``values()`` decodes what is drawn, the texture of one image or the fills of its pieces, to half of limit/233, the
    step of an 8-bit ink channel (signed: limit/240). The picture comes apart and together again by animations.
    """

    def __init__(self, values: np.ndarray, height: float, signed: bool = False, limit: float | None = None) -> None:
        shape = finite("A PixelGrid", values, 2).shape
        self.rows, self.columns = shape
        self.signed = signed
        self.limit = float(limit if limit is not None else largest(np.asarray(values)) if signed else 1.0)
        if not 0 < self.limit < np.inf:
            raise ValueError(f"The limit of a PixelGrid must be above zero, got {self.limit:g}.")
        self.axes = Frame().scale(height / self.rows, about_point=np.zeros(3))
        self.picture = ImageMobject(texture(self._shares(values), signed))  # (rows, columns, 3)
        self.picture.set_resampling_algorithm(RESAMPLING_ALGORITHMS["nearest"])
        self.frame = Rectangle(stroke_color=RULE, stroke_width=HAIRLINE, fill_opacity=0)
        super().__init__(self.axes)
        self.pieces = Pieces(self.axes, 0)
        self._lay_image()

    def values(self) -> np.ndarray:
        """The values drawn now, (rows, columns), from the texture, or from the fills of pieces, seen or at the dots."""
        colors = self.picture.pixel_array[..., :3] if self.whole else self.pieces.colors()
        return read_texture(colors, self.signed).reshape(self.rows, self.columns) * self.limit

    def set_values(self, values: np.ndarray) -> "PixelGrid":
        """Draw other values (rows, columns) within the limit at once, whatever the cells are drawn as."""
        rgbs = texture(self._shares(values), self.signed)  # (rows, columns, 3)
        if self.whole:
            alpha = self.picture.pixel_array[..., 3:]
            self.picture.pixel_array = np.concatenate([rgbs, alpha], axis=-1)  # (rows, columns, 4)
        else:
            self.pieces.paint(self.pieces.shapes.outlines(), rgbs.reshape(-1, 3))
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Animation:
        """The values move to others (rows, columns), every cell through the values between."""
        return Change(self, self._shares(target) * self.limit, **kwargs)

    def come_apart(self, **kwargs: Any) -> Animation:
        """The image becomes squares with air between them."""
        return Rearrange(self, lambda: self._in_cells(squares(self._middles(), SQUARE)), **kwargs)

    def to_squares(self, **kwargs: Any) -> Animation:
        """The pieces go to their cells as squares, from wherever they are."""
        return self.come_apart(**kwargs)

    def to_circles(self, **kwargs: Any) -> Animation:
        """The pieces go to their cells as circles, from wherever they are."""
        radii = np.full(self.rows * self.columns, ROUND)
        return Rearrange(self, lambda: self._in_cells(rounds(self._middles(), radii)), **kwargs)

    def to_column(
        self,
        length: float,
        indices: np.ndarray | None = None,
        at: np.ndarray | None = None,
        lag: float = 0.5,
        **kw: Any,
    ) -> Animation:
        """The entries ``indices`` (k,) of the picture read row by row become a column ``length`` units high.

        The others go to one point at the dots that stand for them; None shows all. ``at`` is the column's middle in
        the scene, (3,), by default the picture's.
        """
        return self._to_vector(DOWN, length, indices, at, {"lag": lag, **kw})

    def to_row(
        self,
        length: float,
        indices: np.ndarray | None = None,
        at: np.ndarray | None = None,
        lag: float = 0.5,
        **kw: Any,
    ) -> Animation:
        """As ``to_column``, from left to right."""
        return self._to_vector(RIGHT, length, indices, at, {"lag": lag, **kw})

    def come_together(self, **kwargs: Any) -> Animation:
        """The pieces close up in their cells and are one image again."""
        return Rearrange(self, self._closed, whole=True, **kwargs)

    def shown(self) -> np.ndarray:
        """Indices of the entries that can be seen, (k,), from the sizes of their pieces; all of an image."""
        if self.whole:
            return np.arange(self.rows * self.columns)
        outlines = self.pieces.shapes.outlines()
        return np.flatnonzero(np.linalg.norm(outlines[:, 0] - outlines[:, 8], axis=1) > ROUNDING)

    def piece_places(self) -> np.ndarray:
        """Where the middle of each entry is drawn now, (rows x columns, 3), row by row."""
        local = self._middles() if self.whole else middles(self.pieces.shapes.outlines())
        return self.axes.out(local)

    @property
    def whole(self) -> bool:
        """Whether one image is drawn, not pieces."""
        return self.picture in self.submobjects

    @property
    def cell(self) -> float:
        """Side of one cell in units."""
        return float(np.linalg.norm(self.axes.axes()[1]))

    def place(self, row: float, column: float) -> np.ndarray:
        """Centre of a cell in the picture, (3,); row 0 is at the top."""
        return self.axes.out(np.array([column - (self.columns - 1) / 2, (self.rows - 1) / 2 - row, 0]))

    def outline(self, row: int, column: int, rows: int = 1, columns: int = 1, **style: Any) -> Rectangle:
        """A rectangle around a block of cells, given its upper left cell."""
        block = Rectangle(width=columns * self.cell, height=rows * self.cell, fill_opacity=0, **style)
        return block.move_to(self.place(row + (rows - 1) / 2, column + (columns - 1) / 2))

    def numbers(self, values: np.ndarray, decimals: int = 1, color: str = DIM) -> VGroup:
        """Each cell's value (rows, columns) written in it, a group for each row from the top.

        Numbers have ``color`` on dark cells, elsewhere what reads best. ``values`` are the exact ones; the texture has
        8 bits only.
        """
        table = np.asarray(values, dtype=float)
        return VGroup(*(self._row(row, line, decimals, color) for row, line in enumerate(table)))

    def _row(self, row: int, line: np.ndarray, decimals: int, color: str) -> VGroup:
        places = np.array([self.place(row, column) for column in range(self.columns)])  # (columns, 3)
        height = min(0.34, 0.5 / (0.78 + 0.5 * decimals)) * self.cell  # so that a number fills three quarters at most
        behind = self.picture.pixel_array[row, :, :3] / 255  # (columns, 3)
        dark = np.abs(line) / self.limit < GREY
        inks = np.array([color if quiet else ink_over(rgb) for quiet, rgb in zip(dark, behind, strict=True)])
        chosen = ((inks == ink, str(ink)) for ink in dict.fromkeys(inks))
        return VGroup(*(NumberField(line[own], places[own], decimals, height, ink) for own, ink in chosen))

    def take_apart(self) -> None:
        """Draw pieces that fill their cells in place of the image, if it is there."""
        if self.whole:
            rgbs = self.picture.pixel_array[..., :3].reshape(-1, 3)
            self.remove(self.picture)
            if not self.pieces.shapes.bins:
                self.pieces = Pieces(self.axes, min(len(rgbs), COLORS[self.signed]))
            self.add(self.pieces)
            self.pieces.paint(squares(self._middles(), 0.5), rgbs)
            self.draw_pieces(self._closed())

    def look(self) -> Look:
        """Where the pieces and what belongs to them are drawn now."""
        return self.pieces.look(self.frame.get_stroke_opacity() if self.frame in self.submobjects else 0.0)

    def put_together(self) -> None:
        """Draw one image in place of the pieces, with the values that they have."""
        if not self.whole:
            colors = self.pieces.colors().reshape(self.rows, self.columns, 3).astype(np.uint8)
            alpha = self.picture.pixel_array[..., 3:]
            self.remove(self.pieces)
            self.picture.pixel_array = np.concatenate([colors, alpha], axis=-1)
            self._lay_image()

    def draw_pieces(self, look: Look) -> None:
        """Put the pieces in other places, and the frame around them where it is seen."""
        self.pieces.draw(look)
        self._lay_frame(look.frame)

    def _lay_image(self) -> None:
        half = np.array([self.columns, self.rows, 0]) / 2
        corners = np.array([[-1, 1, 0], [1, 1, 0], [-1, -1, 0], [1, -1, 0]]) * half  # (4, 3): manim's order
        self.axes.stand(corners)
        self.picture.points = self.axes.out(corners)
        self.add_to_back(self.picture)
        self._lay_frame(1.0)

    def _lay_frame(self, opacity: float) -> None:
        if opacity <= 0:
            self.remove(self.frame)
            return
        half = np.array([[self.columns, self.rows, 0]]) / 2
        self.frame.points = self.axes.out(rectangles(-half, half)[0])
        self.frame.set_stroke(opacity=opacity)
        self.add(self.frame)

    def _to_vector(
        self, direction: np.ndarray, length: float, indices: np.ndarray | None, at: np.ndarray | None, how: Any
    ) -> Animation:
        size = self.rows * self.columns
        chosen = np.arange(size) if indices is None else np.asarray(indices)
        right = chosen.ndim == 1 and chosen.size and (np.diff(chosen) > 0).all() and 0 <= chosen[0] <= chosen[-1] < size
        if not right:
            raise ValueError(f"A vector shows rising indices from 0 to {size - 1}, each once, got {chosen}.")

        def look() -> Look:
            middle = self.axes.origin() if at is None else np.asarray(at, dtype=float)
            ends = np.stack([middle - direction * length / 2, middle + direction * length / 2])  # (2, 3)
            return vector(chosen, size, self.axes.back(ends), LARGEST / self.cell)

        return Rearrange(self, look, **how)

    def _in_cells(self, outlines: np.ndarray) -> Look:
        return Look(outlines, grown(outlines, RIM), np.zeros((0, 16, 3)), rgb(RULE))

    def _closed(self) -> Look:
        full = squares(self._middles(), 0.5)
        return Look(full, full, np.zeros((0, 16, 3)), rgb(RULE), frame=1.0)

    def _middles(self) -> np.ndarray:
        return cells(self.rows, self.columns)

    def _shares(self, values: np.ndarray) -> np.ndarray:
        low = -self.limit if self.signed else 0.0
        given = np.array(values, dtype=float)
        near = np.clip(given, low, self.limit)
        rounded = np.where(np.abs(given - near) <= ROUNDING * self.limit, near, given)
        found = finite("A PixelGrid", rounded, 2, low, self.limit)
        if found.shape != (self.rows, self.columns):
            raise ValueError(f"A PixelGrid of {(self.rows, self.columns)} cells got values of shape {found.shape}.")
        return found / self.limit


def written_values(rows: VGroup) -> np.ndarray:
    """The numbers that ``PixelGrid.numbers`` wrote, (rows, columns), decoded from glyphs, ordered by their places."""
    table = []
    for row in rows:
        values = np.concatenate([field.values() for field in row])  # (columns,) by field
        left = np.concatenate([field.places_x() for field in row])  # (columns,)
        table.append(values[np.argsort(left)])
    return np.array(table)
