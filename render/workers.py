"""Child processes that answer JSON lines, seen from the command line as ``concurrent.futures``."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from models.folders import ROOT
from render.quality import RenderError

POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")  # the last is Typst's
ONE_THREAD = dict.fromkeys(POOLS, "1")
FOLDERS = ("TENSORREEL_BUILD", "TENSORREEL_DATA")  # made absolute: a worker runs in another folder than the user
END_WITHIN_S = 5.0


class JobError(RenderError):
    """A job failed: its sentence, the user's own line that caused it (or ""), and where the full log lies (or "")."""

    def __init__(self, sentence: str, where: str = "", log: str = "") -> None:
        super().__init__(sentence)
        self.where, self.log = where, log


class JobKilled(JobError):
    """The system killed the process that worked on a job, as it does when memory runs out."""


class Worker:
    """A Python module of ours as a child process in a group of its own.

    Start it on the main thread: on Linux the child is killed when the thread that started it ends.
    """

    def __init__(self, module: str) -> None:
        self.module = module
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.numbers = count()
        self.closing = False
        self.pending: dict[str, tuple[Future[dict[str, Any]], Callable[[dict[str, Any]], None]]] = {}
        self.guard = threading.Lock()
        self.writing = threading.Lock()
        self.complaints: list[str] = []
        self.readers = [threading.Thread(target=read, daemon=True) for read in (self._answers, self._complaints)]
        for reader in self.readers:
            reader.start()

    def submit(
        self, request: Mapping[str, Any], on_event: Callable[[dict[str, Any]], None]
    ) -> "Future[dict[str, Any]]":
        """Send one request (with its ``id``); the future holds the ``done`` answer or a JobError."""
        future: Future[dict[str, Any]] = Future()
        with self.guard:
            own_id = f"{request['id']} {next(self.numbers)}"  # a second try must not hear how the first one ended
            self.pending[own_id] = (future, on_event)
        try:
            with self.writing:
                assert self.process.stdin is not None
                self.process.stdin.write(json.dumps({**request, "id": own_id}) + "\n")
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            self._fail_all()
        return future

    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self.process.poll() is None

    def close(self) -> None:
        """End the process and all that it forked."""
        self.closing = True
        if self.process.poll() is None and not self.pending and self.process.stdin is not None:
            self.process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(END_WITHIN_S)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]  # all three are pipes

    def _answers(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with suppress(ValueError):  # a line that a kill cut short; the exit of its writer is told anyway
                self._dispatch(json.loads(line))
        self._fail_all()

    def _complaints(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.complaints = [*self.complaints[-20:], line.rstrip()]

    def _dispatch(self, event: dict[str, Any]) -> None:
        with self.guard:
            future, on_event = self.pending.get(event["id"], (None, None))
            if event["event"] in {"done", "failed", "exit"}:
                self.pending.pop(event["id"], None)
        if future is None or on_event is None:
            return
        if event["event"] == "done":
            future.set_result(event)
        elif event["event"] == "failed":
            future.set_exception(JobError(event["error"], event.get("where", ""), event.get("log", "")))
        elif event["event"] == "exit":
            who = event.get("who", "The process that worked on it")
            future.set_exception(self._ended(who, event["status"], event["peak_mb"]))
        else:
            on_event(event)

    def _fail_all(self) -> None:
        status = self.process.wait()
        with self.guard:
            lost = list(self.pending.values())
            self.pending.clear()
        for future, _ in lost:
            future.set_exception(self._ended(f"The process {self.module}", status))

    def _ended(self, who: str, status: int, peak_mb: int = 0) -> JobError:
        """The error of a job whose process ended without an answer; it counts as killed unless we ended it."""
        who += f", grown to {peak_mb:,} MB," if peak_mb else ""
        if status == -signal.SIGKILL:
            sentence = f"{who} ended by SIGKILL (the system kills a process that takes too much memory)."
            return JobError(sentence) if self.closing else JobKilled(sentence)
        how = f"with exit status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
        said = f" It said: {self.complaints[-1]}" if self.complaints else ""
        return JobError(f"{who} ended {how}.{said}")


def _environment() -> dict[str, str]:
    folders = {name: str(Path(os.environ[name]).absolute()) for name in FOLDERS if os.environ.get(name)}
    always = {"PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": "0"}  # manim walks through sets of strings: films would differ
    return {**os.environ, **ONE_THREAD, **folders, **always}


class Workers:
    """The child processes of one build, started on the main thread when first needed and again if they died."""

    def __init__(self) -> None:
        self.running: dict[str, Worker] = {}

    def get(self, module: str) -> Worker:
        """The worker for a module of ours."""
        if module in self.running and not self.running[module].alive():
            self.running.pop(module).close()
        if module not in self.running:
            self.running[module] = Worker(module)
        return self.running[module]

    def close(self) -> None:
        """End them all."""
        for worker in self.running.values():
            worker.close()
