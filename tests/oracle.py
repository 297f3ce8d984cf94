"""What a plain `manim render` of a scene writes: the oracle that our frames are compared with, bit by bit.

`python tests/oracle.py FILE CLASS WIDTH HEIGHT FPS` runs manim's own command in this process, in one thread of drawing,
with caching off and the library's default configuration, and prints one JSON object:

md5        one hex digest per frame, of the RGBA array (height, width, 4) uint8 that manim hands to its encoder
plays      frames of each play or wait, null for one that was skipped
sections   name, type, skip (bool), first and end frame; empty ones left out, as manim does when it saves them
subcaptions  content, start and end in s
sounds     file name, time in s and gain of each sound, in the order in which they were added
audio      md5 of the mixed samples with their rate, width and channels; "" without sound
time       the renderer's clock at the end, in s
still      md5 of the picture that manim saves in place of a film without plays, else ""
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]

OnFrame = Callable[[NDArray[np.uint8], int], None]


def stock_frames(scene_file: Path | str, class_name: str, width: int, height: int, fps: int) -> list[str]:
    """The md5 of each RGBA frame that a sequential `manim render` would write.

    Use sizes of exactly 16:9: for others manim keeps the frame of 14.2 x 8 units and distorts it.
    """
    return list(stock(str(scene_file), class_name, width, height, fps)["md5"])


@cache
def stock(scene_file: str, class_name: str, width: int, height: int, fps: int) -> dict[str, Any]:
    """All that the module's docstring lists, from a process of its own; asked once per session of tests.

    Raises: RuntimeError with what manim said, if it failed.
    """
    command = [sys.executable, __file__, str(Path(scene_file).absolute()), class_name]
    command += [str(number) for number in (width, height, fps)]
    done = subprocess.run(command, env=plain_environment(), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"manim render {scene_file} {class_name} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def hazards() -> list[str]:
    """Every scene of the files tests/hazards*.py as "path:Class", found without importing them."""
    found = []
    for path in sorted((ROOT / "tests").glob("hazards*.py")):
        classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
        found += [f"{path}:{node.name}" for node in classes if any("Scene" in ast.unparse(base) for base in node.bases)]
    return found


def plain_environment() -> dict[str, str]:
    """The environment of this process, with the project importable from any folder and its build folder absolute.

    Some animations of manim, such as TransformMatchingShapes, take their order from sets of strings, so the same scene
    is drawn alike only under one PYTHONHASHSEED: the present one, else 0.
    """
    build = {"TENSORREEL_BUILD": str(Path(os.environ.get("TENSORREEL_BUILD", ROOT / "build")).absolute())}
    return {"PYTHONHASHSEED": "0", **os.environ, **build, "PYTHONPATH": str(ROOT)}


def manim_arguments(scene_file: str, class_name: str, width: int, height: int, fps: int) -> list[str]:
    """What follows the word `manim` on the command line.

    The library's own configuration file goes before the user's; media go to ./media.
    """
    import manim

    defaults = Path(manim.__file__).parent / "_config" / "default.cfg"
    size = ["--resolution", f"{width},{height}", "--fps", str(fps)]
    quiet = ["--disable_caching", "--progress_bar", "none", "--verbosity", "ERROR", "--silent"]
    folder = ["--config_file", str(defaults), "--media_dir", "media"]
    return ["render", *folder, *size, *quiet, scene_file, class_name]


def run_manim(scene_file: str, class_name: str, width: int, height: int, fps: int, on_frame: OnFrame) -> dict[str, Any]:
    """Run manim's command here and watch it; ``on_frame`` gets each array with the number of frames it is shown for.

    It is called on the thread of manim's encoder, in the order of the frames.
    """
    from manim.__main__ import main

    seen: dict[str, list[str]] = {}  # path of a piece -> digests of its frames
    said: dict[str, Any] = {"sounds": [], "still": "", "time": 0.0}
    with _watched(seen, said, on_frame):
        main(manim_arguments(scene_file, class_name, width, height, fps), standalone_mode=False)
    writer = said.pop("writer")
    pieces = [None if path is None else seen[path] for path in writer.partial_movie_files]
    return {
        "md5": [digest for piece in pieces if piece is not None for digest in piece],
        "plays": [None if piece is None else len(piece) for piece in pieces],
        "sections": list(_sections(writer.sections, seen)),
        "subcaptions": [
            {"content": line.content, "start": line.start.total_seconds(), "end": line.end.total_seconds()}
            for line in writer.subcaptions
        ],
        "audio": audio_digest(writer.audio_segment) if writer.includes_sound else "",
        **said,
    }


@contextmanager
def _watched(seen: dict[str, list[str]], said: dict[str, Any], on_frame: OnFrame) -> Iterator[None]:
    """Make manim's writer and encoder tell what they are given; they do their work all the same."""
    from manim.renderer.cairo_renderer import CairoRenderer
    from manim.scene.scene_file_writer import SceneFileWriter
    from manim.scene.video_segment_encoder import VideoSegmentEncoder

    def write_frame(encoder: Any, pixels: NDArray[np.uint8], *, repeat: int = 1) -> None:
        seen.setdefault(str(encoder.target), []).extend([md5(pixels)] * repeat)
        on_frame(pixels, repeat)
        originals["write_frame"](encoder, pixels, repeat=repeat)

    def add_sound(writer: Any, sound_file: Any, time: float | None = None, gain: Any = None, **kwargs: Any) -> None:
        said["sounds"].append({"file": Path(sound_file).name, "time": time, "gain": gain})
        originals["add_sound"](writer, sound_file, time, gain, **kwargs)

    def save_image(writer: Any, pixels: NDArray[np.uint8]) -> None:
        said["still"] = md5(pixels)
        originals["save_image"](writer, pixels)

    def scene_finished(renderer: Any, scene: Any) -> None:
        said["writer"], said["time"] = renderer.file_writer, renderer.time
        originals["scene_finished"](renderer, scene)

    watched = {
        write_frame: VideoSegmentEncoder,
        add_sound: SceneFileWriter,
        save_image: SceneFileWriter,
        scene_finished: CairoRenderer,
    }
    originals = {method.__name__: getattr(owner, method.__name__) for method, owner in watched.items()}
    for method, owner in watched.items():
        setattr(owner, method.__name__, method)
    try:
        yield
    finally:
        for method, owner in watched.items():
            setattr(owner, method.__name__, originals[method.__name__])


def _sections(sections: Sequence[Any], seen: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    end = 0
    for section in sections:
        first, end = end, end + sum(len(seen[path]) for path in section.get_clean_partial_movie_files())
        if not section.is_empty():
            names = {"name": section.name, "type": str(section.type_), "skip": section.skip_animations}
            yield {**names, "first": first, "end": end}


def md5(pixels: NDArray[np.uint8]) -> str:
    """The digest of a frame's bytes."""
    return hashlib.md5(np.ascontiguousarray(pixels)).hexdigest()


def audio_digest(segment: Any) -> str:
    """The digest of a pydub AudioSegment's samples and their format."""
    facts = f"{segment.frame_rate} {segment.sample_width} {segment.channels} ".encode()
    return hashlib.md5(facts + segment.raw_data).hexdigest()


if __name__ == "__main__":
    path, name, width, height, fps = sys.argv[1:]
    path = str(Path(path).absolute())
    with redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder, chdir(folder):  # scenes may print
        answer = run_manim(path, name, int(width), int(height), int(fps), on_frame=lambda *_: None)
    json.dump(answer, sys.stdout)
