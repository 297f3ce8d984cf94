"""Numbers at many places as one mobject: they move, change and are read back together."""

from collections.abc import Sequence

import numpy as np
from manim import VMobject

from scenes.kit.glyphs import read_marks, write
from scenes.kit.number import read, spell_all
from scenes.kit.shapes import Frame
from scenes.kit.typeset import UNITS_PER_EM

MIDDLE_EM = 0.30  # height of a line's middle over its baseline: what is centred beside a bar


def figure_width(text: str, size: float) -> float:
    """Width of the characters of a number at a font size, in units."""
    return float(write([text]).width[0]) * size * UNITS_PER_EM


class Figures(VMobject):
    """Numbers with a fixed count of decimals, written anew as often as wanted, all in one colour.

    ``values()`` decodes them from the outline, exact to half a unit of the last decimal.
    """

    def __init__(self, decimals: int, size: float, color: str) -> None:
        super().__init__(fill_color=color, fill_opacity=1, stroke_width=0)
        self.decimals, self.em = decimals, size * UNITS_PER_EM

    def write(self, values: np.ndarray, places: np.ndarray, side: np.ndarray, frame: Frame) -> None:
        """Write values (n,) at local places (n, 3) of a frame: the middle of a line's left (0) or right (1) end.

        ``side`` (n,) says which; 0.5 is the middle. All digits have one width, so the end at the place stays there.
        """
        self.write_texts(spell_all(values, self.decimals), places, side, frame)

    def write_texts(self, texts: Sequence[str], places: np.ndarray, side: np.ndarray, frame: Frame) -> None:
        """Write numbers that are spelled already, as ``write`` does."""
        lines = write(texts)
        shift = places - np.stack([lines.width * side, np.full(len(side), MIDDLE_EM), np.zeros(len(side))], 1) * self.em
        self.points = frame.out(lines.points * self.em + np.repeat(shift, lines.count, axis=0))

    def values(self) -> np.ndarray:
        """The numbers drawn now, (n,), in the order they were written in."""
        return np.array([read(text) for text in read_marks(self.points).texts()])
