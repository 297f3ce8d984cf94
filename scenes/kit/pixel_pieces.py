"""The cells of a picture as separate pieces: squares, circles, or entries of a vector with dots for those left out.

All pieces are a handful of mobjects, one for each colour that occurs. Coordinates are local: one cell is one unit, the
middle of the picture is the origin, y points up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Animation, ManimColor, VGroup, VMobject

from scenes.kit.shapes import Frame, Shapes, circles, middles, rectangles
from scenes.theme import DIM, INK, NEGATIVE, PANEL, POSITIVE, RULE

FULL, BLUE, ORANGE = (np.array(ManimColor(c).to_int_rgb()) for c in (INK, POSITIVE, NEGATIVE))  # (3,) each
SQUARE, ROUND = 0.43, 0.42  # half side and radius of a piece in its cell
RIM = 0.14  # width of the line around a piece, as a share of its radius
BREAK = 2  # places of a vector that the dots take
MOST_BREAKS = 3
LARGEST = 0.24  # radius of a piece of a vector, units
QUARTER = np.sqrt(0.5) * np.array([[-1.0, -1, 0], [1, -1, 0], [0, 0, np.sqrt(2)]])  # 135 degrees to the right
ROUNDED = 1e-9  # so that whole numbers stay themselves
EASES = 257  # places at which the ease of a piece is looked up


def texture(shares: np.ndarray, signed: bool) -> np.ndarray:
    """Colour of value / limit (...) on black as 8 bits, (..., 3): ink, or for ``signed`` ones the sign's colour.

    The brightest channel is rounded, and the others follow from it, rounded down where they tell the signs apart.
    """
    full = np.where(shares[..., None] < 0, ORANGE, BLUE) if signed else FULL  # (..., 3)
    most = full.max(axis=-1, keepdims=True)  # (..., 1)
    exact = np.rint(np.abs(shares)[..., None] * most) * full / most
    return np.floor(exact + (ROUNDED if signed else 0.5)).astype(np.uint8)


def read_texture(rgb: np.ndarray, signed: bool) -> np.ndarray:
    """value / limit of colours (..., 3), (...), from the brightest channel: to half of 1/233, signed half of 1/240."""
    red, blue = rgb[..., 0].astype(float), rgb[..., 2].astype(float)
    return np.where(red > blue, -red / ORANGE[0], blue / BLUE[2]) if signed else red / FULL[0]


@dataclass(frozen=True)
class Look:
    """Where everything is: pieces (n, 16, 3), the shapes under them that make their rims, dots (m, 16, 3), rim colour.

    ``frame`` is the opacity of the line around the whole picture.
    """

    pieces: np.ndarray
    rims: np.ndarray
    dots: np.ndarray
    rim: np.ndarray
    frame: float = 0.0


class Pieces(VGroup):
    """n shapes in the colours of their values, rims under them and dots; ``frame`` carries their local coordinates."""

    def __init__(self, frame: Frame, most_colors: int) -> None:
        self.frame = frame
        self.rims = VMobject(fill_color=RULE, fill_opacity=1, stroke_width=0)
        self.shapes = Shapes([(PANEL, 1.0)] * most_colors)
        self.shapes.remove(self.shapes.frame)
        self.shapes.frame = frame
        self.dots = VMobject(fill_color=DIM, fill_opacity=1, stroke_width=0)
        super().__init__(self.rims, self.shapes, self.dots)

    def paint(self, pieces: np.ndarray, rgb: np.ndarray) -> None:
        """Draw pieces (n, 16, 3) in colours (n, 3) uint8, those of one colour as one mobject."""
        colors, style = np.unique(rgb, axis=0, return_inverse=True)  # (k, 3), (n,)
        for mobject, color in zip(self.shapes.bins, colors, strict=False):
            mobject.set_fill(ManimColor(color.astype(int)), family=False)
        self.shapes.place(pieces, style.reshape(-1))

    def colors(self) -> np.ndarray:
        """The colour that each piece is drawn in now, (n, 3), 0 to 255."""
        table = np.array([mobject.get_fill_rgbas()[0, :3] for mobject in self.shapes.bins])
        return np.rint(table[self.shapes.style()] * 255)

    def draw(self, look: Look) -> None:
        """Put everything in other places; the colours of the pieces stay."""
        self.shapes.place(look.pieces, self.shapes.style())
        self.rims.points = self.frame.out(look.rims).reshape(-1, 3)  # (16 n, 3)
        self.rims.set_fill(ManimColor(look.rim), family=False)
        self.dots.points = self.frame.out(look.dots).reshape(-1, 3)  # (16 m, 3)

    def look(self, frame: float) -> Look:
        """Where everything is drawn now."""
        rims, dots = (self.frame.back(m.points.reshape(-1, 16, 3)) for m in (self.rims, self.dots))
        return Look(self.shapes.outlines(), rims, dots, self.rims.get_fill_rgbas()[0, :3].copy(), frame)


def rgb(color: str) -> np.ndarray:
    """A colour's channels, (3,), 0 to 1."""
    return np.array(ManimColor(color).to_rgb())


def cells(rows: int, columns: int) -> np.ndarray:
    """Middle of each cell, (rows x columns, 3), row by row from the top."""
    row, column = np.indices((rows, columns)).reshape(2, -1)  # (n,) each
    return np.stack([column - (columns - 1) / 2, (rows - 1) / 2 - row, np.zeros(len(row))], axis=1)


def squares(centres: np.ndarray, half: float) -> np.ndarray:
    """Outlines (n, 16, 3) of squares, from their lower left corners."""
    return rectangles(centres - (half, half, 0), centres + (half, half, 0))


def rounds(centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of circles that begin at the lower left, so that squares become circles without a turn."""
    return circles(np.zeros_like(centres), radii) @ QUARTER + centres[:, None]


def grown(pieces: np.ndarray, by: float) -> np.ndarray:
    """The same shapes with sizes increased by this share."""
    centres = middles(pieces)[:, None]
    return centres + (pieces - centres) * (1 + by)


def breaks(indices: np.ndarray, size: int) -> np.ndarray:
    """Before which shown entries of a vector dots stand: where entries are left out, or once in the middle if often."""
    ends = np.concatenate([[-1], indices, [size]])
    found = np.flatnonzero(np.diff(ends) > 1)
    return found if len(found) <= MOST_BREAKS else np.array([len(indices) // 2])


def vector_places(indices: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place of each of ``size`` entries along a vector in [0, 1], of dots, and the length of a step, (1,).

    Entries left out are at the dots that stand for them. Places are those of ``Layer``: dots take two.
    """
    gaps = breaks(indices, size)
    shown = np.arange(len(indices)) + BREAK * (gaps[:, None] <= np.arange(len(indices))).sum(axis=0)  # (k,)
    dots = np.array([shown[g] - (BREAK + 1) / 2 if g < len(shown) else shown[-1] + (BREAK + 1) / 2 for g in gaps])
    low, high = min([shown[0], *dots]), max([shown[-1], *dots])
    places = np.zeros(size)
    if len(gaps):
        before = np.searchsorted(indices, np.arange(size))  # (size,)
        places = dots[np.clip(np.searchsorted(gaps, before), 0, len(gaps) - 1)].astype(float)
    places[indices] = shown
    length = max(high - low, 1)
    return (places - low) / length, (dots - low) / length, np.array([1 / length])


def vector(indices: np.ndarray, size: int, ends: np.ndarray, largest: float) -> Look:
    """A vector between two ends, (2, 3): circles for the entries shown, the others invisible at the dots' middle."""
    places, dots, step = vector_places(indices, size)
    start, along = ends[0], ends[1] - ends[0]
    space = float(step[0] * np.linalg.norm(along))
    radius = min(0.36 * space, largest)
    radii = np.zeros(size)
    radii[indices] = radius / (1 + RIM)
    pieces = rounds(start + places[:, None] * along, radii)
    middle = start + dots[:, None] * along  # (breaks, 3)
    step_along = along / np.linalg.norm(along) * 0.28 * space
    three = np.concatenate([middle + d * step_along for d in (-1, 0, 1)]) if len(dots) else np.zeros((0, 3))
    return Look(
        pieces, grown(pieces, RIM), rounds(three, np.full(len(three), min(0.085 * space, 0.3 * radius))), rgb(DIM)
    )


class Rearrange(Animation):
    """Pieces of a picture travel to other places, those with a low index first; a function of alpha alone.

    ``look`` is asked for the end when the animation begins; ``whole`` says that the end is the one image again.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(
        self, grid: Any, look: Callable[[], Look], lag: float = 0.0, whole: bool = False, **kwargs: Any
    ) -> None:
        self.grid, self.look, self.lag, self.whole = grid, look, lag, whole
        super().__init__(grid, **kwargs)

    def begin(self) -> None:
        self.was_whole = self.grid.whole
        self.grid.take_apart()
        self.start, self.end = self.grid.look(), self.look()
        count = len(self.start.pieces)
        self.later = self.lag * np.arange(count)[:, None, None] / count  # (n, 1, 1)
        self.eases = np.array([self.rate_func(t) for t in np.linspace(0, 1, EASES)])
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        if (alpha == 0 and self.was_whole) or (alpha == 1 and self.whole):
            self.grid.put_together()
            return
        self.grid.take_apart()
        eased, a, b = self.rate_func(alpha), self.start, self.end
        own = np.clip((alpha - self.later) / (1 - self.lag), 0, 1)  # (n, 1, 1)
        share = np.interp(own, np.linspace(0, 1, EASES), self.eases) if self.lag else eased
        self.grid.draw_pieces(
            Look(
                pieces=a.pieces + share * (b.pieces - a.pieces),
                rims=a.rims + share * (b.rims - a.rims),
                dots=np.concatenate([grown(a.dots, -eased), grown(b.dots, eased - 1)]),
                rim=a.rim + eased * (b.rim - a.rim),
                frame=a.frame + eased * (b.frame - a.frame),
            )
        )
