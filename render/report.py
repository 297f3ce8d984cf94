"""What the command line tells about the state of things: overview, reasons, arrays."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.store import Store, load_asset
from models.configs import make_config
from models.datasets import download_mnist, fingerprint
from models.folders import data_folder
from models.suggest import did_you_mean
from render.catalog import UnknownName, class_name, find_chapters, find_scene, recipes, scene_info
from render.graph import Job, Ledger, Reason, Status, evaluate
from render.jobs import Options, asset_jobs, chapter_jobs, clip_id, scene_jobs
from scenes.chapters import CHAPTERS, GALLERY, Chapter
from scenes.narration import SceneError

WAITS_NAMED = 2  # of the jobs that another waits for, in one line
WILL = {"stale": "will run", "maybe": "may run"}


@dataclass(frozen=True)
class Row:
    """One line of the overview: a chapter (scene None) or one of its scenes.

    ``seconds`` are those of the last time it was drawn, None before. A row is fresh, stale, or broken when its source
    or narration cannot be read.
    """

    chapter: int
    slug: str
    scene: str | None
    title: str
    seconds: float | None
    state: str
    reasons: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The row for machines."""
        return asdict(self)

    @property
    def name(self) -> str:
        """What the row is about, scenes indented below their chapter."""
        return f"   {self.scene}" if self.scene else f"{self.chapter}  {self.title}"


def overview(store: Store, options: Options) -> list[Row]:
    """Every chapter, followed by its scenes; what is broken does not hide the rest."""
    ledger = Ledger(store)
    rows = []
    for chapter in CHAPTERS:
        scenes = [_scene_row(chapter, spec, options, ledger) for spec in chapter.scenes]
        rows += [_chapter_row(chapter, scenes, options, ledger), *scenes]
    return rows


def _chapter_row(chapter: Chapter, scenes: Sequence[Row], options: Options, ledger: Ledger) -> Row:
    lengths = [row.seconds for row in scenes]
    seconds = None if None in lengths else round(sum(length or 0.0 for length in lengths), 3)
    broken = [str(row.scene) for row in scenes if row.state == "broken"]
    head = (chapter.number, chapter.slug, None, chapter.title, seconds)
    if broken:
        return Row(*head, "broken", (f"because of {', '.join(broken)}",))
    statuses = evaluate(chapter_jobs([chapter], options), ledger)
    return Row(*head, *_standing(statuses[f"chapter/{chapter.number:02d}"]))


def _scene_row(chapter: Chapter, spec: str, options: Options, ledger: Ledger) -> Row:
    head = (chapter.number, chapter.slug, class_name(spec))
    try:
        scene = scene_info(chapter, spec, options.lang)
        status = evaluate(scene_jobs([scene], options), ledger)[clip_id(scene)]
    except SceneError as error:
        return Row(*head, "", None, "broken", (str(error),))
    return Row(*head, scene.narration.title, _seconds(status, ledger), *_standing(status))


def _standing(status: Status) -> tuple[str, tuple[str, ...]]:
    own, waits = _reason_texts([status])
    return ("fresh" if status.state == "fresh" else "stale"), own or waits


def _seconds(status: Status, ledger: Ledger) -> float | None:
    trace = status.trace or ledger.last(status.job.id)[1]
    if trace is None or not trace.cost.get("fps"):
        return None
    return round(trace.cost["frames"] / trace.cost["fps"], 3)


def overview_text(rows: Sequence[Row]) -> Iterator[str]:
    """The overview for people: name, seconds, state, the first reason."""
    width = max(len(row.name) for row in rows)
    for row in rows:
        length = "-  " if row.seconds is None else f"{row.seconds:.1f} s"
        more = f" (and {len(row.reasons) - 1} more)" if len(row.reasons) > 1 else ""
        why = f"   {row.reasons[0]}{more}" if row.reasons else ""
        yield f"{row.name:<{width}}  {length:>8}   {row.state}{why}"


def target_jobs(target: str, options: Options) -> list[Job]:
    """The jobs behind a chapter, a scene or a recipe. Raises: UnknownName with the nearest of all three."""
    if target in recipes():
        return asset_jobs([target], options)
    names = [class_name(spec) for chapter in (*CHAPTERS, GALLERY) for spec in chapter.scenes]
    if target.rpartition("/")[2] in names:
        return scene_jobs([find_scene(target, options.lang)], options)
    try:
        return chapter_jobs(find_chapters([target]), options)
    except UnknownName:
        known = [*recipes(), *names, *(chapter.slug for chapter in CHAPTERS)]
        near = did_you_mean(target, known) or f" There are {', '.join(known)}."
        raise UnknownName(f"No chapter, scene or recipe is called '{target}'.{near}") from None


def plan_text(statuses: Sequence[Status]) -> Iterator[str]:
    """The jobs that will or may run, with their reasons; lines of one scene that are in the same state share a row."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[Status]] = {}
    for status in statuses:
        if status.state != "fresh":
            name = status.job.label.partition(".")[0] if status.job.kind == "voice" else status.job.label
            groups.setdefault((name, status.state, _reason_texts([status])[0]), []).append(status)
    labels = [
        found[0].job.label if len(found) == 1 else f"{name}, {len(found)} lines"
        for (name, _, _), found in groups.items()
    ]
    width = max(map(len, labels), default=0)
    for label, ((_, state, _), found) in zip(labels, groups.items(), strict=True):
        own, waits = _reason_texts(found)
        first, *others = own or waits
        yield f"{label:<{width}}   {WILL[state]:<8}   {first}"
        yield from (f"{'':<{width}}   {'':<8}   {other}" for other in others)
    yield _summary(statuses)


def _summary(statuses: Sequence[Status]) -> str:
    will = sum(status.state == "stale" for status in statuses)
    may = sum(status.state == "maybe" for status in statuses)
    if not will and not may:
        return f"fresh: all {len(statuses)} jobs are up to date" if len(statuses) > 1 else "fresh: it is up to date"
    follow = f", {may} may follow" if may else ""
    return f"{will} of {len(statuses)} {'job' if len(statuses) == 1 else 'jobs'} will run{follow}"


def _reason_texts(statuses: Sequence[Status]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reasons that jobs have of their own, and in one line the jobs that they wait for."""
    reasons: list[Reason] = [reason for status in statuses for reason in status.reasons]
    own = tuple(dict.fromkeys(str(reason) for reason in reasons if reason.kind != "after"))
    waits = list(dict.fromkeys(reason.what for reason in reasons if reason.kind == "after"))
    more = f" and {len(waits) - WAITS_NAMED} more" if len(waits) > WAITS_NAMED else ""
    return own, (f"waits for {', '.join(waits[:WAITS_NAMED])}{more}",) if waits else ()


def status_facts(status: Status) -> dict[str, Any]:
    """A job's state and typed reasons for machines."""
    reasons = [{"kind": r.kind, "what": r.what, "was": r.was, "now": r.now, "text": str(r)} for r in status.reasons]
    return {"job": status.job.id, "state": status.state, "reasons": reasons}


def asset_tables(store: Store, statuses: Mapping[str, Status]) -> Iterator[str]:
    """Every array of the fresh assets: name, type, axes, range, units; above them where the numbers come from."""
    for status in statuses.values():
        if status.trace is None:
            continue
        asset = load_asset(store, status.job.id.partition("/")[2], status.trace.outputs["safetensors"])
        yield ": ".join(
            [asset.name, *(str(asset.provenance[key]) for key in ("model", "data_source") if key in asset.provenance)]
        )
        shapes = {key: _shape(asset.axes[key], array) for key, array in asset.arrays.items()}
        name_width, shape_width = max(map(len, shapes)), max(map(len, shapes.values()))
        for key, array in asset.arrays.items():
            unit = f" {asset.units[key]}" if key in asset.units else ""
            yield f"    {key:<{name_width}}  {array.dtype!s:<7}  {shapes[key]:<{shape_width}}  {_range(array)}{unit}"


def _shape(axes: Sequence[str], array: np.ndarray) -> str:
    return ", ".join(f"{axis} {n}" for axis, n in zip(axes, array.shape, strict=True)) or "one number"


def _range(array: np.ndarray) -> str:
    if array.dtype == bool:
        return f"{array.sum()} of {array.size} true"
    form = ",d" if np.issubdtype(array.dtype, np.integer) else ".4g"
    return f"{array.item():{form}}" if array.size == 1 else f"{array.min():{form}} to {array.max():{form}}"


def scenes_to_draw(store: Store, options: Options) -> list[str]:
    """Names of the scenes that have to be drawn again, over all chapters."""
    return [row.scene for row in overview(store, options) if row.scene and row.state == "stale"]


def assets_summary(store: Store, options: Options, ran: Sequence[str], failed: bool) -> Iterator[str]:
    """What a regeneration of assets did, and the scenes that follow from it."""
    names = [job_id.partition("/")[2] for job_id in ran]
    if names or not failed:
        yield f"regenerated: {', '.join(names)}" if names else "nothing to do: every asset is fresh"
    waiting = scenes_to_draw(store, options)
    yield f"scenes to draw again: {', '.join(waiting)}" if waiting else "every scene is up to date"


def shown(path: Path) -> str:
    """A path as a person types it: relative to where they are when it lies below."""
    full = path.absolute()
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)


def fetch_missing_data(options: Options, say: Callable[[str], None]) -> None:
    """Download MNIST when an override asks for it and none of its files is there."""
    for name, values in options.overrides.items():
        wanted = getattr(make_config(name, values), "data", "") == "mnist"
        if wanted and fingerprint("mnist", data_folder()) == "absent":
            say(f"downloading the four files of MNIST to {data_folder()} ...")
            download_mnist(data_folder(), lambda done, total, figures: say(f"    file {done} of {total}"))
