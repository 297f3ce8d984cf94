"""Faster copies and family walks for manim's mobjects, with the results of manim's own.

At the beginning of a play manim copies every animated mobject two or three times with ``copy.deepcopy``, which asks
about each attribute what kind of thing it is. Here the kinds that mobjects hold are known beforehand; whatever else
they hold is given to ``copy.deepcopy`` with the same memo, so references inside the copied tree stay the same. One
thing is shared instead: the path of an SVG file that a glyph was made from, most of what there is to copy in a text.
"""

import copy
import copyreg
import enum
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Mobject, Scene
from manim.scene import moving_camera_scene, three_d_scene
from manim.scene import scene as scene_module
from svgelements import Path

from render.motion import beginning

Memo = dict[int, Any]
SVG_PATH = "path_obj"  # what a glyph was made from; manim never looks at it again, so copies may share it

_ATOMS = {
    *(type(None), int, float, bool, complex, str, bytes, type, range),
    *(types.FunctionType, types.BuiltinFunctionType, np.float64, np.int64, np.bool_),
}
_REDUCING = (
    *("__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"),
    *("__getnewargs__", "__getnewargs_ex__"),
)
_DEEPCOPY: Any = Mobject.__deepcopy__
_GET_FAMILY: Any = Mobject.get_family
_ITER_FAMILY: Any = Mobject._iter_family
_LISTING: tuple[Any, ...] = tuple(
    module
    for module in (scene_module, moving_camera_scene, three_d_scene)
    if hasattr(module, "extract_mobject_family_members")
)
_ADD: Any = Scene.add_mobjects_from_animations


class _Plain:
    """For its size: an object with a ``__dict__`` only."""


def use(on: bool) -> None:
    """Replace manim's copying and family walks in this process, or put manim's own back."""
    patches: dict[tuple[type, str], tuple[Callable[..., Any], Callable[..., Any]]] = {
        (Mobject, "__deepcopy__"): (_DEEPCOPY, duplicate),
        (Mobject, "get_family"): (_GET_FAMILY, family),
        (Scene, "begin_animations"): (beginning.STOCK_BEGIN, beginning.begin),
        (Scene, "add_mobjects_from_animations"): (_ADD, add_animated),
    }
    for (kind, name), (stock, fast) in patches.items():
        setattr(kind, name, fast if on else stock)
    for module in _LISTING:
        module.extract_mobject_family_members = beginning.extract if on else beginning.STOCK_EXTRACT


def duplicate(mob: Any, memo: Memo) -> Any:
    """A deep copy of a mobject, as ``Mobject.__deepcopy__`` makes it; ``memo`` maps ids to copies already made."""
    names = _described(type(mob))
    attributes = mob.__dict__
    if names is None or not names.isdisjoint(attributes):
        return _DEEPCOPY(mob, memo)
    result = object.__new__(type(mob))
    memo[id(mob)] = result
    path = attributes.get(SVG_PATH)
    if type(path) is Path:
        memo[id(path)] = path
    copied = result.__dict__
    copied.update(attributes)
    for name, value in attributes.items():
        kind = type(value)
        if kind not in _ATOMS:
            copied[name] = _COPIERS.get(kind, _other)(value, memo)
    copied["original_id"] = str(id(mob))
    return result


def _described(kind: Any) -> frozenset[str] | None:
    """The names that assigning to would call code of the class, None where creating or any assigning would."""
    try:
        return _DESCRIBED[kind]
    except KeyError:
        pass
    names: frozenset[str] | None = None
    plain = kind.__setattr__ is object.__setattr__ and kind.__new__ is object.__new__
    if plain and not any(vars(c).get("__slots__") for c in kind.__mro__):
        names = frozenset(n for c in kind.__mro__ for n, v in vars(c).items() if hasattr(type(v), "__set__"))
        names -= {"__dict__", "__weakref__"}
    _DESCRIBED[kind] = names
    return names


def _array(value: np.ndarray, memo: Memo) -> Any:
    done = memo.get(id(value))
    if done is None:
        done = memo[id(value)] = value.__deepcopy__(memo)
    return done


def _list(value: list[Any], memo: Memo) -> Any:
    done = memo.get(id(value))
    if done is None:
        done = memo[id(value)] = []
        for part in value:
            kind = type(part)
            done.append(part if kind in _ATOMS else _COPIERS.get(kind, _other)(part, memo))
    return done


def _dict(value: dict[Any, Any], memo: Memo) -> Any:
    done = memo.get(id(value))
    if done is None:
        done = memo[id(value)] = {}
        for key, part in value.items():
            done[_value(key, memo)] = _value(part, memo)
    return done


def _plain(value: Any, memo: Memo) -> Any:
    """A copy of an object that is its ``__dict__`` and nothing else."""
    done = memo.get(id(value))
    if done is None:
        done = memo[id(value)] = object.__new__(type(value))
        copied = done.__dict__
        copied.update(value.__dict__)
        for name, part in value.__dict__.items():
            kind = type(part)
            if kind not in _ATOMS:
                copied[name] = _COPIERS.get(kind, _other)(part, memo)
    return done


def _is_plain(kind: Any) -> bool:
    """True if ``copy.deepcopy`` would make an object of this class by copying its ``__dict__``."""
    if _described(kind) is None or kind in copyreg.dispatch_table or kind.__basicsize__ != _Plain.__basicsize__:
        return False
    usual = all(getattr(kind, name, None) is getattr(object, name, None) for name in _REDUCING)
    return usual and not issubclass(kind, (list, dict, type)) and kind.__itemsize__ == 0


def _mobject(value: Any, memo: Memo) -> Any:
    done = memo.get(id(value))
    return duplicate(value, memo) if done is None else done


def _value(value: Any, memo: Memo) -> Any:
    kind = type(value)
    return value if kind in _ATOMS else _COPIERS.get(kind, _other)(value, memo)


def _other(value: Any, memo: Memo) -> Any:
    """What has no copier yet: its kind gets one if it is known how ``copy.deepcopy`` copies it."""
    kind = type(value)
    copying = getattr(kind, "__deepcopy__", None)
    if issubclass(kind, enum.Enum) and copying is enum.Enum.__deepcopy__:
        _ATOMS.add(kind)
        return value
    elif copying is duplicate:
        _COPIERS[kind] = _mobject
    elif _is_plain(kind):
        _COPIERS[kind] = _plain
    else:
        return copy.deepcopy(value, memo)
    return _COPIERS[kind](value, memo)


_DESCRIBED: dict[type, frozenset[str] | None] = {}
_COPIERS: dict[type, Callable[[Any, Memo], Any]] = {np.ndarray: _array, list: _list, dict: _dict}


def family(mob: Any, recurse: bool = True) -> list[Any]:
    """A mobject and everything under it, depth first, as ``Mobject.get_family`` lists it."""
    if not mob.submobjects and type(mob)._iter_family is _ITER_FAMILY:
        return [mob]
    members: list[Any] = []
    seen: set[Any] = set()
    waiting = [mob]
    while waiting:
        member = waiting.pop()
        if member in seen or type(member)._iter_family is not _ITER_FAMILY:
            return _GET_FAMILY(mob, recurse)  # a mobject in two places, or in itself
        seen.add(member)
        members.append(member)
        if member.submobjects:
            waiting.extend(reversed(member.submobjects))
    return members


def add_animated(scene: Any, animations: list[Any]) -> None:
    """Add what is animated to the scene, as ``Scene.add_mobjects_from_animations`` does, looking in a set."""
    present = set(scene.get_mobject_family_members())
    for animation in animations:
        if animation.is_introducer():
            continue
        mob = animation.mobject
        if mob is not None and mob not in present:
            scene.add(mob)
