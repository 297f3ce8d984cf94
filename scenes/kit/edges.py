"""Signed values between two layers as strips: colour is the sign, width and opacity are |v| / max.

The width is exact, the opacity comes in eighths, so that all strips of one opacity and sign are one mobject.
"""

from typing import Any

import numpy as np
from manim import Animation, VGroup, smooth, there_and_back

from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.layer import ROOM, Layer, picked
from scenes.kit.shapes import LEVELS, Shapes, polygons, signed_style, signed_styles, strip_widths
from scenes.theme import ACCENT, NEGATIVE, POSITIVE

EDGE_WIDTH = 0.025  # units, of the largest value
FLASH = 2.0  # width of the largest product, as a multiple of the largest edge's
QUIET = 0.35  # opacity of edges while products run along them, as a share of their own
DIMMED = 0.12  # opacity of what steps back, as a share of its own
ORDER = np.arange(2 * LEVELS).reshape(2, LEVELS).T.ravel()  # of styles: faint ones of both signs first, full ones last
PLACE = np.argsort(ORDER)  # of a style in that order


class Strips(Shapes):
    """Values (n,) as strips between ``ends`` (n, 2, 3); ``width`` units wide where a value is ``limit``."""

    def __init__(self, ends: np.ndarray, limit: float, width: float) -> None:
        styles = signed_styles()
        super().__init__([styles[index] for index in ORDER], most=16)
        self.levels = np.array([styles[index][1] for index in ORDER])  # (16,) opacity of each style
        self.negative = ORDER >= LEVELS  # (16,)
        self.ends, self.limit, self.width_of_limit = ends, limit, width
        along = ends[:, 1] - ends[:, 0]
        length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)  # (n, 1)
        self.side = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1) / length  # (n, 3)
        self.frame.stand(ends.reshape(-1, 3))

    def draw(
        self,
        values: np.ndarray,
        reach: tuple[float, float] = (0.0, 1.0),
        taper: tuple[float, float] = (1.0, 1.0),
        which: np.ndarray | None = None,
    ) -> None:
        """Draw values (n,), or ``which`` of them, each strip between two shares of the way along its edge.

        ``taper`` are the widths of its two ends as shares of the exact width; one of them must be 1.
        """
        chosen = np.arange(len(values)) if which is None else which
        shares, ends, side = values[chosen] / self.limit, self.ends[chosen], self.side[chosen]
        half = (np.abs(shares) * self.width_of_limit / 2)[:, None] * side  # (n, 3)
        along = ends[:, 1] - ends[:, 0]
        first, last = ends[:, 0] + reach[0] * along, ends[:, 0] + reach[1] * along
        a, b = taper[0] * half, taper[1] * half
        corners = np.stack([first + a, first - a, last - b, last + b], axis=1)  # (n, 4, 3)
        self.place(polygons(corners), PLACE[signed_style(shares)])

    def values(self) -> np.ndarray:
        """The values drawn now, (n,), decoded from widths and colours, to 1e-9 of the limit.

        Raises: ValueError if a strip has a colour that is no sign.
        """
        outlines = self.outlines()
        widths = np.maximum(strip_widths(outlines), strip_widths(np.roll(outlines, -8, axis=1)))  # (n,) of either end
        return widths / self.width_of_limit * self.limit * self._signs()

    def shine(self, opacities: np.ndarray) -> None:
        """Set the opacity of each style, (16,)."""
        for mobject, opacity in zip(self.bins, opacities, strict=True):
            mobject.set_fill(opacity=float(opacity))

    def opacities(self) -> np.ndarray:
        """The opacity that each style is drawn with now, (16,)."""
        return np.array([mobject.get_fill_opacity() for mobject in self.bins])

    def _signs(self) -> np.ndarray:
        """+1 or -1 for each strip, (n,), from the colours drawn now."""
        colors = self.colors()
        wrong = colors[(colors != POSITIVE) & (colors != NEGATIVE)]
        if len(wrong):
            raise ValueError(f"Edges are drawn in {wrong[0]}, which is neither the positive nor the negative colour.")
        return np.where(colors == NEGATIVE, -1, 1)


class Edges(VGroup):
    """Values (to, from) between two shown layers, all of them or those between the shown neurons.

    ``limit`` is the value that is drawn at full width, the largest shown one if it is not given. Raises: ValueError if
    the array does not fit the layers, or a value is not finite or beyond the limit.
    """

    def __init__(
        self, values: np.ndarray, before: Layer, after: Layer, limit: float | None = None, width: float = EDGE_WIDTH
    ) -> None:
        self.before, self.after = before, after
        shown = self.shown(values)
        self.shape_shown = shown.shape
        ends = rims(before, after)  # (to x from, 2, 3)
        self.base = Strips(ends, largest(shown) if limit is None else float(limit), width)
        self.fan = Strips(ends, self.base.limit, width)  # edges that stay bright while the others are dimmed
        self.in_fan = np.zeros(0, dtype=int)
        self.flow = Strips(ends, 1.0, width * FLASH)  # products on their way
        super().__init__(self.base, self.fan, self.flow)
        self.set_values(shown)

    def values(self) -> np.ndarray:
        """The values drawn now, (to, from), decoded from widths and colours, to 1e-9 of the limit."""
        return self.base.values().reshape(self.shape_shown)

    def set_values(self, values: np.ndarray) -> "Edges":
        """Draw other values at once."""
        flat = self.shown(values).ravel()  # (to x from,)
        largest_given = float(np.abs(flat).max())
        if largest_given > self.base.limit * (1 + ROOM):
            raise ValueError(
                f"Edges are drawn up to {self.base.limit:g} and cannot draw {largest_given:g}; "
                "give them the largest of all the values as their limit."
            )
        self.base.draw(flat)
        self.fan.draw(flat, which=self.in_fan)
        return self

    def change(self, values: np.ndarray, **kwargs: Any) -> Change:
        """The edges move from the values drawn now to others, as for ``set_values``."""
        return Change(self, self.shown(values), **kwargs)

    def shown(self, values: np.ndarray) -> np.ndarray:
        """Of an array over both layers the part between shown neurons, (to, from)."""
        return picked(picked(finite("A step of edges", values, 2), 0, self.after), 1, self.before)

    def choose(self, chosen: np.ndarray) -> None:
        """Which edges, indices into (to x from), are drawn a second time on top of the others."""
        if not np.array_equal(chosen, self.in_fan):
            self.in_fan = chosen
            self.fan.draw(self.base.values(), which=chosen)

    def dim_to(self, others: float, fan: float = 1.0) -> None:
        """Draw all edges at a share ``others`` of their opacity, and those of the fan so that they keep their own.

        ``fan`` in [0, 1] says how much of the loss is made up for. A strip of opacity l that is drawn at l * others,
        and again on top at o, looks as opaque as 1 - (1 - l * others) (1 - o); that is l for the o drawn here.
        """
        level = self.base.levels  # (16,)
        self.base.shine(level * others)
        self.fan.shine(fan * level * (1 - others) / np.maximum(1 - level * others, 1e-9))

    def flash(self, products: np.ndarray, back: bool = False, limit: float | None = None, **kwargs: Any) -> "Travel":
        """Products (to, from) run along the edges, by the same rule: their largest, or ``limit``, is full width."""
        return Travel(self, self.shown(products), back, limit, **kwargs)

    def products(self) -> np.ndarray:
        """The products that run along the edges now, (to, from), read like ``values``; ValueError if none do."""
        found = self.flow.values()
        if not len(found):
            raise ValueError("Nothing runs along these edges now.")
        return found.reshape(self.shape_shown)

    def pulse(self, color: str = ACCENT, **kwargs: Any) -> "Pulse":
        """All edges glow once in one colour, each as faint or bold as it is."""
        return Pulse(self.base, color, **kwargs)


class Travel(Animation):
    """Products run along the edges of a step as bright pieces while the edges themselves step back.

    With ``back`` they run from the layer after to the one before. At the end there are none.
    """

    LENGTH = 0.6  # of a piece, as a share of its edge
    TAIL = 0.1  # width of its end, as a share of its head's
    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, edges: Edges, products: np.ndarray, back: bool, limit: float | None, **kwargs: Any) -> None:
        self.products, self.back = products.ravel(), back  # (to x from,)
        self.edges, self.limit = edges, largest(products) if limit is None else float(limit)
        super().__init__(edges, **kwargs)

    def begin(self) -> None:
        self.edges.flow.limit = self.limit
        self.start = self.edges.base.opacities()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        edges, time = self.edges, self.rate_func(alpha)
        away = smooth(min(6 * time, 6 * (1 - time), 1.0))
        edges.base.shine(self.start * (1 - (1 - QUIET) * away))
        head = time * (1 + self.LENGTH)
        low, high = np.clip((head - self.LENGTH, head), 0, 1)
        some = np.arange(len(self.products)) if time < 1 else np.zeros(0, dtype=int)
        if self.back:
            edges.flow.draw(self.products, (1 - high, 1 - low), (1, self.TAIL), some)
        else:
            edges.flow.draw(self.products, (low, high), (self.TAIL, 1), some)


class Pulse(Animation):
    """A copy of edges in one colour appears on top of them and goes."""

    of_alpha_alone = True

    def __init__(self, edges: Strips, color: str, **kwargs: Any) -> None:
        self.levels = edges.levels  # (16,)
        glow = Shapes([(color, 0.0)] * len(edges.levels))
        glow.place(edges.frame.out(edges.outlines()), edges.style())
        self.glow = glow
        kwargs.setdefault("rate_func", there_and_back)
        super().__init__(glow, introducer=True, remover=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        for mobject, level in zip(self.glow.bins, self.levels, strict=True):
            mobject.set_fill(opacity=float(level * self.rate_func(alpha)))


def rims(before: Layer, after: Layer) -> np.ndarray:
    """Where the edges between shown neurons start and end, (to x from, 2, 3), from rim to rim."""
    starts = np.array([neuron.get_center() for neuron in before.neurons])  # (from, 3)
    stops = np.array([neuron.get_center() for neuron in after.neurons])  # (to, 3)
    a, b = np.tile(starts, (len(stops), 1)), np.repeat(stops, len(starts), axis=0)  # (to x from, 3)
    along = (b - a) / np.maximum(np.linalg.norm(b - a, axis=1, keepdims=True), 1e-9)
    return np.stack([a + along * before.radius, b - along * after.radius], axis=1)
