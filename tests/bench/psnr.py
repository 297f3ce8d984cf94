"""How near films are to the frames that were drawn.

`python -m tests.bench.psnr FILE CLASS WIDTH HEIGHT FPS VIDEO...` draws a scene by manim's own command and prints, as
JSON, the Y-PSNR in dB of each video against it, over every fifth frame; null for a film with another number of frames.
A film tagged BT.709 is compared with frames converted by that matrix, any other with manim's (BT.601), both by
swscale in limited range.
"""

import json
import math
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

from tests.oracle import run_manim

EVERY = 5
BT709 = 1  # as H.264 numbers matrices


class Compared:
    """A film that is decoded in step with the drawn frames."""

    def __init__(self, path: str) -> None:
        self.film = av.open(path)
        stream = self.film.streams.video[0]
        stream.thread_type = "NONE"
        self.matrix = Colorspace.ITU709 if stream.codec_context.colorspace == BT709 else Colorspace.ITU601
        self.decoded: Iterator[Any] = self.film.decode(stream)
        self.squares, self.samples, self.equal = 0.0, 0, True
        self.reformat = VideoReformatter().reformat

    def take(self, drawn: NDArray[np.uint8], counts: bool) -> None:
        """Compare the next frame; drawn: (height, width, 4) uint8."""
        frame = next(self.decoded, None)
        if frame is None:
            self.equal = False
        elif counts:
            wanted = self.reformat(
                av.VideoFrame.from_ndarray(drawn, format="rgba"),
                format="yuv420p",
                src_colorspace=self.matrix,
                dst_colorspace=self.matrix,
            )
            difference = luma(frame).astype(np.int32) - luma(wanted)
            self.squares += float(np.square(difference).sum())
            self.samples += difference.size

    def psnr(self) -> float | None:
        """dB over all compared frames together."""
        if not self.equal or next(self.decoded, None) is not None:
            return None
        return round(10 * math.log10(255**2 * self.samples / self.squares), 2) if self.squares else math.inf


def luma(frame: Any) -> NDArray[np.uint8]:
    """The Y plane (height, width) of a yuv420p frame."""
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def compare(file: str, name: str, width: int, height: int, fps: int, videos: list[str]) -> list[float | None]:
    """The PSNR of each video."""
    films = [Compared(video) for video in videos]
    drawn = 0

    def on_frame(pixels: NDArray[np.uint8], repeat: int) -> None:
        nonlocal drawn
        for _ in range(repeat):
            for film in films:
                film.take(pixels, drawn % EVERY == 0)
            drawn += 1

    run_manim(file, name, width, height, fps, on_frame)
    return [film.psnr() for film in films]


if __name__ == "__main__":
    scene, class_name, *rest = sys.argv[1:]
    paths = [str(Path(video).absolute()) for video in rest[3:]]
    with redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder, chdir(folder):
        found = compare(str(Path(scene)), class_name, int(rest[0]), int(rest[1]), int(rest[2]), paths)
    json.dump(found, sys.stdout)
