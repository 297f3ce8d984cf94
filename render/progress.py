"""What a person sees of a build: bars with an ETA on a terminal, plain lines elsewhere. Everything goes to stderr."""

import errno
import threading
import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from render.graph import Job, Status, Trace
from render.workers import JobError

PLAIN_EVERY_S = 5.0
QUIET_KINDS = {"voice"}  # many and short: counted in the total, without a line of their own


class Plain:
    """One line when a job starts and ends, and every few seconds between."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.guard = threading.Lock()
        self.total_s = 0.0
        self.expected: Mapping[str, float] = {}
        self.began = time.monotonic()
        self.told: dict[str, float] = {}
        self.shares: dict[str, float] = {}

    def planned(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        self.expected = expected_s
        self.total_s = sum(expected_s[s.job.id] for s in statuses if s.state != "fresh")
        will = sum(s.state == "stale" for s in statuses)
        may = sum(s.state == "maybe" for s in statuses)
        self._say(f"{will} jobs to run" + (f", {may} more may follow" if may else ""))

    def started(self, job: Job) -> None:
        self.told[job.id] = time.monotonic()
        if job.kind not in QUIET_KINDS:
            self._say(f"{job.label} ...")

    def advanced(self, job: Job, done: float, total: float, note: str) -> None:
        with self.guard:
            self.shares[job.id] = min(done / max(total, 1e-9), 1.0)
            due = time.monotonic() - self.told.get(job.id, 0) > PLAIN_EVERY_S
            if due:
                self.told[job.id] = time.monotonic()
        if due:
            self._say(f"{job.label}: {note} ({self.shares[job.id]:.0%}{self._eta()})")

    def finished(self, job: Job, trace: Trace | None) -> None:
        self.shares[job.id] = 1.0
        if job.kind not in QUIET_KINDS:
            self._say(f"{job.label}: " + ("found ready" if trace is None else f"done in {trace.cost['wall_s']:.1f} s"))

    def failed(self, job: Job, error: Exception) -> None:
        self.shares[job.id] = 1.0
        self._say(f"{job.label}: failed")

    def close(self) -> None:
        """Nothing to put back."""

    def _eta(self) -> str:
        done_s = sum(self.expected.get(job_id, 0.0) * share for job_id, share in self.shares.items())
        if done_s <= 0:
            return ""
        left = (time.monotonic() - self.began) * (self.total_s - done_s) / done_s
        return f", about {left:.0f} s left in all" if left >= 1 else ""

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar for the whole build with the time left, and one for each job that runs."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
            console=console,
            transient=True,
        )
        self.tasks: dict[str, TaskID] = {}
        self.shares: dict[str, float] = {}
        self.expected: Mapping[str, float] = {}
        self.whole = TaskID(0)

    def planned(self, statuses: Sequence[Status], expected_s: Mapping[str, float]) -> None:
        self.expected = expected_s
        total = sum(expected_s[s.job.id] for s in statuses if s.state != "fresh")
        self.whole = self.progress.add_task("everything", total=total, note="")
        self.progress.start()

    def started(self, job: Job) -> None:
        if job.kind not in QUIET_KINDS:
            self.tasks[job.id] = self.progress.add_task(job.label, total=1.0, note="")

    def advanced(self, job: Job, done: float, total: float, note: str) -> None:
        if job.id in self.tasks:
            share = min(done / max(total, 1e-9), 1.0)
            self.progress.update(self.tasks[job.id], completed=share, note=note)
            self._count(job, share)

    def finished(self, job: Job, trace: Trace | None) -> None:
        self._leave(job)
        if job.kind not in QUIET_KINDS:
            end = "found ready" if trace is None else f"{trace.cost['wall_s']:.1f} s"
            self.progress.console.print(f"{job.label}  {end}", markup=False, highlight=False)

    def failed(self, job: Job, error: Exception) -> None:
        self._leave(job)
        self.progress.console.print(f"{job.label}  failed", markup=False, style="red", highlight=False)

    def close(self) -> None:
        """Take the bars off the terminal."""
        self.progress.stop()

    def _leave(self, job: Job) -> None:
        self._count(job, 1.0)
        if job.id in self.tasks:
            self.progress.remove_task(self.tasks.pop(job.id))

    def _count(self, job: Job, share: float) -> None:
        step = max(share - self.shares.get(job.id, 0.0), 0.0)
        self.shares[job.id] = self.shares.get(job.id, 0.0) + step
        self.progress.advance(self.whole, step * self.expected.get(job.id, 0.0))


def display() -> Plain | Bars:
    """Bars if stderr is a terminal, plain lines otherwise; NO_COLOR is respected by both."""
    console = Console(stderr=True)
    return Bars(console) if console.is_terminal else Plain(console)


def failure_text(label: str, error: Exception) -> str:
    """What a person reads about a failed job: the sentence, the own line that caused it, where the log is."""
    lines = [f"{label}: {sentence(error)}"]
    if isinstance(error, JobError):
        lines += [f"  at {error.where}"] if error.where else []
        lines += [f"  full log: {error.log}"] if error.log else []
    return "\n".join(lines)


def sentence(error: BaseException) -> str:
    """One sentence for an expected error, with what to do where the system's own words do not say."""
    if not isinstance(error, OSError):
        return str(error) or type(error).__name__
    place = f" ({error.filename})" if error.filename else ""
    remedies = {
        "ENOSPC": "free some space; what was finished is kept",
        "EDQUOT": "free some space; what was finished is kept",
        "EFBIG": "the system limits the size of files; raise the limit",
        "EACCES": "make it writable or set TENSORREEL_BUILD to another folder",
        "EPERM": "make it writable or set TENSORREEL_BUILD to another folder",
        "EROFS": "set TENSORREEL_BUILD to a folder that can be written",
        "ENOTDIR": "a file lies where a folder is needed; move it or set TENSORREEL_BUILD to another folder",
        "EEXIST": "a file lies where a folder is needed; move it or set TENSORREEL_BUILD to another folder",
    }
    remedy = remedies.get(_errno_name(error), "")
    return f"{error.strerror or error}{place}" + (f": {remedy}." if remedy else ".")


def _errno_name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "")
