"""Clips into one narrated chapter: an mp4 with chapter marks and a caption track, and its captions beside it.

The pictures are copied, the sound is encoded once. Sound, captions and marks are placed by counted frames, never by
a scene's clock. Nothing reaches the final names before the finished file has passed check_chapter.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

from render.captions import Caption, Spoken, captions, to_srt, to_vtt
from render.chapter_check import ChapterFacts, Mark, check_chapter, iso
from render.encode import TICKS_PER_FRAME, failing, join_video, open_media, probe_video
from render.loudness import AAC_DB, NEAR_LU, PEAK_DBTP, READ_LUFS, SPOKEN_LUFS, Loudness, Master, measured
from render.music import RATE_HZ, Tone
from render.quality import GRID, Quality, RenderError
from render.sound import Placed, mix
from render.transcode import run_ffmpeg

AUDIO_BITRATE = "160k"
CODER = {"aac_coder": "fast"}  # at this rate as good as ffmpeg's usual one, for 0.6 of its CPU time


@dataclass(frozen=True)
class SpokenLine:
    """A line of a clip: its sound (None for a voice that is silent), the clip's frame it starts at, its length.

    others: the line in other languages, for captions. end_frame: when the scene has done with it. words_s: when each
    of its words begins, from the line's first sample, where that is known.
    """

    cue: str
    text: str
    wav: Path | None
    first_frame: int
    seconds: float
    others: Mapping[str, str] = field(default_factory=dict)
    end_frame: int = 0
    words_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class ClipPiece:
    """One rendered scene: its name, the title of its chapter mark, its silent video of so many frames, its lines.

    tones: the values that are heard, by seconds from the clip's start. sound: of a film from elsewhere. exercise:
    question, hint and answer that are written beside the film, empty if the scene asks nothing.
    """

    name: str
    title: str
    video: Path
    frames: int
    lines: tuple[SpokenLine, ...]
    tones: tuple[Tone, ...] = ()
    sound: Path | None = None
    exercise: Mapping[str, str] = field(default_factory=dict)


def assemble(
    title: str, pieces: Sequence[ClipPiece], quality: Quality, lang: str, out: Path, music: bool = False
) -> ChapterFacts:
    """Write the chapter to ``out`` (mp4), with its captions as .vtt and .srt beside it; returns what it holds.

    music: with the tones of its values, and a bed beneath the voice, drawn by the title.

    The caption track is shown unless the viewer turns it off: mp4 has no other way to write a single one.
    Raises: RenderError if pieces do not fit together, lines overlap, a tool fails, or the result fails its check;
    then the files that stood under the final names still do.
    """
    spoken = _spoken(pieces, quality.fps)
    texts = _captions(spoken, lang)
    facts = _facts(title, pieces, quality, lang, tuple(texts))
    with failing("write", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.stem}.", dir=out.parent) as folder:
            video, sound, film = (Path(folder) / name for name in ("video.mp4", "sound.wav", "film.mp4"))
            join_video([piece.video for piece in pieces], video, names=[f"clip {piece.name}" for piece in pieces])
            _refuse_miscounted(pieces)
            placed = [Placed(line.wav, heard.start_s) for heard, line in spoken if line.wav is not None]
            placed += _sounds(pieces, quality.fps)
            seed = crc32(title.encode()) if music else None
            mix(placed, facts.seconds, sound, _tones(pieces, quality.fps) if music else (), seed)
            beside = _write_captions(texts, lang, film)
            vtts = [path for path in beside if path.suffix == ".vtt"] if facts.tracks else []
            lufs = SPOKEN_LUFS if placed else READ_LUFS
            facts = replace(facts, loudness=_levelled(video, sound, vtts, film, facts, lufs))
            check_chapter(film, facts)
            for made in (*beside, film):  # the mp4 last: where it is new, all is
                _publish(made, out.with_name(made.name.replace("film", out.stem, 1)))
    return facts


def _captions(spoken: Sequence[tuple[Spoken, SpokenLine]], lang: str) -> dict[str, list[Caption]]:
    """The captions in each language, the film's own first; none at all if nothing is spoken."""
    langs = [lang, *sorted({other for _, line in spoken for other in line.others} - {lang})]
    told = {each: captions([_in_language(heard, line, each) for heard, line in spoken]) for each in langs}
    return {each: found for each, found in told.items() if found}


def _in_language(heard: Spoken, line: SpokenLine, lang: str) -> Spoken:
    text = line.others.get(lang, line.text)
    return replace(heard, text=text, words_s=heard.words_s if text == line.text else ())


def _write_captions(texts: Mapping[str, Sequence[Caption]], lang: str, film: Path) -> list[Path]:
    """Files beside the film: film.vtt and film.srt in its own language, film.captions.<lang>.vtt in others."""
    made = []
    for each, found in (texts or {lang: []}).items():
        own = "" if each == lang else f".captions.{each}"
        for suffix, written in ((".vtt", to_vtt(found)), (".srt", to_srt(found))):
            made.append(film.with_suffix(own + suffix))
            made[-1].write_text(written, encoding="utf-8")
    return made


def sound_command(wav: Path, vtts: Sequence[Path], out: Path, exe: str) -> list[str]:
    """The ffmpeg command line that encodes the sound as AAC, and the captions, into an mp4 without pictures."""
    tracks, codecs = [ffmpeg.input(str(wav)).audio], {"acodec": "aac", "audio_bitrate": AUDIO_BITRATE, **CODER}
    if vtts:
        tracks += [ffmpeg.input(str(vtt))["s"] for vtt in vtts]
        codecs["scodec"] = "mov_text"
    output = ffmpeg.output(*tracks, str(out), format="mp4", **codecs)
    command: list[str] = output.global_args("-loglevel", "error").overwrite_output().compile(cmd=exe)
    return command


def _spoken(pieces: Sequence[ClipPiece], fps: int) -> list[tuple[Spoken, SpokenLine]]:
    """Every line in film time; refuses two lines at once, and a cue after its clip's end."""
    found: list[tuple[Spoken, SpokenLine]] = []
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
            words_s = tuple(start_s + begin_s for begin_s in line.words_s)
            found.append((Spoken(line.text, start_s, free_s, words_s), line))
        before += piece.frames
    return found


def _sounds(pieces: Sequence[ClipPiece], fps: int) -> list[Placed]:
    """The sound of each film from elsewhere, in film time."""
    firsts = accumulate((piece.frames for piece in pieces), initial=0)
    return [
        Placed(piece.sound, first / fps)
        for piece, first in zip(pieces, firsts, strict=False)
        if piece.sound is not None
    ]


def _tones(pieces: Sequence[ClipPiece], fps: int) -> list[Tone]:
    """Every tone in film time."""
    firsts = accumulate((piece.frames for piece in pieces), initial=0)
    return [
        replace(tone, start_s=first / fps + tone.start_s)
        for piece, first in zip(pieces, firsts, strict=False)
        for tone in piece.tones
        if tone.start_s < piece.frames / fps
    ]


def _facts(
    title: str, pieces: Sequence[ClipPiece], quality: Quality, lang: str, tracks: tuple[str, ...]
) -> ChapterFacts:
    firsts = accumulate((piece.frames for piece in pieces), initial=0)  # one more than pieces: the end
    marks = tuple(Mark(piece.title, first) for piece, first in zip(pieces, firsts, strict=False))
    frames = sum(piece.frames for piece in pieces)
    return ChapterFacts(title, lang, quality.width, quality.height, quality.fps, frames, marks, tracks)


def _refuse_miscounted(pieces: Sequence[ClipPiece]) -> None:
    for piece in pieces:
        found = probe_video(piece.video).frames
        if found != piece.frames:
            raise RenderError(f"The clip {piece.name} holds {found} frames, expected {piece.frames}; render it again.")


def _encode_sound(wav: Path, vtts: Sequence[Path], out: Path) -> None:
    run_ffmpeg(lambda exe: sound_command(wav, vtts, out, exe), "encode the sound")


def _levelled(
    video: Path, sound: Path, vtts: Sequence[Path], film: Path, facts: ChapterFacts, lufs: float
) -> Loudness | None:
    """Write the film with its sound at ``lufs``; returns what is measured on the finished film.

    Encoding may take some loudness and add to a peak: then the sound is encoded once more, corrected by that.
    """
    louder, heard = Master(sound), film.with_name("heard.mp4")
    goal, ceiling, told = lufs, PEAK_DBTP - AAC_DB, None
    for _ in range(2):
        louder.write(film.with_name("master.wav"), goal, ceiling)
        _encode_sound(film.with_name("master.wav"), vtts, heard)
        _mux(video, heard, film, facts)
        told = measured(film)
        if told is None or (abs(told.lufs - lufs) <= NEAR_LU and told.peak_dbtp <= PEAK_DBTP):
            break
        goal += lufs - told.lufs
        ceiling -= max(0.0, told.peak_dbtp - PEAK_DBTP)
    return told


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
        sources = (*pictures.streams, *sounds.streams)
        tracks = {(s.type, s.index if s.type == "subtitle" else 0): film.add_stream_from_template(s) for s in sources}
        langs = iter(facts.tracks)
        for (kind, _), track in tracks.items():
            lang = next(langs) if kind == "subtitle" else facts.lang
            track.metadata["language"] = iso(lang)
            track.disposition = Disposition.default if lang == facts.lang else Disposition(0)
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
            source = packet.stream
            packet.stream = tracks[source.type, source.index if source.type == "subtitle" else 0]
            film.mux(packet)


def _packets(source: InputContainer) -> Iterator["Packet[Stream]"]:  # in quotes: a generic in the stubs only
    return (packet for packet in source.demux() if packet.size)


def _publish(made: Path, final: Path) -> None:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(final)
