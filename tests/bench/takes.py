"""One take of a film, ours or stock, in a process of its own, with the seconds it took.

`python -m tests.bench.takes` reads {"requests": [...], "join": path or ""} from standard input, has a render server of
its own draw all requests at once, joins the clips if asked, and prints the answers.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import av

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Subject:
    """A scene to draw: ``spec`` is what the render server calls it, ``file`` is what manim is given."""

    name: str
    spec: str
    file: Path
    assets: dict[str, str] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Take:
    """What it cost, children included: seconds of wall and CPU, peak of the largest process; what came out."""

    wall_s: float
    cpu_s: float
    frames: int
    bytes: int
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """As plain data, rounded."""
        return {name: round(v, 3) if isinstance(v, float) else v for name, v in asdict(self).items()}


class TakeFailed(Exception):
    """A command ended with an error; the message is the end of what it said."""


def environment() -> dict[str, str]:
    """Ours, with the project importable, its build folder absolute, and one order of sets for every film."""
    build = Path(os.environ.get("TENSORREEL_BUILD", ROOT / "build")).absolute()
    return {"PYTHONHASHSEED": "0", **os.environ, "TENSORREEL_BUILD": str(build), "PYTHONPATH": str(ROOT)}


def measured(command: Sequence[str], cwd: Path, said: str = "") -> tuple[float, float, str]:
    """Wall and CPU seconds (user and system, children included) of a command, and what it printed.

    Raises: TakeFailed.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=environment(), input=said, capture_output=True, text=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise TakeFailed(f"{' '.join(command[:6])}: {(done.stdout + done.stderr)[-1500:]}")
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def stock(subject: Subject, size: Sequence[str], work: Path) -> tuple[Take, Path]:
    """`manim render` of one scene with caching off, and the film; size: options such as ("-qh", "--fps", "60")."""
    quiet = ("--disable_caching", "--progress_bar", "none", "--verbosity", "ERROR", "--silent")
    files = (str(subject.file), subject.name)
    work.mkdir(parents=True, exist_ok=True)
    wall, cpu, _ = measured(
        [sys.executable, "-m", "manim", "render", *size, *quiet, "--media_dir", str(work / "media"), *files], work
    )
    made = sorted((work / "media" / "videos").rglob(f"{subject.name}.mp4"))
    if not made:  # a still was asked for
        return Take(wall, cpu, 0, 0), work
    return Take(wall, cpu, count_frames(made[0]), made[0].stat().st_size), made[0]


def request(subject: Subject, quality: Any, work: Path, jobs: int) -> dict[str, Any]:
    """What the render server is asked for a scene."""
    return {
        "id": subject.name,
        "scene": subject.spec,
        "quality": asdict(quality),
        "store": str(Path(environment()["TENSORREEL_BUILD"]) / "store"),
        "assets": subject.assets,
        "durations": subject.durations,
        "work": str(work / subject.name),
        "stills": False,
        "jobs": jobs,
    }


def ours(subjects: Sequence[Subject], quality: Any, work: Path, jobs: int) -> tuple[Take, Path]:
    """All scenes at once by a render server that is started for it; more than one is joined to one film."""
    work.mkdir(parents=True, exist_ok=True)
    film = work / "film.mp4" if len(subjects) > 1 else None
    order = {"requests": [request(s, quality, work, jobs) for s in subjects], "join": str(film or "")}
    wall, cpu, said = measured([sys.executable, "-m", "tests.bench.takes"], ROOT, json.dumps(order))
    answers = json.loads(said)
    clip = film or Path(answers[0]["clip"])
    stages: dict[str, float] = {}
    frames = 0
    for answer in answers:
        manifest = json.loads(Path(answer["manifest"]).read_text(encoding="utf-8"))
        frames += manifest["frames"]
        for stage, seconds in manifest["cpu_s"].items():
            stages[stage] = stages.get(stage, 0) + seconds
    assert count_frames(clip) == frames
    return Take(wall, cpu, frames, clip.stat().st_size, {k: round(v, 2) for k, v in stages.items()}), clip


def count_frames(path: Path) -> int:
    """Frames of a film, by its packets."""
    with av.open(str(path)) as film:
        return sum(1 for packet in film.demux(video=0) if packet.size)


def timed(task: Callable[[], Any]) -> float:
    """Wall seconds of a call."""
    started = time.monotonic()
    task()
    return time.monotonic() - started


def wait_for_children(pid: int) -> None:
    """Until a process has reaped every child: what a child took is counted only then. Elsewhere than on Linux, a pause.

    Raises: TakeFailed if that takes too long.
    """
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    for _ in range(500):
        if listed.exists() and not listed.read_text().split():
            return
        time.sleep(0.01)
    if listed.exists():
        raise TakeFailed("The render server's children did not end.")


def draw_ordered() -> None:
    """Serve the order on standard input."""
    from render.encode import join_video
    from render.workers import Worker

    order = json.load(sys.stdin)
    with closing(Worker("render.server")) as server:
        futures = [server.submit(asked, lambda event: None) for asked in order["requests"]]
        answers = [future.result() for future in futures]
        wait_for_children(server.process.pid)
    if order["join"]:
        join_video([Path(answer["clip"]) for answer in answers], Path(order["join"]))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    draw_ordered()
