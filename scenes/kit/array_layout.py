"""Where the entries of a partly shown array stand, and where the dots stand for those that are left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenes.kit.shapes import circles

MOST = 8  # entries of an axis that are shown without dots
FIRST, LAST = 5, 1  # shown of a longer one
DOT = 0.053  # em, the radius of the font's own full stop
DOTS_STEP = 0.32  # em between two dots


def ends(size: int, first: int = FIRST, last: int = LAST) -> np.ndarray:
    """The first and last indices of an axis, all of them where these meet, (k,)."""
    if size <= first + last:
        return np.arange(size)
    return np.concatenate([np.arange(first), np.arange(size - last, size)])


@dataclass(frozen=True)
class Axis:
    """One axis of an array: which indices are shown, where each stands, and where dots stand for which others."""

    size: int
    shown: np.ndarray  # (k,) ascending
    at: np.ndarray  # (k,) middle of each entry, from the middle of the axis
    dots: np.ndarray  # (d,) middle of each group of dots
    behind: tuple[np.ndarray, ...]  # the indices that each group of dots stands for
    length: float

    def find(self, index: int, what: str) -> int:
        """Place of an index among those shown. Raises: ValueError if it is left out."""
        found = np.flatnonzero(self.shown == index)
        if not len(found):
            raise ValueError(f"The array shows the {what} {', '.join(map(str, self.shown))}, not {index}.")
        return int(found[0])


def choose(size: int, shown: Sequence[int] | np.ndarray | None) -> np.ndarray:
    """The given indices, or without them all of a short axis and the ends of a long one, (k,).

    Raises: ValueError if they are not ascending and within the axis.
    """
    if shown is None:
        return np.arange(size) if size <= MOST else ends(size)
    indices = np.asarray(shown, dtype=int)
    if indices.ndim != 1 or not len(indices) or indices[0] < 0 or indices[-1] >= size or (np.diff(indices) < 1).any():
        raise ValueError(f"Shown indices are ascending within 0 to {size - 1}, got {indices.tolist()}.")
    return indices


def lay_out(size: int, shown: Sequence[int] | np.ndarray | None, entry: float, dots: float, space: float) -> Axis:
    """Entries ``entry`` long and groups of dots ``dots`` long, with ``space`` between, in units."""
    indices = choose(size, shown)
    at, gaps, behind, end, before = [], [], [], -space, -1
    for index in [*indices.tolist(), size]:
        if index - before > 1:
            gaps.append(end + space + dots / 2)
            behind.append(np.arange(before + 1, index))
            end += space + dots
        if index < size:
            at.append(end + space + entry / 2)
            end += space + entry
        before = index
    return Axis(size, indices, np.array(at) - end / 2, np.array(gaps) - end / 2, tuple(behind), end)


def dot_places(rows: Axis, columns: Axis) -> np.ndarray:
    """Middle and direction of each group of three dots, (n, 2, 3), in units: first under the rows, then beside them.

    Dots for rows run downwards, those for columns to the right, those for both along the diagonal.
    """
    places: list[tuple[tuple[float, float, float], tuple[float, float, float]]] = []
    for y in rows.dots:
        places += [((x, -y, 0), (0, -1, 0)) for x in columns.at]
        places += [((x, -y, 0), (0.75, -0.75, 0)) for x in columns.dots]
    for y in rows.at:
        places += [((x, -y, 0), (1, 0, 0)) for x in columns.dots]
    return np.array(places, dtype=float).reshape(-1, 2, 3)


def dots(rows: Axis, columns: Axis, em: float) -> np.ndarray:
    """Outlines of all dots, (3 n, 16, 3), three for each place."""
    places = dot_places(rows, columns)  # (n, 2, 3)
    steps = np.array([-1, 0, 1])[:, None] * DOTS_STEP * em  # (3, 1)
    centres = (places[:, None, 0] + steps * places[:, None, 1]).reshape(-1, 3)  # (3 n, 3)
    return circles(centres, np.full(len(centres), DOT * em))


def left_out(centres: np.ndarray, rows: Axis, columns: Axis, em: float) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the rows and of the columns that drawn dots (n, 3) stand for.

    A group counts when all its threes are there, to 0.05 em.
    """
    expected = dots(rows, columns, em).reshape(-1, 3, 16, 3)
    middles = (expected[:, :, 0] + expected[:, :, 8]) / 2  # (n, 3, 3): place, dot, x y z
    apart = np.abs(middles[:, :, None] - centres).max(axis=-1, initial=0)  # (n, 3, drawn)
    whole = (apart < 0.05 * em).any(axis=-1).all(axis=-1)  # (n,)
    across = len(columns.at) + len(columns.dots)
    below = whole[: len(rows.dots) * across].reshape(len(rows.dots), across).all(axis=1)
    beside = whole[len(rows.dots) * across :].reshape(len(rows.at), len(columns.dots)).all(axis=0)
    return _gather(rows.behind, below), _gather(columns.behind, beside)


def _gather(behind: tuple[np.ndarray, ...], found: np.ndarray) -> np.ndarray:
    groups = [indices for indices, there in zip(behind, found, strict=True) if there]
    return np.concatenate([np.zeros(0, dtype=int), *groups])
