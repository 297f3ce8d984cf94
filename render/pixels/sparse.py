"""The fast rasteriser: our own, which touches only the pixels that an edge crosses or a shape covers.

Its pictures differ from cairo's at the edges of shapes by less than can be seen: the areas are exact, where cairo takes
15 samples down a pixel. Importing this module compiles the loop or loads it from numba's cache.
"""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numba import float32, float64, int32, int64, uint32, void
from numpy.typing import NDArray

from render.pixels.cells import (
    FIRST,
    HEIGHT,
    HIGH,
    LAST,
    LEFT,
    LOW,
    SHIFT,
    STRIDE,
    TOP,
    UNTOUCHED,
    WIDTH,
    Box,
    Cells,
    Floats,
    Rows,
    Words,
    inlined,
    paint,
    rasterise,
)
from render.pixels.compiled import compiled
from render.pixels.outline import MITER, MITER_LIMIT, bounds_of, outline

Ints: TypeAlias = NDArray[np.int32]
HALF_UNIT = 0.005  # units: half of manim's stroke width 1
_TABLE, _LIST, _INDEX = float64[:, ::1], float64[::1], int32[::1]
_PICTURE = (uint32[:, ::1], _LIST, _TABLE, _INDEX)
_STYLES = (_TABLE, _INDEX) * 3 + (_TABLE, _LIST, _LIST, _INDEX, _INDEX)
_SCRATCH = (float32[::1], int64[:, ::1])


@inlined
def _open(box: Box, bounds: tuple[float, float, float, float], pad: float, width: int, height: int) -> bool:
    """Set the window to a shape's bounds within the picture, False where nothing of it can be seen."""
    left, right = max(int(np.floor(bounds[0] - pad)), 0), min(int(np.ceil(bounds[2] + pad)), width)
    top, bottom = max(int(np.floor(bounds[1] - pad)), 0), min(int(np.ceil(bounds[3] + pad)), height)
    if bounds[2] < bounds[0] or left >= right or top >= bottom:
        return False
    box[LEFT], box[TOP], box[WIDTH], box[HEIGHT] = left, top, right - left, bottom - top
    box[FIRST], box[LAST], box[STRIDE], box[SHIFT] = bottom - top, 0, right - left + 3, 3
    while (right - left + 2) >> box[SHIFT] > 60:
        box[SHIFT] += 1
    return True


@inlined
def _seen(colours: Floats) -> bool:
    """Whether a paint has a row (k, 4) that is not wholly transparent."""
    most = 0.0
    for i in range(len(colours)):
        most = max(most, colours[i, 3])
    return most > 0.0


@inlined
def _set_ramp(ramp: Floats, line: Floats, matrix: Floats) -> None:
    """The place (a, b, c) @ (x, y, 1) of a pixel, by its corner, on a gradient line (x0, y0, x1, y1) in units."""
    det = matrix[0] * matrix[3] - matrix[2] * matrix[1]
    dx, dy = line[2] - line[0], line[3] - line[1]
    square = dx * dx + dy * dy
    if square == 0.0 or det == 0.0:
        ramp[0], ramp[1], ramp[2] = 0.0, 0.0, 0.5
        return
    ramp[0] = (dx * matrix[3] - dy * matrix[1]) / (det * square)
    ramp[1] = (dy * matrix[0] - dx * matrix[2]) / (det * square)
    ramp[2] = ramp[0] * (0.5 - matrix[4]) + ramp[1] * (0.5 - matrix[5]) - (dx * line[0] + dy * line[1]) / square


def _compiled(sources: int) -> Callable[..., None]:
    """The loop over the mobjects of a display list; the arguments are those of draw, and the scratch.

    sources: a digest of the files it calls, held by the loop because numba's cache looks at this one file and at that.
    """

    @compiled(void(*_PICTURE, *_STYLES, *_SCRATCH))
    def loop(
        pixels: Words,
        matrix: Floats,
        points: Floats,
        at: Ints,
        fill: Floats,
        fill_at: Ints,
        stroke: Floats,
        stroke_at: Ints,
        back: Floats,
        back_at: Ints,
        gradient: Floats,
        width: Floats,
        back_width: Floats,
        join: Ints,
        cap: Ints,
        cells: Cells,
        rows: Rows,
    ) -> None:
        if sources < 0:
            return
        box, ramp, line, edges = np.zeros(9, np.int64), np.zeros(3), np.empty((512, 8)), np.empty((2048, 4))
        scale = HALF_UNIT * np.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))  # pixels
        for m in range(len(at) - 1):
            first, end, corner, tip = at[m] + 0, at[m + 1] + 0, join[m] + 0, cap[m] + 0  # in 64 bits, as all integers
            if end - first < 4:
                continue
            bounds = bounds_of(points, matrix, first, end)
            for layer in range(3):
                if layer == 0:
                    colours, half = back[back_at[m] : back_at[m + 1]], back_width[m] * scale
                elif layer == 1:
                    colours, half = fill[fill_at[m] : fill_at[m + 1]], 0.0
                else:
                    colours, half = stroke[stroke_at[m] : stroke_at[m + 1]], width[m] * scale
                if (layer != 1 and half <= 0.0) or not _seen(colours):
                    continue
                pad = half * (MITER_LIMIT if corner == MITER else 1.5)
                if not _open(box, bounds, pad, pixels.shape[1], pixels.shape[0]):
                    continue
                edges, line = outline(edges, box, points, matrix, first, end, line, half, corner, tip)
                if len(colours) > 1:
                    _set_ramp(ramp, gradient[m], matrix)
                rasterise(cells, rows, box, edges)
                paint(pixels, cells, rows, box, colours, ramp)

    return loop


_draw = _compiled(
    zlib.crc32(b"".join((Path(__file__).parent / name).read_bytes() for name in ("cells.py", "outline.py")))
)
_scratch: dict[tuple[int, int], tuple[Cells, Rows]] = {}  # all clear between two calls


def draw(
    pixels: NDArray[np.uint8],
    matrix: Floats,
    points: Floats,
    at: Ints,
    fill: Floats,
    fill_at: Ints,
    stroke: Floats,
    stroke_at: Ints,
    back: Floats,
    back_at: Ints,
    gradient: Floats,
    width: Floats,
    back_width: Floats,
    join: Ints,
    cap: Ints,
) -> None:
    """Draw m mobjects over a picture, each its background stroke, fill and stroke; one thread at a time.

    pixels: (height, width, 4) uint8, C-contiguous, premultiplied RGBA. matrix: (6,) xx, yx, xy, yy, x0, y0 from units
    to pixels; a width is scaled by the root of its determinant. points: (n, 2), mobject i has at[i] to at[i + 1].
    fill, stroke, back: (k, 4) RGBA 0..1, not premultiplied, with fill_at (m + 1,) and so on; more than one row is a
    gradient along gradient (m, 4) x0, y0, x1, y1. width, back_width: (m,) manim's stroke widths. join, cap: (m,) int32,
    cairo's numbers. Floats are float64 and offsets int32.
    """
    size = pixels.shape[0], pixels.shape[1]
    if size not in _scratch:
        _scratch.clear()
        rows = np.zeros((size[0], 3), np.int64)
        rows[:, LOW], rows[:, HIGH] = UNTOUCHED, -1
        _scratch[size] = np.zeros((size[1] + 3) * size[0], np.float32), rows
    words = pixels.view("<u4")[:, :, 0]  # (height, width), red in the lowest byte
    _draw(
        words,
        matrix,
        points,
        at,
        fill,
        fill_at,
        stroke,
        stroke_at,
        back,
        back_at,
        gradient,
        width,
        back_width,
        join,
        cap,
        *_scratch[size],
    )
