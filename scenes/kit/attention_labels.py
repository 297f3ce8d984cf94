"""What is written along the sides of an attention grid: words or small pictures, and which side is which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, PI, RIGHT, UP, Group, Mobject

from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import UNITS_PER_EM, Words, escape, typeset
from scenes.theme import DIM, GAP, INK, LABEL, SMALL

Labels = Sequence[str] | np.ndarray
ROOMY = 0.36  # side of a cell, units, from which labels are in the larger type
MIDDLE = 0.22  # em from the baseline to the middle of a small letter
LARGEST = 0.7  # side of a picture, units


def each(labels: Labels, count: int) -> list[tuple[int, Any]]:
    """Labels with their rows or columns. Raises: ValueError if there are some, but not one for each."""
    if len(labels) not in (0, count):
        raise ValueError(f"An AttentionGrid with {count} rows or columns got {len(labels)} labels for them.")
    return list(enumerate(labels))


def row_labels(labels: Labels, places: np.ndarray, cell: float) -> Group:
    """Labels that end at places (n, 3), each on the line of its row."""
    drawn = Group()
    for index, label in each(labels, len(places)):
        mobject = _label(label, cell)
        drawn.add(mobject.shift(places[index] - RIGHT * mobject.get_right()[0]))
    return drawn


def column_labels(labels: Labels, places: np.ndarray, cell: float) -> Group:
    """Labels that stand on places (n, 3), upright if all of them fit into their columns and turned up otherwise."""
    mobjects = [_label(label, cell) for _, label in each(labels, len(places))]
    turned = any(mobject.width > 0.92 * cell for mobject in mobjects)
    drawn = Group()
    for mobject, place in zip(mobjects, places, strict=False):
        if turned:
            mobject.shift(LEFT * mobject.get_left()[0]).rotate(PI / 2, about_point=np.zeros(3))
        elif isinstance(mobject, Words):
            mobject.shift(LEFT * mobject.get_center()[0] + UP * MIDDLE * _size(cell) * UNITS_PER_EM)
        else:
            mobject.shift(UP * mobject.height / 2)
        drawn.add(mobject.shift(place))
    return drawn


def side_name(text: str, at: np.ndarray, turned: bool = False) -> Words:
    """The dim name of a side, above a place, or left of it and turned."""
    words = Words(text, size=SMALL, color=DIM)
    if turned:
        return words.rotate(PI / 2).move_to(at, aligned_edge=RIGHT)
    return words.move_to(at, aligned_edge=DOWN)


def head_name(head: int, at: np.ndarray) -> Words:
    """The name of a head below a place."""
    return Words(f"head {head + 1}", size=LABEL, color=INK).move_to(at + DOWN * GAP, aligned_edge=UP)


def _size(cell: float) -> float:
    return LABEL if cell >= ROOMY else SMALL


def _label(label: Any, cell: float) -> Mobject:
    """A picture, or words whose line goes through the origin in the middle of its small letters."""
    if not isinstance(label, str):
        return PixelGrid(label, height=min(0.8 * cell, LARGEST))
    size = _size(cell)
    words = Words(escape(label), size=size)
    if len(words):
        base = words[0].get_bottom()[1] - typeset(escape(label))[0].points[:, 1].min() * size * UNITS_PER_EM
        words.shift(DOWN * (base + MIDDLE * size * UNITS_PER_EM))
    return words
