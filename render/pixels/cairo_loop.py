"""The exact rasteriser: one compiled loop that makes the calls of manim's Cairo camera, without Python between them.

The loop calls the very library that pycairo has loaded, so its pixels equal manim's. Paths are split and closed by the
tolerances of manim's ``VMobject`` (relative 1e-5, absolute 1e-6).
"""

from importlib import import_module
from typing import Any

import cairo
import numpy as np
from numba import types

from render.pixels.cells import inlined
from render.pixels.compiled import compiled

LINE_WIDTH_MULTIPLE = 0.01  # of manim's cameras: stroke width 1 is this many units wide

import_module("llvmlite.binding").load_library_permanently(import_module("cairo._cairo").__file__)

_I, _F, _P, _V = types.int32, types.float64, types.uintp, types.void


def _cairo(name: str, result: Any, *arguments: Any) -> Any:
    return types.ExternalFunction(f"cairo_{name}", result(*arguments))


_surface = _cairo("image_surface_create_for_data", _P, _P, _I, _I, _I, _I)
_create = _cairo("create", _P, _P)
_destroy = _cairo("destroy", _V, _P)
_surface_destroy = _cairo("surface_destroy", _V, _P)
_status = _cairo("status", _I, _P)
_set_matrix = _cairo("set_matrix", _V, _P, _P)
_new_path = _cairo("new_path", _V, _P)
_move_to = _cairo("move_to", _V, _P, _F, _F)
_curve_to = _cairo("curve_to", _V, _P, _F, _F, _F, _F, _F, _F)
_close_path = _cairo("close_path", _V, _P)
_set_source_rgba = _cairo("set_source_rgba", _V, _P, _F, _F, _F, _F)
_linear = _cairo("pattern_create_linear", _P, _F, _F, _F, _F)
_add_stop = _cairo("pattern_add_color_stop_rgba", _V, _P, _F, _F, _F, _F, _F)
_set_source = _cairo("set_source", _V, _P, _P)
_pattern_destroy = _cairo("pattern_destroy", _V, _P)
_set_line_width = _cairo("set_line_width", _V, _P, _F)
_set_line_join = _cairo("set_line_join", _V, _P, _I)
_set_line_cap = _cairo("set_line_cap", _V, _P, _I)
_fill_preserve = _cairo("fill_preserve", _V, _P)
_stroke_preserve = _cairo("stroke_preserve", _V, _P)

_ROWS, _VECTOR, _INDEX = types.float64[:, ::1], types.float64[::1], types.int32[::1]


@inlined
def _close(a: float, b: float) -> bool:
    """Whether two coordinates are one to manim, which compares as numpy.isclose does."""
    if a == b:
        return True
    gap = abs(a - b)
    return gap <= 1e-6 + 1e-5 * abs(b) and np.isfinite(gap)


@inlined
def _trace(context: int, points: np.ndarray, first: int, end: int) -> None:
    """Make points [first, end), (n, 2), the current path; four points are a curve, gaps between curves start anew."""
    _new_path(context)
    begin = first
    while end - begin >= 4:
        stop = begin + 4
        while (
            stop < end and _close(points[stop - 1, 0], points[stop, 0]) and _close(points[stop - 1, 1], points[stop, 1])
        ):
            stop += 4
        stop = min(stop, end)
        _move_to(context, points[begin, 0], points[begin, 1])
        for i in range(begin, stop - 3, 4):
            _curve_to(
                context,
                points[i + 1, 0],
                points[i + 1, 1],
                points[i + 2, 0],
                points[i + 2, 1],
                points[i + 3, 0],
                points[i + 3, 1],
            )
        if _close(points[begin, 0], points[stop - 1, 0]) and _close(points[begin, 1], points[stop - 1, 1]):
            _close_path(context)
        begin = stop


@inlined
def _paint(context: int, rgba: np.ndarray, first: int, end: int, gradient: np.ndarray, row: int) -> None:
    """Set rows [first, end) of ``rgba`` as the paint; manim's bytes are RGBA where cairo writes BGRA: swap R and B."""
    if end - first == 1:
        _set_source_rgba(context, rgba[first, 2], rgba[first, 1], rgba[first, 0], rgba[first, 3])
        return
    pattern = _linear(gradient[row, 0], gradient[row, 1], gradient[row, 2], gradient[row, 3])
    step = 1.0 / max(1, end - first - 1)
    for i in range(first, end):
        offset = 1.0 if i == end - 1 else (i - first) * step  # as numpy.linspace rounds
        _add_stop(pattern, offset, rgba[i, 2], rgba[i, 1], rgba[i, 0], rgba[i, 3])
    _set_source(context, pattern)
    _pattern_destroy(pattern)


@inlined
def _is_clear(rgba: np.ndarray, first: int, end: int) -> bool:
    """Whether a paint leaves every pixel as it is."""
    for i in range(first, end):  # noqa: SIM110, compiled
        if not rgba[i, 3] <= 0.0:
            return False
    return True


@inlined
def _stroke(context: int, width: float, join: int, cap: int) -> None:
    _set_line_width(context, width * LINE_WIDTH_MULTIPLE)
    _set_line_join(context, join)
    _set_line_cap(context, cap)
    _stroke_preserve(context)


@compiled(
    _I(
        types.uint8[:, :, ::1],
        _VECTOR,
        *(_ROWS, _INDEX),
        *(_ROWS, _INDEX, _ROWS, _INDEX, _ROWS, _INDEX),
        *(_ROWS, _VECTOR, _VECTOR, _INDEX, _INDEX),
    )
)
def _draw(
    pixels: np.ndarray,
    matrix: np.ndarray,
    points: np.ndarray,
    at: np.ndarray,
    fill: np.ndarray,
    fill_at: np.ndarray,
    stroke: np.ndarray,
    stroke_at: np.ndarray,
    back: np.ndarray,
    back_at: np.ndarray,
    gradient: np.ndarray,
    width: np.ndarray,
    back_width: np.ndarray,
    join: np.ndarray,
    cap: np.ndarray,
) -> int:
    surface = _surface(pixels.ctypes.data, 0, pixels.shape[1], pixels.shape[0], pixels.shape[1] * 4)
    context = _create(surface)
    _set_matrix(context, matrix.ctypes.data)
    for i in range(len(at) - 1):
        backs = back_width[i] > 0.0 and not _is_clear(back, back_at[i], back_at[i + 1])
        fills = not _is_clear(fill, fill_at[i], fill_at[i + 1])
        strokes = width[i] > 0.0 and not _is_clear(stroke, stroke_at[i], stroke_at[i + 1])
        if at[i + 1] - at[i] < 4 or not (backs or fills or strokes):
            continue
        _trace(context, points, at[i], at[i + 1])
        if backs:
            _paint(context, back, back_at[i], back_at[i + 1], gradient, i)
            _stroke(context, back_width[i], join[i], cap[i])
        if fills:
            _paint(context, fill, fill_at[i], fill_at[i + 1], gradient, i)
            _fill_preserve(context)
        if strokes:
            _paint(context, stroke, stroke_at[i], stroke_at[i + 1], gradient, i)
            _stroke(context, width[i], join[i], cap[i])
    status = _status(context)
    _destroy(context)
    _surface_destroy(surface)
    return status


def draw(
    pixels: np.ndarray,
    matrix: np.ndarray,
    points: np.ndarray,
    at: np.ndarray,
    fill: np.ndarray,
    fill_at: np.ndarray,
    stroke: np.ndarray,
    stroke_at: np.ndarray,
    back: np.ndarray,
    back_at: np.ndarray,
    gradient: np.ndarray,
    width: np.ndarray,
    back_width: np.ndarray,
    join: np.ndarray,
    cap: np.ndarray,
) -> None:
    """Draw mobjects 0..m onto ``pixels``, each its background stroke, its fill, then its stroke.

    pixels: (height, width, 4) uint8, C-contiguous RGBA. matrix: (6,) float64 xx yx xy yy x0 y0 of the cairo context.
    The other arrays are those of ``render.pixels.display_list.DisplayList``.
    Raises: cairo.Error, as pycairo does for the same calls.
    """
    status = _draw(
        pixels,
        matrix,
        *(points, at, fill, fill_at, stroke, stroke_at, back, back_at),
        *(gradient, width, back_width, join, cap),
    )
    if status:
        raise cairo.Error(f"cairo stopped drawing with status {status}", status)
