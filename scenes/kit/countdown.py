"""Time to think: a ring that empties clockwise, one tick for each second, and the whole seconds that are left."""

from math import ceil
from typing import Any

import numpy as np
from manim import Animation, VGroup, linear

from scenes.kit.axes import segments, stroke
from scenes.kit.number import Number
from scenes.kit.shapes import Frame
from scenes.theme import ACCENT, DIM, HAIRLINE, HUGE, INK, LINE, RULE

PIECES = 32  # cubic pieces of the ring
RIM = 9.0  # stroke width of what is left
NEAR, FAR = 1.1, 1.19  # of the radius: the ends of a tick
LONGEST = 99  # seconds: two digits
NOTHING = 1e-6  # of the ring: what is not drawn any more


def steps(shares: np.ndarray) -> np.ndarray:
    """Unit steps (n, 3) from the middle to shares of a turn, clockwise from the top."""
    angles = 2 * np.pi * np.asarray(shares, dtype=float)
    return np.stack([np.sin(angles), np.cos(angles), np.zeros_like(angles)], axis=-1)


class Countdown(VGroup):
    """A ring that is full at first; what is left of it shrinks clockwise, up to the top, while the time runs out.

    ``values()`` are the seconds left, decoded from the angle at which the ring begins now and from the drawn ticks, to
    1e-6; ``written()`` is the number in the middle, seconds left rounded up.
    Raises: ValueError unless there are 1 to 99 whole seconds.
    """

    def __init__(self, seconds: int, radius: float = 1.0, size: float = HUGE, color: str = ACCENT) -> None:
        if not 1 <= seconds <= LONGEST or seconds != int(seconds):
            raise ValueError(f"A countdown takes 1 to {LONGEST} whole seconds, got {seconds:g}.")
        self.radius, self.frame = radius, Frame()
        self.track, self.ring, self.marks = stroke(HAIRLINE, RULE), stroke(RIM, color), stroke(LINE, DIM)
        self.number = Number(seconds, decimals=0, size=size, color=INK)
        super().__init__(self.track, self.marks, self.ring, self.number, self.frame)
        ways = radius * steps(np.arange(seconds) / seconds)  # (seconds, 3)
        self.marks.points = segments(ways * NEAR, ways * FAR)
        self.track.points = self._arc(0.0)
        self.frame.stand(radius * np.array([[-1.0, -1, 0], [1, 1, 0]]))
        self.set_values(float(seconds))

    def values(self) -> float:
        """The seconds that are left now, from the ring and the ticks; 0 where no ring is drawn."""
        if not len(self.ring.points):
            return 0.0
        first = self.frame.back(self.ring.points[0])
        gone = (np.arctan2(first[0], first[1]) / (2 * np.pi) + NOTHING / 2) % 1.0 - NOTHING / 2  # a full ring is at 0
        return float((1 - gone) * self._seconds())

    def written(self) -> float:
        """The number that is written now."""
        return self.number.values()

    def set_values(self, left: float) -> "Countdown":
        """Draw so many seconds left at once. Raises: ValueError below zero and above what the ticks say."""
        most = self._seconds()
        if not 0 <= left <= most:
            raise ValueError(f"A countdown of {most} seconds cannot have {left:g} left.")
        gone = 1 - left / most
        self.ring.points = self.frame.out(self._arc(gone)) if gone < 1 - NOTHING else np.zeros((0, 3))
        place = self.frame.origin()
        self.number.set_values(ceil(left - 1e-9))  # an instant may be a rounding error after its second
        self.number.shift(place - self.number.get_center())
        return self

    def run(self, **kwargs: Any) -> "RunOut":
        """What is left now runs out, by default in as many seconds."""
        return RunOut(self, **({"run_time": self.values(), "rate_func": linear} | kwargs))

    def _seconds(self) -> int:
        return len(self.marks.points) // 4

    def _arc(self, start: float) -> np.ndarray:
        """Cubic points (4 PIECES, 3) from a share of the turn to its end, in local units."""
        shares = np.linspace(start, 1.0, PIECES + 1)
        places = self.radius * steps(shares)  # (PIECES + 1, 3)
        handle = 4 / 3 * np.tan(2 * np.pi * (1 - start) / PIECES / 4)
        along = np.stack([places[:, 1], -places[:, 0], np.zeros(len(places))], axis=1) * handle  # clockwise
        pieces = np.stack([places[:-1], places[:-1] + along[:-1], places[1:] - along[1:], places[1:]], axis=1)
        return np.array(pieces.reshape(-1, 3))


class RunOut(Animation):
    """The seconds that are left at its beginning run out with the eased time."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, countdown: Countdown, **kwargs: Any) -> None:
        self.countdown = countdown
        super().__init__(countdown, **kwargs)

    def begin(self) -> None:
        self.start = self.countdown.values()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.countdown.set_values(self.start * (1 - self.rate_func(alpha)))
