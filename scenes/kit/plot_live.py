"""What follows a tracker along a curve: a dot with a hairline and its number, and the tangent in that place."""

from collections.abc import Sequence

import numpy as np
from manim import Circle, ValueTracker, VGroup

from scenes.kit.arrays import finite
from scenes.kit.axes import BACKING, DIGIT, backing, magnified, segments, stroke
from scenes.kit.glyphs import MINUS, advances
from scenes.kit.number import LiveNumber, spell
from scenes.kit.plot_curve import Curve, clipped, vertices
from scenes.kit.plot_labels import extent
from scenes.kit.typeset import UNITS_PER_EM
from scenes.theme import ACCENT, DIM, INK, LINE

RADIUS = 0.085
OVER = 0.12  # units between the line and the number above it
ASIDE = 0.2  # between the middle of the dot and the left end of the number
SOFT = 0.3  # units of room over which the number moves to the other side of a line
FADE = 0.4  # units beside the box over which the cursor vanishes
TANGENT = 2.6  # length in units


class Tangent(VGroup):
    """A straight piece that touches a curve above the tracker's x, as steep as the slopes (n,) given for its points.

    Slopes are in units of y for each unit of x, such as a gradient; between points they are interpolated.
    ``values()`` reads the slope off the drawn piece by the drawn ticks, to 1e-7 of it.
    """

    def __init__(self, curve: Curve, tracker: ValueTracker, slopes: np.ndarray, color: str = INK) -> None:
        self.curve, self.axes = curve, curve.axes
        self.slopes = finite("A tangent", slopes, 1)
        if len(self.slopes) != len(curve.data):
            raise ValueError(f"A curve of {len(curve.data)} points needs as many slopes, got {len(self.slopes)}.")
        if curve.axes.x.shown.log or curve.axes.y.shown.log:
            raise ValueError("A tangent is straight on linear axes only.")
        self.line, self.faint = stroke(LINE, color), False
        super().__init__(self.line)
        self.follow(tracker.get_value())
        self.add_updater(lambda tangent: tangent.follow(tracker.get_value()), call_updater=False)

    def follow(self, x: float) -> None:
        """Touch the curve above x, or above its nearest end."""
        data = self.curve.data
        x = float(np.clip(x, data[0, 0], data[-1, 0]))
        place = np.array([[x, np.interp(x, *data.T)]])
        step = np.array([[1.0, np.interp(x, data[:, 0], self.slopes)]])
        middle = self.axes.local(place)
        along = self.axes.local(place + step) - middle
        half = along / np.linalg.norm(along) * TANGENT / 2
        self.line.points = self.axes.frame.out(segments(*clipped(middle - half, middle + half, self.axes.box)))

    def drawn(self) -> np.ndarray:
        """Both ends in local units, (2, 3), the left one first."""
        return self.axes.frame.back(vertices(self.line.points))

    def values(self) -> float:
        """The slope drawn now, decoded from the two ends of the piece and the ticks of both axes."""
        low, high = self.axes.decode(vertices(self.line.points))
        return float((high[1] - low[1]) / (high[0] - low[0]))


class Cursor(VGroup):
    """A dot on a curve above the tracker's x, a hairline down to the axis, and the curve's height there as a number.

    The number stands beside the dot, and above the highest part of the curve beneath it, so it never lies on the line;
    of ``others`` it keeps clear too, but for the moments in which it passes to the other side of one. Its left end
    holds still while its digits change. ``values()`` reads (x, y) off the dot by the drawn ticks, to 1e-8 of each axis,
    and the written number, to half a unit of its last decimal.
    """

    def __init__(
        self,
        curve: Curve,
        tracker: ValueTracker,
        decimals: int = 3,
        color: str = ACCENT,
        others: Sequence[Curve | Tangent] = (),
    ) -> None:
        self.curve, self.axes, self.others, self.seen = curve, curve.axes, list(others), 1.0
        heights = curve.data[:, 1]
        self.em = curve.axes.size * UNITS_PER_EM
        times = self.axes.y.unit()
        ends = np.abs([heights.min(), heights.max()]) / times
        self.sign = self.em * advances()[MINUS] if heights.min() < 0 else 0.0  # hangs before the number
        self.room = self.sign + self.em * max(extent(spell(value, decimals))[0] for value in ends)
        self.hairline = stroke(LINE * 0.6, DIM)
        self.backing = backing(self.room, self.em)
        self.number = LiveNumber(float(heights[0] / times), decimals=decimals, size=curve.axes.size, color=color)
        self.dot = Circle(radius=RADIUS, stroke_width=0, fill_color=color, fill_opacity=1)
        magnified(self.axes.frame, self.backing, self.dot, self.number)
        super().__init__(self.hairline, self.backing, self.dot, self.number)
        self.follow(tracker.get_value())
        self.add_updater(lambda cursor: cursor.follow(tracker.get_value()), call_updater=False)

    def follow(self, x: float) -> None:
        """Stand above x, or above the nearest end of what is drawn of the curve; fade out beside the box."""
        line = self.curve.drawn()  # (m, 3)
        if not len(line):
            return
        asked = float(self.axes.x.along_of(np.array([x]))[0])
        at = float(np.clip(asked, line[0, 0], line[-1, 0]))
        up = float(np.interp(at, line[:, 0], line[:, 1]))
        frame, dot = self.axes.frame, np.array([at, up, 0.0])
        self.hairline.points = frame.out(segments(dot[None] * (1, 0, 0), dot[None]))
        self.dot.move_to(frame.out(dot))
        left = min(at + ASIDE, float(self.axes.box[0]) - self.room)
        base = self._base(line, left, at, up)
        height = float(self.axes.y.shown.at(np.array(up / self.axes.box[1])))
        self.number.set_values(height / self.axes.y.unit())
        self.number.shift(frame.out(np.array([left + self.sign, base, 0])) - self.number.axes.origin())
        self.backing.move_to(frame.out(np.array([left + self.room / 2, base + DIGIT * self.em / 2, 0])))
        self._fade(max(0.0, 1 - max(-asked, asked - self.axes.box[0], 0.0) / FADE))

    def _base(self, line: np.ndarray, left: float, at: float, up: float) -> float:
        """Height of the number's baseline: beside the dot, or higher, clear of the line (m, 3) and of others."""
        tall = DIGIT * self.em
        beside, over = up - tall / 2, up + RADIUS + OVER
        closer = min((at + ASIDE - left) / (ASIDE - RADIUS), 1.0)  # pushed from the dot's side to above it
        base = max(beside + closer * (over - beside), self._span(line, left)[1] + OVER)
        spans = [self._span(other.drawn(), left) for other in self.others]
        for low, high in sorted(spans):
            # a line that comes close above moves the number gradually to its upper side
            crowded = np.clip(1 - (low - base - tall - OVER) / SOFT, 0, 1)
            base += float(crowded**2 * (3 - 2 * crowded)) * max(high + OVER - base, 0.0)
        return min(base, float(self.axes.box[1]) + OVER)

    def _span(self, line: np.ndarray, left: float) -> tuple[float, float]:
        """Lowest and highest place of a line (m, 3) over the width of the number; far below where there is none."""
        inside = line[(line[:, 0] > left) & (line[:, 0] < left + self.room), 1]
        ends = [x for x in (left, left + self.room) if len(line) and line[0, 0] <= x <= line[-1, 0]]
        heights = np.append(inside, np.interp(ends, line[:, 0], line[:, 1]) if ends else [])
        return (float(heights.min()), float(heights.max())) if len(heights) else (-OVER, -OVER)

    def _fade(self, seen: float) -> None:
        if seen == self.seen:
            return
        self.seen = seen
        self.hairline.set_stroke(opacity=seen)
        self.backing.set_fill(opacity=BACKING * seen)
        for part in (self.dot, self.number.line):
            part.set_fill(opacity=seen)

    def values(self) -> np.ndarray:
        """x, y and the written number, (3,), decoded from the dot, the ticks and the glyphs."""
        written = self.number.values() * self.axes.y.choices()[-1].times()
        return np.append(self.axes.decode(self.dot.get_center()[None])[0], written)
