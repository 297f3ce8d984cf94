"""LossSurface: the real training loss on the plane through the last weights that holds most of the training path."""

from manim import DOWN, UP

from scenes.base import TensorScene
from scenes.kit.loss_surface import LossSurface
from scenes.kit.typeset import Words
from scenes.theme import DIM, LARGE, MARGIN, REST, SMALL


class TrainingRollsIntoAValley(TensorScene):
    """The ball is at the true loss of each saved step; the sheet is a slice, so the two need not agree."""

    needs = ("digit_surface",)

    def construct(self) -> None:
        data = self.assets["digit_surface"]
        title = Words("Training rolls into a valley of the loss", size=LARGE).to_edge(UP, buff=MARGIN)
        surface = LossSurface(data["loss"], data["x"], data["y"], log=True).explain(data["explained"])
        note = Words("the ball is at the true loss of its step, the sheet is a slice", SMALL, DIM).next_to(title, DOWN)
        path = surface.shift(UP * 0.1).add_path(data["path"], data["path_loss"])
        self.open(title, surface, note, asset="digit_surface")
        self.play(surface.roll(path), run_time=3.5)
        self.play(surface.turn(azimuth=-0.6), run_time=2)
        self.wait(REST)
