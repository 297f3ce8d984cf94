"""Where gradients begin and end, for many mobjects at once, in the very float operations of manim's methods."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import VMobject

from render.pixels.order import GRADIENT, is_axis_gradient


def gradient_ends(vmobjects: Sequence[VMobject]) -> np.ndarray:
    """``get_gradient_start_and_end_points`` of each mobject: (k, 2, 3) float64, units."""
    ends = np.empty((len(vmobjects), 2, 3))
    of_axes: dict[tuple[int, ...], Any] = {}
    simple = []
    for i, vmobject in enumerate(vmobjects):
        own = vars(vmobject).get(GRADIENT)
        if own is not None and is_axis_gradient(own):
            ends[i] = _of_axis(own, of_axes)
        elif own is not None or not (vmobject.shade_in_3d or is_simple(vmobject)):
            ends[i] = vmobject.get_gradient_start_and_end_points()
        elif vmobject.shade_in_3d:
            points = vmobject.points
            ends[i] = points[0], points[(len(points) - 1) // 6 * 3]
        else:
            simple.append(i)
    if simple:
        low, high = boxes([vmobjects[i].points for i in simple])
        centre = (low + high) / 2  # (k, 3)
        reach = (high - centre) * np.array([vmobjects[i].sheen_direction for i in simple], dtype=np.float64)
        ends[simple] = np.stack([centre - reach, centre + reach], axis=1)
    return ends


def _of_axis(function: Callable[[], Any], known: dict[tuple[int, ...], Any]) -> Any:
    """The value of a function that manim gives to each piece of an axis, computed once for the whole axis."""
    key = tuple(id(cell.cell_contents) for cell in function.__closure__ or ())
    if key not in known:
        known[key] = function()
    return known[key]


def is_simple(vmobject: VMobject) -> bool:
    """Whether a mobject's box is that of its own whole curves alone."""
    points = vmobject.points
    return (
        not vmobject.submobjects
        and vmobject.dim == 3
        and vmobject.n_points_per_cubic_curve == 4
        and points.dtype == np.float64
        and len(points) % 4 == 0 < len(points)
    )


def boxes(parts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest coordinates (k, 3) of the anchors of each part (4 c, 3), c >= 1 whole curves."""
    curves = np.concatenate(parts).reshape(-1, 4, 3)
    counts = np.array(list(map(len, parts))) // 4
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    begin, end = curves[:, 0], curves[:, 3]  # (curves, 3)
    low = np.minimum.reduceat(np.minimum(begin, end), first, axis=0)
    return low, np.maximum.reduceat(np.maximum(begin, end), first, axis=0)
