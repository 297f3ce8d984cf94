"""Silent video by PyAV: frames into a piece, facts about a piece, many pieces into one by stream copy.

Every piece has the same track timescale and a pts that is the frame index, so pieces join exactly. x264 runs in one
thread: with more, the bytes would depend on the number of cores.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from render.quality import Quality, RenderError

TICKS_PER_FRAME = 1024  # the track timescale is fps * 1024: one for all pieces of a quality, else a join loses frames
KEYFRAME_S = 4  # a player seeks to the nearest keyframe before


@dataclass(frozen=True)
class VideoFacts:
    """What a video file holds, counted by its packets and not taken from its header.

    steady: pts are 0, step, 2 step, ... in ticks of time_base. reorder: how many frames decoding runs ahead of
    showing (0 without B-frames). setup: digest of the decoder's settings; pieces with different ones do not join.
    """

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    fps: Fraction
    time_base: Fraction
    colours: tuple[int, int, int, int]
    setup: str
    frames: int
    duration_s: float
    steady: bool
    step: int
    reorder: int


# duration and frame count may differ between pieces, and so may how far B-frames run ahead in a short one
OWN_TO_A_PIECE = {"frames", "duration_s", "steady", "reorder"}


class Encoder:
    """RGBA frames into one H.264 mp4, for ``with``; leaving by an exception removes the file.

    Raises: RenderError if the file cannot be written, a frame has another size, or no frame came.
    """

    def __init__(self, path: Path, quality: Quality) -> None:
        from render.pixels import yuv  # here, because joining pieces needs no compiled code

        self.path, self.quality, self.frames = path, quality, 0
        self._to_yuv420 = yuv.to_yuv420
        # one picture for all frames, since x264 copies what it is given
        self._picture = VideoFrame(quality.width, quality.height, "yuv420p")
        self._picture.time_base = Fraction(1, quality.fps)
        self._planes = [_rows(plane) for plane in self._picture.planes]

    def __enter__(self) -> Self:
        with failing("write", self.path):
            self._file = _create(self.path, self.quality.fps)
            self._stream = _add_x264(self._file, self.quality)
        return self

    def write(self, rgba: NDArray[np.uint8], repeat: int = 1, same: bool = False) -> None:
        """Append a picture, shown for ``repeat`` frames and converted once; alpha is ignored.

        rgba: (height, width, 4) uint8, C-contiguous. same: it equals the one before, which is sent again unread.
        """
        expected = (self.quality.height, self.quality.width, 4)
        if rgba.shape != expected or rgba.dtype != np.uint8 or not rgba.flags.c_contiguous:
            raise RenderError(
                f"A frame for {self.path.name} is {rgba.dtype} {rgba.shape}, expected contiguous uint8 {expected}; "
                f"draw it at the size of quality '{self.quality.name}'."
            )
        if not same or not self.frames:
            self._to_yuv420(rgba, *self._planes)
        with failing("write", self.path):
            for _ in range(repeat):
                self._picture.pts = self.frames
                self._file.mux(self._stream.encode(self._picture))
                self.frames += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self.frames:
            with removing_on_error(self.path), failing("write", self.path):
                self._file.mux(self._stream.encode(None))
                self._file.close()
            return
        with suppress(av.FFmpegError, OSError):  # the file goes anyway; the first error is the one to tell
            self._file.close()
        self.path.unlink(missing_ok=True)
        if error is None:
            raise RenderError(f"No frame was written to {self.path.name}; a clip needs at least one play or wait.")


def probe_video(path: Path, like: VideoFacts | None = None) -> VideoFacts:
    """The facts of a file's video stream, by reading every packet and decoding at most one.

    like: facts of another file; where the decoder's settings are the same, so is what only a decoded frame tells.
    Raises: RenderError if the file is absent, damaged, or has no video.
    """
    with open_media(path, undecoded=like is not None) as source:
        if not source.streams.video:
            raise RenderError(f"{path} holds no video stream; render it again.")
        stream = source.streams.video[0]
        setup = hashlib.sha256(stream.codec_context.extradata or b"").hexdigest()[:12]
        if like is not None and like.setup != setup:
            return probe_video(path)
        with failing("read", path):
            shown = [packet.pts or 0 for packet in source.demux(stream) if packet.size]
        fps, time_base = stream.average_rate or Fraction(0), stream.time_base or Fraction(1)
        context = stream.codec_context
        step = int(1 / (fps * time_base)) if fps else 0
        even = [i * step for i in range(len(shown))]
        return VideoFacts(
            codec=context.name,
            profile=stream.profile or "",
            pix_fmt=context.pix_fmt or (like.pix_fmt if like else ""),
            width=context.width,
            height=context.height,
            fps=fps,
            time_base=time_base,
            colours=(context.color_primaries, context.color_trc, context.colorspace, context.color_range),
            setup=setup,
            frames=len(shown),
            duration_s=float((stream.duration or 0) * time_base),
            steady=bool(shown) and step * fps * time_base == 1 and sorted(shown) == even,
            step=step,
            reorder=max((i - pts // step for i, pts in enumerate(shown)), default=0) if step else 0,
        )


def join_video(pieces: Sequence[Path], out: Path, names: Sequence[str] = ()) -> VideoFacts:
    """Copy the frames of all pieces, in order and without encoding again, into one mp4.

    names: what errors call the pieces, where the files' names would not tell.
    Raises: RenderError if a piece is unlike the first (players would show wrong pictures without a warning) or has
    uneven steps, or the result does not hold every frame.
    """
    facts: list[VideoFacts] = []
    for piece in pieces:
        facts.append(probe_video(piece, facts[0] if facts else None))
    _refuse_unlike(names or [piece.name for piece in pieces], facts)
    with removing_on_error(out):
        with failing("write", out), _create(out, int(facts[0].fps)) as joined:
            for packet in _packets_in_a_row(pieces, facts, joined):
                joined.mux(packet)
        result = probe_video(out)
        frames = sum(fact.frames for fact in facts)
        if result.frames != frames or not result.steady:
            raise RenderError(
                f"{out.name} came out with {result.frames} frames in {'even' if result.steady else 'uneven'} steps, "
                f"expected {frames} in even steps; run `tensorreel doctor` and render again."
            )
    return result


def _packets_in_a_row(
    pieces: Sequence[Path], facts: Sequence[VideoFacts], joined: OutputContainer
) -> Iterator["Packet[VideoStream]"]:  # in quotes: a generic in the stubs only
    step, reorder = facts[0].step, max(fact.reorder for fact in facts)
    decoded, before = count(), 0  # frames decoded so far in all pieces; frames in the pieces before this one
    stream: VideoStream | None = None
    for piece, fact in zip(pieces, facts, strict=True):
        with open_media(piece, undecoded=True) as source:
            taken = source.streams.video[0]
            stream = stream or joined.add_stream_from_template(taken)
            for packet in source.demux(taken):
                if packet.size:
                    packet.pts = (packet.pts or 0) + before * step
                    packet.dts = (next(decoded) - reorder) * step
                    packet.duration = step
                    packet.stream = stream
                    yield packet
        before += fact.frames


def _refuse_unlike(names: Sequence[str], facts: Sequence[VideoFacts]) -> None:
    if not facts:
        raise RenderError("There are no pieces to join; a video needs at least one.")
    for piece, fact in zip(names, facts, strict=True):
        for name in (field.name for field in fields(VideoFacts) if field.name not in OWN_TO_A_PIECE):
            found, expected = getattr(fact, name), getattr(facts[0], name)
            if found != expected:
                raise RenderError(
                    f"{piece} cannot be joined to {names[0]}: its {name} is {found}, expected {expected}; "
                    "render both at the same quality."
                )
        if not fact.steady:
            raise RenderError(f"{piece} cannot be joined: its frames are not in even steps; render it again.")


def _create(path: Path, fps: int) -> OutputContainer:
    # named mp4, because a temporary name need not end so
    return av.open(
        str(path.absolute()), "w", format="mp4", options={"video_track_timescale": str(fps * TICKS_PER_FRAME)}
    )


def _rows(plane: Any) -> NDArray[np.uint8]:  # libav's type, which its stubs do not show to be a buffer
    """A plane's own memory, (height, line_size): rows are padded to what libav likes."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)


def _add_x264(file: OutputContainer, quality: Quality) -> VideoStream:
    # headers do not depend on the content, GOPs stand alone, chroma sits at the centre of its four pixels
    params = "stitchable=1:open-gop=0:chromaloc=1"
    if quality.quick:  # all that would need a look at a frame before it is encoded
        params += f":qp={quality.crf}:bframes=0:weightp=0:scenecut=0:aq-mode=0:subme=0"
    options = {"preset": quality.preset, "crf": str(quality.crf), "threads": "1", "x264-params": params}
    stream = file.add_stream("libx264", rate=quality.fps, options=options)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = quality.width, quality.height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, quality.fps)
    context.gop_size = KEYFRAME_S * quality.fps
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    return stream


@contextmanager
def open_media(path: Path, undecoded: bool = False) -> Iterator[InputContainer]:
    """A media file open for reading; ``undecoded``: for copying, without a look at its first picture.

    Raises: RenderError if it is absent or no media file.
    """
    with failing("read", path):
        options = {"skip_frame": "all"} if undecoded else {}
        source = av.open(str(path.absolute()), options=options)  # absolute: a colon in a name would read as a protocol
    with source:
        yield source


@contextmanager
def failing(verb: str, path: Path) -> Iterator[None]:
    """Turn what libav or the system says about a file into a RenderError; verb: "read" or "write"."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        remedy = "check the folder and the space on its disk" if verb == "write" else "render it again"
        raise RenderError(f"Could not {verb} {path}: {error.strerror or error}; {remedy}.") from error


@contextmanager
def removing_on_error(path: Path) -> Iterator[None]:
    """Leave no half-written file behind."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
