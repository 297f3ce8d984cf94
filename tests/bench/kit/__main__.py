"""Times each component of the kit beside the plain manim way to draw the same, and prints a table.

    python -m tests.bench.kit [NAME...] [--json FILE]

A row's frame is a state set by the component's own means and drawn at 1080p. ``ours`` is drawn by the compiled loop
("exact") and once more by manim's own camera ("stock"); ``plain`` by manim's own camera alone. CPU milliseconds per
frame, the median of alternating rounds.
"""

import argparse
import importlib
import json
import statistics
import time
from pathlib import Path

from manim import Camera, ManimColor, tempconfig

from render.pixels import display
from scenes.theme import BACKGROUND

SIZES = (100, 1_000, 10_000)
ROUNDS = 3
FRAMES = 5
BUDGET_S = 20.0  # of CPU for one cell: what is slower is measured in fewer frames
SLOW_S = 1.0  # a way that takes so long for a frame is measured in one round


def rows(names):
    """(name, ours, plain, most of plain, most of all) of every module beside this one."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem.startswith("_") or (names and path.stem not in names):
            continue
        module = importlib.import_module(f"tests.bench.kit.{path.stem}")
        listed = getattr(module, "ROWS", None) or [(module.NAME, module.ours, module.plain)]
        for name, ours, plain in listed:
            yield name, ours, plain, getattr(module, "PLAIN_MOST", SIZES[-1]), getattr(module, "MOST", SIZES[-1])


def seconds(made, camera):
    """CPU seconds of setting and drawing one frame, the mean over some frames."""
    mobject, step = made
    step(0.0)
    camera.reset()
    camera.capture_mobjects([mobject])
    begun, frames = time.process_time(), 0
    while frames < FRAMES and time.process_time() - begun < BUDGET_S / ROUNDS:
        frames += 1
        step(frames / FRAMES)
        camera.reset()
        camera.capture_mobjects([mobject])
    return (time.process_time() - begun) / frames


def measured(make, n, raster, camera):
    display.use(raster)
    try:
        return seconds(make(n), camera)
    finally:
        display.use("stock")


def table(names):
    display.prepare("exact")
    found = []
    with tempconfig({"pixel_width": 1920, "pixel_height": 1080}):
        camera = Camera(background_color=ManimColor(BACKGROUND))
        for name, ours, plain, plain_most, most in rows(names):
            for n in (size for size in SIZES if size <= most):
                ways = [("ours", ours, "exact"), ("stock", ours, "stock")]
                ways += [("plain", plain, "stock")] * (n <= plain_most)
                takes = {way: [] for way, _, _ in ways}
                for _ in range(ROUNDS):
                    for way, make, raster in ways:
                        if not takes[way] or takes[way][0] < SLOW_S:
                            takes[way].append(measured(make, n, raster, camera))
                row = {way: round(1000 * statistics.median(each), 2) for way, each in takes.items()}
                found.append({"component": name, "n": n, **row})
                yield found[-1]


def line(row):
    plain = row.get("plain")
    gain = f"{plain / row['ours']:.1f}" if plain else ""
    cells = (row["component"], f"{row['n']:,}", row["ours"], row["stock"], "" if plain is None else plain, gain)
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print("| component | elements | ours, ms | ours by manim's camera, ms | plain manim, ms | x |")  # noqa: T201
    print("|---|---|---|---|---|---|")  # noqa: T201
    found = []
    for row in table(given.names):
        found.append(row)
        print(line(row), flush=True)  # noqa: T201
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
