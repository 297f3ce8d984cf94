"""Image mobjects composited within their own bounds: the same pixels as manim's, without copying the whole frame."""

from typing import Any

import numpy as np
from manim import Camera

stock = Camera.display_image_mobject
_STOCK_PARTS = {name: getattr(Camera, name) for name in ("overlay_PIL_image", "get_image")}


def display_image_mobject(camera: Camera, image: Any, pixels: np.ndarray) -> None:
    """Draw an image mobject as ``Camera.display_image_mobject`` does.

    Manim lays a picture as large as the frame over the frame. Outside the image's corners that picture is clear and
    changes nothing, so here it is only as large as they need. pixels: (height, width, 4) uint8.
    """
    corners = camera.points_to_subpixel_coords(image, image.points)  # (4, 2) x, y in pixels
    ordinary = all(getattr(type(camera), name) is method for name, method in _STOCK_PARTS.items())
    if not ordinary or corners.shape != (4, 2) or not np.isfinite(corners).all() or corners.min() < 0:
        stock(camera, image, pixels)  # below zero manim rounds to the other side, and bounds would change the result
        return
    left, top = corners.min(axis=0).astype(np.int64)
    right, bottom = corners.max(axis=0).astype(np.int64)
    box = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    if box.size:
        part: Any = _Part(camera, corners - (left, top), box.shape)  # exact: whole numbers are taken from larger ones
        stock(part, image, box)


class _Part:
    """A camera that sees a part of the frame only."""

    def __init__(self, camera: Camera, corners: np.ndarray, shape: tuple[int, ...]) -> None:
        self.camera, self.corners = camera, corners
        self.pixel_height, self.pixel_width = shape[:2]

    def points_to_subpixel_coords(self, mobject: Any, points: np.ndarray) -> np.ndarray:
        return self.corners

    def __getattr__(self, name: str) -> Any:
        return getattr(self.camera, name)
