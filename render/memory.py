"""How much memory jobs take and how much there is, so that the build starts no more of them than fit."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assets.process import peak_mb
from render.graph import Job, Trace
from render.quality import Quality

EXPECTED_MB = {"asset": 400.0, "voice": 50.0, "chapter": 300.0, "preview": 300.0}  # of a job that was never run
UNKNOWN_MB = 100.0
CLIP_MB = 150.0  # manim and its libraries, of which clips share a part ...
CLIP_MB_PER_MEGAPIXEL = {"medium": 200.0}  # ... and pictures and x264's look-ahead, by preset: 524 MB at 1080p ...
QUICK_MB_PER_MEGAPIXEL = 75.0  # ... and for quicker presets: 160 MB at 480p, 640 MB at 2160p
NO_LIMIT = float("inf")


def expected_mb(job: Job, quality: Quality, parts: Mapping[str, str], last: Trace | None) -> float:
    """Peak memory to expect of a job: what its last run took if that was at the same quality, else a guess."""
    if last is not None and "peak_mb" in last.cost and parts.get("quality") == job.parts.get("quality"):
        return float(last.cost["peak_mb"])
    if job.kind == "clip":
        megapixels = quality.width * quality.height / 1e6
        return CLIP_MB + CLIP_MB_PER_MEGAPIXEL.get(quality.preset, QUICK_MB_PER_MEGAPIXEL) * megapixels
    return EXPECTED_MB.get(job.kind, UNKNOWN_MB)


def available_mb(root: Path = Path("/")) -> float:
    """Memory that new processes may take: what Linux calls available, or less in a cgroup with a limit.

    No limit is known on other systems. ``root`` is where /proc and /sys lie.
    """
    figures = _table(root / "proc/meminfo")
    free: list[float] = [figures["MemAvailable:"] * 1024] if "MemAvailable:" in figures else []
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in {"", "memory"}:
            free += _free_in_groups(root / "sys/fs/cgroup" / controllers, path)
    return min(free, default=NO_LIMIT) / 1e6


def _free_in_groups(top: Path, path: str) -> list[float]:
    """Bytes free below the limit of a cgroup and of each that it lies in; version 2 and version 1 name files apart."""
    folder = top / path.strip("/")
    free: list[float] = []
    for group in (folder, *(parent for parent in folder.parents if parent.is_relative_to(top))):
        for limit, used in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
            with suppress(ValueError):  # "max", or no such file: no limit
                stat = _table(group / "memory.stat")
                cached = stat.get("total_inactive_file", stat.get("inactive_file", 0))  # given back when it is needed
                free.append(int(_text(group / limit)) - int(_text(group / used)) + cached)
    return free


def _table(path: Path) -> dict[str, int]:
    rows = [line.split() for line in _text(path).splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""


def private_mb() -> float:
    """Memory that this process shares with no other, in MB; all it ever held where the system does not tell."""
    with suppress(OSError):
        for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024 / 1e6
    return float(peak_mb())
