"""The lint over the films themselves: every scene of the chapters, and the command from one end to the other."""

import json
import os
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from render.check.look import Onlooker, check_scene
from render.check.worker import SIZE
from render.raster import configure
from scenes.chapters import CHAPTERS, GALLERY
from scenes.narration import load_narration
from tests.scenes.conftest import LINE_S, made_up

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("--set", "digits.epochs=1", "--set", "digits.lr=3", "--voice", "none")


@pytest.mark.parametrize("spec", CHAPTERS[0].scenes)
def test_no_scene_of_chapter_1_has_a_fault(spec, tmp_path):
    module, name = spec.split(":")
    scene_class = getattr(import_module(f"scenes.{module}"), name)
    narration = load_narration(ROOT / "scenes" / module.partition(".")[0])[name]
    configure(SIZE, tmp_path)
    scene = scene_class(assets=made_up(1), durations=dict.fromkeys(narration.lines, LINE_S), renderer=Onlooker())
    found = check_scene(scene, {}, narration.title)
    assert [finding.text() for finding in found if finding.level == "error"] == []


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("manim", "torch", "scenes.ch01", "scenes.kit", "scenes.base")):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)
sys.meta_path.insert(0, Block())
import cli
cli.main(sys.argv[1:], prog_name="tensorreel")
"""
PLAIN = """
from manim import RIGHT, Scene, Text, Circle, Create


class Faulty(Scene):
    def construct(self):
        self.add(Text("recieve", font_size=10))
        self.play(Create(Circle().shift(3 * RIGHT)))


class Broken(Scene):
    def construct(self):
        self.add(Circle().recieve)
"""


def tensorreel(build, *arguments):
    """Run a command in a process that cannot import manim, torch or a scene: (exit status, rows, stderr)."""
    env = {**os.environ, "TENSORREEL_BUILD": str(build)}
    command = [sys.executable, "-c", BLOCKED, *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.slow
def test_the_command_builds_what_a_chapter_needs_and_looks_at_its_scenes_in_other_processes(tmp_path):
    check = partial(tensorreel, tmp_path, "check", "1", *QUICK)
    status, rows, said = check()
    assert "asset digit_net: done in" in said and "clip" not in said
    assert said.splitlines()[-1].startswith(f"{len(CHAPTERS[0].scenes)} scenes: ")
    assert {row["scene"] for row in rows} <= {spec.partition(":")[2] for spec in CHAPTERS[0].scenes}
    assert status == int(any(row["level"] == "error" for row in rows))
    assert not list(tmp_path.rglob("*.mp4"))
    assert check() == (status, rows, said.splitlines()[-1] + "\n")


@pytest.mark.slow
def test_any_manim_scene_of_a_file_can_be_looked_at_and_one_that_fails_shows_its_line(tmp_path):
    (tmp_path / "my.py").write_text(PLAIN)
    status, rows, said = tensorreel(tmp_path / "build", "check", f"{tmp_path}/my.py:Faulty")
    assert (status, said) == (1, "1 scene: 2 errors\n")
    assert [(row["kind"], row["mobject"]) for row in rows] == [
        ("too-small", "Text 'recieve'"),
        ("spelling", "Text 'recieve'"),
    ]
    status, (row,), said = tensorreel(tmp_path / "build", "check", f"{tmp_path}/my.py:Broken")
    assert (status, row["level"], said) == (1, "failed", "1 scene: 1 could not be played\n")
    assert row["where"] == "my.py:13: self.add(Circle().recieve)"


@pytest.mark.slow
def test_no_scene_of_the_gallery_has_a_fault(tmp_path):
    status, rows, said = tensorreel(tmp_path, "check", "gallery")
    assert [row for row in rows if row["level"] in ("error", "failed")] == []
    assert (status, said.splitlines()[-1].split(" scenes: ")[0]) == (0, str(len(GALLERY.scenes)))
