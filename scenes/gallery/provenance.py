"""Gallery: the badge that says where the numbers of a picture were read from."""

import numpy as np
from manim import DOWN, UP, FadeIn, FadeOut, Group

from scenes.base import TensorScene
from scenes.kit.letters import Label
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.provenance import Provenance, tensor_line
from scenes.kit.typeset import Words
from scenes.theme import BEAT, DIM, LABEL, LARGE, REST


class EveryPictureNamesItsNumbers(TensorScene):
    """Three digits, the slice that each was read from with its digest, and the badge of all three."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        images = forward["images"]  # (10, 28, 28)
        title = Words("Every picture names the numbers it was drawn from", size=LARGE).to_edge(UP, buff=0.38)
        grids = Group(*(PixelGrid(images[digit], height=3.4) for digit in (3, 6, 8))).arrange(buff=0.9)
        lines = [Label(tensor_line("images", images, (digit,)), LABEL, DIM) for digit in (3, 6, 8)]
        captions = [line.next_to(grid, DOWN, buff=0.3) for line, grid in zip(lines, grids, strict=True)]
        self.open(title, grids, asset="digit_forward")
        self.play(*map(FadeIn, captions), run_time=BEAT)
        badge = Provenance(forward.provenance, "images", images, (np.array([3, 6, 8]),))
        self.play(FadeOut(self.badge), FadeIn(badge), run_time=BEAT)
        self.wait(REST)
