"""The order in which mobjects are drawn: the same lists as manim's cameras make, in a tenth of the time."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from types import CodeType
from typing import Any

from manim import Mobject, ThreeDAxes, VMobject
from manim.utils.family import extract_mobject_family_members

_WALK = ("get_family", "_iter_family", "family_members_with_points", "get_num_points")
_SHOW = (
    *("get_background_image", "get_subpath_split_indices_from_points", "consider_points_equals_2d"),
    *("get_stroke_width", "get_fill_rgbas", "get_stroke_rgbas", "get_gradient_start_and_end_points"),
    *("get_center", "get_edge_center", "get_critical_point", "get_extremum_along_dim", "get_points_defining_boundary"),
    *("get_anchors", "get_start_anchors", "get_end_anchors", "get_sheen_direction", "get_z_index_reference_point"),
)
READ = (  # the attributes that a VMobject is drawn from, in the order of display_list.Columns; three more are checked
    *("points", "fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "stroke_width", "background_stroke_width"),
    *("joint_type", "cap_style", "background_image", "n_points_per_cubic_curve", "tolerance_for_point_equality"),
)
_METHODS = frozenset(_SHOW + _WALK)
GRADIENT = "get_gradient_start_and_end_points"
_walks_as_manim: dict[type, bool] = {}
_shows_as_manim: dict[type, bool] = {}


def _present(owner: type, names: Sequence[str]) -> dict[str, Any]:
    """A class's methods as they are now: ``motion.copying`` puts quicker ones in the place of some of manim's."""
    return {name: getattr(owner, name) for name in names}


def is_stock(owner: type, methods: dict[str, Any]) -> bool:
    """Whether a class has these very methods."""
    return all(getattr(owner, name, None) is method for name, method in methods.items())


def walks_as_manim(kind: type) -> bool:
    """Whether a mobject class leaves manim's family methods as they are."""
    known = _walks_as_manim.get(kind)
    if known is None:
        known = _walks_as_manim[kind] = is_stock(kind, _present(Mobject, _WALK))
    return known


def shows_as_manim(kind: type) -> bool:
    """Whether a class is a VMobject whose outline and paints are manim's, kept in plain attributes of each instance."""
    known = _shows_as_manim.get(kind)
    if known is None:
        plain = not any(hasattr(kind, name) for name in (*READ, "z_index_group"))
        stock = is_stock(kind, _present(VMobject, _SHOW + _WALK))
        known = _shows_as_manim[kind] = issubclass(kind, VMobject) and plain and stock
    return known


def kinds_of(mobjects: Sequence[Mobject]) -> list[bool]:
    """``shows_as_manim`` of the class of each mobject."""
    shows = {kind: shows_as_manim(kind) for kind in set(map(type, mobjects))}
    return [True] * len(mobjects) if all(shows.values()) else [shows[type(mobject)] for mobject in mobjects]


def overrides_itself(mobject: Mobject) -> bool:
    """Whether one mobject, not its class, has a drawing method of its own that is not known here."""
    attributes = vars(mobject)
    if _METHODS.isdisjoint(attributes):
        return False
    return _METHODS.intersection(attributes) != {GRADIENT} or not is_axis_gradient(attributes[GRADIENT])


def is_axis_gradient(function: object) -> bool:
    """Whether this is what ThreeDAxes puts in the place of its pieces' own gradients."""
    return getattr(function, "__code__", None) in _AXIS_GRADIENTS


def _codes_within(code: CodeType) -> set[CodeType]:
    inner = [value for value in code.co_consts if isinstance(value, CodeType)]
    return set(inner).union(*map(_codes_within, inner))


def display_order(mobjects: Sequence[Mobject], use_z_index: bool) -> list[Mobject]:
    """All family members that have points, each once at its last place, then by z_index; as manim lists them."""
    found: list[Mobject] = []
    for mobject in mobjects:
        _walk(mobject, found, set())
    if not all(map(walks_as_manim, set(map(type, found)))):
        return extract_mobject_family_members(mobjects, use_z_index=use_z_index, only_those_with_points=True)
    shown = [mobject for mobject in found if len(mobject.points)]
    if len(set(shown)) != len(shown):
        shown = list(dict.fromkeys(reversed(shown)))[::-1]
    return sorted(shown, key=attrgetter("z_index")) if use_z_index else shown


def _walk(mobject: Mobject, found: list[Mobject], above: set[Mobject]) -> None:
    """Append a mobject and what is below it; ``above`` are its ancestors, at which a family in a circle ends."""
    found.append(mobject)
    children: Iterable[Mobject] = mobject.submobjects
    if not children:
        return
    above.add(mobject)
    for child in children:
        if not child.submobjects:
            found.append(child)
        elif child not in above:
            _walk(child, found, above)
    above.remove(mobject)


_AXIS_GRADIENTS = {
    code
    for code in _codes_within(ThreeDAxes._set_axis_shading.__code__)
    if set(code.co_freevars) == {"axis", "vect"} and "get_edge_center" in code.co_names
}
