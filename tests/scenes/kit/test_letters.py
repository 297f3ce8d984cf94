"""Plain text is read back from the shapes and the spacing of its glyphs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.letters import ALPHABET, Label, baseline, text_width


def test_every_character_of_the_alphabet_is_told_from_all_others():
    drawn = Label("H" + "H".join(ALPHABET) + "H").scale(0.4).shift([3, -2, 0])
    assert drawn.says() == "H" + "H".join(ALPHABET) + "H"


@settings(max_examples=20, deadline=None)
@given(st.text(ALPHABET + " ", min_size=1, max_size=20), st.floats(0.2, 3))
def test_text_reads_back_with_its_spaces(text, scale):
    written = f"x{text}x"
    assert Label(written).scale(scale).says() == written


def test_a_point_and_a_middle_dot_are_told_apart_by_where_they_stand():
    assert Label("a.b · c").says() == "a.b · c"


def test_words_of_unlike_letters_stand_on_one_line_and_are_as_wide_as_they_say():
    tall, low = Label("fgh"), Label("ace")
    assert baseline(tall.shift([0, 1, 0])) - tall.get_bottom()[1] > 0.05
    assert baseline(low) == pytest.approx(low.get_bottom()[1], abs=0.01)
    assert text_width("ace", 34) == pytest.approx(low.width, abs=0.05)


@pytest.mark.parametrize(("text", "why"), [("  ", "there is nothing to draw"), ("a字", "it cannot read back '字'")])
def test_what_could_not_be_read_back_is_refused(text, why):
    with pytest.raises(ValueError) as raised:
        Label(text)
    assert str(raised.value) == f"A label cannot draw {text!r}: {why}."
