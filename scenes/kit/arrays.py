"""What every component checks about the arrays that it is given."""

import numpy as np


def finite(
    what: str, values: object, ndim: int, low: float = -np.inf, high: float = np.inf, empty: bool = False
) -> np.ndarray:
    """The values as float64 with ``ndim`` axes, all finite and within [low, high]; ``what`` begins the error.

    Raises: ValueError in one sentence: another count of axes, no number at all unless ``empty``, a number that is not
    finite, or one out of range, with its place.
    """
    array = np.array(values, dtype=float)
    if array.ndim != ndim:
        raise ValueError(f"{what} draws an array with {ndim} axes, found the shape {array.shape}.")
    if not array.size and not empty:
        raise ValueError(f"{what} has nothing to draw: the array has the shape {array.shape}.")
    for wrong, why in (
        (~np.isfinite(array), "only finite numbers are drawn"),
        ((array < low) | (array > high), f"expected {low:g} to {high:g}"),
    ):
        if wrong.any():
            place = tuple(int(i) for i in np.argwhere(wrong)[0])
            at = f" at {place if len(place) > 1 else place[0]}" if place else ""
            raise ValueError(f"{what} cannot draw {array[place]:g}{at}: {why}.")
    return array


def largest(values: np.ndarray) -> float:
    """The largest absolute value, 1 where all are zero: what sizes are measured against."""
    return float(np.abs(values).max(initial=0)) or 1.0
