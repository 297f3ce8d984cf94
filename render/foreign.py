"""A film from elsewhere at the beginning or the end of a chapter: its pictures encoded again, so that they join."""

from pathlib import Path

import ffmpeg
import numpy as np

from render.chapter import ClipPiece
from render.encode import Encoder, failing, open_media
from render.loudness import measured
from render.music import RATE_HZ
from render.quality import Quality, RenderError
from render.transcode import run_ffmpeg
from render.voice import LEVEL_DBFS


def foreign_piece(path: Path, role: str, quality: Quality, folder: Path) -> ClipPiece:
    """An intro or outro (``role``) as a clip of this quality with its own sound, made in ``folder``.

    Raises: RenderError if it is no film, or has another size or rate; the message says what to convert.
    """
    refuse_unlike(path, role, quality)
    video = folder / f"{role}.mp4"
    with open_media(path) as source, Encoder(video, quality) as encoder, failing("read", path):
        for frame in source.decode(video=0):
            encoder.write(np.ascontiguousarray(frame.to_ndarray(format="rgba")))
    sound = _sound(path, role, folder, encoder.frames / quality.fps)
    return ClipPiece(role, path.stem.replace("_", " "), video, encoder.frames, (), (), sound)


def refuse_unlike(path: Path, role: str, quality: Quality) -> None:
    """Raises: RenderError if a film has another size or rate than a quality; the message says what to convert."""
    with open_media(path) as source:
        if not source.streams.video:
            raise RenderError(f"The {role} {path} holds no pictures; give a film.")
        stream = source.streams.video[0]
        found = (stream.width, stream.height, float(stream.average_rate or 0))
    if found != (quality.width, quality.height, quality.fps):
        size = f"{quality.width}:{quality.height}"
        raise RenderError(
            f"The {role} {path.name} is {found[0]}x{found[1]} at {found[2]:g} fps, and the film is {quality.width}x"
            f"{quality.height} at {quality.fps}; convert it: ffmpeg -i {path.name} -vf "
            f"scale={size}:force_original_aspect_ratio=decrease,pad={size}:-1:-1,fps={quality.fps} {role}.mp4"
        )


def _sound(path: Path, role: str, folder: Path, seconds: float) -> Path | None:
    """The film's sound as long as its pictures and as loud as a spoken line, None if nothing can be heard in it."""
    with open_media(path) as source:
        if not source.streams.audio:
            return None
    found = measured(path)
    if found is None:
        return None
    made = folder / f"{role}.wav"
    gain_db = min(LEVEL_DBFS - found.lufs, -found.peak_dbtp)
    sound = ffmpeg.input(str(path)).audio.filter("volume", f"{gain_db:.2f}dB")
    output = ffmpeg.output(sound, str(made), format="wav", acodec="pcm_s16le", ar=RATE_HZ, t=seconds)
    command = output.global_args("-loglevel", "error").overwrite_output()
    run_ffmpeg(lambda exe: list(command.compile(cmd=exe)), f"read the sound of {path.name}")
    return made
