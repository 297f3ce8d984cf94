"""Where texts stand and how large they are set: in the safe frame, apart from each other, large enough."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from render.check.paint import uncovered
from render.check.seen import Picture, Remark, Text
from scenes.theme import MARGIN, SMALL

TOUCHING = 0.01  # units that a text may reach beyond the margin
SHARE = 0.15  # of the smaller of two outlines that may lie under the other
SAME_PLACE = 0.02  # units; a copy that lies exactly on its original is seen as one text
ROUNDING = 0.02  # of the size; scaling by hand rarely ends on a round one


def off_frame(picture: Picture) -> Iterator[Remark]:
    """Texts that reach into the margin of the frame or beyond it."""
    width, height = picture.half
    safe = np.array([-width, -height, width, height]) + MARGIN * np.array([1, 1, -1, -1])
    for text in picture.readable:
        out = (safe - text.bounds) * (1, 1, -1, -1)  # left, bottom, right, top
        if out.max() > TOUCHING:
            side = ("left", "bottom", "right", "top")[int(out.argmax())]
            what = f"reaches {out.max():.2f} units beyond the safe frame at the {side}"
            yield Remark("off-frame", text.name, what, float(out.max()), text.key)


def over_text(picture: Picture) -> Iterator[Remark]:
    """Pairs of texts of which an outline of one lies over an outline of the other."""
    for one, other in combinations(picture.readable, 2):
        apart = (one.bounds[:2] >= other.bounds[2:]).any() or (other.bounds[:2] >= one.bounds[2:]).any()
        if apart or _is_copy(one, other):
            continue
        first, second = (text.boxes[uncovered(picture, text)] for text in (one, other))
        share = _shares(first, second)
        if share.max(initial=0.0) > SHARE:
            worst = float(share.max())
            what = f"lies over {other.name}: {worst:.0%} of a character is covered"
            yield Remark("text-over-text", one.name, what, worst, one.key, other.key, other.name)


def _is_copy(one: Text, other: Text) -> bool:
    return one.boxes.shape == other.boxes.shape and bool(np.abs(one.boxes - other.boxes).max() < SAME_PLACE)


def _shares(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Shared area over the smaller of two boxes, (n, m), boxes (n, 4) and (m, 4)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = (high - low).clip(0).prod(axis=2)  # (n, m)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return np.array(shared / np.maximum(np.minimum(areas[0][:, None], areas[1]), 1e-9))


def too_small(picture: Picture) -> Iterator[Remark]:
    """Texts at rest whose size as drawn is below the smallest of the theme."""
    for text in picture.readable if picture.rest else ():
        if 0 < text.size < SMALL * (1 - ROUNDING):
            what = f"is set in size {text.size:.1f}, below {SMALL}"
            yield Remark("too-small", text.name, what, SMALL - text.size, text.key)
