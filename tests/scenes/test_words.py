"""A scene waits for words of its line, and lets values be heard."""

import pytest

from assets.store import Assets
from scenes.base import Chime, TensorScene
from scenes.narration import SceneError

WORDS = {"see": [("Here", 0.0), ("is", 0.3), ("a", 0.44), ("dot,", 0.5), ("a", 0.9), ("Dot.", 1.0), ("<end>", 1.0)]}


@pytest.fixture
def run(play):
    def made(construct, words=WORDS):
        class Spoken(TensorScene):
            def __init__(self, **kwargs):
                super().__init__(words=words, **kwargs)

        Spoken.construct = construct
        return play(Spoken, Assets({}), ("see",))

    return made


def test_the_picture_is_held_until_the_word_begins(run):
    ticks = []

    def construct(self):
        self.wait(1)
        with self.say("see"):
            for word in ("is", "dot", "end"):
                self.at(word)
                ticks.append(self.ticks)

    scene = run(construct)
    assert ticks == [15 + 4, 15 + 8, 15 + 15]  # 0.3, 0.5 and 1 s, to the nearest 1/15 s
    assert scene.heeded == {"see"}


def test_a_word_that_has_begun_is_not_waited_for(run):
    def construct(self):
        with self.say("see"):
            self.wait(0.8)
            before = self.ticks
            self.at("dot")
            assert self.ticks == before

    run(construct)


def test_where_no_word_times_are_known_nothing_is_waited_for(run):
    def construct(self):
        with self.say("see"):
            self.at("anything")
            assert self.ticks == 0

    run(construct, words={})


def test_a_word_that_the_line_does_not_say_is_named_with_the_nearest(run):
    def construct(self):
        with self.say("see"):
            self.at("dots")

    with pytest.raises(SceneError) as raised:
        run(construct)
    assert str(raised.value) == (
        "Scene Spoken waits for the word 'dots', and the line 'see' does not say it; write <dots> before the word that "
        "is meant. Did you mean 'dot'?"
    )


def test_a_word_is_found_without_its_signs_and_a_number_as_it_is_written(run):
    words = {"see": [("Don't", 0.2), ("Größer,", 0.4), ("twenty-eight", 0.6), ("(so)", 0.8), ("<13,002>", 1.0)]}
    ticks = []

    def construct(self):
        with self.say("see"):
            for word in ("don’t", "größer", "Twenty-eight", "so", "13,002"):
                self.at(word)
                ticks.append(self.ticks)

    run(construct, words=words)
    assert ticks == [3, 6, 9, 12, 15]


def test_a_word_outside_of_a_line_is_refused(run):
    with pytest.raises(SceneError, match=r"^Scene Spoken waits for the word 'dot' while nothing is being spoken\.$"):
        run(lambda self: self.at("dot"))


def test_values_are_heard_one_after_the_other_from_now_on(run):
    def construct(self):
        self.wait(1)
        self.chime([0.1, 1.0], after_s=0.2)
        with self.say("see"):
            pass

    assert run(construct).chimes == [Chime(15, 0.2, 0.1), Chime(15, 0.25, 1.0)]


def test_a_value_that_has_no_pitch_is_refused(run):
    with pytest.raises(SceneError, match="Scene Spoken lets 1.5 be heard; pitches stand for 0 to 1."):
        run(lambda self: self.chime([0.2, 1.5]))
