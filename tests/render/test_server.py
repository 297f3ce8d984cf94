"""The render server, run as the process that it is: frames, manifests, errors, and nothing left behind."""

import errno
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
from PIL import Image

from assets.store import Store, save_asset
from render.encode import probe_video
from render.quality import Quality
from render.server import explained, own_line
from render.workers import JobError, JobKilled, Worker

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


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the code with one more scene; edits there disturb nobody."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in ("models", "assets", "scenes", "render"):
        subprocess.run(["cp", "-a", str(ROOT / folder), str(copy)], check=True)
    return copy


@pytest.fixture(scope="module")
def start(tree):
    """Starts render servers in the copied tree."""
    workers = []

    def server():
        workers.append(Worker("render.server"))
        return workers[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("render.workers.ROOT", tree)
        yield server
        for worker in workers:
            worker.close()


@pytest.fixture(scope="module")
def shared(start):
    """One server for all tests that do not need their own: it must go on after each of them."""
    return start()


@pytest.fixture
def ask(tree, start, shared, tmp_path):
    """Ask a server in the copied tree to draw the toy scene with a given last line; returns answer or error."""
    store = Store(tree / "store")
    x = {"x": np.array([2.0], dtype=np.float32), "unread": np.zeros(3, dtype=np.float32)}
    toy = save_asset(store, "toy", x, {"x": ("n",), "unread": ("n",)}, {}, {"seed": 1})

    def run(body="pass", *, fps=15, stills=False, worker=None, events=None, durations=None, **more):
        (tree / "scenes" / "toy.py").write_text(SCENE.replace("BODY", body))
        name = f"toy-{time.monotonic_ns()}"
        request = {
            "id": name,
            "scene": "toy:Toy",
            "quality": asdict(Quality("tiny", 160, 90, fps, "ultrafast", 23)),
            "store": str(store.root),
            "assets": {"toy": toy},
            "durations": durations or {"first": 1.0, "second": 0.5},
            "work": str(tmp_path / name),
            "stills": stills,
            "jobs": 2,
            **more,
        }
        heard = [] if events is None else events
        return (worker or shared).submit(request, heard.append).result(timeout=60)

    run.server = start
    return run


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


def test_the_memory_of_a_scene_is_that_of_its_process_and_of_what_each_child_does_not_share(ask):
    answer = ask()
    memory = manifest_of(answer)["memory_mb"]
    assert 50 < memory["scene"] < 1000 and 0 < memory["child"] < memory["scene"] and 1 <= memory["children"] <= 2
    assert answer["peak_mb"] == memory["scene"] + memory["children"] * memory["child"]


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


def test_an_error_of_the_system_in_a_scene_says_what_to_do_where_it_can():
    full = OSError(errno.ENOSPC, "No space left on device")
    assert explained(full, "toy:Dot") == (
        "No space left on device: free some space; what was finished is kept.",
        "",
    )
    absent = FileNotFoundError(errno.ENOENT, "No such file or directory", "a")
    assert explained(absent, "toy:Dot")[0] == "FileNotFoundError: [Errno 2] No such file or directory: 'a'"


def test_an_encoder_that_meets_a_full_disk_is_one_sentence(ask):
    body = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)); self.wait(2)"
    with pytest.raises(JobError, match=r"piece-\d+\.mp4.*File too large"):
        ask(body)


ONLY_IN_CHILDREN = (
    "import os, time; own = os.getpid(); circle.add_updater(lambda m, dt: {} if os.getpid() != own else None)"
)


def test_an_error_while_a_child_draws_names_the_play_and_the_scene_s_own_line(ask):
    with pytest.raises(JobError, match=r"^ZeroDivisionError: division by zero, in play 5 of Toy\.$") as raised:
        ask(ONLY_IN_CHILDREN.format("1 / 0") + "; self.wait(1)")
    assert raised.value.where.startswith("scenes/toy.py:19: import os")


def test_a_drawing_child_that_is_killed_is_told_with_its_play_and_nothing_is_left(ask):
    worker = ask.server()
    said = r"^The process that drew play 5 of Toy from its frame 1, grown to \d+ MB, ended by SIGKILL"
    with pytest.raises(JobKilled, match=said):
        ask(ONLY_IN_CHILDREN.format("os.kill(os.getpid(), 9)") + "; self.wait(1)", worker=worker)
    assert wait_until(lambda: not descendants_of(worker.process.pid))
    assert ask(worker=worker)["event"] == "done"


def test_a_drawing_child_that_hangs_is_ended_and_told(ask):
    worker = ask.server()
    with pytest.raises(JobError, match=r"^Play 5 of Toy hangs: no frame was finished for 1 s after its frame 1"):
        ask(ONLY_IN_CHILDREN.format("time.sleep(1000)") + "; self.wait(1)", worker=worker, hang_s=1)
    assert wait_until(lambda: not descendants_of(worker.process.pid))


def test_a_scene_that_starts_threads_is_refused_at_the_next_fork(ask):
    with pytest.raises(JobError, match=r"There are 2 Python threads .* expected 1"):
        ask("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start(); self.wait(1)")


def test_one_worker_draws_in_the_scene_s_own_process(ask):
    answer, other = ask(jobs=1), manifest_of(ask(jobs=2))
    manifest = manifest_of(answer)
    assert {name: manifest[name] for name in ("frames", "cues", "reads", "pieces")} == {
        name: other[name] for name in ("frames", "cues", "reads", "pieces")
    }


@pytest.mark.parametrize(
    ("first", "last", "frames", "cues"),
    [("first", "first", 21, ["first"]), ("second", "", 14, ["second"]), ("", "first", 21, ["first"])],
)
def test_a_window_is_drawn_from_one_cue_to_another(ask, first, last, frames, cues):
    manifest = manifest_of(ask(**{"from": first, "to": last}))
    assert manifest["frames"] == frames
    assert [(cue["cue"], cue["first_frame"]) for cue in manifest["cues"]] == [(name, 0) for name in cues]


def test_a_window_shows_the_frames_that_the_whole_scene_shows_there(ask):
    whole, window = (manifest_of(ask(hashes=True, **more))["md5"] for more in ({}, {"from": "second"}))
    assert window == whole[21:]


def test_wrong_windows_are_sentences(ask):
    with pytest.raises(JobError, match=r"^The scene has no cue 'secnd'\. Did you mean 'second'\?"):
        ask(**{"from": "secnd"})
    with pytest.raises(JobError, match="The cue 'first' comes before 'second'; exchange --from and --to"):
        ask(**{"from": "second", "to": "first"})


def test_transparent_pictures_hold_the_drawing_and_nothing_behind_it(ask):
    answer = ask(pngs=True, transparent=True)
    pictures = sorted(Path(answer["frames"]).iterdir())
    assert [p.name for p in pictures] == [f"frame-{i:06d}.png" for i in range(1, answer["count"] + 1)]
    with Image.open(pictures[-1]) as last:
        rgba = np.array(last)  # (height, width, 4)
    assert answer["count"] == 35 and rgba.shape == (90, 160, 4)
    assert 0 < (rgba[..., 3] > 0).mean() < 0.2
    edge = (rgba[..., 3] > 60) & (rgba[..., 3] < 200)
    assert edge.any() and (np.abs(rgba[edge][:, :3].astype(int) - [252, 98, 85]) < 12).all()  # manim's red, not darker


def descendants_of(pid):
    return [one for child in children_of(pid) for one in (child, *descendants_of(child))]


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
    assert wait_until(lambda: len(descendants_of(worker.process.pid)) == 2)
    children = descendants_of(worker.process.pid)  # the scene's process and one that draws
    if how == "close":
        worker.close()
    else:
        os.kill(worker.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(alive(child) for child in children))
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
