"""Which plays may be entered at any of their times, without stepping through the frames before.

The answer is about manim's Cairo mobjects after ``scene.begin_animations()``. A play with anything that is not known to
be a function of time alone has to be stepped frame by frame.
"""

import types
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
from manim import Animation, ImageMobject, Mobject, Scene, VMobject
from manim.animation import animation as basic
from manim.animation import composition, creation, fading, growing, indication, rotation, specialized, transform
from manim.animation import transform_matching_parts as matching
from manim.mobject.types.image_mobject import ImageMobjectFromCamera
from manim.mobject.types.point_cloud_mobject import PMobject
from manim.utils import bezier, paths, rate_functions

# Each of these writes its mobjects' state from copies made at the play's begin and from alpha alone.
TRANSFORMS = frozenset(
    {
        transform.Transform,
        transform.ReplacementTransform,
        transform.TransformFromCopy,
        transform.ClockwiseTransform,
        transform.CounterclockwiseTransform,
        transform.MoveToTarget,
        transform._MethodAnimation,
        transform.ApplyMethod,
        transform.ApplyPointwiseFunction,
        transform.FadeToColor,
        transform.ScaleInPlace,
        transform.ShrinkToCenter,
        transform.Restore,
        transform.ApplyFunction,
        transform.ApplyMatrix,
        transform.ApplyComplexFunction,
        transform.CyclicReplace,
        transform.Swap,
        transform.FadeTransform,
        transform.FadeTransformPieces,
        fading.FadeIn,
        fading.FadeOut,
        growing.GrowFromPoint,
        growing.GrowFromCenter,
        growing.GrowFromEdge,
        growing.GrowArrow,
        growing.SpinInFromNothing,
        indication.Indicate,
        rotation.Rotate,
    }
)
PARTIALS = frozenset({creation.Create, creation.Uncreate, indication.ShowPassingFlash})
BORDERS = frozenset({creation.DrawBorderThenFill, creation.Write, creation.Unwrite})
SUBSETS = frozenset({creation.ShowIncreasingSubsets, creation.AddTextLetterByLetter, creation.RemoveTextLetterByLetter})
IDLE = frozenset({basic.Animation, basic.Add, basic.Wait})
PURE = TRANSFORMS | PARTIALS | BORDERS | SUBSETS | IDLE | {rotation.Rotating}
GROUPS = frozenset(
    {
        composition.AnimationGroup,
        composition.LaggedStart,
        composition.LaggedStartMap,
        indication.Flash,
        indication.ShowPassingFlashWithThinningStrokeWidth,
        matching.TransformMatchingShapes,
        matching.TransformMatchingTex,
        specialized.Broadcast,
    }
)
SUCCESSIONS = frozenset({composition.Succession, indication.Circumscribe})

_EASINGS = ("sine", "quad", "cubic", "quart", "quint", "expo", "circ")
NEVER_BACK = frozenset(
    getattr(rate_functions, name)
    for name in (
        *("linear", "smooth", "smoothstep", "smootherstep", "smoothererstep", "rush_into", "rush_from", "slow_into"),
        *("double_smooth", "lingering", "exponential_decay"),
        *(f"ease_{where}_{curve}" for where in ("in", "out", "in_out") for curve in _EASINGS),
    )
)

# What a class outside manim may define without changing how its mobjects are interpolated.
_HARMLESS = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__init__", "__annotations__", "__dict__", "__weakref__"),
        *("__firstlineno__", "__static_attributes__", "__orig_bases__", "__parameters__", "__repr__", "__str__"),
        *("__abstractmethods__", "_abc_impl", "_original__init__", "animation_overrides"),
        *("generate_points", "init_points", "init_colors"),
    }
)
_STATE = frozenset(
    {
        *("points", "fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "stroke_width", "background_stroke_width"),
        *("sheen_direction", "sheen_factor", "submobjects", "updaters", "updating_suspended", "rgbas", "pixel_array"),
    }
)
# ThreeDAxes replaces one method of its lines, which only drawing calls.
_METHODS = frozenset(name for name in dir(VMobject) if callable(getattr(VMobject, name))) - {
    "get_gradient_start_and_end_points"
}
_SCENE_METHODS = ("update_to_time", "update_mobjects", "update_meshes", "update_self")


def is_jumpable(scene: Scene) -> bool:
    """True where the state at a time of the current play provably does not depend on the frames before it.

    Then ``scene.update_to_time(t)`` may be called for any ascending choice of the play's times, in another process for
    each, with the same result as calling it for all of them. To be asked after ``scene.begin_animations()``.
    """
    animations = list(scene.animations or ())
    if not animations or scene.updaters or scene.stop_condition is not None or scene.meshes or not own_scene(scene):
        return False
    if any(mob.updaters or not known_mobject(mob) for mob in _everything(scene, animations)):
        return False
    if type(animations[0]) in SUCCESSIONS:
        return len(animations) == 1 and _succession_jumps(animations[0])
    leaves = list(leaves_of(animations))
    grouped = len(leaves) != len(animations) or any(type(a) in GROUPS for a in animations)
    return _branches_jump(animations) and all(map(known_leaf, leaves)) and not (grouped and overlap(leaves))


def own_scene(scene: Scene) -> bool:
    """True if the scene moves to a time by manim's own code."""
    return all(getattr(type(scene), name) is getattr(Scene, name) for name in _SCENE_METHODS) and not any(
        name in vars(scene) for name in _SCENE_METHODS
    )


def known_mobject(mob: Mobject) -> bool:
    """True if a mobject is interpolated by manim's own code, whatever else its class adds."""
    kind: Any = type(mob)
    return _known_class(kind) and _METHODS.isdisjoint(vars(mob))


@cache
def _known_class(kind: type) -> bool:
    """True if no class outside manim in a class's ancestry replaces what manim's mobjects do or hold."""
    if issubclass(kind, ImageMobjectFromCamera):
        return False  # holds whatever another camera drew last
    if not issubclass(kind, (VMobject, ImageMobject, PMobject)) and issubclass(kind, Mobject):
        base: type = Mobject
    else:
        base = next((c for c in (VMobject, ImageMobject, PMobject) if issubclass(kind, c)), object)
    ours = frozenset(dir(base)) | _STATE
    return issubclass(kind, Mobject) and all(
        c.__module__.startswith("manim.") or not (vars(c).keys() - _HARMLESS) & ours
        for c in kind.__mro__
        if c is not object
    )


def is_pure(kind: type) -> bool:
    """True for manim's animations of alpha alone, and for classes that say so themselves.

    A class says so with ``of_alpha_alone = True`` in its own body (subclasses have to repeat it): whatever it writes in
    a frame depends on alpha and on what it kept in ``begin``, and it writes to its own mobject's family only.
    """
    return kind in PURE or vars(kind).get("of_alpha_alone") is True


def known_leaf(animation: Any) -> bool:
    """True if a single animation's writes depend on alpha alone: its class, rate function and path are known."""
    kind = type(animation)
    if not is_pure(kind) or _altered(animation) or not own_function(animation.rate_func, rate_functions.__file__):
        return False
    if kind in SUBSETS:
        return animation.int_func in (np.floor, np.ceil)
    return kind not in TRANSFORMS or own_function(animation.path_func, paths.__file__)


def _altered(animation: Animation) -> bool:
    """True if an attribute of this one animation hides a method of its class."""
    kind = type(animation)
    return any(callable(getattr(kind, name, None)) for name in vars(animation))


def own_function(function: Any, file: str) -> bool:
    """True for manim's rate or path functions, and for what manim's factories make of such functions and numbers."""
    if isinstance(function, types.FunctionType):
        inside = [cell.cell_contents for cell in function.__closure__ or ()]
        return function.__code__.co_filename in (file, bezier.__file__) and all(own_function(c, file) for c in inside)
    if isinstance(function, (list, tuple)):
        return all(own_function(part, file) for part in function)
    return function is None or isinstance(function, (int, float, np.ndarray, np.generic))


def leaves_of(animations: Iterable[Any]) -> Iterator[Any]:
    """The animations that are not groups, in the order in which manim steps them."""
    for animation in animations:
        if type(animation) in GROUPS or type(animation) in SUCCESSIONS:
            yield from leaves_of(animation.animations)
        else:
            yield animation


def _branches_jump(animations: Iterable[Any]) -> bool:
    """True if every group among the animations, at any depth, is manim's own and its time never goes back."""
    for animation in animations:
        if is_pure(type(animation)):
            continue
        if type(animation) not in GROUPS or _altered(animation) or animation.rate_func not in NEVER_BACK:
            return False
        if not _branches_jump(animation.animations):
            return False
    return True


def _succession_jumps(succession: Any) -> bool:
    """True if a succession that plays alone begins its parts in the same states whichever times are asked for."""
    if _altered(succession) or succession.rate_func not in NEVER_BACK:
        return False
    return all(_part_jumps(part) for part in succession.animations)


def _part_jumps(part: Any) -> bool:
    """True for a part of a succession whose writes depend on its own alpha alone."""
    if type(part) in SUCCESSIONS:
        return _succession_jumps(part)
    leaves = list(leaves_of([part]))
    return _branches_jump([part]) and all(map(known_leaf, leaves)) and not (type(part) in GROUPS and overlap(leaves))


def overlap(leaves: Iterable[Any]) -> bool:
    """True if two animations write to the same mobject: in groups the last writer then depends on the frames."""
    seen: set[int] = set()
    for leaf in leaves:
        family = {id(mob) for mob in leaf.mobject.get_family()}
        if not seen.isdisjoint(family):
            return True
        seen |= family
    return False


def _everything(scene: Any, animations: Iterable[Any]) -> Iterator[Any]:
    """Every mobject that manim may update or write in the current play."""
    yield from involved(animations, [*scene.mobjects, *scene.foreground_mobjects, *scene.moving_mobjects])


def involved(animations: Iterable[Any], others: Iterable[Mobject] = ()) -> Iterator[Any]:
    """Every mobject that animations write, or keep to write from, and ``others``; with all that is under them."""
    roots = list(others)
    waiting = list(animations)
    while waiting:
        animation = waiting.pop()
        roots.append(animation.mobject)
        roots += [mob for mob in _involved(animation) if isinstance(mob, Mobject)]
        waiting += getattr(animation, "animations", ())
    seen: set[int] = set()
    while roots:
        mob = roots.pop()
        if id(mob) not in seen:
            seen.add(id(mob))
            roots += mob.submobjects
            yield mob


def _involved(animation: Animation) -> Iterator[Any]:
    """The copies and targets that an animation keeps: they may have updaters of their own."""
    for name in ("starting_mobject", "target_mobject", "target_copy", "ending_mobject", "outline", "group"):
        yield getattr(animation, name, None)
