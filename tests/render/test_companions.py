"""What lies beside a film agrees with it: timeline, transcript, pictures of each line, and the page."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from render.chapter import ClipPiece, SpokenLine
from render.chapter_check import ChapterFacts, Mark
from render.companions import (
    SPACE,
    clock,
    contact_sheet,
    cue_pictures,
    page,
    pictures_at,
    poster,
    timeline,
    transcript,
    write_companions,
)
from render.encode import Encoder
from render.exercises import exercises
from render.quality import Quality, RenderError

TINY = Quality("tiny", 160, 90, 15, "ultrafast", 10)
FACTS = ChapterFacts("Dots & lines", "en", 160, 90, 15, 150, (Mark("A <dot>", 0), Mark("A line", 75)), ("en", "de"))


@pytest.fixture
def pieces(tmp_path):
    """Two clips whose frame n is as grey as 2 n + 20, with two lines and none."""
    made = []
    for name, lines in (("Dot", (("see", 0, 30), ("more", 30, 75))), ("Line", ())):
        path = tmp_path / f"{name}.mp4"
        with Encoder(path, TINY) as encoder:
            for n in range(75):
                encoder.write(np.full((90, 160, 4), 2 * n + 20, np.uint8))
        spoken = tuple(SpokenLine(cue, f"{name} & {cue}.", None, first, 1.0, {}, end) for cue, first, end in lines)
        made.append(ClipPiece(name, f"A {name.lower()}", path, 75, spoken))
    return made


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (725, "12:05"), (3753.2, "1:02:33")])
def test_times_are_written_as_people_paste_them_under_a_video(seconds, text):
    assert clock(seconds) == text


def test_the_timeline_has_a_row_for_each_mark():
    assert timeline(FACTS) == "0:00 A <dot>\n0:05 A line\n"


def test_the_transcript_holds_every_line_and_where_the_data_come_from(pieces):
    assert transcript(pieces, FACTS, ["digits: 1,797 handwritten digits"]) == (
        "# Dots & lines\n\n## A dot (0:00)\n\nDot & see.\n\nDot & more.\n\n## A line (0:05)\n\n## Sources\n\n"
        "- digits: 1,797 handwritten digits\n"
    )


@pytest.mark.parametrize("index", [0, 1, 29, 30, 59, 60, 74])
def test_a_picture_is_that_of_its_frame(pieces, index):
    picture = np.asarray(pictures_at(pieces[0].video, [index])[index]).astype(int)
    assert np.abs(picture - (2 * index + 20)).max() <= 2


def test_a_frame_that_is_not_there_is_named(pieces):
    with pytest.raises(RenderError, match=r"Dot.mp4 has no frame 75; render it again\."):
        pictures_at(pieces[0].video, [3, 75])


def test_each_line_is_shown_as_it_ends(pieces):
    found = dict(cue_pictures(pieces))
    assert list(found) == ["Dot.see", "Dot.more", "Line.end"]
    greys = [int(np.asarray(picture)[45, 80, 0]) for picture in found.values()]
    assert greys == pytest.approx([2 * 29 + 20, 2 * 74 + 20, 2 * 74 + 20], abs=2)


def test_the_poster_is_the_picture_with_the_most_in_it():
    empty, full = Image.new("RGB", (16, 9)), Image.fromarray(np.indices((9, 16)).sum(0).astype(np.uint8) % 2 * 255)
    assert poster([empty, full.convert("RGB"), empty]).getpixel((1, 0)) == (255, 255, 255)


def test_the_contact_sheet_holds_every_picture_with_room_for_its_name(pieces):
    whole = contact_sheet({f"{i}": Image.new("RGB", (16, 9), (200, 0, 0)) for i in range(5)})
    assert whole.size == (4 * 492 + SPACE, 2 * 304 + SPACE)
    assert whole.getpixel((SPACE + 240, SPACE + 304 + 135)) == (200, 0, 0)


def test_the_page_seeks_to_counted_frames_and_names_a_track_for_each_language(pieces):
    spoken = replace(pieces[0].lines[1], first_frame=30)
    text = page([replace(pieces[0], lines=(spoken,)), pieces[1]], FACTS, "01-dots")
    assert '<video id="film" src="01-dots.mp4" poster="01-dots.jpg"' in text
    assert '<track kind="captions" src="01-dots.vtt" srclang="en" label="English" default>' in text
    assert '<track kind="captions" src="01-dots.captions.de.vtt" srclang="de" label="Deutsch">' in text
    assert '<a href="#t=2.000" data-at="2.000">Dot &amp; more.</a>' in text
    assert '<a href="#t=5.000" data-at="5.000"><time>0:05</time> A line</a>' in text
    assert "<title>Dots &amp; lines</title>" in text
    assert "$" not in text.replace("${", "")


EXERCISE = {"question": "Is 1 < 2 & so on?", "hint": "Count.", "answer": "Yes.\n\nIt is."}


def test_an_exercise_is_written_with_its_answer_folded_away(pieces):
    assert exercises(pieces, FACTS) == ""
    asked = [pieces[0], replace(pieces[1], exercise=EXERCISE)]
    assert exercises(asked, FACTS) == (
        "# Exercises: Dots & lines\n\n## A line (0:05)\n\nIs 1 < 2 & so on?\n\n"
        "<details>\n<summary>Hint</summary>\n\nCount.\n\n</details>\n\n"
        "<details>\n<summary>Answer</summary>\n\nYes.\n\nIt is.\n\n</details>\n"
    )


@pytest.mark.parametrize(("lang", "words"), [("de", ("Aufgaben", "Antwort")), ("sv", ("Exercises", "Answer"))])
def test_the_words_around_an_exercise_are_the_film_s_or_english(pieces, lang, words):
    asked = replace(pieces[0], exercise={"question": "Q", "answer": "A"})
    text = exercises([asked, pieces[1]], replace(FACTS, lang=lang))
    assert text.startswith(f"# {words[0]}: Dots & lines\n")
    assert text.count("<details>") == 1
    assert f"<summary>{words[1]}</summary>" in text


def test_the_page_has_the_exercise_under_its_scene(pieces):
    text = page([replace(pieces[0], exercise=EXERCISE), pieces[1]], FACTS, "01-dots")
    assert '<div class="exercise">\n<p>Is 1 &lt; 2 &amp; so on?</p>' in text
    assert "<details><summary>Answer</summary>\n<p>Yes.</p>\n<p>It is.</p>\n</details>" in text
    assert text.index("Dot &amp; more.") < text.index("Is 1 &lt;") < text.index("A line</a>")
    assert "<details>" not in page(pieces, FACTS, "01-dots")


def test_the_exercises_lie_beside_the_film_where_there_are_any(pieces, tmp_path):
    write_companions([replace(pieces[0], exercise=EXERCISE), pieces[1]], FACTS, tmp_path / "film.mp4", "01-dots", [])
    assert (tmp_path / "film.exercises.md").read_text().startswith("# Exercises: Dots & lines\n")


def test_all_of_it_is_written_beside_the_film(pieces, tmp_path):
    write_companions(pieces, FACTS, tmp_path / "film.mp4", "01-dots", [])
    assert sorted(p.suffix for p in tmp_path.glob("film.*")) == [".html", ".jpg", ".md", ".png", ".txt"]
