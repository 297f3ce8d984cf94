"""The rectangle of a plane of data in the scene: from coordinates to local units and back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DataBox:
    """Data from x[0] to x[1] and y[0] to y[1] in a rectangle ``width`` by ``height`` units around the origin."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: float
    height: float

    def __post_init__(self) -> None:
        ranges = np.array([self.x, self.y], dtype=float)
        if not (np.isfinite(ranges).all() and (ranges[:, 0] < ranges[:, 1]).all()):
            raise ValueError(f"A range rises from a finite number to another, got x {self.x} and y {self.y}.")
        if not (0 < self.width < np.inf and 0 < self.height < np.inf):
            raise ValueError(f"A plane is larger than zero both ways, got {self.width:g} by {self.height:g} units.")

    def on(self, place: Callable[[float, float], np.ndarray]) -> "DataBox":
        """The same ranges as large as a plot draws them, whose ``place`` says where data (x, y) are in the scene."""
        low, high = (np.asarray(place(self.x[side], self.y[side])) for side in (0, 1))
        return DataBox(self.x, self.y, float(high[0] - low[0]), float(high[1] - low[1]))

    @property
    def scale(self) -> np.ndarray:
        """Units for each step of one in x and in y, (2,)."""
        return np.array([self.width / (self.x[1] - self.x[0]), self.height / (self.y[1] - self.y[0])])

    @property
    def middle(self) -> np.ndarray:
        """The data in the middle, (2,)."""
        return np.array([self.x[0] + self.x[1], self.y[0] + self.y[1]]) / 2

    def units(self, data: np.ndarray) -> np.ndarray:
        """Local places (..., 3) of data (..., 2)."""
        flat = (np.asarray(data, dtype=float) - self.middle) * self.scale
        return np.concatenate([flat, np.zeros((*flat.shape[:-1], 1))], axis=-1)

    def data(self, units: np.ndarray) -> np.ndarray:
        """Data (..., 2) of local places (..., 3)."""
        return np.array(units[..., :2] / self.scale + self.middle)
