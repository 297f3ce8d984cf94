"""Gallery: one output of the digit network as a computation, with the gradients that come back through it."""

import numpy as np
from manim import DOWN, UP, FadeIn

from scenes.base import TensorScene
from scenes.kit.comp_graph import CompGraph, PathProduct
from scenes.kit.typeset import Words
from scenes.theme import BEAT, DIM, LABEL, LARGE, REST

SYMBOLS = ("$w$", "$a$", "$w a$", "$r$", "$z$", "$hat(y)$", "$y$", "$C$")
EDGES = ((0, 2), (1, 2), (2, 4), (3, 4), (4, 5), (5, 7), (6, 7))
PATH = (0, 2, 4, 5, 7)


class GradientsComeBackThroughTheGraph(TensorScene):
    """Values below the nodes, local derivatives on the edges, gradients above; then the product along one path."""

    needs = ("digit_backward",)

    def construct(self) -> None:
        w, a, _, _, _, out, target, _ = value = self.assets["digit_backward"]["value"].astype(float)  # (8,)
        local = np.array([a, w, 1, 1, out * (1 - out), 2 * (out - target), 2 * (target - out)])  # (7,)
        gradient = self.assets["digit_backward"]["gradient"]  # (8,)
        title = Words("A gradient is a product along the path back", size=LARGE).to_edge(UP, buff=0.38)
        graph = CompGraph(SYMBOLS, EDGES, value, local=local, gradients=gradient, tolerance=1e-3).shift(UP * 0.1)
        key = Words("above a node: gradient of $C$, below: value, $r$: the rest of $z$", size=LABEL, color=DIM)
        self.open(title, graph, key.next_to(title, DOWN, buff=0.3), asset="digit_backward")
        self.play(graph.backward(run_time=5 * BEAT))
        product = PathProduct(local[graph.edges_of(PATH)]).next_to(graph, DOWN, buff=0.55)
        self.play(graph.highlight(PATH), FadeIn(product), run_time=BEAT)
        self.wait(REST)
