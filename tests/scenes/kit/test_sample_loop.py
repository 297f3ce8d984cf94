"""Each draw is shown as it was made: shares end to end, a needle at the recorded number, the symbol it falls on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import RIGHT, UP

from scenes.kit.sample_loop import SampleLoop
from scenes.theme import DIM
from tests.scenes.golden import assert_golden

NAMES = [" ", "a", "b", "no"]
PROBABILITY = np.array([[0.1, 0.4, 0.2, 0.3], [0.25, 0.25, 0.0, 0.5], [0.7, 0.1, 0.1, 0.1]])
U = np.array([0.65, 0.9, 0.31])
CHOSEN = np.array([2, 3, 0])


def loop(**style):
    return SampleLoop(PROBABILITY, CHOSEN, U, NAMES, **({"seed": 7, "prompt": (1, 0)} | style))


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)


def test_at_first_the_prompt_and_the_first_distribution_are_drawn():
    drawn = loop().scale(0.8).shift(UP)
    text, distribution = drawn.values()
    assert text == "a "
    assert distribution == pytest.approx(PROBABILITY[0], abs=1e-6)
    assert drawn.shares() == pytest.approx(PROBABILITY[0])
    assert drawn.drawn_u() is None
    assert drawn.highlighted() is None
    assert drawn.seed_name.says() == "sampler seed 7"


def test_the_needle_stands_at_u_and_the_highlight_goes_up_to_the_chosen_share():
    drawn = loop().shift(RIGHT)
    animation = drawn.step(0)
    animation.begin()
    seen = []
    for alpha in np.linspace(0, 1, 41):
        animation.interpolate(alpha)
        if drawn.drawn_u() is not None:
            assert drawn.drawn_u() == pytest.approx(U[0])
            assert drawn.u_number.values() == pytest.approx([U[0]])
        if drawn.highlighted() is not None:
            seen.append(drawn.highlighted())
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == CHOSEN[0]


def test_a_step_draws_its_distribution_until_the_symbol_has_arrived():
    drawn = loop()
    animation = drawn.step(0)
    animation.begin()
    for alpha, text in ((0, "a "), (0.25, "a "), (0.5, "a "), (0.75, "a b"), (1, "a b"), (0.25, "a ")):
        animation.interpolate(alpha)
        expected = PROBABILITY[1] if alpha == 1 else PROBABILITY[0]
        assert drawn.values()[0] == text
        assert drawn.values()[1] == pytest.approx(expected, abs=1e-6)
        assert drawn.shares() == pytest.approx(expected)


def test_after_every_step_the_text_is_longer_and_as_if_set_at_once():
    drawn = loop()
    for step, text in enumerate(("a b", "a bno", "a bno ")):
        animation = drawn.step(step)
        animation.begin()
        animation.finish()
        other = loop().set_step(step + 1)
        assert drawn.values()[0] == other.values()[0] == text
        assert drawn.values()[1] == pytest.approx(other.values()[1])
        assert np.allclose(drawn.letters[2 + step].get_center(), other.letters[2 + step].get_center())


def test_a_long_text_goes_on_below():
    drawn = loop(prompt=(1,) * 40, width=5).set_step(3)
    assert drawn.text() == "a" * 40 + "bno "
    heights = {round(float(letter.get_bottom()[1]), 2) for letter in drawn.letters[:40]}
    assert len(heights) == 2
    assert min(heights) > drawn.chart.get_top()[1]


def test_a_step_can_be_played_from_anywhere():
    drawn = loop()
    at(drawn.step(2), 1)
    assert drawn.values()[0] == "a bno "
    at(drawn.step(0), 0)
    assert drawn.values()[0] == "a "


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 8), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 30.0]))
def test_any_recorded_draw_is_shown(count, seed, sharpness):
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet(np.full(count, 1 / sharpness), 2)
    u = rng.uniform(size=2)
    chosen = [
        min(int(np.searchsorted(p.cumsum(), x, side="right")), count - 1) for p, x in zip(probability, u, strict=True)
    ]
    drawn = SampleLoop(probability, np.array(chosen), u, list("abcdefgh")[:count], seed=seed)
    at(drawn.step(1), 0.5)
    assert drawn.highlighted() == chosen[1]
    assert drawn.drawn_u() == pytest.approx(u[1])
    assert drawn.values()[1] == pytest.approx(probability[1], abs=1e-6)


def test_what_is_moved_or_swapped_behind_its_back_is_seen():
    drawn = loop()
    drawn.letters[0].submobjects[0].points = drawn.letters[2].submobjects[0].points.copy()
    assert drawn.text() == "b "
    drawn.strip.bins[0].points[:16] += 0.2 * RIGHT
    drawn.strip.bins[0].points[4:12] += 0.2 * RIGHT
    assert drawn.shares() != pytest.approx(PROBABILITY[0])
    drawn = loop()
    at(drawn.step(0), 0.5)
    drawn.needle.shift(RIGHT)
    assert drawn.drawn_u() == pytest.approx(U[0] + 1 / drawn.width_of_strip)
    drawn.letters[1].set_fill(DIM, 0)
    assert drawn.text() == "a"


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ({"chosen": [2, 2, 0]}, "Step 1 chose symbol 2, which had no chance."),
        ({"u": [0.65, 0.1, 0.31]}, "Step 1 chose 'no', whose share is 0.5000 to 1.0000, and u is 0.1000."),
        (
            {"u": [0.65, 0.9]},
            "A sample loop of 3 distributions over 4 symbols needs as many names, choices and random ",
        ),
        ({"probability": PROBABILITY * 0.9}, "The distribution of step 0 must sum to 1, found the sum 0.9."),
        ({"probability": PROBABILITY * np.nan}, "A sample loop cannot draw nan at (0, 0): only finite numbers are"),
        ({"probability": PROBABILITY[0]}, "A sample loop draws an array with 2 axes, found the shape (4,)."),
        ({"u": [0.65, 1.9, 0.31]}, "A sample loop cannot draw 1.9 at 1: expected 0 to 1."),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(given_, error):
    arrays = {"probability": PROBABILITY, "chosen": CHOSEN, "u": U, "names": NAMES} | given_
    with pytest.raises(ValueError) as raised:
        SampleLoop(**arrays, seed=0)
    assert str(raised.value).startswith(error)


def test_a_text_that_does_not_fit_and_a_step_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match=r"The text is 123 symbols long, and only 9\d fit in 4 lines."):
        loop(prompt=(1,) * 120, width=5)
    with pytest.raises(ValueError, match=r"The prompt holds symbols 0 to 3, found \[4\]."):
        loop(prompt=(4,))
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"The sample loop has 3 steps, found {wrong}."):
            loop().step(wrong)


def test_the_loop_looks_as_it_did():
    drawn = loop()
    at(drawn.step(0), 0.66)
    assert_golden("sample_loop", [drawn])
