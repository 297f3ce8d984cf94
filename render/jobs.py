"""The jobs of chapters, scenes and recipes: what each is made from. Pure data; nothing is run and no manim imported."""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from assets.store import file_digest
from models.configs import make_config, parse_overrides
from models.datasets import fingerprint
from models.folders import ROOT, data_folder
from models.suggest import did_you_mean
from render.catalog import RecipeInfo, SceneInfo, UnknownName, languages, recipes, scenes_of, with_needs
from render.graph import Job
from render.keys import libraries, sources
from render.quality import QUALITIES, Quality
from render.settings import override_pairs
from render.symbols import digest
from render.voices import parse_voice, recording_of
from scenes.chapters import CHAPTERS, GALLERY, Chapter
from scenes.narration import WHOLE, chapter_title, fields

Overrides = Mapping[str, Mapping[str, object]]
PYTHON = {"library python": platform.python_version()}


@dataclass(frozen=True)
class Options:
    """What the user chose for a build; ``overrides`` are the values of ``--set`` by model and field.

    music: whether tones and a quiet bed lie beneath the voice. intro, outro: films from elsewhere around each chapter.
    """

    quality: Quality = QUALITIES["preview"]
    voice: str = "espeak"
    lang: str = "en"
    overrides: Overrides = field(default_factory=dict)
    music: bool = True
    intro: Path | None = None
    outro: Path | None = None

    @property
    def variant(self) -> str:
        """A short digest of the overrides, empty without any: variants live side by side."""
        return digest(json.dumps(self.overrides, sort_keys=True))[:8] if self.overrides else ""


def make_options(
    quality: str = "preview",
    voice: str = "espeak",
    lang: str = "en",
    overrides: Sequence[str] = (),
    raster: str | None = None,
    music: bool = True,
    intro: Path | None = None,
    outro: Path | None = None,
    root: Path | None = None,
) -> Options:
    """What the user chose, checked: the overrides of ``tensorreel.toml``, and on top those of the command line.

    raster: how to draw, None as the quality says.

    Raises: OverrideError for a wrong override, UnknownName for a language that no chapter is narrated in, UnknownVoice.
    """
    parse_voice(voice)
    parsed = parse_overrides([*override_pairs(root), *overrides])
    for name, values in parsed.items():
        make_config(name, values)  # wrong combinations are usage errors before anything else is looked at
    known = languages(root or ROOT)
    if lang not in known:
        raise UnknownName(
            f"No chapter is narrated in '{lang}'; there is {', '.join(known)}." + did_you_mean(lang, known)
        )
    row = QUALITIES[quality]
    for role, path in (("intro", intro), ("outro", outro)):
        if path is not None:
            from render.foreign import refuse_unlike  # here, so that a plan without one imports no PyAV

            refuse_unlike(path, role, row)
    return Options(replace(row, raster=raster or row.raster), voice, lang, parsed, music, intro, outro)


def chapter_jobs(chapters: Sequence[Chapter], options: Options) -> list[Job]:
    """Every job of these chapters, needs first: assets, voices, clips, chapters."""
    scenes = {chapter: scenes_of(chapter, options.lang) for chapter in chapters}
    jobs = scene_jobs([scene for listed in scenes.values() for scene in listed], options)
    finals = [
        _chapter_job(f"chapter/{c.number:02d}", title_of(c, listed, options.lang), listed, options, c)
        for c, listed in scenes.items()
    ]
    return [*jobs, *finals]


def title_of(chapter: Chapter, scenes: Sequence[SceneInfo], lang: str) -> str:
    """A chapter's title in a language, in English if its narration has none."""
    folders = dict.fromkeys(scene.folder for scene in scenes)
    own = [chapter_title(ROOT / "scenes" / folder, lang) for folder in folders] if lang != WHOLE else []
    return next((title for title in own if title), chapter.title)


def preview_jobs(scene: SceneInfo, options: Options) -> list[Job]:
    """Every job of one scene as a small film of its own."""
    return [*scene_jobs([scene], options), _preview_job(scene, options)]


def _preview_job(scene: SceneInfo, options: Options) -> Job:
    return _chapter_job(f"preview/{scene.folder}/{scene.name}", scene.narration.title, [scene], options, scene)


def every_job(options: Options) -> list[Job]:
    """Every job that there is for these options: all recipes, chapters, the gallery and previews, needs first."""
    shown = gallery_scenes()
    scenes = [*(scene for chapter in CHAPTERS for scene in scenes_of(chapter, options.lang)), *shown]
    groups = (asset_jobs(recipes(), options), chapter_jobs(CHAPTERS, options), scene_jobs(shown, options))
    previews = [_preview_job(scene, options) for scene in scenes]
    return list({job.id: job for group in (*groups, previews) for job in group}.values())


def gallery_scenes() -> list[SceneInfo]:
    """The scenes of the kit's gallery; they are silent, so that one language is enough."""
    return scenes_of(GALLERY)


def scene_jobs(scenes: Iterable[SceneInfo], options: Options) -> list[Job]:
    """Assets, voices and clips of these scenes."""
    scenes = list(scenes)
    needed = [name for scene in scenes for name in (*scene.needs, *scene.spoken_of(), *scene.asked_of())]
    assets = asset_jobs(dict.fromkeys(needed), options)
    voices = [voice_job(scene, cue, options) for scene in scenes for cue in scene.narration.lines]
    return [*assets, *voices, *(_clip_job(scene, options) for scene in scenes)]


def asset_jobs(names: Iterable[str], options: Options) -> list[Job]:
    """Jobs of these recipes and of what they need."""
    return [_asset_job(recipe, options) for recipe in with_needs(names)]


def configs_of(recipe: RecipeInfo, options: Options) -> dict[str, dict[str, Any]]:
    """The full configuration of each model that a recipe uses, overrides applied."""
    return {name: asdict(make_config(name, options.overrides.get(name, {}))) for name in recipe.configs}


def _asset_job(recipe: RecipeInfo, options: Options) -> Job:
    configs = configs_of(recipe, options)
    settings = {f"set {name}.{key}": str(value) for name, c in configs.items() for key, value in c.items()}
    data = {c["data"] for c in configs.values() if "data" in c}
    parts = {
        **sources(f"{recipe.module}:{recipe.name}", "assets.worker"),
        **settings,
        **{f"data {name}": fingerprint(name, data_folder()) for name in data},
        **libraries("torch", "numpy", "scikit-learn"),
        **PYTHON,
    }
    needs = tuple(f"asset/{name}" for name in recipe.needs)
    return Job(f"asset/{recipe.name}", f"asset {recipe.name}", parts, needs, recipe)


def voice_job(scene: SceneInfo, cue: str, options: Options) -> Job:
    """The job that speaks one line of a scene."""
    told = scene.told(cue, options.lang)
    lang = next(iter(told))
    recording = recording_of(options.voice, scene.name, cue)
    others = {f"narration.{each} {scene.name}.{cue}": text for each, text in told.items() if each != lang}
    parts = {
        f"narration {scene.name}.{cue}": told[lang],
        **others,
        **_voice_parts(options.voice, recording),
        "lang": lang,
        **sources(
            *("render.voice:synthesise", "render.voice:speech_wav", "render.voice:word_seconds"),
            *("render.runners:ticks_of", "scenes.narration:fill"),
        ),
        **libraries("espeakng-loader"),
        **PYTHON,
    }
    read = dict.fromkeys(asset for text in told.values() for asset in fields(text))
    needs = tuple(f"asset/{asset}" for asset in read)
    name = f"{scene.name}.{cue}"
    return Job(
        f"voice/{options.lang}/{scene.folder}/{name}", f"voice {name}", parts, needs, (name, told, lang, recording)
    )


def _voice_parts(voice: str, recording: Path | None) -> dict[str, str]:
    """What a line's sound is made from: the kind of voice, and the file that it comes from."""
    kind, path = parse_voice(voice)
    if recording is not None:
        return {"voice": kind, "recording": file_digest(recording)}
    if kind == "piper" and path is not None:
        return {"voice": kind, "voice file": file_digest(path)}
    return {"voice": "espeak" if kind == "recorded" else kind}


def untold(scenes: Iterable[SceneInfo], options: Options) -> list[str]:
    """Sentences about lines that are not as the user asked: not translated, or not recorded; with their names."""
    scenes = list(scenes)
    english = [f"{scene.name}.{cue}" for scene in scenes for cue in scene.narration.missing]
    said = [f"not translated into '{options.lang}', told in English: {', '.join(english)}"] if english else []
    if parse_voice(options.voice)[0] == "recorded":
        lines = [(scene.name, cue) for scene in scenes for cue in scene.narration.lines]
        absent = [f"{name}.{cue}" for name, cue in lines if recording_of(options.voice, name, cue) is None]
        said += [f"not recorded, spoken by espeak: {', '.join(absent)}"] if absent else []
    return said


def _clip_job(scene: SceneInfo, options: Options) -> Job:
    parts = {
        **sources(f"{scene.module}:{scene.name}", "render.server"),
        "quality": _quality_text(options.quality),
        **libraries("manim", "numpy", "av", "typst", "pillow", "pycairo", "svgelements", "numba"),
        **PYTHON,
    }
    needs = tuple(f"asset/{name}" for name in scene.needs)
    voices = tuple(f"voice/{options.lang}/{scene.folder}/{scene.name}.{cue}" for cue in scene.narration.lines)
    return Job(clip_id(scene), f"clip {scene.name}", parts, (*needs, *voices), scene)


def _quality_text(quality: Quality) -> str:
    drawn = f"{quality.width}x{quality.height}, {quality.fps} fps, {quality.raster}"
    encoded = f"{'quick ' if quality.quick else ''}{quality.preset} {quality.crf}"
    return f"{quality.name} ({drawn}, {encoded})"


def clip_id(scene: SceneInfo) -> str:
    """Id of a scene's clip job."""
    return f"clip/{scene.folder}/{scene.name}"


def _chapter_job(
    job_id: str, title: str, scenes: Sequence[SceneInfo], options: Options, payload: Chapter | SceneInfo
) -> Job:
    parts = {
        **sources(
            *("render.chapter:assemble", "render.runners:film_facts", "render.voice:written_seconds"),
            *("render.companions:write_companions", "render.foreign:foreign_piece"),
        ),
        "page": file_digest(ROOT / "render" / "page.html"),
        "chapter title": title,
        "scene order": json.dumps([s.spec for s in scenes]),
        "scene titles": json.dumps([s.narration.title for s in scenes]),
        "lang": options.lang,
        "music": "on" if options.music else "off",
        **{f"exercise {s.name}.{name}": text for s in scenes for name, text in s.narration.exercise.items()},
        **(_around(options) if isinstance(payload, Chapter) else {}),
        "quality": _quality_text(options.quality),
        **libraries("av", "imageio-ffmpeg", "ffmpeg-python", "pydub"),
        **PYTHON,
    }
    needs = [clip_id(scene) for scene in scenes]
    needs += [f"voice/{options.lang}/{s.folder}/{s.name}.{cue}" for s in scenes for cue in s.narration.lines]
    needs += dict.fromkeys(f"asset/{asset}" for s in scenes for asset in s.asked_of())
    label = f"chapter '{title}'" if isinstance(payload, Chapter) else f"preview {scenes[0].name}"
    return Job(job_id, label, parts, tuple(needs), payload)


def _around(options: Options) -> dict[str, str]:
    """Digests of the films from elsewhere around a chapter."""
    films = (("intro", options.intro), ("outro", options.outro))
    return {role: file_digest(path) for role, path in films if path is not None}


def output_path(payload: Chapter | SceneInfo, options: Options, folder: Path) -> Path:
    """Where a film goes: plain for the default language without overrides, else with language and variant."""
    plain = options.lang == "en" and not options.variant
    mark = "" if plain else f".{options.lang}" + (f".{options.variant}" if options.variant else "")
    if isinstance(payload, Chapter):
        return folder / f"{payload.number:02d}-{payload.slug}{mark}.mp4"
    return folder / f"{payload.name}{mark}.mp4"
