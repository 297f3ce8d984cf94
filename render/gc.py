"""Frees the store: removes what neither the current chapters nor the last variants use.

A command that builds holds the store's lock together with others, gc holds it alone. Keeping whatever is young would
not do beside a running build: going back to an old setting uses objects of any age. The kernel frees the lock of a
command that dies. Records go before the objects that they name, so a gc that is killed half-way leaves no record
without them.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assets.locks import hold
from assets.store import Store
from render.catalog import languages
from render.graph import Job, Ledger, Trace, evaluate
from render.jobs import Options
from render.keys import key_of
from render.variants import Variant, alone, built_variants, read_json, reads_of
from scenes.narration import SceneError

VARIANTS_KEPT = 3
Roots = Mapping[tuple[str, str], Collection[str]]  # job id and key -> the runs to keep, each by what it read


@dataclass(frozen=True)
class Sweep:
    """What gc removes, by kind and in this order, the records that lose runs, and the bytes that go and stay."""

    remove: Mapping[str, tuple[Path, ...]]
    shorten: Mapping[Path, bytes]
    freed_bytes: int
    kept_bytes: int

    def facts(self, dry_run: bool) -> dict[str, Any]:
        """The sweep for machines."""
        counts = {kind: len(paths) for kind, paths in self.remove.items()}
        return {"dry_run": dry_run, "freed_bytes": self.freed_bytes, "kept_bytes": self.kept_bytes, **counts}

    def text(self, dry_run: bool) -> str:
        """The sweep for people."""
        counts = [f"{len(p):,} {kind if len(p) != 1 else kind[:-1]}" for kind, p in self.remove.items() if p]
        if not counts and not self.shorten:
            return f"nothing to free: all {human_bytes(self.kept_bytes)} are in use"
        what = f"{human_bytes(self.freed_bytes)} ({', '.join(counts or ['parts of records'])})"
        return f"{'would free' if dry_run else 'freed'} {what}; {human_bytes(self.kept_bytes)} are in use"


def human_bytes(count: int) -> str:
    """A number of bytes as people read it, in powers of 1000."""
    size, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{count:,} bytes" if unit == "bytes" else f"{size:.1f} {unit}"


def collect(
    store: Store,
    options: Options,
    jobs_of: Callable[[Options], Sequence[Job]],
    keep: int = VARIANTS_KEPT,
    dry_run: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Sweep:
    """Free what neither ``options`` nor the ``keep`` other variants used last need; ``dry_run`` only says what that is.

    ``jobs_of`` plans every job that there is for some options. The last run of each such job stays, whatever its
    options. ``say`` is told when this has to wait for another command.

    Raises: SceneError if a chapter cannot be planned: then nobody knows what it uses.
    """
    jobs = jobs_of(options)
    if dry_run or not store.root.exists():
        return _survey(store, options, jobs, jobs_of, keep)
    with alone(store, say):
        sweep = _survey(store, options, jobs, jobs_of, keep)
        for path, data in sweep.shorten.items():
            store.write(path, data)
        for path in (path for paths in sweep.remove.values() for path in paths):
            with hold(path) as free:
                if free:
                    _remove(path, store.root)
    return sweep


def _survey(
    store: Store, options: Options, jobs: Sequence[Job], jobs_of: Callable[[Options], Sequence[Job]], keep: int
) -> Sweep:
    known = _any_language({job.id for job in jobs})
    built = built_variants(store)
    given = [v for v in built if v.options == options]
    kept = [*given, *[v for v in built if v not in given][:keep]]
    plans = [jobs, *(plan for v in kept if v.options and (plan := _plan(v.options, jobs_of)))]
    records = _Records(store, _roots(store, known, plans, kept))
    objects = records.named | {path.read_text() for path in (store.root / "refs").glob("*")}
    return _sweep(store, records, objects, {v.path for v in kept})


def _sweep(store: Store, records: "_Records", objects: set[str], variants: set[Path]) -> Sweep:
    root = store.root
    remove = {
        "records": tuple(records.useless),
        "variants": tuple(p for p in sorted((root / "variants").glob("*")) if p not in variants),
        "objects": tuple(p for p in sorted((root / "objects").glob("*/*")) if p.name not in objects),
        "marks": tuple(p for p in sorted((root / "verified").glob("*")) if _first_word(p) not in objects),
        "locks": tuple(p for p in sorted((root / "locks").glob("*.lock")) if _nobody_holds(p)),
        "leftovers": tuple(p for p in sorted((root / "tmp").glob("*")) if _nobody_holds(p)),
    }
    total = _size(root)
    freed = sum(_size(path) for paths in remove.values() for path in paths)
    freed += sum(path.stat().st_size - len(data) for path, data in records.shorten.items())
    return Sweep(remove, records.shorten, freed, total - freed)


class _Records:
    """The ledger's files as they will be: which are useless, which lose runs, and the objects that the others name."""

    def __init__(self, store: Store, roots: Roots) -> None:
        self.useless: list[Path] = []
        self.shorten: dict[Path, bytes] = {}
        self.named: set[str] = set()
        folder = store.root / "records"
        lasts = {job_id for job_id, _ in roots}
        for path in sorted(folder.rglob("*.json")):
            job_id = path.parent.relative_to(folder).as_posix()
            record = read_json(path)
            if path.stem == "last" and job_id in lasts:
                self._name(record)
            elif runs := [t for t in _runs(record) if reads_of(t) in roots.get((job_id, path.stem), ())]:
                self._keep(path, record, runs)
            else:
                self.useless.append(path)

    def _keep(self, path: Path, record: Mapping[str, Any], runs: Sequence[Trace]) -> None:
        shorter = {"traces": [asdict(trace) for trace in runs]}
        self._name(shorter)
        if len(runs) < len(record["traces"]):
            self.shorten[path] = json.dumps(shorter).encode()

    def _name(self, record: Mapping[str, Any]) -> None:
        for run in [*record.get("traces", []), record.get("trace") or {}]:
            for labels in (run.get("reads", {}), run.get("offers", {}), run.get("outputs", {})):
                self.named.update(labels.values())  # digests of arrays and lengths of lines among them do no harm


def _roots(store: Store, known: set[str], plans: Iterable[Sequence[Job]], kept: Iterable[Variant]) -> Roots:
    """The runs to keep: those that plans find fresh, the last of each job, and those that kept variants used."""
    ledger = Ledger(store)
    roots: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for jobs in plans:
        for status in evaluate(jobs, ledger).values():
            if status.trace is not None:
                roots[status.job.id, status.job.key].add(reads_of(status.trace))
    for job_id in known:
        parts, trace = ledger.last(job_id)
        if trace is not None:
            roots[job_id, key_of(parts)].add(reads_of(trace))
    for variant in kept:
        for job_id, (key, reads) in variant.runs.items():
            if job_id in known:
                roots[job_id, key].add(reads)
    return roots


def _plan(options: Options, jobs_of: Callable[[Options], Sequence[Job]]) -> Sequence[Job]:
    """A variant's jobs now; none if it no longer can be planned, then only the runs it used stay."""
    with suppress(SceneError):
        return jobs_of(options)
    return ()


def _any_language(ids: set[str]) -> set[str]:
    """Ids, and those of the same lines in whichever languages: a cue has the same name in each."""
    lines = [job_id.split("/", 2)[2] for job_id in ids if job_id.startswith("voice/")]
    return ids | {f"voice/{lang}/{line}" for lang in languages() for line in lines}


def _runs(record: Mapping[str, Any]) -> list[Trace]:
    with suppress(TypeError, KeyError):
        return [Trace(**given) for given in record["traces"]]
    return []


def _first_word(path: Path) -> str:
    with suppress(OSError, ValueError):
        return path.read_text().partition(" ")[0]
    return ""


def _nobody_holds(path: Path) -> bool:
    """Whether no living process has a lock file or a scratch folder."""
    with hold(path) as free:
        return free


def _files(path: Path) -> Iterator[Path]:
    yield from (p for p in [path, *path.rglob("*")] if p.is_file())


def _size(path: Path) -> int:
    sizes = 0
    for file in _files(path):
        with suppress(FileNotFoundError):  # a command beside a dry run may take its scratch files away
            sizes += file.stat().st_size
    return sizes


def _remove(path: Path, root: Path) -> None:
    """Remove a file or folder, and the folders above it that this empties."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder.parent == root or folder == root:
            return
        with suppress(OSError):
            folder.rmdir()
