"""A quick look at one scene: what a person may ask for, and the name under which it is handed out."""

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import Store
from models.folders import ROOT
from models.suggest import did_you_mean
from render import build as engine
from render.catalog import SceneInfo, UnknownName, class_name, find_scene
from render.graph import Job, Ledger, Status, evaluate, offers
from render.jobs import Options, asset_jobs, preview_jobs, scene_jobs, voice_job
from render.session import watched_build
from render.symbols import digest
from render.watch import Warm, file_of
from scenes.chapters import CHAPTERS, GALLERY
from scenes.narration import SceneError


class WrongLook(UnknownName):
    """The user asked for what a scene cannot give."""


@dataclass(frozen=True)
class PlainScene:
    """Any Manim scene: a class in a file, without assets or narration."""

    path: Path
    name: str

    @property
    def folder(self) -> str:
        """What its log and its film are filed under besides its name."""
        return self.path.stem


@dataclass(frozen=True)
class Look:
    """What a person wants to see of a scene.

    form: mp4, gif, webm, png or still; first, last: the lines to begin and end with, "" for the scene's own ends.
    """

    scene: SceneInfo | PlainScene
    options: Options
    form: str = "mp4"
    first: str = ""
    last: str = ""
    transparent: bool = False

    @property
    def stored(self) -> bool:
        """Whether it is the plain film of a scene, which the build makes and keeps."""
        return isinstance(self.scene, SceneInfo) and self.form == "mp4" and not (self.first or self.last)

    @property
    def jobs(self) -> list[Job]:
        """What the build brings up to date before this can be shown."""
        if isinstance(self.scene, PlainScene):
            return []
        if self.stored:
            return preview_jobs(self.scene, self.options)
        spoken = self.scene.narration.lines
        needed = dict.fromkeys([*self.scene.needs, *self.scene.spoken_of()])
        # without the clip, whose key takes as long to find as those of all others together
        return [*asset_jobs(needed, self.options), *(voice_job(self.scene, cue, self.options) for cue in spoken)]

    @property
    def cues(self) -> list[str]:
        """The lines that are shown."""
        if isinstance(self.scene, PlainScene):
            return []
        known = list(self.scene.narration.lines)
        first = known.index(self.first) if self.first else 0
        return known[first : known.index(self.last) + 1 if self.last else None]

    @property
    def title(self) -> str:
        """The name of what is handed out: scene, variant, range."""
        if isinstance(self.scene, PlainScene):
            names = [self.scene.folder, self.scene.name]
        else:
            plain = self.options.lang == "en" and not self.options.variant
            names = [self.scene.name, *([] if plain else [self.options.lang, self.options.variant])]
        if self.first or self.last:
            names.append("-".join(dict.fromkeys([self.cues[0], self.cues[-1]])))
        return ".".join(filter(None, names))

    def state(self, statuses: Mapping[str, Status]) -> str:
        """What it is drawn from: while this is the same, so are the pictures. Empty where nobody can tell."""
        if isinstance(self.scene, PlainScene):
            return ""
        (clip,) = (job for job in scene_jobs([self.scene], self.options) if job.kind == "clip")
        return digest(json.dumps([clip.key, self.title, sorted(offers(statuses.values()).items())]))


def find_look(word: str, options: Options, first: str = "", last: str = "", **wishes: Any) -> Look:
    """What a person typed, checked.

    Raises: UnknownName for a scene or line that does not exist; WrongLook for lines in the wrong order or of a scene
    that has none.
    """
    scene = _find(word, options.lang)
    if isinstance(scene, PlainScene) and (first or last):
        raise WrongLook("--from and --to name spoken lines, and a plain Manim scene has none.")
    cues = list(scene.narration.lines) if isinstance(scene, SceneInfo) else []
    for cue in filter(None, (first, last)):
        if cue not in cues:
            known = f"it says {', '.join(cues)}" if cues else "nothing is said in it"
            raise UnknownName(f"{scene.name} has no line '{cue}'; {known}." + did_you_mean(cue, cues))
    if first and last and cues.index(first) > cues.index(last):
        raise WrongLook(f"In {scene.name} the line '{last}' comes before '{first}'; exchange --from and --to.")
    return Look(scene, options, first=first, last=last, **wishes)


def _find(word: str, lang: str) -> SceneInfo | PlainScene:
    """A scene of the chapters by name, or a plain scene ``file.py:Class``; the class may be left out if it is alone.

    Raises: UnknownName if there is none.
    """
    path, name = file_of(word), word.rpartition(":")[2]
    if path is None:
        return find_scene(word, lang)
    if not path.is_file():
        raise UnknownName(f"There is no file {path}.")
    classes = _classes(path)
    if word.endswith(".py"):
        name = _only_scene(word, classes)
    if name not in classes:
        raise UnknownName(f"{path.name} has no class '{name}'." + did_you_mean(name, classes))
    for spec in (spec for chapter in (*CHAPTERS, GALLERY) for spec in chapter.scenes):
        place = ROOT / "scenes" / (spec.partition(":")[0].replace(".", "/") + ".py")
        if class_name(spec) == name and path.resolve() == place.resolve():
            return find_scene(f"{spec.partition('.')[0]}/{name}", lang)
    return PlainScene(path, name)


def _classes(path: Path) -> dict[str, list[str]]:
    """The classes of a file, with the names of what each derives from.

    Raises: SyntaxError or SceneError if it is no Python.
    """
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except ValueError as error:  # null bytes, before Python 3.12
        raise SceneError(f"{path.name}: {error}.") from error
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases] for node in nodes}


def _only_scene(file: str, classes: Mapping[str, Sequence[str]]) -> str:
    scenes: list[str] = []
    for name, bases in classes.items():
        if any(base.endswith("Scene") or base in scenes for base in bases):
            scenes.append(name)
    if len(scenes) != 1:
        which = ", ".join(f"{file}:{name}" for name in scenes)
        raise UnknownName(f"{file} holds {f'several scenes; say which: {which}' if scenes else 'no scene'}.")
    return scenes[0]


def warm_build(jobs: Sequence[Job], store: Store, options: Options, cores: int | None, warm: Warm) -> engine.Outcome:
    """Bring jobs up to date on a render server that stays; if a scene is drawn, it starts before anything else."""
    if not jobs:
        return engine.Outcome({}, (), {})
    if any(s.state != "fresh" for s in evaluate(jobs, Ledger(store)).values() if s.job.kind == "clip"):
        warm.start()
    return watched_build(jobs, store, options, cores, workers=warm)
