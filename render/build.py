"""Runs the jobs that are not fresh, longest first, and keeps whatever finished when something else fails.

Jobs run side by side as far as cores and memory go. One that the system kills is tried once more, alone.
"""

import errno
import os
import queue
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assets.store import AssetError, Store
from models.configs import ModelError
from render.graph import Job, Ledger, Reason, Status, Trace, evaluate, offers
from render.jobs import Options
from render.memory import available_mb, expected_mb
from render.quality import RenderError
from render.workers import JobError, JobKilled, Worker, Workers
from scenes.narration import SceneError

EXPECTED_S = {"asset": 5.0, "voice": 0.2, "clip": 12.0}  # of a job that was never run, else:
UNKNOWN_S = 5.0
EXPECTED = (RenderError, AssetError, SceneError, ModelError, OSError)


class Display(Protocol):
    """Who watches a build."""

    def planned(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        """These jobs may run, with the seconds each took last time."""

    def started(self, job: Job) -> None:
        """A job runs."""

    def advanced(self, job: Job, done: float, total: float, note: str) -> None:
        """A job is this far."""

    def again(self, job: Job, note: str) -> None:
        """A job came to nothing for the reason noted and will be started once more."""

    def finished(self, job: Job, trace: Trace | None) -> None:
        """A job is done; None when it turned out fresh."""

    def failed(self, job: Job, error: Exception) -> None:
        """A job failed."""


@dataclass(frozen=True)
class Context:
    """What a running job may use: store, options, what its needs offer, its worker, how to tell progress, cores."""

    store: Store
    options: Options
    offered: Mapping[str, str]
    worker: Worker | None
    advance: Callable[[float, float, str], None]
    cores: int = 1


Runner = Callable[[Job, Context], Trace]
WORKER_OF = {"asset": "assets.worker", "clip": "render.server"}


@dataclass(frozen=True)
class Outcome:
    """How a build ended: the final statuses, what ran, and the error of each job that failed."""

    statuses: Mapping[str, Status]
    ran: tuple[str, ...]
    failures: Mapping[str, Exception]


def build(
    jobs: Sequence[Job],
    store: Store,
    options: Options,
    runners: Mapping[str, Runner],
    display: Display,
    cores: int = 0,
    force: Collection[str] = (),
    workers: Workers | None = None,
) -> Outcome:
    """Bring every job up to date. A failed job stops only those that need it.

    ``cores`` bounds how many jobs run at once, by default the machine's; jobs named in ``force`` run even if fresh;
    ``workers`` are child processes that were started before, closed when the build is over.
    Interrupting ends all child processes; what was finished stays.
    """
    cores = cores or os.cpu_count() or 1
    return _Build(jobs, store, options, runners, display, cores, frozenset(force), workers or Workers()).run()


@dataclass
class _Build:
    jobs: Sequence[Job]
    store: Store
    options: Options
    runners: Mapping[str, Runner]
    display: Display
    cores: int
    forced: Collection[str]
    workers: Workers
    events: "queue.Queue[tuple[Job, Trace | None, Exception | None]]" = field(default_factory=queue.Queue)
    busy: dict[str, Job] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)  # jobs that had their second chance
    alone: set[str] = field(default_factory=set)  # ... and need the machine to themselves for it
    full: bool = False  # the disk
    stopped: bool = False

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.store)

    def run(self) -> Outcome:
        self.store.sweep()
        statuses = self._evaluate()
        if any(s.state != "fresh" for s in statuses.values()):
            self._expect()
            self.display.planned(list(statuses.values()), self.costs)
            pool = ThreadPoolExecutor(self.cores)
            try:
                statuses = self._loop(pool, statuses)
            finally:
                self.stopped = True
                self.workers.close()
                pool.shutdown(wait=True, cancel_futures=True)
        for status in statuses.values():
            if status.trace is not None and not self.full:
                self.ledger.note(status.job, status.trace)
        return Outcome(statuses, tuple(self.ran), self.failures)

    def _expect(self) -> None:
        """Seconds and megabytes to expect of each job, and the memory that there is for all."""
        self.costs = {job.id: self._expected_s(job) for job in self.jobs}
        self.sizes = {job.id: expected_mb(job, self.options.quality, *self.ledger.last(job.id)) for job in self.jobs}
        self.memory_mb = available_mb()

    def _loop(self, pool: ThreadPoolExecutor, statuses: dict[str, Status]) -> dict[str, Status]:
        while True:
            for status in self._ready(statuses):
                if self._has_room(status.job):
                    self._start(pool, status.job, statuses)
            if not self.busy:
                return statuses
            self._take()
            statuses = self._evaluate()

    def _start(self, pool: ThreadPoolExecutor, job: Job, statuses: Mapping[str, Status]) -> None:
        module = WORKER_OF.get(job.kind)
        worker = self.workers.get(module) if module else None
        self.busy[job.id] = job
        self.display.started(job)
        pool.submit(self._work, job, offers(statuses[need] for need in job.needs), worker)

    def _has_room(self, job: Job) -> bool:
        """Whether a job may start beside those that run: a core is free, and all fit in memory as far as is known."""
        if not self.busy:
            return True
        if len(self.busy) >= self.cores or job.id in self.alone or self.alone.intersection(self.busy):
            return False
        size = self.sizes[job.id]
        return size <= available_mb() and size + sum(self.sizes[other] for other in self.busy) <= self.memory_mb

    def _evaluate(self) -> dict[str, Status]:
        """The states of all jobs, with those that the user forces and that have not run yet as stale."""
        due = {*self.forced} - {*self.ran, *self.failures}
        return {
            job_id: Status(s.job, "stale", (Reason("forced", s.job.label),)) if job_id in due else s
            for job_id, s in evaluate(self.jobs, self.ledger).items()
        }

    def _ready(self, statuses: Mapping[str, Status]) -> list[Status]:
        """Jobs that can start now, longest first; one asset at a time, since training has the worker to itself."""
        if self.full:
            return []
        training = any(job.kind == "asset" for job in self.busy.values())
        ready = [
            s
            for s in statuses.values()
            if s.state != "fresh"
            and s.job.id not in self.busy
            and s.job.id not in self.failures
            and all(statuses[need].state == "fresh" for need in s.job.needs)
        ]
        ready.sort(key=lambda s: (s.job.id in self.alone, -self.costs[s.job.id]))
        first_asset = next((s for s in ready if s.job.kind == "asset"), None)
        return [s for s in ready if s.job.kind != "asset" or (s is first_asset and not training)]

    def _take(self) -> None:
        """Wait for one job to end; a short timeout lets Ctrl-C through."""
        while True:
            try:
                job, trace, error = self.events.get(timeout=0.2)
                break
            except queue.Empty:
                continue
        del self.busy[job.id]
        if error is not None:
            self._fail(job, error)
            return
        if trace is not None:
            self.ran.append(job.id)
        self.display.finished(job, trace)

    def _fail(self, job: Job, error: Exception) -> None:
        """Note a failure, or give the job a second chance: after a kill alone, after damage when that is mended."""
        if isinstance(error, JobKilled) and job.id not in self.again:
            self.again.add(job.id)
            self.alone.add(job.id)
            self.display.again(job, "killed by the system, perhaps for want of memory; runs again, alone")
            return
        if job.id not in self.again and self._lost_a_need(job):
            self.again.add(job.id)
            self.display.again(job, "what it needs is damaged and made again first")
            return
        if _is_full(error):
            if self.full:
                return  # told once: whatever else runs on a full disk fails too
            self.full = True
        self.failures[job.id] = _blamed(error) if isinstance(error, JobKilled) else error
        self.display.failed(job, error)

    def _lost_a_need(self, job: Job) -> bool:
        """Whether something that the job reads turned out to be damaged; it is made again before the job is."""
        statuses = self._evaluate()
        return any(statuses[need].state != "fresh" for need in job.needs)

    def _work(self, job: Job, offered: Mapping[str, str], worker: Worker | None) -> None:
        """Run one job on a thread, under its lock, unless another process has made it meanwhile."""
        context = Context(
            self.store,
            self.options,
            offered,
            worker,
            lambda done, total, note: self.display.advanced(job, done, total, note),
            self.cores,
        )
        try:
            with self.store.lock(f"{job.id} {job.key}", lambda: self._wait_for_another(job)):
                if self._made_meanwhile(job):
                    self.events.put((job, None, None))
                    return
                started = time.monotonic()
                trace = self.runners[job.kind](job, context)
                cost = {**trace.cost, "wall_s": round(time.monotonic() - started, 2)}
                trace = Trace(trace.reads, trace.offers, trace.outputs, cost)
                self.ledger.add(job, trace)
            self.events.put((job, trace, None))
        except EXPECTED as error:
            self.events.put((job, None, error))
        except BaseException as error:  # a bug of ours must end the build with its traceback, not hang it
            self.events.put((job, None, error if isinstance(error, Exception) else JobError(repr(error))))

    def _wait_for_another(self, job: Job) -> None:
        if self.stopped:
            raise JobError("The build was stopped while it waited for another tensorreel command.")
        self.display.advanced(job, 0, 1, "another tensorreel command is at it")

    def _made_meanwhile(self, job: Job) -> bool:
        return job.id not in self.forced and evaluate(self.jobs, self.ledger)[job.id].state == "fresh"

    def _expected_s(self, job: Job) -> float:
        trace = self.ledger.last(job.id)[1]
        guess = EXPECTED_S.get(job.kind, UNKNOWN_S)
        return float(trace.cost.get("wall_s", guess)) if trace else guess


def _blamed(error: JobKilled) -> JobError:
    sentence = str(error).rstrip(".")
    remedy = "the second time with nothing running beside it; free some memory or choose a lower quality"
    return JobError(f"{sentence}, {remedy}.", error.where, error.log)


def _is_full(error: Exception) -> bool:
    """Whether a disk or quota is full, told by the system's own words: most layers hand on nothing else."""
    return any(os.strerror(number) in str(error) for number in (errno.ENOSPC, errno.EDQUOT))


def publish(store: Store, trace: Trace, path: Path) -> list[Path]:
    """Copy a film and the files beside it (captions, facts) to where people open them; the film's path comes first."""
    made = []
    for suffix, object_id in sorted(trace.outputs.items(), key=lambda item: item[0] != "mp4"):
        target = path.with_suffix(f".{suffix}")
        store.publish(object_id, target)
        made.append(target)
    return made
