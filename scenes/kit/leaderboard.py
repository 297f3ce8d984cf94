"""Names with scores, the best first: what a search, a probe or a vocabulary puts on top, and how it re-sorts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, VGroup, VMobject, smooth

from scenes.kit.arrays import finite, largest
from scenes.kit.bar_chart import END_GAP
from scenes.kit.figures import MIDDLE_EM, Figures, figure_width
from scenes.kit.letters import Label, baseline, text_width
from scenes.kit.number import Number, spell
from scenes.kit.shapes import Frame, Shapes, rectangles
from scenes.kit.typeset import UNITS_PER_EM
from scenes.theme import BACKGROUND, DIM, GAP, INK, LABEL, NEGATIVE, POSITIVE, SMALL

BAR_SHARE = 0.56  # of a row
SIDESTEP = 0.5  # units that rows which rise step to the right while they pass the others
DIMMED = 0.6  # of the opacity that rows which fall lose on their way
SLIDE = 1.2  # units that a row slides while it comes or goes
WINDOW = 0.42  # of the time, in which rows leave at the beginning, and others enter at the end
EDGE = 0.2  # of the time, at the beginning and at the end, in which rows do not change places


class Row(VGroup):
    """One name with its score, in coordinates of its own: the bar starts at the origin, the name ends before it."""

    def __init__(self, name: str, index: int, pitch: float, reach: tuple[float, float], decimals: int, text: float):
        self.entry, self.half = index, BAR_SHARE * pitch / 2
        em = text * UNITS_PER_EM
        self.backing = VMobject(fill_color=BACKGROUND, fill_opacity=1, stroke_width=0)
        self.low, self.high = np.array([[reach[0], -pitch / 2, 0]]), np.array([[reach[1], pitch / 2, 0]])
        self.backing.set_points(rectangles(self.low, self.high)[0])
        self.name_label = Label(name, size=text, color=INK)
        self.name_label.move_to(LEFT * GAP, aligned_edge=RIGHT)
        self.name_label.shift(DOWN * (MIDDLE_EM * em + baseline(self.name_label)))
        self.bar, self.number = Shapes([(POSITIVE, 1.0), (NEGATIVE, 1.0)]), Figures(decimals, text, INK)
        super().__init__(self.backing, self.name_label, self.bar, self.number)

    def draw(self, length: float, sign: float, number: float, opacity: tuple[float, float], aside: float) -> None:
        """A bar of this length, and a number at its end; opacity of the row and, times that, of the number.

        The backing reaches as far to the left as the row stands aside, so that it hides all of a row behind it.
        """
        low, high = np.array([[0.0, -self.half, 0]]), np.array([[length, self.half, 0]])
        self.bar.place(rectangles(low, high), np.array([int(sign < 0)]))
        place = np.array([[length + (END_GAP if length else 0), 0, 0]])
        self.number.write(np.array([number]), place, np.zeros(1), self.bar.frame)
        self.backing.points = self.bar.frame.out(rectangles(self.low - (aside, 0, 0), self.high)[0])
        for part in (self.backing, *self.name_label, *self.bar.bins):
            part.set_fill(opacity=opacity[0])
        self.number.set_fill(opacity=opacity[0] * opacity[1])

    def shown(self) -> bool:
        """Whether anything of the row is seen."""
        return bool(self.backing.get_fill_opacity() > 0)


class Leaderboard(VGroup):
    """The ``top`` largest of the scores (n,) with their names, largest first, and how many there are in all.

    Equal scores stand in the order of their indices. ``limit`` is the score of a bar ``width`` units long, by default
    the largest |score|; without ``bars`` only numbers stand there. ``pitch`` is the height of a row in units.
    ``values()`` decodes the scores from top to bottom from the bars, to 1e-6 of the limit, or else from the numbers.
    Raises: ValueError for scores that are not finite, names that are not as many, or a score over the limit.
    """

    def __init__(
        self,
        scores: np.ndarray,
        names: Sequence[str],
        *,
        top: int = 10,
        bars: bool = True,
        limit: float | None = None,
        width: float = 4.0,
        pitch: float = 0.52,
        decimals: int = 2,
        text: float = LABEL,
    ) -> None:
        super().__init__()
        array = finite("A leaderboard", scores, 1)
        self.entries, self.top, self.pitch = list(names), min(top, len(array)), pitch
        if len(self.entries) != len(array) or self.top < 1:
            raise ValueError(f"A leaderboard needs a name for each score, found {len(names)} for {len(array)}.")
        self.limit, self.decimals, self.text, self.bar_width = limit or largest(array), decimals, text, width
        self.with_bars = bars
        name_width = max(text_width(name, text) for name in self.entries)
        number_width = figure_width(spell(-self.limit, decimals), text)
        self.reach = (-GAP - name_width, (width + END_GAP if bars else 0) + number_width)
        self.rows, self.axes_frame, self.ranks = VGroup(), Frame(), VGroup()
        self._make_marks(len(array))
        self.add(self.ranks, self.rows, self.axes_frame, self.footer)
        self.set_values(array)
        self.axes_frame.stand(np.array([[self.reach[0], 0, 0], [self.reach[1], -pitch * (self.top - 1), 0]]))
        self.center()

    def set_values(self, scores: np.ndarray) -> "Leaderboard":
        """Show other scores (n,) at once."""
        array = self.checked(scores)
        self.rows.remove(*self.rows)
        for slot, index in enumerate(self.order(array)):
            self.put(self.make_row(int(index)), np.array([0, -slot * self.pitch, 0]), array[index], array[index])
        return self

    def values(self) -> np.ndarray:
        """The scores shown now, (k,), from top to bottom; k is more than ``top`` only while rows come and go."""
        if not self.with_bars:
            return self.written()
        lengths = [np.ptp(row.bar.outlines()[0, :, 0]) for row in self._seen()]
        signs = [-1 if len(row.bar.bins[1].points) else 1 for row in self._seen()]
        for row in self._seen():
            colors = [mobject.get_fill_color().to_hex() for mobject in row.bar.bins]
            if colors != [POSITIVE, NEGATIVE]:
                raise ValueError("A bar of the leaderboard has a colour that says no sign.")
        return np.array(lengths) * signs / self.bar_width * self.limit

    def written(self) -> np.ndarray:
        """The numbers of the rows now, (k,), from top to bottom, from glyphs, to half a unit of the last decimal."""
        return np.array([row.number.values()[0] for row in self._seen()])

    def names(self) -> list[str]:
        """The names shown now, from top to bottom, from their glyphs."""
        return [row.name_label.says() for row in self._seen()]

    def change(self, scores: np.ndarray, **kwargs: Any) -> "Resort":
        """An animation to other scores (n,): rows pass each other to their new places, some come and some go."""
        return Resort(self, scores, **kwargs)

    def checked(self, scores: np.ndarray) -> np.ndarray:
        """The scores as float64, (n,), or a ValueError that says why they cannot be shown."""
        array = finite("A leaderboard", scores, 1)
        if len(array) != len(self.entries):
            raise ValueError(f"The leaderboard has {len(self.entries)} names, found {len(array)} scores.")
        if np.abs(array).max() > self.limit * (1 + 1e-9):
            raise ValueError(f"A score of {array[np.abs(array).argmax()]:g} is over the limit of {self.limit:g}.")
        return array

    def order(self, scores: np.ndarray) -> np.ndarray:
        """Indices of the ``top`` largest scores, (k,), the largest first and equal ones by index."""
        return np.argsort(-scores, kind="stable")[: self.top]

    def make_row(self, index: int) -> Row:
        """A new row, added to the board where the board stands and as large as it is."""
        row = Row(self.entries[index], index, self.pitch, self.reach, self.decimals, self.text)
        axes, origin = self.axes_frame.axes(), self.axes_frame.origin()
        for part in row.get_family():
            part.points = part.points @ axes + origin
        self.rows.add(row)
        return row

    def put(
        self, row: Row, place: np.ndarray, score: float, number: float, opacity: tuple[float, float] = (1.0, 1.0)
    ) -> None:
        """Draw a row at a local place (3,) with a bar for one score and another number."""
        row.shift(self.axes_frame.out(place) - row.bar.frame.origin())
        length = abs(score) / self.limit * self.bar_width if self.with_bars else 0.0
        row.draw(length, score, number, opacity, max(float(place[0]), 0.0))

    def place_of(self, row: Row) -> np.ndarray:
        """Where the start of a row's bar is drawn now, in local units, (3,)."""
        return self.axes_frame.back(row.bar.frame.origin())

    def _seen(self) -> list[Row]:
        rows = [row for row in self.all_rows() if row.shown()]
        return sorted(rows, key=lambda row: -float(self.place_of(row)[1]))

    def all_rows(self) -> list[Row]:
        """All rows in the order they are drawn in, also those that have gone and are not seen."""
        return [row for row in self.rows if isinstance(row, Row)]

    def _make_marks(self, total: int) -> None:
        """The rank of each place at the left, and under the last one how many there are in all."""
        for slot in range(self.top):
            rank = Number(slot + 1, decimals=0, size=SMALL, color=DIM)
            edge = RIGHT * (self.reach[0] - GAP) + DOWN * slot * self.pitch
            self.ranks.add(rank.move_to(edge, aligned_edge=RIGHT))
        text = f"all {total:,}" if total == self.top else f"top {self.top} of {total:,}"
        self.footer = Label(text, size=SMALL, color=DIM)
        bottom = DOWN * (self.pitch * (self.top - 0.5) + GAP)
        self.footer.move_to(bottom, aligned_edge=UP + LEFT)


class Resort(Animation):
    """Rows move to their new places, those that rise in an arc in front of those that fall.

    Rows that leave slide out before the others change places, rows that enter slide in after that. Bars go straight to
    their new lengths, and old numbers leave before new ones arrive.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, board: Leaderboard, scores: np.ndarray, **kwargs: Any) -> None:
        self.board, self.scores = board, board.checked(scores)
        super().__init__(board, **kwargs)

    def begin(self) -> None:
        board = self.board
        board.rows.remove(*(row for row in board.all_rows() if not row.shown()))
        seen = board._seen()
        self.old = {row.entry: value for row, value in zip(seen, board.values(), strict=True)}
        self.numbers = {row.entry: value for row, value in zip(seen, board.written(), strict=True)}
        self.places = {row.entry: board.place_of(row) for row in seen}
        self.slots = {int(i): np.array([0, -slot * board.pitch, 0]) for slot, i in enumerate(board.order(self.scores))}
        for index in self.slots.keys() - self.old.keys():
            board.put(board.make_row(index), self.slots[index], self.scores[index], self.scores[index], (0.0, 0.0))
        ordered = sorted(board.all_rows(), key=self._rise)  # drawn later, so in front
        board.rows.submobjects = [*ordered]
        super().begin()

    def _rise(self, row: Row) -> float:
        """How far a row rises, in units."""
        if row.entry in self.slots and row.entry in self.places:
            return float(self.slots[row.entry][1] - self.places[row.entry][1])
        return -np.inf

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        early, late = min(share / WINDOW, 1.0), max((share - 1) / WINDOW + 1, 0.0)
        for row in self.board.all_rows():
            index, score = row.entry, self.scores[row.entry]
            if index not in self.slots:
                old = self.old[index]
                self.board.put(
                    row, self.places[index] + RIGHT * SLIDE * early, old, self.numbers[index], (1 - early, 1)
                )
            elif index not in self.places:
                self.board.put(row, self.slots[index] + RIGHT * SLIDE * (1 - late), score, score, (late, 1))
            else:
                self._move(row, share)

    def _move(self, row: Row, share: float) -> None:
        index, rise = row.entry, self._rise(row)
        moved = smooth(min(max((share - EDGE) / (1 - 2 * EDGE), 0.0), 1.0))
        aside = RIGHT * SIDESTEP * np.sin(np.pi * moved) * float(rise > 1e-6)
        place = (1 - moved) * self.places[index] + moved * self.slots[index] + aside
        score = (1 - share) * self.old[index] + share * self.scores[index]
        number = self.numbers[index] if share < 0.5 else self.scores[index]
        dimmed = 1 - DIMMED * np.sin(np.pi * moved) * float(rise < -1e-6)
        self.board.put(row, place, score, number, (dimmed, abs(1 - 2 * share)))
