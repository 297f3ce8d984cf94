"""A computation as a graph: values on the nodes, local derivatives on the edges, gradients that come back in a wave."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Circle, VGroup, VMobject

from scenes.kit.arcs import part_of
from scenes.kit.arrays import finite
from scenes.kit.figures import Figures, figure_width
from scenes.kit.graph_layout import layered
from scenes.kit.graph_waves import Backward, Highlight, NewValues
from scenes.kit.number import Number, spell
from scenes.kit.shapes import Frame, polygons, rectangles
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BACKGROUND, BODY, DIM, GAP, INK, LABEL, LINE, SMALL, sign_color

RADIUS = 0.42
CLEAR = 0.07  # between a node and the ends of its edges
HEAD = 0.17  # length of an arrowhead
VALUE_Y = -0.72  # middle of a value below the middle of its node
GRADIENT_Y = 0.72
MOST_DECIMALS = 5


class CompGraph(VGroup):
    """Nodes (n,) with their values, joined by edges (from, to); each layer stands right of what it is computed from.

    ``symbols`` are Typst formulas, ``local`` (m,) the derivative of each edge's end by its start, ``gradients`` (n,)
    those of the last node; they are hidden until ``backward()`` brings them. Where both are given each gradient is
    checked to be the sum of its children's gradients times the local derivatives, to ``tolerance`` of the terms.
    ``values()``, ``gradients()`` and ``local()`` decode glyphs, to half a unit of the last decimal drawn.
    Raises: ValueError for a cycle, numbers that are not finite or not as many, or a gradient that is no such sum.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        edges: Sequence[tuple[int, int]],
        values: np.ndarray,
        *,
        local: np.ndarray | None = None,
        gradients: np.ndarray | None = None,
        tolerance: float = 1e-4,
        pitch: tuple[float, float] = (2.5, 2.3),
    ) -> None:
        super().__init__()
        self.symbols, self.edges = list(symbols), [(int(a), int(b)) for a, b in edges]
        numbers = self._checked(values, len(self.symbols), "values")
        layout, passages = layered(len(self.symbols), self.edges, self.symbols)
        self.layer = layout[:, 0].astype(int)  # (n,)
        self.places = np.concatenate([layout * pitch, np.zeros((len(layout), 1))], axis=1)  # (n, 3)
        middle = (self.places.min(axis=0) + self.places.max(axis=0)) / 2
        self.places -= middle
        through = [np.array(passed).reshape(-1, 2) * pitch - middle[:2] for passed in passages]
        self.curves = np.array([self._curve(*edge, way) for edge, way in zip(self.edges, through, strict=True)])
        self.curves = self.curves.reshape(-1, 4, 3)  # (m, 4, 3)
        self.axes_frame = Frame()
        self.lines = VGroup(*(_stroke(curve) for curve in self.curves))
        self.heads = VGroup(*(_head(curve) for curve in self.curves))
        self.pulses = VGroup(*(VMobject(stroke_width=2 * LINE) for _ in self.edges))
        self.nodes = VGroup(*(_node(*named) for named in zip(self.symbols, self.places, strict=True)))
        self.value_figures = VGroup(*(Figures(2, LABEL, INK) for _ in self.symbols))
        self.gradient_figures = VGroup(*(Figures(2, LABEL, INK) for _ in self.symbols))
        self.backings, self.local_figures = VGroup(), VGroup(*(Figures(2, SMALL, DIM) for _ in self.edges))
        self.add(self.axes_frame, self.lines, self.heads, self.pulses, self.nodes, self.value_figures)
        self.add(self.gradient_figures, self.backings, self.local_figures)
        self.set_values(numbers)
        derivatives = None if local is None else self._checked(local, len(self.edges), "local derivatives")
        if derivatives is not None:
            self._write_local(derivatives)
        self.given = None if gradients is None else self._checked(gradients, len(self.symbols), "gradients")
        if self.given is not None and derivatives is not None:
            self._check_sums(self.given, derivatives, tolerance)
        if self.given is not None:
            self.set_gradients(self.given, np.zeros(len(self.symbols)))

    def set_values(self, values: np.ndarray) -> "CompGraph":
        """Write other values (n,) under the nodes at once."""
        self._write_nodes(self.value_figures, self._checked(values, len(self.symbols), "values"), VALUE_Y)
        return self

    def set_gradients(self, gradients: np.ndarray, opacity: np.ndarray | None = None) -> "CompGraph":
        """Write gradients (n,) over the nodes at once, in the colour of their sign; ``opacity`` (n,), by default 1."""
        array = self._checked(gradients, len(self.symbols), "gradients")
        self._write_nodes(self.gradient_figures, array, GRADIENT_Y)
        for index, (figures, value) in enumerate(zip(self.gradient_figures, array, strict=True)):
            figures.set_fill(sign_color(value), 1.0 if opacity is None else float(opacity[index]))
        return self

    def values(self) -> np.ndarray:
        """The values drawn now, (n,)."""
        return np.array([figures.values()[0] for figures in self.value_figures])

    def gradients(self) -> np.ndarray:
        """The gradients drawn now, (n,), NaN where none is seen."""
        return np.array([_seen(figures) for figures in self.gradient_figures])

    def local(self) -> np.ndarray:
        """The local derivatives drawn now, (m,), NaN where there is none."""
        return np.array([_seen(figures) for figures in self.local_figures])

    def change(self, target: np.ndarray, **kwargs: Any) -> "NewValues":
        """An animation to other values (n,): the old numbers leave, then the new ones arrive."""
        return NewValues(self, self._checked(target, len(self.symbols), "values"), **kwargs)

    def backward(self, **kwargs: Any) -> "Backward":
        """An animation: from the last node on, pulses run back along the edges, and each reached gradient appears."""
        if self.given is None:
            raise ValueError("This computation graph was given no gradients.")
        return Backward(self, **kwargs)

    def highlight(self, path: Sequence[int], **kwargs: Any) -> "Highlight":
        """An animation: the edges and nodes of a path turn to the accent colour, all others back to theirs."""
        return Highlight(self, self.edges_of(path), list(path), **kwargs)

    def signs(self) -> np.ndarray:
        """Sign of each local derivative drawn, (m,), 1 where there is none."""
        return np.nan_to_num(np.sign(self.local()), nan=1.0)

    def edges_of(self, path: Sequence[int]) -> list[int]:
        """Indices of the edges along a path of nodes. Raises: ValueError if two nodes in a row are not joined."""
        for pair in zip(path[:-1], path[1:], strict=True):
            if tuple(pair) not in self.edges:
                raise ValueError(f"No edge leads from {self.symbols[pair[0]]} to {self.symbols[pair[1]]}.")
        return [self.edges.index((a, b)) for a, b in zip(path[:-1], path[1:], strict=True)]

    def _checked(self, values: object, count: int, what: str) -> np.ndarray:
        array = finite("A computation graph", values, 1)
        if len(array) != count:
            raise ValueError(f"A computation graph needs {count} {what}, found {len(array)}.")
        return array

    def _check_sums(self, gradients: np.ndarray, local: np.ndarray, tolerance: float) -> None:
        for node, symbol in enumerate(self.symbols):
            terms = [gradients[b] * local[i] for i, (a, b) in enumerate(self.edges) if a == node]
            if terms and abs(sum(terms) - gradients[node]) > tolerance * max(np.abs([*terms, gradients[node]])):
                raise ValueError(
                    f"The gradient of {symbol} is {gradients[node]:.6g}, but its children's gradients times the local "
                    f"derivatives sum to {sum(terms):.6g}."
                )

    def _write_nodes(self, figures: VGroup, values: np.ndarray, y: float) -> None:
        for each, value, place in zip(figures, values, self.places, strict=True):
            each.write_texts([spelled(value)], place[None] + (0, y, 0), np.full(1, 0.5), self.axes_frame)

    def _write_local(self, derivatives: np.ndarray) -> None:
        """A number on the middle of each edge, on a backing that hides the line behind it."""
        em = SMALL * UNITS_PER_EM
        for figures, value, curve in zip(self.local_figures, derivatives, self.curves, strict=True):
            middle = part_of(curve[None], 0, 0.5)[0, 3]
            half = np.array([figure_width(spelled(value), SMALL) / 2 + 0.06, em / 2, 0])
            backing = VMobject(fill_color=BACKGROUND, fill_opacity=1, stroke_width=0)
            self.backings.add(backing.set_points(rectangles(middle[None] - half, middle[None] + half)[0]))
            figures.write_texts([spelled(value)], middle[None], np.full(1, 0.5), self.axes_frame)

    def _curve(self, start: int, end: int, through: np.ndarray) -> np.ndarray:
        """The cubic of an edge between the rims of two nodes, (4, 3); a long edge bends through its passages."""
        a, b = self.places[start], self.places[end]
        steps = np.array([1 / 3, 2 / 3])[:, None]
        handles = a + (b - a) * steps
        if len(through):
            handles[:, 1] = (8 * through[[0, -1], 1] - a[1] - b[1]) / 6  # so that the middle is at their height
        away, back = handles[0] - a, b - handles[1]
        begin = a + away / np.linalg.norm(away) * (RADIUS + CLEAR)
        finish = b - back / np.linalg.norm(back) * (RADIUS + CLEAR)
        if not len(through):
            handles = begin + (finish - begin) * steps
        return np.array([begin, *handles, finish])


class PathProduct(VGroup):
    """The local derivatives along a path as a product with its result, one row; ``values()`` decodes its glyphs.

    The result is that of the exact factors, so it may differ from the product of the written ones by their rounding.
    """

    def __init__(self, factors: np.ndarray, size: float = LABEL, digits: int = 3) -> None:
        array = finite("A product", factors, 1)
        self.factors = VGroup(*(Number(factor, decimals_for(factor, digits), size) for factor in array))
        self.total = Number(float(array.prod()), decimals_for(array.prod(), digits), size, color=ACCENT)
        parts: list[VMobject] = []
        for factor in self.factors:
            parts += [factor, Words("$times$", size, DIM)]
        super().__init__(*parts[:-1], Words("$=$", size, DIM), self.total)
        self.arrange(buff=GAP)

    def values(self) -> tuple[np.ndarray, float]:
        """The factors drawn now, (k,), and the product drawn, each to half a unit of the last decimal."""
        return np.array([factor.values() for factor in self.factors]), self.total.values()


def decimals_for(value: float, digits: int = 2) -> int:
    """As many decimals as digits, or as many more as show that many digits of a small number, up to five."""
    size = abs(float(value))
    small = 0 < size < 0.095
    return min(digits - 1 - math.floor(math.log10(size)) if small else digits, MOST_DECIMALS)


def spelled(value: float) -> str:
    """A number as it is written at a node or an edge."""
    return spell(value, decimals_for(value))


def _seen(figures: VMobject) -> float:
    if not isinstance(figures, Figures) or not len(figures.points) or figures.get_fill_opacity() == 0:
        return float("nan")
    return float(figures.values()[0])


def _stroke(curve: np.ndarray) -> VMobject:
    """The line of an edge up to within its arrowhead."""
    length = np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()
    return VMobject(stroke_color=DIM, stroke_width=LINE).set_points(part_of(curve[None], 0, 1 - HEAD / 2 / length)[0])


def _head(curve: np.ndarray) -> VMobject:
    """The point of an arrow at the end of an edge, (4, 3)."""
    along = (curve[3] - curve[2]) / np.linalg.norm(curve[3] - curve[2])
    base, side = curve[3] - HEAD * along, HEAD / 2 * np.array([-along[1], along[0], 0])
    corners = np.array([[curve[3], base + side, base, base - side]])
    return VMobject(fill_color=DIM, fill_opacity=1, stroke_width=0).set_points(polygons(corners)[0])


def _node(symbol: str, place: np.ndarray) -> VGroup:
    circle = Circle(RADIUS, stroke_color=INK, stroke_width=0.8 * LINE, fill_color=BACKGROUND, fill_opacity=1)
    name = Words(symbol, size=BODY)
    return VGroup(circle, name.scale(min(1.0, 1.5 * RADIUS / name.width))).move_to(place)
