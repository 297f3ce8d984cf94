"""Narration for translators: a table of every line beside its English, and such a table back into a narration file."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.folders import ROOT
from models.suggest import did_you_mean
from render.catalog import UnknownName
from render.quality import RenderError
from scenes.chapters import Chapter
from scenes.narration import CHAPTER, EXERCISE, WHOLE, SceneError, chapter_title, fields, load_narration

HEAD = ("chapter", "scene", "cue", "english", "translation")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")  # it becomes a part of file names
TITLE = "(title)"  # in the place of a cue: the scene's title, or without a scene the chapter's


def narration_told(chapters: Sequence[Chapter], lang: str, table: Path | None, filled: Path | None) -> Iterator[str]:
    """Write a table for translators, read one that is filled in, or without either list what is not translated.

    Raises: UnknownName if ``lang`` is none that one translates into; RenderError, SceneError.
    """
    if not LANGUAGE.fullmatch(lang):
        raise UnknownName(f"'{lang}' is no language; give its short code, such as de or pt-BR.")
    if lang == WHOLE:
        raise UnknownName(f"Narration is written in '{WHOLE}' and translated from it; give another language.")
    if table is not None:
        return exported(chapters, lang, table)
    return imported(chapters, lang, filled) if filled is not None else missing(chapters, lang)


def exported(chapters: Sequence[Chapter], lang: str, path: Path) -> Iterator[str]:
    """Write the table for translators; says what it holds. Raises: RenderError if the file cannot be written."""
    found = rows(chapters, lang)
    try:
        path.write_text(to_csv(found), encoding="utf-8-sig")  # without the mark, Excel reads umlauts as something else
    except OSError as error:
        raise RenderError(f"{path} cannot be written: {error.strerror}.") from error
    done = sum(bool(row.translation) for row in found)
    yield f"{path}: {len(found)} lines, {done} of them translated into '{lang}'"


def imported(chapters: Sequence[Chapter], lang: str, path: Path) -> Iterator[str]:
    """Write the narration files that a table makes; says where they are. Raises: RenderError if it is no such table."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    files = narration_files(from_csv(text, path.name), rows(chapters, lang), lang)
    for place, toml in files.items():
        place.write_text(toml, encoding="utf-8")
        yield f"{place.relative_to(ROOT)}: written"
    if not files:
        yield f"nothing is written: {path.name} holds no translation yet"


def missing(chapters: Sequence[Chapter], lang: str) -> Iterator[str]:
    """The lines that a language has not, each with its English."""
    found = rows(chapters, lang)
    absent = [row for row in found if not row.translation]
    for row in absent:
        yield f"{row.folder}/{row.scene}.{row.cue}: {row.english}" if row.scene else f"{row.folder}: {row.english}"
    if absent:
        yield f"not translated into '{lang}': {len(absent)} of {len(found)} lines"
    else:
        yield f"all {len(found)} lines are translated into '{lang}'"


@dataclass(frozen=True)
class Row:
    """One line to translate; ``folder`` is the chapter's below scenes."""

    folder: str
    scene: str
    cue: str
    english: str
    translation: str


def rows(chapters: Sequence[Chapter], lang: str, root: Path = ROOT) -> list[Row]:
    """Every line of these chapters with its translation, empty where there is none yet.

    Raises: SceneError for a narration that cannot be read.
    """
    found = []
    for folder in dict.fromkeys(spec.partition(".")[0] for chapter in chapters for spec in chapter.scenes):
        place = root / "scenes" / folder
        whole, own = load_narration(place), {}
        exists = (place / f"narration.{lang}.toml").exists()
        if exists:
            own = load_narration(place, lang)
        title = chapter_title(place, lang) if exists else None
        found.append(Row(folder, "", TITLE, chapter_title(place, WHOLE) or "", title or ""))
        for scene, told in whole.items():
            theirs = own.get(scene)
            found.append(Row(folder, scene, TITLE, told.title, theirs.title if theirs else ""))
            texts = theirs.texts() if theirs else {}
            found += [Row(folder, scene, cue, text, texts.get(cue, "")) for cue, text in told.texts().items()]
    return found


def to_csv(found: Sequence[Row]) -> str:
    """Rows as CSV, which every spreadsheet opens."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows((row.folder, row.scene, row.cue, row.english, row.translation) for row in found)
    return out.getvalue()


def from_csv(text: str, name: str) -> list[Row]:
    """The rows of a CSV; ``name`` is the file's, for errors. Raises: RenderError if it is no such table."""
    text = text.removeprefix("\ufeff")
    separator = ";" if text.startswith(f"{HEAD[0]};") else ","  # spreadsheets of some countries write semicolons
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RenderError(f"{name} is no CSV: {error}.") from error
    if not lines or tuple(lines[0]) != HEAD:
        raise RenderError(f"{name} does not begin with the columns {', '.join(HEAD)}; export it anew and fill it in.")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(HEAD):
            raise RenderError(f"{name}, line {number} has {len(line)} cells, expected {len(HEAD)}.")
    return [Row(*line) for line in lines[1:]]


def narration_files(translated: Sequence[Row], now: Sequence[Row], lang: str, root: Path = ROOT) -> dict[Path, str]:
    """The narration files that a translated table makes, by path; lines without a translation in it are left out.

    now: the rows as the project has them. Raises: RenderError for a line that the project has not, and for one whose
    numbers in braces are not those of the English line.
    """
    known = {(row.folder, row.scene, row.cue): row for row in now}
    for row in translated:
        place = (row.folder, row.scene, row.cue)
        if place not in known:
            names = [f"{scene}.{cue}" for _, scene, cue in known]
            guess = did_you_mean(f"{row.scene}.{row.cue}", names)
            raise RenderError(f"{row.folder} has no line {row.scene}.{row.cue}; export the table anew.{guess}")
        _check_fields(row, known[place])
    texts = {place: row.translation for place, row in known.items()}  # what the table leaves out stays as it is
    texts |= {(row.folder, row.scene, row.cue): row.translation.strip() for row in translated}
    files = {}
    for folder in dict.fromkeys(row.folder for row in now):
        ordered = {place: texts[place] for place in known if place[0] == folder}
        if any(ordered.values()):
            files[root / "scenes" / folder / f"narration.{lang}.toml"] = _toml(ordered)
    return files


def _check_fields(row: Row, own: Row) -> None:
    if not row.translation.strip():
        return
    try:
        theirs, ours = fields(row.translation), fields(own.english)
    except SceneError as error:
        raise RenderError(f"{row.scene}.{row.cue}: {error}") from error
    if set(theirs) - set(ours):
        alien = ", ".join(sorted(set(theirs) - set(ours)))
        raise RenderError(f"{row.scene}.{row.cue} reads {alien}, which its English line does not; copy the braces.")


def _toml(texts: Mapping[tuple[str, str, str], str]) -> str:
    """Texts by (folder, scene, cue) as the TOML of a narration file, in their order."""
    parts: list[str] = []
    scenes = dict.fromkeys(scene for _, scene, _ in texts)
    for scene in scenes:
        own = {cue: text for (_, each, cue), text in texts.items() if each == scene and text}
        title = own.pop(TITLE, "")
        if not scene:
            parts += [f"{CHAPTER} = {_quoted(title)}"] if title else []
        elif title or own:
            asked = {cue: text for cue, text in own.items() if cue.startswith(f"{EXERCISE}.")}
            lines = {cue: text for cue, text in own.items() if cue not in asked}
            parts.append(f"[{scene}]\ntitle = {_quoted(title)}\n[{scene}.lines]{_keys(lines)}")
            if asked:
                parts[-1] += f"\n[{scene}.{EXERCISE}]{_keys(asked)}"
    return "\n\n".join(parts) + "\n"


def _keys(texts: Mapping[str, str]) -> str:
    """A line of TOML for each text, under the last part of its name."""
    return "".join(f"\n{cue.removeprefix(f'{EXERCISE}.')} = {_quoted(text)}" for cue, text in texts.items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string
