"""The same scene stepped by manim and by us: every number of every mobject must be the same at every frame."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import (
    BLUE,
    DOWN,
    GREEN,
    LEFT,
    PURPLE,
    RED,
    RIGHT,
    TEAL,
    UP,
    YELLOW,
    Add,
    AddTextLetterByLetter,
    Animation,
    AnimationGroup,
    ApplyComplexFunction,
    ApplyFunction,
    ApplyMatrix,
    ApplyMethod,
    ApplyPointwiseFunction,
    ApplyWave,
    Arrow,
    Broadcast,
    ChangeDecimalToValue,
    ChangeSpeed,
    Circle,
    Circumscribe,
    ClockwiseTransform,
    CounterclockwiseTransform,
    Create,
    CyclicReplace,
    DecimalNumber,
    Dot,
    DrawBorderThenFill,
    FadeIn,
    FadeOut,
    FadeToColor,
    FadeTransform,
    FadeTransformPieces,
    Flash,
    GrowArrow,
    GrowFromCenter,
    GrowFromEdge,
    GrowFromPoint,
    ImageMobject,
    Indicate,
    LaggedStart,
    LaggedStartMap,
    Line,
    Mobject,
    Mobject1D,
    MoveAlongPath,
    MoveToTarget,
    MovingCamera,
    MovingCameraScene,
    RemoveTextLetterByLetter,
    ReplacementTransform,
    Restore,
    Rotate,
    Rotating,
    ScaleInPlace,
    Scene,
    ShowIncreasingSubsets,
    ShowPassingFlash,
    ShowPassingFlashWithThinningStrokeWidth,
    ShrinkToCenter,
    SpinInFromNothing,
    Square,
    Star,
    Succession,
    Swap,
    Text,
    TracedPath,
    Transform,
    TransformFromCopy,
    TransformMatchingShapes,
    Triangle,
    Uncreate,
    Unwrite,
    ValueTracker,
    VGroup,
    VMobject,
    Wait,
    Wiggle,
    Write,
    config,
    exponential_decay,
    linear,
    running_start,
    rush_into,
    smooth,
    squish_rate_func,
    tempconfig,
    there_and_back,
    wiggle,
)
from manim.mobject.svg.svg_mobject import SVG_HASH_TO_MOB_MAP
from manim.renderer.cairo_renderer import CairoRenderer

from render.motion.batch import ARRAYS
from render.motion.interpolation import is_jumpable, stepper

State = list[tuple[str, dict[str, Any]]]


class Undrawn(CairoRenderer):
    """Plays without drawing and keeps the state after each step and each play."""

    def __init__(self, make: Callable[[Scene], Any], keep: Callable[[list[Any], int], list[Any]], **how: Any) -> None:
        super().__init__(**how)
        self.make, self.keep = make, keep
        self.states: dict[tuple[int, float], State] = {}
        self.asked: list[tuple[bool, bool]] = []

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        if not scene.is_current_animation_frozen_frame():
            scene.duration = scene.get_run_time(scene.animations)
            times = list(np.arange(0, scene.duration, 1 / config.frame_rate))
            step = self.make(scene)
            self.asked.append((is_jumpable(scene), step != scene.update_to_time))
            for t in self.keep(times, self.num_plays) if is_jumpable(scene) else times:
                step(t)
                self.states[self.num_plays, t] = state(scene)
            for animation in scene.animations:
                animation.finish()
                animation.clean_up_from_scene(scene)
            scene.update_mobjects(0)
        self.num_plays += 1
        self.states[self.num_plays, -1.0] = state(scene)

    def scene_finished(self, scene: Scene) -> None:
        pass


def state(scene: Any) -> State:
    """Every attribute of every mobject that the scene or its animations hold, as plain values, in order."""
    found: dict[int, Any] = {}
    roots = [*scene.mobjects, *scene.moving_mobjects]
    waiting = list(scene.animations)
    while waiting:
        animation = waiting.pop(0)
        roots.append(animation.mobject)
        waiting += getattr(animation, "animations", ())
    if isinstance(scene, MovingCameraScene):
        roots.append(scene.camera.frame)
    for root in roots:
        for mob in root.get_family():
            found.setdefault(id(mob), mob)
    places = {key: place for place, key in enumerate(found)}
    return [(type(m).__name__, {k: plain(v, places) for k, v in vars(m).items()}) for m in found.values()]


def plain(value: Any, places: dict[int, int]) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, Mobject):
        return places.get(id(value), "outside")
    if isinstance(value, (list, tuple)):
        return [plain(v, places) for v in value]
    if isinstance(value, (bool, str, type(None))):
        return value
    if isinstance(value, (int, float, np.number)):
        return np.float64(value).tobytes()
    return type(value).__name__


def film(
    construct: Callable[[Any], None],
    base: type[Scene] = Scene,
    make: Callable[[Scene], Any] = lambda scene: scene.update_to_time,
    keep: Callable[[list[Any], int], list[Any]] = lambda times, play: times,
) -> Undrawn:
    SVG_HASH_TO_MOB_MAP.clear()  # manim's second copy of a text differs from its first in sheen_direction
    kind = type("Filmed", (base,), {"construct": construct})
    how = {"camera_class": MovingCamera} if issubclass(base, MovingCameraScene) else {}
    renderer = Undrawn(make, keep, **how)
    kind(renderer=renderer, random_seed=1).render()
    return renderer


def assert_same(ours: Undrawn, stock: Undrawn) -> None:
    assert ours.states.keys() <= stock.states.keys()
    for moment, theirs in ours.states.items():
        for (name, mine), (other, right) in zip(theirs, stock.states[moment], strict=True):
            assert (name, mine.keys()) == (other, right.keys())
            differing = [key for key in mine if mine[key] != right[key] and key != "original_id"]
            assert not differing, f"{name} at {moment}: {[(k, mine[k], right[k]) for k in differing][:2]}"


@pytest.fixture(autouse=True)
def small(tmp_path: Path) -> Iterator[None]:
    settings = {"pixel_width": 128, "pixel_height": 72, "frame_rate": 12, "media_dir": str(tmp_path)}
    quiet = {"disable_caching": True, "format": "none", "progress_bar": "none", "verbosity": "ERROR"}
    with tempconfig(settings | quiet):
        yield


def crowd(count: int = 10) -> VGroup:
    """Shapes of several kinds, widths and colours, one with a background stroke, one with a gradient, one nested."""
    kinds: list[Callable[..., VMobject]] = [Square, Circle, Line, Triangle, lambda **how: Arrow(LEFT, RIGHT, **how)]
    shapes = VGroup(*[kinds[k % 5](stroke_width=0.3 + k / 3) for k in range(max(count, 4))])
    shapes[0].set_stroke(RED, width=7.1, background=True)
    shapes[1].set_fill([RED, BLUE, GREEN], opacity=0.7).set_sheen_direction(UP + 0.3 * RIGHT)
    shapes[2].set_stroke([YELLOW, PURPLE]).set_sheen(-0.3)
    shapes[3].add(Dot(), Square(0.2, fill_opacity=0.5))
    return VGroup(*shapes[:count]).arrange_in_grid(2).scale(0.37).rotate(0.21)


def moved(shapes: VGroup) -> list[Any]:
    return [m.animate.shift(0.1 * k * UP).set_fill(RED, opacity=0.1 * k) for k, m in enumerate(shapes)]


BATCHED: dict[str, Callable[[], list[Any]]] = {
    "animate": lambda: moved(crowd()),
    "animate with other rates": lambda: [
        m.animate(rate_func=r, run_time=0.5 + 0.1 * k, lag_ratio=0.1).rotate(0.3).set_color(BLUE)
        for k, (m, r) in enumerate(
            zip(
                crowd(),
                [linear, smooth, there_and_back, rush_into, wiggle, running_start, exponential_decay] * 2,
                strict=False,
            )
        )
    ],
    "an eased part of a rate": lambda: [
        Transform(m, Dot(), rate_func=squish_rate_func(smooth, 0.2, 0.7)) for m in crowd()
    ],
    "Transform": lambda: [Transform(crowd(), VGroup(*[Star() for _ in range(7)]))],
    "ReplacementTransform": lambda: [ReplacementTransform(m, Star().shift(UP)) for m in crowd()],
    "TransformFromCopy": lambda: [TransformFromCopy(crowd(), crowd(7).shift(UP), lag_ratio=0.3)],
    "with a lag": lambda: [Transform(crowd(), crowd().shift(UP).set_color(RED), lag_ratio=0.4)],
    "with a whole lag": lambda: [Transform(crowd(), crowd().shift(UP), lag_ratio=1), Write(crowd(), lag_ratio=1)],
    "reversed": lambda: [Transform(crowd(), crowd().shift(UP), lag_ratio=0.4, reverse_rate_function=True)],
    "along arcs": lambda: [Transform(crowd(), crowd().shift(UP), path_arc=1.1), Rotate(crowd(), 0.4)],
    "ClockwiseTransform": lambda: [ClockwiseTransform(m, Star()) for m in crowd()],
    "CounterclockwiseTransform": lambda: [CounterclockwiseTransform(m, Star(), lag_ratio=0.2) for m in crowd()],
    "MoveToTarget": lambda: [MoveToTarget(m) for m in crowd() if m.generate_target().shift(UP).set_opacity(0.2)],
    "ApplyMethod": lambda: [ApplyMethod(m.scale, 0.3) for m in crowd()],
    "ApplyPointwiseFunction": lambda: [ApplyPointwiseFunction(lambda p: p * abs(p), crowd())],
    "FadeToColor": lambda: [FadeToColor(crowd(), GREEN)],
    "ScaleInPlace and ShrinkToCenter": lambda: [ScaleInPlace(crowd(), 2), ShrinkToCenter(crowd())],
    "Restore": lambda: [Restore(m.save_state().shift(UP).set_color(RED)) for m in crowd() if m.save_state()],
    "ApplyFunction": lambda: [ApplyFunction(lambda m: m.shift(UP).set_color(TEAL), crowd())],
    "ApplyMatrix": lambda: [ApplyMatrix([[1, 0.5], [0, 1]], crowd())],
    "ApplyComplexFunction": lambda: [ApplyComplexFunction(lambda z: z * z, crowd())],
    "CyclicReplace and Swap": lambda: [CyclicReplace(*crowd()), Swap(*crowd(2))],
    "FadeTransform": lambda: [
        FadeTransform(crowd(), Square()),
        FadeTransformPieces(crowd(3), crowd(2)),
        Create(crowd()),
    ],
    "FadeIn": lambda: [FadeIn(crowd(), shift=DOWN, scale=0.3), FadeIn(Dot(), target_position=UP)],
    "FadeOut": lambda: [FadeOut(crowd(), shift=DOWN), FadeOut(*crowd(), scale=2, lag_ratio=0.1)],
    "Grow": lambda: [
        GrowFromCenter(crowd(), point_color=RED),
        GrowFromPoint(Star(), UP),
        GrowFromEdge(Square(), DOWN),
        GrowArrow(Arrow(LEFT, RIGHT)),
        SpinInFromNothing(Square()),
    ],
    "Indicate": lambda: [Indicate(m) for m in crowd()],
    "Create": lambda: [Create(crowd()), Create(Arrow(LEFT, UP))],
    "Create at once": lambda: [Create(m, lag_ratio=0, rate_func=there_and_back) for m in crowd()],
    "Uncreate": lambda: [Uncreate(crowd())],
    "ShowPassingFlash": lambda: [ShowPassingFlash(m, time_width=0.4) for m in crowd()],
    "Flash": lambda: [Flash(UP), Create(Square())],
    "a thinning flash": lambda: [ShowPassingFlashWithThinningStrokeWidth(Circle())],
    "DrawBorderThenFill": lambda: [DrawBorderThenFill(crowd())],
    "Write": lambda: [Write(Text("Some words"), run_time=1), Write(crowd(), lag_ratio=0.6)],
    "Write backwards": lambda: [
        Write(Text("Some words"), reverse=True),
        Unwrite(crowd()),
        Unwrite(crowd(), reverse=False),
    ],
    "text": lambda: [FadeIn(Text("Some words")), Transform(Text("cold words"), Text("warm milk"))],
    "Text letters": lambda: [
        AddTextLetterByLetter(Text("Letters")),
        RemoveTextLetterByLetter(Text("Gone"), run_time=0.9),
    ],
    "ShowIncreasingSubsets": lambda: [ShowIncreasingSubsets(crowd())],
    "Rotating": lambda: [Rotating(crowd(), run_time=1), Rotating(Square(), about_point=UP, run_time=1)],
    "nothing but time": lambda: [Wait(0.4), Animation(crowd()), AnimationGroup(Wait(1), Add(Dot()))],
    "LaggedStart": lambda: [LaggedStart(*moved(crowd()), lag_ratio=0.3, run_time=1)],
    "LaggedStart of Create": lambda: [LaggedStart(*[Create(m) for m in crowd()], lag_ratio=0.2, run_time=1.3)],
    "LaggedStartMap": lambda: [LaggedStartMap(FadeIn, crowd(), shift=UP, run_time=1)],
    "groups in groups": lambda: [
        AnimationGroup(
            LaggedStart(*moved(crowd()), lag_ratio=0.7, rate_func=smooth),
            AnimationGroup(Create(crowd()), FadeTransform(crowd(4), crowd(3), run_time=0.3), lag_ratio=0.5),
            AnimationGroup(Write(Text("word")), Wait(0), lag_ratio=1),
            lag_ratio=0.3,
            run_time=1.7,
        ),
        Indicate(crowd()),
    ],
    "TransformMatchingShapes": lambda: [TransformMatchingShapes(Text("morse code"), Text("come dots"))],
    "Broadcast": lambda: [Broadcast(Circle(), run_time=1)],
    "a class that says so": lambda: [Slid(crowd()), FadeIn(crowd())],
    "shared arrays": lambda: [m.animate.scale(2) for m in sharing(crowd())],
    "images beside": lambda: [FadeIn(ImageMobject(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))), FadeIn(crowd())],
    "point clouds beside": lambda: [FadeIn(Mobject1D().add_line(LEFT, RIGHT)), *moved(crowd())],
    "value trackers beside": lambda: [ValueTracker(1).animate.set_value(4), *moved(crowd())],
}


def sharing(shapes: VGroup) -> VGroup:
    for shape in shapes[1:]:
        shape.fill_rgbas, shape.stroke_rgbas = shapes[0].fill_rgbas, shapes[0].stroke_rgbas
    return shapes


def late(times: list[Any], play: int) -> list[Any]:
    """Some of the times, not the first ones."""
    return times[len(times) // 3 :: 4] + times[-1:] * (len(times) % 4 != 1)


QUICK = {"animate", "with a whole lag", "FadeIn", "Create", "Write", "TransformFromCopy", "a class that says so"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in BATCHED])
def test_a_play_has_the_same_numbers_at_every_frame_however_it_is_stepped(name: str) -> None:
    def construct(scene: Scene) -> None:
        scene.add(crowd(3), Text("still"))
        scene.play(*BATCHED[name]())
        scene.play(*(m.animate.shift(RIGHT) for m in scene.mobjects))
        scene.wait(0.3)

    stock = film(construct)
    batched = film(construct, make=stepper)
    assert [jump for jump, _ in batched.asked] == [True, True]
    assert batched.asked[0][1] or name in {"a thinning flash", "Broadcast"}
    assert_same(batched, stock)
    assert_same(film(construct, keep=late), stock)
    assert_same(film(construct, make=stepper, keep=late), stock)


SINGLE: dict[str, Callable[[], list[Any]]] = {
    "a succession": lambda: [
        Succession(
            Create(a := Square()),
            a.animate.shift(UP),
            AnimationGroup(a.animate.scale(2), FadeIn(b := Dot())),
            Succession(FadeOut(b), Wait(0.2), ApplyMethod(a.next_to, b)),
            run_time=2,
        )
    ],
    "Circumscribe": lambda: [Circumscribe(Square(), fade_out=True)],
    "Circumscribe with a flash": lambda: [Circumscribe(Text("ab"), Circle)],
    "one mobject twice": lambda: [Create(a := crowd()), a.animate.shift(UP), Rotate(a[0], 1), Indicate(a)],
    "one small mobject": lambda: [FadeIn(Square())],
    "only values": lambda: [ValueTracker(2).animate.set_value(5)],
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_play_that_is_not_batched_may_still_be_entered_anywhere(name: str) -> None:
    def construct(scene: Scene) -> None:
        scene.add(Text("still"))
        scene.play(*SINGLE[name]())
        scene.play(FadeOut(*scene.mobjects))

    stock = film(construct)
    assert stock.asked[0] == (True, False)
    assert_same(film(construct, make=stepper), stock)
    assert_same(film(construct, make=stepper, keep=late), stock)


def test_a_moving_camera_is_batched_like_any_mobject() -> None:
    def construct(scene: Any) -> None:
        scene.add(shapes := crowd())
        scene.play(scene.camera.frame.animate.scale(0.5).move_to(UP), *moved(shapes))
        scene.play(scene.camera.frame.animate(rate_func=there_and_back).shift(DOWN))

    stock = film(construct, MovingCameraScene)
    batched = film(construct, MovingCameraScene, make=stepper)
    assert batched.asked == [(True, True), (True, False)]
    assert_same(batched, stock)
    assert_same(film(construct, MovingCameraScene, make=stepper, keep=late), stock)


class Bent(Square):
    def interpolate(self, *args: Any, **kwargs: Any) -> Any:
        return super().interpolate(*args, **kwargs).shift(UP)


class Named(Square):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.label = name

    def values(self) -> float:
        return 3.0


class Faded(FadeIn):
    pass


class Slid(Animation):
    of_alpha_alone = True

    def interpolate_submobject(self, submobject: Any, starting_submobject: Any, alpha: float) -> None:
        submobject.points = starting_submobject.points + alpha * UP


class SlidFurther(Slid):
    pass


def with_updater(mob: Mobject) -> Any:
    return mob.add_updater(lambda m, dt: m.shift(dt * RIGHT))


STEPPED: dict[str, Callable[[Any], list[Any]]] = {
    "an updater of an animated mobject": lambda scene: [*moved(crowd()), FadeIn(with_updater(Dot()))],
    "an updater of a target": lambda scene: [Transform(crowd(), with_updater(crowd()))],
    "a rate function of one's own": lambda scene: [m.animate(rate_func=lambda t: t).shift(UP) for m in crowd()],
    "a path function of one's own": lambda scene: [Transform(Dot(), Dot(UP), path_func=lambda a, b, t: a)],
    "a mobject that interpolates in its own way": lambda scene: [*moved(crowd()), FadeIn(Bent())],
    "a mobject whose method was replaced": lambda scene: [FadeIn(replaced(Square())), *moved(crowd())],
    "an animation class of one's own": lambda scene: [Faded(crowd())],
    "a subclass of one that says so": lambda scene: [SlidFurther(crowd())],
    "an animation whose method was replaced": lambda scene: [replaced(FadeIn(crowd()))],
    "moving along a path": lambda scene: [MoveAlongPath(Dot(), Circle())],
    "a wave": lambda scene: [ApplyWave(crowd())],
    "wiggling": lambda scene: [Wiggle(crowd())],
    "a changing number": lambda scene: [ChangeDecimalToValue(DecimalNumber(1, mob_class=Text), 3)],
    "a changed speed": lambda scene: [ChangeSpeed(FadeIn(crowd()), {0.5: 2})],
    "a group that goes back": lambda scene: [LaggedStart(*moved(crowd()), rate_func=there_and_back)],
    "a succession beside something": lambda scene: [Succession(*moved(crowd(2))), FadeIn(Dot())],
    "a succession in a group": lambda scene: [AnimationGroup(Succession(*moved(crowd(2))))],
    "one mobject twice in a group": lambda scene: [
        AnimationGroup(Create(a := Square()), a.animate(run_time=0.4).shift(UP))
    ],
}


def spoiler(shapes: VGroup, spoil: Callable[[VGroup, list[Any]], None]) -> Mobject:
    """A mobject beside, whose updater does something to the shapes that are moving."""
    kept: list[Any] = []
    return Dot().add_updater(lambda m, dt: spoil(shapes, kept) or m.set_x(sum(float(k.sum()) for k in kept)))


def keep_views(shapes: VGroup, kept: list[Any]) -> None:
    kept.append(shapes[0].points[-1])


def change_what_is_not_animated(shapes: VGroup, kept: list[Any]) -> None:
    shapes[2].set_stroke(GREEN, width=1 + shapes[2].stroke_width)
    shapes[1].fill_rgbas[:] *= 0.9


def change_points(shapes: VGroup, kept: list[Any]) -> None:
    shapes[0].points = shapes[0].points * 1.1
    shapes[1].points += 0.1
    shapes[4].shift(LEFT)


RESTLESS: dict[str, Callable[[Any, VGroup], Any]] = {
    "a mobject beside": lambda scene, shapes: scene.add(VGroup(with_updater(Dot()))),
    "the scene": lambda scene, shapes: scene.add_updater(lambda dt: shapes[0].shift(dt * UP)),
    "a traced path": lambda scene, shapes: scene.add(TracedPath(shapes[0].get_end)),
    "one that keeps parts of arrays": lambda scene, shapes: scene.add(spoiler(shapes, keep_views)),
    "one that paints": lambda scene, shapes: scene.add(spoiler(shapes, change_what_is_not_animated)),
    "one that shifts and sets points": lambda scene, shapes: scene.add(spoiler(shapes, change_points)),
}


@pytest.mark.parametrize("name", RESTLESS)
def test_updaters_beside_straight_transforms_see_and_do_what_they_do_in_manim(name: str) -> None:
    def construct(scene: Scene) -> None:
        shapes = crowd()
        RESTLESS[name](scene, shapes)
        scene.play(*moved(shapes))
        scene.play(*(m.animate(rate_func=there_and_back, lag_ratio=0.1).rotate(0.3) for m in shapes), run_time=0.7)
        scene.play(FadeOut(shapes))

    stock, batched = film(construct), film(construct, make=stepper)
    assert batched.asked == [(False, True)] * 3
    assert_same(batched, stock)


def replaced(thing: Any) -> Any:
    thing.interpolate = thing.interpolate
    return thing


@pytest.mark.parametrize("name", STEPPED)
def test_a_play_that_may_depend_on_its_frames_is_stepped_by_manim(name: str) -> None:
    def construct(scene: Scene) -> None:
        scene.play(*STEPPED[name](scene))

    assert film(construct).asked == film(construct, make=stepper).asked == [(False, False)]


def test_waiting_for_a_condition_is_stepped_by_manim() -> None:
    def construct(scene: Scene) -> None:
        scene.wait(1, stop_condition=lambda: True)

    assert film(construct, make=stepper).asked == [(False, False)]


def test_a_mobject_class_that_only_adds_to_manims_is_known() -> None:
    def construct(scene: Scene) -> None:
        scene.play(*[FadeIn(Named(str(k))) for k in range(9)])

    batched = film(construct, make=stepper)
    assert batched.asked == [(True, True)]
    assert_same(batched, film(construct))


def test_a_scene_that_moves_time_in_its_own_way_is_stepped_by_it() -> None:
    class Odd(Scene):
        def update_to_time(self, t: float) -> None:
            super().update_to_time(t)

    assert film(lambda scene: scene.play(FadeIn(crowd())), Odd, make=stepper).asked == [(False, False)]


def test_after_a_play_no_mobject_keeps_a_part_of_the_batch() -> None:
    def construct(scene: Scene) -> None:
        scene.add(shapes := crowd())
        scene.play(*moved(shapes), FadeIn(crowd()), Create(crowd()))
        for mob in scene.mobjects:
            for member in mob.get_family():
                arrays = [vars(member)[name] for name in ARRAYS if name in vars(member)]
                assert all(array.base is None or array.base.size == array.size for array in arrays)

    film(construct, make=stepper)
