"""Whether drawing a scene changes nothing but pixels, so that it may be left to another process.

Manim's own cameras and mobjects are known; a class of the user's that overrides what drawing calls might count, cache
or move something, and then only this process may draw it.
"""

from functools import cache
from typing import Any

from manim import Camera, Mobject, VMobject

CAMERA = frozenset(name for name in dir(Camera) if not name.startswith("__"))
ASKED = ("get_", "has_", "is_", "family_", "consider_", "proportion_")
MOBJECT = frozenset(
    name
    for kind in (VMobject, Mobject)
    for name in dir(kind)
    if name.startswith(ASKED) or isinstance(getattr(kind, name), property)
)


def draws_purely(scene: Any) -> bool:
    """Whether drawing the scene as it stands is known to change nothing but pixels and manim's own cameras."""
    camera: Any = type(scene.camera)
    shown: set[Any] = {type(member) for top in scene.mobjects for member in Mobject.get_family(top)}
    return _keeps(camera, CAMERA) and all(_keeps(kind, MOBJECT) for kind in shown)


@cache
def _keeps(kind: Any, names: frozenset[str]) -> bool:
    """Whether a class leaves all these names as manim defines them."""
    foreign = (base for base in kind.__mro__[:-1] if not base.__module__.startswith("manim."))
    return not any(names & set(vars(base)) or "__getattribute__" in vars(base) for base in foreign)
