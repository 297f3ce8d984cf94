"""Clips into one narrated chapter: an mp4 with chapter marks and a caption track, and its captions beside it.

The pictures are copied, the sound is encoded once. Sound, captions and marks are placed by counted frames, never by
a scene's clock. Nothing reaches the final names before the finished file has passed check_chapter.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import merge
from itertools import accumulate
from pathlib import Path
from zlib import crc32

import av
import ffmpeg
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

from render.captions import Spoken, captions, to_srt, to_vtt
from render.encode import TICKS_PER_FRAME, failing, join_video, open_media, probe_video
from render.loudness import Loudness
from render.music import RATE_HZ, Tone
from render.quality import GRID, Quality, RenderError
from render.sound import Placed, mix
from render.transcode import run_ffmpeg

AUDIO_BITRATE = "160k"
CODER = {"aac_coder": "fast"}  # at this rate as good as ffmpeg's usual one, for 0.6 of its CPU time
# mp4 names languages by three letters (ISO 639-2); others are marked as undetermined
LANGUAGES = {"de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "ja": "jpn", "pt": "por", "zh": "zho"}


@dataclass(frozen=True)
class SpokenLine:
    """A line of a clip: its sound (None for a voice that is silent), the clip's frame it starts at, its length."""

    cue: str
    text: str
    wav: Path | None
    first_frame: int
    seconds: float


@dataclass(frozen=True)
class ClipPiece:
    """One rendered scene: its name, the title of its chapter mark, its silent video of so many frames, its lines.

    tones: the values that are heard, by seconds from the clip's start.
    """

    name: str
    title: str
    video: Path
    frames: int
    lines: tuple[SpokenLine, ...]
    tones: tuple[Tone, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A chapter mark: where a player can jump to."""

    title: str
    first_frame: int


@dataclass(frozen=True)
class ChapterFacts:
    """What a chapter's file must hold. subtitled: it has a caption track (it has none if nothing is spoken).

    loudness: measured on the finished sound, None where nothing is spoken.
    """

    title: str
    lang: str
    width: int
    height: int
    fps: int
    frames: int
    marks: tuple[Mark, ...]
    subtitled: bool
    loudness: Loudness | None = None

    @property
    def seconds(self) -> float:
        """How long the chapter takes."""
        return self.frames / self.fps


def assemble(
    title: str, pieces: Sequence[ClipPiece], quality: Quality, lang: str, out: Path, music: bool = False
) -> ChapterFacts:
    """Write the chapter to ``out`` (mp4), with its captions as .vtt and .srt beside it; returns what it holds.

    music: with a bed beneath the voice, drawn by the title.

    The caption track is shown unless the viewer turns it off: mp4 has no other way to write a single one.
    Raises: RenderError if pieces do not fit together, lines overlap, a tool fails, or the result fails its check;
    then the files that stood under the final names still do.
    """
    spoken = _spoken(pieces, quality.fps)
    text = captions([line for line, _ in spoken])
    facts = _facts(title, pieces, quality, lang, subtitled=bool(text))
    with failing("write", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.stem}.", dir=out.parent) as folder:
            video, sound, heard = (Path(folder) / name for name in ("video.mp4", "sound.wav", "heard.mp4"))
            film, vtt, srt = (Path(folder) / f"film{suffix}" for suffix in (".mp4", ".vtt", ".srt"))
            join_video([piece.video for piece in pieces], video, names=[f"clip {piece.name}" for piece in pieces])
            _refuse_miscounted(pieces)
            placed = [Placed(wav, line.start_s) for line, wav in spoken if wav is not None]
            seed = crc32(title.encode()) if music else None
            facts = replace(facts, loudness=mix(placed, facts.seconds, sound, _tones(pieces, quality.fps), seed))
            vtt.write_text(to_vtt(text), encoding="utf-8")
            srt.write_text(to_srt(text), encoding="utf-8")
            _encode_sound(sound, vtt if text else None, heard)
            _mux(video, heard, film, facts)
            check_chapter(film, facts)
            for made in (vtt, srt, film):  # the mp4 last: where it is new, all is
                _publish(made, out.with_suffix(made.suffix))
    return facts


def sound_command(wav: Path, vtt: Path | None, out: Path, exe: str) -> list[str]:
    """The ffmpeg command line that encodes the sound as AAC, and the captions, into an mp4 without pictures."""
    tracks, codecs = [ffmpeg.input(str(wav)).audio], {"acodec": "aac", "audio_bitrate": AUDIO_BITRATE, **CODER}
    if vtt is not None:
        tracks.append(ffmpeg.input(str(vtt))["s"])
        codecs["scodec"] = "mov_text"
    output = ffmpeg.output(*tracks, str(out), format="mp4", **codecs)
    command: list[str] = output.global_args("-loglevel", "error").overwrite_output().compile(cmd=exe)
    return command


def check_chapter(path: Path, expected: ChapterFacts) -> None:
    """Refuse a chapter's file that does not hold what it must, judged by its packets, marks and boxes.

    Raises: RenderError naming the first thing that is not as expected.
    """
    for what, found, wanted, right in _findings(path, expected):
        if not right:
            raise RenderError(
                f"The finished chapter '{expected.title}' is not right: its {what} is {found}, expected {wanted}; "
                "run `tensorreel doctor` and render it again."
            )


def _findings(path: Path, expected: ChapterFacts) -> Iterator[tuple[str, object, object, bool]]:
    def same(what: str, found: object, wanted: object) -> tuple[str, object, object, bool]:
        return what, found, wanted, found == wanted

    def near(what: str, found_s: Fraction | float, wanted_frame: int) -> tuple[str, object, object, bool]:
        late = abs(float(found_s) * expected.fps - wanted_frame)  # frames
        return what, f"{float(found_s):.3f} s", f"{wanted_frame / expected.fps:.3f} s", late <= 1

    video = probe_video(path)
    yield same("size", (video.width, video.height), (expected.width, expected.height))
    yield same("frame rate", video.fps, expected.fps)
    yield same("number of frames", video.frames, expected.frames)
    yield same("distance between frames", "even" if video.steady else "uneven", "even")
    yield near("length", video.duration_s, expected.frames)
    with open_media(path) as film:
        for kind, codecs in (("video", ["h264"]), ("audio", ["aac"]), ("subtitle", ["mov_text"] * expected.subtitled)):
            found = [(s.codec_context.name, s.language) for s in film.streams if s.type == kind]
            yield same(f"list of {kind} tracks", found, [(codec, _iso(expected.lang)) for codec in codecs])
        yield same("title", film.metadata.get("title", ""), expected.title)
        marks = [
            (c["metadata"].get("title", ""), c["start"] * (c["time_base"] or Fraction(0))) for c in film.chapters()
        ]
        yield same("list of chapter marks", [title for title, _ in marks], [mark.title for mark in expected.marks])
        for (title, start_s), mark in zip(marks, expected.marks, strict=True):
            yield near(f"start of the chapter mark '{title}'", start_s, mark.first_frame)
        with failing("read", path):
            yield near("sound's length", _end_s(film), expected.frames)
    yield same("order of boxes", [box for box in _boxes(path) if box in ("moov", "mdat")], ["moov", "mdat"])


def _end_s(film: InputContainer) -> Fraction:
    packets = [packet for packet in film.demux(audio=0) if packet.size]
    last = max(packets, key=lambda packet: packet.pts or 0, default=None)
    return ((last.pts or 0) + (last.duration or 0)) * last.time_base if last else Fraction(0)


def _boxes(path: Path) -> Iterator[str]:
    """The names of an mp4's outermost boxes, in order; a player can start early if moov comes before mdat."""
    with path.open("rb") as file:
        while len(header := file.read(8)) == 8:
            size, name = int.from_bytes(header[:4]), header[4:].decode("latin-1")
            yield name
            if size == 1:  # the size follows in 64 bits
                size = int.from_bytes(file.read(8)) - 8
            if size < 8:  # up to the end of the file
                return
            file.seek(size - 8, os.SEEK_CUR)


def _spoken(pieces: Sequence[ClipPiece], fps: int) -> list[tuple[Spoken, Path | None]]:
    """Every line in film time with its sound; refuses two lines at once, and a cue after its clip's end."""
    found: list[tuple[Spoken, Path | None]] = []
    free_s, before = 0.0, 0  # when the line before is over; frames in the clips before
    for piece in pieces:
        for line in sorted(piece.lines, key=lambda line: line.first_frame):
            start_s = (before + line.first_frame) / fps
            if line.first_frame >= piece.frames or start_s < free_s - 1 / GRID:
                clash = f"the clip has {piece.frames} frames and the line before is heard until {free_s:.2f} s"
                raise RenderError(
                    f"The line '{line.cue}' of {piece.name} starts at the clip's frame {line.first_frame}, "
                    f"{start_s:.2f} s into the chapter, but {clash}; let the scene wait for its lines."
                )
            free_s = start_s + line.seconds
            found.append((Spoken(line.text, start_s, free_s), line.wav))
        before += piece.frames
    return found


def _tones(pieces: Sequence[ClipPiece], fps: int) -> list[Tone]:
    """Every tone in film time."""
    firsts = accumulate((piece.frames for piece in pieces), initial=0)
    return [
        replace(tone, start_s=first / fps + tone.start_s)
        for piece, first in zip(pieces, firsts, strict=False)
        for tone in piece.tones
        if tone.start_s < piece.frames / fps
    ]


def _facts(title: str, pieces: Sequence[ClipPiece], quality: Quality, lang: str, subtitled: bool) -> ChapterFacts:
    firsts = accumulate((piece.frames for piece in pieces), initial=0)  # one more than pieces: the end
    marks = tuple(Mark(piece.title, first) for piece, first in zip(pieces, firsts, strict=False))
    frames = sum(piece.frames for piece in pieces)
    return ChapterFacts(title, lang, quality.width, quality.height, quality.fps, frames, marks, subtitled)


def _refuse_miscounted(pieces: Sequence[ClipPiece]) -> None:
    for piece in pieces:
        found = probe_video(piece.video).frames
        if found != piece.frames:
            raise RenderError(f"The clip {piece.name} holds {found} frames, expected {piece.frames}; render it again.")


def _encode_sound(wav: Path, vtt: Path | None, out: Path) -> None:
    run_ffmpeg(lambda exe: sound_command(wav, vtt, out, exe), "encode the sound")


def _mux(video: Path, heard: Path, out: Path, facts: ChapterFacts) -> None:
    options = {
        "movflags": "+faststart",
        "video_track_timescale": str(facts.fps * TICKS_PER_FRAME),
        "movie_timescale": str(RATE_HZ),  # marks and edit lists count in it; the default of 1000 cuts samples off
    }
    with (
        open_media(video) as pictures,
        open_media(heard) as sounds,
        av.open(str(out.absolute()), "w", format="mp4", options=options) as film,
    ):
        tracks = {s.type: film.add_stream_from_template(s) for s in (*pictures.streams, *sounds.streams)}
        for track in tracks.values():
            track.metadata["language"] = _iso(facts.lang)
            track.disposition = Disposition.default
        film.metadata["title"] = facts.title
        ends = [*(mark.first_frame for mark in facts.marks[1:]), facts.frames]
        film.set_chapters(
            [
                {
                    "id": i,
                    "start": mark.first_frame,
                    "end": end,
                    "time_base": Fraction(1, facts.fps),
                    "metadata": {"title": mark.title},
                }
                for i, (mark, end) in enumerate(zip(facts.marks, ends, strict=True))
            ]
        )
        for packet in merge(_packets(pictures), _packets(sounds), key=lambda p: (p.dts or 0) * p.time_base):
            packet.stream = tracks[packet.stream.type]
            film.mux(packet)


def _packets(source: InputContainer) -> Iterator["Packet[Stream]"]:  # in quotes: a generic in the stubs only
    return (packet for packet in source.demux() if packet.size)


def _iso(lang: str) -> str:
    return LANGUAGES.get(lang, "und")


def _publish(made: Path, final: Path) -> None:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(final)
