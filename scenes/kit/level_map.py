"""A heat map with the lines on which its values have one level, such as the border between two answers."""

from typing import Any

import numpy as np
from manim import CapStyleType

from scenes.kit.axes import segments, stroke
from scenes.kit.plot_curve import vertices
from scenes.kit.plot_heat import HeatMap
from scenes.theme import INK, LINE


def level_lines(table: np.ndarray, level: float) -> np.ndarray:
    """Pieces (n, 2, 2) of the lines at which a table (rows, columns) has a level, as pairs of column and row.

    Values are straight from cell to cell, and where four pieces meet, the mean of the corners says which ones join;
    source: Lorensen and Cline 1987, "Marching Cubes", in two dimensions.
    """
    values = np.stack([table[:-1, :-1], table[:-1, 1:], table[1:, 1:], table[1:, :-1]])  # (4 corners, r, c)
    above, following = values > level, np.roll(values, -1, axis=0)
    crossed = above != np.roll(above, -1, axis=0)  # (4 edges, r, c)
    share = np.divide(level - values, following - values, out=np.zeros_like(values), where=crossed)
    row, column = np.indices(values.shape[1:], dtype=float)  # (r, c) each
    across = column + np.stack([share[0], np.ones_like(column), 1 - share[2], np.zeros_like(column)])
    up = row + np.stack([np.zeros_like(row), share[1], np.ones_like(row), 1 - share[3]])
    places = np.stack([across, up], axis=-1)  # (4, r, c, 2)
    joined = (values.mean(axis=0) > level) == above[0]  # the first corner and the one across from it
    pieces = []
    for first in range(4):
        for second in range(first + 1, 4):
            met = crossed[first] & crossed[second] & (crossed.sum(axis=0) == 2)
            if (second - first) % 2:  # neighbours cut off the corner between them
                corner = second if second - first == 1 else 0
                met |= crossed.all(axis=0) & (joined == (corner % 2 == 1))
            pieces.append(np.stack([places[first][met], places[second][met]], axis=1))  # (k, 2, 2)
    return np.concatenate(pieces)


class LevelMap(HeatMap):
    """A heat map, row 0 at the bottom, with a line wherever the values drawn now have a ``level``.

    ``opacity`` is that of the picture, so that dots on it stand out. ``border()`` gives the pieces of the line in the
    numbers of the columns and rows, which have to be equally spaced, to 1e-6 of each axis.
    """

    def __init__(self, values: np.ndarray, level: float, opacity: float = 1.0, color: str = INK, **style: Any) -> None:
        self.level, self.line = level, stroke(LINE * 1.3, color)
        self.line.cap_style = CapStyleType.ROUND
        super().__init__(values, **style)
        self.picture.set_opacity(opacity)
        self.bar.set_opacity(opacity)
        self.add(self.line)
        self.set_values(values)

    def set_values(self, values: np.ndarray) -> "LevelMap":
        """Draw other values of the same shape, and the line of their level, at once."""
        super().set_values(values)
        table = np.asarray(values, dtype=float)
        share = (level_lines(table, self.level) + 0.5) / table.shape[::-1]  # (n, 2, 2) of the box
        flat = np.concatenate([share, np.zeros((len(share), 2, 1))], axis=2) * self.axes.box  # (n, 2, 3)
        self.line.points = self.axes.frame.out(segments(flat[:, 0], flat[:, 1]))
        return self

    def border(self) -> np.ndarray:
        """The ends (m, 2) of the line's pieces drawn now, decoded by the ticks of both axes."""
        return self.axes.decode(vertices(self.line.points)) if len(self.line.points) else np.zeros((0, 2))
