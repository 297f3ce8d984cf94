"""A network drawn from its weights and activations: neurons, signed edges, and flashes that are real products.

One rule: sign is colour, size is opacity and width by |v| / max. A layer too tall for the frame shows a stated window
of its neurons with dots between, and edges join exactly the shown ones.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, UP, Animation, Circle, Dot, Line, ManimColor, VGroup, VMobject

from scenes.theme import DIM, INK, LINE, NEGATIVE, POSITIVE

MAX_SHOWN = 16
DOTS_SPACE = 2  # neuron places that the dots take
EDGE_WIDTH = 2.2
FLASH_WIDTH = 4.0


def window(size: int, shown: int = MAX_SHOWN) -> np.ndarray:
    """Indices of the neurons drawn from a layer: all of it, or the first and last halves of ``shown``."""
    if size <= shown:
        return np.arange(size)
    return np.concatenate([np.arange(shown // 2), np.arange(size - shown // 2, size)])


class Layer(VGroup):
    """A column of neurons whose fill opacity is activation / ``scale``.

    ``indices`` (n,) are the neurons shown of a layer of ``size``. ``values()`` decodes the activations from the fills,
    exact to float precision within [0, scale].
    """

    def __init__(self, indices: np.ndarray, size: int, height: float, scale: float = 1.0) -> None:
        super().__init__()
        self.indices, self.size, self.scale_of_fill = np.asarray(indices), size, scale
        gap_after = len(indices) // 2 if len(indices) < size else None
        places = len(indices) - 1 + (DOTS_SPACE if gap_after else 0)
        step = height / max(places, 1)
        radius = min(0.36 * step, 0.24)
        self.neurons = VGroup()
        for row in range(len(indices)):
            skip = DOTS_SPACE if gap_after is not None and row >= gap_after else 0
            circle = Circle(radius=radius, stroke_color=INK, stroke_width=LINE * 0.7, fill_color=INK, fill_opacity=0)
            self.neurons.add(circle.move_to(DOWN * step * (row + skip)))
        self.dots = VGroup()
        if gap_after:
            middle = (self.neurons[gap_after - 1].get_center() + self.neurons[gap_after].get_center()) / 2
            self.dots.add(*(Dot(middle + UP * d * 0.28 * step, radius=0.028, color=DIM) for d in (-1, 0, 1)))
        self.add(self.neurons, self.dots)
        self.center()

    @property
    def radius(self) -> float:
        """Radius of a neuron in units."""
        return float(self.neurons[0].width / 2)

    def count_text(self) -> str:
        """How many neurons there are, and how many of them are drawn where that is less."""
        whole = f"{self.size:,}"
        return whole if len(self.indices) == self.size else f"{len(self.indices)} of {whole}"

    def light(self, activations: np.ndarray) -> list[Any]:
        """Animations that bring each shown neuron to its activation; ``activations`` covers the whole layer."""
        shares = self._shares(activations)
        return [neuron.animate.set_fill(INK, share) for neuron, share in zip(self.neurons, shares, strict=True)]

    def set_values(self, activations: np.ndarray) -> "Layer":
        """Fill each shown neuron at once; ``activations`` covers the whole layer, in [0, scale]."""
        for neuron, share in zip(self.neurons, self._shares(activations), strict=True):
            neuron.set_fill(INK, share)
        return self

    def values(self) -> np.ndarray:
        """Activations of the shown neurons, (n,), decoded from their fills."""
        return np.array([neuron.get_fill_opacity() for neuron in self.neurons]) * self.scale_of_fill

    def _shares(self, activations: np.ndarray) -> np.ndarray:
        shown = np.asarray(activations, dtype=float)[self.indices] / self.scale_of_fill
        if not np.isfinite(shown).all() or shown.min() < 0 or shown.max() > 1 + 1e-6:
            raise ValueError(
                f"Activations must be finite and within [0, {self.scale_of_fill:g}], found {np.min(activations):g} to "
                f"{np.max(activations):g}."
            )
        return np.minimum(shown, 1.0)


class Edges(VGroup):
    """Values (to, from) between two shown layers as lines: colour is the sign, opacity and width are |v| / max.

    Weights, or with ``width=FLASH_WIDTH`` the products w a of one forward step. ``limit`` is that max, the largest
    drawn value. ``values()`` decodes them from colour and opacity, exact to float precision.
    """

    def __init__(self, values: np.ndarray, before: Layer, after: Layer, width: float = EDGE_WIDTH) -> None:
        super().__init__()
        shown = np.asarray(values, dtype=float)[np.ix_(after.indices, before.indices)]  # (to, from)
        if not np.isfinite(shown).all():
            raise ValueError("The values of edges must be finite to be drawn.")
        self.shape_shown = shown.shape
        self.limit = float(np.abs(shown).max()) or 1.0
        for to, row in enumerate(shown):
            for start, value in enumerate(row):
                self.add(_edge(before.neurons[start], after.neurons[to], value / self.limit, width))

    def values(self) -> np.ndarray:
        """The values drawn now, (to, from), decoded from colour and opacity."""
        return _signed(self.submobjects).reshape(self.shape_shown) * self.limit


class Travel(Animation):
    """Products run along their edges, from the layer before to the one after, as bright pieces.

    All lines are cut in one array step; one ``ShowPassingFlash`` for each line costs ten times as much.
    """

    LENGTH = 0.6  # of the piece, as a share of its edge
    of_alpha_alone = True  # so the render server may enter it at any time

    def begin(self) -> None:
        self.ends = np.array([(line.get_start(), line.get_end()) for line in self.mobject])  # (edge, 2, 3)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        head = self.rate_func(alpha) * (1 + self.LENGTH)
        low, high = np.clip((head - self.LENGTH, head), 0, 1)
        along = np.linspace(low, high, 4)[:, None]  # (4, 1): a straight cubic's points
        start, end = self.ends[:, None, 0], self.ends[:, None, 1]  # (edge, 1, 3)
        for line, points in zip(self.mobject, start + along * (end - start), strict=True):  # (edge, 4, 3)
            line.points = points


def _edge(start: VMobject, end: VMobject, share: float, width: float) -> Line:
    """A line between the rims of two neurons; ``share`` is value / max in [-1, 1]."""
    a, b = start.get_center(), end.get_center()
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    line = Line(a + along * start.width / 2, b - along * end.width / 2)
    size = min(abs(share), 1.0)
    return line.set_stroke(POSITIVE if share >= 0 else NEGATIVE, width=0.3 + width * size, opacity=size)


def _signed(lines: Sequence[VMobject]) -> np.ndarray:
    """value / max of each line, (n,): opacity, negative where the colour is the negative one."""
    return np.array(
        [line.get_stroke_opacity() * (-1 if line.get_stroke_color() == ManimColor(NEGATIVE) else 1) for line in lines]
    )
