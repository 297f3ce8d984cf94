"""The lint: labels that wobble, promises that components do not keep, time in which nothing happens."""

from functools import partial

import numpy as np
import pytest
from manim import DOWN, LEFT, RIGHT, UP, Circle, FadeIn, Indicate, ValueTracker, linear, there_and_back

from render.check.wobble import Track, wobbling
from scenes.kit.network import Layer, window
from scenes.kit.number import LiveNumber, Number, NumberField
from scenes.kit.number_array import NumberArray
from scenes.kit.typeset import Words
from tests.checking import looked, said

SHORT = 4 / 15


@pytest.fixture
def look(tmp_path):
    return partial(looked, scratch=tmp_path)


def counting(label, place):
    """A scene in which a number goes up and down, written anew in every frame; the label is placed beside it."""

    def construct(scene):
        tracker, number = ValueTracker(98.0), Number(98.0, decimals=0)
        number.add_updater(lambda n: n.become(place(Number(tracker.get_value(), decimals=0))))
        label.add_updater(lambda words: words.next_to(number, LEFT))
        scene.add(number, label)
        scene.play(tracker.animate(rate_func=there_and_back).set_value(103.0), run_time=2)

    return construct


def test_a_label_pushed_about_by_a_centred_number_is_found_with_the_way_that_it_goes(look):
    found = look(counting(Words("Guess"), lambda number: number.move_to(RIGHT)))
    assert {(f.level, f.kind, f.play) for f in found} == {("error", "wobble", 1)}
    label = next(f for f in found if f.mobject == "Words 'Guess'")
    way = (Number(100, decimals=0).width - Number(98, decimals=0).width) / 2
    assert label.what.startswith(f"wobbles by {way:.2f} units while a number changes")


def test_a_number_held_at_its_left_edge_leaves_the_label_in_peace(look):
    assert look(counting(Words("Guess"), lambda number: number.move_to(RIGHT, aligned_edge=LEFT))) == []


def test_a_label_that_is_pointed_at_while_another_number_changes_is_right(look):
    def construct(scene):
        tracker, number = ValueTracker(1.0), Number(1.0).shift(UP)
        number.add_updater(lambda n: n.become(Number(tracker.get_value()).move_to(UP * 2, aligned_edge=LEFT)))
        label = Words("look")
        scene.add(number, label)
        scene.play(Indicate(label), tracker.animate(rate_func=linear).set_value(2.0), run_time=2)

    assert look(construct) == []


def test_a_label_that_is_carried_about_while_a_number_changes_is_right():
    number = Track("Number", 1, (0, 0, 0), (1, 1, 1), ("1", "2", "3"), 0.35)
    label = Track("Words", 2, (0, 1.5, 0), (1, 2.5, 1), ("a", "a", "a"), 0.35)
    assert list(wobbling([number, label])) == []


@pytest.mark.parametrize(
    ("left", "right", "way"),
    [
        ((0, 0.3, 0.1, 0.2), (1, 1.3, 1.1, 1.2), 0.2),
        ((0, 0.3, 0.1, 0.2), (1, 1.3, 1.5, 1.7), None),
        ((0, 0.1, 0.2, 0.3), (1, 1.1, 1.2, 1.3), None),
        ((0, 0.005, 0, 0.005), (1, 1.005, 1, 1.005), None),
    ],
)
def test_both_edges_have_to_turn_back(left, right, way):
    track = Track("Number", 1, left, right, ("1", "2", "3", "4"))
    assert [remark.amount for remark in wobbling([track])] == ([pytest.approx(way)] if way else [])


def shown(*mobjects):
    def construct(scene):
        scene.add(*mobjects)
        scene.wait(SHORT)

    return construct


def test_a_layer_that_leaves_out_neurons_without_dots_is_found_with_their_count(look):
    layer = Layer(window(784), 784, 4.6)
    assert look(shown(layer)) == []
    layer.dots.set_opacity(0)
    (found,) = look(shown(layer))
    assert (found.kind, found.what) == ("left-out", "leaves out 768 entries and draws no dots for them")


def test_a_vector_that_lost_its_dots_is_found_and_one_that_shows_them_or_everything_is_right(look):
    long, short = NumberArray(np.linspace(-1, 1, 20)), NumberArray(np.linspace(-1, 1, 4)).shift(RIGHT * 3)
    assert look(shown(long, short)) == []
    long.dots.points = np.zeros((0, 3))
    (found,) = look(shown(long))
    assert (found.level, found.kind) == ("error", "left-out")
    assert found.what == "leaves out 14 entries and draws no dots for them"


def test_digits_that_are_not_those_of_the_array_are_found(look):
    array = np.array([0.251, -0.5])
    written = NumberArray(array)
    written.shows = array
    assert look(shown(written)) == []
    written.shows = np.array([0.251, -0.48])
    (found,) = look(shown(written))
    assert (found.kind, found.what) == ("wrong-number", "shows -0.5 at 1 where its array has -0.48")


def test_a_component_may_say_what_it_shows_by_a_method(look):
    class Told(Number):
        def shows(self):
            return 0.126

    assert look(shown(Told(0.126))) == []
    (found,) = look(shown(Told(0.1)))
    assert found.what == "shows 0.1 where its array has 0.126"


def test_what_cannot_be_read_back_is_found(look):
    written = NumberArray(np.array([0.25, -0.5]), color="#FFFFFF")
    written.still[0].points[5] += [0.05, 0, 0]
    (found,) = look(shown(written))
    assert (found.kind, found.what[:22]) == ("wrong-number", "cannot be read back: A")


def test_an_array_of_another_shape_than_is_drawn_is_found(look):
    field = NumberField(np.array([0.25, 0.5]), np.array([[-1.0, 0, 0], [1, 0, 0]]), 2, 0.3, "#FFFFFF")
    field.shows = np.zeros(3)
    (found,) = look(shown(field))
    assert found.what == "was given an array (3,) and shows (2,)"


def test_a_long_standstill_is_a_note(look):
    def construct(scene):
        scene.play(FadeIn(Circle()), run_time=0.8)
        scene.wait(4)
        scene.wait(3)

    assert said(look(construct)) == ["note    play 2, 0.8 to 7.8 s: the picture stands still for 7.0 s [standstill]"]
    assert look(lambda scene: scene.wait(6)) == []


def test_a_line_that_outlasts_its_picture_or_is_over_long_before_it_is_a_note(look):
    def construct(scene):
        for cue, seconds in (("long", 0.8), ("short", 4.0), ("right", 1.0)):
            with scene.say(cue):
                scene.play(FadeIn(Circle().shift(DOWN)), run_time=seconds)

    found = look(construct, spoken={"long": ("It goes on.", 4.0), "short": ("No.", 1.0), "right": ("Yes.", 1.0)})
    assert [(f.level, f.kind, f.mobject, f.what) for f in found] == [
        ("note", "line-and-picture", "the line 'long'", "goes on for 3.2 s after the last move of its picture"),
        ("note", "line-and-picture", "the line 'short'", "is over 2.6 s before its picture"),
    ]


def test_a_live_number_that_holds_its_first_digit_does_not_wobble(look):
    def construct(scene):
        tracker = ValueTracker(1.0)
        scene.add(LiveNumber(tracker, decimals=1), Words("is held").shift(UP))
        scene.play(tracker.animate(rate_func=there_and_back).set_value(9.0), run_time=2)

    assert look(construct) == []
