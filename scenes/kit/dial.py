"""A round gauge: a needle over a scale from data, and the value written beneath it."""

from typing import Any

import numpy as np
from manim import Animation, Circle, ValueTracker, VGroup, VMobject

from scenes.kit.axes import DIGIT, OPEN_X, segments, stroke
from scenes.kit.number import LiveNumber, spell
from scenes.kit.plot_labels import Power, extent, spelled, tick_labels
from scenes.kit.shapes import Frame, polygons
from scenes.kit.ticks import Ticks, scale_of, ticks_of
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BEAT, DIM, HAIRLINE, LABEL, LINE, NEGATIVE, POSITIVE, SMALL

START = np.deg2rad(215)  # angle of the lowest number, from the x axis; the scale runs clockwise
SWEEP = np.deg2rad(250)
PIECES = 24  # cubic pieces of the arcs
RIM = 5.0  # stroke width of the arc from zero to the needle
TICK = 0.1  # of the radius
NEEDLE, TAIL, HALF = 0.8, 0.16, 0.045  # of the radius: length, length behind the hub, half width at the hub
OUT = 0.26  # em between the rim and the numbers


def turned(angles: np.ndarray) -> np.ndarray:
    """How far clockwise from the start of the scale angles (n,) are, in (-0.5, 2 pi - 0.5)."""
    return np.asarray((START - angles + 0.5) % (2 * np.pi) - 0.5)


def directions(shares: np.ndarray) -> np.ndarray:
    """Unit steps (n, 3) from the hub to shares of the scale."""
    angles = START - SWEEP * np.asarray(shares)
    return np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=-1)


class Dial(VGroup):
    """A gauge that covers some data, with a needle at a value, an arc from zero to it, and the value in figures.

    The needle follows a tracker, or stays where it is put. ``values()`` reads the needle's angle by the drawn ticks and
    the numbers beside them, to 1e-8 of the scale.
    """

    def __init__(
        self,
        data: object,
        source: ValueTracker | float,
        radius: float = 1.3,
        decimals: int = 2,
        name: str = "",
        color: str = ACCENT,
        size: float = SMALL,
    ) -> None:
        self.shown, self.radius, self.em = scale_of("A dial", data, widen=True), radius, size * UNITS_PER_EM
        self.frame = Frame()
        self.ticks = self._ticks()
        self.times, self.decimals = 10.0**self.ticks.exponent, decimals
        self.rim, self.arc = stroke(HAIRLINE * 1.3), stroke(RIM, POSITIVE)
        self.marks, self.needle = stroke(LINE * 0.7, DIM), VMobject(fill_color=color, fill_opacity=1, stroke_width=0)
        self.labels = VGroup(*tick_labels(self.ticks, size))
        self.factor = VGroup(*([Power(self.ticks.exponent, size, times=True)] if self.ticks.exponent else []))
        self.hub = Circle(radius=0.07 * radius, stroke_width=0, fill_color=color, fill_opacity=1)
        self.number = LiveNumber(0.0, decimals=decimals, size=LABEL, color=color)
        self.words = VGroup(*([Words(name, size=size, color=DIM)] if name else []))
        parts = (self.rim, self.marks, self.arc, self.labels, self.factor, self.words)
        super().__init__(*parts, self.needle, self.hub, self.number, self.frame)
        self._draw_scale()
        self._write(decimals)
        self.set_values(source.get_value() if isinstance(source, ValueTracker) else source)
        if isinstance(source, ValueTracker):
            self.add_updater(lambda dial: dial.set_values(source.get_value()), call_updater=False)
        self.center()

    def _ticks(self) -> Ticks:
        """As many ticks as fit around the rim without numbers that touch."""
        for most in (9, 7, 6, 5, 4, 3):
            ticks = ticks_of(self.shown, most)
            widest = max(extent(text)[0] for text in spelled(ticks)) + OPEN_X
            if widest * self.em * (len(ticks.values) - 1) <= SWEEP * self.radius:
                break
        return ticks

    def _draw_scale(self) -> None:
        shares = self.shown.share(self.ticks.values)  # (k,)
        steps = directions(shares)
        self.marks.points = segments(self.radius * (1 - TICK) * steps, self.radius * steps)
        self.rim.points = self._arc(0.0, 1.0)
        sizes = np.array([extent(text) for text in spelled(self.ticks)]) * self.em  # (k, 3)
        for label, step, (width, *_) in zip(self.labels, steps, sizes, strict=True):
            away = self.radius + OUT * self.em + abs(step[0]) * width / 2 + abs(step[1]) * DIGIT * self.em / 2
            label.move_to(away * step)
        self.frame.stand(self.radius * np.array([[-1.0, -1, 0], [1, 1, 0]]))

    def _write(self, decimals: int) -> None:
        """Stand the number below the hub, in room for the widest one, with the factor and the name beneath."""
        ends = np.abs([self.shown.low, self.shown.high]) / self.times
        room = max(extent(spell(value, decimals))[0] for value in ends)
        em = LABEL * UNITS_PER_EM
        base = -0.62 * self.radius - DIGIT * em / 2
        self.number.shift(np.array([-room * em / 2, base, 0]) - self.number.axes.origin())
        self.factor.move_to((0, -0.32 * self.radius, 0))
        self.words.move_to((0, base - 0.75 * em - DIGIT * self.em / 2, 0))

    def _arc(self, start: float, end: float) -> np.ndarray:
        """Cubic points (4 PIECES, 3) along the rim between two shares of the scale, in local units."""
        shares = np.linspace(start, end, PIECES + 1)
        steps = self.radius * directions(shares)  # (PIECES + 1, 3)
        handle = 4 / 3 * np.tan(SWEEP * (end - start) / PIECES / 4)
        along = np.stack([steps[:, 1], -steps[:, 0], np.zeros(len(steps))], axis=1) * handle  # clockwise
        pieces = np.stack([steps[:-1], steps[:-1] + along[:-1], steps[1:] - along[1:], steps[1:]], axis=1)
        return np.array(pieces.reshape(-1, 3))

    def values(self) -> float:
        """Where the needle points now, decoded from its angle and from the drawn ticks and numbers."""
        tip = self.frame.back(self.needle.points)
        along = tip[8] - tip[0]  # from the tail to the point, see turn
        ends = self.frame.back(self.marks.points.reshape(-1, 4, 3)[:, 3])  # (k, 3)
        angles = np.append(np.arctan2(ends[:, 1], ends[:, 0]), np.arctan2(along[1], along[0]))
        at = turned(angles)  # (k + 1,)
        numbers = np.array([label.values() for label in self.labels]) * self._factor()
        offset = at[:-1] - at[:-1].mean()
        slope = (offset * (numbers - numbers.mean())).sum() / (offset**2).sum()
        return float(numbers.mean() + slope * (at[-1] - at[:-1].mean()))

    def written(self) -> float:
        """The value that is written now, times the factor if there is one, to half a unit of its last decimal."""
        return self.number.values() * self._factor()

    def _factor(self) -> float:
        return float(self.factor[0].values()) if len(self.factor) else 1.0

    def set_values(self, value: float) -> "Dial":
        """Turn the needle to a value, which is written beneath. Raises: ValueError beyond the ends of the scale."""
        self.turn(self._fits(value))
        self.number.set_values(value / self.times)
        return self

    def _fits(self, value: float) -> float:
        return float(self.shown.within("A dial", value, 0))

    def turn(self, value: float) -> None:
        """Turn the needle, and draw the arc from zero, or the end next to zero, in the colour of the sign."""
        zero, share = self.shown.share(np.array([np.clip(0.0, self.shown.low, self.shown.high), value]))
        self.arc.points = self.frame.out(self._arc(float(zero), float(share)))
        self.arc.set_stroke(POSITIVE if value >= 0 else NEGATIVE)
        step = directions(np.array(share))
        side = np.array([-step[1], step[0], 0]) * HALF
        corners = np.array([[-TAIL * step, side, NEEDLE * step, -side]])  # (1, 4, 3)
        self.needle.points = self.frame.out(self.radius * polygons(corners)[0])

    def change(self, target: float, **kwargs: Any) -> "TurnNeedle":
        """The needle turns to another value; the number leaves, and the new one arrives."""
        return TurnNeedle(self, self._fits(target), **({"run_time": BEAT} | kwargs))


class TurnNeedle(Animation):
    """The needle turns with the eased time; the old number fades out first, then the new one fades in."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, dial: Dial, target: float, **kwargs: Any) -> None:
        self.dial, self.target = dial, target
        super().__init__(dial, **kwargs)

    def begin(self) -> None:
        dial = self.dial
        self.start, self.before = dial.values(), dial.written()
        self.same = spell(self.before / dial.times, dial.decimals) == spell(self.target / dial.times, dial.decimals)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.dial.turn((1 - share) * self.start + share * self.target)
        self.dial.number.set_values((self.before if share < 0.5 else self.target) / self.dial.times)
        self.dial.number.line.set_fill(opacity=1.0 if self.same else abs(1 - 2 * share))
