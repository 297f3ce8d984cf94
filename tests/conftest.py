"""A build folder in which everything is fresh, made in a moment by runners that write bytes instead of films."""

import shutil

import pytest

from assets.store import Store, save_asset
from render.build import WORKER_OF, build
from render.catalog import find_chapters
from render.graph import Trace
from render.jobs import chapter_jobs, make_options
from render.runners import RUNNERS


class Unwatched:
    """Nobody looks."""

    def __getattr__(self, name):
        return lambda *_: None


def pretend(job, context):
    """What a job reads and offers, with made-up contents: the build's records are real, its objects are not."""
    offered, kind, name = context.offered, job.kind, job.id.rpartition("/")[2]
    reads = {k: v for k, v in offered.items() if k.split(" ")[0] in {"asset", "line", "clip", "speech"}}
    seed = job.parts.get("set digits.seed", "0")
    match kind:
        case "asset":
            made = save_asset(context.store, name, {"seed": int(seed)}, {"seed": ()}, {}, {"model": "made up"})
            return Trace(reads, {f"asset {name}": made}, {"safetensors": made})
        case "voice":
            made = context.store.put(f"{job.key} {sorted(reads.items())}".encode(), "wav")
            offers = {f"line {name}": "45", f"speech {name}": made, f"words {name}": "words"}
            return Trace(reads, {**offers, f"times {name}": "[]", f"others {name}": "{}"}, {"wav": made})
    made = context.store.put(f"{job.key} {sorted(reads.items())}".encode(), "mp4")
    cost = {"frames": 180, "fps": 15} if kind == "clip" else {}
    return Trace(reads, {f"{kind} {name}": made}, {"mp4": made}, cost)


@pytest.fixture
def pretending(monkeypatch):
    """Every kind of job is only pretended, without child processes."""
    for kind in RUNNERS:
        monkeypatch.setitem(RUNNERS, kind, pretend)
    monkeypatch.setattr("render.build.WORKER_OF", dict.fromkeys(WORKER_OF))


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("render.build.WORKER_OF", {})
        options = make_options()
        runners = dict.fromkeys(RUNNERS, pretend)
        outcome = build(
            chapter_jobs(find_chapters(["1"]), options), Store(folder / "store"), options, runners, Unwatched()
        )
    assert not outcome.failures
    return folder


@pytest.fixture
def built(built_once, tmp_path, monkeypatch):
    """A copy of a build folder in which chapter 1 is fresh, as $TENSORREEL_BUILD."""
    shutil.copytree(built_once, tmp_path / "build")
    monkeypatch.setenv("TENSORREEL_BUILD", str(tmp_path / "build"))
    return tmp_path / "build"
