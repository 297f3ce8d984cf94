"""Which pixels of a picture a shape covers, and by how much: signed areas in sparse cells, blended and cleared.

Each edge adds the signed area to its right, and the height it spans, to the cells of its rows; summing a row from left
to right gives the coverage. Summed winding above one is cut off, which is cairo's default fill rule for all but the few
pixels in which contours of opposite sense meet. Blending rounds as cairo and pixman do. Source: R. Levien, "Inside the
fastest font renderer in the world", 2016, made sparse by each row's extent and a mask of its touched blocks.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint32]
Cells: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]
Box: TypeAlias = NDArray[np.int64]

# a window of pixels, its blocks' size, its touched rows, the cells of a row, and how many edges wait
LEFT, TOP, WIDTH, HEIGHT, SHIFT, FIRST, LAST, STRIDE, COUNT = range(9)
LOW, HIGH, MASK = range(3)  # of a row: first and last touched cell, one bit for each touched block of 2 ** SHIFT cells
UNTOUCHED = 1 << 40  # the low end of a row without an edge
LANES = np.uint64(0x00FF00FF00FF00FF)  # four channels of a pixel, each in 16 bits
HALVES, WORD, FULL = np.uint64(0x0080008000800080), np.uint64(0xFFFFFFFF), np.uint64(255)
EVEN, ODD, EVEN_HALVES = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00), np.uint32(0x00800080)
EIGHT_32 = np.uint32(8)
ONE, TWO = np.uint64(1), np.uint64(2)  # unsigned indices spare a test for negative ones
EIGHT, THREE_BYTES, ALPHA_AT = np.uint64(8), np.uint64(24), np.uint64(48)


Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile a function as a part of the loop that calls it: with no entry from Python, type or cache of its own."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Function, njit(nogil=True, error_model="numpy", **options)(function))


@inlined
def _add_edge(cells: Cells, rows: Rows, box: Box, x: float, y: float, x_end: float, y_end: float, sense: float) -> None:
    """Add an edge that lies in the window, y < y_end, to the cells; sense: 1 downwards, -1 upwards."""
    slope = (x_end - x) / (y_end - y)
    steep, per_cell = abs(slope) <= 1.0, sense / abs(slope) if slope != 0.0 else 0.0
    stride, shift, wide = box[STRIDE], box[SHIFT], float(box[WIDTH])
    first, last = int(y), int(np.ceil(y_end))
    box[FIRST], box[LAST] = min(box[FIRST], first), max(box[LAST], last)
    for row in range(first, last):
        height = min(row + 1.0, y_end) - max(float(row), y)
        x_next = min(max(x + slope * height, 0.0), wide)
        a, b = min(x, x_next), max(x, x_next)
        x = x_next
        i = j = int(a)
        at, r = np.uint64(row * stride + i), np.uint64(row)
        height *= sense
        if not steep:
            j = int(b)
            if i < j:
                part = per_cell * (i + 1 - a)
                right = part * 0.5 * (a - i + 1)
                cells[at] += part - right
                height -= part
                for _ in range(i + 1, j):
                    at += ONE
                    cells[at] += right + 0.5 * per_cell
                    right = 0.5 * per_cell
                    height -= per_cell
                a = float(j)
                at += ONE
                cells[at] += right
        # what is left of the edge crosses the cell j, and perhaps the one after it
        beyond = max(b - (j + 1), 0.0)
        after = per_cell * beyond
        right = (height - after) * (0.5 * (a + b - beyond) - j)
        cells[at] += height - after - right
        cells[at + ONE] += right + after - after * 0.5 * beyond
        cells[at + TWO] += after * 0.5 * beyond
        rows[r, LOW], rows[r, HIGH] = min(rows[r, LOW], i), max(rows[r, HIGH], j + 2)
        rows[r, MASK] |= (2 << ((j + 2) >> shift)) - (1 << (i >> shift))


@inlined
def _edge(cells: Cells, rows: Rows, box: Box, xa: float, ya: float, xb: float, yb: float) -> None:
    """Add any edge in pixels, cut to the window; what lies beside it moves to its border."""
    if ya == yb:
        return
    sense = 1.0
    if ya > yb:
        xa, ya, xb, yb, sense = xb, yb, xa, ya, -1.0
    xa, xb, ya, yb = xa - box[LEFT], xb - box[LEFT], ya - box[TOP], yb - box[TOP]
    wide, high = float(box[WIDTH]), float(box[HEIGHT])
    if yb <= 0.0 or ya >= high:
        return
    slope = (xb - xa) / (yb - ya)
    if ya < 0.0:
        xa, ya = xa - slope * ya, 0.0
    if yb > high:
        xb, yb = xa + slope * (high - ya), high
    if min(xa, xb) >= 0.0 and max(xa, xb) <= wide:
        _add_edge(cells, rows, box, xa, ya, xb, yb, sense)
        return
    for border in (0.0, wide) if slope > 0.0 else (wide, 0.0):
        if (xa < border) != (xb < border):
            cut = min(max(ya + (border - xa) / slope, ya), yb)
            if cut > ya:
                _add_edge(cells, rows, box, min(max(xa, 0.0), wide), ya, border, cut, sense)
            xa, ya = border, cut
    if yb > ya:
        _add_edge(cells, rows, box, min(max(xa, 0.0), wide), ya, min(max(xb, 0.0), wide), yb, sense)


@inlined
def _scaled(lanes: np.uint64, by: np.uint64) -> np.uint64:
    """Four channels times by / 255, each rounded to the nearest."""
    t = lanes * by + HALVES
    return ((t + ((t >> EIGHT) & LANES)) >> EIGHT) & LANES


@inlined
def _blended(pixel: np.uint32, colour: np.uint64, coverage: np.uint64, opaque: bool) -> np.uint32:
    """A pixel under a premultiplied colour: cairo's lerp for opaque ones, pixman's OVER with a mask for the others."""
    below = (np.uint64(pixel) | (np.uint64(pixel) << THREE_BYTES)) & LANES
    above = _scaled(colour, coverage)
    above += _scaled(below, FULL - (coverage if opaque else above >> ALPHA_AT))
    return np.uint32((above | (above >> THREE_BYTES)) & WORD)


@inlined
def _blend_run(run: Words, colour: np.uint64, coverage: np.uint64, opaque: bool) -> None:
    """Blend a row of pixels alike, two channels at a time in 32 bits, so that many pixels fit in a vector."""
    lanes = _scaled(colour, coverage)
    above = np.uint32((lanes | (lanes >> THREE_BYTES)) & WORD)
    by = np.uint32(FULL - (coverage if opaque else lanes >> ALPHA_AT))
    for k in range(len(run)):
        even = np.uint32(np.uint32(run[k] & EVEN) * by + EVEN_HALVES)
        odd = np.uint32(np.uint32(np.uint32(run[k] >> EIGHT_32) & EVEN) * by + EVEN_HALVES)
        even = np.uint32(np.uint32(even + np.uint32(np.uint32(even >> EIGHT_32) & EVEN)) >> EIGHT_32) & EVEN
        odd = np.uint32(odd + np.uint32(np.uint32(odd >> EIGHT_32) & EVEN)) & ODD
        run[k] = np.uint32(above + np.uint32(even | odd))


@inlined
def _lanes(red: float, green: float, blue: float, alpha: float, scale: float, add: float) -> np.uint64:
    """A colour of 0..1 as four lanes, premultiplied: scale 256 cuts to bytes as cairo does, 255 and 0.5 rounds."""
    a = min(max(alpha, 0.0), 1.0)
    r, g, b = min(max(red, 0.0), 1.0) * a, min(max(green, 0.0), 1.0) * a, min(max(blue, 0.0), 1.0) * a
    low = min(int(r * scale + add), 255) | min(int(b * scale + add), 255) << 16
    return np.uint64(low | min(int(g * scale + add), 255) << 32 | min(int(a * scale + add), 255) << 48)


@inlined
def _mixed(colours: Floats, t: float) -> np.uint64:
    """The colour of a linear gradient, stops (k, 4) evenly on t in 0..1; mixed before alpha, as pixman does."""
    place = min(max(t, 0.0), 1.0) * (len(colours) - 1)
    i = min(int(place), len(colours) - 2)
    p, lower, upper = place - i, colours[i], colours[i + 1]
    return _lanes(
        lower[0] + p * (upper[0] - lower[0]),
        lower[1] + p * (upper[1] - lower[1]),
        lower[2] + p * (upper[2] - lower[2]),
        lower[3] + p * (upper[3] - lower[3]),
        255.0,
        0.5,
    )


@inlined
def paint(pixels: Words, cells: Cells, rows: Rows, box: Box, colours: Floats, ramp: Floats) -> None:
    """Blend what the cells cover into the picture and clear them.

    colours: (1, 4) or the stops (k, 4) of a gradient, whose place at pixel (x, y) is ramp @ (x, y, 1).
    """
    mixed, flat = len(colours) > 1, pixels.reshape(pixels.size)
    first, shift, wide = colours[0], box[SHIFT], box[WIDTH]
    colour = _lanes(first[0], first[1], first[2], first[3], 256.0, 0.0)
    opaque = not mixed and colour >> ALPHA_AT == FULL
    for row in range(box[FIRST], box[LAST]):
        r = np.uint64(row)
        x, high, mask = rows[r, LOW], rows[r, HIGH], rows[r, MASK]
        rows[r, LOW], rows[r, HIGH], rows[r, MASK] = UNTOUCHED, -1, 0
        to_pixel = (box[TOP] + row) * pixels.shape[1] + box[LEFT]
        to_cell = row * box[STRIDE]
        place = ramp[1] * (box[TOP] + row) + ramp[2] + ramp[0] * box[LEFT]
        total, coverage = 0.0, np.uint64(0)
        while x <= high:
            end, touched = high + 1, True
            if end - x > 64:
                block = x >> shift
                touched = (mask >> block) & 1 == 1
                while (block + 1) << shift < end and ((mask >> (block + 1)) & 1 == 1) == touched:
                    block += 1
                end = min((block + 1) << shift, end)
            if not touched and not mixed:
                if coverage != 0:
                    _blend_run(flat[to_pixel + x : to_pixel + min(end, wide)], colour, coverage, opaque)
            elif touched or coverage != 0:
                for i in range(x, min(end, wide)):
                    if touched:
                        c = np.uint64(to_cell + i)
                        total += cells[c]
                        cells[c] = 0.0
                        coverage = np.uint64(int(min(abs(total) * 255.0 + 0.5, 255.0)))
                    if mixed:
                        colour = _mixed(colours, place + ramp[0] * i)
                    k = np.uint64(to_pixel + i)
                    flat[k] = _blended(flat[k], colour, coverage, opaque)
            for i in range(max(x, wide), end):
                cells[to_cell + i] = 0.0
            x = end


@inlined
def rasterise(cells: Cells, rows: Rows, box: Box, edges: Floats) -> None:
    """Add the waiting edges, (n, 4) rows of x, y, x, y in pixels, to the cells."""
    for i in range(box[COUNT]):
        _edge(cells, rows, box, edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3])
    box[COUNT] = 0
