"""Tokens in boxes on one baseline, and arcs between them whose width and opacity are strengths such as attention.

Sign is colour, size is opacity and width by |v| / limit; a space that belongs to a token is drawn as an open box.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, RIGHT, UP, Animation, Group, ManimColor, VMobject, interpolate_color

from scenes.kit.arcs import arches, bends, pieces
from scenes.kit.arrays import finite, largest
from scenes.kit.change import Change
from scenes.kit.figures import Figures
from scenes.kit.letters import Label, baseline, rounded
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.shapes import LEVELS, Shapes, signed_style, signed_styles, signs, strip_widths
from scenes.kit.typeset import UNITS_PER_EM
from scenes.theme import ACCENT, BACKGROUND, DIM, GAP, HAIRLINE, INK, LABEL, LINE, RULE, SMALL

VISIBLE = {" ": "␣", "\n": "↵"}
PAD = 0.13  # between a word and its box
BESIDE = 0.1  # between two boxes
CORNER = 0.08
LINE_EM = 1.0  # height of a line of text in its box, from 0.24 em under the baseline
BELOW_EM = 0.24
PICTURE = 0.8  # height of a picture in its box
ARC_WIDTH = 0.1
CLEAR = 0.04  # between a box and the ends of its arcs
OWN_ARC = 0.3  # height of the arc of a token to itself, as a share of the highest
FLASH_LENGTH = 0.5  # of the piece that runs along an arc, as a share of it
BOX_FILL = interpolate_color(ManimColor(BACKGROUND), ManimColor(RULE), 0.35)


class TokenRow(Group):
    """Tokens, words or small pictures (H, W) in [0, 1], left to right; too long a row goes on below.

    ``strengths`` is (T,), from each token to the token ``target``, or (T, T): row is the target, column the source.
    ``limit`` is the strength of full width, by default the largest |strength|. ``size`` is the font size, ``width``
    the longest line and ``arc_height`` the height of the longest arc in units.
    ``values()`` decodes the strengths from the arcs' widths, to 1e-6 of the limit.
    Raises: ValueError if there is no token, an empty one, or strengths that do not fit.
    """

    def __init__(
        self,
        tokens: Sequence[str | np.ndarray],
        strengths: np.ndarray | None = None,
        target: int | None = None,
        *,
        limit: float | None = None,
        size: float = LABEL,
        width: float = 12.5,
        arc_height: float = 1.2,
    ) -> None:
        super().__init__()
        if not len(tokens):
            raise ValueError("A token row has nothing to draw: there are no tokens.")
        self.em, self.aim, self.arc_height = size * UNITS_PER_EM, target, arc_height
        self.tokens = Group(*(self._token(token, size) for token in tokens))
        between = GAP + (arc_height if strengths is not None else 0)
        self.line_of = self._lay_out(width, between)  # (T,)
        boxes = [token[0] for token in self.tokens]
        self.tops = np.array([box.get_top() for box in boxes]) + UP * CLEAR  # (T, 3)
        self.bottoms = np.array([box.get_bottom() for box in boxes]) + DOWN * CLEAR
        self.widths = np.array([box.width for box in boxes])
        self.arcs, self.flashes = Shapes(signed_styles()), Shapes([(INK, (i + 1) / LEVELS) for i in range(LEVELS)])
        self.numbers = Figures(2, SMALL, DIM)
        self.marker = VMobject(stroke_color=ACCENT, stroke_width=LINE, stroke_opacity=0)
        self.marker.set_points(self._around(0))
        self.add(self.arcs, self.flashes, self.tokens, self.numbers, self.marker)
        self.axes_count = 0
        if strengths is not None:
            array = self._checked(strengths, 1 if target is not None else 2)
            self.axes_count, self.limit = array.ndim, limit or largest(array)
            self.set_values(array)

    def set_values(self, strengths: np.ndarray) -> "TokenRow":
        """Draw other strengths of the same shape at once, with the limit that was set."""
        array = self._checked(strengths, self.axes_count)
        shares = array.reshape(-1) / self.limit
        if np.abs(shares).max() > 1 + 1e-9:
            worst = float(array.reshape(-1)[np.abs(shares).argmax()])
            raise ValueError(f"A strength of {worst:g} is over the limit of {self.limit:g}: give a larger limit.")
        self.arcs.place(self._outlines(np.abs(shares) * ARC_WIDTH), signed_style(shares))
        return self

    def values(self) -> np.ndarray:
        """The strengths drawn now, (T,) or (T, T), decoded from widths and colours; none without arcs, (0,)."""
        found = strip_widths(self.arcs.outlines()) * signs(self.arcs) / ARC_WIDTH
        count = len(self.tokens)
        return found.reshape((count,) * self.axes_count) * self.limit if self.axes_count else found

    def words(self) -> list[str]:
        """The tokens drawn now, from their glyphs; a visible space is a space again, a picture an empty text."""
        back = {mark: char for char, mark in VISIBLE.items()}
        texts = [token[1].says() if isinstance(token[1], Label) else "" for token in self.tokens]
        return ["".join(back.get(char, char) for char in text) for text in texts]

    def set_numbers(self, values: np.ndarray, decimals: int = 2) -> "TokenRow":
        """Write a number (T,) under each token at once."""
        array = self.checked_numbers(values)
        self.numbers.decimals = decimals
        places = self.bottoms + DOWN * 0.8 * SMALL * UNITS_PER_EM
        self.numbers.write(array, places, np.full(len(array), 0.5), self.arcs.frame)
        return self

    def change_numbers(self, values: np.ndarray, decimals: int = 2, **kwargs: Any) -> "NewNumbers":
        """An animation: the numbers under the tokens leave, if there are any, and others (T,) arrive."""
        return NewNumbers(self, self.checked_numbers(values), decimals, **kwargs)

    def checked_numbers(self, values: np.ndarray) -> np.ndarray:
        """The numbers as float64, (T,), or a ValueError that says why they cannot be written."""
        array = finite("A token row", values, 1)
        if len(array) != len(self.tokens):
            raise ValueError(f"A token row of {len(self.tokens)} cannot write {len(array)} numbers.")
        return array

    def written(self) -> np.ndarray:
        """The numbers under the tokens now, (T,), from their glyphs, to half a unit of the last decimal."""
        return self.numbers.values()

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """An animation to other strengths: each arc goes straight to its new width."""
        return Change(self, self._checked(target, self.axes_count), **kwargs)

    def flash(self, **kwargs: Any) -> "ArcFlash":
        """An animation: a piece runs along each arc to its target, as bright and wide as the strength drawn."""
        return ArcFlash(self, **kwargs)

    def highlight(self, index: int | None, **kwargs: Any) -> "MoveMarker":
        """An animation: the accent box goes to a token, appears there, or leaves if the index is None."""
        if index is not None and not 0 <= index < len(self.tokens):
            raise ValueError(f"A token row of {len(self.tokens)} has no token {index}.")
        return MoveMarker(self, index, **kwargs)

    def highlighted(self) -> int | None:
        """The token whose box the accent box is nearest to now, None while it is hidden."""
        if self.marker.get_stroke_opacity() == 0:
            return None
        away = [np.linalg.norm(token[0].get_center() - self.marker.get_center()) for token in self.tokens]
        return int(np.argmin(away))

    def _checked(self, strengths: np.ndarray, axes: int) -> np.ndarray:
        array, count = finite("A token row", strengths, axes), len(self.tokens)
        if array.shape != (count,) * axes or axes == 0:
            raise ValueError(f"{count} tokens have strengths ({count},) or ({count}, {count}), found {array.shape}.")
        if axes == 1 and not (self.aim is not None and 0 <= self.aim < count):
            raise ValueError(f"Strengths ({count},) go to one token, and the target {self.aim} is none.")
        return array

    def _token(self, token: str | np.ndarray, size: float) -> Group:
        box = VMobject(fill_color=BOX_FILL, fill_opacity=1, stroke_color=RULE, stroke_width=HAIRLINE)
        if isinstance(token, str):
            label = Label("".join(VISIBLE.get(char, char) for char in token), size=size)
            for glyph, char in zip(label.submobjects, token, strict=True):
                glyph.set_fill(DIM if char in VISIBLE else INK)
            label.shift(UP * (BELOW_EM * self.em - LINE_EM * self.em / 2 - baseline(label)))
            width, height = max(label.width, 0.3 * self.em), LINE_EM * self.em
            inside: Label | PixelGrid = label
        else:
            inside = PixelGrid(token, height=PICTURE)
            width, height = inside.width - PAD, inside.height - PAD
        box.set_points(rounded(width + 2 * PAD, height + 2 * PAD, CORNER))
        return Group(box, inside)

    def _lay_out(self, width: float, between: float) -> np.ndarray:
        """Put the tokens into lines, (T,) the line of each, with the middle of all at the origin."""
        x, line, lines = 0.0, 0, []
        for token in self.tokens:
            if x > 0 and x + token.width > width:
                x, line = 0.0, line + 1
            token.shift(RIGHT * (x + token.width / 2) + DOWN * line * (token.height + between))
            x += token.width + BESIDE
            lines.append(line)
        self.tokens.move_to(np.zeros(3))
        return np.array(lines)

    def _outlines(self, widths: np.ndarray) -> np.ndarray:
        """Arcs in the order of the strengths, (n, 16, 3), for these widths (n,)."""
        count = len(self.tokens)
        targets = np.repeat(np.arange(count), count) if self.axes_count == 2 else np.full(count, self.aim)
        sources = np.tile(np.arange(count), len(targets) // count)
        own = targets == sources
        inward = np.where(own, 0.25, 0.0)[:, None] * self.widths[sources, None] * RIGHT
        starts, ends = self.tops[sources] - inward, self.tops[targets] + inward  # (n, 3)
        heights = self.arc_height * np.sqrt(np.abs(ends - starts)[:, 0] / max(np.ptp(self.tops[:, 0]), 1e-9))
        heights = np.where(own, OWN_ARC * self.arc_height, heights)
        found = arches(starts, ends, heights, widths)
        down = self.line_of[targets] - self.line_of[sources]
        for chosen, begin, end in ((down > 0, self.bottoms, self.tops), (down < 0, self.tops, self.bottoms)):
            found[chosen] = bends(begin[sources[chosen]], end[targets[chosen]], widths[chosen])
        return found

    def _around(self, index: int) -> np.ndarray:
        """Points of the accent box around a token, where the token is now."""
        box = self.tokens[index][0]
        scale = box.width / self.widths[index]
        return rounded(box.width + 0.1 * scale, box.height + 0.1 * scale, 0.12 * scale) + box.get_center()


class ArcFlash(Animation):
    """Bright pieces of all arcs run to their targets; brightness and width are those of the arcs at the beginning."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, row: TokenRow, **kwargs: Any) -> None:
        self.row = row
        super().__init__(row, **kwargs)

    def begin(self) -> None:
        drawn = np.abs(self.row.values().reshape(-1)) / self.row.limit if self.row.axes_count else np.zeros(0)
        shares = drawn.round(9)  # what was read back must not be a level brighter for its last bit
        self.lit = np.flatnonzero(shares > 0)
        self.style, self.bands = signed_style(shares[self.lit]), self.row.arcs.outlines()[self.lit]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        head = self.rate_func(alpha) * (1 + FLASH_LENGTH)
        low, high = np.clip((head - FLASH_LENGTH, head), 0, 1)
        shown = slice(None) if low < high else slice(0)
        self.row.flashes.place(pieces(self.bands[shown], low, high), self.style[shown])


class NewNumbers(Animation):
    """The numbers under the tokens of a row fade in the first half, the new ones come up in the second."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, row: TokenRow, target: np.ndarray, decimals: int, **kwargs: Any) -> None:
        self.row, self.new, self.decimals = row, target, decimals
        super().__init__(row, **kwargs)

    def begin(self) -> None:
        self.old = self.row.numbers.points.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        if share < 0.5:
            self.row.numbers.points = self.old.copy()
        else:
            self.row.set_numbers(self.new, self.decimals)
        self.row.numbers.set_fill(opacity=abs(1 - 2 * share))


class MoveMarker(Animation):
    """The accent box of a row moves to a token; hidden before, it comes up there."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, row: TokenRow, index: int | None, **kwargs: Any) -> None:
        self.row, self.index = row, index
        super().__init__(row, **kwargs)

    def begin(self) -> None:
        marker = self.row.marker
        self.shown, self.start = marker.get_stroke_opacity(), marker.points.copy()
        self.end = self.start if self.index is None else self.row._around(self.index)
        if self.shown == 0:
            self.start = self.end
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.row.marker.points = (1 - share) * self.start + share * self.end
        self.row.marker.set_stroke(opacity=(1 - share) * self.shown + share * float(self.index is not None))
