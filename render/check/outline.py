"""A mobject's cubic curves as what the lint looks at: a box for each closed outline, and chords along it."""

from dataclasses import dataclass

import numpy as np

from render.check.seen import NO_BOXES

PIECES = 6  # chords for a bent cubic curve: the arc of a quarter circle is then off by 0.2 % of its radius
BENT = 1e-3  # of a chord that a handle may lie aside
JOINED = 1e-4  # units; curves that meet closer than this belong to one outline


@dataclass(frozen=True, eq=False)
class Outlines:
    """n outlines: boxes (n, 4), index of each one's first chord (n,), and chords (m, 2, 2)."""

    boxes: np.ndarray
    first: np.ndarray
    chords: np.ndarray


NOTHING = Outlines(NO_BOXES, np.zeros(0, dtype=int), np.zeros((0, 2, 2)))


def box_of(points: np.ndarray) -> np.ndarray:
    """Box around all points (k, 2), (1, 4), or none."""
    if not len(points):
        return NO_BOXES
    return np.concatenate([points.min(axis=0), points.max(axis=0)])[None]


def boxes_of(points: np.ndarray) -> np.ndarray:
    """Box of each outline of cubic points (4k, 2) but for holes, (n, 4): what lies within one of its neighbours."""
    if len(points) < 4:
        return NO_BOXES
    starts = 4 * _starts(points.reshape(-1, 4, 2))
    boxes = np.concatenate([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)], axis=1)
    hole = np.zeros(len(boxes), dtype=bool)
    for away in (1, 2):  # an eight has two holes
        hole[away:] |= _within(boxes[away:], boxes[:-away])
        hole[:-away] |= _within(boxes[:-away], boxes[away:])
    return np.array(boxes[~hole])


def _within(inner: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Whether boxes lie within others and are smaller, (n,)."""
    inside = (inner[:, :2] >= outer[:, :2]).all(axis=1) & (inner[:, 2:] <= outer[:, 2:]).all(axis=1)
    return np.array(inside & (inner != outer).any(axis=1))


def outlines(points: np.ndarray, filled: bool) -> Outlines:
    """The outlines of cubic points (4k, 2); where they are filled, each ends where it begins."""
    if len(points) < 4:
        return NOTHING
    curves = points.reshape(-1, 4, 2)  # (k, 4, 2)
    starts = _starts(curves)
    if filled:
        curves, starts = _closed(curves, starts)
    bent = _bent(curves)  # (k,)
    counts = np.where(bent, PIECES, 1)
    first = np.cumsum(counts) - counts  # (k,) first chord of each curve
    chords = np.empty((int(counts.sum()), 2, 2))
    chords[first[~bent]] = curves[~bent][:, [0, 3]]
    along = _along(curves[bent])  # (b, PIECES + 1, 2)
    for piece in range(PIECES):
        chords[first[bent] + piece] = along[:, piece : piece + 2]
    flat = curves.reshape(-1, 2)
    low, high = np.minimum.reduceat(flat, 4 * starts), np.maximum.reduceat(flat, 4 * starts)
    return Outlines(np.concatenate([low, high], axis=1), first[starts], chords)


def _starts(curves: np.ndarray) -> np.ndarray:
    """Index of the first curve of each outline, (n,)."""
    apart = np.abs(curves[1:, 0] - curves[:-1, 3]).max(axis=1) > JOINED
    return np.concatenate([[0], 1 + np.flatnonzero(apart)])


def _closed(curves: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same outlines with a straight curve added to each that does not end where it begins."""
    ends = np.append(starts[1:], len(curves)) - 1
    gaps = np.abs(curves[ends, 3] - curves[starts, 0]).max(axis=1) > JOINED  # (n,)
    if not gaps.any():
        return curves, starts
    shares = np.array([0, 1 / 3, 2 / 3, 1])[:, None]
    last, home = curves[ends[gaps], 3][:, None], curves[starts[gaps], 0][:, None]
    closed = np.insert(curves, ends[gaps] + 1, last + shares * (home - last), axis=0)
    return closed, starts + np.concatenate([[0], np.cumsum(gaps)[:-1]])


def _bent(curves: np.ndarray) -> np.ndarray:
    along = curves[:, 3] - curves[:, 0]  # (k, 2)
    aside = [
        np.abs(along[:, 0] * h[:, 1] - along[:, 1] * h[:, 0]) for h in (curves[:, i] - curves[:, 0] for i in (1, 2))
    ]
    return np.maximum(*aside) > BENT * np.maximum((along**2).sum(axis=1), JOINED**2)


def _along(curves: np.ndarray) -> np.ndarray:
    """Places at equal times along cubic curves (b, 4, 2), (b, PIECES + 1, 2)."""
    t = np.linspace(0, 1, PIECES + 1)[None, :, None]
    a, b, c, d = (curves[:, None, i] for i in range(4))
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
