"""What there is to build: chapters, scenes and recipes, read from source without importing manim or torch."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.configs import CONFIGS
from models.folders import ROOT, build_folder
from models.suggest import did_you_mean
from render.quality import RenderError
from render.voices import VOICES
from scenes.chapters import CHAPTERS, GALLERY, Chapter
from scenes.narration import WHOLE, Narration, SceneError, scene_narration
from scenes.narration import fields as fields_of_line


class UnknownName(SceneError):
    """The user named a chapter, scene, recipe or language that does not exist, or a name that fits several."""


@dataclass(frozen=True)
class SceneInfo:
    """A scene as its source declares it: ``needs`` are assets, ``narration`` its lines by cue.

    others: its narration in every language that there is.
    """

    chapter: Chapter
    spec: str
    needs: tuple[str, ...]
    narration: Narration
    others: Mapping[str, Narration] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """The class name."""
        return class_name(self.spec)

    def told(self, cue: str, lang: str) -> dict[str, str]:
        """A line in the language in which it is spoken, first, and in all others that have it."""
        spoken = WHOLE if cue in self.narration.missing else lang
        others = {each: n.lines[cue] for each, n in self.others.items() if cue not in n.missing}
        return {spoken: self.narration.lines[cue], **others}

    def exercise(self, lang: str) -> dict[str, tuple[str, str]]:
        """The texts of its exercise by name, each with the language that it is in; none if it has no exercise."""
        missing = self.narration.missing
        return {
            name: (text, WHOLE if f"exercise.{name}" in missing else lang)
            for name, text in self.narration.exercise.items()
        }

    def asked_of(self) -> tuple[str, ...]:
        """The assets that the texts of its exercise read."""
        return tuple(
            dict.fromkeys(asset for text in self.narration.exercise.values() for asset in fields_of_line(text))
        )

    def spoken_of(self) -> tuple[str, ...]:
        """The assets that its lines read, in whichever language."""
        every = [text for cue in self.narration.lines for text in self.told(cue, WHOLE).values()]
        every += self.narration.lines.values()
        return tuple(dict.fromkeys(asset for text in every for asset in fields_of_line(text)))

    @property
    def module(self) -> str:
        """Import name of the scene's module."""
        return f"scenes.{self.spec.partition(':')[0]}"

    @property
    def folder(self) -> str:
        """The chapter's folder below ``scenes``."""
        return self.spec.partition(".")[0]


@dataclass(frozen=True)
class RecipeInfo:
    """A recipe as its decorator declares it."""

    name: str
    module: str
    configs: tuple[str, ...]
    needs: tuple[str, ...]


def make_build_folder() -> None:
    """Make the build folder. Raises: RenderError if something is in the way."""
    folder = build_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(
            f"The build folder {folder} cannot be made ({error.strerror}); set TENSORREEL_BUILD to another folder."
        ) from error


def class_name(spec: str) -> str:
    """The class that a chapter's entry ``folder.module:ClassName`` names."""
    return spec.partition(":")[2]


def scene_info(chapter: Chapter, spec: str, lang: str = "en", root: Path = ROOT) -> SceneInfo:
    """A scene's declarations.

    Raises: SceneError if its file, class or narration is not there, or it asks for an asset that no recipe makes.
    """
    module, _, name = spec.partition(":")
    path = root / "scenes" / (module.replace(".", "/") + ".py")
    needs = _names(path, _class(path, name, root), "needs", root)
    narration = scene_narration(path.parent, name, lang)
    others = {each: scene_narration(path.parent, name, each) for each in languages_of(path.parent)}
    known = recipes(root)
    for need in needs:
        _check_asset(f"Scene {name} needs", need, known)
    for told in (narration, *others.values()):
        for cue, text in told.texts().items():
            for asset in fields_of_line(text):
                _check_asset(f"The narration {name}.{cue} reads", asset, known)
    return SceneInfo(chapter, spec, needs, narration, others)


def scenes_of(chapter: Chapter, lang: str = "en") -> list[SceneInfo]:
    """A chapter's scenes in order."""
    return [scene_info(chapter, spec, lang) for spec in chapter.scenes]


def _check_asset(who: str, asset: str, known: Iterable[str]) -> None:
    if asset not in known:
        raise SceneError(f"{who} the asset '{asset}', and no recipe has that name." + did_you_mean(asset, known))


def _parse(path: Path, root: Path) -> ast.Module:
    place = path.relative_to(root)
    try:
        return ast.parse(path.read_bytes())
    except FileNotFoundError:
        raise SceneError(f"The chapter list names {place}, and there is no such file.") from None
    except SyntaxError as error:
        code = f": {error.text.strip()}" if error.text else ""
        raise SceneError(f"{place}:{error.lineno or 1}: {error.msg}{code}") from error
    except ValueError as error:  # null bytes, before Python 3.12
        raise SceneError(f"{place}: {error}.") from error


def _class(path: Path, name: str, root: Path) -> ast.ClassDef:
    classes = {node.name: node for node in _parse(path, root).body if isinstance(node, ast.ClassDef)}
    if name not in classes:
        raise SceneError(f"{path.relative_to(root)} has no class {name}." + did_you_mean(name, classes))
    return classes[name]


def _names(path: Path, node: ast.ClassDef, attribute: str, root: Path) -> tuple[str, ...]:
    """The names that a class lists in an attribute, none if it has no such attribute."""
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            value = getattr(statement, "value", None)
            return _literal_names(value, f"{path.relative_to(root)}:{statement.lineno}: {attribute} of {node.name}")
    return ()


def _literal_names(node: ast.expr | None, what: str) -> tuple[str, ...]:
    found: Any = None
    with suppress(ValueError, TypeError):
        found = ast.literal_eval(node) if node is not None else None
    if not isinstance(found, tuple | list) or not all(isinstance(name, str) for name in found):
        raise SceneError(f'{what} must be written out as a tuple of names, such as ("digit_net",).')
    return tuple(found)


@lru_cache(maxsize=2)
def recipes(root: Path = ROOT) -> dict[str, RecipeInfo]:
    """Every recipe by name, from the literal arguments of its decorator."""
    found: dict[str, RecipeInfo] = {}
    for path in sorted((root / "assets" / "recipes").glob("*.py")):
        for node in _parse(path, root).body:
            for decorator in getattr(node, "decorator_list", []):
                if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "recipe":
                    info = _recipe(node.name, path, decorator, root)  # type: ignore[attr-defined]
                    if info.name in found:
                        raise SceneError(
                            f"Two recipes are called '{info.name}': {found[info.name].module}, {info.module}."
                        )
                    found[info.name] = info
    return found


def _recipe(name: str, path: Path, decorator: ast.Call, root: Path) -> RecipeInfo:
    given = {
        keyword.arg: _literal_names(
            keyword.value, f"{path.relative_to(root)}:{keyword.value.lineno}: {keyword.arg} of {name}"
        )
        for keyword in decorator.keywords
        if keyword.arg in {"configs", "needs"}
    }
    return RecipeInfo(name, f"assets.recipes.{path.stem}", given.get("configs", ()), given.get("needs", ()))


def find_recipe(name: str) -> RecipeInfo:
    """The recipe of that name. Raises: UnknownName with the nearest."""
    known = recipes()
    if name not in known:
        raise UnknownName(f"No recipe is called '{name}'; there are {', '.join(known)}." + did_you_mean(name, known))
    return known[name]


def with_needs(names: Iterable[str]) -> list[RecipeInfo]:
    """Recipes and all that they need, needs first.

    Raises: SceneError for a need that no recipe makes, and for recipes that need each other.
    """
    known = recipes()
    ordered: dict[str, RecipeInfo] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise SceneError(f"Recipes need each other in a circle: {' -> '.join((*path, name))}.")
        if name not in ordered:
            for need in known[name].needs:
                _check_asset(f"Recipe '{name}' needs", need, known)
                visit(need, (*path, name))
            ordered[name] = known[name]

    for name in names:
        visit(name, ())
    return list(ordered.values())


def find_chapters(given: Sequence[str]) -> list[Chapter]:
    """Chapters by number, slug or ``all``, in series order. Raises: UnknownName with the nearest."""
    chosen: set[Chapter] = set()
    for word in given:
        match = [c for c in CHAPTERS if word in {"all", str(c.number), f"{c.number:02d}", c.slug, _full_slug(c)}]
        if not match:
            known = ", ".join(f"{c.number} ({c.slug})" for c in CHAPTERS)
            near = did_you_mean(word, [c.slug for c in CHAPTERS])
            raise UnknownName(f"There is no chapter '{word}'; there {_be(CHAPTERS)} {known}.{near}")
        chosen.update(match)
    return sorted(chosen, key=lambda chapter: chapter.number)


def _full_slug(chapter: Chapter) -> str:
    return f"{chapter.number:02d}-{chapter.slug}"


def _be(things: Sequence[object]) -> str:
    return "is" if len(things) == 1 else "are"


def find_scene(word: str, lang: str = "en") -> SceneInfo:
    """The scene named ``HeldNumber``, ``1/HeldNumber`` or ``ch01_neural_network/HeldNumber``.

    Raises: UnknownName if there is none, with the nearest, or more than one, with their full names.
    """
    place, _, name = word.rpartition("/")
    listed = [(c, spec) for c in (*CHAPTERS, GALLERY) for spec in c.scenes]
    found = [
        (c, spec)
        for c, spec in listed
        if class_name(spec) == name
        and place in {"", str(c.number), f"{c.number:02d}", c.slug, _full_slug(c), spec.partition(".")[0]}
    ]
    if len(found) > 1:
        by_number = [f"{c.number}/{name}" for c, _ in found]
        by_folder = [f"{spec.partition('.')[0]}/{name}" for _, spec in found]
        which = by_number if len(set(by_number)) == len(found) else by_folder
        raise UnknownName(f"'{word}' fits several scenes; say which: {', '.join(which)}.")
    if not found:
        names = [f"{c.number}/{class_name(spec)}" if place else class_name(spec) for c, spec in listed]
        listing = names[: sum(len(c.scenes) for c in CHAPTERS)]
        near = did_you_mean(word, names) or f" There {_be(listing)} {', '.join(listing)}."
        raise UnknownName(f"There is no scene '{word}'.{near}")
    return scene_info(*found[0], lang)


def languages(root: Path = ROOT) -> list[str]:
    """Every language that some chapter is narrated in."""
    return sorted({lang for folder in (root / "scenes").glob("*/") for lang in languages_of(folder)})


def languages_of(folder: Path) -> list[str]:
    """The languages that a chapter is narrated in, by its folder."""
    return sorted(path.name.split(".")[1] for path in folder.glob("narration.*.toml"))


def words(kind: str) -> list[str]:
    """What a shell may complete: chapters, scenes, recipes, targets (all three), languages, voices or settings."""
    chapters = ["all", *(str(c.number) for c in CHAPTERS), *(c.slug for c in CHAPTERS)]
    scenes = list(dict.fromkeys(class_name(spec) for c in (*CHAPTERS, GALLERY) for spec in c.scenes))
    known: list[str] = []
    with suppress(SceneError):  # a recipe file that does not parse is told of when a command runs, not at the prompt
        known = list(recipes())
    settings = [f"{model}.{field.name}=" for model, config in CONFIGS.items() for field in fields(config)]
    kinds = {"chapters": chapters, "scenes": scenes, "recipes": known, "targets": [*chapters, *scenes, *known]}
    return {**kinds, "languages": languages(), "voices": list(VOICES), "settings": settings}[kind]
