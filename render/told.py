"""What a command prints of a build: the paths of its films, or the reasons of its jobs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.store import Store
from models.folders import build_folder
from render.build import Outcome, publish
from render.graph import Job, Ledger, evaluate
from render.jobs import Options, output_path, untold
from render.loudness import Loudness
from render.quality import RenderError
from render.report import plan_text, shown, status_facts


def the_store() -> Store:
    """The store of this build folder."""
    return Store(build_folder() / "store")


def handed_out(outcome: Outcome, options: Options, folder: Path) -> Iterator[str]:
    """Copy the films of a build to a folder; their paths as a person types them.

    Raises: RenderError at the end if a job failed.
    """
    for status in outcome.statuses.values():
        if status.job.kind in {"chapter", "preview"} and status.trace is not None:
            yield shown(publish(the_store(), status.trace, output_path(status.job.payload, options, folder))[0])
    require(outcome)


def remarks(outcome: Outcome, options: Options) -> Iterator[str]:
    """Sentences about the films that were made: how loud they are, and what could not be as it was asked for."""
    for status in outcome.statuses.values():
        if status.job.kind in {"chapter", "preview"} and status.trace is not None and status.job.id in outcome.ran:
            facts = json.loads(the_store().read(status.trace.outputs["json"]))["film"]
            if loudness := facts["loudness"]:
                yield f"{facts['title']}: {facts['frames'] / facts['fps']:.0f} s, {Loudness(**loudness)}"
    scenes = [status.job.payload for status in outcome.statuses.values() if status.job.kind == "clip"]
    yield from untold(scenes, options)


def require(outcome: Outcome) -> None:
    """Raises: RenderError if any job of a build failed."""
    if outcome.failures:
        count = len(outcome.failures)
        jobs = "1 job" if count == 1 else f"{count} jobs"
        raise RenderError(f"{jobs} failed; everything else is kept. Mend and run the same command again.")


def explained_jobs(jobs: Sequence[Job], as_json: bool) -> Iterator[str]:
    """Which jobs would run and why, for people or as a JSON object each."""
    statuses = list(evaluate(jobs, Ledger(the_store())).values())
    yield from ((json.dumps(status_facts(s)) for s in statuses) if as_json else plan_text(statuses))
