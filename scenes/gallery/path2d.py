"""Gallery: gradient descent of one neuron from two hundred starts at once."""

import numpy as np
from manim import UP, linear

from scenes.base import TensorScene
from scenes.kit.axes import PlotAxes
from scenes.kit.field2d import Field2D
from scenes.kit.path2d import Path2D
from scenes.kit.ticks import Scale
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, DIM, LARGE, REST


class DownhillFromManyStarts(TensorScene):
    """Two hundred pairs of weight and bias take 24 real steps down the gradient that the arrows show."""

    needs = ("neuron_descent",)

    def construct(self) -> None:
        given = self.assets["neuron_descent"]
        w, b, steps = given["w"][::2], given["b"][::2], given["paths"][:25]  # (16,), (13,), (step, path, 2)
        title = Words("From 200 starts, downhill leads into one valley", size=LARGE).to_edge(UP, buff=0.38)
        axes = (
            PlotAxes((Scale(-6.5, 9.5), Scale(-6.5, 6.5)), (10.4, 4.8), ("weight", "bias"), grid=False)
            .center()
            .shift((0, -0.15, 0))
        )
        field = Field2D(-given["gradient"][::2, ::2], w, b, color=DIM)
        paths = Path2D(steps, (-6.0, 9.0), (-6.0, 6.0), tail=4, radius=0.04, colors=(ACCENT,))
        for part in (field, paths):
            part.lay_on(lambda x, y: axes.frame.out(axes.local(np.array([[x, y]])))[0])
        self.open(title, axes, field, paths, asset="neuron_descent")
        self.play(paths.travel(rate_func=linear), run_time=5)
        self.wait(REST)
