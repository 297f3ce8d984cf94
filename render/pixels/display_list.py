"""The display list: what a frame's mobjects look like, as flat arrays for a compiled loop."""

from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import numpy as np
from manim import VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from render.pixels.order import READ, overrides_itself

TOLERANCE = 1e-6  # of points that count as one, in units; what the compiled loops compare with
_FLOAT = np.dtype(np.float64)
_WIDTHS = {float, int, bool, np.float64, np.int64}  # with these types width * 0.01 is computed in 64 bits
_dtype = attrgetter("dtype")
_getters = [itemgetter(name) for name in READ]  # a column at a time: half the time of a tuple for each mobject
_JOINS = {id(style): int(value) for style, value in LINE_JOIN_MAP.items()}  # ids: hashing an Enum member is slow
_CAPS = {id(style): int(value) for style, value in CAP_STYLE_MAP.items()}


class DisplayList(NamedTuple):
    """m mobjects, n points. Row ranges: mobject i has rows at[i] to at[i + 1] of the array named before.

    points: (n, 2) float64, units, as projected by the camera. at: (m + 1,) int32.
    fill, stroke, back (the stroke behind the fill): (k, 4) float64 RGBA with fill_at, stroke_at, back_at (m + 1,)
    int32. One row is a flat paint, several are evenly spaced stops of a linear gradient.
    gradient: (m, 4) float64 x0 y0 x1 y1, where the gradients of a mobject begin and end; zeros where it has none.
    width, back_width: (m,) float64 stroke widths; 0 or less draws none. join, cap: (m,) int32 values of cairo's enums.
    """

    points: np.ndarray
    at: np.ndarray
    fill: np.ndarray
    fill_at: np.ndarray
    stroke: np.ndarray
    stroke_at: np.ndarray
    back: np.ndarray
    back_at: np.ndarray
    gradient: np.ndarray
    width: np.ndarray
    back_width: np.ndarray
    join: np.ndarray
    cap: np.ndarray


class Columns(NamedTuple):
    """The attributes of m mobjects that are drawn, one sequence each."""

    points: Sequence[np.ndarray]
    fill: Sequence[np.ndarray]
    stroke: Sequence[np.ndarray]
    back: Sequence[np.ndarray]
    width: Sequence[float]
    back_width: Sequence[float]
    join: Sequence[Any]
    cap: Sequence[Any]

    @property
    def has_back(self) -> bool:
        """Whether any background stroke is drawn."""
        return any(self.back_width) and any(width > 0 for width in self.back_width)


def read_columns(vmobjects: Sequence[VMobject]) -> Columns | None:
    """The attributes of mobjects, or None if one of them is not of the ordinary form that the loops can draw."""
    attributes = list(map(vars, vmobjects))
    try:
        *shown, image, curve, tolerance = (list(map(get, attributes)) for get in _getters)
    except KeyError:
        return None
    columns = Columns(*shown)
    count = len(vmobjects)
    try:
        ordinary = (
            not any(image)
            and curve.count(4) == count
            and tolerance.count(TOLERANCE) == count
            and list(map(_dtype, columns.points)).count(_FLOAT) == count
            and set(map(type, columns.width)) | set(map(type, columns.back_width)) <= _WIDTHS
        )
    except (AttributeError, ValueError):  # points that are no array, an image that has no truth value
        return None
    return columns if ordinary else None


def is_ordinary(vmobject: VMobject) -> bool:
    """Whether one mobject can be drawn from its attributes alone."""
    columns = None if overrides_itself(vmobject) else read_columns([vmobject])
    if columns is None:
        return False
    try:
        paints = [np.asarray(paint[0]) for paint in (columns.fill, columns.stroke, columns.back)]
    except ValueError:
        return False
    rows = all(paint.ndim == 2 and paint.shape[1] == 4 for paint in paints)
    shape = columns.points[0].shape
    many = any(len(paint) != 1 for paint in paints)
    return rows and shape[1:] == (3,) and not (many and not np.isfinite(columns.points[0]).all())


def flatten(columns: Columns, points: np.ndarray, at: np.ndarray, gradient: np.ndarray) -> DisplayList:
    """Join columns to a display list around points (n, 2) that are already projected.

    Raises: ValueError for paints that are no rows of four numbers, KeyError for a join or cap that is none of manim's.
    """
    return DisplayList(
        *(points, at),
        *join_rows(columns.fill),
        *join_rows(columns.stroke),
        *join_rows(columns.back if columns.has_back else None, len(columns.fill)),
        *(gradient, np.array(columns.width, dtype=np.float64), np.array(columns.back_width, dtype=np.float64)),
        *(_styles(columns.join, _JOINS), _styles(columns.cap, _CAPS)),
    )


def join_points(columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """All points (n, 3) and where each mobject's begin; a mobject with a point that is not finite has none.

    Raises: ValueError for points that do not have three coordinates.
    """
    parts = columns.points
    points = np.concatenate(parts)
    if points.shape[1:] != (3,):
        raise ValueError(f"points have shape {points.shape}")
    if not np.isfinite(points).all():
        parts = [part if np.isfinite(part).all() else part[:0] for part in parts]
        points = np.concatenate(parts)
    return points, starts(parts)


def join_rows(paints: Sequence[np.ndarray] | None, count: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows (k, 4) float64 of all paints and where each one's begin, (m + 1,) int32; None is ``count`` times no row."""
    if paints is None:
        return np.zeros((0, 4)), np.zeros(count + 1, dtype=np.int32)
    rows = np.concatenate(paints, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise ValueError(f"paints have shape {rows.shape}")
    if len(rows) == len(paints) and all(map(len, paints)):
        return rows, np.arange(len(rows) + 1, dtype=np.int32)
    return rows, starts(paints)


def starts(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Where each part begins in their concatenation, and its end: (len(parts) + 1,) int32."""
    at = np.zeros(len(parts) + 1, dtype=np.int32)
    np.cumsum(np.array(list(map(len, parts))), out=at[1:])
    return at


def _styles(styles: Sequence[Any], values: dict[int, int]) -> np.ndarray:
    if styles.count(styles[0]) == len(styles):
        return np.full(len(styles), values[id(styles[0])], dtype=np.int32)
    return np.array([values[id(style)] for style in styles], dtype=np.int32)


def graded(columns: Columns) -> list[int]:
    """Indices of the mobjects that have a paint of other than one row, and so need a gradient's ends."""
    ones = [1] * len(columns.fill)
    several: set[int] = set()
    for paints in (columns.fill, columns.stroke, columns.back if columns.has_back else ()):
        lengths = list(map(len, paints))
        if paints and lengths != ones:
            several.update(i for i, length in enumerate(lengths) if length != 1)
    return sorted(several)
