"""Gallery: attention between eight digits, from scores to weights, as dots and as written numbers."""

from manim import UP, FadeIn

from scenes.base import TensorScene
from scenes.kit.attention_grid import AttentionGrid
from scenes.kit.typeset import Words
from scenes.theme import BEAT, DIM, LABEL, LARGE, REST


class ScoresBecomeAttention(TensorScene):
    """Scores, the causal mask, the softmax of each row; then one query alone."""

    needs = ("digit_pattern",)

    def construct(self) -> None:
        given = self.assets["digit_pattern"]
        title = Words("Each digit attends to digits of its own kind", size=LARGE).to_edge(UP, buff=0.38)
        dots = AttentionGrid(given["scores"], given["images"], height=4.2, scores=True).move_to((-3.5, 0.25, 0))
        written = AttentionGrid(given["scores"], given["images"], height=4.2, scores=True, decimals=2)
        self.open(title, dots, written.move_to((3.5, 0.25, 0)), asset="digit_pattern")
        self.play(dots.mask(), written.mask(), run_time=1.5 * BEAT)
        self.play(dots.softmax(given["pattern"]), written.softmax(given["pattern"]), run_time=3 * BEAT)
        note = Words("queries and keys are real activations; nothing was trained to attend", size=LABEL, color=DIM)
        self.play(dots.highlight(query=6), written.highlight(query=6), FadeIn(note.move_to((0, -2.75, 0))))
        self.wait(REST)
