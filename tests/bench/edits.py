"""How much runs after ten kinds of edit: `python tests/bench/edits.py` prints a Markdown table.

Works on a copy of the code with its own build folder: renders chapter 1 with a network that is trained for one epoch,
then makes each edit, renders again, undoes it and renders once more. A job is one asset, voice, clip or chapter.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("digits.epochs=1", "digits.lr=3")
SCENES = "scenes/ch01_neural_network"
RENDER = """
import json, sys
from assets.store import Store
from models.folders import build_folder
from render.build import build
from render.catalog import find_chapters
from render.jobs import chapter_jobs, make_options
from render.runners import RUNNERS
class Unwatched:
    def __getattr__(self, name):
        return lambda *_: None
options = make_options(overrides=sys.argv[1:])
jobs = chapter_jobs(find_chapters(["1"]), options)
outcome = build(jobs, Store(build_folder() / "store"), options, RUNNERS, Unwatched())
for error in outcome.failures.values():
    raise error
json.dump({"ran": outcome.ran, "jobs": len(jobs)}, sys.stdout)
"""


@dataclass(frozen=True)
class Tree:
    """A copy of the code; ``overrides`` are those of its base, ``env`` that of its commands."""

    root: Path
    env: Mapping[str, str]
    overrides: tuple[str, ...] = QUICK

    def render(self, *overrides: str) -> dict[str, Any]:
        """The jobs that ran, how many there are, and the CPU seconds that it took."""
        before = os.times()
        command = [sys.executable, "-c", RENDER, *self.overrides, *overrides]
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True)
        after = os.times()
        if done.returncode:
            raise SystemExit(done.stderr)
        cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
        return {**json.loads(done.stdout), "cpu_s": cpu_s}


Edit = Callable[[Tree], Any]  # a context manager: the tree is edited inside, and as it was after


def text(name: str, old: str, new: str) -> Edit:
    """Another text in one file."""

    @contextmanager
    def edit(tree: Tree) -> Iterator[tuple[str, ...]]:
        path = tree.root / name
        before = path.read_text()
        assert before.count(old) == 1, f"{name} holds {before.count(old)} of {old!r}"
        path.write_text(before.replace(old, new))
        yield ()
        path.write_text(before)

    return edit


def override(pair: str) -> Edit:
    """Another setting of the model, as with --set."""

    @contextmanager
    def edit(tree: Tree) -> Iterator[tuple[str, ...]]:
        yield (pair,)

    return edit


@contextmanager
def one_pixel(tree: Tree) -> Iterator[tuple[str, ...]]:
    """One pixel of one training image is another shade."""
    path = Path(tree.env["TENSORREEL_DATA"]) / "train-images-idx3-ubyte"
    before = path.read_bytes()
    path.write_bytes(before[:1000] + bytes([before[1000] ^ 255]) + before[1001:])
    yield ()
    path.write_bytes(before)


def version(library: str) -> Edit:
    """The package metadata of a library tell another version."""

    @contextmanager
    def edit(tree: Tree) -> Iterator[tuple[str, ...]]:
        folder = tree.root / f"{library}-99.0.dist-info"  # found first: commands run in this folder
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.0\n")
        yield ()
        shutil.rmtree(folder)

    return edit


LINE = "The neuron keeps nothing of the picture."
EDITS: dict[str, Edit] = {
    "comment": text(f"{SCENES}/held_number.py", "RADIUS = 1.25", "RADIUS = 1.25  # units"),
    "scene body": text(f"{SCENES}/held_number.py", "self.wait(0.4 * self.left())", "self.wait(0.3 * self.left())"),
    "kit helper (`window`, two scenes)": text("scenes/kit/layer.py", "if size <= shown:", "if not size > shown:"),
    "palette constant (`POSITIVE`, all scenes)": text("scenes/theme.py", '"#5BB3F0"', '"#5BB3F1"'),
    "narration wording, equal length": text(f"{SCENES}/narration.en.toml", LINE, LINE.replace("keeps", "holds")),
    "narration longer": text(f"{SCENES}/narration.en.toml", LINE, f"{LINE} Nothing at all."),
    "model width": override("digits.hidden=32"),
    "seed": override("digits.seed=9"),
    "training data (one pixel)": one_pixel,
    "library version (manim)": version("manim"),
    "library version (torch)": version("torch"),
}


def write_idx(folder: Path) -> None:
    """The bundled digits as the four files of MNIST, plain."""
    sys.path.insert(0, str(ROOT))
    from models.datasets import bundled_digits

    data = bundled_digits(seed=0)
    for part, images, labels in (
        ("train", data.train_images, data.train_labels),
        ("t10k", data.test_images, data.test_labels),
    ):
        head = np.array([2051, *images.shape], ">u4").tobytes()
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + (images * 255).round().astype(np.uint8).tobytes())
        head = np.array([2049, len(labels)], ">u4").tobytes()
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.astype(np.uint8).tobytes())


def copied(folder: Path) -> Tree:
    """A copy of the code in a folder, with a data folder of its own."""
    for name in ("models", "assets", "scenes", "render"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data").mkdir()
    write_idx(folder / "data")
    places = {"TENSORREEL_BUILD": str(folder / "build"), "TENSORREEL_DATA": str(folder / "data")}
    return Tree(folder, {**os.environ, "PYTHONPATH": str(folder), **places})


def kinds(ran: list[str]) -> str:
    """Jobs counted by kind: 1 asset, 2 clips."""
    counted = Counter(job.partition("/")[0] for job in ran)
    return ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counted.items()) or "none"


def rows(tree: Tree) -> Iterator[str]:
    """The table, a row at a time."""
    yield "| edit | jobs that ran | which | CPU s | undone: jobs that ran |"
    yield "|---|---|---|---|---|"
    yield f"| (all of it, the first time) | {_cells(tree.render())} | |"
    other = Tree(tree.root, tree.env, (*QUICK, "digits.data=mnist"))
    other.render()
    for name, edit in EDITS.items():
        place = other if edit is one_pixel else tree
        with edit(place) as overrides:
            done = place.render(*overrides)
        yield f"| {name} | {_cells(done)} | {len(place.render()['ran'])} |"


def _cells(done: Mapping[str, Any]) -> str:
    return f"{len(done['ran'])} of {done['jobs']} | {kinds(done['ran'])} | {done['cpu_s']:.1f}"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(copied(Path(folder))):
            sys.stdout.write(row + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
