"""The gallery's example of a MatVec."""

from manim import UP

from scenes.base import TensorScene
from scenes.kit.mat_vec import MatVec
from scenes.kit.typeset import Words
from scenes.theme import BODY, LABEL, LARGE, REST


class EachSumUsesAWholeRow(TensorScene):
    """The second layer's weights times the activations of the first, on one test digit."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        lead, shown = int(forward["lead"]), [0, 1, 2, 3, 15]
        sums = forward["z2"][lead] - net["b2"]  # (16,), what the model computed, without the biases
        product = MatVec(net["w2"], forward["a1"][lead], sums, (shown, shown), size=BODY)
        product.label("16 × 16 weights", "16 activations", "16 sums", size=LABEL)
        title = Words("Each sum uses a whole row of weights", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, product, asset="digit_forward")
        self.play(product.row(0))
        self.play(product.row(1), run_time=1.6)
        self.play(product.others())
        self.wait(REST)
