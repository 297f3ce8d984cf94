"""Looking again after a save: what counts as a change, and what stays and ends of the processes."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from models.folders import ROOT
from render import watch
from render.watch import SERVER, Warm, contents, differing, file_of, imported_by_us, observed, settle, still_imports

FAKE = """
import json, sys
sys.stdin.reconfigure(line_buffering=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["scene"] != "hang":
        print(json.dumps({"id": request["id"], "event": "done", "said": request["scene"]}), flush=True)
"""
WAITS_S = 30.0


@pytest.fixture
def tree(tmp_path):
    """A folder with sources, and some files that are none."""
    for name in ("scenes/a.py", "scenes/deep/b.py", "scenes/deep/lines.toml", "scenes/notes.txt", "scenes/.#a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("word", "file"),
    [("HeldNumber", None), ("1/HeldNumber", None), ("a.py", "a.py"), ("b/a.py:Scene", "b/a.py"), ("a.pyx:Scene", None)],
)
def test_a_file_is_told_from_the_name_of_a_scene(word, file):
    assert file_of(word) == (Path(file).absolute() if file else None)


def test_sources_are_known_by_their_content(tree):
    below = contents({tree / "scenes": True})
    assert sorted(path.name for path in below) == ["a.py", "b.py", "lines.toml"]
    assert [path.name for path in contents({tree / "scenes": False})] == ["a.py"]
    (tree / "scenes" / "a.py").write_text("other")
    (tree / "scenes" / "deep" / "b.py").unlink()
    (tree / "scenes" / "c.py").write_text("new")
    (tree / "scenes" / "deep" / "lines.toml").touch()
    now = contents({tree / "scenes": True})
    assert [path.name for path in differing(below, now)] == ["a.py", "c.py", "b.py"]
    assert differing(now, now) == []


def noticed(saved):
    """Whether a save is noticed within a moment; everything before is forgotten."""
    there = saved.wait(2.0)
    time.sleep(0.3)
    saved.clear()
    return there


@pytest.mark.parametrize("kind", ["notices", "polling"])
def test_a_save_is_noticed_however_an_editor_writes_it(tree, monkeypatch, kind):
    if kind == "polling":
        monkeypatch.setattr("watchdog.observers.Observer.start", lambda self: (_ for _ in ()).throw(OSError("no more")))
    with observed({tree / "scenes": True}) as saved:
        path = tree / "scenes" / "deep" / "b.py"
        path.write_text("written in place")
        assert noticed(saved)
        (path.parent / "b.py~").write_text("written beside")
        assert kind == "polling" or not saved.is_set()
        (path.parent / "b.py~").replace(path)
        assert noticed(saved)
        path.unlink()
        assert noticed(saved)
    assert not [t for t in threading.enumerate() if "Observer" in type(t).__name__ or "Emitter" in type(t).__name__]


def test_reading_is_no_save(tree):
    with observed({tree / "scenes": True}) as saved:
        contents({tree / "scenes": True})
        (tree / "scenes" / "notes.txt").write_text("not a source")
        assert not saved.wait(0.5)


def test_saves_that_come_together_count_as_one():
    saved = threading.Event()
    saves = [threading.Timer(0.05 * i, saved.set) for i in range(5)]
    for save in saves:
        save.start()
    settle(saved)
    assert not any(save.is_alive() for save in saves)
    assert not saved.is_set()
    for save in saves:
        save.join()


def test_a_change_in_what_this_process_runs_on_is_seen():
    assert imported_by_us([ROOT / "render" / "watch.py"])
    assert not imported_by_us([ROOT / "scenes" / "kit" / "no_such.py", ROOT / "scenes" / "theme.py"])


def test_code_that_no_longer_imports_is_told(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr("render.watch.ROOT", tmp_path)
    for name in ("assets", "models", "render", "scenes"):  # whichever is imported first, installed or not
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("def broken(:\n")
    assert not still_imports(told.append)
    assert "SyntaxError: invalid syntax" in told[0]
    monkeypatch.setattr("render.watch.ROOT", ROOT)
    assert still_imports(told.append)


@pytest.fixture
def warm(tmp_path, monkeypatch):
    """Child processes of which the render server is a script that answers at once, or never."""
    (tmp_path / "render").mkdir()
    (tmp_path / "render" / "server.py").write_text(FAKE)
    shutil.copytree(tmp_path / "render", tmp_path / "other")
    monkeypatch.setattr("render.workers.ROOT", tmp_path)
    warm = Warm()
    yield warm
    warm.end()


def ask(worker, what="x"):
    return worker.submit({"id": "look", "scene": what}, lambda event: None)


def test_the_server_outlives_a_build_and_other_workers_do_not(warm):
    server, other = warm.start(), warm.get("other.server")
    assert ask(server).result(WAITS_S)["said"] == "x"
    warm.close()
    assert warm.running == {SERVER: server} and not other.alive()
    assert warm.start() is server and ask(server, "again").result(WAITS_S)["said"] == "again"


def test_a_server_that_still_draws_ends_with_the_build_that_was_interrupted(warm):
    server = warm.start()
    future = ask(server, "hang")
    warm.close()
    assert not server.alive() and warm.running == {}
    assert future.exception(WAITS_S) is not None


def test_a_server_that_died_is_replaced(warm):
    server = warm.start()
    server.process.kill()
    server.process.wait()
    assert ask(warm.start()).result(WAITS_S)["said"] == "x"


def test_ending_waits_for_nothing(warm):
    server = warm.start()
    future = ask(server, "hang")
    began = time.monotonic()
    warm.end()
    assert time.monotonic() - began < 2
    assert not server.alive() and warm.running == {} and future.exception(WAITS_S) is not None


def test_the_server_is_restarted_only_when_its_code_changes(warm, tmp_path, monkeypatch):
    """Scene, then render: the scene's edit keeps the server, the other one ends it."""
    folders = {name: tmp_path / name for name in ("scenes", "render")}
    folders["scenes"].mkdir()
    monkeypatch.setattr("render.watch.ROOT", tmp_path)
    monkeypatch.setattr("render.watch.WATCHED", tuple(folders.values()))
    servers, told, edits = [], [], iter(["scenes/a.py", "render/b.py", None])

    def show(first):
        servers.append(warm.start())
        edit = next(edits)
        if edit is None:
            raise KeyboardInterrupt
        threading.Timer(0.3, (tmp_path / edit).write_text, ["edited"]).start()

    watch.watch(show, "Scene", warm, told.append)
    assert servers[0] is servers[1] and servers[1] is not servers[2]
    assert [line for line in told if line.startswith("changed")] == ["changed: scenes/a.py", "changed: render/b.py"]


class Watching:
    """A real ``preview --watch`` in a copy of the code, and what it prints."""

    def __init__(self, tree, *args):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "preview", *args, "--watch"],
            cwd=tree,
            env={**os.environ, "TENSORREEL_BUILD": str(tree / "build"), "PYTHONPATH": str(tree)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # a shell's background jobs ignore Ctrl-C, and a test run may be one
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        self.limit = threading.Timer(LIMIT_S, self.process.kill)  # a line that never comes must not hang the tests
        self.limit.daemon = True
        self.limit.start()

    def until(self, text):
        """The lines printed up to the first that begins so."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip())
            if line.startswith(text):
                return lines
        raise AssertionError(lines)

    def servers(self):
        """The processes that it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def interrupt(self):
        """Exit status after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)
        self.limit.cancel()
        return self.process.returncode


LIMIT_S = 60


@pytest.fixture
def project(tmp_path):
    for name in ("models", "assets", "scenes", "render", "cli.py"):
        subprocess.run(["cp", "-a", str(ROOT / name), str(tmp_path)], check=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "toy.py").write_text(
        "from manim import Circle, Create, Scene\n\n\nclass Toy(Scene):\n"
        "    def construct(self):\n        self.play(Create(Circle()), run_time=0.4)\n"
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="counts processes by /proc")
def test_a_scene_is_drawn_again_after_every_save_and_errors_are_survived(project):
    toy = project / "mine" / "toy.py"
    good = toy.read_text()
    watching = Watching(project, "mine/toy.py:Toy", "--raster", "stock")
    assert "build/preview/toy.Toy.mp4" in watching.until("watching")
    (server,) = watching.servers()
    for old, new, said in (
        ("run_time=0.4", "run_time=0.8", "toy.Toy.mp4: 12 frames of 854x480, 15 a second, "),
        ("Circle()", "Nothing()", "Error: NameError: name 'Nothing' is not defined"),
        ("Circle()", "Circle(", "Error: "),
        ("run_time=0.4", "run_time=0.2", "toy.Toy.mp4: 3 frames of 854x480, 15 a second, "),
    ):
        toy.write_text(good.replace(old, new))
        lines = watching.until("watching")
        assert lines[0] == "changed: mine/toy.py"
        assert any(line.startswith(said) for line in lines), lines
        assert lines[-2].startswith("after ")
    assert watching.servers() == [server]
    assert watching.interrupt() == 0
    assert not Path(f"/proc/{server}").exists()


@pytest.mark.slow
def test_a_command_whose_own_code_changes_starts_anew_unless_that_is_broken(project):
    watching = Watching(project, "mine/toy.py:Toy", "--raster", "stock", "--format", "gif")
    watching.until("watching")
    export = project / "render" / "export.py"
    good = export.read_text()
    export.write_text(f"raise RuntimeError('half done')\n{good}")
    assert "RuntimeError: half done" in watching.until("watching")
    export.write_text(good.replace("GIF_FPS = 25", "GIF_FPS = 5"))
    lines = watching.until("watching")
    assert lines[0] == "changed: render/export.py"
    assert any(line.startswith("toy.Toy.gif: 2 frames of 854x480, 5 a second, ") for line in lines), lines
    assert watching.interrupt() == 0


@pytest.mark.slow
def test_ctrl_c_while_it_draws_ends_everything_at_once(project):
    (project / "mine" / "toy.py").write_text(
        "from manim import Scene\n\n\nclass Toy(Scene):\n    def construct(self):\n        self.wait(900)\n"
        "        while True:\n            pass\n"
    )
    watching = Watching(project, "mine/toy.py:Toy", "--raster", "stock")
    watching.until("clip toy.Toy ...")
    servers = watching.servers()
    began = time.monotonic()
    assert watching.interrupt() == 0
    assert time.monotonic() - began < 10
    assert not any(Path(f"/proc/{server}").exists() for server in servers)
    assert list((project / "build" / "store" / "tmp").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("args", ["HeldNumbr", "mine/nothing.py:Toy", "nowhere/toy.py", "HeldNumber --set digits.x=1"])
def test_a_mistake_in_the_command_ends_it_at_once(project, args):
    watching = Watching(project, *args.split())
    out, _ = watching.process.communicate(timeout=30)
    assert watching.process.returncode == 2
    assert out.startswith("Error: ")
    assert out.count("\n") == 1
