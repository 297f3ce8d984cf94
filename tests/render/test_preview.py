"""Quick looks: what may be asked for, what it is called, and real films, pictures and errors of real scenes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from models.folders import ROOT
from render.catalog import UnknownName, find_scene
from render.encode import probe_video
from render.jobs import make_options, preview_jobs, scene_jobs
from render.look import PlainScene, WrongLook, find_look
from render.preview import mistake, open_file
from render.quality import RenderError
from scenes.narration import SceneError

QUICK = ("--set", "digits.epochs=1", "--set", "digits.lr=3")
TOYS = """
import wave

import numpy as np
from manim import RIGHT, Circle, Create, Scene, Square


class Loud(Scene):
    def construct(self):
        with wave.open("beep.wav", "wb") as file:
            file.setparams((2, 2, 8000, 0, "NONE", ""))
            file.writeframes((np.sin(np.arange(4000))[:, None] * [9000, 0]).astype("<i2").tobytes())
        self.add_sound("beep.wav", time_offset=0.5)
        self.add_subcaption("A square.", duration=0.5)
        square = Square(fill_opacity=0.5, stroke_width=0)
        self.play(Create(square), run_time=0.4)
        self.play(square.animate.shift(RIGHT), run_time=0.8)


class Quiet(Scene):
    def construct(self):
        self.add(Circle())
        self.wait(0.2)


class Broken(Quiet):
    def construct(self):
        super().construct()
        self.play(Nothing())
"""


@pytest.fixture
def toys(tmp_path):
    (tmp_path / "toys.py").write_text(TOYS)
    return tmp_path / "toys.py"


def look(word, **wishes):
    return find_look(word, make_options(), **wishes)


def test_a_whole_film_of_a_chapter_s_scene_is_what_the_build_stores():
    scene, options = find_scene("HeldNumber"), make_options()
    assert look("HeldNumber").stored
    assert look("HeldNumber").jobs == preview_jobs(scene, options)
    others = ({"form": "gif"}, {"form": "still"}, {"first": "number"}, {"last": "number"})
    for wishes in others:
        asked = look("HeldNumber", **wishes)
        assert not asked.stored
        assert asked.jobs == [job for job in scene_jobs([scene], options) if job.kind != "clip"]


@pytest.mark.parametrize(
    ("wishes", "title", "cues"),
    [
        ({}, "HeldNumber", ["circle", "number", "others", "meaning"]),
        ({"first": "others"}, "HeldNumber.others-meaning", ["others", "meaning"]),
        ({"last": "number"}, "HeldNumber.circle-number", ["circle", "number"]),
        ({"first": "number", "last": "number"}, "HeldNumber.number", ["number"]),
    ],
)
def test_what_is_handed_out_is_called_by_scene_and_range(wishes, title, cues):
    assert (look("HeldNumber", **wishes).title, look("HeldNumber", **wishes).cues) == (title, cues)


def test_a_variant_is_called_by_language_and_digest():
    options = make_options(overrides=["digits.seed=9"])
    assert find_look("HeldNumber", options, first="meaning").title == f"HeldNumber.en.{options.variant}.meaning"


def test_the_state_of_a_look_follows_its_source_its_range_and_what_is_offered(monkeypatch):
    state = look("HeldNumber").state({})
    assert look("HeldNumber").state({}) == state
    assert look("HeldNumber", last="number").state({}) != state
    assert find_look("HeldNumber", make_options(quality="draft")).state({}) != state
    assert look(f"{ROOT}/scenes/base.py:TensorScene").state({}) == ""  # nobody follows the source of a plain scene


def test_a_plain_scene_needs_no_build(toys):
    asked = look(f"{toys}:Loud")
    assert asked.scene == PlainScene(toys, "Loud")
    assert (asked.jobs, asked.cues, asked.title, asked.stored) == ([], [], "toys.Loud", False)


def test_a_scene_of_a_chapter_may_be_named_by_its_file(monkeypatch):
    monkeypatch.chdir(ROOT / "scenes")
    assert look("ch01_neural_network/held_number.py").scene == find_scene("HeldNumber")
    assert look("ch01_neural_network/held_number.py:HeldNumber", first="number").title == "HeldNumber.number-meaning"


def test_the_only_scene_of_a_file_needs_no_name(tmp_path):
    (tmp_path / "one.py").write_text(
        "import manim as m\nclass Helper: pass\nclass One(m.MovingCameraScene):\n    def construct(self): pass\n"
    )
    assert look(str(tmp_path / "one.py")).scene == PlainScene(tmp_path / "one.py", "One")


@pytest.mark.parametrize(
    ("word", "wishes", "kind", "said"),
    [
        ("{toys}", {}, UnknownName,
         "{toys} holds several scenes; say which: {toys}:Loud, {toys}:Quiet, {toys}:Broken."),
        ("{toys}:Lod", {}, UnknownName, "toys.py has no class 'Lod'. Did you mean 'Loud'?"),
        ("{folder}/none.py:Loud", {}, UnknownName, "There is no file {folder}/none.py."),
        ("{folder}/empty.py", {}, UnknownName, "{folder}/empty.py holds no scene."),
        ("{toys}:Loud", {"first": "x"}, WrongLook,
         "--from and --to name spoken lines, and a plain Manim scene has none."),
        ("HeldNumber", {"last": "othrs"}, UnknownName,
         "HeldNumber has no line 'othrs'; it says circle, number, others, meaning. Did you mean 'others'?"),
        ("HeldNumber", {"first": "others", "last": "number"}, WrongLook,
         "In HeldNumber the line 'number' comes before 'others'; exchange --from and --to."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence_with_the_nearest(toys, word, wishes, kind, said):
    (toys.parent / "empty.py").write_text("x = 1\n")
    places = {"toys": toys, "folder": toys.parent}
    with pytest.raises(kind) as error:
        look(word.format(**places), **wishes)
    assert str(error.value) == said.format(**places)


def test_a_file_that_is_no_python_is_told_with_its_line(toys):
    toys.write_text("x = 1\nclass Loud(\n")
    with pytest.raises(SyntaxError) as error:
        look(f"{toys}:Loud")
    assert (error.value.filename, error.value.lineno) == (str(toys), 2)
    toys.write_bytes(b"x = 1\0\n")
    with pytest.raises((SceneError, SyntaxError), match="null bytes"):
        look(f"{toys}:Loud")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"still": True, "form": "gif"}, "--still makes pictures of its own; leave out --format."),
        ({"transparent": True}, "--transparent needs a format that can be so: --format webm, gif or png."),
        ({"transparent": True, "form": "mp4"}, "--transparent needs a format that can be so: --format webm, "),
        ({"transparent": True, "form": "png"}, ""),
        ({"still": True}, ""),
    ],
)
def test_options_that_exclude_each_other_are_told(chosen, said):
    found = mistake({"still": False, "form": None, "transparent": False, **chosen})
    assert found.startswith(said) and bool(found) == bool(said)


@pytest.fixture
def viewer(tmp_path, monkeypatch):
    """An xdg-open that notes what it is given and ends with a status."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")

    def make(then):
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "xdg-open").write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/given\n{then}\n')
        (tmp_path / "bin" / "xdg-open").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
        return tmp_path / "given"

    return make


def test_a_file_is_opened_by_the_system_s_viewer(viewer):
    given = viewer("exit 0")
    open_file(Path("film.mp4"))
    assert given.read_text() == "film.mp4\n"


def test_a_viewer_that_fails_is_a_sentence(viewer):
    viewer("exit 3")
    with pytest.raises(RenderError, match=r"xdg-open could not open film\.mp4 \(exit 3\); open it yourself\."):
        open_file(Path("film.mp4"))


def test_without_a_screen_or_a_viewer_a_sentence_says_where_the_file_is(viewer, monkeypatch):
    viewer("exit 0")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(
        RenderError, match=r"There is no screen here to show film\.mp4 on; open it where there is one\."
    ):
        open_file(Path("film.mp4"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RenderError, match=r"no viewer here \(xdg-open is not installed\); open film\.mp4 yourself\."):
        open_file(Path("film.mp4"))


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    """Runs ``preview`` in a folder of toys, with a build folder in which HeldNumber was previewed once."""
    folder = tmp_path_factory.mktemp("person")
    (folder / "toys.py").write_text(TOYS)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TENSORREEL_BUILD": str(folder / "build")}

    def preview(*args, code=0):
        command = [sys.executable, "-m", "cli", "preview", *args]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert list((folder / "build" / "store" / "tmp").iterdir()) == []
        return [folder / line for line in done.stdout.splitlines()], done.stderr

    preview.folder = folder / "build" / "preview"
    return preview


@pytest.fixture(scope="module")
def whole(person):
    """The film of a whole scene, and its cues in frames."""
    (film,), _ = person("HeldNumber", *QUICK)
    return film, {
        c["cue"]: c for c in json.loads(film.with_suffix(".json").read_text())["scenes"]["HeldNumber"]["cues"]
    }


def pictures(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


@pytest.mark.slow
def test_a_range_of_lines_is_that_part_of_the_film_with_its_sound_and_captions(person, whole):
    film, cues = whole
    (part,), said = person("HeldNumber", *QUICK, "--from", "number", "--to", "others")
    first, end = cues["number"]["first_frame"], cues["others"]["end_frame"]
    assert part.name == f"{film.stem}.number-others.mp4"
    assert f"{part.name}: {end - first} frames of 854x480, 15 a second, " in said
    assert probe_video(part).frames == end - first
    drawn, expected = pictures(part), pictures(film)[first:end]
    for one, other in zip(drawn[::40], expected[::40], strict=True):
        assert np.abs(one.astype(int) - other).mean() < 1
    with av.open(str(part)) as sound:
        loudest = max(abs(frame.to_ndarray()).max() for frame in sound.decode(audio=0))
    assert loudest > 0.1
    captions = part.with_name(f"{part.stem}.srt").read_text()
    assert captions.startswith("1\n00:00:00,") and "second hidden layer" in " ".join(captions.split())
    assert "Think of a neuron" not in captions


@pytest.mark.slow
def test_stills_of_a_range_are_those_of_its_lines(person, whole):
    paths, _ = person("HeldNumber", *QUICK, "--still", "--from", "others")
    assert [path.name for path in paths] == ["03-others.png", "04-meaning.png"]


@pytest.mark.slow
def test_transparent_pictures_show_on_their_own_background_what_the_film_shows(person, whole):
    film, cues = whole
    (folder,), said = person("HeldNumber", *QUICK, "--to", "circle", "--format", "png", "--transparent")
    paths = sorted(folder.iterdir())
    assert folder.name == f"{film.stem}.circle-png"
    assert [path.name for path in paths] == [f"frame-{i + 1:06d}.png" for i in range(cues["circle"]["end_frame"])]
    with Image.open(paths[-1]) as image:
        assert image.mode == "RGBA"
        assert np.asarray(image)[0, 0].tolist() == [0, 0, 0, 0]
        background = Image.fromarray(np.full((480, 854, 4), (*pictures(film)[0][0, 0], 255), np.uint8))
        background.alpha_composite(image)
    shown = np.asarray(background.convert("RGB")).astype(int)
    assert np.abs(shown - pictures(film)[len(paths) - 1]).mean() < 1


@pytest.mark.slow
@pytest.mark.parametrize(("form", "frames", "rate"), [("gif", 18, 15), ("webm", 18, 15)])
def test_a_plain_scene_comes_in_other_formats(person, form, frames, rate):
    (made,), said = person("toys.py:Loud", "--format", form, "--transparent")
    assert made.name == f"toys.Loud.{form}"
    assert f"{made.name}: {frames} frames of 854x480, {rate} a second, " in said


@pytest.mark.slow
def test_a_plain_scene_keeps_its_sound_and_captions_and_a_later_one_without_them_removes_those(person):
    (film,), _ = person("toys.py:Loud")
    with av.open(str(film)) as opened:
        assert [stream.type for stream in opened.streams] == ["video", "audio"]
    assert probe_video(film).frames == 18
    assert "A square." in film.with_suffix(".srt").read_text()
    toys = person.folder.parent.parent / "toys.py"
    toys.write_text("\n".join(line for line in TOYS.splitlines() if "self.add_s" not in line))
    person("toys.py:Loud")
    assert not film.with_suffix(".srt").exists()
    toys.write_text(TOYS)


@pytest.mark.slow
def test_a_plain_scene_s_still_is_its_last_picture(person):
    (still,), _ = person("toys.py:Quiet", "--still")
    assert still.name == "01-end.png"
    with Image.open(still) as image:
        assert image.size == (854, 480)
        assert np.asarray(image).max() > 100


@pytest.mark.slow
def test_a_scene_that_fails_is_told_with_its_line_and_what_was_there_stays(person):
    (still,), _ = person("toys.py:Quiet", "--still")
    toys = person.folder.parent.parent / "toys.py"
    toys.write_text(TOYS.replace("self.wait(0.2)", "self.wait(nought)"))
    paths, said = person("toys.py:Quiet", "--still", code=1)
    toys.write_text(TOYS)
    assert paths == []
    assert re.search(r"Error: NameError: name 'nought' is not defined\n  at toys\.py:\d+: self\.wait\(nought\)\n", said)
    assert f"full log: {person.folder.parent}/logs/toys/Quiet.log" in said
    assert still.exists()
