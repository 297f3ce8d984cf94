"""The sheet of a height field, drawn in the order of its heights, and the lines of equal height on its floor.

An eye above everything sees along rays that fall as they go away, so whatever hides a point is higher than the point.
Pieces of one height share a style, and styles are drawn from low to high: right from every side, without sorting.
"""

from functools import cache

import numpy as np

from scenes.kit.shapes import Shapes, polygons
from scenes.kit.space import FOCAL, View, blend
from scenes.theme import BACKGROUND, INK, POSITIVE

LEVELS = 44  # of height, each with its own colour
SHADES = 9  # of light on a slope
OVERLAP = 1.04  # pieces are drawn this much larger, so that no background shines through their seams
LIGHT = np.array([-0.45, -0.35, 0.82])  # where the light comes from, a unit vector within 1 %
SHADOW = 0.4  # of the colour that a slope away from the light loses
BESIDE = 1e-6  # units; rounding is far below
DEEP = "#173A5E"  # the colour of the lowest height: dark blue, clear of the background


def ramp(share: float) -> str:
    """The colour of a height in [0, 1]: dark blue, blue, ink, each lighter than the one before."""
    return blend(DEEP, POSITIVE, share / 0.7) if share < 0.7 else blend(POSITIVE, INK, (share - 0.7) / 0.3)


@cache
def _styles() -> list[tuple[str, float]]:
    heights = [ramp((level + 0.5) / LEVELS) for level in range(LEVELS)]
    return [(blend(BACKGROUND, color, 1 - SHADOW * s / (SHADES - 1)), 1.0) for color in heights for s in range(SHADES)]


class Sheet(Shapes):
    """Heights over a grid: vertices (rows, columns, 3) in units, drawn as one quadrilateral for each cell."""

    def __init__(self) -> None:
        super().__init__(_styles())
        self.flipped = np.zeros(0, dtype=bool)  # pieces seen from below are turned, as outlines must turn one way

    def draw(self, vertices: np.ndarray, shares: np.ndarray, view: View) -> None:
        """Draw these vertices as seen from there; ``shares`` (rows, columns) are the heights in [0, 1]."""
        places = view.see(vertices.reshape(-1, 3))[0].reshape(vertices.shape)
        corners, solid = _cells(places), _cells(vertices)  # (n, 4, 3)
        diagonals = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
        self.flipped = np.cross(*diagonals)[:, 2] < 0
        corners[self.flipped] = corners[self.flipped][:, [0, 3, 2, 1]]
        middle = corners.mean(axis=1, keepdims=True)
        level = np.clip((_cells(shares[..., None]).mean(axis=(1, 2)) * LEVELS).astype(int), 0, LEVELS - 1)
        normal = np.cross(solid[:, 2] - solid[:, 0], solid[:, 3] - solid[:, 1])
        light = normal @ LIGHT / np.maximum(np.linalg.norm(normal, axis=1), 1e-12)  # (n,): 1 is full
        shade = np.clip(((1 - light) * SHADES).astype(int), 0, SHADES - 1)
        shade[self.flipped] = SHADES - 1  # the underside
        self.place(polygons(middle + OVERLAP * (corners - middle)), level * SHADES + shade)

    def drawn(self, rows: int, columns: int) -> np.ndarray:
        """Where the vertices are drawn, (rows, columns, 2), the mean over the pieces that meet in each."""
        corners = self.outlines()[:, ::4]  # (n, 4, 3)
        middle = corners.mean(axis=1, keepdims=True)
        corners = middle + (corners - middle) / OVERLAP
        corners[self.flipped] = corners[self.flipped][:, [0, 3, 2, 1]]
        corners = corners.reshape(rows - 1, columns - 1, 4, 3)
        total, count = np.zeros((rows, columns, 3)), np.zeros((rows, columns, 1))
        for corner, (down, right) in enumerate(((0, 0), (0, 1), (1, 1), (1, 0))):
            block = np.s_[down : rows - 1 + down, right : columns - 1 + right]
            total[block] += corners[:, :, corner]
            count[block] += 1
        return np.array((total / count)[..., :2])


def _cells(grid: np.ndarray) -> np.ndarray:
    """Corners of each cell in order around it, (cells, 4, k), of a grid (rows, columns, k)."""
    around = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2)
    return np.array(around.reshape(-1, 4, grid.shape[2]))


def heights(places: np.ndarray, across: np.ndarray, view: View) -> np.ndarray:
    """Heights (n,) of points over (x, y) = ``across`` (n, 2) that are drawn at ``places`` (n, 2).

    Raises: ValueError if a place is beside the line on which the points over its x and y are drawn.
    """
    flat = np.pad(across, ((0, 0), (0, 1))) @ view.axes().T  # (n, 3): right, up, towards the eye, at height 0
    rise = view.axes()[:, 2]  # of the same three for a unit of height
    slope = view.zoom * FOCAL * rise[:2] + places * rise[2]  # (n, 2)
    left = places * (FOCAL - flat[:, 2:]) - view.zoom * FOCAL * flat[:, :2]  # (n, 2)
    up = (slope * left).sum(axis=1) / (slope**2).sum(axis=1)  # (n,) least squares
    beside = np.abs(slope * up[:, None] - left).max() / FOCAL
    if beside > BESIDE:
        raise ValueError(f"A vertex is drawn {beside:.3g} units beside the line over its x and y.")
    return np.array(up)


def contours(x: np.ndarray, y: np.ndarray, z: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends (n, 2) of the pieces of the line where z (y, x) is ``level``, straight within half a cell."""
    grid = np.stack([*np.meshgrid(x, y), z], axis=2)  # (rows, columns, 3)
    cells = _cells(grid)
    triangles = np.concatenate([cells[:, [0, 1, 2]], cells[:, [0, 2, 3]]])  # (n, 3, 3)
    above = triangles[..., 2] > level
    lone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), above.argmin(axis=1))  # (n,)
    cut = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    peak, ends = triangles[cut, lone[cut]], []
    for step in (1, 2):
        other = triangles[cut, (lone[cut] + step) % 3]
        share = (level - peak[:, 2:]) / (other[:, 2:] - peak[:, 2:])
        ends.append(peak[:, :2] + share * (other[:, :2] - peak[:, :2]))
    return ends[0], ends[1]


def between(x: np.ndarray, y: np.ndarray, z: np.ndarray, at: np.ndarray) -> np.ndarray:
    """z (y, x) at places (..., 2), straight between grid points; -inf off the grid."""
    column = np.interp(at[..., 0], x, np.arange(len(x)), -1, -1)
    row = np.interp(at[..., 1], y, np.arange(len(y)), -1, -1)
    i = np.clip(row.astype(int), 0, len(y) - 2)
    j = np.clip(column.astype(int), 0, len(x) - 2)
    down, right = row - i, column - j
    low = z[i, j] * (1 - right) + z[i, j + 1] * right
    high = z[i + 1, j] * (1 - right) + z[i + 1, j + 1] * right
    return np.where((row < 0) | (column < 0), -np.inf, low * (1 - down) + high * down)
