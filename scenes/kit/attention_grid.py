"""Attention drawn from its array: rows are queries, columns are keys, the area of a dot is a weight."""

from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Animation, Group, VMobject

from scenes.kit.arrays import finite, largest
from scenes.kit.attention_labels import Labels, column_labels, head_name, row_labels, side_name
from scenes.kit.attention_marks import DRAWN, Dots, Hatching, Marks, Written, scale, swapped
from scenes.kit.shapes import rectangles
from scenes.theme import BACKGROUND, GAP, GROUP_GAP, HAIRLINE, RULE

SUM_TOLERANCE = 1e-4  # float32 sums of a few thousand weights
BACKING = 0.75  # opacity over what is not looked at
WRITTEN = 0.24  # height of a written digit in its cell


class AttentionGrid(Group):
    """Weights (query, key) or (head, query, key) as dots whose area is the weight, heads side by side.

    ``queries`` and ``keys`` are labels of rows and columns: words, or pictures (n, rows, columns) in [0, 1]; keys are
    labelled like queries if left out. ``height`` is that of the cells in units. ``causal`` hatches the keys that come
    after their query. With ``scores`` the values are signed scores, blue above zero and orange below, a full dot being
    ``limit``, the largest size; with ``decimals`` numbers are written instead of dots.

    ``values()`` decodes dots from their areas to 1e-6 of a full dot, or written numbers to half a unit of the last
    decimal; masked cells give 0 among weights and -inf among scores.
    """

    def __init__(
        self,
        values: np.ndarray,
        queries: Labels = (),
        keys: Labels | None = None,
        height: float = 4.0,
        causal: bool = False,
        scores: bool = False,
        decimals: int | None = None,
    ) -> None:
        self.heads_shown = np.ndim(values) == 3
        table = finite("An AttentionGrid", values, 3 if self.heads_shown else 2)
        self.shape = table.shape if self.heads_shown else (1, *table.shape)  # head, query, key
        if causal and self.shape[1] != self.shape[2]:
            raise ValueError(f"A causal grid has as many keys as queries, got {self.shape[1:]}.")
        self.limit = largest(table) if scores else 1.0
        self.cell = height / self.shape[1]
        self.gap = max(GROUP_GAP / self.cell, 0.6)
        centres = self._centres()
        self.marks: Dots | Written = Dots(centres) if decimals is None else Written(centres, decimals, WRITTEN)
        self.hatching = Hatching(self.marks.axes, centres)
        self.lines = self._lines()
        super().__init__(self.lines, self.hatching, self.marks)
        hatch = self._future().astype(float) if causal else np.zeros(len(centres))
        self.show_marks(Marks(self._shares(table, hatch, not scores), hatch, 0.0 if scores else 1.0))
        self.scale(self.cell, about_point=np.zeros(3))
        self._label(queries, queries if keys is None else keys)
        self.curtain = VMobject(fill_color=BACKGROUND, fill_opacity=BACKING, stroke_width=0)
        self.curtain.points = self.marks.axes.out(self._bands(None, None)).reshape(-1, 3)
        self.add(self.curtain)
        self.center()

    def values(self) -> np.ndarray:
        """The numbers drawn now, (head, query, key), or (query, key) if it was given so."""
        marks = self.read()
        masked = -np.inf if marks.ink < 1 - DRAWN else 0.0
        absent = (marks.hatch > 1 - DRAWN) | np.isnan(marks.shares)
        found = np.where(absent, masked, marks.shares * scale(marks.ink, self.limit))
        return found.reshape(self.shape if self.heads_shown else self.shape[1:])

    def set_values(self, values: np.ndarray) -> "AttentionGrid":
        """Draw other scores or weights, whichever are drawn now, at once; what is masked stays so."""
        self.show_marks(self._other(self.hatching.shares(), self.marks.ink(), values))
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Animation:
        """The dots grow and shrink to other values; written numbers leave before the new ones arrive."""
        return Restage(self, lambda start: [self._other(start.hatch, start.ink, target)], **kwargs)

    def mask(self, **kwargs: Any) -> Animation:
        """The scores of keys that come after their query leave, and hatching says that nothing is there."""
        if self.shape[1] != self.shape[2]:
            raise ValueError(f"A causal mask needs as many keys as queries, got {self.shape[1:]}.")
        return Restage(self, lambda start: [self._masked(start)], **kwargs)

    def softmax(self, pattern: np.ndarray | None = None, **kwargs: Any) -> Animation:
        """Scores become weights: first exp(score - the row's largest), then each row divided by its sum.

        ``pattern`` holds the weights to arrive at, which must be the softmax of the drawn scores to 1e-4; it is needed
        where numbers are written, since those are rounded.
        """
        if isinstance(self.marks, Written) and pattern is None:
            raise ValueError("Written scores are rounded, so softmax needs the pattern to arrive at.")
        return Restage(self, lambda start: self._softmax(start, pattern), **kwargs)

    def highlight(self, query: int | None = None, key: int | None = None, **kwargs: Any) -> Animation:
        """All but a row, a column or their cell step back behind a backing of 75 %; without either, nothing does."""
        for what, index, size in (("query", query, self.shape[1]), ("key", key, self.shape[2])):
            if index is not None and not 0 <= index < size:
                raise ValueError(f"There is no {what} {index} among {size}.")
        return MoveBacking(self, self._bands(query, key), **kwargs)

    def place(self, query: Any, key: Any, head: int = 0) -> np.ndarray:
        """Centre of a cell, (3,), or of several, (n, 3)."""
        return self.marks.axes.out(self._local(head, query, key))

    def read(self) -> Marks:
        """The marks that are drawn now."""
        return Marks(self.marks.shares(self.limit), self.hatching.shares(), self.marks.ink())

    def show_marks(self, marks: Marks) -> None:
        """Draw these marks at once."""
        self.marks.draw(marks, self.limit)
        self.hatching.draw(marks.hatch)

    def _local(self, head: Any, query: Any, key: Any) -> np.ndarray:
        x = head * (self.shape[2] + self.gap) + key + 0.5
        return np.stack(np.broadcast_arrays(x, -0.5 - query, 0.0), axis=-1)

    def _centres(self) -> np.ndarray:
        head, query, key = np.indices(self.shape).reshape(3, -1)  # (n,) each
        return self._local(head, query, key)

    def _future(self) -> np.ndarray:
        _, query, key = np.indices(self.shape).reshape(3, -1)
        return key > query

    def _shares(self, values: np.ndarray, hatch: np.ndarray, weights: bool) -> np.ndarray:
        """value / limit of all cells, (n,), 0 where masked; checks them."""
        masked = (hatch > 0).reshape(self.shape)
        given = np.asarray(values, dtype=float).reshape(-1, *np.shape(values)[-2:])
        if given.shape != self.shape:
            raise ValueError(f"An AttentionGrid of {self.shape} got values of shape {given.shape}.")
        table = finite("An AttentionGrid", np.where(masked & ~weights, 0, given), 3)
        if weights:
            check_rows(table, self.heads_shown)
            if (table[masked] > 0).any():
                head, query, key = np.argwhere(masked & (table > 0))[0]
                weight = table[head, query, key]
                raise ValueError(f"Query {query} of a causal grid gives {weight:g} to key {key}, which comes after it.")
        elif np.abs(table).max() > self.limit * (1 + DRAWN):
            raise ValueError(f"A score of size {np.abs(table).max():g} is above the limit of the grid, {self.limit:g}.")
        return np.clip(table.reshape(-1) / self.limit, -1, 1) if not weights else np.clip(table.reshape(-1), 0, 1)

    def _other(self, hatch: np.ndarray, ink: float, values: np.ndarray) -> Marks:
        return Marks(self._shares(values, hatch, ink > 0.5), hatch, ink)

    def _masked(self, start: Marks) -> Marks:
        if start.ink > DRAWN:
            raise ValueError("Only scores are masked: weights that have been softmaxed would not sum to 1 any more.")
        future = self._future()
        return Marks(np.where(future, 0, start.shares), future.astype(float), start.ink)

    def _softmax(self, start: Marks, pattern: np.ndarray | None) -> list[Marks]:
        if start.ink > DRAWN:
            raise ValueError("The grid draws weights already, so there are no scores to take the softmax of.")
        scores = np.where(start.hatch > 0, -np.inf, start.shares * self.limit).reshape(self.shape)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # (head, query, key)
        weights = powers / powers.sum(axis=-1, keepdims=True)
        if pattern is not None:
            given = self._shares(pattern, start.hatch, weights=True).reshape(self.shape)
            off = np.abs(given - weights).max()
            if isinstance(self.marks, Dots) and off > SUM_TOLERANCE:
                raise ValueError(f"The pattern is not the softmax of the drawn scores: it differs by up to {off:.2g}.")
            weights = given
        return [Marks(found.reshape(-1), start.hatch, 1.0) for found in (powers, weights)]

    def _lines(self) -> VMobject:
        heads, rows, columns = self.shape
        ends = []
        for head in range(heads):
            left = head * (columns + self.gap)
            ends += [((left, -row), (left + columns, -row)) for row in range(rows + 1)]
            ends += [((left + column, 0), (left + column, -rows)) for column in range(columns + 1)]
        pairs = np.pad(np.array(ends, dtype=float), ((0, 0), (0, 0), (0, 1)))  # (lines, 2, 3)
        lines = VMobject(stroke_color=RULE, stroke_width=HAIRLINE * 0.7, stroke_opacity=0.75, fill_opacity=0)
        steps = np.array([0, 1 / 3, 2 / 3, 1])[:, None]  # (4, 1)
        lines.points = (pairs[:, None, 0] + steps * (pairs[:, None, 1] - pairs[:, None, 0])).reshape(-1, 3)
        return lines

    def _label(self, queries: Labels, keys: Labels) -> None:
        """Labels, and the words that say which side is which; how far labels stand out is kept for the backing."""
        heads, rows, columns = self.shape
        edge, corner = 0.5 * self.cell + 0.75 * GAP, self.marks.axes.out(np.zeros(3))
        self.row_labels = row_labels(queries, self.place(np.arange(rows), 0) + LEFT * edge, self.cell)
        self.column_labels, self.names = Group(), Group()
        for head in range(heads):
            tops = column_labels(keys, self.place(0, np.arange(columns), head) + UP * edge, self.cell)
            self.column_labels.add(*tops)
        left = min([corner[0], *(label.get_left()[0] for label in self.row_labels)])
        top = max([corner[1], *(label.get_top()[1] for label in self.column_labels)])
        middle = self.place((rows - 1) / 2, 0) * UP
        self.names.add(side_name("queries", middle + RIGHT * (left - GAP), turned=True))
        for head in range(heads):
            above = self.place(0, (columns - 1) / 2, head) * RIGHT
            self.names.add(side_name("keys", above + UP * (top + GAP)))
            if self.heads_shown:
                self.names.add(head_name(head, above + self.place(rows - 0.5, 0) * UP))
        self.add(self.row_labels, self.column_labels, self.names)
        self.reach = float(left - corner[0]) / self.cell, float(top - corner[1]) / self.cell  # cells

    def _bands(self, query: int | None, key: int | None) -> np.ndarray:
        """What is covered, (2 + 2 heads, 16, 3): above and below the row, left and right of the column in each head."""
        heads, rows, columns = self.shape
        left, top = self.reach
        right = heads * (columns + self.gap) - self.gap
        above, below = (0, rows) if query is None else (query, query + 1)
        before, after = (0, columns) if key is None else (key, key + 1)
        boxes = [(left, -above, right, 0), (left, -rows, right, -below)]
        for head in range(heads):
            start = head * (columns + self.gap)
            boxes += [(start, -rows, start + before, top), (start + after, -rows, start + columns, top)]
        low, high = (np.pad(np.array(boxes, dtype=float)[:, side], ((0, 0), (0, 1))) for side in ([0, 1], [2, 3]))
        return rectangles(low, high)


class Restage(Animation):
    """The cells go from what they show to one or more later stages, in equal parts of the time."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, grid: AttentionGrid, stages: Any, **kwargs: Any) -> None:
        self.grid, self.stages = grid, stages
        super().__init__(grid, **kwargs)

    def begin(self) -> None:
        start = self.grid.read()
        self.path = [start, *self.stages(start)]
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        parts = len(self.path) - 1
        along = float(np.clip(alpha, 0, 1)) * parts
        part = min(int(along), parts - 1)
        a, b = self.path[part], self.path[part + 1]
        share = self.rate_func(along - part)
        marks = a.towards(b, share) if isinstance(self.grid.marks, Dots) else swapped(a, b, share)
        self.grid.show_marks(marks)


class MoveBacking(Animation):
    """The backing of an attention grid moves to other bands."""

    of_alpha_alone = True

    def __init__(self, grid: AttentionGrid, bands: np.ndarray, **kwargs: Any) -> None:
        self.grid, self.bands = grid, bands
        super().__init__(grid.curtain, **kwargs)

    def begin(self) -> None:
        self.start = self.grid.marks.axes.back(self.grid.curtain.points.reshape(-1, 16, 3))
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        bands = self.start + self.rate_func(alpha) * (self.bands - self.start)
        self.grid.curtain.points = self.grid.marks.axes.out(bands).reshape(-1, 3)


def check_rows(weights: np.ndarray, heads_shown: bool) -> None:
    """That each row of weights (head, query, key) is a distribution. Raises: ValueError that names the row."""
    near = np.clip(weights, 0, 1)  # float32 sums may end a little outside
    finite("An AttentionGrid", np.where(np.abs(weights - near) <= SUM_TOLERANCE, near, weights), 3, low=0, high=1)
    sums = weights.sum(axis=-1)  # (head, query)
    wrong = np.argwhere(np.abs(sums - 1) > SUM_TOLERANCE)
    if len(wrong):
        head, row = (int(i) for i in wrong[0])
        where = f"Row {row} of head {head}" if heads_shown else f"Row {row}"
        raise ValueError(
            f"{where} sums to {sums[head, row]:.4f}, expected 1: the weights of a query sum to 1 over keys."
        )
