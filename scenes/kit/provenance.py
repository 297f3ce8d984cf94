"""The badge at the lower left: where the numbers were read from, down to the tensor and the digest of what is drawn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from manim import DL, config

from assets.store import array_digest
from scenes.kit.letters import ALPHABET, read_text
from scenes.kit.typeset import UNITS_PER_EM, Words, escape, typeset
from scenes.theme import DIM, MARGIN, SMALL

DOT = " · "
DIGEST_DIGITS = 8
FIGURES = (("test_accuracy", "test accuracy {:.1%}"), ("test_loss", "test loss {:.3f}"), ("loss", "loss {:.3f}"))

Window = tuple[int | slice | np.ndarray, ...]  # one entry for each leading axis, as in array[window]


def provenance_line(facts: Mapping[str, Any]) -> str:
    """The caption as plain text, from an asset's provenance; settings that depart from the variant are named.

    The variant, data, seed, step and the first known figure are named if the asset has them.
    """
    parts = [str(facts["model"])]
    if facts.get("variant"):
        changes = f" with {facts['changes']}" if facts.get("changes") else ""
        parts.append(f"{facts['variant']} variant".replace("_", " ") + changes)
    if facts.get("data"):
        parts.append(str(facts["data"]) + (" data" if " " not in str(facts["data"]) else ""))
    if "seed" in facts:
        parts.append(f"seed {facts['seed']}")
    if "step" in facts:
        parts.append(f"step {facts['step']:,}")
    figures = [written.format(facts[name]) for name, written in FIGURES if name in facts]
    return DOT.join([*parts, *figures[:1]])


def tensor_line(tensor: str, array: np.ndarray, window: Window = ()) -> str:
    """Name, slice and the first hex digits of the digest of ``array[window]``; ``array`` is the whole tensor.

    Raises: ValueError if the window reaches outside the array or leaves nothing of it.
    """
    array = np.asarray(array)
    if len(window) > array.ndim:
        raise ValueError(f"The window of '{tensor}' has {len(window)} axes, the array {array.ndim}: {array.shape}.")
    written = [_axis(tensor, i, part, array.shape[i]) for i, part in enumerate(window)]
    written += [f"0:{size}" for size in array.shape[len(window) :]] if window else []
    drawn = np.asarray(array[tuple(window)])
    if not drawn.size:
        raise ValueError(f"The window of '{tensor}' holds nothing: {drawn.shape} of {array.shape}.")
    place = f"[{', '.join(written)}]" if written else ""
    return f"{tensor}{place}{DOT}{array_digest(drawn)[:DIGEST_DIGITS]}"


def _axis(tensor: str, axis: int, part: int | slice | np.ndarray, size: int) -> str:
    if isinstance(part, slice):
        low, high = (0 if part.start is None else part.start), (size if part.stop is None else part.stop)
        if part.step not in (None, 1) or not 0 <= low <= high <= size:
            raise ValueError(f"The window {part} does not lie within axis {axis} of '{tensor}', 0 to {size}.")
        return f"{low}:{high}"
    indices = np.atleast_1d(np.asarray(part))
    if indices.dtype.kind not in "iu" or indices.size == 0 or indices.min() < 0 or indices.max() >= size:
        raise ValueError(f"The window {part} does not lie within axis {axis} of '{tensor}', 0 to {size}.")
    return str(int(indices[0])) if np.ndim(part) == 0 else f"{len(indices)} of {size}"


def _width(line: str) -> float:
    points = [outline.points for outline in typeset(escape(line))]
    return float(np.ptp(np.concatenate(points)[:, 0])) * SMALL * UNITS_PER_EM


def wrapped(line: str, width: float) -> list[str]:
    """The line broken at its middle dots so that each piece fits the width in units; a part is never broken."""
    lines: list[str] = []
    for part in line.split(DOT):
        longer = f"{lines[-1]}{DOT}{part}" if lines else part
        if lines and _width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


class Provenance(Words):
    """One dim line in the lower left corner of the frame, from an asset's provenance.

    With ``tensor`` and ``array`` (the whole tensor) it also names the slice that is drawn and the digest of that slice,
    so that the model can be run again and compared. A line wider than the frame goes on above, broken at its dots.
    Raises: ValueError if only one of the two is given, or for a window that does not fit.
    """

    def __init__(
        self, facts: Mapping[str, Any], tensor: str = "", array: np.ndarray | None = None, window: Window = ()
    ) -> None:
        if bool(tensor) != (array is not None):
            raise ValueError("The badge names a tensor and its digest together: give both tensor and array.")
        line = provenance_line(facts)
        if array is not None:
            line += DOT + tensor_line(tensor, array, window)
        unknown = sorted(set(line) - set(ALPHABET) - {" "})
        if unknown:
            raise ValueError(f"The badge could not be read back: {' '.join(map(repr, unknown))} in {line!r}.")
        lines = wrapped(line, config.frame_width - 2 * MARGIN)
        super().__init__(" \\ ".join(map(escape, lines)), size=SMALL, color=DIM)
        self.to_corner(DL, buff=MARGIN)

    def says(self) -> str:
        """The text drawn now, decoded from its glyphs, as one line however it is broken."""
        return read_text(glyph.points for glyph in self.submobjects).replace("\n", DOT)
