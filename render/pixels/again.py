"""Frames that look like the frame before: recognised by their display lists, then copied instead of drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from manim import Camera

from render.pixels.display_list import DisplayList

MOST = 99  # numbers to remember where nobody asks


@dataclass
class _Picture:
    """What a camera drew last. before, after: its pixels (height, width, 4), kept from the second equal frame on."""

    shown: DisplayList
    matrix: np.ndarray
    before: np.ndarray | None = None
    after: np.ndarray | None = None
    number: int = 0


class Again:
    """Draws pictures, and numbers them so that equal numbers mean equal pixels."""

    def __init__(self) -> None:
        self._pictures: WeakKeyDictionary[Camera, _Picture] = WeakKeyDictionary()
        self._number = 0  # of the newest picture
        self._captured: list[int] = []  # numbers since ``changed`` was asked; several where cameras see cameras
        self._asked: list[int] = []

    def forget(self) -> None:
        """Take every picture from now on as new."""
        self._pictures.clear()
        self._capture(self._new_number())

    def new_picture(self, camera: Camera) -> None:
        """A camera is about to draw what cannot be compared."""
        self._pictures.pop(camera, None)
        self._capture(self._new_number())

    def changed(self) -> bool:
        """Whether other pictures were captured since this was asked than between the two times before."""
        same = self._captured == self._asked
        self._captured, self._asked = [], self._captured
        return not same

    def draw(self, rasterise: Callable[..., None], camera: Camera, matrix: np.ndarray, shown: DisplayList) -> None:
        """Draw a display list, or copy the pixels that it and the same background made before."""
        pixels, last = camera.pixel_array, self._pictures.get(camera)
        alike = last is not None and _equal((last.matrix, *last.shown), (matrix, *shown))
        if alike and last is not None and last.after is not None and _same_pixels(last.before, pixels):
            np.copyto(pixels, last.after)
            self._capture(last.number)
            return
        picture = _Picture(shown, matrix, before=pixels.copy() if alike else None)
        rasterise(pixels, matrix, *shown)
        if alike:
            picture.after = pixels.copy()
        picture.number = self._new_number()
        self._capture(picture.number)
        self._pictures[camera] = picture

    def _capture(self, number: int) -> None:
        self._captured = [*self._captured[-MOST:], number]

    def _new_number(self) -> int:
        self._number += 1
        return self._number


def _equal(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> bool:
    return all(a.shape == b.shape and np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _same_pixels(one: np.ndarray | None, other: np.ndarray) -> bool:
    return one is not None and one.shape == other.shape and np.array_equal(one.view(np.uint32), other.view(np.uint32))
