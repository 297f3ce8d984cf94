"""The build as pure data: jobs, what each read and made, and the reasons why one must run. Knows no manim, no torch.

A job is known by its static key (source, settings, versions). Under one key it may have several traces: what it read
from the jobs it needs, and what came of it. It is fresh when one of its traces read what is offered now.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from assets.store import Store
from render.keys import key_of
from render.quality import RenderError

TRACES_KEPT = 32  # one for each variant and edit that leads to other values; gc frees those that nobody uses
State = Literal["fresh", "stale", "maybe"]


@dataclass(frozen=True)
class Reason:
    """Why a job must run: ``kind`` and ``what`` name the thing, ``was`` and ``now`` its values where readable."""

    kind: str
    what: str
    was: str = ""
    now: str = ""

    def __str__(self) -> str:
        both = bool(self.was and self.now)
        verb = "changed" if both else "added" if self.now else "removed"
        named = " ".join(word for word in (self.kind.replace("set", "override"), self.what) if word)
        match self.kind:
            case "missing":
                return "missing: it was never built"
            case "forced":
                return "forced by the user"
            case "damaged":
                return f"object damaged or gone: {self.what}"
            case "after":
                return f"waits for {self.what}"
            case "source":
                return f"source {verb}: {self.what}"
            case "line":
                return f"line {self.what} lasts {_ticks(self.now)}, was {_ticks(self.was)}"
            case "library" | "set" | "quality" | "voice" | "lang":
                return f"{named} {self.was} -> {self.now}" if both else f"{named} {verb}"
        return f"{named} {verb}"


def _ticks(text: str) -> str:
    return f"{int(text) / 15:.2f} s" if text.isdigit() else "nothing"


@dataclass(frozen=True)
class Job:
    """One node: ``parts`` are what it is made from, ``needs`` the ids of jobs it reads, ``payload`` what runs it."""

    id: str
    label: str
    parts: Mapping[str, str]
    needs: tuple[str, ...] = ()
    payload: Any = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """asset, voice, clip, preview or chapter."""
        return self.id.split("/")[0]

    @cached_property
    def key(self) -> str:
        """The static key."""
        return key_of(self.parts)


@dataclass(frozen=True)
class Trace:
    """One finished run: what it read, what it offers to others (label -> digest or value), its objects, its cost."""

    reads: Mapping[str, str]
    offers: Mapping[str, str]
    outputs: Mapping[str, str]
    cost: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """A job as it stands: fresh, stale (will run) or maybe (runs if what it reads changes), and why."""

    job: Job
    state: State
    reasons: tuple[Reason, ...] = ()
    trace: Trace | None = None


class Ledger:
    """What was built, on disk: traces by job and static key, and the last run of each job to explain changes from."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def traces(self, job: Job) -> list[Trace]:
        """Finished runs under the job's static key, newest first."""
        record = self._load(f"{job.id}/{job.key}.json")
        return [trace for given in record.get("traces", []) if (trace := _trace(given)) is not None]

    def last(self, job_id: str) -> tuple[dict[str, str], Trace | None]:
        """Parts and trace of the job's most recent run, under any key."""
        record = self._load(f"{job_id}/last.json")
        trace = _trace(record.get("trace"))
        return (record.get("parts", {}), trace) if trace is not None else ({}, None)

    def add(self, job: Job, trace: Trace) -> None:
        """Remember a finished run."""
        others = [t for t in self.traces(job) if t.reads != trace.reads]
        kept = [asdict(t) for t in (trace, *others)][:TRACES_KEPT]
        self._save(f"{job.id}/{job.key}.json", {"traces": kept})
        self.note(job, trace)

    def note(self, job: Job, trace: Trace) -> None:
        """Name this run as the job's last one, also when it was found and not made: reasons start from here."""
        record = {"parts": dict(job.parts), "trace": asdict(trace)}
        if self._load(f"{job.id}/last.json") != record:
            self._save(f"{job.id}/last.json", record)

    def _load(self, name: str) -> dict[str, Any]:
        try:
            loaded = json.loads((self.store.root / "records" / name).read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return {}  # a record that cannot be read is a job that was never built
        return loaded if isinstance(loaded, dict) else {}

    def _save(self, name: str, record: Mapping[str, Any]) -> None:
        self.store.write(self.store.root / "records" / name, json.dumps(record).encode())


def _trace(given: Any) -> Trace | None:
    """A trace as it was saved, None for anything else: what cannot be read was never built."""
    try:
        return Trace(**given)
    except TypeError:
        return None


def in_order(jobs: Sequence[Job]) -> list[Job]:
    """The jobs with needs first, otherwise as given.

    Raises: RenderError that draws the path, if two jobs make one result, a need is made by none, or jobs need each
    other in a circle.
    """
    by_id = {job.id: job for job in jobs}
    for one, other in pairwise(sorted(jobs, key=lambda job: job.id)):
        if one.id == other.id:
            both = f"{one.label} -> {one.id} <- {other.label}"
            raise RenderError(f"Two jobs would make {one.id}; each result has one job: {both}.")
    placed: dict[str, Job] = {}
    for job in jobs:
        _place(job.id, (), by_id, placed)
    return list(placed.values())


def _place(job_id: str, path: tuple[str, ...], by_id: Mapping[str, Job], placed: dict[str, Job]) -> None:
    """Put a job after all that it needs; ``path`` leads from a job that was asked for to this one."""
    if job_id in placed:
        return
    drawn = " -> ".join((*path, job_id))
    if job_id not in by_id:
        raise RenderError(f"{path[-1]} needs {job_id}, and no job makes that: {drawn}.")
    if job_id in path:
        circle = " -> ".join((*path[path.index(job_id) :], job_id))
        raise RenderError(f"Jobs need each other in a circle: {circle}.")
    for need in by_id[job_id].needs:
        _place(need, (*path, job_id), by_id, placed)
    placed[job_id] = by_id[job_id]


def evaluate(jobs: Sequence[Job], ledger: Ledger) -> dict[str, Status]:
    """The state of every job, needs first, otherwise in the order given.

    Raises: RenderError if the jobs do not fit together: see ``in_order``.
    """
    found: dict[str, Status] = {}
    for job in in_order(jobs):
        found[job.id] = _status(job, [found[need] for need in job.needs], ledger)
    return found


def offers(statuses: Iterable[Status]) -> dict[str, str]:
    """Everything that fresh jobs offer, by label."""
    return {label: value for s in statuses if s.trace is not None for label, value in s.trace.offers.items()}


def _status(job: Job, needs: Sequence[Status], ledger: Ledger) -> Status:
    traces = ledger.traces(job)
    unready = [need for need in needs if need.state != "fresh"]
    if unready:
        waits = tuple(Reason("after", need.job.label) for need in unready)
        if traces:
            return Status(job, "maybe", waits)
        return Status(job, "stale", (*_changes(job, {}, ledger, parts_only=True), *waits))
    now = offers(needs)
    for trace in traces:
        if all(now.get(label) == value for label, value in trace.reads.items()):
            broken = [o for o in trace.outputs.values() if not ledger.store.intact(o)]
            if broken:
                return Status(job, "stale", tuple(Reason("damaged", o) for o in broken))
            return Status(job, "fresh", (), trace)
    return Status(job, "stale", _changes(job, now, ledger))


def _changes(job: Job, now: Mapping[str, str], ledger: Ledger, parts_only: bool = False) -> tuple[Reason, ...]:
    """What differs between the job's last run and what it would be made from now."""
    parts, trace = ledger.last(job.id)
    if trace is None:
        return (Reason("missing", job.label),)
    pairs = [(label, parts.get(label, ""), job.parts.get(label, "")) for label in sorted({*parts, *job.parts})]
    if not parts_only:
        pairs += [(label, value, now.get(label, "")) for label, value in sorted(trace.reads.items())]
    changed = tuple(_reason(label, was, new) for label, was, new in pairs if was != new)
    return changed or (() if parts_only else (Reason("missing", job.label),))


def _reason(label: str, was: str, now: str) -> Reason:
    kind, _, what = label.partition(" ")
    return Reason(kind, what, was, now)
