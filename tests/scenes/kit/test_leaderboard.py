"""Names and scores are read from top to bottom, also while rows pass each other, come and go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import UP

from scenes.kit.leaderboard import Leaderboard
from scenes.theme import NEGATIVE
from tests.scenes.golden import assert_golden

NAMES = ["zero", "one", "two", "three", "four", "five", "six"]
SCORES = np.array([0.1, 0.5, 0.5, 0.9, -0.3, 0.2, 0.0])
LATER = np.array([0.8, 0.5, -0.7, 0.3, 1.0, 0.2, 0.1])


def board(**style):
    return Leaderboard(SCORES, NAMES, **({"top": 4, "limit": 1} | style))


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)


def test_the_largest_stand_on_top_and_equal_ones_in_their_order():
    drawn = board().shift([1, -1, 0]).scale(0.8)
    assert drawn.names() == ["three", "one", "two", "five"]
    assert drawn.values() == pytest.approx([0.9, 0.5, 0.5, 0.2])
    assert drawn.written() == pytest.approx([0.9, 0.5, 0.5, 0.2])
    assert drawn.footer.says() == "top 4 of 7"
    assert board(top=9).footer.says() == "all 7"


def test_without_bars_the_scores_are_read_from_the_numbers():
    assert board(bars=False, top=7).values() == pytest.approx([0.9, 0.5, 0.5, 0.2, 0.1, 0, -0.3])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6), st.sampled_from([0.0, 1e-9, 1.0, 1e5]), st.integers(1, 6))
def test_scores_read_back_sorted_at_every_size_and_sign(shares, size, top):
    scores = np.array(shares) * size
    drawn = Leaderboard(scores, NAMES[: len(scores)], top=top)
    expected = np.sort(scores)[::-1][:top]
    assert drawn.values() == pytest.approx(expected, abs=1e-6 * max(size, 1e-12))
    drawn.set_values(scores / 2)
    assert drawn.values() == pytest.approx(expected / 2, abs=1e-6 * max(size, 1e-12))


def test_a_change_ends_on_the_sorted_new_scores_and_may_be_followed_by_another():
    drawn = board().shift(UP)
    places = [drawn.place_of(row)[1] for row in drawn.all_rows()]
    for scores in (LATER, SCORES, LATER):
        animation = drawn.change(scores)
        at(animation, 0.4)
        animation.finish()
        order = np.argsort(-scores, kind="stable")[:4]
        assert drawn.names() == [NAMES[i] for i in order]
        assert drawn.values() == pytest.approx(scores[order])
        assert drawn.written() == pytest.approx(scores[order])
        seen = [drawn.place_of(row)[1] for row in drawn.all_rows() if row.shown()]
        assert sorted(seen, reverse=True) == pytest.approx(places, abs=1e-9)


def test_rows_that_stay_go_straight_to_their_new_score():
    drawn = board()
    animation = drawn.change(LATER, rate_func=lambda t: t)
    animation.begin()
    for alpha in (0, 0.25, 0.5, 0.75, 1):
        animation.interpolate(alpha)
        bars = dict(zip(drawn.names(), drawn.values(), strict=True))
        assert bars["three"] == pytest.approx(0.9 + alpha * (0.3 - 0.9))
        numbers = dict(zip(drawn.names(), drawn.written(), strict=True))
        assert numbers["three"] == pytest.approx(0.9 if alpha < 0.5 else 0.3)


def test_rows_come_in_after_others_have_left():
    drawn = board()
    animation = drawn.change(LATER, rate_func=lambda t: t)
    animation.begin()
    for alpha, names in ((0.75, {"zero", "four", "one", "three"}), (0.25, {"one", "two", "three", "five"})):
        animation.interpolate(alpha)
        assert set(drawn.names()) == names


def test_a_row_that_rises_steps_aside_in_front_of_those_that_fall():
    drawn = board(top=7)
    at(drawn.change(LATER, rate_func=lambda t: t), 0.5)
    rows = {row.name_label.says(): row for row in drawn.all_rows()}
    order = [row.name_label.says() for row in drawn.all_rows()]
    assert order.index("four") > order.index("three")
    assert drawn.place_of(rows["four"])[0] > 0.4
    assert drawn.place_of(rows["three"])[0] == pytest.approx(0)


def test_a_scaled_board_takes_in_rows_of_its_own_size():
    drawn = board().scale(0.5).shift(UP)
    animation = drawn.change(LATER)
    animation.begin()
    animation.finish()
    heights = [row.backing.height for row in drawn.all_rows() if row.shown()]
    assert heights == pytest.approx([0.5 * drawn.pitch] * 4)
    assert drawn.values() == pytest.approx([1.0, 0.8, 0.5, 0.3])


def test_a_bar_a_place_a_colour_or_a_glyph_changed_behind_its_back_is_seen():
    drawn = board()
    drawn.all_rows()[0].bar.bins[0].points[:] *= [1.1, 1, 1]
    assert drawn.values()[0] != pytest.approx(0.9)
    drawn = board()
    drawn.all_rows()[0].shift(10 * UP * -1)
    assert drawn.names() == ["one", "two", "five", "three"]
    drawn = board()
    drawn.all_rows()[1].bar.bins[0].set_fill(NEGATIVE)
    with pytest.raises(ValueError, match="A bar of the leaderboard has a colour that says no sign."):
        drawn.values()
    drawn = board()
    first, second = (row.name_label for row in drawn.all_rows()[:2])
    first.submobjects[0].points = second.submobjects[0].points.copy()
    assert drawn.names()[0] != "three"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Leaderboard([0.1, np.nan], ["a", "b"]), "A leaderboard cannot draw nan at 1: only finite numbers are"),
        (lambda: Leaderboard([], []), "A leaderboard has nothing to draw: the array has the shape (0,)."),
        (lambda: Leaderboard([0.1], ["a", "b"]), "A leaderboard needs a name for each score, found 2 for 1."),
        (lambda: board().change(LATER[:3]), "The leaderboard has 7 names, found 3 scores."),
        (lambda: board().set_values(LATER * 2), "A score of 2 is over the limit of 1."),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value).startswith(error)


def test_the_board_looks_as_it_did():
    drawn = board(top=5).scale(1.3)
    at(drawn.change(LATER), 0.45)
    assert_golden("leaderboard", [drawn])
