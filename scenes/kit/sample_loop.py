"""The loop of every generator: a text, a distribution over what comes next, one draw from it, a longer text.

The draw is shown as it was made: the shares of all candidates laid end to end from 0 to 1, and a needle at the recorded
random number u; the symbol that the needle falls on is taken.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import LEFT, UP, Animation, VGroup, linear, smooth

from scenes.kit.arrays import finite
from scenes.kit.distribution import SUM_TOLERANCE, Distribution
from scenes.kit.figures import MIDDLE_EM, Figures, figure_width
from scenes.kit.letters import Label, baseline, text_width
from scenes.kit.number import Number
from scenes.kit.shapes import Shapes, polygons, rectangles
from scenes.kit.token_row import VISIBLE
from scenes.kit.typeset import UNITS_PER_EM
from scenes.theme import ACCENT, BACKGROUND, DIM, GAP, GROUP_GAP, INK, LABEL, LARGE, POSITIVE, SMALL

STRIP_HEIGHT = 0.42
LINE_STEP = 1.4 * LARGE * UNITS_PER_EM  # from one line of the text to the next
MOST_LINES = 4
NEEDLE = 0.42  # length above the strip
HALF_LINE = 0.015
HEAD = 0.16  # width and height of the needle's point
TURN = 0.85  # from this u on the number stands on the needle's left
ROOM = 0.08  # that a share is wider than its name
MARKED = 2  # style of the highlighted share
SAME_U = 1e-6  # u and the cumulated shares are stored in float32
FAINT = 0.8  # every other share, so that neighbours can be told apart
STEP_S = 3.2
STAGES = (0.15, 0.5, 0.8)  # of a step: the needle is there, the highlight has come to it, the symbol has arrived


class SampleLoop(VGroup):
    """A text so far and the step that makes it longer by one symbol.

    ``probability`` (S, V) are the recorded distributions, ``chosen`` (S,) the indices that were drawn, ``u`` (S,) the
    random numbers in [0, 1) that decided, ``names`` (V,) the symbols; ``prompt`` holds indices already written. The
    sampler's ``seed`` is shown. ``values()`` gives the text and the distribution drawn, the latter to 1e-6.
    Raises: ValueError for rows that do not sum to 1, a chosen symbol that has no chance, or a u that falls on another.
    """

    def __init__(
        self,
        probability: np.ndarray,
        chosen: np.ndarray,
        u: np.ndarray,
        names: Sequence[str],
        *,
        seed: int,
        prompt: Sequence[int] = (),
        width: float = 11.6,
        height: float = 2.2,
    ) -> None:
        super().__init__()
        self.probability = finite("A sample loop", probability, 2, low=0, high=1 + SAME_U)
        self.chosen, self.u = np.asarray(chosen, dtype=int), finite("A sample loop", u, 1, low=0, high=1)
        self._check(names, prompt)
        self.symbols = ["".join(VISIBLE.get(char, char) for char in name) for name in names]
        self.width_of_strip = width
        most = float(self.probability.max())
        self.chart = Distribution(
            self.probability[0],
            self.symbols,
            span=(0.0, most),
            size=(width, height),
            vertical=True,
            decimals=None,
            text=SMALL,
        )
        self.chart.shift(LEFT * self.chart.zero.get_left()[0] + LEFT * width / 2)
        self.strip = Shapes([(POSITIVE, 1.0), (POSITIVE, FAINT), (ACCENT, 1.0)])
        labels = [Label(symbol, size=SMALL, color=BACKGROUND) for symbol in self.symbols]
        self.strip_lifts = [label.get_center()[1] - baseline(label) for label in labels]
        self.strip_rooms, self.strip_names = [label.width + ROOM for label in labels], VGroup(*labels)
        self._make_needle()
        self._make_text(prompt)
        self._arrange(seed)
        self.add(self.chart, self.strip, self.strip_names, self.needle, self.u_name, self.u_number, self.seed_name)
        self.add(self.letters, self.end_names)
        self.set_step(0)
        self.center()

    def set_step(self, step: int) -> "SampleLoop":
        """Show at once the text before a step and the distribution that the step draws from."""
        if not 0 <= step <= len(self.chosen):
            raise ValueError(f"The sample loop has {len(self.chosen)} steps, found {step}.")
        for index, label in enumerate(self.letters):
            self._put_letter(index, 1.0)
            label.set_fill(opacity=float(index < self.prompt_length + step))
        last = len(self.chosen) - 1
        self._draw(self.probability[min(step, last)], None, float(self.u[min(step, last)]), 0.0)
        return self

    def step(self, index: int, **kwargs: Any) -> "SampleStep":
        """The animation of one step: needle, highlight, the symbol flies to the text, the next distribution."""
        if not 0 <= index < len(self.chosen):
            raise ValueError(f"The sample loop has {len(self.chosen)} steps, found {index}.")
        return SampleStep(self, index, **({"run_time": STEP_S, "rate_func": linear} | kwargs))

    def values(self) -> tuple[str, np.ndarray]:
        """The text drawn now, from glyphs, and the distribution drawn now, (V,), from the bars."""
        return self.text(), self.chart.values()

    def text(self) -> str:
        """The symbols of the text that are seen now, from their glyphs; a visible space is a space again."""
        seen = [label for label in self.letters if label.submobjects[0].get_fill_opacity() > 0]
        back = {mark: char for char, mark in VISIBLE.items()}
        return "".join(back.get(char, char) for label in seen for char in label.says())

    def shares(self) -> np.ndarray:
        """Widths of the candidates' shares of the strip, (V,), to float precision; they sum to 1."""
        widths = np.ptp(self.strip.outlines()[..., 0], axis=1)
        return np.array(widths / self.width_of_strip)

    def drawn_u(self) -> float | None:
        """Where the needle stands on the strip, in [0, 1), None while it is hidden."""
        if self.needle.bins[0].get_fill_opacity() == 0:
            return None
        tip = self.strip.frame.back(self.needle.bins[0].points[:16])[:, 0].mean()
        left = self.strip.outlines()[..., 0].min()
        return float((tip - left) / self.width_of_strip)

    def highlighted(self) -> int | None:
        """The candidate whose share is drawn in the accent colour now, if any."""
        marked = np.flatnonzero(self.strip.style() == MARKED)
        return int(marked[0]) if len(marked) else None

    def _check(self, names: Sequence[str], prompt: Sequence[int]) -> None:
        steps, count = self.probability.shape
        if len(names) != count or self.chosen.shape != (steps,) or self.u.shape != (steps,):
            raise ValueError(
                f"A sample loop of {steps} distributions over {count} symbols needs as many names, choices and random "
                f"numbers, found {len(names)}, {self.chosen.shape} and {self.u.shape}."
            )
        if not all(0 <= index < count for index in prompt):
            raise ValueError(f"The prompt holds symbols 0 to {count - 1}, found {list(prompt)}.")
        for step, (row, index, u) in enumerate(zip(self.probability, self.chosen, self.u, strict=True)):
            if abs(row.sum() - 1) > SUM_TOLERANCE:
                raise ValueError(f"The distribution of step {step} must sum to 1, found the sum {row.sum():.6g}.")
            if not 0 <= index < count or row[index] == 0:
                raise ValueError(f"Step {step} chose symbol {index}, which had no chance.")
            low, high = row[:index].sum(), row[: index + 1].sum()
            if not low - SAME_U <= u <= high + SAME_U:
                raise ValueError(
                    f"Step {step} chose '{names[index]}', whose share is {low:.4f} to {high:.4f}, and u is {u:.4f}."
                )

    def _make_needle(self) -> None:
        self.needle = Shapes([(ACCENT, 1.0)])
        self.u_name = Label("u =", size=LABEL, color=ACCENT)
        self.u_number = Figures(3, LABEL, ACCENT)
        self.u_name_lift, self.u_name_half = self.u_name.get_center()[1] - baseline(self.u_name), self.u_name.width / 2
        self.u_name_room, self.u_number_room = self.u_name.width + GAP / 2, figure_width("0.000", LABEL)

    def _make_text(self, prompt: Sequence[int]) -> None:
        """Every symbol that will ever be in the text, and where it stands in it."""
        indices = [*(int(i) for i in prompt), *(int(i) for i in self.chosen)]
        self.prompt_length = len(prompt)
        x, line = 0.0, 0
        self.letters, self.places = VGroup(), []
        for number, index in enumerate(indices):
            symbol = self.symbols[index]
            if x + text_width(symbol, LARGE) > self.width_of_strip:
                x, line = 0.0, line + 1
            if line == MOST_LINES:
                raise ValueError(
                    f"The text is {len(indices)} symbols long, and only {number} fit in {MOST_LINES} lines."
                )
            color = DIM if symbol.strip("".join(VISIBLE.values())) == "" else INK
            label = Label(symbol, size=LARGE, color=color)
            height = label.get_center()[1] - baseline(label) - line * LINE_STEP
            self.places.append(np.array([x + text_width(symbol, LARGE) / 2, height, 0]))
            self.letters.add(label)
            x += text_width(symbol, LARGE)
        self.text_lines = line + 1

    def _arrange(self, seed: int) -> None:
        """Text on top, distribution, then the strip of shares from 0 to 1 with room for the needle; the seed below."""
        half = self.width_of_strip / 2
        top = self.chart.get_top()[1] + GROUP_GAP + (self.text_lines - 1) * LINE_STEP
        self.places = [place + (-half, top, 0) for place in self.places]
        self.strip_top = self.chart.get_bottom()[1] - NEEDLE - 2 * GAP - 0.15
        self.seed_name = Label(f"sampler seed {seed}", size=SMALL, color=DIM)
        self.end_names = VGroup(*(Number(end, decimals=0, size=SMALL, color=DIM) for end in (0, 1)))
        for name, x in zip(self.end_names, (-half, half), strict=True):
            name.move_to((x, self.strip_top - STRIP_HEIGHT - GAP, 0.0), aligned_edge=UP)
        self.seed_name.move_to((0.0, self.strip_top - STRIP_HEIGHT - GAP, 0.0), aligned_edge=UP)

    def _put_letter(self, index: int, arrived: float) -> None:
        """Draw a letter of the text on its way from its share of the strip, 0, to its place in the text, 1."""
        label, frame = self.letters[index], self.strip.frame
        place = frame.out(self.places[index])
        if arrived < 1:
            step = index - self.prompt_length
            x = (
                self.probability[step, : self.chosen[step]].sum() + self.probability[step, self.chosen[step]] / 2
            ) - 0.5
            start = frame.out(np.array([x * self.width_of_strip, self.strip_top - STRIP_HEIGHT / 2, 0]))
            place = (1 - arrived) * start + arrived * place
        label.move_to(place)

    def draw_step(self, step: int, share: float) -> None:
        """Draw one instant of a step, from 0 to 1; the state before the step is that of ``set_step``."""
        there, reached, arrived = STAGES
        following = self.probability[min(step + 1, len(self.chosen) - 1)]
        flown = min(max((share - reached) / (arrived - reached), 0.0), 1.0)
        self._put_letter(self.prompt_length + step, smooth(flown))
        self.letters[self.prompt_length + step].set_fill(opacity=float(flown > 0))
        late = max(0.0, (share - arrived) / (1 - arrived))
        drawn = (1 - late) * self.probability[step] + late * following
        hop = min(max((share - there) / (reached - there), 0.0), 1.0)
        marked = self._candidate(step, hop) if there < share and late == 0 else None
        self._draw(drawn, marked, float(self.u[step]), min(share / there, 1.0) * (1 - late))

    def _draw(self, shares: np.ndarray, marked: int | None, u: float, needle: float) -> None:
        self.chart.marked = marked
        self.chart.set_values(shares)
        self._draw_strip(shares, marked)
        self._draw_needle(u, needle)

    def _candidate(self, step: int, hop: float) -> int:
        """On what share the highlight stands: it goes from 0 to u, and ends on the symbol that was chosen."""
        if hop >= 1:
            return int(self.chosen[step])
        reached = int(np.searchsorted(self.probability[step].cumsum(), hop * self.u[step], side="right"))
        return min(reached, int(self.chosen[step]))

    def _draw_strip(self, shares: np.ndarray, marked: int | None) -> None:
        """The shares end to end from 0 to 1; a name stands on those that are wide enough for it."""
        ends = (shares.cumsum() / shares.sum() - 0.5) * self.width_of_strip
        starts = np.concatenate([[-self.width_of_strip / 2], ends[:-1]])
        low = np.stack([starts, np.full_like(ends, self.strip_top - STRIP_HEIGHT), np.zeros_like(ends)], axis=1)
        high = np.stack([ends, np.full_like(ends, self.strip_top), np.zeros_like(ends)], axis=1)
        style = np.arange(len(shares)) % 2
        if marked is not None:
            style[marked] = MARKED
        self.strip.place(rectangles(low, high), style)
        frame, line = self.strip.frame, self.strip_top - STRIP_HEIGHT / 2 - MIDDLE_EM * SMALL * UNITS_PER_EM
        for label, lift, room, left, right in zip(
            self.strip_names, self.strip_lifts, self.strip_rooms, starts, ends, strict=True
        ):
            label.move_to(frame.out(np.array([(left + right) / 2, line + lift, 0])))
            label.set_fill(opacity=float(right - left >= room))

    def _draw_needle(self, u: float, opacity: float) -> None:
        """A line that ends in a point on the strip at u, with the number beside it."""
        x, foot, top = (u - 0.5) * self.width_of_strip, self.strip_top, self.strip_top + NEEDLE
        line = rectangles(np.array([[x - HALF_LINE, foot, 0]]), np.array([[x + HALF_LINE, top, 0]]))
        corners = [[x, foot], [x + HEAD / 2, foot + HEAD], [x, foot + HEAD], [x - HEAD / 2, foot + HEAD]]
        head = polygons(np.array([[(*corner, 0.0) for corner in corners]]))
        self.needle.place(np.concatenate([line, head]), np.zeros(2, dtype=int)).set_fill(opacity=opacity)
        left = u > TURN
        side, number_x = (1.0, x - GAP / 2) if left else (0.0, x + GAP / 2 + self.u_name_room)
        frame, middle = self.strip.frame, top - 0.08
        self.u_number.write(np.array([u]), np.array([[number_x, middle, 0]]), np.array([side]), frame)
        name_x = number_x - self.u_name_room - (self.u_number_room if left else 0)
        lift = middle - MIDDLE_EM * LABEL * UNITS_PER_EM + self.u_name_lift
        self.u_name.move_to(frame.out(np.array([name_x + self.u_name_half, lift, 0])))
        for part in (self.u_name, self.u_number):
            part.set_fill(opacity=opacity)


class SampleStep(Animation):
    """One step of a sample loop: the needle comes to u, the highlight hops to it from 0, the symbol flies to the text,
    and the distribution of the next step takes the place of this one."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, loop: SampleLoop, step: int, **kwargs: Any) -> None:
        self.loop, self.number = loop, step
        super().__init__(loop, **kwargs)

    def begin(self) -> None:
        self.loop.set_step(self.number)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.loop.draw_step(self.number, self.rate_func(alpha))
