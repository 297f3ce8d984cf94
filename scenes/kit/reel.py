"""A reel of saved training steps: components move through their snapshots along one line of progress.

Sizes and colours blend between two saved steps; written numbers only ever show what was saved.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, AnimationGroup, Dot, Line, ValueTracker, VGroup, VMobject

from scenes.kit.arrays import finite
from scenes.kit.number import LiveNumber, spell
from scenes.kit.typeset import Words, escape
from scenes.theme import ACCENT, DIM, GAP, GROUP_GAP, HAIRLINE, LABEL, LINE, RULE

TICK = 0.14  # units
HEAD = 0.075  # radius
ALONG = np.array([1.0, 0.0, 0.0])  # the directions in which text is set side by side
WHOLE = 1e-6  # of the way between two saved steps: what counts as being there


Snapshots = np.ndarray | Sequence[np.ndarray]  # (step, ...); several for a component that takes a list
Track = tuple[Any, Snapshots]  # a component with ``set_values``, and what it draws at each saved step


class TrainingReel(VGroup):
    """A thin line with a tick at each saved step, a head, and the step that is on show; it drives other components.

    ``steps`` (n,) rise. ``tracks`` pair a component with its snapshots (n, ...), one array or a list of them; it is
    drawn as a blend of the two steps around the head. Components of ``written`` and the ``numbers`` under a name
    (values (n,), decimals) only take saved values, those of the nearest step. All are set to the first step.
    Raises: ValueError if steps do not rise, or snapshots are not one for each step.
    """

    def __init__(
        self,
        steps: np.ndarray,
        *tracks: Track,
        written: Sequence[Track] = (),
        numbers: Mapping[str, tuple[np.ndarray, int]] | None = None,
        width: float = 9.0,
    ) -> None:
        self.steps = finite("A reel", steps, 1)
        if (np.diff(self.steps) <= 0).any():
            raise ValueError(f"The saved steps of a reel must rise, got {self.steps.astype(int).tolist()}.")
        self.tracks = [(part, self._checked(shots), blend) for part, shots in tracks]
        self.tracks += [(part, self._checked(shots), nearest) for part, shots in written]
        self.saved = {
            name: (finite(f"The {name} of a reel", self._checked(values), 1), decimals)
            for name, (values, decimals) in (numbers or {}).items()
        }
        super().__init__(*self._progress(width))
        self.add(*self._labels())
        self.set_values(self.steps[0])

    def values(self) -> float:
        """The saved step that is on show, decoded from its written glyphs; exact for whole steps."""
        return self.counter.values()

    def head_step(self) -> float:
        """Where the head stands, in training steps, decoded from its place between the ticks, to 1e-6 of a gap."""
        return float(np.interp(self.index(), np.arange(len(self.steps)), self.steps))

    def number(self, name: str) -> float:
        """One of the written numbers, decoded from its glyphs, exact to half a unit of its last decimal."""
        return self.readings[name].values()

    def set_values(self, step: float) -> "TrainingReel":
        """Draw a step at once, here and in every component; between two saved steps it is blended."""
        index = self.index_of(step)
        self.stand_at(index)
        for component, shots, draw in self.tracks:
            component.set_values(draw(shots, index))
        return self

    def play_to(self, step: float, **kwargs: Any) -> AnimationGroup:
        """Everything moves along the saved steps to one of them, equal times between neighbours.

        Raises: ValueError if the step was not saved.
        """
        if not np.isin(step, self.steps):
            raise ValueError(f"Step {step:g} was not saved; saved are {self.steps.astype(int).tolist()}.")
        target = float(self.index_of(step))
        parts = [Scrub(self, self, self.stand_at, target, **kwargs)]
        for component, shots, draw in self.tracks:
            parts.append(Scrub(self, component, drawing(component, shots, draw), target, **kwargs))
        return AnimationGroup(*parts)

    def follow(self, tracker: ValueTracker) -> "TrainingReel":
        """From now on the reel and its components show the step that a tracker holds."""
        self.add_updater(lambda reel: reel.stand_at(reel.index_of(tracker.get_value())))
        for component, shots, draw in self.tracks:
            draw_at = drawing(component, shots, draw)
            component.add_updater(lambda _, draw_at=draw_at: draw_at(self.index_of(tracker.get_value())))
        return self

    def stand_at(self, index: float) -> None:
        """Draw the reel itself at a place among the saved steps, 0 to n - 1; its components stay as they are."""
        ticks = self._tick_places()  # (n, 3)
        place = blend(ticks, index)
        self.head.shift(place - self.head.get_center())
        self.passed.points = ticks[0] + np.linspace(0, 1, 4)[:, None] * (place - ticks[0])  # (4, 3)
        self.counter.set_values(float(nearest(self.steps, index)))
        for name, (values, _) in self.saved.items():
            self.readings[name].set_values(float(nearest(values, index)))

    def index(self) -> float:
        """Where the head stands among the saved steps, 0 to n - 1, decoded from its place."""
        ticks = self._tick_places()
        along = ticks[-1] - ticks[0] if len(ticks) > 1 else np.array([1.0, 0, 0])
        share = (ticks - ticks[0]) @ along, (self.head.get_center() - ticks[0]) @ along
        found = float(np.interp(share[1], share[0], np.arange(len(ticks))))
        return round(found) if abs(found - round(found)) < WHOLE else found

    def index_of(self, step: float) -> float:
        """Where a training step lies among the saved steps, 0 to n - 1."""
        return float(np.interp(step, self.steps, np.arange(len(self.steps))))

    def _tick_places(self) -> np.ndarray:
        return (self.ticks.points[::4] + self.ticks.points[3::4]) / 2  # (n, 3)

    def _progress(self, width: float) -> list[VMobject]:
        """The line with its ticks, the part that is passed, and the head."""
        share = (self.steps - self.steps[0]) / max(float(np.ptp(self.steps)), 1.0)  # (n,)
        x = width * (share - 0.5)
        ends = np.stack([np.full_like(x, TICK / 2), np.full_like(x, -TICK / 2)], axis=1)  # (n, 2)
        y = ends[:, :1] + np.array([0, 1 / 3, 2 / 3, 1]) * (ends[:, 1:] - ends[:, :1])  # (n, 4)
        self.line = Line(LEFT * width / 2, RIGHT * width / 2, color=RULE, stroke_width=LINE)
        self.ticks = VMobject(stroke_color=DIM, stroke_width=HAIRLINE)
        self.ticks.points = np.stack([np.repeat(x, 4), y.ravel(), np.zeros(4 * len(x))], axis=1)  # (4n, 3)
        self.passed = VMobject(stroke_color=ACCENT, stroke_width=LINE)
        self.head = Dot(self._tick_places()[0], radius=HEAD, color=ACCENT)
        return [self.line, self.ticks, self.passed, self.head]

    def _labels(self) -> list[VGroup]:
        """The step at the left above the line, the numbers at the right, each as wide as its widest value."""
        self.counter, step = reading("step", self.steps, 0)
        named = {name: reading(name, values, decimals) for name, (values, decimals) in self.saved.items()}
        self.readings = {name: number for name, (number, _) in named.items()}
        right = VGroup(*(row for _, row in named.values()))
        right.arrange(RIGHT, buff=GROUP_GAP, center=False, coor_mask=ALONG)
        for row, side in ((step, LEFT), (right, RIGHT))[: 2 if named else 1]:
            row.shift(UP * (GAP + TICK / 2)).align_to(self.line, side)
        return [step, *right]

    def _checked(self, shots: Snapshots) -> Snapshots:
        for one in shots if isinstance(shots, (list, tuple)) else [shots]:
            if len(one) != len(self.steps):
                raise ValueError(f"A reel of {len(self.steps)} steps needs as many snapshots, got {len(one)}.")
        return shots


class Scrub(Animation):
    """One part of a reel moves from where its head stands to another saved step."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(
        self, reel: TrainingReel, part: Any, draw_at: Callable[[float], Any], target: float, **kwargs: Any
    ) -> None:
        self.reel, self.draw_at, self.target = reel, draw_at, target
        super().__init__(part, **kwargs)

    def begin(self) -> None:
        self.start = self.reel.index()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.draw_at((1 - share) * self.start + share * self.target)


def blend(shots: Snapshots, index: float) -> Any:
    """Snapshots (n, ...) at a place between two of them, by the shares of the way; of each array in a list."""
    if isinstance(shots, (list, tuple)):
        return [blend(one, index) for one in shots]
    low = int(index)
    high = min(low + 1, len(shots) - 1)
    part = index - low
    return (1 - part) * np.asarray(shots[low], dtype=float) + part * np.asarray(shots[high], dtype=float)


def drawing(component: Any, shots: Snapshots, draw: Callable[[Snapshots, float], Any]) -> Callable[[float], Any]:
    """What draws a component's snapshots at a place among them."""
    return lambda index: component.set_values(draw(shots, index))


def nearest(shots: Snapshots, index: float) -> Any:
    """The snapshot (n, ...) that is nearest to a place; of each array in a list."""
    if isinstance(shots, (list, tuple)):
        return [nearest(one, index) for one in shots]
    return shots[min(int(index + 0.5), len(shots) - 1)]


def reading(name: str, values: np.ndarray, decimals: int) -> tuple[LiveNumber, VGroup]:
    """A number that can be any of the values, and the row of its name and it on the line y = 0, set to the widest."""
    widest = max((float(value) for value in values), key=lambda value: len(spell(value, decimals)))
    number, label = LiveNumber(0.0, decimals, size=LABEL), Words(escape(f"{name} 0"), size=LABEL, color=DIM)
    for part, digit in ((number, number), (label, label[-1])):
        part.shift(DOWN * digit.get_bottom()[1])  # so that both stand on the line y = 0
    label.remove(label[-1])
    number.set_values(widest).next_to(label, RIGHT, buff=GAP, coor_mask=ALONG)
    return number, VGroup(label, number)
