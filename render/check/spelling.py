"""Whether the words on screen and in the narration are in a dictionary, or in the project's own list of names."""

import re
from collections.abc import Iterator
from functools import lru_cache

from spellchecker import SpellChecker

from models.folders import ROOT
from render.check.seen import Picture, Remark

OWN_WORDS = ROOT / "scenes"  # words.<lang>.txt
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MARKED = re.compile(r"\w*\d\w*|\S*[/\\@=]\S*|\w+_\w+")  # versions, places, code
CALL = re.compile(r"#?[a-zA-Z][\w-]*(?:\.[a-zA-Z][\w-]*)*")
NAMED = re.compile(r"\s*[a-zA-Z][\w-]*\s*:")
VALUES = ("rgb", "luma", "cmyk", "sym", "h", "v", "image", "link")  # calls whose arguments are not printed


def plain(markup: str) -> str:
    """The words that Typst markup prints: without formulas, but with the text inside them, and without code."""
    return " ".join("".join(_printed(markup)).split())


def _printed(markup: str) -> Iterator[str]:
    at = 0
    while at < len(markup):
        mark = markup[at]
        if mark == "\\" and at + 1 < len(markup):
            yield " " if markup[at + 1].isspace() else markup[at + 1]
            at += 2
        elif mark == "$":
            end = _end_of_formula(markup, at)
            yield f" {' '.join(_strings(markup[at + 1 : end]))} "
            at = end + 1
        elif mark == "#":
            end, said = _call(markup, at)
            yield said
            at = end
        else:
            yield "" if mark in "*[]" else " " if mark in "_~" else mark
            at += 1


def _end_of_formula(markup: str, start: int) -> int:
    at = start + 1
    while at < len(markup) and markup[at] != "$":
        at += 2 if markup[at] == "\\" else len(_string(markup, at)) if markup[at] == '"' else 1
    return at


def _call(markup: str, start: int) -> tuple[int, str]:
    """Where a ``#call(...)`` or ``#"text"`` ends, before a body in brackets, and the text it prints."""
    if markup[start + 1 : start + 2] == '"':
        text = _string(markup, start + 1)
        return start + 1 + len(text), _unquoted(text)
    name = CALL.match(markup, start)
    if name is None:
        return start + 1, ""
    end = name.end()
    if markup[end : end + 1] != "(":
        return end, ""
    close = _closing(markup, end)
    return close + 1, "" if name[0].lstrip("#") in VALUES else " ".join(_arguments(markup[end + 1 : close]))


def _closing(code: str, start: int) -> int:
    """Place of the bracket that closes the one at ``start``."""
    depth, at = 0, start
    while at < len(code):
        if code[at] == '"':
            at += len(_string(code, at))
            continue
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if depth == 0:
            return at
        at += 1
    return len(code)


def _arguments(code: str) -> Iterator[str]:
    """The texts that a call prints: its arguments without a name that are quoted, in brackets, or calls themselves."""
    at = 0
    while at < len(code):
        if code[at] == '"':
            text = _string(code, at)
            yield _unquoted(text)
            at += len(text)
        elif code[at] == "[":
            close = _closing(code, at)
            yield plain(code[at + 1 : close])
            at = close + 1
        elif (named := NAMED.match(code, at)) is not None:
            at = named.end()
            while at < len(code) and code[at] != ",":
                at = at + len(_string(code, at)) if code[at] == '"' else _after(code, at)
        elif (call := CALL.match(code, at)) is not None:
            at, said = _call(f"#{code}", call.start())
            at -= 1
            yield said
        else:
            at += 1


def _after(code: str, at: int) -> int:
    return _closing(code, at) + 1 if code[at] in "([{" else at + 1


def _strings(code: str) -> Iterator[str]:
    at = 0
    while (at := code.find('"', at)) >= 0:
        text = _string(code, at)
        yield _unquoted(text)
        at += len(text)


def _string(code: str, start: int) -> str:
    """The quoted text that begins at a place, with its quotes."""
    end = start + 1
    while end < len(code) and code[end] != '"':
        end += 2 if code[end] == "\\" else 1
    return code[start : end + 1]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.strip('"'))


def words(text: str) -> list[str]:
    """The words of a text that can be looked up, in order: of two letters at least, with no digits or code in them."""
    parts = (part for part in text.split() if not MARKED.fullmatch(part.strip(".,;:!?()")))
    found = [word for part in parts for word in WORD.findall(part)]
    return [word.replace("’", "'") for word in found if len(word) > 1 and not word[1:].isupper()]


@lru_cache(maxsize=4)
def own_words(lang: str) -> frozenset[str]:
    """The project's list for a language, if it has one: a word a line, lower case, comments after #."""
    path = OWN_WORDS / f"words.{lang}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return frozenset(word for line in lines if (word := line.partition("#")[0].strip()))


@lru_cache(maxsize=4)
def dictionary(lang: str) -> SpellChecker | None:
    """The dictionary of a language, None where the package has none."""
    return SpellChecker(language=lang, distance=1) if lang in SpellChecker.languages() else None


@lru_cache(maxsize=4096)
def unknown(text: str, lang: str) -> tuple[str, ...]:
    """The words of a text that no list has, each once; none where there is no dictionary for the language."""
    checker = dictionary(lang)
    if checker is None:
        return ()
    return tuple(word for word in dict.fromkeys(words(text)) if not _is_known(word.lower(), checker, lang))


def _is_known(word: str, checker: SpellChecker, lang: str) -> bool:
    forms = {word, word.removesuffix("'s"), word.removesuffix("s'") + "s"}
    return bool(checker.known(forms)) or not own_words(lang).isdisjoint(forms)


def misspelled(picture: Picture, lang: str) -> Iterator[Remark]:
    """Words in the texts of a picture that no dictionary has, visible or about to be."""
    for text in picture.texts:
        yield from remarks(text.name, text.prose, lang, text.key)


def remarks(name: str, prose: str, lang: str, key: int = 0) -> Iterator[Remark]:
    """A remark for each unknown word of a text, with the nearest word that is known."""
    for word in unknown(prose, lang):
        checker = dictionary(lang)
        near = checker.correction(word.lower()) if checker is not None else None
        hint = f"; did you mean '{near}'?" if near and near != word.lower() else ""
        what = f"has the word '{word}', which is in no dictionary{hint}"
        yield Remark("spelling", name, what, 1, key, about=word)
