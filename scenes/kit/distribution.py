"""A distribution as bars whose sum is checked, and the softmax of displayed logits that follows a temperature."""

import numpy as np
from manim import ValueTracker

from scenes.kit.arrays import finite
from scenes.kit.bar_chart import BarChart

SUM_TOLERANCE = 1e-4  # of probabilities stored in float32


class Distribution(BarChart):
    """Probabilities (n,) as bars; they are checked to be none below 0 and to sum to 1 within 1e-4."""

    def checked(self, values: np.ndarray) -> np.ndarray:
        """The probabilities as float64, (n,), or a ValueError that says why they are none."""
        array = finite("A distribution", values, 1, low=0, high=1 + SUM_TOLERANCE)
        if abs(array.sum() - 1) > SUM_TOLERANCE:
            raise ValueError(f"A distribution must sum to 1, found the sum {array.sum():.6g}.")
        return array

    def follow(self, logits: BarChart, temperature: ValueTracker) -> "Distribution":
        """From now on draw, in each frame, the softmax of the logits that another chart draws then, / temperature."""
        return self.add_updater(lambda chart: chart.set_values(softmax(logits.values(), temperature.get_value())))


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """exp(x / T) / sum of exp(x / T), (n,); at temperature 0 the largest ones share 1.

    Raises: ValueError for a temperature below 0.
    """
    if temperature < 0 or not np.isfinite(temperature):
        raise ValueError(f"A temperature is at least 0, found {temperature:g}.")
    shifted = logits - np.max(logits)
    powers = (shifted == 0).astype(float) if temperature == 0 else np.exp(shifted / temperature)
    return np.array(powers / powers.sum())
