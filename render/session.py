"""One build as a command runs it: watched, noted, its failures told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing

from assets.store import Store
from render import build as engine
from render.graph import Job, Trace
from render.jobs import Options
from render.progress import display, failure_text
from render.variants import note_use
from render.workers import Workers


def watched_build(
    jobs: Sequence[Job],
    store: Store,
    options: Options,
    cores: int | None,
    force: Sequence[str] = (),
    workers: Workers | None = None,
) -> engine.Outcome:
    """Bring jobs up to date, show how far they are, and note what this variant uses; failed jobs are in the outcome."""
    with closing(display()) as watcher:
        outcome = engine.build(jobs, store, options, defaultdict(lambda: _run), watcher, cores or 0, force, workers)
    note_use(store, options, outcome.statuses.values())
    return outcome


def failures_told(outcome: engine.Outcome) -> Iterator[str]:
    """What each failed job says to the user; a bug of ours is raised."""
    for job_id, error in outcome.failures.items():
        if not isinstance(error, engine.EXPECTED):
            raise error
        yield failure_text(outcome.statuses[job_id].job.label, error)


def _run(job: Job, context: engine.Context) -> Trace:
    from render.runners import RUNNERS  # here, so that doing nothing imports no PyAV

    return RUNNERS[job.kind](job, context)
