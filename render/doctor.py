"""A look at this machine and installation: one line each, with the remedy where something is wrong."""

import os
import platform
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.store import Store, file_digest
from models.datasets import data_folder, fingerprint
from render.catalog import build_folder
from render.keys import library
from render.quality import RenderError
from scenes.narration import SceneError

LIBRARIES = (
    "manim", "numpy", "torch", "av", "typst", "pillow", "pydub", "click", "ffmpeg-python", "imageio-ffmpeg",
    "espeakng-loader", "safetensors", "scikit-learn", "rich",
)  # fmt: skip
LEAST_FREE_GB = 2.0
FONTS = ("New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is good, and a line that says what it is or what to do."""

    good: bool
    text: str


def examine() -> Iterator[Finding]:
    """Everything a render needs, in the order in which it is needed."""
    yield Finding(sys.version_info >= (3, 11), f"Python {platform.python_version()} (3.11 or newer is needed)")
    for name in LIBRARIES:
        found = library(name)
        yield Finding(found != "absent", f"{name} {found}" + (": run `make setup`" if found == "absent" else ""))
    pillow = library("pillow").split(".")[0]
    if pillow.isdigit() and int(pillow) >= 13:
        yield Finding(False, "pillow 13 breaks manim's pictures: run `make setup`, which installs pillow 12")
    for check in (_fonts, _encoders, _ffmpeg, _voice, _folder):
        yield _tried(check)
    yield _free_space()
    yield Finding(True, f"{os.cpu_count()} cores, {_memory_gb():.0f} GB of memory")
    yield Finding(True, f"GPU: {_gpu()}")
    have = fingerprint("mnist", data_folder())
    where = "absent; `--set digits.data=mnist` downloads it" if have == "absent" else "there"
    yield Finding(True, f"MNIST in {data_folder()}: {where}")


def examine_store(store: Store) -> Iterator[Finding]:
    """The digest of every stored object; a damaged one is rebuilt by the next render."""
    objects = sorted((store.root / "objects").glob("*/*"))
    damaged = [path for path in objects if file_digest(path) != path.name.split(".")[0]]
    for path in damaged:
        yield Finding(False, f"{path.name} is damaged: delete it, the next render makes it again")
    yield Finding(not damaged, f"{len(objects)} stored objects, {len(damaged)} damaged")


def _tried(check: Callable[[], str]) -> Finding:
    try:
        return Finding(True, check())
    except (RenderError, SceneError, OSError, ImportError, ValueError, subprocess.SubprocessError) as error:
        return Finding(False, f"{check.__doc__}: {error}; run `make setup`")


def _fonts() -> str:
    """fonts inside the Typst package"""
    import typst

    have = typst.Fonts(include_system_fonts=False).families()
    missing = [font for font in FONTS if font not in have]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    return f"fonts inside Typst: {', '.join(FONTS)}"


def _encoders() -> str:
    """encoders inside PyAV"""
    import av

    missing = [name for name in ("libx264", "aac") if name not in av.codecs_available]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    return "encoders inside PyAV: libx264, aac"


def _ffmpeg() -> str:
    """the ffmpeg program of imageio-ffmpeg"""
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=20, check=True)
    return " ".join(answer.stdout.split()[:3]) + f" at {program}"


def _voice() -> str:
    """the espeak voice"""
    from render.voice import synthesise

    speech = synthesise("one two", "espeak", "en")
    return f"voice espeak speaks ({len(speech.samples) / speech.rate_hz:.1f} s for two words)"


def _folder() -> str:
    """the build folder"""
    folder = build_folder()
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".doctor-{uuid.uuid4().hex}"
    probe.write_text("x")
    probe.unlink()
    return f"{folder} can be written"


def _free_space() -> Finding:
    place: Path = build_folder().absolute()
    while not place.exists():
        place = place.parent
    free_gb = shutil.disk_usage(place).free / 1e9
    return Finding(free_gb >= LEAST_FREE_GB, f"{free_gb:.0f} GB free ({LEAST_FREE_GB:.0f} GB at least are advised)")


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _gpu() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return "none found; none is needed"
    query = [program, "--query-gpu=name", "--format=csv,noheader"]
    answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    return answer.stdout.strip() or "none found; none is needed"
