"""What lies beside a chapter's film: poster, contact sheet, timeline, transcript, and a page that plays it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from itertools import accumulate
from pathlib import Path
from string import Template

import av
import numpy as np
from PIL import Image, ImageDraw

from render.chapter import ClipPiece
from render.chapter_check import ChapterFacts
from render.encode import failing
from render.exercises import clock, exercise_html, exercises
from render.quality import RenderError
from scenes.theme import BACKGROUND, DIM

PAGE = Path(__file__).with_name("page.html")
COLUMNS, TILE, SPACE, NAME = 4, (480, 270), 12, 22  # pixels; NAME is the height of the words under a picture
LANGUAGE_NAMES = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
}


def write_companions(
    pieces: Sequence[ClipPiece], facts: ChapterFacts, film: Path, name: str, sources: Sequence[str]
) -> None:
    """Write film.jpg, .png, .txt, .md and .html beside ``film``, and .exercises.md where a scene has an exercise.

    name: of the film's file where it will be published, without suffix. sources: sentences on where data come from.
    Raises: RenderError if a clip cannot be read or a file not written.
    """
    pictures = dict(cue_pictures(pieces))
    with failing("write", film):
        if pictures:
            poster(list(pictures.values())).save(film.with_suffix(".jpg"), quality=90)
            contact_sheet(pictures).save(film.with_suffix(".png"), optimize=True)
        film.with_suffix(".txt").write_text(timeline(facts), encoding="utf-8")
        film.with_suffix(".md").write_text(transcript(pieces, facts, sources), encoding="utf-8")
        film.with_suffix(".html").write_text(page(pieces, facts, name), encoding="utf-8")
        if asked := exercises(pieces, facts):
            film.with_suffix(".exercises.md").write_text(asked, encoding="utf-8")


def cue_pictures(pieces: Sequence[ClipPiece]) -> Iterator[tuple[str, Image.Image]]:
    """The last picture of each line, named Scene.cue; of a scene without lines its last picture."""
    for piece in pieces:
        wanted = {line.cue: line.end_frame - 1 for line in piece.lines} or {"end": piece.frames - 1}
        frames = {cue: min(frame, piece.frames - 1) for cue, frame in wanted.items()}
        found = pictures_at(piece.video, frames.values())
        yield from ((f"{piece.name}.{cue}", found[frame]) for cue, frame in frames.items())


def pictures_at(video: Path, indices: Iterable[int]) -> dict[int, Image.Image]:
    """Frames of a video by their numbers. Raises: RenderError if there is no such frame."""
    found: dict[int, Image.Image] = {}
    with failing("read", video), av.open(str(video.absolute())) as source:
        stream = source.streams.video[0]
        rate, base = stream.average_rate, stream.time_base
        assert rate is not None and base is not None
        for index in sorted(set(indices)):
            source.seek(round(index / rate / base), stream=stream)  # to the key frame before
            for frame in source.decode(stream):
                if round(Fraction(frame.pts or 0) * base * rate) >= index:
                    found[index] = frame.to_image()  # type: ignore[no-untyped-call]
                    break
            else:
                raise RenderError(f"{video.name} has no frame {index}; render it again.")
    return found


def poster(pictures: Sequence[Image.Image]) -> Image.Image:
    """The picture with the most in it: the largest mean step between neighbouring pixels."""

    def detail(picture: Image.Image) -> float:
        grey = np.asarray(picture.convert("L")).astype(float)
        return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())

    return max(pictures, key=detail)


def contact_sheet(pictures: Mapping[str, Image.Image]) -> Image.Image:
    """All pictures with their names, row after row."""
    rows = -(-len(pictures) // COLUMNS)
    width, height = TILE[0] + SPACE, TILE[1] + NAME + SPACE
    whole = Image.new("RGB", (COLUMNS * width + SPACE, rows * height + SPACE), BACKGROUND)
    pen = ImageDraw.Draw(whole)
    for index, (name, picture) in enumerate(pictures.items()):
        row, column = divmod(index, COLUMNS)
        x, y = SPACE + column * width, SPACE + row * height
        whole.paste(picture.resize(TILE, Image.Resampling.LANCZOS), (x, y))
        pen.text((x, y + TILE[1] + 5), name, fill=DIM)
    return whole


def timeline(facts: ChapterFacts) -> str:
    """The chapter marks in the form that people paste under a video."""
    return "".join(f"{clock(mark.first_frame / facts.fps)} {mark.title}\n" for mark in facts.marks)


def transcript(pieces: Sequence[ClipPiece], facts: ChapterFacts, sources: Sequence[str]) -> str:
    """What is said, scene by scene, and where the data come from, as Markdown."""
    parts = [f"# {facts.title}\n"]
    for piece, mark in zip(pieces, facts.marks, strict=True):
        parts.append(f"## {piece.title} ({clock(mark.first_frame / facts.fps)})\n")
        parts += [f"{line.text}\n" for line in piece.lines]
    if sources:
        parts.append("## Sources\n")
        parts.append("\n".join(f"- {source}" for source in sources) + "\n")
    return "\n".join(parts)


def page(pieces: Sequence[ClipPiece], facts: ChapterFacts, name: str) -> str:
    """The film with its captions, marks and words; marks and lines seek. Browsers ignore captions inside mp4."""
    firsts = accumulate((piece.frames for piece in pieces), initial=0)
    parts = []
    for piece, first in zip(pieces, firsts, strict=False):
        lines = "\n".join(
            f'<p><a href="#t={at:.3f}" data-at="{at:.3f}">{escape(line.text)}</a></p>'
            for line in piece.lines
            for at in [(first + line.first_frame) / facts.fps]
        )
        at = first / facts.fps
        title = f'<h2><a href="#t={at:.3f}" data-at="{at:.3f}"><time>{clock(at)}</time> {escape(piece.title)}</a></h2>'
        parts.append("\n".join(["<section>", title, lines, *exercise_html(piece.exercise, facts.lang), "</section>"]))
    tracks = "\n".join(_track(name, lang, facts.lang) for lang in facts.tracks)
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        lang=facts.lang, title=escape(facts.title), name=escape(name), tracks=tracks, parts="\n".join(parts)
    )


def _track(name: str, lang: str, own: str) -> str:
    file = f"{name}.vtt" if lang == own else f"{name}.captions.{lang}.vtt"
    label = LANGUAGE_NAMES.get(lang, lang)
    default = " default" if lang == own else ""
    return f'<track kind="captions" src="{escape(file)}" srclang="{lang}" label="{label}"{default}>'
