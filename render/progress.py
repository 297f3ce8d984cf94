"""What a person sees of a build: bars with an ETA on a terminal, plain lines elsewhere. Everything goes to stderr."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from assets.remedies import sentence
from render.graph import Job, Status, Trace
from render.workers import JobError

PLAIN_EVERY_S = 5.0
QUIET_KINDS = {"voice"}  # many and short: counted in the total, without a line of their own
LEAST_SHARE = 0.02  # of a job before its own pace tells how long it takes
LOG_LINES = 3  # of a failed job's log, under its error
LOG_COLUMNS = 200
Clock = Callable[[], float]


class Forecast:
    """How long a build still takes: what was expected of its jobs, corrected by the pace of those of the same kind.

    Any thread may tell it what happens. Seconds are those of ``clock``.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.guard = threading.Lock()
        self.waiting: dict[str, tuple[str, float]] = {}  # job -> kind, expected seconds
        self.running: dict[str, tuple[str, float, float, float]] = {}  # ... began, share done
        self.took: list[tuple[str, float, float]] = []  # kind, expected, real
        self.side_by_side = 1

    def plan(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        """These jobs are there to do, unless they are fresh."""
        self.waiting = {s.job.id: (s.job.kind, expected_s[s.job.id]) for s in statuses if s.state != "fresh"}

    def start(self, job: Job) -> None:
        """A job runs."""
        with self.guard:
            kind, expected = self.waiting.pop(job.id, (job.kind, 0.0))
            self.running[job.id] = (kind, expected, self.clock(), 0.0)
            self.side_by_side = max(self.side_by_side, len(self.running))

    def advance(self, job: Job, share: float) -> None:
        """A job is this far, between 0 and 1."""
        with self.guard:
            if job.id in self.running:
                kind, expected, began, _ = self.running[job.id]
                self.running[job.id] = (kind, expected, began, share)

    def end(self, job: Job, ran: bool) -> None:
        """A job is over; its time counts as experience if it really ran."""
        with self.guard:
            kind, expected, began, _ = self.running.pop(job.id)
            if ran:
                self.took.append((kind, expected, self.clock() - began))

    def again(self, job: Job) -> None:
        """A job has to be started once more."""
        with self.guard:
            kind, expected, _, _ = self.running.pop(job.id)
            self.waiting[job.id] = (kind, expected)

    def left_s(self) -> float:
        """Seconds until everything is done."""
        with self.guard:
            now = self.clock()
            paces = [*self.took]
            paces += [(k, e, (now - b) / share) for k, e, b, share in self.running.values() if share > LEAST_SHARE]
            left = [expected * _pace(kind, paces) for kind, expected in self.waiting.values()]
            for kind, expected, began, share in self.running.values():
                whole = (now - began) / share if share > LEAST_SHARE else expected * _pace(kind, paces)
                left.append(max(whole - (now - began), 0.0))
            return max([sum(left) / self.side_by_side, *left])


def _pace(kind: str, paces: Sequence[tuple[str, float, float]]) -> float:
    """Real over expected seconds of a kind of job, 1 before any is known."""
    known = [(expected, real) for k, expected, real in paces if k == kind]
    expected = sum(e for e, _ in known)
    return sum(real for _, real in known) / expected if expected > 0 else 1.0


class Plain:
    """One line when a job starts and ends, and every few seconds between."""

    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        self.console, self.clock = console, clock
        self.forecast = Forecast(clock)
        self.guard = threading.Lock()
        self.told: dict[str, float] = {}

    def planned(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        self.forecast.plan(statuses, expected_s)
        will = sum(s.state == "stale" for s in statuses)
        may = sum(s.state == "maybe" for s in statuses)
        self._say(f"{will} {'job' if will == 1 else 'jobs'} to run" + (f", {may} more may follow" if may else ""))

    def started(self, job: Job) -> None:
        self.forecast.start(job)
        self.told[job.id] = self.clock()
        if job.kind not in QUIET_KINDS:
            self._say(f"{job.label} ...")

    def advanced(self, job: Job, done: float, total: float, note: str) -> None:
        share = _share(done, total)
        self.forecast.advance(job, share)
        with self.guard:
            due = self.clock() - self.told.get(job.id, 0) > PLAIN_EVERY_S
            if due:
                self.told[job.id] = self.clock()
        if due:
            self._say(f"{job.label}: {share:.0%}, {note} (about {_span(self.forecast.left_s())} left in all)")

    def again(self, job: Job, note: str) -> None:
        self.forecast.again(job)
        self._say(f"{job.label}: {note}")

    def finished(self, job: Job, trace: Trace | None) -> None:
        self.forecast.end(job, trace is not None)
        if job.kind not in QUIET_KINDS:
            self._say(f"{job.label}: {_done(trace)}")

    def failed(self, job: Job, error: Exception) -> None:
        self.forecast.end(job, False)
        self._say(f"{job.label}: failed")

    def close(self) -> None:
        """Nothing to put back."""

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar for the whole build with the time left, and one for each job that runs."""

    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[left]:>9}"),
            TextColumn("{task.fields[note]}", style="dim", markup=False, table_column=Column(ratio=1, no_wrap=True)),
            console=console,
            transient=True,
            expand=True,
        )
        self.clock = clock
        self.forecast = Forecast(clock)
        self.tasks: dict[str, tuple[TaskID, float]] = {}  # ... and when it began
        self.whole = TaskID(0)
        self.began = 0.0
        self.share = 0.0

    def planned(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        self.forecast.plan(statuses, expected_s)
        self.began = self.clock()
        self.whole = self.progress.add_task("everything", total=1.0, left="", note="")
        self.progress.start()

    def started(self, job: Job) -> None:
        self.forecast.start(job)
        if job.kind not in QUIET_KINDS:
            self.tasks[job.id] = (self.progress.add_task(job.label, total=1.0, left="", note=""), self.clock())
        self._count()

    def advanced(self, job: Job, done: float, total: float, note: str) -> None:
        share = _share(done, total)
        self.forecast.advance(job, share)
        if job.id in self.tasks:
            task, began = self.tasks[job.id]
            left = _span((self.clock() - began) * (1 / share - 1)) if share > LEAST_SHARE else ""
            self.progress.update(task, completed=share, left=left, note=note)
        self._count()

    def finished(self, job: Job, trace: Trace | None) -> None:
        self._leave(job, trace is not None)
        if job.kind not in QUIET_KINDS:
            self.progress.console.print(f"{job.label}: {_done(trace)}", markup=False, highlight=False)

    def failed(self, job: Job, error: Exception) -> None:
        self._leave(job, False)
        self.progress.console.print(f"{job.label}: failed", markup=False, style="red", highlight=False)

    def close(self) -> None:
        """Take the bars off the terminal."""
        self.progress.stop()

    def again(self, job: Job, note: str) -> None:
        self.forecast.again(job)
        self._remove(job)
        self.progress.console.print(f"{job.label}: {note}", markup=False, style="yellow", highlight=False)

    def _leave(self, job: Job, ran: bool) -> None:
        self.forecast.end(job, ran)
        self._remove(job)

    def _remove(self, job: Job) -> None:
        if job.id in self.tasks:
            self.progress.remove_task(self.tasks.pop(job.id)[0])
        self._count()

    def _count(self) -> None:
        """Move the whole bar, never back: a later forecast may be longer than an earlier one."""
        left, gone = self.forecast.left_s(), self.clock() - self.began
        self.share = max(self.share, gone / max(gone + left, 1e-9))
        self.progress.update(self.whole, completed=self.share, left=_span(left))


def _share(done: float, total: float) -> float:
    return min(done / max(total, 1e-9), 1.0)


def _span(seconds: float) -> str:
    """12 s, or 3:05 from a minute and a half on."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds // 60:.0f}:{seconds % 60:02.0f} min"


def _done(trace: Trace | None) -> str:
    return "found ready" if trace is None else f"done in {trace.cost['wall_s']:.1f} s"


def display() -> Plain | Bars:
    """Bars if stderr is a terminal, plain lines otherwise; NO_COLOR is respected by both."""
    console = Console(stderr=True)
    return Bars(console) if console.is_terminal else Plain(console)


def failure_text(label: str, error: Exception) -> str:
    """What a person reads about a failed job: the sentence, the own line that caused it, where the log is."""
    return f"{label}: {explained(error)}"


def explained(error: BaseException) -> str:
    """The sentence of an expected error, and for a failed job the line that caused it, the end of its log, its path."""
    lines = [sentence(error)]
    if isinstance(error, JobError):
        lines += [f"  at {error.where}"] if error.where else []
        lines += [f"  | {line}" for line in _last_lines(error.log, besides=lines[0])]
        lines += [f"  full log: {error.log}"] if error.log else []
    return "\n".join(lines)


def _last_lines(log: str, besides: str) -> list[str]:
    """The last lines of a log that say anything new, none if it cannot be read."""
    with suppress(OSError):
        lines = Path(log).read_text(errors="replace").splitlines()
        new = [line for line in lines if line.strip() and besides[:LOG_COLUMNS] not in line]
        return [line.rstrip()[:LOG_COLUMNS] for line in new][-LOG_LINES:]
    return []
