"""What a finished job says that it used."""

import json
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from assets.store import Store, save_asset
from render.build import Context
from render.catalog import find_scene
from render.chapter import ClipPiece
from render.graph import Job
from render.jobs import Options
from render.runners import _with_exercises, run_clip

SCENE = find_scene("HeldNumber")


def test_the_numbers_of_an_exercise_are_filled_in_and_read_by_the_film_alone(tmp_path):
    exercise = {"question": "How many?", "answer": "{dot.count:,} of {dot.facts.model}"}
    german = replace(SCENE.narration, exercise=exercise, missing=("exercise.question",))
    asks, silent = replace(SCENE, narration=german), SCENE
    store = Store(tmp_path / "store")
    ids = save_asset(store, "dot", {"count": np.array(13002), "other": np.array(1)}, {}, {}, {"model": "a dot"})
    context = Context(store, Options(lang="de"), {"asset dot": ids}, None, lambda *_: None)
    pieces = [ClipPiece(name, name, tmp_path, 15, ()) for name in ("Asks", "Silent")]
    told, reads = _with_exercises(pieces, [asks, silent], context)
    assert [piece.exercise for piece in told] == [{"question": "How many?", "answer": "13.002 of a dot"}, {}]
    assert sorted(reads) == ["array dot.count", "array dot.provenance.model"]
    assert _with_exercises(pieces[1:], [silent], context) == (pieces[1:], {})


class Drawn:
    """A worker whose scene waited for words of some lines."""

    def __init__(self, heeded):
        self.heeded = heeded

    def submit(self, request, on_event):
        """Write a clip and its manifest at once."""
        folder = Store(request["store"]).root
        (folder / "clip.mp4").write_bytes(b"a clip")
        manifest = {
            "heeded": self.heeded,
            "reads": {},
            "cpu_s": {"draw": 1.0, "encode": 1.0},
            "frames": 15,
            "quality": {"fps": 15},
        }
        (folder / "clip.json").write_text(json.dumps(manifest))
        done = Future()
        done.set_result({"clip": folder / "clip.mp4", "manifest": folder / "clip.json", "peak_mb": 1})
        return done


@pytest.mark.parametrize("heeded", [[], ["number"], ["number", "meaning"]])
def test_a_clip_is_drawn_again_for_other_word_times_only_where_its_scene_waits_for_words(tmp_path, heeded):
    offered = {f"asset {name}": "0" * 64 for name in SCENE.needs}
    for cue in SCENE.narration.lines:
        offered |= {f"line HeldNumber.{cue}": "30", f"times HeldNumber.{cue}": "[]"}
    context = Context(Store(tmp_path / "store"), Options(), offered, Drawn(heeded), lambda *_: None)
    context.store.root.mkdir(parents=True)
    reads = run_clip(Job("clip", "clip", {}, (), SCENE), context).reads
    lines = {f"line HeldNumber.{cue}" for cue in SCENE.narration.lines}
    assert set(reads) == lines | {f"times HeldNumber.{cue}" for cue in heeded}
