"""The lint: which words are looked up, and which of them no dictionary has."""

from functools import partial

import pytest
from manim import UP, VGroup

from render.check.spelling import OWN_WORDS, dictionary, own_words, plain, unknown, words
from scenes.kit.typeset import Words, escape
from tests.checking import looked, said

SHORT = 4 / 15


@pytest.fixture
def look(tmp_path):
    return partial(looked, scratch=tmp_path)


def shown(*mobjects):
    def construct(scene):
        scene.add(*mobjects)
        scene.wait(SHORT)

    return construct


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("You see a digit.", "You see a digit."),
        ("a _neuron_ *holds* a~number", "a neuron holds a number"),
        ("the cost $C(w) = sum_i (a_i - y_i)^2$ falls", "the cost falls"),
        ('$x "if it is" y$', "if it is"),
        ('#text(fill: rgb("#FFD166"), size: 2em)[bright] word', "bright word"),
        ('#text(font: "DejaVu Sans Mono", "printed")', "printed"),
        (escape('she said "no" \\ yes'), 'she said "no" \\ yes'),
        ("one \\ two", "one two"),
        ("50\\% of \\$5 and #h(1em) space #linebreak() here", "50% of $5 and space here"),
        ('#align(center, [see #text(red, "this")]) and #underline(emph("that"), offset: 2pt)', "see this and that"),
        ('#box(stroke: 1pt + rgb("#fff"), inset: (x: 2pt))[boxed]', "boxed"),
    ],
)
def test_markup_is_read_as_what_it_prints(markup, text):
    assert plain(markup) == text


def test_words_are_taken_apart_and_what_is_no_word_is_left_out():
    text = "Don't re-use the net’s 784-16-16-10 ReLU, MNIST or scenes/net.py: a b v2, (digit_net)!"
    assert words(text) == ["Don't", "re", "use", "the", "net's", "ReLU", "or"]


@pytest.mark.parametrize(
    "text", ["It doesn't hold.", "the neuron's value", "the neurons' values", "Pixels 0.84, MNIST"]
)
def test_words_that_a_dictionary_has_are_known(text):
    assert unknown(text, "en") == ()


def test_a_word_that_no_dictionary_has_is_found_with_the_nearest(look):
    assert said(look(shown(Words("They recieve nothing")))) == [
        "error   play 1, 0.3 s: Words 'They recieve nothing' has the word 'recieve', which is in no dictionary; "
        "did you mean 'receive'? [spelling]"
    ]


def test_formulas_code_and_what_a_model_wrote_are_not_looked_up(look):
    code, written = Words("def relu(x):", font="DejaVu Sans Mono"), Words("thel wor").shift(UP)
    written.to_spell = False
    assert look(shown(code, VGroup(written), Words("$sigma(w a + b)$").shift(UP * 2))) == []


def test_a_title_and_a_spoken_line_are_looked_up_too(look):
    def construct(scene):
        scene.wait(SHORT)
        with scene.say("hello"):
            scene.wait(1.0)

    found = look(construct, spoken={"hello": "One nueron."}, title="A nueron")
    assert [(f.mobject, f.play, f.first_s) for f in found] == [("the line 'hello'", 0, 0.27), ("the title", 0, 0.0)]
    assert said(found)[0].startswith("error   narration: the line 'hello' has the word 'nueron'")


def test_other_languages_have_their_dictionary_or_a_note(look):
    assert unknown("zenbakia da", "eu") == ()
    assert unknown("zenbbakia da", "eu") == ("zenbbakia",)
    (found,) = look(shown(Words("sea")), lang="sv")
    assert (found.level, found.what) == ("note", "cannot be looked up: there is no dictionary for 'sv'")


def test_the_project_s_own_words_are_in_order_lower_case_and_in_no_other_list():
    sections = [part.split("\n", 1)[1].split() for part in (OWN_WORDS / "words.en.txt").read_text().split("\n# ")[1:]]
    listed = [word for section in sections for word in section]
    assert sections == [sorted(set(section)) for section in sections]
    assert sorted(own_words("en")) == sorted(listed) and listed == [word.lower() for word in listed]
    assert dictionary("en").known(listed) == set()


def test_each_language_has_a_list_of_its_own_or_none():
    assert "testziffern" in own_words("de") and "testziffern" not in own_words("en")
    assert own_words("fr") == frozenset()
    assert all(dictionary("de").unknown([word]) for word in own_words("de"))
