"""Looks drawn anew: pictures at the end of each spoken line, a range of lines, another format, any Manim scene.

They are kept nowhere but under the name by which they are handed out.
"""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.store import Store
from render.build import Context
from render.chapter import ClipPiece, SpokenLine, assemble
from render.export import WRITERS, Frames, put, size_of, with_sound
from render.graph import Job, Status, Trace, offers
from render.look import Look, PlainScene
from render.music import Tone
from render.progress import display
from render.runners import clip_request, drawing, log_kept
from render.voice import read_wav
from render.watch import Warm

SECONDS = 10.0  # expected of a plain scene, before its frames were counted


Made = tuple[list[Path], str]  # the files or the folder, and a line about them for people


def draw(look: Look, store: Store, statuses: Mapping[str, Status], cores: int, warm: Warm, folder: Path) -> Made:
    """Draw a look into ``folder``, from assets and voices that are ready.

    Raises: JobError with the scene's own line if it fails; then what stood there before still does.
    """
    options = look.options
    # a plain scene has a folder and a name too, and its log is filed by no more
    with store.scratch() as work, log_kept(work, look.scene), _watched(look) as advance:  # type: ignore[arg-type]
        offered = offers(statuses.values())
        context = Context(store, options, offered, warm.start(), advance, cores)
        answer = _answer(look, context, work)
        if look.form == "still":
            return _stills(look, answer, work, folder)
        if look.form == "mp4":
            return _film(look, answer, context, work, folder)
        return _export(look, answer, work, folder)


def _answer(look: Look, context: Context, work: Path) -> dict[str, Any]:
    """Ask the render server for a look and wait for it."""
    fps = context.options.quality.fps
    stills = look.form == "still"
    if isinstance(look.scene, PlainScene):
        request = _plain_request(look.scene, context, work, stills)
        guess = round(SECONDS * fps)
    else:
        request = clip_request(look.scene, context, "look", work, stills)
        guess = round(sum(request["durations"][cue] for cue in look.cues) * fps)
    request |= {
        "from": look.first,
        "to": look.last,
        "transparent": look.transparent,
        "pngs": look.form in WRITERS,
        "jobs": context.cores,
    }
    assert context.worker is not None
    return context.worker.submit(request, drawing(context, guess)).result()


def _plain_request(scene: PlainScene, context: Context, work: Path, stills: bool) -> dict[str, Any]:
    return {
        "id": "look",
        "scene": f"{scene.path}:{scene.name}",
        "quality": asdict(context.options.quality),
        "store": str(context.store.root.absolute()),
        "assets": {},
        "durations": {},
        "work": str(work.absolute()),
        "stills": stills,
        "cwd": str(Path.cwd()),
    }


def _stills(look: Look, answer: Mapping[str, Any], work: Path, folder: Path) -> Made:
    """The pictures in a folder of their own; those of lines that are gone would look current beside them."""
    made = work / "handed out"
    made.mkdir()
    wanted = [Path(path) for path in answer["stills"] if _is_wanted(look, Path(path))]
    for path in wanted:
        shutil.move(path, made)
    quality, final = look.options.quality, put(made, folder / look.title)
    count = f"{len(wanted)} picture{'' if len(wanted) == 1 else 's'}"
    return [
        final / path.name for path in wanted
    ], f"{look.title}: {count} of {quality.width}x{quality.height}, {size_of(final)}"


def _is_wanted(look: Look, picture: Path) -> bool:
    return not (look.first or look.last) or picture.stem.partition("-")[2] in look.cues


def _film(look: Look, answer: Mapping[str, Any], context: Context, work: Path, folder: Path) -> Made:
    """An mp4 with its sound, and its captions beside it."""
    manifest = json.loads(Path(answer["manifest"]).read_text())
    film = work / "film.mp4"
    if isinstance(look.scene, PlainScene):
        if "sound" in answer:
            with_sound(Path(answer["clip"]), Path(answer["sound"]), film)
        else:
            Path(answer["clip"]).rename(film)
        if "captions" in answer:
            Path(answer["captions"]).rename(film.with_suffix(".srt"))
    else:
        lines = _lines(look.scene.name, manifest, context)
        title = look.scene.narration.title
        tones = tuple(Tone(**chime) for chime in manifest["chimes"])
        piece = ClipPiece(look.scene.name, title, Path(answer["clip"]), manifest["frames"], lines, tones)
        assemble(title, [piece], context.options.quality, context.options.lang, film, context.options.music)
    final = folder / f"{look.title}.mp4"
    for suffix in (".vtt", ".srt"):
        beside = film.with_suffix(suffix)
        if beside.exists():
            put(beside, folder / f"{look.title}{suffix}")
        else:
            (folder / f"{look.title}{suffix}").unlink(missing_ok=True)  # of what had this name before
    put(film, final)
    return [final], _facts(look, manifest["frames"], context.options.quality.fps, final)


def _lines(scene: str, manifest: Mapping[str, Any], context: Context) -> tuple[SpokenLine, ...]:
    """The lines of what was drawn, as they are spoken."""
    found = []
    for cue in manifest["cues"]:
        name = f"{scene}.{cue['cue']}"
        speech = read_wav(context.store.read(context.offered[f"speech {name}"]))
        wav = context.store.path(context.offered[f"speech {name}"])
        seconds = len(speech.samples) / speech.rate_hz
        found.append(SpokenLine(cue["cue"], context.offered[f"words {name}"], wav, cue["first_frame"], seconds))
    return tuple(found)


def _export(look: Look, answer: Mapping[str, Any], work: Path, folder: Path) -> Made:
    """A GIF, a WebM or a folder of numbered pictures."""
    frames = Frames(Path(answer["frames"]), answer["count"], answer["fps"], look.transparent)
    name = f"{look.title}-png" if look.form == "png" else f"{look.title}.{look.form}"
    made = work / "handed out" / name
    made.parent.mkdir()
    rate = WRITERS[look.form](frames, made)
    final = put(made, folder / name)
    return [final], _facts(look, -(-frames.count * rate // frames.fps), rate, final)


def _facts(look: Look, frames: int, fps: int, path: Path) -> str:
    quality = look.options.quality
    return f"{path.name}: {frames:,} frames of {quality.width}x{quality.height}, {fps} a second, {size_of(path)}"


@contextmanager
def _watched(look: Look) -> Iterator[Any]:
    """A function that is told how far the drawing is, and shows it."""
    kind = {"still": "stills", "mp4": "clip"}.get(look.form, look.form)
    job = Job(f"look/{look.title}", f"{kind} {look.title}", {})
    with closing(display()) as watcher:
        watcher.planned([Status(job, "stale")], {job.id: SECONDS})
        watcher.started(job)
        began = time.monotonic()
        try:
            yield lambda done, total, note: watcher.advanced(job, done, total, note)
        except BaseException as error:
            watcher.failed(job, error if isinstance(error, Exception) else RuntimeError())
            raise
        watcher.finished(job, Trace({}, {}, {}, {"wall_s": time.monotonic() - began}))
