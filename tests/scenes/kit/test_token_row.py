"""Tokens are read from glyphs, strengths from the widths of arcs, wherever the row is and while they change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import DOWN, UP

from scenes.kit.shapes import LEVELS
from scenes.kit.token_row import ARC_WIDTH, TokenRow
from scenes.theme import NEGATIVE
from tests.scenes.golden import assert_golden

TOKENS = ["a", " fluffy", " blue", " creature", " ran"]
STRENGTHS = np.array([0.05, 0.4, 0.5, 0.03, -0.2])
PATTERN = np.tril(np.random.default_rng(0).uniform(size=(5, 5)))


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)


def test_words_and_their_visible_spaces_are_read_back():
    row = TokenRow([*TOKENS, "two words", "\n", " "]).scale(0.6).shift([1, 2, 0])
    assert row.words() == [*TOKENS, "two words", "\n", " "]
    assert row.values().shape == (0,)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-9, 1.0, 1e6]), st.booleans())
def test_strengths_read_back_at_every_size_and_sign(count, seed, size, square):
    rng = np.random.default_rng(seed)
    strengths = rng.uniform(-1, 1, (count, count) if square else count) * size
    row = TokenRow(["x"] * count, strengths, None if square else count - 1).shift([1, -2, 0]).scale(1.3)
    assert row.values() == pytest.approx(strengths, abs=1e-6 * max(size, 1e-12))
    assert row.set_values(strengths / 2).values() == pytest.approx(strengths / 2, abs=1e-6 * max(size, 1e-12))


def test_a_long_row_goes_on_below_and_keeps_its_strengths():
    strengths = np.eye(5)[::-1] - 0.2
    row = TokenRow(TOKENS, strengths, width=3, arc_height=0.5)
    assert list(row.line_of) == [0, 0, 1, 1, 2] or list(row.line_of) == [0, 0, 0, 1, 1]
    assert row.values() == pytest.approx(strengths)
    assert row.width < 3.2


def test_arcs_stand_on_their_tokens():
    row = TokenRow(TOKENS, STRENGTHS, target=3).shift(DOWN)
    outlines = row.arcs.frame.out(row.arcs.outlines())
    feet = (outlines[:, 0] + outlines[:, 3]) / 2
    tops = np.array([token[0].get_top() for token in row.tokens])
    assert feet[[0, 1, 2, 4], 0] == pytest.approx(tops[[0, 1, 2, 4], 0])
    assert outlines[..., 1].min() > tops[0, 1]


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_a_change_goes_straight_from_what_is_drawn(alpha):
    row = TokenRow(TOKENS, STRENGTHS, target=3, limit=1)
    at(row.change(-STRENGTHS, rate_func=lambda t: t), alpha)
    assert row.values() == pytest.approx((1 - 2 * alpha) * STRENGTHS)


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_a_flash_is_as_bright_and_wide_as_the_strengths_and_leaves_them_alone(alpha):
    row = TokenRow(TOKENS, STRENGTHS, target=3, limit=1)
    at(row.flash(), alpha)
    assert row.values() == pytest.approx(STRENGTHS)
    drawn = row.flashes.style()
    if alpha in (0, 1):
        assert len(drawn) == 0
    else:
        assert list(drawn) == [int(np.ceil(abs(s) * LEVELS)) - 1 for s in STRENGTHS]
        inside = row.flashes.outlines()[..., 1]
        assert inside.max() <= row.arcs.outlines()[..., 1].max() + 1e-9


def test_a_flash_runs_towards_the_target():
    row = TokenRow(TOKENS, STRENGTHS, target=4)
    animation = row.flash()
    animation.begin()
    middles = []
    for alpha in (0.3, 0.5, 0.7):
        animation.interpolate(alpha)
        middles.append(row.flashes.outlines()[0, :, 0].mean())
    assert middles == sorted(middles)


def test_the_accent_box_comes_up_moves_and_leaves():
    row = TokenRow(TOKENS).shift(UP)
    assert row.highlighted() is None
    for index in (3, 1, None):
        animation = row.highlight(index)
        at(animation, 0.5)
        animation.finish()
        assert row.highlighted() == index
    at(row.highlight(3), 1)
    assert row.marker.get_center() == pytest.approx(row.tokens[3][0].get_center())
    assert row.marker.width > row.tokens[3][0].width


def test_numbers_stand_under_their_tokens():
    row = TokenRow(TOKENS).set_numbers(STRENGTHS)
    assert row.written() == pytest.approx(STRENGTHS)
    assert row.numbers.get_top()[1] < row.tokens[0].get_bottom()[1]


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_other_numbers_arrive_after_the_old_ones_have_left(alpha):
    row = TokenRow(TOKENS).set_numbers(STRENGTHS)
    at(row.change_numbers(10 * STRENGTHS, decimals=1, rate_func=lambda t: t), alpha)
    assert row.written() == pytest.approx(STRENGTHS if alpha < 0.5 else 10 * STRENGTHS)
    assert row.numbers.get_fill_opacity() == pytest.approx(abs(1 - 2 * alpha))
    fresh = TokenRow(TOKENS)
    at(fresh.change_numbers(STRENGTHS, rate_func=lambda t: t), alpha)
    assert len(fresh.written()) == (0 if alpha < 0.5 else 5)


def test_small_pictures_stand_in_for_words():
    images = np.random.default_rng(1).uniform(size=(3, 4, 4))
    row = TokenRow(list(images), PATTERN[:3, :3])
    assert row.words() == ["", "", ""]
    assert row.values() == pytest.approx(PATTERN[:3, :3])
    assert np.abs(row.tokens[1][1].values() - images[1]).max() < 0.01


def test_an_arc_made_wider_or_recoloured_behind_its_back_is_seen():
    row = TokenRow(TOKENS, STRENGTHS, target=3)
    (mobject,) = (m for m in row.arcs.bins if len(m.points) and m.get_fill_color().to_hex() == NEGATIVE)
    mobject.points[0] -= [ARC_WIDTH, 0, 0]
    assert row.values()[4] == pytest.approx(STRENGTHS[4] - 0.5)
    row = TokenRow(TOKENS, STRENGTHS, target=3)
    row.arcs.bins[-1].set_fill(NEGATIVE), row.arcs.bins[LEVELS - 1].set_fill(NEGATIVE)
    assert row.values()[2] == pytest.approx(-STRENGTHS[2])


def test_swapped_and_moved_glyphs_are_seen():
    row = TokenRow(["on", "at"])
    glyphs = row.tokens[0][1].submobjects
    glyphs[0].points, glyphs[1].points = glyphs[1].points.copy(), glyphs[0].points.copy()
    assert row.words()[0] != "on"
    row.tokens[1][1].submobjects[0].points[3] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no character of the alphabet"):
        row.words()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: TokenRow([]), "A token row has nothing to draw: there are no tokens."),
        (lambda: TokenRow(["a", ""]), "A label cannot draw '': there is nothing to draw."),
        (lambda: TokenRow(["字"]), "A label cannot draw '字': it cannot read back '字'."),
        (
            lambda: TokenRow(["a", "b"], [0.1, np.nan], target=0),
            "A token row cannot draw nan at 1: only finite numbers are drawn.",
        ),
        (
            lambda: TokenRow(["a", "b"], [0.1], target=0),
            "2 tokens have strengths (2,) or (2, 2), found (1,).",
        ),
        (
            lambda: TokenRow(["a", "b"], [0.1, 0.2], target=2),
            "Strengths (2,) go to one token, and the target 2 is none.",
        ),
        (
            lambda: TokenRow(["a", "b"], [0.1, 0.2], target=1).set_values([0.1, 0.3]),
            "A strength of 0.3 is over the limit of 0.2: give a larger limit.",
        ),
        (lambda: TokenRow(["a"]).set_numbers([1.0, 2.0]), "A token row of 1 cannot write 2 numbers."),
        (lambda: TokenRow(["a"]).highlight(1), "A token row of 1 has no token 1."),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_the_row_looks_as_it_did():
    row = TokenRow(TOKENS, STRENGTHS, target=3, size=34).set_numbers(STRENGTHS).scale(1.5).shift(UP)
    animation = row.highlight(3)
    at(animation, 1)
    images = np.linspace(0, 1, 48).reshape(3, 4, 4)
    assert_golden("token_row", [row, TokenRow(list(images), PATTERN[:3, :3]).scale(1.3).shift(2.2 * DOWN)])
