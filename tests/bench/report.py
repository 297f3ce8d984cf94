"""The tables of the render benchmark, from the rows that it wrote: `python -m tests.bench.report FILE` prints them."""

import json
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Rounds = list[dict[str, Any]]
NAMES = {"stock": "`manim render`", "exact": "ours, exact", "draft": "ours, draft"}


def report(found: Mapping[str, Any]) -> str:
    """Markdown: the machine, the films, the rest."""
    rounds, machine, settings = found["rounds"], found["machine"], found["settings"]
    own = ", ".join(f"{name} {machine[name]}" for name in ("python", "manim", "numpy", "numba", "av", "pycairo"))
    draft = settings["modes"]["draft"]
    size = f"{settings['width']}x{settings['height']} at {settings['fps']} frames per second"
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; {own}. {size}; {settings['jobs']} "
        f"workers; rounds: {len(rounds)}, of which medians. *exact*: the same pixels, x264 medium crf 23 as manim has "
        f"it; *draft*: raster {draft['raster']}, x264 {draft['preset']}, quantiser {draft['crf']}. CPU seconds include "
        "children; x is manim's seconds over ours.",
        "",
        *films(rounds, found["psnr"]),
        "",
        *rest(rounds),
    ]
    return "\n".join(lines)


def films(rounds: Rounds, psnr: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """A row for each scene and way, and for all scenes together."""
    if not any("films" in each for each in rounds):
        return
    yield "| scene | drawn by | wall s | x | CPU s | x | frames/s | ms CPU per frame | MB | Y-PSNR dB |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for scene in rounds[0]["films"]:
        for mode in NAMES:
            yield from film_row(scene, mode, [each["films"][scene] for each in rounds], psnr.get(scene, {}).get(mode))
    if "many" in rounds[0]:
        for mode in NAMES:
            yield from film_row("all", mode, [each["many"] for each in rounds], None)


def film_row(scene: str, mode: str, takes: list[dict[str, Any]], psnr: float | None) -> Iterator[str]:
    """One row, none if it never succeeded."""
    whole = [each for each in takes if mode in each and "stock" in each]
    if not whole:
        return
    own = [each[mode] for each in whole]
    wall, cpu = median(whole, lambda e: e[mode]["wall_s"]), median(whole, lambda e: e[mode]["cpu_s"])
    faster = median(whole, lambda e: e["stock"]["wall_s"] / e[mode]["wall_s"])
    less = median(whole, lambda e: e["stock"]["cpu_s"] / e[mode]["cpu_s"])
    frames = own[0]["frames"]
    stages = [
        f"{stage} {1000 * statistics.median(take['stages'][stage] for take in own) / frames:.1f}"
        for stage in own[0]["stages"]
    ]
    parts = f" ({', '.join(stages)})" if stages else ""
    near = f"{psnr:.1f}" if psnr is not None else ""
    ratios = ("", "") if mode == "stock" else (f"**{faster:.1f}**", f"{less:.1f}")
    yield (
        f"| {scene} | {NAMES[mode]} | {wall:.1f} | {ratios[0]} | {cpu:.1f} | {ratios[1]} | {frames / wall:.0f} "
        f"| {1000 * cpu / frames:.1f}{parts} | {own[0]['bytes'] / 1e6:.2f} | {near} |"
    )


def rest(rounds: Rounds) -> Iterator[str]:
    """Two workers against one, previews, stills."""
    yield "| what | before, s | ours, s | x |"
    yield "|---|---|---|---|"
    for mode in ("exact", "draft"):
        pairs = [each["workers"] for each in rounds if {f"{mode} 1", f"{mode} 2"} <= each.get("workers", {}).keys()]
        one, two = ([pair[f"{mode} {jobs}"]["wall_s"] for pair in pairs] for jobs in (1, 2))
        yield from pair_row(f"{mode}: two workers against one", one, two)
    for part, ours, title in (
        ("warm", "warm", "preview from a warm server against `manim -ql`"),
        ("still", "ours", "cold `preview --still` against `manim -ql -s`"),
    ):
        for scene in rounds[0].get(part, {}):
            rows = [each[part][scene] for each in rounds if scene in each[part]]
            yield from pair_row(f"{scene}: {title}", [row["stock"] for row in rows], [row[ours] for row in rows])


def pair_row(what: str, before: list[float], ours: list[float]) -> Iterator[str]:
    """Medians of both and of the ratio within a round, none if nothing was measured."""
    if before:
        gain = statistics.median(b / o for b, o in zip(before, ours, strict=True))
        yield f"| {what} | {statistics.median(before):.2f} | {statistics.median(ours):.2f} | {gain:.1f} |"


def median(rows: list[dict[str, Any]], value: Callable[[Any], float]) -> float:
    """The median of a figure over rounds."""
    return statistics.median(value(row) for row in rows)


if __name__ == "__main__":
    print(report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))  # noqa: T201
