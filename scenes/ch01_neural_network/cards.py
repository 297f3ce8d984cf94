"""Chapter 1: the title card with ten real digits, and the end card with what everything was drawn from."""

from itertools import pairwise

from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, FadeIn, Group, LaggedStart, VGroup

from scenes.base import TensorScene
from scenes.chapters import CHAPTERS
from scenes.kit.number import Number, share_baseline
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words, escape
from scenes.theme import BEAT, BODY, DIM, GAP, GROUP_GAP, HUGE, LABEL, LARGE

CHAPTER = CHAPTERS[0]
DIGIT = 0.92  # height of a picture
ROW_GAP, COLUMN_GAP = 0.36, 0.5
LICENCES = {"bundled": "CC BY 4.0", "mnist": "CC BY-SA 3.0"}
TOOLS = "PyTorch, Manim, Typst, FFmpeg"


class TenDigitsToRead(TensorScene):
    """The chapter's title above one test digit of each class, and under each what the network reads in it."""

    needs = ("digit_forward",)

    def construct(self) -> None:
        forward = self.assets["digit_forward"]
        number = Words(f"Chapter {CHAPTER.number}", size=LABEL, color=DIM)
        title = Words(escape(CHAPTER.title), size=HUGE)
        self.digits = Group(*(PixelGrid(image, height=DIGIT) for image in forward["images"])).arrange(buff=GAP)
        promise = Words("Every number in this film was read from a real tensor.", size=BODY, color=DIM)
        Group(number, title, self.digits, promise).arrange(DOWN, buff=GROUP_GAP)
        promise.shift(DOWN * 0.5)
        self.answers = VGroup(
            *(
                Number(answer, decimals=0, size=BODY).next_to(digit, DOWN, buff=GAP)
                for answer, digit in zip(forward["a3"].argmax(axis=1), self.digits, strict=True)  # (example,)
            )
        )
        with self.say("welcome"):
            self.open(number, title, asset="digit_forward")
            self.arrive([FadeIn(digit, shift=UP * 0.15) for digit in self.digits], 0.2)
            self.at("network")
            self.arrive([FadeIn(answer, shift=DOWN * 0.15) for answer in self.answers], 0.45)
            self.at("number")
            self.play(FadeIn(promise), run_time=BEAT)
        self.close()

    def arrive(self, entries: list[FadeIn], share: float) -> None:
        """One after the other, within a share of what is left of the line, and no faster than the eye."""
        self.play(LaggedStart(*entries, lag_ratio=0.4), run_time=max(share * self.left(), 3 * BEAT))


class ReadFromTrainedNetworks(TensorScene):
    """What the film was drawn from: the networks, the data with their licence, the tools, and how to draw another."""

    needs = ("digit_net", "trained_networks", "vowel_sound")

    def construct(self) -> None:
        facts, count = self.assets["digit_net"].provenance, self.assets["trained_networks"]
        claim = f"{int(count['total'])} networks were trained for this film"
        title = Words(claim, size=LARGE).to_edge(UP, buff=0.38)
        rows = {
            "network": (
                "most of it",
                f"{facts['model']}, trained for {facts['step']:,} steps with seed {facts['seed']}",
            ),
            "others": ("beside it", f"{int(count['others'])} other networks, each trained to compare"),
            "data": ("the data", facts["data_source"]),
            "licence": ("their licence", LICENCES[facts["data"]]),
            "formula": ("the sound", f"a formula with the {self.assets['vowel_sound'].provenance['data']}"),
            "tools": ("made with", TOOLS),
            "change": ("another film", f"the same, rendered with --set digits.seed={facts['seed'] + 1}"),
        }
        self.rows = VGroup(*(self.row(name, text) for name, text in rows.values()))
        for above, row in pairwise(self.rows):
            row.shift(UP * (above.get_bottom()[1] - ROW_GAP - row.get_top()[1]))
        self.rows.center()
        with self.say("sources"):
            self.open(title, asset="digit_net")
            for word, row in zip(rows, self.rows, strict=True):
                self.at(word)
                self.play(FadeIn(row, shift=RIGHT * 0.2), run_time=BEAT)
        self.close()

    def row(self, name: str, text: str) -> VGroup:
        """A dim name, and to its right what it names, their first lines on one baseline."""
        written = [Words(escape(line), size=BODY) for line in split(text)]
        lines = VGroup(*written).arrange(DOWN, buff=0.16, aligned_edge=LEFT).next_to(ORIGIN, RIGHT, buff=0)
        label = Words(escape(name), size=BODY, color=DIM).next_to(ORIGIN, LEFT, buff=COLUMN_GAP)
        return VGroup(share_baseline(label, written[0]), lines)


def split(text: str, width: int = 62) -> list[str]:
    """Lines of at most ``width`` characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
