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
from pathlib import Path
from typing import Any

from models.folders import ROOT
from render.quality import RenderError

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
FOLDERS = ("TENSORREEL_BUILD", "TENSORREEL_DATA")  # made absolute: a worker runs in another folder than the user
END_WITHIN_S = 5.0


class JobError(RenderError):
    """A job failed: its sentence, the user's own line that caused it (or ""), and where the full log lies (or "")."""

    def __init__(self, sentence: str, where: str = "", log: str = "") -> None:
        super().__init__(sentence)
        self.where, self.log = where, log


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
        self.pending: dict[str, tuple[Future[dict[str, Any]], Callable[[dict[str, Any]], None]]] = {}
        self.guard = threading.Lock()
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
            self.pending[request["id"]] = (future, on_event)
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            self._fail_all()
        return future

    def close(self) -> None:
        """End the process and all that it forked."""
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
            future.set_exception(JobError(f"The process that worked on it ended {_how(event['status'])}."))
        else:
            on_event(event)

    def _fail_all(self) -> None:
        status = self.process.wait()
        with self.guard:
            lost = list(self.pending.values())
            self.pending.clear()
        said = f" It said: {self.complaints[-1]}" if self.complaints else ""
        for future, _ in lost:
            future.set_exception(JobError(f"The process {self.module} ended {_how(status)}.{said}"))


def _environment() -> dict[str, str]:
    folders = {name: str(Path(os.environ[name]).absolute()) for name in FOLDERS if os.environ.get(name)}
    return {**os.environ, **ONE_THREAD, **folders, "PYTHONUNBUFFERED": "1"}


def _how(status: int) -> str:
    if status >= 0:
        return f"with exit status {status}"
    hint = " (the system kills a process that takes too much memory)" if -status == signal.SIGKILL else ""
    return f"by {signal.Signals(-status).name}{hint}"
