"""Formulas in named parts, with colours that tie a symbol to what it names, and with numbers and arrays inside."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from manim import AnimationGroup, VGroup, VMobject

from scenes.kit.number import LiveNumber, Number
from scenes.kit.typeset import UNITS_PER_EM, Outline, extent, glyph, typeset
from scenes.theme import INK, LARGE

PART = re.compile(r"(?<!\\)\{(\w+)(?::\s*([^{}]*))?\}")
AXIS = 0.25  # em above the baseline: the height of a minus sign, where tall things are centred
AIR = (0.2, 0.12)  # em around an array in a formula: beside, above


class Equation(VGroup):
    """A Typst formula in named parts: ``Equation("{a} = sigma({W} {x} + {b})").part("W")``.

    ``{name}`` is set as the symbol of that name, ``{name: markup}`` as the markup. A name in ``slots`` stands for a
    mobject instead: a number on the baseline (a live one with room for its limits), or anything taller centred on the
    line, with brackets around it that grow as tall. ``colors`` gives parts their colours. ``values()`` gives back the
    numbers and arrays in the slots, each with the tolerance of its own ``values()``.
    """

    def __init__(
        self,
        markup: str,
        slots: Mapping[str, VMobject] | None = None,
        colors: Mapping[str, str] | None = None,
        size: float = LARGE,
        color: str = INK,
    ) -> None:
        super().__init__()
        self.slots, self.part_names = dict(slots or {}), [match[1] for match in PART.finditer(markup)]
        self.size_of_em = size * UNITS_PER_EM
        self._check([*self.slots, *(colors or {})])
        self.outlines, self.owner = self._set(markup)
        self.signs = VGroup(*(glyph(outline, size) for outline in self.outlines))
        for sign, owner in zip(self.signs, self.owner, strict=True):
            chosen = (colors or {}).get(self.part_names[owner], color) if owner >= 0 else color
            sign.set_fill(chosen)
            if sign.get_stroke_width() > 0:
                sign.set_stroke(chosen)
        self.add(self.signs, *self.slots.values())
        self.center()

    def part(self, name: str) -> Any:
        """Glyphs of a part as a group, or the mobject in its slot. Raises: ValueError for a name that it has not."""
        if name in self.slots:
            return self.slots[name]
        self._check([name])
        return VGroup(*(s for s, owner in zip(self.signs, self.owner, strict=True) if self._name(owner) == name))

    def rest(self) -> VGroup:
        """The glyphs that belong to no part."""
        return VGroup(*(s for s, owner in zip(self.signs, self.owner, strict=True) if owner < 0))

    def values(self) -> dict[str, Any]:
        """What the number or array in each slot reads now, by name."""
        return {name: slot.values() for name, slot in self.slots.items() if hasattr(slot, "values")}

    def set_values(self, values: Mapping[str, Any]) -> "Equation":
        """Draw other numbers or arrays in the slots of these names at once."""
        for name, value in values.items():
            self._slot(name).set_values(value)
        return self

    def change(self, targets: Mapping[str, Any], **kwargs: Any) -> AnimationGroup:
        """What is in the slots of these names leaves, then the targets arrive."""
        return AnimationGroup(*(self._slot(name).change(target) for name, target in targets.items()), **kwargs)

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now, from the largest glyph."""
        sizes = [extent(outline.points) for outline in self.outlines]
        largest = int(np.argmax(sizes)) if sizes else 0
        return extent(self.signs[largest].points) / sizes[largest] if sizes else self.size_of_em

    def _slot(self, name: str) -> Any:
        if name not in self.slots:
            raise ValueError(f"The equation has the slots {', '.join(self.slots) or 'none'}, not '{name}'.")
        return self.slots[name]

    def _name(self, owner: int) -> str | None:
        return self.part_names[owner] if owner >= 0 else None

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.part_names:
                raise ValueError(f"The equation has the parts {', '.join(self.part_names) or 'none'}, not '{name}'.")

    def _set(self, markup: str) -> tuple[list[Outline], list[int]]:
        """Glyphs and the index of the part of each, -1 for none; slots are moved to where their boxes were set."""
        index = iter(range(len(self.part_names)))
        source = PART.sub(lambda match: self._markup(next(index), match[1], match[2] or match[1]), markup)
        kept: list[Outline] = []
        owner: list[int] = []
        for outline in typeset(f"$ {source} $"):
            part = _part(outline)
            if part >= 0 and self.part_names[part] in self.slots:
                self._fill(self.slots[self.part_names[part]], outline.points)
            elif kept and owner[-1] == part and _continues(kept[-1].points, outline.points):
                kept[-1] = replace(outline, points=np.concatenate([kept[-1].points, outline.points]))
            else:
                kept.append(outline)
                owner.append(part)
        return kept, owner

    def _markup(self, index: int, name: str, inside: str) -> str:
        if name not in self.slots:
            return f'#text(fill: rgb("{_key(index)}"))[${inside}$];'
        slot, em = self.slots[name], self.size_of_em
        if isinstance(slot, LiveNumber | Number):
            width, height, drop = slot.room(), 0.666 * slot.drawn_em(), "0pt"
        else:
            width, height, drop = slot.width + 2 * AIR[0] * em, _body(slot).height + 2 * AIR[1] * em, f"50% - {AXIS}em"
        box = f'width: {width / em:.4f}em, height: {height / em:.4f}em, baseline: {drop}, fill: rgb("{_key(index)}")'
        return f"#box({box});"

    def _fill(self, slot: VMobject, box: np.ndarray) -> None:
        """Move a slot's mobject to the box that was set for it, (16, 3) in em."""
        low, high = box.min(axis=0) * self.size_of_em, box.max(axis=0) * self.size_of_em
        if isinstance(slot, LiveNumber | Number):
            slot.shift(low - slot.start())
        else:
            slot.shift((low + high) / 2 - _body(slot).get_center())


def _body(slot: Any) -> VMobject:
    """What is centred on the line: an array without its names."""
    return getattr(slot, "brackets", slot)


def _continues(above: np.ndarray, points: np.ndarray) -> bool:
    """Whether two outlines are pieces of one tall bracket: they overlap, one over the other.

    As one mobject they have no seams.
    """
    low = np.maximum(above.min(axis=0), points.min(axis=0))
    overlap = np.minimum(above.max(axis=0), points.max(axis=0)) - low  # (3,)
    narrower = min(np.ptp(above[:, 0]), np.ptp(points[:, 0]))
    return bool(overlap[0] > 0.5 * narrower and overlap[1] > 0)


def _key(index: int) -> str:
    """The colour that marks a part while it is set: no colour of the theme."""
    return f"#0000{index + 1:02x}"


def _part(outline: Outline) -> int:
    """Index of the part that an outline belongs to, -1 for none."""
    color = (outline.fill or outline.stroke or "").lower()
    return int(color[5:], 16) - 1 if re.fullmatch(r"#0000(?!00)[0-9a-f]{2}", color) else -1
