"""What the command line tells about the state of things: overview, reasons, arrays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assets.store import Store, load_asset
from models.configs import make_config
from models.datasets import data_folder, download_mnist, fingerprint
from models.suggest import did_you_mean
from render.catalog import UnknownName, find_chapters, find_scene, recipes
from render.graph import Job, Ledger, Status, evaluate
from render.jobs import Options, asset_jobs, chapter_jobs, scene_jobs
from scenes.chapters import CHAPTERS, Chapter

WAITS_NAMED = 3  # of the jobs that another waits for, in one line
STATE_WORDS = {"fresh": "fresh", "stale": "will run", "maybe": "may run, if what it reads changes"}


@dataclass(frozen=True)
class Row:
    """One line of the overview: a chapter (scene "") or one of its scenes; ``seconds`` is None before it was drawn."""

    chapter: Chapter
    scene: str
    seconds: float | None
    status: Status

    def facts(self) -> dict[str, Any]:
        """The row for machines."""
        return {
            "chapter": self.chapter.number,
            "slug": self.chapter.slug,
            "scene": self.scene or None,
            "title": self.chapter.title,
            "seconds": self.seconds,
            "state": self.status.state,
            "reasons": [str(reason) for reason in self.status.reasons],
        }

    def text(self) -> str:
        """The row for people."""
        length = "      -" if self.seconds is None else f"{self.seconds:5.1f} s"
        state = "fresh" if self.status.state == "fresh" else "stale"
        why = f" ({self.status.reasons[0]})" if self.status.reasons else ""
        name = f"   {self.scene}" if self.scene else f"{self.chapter.number}  {self.chapter.title}"
        return f"{name:<36} {length}  {state}{why}"


def overview(store: Store, options: Options) -> Iterator[Row]:
    """Every chapter, followed by its scenes."""
    ledger = Ledger(store)
    for chapter in CHAPTERS:
        statuses = evaluate(chapter_jobs([chapter], options), ledger)
        lengths = {spec: _seconds(statuses, clip_of(chapter, spec)) for spec in chapter.scenes}
        known = [length for length in lengths.values() if length is not None]
        total = sum(known) if len(known) == len(lengths) else None
        yield Row(chapter, "", total, statuses[f"chapter/{chapter.number:02d}"])
        for spec in chapter.scenes:
            yield Row(chapter, spec.partition(":")[2], lengths[spec], statuses[clip_of(chapter, spec)])


def clip_of(chapter: Chapter, spec: str) -> str:
    """Id of the clip job of a scene as the chapter lists it."""
    return f"clip/{spec.partition('.')[0]}/{spec.partition(':')[2]}"


def _seconds(statuses: Mapping[str, Status], job_id: str) -> float | None:
    status = statuses[job_id]
    if status.trace is None:
        return None
    return float(status.trace.cost["frames"]) / float(status.trace.cost["fps"])


def target_jobs(target: str, options: Options) -> list[Job]:
    """The jobs behind a chapter, a scene or a recipe. Raises: UnknownName with the nearest of all three."""
    if target in recipes():
        return asset_jobs([target], options)
    names = [spec.partition(":")[2] for chapter in CHAPTERS for spec in chapter.scenes]
    if target.rpartition("/")[2] in names:
        return scene_jobs([find_scene(target, options.lang)], options)
    try:
        return chapter_jobs(find_chapters([target]), options)
    except UnknownName:
        known = [*recipes(), *names, *(chapter.slug for chapter in CHAPTERS)]
        near = did_you_mean(target, known) or f" There are {', '.join(known)}."
        raise UnknownName(f"No chapter, scene or recipe is called '{target}'.{near}") from None


def status_text(status: Status) -> str:
    """A job's state and its reasons, a line each."""
    waits = [reason.what for reason in status.reasons if reason.kind == "after"]
    lines = [str(reason) for reason in status.reasons if reason.kind != "after"]
    if waits:
        more = f" and {len(waits) - WAITS_NAMED} more" if len(waits) > WAITS_NAMED else ""
        lines.append(f"waits for {', '.join(waits[:WAITS_NAMED])}{more}")
    return "\n    ".join([f"{status.job.label}: {STATE_WORDS[status.state]}", *lines])


def status_facts(status: Status) -> dict[str, Any]:
    """A job's state and typed reasons for machines."""
    reasons = [{"kind": r.kind, "what": r.what, "was": r.was, "now": r.now, "text": str(r)} for r in status.reasons]
    return {"job": status.job.id, "state": status.state, "reasons": reasons}


def asset_tables(store: Store, statuses: Mapping[str, Status]) -> Iterator[str]:
    """Every array of the fresh assets: name, axes, shape, range; then where the numbers come from."""
    for status in statuses.values():
        if status.trace is None:
            continue
        name = status.job.id.partition("/")[2]
        asset = load_asset(store, name, status.trace.outputs["safetensors"])
        yield f"{name}  ({asset.facts['model']}, {asset.facts['data_source']})"
        for key, array in asset.arrays.items():
            axes = (
                ", ".join(f"{axis} {n}" for axis, n in zip(asset.axes[key], array.shape, strict=True)) or "one number"
            )
            yield f"    {key:<16} {array.dtype!s:<8} {axes:<32} {_range(array)}"


def _range(array: np.ndarray) -> str:
    return f"{array.item():g}" if array.size == 1 else f"{array.min():.4g} to {array.max():.4g}"


def scenes_to_draw(store: Store, options: Options) -> list[str]:
    """Names of the scenes that have to be drawn again, over all chapters."""
    ledger = Ledger(store)
    waiting = []
    for chapter in CHAPTERS:
        statuses = evaluate(chapter_jobs([chapter], options), ledger)
        waiting += [s.job.payload.name for s in statuses.values() if s.job.kind == "clip" and s.state != "fresh"]
    return waiting


def fetch_missing_data(options: Options, say: Callable[[str], None]) -> None:
    """Download MNIST when an override asks for it and none of its files is there."""
    for name, values in options.overrides.items():
        if (
            getattr(make_config(name, values), "data", "") == "mnist"
            and fingerprint("mnist", data_folder()) == "absent"
        ):
            say(f"downloading the four files of MNIST to {data_folder()} ...")
            download_mnist(data_folder(), lambda done, total, figures: say(f"    file {done} of {total}"))
