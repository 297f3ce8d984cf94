"""Faster beginnings of plays: which mobjects there are, and adding those that an animation brings along.

manim lists the families of all mobjects anew for every animation that introduces a mobject; here the list is kept
while nothing can have changed it.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from manim import Animation, AnimationGroup, Mobject, Scene
from manim.animation import animation as basic
from manim.animation import creation, fading, growing, indication, rotation, transform
from manim.utils import family as stock_family

from render.motion.jumps import GROUPS, leaves_of

STOCK_EXTRACT: Any = stock_family.extract_mobject_family_members
STOCK_BEGIN: Any = Scene.begin_animations
_ITER_FAMILY: Any = Mobject._iter_family

# Beginning one of these changes no mobject but its own, and not the scene.
_QUIET = frozenset(
    {
        *(creation.Create, creation.Uncreate, creation.DrawBorderThenFill, creation.Write, creation.Unwrite),
        *(fading.FadeIn, fading.FadeOut, growing.GrowFromPoint, growing.GrowFromCenter, growing.GrowFromEdge),
        *(growing.GrowArrow, growing.SpinInFromNothing, indication.Indicate, indication.ShowPassingFlash),
        *(transform.Transform, transform.ReplacementTransform, transform.MoveToTarget, transform._MethodAnimation),
        *(rotation.Rotate, basic.Wait, basic.Add),
    }
)
_SCENE = ("add", "restructure_mobjects", "get_restructured_mobject_list", "get_mobject_family_members")


class _Loop(Exception):
    """A mobject is inside itself, or lists its family in its own way."""


def extract(mobjects: Iterable[Any], use_z_index: bool = False, only_those_with_points: bool = False) -> list[Any]:
    """All families of ``mobjects``, each mobject where it comes last: ``extract_mobject_family_members``."""
    mobjects = list(mobjects)
    try:
        members = _last_places(mobjects)
    except _Loop:
        return STOCK_EXTRACT(mobjects, use_z_index, only_those_with_points)
    if only_those_with_points:
        members = [mob for mob in members if mob.get_num_points() > 0]
    return sorted(members, key=attrgetter("z_index")) if use_z_index else members


def _last_places(mobjects: list[Any]) -> list[Any]:
    """Backwards through the families: whoever has been met has had its whole family listed already."""
    met: set[Any] = set()
    backwards: list[Any] = []
    above: set[Any] = set()

    def visit(mob: Any) -> None:
        if mob in above or type(mob)._iter_family is not _ITER_FAMILY:
            raise _Loop
        above.add(mob)
        for child in reversed(mob.submobjects):
            if child not in met:
                visit(child) if child.submobjects else leave(child)
        above.discard(mob)
        leave(mob)

    def leave(mob: Any) -> None:
        met.add(mob)
        backwards.append(mob)

    for mob in reversed(mobjects):
        if mob not in met:
            visit(mob)
    backwards.reverse()
    return backwards


def begin(scene: Any) -> None:
    """Begin a scene's animations, as ``Scene.begin_animations`` does."""
    if any(getattr(type(scene), name) is not getattr(Scene, name) or name in vars(scene) for name in _SCENE):
        STOCK_BEGIN(scene)
        return
    present: set[Any] | None = None
    for animation in scene.animations:
        present = _set_up(animation, scene, present)
        animation.begin()
        leaves = list(leaves_of([animation]))
        if present is not None and all(type(leaf) in _QUIET for leaf in leaves):
            present.update(member for leaf in leaves for member in leaf.mobject.get_family())
        else:
            present = None
    scene.moving_mobjects, scene.static_mobjects = scene.get_moving_and_static_mobjects(scene.animations)


def _set_up(animation: Any, scene: Any, present: set[Any] | None) -> set[Any] | None:
    """Add what an animation introduces to the scene; ``present`` holds at least all members of the scene's families.

    Returns: ``present`` afterwards, None if it is not known any more.
    """
    way = type(animation)._setup_scene
    if type(animation) in GROUPS and way is AnimationGroup._setup_scene and "_setup_scene" not in vars(animation):
        for part in animation.animations:
            present = _set_up(part, scene, present)
        return present
    if way is not Animation._setup_scene or type(animation) not in _QUIET or "_setup_scene" in vars(animation):
        animation._setup_scene(scene)
        return None
    if not animation.is_introducer():
        return present
    if present is None:
        present = set(scene.get_mobject_family_members())
    members = animation.mobject.get_family()
    if scene.foreground_mobjects or scene.moving_mobjects or not present.isdisjoint(members):
        animation._setup_scene(scene)
        return None
    scene.mobjects = [*scene.mobjects, animation.mobject]
    present.update(members)
    return present
