"""A network drawn from its weights and activations: columns of neurons, signed edges, flashes of real products.

One rule: sign is colour, size is opacity and width by |v| / max. Neurons and edges use the same window of indices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, Animation, AnimationGroup, Succession, VGroup, linear, smooth, there_and_back_with_pause

from scenes.kit.arrays import finite
from scenes.kit.edges import DIMMED, Edges, Travel
from scenes.kit.layer import Layer, window
from scenes.theme import BEAT


class TensorNetwork(VGroup):
    """Columns of neurons and all edges between those shown, from weights [(to, from), ...], one array for each step.

    ``layers`` are the columns where they stand; without them they are ``columns`` of this width and height, a window of
    16 neurons at most of each. ``activations`` [(n,), ...] fill the neurons. ``limits``: the value of full
    width for each step. Raises: ValueError if the arrays do not fit each other or the layers.
    """

    def __init__(
        self,
        weights: Sequence[np.ndarray],
        activations: Sequence[np.ndarray] | None = None,
        layers: Sequence[Layer] | None = None,
        limits: Sequence[float] | None = None,
        width: float = 8.0,
        height: float = 5.0,
    ) -> None:
        super().__init__()
        sizes = sizes_of(weights)
        self.layers = list(layers) if layers is not None else columns(sizes, width, height)
        if [layer.size for layer in self.layers] != sizes:
            raise ValueError(f"The weights join layers of {sizes}, the columns are of {[x.size for x in self.layers]}.")
        each = [None] * len(weights) if limits is None else list(limits)
        steps = zip(weights, self.layers[:-1], self.layers[1:], each, strict=True)
        self.edges = [Edges(values, before, after, limit) for values, before, after, limit in steps]
        outer = ((0, LEFT), (-1, RIGHT))
        self.braces = {i: self.layers[i].brace(side) for i, side in outer if self.layers[i].dots}
        self.add(*self.edges, *self.layers, *self.braces.values())
        if activations is not None:
            for layer, held in zip(self.layers, activations, strict=True):
                layer.set_values(held)

    def values(self) -> list[np.ndarray]:
        """The weights drawn now, [(to, from), ...] between shown neurons, to 1e-9 of each step's limit."""
        return [edges.values() for edges in self.edges]

    def activations(self) -> list[np.ndarray]:
        """The activations drawn now, [(n,), ...] of the shown neurons, to 1e-15 of each layer's scale."""
        return [layer.values() for layer in self.layers]

    def set_values(self, weights: Sequence[np.ndarray]) -> "TensorNetwork":
        """Draw other weights at once, one array for each step."""
        for edges, values in zip(self.edges, weights, strict=True):
            edges.set_values(values)
        return self

    def change(self, weights: Sequence[np.ndarray], **kwargs: Any) -> Animation:
        """All edges move to other weights."""
        return AnimationGroup(
            *(edges.change(values) for edges, values in zip(self.edges, weights, strict=True)), **kwargs
        )

    def light(self, layer: int, activations: np.ndarray, **kwargs: Any) -> Animation:
        """The neurons of one layer fill to their activations."""
        return self.layers[layer].light(activations, **kwargs)

    def flash(self, step: int, products: np.ndarray, back: bool = False, **kwargs: Any) -> Travel:
        """Products (to, from) run along one step's edges, with ``back`` from its output side; ``Edges.products``."""
        return self.edges[step].flash(products, back, **kwargs)

    def forward(
        self, products: Sequence[np.ndarray], activations: Sequence[np.ndarray], run_time: float = 2 * BEAT
    ) -> Animation:
        """For each step in turn its products run and the next layer lights; activations [(n,), ...] of all layers."""
        parts: list[Animation] = [self.light(0, activations[0], run_time=BEAT)]
        for step, flow in enumerate(products):
            parts.append(self.flash(step, flow, run_time=run_time))
            parts.append(self.light(step + 1, activations[step + 1], run_time=BEAT))
        return Succession(*parts)

    def backward(self, products: Sequence[np.ndarray], run_time: float = 2 * BEAT) -> Animation:
        """For each step from the last one its gradient products run back from the output side."""
        steps = reversed(list(enumerate(products)))
        return Succession(*(self.flash(step, flow, back=True, run_time=run_time) for step, flow in steps))

    def highlight(self, layer: int, index: int, outgoing: bool = False, **kwargs: Any) -> Animation:
        """The edges into one neuron (or out of it) stay as they are while all others are dimmed."""
        row, step = self.layers[layer].row(index), layer if outgoing else layer - 1
        if not 0 <= step < len(self.edges):
            raise ValueError(f"Layer {layer} has no {'outgoing' if outgoing else 'incoming'} edges.")
        chosen = [np.zeros(edges.shape_shown, dtype=bool) for edges in self.edges]
        if outgoing:
            chosen[step][:, row] = True
        else:
            chosen[step][row] = True
        return Highlight(self, [np.flatnonzero(some) for some in chosen], DIMMED, **kwargs)

    def release(self, **kwargs: Any) -> Animation:
        """All edges come back from a highlight."""
        return Highlight(self, [np.zeros(0, dtype=int)] * len(self.edges), 1.0, **kwargs)

    def step_back(self, negative: bool, share: float = 0.06, **kwargs: Any) -> Animation:
        """All edges of one sign fade once and come back, so that the other sign is seen alone."""
        kwargs.setdefault("rate_func", there_and_back_with_pause)
        return StepBack(self, negative, share, **kwargs)

    def grow(self, **kwargs: Any) -> Animation:
        """The network appears layer by layer, each one's edges reaching out to it from the one before."""
        kwargs.setdefault("rate_func", linear)
        kwargs.setdefault("run_time", (1 + len(self.edges)) * BEAT)
        return Grow(self, **kwargs)


def sizes_of(weights: Sequence[np.ndarray]) -> list[int]:
    """How many neurons each layer has, from weights [(to, from), ...] that fit each other, else ValueError."""
    shapes = [finite("A network", values, 2).shape for values in weights]
    if not shapes:
        raise ValueError("A network is drawn from at least one array of weights, got none.")
    for (to, _), (_, start) in zip(shapes[:-1], shapes[1:], strict=True):
        if to != start:
            raise ValueError(f"The weights have the shapes {shapes}: each must take in what the one before gives out.")
    return [shapes[0][1], *(to for to, _ in shapes)]


def columns(
    sizes: Sequence[int] | np.ndarray,
    width: float = 8.0,
    height: float = 5.0,
    windows: Mapping[int, np.ndarray] | None = None,
) -> list[Layer]:
    """A column of equal neurons for each layer, evenly spaced over ``width``.

    ``windows`` gives the neurons shown of a layer by its place; of the others they are 16 at most, first and last ones.
    """
    chosen = dict(enumerate(window(int(size)) for size in sizes)) | dict(windows or {})
    radius = min(Layer(chosen[i], int(size), height).radius for i, size in enumerate(sizes))
    places = np.linspace(-width / 2, width / 2, len(sizes))
    return [
        Layer(chosen[i], int(size), height, radius=radius).move_to(RIGHT * places[i]) for i, size in enumerate(sizes)
    ]


class Highlight(Animation):
    """Some edges keep their look, all others go to a share of theirs; a fan shown before leaves first."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, network: TensorNetwork, chosen: Sequence[np.ndarray], others: float, **kwargs: Any) -> None:
        self.network, self.chosen, self.others = network, chosen, others
        super().__init__(network, **kwargs)

    def begin(self) -> None:
        edges = self.network.edges
        self.fans = [each.in_fan for each in edges]
        self.start = [each.base.opacities()[-1] / each.base.levels[-1] for each in edges]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        for edges, before, start, after in zip(self.network.edges, self.fans, self.start, self.chosen, strict=True):
            others = (1 - share) * start + share * self.others
            leaves = len(before) and len(after) and not np.array_equal(before, after)
            early = share < 0.5 if leaves else share < 1 and not len(after)
            edges.choose(before if early else after)
            edges.dim_to(others, abs(1 - 2 * share) if leaves else 1.0)


class StepBack(Animation):
    """The edges of one sign go to a share of their opacity, as far as the rate function says."""

    of_alpha_alone = True

    def __init__(self, network: TensorNetwork, negative: bool, share: float, **kwargs: Any) -> None:
        self.network, self.negative, self.share = network, negative, share
        super().__init__(network, **kwargs)

    def begin(self) -> None:
        self.start = [edges.base.opacities() for edges in self.network.edges]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = 1 - (1 - self.share) * self.rate_func(alpha)
        for edges, start in zip(self.network.edges, self.start, strict=True):
            edges.base.shine(np.where(edges.base.negative == self.negative, share, 1.0) * start)


class Grow(Animation):
    """Layers appear in turn, each one's edges reaching out to it from the one before."""

    OVERLAP = 1.6  # stages that move at a time
    of_alpha_alone = True

    def __init__(self, network: TensorNetwork, **kwargs: Any) -> None:
        self.network = network
        super().__init__(network, introducer=True, **kwargs)

    def begin(self) -> None:
        network = self.network
        self.weights = [edges.values().ravel() for edges in network.edges]
        self.held = [layer.values() for layer in network.layers]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        network, stages = self.network, len(self.network.layers) + len(self.network.edges)
        at = self.rate_func(alpha) * (stages - 1 + self.OVERLAP)
        shares = [smooth(min(max((at - i) / self.OVERLAP, 0), 1)) for i in range(stages)]  # layer, edges, layer, ...
        for layer, held, share in zip(network.layers, self.held, shares[::2], strict=True):
            layer.set_values(held * share)
            layer.neurons.set_stroke(opacity=share)
            layer.dots.set_fill(opacity=share)
        for edges, values, share in zip(network.edges, self.weights, shares[1::2], strict=True):
            edges.base.draw(values, (0.0, share))
        for side, (brace, count) in network.braces.items():
            brace.set_stroke(opacity=shares[side])
            count.set_fill(opacity=shares[side])
