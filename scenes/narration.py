"""Narration: what is spoken, as text beside the scenes, one TOML file per language, keyed by scene and cue.

    chapter = "What is a neural network?"
    [HeldNumber]
    title = "A neuron holds a number"
    [HeldNumber.lines]
    circle = "Here is a neuron: {digit_neuron.value[0]:.2f}."
    [HeldNumber.exercise]
    question = "What does it hold?"
    answer = "{digit_neuron.value[0]:.2f}"

A field in braces is read from an asset: ``{asset.array}``, ``{asset.array[2]}`` or ``{asset.facts.name}``, with a
format after a colon. English is whole; what another language lacks is spoken in English. An exercise, which a scene may
have, is not spoken: it is written beside the film. No manim here, so planning can read it.
"""

import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.store import AssetError, Assets
from models.suggest import did_you_mean

READING_CHARACTERS_PER_S = 15.0  # calm silent reading of captions, about 180 words a minute
SHORTEST_LINE_S = 1.2
WHOLE = "en"  # the language in which every line is written
COMMA_FIRST = ("de", "es", "fr", "it", "pt")  # languages in which a comma stands before the decimals
SWAPPED = str.maketrans(",.", ".,")
MARK = re.compile(r"<([\w-]+)>")
CHAPTER = "chapter"  # the key of the chapter's own title
EXERCISE = "exercise"
EXERCISE_TEXTS = {"question": True, "hint": False, "answer": True}  # and whether English must have it


class SceneError(Exception):
    """A scene, its narration or its chapter list asks for something that is not there."""


@dataclass(frozen=True)
class Narration:
    """One scene's chapter-mark title and its lines by cue, in the order they are spoken.

    missing: the cues whose lines are the English ones, because the language has none, and the same for texts of the
    exercise, as ``exercise.question``. exercise: question, hint and answer, those that there are, in this order.
    """

    scene: str
    title: str
    lines: Mapping[str, str]
    missing: tuple[str, ...] = ()
    exercise: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        """All that is translated but the title: lines by cue, then texts of the exercise as ``exercise.hint``."""
        return {**self.lines, **{f"{EXERCISE}.{name}": text for name, text in self.exercise.items()}}


def load_narration(folder: Path, lang: str = WHOLE) -> dict[str, Narration]:
    """Every scene's narration in a chapter folder, by class name, as far as the language has it.

    Raises: SceneError if the file is absent, no TOML, or not of this form.
    """
    path, tables = _read(folder, lang)
    return {scene: _narration(path, scene, table) for scene, table in tables.items() if scene != CHAPTER}


def chapter_title(folder: Path, lang: str) -> str | None:
    """The chapter's title in a language, None if its narration has none.

    Raises: SceneError if the file is absent, no TOML, or the title is no text.
    """
    path, tables = _read(folder, lang)
    title = tables.get(CHAPTER)
    if title is not None and not isinstance(title, str):
        raise SceneError(f"{_place(path)}: {CHAPTER} must be the chapter's title in quotes.")
    return title


def scene_narration(folder: Path, scene: str, lang: str = WHOLE) -> Narration:
    """One scene's narration, whatever is wrong with the others in its file; English where the language has no line.

    Raises: SceneError if there is none, its title, lines or fields are not of this form, or another language has a line
    that English has not.
    """
    whole = _scene_lines(folder, scene, WHOLE)
    if whole is None:
        path, tables = _read(folder, WHOLE)
        raise SceneError(
            f"{_place(path)} has no table [{scene}]; add its title and lines." + did_you_mean(scene, tables)
        )
    if lang == WHOLE:
        return whole
    own = _scene_lines(folder, scene, lang) or Narration(scene, whole.title, {})
    theirs, ours = own.texts(), whole.texts()
    for cue in theirs:
        if cue not in ours:
            raise SceneError(
                f"{folder.name}/narration.{lang}.toml: {scene}.{cue} is no line of the English narration."
                + did_you_mean(cue, ours)
            )
    missing = tuple(cue for cue in ours if cue not in theirs)
    lines = {cue: own.lines.get(cue, text) for cue, text in whole.lines.items()}
    exercise = {name: own.exercise.get(name, text) for name, text in whole.exercise.items()}
    return Narration(scene, own.title, lines, missing, exercise)


def _scene_lines(folder: Path, scene: str, lang: str) -> Narration | None:
    """One scene as a language has it, None if it has no such table."""
    path, tables = _read(folder, lang)
    if scene not in tables:
        return None
    narration = _narration(path, scene, tables[scene])
    for cue, text in narration.texts().items():
        try:
            fields(text)
        except SceneError as error:
            raise SceneError(f"{_place(path)}: {scene}.{cue}: {error}") from error
    lacking = [name for name, needed in EXERCISE_TEXTS.items() if needed and name not in narration.exercise]
    if lang == WHOLE and narration.exercise and lacking:
        raise SceneError(f"{_place(path)}: [{scene}.{EXERCISE}] has no {' and no '.join(lacking)}; add it as text.")
    return narration


def _read(folder: Path, lang: str) -> tuple[Path, dict[str, Any]]:
    path = folder / f"narration.{lang}.toml"
    if not path.exists():
        have = sorted(p.name.split(".")[1] for p in folder.glob("narration.*.toml"))
        raise SceneError(f"There is no narration in '{lang}' for {folder.name}; there is: {', '.join(have) or 'none'}.")
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SceneError(f"{_place(path)} is no valid TOML: {error}.") from error


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _narration(path: Path, scene: str, table: Any) -> Narration:
    lines = table.get("lines") if isinstance(table, dict) else None
    title = table.get("title") if isinstance(table, dict) else None
    if not isinstance(title, str) or not isinstance(lines, dict):
        raise SceneError(f"{_place(path)}: [{scene}] needs a title and a table [{scene}.lines] of cue = text.")
    for cue, text in lines.items():
        if not isinstance(text, str) or not text.strip():
            raise SceneError(f"{_place(path)}: {scene}.{cue} is no text; write what is spoken or remove the cue.")
    return Narration(scene, title, lines, exercise=_exercise(path, scene, table.get(EXERCISE, {})))


def _exercise(path: Path, scene: str, given: Any) -> dict[str, str]:
    """The texts of a scene's exercise as a language has them, question first; empty if it has none."""
    known = ", ".join(EXERCISE_TEXTS)
    if not isinstance(given, dict):
        raise SceneError(f"{_place(path)}: {scene}.{EXERCISE} must be a table [{scene}.{EXERCISE}] of {known}.")
    for name, text in given.items():
        if name not in EXERCISE_TEXTS:
            guess = did_you_mean(name, EXERCISE_TEXTS)
            raise SceneError(f"{_place(path)}: [{scene}.{EXERCISE}] has {known}, not '{name}'.{guess}")
        if not isinstance(text, str) or not text.strip():
            raise SceneError(f"{_place(path)}: {scene}.{EXERCISE}.{name} is no text; write it or remove it.")
    return {name: given[name] for name in EXERCISE_TEXTS if name in given}


def without_marks(text: str) -> tuple[str, list[tuple[str, int]]]:
    """A line without its marks, and each mark's name with its place in the line.

    A mark ``<name>`` stands before a word, so that a scene can wait for it in a language that has another word there.
    """
    plain, found, end = "", [], 0
    for mark in MARK.finditer(text):
        plain += text[end : mark.start()]
        found.append((mark[1], len(plain)))
        end = mark.end()
        if not plain or plain[-1].isspace():  # a mark between two spaces leaves one
            end += len(text[end:]) - len(text[end:].lstrip())
    return plain + text[end:], found


def reading_seconds(text: str) -> float:
    """How long a reader takes over a line: the length of a line without a voice."""
    return max(SHORTEST_LINE_S, len(text) / READING_CHARACTERS_PER_S)


def fields(text: str) -> tuple[str, ...]:
    """Names of the assets that a line reads, in order, without repeats.

    Raises: SceneError if the braces do not match, or a field does not name an asset and an array.
    """
    return tuple(dict.fromkeys(name.split(".")[0] for name in _field_names(text)))


def fill(text: str, assets: Assets, lang: str = WHOLE) -> str:
    """The line with its numbers read from assets, written as the language writes them: 13,002.5 or 13.002,5.

    Raises: SceneError if a field names nothing that an asset holds or does not fit its format.
    """
    _field_names(text)
    try:
        return _Filler(assets, lang).format(text)
    except (AssetError, IndexError, ValueError, TypeError) as error:
        raise SceneError(f"The narration {text!r} cannot be filled in: {error}") from error


def _field_names(text: str) -> list[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise SceneError(f"The narration {text!r} has unmatched braces: {error}.") from error
    for name in names:
        if "." not in name:
            raise SceneError(f"The narration field {{{name}}} must name an asset and an array: {{asset.array}}.")
    return names


class _Filler(string.Formatter):
    def __init__(self, assets: Assets, lang: str) -> None:
        self.assets, self.lang = assets, lang

    def format_field(self, value: Any, format_spec: str) -> Any:
        text = super().format_field(value, format_spec)
        swap = self.lang in COMMA_FIRST and not isinstance(value, str)
        return text.translate(SWAPPED) if swap else text

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        asset, _, rest = field_name.partition(".")
        if rest.startswith("facts."):
            name, facts = rest.removeprefix("facts."), self.assets[asset].provenance
            if name not in facts:
                raise ValueError(f"The asset '{asset}' has no fact '{name}'; it has {', '.join(facts)}.")
            return facts[name], asset
        array, *indices = rest.replace("]", "").split("[")
        value = self.assets[asset][array][tuple(int(i) for i in indices)]
        if value.ndim:
            raise ValueError(f"{field_name} has the shape {value.shape}; index it down to one number.")
        return value.item(), asset
