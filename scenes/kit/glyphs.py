"""The characters of numbers as cached outlines: many texts are laid out, and read back, in a few array steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from scenes.kit.typeset import typeset

MINUS = "\u2212"  # a real minus sign; a hyphen is shorter and sits lower
CHARACTERS = "0123456789.,+%" + MINUS
SAME_OUTLINE = 2e-3  # em; noise after moves and scalings stays below 1e-4, unlike glyphs differ by over 0.05
NEIGHBOUR = 0.04  # em; a character that starts farther than this from the end of the one before begins a new number
JOINED = 1e-6  # of the largest coordinate; pieces of one outline meet closer than this
STRANGE = "A drawn outline is no digit, sign, point or comma."


@lru_cache(maxsize=1)
def advances() -> dict[str, float]:
    """Width of each character in em: how far the next one is pushed, measured between two zeros."""
    zero = _left("00", 1) - _left("00", 0)
    return {mark: _left(f"0{_typst(mark)}0", -1) - _left("00", 0) - zero for mark in CHARACTERS}


def _left(markup: str, index: int) -> float:
    return float(typeset(markup)[index].points[:, 0].min())


def _typst(mark: str) -> str:
    return mark if mark.isdigit() else f'#"{mark}"'


@lru_cache(maxsize=1)
def glyph_points() -> dict[str, np.ndarray]:
    """Cubic outline of each character, (4n, 3) in em, from the place where it starts on the baseline."""
    width = advances()["0"]
    return {mark: typeset(f"0{_typst(mark)}")[1].points - (width, 0, 0) for mark in CHARACTERS}


@dataclass(frozen=True)
class Table:
    """All characters in one array; everything is in em and by index in CHARACTERS."""

    points: np.ndarray  # (all points, 3)
    start: np.ndarray  # (c,) first point of each character
    count: np.ndarray  # (c,) points of each character
    advance: np.ndarray  # (c,)
    low: np.ndarray  # (c, 3) lower left of the outline
    extent: np.ndarray  # (c,) longer side of the outline
    parts: tuple[int, ...]  # closed curves in each character
    first: dict[int, list[tuple[int, np.ndarray]]]  # points of a first curve -> (character, its normal form)
    index: np.ndarray  # (code points,) index of each character, -1 where it is none


@lru_cache(maxsize=1)
def table() -> Table:
    """The glyphs of this process, made once."""
    outlines = list(glyph_points().values())
    count = np.array([len(points) for points in outlines])
    parts, first = [], dict[int, list[tuple[int, np.ndarray]]]()
    for code, points in enumerate(outlines):
        starts = _curves(points)
        parts.append(len(starts))
        curve = points[: starts[1]] if len(starts) > 1 else points
        first.setdefault(len(curve), []).append((code, _normal(curve)))
    index = np.full(ord(max(CHARACTERS)) + 1, -1)
    index[[ord(mark) for mark in CHARACTERS]] = np.arange(len(CHARACTERS))
    return Table(
        points=np.concatenate(outlines),
        start=np.cumsum(count) - count,
        count=count,
        advance=np.array([advances()[mark] for mark in CHARACTERS]),
        low=np.array([points.min(axis=0) for points in outlines]),
        extent=np.array([np.ptp(points, axis=0).max() for points in outlines]),
        parts=tuple(parts),
        first=first,
        index=index,
    )


@dataclass(frozen=True)
class Written:
    """Texts laid out from x = 0 on the baseline y = 0, in em."""

    points: np.ndarray  # (p, 3) of all texts, one after the other
    count: np.ndarray  # (n,) points of each text
    width: np.ndarray  # (n,) sum of the advances of each text


def write(texts: Sequence[str]) -> Written:
    """Outlines of texts made of CHARACTERS. Raises: ValueError for a text without, or with any other, character."""
    glyphs = table()
    lengths = np.array([len(text) for text in texts], dtype=int)  # (n,)
    code_points = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)  # (g,)
    codes = glyphs.index[np.minimum(code_points, len(glyphs.index) - 1)]
    if (codes < 0).any() or (code_points >= len(glyphs.index)).any() or (lengths == 0).any():
        raise ValueError(f"Only texts of the characters {CHARACTERS} are written as numbers, got {list(texts)[:3]}.")
    counts, steps = glyphs.count[codes], glyphs.advance[codes]  # (g,)
    first = np.cumsum(lengths) - lengths  # (n,) first character of each text
    before = np.cumsum(steps) - steps  # (g,)
    x = before - np.repeat(before[first], lengths)  # (g,) from the start of its text
    chosen = np.arange(counts.sum()) + np.repeat(glyphs.start[codes] - (np.cumsum(counts) - counts), counts)  # (p,)
    points = glyphs.points[chosen]  # (p, 3), a copy
    points[:, 0] += np.repeat(x, counts)
    if len(lengths) == 1:
        return Written(points, np.array([len(points)]), np.array([x[-1] + steps[-1]]))
    return Written(points, np.add.reduceat(counts, first), np.add.reduceat(steps, first))


@dataclass(frozen=True)
class Marks:
    """Characters as they are drawn: which, where each starts on its baseline, and how large an em is."""

    codes: np.ndarray  # (g,) index in CHARACTERS
    origins: np.ndarray  # (g, 3) units
    ems: np.ndarray  # (g,) units
    starts: np.ndarray  # (g,) first point of each

    def numbers(self) -> np.ndarray:
        """Index of the first character of each number, (n,): those that do not continue the one before."""
        ends = self.origins[:-1, 0] + table().advance[self.codes[:-1]] * self.ems[:-1]
        gaps = np.stack([self.origins[1:, 0] - ends, self.origins[1:, 1] - self.origins[:-1, 1]])  # (2, g - 1)
        new = (np.abs(gaps) > NEIGHBOUR * self.ems[:-1]).any(axis=0)
        return np.flatnonzero(np.concatenate([[len(self.codes) > 0], new]))

    def texts(self) -> list[str]:
        """The text of each number, in drawing order."""
        bounds = [*self.numbers(), len(self.codes)]
        text = "".join(CHARACTERS[code] for code in self.codes)
        return [text[a:b] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def read_marks(points: np.ndarray) -> Marks:
    """The characters whose outlines these are, (p, 3), wherever and however large they are drawn upright.

    Raises: ValueError if an outline is no character of a number.
    """
    if not len(points):
        return Marks(np.zeros(0, dtype=int), np.zeros((0, 3)), np.zeros(0), np.zeros(0, dtype=int))
    glyphs = table()
    curves = _curves(points)  # (c,) first point of each closed curve
    guesses = _first_guess(points, curves)
    codes, starts, at = [], [], 0
    while at < len(curves):
        code = guesses[at]
        if code < 0:
            raise ValueError(STRANGE)
        codes.append(code)
        starts.append(curves[at])
        at += glyphs.parts[code]
    found, begun = np.array(codes), np.array(starts)
    if not np.array_equal(np.append(begun[1:], len(points)) - begun, glyphs.count[found]):
        raise ValueError(STRANGE)
    low, extent = _boxes(points, begun)
    chosen = np.arange(len(points)) + np.repeat(glyphs.start[found] - begun, glyphs.count[found])
    ems = extent / glyphs.extent[found]  # (g,)
    origins = low - glyphs.low[found] * ems[:, None]  # (g, 3)
    count = glyphs.count[found]
    expected = np.repeat(origins, count, axis=0) + glyphs.points[chosen] * np.repeat(ems, count)[:, None]
    if (np.abs(expected - points).max(axis=1) > SAME_OUTLINE * np.repeat(extent, count)).any():
        raise ValueError(STRANGE)
    return Marks(found, origins, ems, begun)


def _first_guess(points: np.ndarray, curves: np.ndarray) -> list[int]:
    """For each closed curve the character that begins with it, -1 where none does, (c,)."""
    count = np.diff(np.append(curves, len(points)))  # (c,)
    low, extent = _boxes(points, curves)
    normal = (points - np.repeat(low, count, axis=0)) / np.repeat(extent, count)[:, None]
    guesses = np.full(len(curves), -1)
    for length, candidates in table().first.items():
        members = np.flatnonzero(count == length)
        forms = normal[curves[members, None] + np.arange(length)]  # (m, length, 3)
        for code, form in candidates:
            guesses[members[np.abs(forms - form).max(axis=(1, 2)) < SAME_OUTLINE]] = code
    return guesses.tolist()


def _curves(points: np.ndarray) -> np.ndarray:
    """First point of each closed curve, (c,): where a piece does not start at the end of the one before."""
    if len(points) % 4:
        raise ValueError(STRANGE)
    apart = np.abs(points[3:-1:4] - points[4::4]).max(axis=1) > JOINED * np.abs(points).max()
    return np.concatenate([[0], 4 * np.flatnonzero(apart) + 4])


def _boxes(points: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower left corner (n, 3) and longer side (n,) of each run of points."""
    low = np.minimum.reduceat(points, starts)
    return low, np.maximum((np.maximum.reduceat(points, starts) - low).max(axis=1), 1e-9)


def _normal(points: np.ndarray) -> np.ndarray:
    low, extent = _boxes(points, np.zeros(1, dtype=int))
    return np.array((points - low) / extent)


def spell(value: float, decimals: int, signed: bool = False, grouped: bool = True) -> str:
    """The characters of a number: fixed decimals, a real minus sign, thousands separated by commas.

    A value that rounds to zero has no sign. Raises: ValueError if it is not finite.
    """
    return spell_all([value], decimals, signed, grouped)[0]


def spell_all(values: ArrayLike, decimals: int, signed: bool = False, grouped: bool = True) -> list[str]:
    """The characters of many numbers (n,), as ``spell`` writes each."""
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all():
        raise ValueError(f"Cannot draw {numbers[~np.isfinite(numbers)][0]}: only finite numbers are drawn.")
    form, plus = f"{{:{',' if grouped else ''}.{decimals}f}}".format, "+" if signed else ""
    rounded = [round(value, decimals) for value in numbers.tolist()]
    return [(MINUS if value < 0 else plus if value > 0 else "") + form(abs(value)) for value in rounded]


def read(text: str) -> float:
    """The value of the characters that ``spell`` wrote. Raises: ValueError if they are no number."""
    try:
        return float(text.replace(MINUS, "-").replace(",", "").rstrip("%"))
    except ValueError:
        raise ValueError(f"The drawn characters '{text}' are no number.") from None


def outlines_of(text: str) -> list[np.ndarray]:
    """Outline of each character of a number, in em, set side by side from x = 0 on the baseline y = 0."""
    ends = np.cumsum([len(glyph_points()[mark]) for mark in text])
    return np.split(write([text]).points, ends[:-1])


def read_characters(outlines: Iterable[np.ndarray]) -> str:
    """The characters whose outlines these are, wherever and however large they are drawn.

    Raises: ValueError if an outline is no character of a number.
    """
    found = list(outlines)
    return "".join(CHARACTERS[code] for code in read_marks(np.concatenate(found)).codes) if found else ""
