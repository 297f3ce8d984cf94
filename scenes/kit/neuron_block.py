"""A layer's neurons as rows of circles: each filled by how often it answers, those that never do greyed."""

from typing import Any

import numpy as np
from manim import Circle, ManimColor, VGroup

from scenes.kit.arrays import finite
from scenes.kit.change import Change
from scenes.kit.layer import window
from scenes.theme import DIM, HAIRLINE, INK, LINE

SEEN = 0.12  # opacity of a neuron that answers hardly ever; the fill grows from there


class NeuronBlock(VGroup):
    """Neurons in rows of ``columns``, each filled by a share in [0, 1]; those at exactly 0 are dead: empty and grey.

    Of more than 16 neurons the first and the last eight are drawn. ``values()`` decodes the shares of those drawn from
    fills and outlines, exact to 1e-9.
    """

    def __init__(self, shares: np.ndarray, side: float = 2.2, columns: int = 4) -> None:
        given = finite("A block of neurons", shares, 1, 0, 1)
        self.size, self.indices = len(given), window(len(given))
        step = side / columns
        self.neurons = VGroup(*(Circle(0.34 * step, stroke_width=LINE * 0.7, fill_color=INK) for _ in self.indices))
        for place, neuron in enumerate(self.neurons):
            row, column = divmod(place, columns)
            neuron.move_to((step * column, -step * row, 0))
        super().__init__(self.neurons)
        self.set_values(given)
        self.center()

    def set_values(self, shares: np.ndarray) -> "NeuronBlock":
        """Fill each neuron at once, from the shares of the whole layer or of the drawn neurons."""
        given = finite("A block of neurons", shares, 1, 0, 1)
        if len(given) not in (self.size, len(self.indices)):
            raise ValueError(f"A block of {self.size} neurons got {len(given)} shares.")
        drawn = given if len(given) == len(self.indices) else given[self.indices]
        for neuron, share in zip(self.neurons, drawn, strict=True):
            neuron.set_fill(INK, opacity=SEEN + (1 - SEEN) * share if share > 0 else 0.0)
            neuron.set_stroke(*((INK, LINE * 0.7) if share > 0 else (DIM, HAIRLINE * 0.7)))
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """The fills move to other shares."""
        return Change(self, np.asarray(target)[self.indices] if len(target) == self.size else target, **kwargs)

    def values(self) -> np.ndarray:
        """The shares drawn now, (n,), 0 for the dead. Raises: ValueError if an outline belies its fill."""
        found = np.zeros(len(self.neurons))
        for place, neuron in enumerate(self.neurons):
            fill, grey = float(neuron.get_fill_opacity()), neuron.get_stroke_color() == ManimColor(DIM)
            if grey != (fill == 0):
                raise ValueError(f"Neuron {self.indices[place]} is outlined as {'dead' if grey else 'alive'}.")
            found[place] = 0.0 if grey else (fill - SEEN) / (1 - SEEN)
        return found
