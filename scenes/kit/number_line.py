"""A line of numbers with ticks from data, a mark that moves along it with its value, and things pinned at values."""

from typing import Any

import numpy as np
from manim import DL, UR, Animation, Circle, Group, Mobject, ValueTracker

from scenes.kit.axes import DIGIT, Axis, backing, segments, stroke
from scenes.kit.glyphs import MINUS, advances
from scenes.kit.number import LiveNumber, spell
from scenes.kit.plot_labels import extent
from scenes.kit.shapes import Frame
from scenes.kit.ticks import scale_of
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BEAT, DIM, LABEL, LINE, RULE

RADIUS = 0.1  # of the mark, in units
FOOT = 0.045  # of the dot under a pinned thing
OVER = 0.24  # units between the line and the value of the mark
PINNED = 0.42  # from the value of the mark to the first pinned things
CLOSE = 0.12  # that stay free between pinned things


class NumberLine(Group):
    """A line that covers some data, with a mark at a value.

    ``side`` is where the ticks' numbers stand: "below" a level line, "left" or "right" of an upright one; the value of
    the mark stands on the other side. The mark follows a tracker, or stays where it is put; None draws no mark.
    ``values()`` reads the mark by the drawn ticks and numbers, to 1e-8 of the line.
    """

    def __init__(
        self,
        data: object,
        source: ValueTracker | float | None = None,
        length: float = 9.0,
        side: str = "below",
        decimals: int = 2,
        name: str = "",
        color: str = ACCENT,
    ) -> None:
        if side not in ("below", "left", "right"):
            raise ValueError(f"The numbers of a line stand 'below', 'left' or 'right' of it, not '{side}'.")
        self.frame, self.em, self.decimals = Frame(), LABEL * UNITS_PER_EM, decimals
        self.axis = Axis(self.frame, scale_of("A number line", data, widen=True), (length, 0.0), side, name=name)
        self.upright, self.out = side != "below", -self.axis.out
        self.frame.stand(self.axis.spots(np.array([0.0, length]), 0.0))
        self.times = self.axis.unit()
        ends = np.abs([self.axis.shown.low, self.axis.shown.high]) / self.times
        self.room = self.em * max(extent(spell(value, decimals))[0] for value in ends)  # the sign hangs before it
        self.mark = Circle(radius=RADIUS, stroke_width=0, fill_color=color, fill_opacity=1)
        self.number = LiveNumber(0.0, decimals=decimals, size=LABEL, color=color)
        self.backing = backing(self.room + self.em * advances()[MINUS], self.em)
        self.pins, self.taken = Group(), list[tuple[float, float, float]]()
        super().__init__(self.axis, self.pins, self.frame)
        if source is not None:
            self.add(self.backing, self.mark, self.number)
            self.set_values(source.get_value() if isinstance(source, ValueTracker) else source)
        if isinstance(source, ValueTracker):
            self.add_updater(lambda line: line.set_values(source.get_value()), call_updater=False)
        self.center()

    def values(self) -> float:
        """Where the mark stands now, decoded from its middle and the ticks."""
        return self.value_at(self.mark.get_center())

    def written(self) -> float:
        """The value beside the mark now, times the factor of the ticks, to half a unit of its last decimal."""
        return self.number.values() * self.axis.choices()[-1].times()

    def value_at(self, place: np.ndarray) -> float:
        """The number beside which a place in the scene (3,) lies, by the drawn ticks."""
        return float(self.axis.decode(self.frame.back(place)[None, self.axis.along])[0])

    def pinned(self) -> np.ndarray:
        """The values at which things are pinned, (n,), first to last, decoded from their feet and the ticks."""
        feet = np.array([pin[0].get_center() for pin in reversed(self.pins.submobjects)]).reshape(-1, 3)
        return self.axis.decode(self.frame.back(feet)[:, self.axis.along]) if len(feet) else np.zeros(0)

    def place(self, value: float) -> np.ndarray:
        """Where a value lies on the line, (3,), in the scene."""
        return np.array(self.frame.out(self._spot(value, 0.0)))

    def _spot(self, value: float, across: float) -> np.ndarray:
        at = self.axis.along_of(self._fits(value)[None])
        return self.axis.spots(at, self.out * across)[0]

    def _fits(self, value: float) -> np.ndarray:
        return self.axis.shown.within("A number line", value, 0)

    def set_values(self, value: float) -> "NumberLine":
        """Put the mark at a value, which is written beside it. Raises: ValueError beyond the ends of the line."""
        self._move(value)
        self.number.set_values(value / self.times)
        self._hang(value)
        return self

    def _move(self, value: float) -> None:
        self.mark.move_to(self.place(value))

    def _hang(self, value: float) -> None:
        """Bring the number to the mark of a value: its left end keeps its distance, however many digits it has."""
        corner = self._spot(value, OVER)
        corner -= (0, DIGIT * self.em / 2, 0) if self.upright else (self.room / 2, 0, 0)
        if self.upright:
            corner += (self.em * advances()[MINUS] if self.out > 0 else -self.room, 0, 0)
        self.number.shift(self.frame.out(corner) - self.number.axes.origin())
        sign = self.em * advances()[MINUS]
        self.backing.move_to(self.frame.out(corner + ((self.room - sign) / 2, DIGIT * self.em / 2, 0)))

    def change(self, target: float, **kwargs: Any) -> "MoveMark":
        """The mark slides to another value; the number beside it leaves, and the new one arrives."""
        self._fits(target)
        return MoveMark(self, target, **({"run_time": BEAT} | kwargs))

    def keep(self, text: str, color: str = DIM) -> Group:
        """A word (Typst markup) pinned where the mark stands now, as a trace of it."""
        return self.pin(Words(text, size=LABEL, color=color), self.values())

    def pin(self, mobject: Mobject, value: float) -> Group:
        """Put a word or picture beside the line at a value, on a thin lead; it returns foot, lead and what is pinned.

        Things that would touch stand in further rows. It is drawn at once, as a part of the line.
        """
        at = float(self.axis.along_of(self._fits(value)[None])[0])
        corners = np.abs(np.diff(self.frame.back(np.array([mobject.get_corner(side) for side in (DL, UR)])), axis=0)[0])
        wide, deep = corners[self.axis.along], corners[1 - self.axis.along]
        row = self._free_row(at - wide / 2, at + wide / 2, float(deep))
        mobject.move_to(self.frame.out(self._spot(value, row + deep / 2)))
        lead = stroke(LINE * 0.5, RULE)
        lead.points = self.frame.out(segments(self._spot(value, 0.0)[None], self._spot(value, row - CLOSE / 2)[None]))
        foot = Circle(radius=FOOT, stroke_width=0, fill_color=DIM, fill_opacity=1).move_to(self.place(value))
        pin = Group(foot, lead, mobject)
        self.pins.add_to_back(pin)  # so that its lead passes behind what stands nearer to the line
        return pin

    def _free_row(self, low: float, high: float, deep: float) -> float:
        """How far from the line something between two places along it stands clear of what is pinned already."""
        number = self.room if self.upright else DIGIT * self.em
        row = OVER + number + PINNED if self.mark in self.submobjects else OVER
        for start, end, far in sorted(self.taken, key=lambda taken: taken[2]):
            if low < end + CLOSE and high > start - CLOSE and row < far + CLOSE:
                row = far + CLOSE
        self.taken.append((low, high, row + deep))
        return row


class MoveMark(Animation):
    """The mark slides with the eased time; its number is the old one in the first half, and fades for the new one."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, line: NumberLine, target: float, **kwargs: Any) -> None:
        self.number_line, self.target = line, float(target)
        super().__init__(line, **kwargs)

    def begin(self) -> None:
        line = self.number_line
        self.start, self.before = line.values(), line.written()
        self.same = spell(self.before / line.times, line.decimals) == spell(self.target / line.times, line.decimals)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        line, value = self.number_line, (1 - share) * self.start + share * self.target
        line.set_values(value)
        line.number.set_values((self.before if share < 0.5 else self.target) / line.times)
        line.number.line.set_fill(opacity=1.0 if self.same else abs(1 - 2 * share))
