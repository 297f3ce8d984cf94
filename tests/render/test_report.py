"""What the command line tells: the overview, the reasons of a plan, the arrays of an asset."""

import numpy as np
import pytest

from assets.store import Store, save_asset
from render import catalog, report
from render.catalog import UnknownName, class_name
from render.graph import Job, Reason, Status, Trace
from render.jobs import make_options
from render.report import (
    Row,
    asset_tables,
    overview,
    overview_text,
    plan_text,
    scenes_to_draw,
    status_facts,
    target_jobs,
)
from scenes.chapters import CHAPTERS, Chapter
from tests.following import scenes_about

NAMES = [class_name(spec) for spec in CHAPTERS[0].scenes]
MISSING = Reason("missing", "")


def status(job_id, label, *reasons, state="stale"):
    return Status(Job(job_id, label, {}), state, reasons)


def test_a_plan_has_a_row_for_each_job_with_all_its_reasons():
    statuses = [
        status("asset/net", "asset net", Reason("set", "net.seed", "0", "9"), Reason("source", "models.net", "a", "b")),
        status("asset/run", "asset run", Reason("set", "net.seed", "0", "9"), Reason("after", "asset net")),
        status("clip/a/Dot", "clip Dot", Reason("after", "asset net"), state="maybe"),
        status("clip/a/Line", "clip Line", state="fresh"),
    ]
    assert list(plan_text(statuses)) == [
        "asset net   will run   override net.seed 0 -> 9",
        "                       source changed: models.net",
        "asset run   will run   override net.seed 0 -> 9",
        "clip Dot    may run    waits for asset net",
        "2 of 4 jobs will run, 1 may follow",
    ]


def test_lines_of_a_scene_share_a_row_while_their_reasons_are_the_same():
    statuses = [
        status("voice/en/a/Dot.one", "voice Dot.one", MISSING, Reason("after", "asset net")),
        status("voice/en/a/Dot.two", "voice Dot.two", MISSING),
        status("voice/en/a/Dot.three", "voice Dot.three", Reason("after", "asset net"), state="maybe"),
        status("voice/en/a/Line.one", "voice Line.one", MISSING),
    ]
    assert list(plan_text(statuses)) == [
        "voice Dot, 2 lines   will run   missing: it was never built",
        "voice Dot.three      may run    waits for asset net",
        "voice Line.one       will run   missing: it was never built",
        "3 of 4 jobs will run, 1 may follow",
    ]


def test_of_many_jobs_that_are_waited_for_two_are_named():
    waits = [Reason("after", f"clip {name}") for name in "ABCD"]
    assert list(plan_text([status("chapter/01", "chapter 'One'", *waits)])) == [
        "chapter 'One'   will run   waits for clip A, clip B and 2 more",
        "1 of 1 job will run",
    ]


@pytest.mark.parametrize(("count", "said"), [(1, "fresh: it is up to date"), (3, "fresh: all 3 jobs are up to date")])
def test_what_is_fresh_is_said_in_a_line(count, said):
    assert list(plan_text([status(f"clip/a/{i}", f"clip {i}", state="fresh") for i in range(count)])) == [said]


def test_machines_get_typed_reasons():
    assert status_facts(status("asset/net", "asset net", Reason("set", "net.seed", "0", "9"))) == {
        "job": "asset/net",
        "state": "stale",
        "reasons": [
            {"kind": "set", "what": "net.seed", "was": "0", "now": "9", "text": "override net.seed 0 -> 9"},
        ],
    }


def test_the_overview_is_aligned_and_says_the_first_reason():
    rows = [
        Row(1, "one", None, "What is a dot?", 125.3, "stale", ("source changed: a", "source changed: b")),
        Row(1, "one", "Dot", "A dot", 9.0, "fresh"),
        Row(1, "one", "NeverDrawnYet", "Another", None, "stale", ("missing: it was never built",)),
    ]
    assert list(overview_text(rows)) == [
        "1  What is a dot?   125.3 s   stale   source changed: a (and 1 more)",
        "   Dot                9.0 s   fresh",
        "   NeverDrawnYet        -     stale   missing: it was never built",
    ]


def test_a_built_chapter_is_fresh_with_its_seconds(built):
    rows = overview(Store(built / "store"), make_options())
    assert [(row.scene, row.seconds, row.state, row.reasons) for row in rows] == [
        (None, 12.0 * len(NAMES), "fresh", ()),
        *((name, 12.0, "fresh", ()) for name in NAMES),
    ]
    assert rows[1 + NAMES.index("HeldNumber")].facts() == {
        "chapter": 1,
        "slug": "what-is-a-neural-network",
        "scene": "HeldNumber",
        "title": "A neuron holds a number",
        "seconds": 12.0,
        "state": "fresh",
        "reasons": (),
    }


def test_a_stale_scene_keeps_the_seconds_of_its_last_film(built):
    row = overview(Store(built / "store"), make_options(quality="final"))[3]
    assert (row.seconds, row.state) == (12.0, "stale")
    was, now = "preview (854x480, 15 fps, fast, quick ultrafast 24)", "final (1920x1080, 60 fps, exact, medium 18)"
    assert row.reasons == (f"quality {was} -> {now}",)


def test_a_broken_scene_does_not_hide_the_others(built, monkeypatch):
    chapter = CHAPTERS[0]
    broken = Chapter(1, chapter.slug, chapter.title, (*chapter.scenes, "ch01_neural_network.counting:EveryKnobb"))
    monkeypatch.setattr(report, "CHAPTERS", (broken,))
    rows = overview(Store(built / "store"), make_options())
    assert [row.state for row in rows] == ["broken", *["fresh"] * len(NAMES), "broken"]
    assert rows[0].reasons == ("because of EveryKnobb",)
    said = "scenes/ch01_neural_network/counting.py has no class EveryKnobb. Did you mean 'EveryKnobCounted'?"
    assert rows[-1].reasons == (said,)
    assert scenes_to_draw(Store(built / "store"), make_options()) == []


def test_after_a_change_of_the_model_every_scene_that_reads_it_is_to_be_drawn_again(built):
    following = scenes_about("digits")
    assert {"HeldNumber"} < set(following) < set(NAMES)
    assert scenes_to_draw(Store(built / "store"), make_options(overrides=["digits.seed=9"])) == following


@pytest.mark.parametrize(
    ("target", "last"),
    [
        ("1", "chapter/01"),
        ("what-is-a-neural-network", "chapter/01"),
        ("HeldNumber", "clip/ch01_neural_network/HeldNumber"),
        ("1/HeldNumber", "clip/ch01_neural_network/HeldNumber"),
        ("digit_neuron", "asset/digit_neuron"),
    ],
)
def test_a_target_is_a_chapter_a_scene_or_a_recipe(target, last):
    assert target_jobs(target, make_options())[-1].id == last


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("HeldNumbr", "No chapter, scene or recipe is called 'HeldNumbr'. Did you mean 'HeldNumber'?"),
        ("digit_nett", "No chapter, scene or recipe is called 'digit_nett'. Did you mean 'digit_net'?"),
        ("7", f"No chapter, scene or recipe is called '7'. There are {', '.join(catalog.words('recipes'))}, TenDigits"),
    ],
)
def test_an_unknown_target_names_the_nearest_of_all(target, said):
    with pytest.raises(UnknownName) as error:
        target_jobs(target, make_options())
    assert str(error.value).startswith(said)


def test_the_arrays_of_an_asset_are_a_table(tmp_path):
    store = Store(tmp_path)
    arrays = {
        "w": np.array([[0.5, -1.25], [0, 1]], np.float32),
        "count": np.array(13002),
        "steps": np.array([0, 12544]),
        "right": np.array([True, False, True]),
        "share": np.array(0.96512, np.float32),
    }
    axes = {"w": ("row", "column"), "steps": ("step",), "right": ("example",)}
    axes |= {"count": (), "share": ()}
    facts = {"model": "a net", "data_source": "made up"}
    made = save_asset(store, "net", arrays, axes, {"share": "of test images"}, facts)
    statuses = {
        "asset/net": Status(Job("asset/net", "asset net", {}), "fresh", (), Trace({}, {}, {"safetensors": made})),
        "asset/late": Status(Job("asset/late", "asset late", {}), "stale"),
    }
    assert list(asset_tables(store, statuses)) == [
        "net: a net: made up",
        "    count  int64    one number       13,002",
        "    right  bool     example 3        2 of 3 true",
        "    share  float32  one number       0.9651 of test images",
        "    steps  int64    step 2           0 to 12,544",
        "    w      float32  row 2, column 2  -1.25 to 1",
    ]
