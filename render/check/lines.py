"""Texts that a line or an edge runs through, without a backing that keeps it away."""

from collections.abc import Iterator

import numpy as np

from render.check.paint import backing, over, uncovered
from render.check.seen import Picture, Remark, Shape, Text, chords_of
from scenes.kit.contrast import contrast

SEEN = 1.15  # contrast with the background below which a line is not noticed
INSET = 0.02  # units at each side of an outline's box that a line may touch


def over_lines(picture: Picture) -> Iterator[Remark]:
    """Texts with an outline that a stroke or the border of a filled shape crosses; each with the worst shape."""
    for text in picture.readable:
        under, seen = backing(picture, text), uncovered(picture, text)
        crossed: dict[str, np.ndarray] = {}
        for shape, outlines in picture.near(text.bounds):
            reach = _reach(shape, picture)
            if reach is None:
                continue
            open_to_it = seen & (under <= shape.order)  # (n,)
            hit = open_to_it & _crossed(chords_of(shape, outlines), _inset(text, reach))
            if hit.any():
                crossed[shape.name] = crossed.get(shape.name, False) | hit
        if crossed:
            worst = max(crossed, key=lambda name: int(crossed[name].sum()))
            count = int(crossed[worst].sum())
            what = f"is crossed by {worst} in {count} of {len(text.boxes)} characters, without a backing"
            parts = frozenset(np.flatnonzero(crossed[worst]).tolist())
            yield Remark("text-over-line", text.name, what, count, text.key, about=worst, parts=parts)


def _reach(shape: Shape, picture: Picture) -> float | None:
    """How far from its outlines a shape is seen to draw a line, units; None where it draws none."""
    ground = np.array([picture.background])
    for colour, reach in ((shape.stroke, shape.width / 2), (shape.fill, 0.0)):
        drawn = over(np.array([colour]), ground)
        if (colour is shape.fill or shape.width > 0) and contrast(drawn, ground)[0] > SEEN:
            return reach
    return None


def _inset(text: Text, reach: float) -> np.ndarray:
    """The boxes of a text, made smaller by what may be touched and larger by half of a line's width."""
    half = (text.boxes[:, 2:] - text.boxes[:, :2]) / 2  # (n, 2)
    inset = np.minimum(INSET - reach, 0.6 * half)
    return np.concatenate([text.boxes[:, :2] + inset, text.boxes[:, 2:] - inset], axis=1)


def _crossed(chords: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether any of the chords (m, 2, 2) runs through each of the boxes (n, 4), (n,)."""
    start, along = chords[:, None, 0], (chords[:, 1] - chords[:, 0])[:, None]  # (m, 1, 2)
    still = np.abs(along) < 1e-9
    safe = np.where(still, 1.0, along)
    near, far = (boxes[None, :, :2] - start) / safe, (boxes[None, :, 2:] - start) / safe  # (m, n, 2) shares of a chord
    between = (start > boxes[None, :, :2]) & (start < boxes[None, :, 2:])
    enter = np.where(still, np.where(between, -np.inf, np.inf), np.minimum(near, far)).max(axis=2)  # (m, n)
    leave = np.where(still, np.where(between, np.inf, -np.inf), np.maximum(near, far)).min(axis=2)
    return np.array((np.maximum(enter, 0) < np.minimum(leave, 1)).any(axis=0))
