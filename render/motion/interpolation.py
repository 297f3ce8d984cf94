"""Moving the mobjects of a play to a time, with the same results as manim's own stepping.

Most of what manim does in a frame of a play with hundreds of animated mobjects is to call small functions. Here all
mobjects of all straight transforms are one array that is interpolated at once, and parts of an animation whose alpha
has not changed since the last frame are left as they are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Mobject, Scene
from manim.animation.transform import FadeTransform, FadeTransformPieces, TransformFromCopy
from manim.utils import bezier, rate_functions

from render.motion.batch import Batch, Part, fits
from render.motion.jumps import (
    BORDERS,
    GROUPS,
    PARTIALS,
    SUCCESSIONS,
    TRANSFORMS,
    involved,
    is_jumpable,
    known_leaf,
    known_mobject,
    leaves_of,
    overlap,
    own_scene,
)

__all__ = ["Step", "is_jumpable", "stepper"]

Step = Callable[[float], None]
Move = Callable[[Any], None]

FEWEST = 8  # mobjects; below, preparing costs more than it saves
_STRAIGHT = TRANSFORMS - {FadeTransform, FadeTransformPieces}  # these change their start after their first frame
_PARTWISE = _STRAIGHT | PARTIALS | BORDERS
_CLIPPED = frozenset(  # constant below 0 and above 1
    f
    for f in vars(rate_functions).values()
    if hasattr(f, "__wrapped__") and getattr(f, "__module__", "") == rate_functions.__name__
)


def stepper(scene: Scene, jumpable: bool | None = None) -> Step:
    """What moves the current play to a time, in place of ``scene.update_to_time`` and with the same results.

    ``jumpable`` is the answer of ``is_jumpable`` where it is known already. To be asked after
    ``scene.begin_animations()`` and used until the animations finish; times ascend. Until then the mobjects' arrays may
    be parts of one array that is written in place: their contents change, not their identity.
    """
    animations: list[Any] = list(scene.animations or ())
    if any(type(a) in SUCCESSIONS for a in animations):
        return scene.update_to_time
    if not (is_jumpable(scene) if jumpable is None else jumpable):
        return _Restless(scene, animations).to_time if _stands_updaters(scene, animations) else scene.update_to_time
    leaves = list(leaves_of(animations))
    if sum(_size(leaf.mobject) for leaf in leaves) < FEWEST or overlap(leaves):
        return scene.update_to_time
    return _Play(scene, animations).to_time


def _size(mob: Mobject) -> int:
    return 1 + sum(map(_size, mob.submobjects))


class _Play:
    """The current play of a scene without updaters: one batch, and a move for each animation that is not in it."""

    def __init__(self, scene: Scene, animations: list[Any]) -> None:
        self.scene = scene
        self.parts: list[Part] = []
        self.rows: list[_Rows] = []
        self.moves: list[tuple[float, Move]] = []
        shared: dict[tuple[Any, ...], list[int]] = {}
        for animation in animations:
            parts = _straight(animation)
            timing = _Timing(animation, len(parts))
            if parts and timing.even:
                shared.setdefault((animation.run_time, *timing.key), []).extend(self._take(parts))
            else:
                self.moves.append((animation.run_time, self._mover(animation, parts)))
        self.batch = Batch(self.parts)
        for (run_time, *key), taken in shared.items():
            self.rows.append(_Rows(_Timing.of(*key), np.array(taken)))
            self.moves.append((run_time, self.rows[-1].move))
        for rows in self.rows:
            rows.alpha = self.batch.alpha
            rows.move(0)
        self.batch.bind()

    def to_time(self, t: float) -> None:
        """Put every animated mobject of the play where it is ``t`` seconds after the play's start."""
        self.scene.last_t = t
        for run_time, move in self.moves:
            move(t / run_time)
        self.batch.write()

    def _take(self, parts: list[Part]) -> range:
        self.parts += parts
        return range(len(self.parts) - len(parts), len(self.parts))

    def _mover(self, animation: Any, parts: list[Part]) -> Move:
        if type(animation) in GROUPS:
            return _Group(animation, [self._mover(a, _straight(a)) for a in animation.animations]).move
        if parts:
            taken = self._take(parts)
            self.rows.append(_Rows(_Timing(animation, len(parts)), np.array(taken)))
            return self.rows[-1].move
        if type(animation) in _PARTWISE:
            parts = list(animation.get_all_families_zipped())
            if len(parts) > 1 and not any(
                mob.submobjects for mob, *_ in parts
            ):  # a part is styled with what is under it
                return _Parts(animation, parts).move
        return animation.interpolate


def _stands_updaters(scene: Scene, animations: list[Any]) -> bool:
    """True if all animations are straight transforms, enough of them, and no updater belongs to what they move.

    Updaters of others run after all animations have moved, in manim too.
    """
    return (
        own_scene(scene)
        and sum(_size(animation.mobject) for animation in animations) >= FEWEST
        and all(_straight(animation) and known_leaf(animation) for animation in animations)
        and not any(mob.updaters or not known_mobject(mob) for mob in involved(animations))
        and not overlap(animations)
    )


class _Restless(_Play):
    """A play beside which updaters run: they may change or keep any array, so every frame sets new ones."""

    def to_time(self, t: float) -> None:
        dt = t - self.scene.last_t
        self.scene.last_t = t
        for run_time, move in self.moves:
            move(t / run_time)
        self.batch.renew()
        self.scene.update_mobjects(dt)
        self.scene.update_meshes(dt)
        self.scene.update_self(dt)


def _straight(animation: Any) -> list[Part]:
    """The parts of a transform that a batch can do, else nothing."""
    if type(animation) not in _STRAIGHT or animation.path_func is not bezier.interpolate:
        return []
    parts = list(animation.get_all_families_zipped())
    return parts if all(map(fits, parts)) else []


class _Timing:
    """When each of an animation's parts moves: manim's ``get_sub_alpha`` for all parts, without the rate function."""

    def __init__(self, animation: Any, count: int) -> None:
        self.rate = animation.rate_func
        self.backwards = bool(animation.reverse_rate_function)
        self.mirrored = isinstance(animation, TransformFromCopy)
        self.key = (self.rate, self.backwards, self.mirrored)
        lag = animation.lag_ratio
        self.length = (count - 1) * lag + 1
        self.lower = np.arange(count, dtype=float) * lag  # (parts,)
        self.even = lag == 0 or count == 1
        self.last: Any = self.at(0)

    @classmethod
    def of(cls, rate: Any, backwards: bool, mirrored: bool) -> "_Timing":
        """The timing that animations without lag share."""
        timing = cls.__new__(cls)
        timing.rate, timing.backwards, timing.mirrored = timing.key = (rate, backwards, mirrored)
        timing.length, timing.lower, timing.even = 1, np.zeros(1), True
        timing.last = timing.at(0)
        return timing

    def at(self, alpha: Any) -> Any:
        """What the rate function is asked: for each part (parts,), or once for all; equal numbers, equal answers."""
        if self.mirrored:
            alpha = 1 - alpha
        asked = alpha if self.even else alpha * self.length - self.lower
        if self.backwards:
            asked = 1 - asked
        if self.rate not in _CLIPPED:
            return asked
        if self.even:
            return -1.0 if asked < 0 else 2.0 if asked > 1 else asked
        asked[asked < 0] = -1
        asked[asked > 1] = 2
        return asked

    def moved(self, alpha: Any) -> tuple[Any, list[Any]]:
        """The parts whose answer may differ from the last one, and their answers; of even parts the first for all."""
        asked, last = self.at(alpha), self.last
        self.last = asked
        if self.even:
            return ((), []) if asked == last else ((0,), [self.rate(asked)])
        which = np.flatnonzero(asked != last)
        return which, [self.rate(a) for a in asked[which]]


class _Rows:
    """Sets the alphas of an animation's rows in a batch."""

    def __init__(self, timing: _Timing, rows: np.ndarray) -> None:
        self.timing, self.rows = timing, rows
        self.target: Any = int(rows[0]) if len(rows) == 1 else rows
        self.alpha = np.zeros(0)  # the batch's
        timing.last = np.nan if timing.even else np.full_like(timing.last, np.nan)

    def move(self, alpha: Any) -> None:
        which, answers = self.timing.moved(alpha)
        if answers and self.timing.even:
            self.alpha[self.target] = answers[0]
        elif answers:
            self.alpha[self.rows[which]] = answers


class _Parts:
    """Calls manim's own code for those parts of an animation whose alpha has changed."""

    def __init__(self, animation: Any, parts: list[Part]) -> None:
        self.animation, self.parts = animation, parts
        self.timing = _Timing(animation, len(parts))

    def move(self, alpha: Any) -> None:
        which, answers = self.timing.moved(alpha)
        if self.timing.even and answers:
            which, answers = range(len(self.parts)), answers * len(self.parts)
        for part, answer in zip(which, answers, strict=True):
            self.animation.interpolate_submobject(*self.parts[part], answer)


class _Group:
    """manim's ``AnimationGroup.interpolate`` over moves in place of animations."""

    def __init__(self, group: Any, moves: list[Move]) -> None:
        self.group, self.moves = group, moves

    def move(self, alpha: Any) -> None:
        group = self.group
        time = group.rate_func(alpha) * group.max_end_time
        back = time < group.anim_group_time
        start, end = group.anims_with_timings["start"], group.anims_with_timings["end"]
        begun, finished = time >= start, time > end
        now = np.flatnonzero((group.anims_begun | begun) & (~group.anims_finished | ~finished))
        lengths = end[now] - start[now]
        instant = lengths == 0
        lengths[instant] = 1
        alphas = (time - start[now]) / lengths
        if back:
            alphas[(alphas < 0) | instant] = 0
        else:
            alphas[(alphas > 1) | instant] = 1
        for part, sub_alpha in zip(now.tolist(), alphas, strict=True):
            self.moves[part](sub_alpha)
        group.anim_group_time, group.anims_begun, group.anims_finished = time, begun, finished
