"""Between losses over two directions and places in the box that a LossSurface fills."""

from dataclasses import dataclass

import numpy as np

SIDES = np.array([5.8, 4.2])  # units along x and y
RISE = 2.5  # units from the lowest to the highest loss
DROP = 0.6  # units from the lowest loss to the floor
BOTTOM = -(RISE + DROP) / 2  # height of the floor, units
MOST_TICKS = 5
NICE = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scales:
    """x and y (rising) fill the sides of the box each; losses, or their logarithms, its height between ``limits``."""

    x: np.ndarray
    y: np.ndarray
    limits: tuple[float, float]
    log: bool

    def shares(self, loss: np.ndarray) -> np.ndarray:
        """Losses as shares of the way between the limits."""
        low, high = np.log(self.limits) if self.log else self.limits
        return np.array(((np.log(loss) if self.log else loss) - low) / ((high - low) or 1.0))

    def up(self, loss: np.ndarray) -> np.ndarray:
        """Heights of losses, units."""
        return (self.shares(loss) - 0.5) * RISE + DROP / 2

    def loss(self, up: np.ndarray) -> np.ndarray:
        """Losses of heights."""
        low, high = np.log(self.limits) if self.log else self.limits
        found = ((up - DROP / 2) / RISE + 0.5) * ((high - low) or 1.0) + low
        return np.array(np.exp(found) if self.log else found)

    def across(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of x and y in units from the middle."""
        low, high = self._ends()
        return np.array(((points - low) / (high - low) - 0.5) * SIDES)

    def points(self, across: np.ndarray) -> np.ndarray:
        """x and y (..., 2) of places in units from the middle."""
        low, high = self._ends()
        return np.array((across / SIDES + 0.5) * (high - low) + low)

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """x (columns,) and y (rows,) of the grid in units."""
        return self.across(np.stack([self.x] * 2, 1))[:, 0], self.across(np.stack([self.y] * 2, 1))[:, 1]

    def ticks(self) -> np.ndarray:
        """At most MOST_TICKS round losses between the limits, powers of ten with ``log``; or else the limits."""
        low, high = self.limits
        if self.log:
            powers = 10.0 ** np.arange(np.ceil(np.log10(low) - 1e-9), np.floor(np.log10(high) + 1e-9) + 1)
            found = powers[:: max(1, -(-len(powers) // MOST_TICKS))]
        else:
            rough = (high - low) / (MOST_TICKS - 1) or 1.0
            size = 10 ** np.floor(np.log10(rough))
            step = size * next(nice for nice in NICE if nice * size >= rough * (1 - 1e-9))
            found = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1) * step
        return found if len(found) else np.array(self.limits)

    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array([self.x[0], self.y[0]]), np.array([self.x[-1], self.y[-1]])


def decimals_of(ticks: np.ndarray) -> int:
    """How many decimals tell these round numbers apart, at most 6."""
    return next((n for n in range(6) if np.allclose(np.round(ticks, n), ticks, rtol=1e-6, atol=0)), 6)
