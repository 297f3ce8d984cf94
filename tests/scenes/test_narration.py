"""Narration files: what is read from them, how numbers are filled in, and what is said about a wrong one."""

import re

import numpy as np
import pytest

from assets.store import Assets, make_asset
from scenes.narration import (
    Narration,
    SceneError,
    chapter_title,
    fields,
    fill,
    load_narration,
    reading_seconds,
    scene_narration,
    without_marks,
)

TEXT = """
[Dot]
title = "A dot"
[Dot.lines]
see = "Here is a dot."
size = "It is {dot.radius[1]:.2f} wide."

[Line]
title = "A line"
[Line.lines]
see = "Here is a line."
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ch01").mkdir()
    (tmp_path / "ch01" / "narration.en.toml").write_text(TEXT)
    return tmp_path / "ch01"


@pytest.fixture
def assets():
    arrays = {"radius": np.array([1.0, 2.5]), "count": np.array(13002), "share": np.array(0.957, np.float32)}
    return Assets({"dot": make_asset("dot", arrays, {"radius": ("dot",)}, provenance={"model": "a dot", "seed": 3})})


def edit(folder, old, new):
    path = folder / "narration.en.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_file_gives_every_scene_its_title_and_lines_in_order(folder):
    lines = {"see": "Here is a dot.", "size": "It is {dot.radius[1]:.2f} wide."}
    assert load_narration(folder) == {
        "Dot": Narration("Dot", "A dot", lines),
        "Line": Narration("Line", "A line", {"see": "Here is a line."}),
    }
    assert list(load_narration(folder)["Dot"].lines) == ["see", "size"]


def test_one_scene_is_read_whatever_is_wrong_with_another(folder):
    edit(folder, 'title = "A line"', "title = 5")
    assert scene_narration(folder, "Dot").title == "A dot"
    with pytest.raises(SceneError, match=r"^ch01/narration.en.toml: \[Line\] needs a title and a table \[Line.lines\]"):
        scene_narration(folder, "Line")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[Dot]", "[Dot", "ch01/narration.en.toml is no valid TOML: Expected ']' at the end of a table declaration"),
        ("[Dot.lines]", "[Dot.line]", "ch01/narration.en.toml: [Dot] needs a title and a table [Dot.lines] of cue = "),
        ('"Here is a dot."', '" "', "ch01/narration.en.toml: Dot.see is no text; write what is spoken or remove the"),
        ('"Here is a dot."', "3", "ch01/narration.en.toml: Dot.see is no text; write what is spoken or remove the"),
        (
            "a dot.",
            "a {dot.",
            "ch01/narration.en.toml: Dot.see: The narration 'Here is a {dot.' has unmatched braces: ",
        ),
        (
            "a dot.",
            "a dot}.",
            "ch01/narration.en.toml: Dot.see: The narration 'Here is a dot}.' has unmatched braces: ",
        ),
        ("a dot.", "a {dot}.", "ch01/narration.en.toml: Dot.see: The narration field {dot} must name an asset and an"),
        ("a dot.", "a {}.", "ch01/narration.en.toml: Dot.see: The narration field {} must name an asset and an array"),
        ("Dot", "Dott", "ch01/narration.en.toml has no table [Dot]; add its title and lines. Did you mean 'Dott'?"),
    ],
)
def test_a_wrong_file_is_named_with_the_place_and_the_remedy(folder, old, new, said):
    edit(folder, old, new)
    with pytest.raises(SceneError) as error:
        scene_narration(folder, "Dot")
    assert str(error.value).startswith(said)


def test_a_file_that_is_no_text_is_named(folder):
    (folder / "narration.en.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(SceneError, match="^ch01/narration.en.toml is no valid TOML: 'utf-8' codec can't decode"):
        load_narration(folder)


def test_a_missing_language_names_those_that_are_there(folder):
    with pytest.raises(SceneError, match="^There is no narration in 'de' for ch01; there is: en.$"):
        load_narration(folder, "de")
    (folder / "narration.en.toml").unlink()
    with pytest.raises(SceneError, match="^There is no narration in 'en' for ch01; there is: none.$"):
        scene_narration(folder, "Dot")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("no number", "no number"),
        ("{dot.radius[1]:.2f} wide", "2.50 wide"),
        ("{dot.count:,} knobs", "13,002 knobs"),
        ("{dot.share:.0%}", "96%"),
        ("{dot.facts.model} of seed {dot.facts.seed}", "a dot of seed 3"),
        ("{{braces}}", "{braces}"),
    ],
)
def test_fields_are_filled_in_from_arrays_and_facts(assets, text, filled):
    assert fill(text, assets) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [("{dot.radius[1]:.2f}", "2,50"), ("{dot.count:,}", "13.002"), ("{dot.facts.model}.", "a dot."), ("1.5", "1.5")],
)
def test_numbers_are_written_as_the_language_writes_them(assets, text, filled):
    assert fill(text, assets, "de") == filled


def test_what_a_line_reads_is_recorded(assets):
    fill("{dot.count} and {dot.facts.seed}", assets)
    assert sorted(assets.reads) == ["dot.count", "dot.provenance.seed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{spot.count}", "The asset 'spot' is not here (there: dot);"),
        ("{dot.cuont}", "The asset 'dot' has no array 'cuont'; it holds count, radius, share. Did you mean 'count'?"),
        ("{dot.radius}", "dot.radius has the shape (2,); index it down to one number."),
        ("{dot.radius[2]}", "index 2 is out of bounds for axis 0 with size 2"),
        ("{dot.radius[x]}", "invalid literal for int() with base 10: 'x'"),
        ("{dot.count[0]}", "too many indices for array"),
        ("{dot.facts.sed}", "The asset 'dot' has no fact 'sed'; it has model, seed."),
        ("{dot.count:.2q}", "Unknown format code 'q'"),
    ],
)
def test_a_field_that_cannot_be_filled_in_says_why(assets, text, said):
    start = f"The narration {text!r} cannot be filled in: "
    with pytest.raises(SceneError, match="^" + re.escape(start + said)):
        fill(text, assets)


def test_the_assets_of_a_line_are_named_once_in_order():
    assert fields("{b.x} {a.y[0]:.2f} {b.z}") == ("b", "a")
    assert fields("no number") == ()


def test_a_reader_needs_time_for_each_letter_and_a_moment_for_the_shortest():
    assert reading_seconds("Yes.") == 1.2
    assert reading_seconds("x" * 30) == 2.0


GERMAN = """
chapter = "Punkte"
[Dot]
title = "Ein Punkt"
[Dot.lines]
size = "Er ist {dot.radius[1]:.2f} breit."
"""


@pytest.fixture
def german(folder):
    (folder / "narration.de.toml").write_text(GERMAN)
    return folder


def test_what_a_language_lacks_is_said_in_english_and_listed(german):
    told = scene_narration(german, "Dot", "de")
    assert told == Narration(
        "Dot", "Ein Punkt", {"see": "Here is a dot.", "size": "Er ist {dot.radius[1]:.2f} breit."}, ("see",)
    )
    assert list(told.lines) == ["see", "size"]


def test_a_scene_without_a_table_is_told_in_english(german):
    (german / "narration.de.toml").write_text('chapter = "Punkte"')
    told = scene_narration(german, "Dot", "de")
    assert (told.title, told.missing) == (scene_narration(german, "Dot").title, ("see", "size"))


def test_a_translated_line_that_english_has_not_is_named(german):
    (german / "narration.de.toml").write_text(GERMAN + 'sise = "Wie?"')
    with pytest.raises(SceneError) as raised:
        scene_narration(german, "Dot", "de")
    assert str(raised.value) == (
        "ch01/narration.de.toml: Dot.sise is no line of the English narration. Did you mean 'size'?"
    )


EXERCISE = """
[Dot.exercise]
answer = "{dot.radius[1]:.2f}"
question = "How wide is it?"
"""


def asked(folder, text, lang="en"):
    path = folder / f"narration.{lang}.toml"
    path.write_text(path.read_text() + text)


def test_an_exercise_is_a_question_and_an_answer_with_or_without_a_hint(folder):
    assert scene_narration(folder, "Dot").exercise == {}
    asked(folder, EXERCISE)
    found = scene_narration(folder, "Dot")
    assert list(found.exercise.items()) == [("question", "How wide is it?"), ("answer", "{dot.radius[1]:.2f}")]
    assert list(found.texts()) == ["see", "size", "exercise.question", "exercise.answer"]
    asked(folder, 'hint = "Look at the second."')
    assert list(scene_narration(folder, "Dot").exercise) == ["question", "hint", "answer"]


def test_what_a_language_lacks_of_an_exercise_is_english_and_listed(german):
    asked(german, EXERCISE)
    asked(german, '[Dot.exercise]\nquestion = "Wie breit ist er?"', "de")
    found = scene_narration(german, "Dot", "de")
    assert found.exercise == {"question": "Wie breit ist er?", "answer": "{dot.radius[1]:.2f}"}
    assert found.missing == ("see", "exercise.answer")
    asked(german, '\nhint = "Nichts."', "de")
    with pytest.raises(SceneError) as raised:
        scene_narration(german, "Dot", "de")
    said = "ch01/narration.de.toml: Dot.exercise.hint is no line of the English narration."
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[Dot.exercise]\nquestion = 'What?'", "[Dot.exercise] has no answer; add it as text."),
        ("[Dot.exercise]\nhint = 'There.'", "[Dot.exercise] has no question and no answer; add it as text."),
        ("[Dot.exercise]\nquestion = ''", "Dot.exercise.question is no text; write it or remove it."),
        ("[Dot.exercise]\nanswer = 3", "Dot.exercise.answer is no text; write it or remove it."),
        (
            "[Dot.exercise]\nanser = '3'",
            "[Dot.exercise] has question, hint, answer, not 'anser'. Did you mean 'answer'?",
        ),
        (EXERCISE + "hint = '{dot}'", "Dot.exercise.hint: The narration field {dot} must name an asset and an array: "),
        (EXERCISE + "hint = '{dot.'", "Dot.exercise.hint: The narration '{dot.' has unmatched braces: "),
    ],
)
def test_a_wrong_exercise_is_named_with_its_place(folder, text, said):
    asked(folder, text)
    with pytest.raises(SceneError) as raised:
        scene_narration(folder, "Dot")
    assert str(raised.value).startswith("ch01/narration.en.toml: " + said)


def test_an_exercise_that_is_no_table_is_named(folder):
    edit(folder, 'title = "A dot"', 'title = "A dot"\nexercise = "What?"')
    with pytest.raises(SceneError, match=r"Dot.exercise must be a table \[Dot.exercise\] of question, hint, answer.$"):
        scene_narration(folder, "Dot")


def test_the_chapter_has_a_title_in_each_language(german):
    assert (chapter_title(german, "de"), chapter_title(german, "en")) == ("Punkte", None)
    assert "chapter" not in load_narration(german, "de")
    (german / "narration.de.toml").write_text("chapter = 3")
    with pytest.raises(SceneError, match="ch01/narration.de.toml: chapter must be the chapter's title in quotes."):
        chapter_title(german, "de")


@pytest.mark.parametrize(
    ("text", "plain", "found"),
    [
        ("A <dot>dot.", "A dot.", [("dot", 2)]),
        ("A <dot> dot.", "A dot.", [("dot", 2)]),
        ("<all> All of it.<end>", "All of it.", [("all", 0), ("end", 10)]),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4", []),
        ("<a><b>Two.", "Two.", [("a", 0), ("b", 0)]),
    ],
)
def test_marks_leave_no_trace_in_what_is_spoken_and_shown(text, plain, found):
    assert without_marks(text) == (plain, found)
