"""The whole pipe as a person uses it: a copy of the code, real commands, a small model, tiny films."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import av
import pytest

from render.catalog import class_name, scenes_of
from render.encode import probe_video
from scenes.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("--set", "digits.epochs=1", "--set", "digits.lr=3")
EPOCHS = ("--set", "moons.epochs=1", "--set", "kernels.epochs=1", "--set", "deep.epochs=1")
SLUG = "01-what-is-a-neural-network"
SHOWN = (
    "TenDigitsToRead",
    "PixelsAreNumbers",
    "HeldNumber",
    "NumbersFlowForward",
    "EveryKnobCounted",
    "WhichGridFires",
)
pytestmark = pytest.mark.slow


class Person:
    """Runs commands in a copy of the code, with no ffmpeg or ffprobe to be found and no terminal."""

    def __init__(self, tree: Path) -> None:
        self.tree, self.build = tree, tree / "build"
        path = os.pathsep.join(
            folder
            for folder in os.environ["PATH"].split(os.pathsep)
            if not any((Path(folder) / name).exists() for name in ("ffmpeg", "ffprobe"))
        )
        self.env = {**os.environ, "PATH": path, "PYTHONPATH": str(tree)}
        self.env.pop("TENSORREEL_BUILD", None)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.tree,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # a shell's background jobs ignore Ctrl-C, and a test run may be one
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *arguments: str, code: int = 0, timeout_s: float = 300) -> tuple[str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout_s)
        assert process.returncode == code, out + err
        assert "Traceback" not in err
        return out, err

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.tree / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def ran(self, err: str) -> set[str]:
        """Jobs that were started, by label; voices have no line of their own."""
        return {line.removesuffix(" ...") for line in err.splitlines() if line.endswith(" ...")}


def copied(tree: Path) -> Person:
    for name in ("models", "assets", "scenes", "render", "cli.py"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tree)], check=True)
    return Person(tree)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A tree in which chapter 1, shortened to a few scenes, was rendered once, and what that printed."""
    person = copied(tmp_path_factory.mktemp("tree"))
    for spec in CHAPTERS[0].scenes:
        if class_name(spec) not in SHOWN:
            person.edit("scenes/chapters.py", f'            "{spec}",\n', "")
    out, err = person.run("render", "1", *QUICK)
    return person, out, err


@pytest.fixture
def person(finished, tmp_path):
    """A private copy of the finished tree: tests may edit and break it."""
    subprocess.run(["cp", "-a", f"{finished[0].tree}/.", str(tmp_path)], check=True)
    return Person(tmp_path)


def test_a_cold_render_prints_progress_and_the_film_s_path(finished):
    person, out, err = finished
    (film,) = out.split()
    assert re.fullmatch(rf"build/chapters/{SLUG}\.en\.[0-9a-f]{{8}}\.mp4", film)
    assert "asset digit_net" in err and "chapter 'What is a neural network?'" in err
    beside = {
        "vtt",
        "srt",
        "captions.de.vtt",
        "captions.de.srt",
        "json",
        "jpg",
        "png",
        "txt",
        "md",
        "html",
        "exercises.md",
    }
    names = {path.name for path in (person.build / "chapters").iterdir()}
    assert names == {Path(film).name, *(f"{Path(film).stem}.{suffix}" for suffix in beside)}
    assert re.search(r"^What is a neural network\?: \d+ s, -1\d\.\d LUFS, true peak -\d\.\d dBTP$", err, re.MULTILINE)


def test_the_film_has_the_frames_streams_marks_and_length_that_its_facts_state(finished):
    person, out, _ = finished
    path = person.tree / out.strip()
    facts = json.loads(path.with_suffix(".json").read_text())
    check_film(path, facts, SHOWN)
    assert facts["overrides"] == {"digits": {"epochs": 1, "lr": 3.0}}
    assert assets_read(facts) == {"digit_net", "digit_forward", "digit_neuron", "loudest_neuron"}


def check_film(path, facts, names):
    """Each scene is there once and in order, and the film is as long as they are together."""
    assert [Path(scene).name for scene in facts["scenes"]] == list(names)
    frames = sum(scene["frames"] for scene in facts["scenes"].values())
    assert probe_video(path).frames == frames == facts["film"]["frames"]
    with av.open(str(path)) as film:
        kinds = [s.type for s in film.streams if s.type in {"video", "audio", "subtitle"}]
        assert kinds == ["video", "audio", "subtitle", "subtitle"]  # captions in both languages
        assert len(film.chapters()) == len(names)
        assert abs(film.duration / 1e6 - frames / 15) <= 1 / 15


def assets_read(facts):
    return {read.split(".")[0] for scene in facts["scenes"].values() for read in scene["reads"]}


def test_the_whole_chapter_is_one_film_of_all_its_scenes_that_reads_what_they_need(tmp_path):
    person = copied(tmp_path)
    film = tmp_path / person.run("render", "1", *QUICK, *EPOCHS, timeout_s=1800)[0].strip()
    facts = json.loads(film.with_suffix(".json").read_text())
    check_film(film, facts, [class_name(spec) for spec in CHAPTERS[0].scenes])
    assert assets_read(facts) == {need for scene in scenes_of(CHAPTERS[0]) for need in scene.needs}


def test_a_second_render_does_nothing_and_says_so_in_under_two_seconds_of_cpu(person):
    person.run("render", "1", *QUICK)  # the copy's files have other inodes: hashed once here
    before = os.times()
    out, err = person.run("render", "1", *QUICK)
    after = os.times()
    assert err == "nothing to do: everything is fresh\n"
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    assert cpu_s < 2


def test_a_film_that_was_deleted_is_put_back_without_work(person):
    film = person.tree / person.run("render", "1", *QUICK)[0].strip()
    film.unlink()
    assert person.run("render", "1", *QUICK)[1] == "nothing to do: everything is fresh\n"
    assert film.exists()


def test_a_changed_scene_is_drawn_again_alone_and_why_names_it(person):
    person.edit("scenes/ch01_neural_network/held_number.py", "RADIUS = 1.25", "RADIUS = 1.2")
    assert "source changed: scenes.ch01_neural_network.held_number" in person.run("why", "HeldNumber", *QUICK)[0]
    assert "fresh" in person.run("why", "EveryKnobCounted", *QUICK)[0]
    _, err = person.run("render", "1", *QUICK)
    assert person.ran(err) == {"clip HeldNumber", "chapter 'What is a neural network?'"}


def test_a_comment_changes_nothing(person):
    person.edit("scenes/ch01_neural_network/held_number.py", "RADIUS = 1.25", "RADIUS = 1.25  # units")
    assert person.run("render", "1", *QUICK)[1] == "nothing to do: everything is fresh\n"


def test_a_changed_model_is_trained_again_and_what_depends_on_it_is_drawn_again(person):
    person.edit("models/digits.py", "gain, bias = (1.0, 1.0)", "gain, bias = (1.1, 1.0)")
    assert "source changed: models.digits" in person.run("why", "1", *QUICK)[0]
    _, err = person.run("render", "1", *QUICK)
    assert {"asset digit_net", "clip HeldNumber", "clip NumbersFlowForward"} <= person.ran(err)


def test_a_longer_line_moves_only_its_own_scene(person):
    person.edit(
        "scenes/ch01_neural_network/narration.en.toml",
        "It only says how strongly it responds.",
        "It only says, each time, and for every picture that it is ever shown, how strongly it responds.",
    )
    assert "line HeldNumber.meaning" not in person.run("why", "HeldNumber", *QUICK)[0]  # not spoken yet, so not known
    _, err = person.run("render", "1", *QUICK)
    assert person.ran(err) == {"clip HeldNumber", "chapter 'What is a neural network?'"}


def test_another_seed_names_the_override_and_going_back_needs_no_work(person):
    out, _ = person.run("render", "1", *QUICK, "--set", "digits.seed=9", "--dry-run")
    assert "override digits.seed 0 -> 9" in out
    other, err = person.run("render", "1", *QUICK, "--set", "digits.seed=9")
    assert "asset digit_net" in person.ran(err)
    back, err = person.run("render", "1", *QUICK)
    assert err == "nothing to do: everything is fresh\n"
    assert other != back


def test_a_scene_that_raises_is_told_at_the_end_and_the_others_are_kept(person):
    person.edit("scenes/ch01_neural_network/held_number.py", "RADIUS = 1.25", "RADIUS = 1.2")
    person.edit("scenes/ch01_neural_network/counting.py", "self.sum_up(", "self.sum_upp(")
    _, err = person.run("render", "1", *QUICK, code=1)
    assert "clip EveryKnobCounted: AttributeError: EveryKnobCounted object has no attribute 'sum_upp'" in err.replace(
        "'EveryKnobCounted' object", "EveryKnobCounted object"
    )
    assert re.search(r"at scenes/ch01_neural_network/counting.py:\d+: self.sum_upp\(", err)
    assert "full log:" in err and "clip HeldNumber: done" in err
    person.edit("scenes/ch01_neural_network/counting.py", "self.sum_upp(", "self.sum_up(")
    _, err = person.run("render", "1", *QUICK)
    assert person.ran(err) == {"chapter 'What is a neural network?'"}


def test_a_recipe_with_wrong_axes_is_a_sentence_and_loses_nothing(person):
    person.edit("assets/recipes/ch01_neural_network.py", '"w2": ("layer2", "layer1")', '"w2": ("layer2",)')
    _, err = person.run("assets", *QUICK, code=1)
    assert "Recipe 'digit_net' returned 'w2' with 2 axes, (16, 16); it declares layer2." in err
    person.edit("assets/recipes/ch01_neural_network.py", '"w2": ("layer2",)', '"w2": ("layer2", "layer1")')
    assert person.run("render", "1", *QUICK)[1] == "nothing to do: everything is fresh\n"


def test_a_damaged_object_is_named_and_made_again(person):
    person.run("render", "1", *QUICK)
    clip = max((person.build / "store" / "objects").glob("*/*.mp4"), key=lambda path: path.stat().st_size)
    clip.write_bytes(clip.read_bytes()[:-100])
    out, _ = person.run("render", "1", *QUICK, "--dry-run")
    assert f"object damaged or gone: {clip.name}" in out
    person.run("render", "1", *QUICK)
    assert "none damaged" in person.run("doctor", "--store")[0]


def test_a_file_in_the_place_of_the_build_folder_is_one_sentence(person):
    (person.tree / "blocked").write_text("a file")
    person.env["TENSORREEL_BUILD"] = str(person.tree / "blocked")
    _, err = person.run("render", "1", *QUICK, code=1)
    assert "set TENSORREEL_BUILD to another folder" in err


def test_a_full_disk_is_one_sentence_and_what_was_finished_stays(person):
    person.edit("scenes/ch01_neural_network/held_number.py", "RADIUS = 1.25", "RADIUS = 1.2")
    limited = (
        f"ulimit -f 40; exec {sys.executable} -m cli render 1 {' '.join(QUICK)}"  # 40 KiB: records fit, clips do not
    )
    done = subprocess.run(
        ["bash", "-c", limited], cwd=person.tree, env=person.env, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    _, err = person.run("render", "1", *QUICK)
    assert "clip HeldNumber" in person.ran(err) and "asset digit_net" not in person.ran(err)


def _group(pid: int) -> set[int]:
    """Living processes that descend from this one, or did."""
    alive = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z" and pid in {int(fields[1]), int(fields[2]), int(fields[3])}:
            alive.add(int(stat.parent.name))
    return alive


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_render_leaves_no_process_and_the_next_one_goes_on(person, how):
    person.edit("scenes/theme.py", 'ACCENT = "#FFD166"', 'ACCENT = "#FFD167"')
    due = clips_due(person)
    process = person.start("render", "1", *QUICK)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("clip") and "done" in line:
            break
    family = _group(process.pid) | {p for child in _group(process.pid) for p in _group(child)}
    assert len(family) >= 2
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 1 and "Interrupted. What was finished is kept" in err and "Traceback" not in err
    end = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() and pid in _group(pid) | _living(pid) for pid in family):
        assert time.monotonic() < end, family
        time.sleep(0.1)
    _, err = person.run("render", "1", *QUICK)
    clips = {job for job in person.ran(err) if job.startswith("clip")}
    assert set() < clips < due


def clips_due(person: Person) -> set[str]:
    """Clips of chapter 1 that are to be drawn, by label."""
    rows = person.run("render", "1", *QUICK, "--dry-run", "--json")[0].splitlines()
    due = [Path(job["job"]) for job in map(json.loads, rows) if job["state"] != "fresh"]
    return {f"clip {path.name}" for path in due if path.parts[0] == "clip"}


def _living(pid: int) -> set[int]:
    try:
        return {pid} if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" else set()
    except (FileNotFoundError, ProcessLookupError):
        return set()


def test_two_renders_at_once_do_the_work_once_and_both_succeed(person):
    person.edit("scenes/theme.py", 'ACCENT = "#FFD166"', 'ACCENT = "#FFD167"')
    due = clips_due(person)
    both = [person.start("render", "1", *QUICK) for _ in range(2)]
    texts = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    done = [line for _, err in texts for line in err.splitlines() if re.match(r"clip .*: done in", line)]
    assert sorted(line.partition(": done in")[0] for line in done) == sorted(due) != [], texts


def test_a_wider_network_is_redrawn_with_its_own_numbers(person):
    out, _ = person.run("render", "1", *QUICK, "--set", "digits.hidden=32")
    captions = (person.tree / out.strip()).with_suffix(".srt").read_text()
    assert "26,506 knobs" in captions.replace("\n", " ")
    facts = json.loads((person.tree / out.strip()).with_suffix(".json").read_text())
    assert facts["overrides"]["digits"]["hidden"] == 32


def test_a_preview_is_a_film_of_one_scene_and_stills_are_one_for_each_line(person):
    out, _ = person.run("preview", "HeldNumber", *QUICK)
    assert probe_video(person.tree / out.strip()).frames > 100
    out, _ = person.run("preview", "1/HeldNumber", "--still", *QUICK)
    assert [Path(line).name for line in out.split()] == [
        "01-circle.png",
        "02-number.png",
        "03-others.png",
        "04-meaning.png",
    ]


def test_without_voice_and_music_the_film_is_silent_and_as_long_as_reading_takes(person):
    out, err = person.run("render", "1", *QUICK, "--voice", "none", "--no-music")
    assert "LUFS" not in err
    with av.open(str(person.tree / out.strip())) as film:
        loudest = max(abs(frame.to_ndarray()).max() for frame in film.decode(audio=0))
    assert loudest == 0
