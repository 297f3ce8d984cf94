"""What a text says, how large it is set, and what a mobject is called in a finding."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from manim import DecimalNumber, Group, MarkupText, Mobject, SingleStringMathTex, Text, Typst, VGroup, VMobject

from render.check.spelling import plain
from scenes.kit.glyphs import read_marks, table
from scenes.kit.number import LiveNumber, Number, NumberField
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import SMALL

GENERIC = (VMobject, VGroup, Mobject, Group)
NUMBERS: tuple[type, ...] = (Number, NumberField, LiveNumber)
FOREIGN = (Text, MarkupText, SingleStringMathTex, DecimalNumber, Typst)  # what plain Manim scenes write with
TEXTS: tuple[type, ...] = (Words, *NUMBERS, *FOREIGN)
DIGITS = len("0123456789")
LONGEST = 40  # characters of a text that are quoted


def is_text(mob: Any) -> bool:
    """Whether a mobject is of a class of texts: words, formulas, numbers, or many numbers drawn as one."""
    return isinstance(mob, TEXTS)


def is_written(mob: Any) -> bool:
    """Whether a single mobject is drawn from the outlines of numbers, whatever its class is called."""
    points = mob.points
    if not isinstance(mob, VMobject) or len(points) < 4 or len(points) % 4:
        return False
    joined = np.abs(points[3:-1:4] - points[4::4]).max(axis=1) < 1e-4
    first = 4 * (int(np.argmin(joined)) + 1) if not joined.all() else len(points)
    return first in table().first and _has_digits(points)


def _has_digits(points: np.ndarray) -> bool:
    try:
        return bool((read_marks(points).codes < DIGITS).any())
    except ValueError:
        return False


def read_off(root: Any, leaves: Sequence[Any]) -> tuple[float, str]:
    """The font size as drawn, 0 where it cannot be told, and the characters of a number.

    For words the second is what changes when other outlines are drawn.
    """
    shapes = ",".join(str(len(leaf.points)) for leaf in leaves)
    if isinstance(root, Words):
        return root.drawn_em() / UNITS_PER_EM, shapes
    if isinstance(root, FOREIGN):
        return float(root.font_size), shapes
    try:
        marks = read_marks(np.concatenate([leaf.points for leaf in leaves]))
    except ValueError:  # turned numbers, for one
        return 0.0, shapes
    return float(marks.ems.max(initial=0.0)) / UNITS_PER_EM, " ".join(marks.texts())


def prose_of(root: Any) -> str:
    """What has to be spelled correctly: words without formulas, code and numbers."""
    if isinstance(root, Words):
        return "" if "Mono" in root.font else plain(root.markup)
    if isinstance(root, Typst):
        return plain(root.typst_code)
    return str(root.original_text) if isinstance(root, Text | MarkupText) else ""  # ``text`` has no spaces


class Names:
    """What the mobjects of a scene are called: class, words, and the attribute of the scene that holds them."""

    def __init__(self, scene: Any) -> None:
        self.held = {id(mob): name for name, value in vars(scene).items() for mob, name in _held(name, value)}

    def is_component(self, mob: Mobject) -> bool:
        """Whether a mobject has a name of its own, rather than being a group or an outline."""
        return type(mob) not in GENERIC

    def asked(self, root: Any, size: float) -> bool:
        """Whether somebody is to read a text of which nobody has said so: all but data drawn too small for it."""
        data = type(root) is NumberField or not is_text(root)
        return not data or size >= SMALL

    def of(self, mob: Any, outer: Mobject, marks: str) -> str:
        """``Words 'All of it'``, ``Number 0.84``, ``Layer (layers[1])``."""
        said = ""
        if isinstance(mob, Words) and plain(mob.markup):
            said = f" '{_short(plain(mob.markup))}'"
        elif isinstance(mob, Words):
            said = f" {_short(mob.markup)}"
        elif isinstance(mob, Text | MarkupText):
            said = f" '{_short(mob.text)}'"
        elif marks and not isinstance(mob, FOREIGN):
            said = f" {_short(marks)}"
        kind = type(mob if self.is_component(mob) else outer).__name__
        return f"{kind}{said}{self._where(mob, outer)}"

    def part(self, mob: Mobject, outer: Mobject) -> str:
        """``Line of Edges (edges[0])``, or the class alone for what is part of nothing."""
        if outer is mob or not self.is_component(outer):
            return f"{type(mob).__name__}{self._where(mob, outer)}"
        own = f"{type(mob).__name__} of " if self.is_component(mob) else ""
        return f"{own}{type(outer).__name__}{self._where(outer, mob)}"

    def _where(self, *mobjects: Mobject) -> str:
        names = [self.held[id(mob)] for mob in mobjects if id(mob) in self.held]
        return f" ({names[0]})" if names else ""


def _held(name: str, value: Any) -> Iterator[tuple[Mobject, str]]:
    """The mobjects that an attribute of a scene holds, alone or in a list, with what they are called."""
    if isinstance(value, Mobject):
        yield value, name
    elif isinstance(value, list | tuple) and name not in ("mobjects", "moving_mobjects", "static_mobjects"):
        yield from ((mob, f"{name}[{i}]") for i, mob in enumerate(value) if isinstance(mob, Mobject))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
