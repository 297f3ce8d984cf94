"""What there is to build: chapters, scenes and recipes, read from source without importing manim or torch."""

import ast
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.suggest import did_you_mean
from render.keys import ROOT
from scenes.chapters import CHAPTERS, Chapter
from scenes.narration import Narration, SceneError, load_narration


class UnknownName(SceneError):
    """The user named a chapter, scene or recipe that does not exist, or a name that fits several."""


@dataclass(frozen=True)
class SceneInfo:
    """A scene as its source declares it: ``needs`` are assets, ``narration`` its lines by cue."""

    chapter: Chapter
    spec: str
    needs: tuple[str, ...]
    narration: Narration

    @property
    def name(self) -> str:
        """The class name."""
        return self.spec.partition(":")[2]

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


def build_folder() -> Path:
    """Where everything generated goes: $TENSORREEL_BUILD, else ``build`` beside the code."""
    return Path(os.environ.get("TENSORREEL_BUILD") or ROOT / "build")


def scene_info(chapter: Chapter, spec: str, lang: str = "en", root: Path = ROOT) -> SceneInfo:
    """A scene's declarations.

    Raises: SceneError if its file, class or narration is not there.
    """
    module, _, name = spec.partition(":")
    path = root / "scenes" / (module.replace(".", "/") + ".py")
    needs = tuple(_literal(_class(path, name), "needs") or ())
    narration = load_narration(path.parent, lang).get(name)
    if narration is None:
        raise SceneError(f"narration.{lang}.toml of {path.parent.name} has no table [{name}]; add its title and lines.")
    return SceneInfo(chapter, spec, needs, narration)


def scenes_of(chapter: Chapter, lang: str = "en") -> list[SceneInfo]:
    """A chapter's scenes in order."""
    return [scene_info(chapter, spec, lang) for spec in chapter.scenes]


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SceneError(f"The chapter list names {path.relative_to(ROOT)}, and there is no such file.") from None
    except SyntaxError as error:
        raise SceneError(
            f"{path.relative_to(ROOT)}:{error.lineno}: {error.msg}: {(error.text or '').strip()}"
        ) from error


def _class(path: Path, name: str) -> ast.ClassDef:
    classes = {node.name: node for node in _parse(path).body if isinstance(node, ast.ClassDef)}
    if name not in classes:
        raise SceneError(f"{path.relative_to(ROOT)} has no class {name}." + did_you_mean(name, classes))
    return classes[name]


def _literal(node: ast.ClassDef, attribute: str) -> Any:
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            assert statement.value is not None
            return ast.literal_eval(statement.value)
    return None


@lru_cache(maxsize=1)
def recipes(root: Path = ROOT) -> dict[str, RecipeInfo]:
    """Every recipe by name, from the literal arguments of its decorator."""
    found: dict[str, RecipeInfo] = {}
    for path in sorted((root / "assets" / "recipes").glob("*.py")):
        for node in _parse(path).body:
            for decorator in getattr(node, "decorator_list", []):
                if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "recipe":
                    info = _recipe(node.name, f"assets.recipes.{path.stem}", decorator)  # type: ignore[attr-defined]
                    if info.name in found:
                        raise SceneError(
                            f"Two recipes are called '{info.name}': {found[info.name].module}, {info.module}."
                        )
                    found[info.name] = info
    return found


def _recipe(name: str, module: str, decorator: ast.Call) -> RecipeInfo:
    given = {k.arg: ast.literal_eval(k.value) for k in decorator.keywords if k.arg in {"configs", "needs"}}
    return RecipeInfo(name, module, tuple(given.get("configs", ())), tuple(given.get("needs", ())))


def find_recipe(name: str) -> RecipeInfo:
    """The recipe of that name. Raises: UnknownName with the nearest."""
    known = recipes()
    if name not in known:
        raise UnknownName(f"No recipe is called '{name}'; there are {', '.join(known)}." + did_you_mean(name, known))
    return known[name]


def with_needs(names: Iterable[str]) -> list[RecipeInfo]:
    """Recipes and all that they need, needs first.

    Raises: UnknownName for a need that no recipe makes, SceneError for recipes that need each other.
    """
    ordered: dict[str, RecipeInfo] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise SceneError(f"Recipes need each other in a circle: {' -> '.join((*path, name))}.")
        if name not in ordered:
            info = find_recipe(name)
            for need in info.needs:
                visit(need, (*path, name))
            ordered[name] = info

    for name in names:
        visit(name, ())
    return list(ordered.values())


def find_chapters(words: Iterable[str]) -> list[Chapter]:
    """Chapters by number, slug or ``all``, in series order. Raises: UnknownName with the nearest."""
    chosen = []
    for word in words:
        if word == "all":
            return list(CHAPTERS)
        match = [c for c in CHAPTERS if word in {str(c.number), f"{c.number:02d}", c.slug, f"{c.number:02d}-{c.slug}"}]
        if not match:
            known = "; ".join(f"{c.number} {c.slug}" for c in CHAPTERS)
            near = did_you_mean(word, [c.slug for c in CHAPTERS])
            raise UnknownName(f"There is no chapter '{word}'; there is: {known}.{near}")
        chosen += match
    return sorted(set(chosen), key=lambda chapter: chapter.number)


def find_scene(word: str, lang: str = "en") -> SceneInfo:
    """The scene named ``HeldNumber``, ``1/HeldNumber`` or ``ch01_neural_network/HeldNumber``.

    Raises: UnknownName if there is none, with the nearest, or more than one, with their full names.
    """
    place, _, name = word.rpartition("/")
    listed = [(c, spec) for c in CHAPTERS for spec in c.scenes]
    found = [
        (c, spec)
        for c, spec in listed
        if spec.partition(":")[2] == name
        and place in {"", str(c.number), f"{c.number:02d}", c.slug, spec.partition(".")[0]}
    ]
    if len(found) > 1:
        options = ", ".join(f"{c.number}/{name}" for c, _ in found)
        raise UnknownName(f"'{word}' fits several scenes; say which: {options}.")
    if not found:
        names = [spec.partition(":")[2] for _, spec in listed]
        near = did_you_mean(name, names) or f" There are {', '.join(names)}."
        raise UnknownName(f"There is no scene '{word}'.{near}")
    return scene_info(*found[0], lang)
