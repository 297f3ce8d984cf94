"""Plain text that is read back from the shapes of its glyphs: names, tokens, the lines of a badge."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scenes.kit.typeset import UNITS_PER_EM, Words, escape, typeset
from scenes.theme import BODY, INK

PLAIN = "".join(map(chr, range(33, 127)))
ALPHABET = PLAIN + "·−–—…×°␣↵’‘“”«»§ÀÂÄÇÈÉÊÖÜßàâäçèéêëîïñóôöùûü∂∇→←↑↓≈≤≥√∞"
SAME_OUTLINE = 2e-3  # of the larger side; unlike glyphs differ by over ten times as much
CELL_EM = 4.0  # room for each glyph of the alphabet while it is measured
LINE_EM = 0.5  # glyphs whose baselines are farther apart stand on different lines


@dataclass(frozen=True)
class Letter:
    """One character in em: its outline (4n, 3) scaled to a side of 1, that side, its lower left corner, its advance."""

    shape: np.ndarray
    side: float
    low: np.ndarray
    advance: float


@dataclass(frozen=True)
class Found:
    """A character seen in the picture: its em in units, the place where it starts, (3,), and how far it reaches."""

    mark: str
    em: float
    start: np.ndarray
    advance: float


def _scaled(points: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(float((high - low).max()), 1e-9)
    return (points - low) / side, side, low


@lru_cache(maxsize=1)
def letters() -> dict[str, Letter]:
    """The alphabet, set once: each character in a cell of its own, followed by a bar that shows where it ends."""
    cells = "".join(f"#box(width: {CELL_EM}em)[#box[{escape(mark)}]#box[{escape('|')}]]" for mark in ALPHABET)
    outlines = typeset(cells)
    bar = float(outlines[2 * ALPHABET.index("|")].points[:, 0].min()) - CELL_EM * ALPHABET.index("|")
    found = {}
    for index, mark in enumerate(ALPHABET):
        points = outlines[2 * index].points - (CELL_EM * index, 0, 0)
        end = float(outlines[2 * index + 1].points[:, 0].min()) - CELL_EM * index - bar
        found[mark] = Letter(*_scaled(points), end)
    return found


@lru_cache(maxsize=1)
def space() -> float:
    """Width of a space in em."""
    apart, together = (typeset(escape(text))[1].points[:, 0].min() for text in ("0 0", "00"))
    return float(apart - together)


@lru_cache(maxsize=1)
def _by_length() -> dict[int, list[str]]:
    lengths: dict[int, list[str]] = {}
    for mark, letter in letters().items():
        lengths.setdefault(len(letter.shape), []).append(mark)
    return lengths


def text_width(text: str, size: float) -> float:
    """Width of plain text at a font size in units, from the advances of its letters; kerning is left out."""
    return sum(space() if mark == " " else letters()[mark].advance for mark in text) * size * UNITS_PER_EM


def _candidates(points: np.ndarray) -> list[Found]:
    """Every character of this shape; a point and a middle dot differ only in where they stand."""
    shape, side, low = _scaled(points)
    fits = []
    for mark in _by_length().get(len(points), ()):
        letter = letters()[mark]
        if np.abs(shape - letter.shape).max() < SAME_OUTLINE:
            em = side / letter.side
            fits.append(Found(mark, em, low - letter.low * em, letter.advance))
    if not fits:
        raise ValueError("A drawn outline is no character of the alphabet.")
    return fits


def _agreed(choices: list[list[Found]]) -> list[Found]:
    """Of each glyph's candidates the one whose size and baseline agree best with the glyphs that have one candidate."""
    sure = [index for index, fits in enumerate(choices) if len(fits) == 1] or list(range(len(choices)))
    em = float(np.median([choices[index][0].em for index in sure]))
    picked: list[Found] = []
    for index, fits in enumerate(choices):
        near = choices[min(sure, key=lambda other, index=index: abs(other - index))][0]  # type: ignore[misc]

        def strange(found: Found, line: float = float(near.start[1])) -> float:
            return abs(found.em - em) + abs(float(found.start[1]) - line)

        picked.append(min(fits, key=strange))
    return picked


def read_text(outlines: Iterable[np.ndarray]) -> str:
    """The text whose glyphs these are, in order, wherever and however large upright text is drawn.

    A wider gap is read as spaces, a step down as a line break. A text of points alone is read as points.
    Raises: ValueError if an outline is no character of the alphabet.
    """
    choices = [_candidates(points) for points in outlines]
    if not choices:
        return ""
    text, last = "", None
    for found in _agreed(choices):
        if last is not None:
            down, right = float(last.start[1] - found.start[1]), float(found.start[0] - last.start[0])
            spaces = round((right / found.em - last.advance) / space())
            text += "\n" if abs(down) > LINE_EM * found.em else " " * max(spaces, 0)
        text, last = text + found.mark, found
    return text


class Label(Words):
    """Plain text in one colour, centred; ``says()`` reads it back from its glyphs.

    Raises: ValueError if there is nothing to draw or a character could not be read back.
    """

    def __init__(self, text: str, size: float = BODY, color: str = INK) -> None:
        unknown = sorted(set(text) - set(ALPHABET) - {" "})
        if unknown or not text.strip():
            why = f"it cannot read back {' '.join(map(repr, unknown))}" if unknown else "there is nothing to draw"
            raise ValueError(f"A label cannot draw {text!r}: {why}.")
        super().__init__(escape(text), size=size, color=color)

    def says(self) -> str:
        """The text drawn now, without spaces at its ends."""
        return read_text(glyph.points for glyph in self.submobjects)


def baseline(label: Words) -> float:
    """Height of the line on which the first glyph of plain text stands, in units."""
    return float(_agreed([_candidates(glyph.points) for glyph in label.submobjects])[0].start[1])


def rounded(width: float, height: float, radius: float) -> np.ndarray:
    """Outline of a rectangle with rounded corners around the origin, (32, 3) cubic points, anticlockwise."""
    radius = min(radius, width / 2, height / 2)
    hand = radius * (1 - 4 / 3 * math.tan(math.pi / 8))  # from the corner to the handle of a quarter circle
    x, y, rows = width / 2, height / 2, []
    for corner, before, after in (
        ((x, y), (0, -1), (-1, 0)),
        ((-x, y), (1, 0), (0, -1)),
        ((-x, -y), (0, 1), (1, 0)),
        ((x, -y), (-1, 0), (0, 1)),
    ):
        at, inward, onward = (np.array([*place, 0.0]) for place in (corner, before, after))
        rows.append([at + radius * inward, at + hand * inward, at + hand * onward, at + radius * onward])
    pieces = []
    for turn, following in zip(rows, [*rows[1:], rows[0]], strict=True):
        straight = [turn[3] + (following[0] - turn[3]) * share for share in (0, 1 / 3, 2 / 3, 1)]
        pieces += [turn, straight]
    return np.array(pieces).reshape(-1, 3)  # (8 pieces, 4, 3) -> (32, 3)
