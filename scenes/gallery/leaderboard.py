"""Gallery: which letters come most often after one letter, and after another."""

from manim import DOWN, UP, FadeIn, FadeOut, smooth, squish_rate_func

from scenes.base import TensorScene
from scenes.kit.leaderboard import Leaderboard
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, LARGE, REST

FIRST_HALF, SECOND_HALF = squish_rate_func(smooth, 0, 0.5), squish_rate_func(smooth, 0.5, 1)


class EachLetterHasOtherFollowers(TensorScene):
    """The eight likeliest letters after t, after e and after n in the bigrams of a page of text."""

    needs = ("letter_model",)

    def construct(self) -> None:
        model = self.assets["letter_model"]
        letters = [chr(code).replace(" ", "␣") for code in model["letters"]]  # (27,)
        after = {letter: model["probability"][letters.index(letter)] for letter in "ten"}  # (27,) each
        title = Words("Each letter has other followers", size=LARGE).to_edge(UP, buff=0.38)
        board = Leaderboard(after["t"], letters, top=8, limit=0.3, width=6.5).shift(DOWN * 0.55)
        heads = [Words(f"after #emph[{letter}]", color=ACCENT).next_to(board, UP, buff=0.3) for letter in "ten"]
        self.open(title, board, heads[0], asset="letter_model")
        for old, new, letter in zip(heads[:-1], heads[1:], "en", strict=True):
            leaves, comes = FadeOut(old, rate_func=FIRST_HALF), FadeIn(new, rate_func=SECOND_HALF)
            self.play(board.change(after[letter]), leaves, comes, run_time=2.5 * BEAT)
            self.wait(REST)
