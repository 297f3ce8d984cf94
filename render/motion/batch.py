"""Straight interpolations of many mobjects at once: manim's ``VMobject.interpolate`` over one array of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Mobject, VMobject

ARRAYS = ("points", "fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "sheen_direction")
NUMBERS = ("stroke_width", "background_stroke_width", "sheen_factor")

Part = tuple[Any, ...]  # (mobject, start, end)


def fits(part: Part) -> bool:
    """True if a (mobject, start, end) is interpolated by manim's own code over equal shapes of plain numbers."""
    mob, start, end = part
    if not isinstance(mob, VMobject) or type(mob).interpolate is not Mobject.interpolate:
        return False
    if type(mob).interpolate_color is not VMobject.interpolate_color:
        return False
    for name in ARRAYS:
        a, b = getattr(start, name), getattr(end, name)
        if type(a) is not np.ndarray or type(b) is not np.ndarray or a.shape != b.shape:
            return False
        if a.dtype != np.float64 or b.dtype != np.float64:
            return False
    return all(type(getattr(m, name)) in (int, float, np.float64) for m in (start, end) for name in NUMBERS)


class Batch:
    """(mobject, start, end) parts as one array of numbers each, taken in once; parts must not share a mobject.

    ``alpha`` (parts,) float64 is set from outside; ``write`` brings every mobject to its part's alpha. Between
    ``bind`` and the animations' end the mobjects' arrays are views of one array.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.mobs = [mob for mob, _, _ in parts]
        self.alpha = np.zeros(len(parts))
        starts = [[getattr(start, name) for _, start, _ in parts] for name in ARRAYS]
        ends = [[getattr(end, name) for _, _, end in parts] for name in ARRAYS]
        self.shapes = [[a.shape for a in arrays] for arrays in starts]
        sizes = np.array([[a.size for a in arrays] for arrays in starts], dtype=np.intp).reshape(len(ARRAYS), -1)
        self.ends_at = np.cumsum(sizes.ravel()).reshape(sizes.shape)
        self.colours = int(sizes[0].sum())  # where points stop
        self.owner = np.repeat(np.tile(np.arange(len(parts)), len(ARRAYS)), sizes.ravel())  # (numbers,)
        self.start = _flat(starts)  # (numbers,)
        self.end = _flat(ends)  # (numbers,)
        self.state, self.half, self.each = (np.empty_like(self.start) for _ in range(3))
        self.start_numbers, self.end_numbers = (
            np.array([[getattr(part[k], name) for name in NUMBERS] for part in parts], dtype=float).reshape(-1, 3)
            for k in (1, 2)
        )
        self.numbers = np.full(self.start_numbers.shape, np.nan)  # as set last
        self.done: np.ndarray | None = None  # alpha as written last

    def bind(self) -> None:
        """Make the mobjects' arrays views of the batch, in their state at the present ``alpha``."""
        self.write()
        for name, shapes, ends in zip(ARRAYS, self.shapes, self.ends_at.tolist(), strict=True):
            for mob, shape, end in zip(self.mobs, shapes, ends, strict=True):
                rows, columns = shape if len(shape) == 2 else (1, shape[0])
                setattr(mob, name, self.state[end - rows * columns : end].reshape(shape))

    def write(self) -> None:
        """Interpolate: (1 - alpha) start + alpha end, in manim's order of operations and so to the same bits."""
        if self.done is not None and np.array_equal(self.alpha, self.done):
            return
        self.done = self.alpha.copy()
        even = len(self.alpha) > 0 and bool((self.alpha == self.alpha[0]).all())
        alpha: Any = self.alpha[0] if even else np.take(self.alpha, self.owner, out=self.each)
        np.multiply(self.start, 1 - alpha if even else np.subtract(1, alpha, out=self.half), out=self.state)
        np.add(self.state, np.multiply(self.end, alpha, out=self.half), out=self.state)
        full = self.alpha == 1
        if full.any():  # there manim takes everything but the points from the end itself
            tail = slice(self.colours, None)
            np.copyto(self.state[tail], self.end[tail], where=full[self.owner[tail]])
        self._write_numbers(full)

    def renew(self) -> None:
        """Bring every mobject to its part's alpha in arrays of its own, whatever was done to it or kept of it."""
        self.state, self.done = np.empty_like(self.state), None
        self.numbers.fill(np.nan)
        self.bind()

    def _write_numbers(self, full: np.ndarray) -> None:
        alpha = self.alpha[:, None]  # (parts, 1)
        new = (1 - alpha) * self.start_numbers + alpha * self.end_numbers  # (parts, 3)
        new[full] = self.end_numbers[full]
        rows, columns = np.nonzero(new.view(np.int64) != self.numbers.view(np.int64))
        for row, column, value in zip(rows.tolist(), columns.tolist(), list(new[rows, columns]), strict=True):
            setattr(self.mobs[row], NUMBERS[column], value)
        self.numbers = new


def _flat(arrays: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    parts = [a.ravel() for group in arrays for a in group]
    return np.concatenate(parts) if parts else np.zeros(0)
