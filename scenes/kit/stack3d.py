"""Snapshots of a residual stream as cards in depth, each a grid of real values, threaded on the wire they share."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from manim import Animation, Group, ValueTracker, VMobject

from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.shapes import LEVELS, Shapes, circles, polygons, signed_style, signed_styles, signs
from scenes.kit.space import Signs, Space, View, blend, parts, tapered
from scenes.kit.typeset import Words, escape
from scenes.theme import BACKGROUND, DIM, GROUP_GAP, HAIRLINE, INK, LINE, RULE, SMALL

FULL = 0.94  # of a cell: the side of the largest value
MARGIN = 0.08  # units around the cells of a card
PANEL = 0.8  # opacity of a card, so that those behind are dimmed
UNLIT = 0.22  # brightness of what is not looked at
SPREAD = 0.75  # cards: how wide the bright wave is
EASE = 0.12  # of the time of a wave, to dim what waits and to light it again
RAIL, STUB, NODE, PLUS = 0.03, 0.018, 0.13, 0.026  # units, widths and a radius
BELOW, BESIDE = 0.3, 0.12  # units from the corner of a card to the wire
GONE = 0.4  # of the way to the table: then the wire has faded
WIDEST = 12.8  # units that a row of flat cards may take
PULSE = 1.1  # units of the wire that shine
VIEW = View(azimuth=-0.8, elevation=0.17)


class Stack3D(Space):
    """Values (layer, token, channel): a card for each layer, a column for each token, channels from the top down.

    A cell's area is |v| / max, its opacity goes with its side, its colour is the sign; ``limit`` is that max.
    ``residual`` draws the wire below the cards with a plus where the block between two cards adds its part.
    ``values()`` is decoded from colours and from sides in the plane of each card; exact to 1e-6 of the limit.
    Raises: ValueError for values that are not finite or beyond the limit, and names that are not one for each layer.
    """

    SIDEWAYS: ClassVar[float] = 1.35  # azimuth from which cards would be seen edge on

    def __init__(
        self,
        values: np.ndarray,
        names: Sequence[str] = (),
        height: float = 3.5,
        length: float = 8.4,
        limit: float | None = None,
        residual: bool = True,
        view: View = VIEW,
    ) -> None:
        super().__init__(view)
        given = finite("A Stack3D", values, 3)  # (layer, token, channel)
        self.limit = largest(given) if limit is None else float(limit)
        if not 0 < self.limit < np.inf:
            raise ValueError(f"A Stack3D needs a positive limit, got {self.limit:g}.")
        self.now = self._fitting(given, given.shape)
        layers, tokens, channels = given.shape
        if names and len(names) != layers:
            raise ValueError(f"A Stack3D of {layers} layers needs as many names, got {len(names)}.")
        self.cell = height / channels
        self.size = np.array([tokens, channels]) * self.cell + 2 * MARGIN  # units, of a card
        self.along = np.linspace(-length / 2, length / 2, layers) if layers > 1 else np.zeros(1)
        self.residual, self.flat = residual, ValueTracker(0.0)
        self.glow, self.front = np.ones(layers), np.nan
        self.wire = Shapes([(color, 1.0) for color in (RULE, INK, BACKGROUND, INK)])
        self.wire.bins[2].set_stroke(DIM, LINE)
        self.panels = Group(*(VMobject(stroke_width=HAIRLINE) for _ in range(layers)))
        self.cells = Group(*(Shapes(signed_styles()) for _ in range(layers)))
        self.cards = Group(*(Group(*pair) for pair in zip(self.panels, self.cells, strict=True)))
        words = [Words(escape(name), SMALL, DIM) for name in names]
        self.names = Signs(words, np.zeros((len(words), 3)), np.tile([0.0, -1.0], (len(words), 1)), 0.14)
        self.add(self.cards, self.wire, self.names)
        self.draw(view)

    def _fitting(self, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        found = finite("A Stack3D", values, 3, -self.limit * (1 + 1e-9), self.limit * (1 + 1e-9))
        if found.shape != shape:
            raise ValueError(f"A Stack3D of {shape} values cannot draw {found.shape}.")
        return found

    def checked(self, view: View) -> View:
        """The view itself. Raises: ValueError also if cards would be seen edge on or from behind."""
        if abs(view.azimuth) > self.SIDEWAYS:
            raise ValueError(f"A Stack3D is seen from azimuths within {self.SIDEWAYS:g} rad, not {view.azimuth:.3g}.")
        return super().checked(view)

    def stale(self) -> bool:
        """Whether a tracker has moved since the stack was drawn."""
        return super().stale() or self.flat.get_value() != self.laid

    def draw(self, view: View) -> None:
        """Draw cards, cells and the wire as they are seen from there, or flat by as much as they are laid."""
        self.seen, self.laid = view, self.flat.get_value()
        layers, tokens, channels = self.now.shape
        eye, centres = self._eye(), self._centres()
        y, z = self._offsets()  # (tokens, channels) each
        shares = np.sign(self.now) * np.sqrt(np.abs(self.now) / self.limit)  # (layer, token, channel)
        sides = FULL * self.cell * np.abs(shares)
        corners = np.array([[0, -1, -1], [0, 1, -1], [0, 1, 1], [0, -1, 1]]) / 2  # counterclockwise from the front
        middles = centres[:, None, None] + np.stack([np.zeros_like(y), y, z], axis=2)  # (layer, token, channel, 3)
        around = middles[..., None, :] + sides[..., None, None] * corners  # (layer, token, channel, 4, 3)
        cells = polygons(eye.see(around.reshape(-1, 3))[0].reshape(-1, 4, 3)).reshape(layers, -1, 16, 3)
        cards = centres[:, None] + (corners * (0, *self.size))  # (layer, 4, 3)
        panels = polygons(eye.see(cards.reshape(-1, 3))[0].reshape(-1, 4, 3))  # (layer, 16, 3)
        for layer in range(layers):
            self.panels[layer].points = self.frame.out(panels[layer])
            self.cells[layer].place(cells[layer], signed_style(shares[layer].reshape(-1)))
        if len(self.names):
            self.names.places = centres - (0, 0, self.size[1] / 2 + MARGIN)
            self.names.draw(eye, self.frame)
        self.shine()

    def shine(self) -> None:
        """Give each card its brightness, and the wire its bright piece."""
        lit = np.clip(self.glow - self.glow.min(), 0, 1)
        for panel, shapes, bright, edge in zip(
            parts(self.panels, VMobject), parts(self.cells, Shapes), self.glow, lit, strict=True
        ):
            panel.set_fill(BACKGROUND, PANEL).set_stroke(blend(RULE, INK, round(float(edge), 3)))
            for style, mobject in enumerate(shapes.bins):
                mobject.set_fill(opacity=float(bright) * (style % LEVELS + 1) / LEVELS)
        if self.residual:
            self._draw_wire()

    def _draw_wire(self) -> None:
        eye, low = self._eye(), -self.size[1] / 2 - BELOW
        side = -self.size[0] / 2 - BESIDE
        ends = self.along[[0, -1]] + (-GROUP_GAP, GROUP_GAP)
        rows = [(_line(ends[:1], ends[1:], (side, low), (side, low), RAIL, eye), 0)]
        corner = (-self.size[0] / 2, -self.size[1] / 2)
        rows.append((_line(self.along, self.along, (side, low), corner, STUB, eye), 0))
        if np.isfinite(self.front):
            step = self.along[1] - self.along[0] if len(self.along) > 1 else GROUP_GAP
            bright = self.along[0] + self.front * step
            shining = np.clip(bright + np.array([-PULSE, PULSE]) / 2, *ends)
            rows.append((_line(shining[:1], shining[1:], (side, low), (side, low), 2 * RAIL, eye), 1))
        adds = (self.along[1:] + self.along[:-1]) / 2  # between cards
        places, near = eye.see(np.column_stack([adds, np.full(len(adds), side), np.full(len(adds), low)]))
        radius = (NODE * near)[:, None]
        rows.append((circles(places, NODE * near), 2))
        for way in ((0.55, 0, 0), (0, 0.55, 0)):
            step = radius * way
            rows.append((tapered(places - step, places + step, PLUS * near, PLUS * near), 3))
        styles = [np.full(len(outlines), style) for outlines, style in rows]
        self.wire.place(np.concatenate([outlines for outlines, _ in rows]), np.concatenate(styles))
        for mobject in self.wire.bins:
            mobject.set_opacity(max(0.0, 1 - self.flat.get_value() / GONE))

    def _eye(self) -> View:
        """The view that is drawn: the asked one, turned to the front by as much as the cards are laid flat."""
        left = 1 - self.flat.get_value()
        return View(self.seen.azimuth * left, self.seen.elevation * left, self.seen.zoom)

    def _centres(self) -> np.ndarray:
        """Where the cards are now, (layer, 3): in depth, or on the way to rows of a plane."""
        step = self.size + GROUP_GAP
        columns = max(1, min(len(self.along), int(WIDEST / step[0])))
        row, column = np.divmod(np.arange(len(self.along)), columns)
        flat = np.column_stack(
            [np.zeros(len(row)), (column - (columns - 1) / 2) * step[0], (row.max() / 2 - row) * step[1]]
        )
        deep = self.along[:, None] * (1, 0, 0)
        return np.array(deep + self.flat.get_value() * (flat - deep))

    def _offsets(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps along y and z (token, channel) from the middle of a card to its cells."""
        _, tokens, channels = self.now.shape
        y, z = (
            (np.arange(tokens) - (tokens - 1) / 2) * self.cell,
            ((channels - 1) / 2 - np.arange(channels)) * self.cell,
        )
        grid = np.meshgrid(y, z, indexing="ij")
        return grid[0], grid[1]

    def values(self) -> np.ndarray:
        """The values drawn now, (layer, token, channel), decoded from the sides and colours of the cells."""
        found, eye = [], self._eye()
        for centre, shapes in zip(self._centres(), parts(self.cells, Shapes), strict=True):
            corners = shapes.outlines()[:, ::4].reshape(-1, 3)  # (4 n, 3)
            solid = eye.on_plane(corners, centre, np.array([1.0, 0, 0])).reshape(-1, 4, 3)
            sides = np.linalg.norm(np.roll(solid, -1, axis=1) - solid, axis=2).mean(axis=1)  # (n,)
            found.append(signs(shapes) * (sides / FULL / self.cell) ** 2 * self.limit)
        return np.array(found).reshape(self.now.shape)

    def brightness(self) -> np.ndarray:
        """How bright each card is drawn now, (layer,), decoded from the opacity of its strongest style."""
        return np.array([shapes.bins[LEVELS - 1].get_fill_opacity() for shapes in parts(self.cells, Shapes)])

    def spot(self, layer: int, token: int, channel: int) -> np.ndarray:
        """Where the middle of a cell is drawn now, (3,): for arcs, boxes and words."""
        y, z = self._offsets()
        local = self._centres()[layer] + (0, y[token, channel], z[token, channel])
        return np.array(self.frame.out(self._eye().see(local[None])[0][0]))

    def set_values(self, values: np.ndarray) -> "Stack3D":
        """Draw other values of the same shape at once, against the same limit."""
        self.now = self._fitting(values, self.now.shape)
        self.draw(self.view())
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """Every cell grows or shrinks to its new value (layer, token, channel)."""
        return Change(self, self._fitting(target, self.now.shape), **kwargs)

    def light(self, layers: Sequence[int] | None = None, **kwargs: Any) -> "Shine":
        """These cards stay bright and all others dim; all are bright again without ``layers``."""
        target = np.ones(len(self.glow))
        if layers is not None:
            if not set(layers) <= set(range(len(target))):
                raise ValueError(f"A Stack3D of {len(target)} layers cannot light {list(layers)}.")
            target = np.where(np.isin(np.arange(len(target)), layers), 1.0, UNLIT)
        return Shine(self, target, **kwargs)

    def wave(self, **kwargs: Any) -> "Wave":
        """A forward pass: brightness runs along the wire from the first card to the last."""
        return Wave(self, **kwargs)

    def lay(self, flat: bool = True, **kwargs: Any) -> "Lay":
        """The cards turn to the viewer side by side, or back into depth."""
        return Lay(self, float(flat), **kwargs)


def _line(
    starts: np.ndarray, ends: np.ndarray, start: tuple[float, float], end: tuple[float, float], width: float, eye: View
) -> np.ndarray:
    """Outlines (n, 16, 3) of lines from x (n,) at one (y, z) to x (n,) at another."""
    first, near = eye.see(np.column_stack([starts, np.tile(start, (len(starts), 1))]))
    last, there = eye.see(np.column_stack([ends, np.tile(end, (len(ends), 1))]))
    return tapered(first, last, width * near, width * there)


class Shine(Animation):
    """The brightness (layer,) of each card moves to another."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, stack: Stack3D, target: np.ndarray, **kwargs: Any) -> None:
        self.stack, self.target_glow = stack, target
        super().__init__(stack, **kwargs)

    def begin(self) -> None:
        self.start = self.stack.glow.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.stack.glow = (1 - share) * self.start + share * self.target_glow
        self.stack.keep_up()
        self.stack.shine()


class Wave(Animation):
    """A bright wave runs through the cards while the others are dim; it ends as bright as it began."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, stack: Stack3D, **kwargs: Any) -> None:
        self.stack = stack
        super().__init__(stack, **kwargs)

    def begin(self) -> None:
        self.start = self.stack.glow.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        last = len(self.start) - 1
        front = alpha * (last + 4 * SPREAD) - 2 * SPREAD  # at an even pace, from before the first to after the last
        calm = self.rate_func(min(1.0, alpha / EASE, (1 - alpha) / EASE))
        bright = UNLIT + (1 - UNLIT) * np.exp(-(((np.arange(last + 1) - front) / SPREAD) ** 2))
        self.stack.glow = (1 - calm) * self.start + calm * bright
        self.stack.front = front if 0 < alpha < 1 else np.nan
        self.stack.keep_up()
        self.stack.shine()


class Lay(Animation):
    """The cards of a stack are laid flat by a share, or taken up again."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, stack: Stack3D, target: float, **kwargs: Any) -> None:
        self.stack, self.end = stack, target
        super().__init__(stack, **kwargs)

    def begin(self) -> None:
        self.start = self.stack.flat.get_value()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.stack.flat.set_value((1 - share) * self.start + share * self.end)
        self.stack.draw(self.stack.view())
