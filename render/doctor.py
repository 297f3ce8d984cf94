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

from assets.store import AssetError, Store
from models.datasets import fingerprint
from models.folders import build_folder, data_folder
from render.keys import library
from render.quality import RenderError
from scenes.narration import SceneError

LIBRARIES = (
    "manim", "numpy", "torch", "av", "typst", "pillow", "pydub", "click", "ffmpeg-python", "imageio-ffmpeg",
    "espeakng-loader", "safetensors", "scikit-learn", "rich",
)  # fmt: skip
ENCODERS = ("libx264", "aac")
OLDEST_PYTHON = (3, 11)
FIRST_BAD_PILLOW = 13  # Pillow 13 dropped a call that draws every ImageMobject of manim 0.22
NO_GPU = "none found, and none is needed"
LEAST_FREE_GB = 2.0
FONTS = ("New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")
SETUP = "run `make setup`"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is good, and a line that says what it is or what to do."""

    good: bool
    text: str


def examine() -> Iterator[Finding]:
    """Everything a render needs, in the order in which it is needed."""
    yield _python()
    yield from map(_library, LIBRARIES)
    yield _tried("drawing", _drawing, SETUP)
    yield _tried("fonts", _fonts, SETUP)
    yield _tried("encoders", _encoders, SETUP)
    yield _tried("ffmpeg", _ffmpeg, SETUP)
    yield _tried("voice", _voice, SETUP)
    yield _tried("build folder", _folder, "make it writable, or set TENSORREEL_BUILD to another folder")
    yield _free_space()
    yield Finding(True, f"{_count(os.cpu_count() or 1, 'core')}, {_memory_gb():.0f} GB of memory")
    yield Finding(True, f"GPU: {_gpu()}")
    yield _mnist()


def examine_store(store: Store) -> Iterator[Finding]:
    """The full digest of every stored object; one found damaged counts as absent from then on, so it is made again."""
    damaged = 0
    objects = sorted((store.root / "objects").glob("*/*"))
    for path in objects:
        try:
            store.read(path.name)
        except AssetError:
            damaged += 1
            yield Finding(False, f"{path} is damaged: the next command that needs it makes it again")
    yield Finding(not damaged, f"{_count(len(objects), 'stored object')}, {damaged or 'none'} damaged")


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def _python() -> Finding:
    have, least = platform.python_version(), ".".join(map(str, OLDEST_PYTHON))
    if sys.version_info < OLDEST_PYTHON:
        return Finding(False, f"Python {have} is too old: run `make setup PYTHON=python{least}`, or a newer one")
    return Finding(True, f"Python {have}")


def _library(name: str) -> Finding:
    found = library(name)
    if found == "absent":
        return Finding(False, f"{name} is not installed: {SETUP}")
    if name == "pillow" and int(found.split(".")[0]) >= FIRST_BAD_PILLOW:
        return Finding(False, f"pillow {found} breaks manim's pictures: {SETUP}, which installs an older one")
    return Finding(True, f"{name} {found}")


def _tried(what: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(True, f"{what}: {check()}")
    except (RenderError, SceneError, OSError, ImportError, ValueError, subprocess.SubprocessError) as error:
        said = f"{error.strerror or error}" if isinstance(error, OSError) else f"{error}"
        place = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        return Finding(False, f"{what}: {said.rstrip('.')}{place}: {remedy}")


def _drawing() -> str:
    import cairo
    import manimpango  # type: ignore[import-untyped]

    return f"Cairo {cairo.cairo_version_string()}, Pango {manimpango.pango_version()}"


def _fonts() -> str:
    import typst

    have = typst.Fonts(include_system_fonts=False).families()
    missing = [font for font in FONTS if font not in have]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing in the typst package")
    return f"{', '.join(FONTS)}, inside Typst"


def _encoders() -> str:
    import av

    missing = [name for name in ENCODERS if name not in av.codecs_available]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing in PyAV")
    return f"{', '.join(ENCODERS)}, inside PyAV"


def _ffmpeg() -> str:
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=20, check=True)
    return f"{answer.stdout.split()[2]}, {program}"


def _voice() -> str:
    from render.voice import synthesise

    speech = synthesise("one two", "espeak", "en")
    return f"espeak says two words in {len(speech.samples) / speech.rate_hz:.1f} s"


def _folder() -> str:
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
    if free_gb < LEAST_FREE_GB:
        return Finding(False, f"{free_gb:.1f} GB free: make room, {LEAST_FREE_GB:.0f} GB at least are advised")
    return Finding(True, f"{free_gb:.0f} GB free")


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _gpu() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return NO_GPU
    query = [program, "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return NO_GPU
    return ", ".join(answer.stdout.splitlines()) or NO_GPU


def _mnist() -> Finding:
    absent = fingerprint("mnist", data_folder()) == "absent"
    state = "not there; `--set digits.data=mnist` fetches it" if absent else "there"
    return Finding(True, f"MNIST in {data_folder()}: {state}")
