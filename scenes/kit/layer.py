"""A column of neurons: each holds a number, drawn as how brightly it is filled.

A layer too tall for the frame shows a stated window of its neurons, with three dots and a brace for the rest.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Dot, Group, Mobject, Rectangle, RoundedRectangle, VGroup, VMobject

from scenes.kit.arrays import finite
from scenes.kit.change import Change
from scenes.kit.contrast import ink_on
from scenes.kit.number import Number
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BACKGROUND, DIM, INK, LABEL, LINE, SMALL

MAX_SHOWN = 16
DOTS_SPACE = 2  # neuron places that the dots take
ROOM = 1e-6  # of the scale: what rounding to float32 may add to the largest value


def window(size: int, shown: int = MAX_SHOWN) -> np.ndarray:
    """Indices of the neurons drawn from a layer: all of it, or the first and last halves of ``shown``."""
    if size <= shown:
        return np.arange(size)
    return np.concatenate([np.arange(shown // 2), np.arange(size - shown // 2, size)])


class Layer(VGroup):
    """A column of neurons whose fill opacity is activation / ``scale``.

    ``indices`` (n,) are the neurons shown of a layer of ``size``, in rising order; where some are left out, three dots
    stand after the first half. Raises: ValueError if the indices are none, out of range or out of order.
    """

    def __init__(
        self,
        indices: Sequence[int] | np.ndarray,
        size: int,
        height: float,
        scale: float = 1.0,
        radius: float | None = None,
    ) -> None:
        super().__init__()
        self.indices, self.size, self.scale_of_fill = np.asarray(indices, dtype=int), size, float(scale)
        shown = len(self.indices)
        if not shown or self.indices[0] < 0 or self.indices[-1] >= size or (np.diff(self.indices) <= 0).any():
            raise ValueError(f"A layer of {size} shows neurons 0 to {size - 1} in rising order, got {list(indices)}.")
        half = (shown + 1) // 2 if shown < size else shown
        places = shown - 1 + (DOTS_SPACE if shown < size else 0)
        step = height / max(places, 1)
        style: dict[str, Any] = {"stroke_color": INK, "stroke_width": LINE * 0.7, "fill_color": INK, "fill_opacity": 0}
        rows = np.arange(shown) + np.where(np.arange(shown) >= half, DOTS_SPACE, 0)
        size_of_all = min(0.36 * step, 0.24) if radius is None else radius
        self.neurons = VGroup(*(Circle(size_of_all, **style).move_to(DOWN * step * row) for row in rows))
        self.dots = VGroup()
        if shown < size:
            middle = DOWN * step * (half + DOTS_SPACE / 2 - 0.5)
            self.dots.add(*(Dot(middle + UP * d * 0.28 * step, radius=0.028, color=DIM) for d in (1, 0, -1)))
        self.add(self.neurons, self.dots)
        self.center()

    @property
    def radius(self) -> float:
        """Radius of a neuron in units."""
        return float(self.neurons[0].width / 2)

    def row(self, index: int) -> int:
        """Which of the shown neurons, from the top, is the layer's neuron ``index``; ValueError if it is not shown."""
        found = np.flatnonzero(self.indices == index)
        if not len(found):
            raise ValueError(f"Neuron {index} of {self.size} is not shown; these are: {self.indices.tolist()}.")
        return int(found[0])

    def place(self, index: int) -> np.ndarray:
        """Centre of the layer's neuron ``index``, (3,)."""
        return np.array(self.neurons[self.row(index)].get_center())

    def box(self, index: int, *others: Mobject, color: str = ACCENT) -> RoundedRectangle:
        """An outline around the layer's neuron ``index`` and whatever stands beside it."""
        chosen = Group(self.neurons[self.row(index)], *others)
        gaps = -np.diff([neuron.get_y() for neuron in self.neurons])
        height = min(chosen.height + 0.2, gaps.min(initial=np.inf))  # no neighbour is touched
        box = RoundedRectangle(corner_radius=0.08, width=chosen.width + 0.24, height=height)
        return box.set_stroke(color, LINE).move_to(chosen)

    def tag(self, index: int, side: np.ndarray = RIGHT, decimals: int = 2, size: float = SMALL) -> "NeuronTag":
        """What the layer's neuron ``index`` holds now, written beside it."""
        neuron = self.neurons[self.row(index)]
        written = NeuronTag(self.values()[self.row(index)], decimals, size)
        return written.next_to(neuron, side, buff=0.16)  # outside a box around it

    def inside(self, index: int, decimals: int = 2, size: float = SMALL) -> Number:
        """What the layer's neuron ``index`` holds now, written in it, dark on bright and bright on dark."""
        row = self.row(index)
        value = float(self.values()[row])
        return Number(value, decimals, size, ink_on(value / self.scale_of_fill)).move_to(self.neurons[row])

    def count_text(self) -> str:
        """How many neurons there are, and how many of them are drawn where that is less."""
        whole = f"{self.size:,}"
        return whole if len(self.indices) == self.size else f"{len(self.indices)} of {whole}"

    def brace(self, side: np.ndarray = LEFT, size: float = LABEL) -> VGroup:
        """A brace beside the column with the count of the whole layer."""
        column = VGroup(self.neurons, self.dots)
        brace = curly(column.height, flip=side[0] > 0).next_to(column, side, buff=0.12)
        return VGroup(brace, Words(f"{self.size:,}", size=size, color=DIM).next_to(brace, side, buff=0.12))

    def light(self, activations: np.ndarray, **kwargs: Any) -> Change:
        """Each shown neuron's fill moves to its activation; ``activations`` as for ``set_values``."""
        return Change(self, self.shown(activations), **kwargs)

    def set_values(self, activations: np.ndarray) -> "Layer":
        """Fill each shown neuron at once, from activations in [0, scale] of the whole layer or of the shown neurons."""
        for neuron, value in zip(self.neurons, self.shown(activations), strict=True):
            neuron.set_fill(opacity=min(value / self.scale_of_fill, 1.0))
        return self

    def values(self) -> np.ndarray:
        """Activations of the shown neurons, (n,), decoded from their fills; exact to 1e-15 of the scale."""
        return np.array([neuron.get_fill_opacity() for neuron in self.neurons]) * self.scale_of_fill

    def shown(self, activations: np.ndarray) -> np.ndarray:
        """Of an array over the whole layer the part that is shown, (n,).

        Raises: ValueError if it is neither that long nor as long as the window, not finite, or not within [0, scale].
        """
        given = finite("A layer", activations, 1, low=0, high=self.scale_of_fill * (1 + ROOM))
        return picked(given, 0, self)


class NeuronTag(VGroup):
    """A small number on a plate that keeps edges away from it; ``values()`` reads it back from its glyphs."""

    def __init__(self, value: float, decimals: int = 2, size: float = SMALL) -> None:
        self.number = Number(value, decimals, size, INK)
        plate = Rectangle(width=self.number.width + 0.12, height=self.number.height + 0.1, stroke_width=0)
        super().__init__(plate.set_fill(BACKGROUND, 0.88), self.number)

    def values(self) -> float:
        """The number drawn now, exact to half a unit of its last decimal."""
        return self.number.values()


def curly(height: float, flip: bool = False, depth: float = 0.2) -> VMobject:
    """A thin curly brace that opens to the right, or to the left with ``flip``."""
    bend = min(depth, height / 4)
    upper = [(0, height / 2), (-depth / 2, height / 2 - bend / 3), (-depth / 2, bend), (-depth, 0)]
    corner, middle = np.array([-depth / 2, height / 2 - bend]), np.array([-depth / 2, bend])
    half = [upper[0], upper[1], corner + (0, bend / 2), corner]
    half += [corner, (2 * corner + middle) / 3, (corner + 2 * middle) / 3, middle]
    half += [middle, middle - (0, bend / 2), (-0.6 * depth, 0.04 * depth), upper[3]]
    top = np.pad(np.array(half, dtype=float), ((0, 0), (0, 1)))  # (12, 3)
    points = np.concatenate([top, top[::-1] * (1, -1, 1)])  # (24, 3)
    brace = VMobject(stroke_color=DIM, stroke_width=LINE * 0.7, fill_opacity=0)
    return brace.set_points(points * (-1 if flip else 1, 1, 1))


def picked(values: np.ndarray, axis: int, layer: Layer) -> np.ndarray:
    """The entries of an array along one axis that a layer shows, from all of its neurons' or only the shown ones'.

    Raises: ValueError if the axis has neither length.
    """
    found = values.shape[axis]
    if found == layer.size:
        return np.take(values, layer.indices, axis)
    if found == len(layer.indices):
        return values
    raise ValueError(f"A layer of {layer.count_text()} neurons cannot take {found} numbers along axis {axis}.")
