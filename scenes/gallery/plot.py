"""Gallery: plots of a real training run, of its weights, and of the cost along one of them."""

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, ValueTracker

from scenes.base import TensorScene
from scenes.kit.plot import Plot, histogram_plot
from scenes.kit.plot_heat import HeatMap
from scenes.kit.plot_side import SideHistogram
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LARGE, REST


class PlotOfALoss(TensorScene):
    """The training cost of every checkpoint on a log axis, read by a cursor, then its first steps."""

    needs = ("digit_net",)

    def construct(self) -> None:
        steps, loss = self.assets["digit_net"]["steps"], self.assets["digit_net"]["loss_steps"]
        title = Words("A log axis shows that the cost is still falling", size=LARGE).to_edge(UP, buff=0.38)
        plot = Plot(steps, loss, 9.4, names=("training step", "cost"), log="y").shift(0.2 * DOWN + 0.6 * LEFT)
        self.open(title, plot, asset="digit_net")
        curve = plot.curve(steps, loss, name="training digits")
        self.play(curve.grow())
        step = ValueTracker(steps[-1])
        self.play(FadeIn(plot.cursor(curve, step)), run_time=BEAT)
        self.play(step.animate.set_value(300), run_time=3 * BEAT)
        self.play(plot.zoom(x=(0, 1000), y=(0.2, 5)))
        self.wait(REST)


class WeightsSpreadAsTheCostFalls(TensorScene):
    """All first-layer weights before and after training, beside the path of training over the real cost."""

    needs = ("digit_net", "digit_surface")

    def construct(self) -> None:
        net, surface = self.assets["digit_net"], self.assets["digit_surface"]
        title = Words("As the cost falls, the weights spread out", size=LARGE).to_edge(UP, buff=0.38)
        before, after = (net["w1_steps"][step].ravel() for step in (0, -1))
        limit = np.ceil(5 * max(np.abs(before).max(), np.abs(after).max())) / 5
        names = ("first-layer weight", "weights")
        plot, bars = histogram_plot(before, np.linspace(-limit, limit, 33), width=4.9, height=3.9, names=names)
        directions = ("along the path", "across it", "$log_10$ cost")
        cost = HeatMap(np.log10(surface["loss"]), surface["x"], surface["y"], 3.9, 3.9, directions)
        self.open(title, plot.move_to(3.5 * LEFT), cost.move_to(3.3 * RIGHT).align_to(plot, UP), asset="digit_net")
        self.play(cost.curve(*surface["path"].T).grow())
        self.play(bars.change(after))
        self.wait(REST)


class ActivationsStandOnTheirSide(TensorScene):
    """The activations of both hidden layers for ten digits, counted along the axis on which they lie."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        held = np.concatenate([forward[name].ravel() for name in ("a1", "a2")]) / forward["activation_max"]
        edges = np.linspace(0, 1, 21)
        most = np.histogram(held, edges)[0].max()
        title = Words("A histogram may stand on its side", size=LARGE).to_edge(UP, buff=0.38)
        plot = Plot([0, most], [0, 1], 8.4, 4.2, ("how many", "activation, as a share of the largest"))
        self.open(title, plot.shift(0.1 * DOWN), asset="digit_forward")
        bars = SideHistogram(plot.axes, held, edges)
        plot.drawn.add(bars)
        self.play(bars.grow(run_time=2 * BEAT))
        self.wait(REST)
