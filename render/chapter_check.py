"""What a chapter's file must hold, and whether it does: judged by its packets, marks and boxes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from render.encode import failing, open_media, probe_video
from render.loudness import Loudness
from render.quality import RenderError

# mp4 names languages by three letters (ISO 639-2); others are marked as undetermined
LANGUAGES = {"de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "ja": "jpn", "pt": "por", "zh": "zho"}


@dataclass(frozen=True)
class Mark:
    """A chapter mark: where a player can jump to."""

    title: str
    first_frame: int


@dataclass(frozen=True)
class ChapterFacts:
    """What a chapter's file must hold.

    tracks: the languages of its captions, its own first; none if nothing is spoken. loudness: of the finished sound,
    None where nothing is spoken.
    """

    title: str
    lang: str
    width: int
    height: int
    fps: int
    frames: int
    marks: tuple[Mark, ...]
    tracks: tuple[str, ...]
    loudness: Loudness | None = None

    @property
    def seconds(self) -> float:
        """How long the chapter takes."""
        return self.frames / self.fps


def iso(lang: str) -> str:
    """A language as mp4 names it."""
    return LANGUAGES.get(lang, "und")


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
        own = (expected.lang,)
        for kind, codec, langs in (
            *(("video", "h264", own), ("audio", "aac", own)),
            ("subtitle", "mov_text", expected.tracks),
        ):
            found = [(s.codec_context.name, s.language) for s in film.streams if s.type == kind]
            yield same(f"list of {kind} tracks", found, [(codec, iso(lang)) for lang in langs])
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
