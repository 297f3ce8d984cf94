"""How a computation graph moves: other values, the backward wave, a path in the accent colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from manim import Animation, ManimColor, interpolate_color

from scenes.kit.arcs import part_of
from scenes.theme import ACCENT, DIM, INK, sign_color

if TYPE_CHECKING:
    from scenes.kit.comp_graph import CompGraph

PULSE = 0.5  # of an edge, the length of the piece that runs back along it
LEAVES, ARRIVES = 0.25, 0.1  # of the time for one layer: after a gradient is there, the pulse leaves; it arrives after
APPEARS = 0.4  # of that time, in which a gradient comes up


class NewValues(Animation):
    """The values of the nodes: old numbers fade in the first half, new ones come up in the second."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, graph: CompGraph, target: np.ndarray, **kwargs: Any) -> None:
        self.graph, self.target = graph, target
        super().__init__(graph, **kwargs)

    def begin(self) -> None:
        self.start = self.graph.values()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.graph.set_values(self.start if share < 0.5 else self.target)
        self.graph.value_figures.set_fill(opacity=abs(1 - 2 * share))


class Backward(Animation):
    """Gradients layer by layer from the last node: a pulse runs back along each edge in the colour of its term."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, graph: CompGraph, **kwargs: Any) -> None:
        self.graph = graph
        last = int(graph.layer.max())
        super().__init__(graph, **({"run_time": 0.8 * (last + 1)} | kwargs))

    def begin(self) -> None:
        graph, last = self.graph, int(self.graph.layer.max())
        assert graph.given is not None  # backward() asked for them
        self.given = graph.given
        self.arrival = (last - graph.layer).astype(float)  # (n,) in layers
        self.length = last + APPEARS
        self.curves = np.array([graph.axes_frame.out(curve) for curve in graph.curves])  # (m, 4, 3)
        for pulse, (_, end), local in zip(graph.pulses, graph.edges, graph.signs(), strict=True):
            pulse.set_stroke(sign_color(self.given[end] * local))
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        time, graph = self.rate_func(alpha) * self.length, self.graph
        graph.set_gradients(self.given, np.clip((time - self.arrival) / APPEARS, 0, 1))
        for pulse, curve, (start, end) in zip(graph.pulses, self.curves, graph.edges, strict=True):
            leaves, arrives = self.arrival[end] + LEAVES, self.arrival[start] + ARRIVES
            head = (time - leaves) / (arrives - leaves) * (1 + PULSE)
            low, high = np.clip((head - PULSE, head), 0, 1)
            pulse.points = part_of(curve[None], 1 - low, 1 - high)[0] if low < high else np.zeros((0, 3))


class Highlight(Animation):
    """Edges and nodes of a path go to the accent colour, all others to their own."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, graph: CompGraph, edges: list[int], nodes: list[int], **kwargs: Any) -> None:
        self.graph = graph
        strokes = [*graph.lines, *(node.submobjects[0] for node in graph.nodes)]
        on = [index in edges for index in range(len(graph.lines))]
        aims = [ACCENT if lit else DIM for lit in on] + [ACCENT if i in nodes else INK for i in range(len(graph.nodes))]
        self.strokes = list(zip(strokes, map(ManimColor, aims), strict=True))
        self.fills = list(zip(graph.heads, map(ManimColor, aims[: len(on)]), strict=True))
        super().__init__(graph, **kwargs)

    def begin(self) -> None:
        self.stroke_start = [ManimColor(part.get_stroke_color()) for part, _ in self.strokes]
        self.fill_start = [ManimColor(part.get_fill_color()) for part, _ in self.fills]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        for (part, aim), start in zip(self.strokes, self.stroke_start, strict=True):
            part.set_stroke(interpolate_color(start, aim, share))
        for (part, aim), start in zip(self.fills, self.fill_start, strict=True):
            part.set_fill(interpolate_color(start, aim, share))
