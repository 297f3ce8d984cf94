"""Curved bands of exact width as outlines for batched shapes, and pieces of them for flashes."""

import numpy as np

THIRDS = np.array([0, 1 / 3, 2 / 3, 1])


def arches(starts: np.ndarray, ends: np.ndarray, heights: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of bands that rise from starts and come down on ends, (n, 3) each; heights of their middles.

    Widths (n,) are exact at both ends and at the top.
    """
    half = np.asarray(widths)[:, None] / 2 * np.array([1.0, 0, 0])  # (n, 3)
    outward = np.where(ends[:, 0] >= starts[:, 0], 0.5, -0.5) * widths  # of the left side, as seen on the way
    top = np.zeros_like(half)  # (n, 3)
    sides = []
    for sign in (1, -1):  # the left side, then the right one
        top[:, 1] = 4 / 3 * (heights + sign * outward)
        a, b = starts - sign * half, ends + sign * half
        sides.append(np.stack([a, a + top, b + top, b], axis=1))  # (n, 4, 3)
    return bands(*sides)


def bends(starts: np.ndarray, ends: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of bands that leave and arrive upright, from one line of a text to another.

    Widths (n,) are exact at both ends and in the middle.
    """
    half = np.asarray(widths)[:, None] / 2  # (n, 1)
    way = ends - starts
    halfway = way * np.array([0, 0.5, 0])
    middle = np.stack([starts, starts + halfway, ends - halfway, ends], axis=1)  # (n, 4, 3)
    end = np.array([1.0, 0, 0]) * np.where(way[:, 1] < 0, 1, -1)[:, None]  # to the left, at both ends
    centre = np.stack([-way[:, 1], 2 * way[:, 0], np.zeros(len(way))], axis=1)  # to the left, in the middle
    centre /= np.maximum(np.linalg.norm(centre, axis=1, keepdims=True), 1e-12)
    left = half * end, half * (4 * centre - end) / 3
    side = np.stack([left[0], left[1], left[1], left[0]], axis=1)  # (n, 4, 3)
    return bands(middle + side, middle - side)


def bands(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) between two cubic curves (n, 4, 3) each, on the left and on the right of the way along."""
    begin = left[:, :1] + (right[:, :1] - left[:, :1]) * THIRDS[:, None]  # (n, 4, 3)
    finish = right[:, 3:] + (left[:, 3:] - right[:, 3:]) * THIRDS[:, None]
    return np.concatenate([begin, right, finish, left[:, ::-1]], axis=1)


def pieces(outlines: np.ndarray, low: float, high: float) -> np.ndarray:
    """The part of each band between two shares of its way, (n, 16, 3)."""
    return bands(part_of(outlines[:, :11:-1], low, high), part_of(outlines[:, 4:8], low, high))


def part_of(curve: np.ndarray, low: float, high: float) -> np.ndarray:
    """Control points (n, 4, 3) of the piece of each cubic between two parameters: its blossom at both."""
    found = []
    for blossom in ((low, low, low), (low, low, high), (low, high, high), (high, high, high)):
        points = curve
        for share in blossom:
            points = points[:, :-1] + (points[:, 1:] - points[:, :-1]) * share
        found.append(points[:, 0])
    return np.stack(found, axis=1)
