"""What is visible in one instant of a scene: texts, shapes and images in drawing order, as plain arrays.

Places are units from the middle of the frame, which is 8 units high however far a camera has moved; boxes are (left,
bottom, right, top); colours are red, green, blue and alpha from 0 to 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

VISIBLE = 0.3  # alpha from which a text is taken for one that can be read: fainter ones come, go, or are aside
NO_BOXES = np.zeros((0, 4))


@dataclass(frozen=True, eq=False)
class Text:
    """Words, a formula, a number, or a field of numbers, with a box and a colour for each of its n outlines."""

    name: str
    key: int  # the same for the same mobject within a play
    order: int  # what has a larger one is drawn later
    boxes: np.ndarray  # (n, 4)
    inks: np.ndarray  # (n, 4)
    rims: np.ndarray = field(default_factory=lambda: np.zeros((1, 4)))  # (n, 4) of a rim wide enough to be a backing
    size: float = 0.0  # the font size as drawn, 0 where it is not known
    prose: str = ""  # what has to be spelled correctly
    marks: str = ""  # changes when other characters are drawn
    asked: bool = True  # whether somebody is to read it

    @cached_property
    def alpha(self) -> float:
        """Of its most visible outline."""
        return float(self.inks[:, 3].max(initial=0.0))

    @cached_property
    def bounds(self) -> np.ndarray:
        """Box around all of it, (4,)."""
        return np.concatenate([self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)])


@dataclass(frozen=True, eq=False)
class Shape:
    """Outlines filled and stroked in one style: ``chords`` (m, 2, 2) are from place to place along them."""

    name: str
    order: int
    boxes: np.ndarray  # (n, 4), one for each outline
    first: np.ndarray  # (n,) first chord of each outline
    chords: np.ndarray
    fill: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    stroke: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    width: float = 0.0  # of the stroke, units


@dataclass(frozen=True, eq=False)
class Image:
    """A picture made of pixels (rows, columns, 4), upright in its box (4,)."""

    name: str
    order: int
    box: np.ndarray
    pixels: np.ndarray

    def mean(self, boxes: np.ndarray) -> np.ndarray:
        """Mean colour and alpha of the pixels under boxes (n, 4), (n, 4); alpha 0 for those outside."""
        rows, columns = self.pixels.shape[:2]
        left, bottom, right, top = self.box
        scale = np.array([columns / (right - left), rows / (top - bottom)] * 2)
        corner = np.array([left, -top] * 2)
        at = (boxes * (1, -1, 1, -1) - corner) * scale  # (n, 4): left, lower, right, upper edge in pixels from the top
        low = np.floor(at[:, [0, 3]]).clip(0, (columns, rows)).astype(int)
        high = np.ceil(at[:, [2, 1]]).clip(0, (columns, rows)).astype(int)
        area = (high - low).prod(axis=1)
        sums = self._sums
        total = (
            sums[high[:, 1], high[:, 0]]
            - sums[low[:, 1], high[:, 0]]
            - sums[high[:, 1], low[:, 0]]
            + sums[low[:, 1], low[:, 0]]
        )  # (n, 4)
        return np.where((area > 0)[:, None], total / np.maximum(area, 1)[:, None], 0.0)

    @cached_property
    def _sums(self) -> np.ndarray:
        return np.pad(self.pixels, ((1, 0), (1, 0), (0, 0))).cumsum(axis=0).cumsum(axis=1)  # (rows + 1, columns + 1, 4)


@dataclass(frozen=True, eq=False)
class Claim:
    """What a component says of itself: numbers it was given and draws, entries that it leaves out."""

    name: str
    left_out: int = 0
    dots: bool = True  # whether the entries left out are shown as dots
    given: np.ndarray | None = None  # as they should be written
    drawn: np.ndarray | None = None  # as they are read back, same shape
    step: float = 0.0  # one unit of the last digit shown
    unread: str = ""  # why it cannot be read back


@dataclass(frozen=True, eq=False)
class Picture:
    """All that is visible at ``time_s``; ``rest``: at the end of a play, not inside it; not ``whole``: only texts."""

    play: int
    time_s: float
    rest: bool = True
    whole: bool = True
    texts: tuple[Text, ...] = ()
    shapes: tuple[Shape, ...] = ()
    images: tuple[Image, ...] = ()
    claims: tuple[Claim, ...] = ()
    half: tuple[float, float] = (64 / 9, 4.0)  # of the frame's width and height
    background: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def readable(self) -> Iterator[Text]:
        """The texts that somebody is to read, that are visible, and in the frame."""
        for text in self.texts:
            left, bottom, right, top = text.bounds
            inside = left < self.half[0] and right > -self.half[0] and bottom < self.half[1] and top > -self.half[1]
            if text.asked and text.alpha >= VISIBLE and inside:
                yield text

    @cached_property
    def boxes(self) -> np.ndarray:
        """Boxes of all outlines of all shapes, (n, 4)."""
        return np.concatenate([NO_BOXES, *(shape.boxes for shape in self.shapes)])

    @cached_property
    def owners(self) -> np.ndarray:
        """Index of the shape that each of ``boxes`` belongs to, (n,)."""
        return np.repeat(np.arange(len(self.shapes)), [len(shape.boxes) for shape in self.shapes])

    def near(self, box: np.ndarray) -> Iterator[tuple[Shape, np.ndarray]]:
        """Shapes with the outlines of theirs whose boxes meet a box: (shape, indices of outlines)."""
        met = np.flatnonzero(meet(self.boxes, box))
        owners = self.owners[met]
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        for start, end in zip(firsts, np.append(firsts, len(met))[1:], strict=True):
            shape = int(owners[start])
            begin = np.searchsorted(self.owners, shape)
            yield self.shapes[shape], met[start:end] - begin


@dataclass(frozen=True)
class Remark:
    """Something wrong in one picture: kind, what it is about, what is said of it, and how bad it is (more is worse)."""

    kind: str
    mobject: str
    what: str
    amount: float
    key: int = 0  # of the text, so that a play can tell what stays from what comes and goes
    other: int = 0
    about: str = ""  # tells remarks about the same mobject apart
    parts: frozenset[int] = frozenset()  # which of the text's outlines are meant, if not all


def meet(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Which of boxes (n, 4) overlap with a box (4,), (n,)."""
    return np.array((boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1]))


def chords_of(shape: Shape, outlines: np.ndarray) -> np.ndarray:
    """Chords of some outlines of a shape, (m, 2, 2)."""
    if len(outlines) == len(shape.first):
        return shape.chords
    ends = np.append(shape.first[1:], len(shape.chords))
    return np.concatenate([shape.chords[shape.first[i] : ends[i]] for i in outlines])
