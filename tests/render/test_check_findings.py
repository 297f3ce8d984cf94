"""The lint: one finding for one fault, waivers with their reasons, and what people and machines are told."""

from functools import partial

import pytest
from manim import RIGHT, UP

from render.check.findings import Collector, Finding, summary, waive
from render.check.seen import Remark
from scenes.kit.typeset import Words
from tests.checking import looked, said

SHORT = 4 / 15


@pytest.fixture
def look(tmp_path):
    return partial(looked, scratch=tmp_path)


def faulty(scene):
    """A word too far out and one too small, over three plays."""
    out, small = Words("out").to_edge(RIGHT, buff=0), Words("small", size=10)
    scene.add(out, small)
    scene.wait(SHORT)
    scene.play(small.animate.shift(UP), run_time=0.8)
    scene.remove(out)
    scene.play(small.animate.shift(UP), run_time=0.8)


def test_the_same_fault_over_several_plays_is_one_finding_with_its_time_span(look):
    assert said(look(faulty)) == [
        "error   play 1, 0.3 to 1.1 s: Words 'out' reaches 0.38 units beyond the safe frame at the right [off-frame]",
        "error   play 1, 0.3 to 1.9 s: Words 'small' is set in size 10.0, below 20 [too-small]",
    ]


def test_a_mobject_is_named_by_the_attribute_that_holds_it_once_that_is_known(look):
    def construct(scene):
        words = Words("held", size=10)
        scene.add(words)
        scene.wait(SHORT)
        scene.label = words
        scene.play(words.animate.scale(0.9), run_time=0.8)

    (found,) = look(construct)
    assert found.mobject == "Words 'held' (label)"
    assert found.what == "is set in size 9.0, below 20"


@pytest.mark.parametrize("name", ["off-frame", "off-frame: out", "off-frame:Words"])
def test_a_waiver_with_a_reason_takes_the_error_away_and_is_told(look, name):
    first, second = look(faulty, waivers={name: "It leaves the frame."})
    assert (first.level, first.kind, first.reason) == ("waived", "off-frame", "It leaves the frame.")
    assert first.text().endswith("at the right [off-frame] (waived: It leaves the frame.)")
    assert second.level == "error"


@pytest.mark.parametrize(
    ("name", "reason", "complaint"),
    [
        ("off-frme", "Yes.", "names no kind of finding. Did you mean 'off-frame'?"),
        ("off-frame", " ", "has no reason; say why this picture is right"),
        ("off-frame: title", "Yes.", "waives nothing; remove it"),
        ("contrast", "Yes.", "waives nothing; remove it"),
    ],
)
def test_a_waiver_that_is_wrong_is_itself_an_error(look, name, reason, complaint):
    *others, found = look(faulty, waivers={name: reason})
    assert [other.level for other in others] == ["error", "error"]
    assert (found.level, found.kind, found.mobject, found.what) == (
        "error",
        "waiver",
        f"the waiver '{name}'",
        complaint,
    )


def test_what_passes_by_several_texts_is_one_note():
    collector = Collector()
    for name in ("one", "two", "three"):
        collector.add(Remark("text-over-line", name, "is crossed", 1, about="Rectangle"), 2, 1.0, 1.2, False)
    (found,) = collector.findings("S")
    assert (found.level, found.mobject, found.first_s, found.last_s) == ("note", "one and 2 more", 1.0, 1.2)


def test_the_worst_words_of_a_fault_are_kept():
    collector = Collector()
    for amount in (1, 3, 2):
        collector.add(Remark("off-frame", "it", f"by {amount}", amount), amount, amount, amount, True)
    assert [(f.what, f.play, f.first_s, f.last_s) for f in collector.findings("S")] == [("by 3", 1, 1, 3)]


def test_findings_are_plain_data_for_machines():
    found = Finding("error", "contrast", "S", 3, 1.0, 2.0, "Number 0.84", "has contrast 2.0:1")
    assert Finding(**found.facts()) == found
    assert list(found.facts()) == ["level", "kind", "scene", "play", "first_s", "last_s", "mobject", "what", "reason"]


def test_the_summary_counts_every_level():
    found = [Finding(level, "contrast", "S", 1, 0, 0, "m", "w") for level in ("error", "note", "note", "waived")]
    assert summary(found, 2) == "2 scenes: 1 error, 2 notes, 1 waived"
    assert summary([], 1) == "1 scene: nothing to complain of"
    assert waive([], {}, "S") == []
