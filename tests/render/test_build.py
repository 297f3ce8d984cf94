"""How a build shares cores and memory, and what it does about kills, damage and a full disk; on toy jobs."""

import errno
import os
import threading
from pathlib import Path

import pytest

from assets.store import AssetError, Store
from render.build import build
from render.graph import Job, Trace
from render.jobs import Options
from render.quality import RenderError
from render.workers import JobError, JobKilled

WORKER = """
import json, os, sys, time
from pathlib import Path
for line in sys.stdin:
    request = json.loads(line)
    marker = Path(request["marker"])
    if request["times"] > len(marker.read_text() if marker.exists() else ""):
        with marker.open("a") as file:
            file.write("x")
        print('{"half a li', end="", flush=True)
        os.kill(os.getpid(), 9)
    print(json.dumps({"id": request["id"], "event": "done"}), flush=True)
"""


class Watcher:
    """Writes down what happens, and which jobs ran beside which."""

    def __init__(self):
        self.log, self.running, self.together = [], set(), []
        self.guard = threading.Lock()

    def planned(self, statuses, expected_s): ...

    def advanced(self, job, done, total, note): ...

    def started(self, job):
        self._turn("started", job, self.running.add)
        self.together.append(frozenset(self.running))

    def again(self, job, note):
        self._turn(f"again: {note}", job, self.running.discard)

    def finished(self, job, trace):
        self._turn("finished", job, self.running.discard)

    def failed(self, job, error):
        self._turn("failed", job, self.running.discard)

    def _turn(self, what, job, change):
        with self.guard:
            self.log.append((what, job.label))
            change(job.label)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def toy(name, make=None, needs=(), kind="toy", **parts):
    return Job(f"{kind}/{name}", name, {"source toy": "1"} | parts, tuple(f"toy/{n}" for n in needs), make)


def write(job, context):
    """Whatever the job's payload does, then a text."""
    if job.payload is not None:
        job.payload(context)
    made = context.store.put(f"{job.id} {sorted(job.parts.items())}".encode(), "txt")
    return Trace(dict(context.offered), {f"text {job.label}": made}, {"txt": made}, {"peak_mb": 100})


def run(store, *jobs, cores=4, **options):
    watcher = Watcher()
    runners = dict.fromkeys(("toy", "asset"), write)
    return build(jobs, store, Options(), runners, watcher, cores=cores, **options), watcher


@pytest.fixture
def memory(monkeypatch):
    def limit(available, **sizes):
        monkeypatch.setattr("render.build.available_mb", lambda: available)
        if sizes:
            monkeypatch.setattr("render.build.expected_mb", lambda job, *_: sizes[job.label])

    return limit


def meet(barrier):
    return lambda context: barrier.wait(20)


def test_jobs_run_side_by_side_as_far_as_memory_goes(store, memory):
    memory(250, a=100, b=100, c=100, d=100)
    pairs = threading.Barrier(2)  # two that do not run together would wait in vain
    outcome, watcher = run(store, *(toy(name, meet(pairs)) for name in "abcd"))
    assert len(outcome.ran) == 4
    assert max(len(beside) for beside in watcher.together) == 2


def test_a_job_larger_than_all_memory_still_runs_and_it_runs_by_itself(store, memory):
    memory(250, a=100, huge=900, c=100)
    pair = threading.Barrier(2)
    outcome, watcher = run(store, toy("a", meet(pair)), toy("huge"), toy("c", meet(pair)))
    assert len(outcome.ran) == 3
    assert [beside for beside in watcher.together if "huge" in beside] == [{"huge"}]


def test_memory_that_others_take_meanwhile_counts(store, monkeypatch):
    figures = iter([1000.0])
    monkeypatch.setattr("render.build.available_mb", lambda: next(figures, 50.0))
    _, watcher = run(store, toy("a"), toy("b"))
    assert all(len(beside) == 1 for beside in watcher.together)


def test_what_a_job_took_last_time_is_what_it_is_expected_to_take(store, memory):
    jobs = (toy("a"), toy("b"), toy("c"))
    run(store, *jobs)  # each tells 100 MB
    memory(150)
    _, watcher = run(store, *jobs, force=[job.id for job in jobs])
    assert all(len(beside) == 1 for beside in watcher.together)
    memory(1000)
    barrier = threading.Barrier(3)
    jobs = tuple(toy(name, meet(barrier)) for name in "abc")
    assert len(run(store, *jobs, force=[job.id for job in jobs])[0].ran) == 3


def killed(times, before=lambda: None):
    """A payload that is killed so many times."""
    left = [times]

    def make(context):
        before()
        if left[0]:
            left[0] -= 1
            raise JobKilled("The process ended by SIGKILL.", log="a/log")

    return make


def test_a_job_that_the_system_kills_is_tried_once_more_with_nothing_beside_it(store):
    pair = threading.Barrier(2)
    meet_first = iter([lambda: pair.wait(20)])
    victim = toy("victim", killed(1, lambda: next(meet_first, lambda: None)()))
    outcome, watcher = run(store, victim, toy("b", meet(pair)), toy("c"), toy("d"), toy("after", needs=["victim"]))
    assert not outcome.failures and len(outcome.ran) == 5
    assert {"victim", "b"} <= next(beside for beside in watcher.together if {"victim", "b"} <= beside)
    starts = [beside for (what, job), beside in zip(_starts(watcher), watcher.together, strict=True) if job == "victim"]
    assert len(starts) == 2 and starts[1] == {"victim"}
    assert ("again: killed by the system, perhaps for want of memory; runs again, alone", "victim") in watcher.log


def _starts(watcher):
    return [entry for entry in watcher.log if entry[0] == "started"]


def test_a_job_that_is_killed_twice_is_blamed_and_the_others_finish(store):
    outcome, watcher = run(store, toy("victim", killed(2)), toy("b"), toy("after", needs=["victim"]))
    assert outcome.ran == ("toy/b",)
    assert {job: (str(error), error.log) for job, error in outcome.failures.items()} == {
        "toy/victim": (
            "The process ended by SIGKILL, the second time with nothing running beside it; "
            "free some memory or choose a lower quality.",
            "a/log",
        )
    }
    assert [entry[0] for entry in watcher.log].count("failed") == 1


@pytest.mark.parametrize(("times", "failed"), [(1, []), (2, ["asset/a"])])
def test_a_worker_that_is_killed_is_started_anew(store, tmp_path, monkeypatch, times, failed):
    (tmp_path / "toyworker.py").write_text(WORKER)
    monkeypatch.setattr("render.workers.ROOT", tmp_path)
    monkeypatch.setattr("render.build.WORKER_OF", {"asset": "toyworker"})

    def ask(context):
        request = {"id": "toy", "marker": str(tmp_path / "marker"), "times": times}
        context.worker.submit(request, lambda event: None).result(timeout=60)

    outcome, _ = run(store, toy("a", ask, kind="asset"), toy("b", lambda context: None, kind="asset"))
    assert list(outcome.failures) == failed and "asset/b" in outcome.ran
    said = [str(error) for error in outcome.failures.values()]
    assert all("The process toyworker ended by SIGKILL" in text and "the second time" in text for text in said)


def test_a_worker_that_we_end_ourselves_is_not_taken_for_killed(tmp_path, monkeypatch):
    from render.workers import Worker

    (tmp_path / "toyworker.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr("render.workers.ROOT", tmp_path)
    worker = Worker("toyworker")
    answer = worker.submit({"id": "toy"}, lambda event: None)
    worker.close()
    assert type(answer.exception(20)) is JobError


def damage_in_secret(path):
    """Flip a byte so that neither size nor mtime tells."""
    stat = path.stat()
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def read_offered(context):
    for object_id in context.offered.values():
        context.store.read(object_id)


def test_an_input_that_turns_out_damaged_is_made_again_and_its_reader_then_runs(store):
    first, _ = run(store, toy("a"), toy("b", read_offered, ["a"]))
    made = first.statuses["toy/a"].trace.outputs["txt"]
    damage_in_secret(store.path(made))
    assert run(store, toy("a"), toy("b", read_offered, ["a"]))[0].ran == ()  # a no-op trusts size, mtime and inode
    outcome, watcher = run(store, toy("a"), toy("b", read_offered, ["a"], x="2"))
    assert outcome.ran == ("toy/a", "toy/b") and not outcome.failures
    assert ("again: what it needs is damaged and made again first", "b") in watcher.log
    assert store.read(made)


def test_an_input_that_stays_damaged_is_a_failure_and_no_endless_loop(store):
    def spoil_and_read(context):
        (made,) = context.offered.values()
        damage_in_secret(store.path(made))
        context.store.read(made)

    outcome, _ = run(store, toy("a"), toy("b", spoil_and_read, ["a"]))
    assert isinstance(outcome.failures["toy/b"], AssetError)
    assert "is damaged; run the command again" in str(outcome.failures["toy/b"])


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "a/b"),
        RenderError("Could not write clip.mp4: No space left on device; check the folder and the space on its disk."),
        JobError("OSError: [Errno 122] Disk quota exceeded"),
    ],
)
def test_a_full_disk_is_one_failure_and_nothing_else_is_started(store, error):
    pair = threading.Barrier(2)

    def fill(context):
        pair.wait(20)
        raise error

    outcome, watcher = run(store, *(toy(name, fill) for name in "abcdef"), cores=2)
    assert list(outcome.failures.values()) == [error] and outcome.ran == ()
    assert len(_starts(watcher)) == 2
    assert len(run(store, *(toy(name) for name in "abcdef"))[0].ran) == 6


def test_a_build_removes_what_a_killed_one_left_and_nothing_of_one_that_runs(store):
    left = store.root / "tmp" / "of-a-dead-command"
    left.mkdir(parents=True)
    (left / "half.mp4").write_bytes(b"half")
    (store.root / "tmp" / "file").write_bytes(b"half")
    with store.scratch() as mine:
        run(store, toy("a"))
        assert list((store.root / "tmp").iterdir()) == [mine]
    assert list((store.root / "tmp").iterdir()) == []


def test_only_the_render_server_forks_and_it_takes_no_locks():
    root = Path(__file__).parents[2]
    sources = {
        str(path.relative_to(root)): path.read_text()
        for folder in ("models", "assets", "scenes", "render")
        for path in (root / folder).rglob("*.py")
    } | {"cli.py": (root / "cli.py").read_text()}
    forks = {name for name, text in sources.items() if "os.fork" in text or "multiprocessing" in text}
    assert forks == {"render/server.py", "render/fork.py"}
    assert all(".lock(" not in sources[name] and ".scratch(" not in sources[name] for name in forks)
