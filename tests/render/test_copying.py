"""Fast copies against manim's own: the same values, the same things shared and the same things left outside."""

import copy
import enum
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import (
    RED,
    UP,
    Add,
    AnimationGroup,
    Arrow,
    Axes,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Group,
    GrowFromCenter,
    ImageMobject,
    LaggedStart,
    Line,
    ManimColor,
    MathTypst,
    Mobject,
    MovingCamera,
    MovingCameraScene,
    NumberPlane,
    ReplacementTransform,
    Scene,
    Square,
    Succession,
    Surface,
    Table,
    Text,
    ThreeDAxes,
    Transform,
    ValueTracker,
    VGroup,
    Write,
    tempconfig,
)
from manim.mobject.types.point_cloud_mobject import Mobject1D
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene import scene as scene_module
from svgelements import Path as Outline

from render.motion import copying


@pytest.fixture(autouse=True)
def put_back(tmp_path: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(tmp_path), "verbosity": "ERROR", "format": "none", "progress_bar": "none"}):
        yield
    copying.use(False)


def told(thing: Any, known: dict[int, str]) -> Any:
    """An object as nested tuples: values by value, everything already met (or in ``known``) by where it was met."""
    if isinstance(thing, (bool, int, float, complex, str, bytes, type(None), enum.Enum, type, np.generic)):
        return type(thing).__name__, repr(thing)
    if id(thing) in known:
        return known[id(thing)]
    if type(thing) is Outline:
        return "path", thing.d()  # what a glyph was made from: fast copies share it
    known[id(thing)] = f"<{len(known)}>"
    known.setdefault("alive", []).append(thing)  # type: ignore[arg-type,call-overload]
    if isinstance(thing, np.ndarray):
        inside: Any = told(list(thing.flat), known) if thing.dtype == object else thing.tobytes()
        return type(thing).__name__, str(thing.dtype), thing.shape, thing.strides, inside
    if isinstance(thing, (list, tuple)):
        return type(thing).__name__, [told(part, known) for part in thing]
    if isinstance(thing, dict):
        return type(thing).__name__, [(told(key, known), told(part, known)) for key, part in thing.items()]
    if isinstance(thing, (set, frozenset)):
        return type(thing).__name__, sorted(map(repr, thing))
    return type(thing).__name__, told(getattr(thing, "__dict__", None), known)


def outside(mob: Any) -> dict[int, str]:
    """Names for what the original holds: where a copy still refers to it, it has the original's name."""
    known: dict[Any, str] = {}
    told(mob, known)
    return {key: f"original {name}" for key, name in known.items() if key != "alive"}


class Extra(Square):
    """Holds things of many kinds besides its points."""

    def __init__(self, friend: Mobject) -> None:
        super().__init__()
        self.friend = friend
        self.table = {"rows": [np.arange(3), np.float32(0.1)], friend: (self, [1], frozenset({2}))}
        self.names = {"a", "b"}
        self.own = self.get_center
        self.point_again = self.points
        self.colours = [RED, RED, ManimColor("#123456")]
        self.objects = np.array([[1], self.colours], dtype=object)
        self.where = Path("a/b")
        self.wide = np.asfortranarray(np.arange(6.0).reshape(2, 3))[:, ::2]
        self.helper = Helper(self)
        self.nothing = self.everything = ...


class Helper:
    def __init__(self, of: Any) -> None:
        self.of, self.log = of, [of]


class Careful(Helper):
    def __deepcopy__(self, memo: Any) -> "Careful":
        return self


class Slotted:
    __slots__ = ("x",)

    def __init__(self) -> None:
        self.x = [1]


class Restored(Helper):
    def __getstate__(self) -> dict[str, Any]:
        return {"kept": self.log}


class Listed(list[Any]):
    """A list with attributes."""


class Watched(Square):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        super().__setattr__("count", vars(self).get("count", 0) + 1)


class Measured(Square):
    def __deepcopy__(self, memo: Any) -> Any:
        result = super().__deepcopy__(memo)
        result.copied = True
        return result


def odd() -> Mobject:
    mob = Group(Square(), Watched(), Measured())
    mob[0].parts = [Careful(mob), Slotted(), Restored(mob), Listed([mob]), np.float64(2), 3 + 4j, b"x", range(3)]
    mob[0].parts[3].owner = mob
    mob[0].again = mob[0].parts
    return mob


def with_history() -> Mobject:
    mob = VGroup(Square(), Circle(fill_opacity=0.4)).save_state()
    mob.generate_target().shift(UP)
    mob[0].generate_target().set_color(RED)
    mob.add_updater(lambda m: m.shift(UP)).suspend_updating()
    mob[1].target, mob[1].before = mob[0], mob
    return mob


def sharing() -> Mobject:
    mob = VGroup(Square(), Circle(), VGroup(Line(), Dot()))
    mob[0].fill_rgbas = mob[1].fill_rgbas
    mob[2][0].points = mob[0].points
    mob[2].submobjects.append(mob[0])
    return mob


def looped() -> Mobject:
    mob = VGroup(Square(), Circle())
    mob[0].submobjects.append(mob)
    return mob


COPIED: dict[str, Callable[[], Any]] = {
    "a square": Square,
    "an arrow with a tip": lambda: Arrow(tip_length=0.3),
    "text": lambda: Text("two words", t2c={"two": RED}),
    "a formula": lambda: MathTypst("a^2 + b"),
    "axes": lambda: VGroup(ax := Axes(), ax.plot(np.sin)),
    "a plane": NumberPlane,
    "axes in space": ThreeDAxes,
    "a surface": lambda: Surface(lambda u, v: np.array([u, v, u * v]), resolution=3),
    "a table": lambda: Table([["a", "b"]], element_to_mobject=Text),
    "an image": lambda: ImageMobject(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)),
    "a point cloud": lambda: Mobject1D().add_line(UP, -UP),
    "a value": lambda: ValueTracker(3),
    "no points": lambda: Group(Mobject(), Mobject()),
    "things of many kinds": lambda: Extra(Square()),
    "classes with ways of their own": odd,
    "targets, a saved state and updaters": with_history,
    "shared arrays and a mobject in two places": sharing,
    "a mobject inside itself": looped,
}


LARGE = {"axes in space", "a plane"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in COPIED])
def test_a_fast_copy_is_the_same_graph_of_objects_as_manims(name: str) -> None:
    mob = COPIED[name]()
    stock = mob.copy()
    copying.use(True)
    fast = mob.copy()
    assert told(fast, outside(mob)) == told(stock, outside(mob))
    assert vars(fast)["original_id"] == str(id(mob))


def test_copied_glyphs_share_the_path_that_they_were_made_from() -> None:
    mob = Text("word")
    copying.use(True)
    assert all(a.path_obj is b.path_obj for a, b in zip(mob.copy().chars, mob.chars, strict=True))


def test_a_copy_inside_another_copy_uses_the_same_memo() -> None:
    mob = sharing()
    copying.use(True)
    pair, again = copy.deepcopy([mob, (mob[1], mob)])
    assert again == (pair.submobjects[1], pair)


def test_a_copy_can_be_changed_without_changing_the_original() -> None:
    mob = Text("word")
    before = told(mob, {})
    copying.use(True)
    other = mob.copy()
    other.shift(UP).set_color(RED)
    for member in other.family_members_with_points():
        member.points *= 2
    assert told(mob, {}) == before


@pytest.mark.parametrize("name", COPIED)
def test_a_fast_family_is_manims(name: str) -> None:
    mob = COPIED[name]()
    families = [list(map(id, member.get_family())) for member in mob.get_family()]
    copying.use(True)
    assert [list(map(id, member.get_family())) for member in mob.get_family()] == families


class Still(CairoRenderer):
    """Begins plays and draws nothing."""

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        self.begun.append((told(scene.mobjects, {}), told(scene.moving_mobjects, {}), told(scene.static_mobjects, {})))
        for animation in scene.animations:
            animation.finish()
            animation.clean_up_from_scene(scene)

    def scene_finished(self, scene: Scene) -> None:
        pass


def introduce(scene: Any) -> None:
    """Plays that bring mobjects along: new ones, known ones, parts of groups, groups of parts, one twice."""
    shapes, word = VGroup(*[Square() for _ in range(4)]), Text("word")
    scene.add(shapes[1], word)
    scene.play(
        *[m.animate.shift(UP) for m in shapes], FadeIn(Circle().set_z_index(-1)), FadeIn(VGroup(shapes[2], Dot()))
    )
    scene.play(LaggedStart(*[GrowFromCenter(m) for m in [Dot(), shapes[1], VGroup(word[0], Dot()), shapes]]))
    scene.play(Create(one := Square()), FadeIn(one, shift=UP), Own(shapes[0]), Write(Text("more")), FadeIn(Circle()))
    scene.play(AnimationGroup(Create(Dot()), AnimationGroup(FadeIn(Dot()), word.animate.shift(UP)), Add(Circle())))
    scene.play(
        Transform(Square(), VGroup(Dot(), Dot())), FadeIn(Dot()), FadeOut(word[2]), ReplacementTransform(one, Dot())
    )
    scene.add_foreground_mobject(Dot())
    scene.play(shapes.animate.set_color(RED), *[FadeIn(Dot().shift(k * UP)) for k in range(3)])
    scene.play(word[1].animate.scale(2), shapes[3].animate.shift(UP), Succession(FadeIn(Dot()), FadeIn(Square())))
    scene.play(Create(looped()[1]), FadeOut(*scene.mobjects))


def look(scene: Any) -> None:
    scene.add(Square(), with_history())
    scene.play(scene.camera.frame.animate.scale(2), FadeIn(Dot()))


class Own(FadeIn):
    """An animation class from elsewhere."""

    def _setup_scene(self, scene: Any) -> None:
        scene.add(Square())
        super()._setup_scene(scene)


def begun(fast: bool, construct: Callable[[Any], None], base: type[Scene]) -> list[Any]:
    copying.use(fast)
    renderer = Still(camera_class=MovingCamera)
    renderer.begun = []
    type("Plays", (base,), {"construct": construct})(renderer=renderer).render()
    return renderer.begun


@pytest.mark.parametrize(
    ("construct", "base"), [pytest.param(introduce, Scene, marks=pytest.mark.slow), (look, MovingCameraScene)]
)
def test_plays_begin_with_the_same_mobjects_in_the_same_order(construct: Any, base: Any) -> None:
    begun(False, construct, base)  # texts differ between their first and later uses
    stock = begun(False, construct, base)
    fast = begun(True, construct, base)
    assert stock
    for mine, right in zip(fast, stock, strict=True):
        assert without_ids(mine) == without_ids(right)


def test_a_scene_that_adds_in_its_own_way_is_asked_to() -> None:
    class Counted(Scene):
        def add(self, *mobjects: Any) -> Any:
            self.added = getattr(self, "added", 0) + len(mobjects)
            return super().add(*mobjects)

        def construct(self) -> None:
            self.play(*[FadeIn(Dot()) for _ in range(3)])

    copying.use(True)
    renderer = Still()
    renderer.begun = []
    scene = Counted(renderer=renderer)
    scene.render()
    assert scene.added == 3


def without_ids(thing: Any) -> Any:
    """Leaves out ``original_id``, an address."""
    if isinstance(thing, list):
        return [without_ids(part) for part in thing if not (isinstance(part, tuple) and part[0] == ORIGINAL)]
    return tuple(map(without_ids, thing)) if isinstance(thing, tuple) else thing


ORIGINAL = told("original_id", {})


def test_switching_off_puts_manims_own_functions_back() -> None:
    def present() -> list[Any]:
        listed = scene_module.extract_mobject_family_members
        return [
            Mobject.__deepcopy__,
            Mobject.get_family,
            Scene.add_mobjects_from_animations,
            Scene.begin_animations,
            listed,
        ]

    stock = present()
    copying.use(True)
    copying.use(True)
    assert not any(fast is own for fast, own in zip(present(), stock, strict=True))
    copying.use(False)
    assert present() == stock
