"""The optional promises by which a component lets the lint compare what it draws with what it was given.

``left_out()``: for each axis the indices that drawn dots stand for. ``shows``: the numbers it should write, an array or
a method that returns one, in the shape of ``values()``.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from manim import Mobject

from render.check.seen import VISIBLE, Claim


def claims_of(mob: Any, name: Callable[[], str]) -> Iterator[Claim]:
    """What a mobject claims of itself, if anything."""
    try:
        yield from _claims(mob, name)
    except ValueError as error:  # what is drawn stands for no number
        yield Claim(name(), unread=str(error))


def _claims(mob: Any, name: Callable[[], str]) -> Iterator[Claim]:
    silent = left_out_silently(mob)
    if silent:
        yield Claim(name(), left_out=silent, dots=False)
    shows = getattr(mob, "shows", None)
    if shows is not None and callable(getattr(mob, "values", None)):
        given = np.asarray(shows() if callable(shows) else shows, dtype=float)
        yield _compared(name(), given, np.asarray(mob.values(), dtype=float), getattr(mob, "decimals", None))


def _compared(name: str, given: np.ndarray, drawn: np.ndarray, decimals: int | None) -> Claim:
    """Numbers given against numbers drawn, where both are there: NaN stands for an entry that is not written."""
    if given.shape == drawn.shape:
        both = np.isfinite(given) & np.isfinite(drawn)
        given, drawn = np.where(both, given, 0.0), np.where(both, drawn, 0.0)
    if decimals is None:
        return Claim(name, given=given, drawn=drawn, step=2e-6 * float(np.abs(given).max(initial=1.0)))
    return Claim(name, given=given, drawn=drawn, step=10.0**-decimals)


def left_out_silently(mob: Any) -> int:
    """How many entries along the axes of a component are neither drawn nor stood for by dots."""
    if callable(getattr(mob, "left_out", None)):
        behind = [set(np.asarray(indices).tolist()) for indices in mob.left_out()]
        return sum(len(missing - dots) for missing, dots in zip(_missing(mob), behind, strict=True))
    indices, size, dots = (getattr(mob, name, None) for name in ("indices", "size", "dots"))
    if isinstance(size, int) and isinstance(dots, Mobject) and indices is not None and len(indices) < size:
        return 0 if _visible(dots) else size - len(indices)
    return 0


def _missing(mob: Any) -> list[set[int]]:
    """For each axis the indices that have no place in the drawing, or else at which nothing is written."""
    axes: list[Any] = [getattr(mob, name, None) for name in ("rows", "columns")]
    values = np.asarray(mob.values(), dtype=float)
    if all(hasattr(axis, "shown") for axis in axes):
        return [set(range(n)) - set(axis.shown.tolist()) for n, axis in zip(values.shape, axes, strict=False)]
    written = [np.isfinite(values).any(axis=tuple(set(range(values.ndim)) - {a})) for a in range(values.ndim)]
    return [set(np.flatnonzero(~along).tolist()) for along in written]


def _visible(mob: Mobject) -> bool:
    drawn = [part for part in mob.get_family() if len(part.points)]
    return any(max(_alpha(part, "fill_rgbas"), _alpha(part, "stroke_rgbas")) >= VISIBLE for part in drawn)


def _alpha(mob: Any, rgbas: str) -> float:
    found = getattr(mob, rgbas, np.zeros((0, 4)))
    return float(found[:, 3].max(initial=0.0))
