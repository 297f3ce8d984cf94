"""Two axes around a box; what is drawn in the box is decoded by the ticks and numbers that stand beside it.

Local coordinates are units from the lower left corner of the box; a frame carries them wherever the whole is moved.
"""

import numpy as np
from manim import Mobject, RoundedRectangle, VGroup, VMobject

from scenes.kit.arrays import finite
from scenes.kit.plot_labels import Power, extent, spelled, tick_labels
from scenes.kit.shapes import Frame
from scenes.kit.ticks import Scale, Ticks, ticks_of
from scenes.kit.typeset import UNITS_PER_EM, Words, typeset
from scenes.theme import BACKGROUND, DIM, HAIRLINE, LABEL, RULE

STUB = 0.09  # units that a tick reaches out of the box
MINOR_STUB = 0.05
AWAY = 0.2  # between the box and the numbers
NAME_OVER, NAME_BELOW = 0.2, 0.26  # between the box, or the numbers, and the name of the axis
GRID_OPACITY = 0.55
OPEN_X, OPEN_Y = 0.7, 1.5  # em that stay free between numbers side by side; from line to line of them
TICK_SPACE = 0.8  # units from tick to tick on an upright axis, about
MOST_X = 9
DIGIT = 0.666  # height of a digit in em
POWER = 0.4  # height of the middle of a power of ten above its baseline
BACKING, PAD = 0.85, 0.08  # opacity of the plate behind a number or name, and its margin in units
SHOWN = 1e-6  # units; a shorter tick is not drawn


def segments(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Straight pieces from starts (n, 3) to ends (n, 3) as cubic points, (4 n, 3)."""
    steps = np.array([0, 1 / 3, 2 / 3, 1])[:, None]  # (4, 1)
    return np.array((starts[:, None] + steps * (ends - starts)[:, None]).reshape(-1, 3))


def stroke(width: float = HAIRLINE, color: str = RULE) -> VMobject:
    """A mobject without points that is drawn as lines."""
    return VMobject(stroke_color=color, stroke_width=width, fill_opacity=0)


def magnified(frame: Frame, *parts: Mobject) -> None:
    """Scale new parts as much as what the frame carries has been scaled since it was made."""
    factor = float(np.linalg.norm(frame.axes()[0]))
    for part in parts:
        if part.family_members_with_points():
            part.scale(factor)


def backing(width: float, em: float) -> RoundedRectangle:
    """A dark plate behind a number of this width in units, so that no line shows through it."""
    plate = RoundedRectangle(corner_radius=PAD, width=width + 2 * PAD, height=DIGIT * em + 2 * PAD, stroke_width=0)
    return plate.set_fill(BACKGROUND, BACKING)


class TickSet(VGroup):
    """One choice of ticks on an axis: a mark and a number for each, short marks between, a factor for all of them."""

    def __init__(self, ticks: Ticks, size: float) -> None:
        self.ticks, self.texts = ticks, spelled(ticks)
        self.marks, self.minor, self.labels = stroke(), stroke(), VGroup(*tick_labels(ticks, size))
        self.factor = VGroup(*([Power(ticks.exponent, size, times=True)] if ticks.exponent else []))
        super().__init__(self.minor, self.marks, self.labels, self.factor)

    def times(self) -> float:
        """The factor that is written, 1 where there is none."""
        return float(self.factor[0].values()) if len(self.factor) else 1.0

    def numbers(self) -> np.ndarray:
        """What is written beside each mark, (k,), times the factor."""
        return np.array([label.values() for label in self.labels]) * self.times()


class Axis(VGroup):
    """A line with ticks from a scale, in local coordinates of a frame: along x with its numbers below, or along y.

    ``side`` is where the numbers stand: "below", "left" or "right". ``span``: its length, and how far its ticks reach
    across the box. ``decode`` reads numbers off the drawn ticks.
    """

    def __init__(
        self,
        frame: Frame,
        scale: Scale,
        span: tuple[float, float],
        side: str = "below",
        size: float = LABEL,
        name: str = "",
        ticks: Ticks | None = None,
    ) -> None:
        self.frame, self.shown, self.size, self.name_markup = frame, scale, size, name
        (self.length, self.across), self.along = span, int(side != "below")
        self.out = 1 if side == "right" else -1
        self.line, self.words = stroke(HAIRLINE * 1.3), VGroup(*([Words(name, size=size, color=DIM)] if name else []))
        self.line.points = frame.out(segments(*self.spots(np.array([0, self.length]), 0.0)[:, None]))
        self.sets = VGroup(TickSet(ticks or self.ticks_for(scale), size))
        super().__init__(self.sets, self.line, self.words)
        self.look(scale)
        if name:
            self.words.move_to(frame.out(self._name_place()))

    def ticks_for(self, scale: Scale) -> Ticks:
        """As many ticks as there is room for on the axis without numbers that touch."""
        em = self.size * UNITS_PER_EM
        most = max(3, round(self.length / TICK_SPACE) + 1) if self.along else MOST_X
        while True:
            ticks = ticks_of(scale, most)
            at = scale.share(ticks.values) * self.length  # (k,)
            widths = np.array([extent(text)[0] for text in spelled(ticks)])
            need = np.full(len(at) - 1, OPEN_Y) if self.along else (widths[1:] + widths[:-1]) / 2 + OPEN_X
            if most <= 2 or (np.diff(at) >= need * em).all():
                return ticks
            most -= 1

    def choices(self) -> list[TickSet]:
        """The choices of ticks that are drawn: one, or while the view moves the old and the new one."""
        return [drawn for drawn in self.sets if isinstance(drawn, TickSet)]

    def unit(self) -> float:
        """What the numbers beside the axis are divided by when they are written."""
        return float(10.0 ** self.choices()[-1].ticks.exponent)

    def spots(self, along: np.ndarray, across: float | np.ndarray) -> np.ndarray:
        """Local coordinates (n, 3) at distances (n,) along the axis, and at a distance from it."""
        places = np.zeros((len(along), 3))
        places[:, self.along], places[:, 1 - self.along] = along, across
        return places

    def along_of(self, values: np.ndarray) -> np.ndarray:
        """How far along the axis the values lie, (n,), in local units."""
        return np.asarray(self.shown.share(values) * self.length)

    def prepare(self, scale: Scale) -> None:
        """Add the ticks of another scale, unseen as yet."""
        drawn = TickSet(self.ticks_for(scale), self.size)
        magnified(self.frame, *drawn.labels, *drawn.factor)
        self.sets.add(drawn)
        self.look(self.shown, 0.0)

    def settle(self) -> None:
        """Drop all ticks but those that came last."""
        self.sets.submobjects = self.sets.submobjects[-1:]

    def look(self, scale: Scale, share: float = 1.0) -> None:
        """Show another part of the numbers: every tick stands where its number is, or leaves at an end.

        ``share`` of the way from the first ticks to the last: numbers fade out in the first half and in in the second.
        """
        self.shown = scale
        choices = self.choices()
        for drawn in choices:
            last = drawn is choices[-1]
            self._place(drawn, share if last else 1 - share, max(0.0, 2 * share - 1 if last else 1 - 2 * share))

    def _place(self, drawn: TickSet, marks: float, numbers: float) -> None:
        inside = self.shown.covers(drawn.ticks.values)  # (k,)
        at = np.clip(self.along_of(drawn.ticks.values), 0, self.length)
        drawn.marks.points = self._strokes(at, np.where(inside, STUB, -self.across), self.across)
        drawn.marks.set_stroke(opacity=marks * (GRID_OPACITY if self.across else 1.0))
        minor = drawn.ticks.minor[self.shown.covers(drawn.ticks.minor)]
        drawn.minor.points = self._strokes(self.along_of(minor), np.full(len(minor), MINOR_STUB), 0.0)
        drawn.minor.set_stroke(opacity=marks)
        places = self.frame.out(self._number_places(at, drawn.texts))
        for label, place, seen in zip(drawn.labels, places, inside, strict=True):
            label.move_to(place).set_fill(opacity=numbers if seen else 0)
        for factor in drawn.factor:
            factor.move_to(self.frame.out(self._factor_place(factor))).set_fill(opacity=numbers)

    def _strokes(self, at: np.ndarray, stubs: np.ndarray, to: float) -> np.ndarray:
        """Marks from a distance outside of the box to one inside, (4 n, 3) in the scene."""
        return self.frame.out(segments(self.spots(at, self.out * stubs), self.spots(at, -self.out * to)))

    def _number_places(self, at: np.ndarray, texts: list[str]) -> np.ndarray:
        """Middles of the numbers, (k, 3): on one line below the axis, or beside it with their last digits aligned."""
        em = self.size * UNITS_PER_EM
        width, right, up = em * np.array([extent(text) for text in texts]).T  # (k,) each
        if self.along:
            start = AWAY + width.max(initial=0) - width if self.out > 0 else -AWAY - width
            return self.spots(at - DIGIT * em / 2 + up, start + right)
        return self.spots(at, -AWAY - DIGIT * em + up)

    def _name_place(self) -> np.ndarray:
        """Middle of the name, (3,): above the end of an upright axis, below the middle of the other."""
        em, size = self.size * UNITS_PER_EM, self._name_size()
        if self.along:
            return np.array([size[0] / 2, self.length + NAME_OVER + size[1], 0])
        return np.array([self.length / 2, -AWAY - NAME_BELOW - 2 * DIGIT * em + size[1], 0])

    def _name_size(self) -> np.ndarray:
        """Width of the name, and how far its middle is above its baseline, (2,) in local units."""
        points = [outline.points for outline in typeset(self.name_markup)] if self.name_markup else [np.zeros((1, 3))]
        low, high = np.concatenate(points).min(axis=0), np.concatenate(points).max(axis=0)
        return np.array([high[0] - low[0], (low[1] + high[1]) / 2]) * self.size * UNITS_PER_EM

    def _factor_place(self, factor: VMobject) -> np.ndarray:
        """Middle of a factor, (3,): after the name of an upright axis, at the end of the other."""
        em = self.size * UNITS_PER_EM
        size = float(np.ptp(self.frame.back(factor.get_all_points())[:, 0]))
        if self.along:
            name = self._name_size()[0] + em if self.name_markup else 0.0
            return np.array([name + size / 2, self.length + NAME_OVER + POWER * em, 0])
        return np.array([self.length - size / 2, -AWAY - NAME_BELOW - 2 * DIGIT * em + POWER * em, 0])

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Where marks are drawn along the axis, (k,) in local units, and the numbers that stand beside them, (k,)."""
        places, numbers = [], []
        for drawn in self.choices():
            ends = self.frame.back(drawn.marks.points.reshape(-1, 4, 3)[:, [0, 3]])  # (k, 2, 3)
            shown = np.abs(ends[:, 1] - ends[:, 0]).max(axis=1) > SHOWN
            places.append(ends[shown, 0, self.along])
            numbers.append(drawn.numbers()[shown])
        return np.concatenate(places), np.concatenate(numbers)

    def decode(self, along: np.ndarray) -> np.ndarray:
        """The numbers that lie at distances (n,) along the axis, by the straight line closest to its drawn ticks.

        Raises: ValueError if fewer than two ticks are drawn.
        """
        places, numbers = self.read()
        if np.ptp(places, axis=0) < SHOWN if len(places) else True:
            raise ValueError("An axis with fewer than two drawn ticks cannot be read.")
        warped, middle = self.shown.warp(numbers), places.mean()
        slope = ((places - middle) * (warped - warped.mean())).sum() / ((places - middle) ** 2).sum()
        return self.shown.unwarp(warped.mean() + slope * (np.asarray(along) - middle))


class PlotAxes(VGroup):
    """An x and a y axis around a box ``width`` x ``height``, with faint lines across at the ticks of y."""

    def __init__(
        self,
        scales: tuple[Scale, Scale],
        box: tuple[float, float],
        names: tuple[str, str] = ("", ""),
        size: float = LABEL,
        grid: bool = True,
        ticks: tuple[Ticks | None, Ticks | None] = (None, None),
    ) -> None:
        self.box, self.frame, self.size = np.array([*box, 0.0]), Frame(), size
        self.frame.stand(np.array([[0, 0, 0], self.box]))
        self.zero, self.grid = stroke(HAIRLINE * 1.3), grid
        across = box[0] if grid else 0.0
        self.x = Axis(self.frame, scales[0], (box[0], 0.0), "below", size, names[0], ticks[0])
        self.y = Axis(self.frame, scales[1], (box[1], across), "left", size, names[1], ticks[1])
        super().__init__(self.zero, self.y, self.x, self.frame)
        self.draw_zero()

    def draw_zero(self) -> None:
        """Draw lines at zero where an axis shows numbers of both signs; without a grid the sides of the box instead."""
        lines = [np.zeros((0, 3))]
        if not self.grid:
            low, high = np.array([[0, 1, 0], [1, 0, 0]]) * self.box, np.ones((2, 3)) * self.box
            self.zero.points = self.frame.out(segments(low, high))
            return
        for axis, across in ((self.x, self.box[1]), (self.y, self.box[0])):
            if axis.shown.low < 0 < axis.shown.high and not axis.shown.log:
                at = axis.along_of(np.zeros(1))
                lines.append(segments(axis.spots(at, 0.0), axis.spots(at, across)))
        self.zero.points = self.frame.out(np.concatenate(lines))

    def checked(self, what: str, data: object) -> np.ndarray:
        """Data (n, 2) that these axes can show. Raises: ValueError for other shapes and numbers without a place."""
        pairs = finite(what, data, 2)
        if pairs.shape[1] != 2:
            raise ValueError(f"{what} draws pairs (n, 2), found the shape {pairs.shape}.")
        for axis, values in ((self.x, pairs[:, 0]), (self.y, pairs[:, 1])):
            if axis.shown.log and values.min() <= 0:
                raise ValueError(
                    f"{what} cannot show {values.min():g} on a log axis: only positive numbers have a place."
                )
        return pairs

    def local(self, data: np.ndarray) -> np.ndarray:
        """Local coordinates (n, 3) of data (n, 2)."""
        return np.stack([self.x.along_of(data[:, 0]), self.y.along_of(data[:, 1]), np.zeros(len(data))], axis=1)

    def decode(self, places: np.ndarray) -> np.ndarray:
        """Data coordinates (n, 2) of places in the scene (n, 3), by the drawn ticks and the numbers beside them."""
        local = self.frame.back(places)
        return np.stack([self.x.decode(local[:, 0]), self.y.decode(local[:, 1])], axis=1)
