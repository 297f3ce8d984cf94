"""Formulas in parts: colours, names, numbers and arrays inside, brackets that grow."""

import numpy as np
import pytest
from manim import ValueTracker

from scenes.kit.equation import Equation
from scenes.kit.number import LiveNumber, Number
from scenes.kit.number_array import NumberArray
from scenes.kit.typeset import Words
from scenes.theme import INK, LARGE, SYMBOLS
from tests.scenes.golden import assert_golden


def colors(group):
    return {glyph.get_fill_color().to_hex() for glyph in group}


def test_parts_are_found_by_name_and_carry_their_colours():
    drawn = Equation("{a: a^((1))} = sigma({W} {x} + {b})", colors={"W": SYMBOLS[0], "x": SYMBOLS[1]})
    assert [len(drawn.part(name)) for name in ("a", "W", "x", "b")] == [4, 1, 1, 1]
    assert colors(drawn.part("W")) == {SYMBOLS[0]}
    assert colors(drawn.part("x")) == {SYMBOLS[1]}
    assert colors(drawn.part("b")) == colors(drawn.rest()) == {INK}
    assert len(drawn.rest()) == 5  # = sigma ( + )


@pytest.mark.parametrize(
    ("parts", "plain"),
    [
        ("{C} = (a - y)^2", "C = (a - y)^2"),
        ("{sigma}({W}_1 {p: +} {b}^2)", "sigma(W_1 + b^2)"),
        ("{dC: frac(partial C, partial w)} = {s: sum_i} x_i", "frac(partial C, partial w) = sum_i x_i"),
    ],
)
def test_parts_do_not_change_how_a_formula_is_set(parts, plain):
    drawn, expected = Equation(parts, size=LARGE), Words(f"$ {plain} $", size=LARGE)
    assert len(drawn.signs) == len(expected)
    for glyph, other in zip(drawn.signs, expected, strict=True):
        assert glyph.points == pytest.approx(other.points, abs=1e-6)


def test_live_terms_follow_their_trackers_and_stand_on_the_baseline():
    tracker = ValueTracker(1.5)
    z, c = LiveNumber(tracker, size=LARGE, limits=(-9, 9)), LiveNumber(lambda: tracker.get_value() ** 2, size=LARGE)
    drawn = Equation("{C} = ({z} - 1)^2 = {c}", {"z": z, "c": c}).scale(0.8).shift([0, 2, 0])
    tracker.set_value(-3.0)
    drawn.update()
    assert drawn.values() == {"z": -3.0, "c": 9.0}
    assert z.start()[1] == pytest.approx(c.start()[1])
    assert drawn.part("C")[0].get_bottom()[1] == pytest.approx(z.start()[1], abs=0.02)
    assert z.start()[0] + z.room() < drawn.rest()[2].get_left()[0]


@pytest.mark.parametrize("rows", [1, 4, 8])
def test_round_brackets_are_at_least_as_tall_as_the_arrays_in_them(rows):
    array = NumberArray(np.ones((rows, 2)))
    drawn = Equation("sigma({W})", {"W": array})
    opening, closing = drawn.rest()[1], drawn.rest()[2]
    for bracket in (opening, closing):
        assert array.brackets.height <= bracket.height <= array.brackets.height + 0.5
        assert bracket.get_center()[1] == pytest.approx(array.brackets.get_center()[1], abs=0.06)
    assert opening.get_right()[0] < array.get_left()[0]
    assert closing.get_left()[0] > array.get_right()[0]


def test_values_are_read_from_the_slots_and_change_there():
    slots = {"W": NumberArray([[1.0, -2.0]]), "c": Number(0.25)}
    drawn = Equation("{W} = {c}", slots)
    assert drawn.values()["W"].tolist() == [[1.0, -2.0]]
    drawn.set_values({"c": -7.5})
    assert drawn.values()["c"] == -7.5
    animation = drawn.change({"W": [[3.0, 4.0]], "c": 1.5})
    animation.begin()
    for alpha, first, second in ((0.25, 1.0, -7.5), (0.5, 3.0, 1.5), (0.75, 3.0, 1.5), (1.0, 3.0, 1.5)):
        animation.interpolate(alpha)
        assert (drawn.values()["W"][0, 0], drawn.values()["c"]) == (first, second), alpha
    slots["c"][0].points[2] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        drawn.values()


def test_the_em_is_that_of_the_picture():
    assert Equation("{a} = b", size=LARGE).scale(0.5).drawn_em() == pytest.approx(LARGE / 96 / 2)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Equation("{a} = {b}", colors={"c": INK}), "The equation has the parts a, b, not 'c'."),
        (lambda: Equation("{a} = {b}", {"W": Number(1)}), "The equation has the parts a, b, not 'W'."),
        (lambda: Equation("{a} = b").part("b"), "The equation has the parts a, not 'b'."),
        (lambda: Equation("{a} = b").set_values({"a": 1}), "The equation has the slots none, not 'a'."),
    ],
)
def test_names_that_a_formula_has_not_are_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_formula_that_does_not_compile_says_so():
    with pytest.raises(ValueError, match="Typst cannot set"):
        Equation("frac({a}")


def test_the_picture_of_a_formula_with_an_array_is_the_golden_one():
    array = NumberArray([[0.5, -1.0], [2.0, 0.0]], size=64).tie(SYMBOLS[0])
    drawn = Equation("sigma({W} + {b}) = {c}", {"W": array, "c": Number(0.5, size=64)}, {"b": SYMBOLS[2]}, size=64)
    assert_golden("equation", [drawn])
