"""A film from elsewhere at the beginning or the end of a chapter: its pictures encoded again, so that they join."""

import wave
from pathlib import Path

import numpy as np

from render.chapter import ClipPiece
from render.encode import Encoder, failing, open_media
from render.quality import Quality, RenderError
from render.voices import read_recording


def foreign_piece(path: Path, role: str, quality: Quality, folder: Path) -> ClipPiece:
    """An intro or outro (``role``) as a clip of this quality with its own sound, made in ``folder``.

    Raises: RenderError if it is no film, or has another size or rate; the message says what to convert.
    """
    _refuse_unlike(path, role, quality)
    video = folder / f"{role}.mp4"
    with open_media(path) as source, Encoder(video, quality) as encoder, failing("read", path):
        for frame in source.decode(video=0):
            encoder.write(np.ascontiguousarray(frame.to_ndarray(format="rgba")))
    return ClipPiece(role, path.stem.replace("_", " "), video, encoder.frames, (), (), _sound(path, role, folder))


def _refuse_unlike(path: Path, role: str, quality: Quality) -> None:
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


def _sound(path: Path, role: str, folder: Path) -> Path | None:
    with open_media(path) as source:
        if not source.streams.audio:
            return None
    samples, rate_hz = read_recording(path)
    made = folder / f"{role}.wav"
    with wave.open(str(made), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return made
