"""The lint: where texts stand, what crosses them, and how large they are set."""

from functools import partial

import numpy as np
import pytest
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    Line,
    MovingCamera,
    MovingCameraScene,
    Rectangle,
    Square,
    ThreeDCamera,
    ThreeDScene,
    Transform,
    VGroup,
    linear,
)

from render.check.look import Onlooker, check_scene
from render.check.worker import SIZE
from render.raster import configure
from scenes.kit.number import Number, NumberField
from scenes.kit.typeset import UNITS_PER_EM, Words
from scenes.theme import ACCENT, BACKGROUND, INK, MARGIN, RULE, SMALL
from tests.checking import looked, said

SHORT = 4 / 15


class Zoom(MovingCameraScene):
    """The camera moves away to twice its height, and to the left."""

    def construct(self):
        self.add(Words("far", size=30))
        self.play(self.camera.frame.animate.scale(2).shift(LEFT * 12.8), run_time=0.5)


class Deep(ThreeDScene):
    """One text lies in space and is seen from the side, the other is fixed in the frame."""

    def construct(self):
        self.set_camera_orientation(phi=1.0)
        fixed = Words("fixed").to_edge(UP, buff=MARGIN - 0.1)
        self.add_fixed_in_frame_mobjects(fixed)
        self.add(fixed, Words("deep").shift([0, 3.9, 0]))
        self.wait(SHORT)


@pytest.fixture
def look(tmp_path):
    return partial(looked, scratch=tmp_path)


def shown(*mobjects):
    """A scene that shows these at once and rests."""

    def construct(scene):
        scene.add(*mobjects)
        scene.wait(SHORT)

    return construct


def test_a_text_beyond_the_margin_is_found_with_the_side_and_the_distance(look):
    words = Words("too far").to_edge(RIGHT, buff=MARGIN - 0.25)
    assert said(look(shown(words))) == [
        "error   play 1, 0.3 s: Words 'too far' reaches 0.25 units beyond the safe frame at the right [off-frame]"
    ]


@pytest.mark.parametrize("side", [UP, DOWN, LEFT, RIGHT])
def test_a_text_that_keeps_to_the_margin_is_right_and_so_is_one_outside_the_frame(look, side):
    assert look(shown(Words("here").to_edge(side, buff=MARGIN), Words("away").shift(20 * side))) == []


def test_texts_over_each_other_are_found_with_the_share_that_is_covered(look):
    one, other = Number(0.88), Number(0.88).shift(UP * 0.1)
    (found,) = look(shown(one, other))
    height = one.height
    assert (found.level, found.kind, found.mobject) == ("error", "text-over-text", "Number 0.88")
    assert found.what == f"lies over Number 0.88: {(height - 0.1) / height:.0%} of a character is covered"


def test_texts_side_by_side_a_copy_on_its_original_and_a_text_under_a_panel_are_right(look):
    apart = VGroup(Words("one"), Words("two")).arrange(RIGHT, buff=0.1)
    copied = VGroup(Words("same"), Words("same")).shift(UP)
    panel = VGroup(Words("under"), Rectangle(height=1, width=2, fill_color=BACKGROUND, fill_opacity=1), Words("over"))
    assert look(shown(apart, copied, panel.shift(DOWN * 2))) == []


def test_a_cross_fade_in_one_place_is_right(look):
    def construct(scene):
        one, other = Words("before"), Words("after")
        scene.add(one)
        scene.play(FadeOut(one), FadeIn(other), run_time=2)

    assert look(construct) == []


@pytest.mark.parametrize(("seconds", "level"), [(0.8, "note"), (6.0, "error")])
def test_what_stays_and_meets_a_text_within_a_play_is_an_error_if_it_lasts(look, seconds, level):
    def construct(scene):
        one, other = Words("moving").shift(LEFT * 2), Words("still still")
        scene.add(one, other)
        scene.play(one.animate(rate_func=linear).shift(RIGHT * 4), run_time=seconds)

    (found,) = look(construct)
    assert (found.level, found.kind, found.play) == (level, "text-over-text", 1)
    assert 0.25 * seconds <= found.first_s <= found.last_s <= 0.75 * seconds + 0.1


def test_a_line_through_a_text_is_found_with_the_characters_that_it_crosses(look):
    line = Line(LEFT, LEFT * 0.02, color=RULE)
    (found,) = look(shown(Words("over"), line))
    assert (found.kind, found.what) == ("text-over-line", "is crossed by Line in 2 of 4 characters, without a backing")


def test_a_backing_a_faint_line_and_a_line_beside_the_text_are_right(look):
    backing = Rectangle(height=0.5, width=1.5, fill_color=BACKGROUND, fill_opacity=0.9, stroke_width=0)
    backed = VGroup(Line(LEFT * 3, RIGHT * 3), backing, Words("backed"))
    faint = VGroup(Line(LEFT, RIGHT).set_stroke(opacity=0.04), Words("faint")).shift(UP * 2)
    under = VGroup(Words("line"), Line(LEFT, RIGHT).shift(DOWN * 0.25)).shift(DOWN * 2)
    boxed = VGroup(Words("box"), Square(1), Circle(2))
    assert look(shown(backed, faint, under, boxed.shift(RIGHT * 4))) == []


def test_a_line_drawn_over_backing_and_text_is_found(look):
    backing = Rectangle(height=0.5, width=1.5, fill_color=BACKGROUND, fill_opacity=0.9, stroke_width=0)
    (found,) = look(shown(backing, Words("text"), Line(LEFT * 3, RIGHT * 3)))
    assert found.kind == "text-over-line"


def test_the_border_of_a_filled_shape_through_a_text_is_found(look):
    bar = Rectangle(height=2, width=1, fill_color=ACCENT, fill_opacity=0.3, stroke_width=0).shift(LEFT * 0.5)
    assert {found.kind for found in look(shown(bar, Words("half")))} == {"text-over-line"}


@pytest.mark.parametrize(
    ("words", "size"),
    [(Words("small", size=14), 14.0), (Words("scaled").scale(0.5), 17.0), (Number(0.5, size=12), 12.0)],
)
def test_a_text_below_the_smallest_size_is_found_as_it_is_drawn(look, words, size):
    (found,) = look(shown(words))
    assert (found.kind, found.what) == ("too-small", f"is set in size {size}, below {SMALL}")


def test_the_em_counts_and_not_the_box_or_the_scripts_of_a_formula(look):
    assert look(shown(Words("a.", size=SMALL), Words("$x_(i^2)$", size=SMALL).shift(UP))) == []


def test_a_text_that_grows_from_nothing_or_stands_on_its_side_has_the_size_that_it_ends_with(look):
    def construct(scene):
        words = Words("grown")
        scene.play(FadeIn(words, scale=0.1), run_time=0.8)
        scene.play(words.animate.rotate(np.pi / 2), run_time=0.8)

    assert look(construct) == []


def cells(height):
    places = np.array([[-1.0, 0, 0], [1, 0, 0]])
    return NumberField(np.array([0.25, 0.5]), places, 2, height, "#FFFFFF")


def test_data_in_small_cells_may_be_small_until_somebody_is_asked_to_read_it(look):
    line = Line(LEFT * 2, RIGHT * 2)
    height = 12 * UNITS_PER_EM * 0.644
    assert look(shown(line, cells(height))) == []
    asked = cells(height)
    asked.to_read = True
    assert {found.kind for found in look(shown(line, asked))} == {"too-small", "text-over-line"}
    assert [f.mobject for f in look(shown(line, cells(3 * height)))] == ["NumberField 0.25 0.50"]


@pytest.mark.parametrize(
    ("scene_class", "camera", "told"),
    [
        (Zoom, MovingCamera, ["Words 'far' is set in size 15.0, below 20 [too-small]"]),
        (Deep, ThreeDCamera, ["Words 'fixed' reaches 0.10 units beyond the safe frame at the top [off-frame]"]),
    ],
)
def test_places_and_sizes_are_those_that_the_camera_sees(tmp_path, scene_class, camera, told):
    configure(SIZE, tmp_path)
    found = check_scene(scene_class(renderer=Onlooker("en", camera)), {})
    assert [f"{f.mobject} {f.what} [{f.kind}]" for f in found] == told


def test_words_that_became_others_are_not_measured_by_their_own_outlines(look):
    def construct(scene):
        words = Words("one thing")
        scene.add(words)
        scene.play(Transform(words, Words("another")), run_time=0.8)

    assert look(construct) == []


def test_a_wide_rim_in_the_colour_of_the_background_is_a_backing_and_a_narrow_one_is_not(look):
    def rimmed(width):
        words = Words("rim")
        for glyph in words:
            glyph.set_stroke(BACKGROUND, width, background=True)
        return look(shown(Rectangle(height=0.1, width=3, fill_color=INK, fill_opacity=1), words))

    assert rimmed(5) == []
    assert {found.kind for found in rimmed(1)} == {"text-over-line", "contrast"}


def test_a_frame_that_runs_along_a_text_is_a_note_and_one_that_stops_in_it_an_error(look):
    def running(way):
        def construct(scene):
            words, frame = Words("a long line of words to run along", size=34), Square(0.4)
            scene.add(words, frame.move_to(words.get_left() + LEFT * 0.5))
            scene.play(frame.animate(rate_func=linear).shift(RIGHT * way), run_time=3)

        return {(found.level, found.kind) for found in look(construct)}

    assert running(8) == {("note", "text-over-line")}
    assert running(3.3) == {("error", "text-over-line")}


def test_what_is_added_before_a_wait_in_which_nothing_moves_is_looked_at(look):
    def construct(scene):
        scene.wait(SHORT)
        scene.add(Words("late", size=10))
        scene.wait(SHORT)

    (found,) = look(construct)
    assert (found.kind, found.play) == ("too-small", 2)
