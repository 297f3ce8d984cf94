"""Numbered pictures into a GIF or a WebM, a film with its own sound, and finished files into their place."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from render.transcode import run_ffmpeg

NUMBERED = "frame-%06d.png"
GIF_FPS = 25  # at most: browsers slow faster ones down
# Flat colours keep their own palette entries, so a light ordered pattern in gradients is enough; scattering errors
# instead would change every frame and triple the file.
DITHER = {"dither": "bayer", "bayer_scale": 5, "diff_mode": "rectangle"}
VP9 = {"c:v": "libvpx-vp9", "crf": 24, "b:v": 0, "deadline": "good", "cpu-used": 4, "row-mt": 1, "an": None}
BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}


@dataclass(frozen=True)
class Frames:
    """``frame-000001.png`` and so on in a folder: so many pictures, shown at this rate; alpha counts if asked for."""

    folder: Path
    count: int
    fps: int
    transparent: bool = False


def to_gif(frames: Frames, out: Path) -> int:
    """Write a GIF that loops for ever, with one palette made for it, and return its frames per second.

    A pixel of a GIF is transparent or not: half transparent ones become whole.
    """
    rate = gif_rate(frames.fps)
    palette = out.with_name(f"{out.stem}.palette.png")
    taken = _pictures(frames).filter("framestep", step=frames.fps // rate)
    made = taken.filter("palettegen", stats_mode="full", reserve_transparent=int(frames.transparent))
    _run(palette, made, update=1)
    both = [taken, ffmpeg.input(str(palette))]
    _run(out, ffmpeg.filter(both, "paletteuse", alpha_threshold=128, **DITHER), loop=0)
    palette.unlink()
    return rate


def gif_rate(fps: int) -> int:
    """The fastest rate that a GIF may have and that takes frames at even steps: 15, 15 and 20 of 15, 30 and 60."""
    return max(rate for rate in range(1, min(fps, GIF_FPS) + 1) if fps % rate == 0)


def to_webm(frames: Frames, out: Path) -> int:
    """Write a WebM (VP9), with transparency where the frames have it, and return its frames per second."""
    pictures = _pictures(frames).filter("scale", out_color_matrix="bt709", out_range="tv", flags="accurate_rnd")
    # libvpx looks ahead by alternate frames, and has none for the plane of alpha
    alpha = {"pix_fmt": "yuva420p", "auto-alt-ref": 0} if frames.transparent else {"pix_fmt": "yuv420p"}
    _run(out, pictures, **VP9, **BT709, **alpha)
    return frames.fps


def to_folder(frames: Frames, out: Path) -> int:
    """Hand the pictures on as they are, and return their frames per second."""
    frames.folder.rename(out)
    return frames.fps


WRITERS: dict[str, Callable[[Frames, Path], int]] = {"gif": to_gif, "webm": to_webm, "png": to_folder}


def with_sound(video: Path, sound: Path, out: Path) -> None:
    """Write a film of copied pictures and a sound of any kind."""
    tracks = ffmpeg.input(str(video)).video, ffmpeg.input(str(sound)).audio
    _run(out, *tracks, vcodec="copy", acodec="aac", audio_bitrate="160k", movflags="+faststart")


def put(made: Path, final: Path) -> Path:
    """Move a finished file or folder to its final name in one step, in the place of whatever had that name."""
    final.parent.mkdir(parents=True, exist_ok=True)
    if made.is_dir():  # a folder that holds something cannot be replaced: it leaves for where the new one was made
        with suppress(FileNotFoundError):
            final.rename(made.with_name(f"{made.name}.before"))
    return made.replace(final)


def size_of(path: Path) -> str:
    """The size of a file, or of all in a folder, for people: 1.3 MB."""
    files = path.rglob("*") if path.is_dir() else [path]
    count = sum(file.stat().st_size for file in files if file.is_file())
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _pictures(frames: Frames) -> Any:
    return ffmpeg.input(str(frames.folder / NUMBERED), framerate=frames.fps)


def _run(out: Path, *streams: Any, **options: Any) -> None:
    """Have ffmpeg write streams to a file.

    Raises: RenderError with the end of what it said.
    """
    output = ffmpeg.output(*streams, str(out), **options).global_args("-loglevel", "error").overwrite_output()
    run_ffmpeg(lambda exe: output.compile(cmd=exe), f"write {out.name}")
