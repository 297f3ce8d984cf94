"""The render server, run as the process that it is: frames, manifests, errors, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import av
import numpy as np
import pytest

from assets.store import Store, save_asset
from render.encode import probe_video
from render.quality import Quality
from render.server import own_line
from render.workers import JobError, Worker

ROOT = Path(__file__).resolve().parents[2]
SCENE = '''"""A scene of a test."""

from manim import RIGHT, Circle, Create, FadeIn

from scenes.base import TensorScene


class Toy(TensorScene):
    """Moves a circle by the asset's number."""

    needs = ("toy",)

    def construct(self) -> None:
        circle = Circle(radius=1)
        with self.say("first"):
            self.play(Create(circle), run_time=0.73)
        with self.say("second"):
            self.play(circle.animate.shift(RIGHT * float(self.assets["toy"]["x"][0])), run_time=0.4)
        BODY
'''


@pytest.fixture
def tree(tmp_path):
    """A copy of the code with one more scene; edits there disturb nobody."""
    for folder in ("models", "assets", "scenes", "render"):
        subprocess.run(["cp", "-r", str(ROOT / folder), str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def ask(tree, monkeypatch):
    """Ask a server in the copied tree to draw the toy scene with a given last line; returns answer or error."""
    monkeypatch.setattr("render.workers.ROOT", tree)
    store = Store(tree / "store")
    x = {"x": np.array([2.0], dtype=np.float32), "unread": np.zeros(3, dtype=np.float32)}
    toy = save_asset(store, "toy", x, {"x": ("n",), "unread": ("n",)}, {}, {"seed": 1})
    workers = []

    def server():
        workers.append(Worker("render.server"))
        return workers[-1]

    def run(body="pass", *, fps=15, stills=False, worker=None, events=None, durations=None):
        (tree / "scenes" / "toy.py").write_text(SCENE.replace("BODY", body))
        request = {
            "id": f"toy-{time.monotonic_ns()}",
            "scene": "toy:Toy",
            "quality": asdict(Quality("tiny", 160, 90, fps, "ultrafast", 23)),
            "store": str(store.root),
            "assets": {"toy": toy},
            "durations": durations or {"first": 1.0, "second": 0.5},
            "work": str(tree / "work"),
            "stills": stills,
        }
        heard = [] if events is None else events
        return (worker or server()).submit(request, heard.append).result(timeout=60)

    run.server = server
    yield run
    for worker in workers:
        worker.close()


def manifest_of(answer):
    return json.loads(Path(answer["manifest"]).read_text())


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_cues_fall_on_the_same_instants_at_every_rate_and_frames_are_counted(ask, fps):
    answer = ask(fps=fps)
    manifest = manifest_of(answer)
    facts = probe_video(Path(answer["clip"]))
    assert facts.frames == manifest["frames"] == sum(play["frames"] for play in manifest["plays"])
    seconds = {
        c["cue"]: (c["first_frame"] / fps, c["end_frame"] / fps, c["line_frames"] / fps) for c in manifest["cues"]
    }
    assert seconds == {"first": (0, 21 / 15, 1), "second": (21 / 15, 35 / 15, 8 / 15)}
    assert manifest["frames"] == 35 * fps // 15


def test_the_manifest_names_what_was_read_and_with_which_tools(ask):
    manifest = manifest_of(ask())
    assert list(manifest["reads"]) == ["toy.x"]
    assert manifest["tools"]["manim"] == "0.22.0"
    assert manifest["cpu_s"]["draw"] > 0


def test_an_edit_between_two_requests_to_one_server_is_seen(ask):
    worker = ask.server()
    first = manifest_of(ask("self.wait(1)", worker=worker))["frames"]
    second = manifest_of(ask("self.wait(2)", worker=worker))["frames"]
    assert second - first == 15


def test_the_same_request_draws_the_same_frames(ask):
    def frames():
        with av.open(ask()["clip"]) as clip:
            return [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]

    assert all(np.array_equal(a, b) for a, b in zip(frames(), frames(), strict=True))


def test_stills_show_the_end_of_each_cue_and_equal_the_film_s_state(ask):
    stills = ask(stills=True)["stills"]
    assert [Path(path).name for path in stills] == ["01-first.png", "02-second.png"]


def test_a_scene_that_raises_is_told_with_its_own_line(ask):
    with pytest.raises(JobError, match="ZeroDivisionError: division by zero") as raised:
        ask("self.wait(1 / 0)")
    assert raised.value.where == "scenes/toy.py:19: self.wait(1 / 0)"


def test_an_unknown_cue_and_an_unknown_array_are_sentences(ask):
    with pytest.raises(
        JobError, match=r"^Scene Toy says 'fist', and its narration has no such cue. Did you mean 'first'\?"
    ):
        ask("self.say('fist').__enter__()")
    with pytest.raises(JobError, match=r"^The asset 'toy' has no array 'y'; it holds unread, x\."):
        ask("self.assets['toy']['y']")


def test_a_line_that_is_never_spoken_is_an_error(ask):
    with pytest.raises(JobError, match="narration of Toy has the line 'third', and the scene never says it"):
        ask(durations={"first": 1.0, "second": 0.5, "third": 1.0})


def test_a_syntax_error_is_told_with_its_line(ask):
    with pytest.raises(JobError, match="SyntaxError") as raised:
        ask("self.wait(")
    assert raised.value.where.startswith("scenes/toy.py:19")


def test_torch_cannot_be_imported_by_a_scene(ask):
    with pytest.raises(JobError, match="torch cannot be imported by a scene"):
        ask("import torch")


def test_an_exception_in_an_updater_ends_within_seconds(ask):
    started = time.monotonic()
    with pytest.raises(JobError, match="KeyError"):
        ask("circle.add_updater(lambda m, dt: {}['x']); self.wait(5)")
    assert time.monotonic() - started < 30


def test_what_a_scene_prints_does_not_disturb_the_answers(ask):
    assert ask("print('{\"id\": 1}'); import os; os.write(1, b'noise\\n')")["event"] == "done"


def test_a_child_that_is_killed_is_an_error_and_the_server_goes_on(ask):
    worker = ask.server()
    with pytest.raises(JobError, match=r"ended by SIGKILL \(the system kills a process that takes too much memory\)"):
        ask("import os; os.kill(os.getpid(), 9)", worker=worker)
    assert ask(worker=worker)["event"] == "done"


def test_an_encoder_that_meets_a_full_disk_is_one_sentence(ask):
    body = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)); self.wait(2)"
    with pytest.raises(JobError, match=r"clip\.mp4.*File too large"):
        ask(body)


def children_of(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", ["close", "kill"])
def test_no_process_outlives_its_server(ask, how):
    worker = ask.server()
    failed = []

    def draw_for_ever():
        try:
            ask("self.wait(3000, frozen_frame=False)", worker=worker)
        except JobError as error:
            failed.append(error)

    thread = threading.Thread(target=draw_for_ever)
    thread.start()
    assert wait_until(lambda: children_of(worker.process.pid))
    (child,) = children_of(worker.process.pid)
    if how == "close":
        worker.close()
    else:
        os.kill(worker.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(child))
    thread.join(20)
    assert len(failed) == 1 and "render.server ended by SIGKILL" in str(failed[0])


def test_a_server_has_one_thread_when_it_forks(ask):
    worker = ask.server()
    ask(worker=worker)
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    assert "Threads:\t1\n" in status


def test_the_own_line_is_the_deepest_of_the_scene_s_file():
    code = "def inner():\n    raise ValueError('no')\n\n\ndef outer():\n    inner()\n"
    names: dict = {}
    exec(compile(code, str(ROOT / "scenes" / "made_up.py"), "exec"), names)
    with pytest.raises(ValueError) as raised:
        names["outer"]()
    assert own_line(raised.value, "made_up:Toy").startswith("scenes/made_up.py:2")


def test_plain_manim_renders_a_scene_with_the_current_assets(tree, tmp_path):
    store = Store(tree / "build" / "store")
    store.set_ref("toy", save_asset(store, "toy", {"x": np.array([2.0])}, {"x": ("n",)}, {}, {"seed": 1}))
    (tree / "scenes" / "toy.py").write_text(SCENE.replace("BODY", "pass"))
    (tree / "scenes" / "narration.en.toml").write_text('[Toy]\ntitle = "T"\n[Toy.lines]\nfirst = "a"\nsecond = "b"\n')
    command = [sys.executable, "-m", "manim", "render", "-ql", "--disable_caching", "--media_dir", str(tmp_path / "m")]
    done = subprocess.run(
        [*command, "scenes/toy.py", "Toy"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (film,) = (tmp_path / "m").rglob("Toy.mp4")
    assert probe_video(film).frames == 24 + 24
