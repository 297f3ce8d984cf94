"""How fast films are drawn, against manim's own command: `python -m tests.bench.render` prints Markdown tables.

Each round draws every scene with stock `manim render` in a process of its own, then with our server in a process of
its own, once with equal encoder settings and identical pixels ("exact") and once as `draft` does at the same size;
every other round the other way round. Ratios are taken within a round; what is printed are medians. Rows go to
build/bench/render.json. `--quick` is one small round; names of scenes or of parts choose some.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from render.quality import QUALITIES, Quality
from render.workers import JobError, Worker
from tests.bench import takes
from tests.bench.report import report
from tests.bench.takes import ROOT, Subject, Take, TakeFailed

PLAIN = ("Lines", "Words", "Space")
PARTS = ("films", "many", "workers", "warm", "still")
JOBS = 2
TIMED = """from {module} import {name} as Untimed
class {name}(Untimed):
    def __init__(self, **kwargs):
        super().__init__(durations={durations}, **kwargs)
"""
WARM_UP = f"{ROOT / 'tests' / 'hazards_drawing.py'}:Shapes"


@dataclass(frozen=True)
class Bench:
    """What is measured at which size; ``work`` is a folder for films."""

    subjects: tuple[Subject, ...]
    width: int
    height: int
    fps: int
    work: Path

    @property
    def stock_size(self) -> tuple[str, ...]:
        """Manim's options for this size."""
        return ("--resolution", f"{self.width},{self.height}", "--fps", str(self.fps))

    @property
    def modes(self) -> dict[str, Quality]:
        """Ours: manim's own encoder settings with identical pixels, and draft's settings at this size."""
        exact = Quality("bench", self.width, self.height, self.fps, "medium", 23, "exact")
        draft = replace(QUALITIES["draft"], name="bench", width=self.width, height=self.height, fps=self.fps)
        return {"exact": exact, "draft": draft}


def plain_subjects() -> list[Subject]:
    """The bench's own scenes."""
    file = ROOT / "tests" / "bench" / "scenes.py"
    return [Subject(name, f"{file}:{name}", file) for name in PLAIN]


def chapter_subjects(work: Path) -> list[Subject]:
    """The scenes of chapter 1 with the current assets; each line takes as long as it takes to read.

    Manim is given a file, written to ``work``, in which a scene's length is the same as ours.
    """
    from assets.store import Store, current_assets
    from models.folders import build_folder
    from render.catalog import recipes, scenes_of
    from scenes.chapters import CHAPTERS
    from scenes.narration import fill, reading_seconds

    store, found = Store(build_folder() / "store"), []
    assets = current_assets(store, tuple(recipes()))
    for scene in scenes_of(CHAPTERS[0]):
        durations = {cue: reading_seconds(fill(text, assets)) for cue, text in scene.narration.lines.items()}
        ids = {name: str(store.ref(name)) for name in scene.needs}
        file = work / f"{scene.module.rpartition('.')[2]}.py"
        file.write_text(TIMED.format(module=scene.module, name=scene.name, durations=durations), encoding="utf-8")
        found.append(Subject(scene.name, scene.spec, file, ids, durations))
    return found


def film_round(bench: Bench, backwards: bool) -> dict[str, dict[str, Take]]:
    """Every scene in every way: {scene: {"stock" | "exact" | "draft": take}}."""
    rows: dict[str, dict[str, Take]] = {}
    for subject in bench.subjects:
        tasks: dict[str, Callable[[], tuple[Take, Path]]] = {
            "stock": lambda s=subject: takes.stock(s, bench.stock_size, bench.work / "stock" / s.name),  # type: ignore[misc]
            **{
                mode: lambda s=subject, m=mode, q=quality: takes.ours([s], q, bench.work / m / s.name, JOBS)  # type: ignore[misc]
                for mode, quality in bench.modes.items()
            },
        }
        rows[subject.name] = {}
        for mode in reversed(tasks) if backwards else tasks:
            with told(f"{subject.name} {mode}"):
                rows[subject.name][mode], film = tasks[mode]()
                keep(film, bench.work / "films" / f"{subject.name}-{mode}.mp4")
    return rows


def many_round(bench: Bench, films: dict[str, dict[str, Take]], backwards: bool) -> dict[str, Take]:
    """All scenes: stock one after the other (as just measured) with a join by ffmpeg; ours at once by one server."""
    import imageio_ffmpeg

    rows: dict[str, Take] = {}
    for mode in reversed(bench.modes) if backwards else bench.modes:
        with told(f"all scenes {mode}"):
            rows[mode], _ = takes.ours(bench.subjects, bench.modes[mode], bench.work / "many", JOBS)
    with told("all scenes stock, joined"):
        listed = bench.work / "list.txt"
        pieces = [bench.work / "films" / f"{subject.name}-stock.mp4" for subject in bench.subjects]
        listed.write_text("".join(f"file '{piece}'\n" for piece in pieces), encoding="utf-8")
        join = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy"]
        wall, cpu, _ = takes.measured([*join, "joined.mp4"], bench.work)
        stock = [films[subject.name]["stock"] for subject in bench.subjects]
        rows["stock"] = Take(
            wall + sum(take.wall_s for take in stock),
            cpu + sum(take.cpu_s for take in stock),
            takes.count_frames(bench.work / "joined.mp4"),
            (bench.work / "joined.mp4").stat().st_size,
        )
    return rows


def workers_round(bench: Bench, backwards: bool) -> dict[str, Take]:
    """The first scene with one worker and with two: {"exact 1": take, ...}."""
    rows: dict[str, Take] = {}
    for mode, quality in bench.modes.items():
        for jobs in (2, 1) if backwards else (1, 2):
            with told(f"{mode} with {jobs} workers"):
                rows[f"{mode} {jobs}"], _ = takes.ours(bench.subjects[:1], quality, bench.work / "workers", jobs)
    return rows


def warm_round(bench: Bench, server: Worker) -> dict[str, dict[str, float]]:
    """Wall seconds to a film at preview quality, from a server that has drawn before, and by `manim -ql`."""
    rows: dict[str, dict[str, float]] = {}
    for subject in bench.subjects:
        with told(f"{subject.name} preview"):
            asked = takes.request(subject, QUALITIES["preview"], bench.work / "warm", JOBS)
            warm = takes.timed(lambda: server.submit(asked, lambda event: None).result())  # noqa: B023  # called at once
            cold, _ = takes.stock(subject, ("-ql",), bench.work / "ql" / subject.name)
            rows[subject.name] = {"stock": cold.wall_s, "warm": warm}
    return rows


def still_round(bench: Bench) -> dict[str, dict[str, float]]:
    """Wall and CPU seconds of a cold `preview --still` and of `manim -s`, at the size of a preview."""
    rows: dict[str, dict[str, float]] = {}
    for subject in bench.subjects:
        scene = subject.name if subject.assets else subject.spec
        with told(f"{subject.name} still"):
            shutil.rmtree(bench.work / "still", ignore_errors=True)
            stock, _ = takes.stock(subject, ("-ql", "-s"), bench.work / "still")
            wall, cpu, _ = takes.measured([sys.executable, "-m", "cli", "preview", scene, "--still"], ROOT)
            both = {"stock": stock.wall_s, "ours": wall, "stock_cpu": stock.cpu_s, "ours_cpu": cpu}
            rows[subject.name] = {name: round(seconds, 3) for name, seconds in both.items()}
    return rows


def nearness(bench: Bench) -> dict[str, dict[str, float | None]]:
    """Y-PSNR in dB of each film of the last round against the drawn frames."""
    rows: dict[str, dict[str, float | None]] = {}
    for subject in bench.subjects:
        films = sorted((bench.work / "films").glob(f"{subject.name}-*.mp4"))
        size = [str(number) for number in (bench.width, bench.height, bench.fps)]
        with told(f"{subject.name} compared with the drawn frames"):
            command = [sys.executable, "-m", "tests.bench.psnr", str(subject.file), subject.name]
            _, _, said = takes.measured([*command, *size, *map(str, films)], ROOT)
            modes = [film.stem.rpartition("-")[2] for film in films]
            rows[subject.name] = dict(zip(modes, json.loads(said), strict=True))
    return rows


def keep(film: Path, path: Path) -> None:
    """Put a film aside for the comparison and the join."""
    path.parent.mkdir(parents=True, exist_ok=True)
    film.replace(path)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say on standard error what is being measured; a failure of it is told, and the measuring goes on."""
    print(what, file=sys.stderr, flush=True)  # noqa: T201
    try:
        yield
    except (TakeFailed, JobError, KeyError) as error:
        print(f"  FAILED: {error!r}", file=sys.stderr, flush=True)  # noqa: T201


def machine() -> dict[str, Any]:
    """What it ran on."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
    tools = ("manim", "numpy", "numba", "av", "pycairo")
    return {
        "cpu": models[0] if models else "unknown",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "load_before": round(os.getloadavg()[0], 1),
        "python": sys.version.split()[0],
        **{tool: version(tool) for tool in tools},
    }


def run(bench: Bench, repeats: int, parts: Iterable[str]) -> dict[str, Any]:
    """All rounds: {"machine", "settings", "rounds": [{part: rows}], "psnr"}."""
    rounds: list[dict[str, Any]] = []
    result = {"machine": machine(), "settings": settings(bench), "rounds": rounds, "psnr": {}}
    with closing(Worker("render.server")) as server:
        for number in range(repeats):
            backwards, found = number % 2 == 1, dict[str, Any]()
            if "films" in parts or "many" in parts:
                found["films"] = film_round(bench, backwards)
            if "many" in parts:
                found["many"] = many_round(bench, found["films"], backwards)
            if "workers" in parts:
                found["workers"] = workers_round(bench, backwards)
            if "warm" in parts:
                if number == 0:
                    first = takes.request(Subject("first", WARM_UP, Path()), QUALITIES["preview"], bench.work, JOBS)
                    server.submit(first, lambda event: None).result()
                found["warm"] = warm_round(bench, server)
            if "still" in parts:
                found["still"] = still_round(bench)
            rounds.append(found)
    if "films" in parts:
        result["psnr"] = nearness(bench)
    return result


def settings(bench: Bench) -> dict[str, Any]:
    """Sizes and encoder settings."""
    modes = {mode: asdict(quality) for mode, quality in bench.modes.items()}
    return {"width": bench.width, "height": bench.height, "fps": bench.fps, "jobs": JOBS, "modes": modes}


def as_plain(value: Any) -> Any:
    """Takes as dictionaries, however deep."""
    if isinstance(value, Take):
        return value.facts
    return {k: as_plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def main(arguments: Sequence[str]) -> None:
    """Measure, write the rows, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"scenes, or parts: {', '.join(PARTS)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of the plain scenes at 854x480, 30 fps")
    chosen = parser.parse_args(arguments)
    parts = [part for part in PARTS if part in chosen.names] or list(PARTS)
    wanted = set(chosen.names) - set(PARTS)
    size = (854, 480, 30) if chosen.quick else (1920, 1080, 60)
    with tempfile.TemporaryDirectory() as folder:
        subjects = plain_subjects()
        if not chosen.quick and not (wanted and wanted <= set(PLAIN)):
            takes.measured([sys.executable, "-m", "cli", "assets"], ROOT)
            subjects += chapter_subjects(Path(folder))
        subjects = [subject for subject in subjects if not wanted or subject.name in wanted]
        found = run(Bench(tuple(subjects), *size, Path(folder)), 1 if chosen.quick else chosen.repeats, parts)
    found["rounds"] = [as_plain(each) for each in found["rounds"]]
    out = ROOT / "build" / "bench" / "render.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(report(found))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
