"""The animation that every component shares: its numbers move from those drawn now to others."""

from typing import Any, Protocol

import numpy as np
from manim import Animation


class Drawn(Protocol):
    """A mobject that gives back the numbers it draws, and draws others."""

    def values(self) -> np.ndarray:
        """The numbers drawn now."""

    def set_values(self, values: np.ndarray) -> Any:
        """Draw other numbers of the same shape at once."""


class Change(Animation):
    """At each instant the component draws (1 - a) start + a target, where a is the eased time.

    ``start`` is read back from what is drawn when the animation begins.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, component: Drawn, target: np.ndarray, **kwargs: Any) -> None:
        self.component, self.target = component, np.array(target, dtype=float)
        super().__init__(component, **kwargs)  # type: ignore[arg-type]  # a mobject that is also Drawn

    def begin(self) -> None:
        self.start = np.array(self.component.values(), dtype=float)
        if self.start.shape != self.target.shape:
            raise ValueError(f"The change is to an array {self.target.shape}, but {self.start.shape} is drawn.")
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.component.set_values((1 - share) * self.start + share * self.target)
