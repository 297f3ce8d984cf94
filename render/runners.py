"""How each kind of job is run: train, speak, draw, join."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assets.store import Asset, Assets, load_asset
from models.folders import build_folder
from render.build import Context, Runner
from render.catalog import RecipeInfo, SceneInfo, scenes_of
from render.chapter import ClipPiece, SpokenLine, assemble
from render.chapter_check import ChapterFacts
from render.companions import write_companions
from render.foreign import foreign_piece
from render.graph import Job, Trace
from render.jobs import Options, configs_of, output_path, title_of
from render.music import Tone
from render.voice import Speech, read_wav, speech_wav, synthesise, word_seconds, written_seconds
from render.workers import JobError
from scenes.chapters import Chapter
from scenes.narration import fields, fill, without_marks
from scenes.theme import GRID_HZ, PAUSE_S

OF_FILMS = {"clip", "manifest", "speech", "words", "times", "others"}  # what a film is made from


def asset_objects(offered: Mapping[str, str]) -> dict[str, str]:
    """Object id of each asset that is offered, by name."""
    return {label.removeprefix("asset "): value for label, value in offered.items() if label.startswith("asset ")}


def run_asset(job: Job, context: Context) -> Trace:
    """Train or run a model in the asset worker and store its arrays."""
    recipe: RecipeInfo = job.payload
    objects = asset_objects(context.offered)
    request = {
        "id": job.id,
        "recipe": recipe.name,
        "module": recipe.module,
        "store": str(context.store.root.absolute()),
        "configs": configs_of(recipe, context.options),
        "assets": {name: objects[name] for name in recipe.needs},
    }

    def on_event(event: Mapping[str, Any]) -> None:
        figures = ", ".join(f"{name} {value:.4g}" for name, value in event["figures"].items())
        context.advance(event["step"], event["steps"], f"step {event['step']:,} of {event['steps']:,}: {figures}")

    assert context.worker is not None
    answer = context.worker.submit(request, on_event).result()
    asset = load_asset(context.store, recipe.name, answer["object"])
    if not context.options.overrides:
        context.store.set_ref(recipe.name, answer["object"])
    return Trace(
        reads={f"asset {name}": objects[name] for name in recipe.needs},
        offers={f"asset {recipe.name}": answer["object"], **_array_labels(asset)},
        outputs={"safetensors": answer["object"]},
        cost={"cpu_s": answer["cpu_s"], "peak_mb": answer["peak_mb"]},
    )


def _array_labels(asset: Asset) -> dict[str, str]:
    return {f"array {asset.name}.{array}": value for array, value in asset.digests.items()}


def run_voice(job: Job, context: Context) -> Trace:
    """Fill a line's numbers in from the assets and speak it."""
    name, templates, lang, recording = job.payload
    objects = asset_objects(context.offered)
    needed = dict.fromkeys(asset for template in templates.values() for asset in fields(template))
    assets = Assets({f: load_asset(context.store, f, objects[f]) for f in needed})
    texts = {each: without_marks(fill(template, assets, each)) for each, template in templates.items()}
    text, marks = texts[lang]
    speech = synthesise(text, context.options.voice, lang, recording)
    wav = context.store.put(speech_wav(speech), "wav")
    return Trace(
        reads={f"array {read}": value for read, value in assets.reads.items()},
        offers={
            f"line {name}": str(ticks_of(speech)),
            f"speech {name}": wav,
            f"words {name}": text,
            f"times {name}": json.dumps(word_seconds(speech, text, lang, marks)),
            f"others {name}": json.dumps({each: other for each, (other, _) in texts.items() if each != lang}),
        },
        outputs={"wav": wav},
    )


def ticks_of(speech: Speech) -> int:
    """How long a line takes on the grid of 1/15 s, rounded up."""
    return -(-len(speech.samples) * GRID_HZ // speech.rate_hz)


def durations_of(scene: SceneInfo, offered: Mapping[str, str]) -> dict[str, float]:
    """Seconds of each line of a scene, as spoken."""
    return {cue: int(offered[f"line {scene.name}.{cue}"]) / GRID_HZ for cue in scene.narration.lines}


def clip_request(scene: SceneInfo, context: Context, job_id: str, work: Path, stills: bool = False) -> dict[str, Any]:
    """What the render server is asked for one scene."""
    objects = asset_objects(context.offered)
    return {
        "id": job_id,
        "scene": scene.spec,
        "quality": asdict(context.options.quality),
        "store": str(context.store.root.absolute()),
        "assets": {name: objects[name] for name in scene.needs},
        "durations": durations_of(scene, context.offered),
        "words": {cue: json.loads(context.offered[f"times {scene.name}.{cue}"]) for cue in scene.narration.lines},
        "work": str(work.absolute()),
        "stills": stills,
        "jobs": context.cores,
    }


def run_clip(job: Job, context: Context) -> Trace:
    """Draw a scene on the render server and store its clip and manifest; on failure its log is kept."""
    scene: SceneInfo = job.payload
    guess = round(sum(s + PAUSE_S for s in durations_of(scene, context.offered).values()) * context.options.quality.fps)
    assert context.worker is not None
    with context.store.scratch() as work, log_kept(work, scene):
        answer = context.worker.submit(clip_request(scene, context, job.id, work), drawing(context, guess)).result()
        manifest = json.loads(Path(answer["manifest"]).read_text())
        outputs = {
            "mp4": context.store.put_file(Path(answer["clip"]), "mp4"),
            "json": context.store.put_file(Path(answer["manifest"]), "json"),
        }
    used = {f"line {scene.name}.{cue}" for cue in scene.narration.lines}
    used |= {f"times {scene.name}.{cue}" for cue in manifest["heeded"]}
    return Trace(
        reads={
            **{f"array {read}": value for read, value in manifest["reads"].items()},
            **{label: context.offered[label] for label in used},
        },
        offers={f"clip {scene.name}": outputs["mp4"], f"manifest {scene.name}": outputs["json"]},
        outputs=outputs,
        cost={
            "draw_cpu_s": manifest["cpu_s"]["draw"],
            "encode_cpu_s": manifest["cpu_s"]["encode"],
            "frames": manifest["frames"],
            "fps": manifest["quality"]["fps"],
            "peak_mb": answer["peak_mb"],
        },
    )


def drawing(context: Context, guess: int) -> Callable[[Mapping[str, Any]], None]:
    """What hears the render server's events and shows them, given about how many frames there will be."""

    def on_event(event: Mapping[str, Any]) -> None:
        frames = event["frames"]
        note = f"frame {frames:,} of about {max(guess, frames):,}"
        context.advance(frames, max(guess, frames + 1), event.get("note", note))

    return on_event


@contextmanager
def log_kept(work: Path, scene: SceneInfo) -> Iterator[None]:
    """If a scene fails, keep its log where a person can read it, and name that path in the error."""
    try:
        yield
    except JobError as error:
        log = work / "log.txt"
        if log.exists():
            kept = build_folder() / "logs" / scene.folder / f"{scene.name}.log"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(log, kept)
            error.log = str(kept)
        raise


def run_film(job: Job, context: Context) -> Trace:
    """Join clips, voices, captions and marks into a chapter, or one scene into a preview."""
    payload: Chapter | SceneInfo = job.payload
    scenes = scenes_of(payload, context.options.lang) if isinstance(payload, Chapter) else [payload]
    with context.store.scratch() as work:
        pieces, reads = _with_exercises([_piece(scene, context) for scene in scenes], scenes, context)
        if isinstance(payload, Chapter):
            pieces = [*_foreign("intro", context, work), *pieces, *_foreign("outro", context, work)]
        options = context.options
        title = title_of(payload, scenes, options.lang) if isinstance(payload, Chapter) else payload.narration.title
        facts = assemble(title, pieces, options.quality, options.lang, work / "film.mp4", options.music)
        manifests = _manifests(scenes, context)
        stem = output_path(payload, options, Path()).stem
        write_companions(pieces, facts, work / "film.mp4", stem, _sources(manifests))
        (work / "film.json").write_text(json.dumps(film_facts(title, options, manifests, facts), indent=1) + "\n")
        made = {path.name.removeprefix("film."): path for path in sorted(work.glob("film.*"))}
        outputs = {suffix: context.store.put_file(path, suffix) for suffix, path in made.items()}
    labels = [label for label in context.offered if label.split(" ")[0] in OF_FILMS]
    reads |= {label: context.offered[label] for label in labels}
    return Trace(reads, {f"film {job.id}": outputs["mp4"]}, outputs)


def _piece(scene: SceneInfo, context: Context) -> ClipPiece:
    manifest = json.loads(context.store.read(context.offered[f"manifest {scene.name}"]))
    lines = []
    for cue in manifest["cues"]:
        name = f"{scene.name}.{cue['cue']}"
        lang = next(iter(scene.told(cue["cue"], context.options.lang)))  # English where the language lacks the line
        wav, text = context.offered[f"speech {name}"], context.offered[f"words {name}"]
        speech = read_wav(context.store.read(wav))
        lines.append(
            SpokenLine(
                cue=cue["cue"],
                text=text,
                wav=context.store.path(wav) if speech.samples.any() else None,
                first_frame=cue["first_frame"],
                seconds=len(speech.samples) / speech.rate_hz,
                others=json.loads(context.offered[f"others {name}"]),
                end_frame=cue["end_frame"],
                words_s=tuple(written_seconds(json.loads(context.offered[f"times {name}"]), text, lang)),
            )
        )
    clip = context.offered[f"clip {scene.name}"]
    context.store.read(clip)  # the full digest, whenever an object is used
    tones = tuple(Tone(**chime) for chime in manifest["chimes"])
    video = context.store.path(clip)
    return ClipPiece(scene.name, scene.narration.title, video, manifest["frames"], tuple(lines), tones)


def _with_exercises(
    pieces: Sequence[ClipPiece], scenes: Sequence[SceneInfo], context: Context
) -> tuple[list[ClipPiece], dict[str, str]]:
    """The pieces with the texts of their exercises, numbers filled in, and the arrays and facts that were read."""
    objects = asset_objects(context.offered)
    needed = dict.fromkeys(name for scene in scenes for name in scene.asked_of())
    assets = Assets({name: load_asset(context.store, name, objects[name]) for name in needed})
    told = []
    for piece, scene in zip(pieces, scenes, strict=True):
        texts = scene.exercise(context.options.lang)
        exercise = {name: fill(text, assets, lang) for name, (text, lang) in texts.items()}
        told.append(replace(piece, exercise=exercise))
    return told, {f"array {read}": value for read, value in assets.reads.items()}


def _manifests(scenes: Sequence[SceneInfo], context: Context) -> dict[str, Any]:
    return {s.name: json.loads(context.store.read(context.offered[f"manifest {s.name}"])) for s in scenes}


def _foreign(role: str, context: Context, work: Path) -> list[ClipPiece]:
    """The intro or outro that the user asked for, none if there is none."""
    path: Path | None = getattr(context.options, role)
    return [foreign_piece(path, role, context.options.quality, work)] if path is not None else []


def _sources(manifests: Mapping[str, Any]) -> list[str]:
    """Where the data behind the scenes come from, each sentence once."""
    return list(dict.fromkeys(source for manifest in manifests.values() for source in manifest["sources"]))


def film_facts(title: str, options: Options, manifests: Mapping[str, Any], facts: ChapterFacts) -> dict[str, Any]:
    """What lies beside a film as JSON: how it was made and what each scene was drawn from."""
    return {
        "title": title,
        "quality": asdict(options.quality),
        "voice": options.voice,
        "lang": options.lang,
        "music": options.music,
        "overrides": options.overrides,
        "film": asdict(facts),
        "scenes": {
            name: {"frames": m["frames"], "cues": m["cues"], "reads": m["reads"]} for name, m in manifests.items()
        },
        "tools": next(iter(manifests.values()))["tools"],
    }


RUNNERS: dict[str, Runner] = {
    "asset": run_asset,
    "voice": run_voice,
    "clip": run_clip,
    "chapter": run_film,
    "preview": run_film,
}
