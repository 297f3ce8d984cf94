"""What a finished job says that it used."""

import json
from concurrent.futures import Future

import pytest

from assets.store import Store
from render.build import Context
from render.catalog import find_scene
from render.graph import Job
from render.jobs import Options
from render.runners import run_clip

SCENE = find_scene("HeldNumber")


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
