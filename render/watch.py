"""Looking again after every save: a render server that stays warm, and the files whose edits count."""

import hashlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.folders import ROOT
from render.workers import Worker, Workers

SERVER = "render.server"
WATCHED = tuple(ROOT / name for name in ("models", "assets", "scenes", "render"))
SUFFIXES = (".py", ".toml")
QUIET = {"opened", "closed_no_write"}  # what reading a file causes
SETTLED_S = 0.1  # an editor may write a file in several steps, and several files at once
# The command plans with these of our modules, once imported; the theme it only reads two fixed times from.
HARMLESS = {ROOT / "scenes" / "theme.py"}


class Warm(Workers):
    """The child processes of several builds in a row: the render server stays, the others leave with their build."""

    def start(self) -> Worker:
        """The render server; a new one is still importing when this returns."""
        return self.get(SERVER)

    def close(self) -> None:
        """A build is over; a server that still draws belongs to a build that was interrupted, and ends too."""
        for module in [m for m, worker in self.running.items() if m != SERVER or worker.pending]:
            self.running.pop(module).close()

    def end(self) -> None:
        """End them all, even while they import: nothing of theirs is unfinished."""
        for worker in self.running.values():
            worker.closing = True  # so that whoever waits for it is not told that memory ran out
            worker.process.kill()
        super().close()
        self.running.clear()


def file_of(word: str) -> Path | None:
    """The file that ``file.py:Class`` or ``file.py`` names, None for anything else."""
    file = word if word.endswith(".py") else word.rpartition(":")[0]
    return Path(file).absolute() if file.endswith(".py") else None


def watch(show: Callable[[bool], None], word: str, warm: Warm, tell: Callable[[str], None]) -> None:
    """Show a scene now and after every save, until Ctrl-C; ``show`` is told whether this is the first time.

    A save while it draws is seen afterwards. The server is restarted when what it runs has changed, and so is the
    command, which reads the scene's module as text but has imported its own.
    """
    folders = dict.fromkeys(WATCHED, True)
    file = file_of(word)
    if file is not None and file.parent.is_dir():
        folders.setdefault(file.parent, False)
    try:
        with observed(folders) as saved:
            known = contents(folders)
            show(True)
            while True:
                tell("watching for a save; Ctrl-C ends")
                settle(saved)
                now = contents(folders)
                changed, known = differing(known, now), now
                if changed:
                    tell(f"changed: {', '.join(map(_shown, changed))}")
                    if not _again(show, changed, warm, tell):
                        break
    except KeyboardInterrupt:
        return
    warm.end()
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *(word for word in sys.orig_argv[1:] if word != "--open")])


def _again(show: Callable[[bool], None], changed: Sequence[Path], warm: Warm, tell: Callable[[str], None]) -> bool:
    """Show once more after a change; False if this process itself is out of date and has to be replaced."""
    if imported_by_us(changed):
        return not still_imports(tell)
    if any(ROOT / "render" in path.parents for path in changed):
        warm.end()
    began = time.monotonic()
    show(False)
    tell(f"after {time.monotonic() - began:.1f} s")
    return True


@contextmanager
def observed(folders: Mapping[Path, bool]) -> Iterator[threading.Event]:
    """An event that is set whenever a source in these folders is written, moved or removed.

    folders: whether what lies below counts too. Where the system has no notices left, the folders are polled.
    """
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer
    from watchdog.observers.polling import PollingObserver

    logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it complains of being stopped while it starts
    saved = threading.Event()

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            paths = (str(event.src_path), str(event.dest_path))
            if event.event_type not in QUIET and any(path.endswith(SUFFIXES) for path in paths):
                saved.set()

    for kind in (Observer, PollingObserver):
        observer = kind()
        for folder, below in folders.items():
            observer.schedule(Handler(), str(folder), recursive=below)
        try:
            observer.start()
            break
        except OSError:
            if kind is PollingObserver:
                raise
    try:
        yield saved
    finally:
        observer.stop()
        observer.join()


def settle(saved: threading.Event) -> None:
    """Wait for a save, and until nothing more is saved for a moment."""
    saved.wait()
    while saved.is_set():
        saved.clear()
        time.sleep(SETTLED_S)


def contents(folders: Mapping[Path, bool]) -> dict[Path, str]:
    """The digest of every source in these folders, by path; events tell that something happened, this what."""
    found = {}
    for folder, below in folders.items():
        for path in (folder.rglob if below else folder.glob)("*"):
            if path.suffix in SUFFIXES and not path.name.startswith("."):
                try:
                    found[path] = hashlib.sha256(path.read_bytes()).hexdigest()
                except OSError:  # gone between the two calls, or a folder of such a name
                    continue
    return found


def differing(before: Mapping[Path, str], now: Mapping[Path, str]) -> list[Path]:
    """The files that were added, changed or removed, in order."""
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def imported_by_us(changed: Iterable[Path]) -> bool:
    """Whether this process runs on a source that has changed, so that what it plans may no longer be right."""
    own = {str(getattr(module, "__file__", "")) for module in list(sys.modules.values())}
    return not own.isdisjoint({str(path) for path in {*changed} - HARMLESS})


def still_imports(tell: Callable[[str], None]) -> bool:
    """Whether the changed code of the command can be imported; if not, its error is told."""
    names = sorted(n for n in list(sys.modules) if n.partition(".")[0] in {"models", "assets", "scenes", "render"})
    code = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        tell("\n".join(done.stderr.strip().splitlines()[-4:]))
    return done.returncode == 0


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
