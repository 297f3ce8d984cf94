"""Gallery: eight digits in a row, and how strongly each one attends to the others."""

import numpy as np
from manim import DOWN, UP

from scenes.base import TensorScene
from scenes.kit.token_row import TokenRow
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LARGE, REST


class DigitsAttendToTheirOwnKind(TensorScene):
    """All pairs as arcs, then the digit that attends least to itself, and most to another picture of its kind."""

    needs = ("digit_pattern",)

    def construct(self) -> None:
        given = self.assets["digit_pattern"]
        weights = given["full"]  # (8, 8): query, key
        query = int(np.argmin(np.diag(weights)))
        title = Words("A digit attends to digits of its own kind", size=LARGE).to_edge(UP, buff=0.38)
        row = TokenRow(list(given["images"]), weights, arc_height=1.7).scale(1.55).shift(DOWN * 0.3)
        self.open(title, row, asset="digit_pattern")
        self.play(row.flash(run_time=2.5 * BEAT))
        alone = np.where(np.arange(len(weights))[:, None] == query, weights, 0)
        self.play(row.change(alone), row.highlight(query), run_time=1.5 * BEAT)
        self.play(row.change_numbers(weights[query]), run_time=BEAT)
        self.play(row.flash(run_time=2 * BEAT))
        self.wait(REST)
