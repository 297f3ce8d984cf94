"""What colour is really there: what was drawn under a place, or over it."""

from collections.abc import Iterator

import numpy as np

from render.check.seen import Image, Picture, Shape, Text, chords_of, meet

OPAQUE = 0.75  # alpha from which a shape hides what is under it
FAINT = 0.02  # alpha below which nothing is seen
LEVEL = 3.7e-7  # units that places are lifted: level with a corner, rounding would decide which chords they meet


def inside(chords: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Whether closed outlines (m, 2, 2) wind around places (k, 2), (k,), by the rule of nonzero winding."""
    (x0, y0), (x1, y1) = chords[:, 0].T[..., None], chords[:, 1].T[..., None]  # each (m, 1)
    x, y = places.T + [[0], [LEVEL]]  # (k,)
    up, down = (y0 <= y) & (y1 > y), (y1 <= y) & (y0 > y)  # (m, k)
    left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)  # positive where the place lies left of the chord
    return np.array(((up & (left > 0)).sum(axis=0) - (down & (left < 0)).sum(axis=0)) != 0)


def centres(boxes: np.ndarray) -> np.ndarray:
    """Middle of each box, (n, 2)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def painted(picture: Picture, bounds: np.ndarray, boxes: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """What is filled at the middle of boxes (n, 4), all within bounds (4,), in drawing order: (order, RGBA (n, 4)).

    A shape counts where it covers the middle of a box, an image with the mean of its pixels under the box.
    """
    layers: list[tuple[int, Shape | Image, np.ndarray]] = [
        (shape.order, shape, outlines) for shape, outlines in picture.near(bounds) if shape.fill[3] > FAINT
    ]
    layers += [(i.order, i, np.zeros(0, dtype=int)) for i in picture.images if meet(i.box[None], bounds)[0]]
    places = centres(boxes)
    for order, layer, outlines in sorted(layers, key=lambda found: found[0]):
        if isinstance(layer, Image):
            yield order, layer.mean(boxes)
        else:
            covered = inside(chords_of(layer, outlines), places)
            yield order, np.where(covered[:, None], layer.fill, 0.0)


def behind(picture: Picture, text: Text) -> np.ndarray:
    """The colour that each outline of a text is drawn on, (n, 3): where it has a rim, that of the rim."""
    colours = np.tile(np.array(picture.background, dtype=float), (len(text.boxes), 1))  # (n, 3)
    for order, layer in painted(picture, text.bounds, text.boxes):
        if order < text.order:
            colours = over(layer, colours)
    return over(text.rims, colours)


def over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Colours with alpha (n, 4) painted on colours (n, 3)."""
    alpha = above[:, 3:]
    return above[:, :3] * alpha + below * (1 - alpha)


def uncovered(picture: Picture, text: Text) -> np.ndarray:
    """Whether each outline of a text is seen: visible itself, and under nothing that hides it, (n,)."""
    seen = text.inks[:, 3] > FAINT
    for order, layer in painted(picture, text.bounds, text.boxes):
        if order > text.order:
            seen &= layer[:, 3] < OPAQUE
    return seen


def backing(picture: Picture, text: Text) -> np.ndarray:
    """Drawing order of the last thing under each outline of a text that hides what came before, -1 if none, (n,)."""
    last = np.full(len(text.boxes), -1)
    for order, layer in painted(picture, text.bounds, text.boxes):
        if order < text.order:
            last[layer[:, 3] >= OPAQUE] = order
    return np.where(text.rims[:, 3] >= OPAQUE, text.order, last)
