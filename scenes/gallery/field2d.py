"""Gallery: the negative gradient of one neuron's cost as a field of arrows."""

import numpy as np
from manim import UP

from scenes.base import TensorScene
from scenes.kit.axes import PlotAxes
from scenes.kit.field2d import Field2D
from scenes.kit.ticks import Scale
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LARGE, REST


class DownhillEverywhere(TensorScene):
    """At each pair of weight and bias an arrow points downhill, longer where it is steeper."""

    needs = ("neuron_descent",)

    def construct(self) -> None:
        given = self.assets["neuron_descent"]
        w, b, downhill = given["w"][::2], given["b"][::2], -given["gradient"][::2, ::2]  # (16,), (13,), (13, 16, 2)
        title = Words("Every place has its own way downhill", size=LARGE).to_edge(UP, buff=0.38)
        axes = (
            PlotAxes((Scale(-6.5, 9.5), Scale(-6.5, 6.5)), (10.4, 4.8), ("weight", "bias"), grid=False)
            .center()
            .shift((0, -0.15, 0))
        )
        field = Field2D(np.zeros_like(downhill), w, b, cap=float(np.linalg.norm(downhill, axis=-1).max()))
        field.lay_on(lambda x, y: axes.frame.out(axes.local(np.array([[x, y]])))[0])
        self.open(title, axes, field, asset="neuron_descent")
        self.play(field.change(downhill), run_time=2.5 * BEAT)
        self.wait(REST)
