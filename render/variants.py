"""Which variants were built: a variant is a choice of quality, voice, language and overrides.

Each build notes which runs its variant used and when, so that gc can keep those of the last few.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import Store
from models.configs import OverrideError, make_config
from render.graph import Status, Trace
from render.jobs import Options
from render.quality import QUALITIES
from render.symbols import digest


@dataclass(frozen=True)
class Variant:
    """One choice of options as it was built: ``runs`` maps a job's id to its key and to what that run read."""

    path: Path
    options: Options | None  # None when a model no longer has such a setting
    runs: Mapping[str, tuple[str, str]]


@contextmanager
def using(store: Store) -> Iterator[None]:
    """While this is held no gc removes anything; any number of commands may hold it. Waits for a gc to end."""
    with _opened(store) as root:
        fcntl.flock(root, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(store: Store, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the store against every ``using``; ``say`` is told if one has to be waited for."""
    with _opened(store) as root:
        try:
            fcntl.flock(root, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another tensorreel command is at work; this goes on when it ends ...")
            fcntl.flock(root, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(store: Store) -> Iterator[int]:
    """A descriptor of the store's folder, which is its own lock file; what is started meanwhile does not inherit it."""
    store.root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(store.root, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def note_use(store: Store, options: Options, statuses: Iterable[Status]) -> None:
    """Remember which finished runs a variant used, and that it was used now."""
    chosen = _chosen(options)
    name = digest(json.dumps(chosen, sort_keys=True))
    path = store.root / "variants" / f"{name}.json"
    used = {s.job.id: [s.job.key, reads_of(s.trace)] for s in statuses if s.trace is not None}
    with suppress(OSError), store.lock(f"variant {name}"):  # without a note gc frees more, and no film is worse for it
        before = read_json(path)
        record = {"options": chosen, "runs": {**before.get("runs", {}), **used}}
        if record != before:
            store.write(path, json.dumps(record).encode())
        now = time.time_ns()
        os.utime(path, ns=(now, now))


def _chosen(options: Options) -> dict[str, Any]:
    return {
        "quality": options.quality.name,
        "voice": options.voice,
        "lang": options.lang,
        "music": options.music,
        "overrides": {name: dict(values) for name, values in sorted(options.overrides.items())},
    }


def built_variants(store: Store) -> list[Variant]:
    """Every variant that was built, the one used last first."""
    paths = sorted((store.root / "variants").glob("*.json"), key=lambda path: -path.stat().st_mtime_ns)
    return [Variant(path, _options(record), _used(record)) for path in paths if (record := read_json(path))]


def _options(record: Mapping[str, Any]) -> Options | None:
    try:
        chosen = record["options"]
        for name, values in chosen["overrides"].items():
            make_config(name, values)
        voice, lang, music = (chosen[name] for name in ("voice", "lang", "music"))
        return Options(QUALITIES[chosen["quality"]], voice, lang, chosen["overrides"], music)
    except (OverrideError, KeyError):
        return None


def _used(record: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {job_id: (key, reads) for job_id, (key, reads) in record.get("runs", {}).items()}


def reads_of(trace: Trace) -> str:
    """A run under its key by what it read: there are no two that read the same."""
    return digest(json.dumps(dict(trace.reads), sort_keys=True))


def read_json(path: Path) -> dict[str, Any]:
    """A record, empty if it cannot be read."""
    with suppress(OSError, ValueError):
        record = json.loads(path.read_text())
        return record if isinstance(record, dict) else {}
    return {}
