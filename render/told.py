"""What the commands print of what they did: paths of films, remarks on them, assets, reasons, an overview."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.store import Store
from models.folders import build_folder
from render.build import Outcome, publish
from render.catalog import SceneInfo
from render.graph import Job, Ledger, Status, evaluate
from render.jobs import Options, every_job, make_options, output_path, untold
from render.quality import RenderError
from render.report import (
    asset_tables,
    assets_summary,
    overview,
    overview_text,
    plan_text,
    shown,
    status_facts,
    target_jobs,
)

FILMS = ("chapter", "preview")  # kinds of jobs whose results are handed out


def the_store() -> Store:
    """The store of this build folder."""
    return Store(build_folder() / "store")


def overview_told(chosen: Mapping[str, Any], as_json: bool) -> Iterator[str]:
    """Every chapter and scene, for people or as a JSON object each; ``chosen`` are the options of the command."""
    rows = overview(the_store(), make_options(**chosen))
    yield from ((json.dumps(row.facts()) for row in rows) if as_json else overview_text(rows))


def handed_out(outcome: Outcome, options: Options, folder: Path) -> Iterator[str]:
    """Copy the films of a build to a folder; their paths as a person types them.

    Raises: RenderError at the end if a job failed.
    """
    for status in films(outcome):
        if status.trace is not None:
            yield shown(publish(the_store(), status.trace, output_path(status.job.payload, options, folder))[0])
    require(outcome)


def films(outcome: Outcome) -> list[Status]:
    """The films among the jobs of a build, failed ones too."""
    return [status for status in outcome.statuses.values() if status.job.kind in FILMS]


def remarks(outcome: Outcome, options: Options) -> Iterator[str]:
    """Sentences about the films of a build: how loud the new ones are, and what could not be as it was asked for."""
    if not outcome.ran and not outcome.failures:
        yield "nothing to do: everything is fresh"
    for status in films(outcome):
        if status.trace is not None and status.job.id in outcome.ran:
            yield from _loudness(json.loads(the_store().read(status.trace.outputs["json"])))
    yield from untold(
        [status.job.payload for status in outcome.statuses.values() if status.job.kind == "clip"], options
    )


def _loudness(facts: Mapping[str, Any]) -> Iterator[str]:
    from render.loudness import Loudness  # here, so that doing nothing imports no ffmpeg

    film = facts["film"]
    if film["loudness"]:
        yield f"{film['title']}: {film['frames'] / film['fps']:.0f} s, {Loudness(**film['loudness'])}"


def require(outcome: Outcome) -> None:
    """Raises: RenderError if any job of a build failed."""
    if outcome.failures:
        count = len(outcome.failures)
        jobs = "1 job" if count == 1 else f"{count} jobs"
        raise RenderError(f"{jobs} failed; everything else is kept. Mend and run the same command again.")


def assets_told(outcome: Outcome, options: Options, show: bool) -> Iterator[str]:
    """What a regeneration of assets did; ``show``: every array before that.

    Raises: RenderError at the end if a job failed.
    """
    if show:
        yield from asset_tables(the_store(), outcome.statuses)
    yield from assets_summary(the_store(), options, outcome.ran, bool(outcome.failures))
    require(outcome)


def gallery_told(outcome: Outcome, scenes: Sequence[SceneInfo]) -> Iterator[str]:
    """Write the gallery's page from the clips of a build; its path as a person types it.

    Raises: RenderError at the end if a job failed.
    """
    from render.gallery import make_gallery  # here, so that other commands import no PyAV

    yield shown(make_gallery(the_store(), scenes, outcome.statuses, build_folder() / "gallery"))
    require(outcome)


def explained_target(target: str, chosen: Mapping[str, Any], as_json: bool) -> Iterator[str]:
    """Which jobs behind a chapter, scene or recipe would run and why; ``chosen`` are the options of the command."""
    yield from explained_jobs(target_jobs(target, make_options(**chosen)), as_json)


def explained_jobs(jobs: Sequence[Job], as_json: bool) -> Iterator[str]:
    """Which jobs would run and why, for people or as a JSON object each."""
    statuses = list(evaluate(jobs, Ledger(the_store())).values())
    yield from ((json.dumps(status_facts(s)) for s in statuses) if as_json else plan_text(statuses))


def swept(chosen: Mapping[str, Any], keep: int, dry_run: bool, as_json: bool, say: Callable[[str], None]) -> str:
    """Free the store, or with ``dry_run`` only say of what; ``chosen`` are the options of the command."""
    from render.gc import collect

    sweep = collect(the_store(), make_options(**chosen), every_job, keep, dry_run, say)
    return json.dumps(sweep.facts(dry_run)) if as_json else sweep.text(dry_run)
