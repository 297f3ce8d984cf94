"""A sum of products counted out loud: each term from given integers, the total only ever a real partial sum."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Line, VGroup, VMobject, smooth

from scenes.kit.equation import Equation
from scenes.kit.number import LiveNumber, Number, spell
from scenes.kit.typeset import Words, escape, typeset
from scenes.theme import ACCENT, BEAT, BODY, DIM, GROUP_GAP, HAIRLINE, HUGE, INK, RULE

ROW = 1.75  # em from one line to the next


class Counter(VGroup):
    """784 × 16 + 16 + ... = 13,002: the factors of each term, and the total of the model itself.

    With ``names`` each term is a line with its name, factors and product, and the total stands under a rule, named by
    one name more where there is one; without, all is one line. At first nothing is shown; ``term(k)`` adds one term.
    ``values()``, exact, are the terms as their drawn factors give them and the drawn total, (terms + 1,); NaN where
    not shown.
    Raises: ValueError if the total is not the sum of the terms, or a factor is no positive integer.
    """

    def __init__(
        self,
        terms: Sequence[Sequence[int]],
        total: int,
        names: Sequence[str] = (),
        size: float = BODY,
        color: str = INK,
        total_color: str = ACCENT,
    ) -> None:
        self.sums = _partial_sums(terms, total)  # (terms,)
        self.factors = [[Number(int(f), decimals=0, size=size, color=color) for f in term] for term in terms]
        self.products: list[Number] = []
        last = size * HUGE / BODY if names else size
        self.total = LiveNumber(total, 0, last, total_color, anchor="point" if names else "left", limits=(0, total))
        self.frame = VGroup()
        self.terms = self._lines(names, size, color) if names else self._across(size, color)
        super().__init__(*self.terms, self.frame, self.total)
        self.center()
        self.stop_after(0)

    def values(self) -> np.ndarray:
        """Each term from the factors drawn now, then the total drawn now, (terms + 1,); NaN where not shown.

        Raises: ValueError if a drawn product is not that of the factors beside it.
        """
        found = [self._read(k) for k in range(len(self.terms))]
        total = self.total.values() if self.total.line.get_fill_opacity() > 0 else np.nan
        return np.array([*found, total])

    def term(self, index: int, **kwargs: Any) -> "NextTerm":
        """The term arrives, and the total up to it takes the place of the one before."""
        if not 0 <= index < len(self.terms):
            raise ValueError(f"The counter has {len(self.terms)} terms, not one at {index}.")
        return NextTerm(self, index, **kwargs)

    def steps(self, **kwargs: Any) -> list["NextTerm"]:
        """All terms in order, to be played one after the other."""
        return [self.term(index, **kwargs) for index in range(len(self.terms))]

    def stop_after(self, count: int) -> "Counter":
        """Show the first ``count`` terms and their sum at once."""
        for index, term in enumerate(self.terms):
            fade(term, float(index < count))
        self.frame.set_stroke(opacity=float(count > 0))
        self._fade_signs(float(count > 0))
        self.total.set_values(self.sums[max(count, 1) - 1])
        self.total.line.set_fill(opacity=float(count > 0))
        self._follow(max(count, 1) - 1)
        return self

    def advance(self, index: int, share: float) -> None:
        """One instant of the arrival of a term."""
        self.stop_after(index)
        fade(self.terms[index], min(1.0, 2 * share))
        before = self.sums[index - 1] if index else self.sums[0]
        self.total.rewrite(before, self.sums[index], share)
        if index == 0:
            self._fade_signs(min(1.0, 2 * share))
            self.frame.set_stroke(opacity=min(1.0, 2 * share))
            self.total.line.set_fill(opacity=max(0.0, 2 * share - 1))
        self._follow(max(index - 1 + smooth(min(1.0, 2 * share)), 0))

    def _follow(self, last: float) -> None:
        """On one line, bring the equals sign and the total to the end of a term; between two for a broken number."""
        if not self.products:
            ends = [term.get_right()[0] for term in self.terms]
            x = np.interp(last, range(len(ends)), ends) + self.gap * self.total.drawn_em()
            step = RIGHT * (x - self.frame.get_left()[0])
            self.frame.shift(step)
            self.total.shift(step)

    def _fade_signs(self, opacity: float) -> None:
        for sign in self.frame:
            if isinstance(sign, VGroup):
                fade(sign, opacity)

    def _read(self, index: int) -> float:
        factors = self.factors[index]
        if factors[0].submobjects[0].get_fill_opacity() == 0:
            return np.nan
        product = float(np.prod([factor.values() for factor in factors]))
        if self.products and self.products[index].values() != product:
            drawn = spell(self.products[index].values(), 0)
            raise ValueError(f"Term {index} is drawn as {drawn}, its factors give {spell(product, 0)}.")
        return product

    def _across(self, size: float, color: str) -> list[VGroup]:
        """One line: the parts of each term, and the equals sign in the frame."""
        slots: dict[str, VMobject] = {"total": self.total}
        markup = ""
        for k, factors in enumerate(self.factors):
            slots |= {f"f{k}_{i}": factor for i, factor in enumerate(factors)}
            product = "".join((f"{{x{k}_{i}: times}} " if i else "") + f"{{f{k}_{i}}} " for i in range(len(factors)))
            markup += (f"{{p{k}: +}} " if k else "") + product
        line = Equation(markup + "{equals: =} {total}", slots, size=size, color=color)
        terms = []
        for k, factors in enumerate(self.factors):
            signs = [f"p{k}"] * (k > 0) + [f"x{k}_{i}" for i in range(1, len(factors))]
            terms.append(VGroup(*factors, *(line.part(sign) for sign in signs)))
        self.frame.add(line.part("equals"))
        self.gap = (self.frame.get_left()[0] - terms[-1].get_right()[0]) / self.total.drawn_em()  # em
        return terms

    def _lines(self, names: Sequence[str], size: float, color: str) -> list[VGroup]:
        """A line for each term: name, factors, product flush right; the rule in the frame, the total under it."""
        gap, em = GROUP_GAP, self.factors[0][0].drawn_em()
        lines: list[tuple[Words, Equation, Number]] = []
        for name, factors in zip(names, self.factors, strict=len(names) <= len(self.factors)):
            markup = " times ".join(f"{{f{i}}}" for i in range(len(factors)))
            formula = Equation(markup, {f"f{i}": f for i, f in enumerate(factors)}, size=size, color=DIM)
            value = int(np.prod([factor.values() for factor in factors]))
            self.products.append(Number(value, decimals=0, size=size, color=color))
            lines.append((Words(escape(name), size=size, color=DIM), formula, self.products[-1]))
        widths = np.array([[part.width for part in line] for line in lines]).max(axis=0) + (gap, gap, 0)  # (3,)
        for k, (words, formula, product) in enumerate(lines):
            baseline = DOWN * k * ROW * em
            words.shift(baseline - _baseline(words, em) + LEFT * words.get_left()[0])
            formula.shift(baseline + RIGHT * widths[0] - formula.submobjects[1].start())
            product.shift(baseline + RIGHT * (widths.sum() - product.room()) - product.start())
        low = DOWN * (len(lines) - 1) * ROW * em
        left = low + DOWN * 0.6 * em
        self.frame.add(Line(left, left + RIGHT * widths.sum(), color=RULE, stroke_width=HAIRLINE))
        place = left + DOWN * (self.total.height + 0.5 * em) + RIGHT * widths.sum()
        self.total.shift(place - RIGHT * self.total.room() - self.total.start())
        for name in names[len(lines) :]:
            words = Words(escape(name), size=size, color=DIM)
            self.frame.add(words.shift(UP * place[1] - _baseline(words, em) + LEFT * words.get_left()[0]))
        return [VGroup(*line) for line in lines]


class NextTerm(Animation):
    """A term of a ``Counter`` arrives; the terms before it are shown, those after it are not."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, counter: Counter, index: int, **kwargs: Any) -> None:
        self.counter, self.index = counter, index
        options: dict[str, Any] = {"run_time": BEAT}
        super().__init__(counter, **(options | kwargs))

    def interpolate_mobject(self, alpha: float) -> None:
        self.counter.advance(self.index, self.rate_func(alpha))


def fade(mobject: VMobject, opacity: float) -> None:
    """Fill everything that has an outline this much."""
    for part in mobject.family_members_with_points():
        part.set_fill(opacity=opacity, family=False)


def _partial_sums(terms: Sequence[Sequence[int]], total: int) -> list[int]:
    if not terms or any(not term or any(int(f) != f or f < 1 for f in term) for term in terms):
        raise ValueError(f"A counter multiplies positive integers, got {[list(term) for term in terms]}.")
    sums = [int(value) for value in np.cumsum([int(np.prod([int(f) for f in term], dtype=object)) for term in terms])]
    if sums[-1] != total:
        raise ValueError(f"The terms sum to {sums[-1]:,}, not to {total:,}.")
    return sums


def _baseline(words: Words, em: float) -> np.ndarray:
    """The height of the line on which words stand, (3,): that of y = 0 in their outlines."""
    lowest = min(float(outline.points[:, 1].min()) for outline in typeset(words.markup))
    return UP * (words.get_bottom()[1] - lowest * em)
