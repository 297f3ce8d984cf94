"""Gallery: a digit that comes apart into a column of numbers, and the weights of sixteen neurons as pictures."""

import numpy as np
from manim import LEFT, RIGHT, UP, FadeIn, Group

from scenes.base import TensorScene
from scenes.kit.number import NumberField
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, DIM, INK, LABEL, LARGE, LINE, NEGATIVE, POSITIVE, REST


class PictureAsColumn(TensorScene):
    """Sixteen neighbouring pixels leave the picture as a column; the other entries are at the dots."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        image, shown = self.assets["digit_forward"]["images"][6], 14 * 28 + np.arange(6, 22)  # (28, 28), (16,)
        title = Words("A picture is one long column of numbers", size=LARGE).to_edge(UP, buff=0.38)
        picture, pieces = (PixelGrid(image, height=5.3).move_to((-3.0, -0.1, 0)) for _ in range(2))
        self.open(title, picture, asset="digit_forward")
        self.play(pieces.come_apart(), run_time=BEAT)
        box = picture.outline(14, 6, columns=16, stroke_color=ACCENT, stroke_width=LINE)
        self.play(pieces.to_circles(), FadeIn(box), run_time=BEAT)
        self.play(pieces.to_column(5.7, shown, at=np.array([2.7, -0.1, 0])), run_time=2.5 * BEAT)
        beside = pieces.piece_places()[shown] + 0.65 * RIGHT
        text = Words(f"{len(shown)} of {image.size}", size=LABEL, color=DIM).move_to((4.9, -0.1, 0))
        self.play(FadeIn(NumberField(image.ravel()[shown], beside, 2, 0.17, INK)), FadeIn(text), run_time=BEAT)
        self.wait(REST)


class WeightsOfSixteenNeurons(TensorScene):
    """Each square is the 784 weights into one neuron, from the first step to the last, all on one scale."""

    needs = ("digit_net",)

    def construct(self) -> None:
        steps = self.assets["digit_net"]["w1_steps"].reshape(-1, 16, 28, 28)  # (step, neuron, row, column)
        title = Words("Training writes into the weights of sixteen neurons", size=LARGE).to_edge(UP, buff=0.38)
        limit, still = float(np.abs(steps).max()), int((steps == steps[0]).all(axis=(0, 1)).sum())
        grids = Group(*(PixelGrid(weights, 1.5, signed=True, limit=limit) for weights in steps[0]))
        grids.arrange_in_grid(2, 8, buff=0.2).shift(0.75 * UP)
        note = Words(
            f"{still} pixels at the rim are never lit: their weights stay as they began", size=LABEL, color=DIM
        )
        self.open(title, grids, self.legend(limit), asset="digit_net")
        for step in (3, 6, 12, 23):
            self.play(*(grid.change(after) for grid, after in zip(grids, steps[step], strict=True)), run_time=BEAT)
        self.play(FadeIn(note.move_to((0, -2.45, 0))), run_time=BEAT)
        self.wait(REST)

    def legend(self, limit: float) -> Group:
        """The colours from the largest negative weight to the largest positive one."""
        bar = PixelGrid(np.linspace(-limit, limit, 81)[None], 0.05, signed=True).stretch_to_fit_height(0.18)
        below = Words("pushes down", size=LABEL, color=NEGATIVE).next_to(bar, LEFT, buff=0.3)
        above = Words("pushes up", size=LABEL, color=POSITIVE).next_to(bar, RIGHT, buff=0.3)
        return Group(below, bar, above).move_to((0, -1.6, 0))
