"""Bars from one zero line: signed values such as logits and gradients.

Sign is colour and side, size is length. Lengths are read back against the drawn ticks.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Line, VGroup, VMobject

from scenes.kit.arrays import finite
from scenes.kit.figures import MIDDLE_EM, Figures, figure_width
from scenes.kit.letters import Label, baseline, rounded
from scenes.kit.number import Number, spell
from scenes.kit.shapes import Shapes, rectangles
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, DIM, GAP, HAIRLINE, INK, LABEL, LINE, NEGATIVE, POSITIVE, RULE, SMALL

BAR_SHARE = 0.62  # of the room that each bar has
THICKEST = 0.5  # units
END_GAP = 0.12  # from the end of a bar to its number
MOST_TICKS = 4
TICK = 0.12
PLAIN_TICKS = (1e-3, 1e5)  # larger or smaller steps are written with a power of ten beside the axis
STYLES = ((POSITIVE, 1.0), (NEGATIVE, 1.0), (ACCENT, 1.0), (DIM, 0.75))
POSITIVE_BIN, NEGATIVE_BIN, ACCENT_BIN, REST_BIN = range(4)


class BarChart(VGroup):
    """Signed values (n,) as bars along one axis, each with its name and its number at the bar's end.

    ``top`` shows only the k largest, in order, and their others together as one bar with their real sum. ``span`` is
    the (low, high) of the axis; by default it holds zero and what is drawn. ``size`` is width and height of the
    bars' field in units; names and numbers stand around it. ``decimals=None`` leaves the numbers out.
    ``values()`` reads bars against the drawn ticks, to 1e-6 of the span; without ticks against the field.
    Raises: ValueError for values that are not finite, names that are not as many, or a bar longer than the span.
    """

    def __init__(
        self,
        values: np.ndarray,
        names: Sequence[str] = (),
        *,
        top: int | None = None,
        span: tuple[float, float] | None = None,
        size: tuple[float, float] = (5.0, 4.0),
        vertical: bool = False,
        decimals: int | None = 2,
        ticks: bool = True,
        text: float = LABEL,
    ) -> None:
        super().__init__()
        array = self.checked(values)
        if len(names) not in (0, len(array)):
            raise ValueError(f"A bar chart needs a name for each of its {len(array)} values, found {len(names)}.")
        self.total, self.vertical, self.text_em = len(array), vertical, text * UNITS_PER_EM
        order = np.argsort(-array, kind="stable") if top is not None else np.arange(len(array))
        self.shown = order[:top]
        drawn = self.shown_of(array)
        low, high = span or (min(0.0, float(drawn.min())), max(0.0, float(drawn.max())))
        if not low <= 0 <= high or low == high:
            low, high = (0.0, 1.0) if span is None else self._no_span(low, high)
        self.low, self.high = low, high
        along, self.across = (size[1], size[0]) if vertical else size
        self.scale_length = along / (high - low)  # units per one
        self.pitch = self.across / len(drawn)
        self.marked: int | None = None
        self.bars = Shapes(STYLES)
        self.numbers = Figures(decimals, text, INK) if decimals is not None else None
        self._make_axis(ticks)
        chosen = [names[int(i)] for i in self.shown] if len(names) else []
        self.labels = VGroup(*self._labels(chosen, text))
        self._check_room()
        self.add(self.grid, self.tick_numbers, self.labels, self.bars, self.zero)
        if self.numbers is not None:
            self.add(self.numbers)
        self._draw(drawn)
        self.center()

    def checked(self, values: np.ndarray) -> np.ndarray:
        """The values as float64, (n,), or a ValueError that says why they are not drawn."""
        return finite("A bar chart", values, 1)

    def shown_of(self, values: np.ndarray) -> np.ndarray:
        """What is drawn of all values (n,): the shown ones, and behind them the sum of the others if there are any."""
        array = self.checked(values)
        if len(array) != self.total:
            raise ValueError(f"The bar chart was made for {self.total} values, found {len(array)}.")
        others = np.delete(array, self.shown)
        return np.concatenate([array[self.shown], [others.sum()]]) if len(others) else array[self.shown]

    def set_values(self, values: np.ndarray) -> "BarChart":
        """Draw other values (n,) at once; the same indices stay shown."""
        self._draw(self.shown_of(values))
        return self

    def values(self) -> np.ndarray:
        """The values drawn now, (k,) or with the others' sum (k + 1,), from the bars' ends and the ticks.

        Raises: ValueError if a bar's colour is that of the other sign.
        """
        zero, scale = self._read_axis()
        outlines = self.bars.outlines()  # (k, 16, 3)
        axis = 1 if self.vertical else 0
        low, high = outlines[..., axis].min(axis=1), outlines[..., axis].max(axis=1)  # (k,)
        found = (low + high - 2 * zero) / scale
        colors = np.array([mobject.get_fill_color().to_hex() for mobject in self.bars.bins])[self.bars.style()]
        slack = 1e-6 * (self.high - self.low)
        wrong = ((colors == POSITIVE) & (found < -slack)) | ((colors == NEGATIVE) & (found > slack))
        if wrong.any():
            raise ValueError(f"Bar {int(wrong.argmax())} has the colour of the other sign.")
        return np.array(found)

    def written(self) -> np.ndarray:
        """The numbers at the bars' ends, (k,) or (k + 1,), from their glyphs, to half a unit of the last decimal."""
        return np.zeros(0) if self.numbers is None else self.numbers.values() * self.unit

    def names(self) -> list[str]:
        """The names drawn now, in the order of the bars, from their glyphs."""
        return [label.says() for label in self.labels]

    def change(self, target: np.ndarray, **kwargs: Any) -> "BarChange":
        """An animation to other values (n,): bars grow and shrink, old numbers leave and then the new ones arrive."""
        return BarChange(self, target, **kwargs)

    def accent(self, index: int | None) -> "BarChart":
        """Draw one bar (its place in the chart), or none, in the accent colour at once."""
        if index is not None and not 0 <= index < len(self.values()):
            raise ValueError(f"The bar chart draws {len(self.values())} bars, found {index}.")
        self.marked = index
        self._draw(self.values(), self.written() if self.numbers is not None else None)
        return self

    def outline(self, index: int) -> VMobject:
        """A rounded box around one bar with its name and number, in the accent colour."""
        parts = [*self.labels[index : index + 1], *(m for m in (self._bar(index),) if len(m.points))]
        box = VGroup(*parts)
        if not self.vertical:
            box.add(self._bar(index).copy().shift(RIGHT * (END_GAP + self._number_width())))
        frame = VMobject(stroke_color=ACCENT, stroke_width=LINE)
        width, height = (max(box.width, self.pitch) if self.vertical else box.width) + 0.2, box.height + 0.16
        return frame.set_points(rounded(width, height, 0.1)).move_to(box)

    def _bar(self, index: int) -> VMobject:
        return VMobject().set_points(self.bars.frame.out(self.bars.outlines()[index]))

    def _number_width(self) -> float:
        """Room that the widest number of the span takes, in units; 0 without numbers."""
        if self.numbers is None:
            return 0.0
        texts = [spell(end / self.unit, self.numbers.decimals) for end in (self.low, self.high)]
        return max(figure_width(text, self.text_em / UNITS_PER_EM) for text in texts)

    def _check_room(self) -> None:
        needed = 0.8 * self.text_em if not self.vertical else self._number_width()
        if needed > self.pitch and (self.numbers is not None or not self.vertical and len(self.labels)):
            raise ValueError(
                f"Each bar has {self.pitch:.2f} units of room and its text needs {needed:.2f}: "
                "give a larger size, smaller text, fewer bars or no numbers."
            )

    def _no_span(self, low: float, high: float) -> tuple[float, float]:
        raise ValueError(f"The span of a bar chart must hold zero, found {low:g} to {high:g}.")

    def _at(self, along: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Local places (n, 3) from values along the axis and units across it, downwards or to the right."""
        x, y = (across, along) if self.vertical else (along, -across)
        return np.stack([x, y, np.zeros(len(x))], axis=1)

    def _draw(self, drawn: np.ndarray, written: np.ndarray | None = None, opacity: float = 1.0) -> None:
        """Bars of these lengths, with these numbers at their ends (by default their own)."""
        slack = 1e-6 * (self.high - self.low)
        if drawn.max() > self.high + slack or drawn.min() < self.low - slack:
            worst = float(drawn.max() if drawn.max() > self.high + slack else drawn.min())
            raise ValueError(f"A bar of {worst:g} is longer than the axis, {self.low:g} to {self.high:g}: give a span.")
        middle = (np.arange(len(drawn)) + 0.5) * self.pitch
        half = min(BAR_SHARE * self.pitch, THICKEST) / 2
        ends = drawn * self.scale_length
        corners = np.stack([self._at(np.zeros_like(ends), middle - half), self._at(ends, middle + half)])  # (2, k, 3)
        self.bars.place(rectangles(corners.min(axis=0), corners.max(axis=0)), self._style(drawn))
        if self.numbers is None:
            return
        away = np.where(drawn < 0, -1.0, 1.0)
        gap = END_GAP + (MIDDLE_EM * self.text_em if self.vertical else 0)
        places = self._at(ends + gap * away, middle)
        sides = np.full(len(drawn), 0.5) if self.vertical else np.where(drawn < 0, 1.0, 0.0)
        self.numbers.write((drawn if written is None else written) / self.unit, places, sides, self.bars.frame)
        self.numbers.set_fill(opacity=opacity)

    def _style(self, drawn: np.ndarray) -> np.ndarray:
        style = np.where(drawn < 0, NEGATIVE_BIN, POSITIVE_BIN)
        style[len(self.shown) :] = REST_BIN
        if self.marked is not None:
            style[self.marked] = ACCENT_BIN
        return style

    def _make_axis(self, ticks: bool) -> None:
        """The zero line, and hairlines with their numbers at round values."""
        step = nice_step((self.high - self.low) / MOST_TICKS)
        plain = PLAIN_TICKS[0] <= step <= PLAIN_TICKS[1]
        self.unit = 1.0 if plain else 10.0 ** math.floor(math.log10(step))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        decimals = max(0, -math.floor(math.log10(step / self.unit) + 1e-9) + (1 if _is_quarter(step) else 0))
        self.grid, self.tick_numbers = VGroup(), VGroup()
        self.zero = self._rule(0.0, DIM, LINE, self.across)
        length = self.across if self.numbers is None else TICK  # a line across would go through the numbers
        for index in range(first, last + 1) if ticks else ():
            self.grid.add(self._rule(index * step, RULE, HAIRLINE, length))
            number = Number(index * step / self.unit, decimals=decimals, size=SMALL, color=DIM)
            end = self.grid[-1].get_start()
            self.tick_numbers.add(number.next_to(end, LEFT if self.vertical else DOWN, buff=GAP))
        if ticks and not plain:
            power = Words(f"$times 10^({round(math.log10(self.unit))})$", size=SMALL, color=DIM)
            self.grid.add(power.next_to(self.tick_numbers[-1], UP if self.vertical else RIGHT, buff=GAP))

    def _rule(self, value: float, color: str, width: float, length: float) -> Line:
        """A line across the bars from the side where the ticks' numbers stand."""
        along, far = np.full(2, value * self.scale_length), 0.0 if self.vertical else self.across
        start, end = self._at(along, np.array([far, far + length if self.vertical else far - length]))
        return Line(start, end, stroke_color=color, stroke_width=width)

    def _read_axis(self) -> tuple[float, float]:
        """Local place of zero and units per one, from the drawn ticks, or the zero line where none are drawn."""
        axis, frame = (1 if self.vertical else 0), self.bars.frame
        lines = [self.zero] if len(self.tick_numbers) < 2 else list(self.grid[: len(self.tick_numbers)])
        places = np.array([frame.back(line.points)[:, axis].mean() for line in lines])
        if len(lines) == 1:
            return float(places[0]), self.scale_length
        marks = np.array([number.values() for number in self.tick_numbers]) * self.unit
        scale = float((places[-1] - places[0]) / (marks[-1] - marks[0]))
        return float(places[0] - marks[0] * scale), scale

    def _labels(self, names: list[str], text: float) -> list[Label]:
        rest = self.total - len(self.shown)
        labels = [Label(name, size=text, color=DIM) for name in names]
        if rest and names:
            labels.append(Label(f"the other {rest:,} together" if not self.vertical else f"other {rest:,}", text, DIM))
        edge = self.low * self.scale_length - GAP
        if self.low < 0 and self.numbers is not None:
            edge -= END_GAP + (self.text_em if self.vertical else self._number_width())
        middle = (np.arange(len(labels)) + 0.5) * self.pitch
        for label, place in zip(labels, self._at(np.full(len(labels), edge), middle), strict=True):
            if self.vertical:
                label.move_to(place, aligned_edge=UP).shift(UP * (place[1] - 0.7 * self.text_em - baseline(label)))
            else:
                label.move_to(place, aligned_edge=RIGHT)
                label.shift(UP * (place[1] - MIDDLE_EM * self.text_em - baseline(label)))
        return labels


class BarChange(Animation):
    """Bars go straight to their new lengths; the old numbers fade in the first half, the new ones come in the second.

    Where the old numbers are drawn with no opacity, only the new ones are seen.

    Raises: ValueError if the target cannot be drawn.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, chart: BarChart, target: np.ndarray, **kwargs: Any) -> None:
        self.chart, self.target = chart, chart.shown_of(target)
        super().__init__(chart, **kwargs)

    def begin(self) -> None:
        self.start, self.old = self.chart.values(), self.chart.written()
        numbers = self.chart.numbers
        self.seen = float(numbers.get_fill_opacity()) if numbers is not None else 0.0
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        drawn = (1 - share) * self.start + share * self.target
        self.chart._draw(
            drawn, *((self.old, self.seen * (1 - 2 * share)) if share < 0.5 else (self.target, 2 * share - 1))
        )


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is at least this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= least * (1 - 1e-9))


def _is_quarter(step: float) -> bool:
    return math.isclose(step / 10.0 ** math.floor(math.log10(step) + 1e-9), 2.5)
