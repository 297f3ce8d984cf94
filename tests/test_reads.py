"""Reads by array on the real pipe: training, capture, voices and Manim, with three small scenes of their own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("--voice", "none", "--set", "digits.epochs=1", "--set", "digits.lr=3")
RECIPES = "assets/recipes/ch01_neural_network.py"
CHAPTERS = """
CHAPTERS = (Chapter(1, "dots", "Dots", ("dots.value:Value", "dots.label:Label", "dots.count:Count")),)
GALLERY = Chapter(0, "gallery", "The kit", ())
"""
SCENE = '''"""One dot that a number moves."""

from manim import RIGHT, Dot

from scenes.base import TensorScene


class {name}(TensorScene):
    """A dot."""

    needs = ("{asset}",)

    def construct(self) -> None:
        """Draw the dot while the line is spoken."""
        asset = self.assets["{asset}"]
        with self.say("dot"):
            self.add(Dot().shift({drawn}))
            self.wait(0.2)
'''
SCENES = {
    "value": SCENE.format(name="Value", asset="digit_neuron", drawn='float(asset["value"][0]) * RIGHT'),
    "label": SCENE.format(name="Label", asset="digit_neuron", drawn='float(asset["label"][0]) * RIGHT / 9'),
    "count": SCENE.format(name="Count", asset="digit_net", drawn='int(asset["sizes"][1]) * RIGHT / 64'),
}
NARRATION = """
[Value]
title = "A value"
[Value.lines]
dot = "The dot lies where a neuron of the network says."
[Label]
title = "A label"
[Label.lines]
dot = "The dot lies where the label of a picture says."
[Count]
title = "A count"
[Count.lines]
dot = "The network names {digit_net.test_accuracy:.3f} of them."
"""
FILM = "chapter 'Dots'"
pytestmark = pytest.mark.slow


class Person:
    """Runs commands in a copy of the code that has one small chapter."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.env = {**os.environ, "PYTHONPATH": str(tree), "TENSORREEL_BUILD": str(tree / "build")}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that runs by itself."""
        command = [sys.executable, "-m", "cli", *arguments, *QUICK]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.tree, env=self.env, text=True, **pipes)

    def run(self, *arguments: str) -> tuple[str, str]:
        """Standard output and error of a command that succeeds."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, out + err
        return out, err

    def render(self, *arguments: str) -> set[str]:
        """Labels of the jobs that a render runs; voices have no line of their own."""
        _, err = self.run("render", "1", *arguments)
        return {line.removesuffix(" ...") for line in err.splitlines() if line.endswith(" ...")}

    def plan(self, *arguments: str) -> dict[str, str]:
        """What a plan says of each job: will run or may run."""
        out, _ = self.run("render", "1", "--dry-run", *arguments)
        rows = (re.fullmatch(r"(\S.*?)   +(will run|may run) .*", line) for line in out.splitlines())
        return {row[1]: row[2] for row in rows if row}

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace what occurs exactly once."""
        text = (self.tree / name).read_text()
        assert text.count(old) == 1, (name, old)
        (self.tree / name).write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A copy of the code with the small chapter, rendered once; the plan before and the jobs that ran."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("models", "assets", "scenes", "render"):
        shutil.copytree(ROOT / name, tree / name)
    shutil.copy(ROOT / "cli.py", tree)
    (tree / "scenes" / "dots").mkdir()
    for name, source in {"__init__": "", **SCENES}.items():
        (tree / "scenes" / "dots" / f"{name}.py").write_text(source)
    (tree / "scenes" / "dots" / "narration.en.toml").write_text(NARRATION)
    listed = (tree / "scenes" / "chapters.py").read_text().partition("\nCHAPTERS = ")[0]
    (tree / "scenes" / "chapters.py").write_text(listed + CHAPTERS)
    person = Person(tree)
    return person, person.plan(), person.render()


@pytest.fixture
def person(finished, tmp_path):
    """A private copy of the finished tree: tests may edit it."""
    shutil.copytree(finished[0].tree, tmp_path / "tree")
    return Person(tmp_path / "tree")


def test_before_anything_exists_all_will_run_and_all_does(finished):
    _, plan, ran = finished
    assert set(plan.values()) == {"will run"}
    assert ran == {"asset digit_net", "asset digit_neuron", "clip Value", "clip Label", "clip Count", FILM}
    assert {label for label in plan if not label.startswith("voice")} == ran


def test_training_that_gives_the_same_bits_draws_nothing_again(person):
    person.edit("models/train.py", "                step += 1\n", "                step = 1 + step\n")
    plan = person.plan()
    assert plan == {
        "asset digit_net": "will run",
        "asset digit_neuron": "may run",
        "voice Count.dot": "may run",
        "clip Value": "may run",
        "clip Label": "may run",
        "clip Count": "may run",
        FILM: "may run",
    }
    assert person.render() == {"asset digit_net"}
    assert person.plan() == {}


def test_one_changed_array_draws_only_its_readers_again(person):
    person.edit(RECIPES, '"value": values[chosen],', '"value": values[chosen] / 2,')
    assert person.plan()["clip Value"] == person.plan()["clip Label"] == "may run"
    assert person.render() == {"asset digit_neuron", "clip Value", FILM}


def test_a_scene_that_reads_a_new_array_follows_that_one_from_then_on(person):
    person.edit(RECIPES, '"z": taken["z2"][chosen, neuron],', '"z": taken["z2"][chosen, neuron] / 2,')
    assert person.render() == {"asset digit_neuron"}
    person.edit("scenes/dots/label.py", '(asset["label"][0])', '(asset["label"][0] + 0 * asset["z"][0])')
    assert "clip Label" in person.render()
    person.edit(RECIPES, '"z": taken["z2"][chosen, neuron] / 2,', '"z": taken["z2"][chosen, neuron] / 4,')
    assert "array digit_neuron.z changed" not in person.run("why", "Label")[0]  # nobody knows before the recipe has run
    assert {"asset digit_neuron", "clip Label"} <= person.render()


def test_which_array_is_read_may_depend_on_another(person):
    person.edit(
        "scenes/dots/label.py", '(asset["label"][0])', '(asset["z" if asset["value"][0] < 0.25 else "label"][0])'
    )
    assert "clip Label" in person.render()
    person.edit(RECIPES, '"value": values[chosen],', '"value": values[chosen] / 1000,')
    assert {"clip Value", "clip Label"} <= person.render()
    person.edit(RECIPES, '"z": taken["z2"][chosen, neuron],', '"z": taken["z2"][chosen, neuron] / 2,')
    assert {"asset digit_neuron", "clip Label"} <= person.render()  # it read z the last time


def test_going_back_to_an_old_seed_takes_no_work(person):
    assert {"asset digit_net", "clip Value"} <= person.render("--set", "digits.seed=9")
    _, err = person.run("render", "1")
    assert err == "nothing to do: everything is fresh\n"
    _, err = person.run("render", "1", "--set", "digits.seed=9")
    assert err == "nothing to do: everything is fresh\n"


def test_a_spoken_number_is_spoken_again_and_drawn_again_only_if_it_takes_longer(person):
    voice, clip = "voice/en/dots/Count.dot", "clip/dots/Count"
    records = person.tree / "build" / "store" / "records"
    spoken = (records / voice / "last.json").read_text()
    drawn = (records / clip / "last.json").read_text()
    person.edit(
        RECIPES,
        '"test_accuracy": taught.test_accuracy,\n        "hidden"',
        '"test_accuracy": 0.125,\n        "hidden"',
    )
    assert person.render() == {"asset digit_net", "asset digit_neuron", FILM}
    assert (records / voice / "last.json").read_text() != spoken
    assert (records / clip / "last.json").read_text() == drawn
    assert "names 0.125 of them" in next((person.tree / "build" / "chapters").glob("*.srt")).read_text()
    person.edit(RECIPES, '"test_accuracy": 0.125,', '"test_accuracy": 12345.125,')
    assert person.render() == {"asset digit_net", "asset digit_neuron", "clip Count", FILM}


def test_gc_beside_a_render_waits_for_it_and_frees_nothing_that_it_uses(person):
    rendering = person.start("render", "1", "--set", "digits.seed=9")
    assert "to run" in rendering.stderr.readline()
    out, err = person.run("gc", "--keep", "0")
    assert err == "another tensorreel command is at work; this goes on when it ends ...\n"
    assert rendering.wait(60) == 0
    rendering.communicate()
    assert out.startswith(("freed ", "nothing to free: "))
    for options in (("--set", "digits.seed=9"), ()):
        assert person.run("render", "1", *options)[1] == "nothing to do: everything is fresh\n"
    out, _ = person.run("gc", "--keep", "0")
    assert out.startswith("freed ")
    assert person.run("render", "1")[1] == "nothing to do: everything is fresh\n"
    assert person.render("--set", "digits.seed=9") >= {"clip Value"}
