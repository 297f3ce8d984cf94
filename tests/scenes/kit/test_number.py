"""Numbers are drawn from cached glyphs and read back from them, also after they were moved or tampered with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ValueTracker

from scenes.kit.number import (
    MINUS,
    LiveNumber,
    Number,
    NumberField,
    glyph_points,
    outlines_of,
    read_characters,
    spell,
    spell_all,
)
from scenes.theme import NEGATIVE, POSITIVE

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(FINITE, st.integers(0, 4), st.booleans())
def test_a_number_reads_back_as_the_value_rounded_to_its_decimals(value, decimals, signed):
    drawn = Number(value, decimals=decimals, signed=signed)
    assert drawn.values() == pytest.approx(round(value, decimals), abs=1e-9)


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-300, 123456789012345.0, -1e21])
def test_tiny_and_huge_numbers_read_back(value):
    assert Number(value, decimals=1).values() == round(value, 1)


def test_a_number_reads_back_after_it_was_moved_scaled_and_stretched_to_a_height():
    drawn = Number(-13002.75, decimals=2).scale(0.3).shift([3, -2, 0]).scale_to_fit_height(1.7)
    assert drawn.values() == -13002.75


def test_swapping_two_glyphs_changes_what_a_number_reads():
    drawn = Number(0.84)
    drawn.submobjects[2], drawn.submobjects[3] = drawn.submobjects[3], drawn.submobjects[2]
    assert drawn.values() == 0.48


def test_moving_a_point_of_a_glyph_is_noticed():
    drawn = Number(0.84)
    drawn.submobjects[3].points[5] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        drawn.values()


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.0, 2, True, "0.00"),
        (-0.004, 2, True, "0.00"),
        (0.5, 1, True, "+0.5"),
        (-1234567.0, 0, False, f"{MINUS}1,234,567"),
    ],
)
def test_numbers_are_spelled_with_a_real_minus_and_no_signed_zero(value, decimals, signed, text):
    assert spell(value, decimals, signed) == text


def test_many_numbers_are_spelled_like_each_alone():
    values = [0.0, -0.004, 12345.678, -3.0]
    assert spell_all(values, 2, signed=True) == [spell(value, 2, signed=True) for value in values]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match=r"Cannot draw (nan|-?inf): only finite numbers are drawn\."):
        Number(value)


@pytest.mark.parametrize("text", ["0123456789", "0.1.6.1,3+5%", f"{MINUS}10.60+16%", "%", "...000"])
def test_every_character_is_told_from_every_other(text):
    assert read_characters([np.concatenate(outlines_of(text))]) == text
    assert [len(outline) for outline in outlines_of(text)] == [len(glyph_points()[mark]) for mark in text]


def test_a_number_set_anew_keeps_its_left_end_size_and_baseline():
    drawn = Number(-1.25).scale(2).shift([1, 1, 0])
    start, em = drawn.start(), drawn.drawn_em()
    drawn.set_values(1234.5)
    assert drawn.values() == 1234.5
    assert drawn.start() == pytest.approx(start)
    assert drawn.drawn_em() == pytest.approx(em)


@pytest.mark.parametrize("drawn", [Number(1.25), LiveNumber(1.25)])
def test_a_change_shows_the_old_number_then_the_new_one_and_none_between(drawn):
    animation = drawn.change(-107.5)
    animation.begin()
    seen = []
    for alpha in (0, 0.25, 0.5, 0.75, 1):
        animation.interpolate(alpha)
        seen.append((drawn.values(), round(float(drawn.family_members_with_points()[0].get_fill_opacity()), 3)))
    assert [value for value, _ in seen] == [1.25, 1.25, -107.5, -107.5, -107.5]
    assert seen[0][1] == seen[-1][1] == 1
    assert seen[2][1] == 0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(0, 3))
def test_a_field_of_numbers_reads_back_in_order(values, decimals):
    places = np.array([[i % 8, i // 8, 0] for i in range(len(values))], dtype=float)
    drawn = NumberField(np.array(values), places, decimals=decimals, height=0.1, color="#FFFFFF")
    assert drawn.values() == pytest.approx([round(v, decimals) for v in values], abs=1e-9)


def test_a_field_tells_where_its_numbers_start_and_how_large_they_are():
    drawn = NumberField(np.array([1.5, -2.5]), np.array([[0, 0, 0], [3.0, 1, 0]]), 1, 0.2, "#FFFFFF").scale(2)
    assert drawn.places_x()[1] - drawn.places_x()[0] > 5
    assert drawn.drawn_em() == pytest.approx(2 * 0.2 / np.ptp(glyph_points()["0"][:, 1]))


def test_a_field_without_numbers_reads_as_none():
    assert NumberField(np.zeros(0), np.zeros((0, 3)), 1, 0.1, "#FFFFFF").values().tolist() == []


def test_a_field_needs_a_place_for_each_number():
    with pytest.raises(ValueError, match="A NumberField writes 2 numbers at 1 places."):
        NumberField(np.zeros(2), np.zeros((1, 3)), 1, 0.1, "#FFFFFF")


@settings(max_examples=20, deadline=None)
@given(FINITE, FINITE, st.sampled_from(["left", "point"]))
def test_a_live_number_follows_its_tracker_wherever_it_was_moved(first, then, anchor):
    tracker = ValueTracker(first)
    drawn = LiveNumber(tracker, decimals=1, anchor=anchor).scale(1.5).shift([1, 2, 0])
    tracker.set_value(then)
    drawn.update()
    assert drawn.values() == pytest.approx(round(then, 1), abs=1e-9)


@pytest.mark.parametrize(("anchor", "edge"), [("left", 0), ("point", -1)])
def test_a_live_number_never_moves_at_its_anchor(anchor, edge):
    drawn = LiveNumber(3.25, anchor=anchor).shift([2, 0, 0])
    ends = []
    for value in (3.25, 0.25, 13.25, 1023.25, -3.25):
        drawn.set_values(value)
        digits = outlines_of(spell(value, 2))
        skip = len(digits[0]) if value < 0 else 0
        ends.append(drawn.line.points[skip:] if edge == 0 else drawn.line.points)
    outer = [points[:, 0].min() if edge == 0 else points[:, 0].max() for points in ends]
    wanted = {0: [0.042, 0.039, 0.089, 0.089, 0.042], -1: [0.0] * 5}[edge]  # em before the outline of the first digit
    assert np.array(outer) - outer[0] == pytest.approx((np.array(wanted) - wanted[0]) * drawn.drawn_em(), abs=1e-3)


def test_a_live_number_follows_a_function_and_takes_the_colour_of_its_sign():
    tracker = ValueTracker(2.0)
    drawn = LiveNumber(lambda: -(tracker.get_value() ** 2), decimals=1, color=None)
    assert drawn.line.get_fill_color().to_hex() == NEGATIVE
    tracker.set_value(0.0)
    drawn.update()
    assert drawn.values() == 0
    assert drawn.set_values(2).line.get_fill_color().to_hex() == POSITIVE


def test_a_copy_of_a_live_number_follows_the_same_tracker_on_its_own():
    tracker = ValueTracker(1.0)
    drawn = LiveNumber(tracker)
    copy = drawn.copy().shift([0, 3, 0])
    tracker.set_value(2.0)
    copy.update()
    assert (drawn.values(), copy.values()) == (1.0, 2.0)
    assert copy.get_center()[1] == pytest.approx(3, abs=0.05)


def test_a_live_number_keeps_room_for_its_limits():
    narrow, wide = LiveNumber(1.0), LiveNumber(1.0, limits=(-1000, 10))
    assert wide.room() > narrow.room() > 0
    assert wide.start()[0] < narrow.start()[0]


def test_a_live_number_refuses_another_anchor_and_values_that_are_not_finite():
    with pytest.raises(ValueError, match="A live number is anchored at its 'left' or its 'point', not at 'right'"):
        LiveNumber(0.0, anchor="right")
    with pytest.raises(ValueError, match="Cannot draw nan: only finite numbers are drawn"):
        LiveNumber(0.0).set_values(np.nan)
