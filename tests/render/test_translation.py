"""Narration goes to translators as a table and comes back as a file, and nothing is lost on the way."""

import csv
import io
from dataclasses import astuple, replace

import pytest

from render.quality import RenderError
from render.translation import HEAD, from_csv, narration_files, rows, to_csv
from scenes.chapters import Chapter
from scenes.narration import load_narration, scene_narration

ENGLISH = """
chapter = "Dots"
[Dot]
title = "A dot"
[Dot.lines]
see = 'Here is a "dot", or two.'
size = "It is {dot.radius[1]:.2f} wide."

[Line]
title = "A line"
[Line.lines]
see = "Here is a line."
"""
GERMAN = """
[Dot]
title = "Ein Punkt"
[Dot.lines]
size = "Er ist {dot.radius[1]:.2f} breit."
"""
CHAPTERS = (Chapter(1, "dots", "Dots", ("ch01.dots:Dot", "ch01.dots:Line")),)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "scenes" / "ch01"
    folder.mkdir(parents=True)
    (folder / "narration.en.toml").write_text(ENGLISH)
    (folder / "narration.de.toml").write_text(GERMAN)
    return tmp_path


def test_every_line_stands_beside_its_translation(root):
    assert to_csv(rows(CHAPTERS, "de", root)) == (
        "chapter,scene,cue,english,translation\n"
        "ch01,,(title),Dots,\n"
        "ch01,Dot,(title),A dot,Ein Punkt\n"
        'ch01,Dot,see,"Here is a ""dot"", or two.",\n'
        "ch01,Dot,size,It is {dot.radius[1]:.2f} wide.,Er ist {dot.radius[1]:.2f} breit.\n"
        "ch01,Line,(title),A line,\n"
        "ch01,Line,see,Here is a line.,\n"
    )


@pytest.mark.parametrize("lang", ["de", "fr"])
def test_a_table_comes_back_as_the_file_it_came_from(root, lang):
    now = rows(CHAPTERS, lang, root)
    again = from_csv("\ufeff" + to_csv(now), "table.csv")
    assert again == now
    made = narration_files(again, now, lang, root)
    folder = root / "scenes" / "ch01"
    before = load_narration(folder, "de") if lang == "de" else {}
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    assert (load_narration(folder, lang) if made else {}) == before


ASKED = """
[Dot.exercise]
question = "How wide?"
answer = '''
It is {dot.radius[1]:.2f} wide.

Look again.'''
"""


@pytest.mark.parametrize("told", ["", '[Dot.exercise]\nquestion = "Wie breit?"\n'])
def test_an_exercise_goes_to_translators_and_comes_back(root, told):
    folder = root / "scenes" / "ch01"
    (folder / "narration.en.toml").write_text(ENGLISH + ASKED)
    (folder / "narration.de.toml").write_text(GERMAN + told)
    before, now = load_narration(folder, "de"), rows(CHAPTERS, "de", root)
    assert [(row.cue, bool(row.translation)) for row in now if row.cue.startswith("exercise")] == [
        ("exercise.question", bool(told)),
        ("exercise.answer", False),
    ]
    again = from_csv(to_csv(now), "table.csv")
    assert again == now
    ((path, text),) = narration_files(again, now, "de", root).items()
    path.write_text(text, encoding="utf-8")
    assert load_narration(folder, "de") == before
    filled = [replace(row, translation="{dot.radius[1]}!") if row.cue == "exercise.answer" else row for row in now]
    ((path, text),) = narration_files(filled, now, "de", root).items()
    path.write_text(text, encoding="utf-8")
    assert scene_narration(folder, "Dot", "de").exercise["answer"] == "{dot.radius[1]}!"


def test_what_a_translator_wrote_is_spoken(root):
    now = rows(CHAPTERS, "de", root)
    told = 'Hier: ein "Punkt" — \\ und\nnoch einer.'
    ((path, text),) = narration_files(
        [replace(row, translation=told if row.cue == "see" else row.translation) for row in now], now, "de", root
    ).items()
    path.write_text(text, encoding="utf-8")
    assert scene_narration(path.parent, "Dot", "de").lines["see"] == told
    assert scene_narration(path.parent, "Dot", "de").missing == ()


def test_what_a_table_leaves_out_stays_and_what_it_empties_goes(root):
    now = rows(CHAPTERS, "de", root)
    size = now[3]
    assert size.translation == "Er ist {dot.radius[1]:.2f} breit."
    ((_, text),) = narration_files([now[1], replace(now[5], translation="Hier.")], now, "de", root).items()
    assert text == (
        '[Dot]\ntitle = "Ein Punkt"\n[Dot.lines]\nsize = "Er ist {dot.radius[1]:.2f} breit."\n\n'
        '[Line]\ntitle = ""\n[Line.lines]\nsee = "Hier."\n'
    )
    ((_, text),) = narration_files([replace(size, translation=" ")], now, "de", root).items()
    assert text == '[Dot]\ntitle = "Ein Punkt"\n[Dot.lines]\n'


def test_a_spreadsheet_may_write_semicolons_and_other_line_ends(root):
    now = rows(CHAPTERS, "de", root)
    told = [replace(now[2], translation="Hier, und hier;\nnoch einer")]
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerows([HEAD, *(astuple(row) for row in told)])
    assert "\r\n" in made.getvalue()
    assert from_csv(made.getvalue(), "t.csv") == told


def test_wrong_tables_are_named(root):
    now = rows(CHAPTERS, "de", root)
    with pytest.raises(RenderError, match="t.csv does not begin with the columns chapter, scene, cue, english, transl"):
        from_csv("a,b\n", "t.csv")
    with pytest.raises(RenderError, match="t.csv, line 2 has 2 cells, expected 5."):
        from_csv("chapter,scene,cue,english,translation\na,b\n", "t.csv")
    with pytest.raises(RenderError, match="t.csv is no CSV: field larger than field limit"):
        from_csv("chapter,scene,cue,english,translation\n" + "a" * 200_000, "t.csv")
    with pytest.raises(RenderError, match=r"ch01 has no line Dot.sea; export the table anew. Did you mean 'Dot.see'\?"):
        narration_files([replace(now[2], cue="sea")], now, "de", root)
    with pytest.raises(RenderError, match="Dot.size reads spot, which its English line does not; copy the braces."):
        narration_files([replace(now[3], translation="{spot.size}")], now, "de", root)
    with pytest.raises(RenderError, match="Dot.size: The narration .* has unmatched braces"):
        narration_files([replace(now[3], translation="{dot.size")], now, "de", root)
