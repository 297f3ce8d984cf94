"""Chapter 1, beat 15: sound, too, is hoped to be read part by part, and here the parts are known."""

from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, Dot, FadeIn, LaggedStart, Line, VGroup

from assets.store import Asset
from scenes.base import TensorScene
from scenes.kit.axes import PlotAxes
from scenes.kit.number import Number, share_baseline
from scenes.kit.plot_curve import Curve
from scenes.kit.plot_heat import HeatMap
from scenes.kit.plot_marks import Dots
from scenes.kit.ticks import Scale
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BEAT, BODY, DIM, HAIRLINE, INK, LABEL, LARGE, POSITIVE, STAGGER, SYMBOLS

WIDTH = 9.4
LEFT_X, NAMES_X = -5.0, -6.1
PICTURE_HEIGHT, WAVE_HEIGHT = 2.55, 0.8
PICTURE_TOP, WAVE_TOP = 1.25, -1.95
SOUNDS_Y, WORDS_Y, ROWS_X = 1.45, 2.3, 5.6
ALONE = 2.3  # upwards, while the wave is all there is
KEY_X, KEY_Y = -0.2, -3.4
KILO = 1000.0
WORDS_SAID = ("I", "owe", "you")  # what the pairs of vowels spell, in the order of the recipe
PLANTED = SYMBOLS[1]


class Heard(Words):
    """A sound as it is written down; it is in no dictionary."""

    to_spell = False


class SoundIsMadeOfParts(TensorScene):
    """From air pressure to resonances to vowels to words: parts that a formula put in are found in its spectrogram."""

    needs = ("vowel_sound",)

    def construct(self) -> None:
        sound = self.assets["vowel_sound"]
        title = Words("Sound is made of parts as well", size=LARGE).to_edge(UP, buff=0.38)
        self.make_picture(sound)
        self.make_wave(sound)
        self.name_rows()
        with self.say("hope"):
            wave = VGroup(self.plot, self.rows["wave"], self.rows["time"]).shift(UP * ALONE)
            self.open(title, wave, asset="vowel_sound")
            self.play(self.wave.grow(run_time=2 * BEAT))
            self.at("sounds")
            self.play(VGroup(wave, self.wave).animate.shift(DOWN * ALONE), run_time=BEAT)
            self.play(FadeIn(self.picture), FadeIn(self.rows["picture"]), FadeIn(self.rows["scale"]), run_time=BEAT)
            self.play(self.name_sounds(sound), FadeIn(self.rows["sounds"]))
            self.at("words")
            self.play(*self.name_words(sound), FadeIn(self.rows["words"]), run_time=BEAT)
        with self.say("formula"):
            self.at("formula")
            self.play(LaggedStart(*(line.grow(run_time=BEAT) for line in self.planted), lag_ratio=0.15))
            self.show_planted_key()
            self.at("picture")
            self.show_found(sound)
        self.close()

    def make_picture(self, sound: Asset) -> None:
        """The spectrogram (frequency, frame) with lines where the formula put its tones."""
        stft, kilohertz = sound["stft"].astype(float).T, sound["hertz"].astype(float) / KILO
        style: dict[str, Any] = {"width": WIDTH, "height": PICTURE_HEIGHT}
        self.picture = HeatMap(stft, sound["seconds"], kilohertz, limits=(float(np.floor(stft.min())), 0.0), **style)
        corner = self.picture.axes.frame.out(np.array([0, PICTURE_HEIGHT, 0.0]))
        self.picture.shift(np.array([LEFT_X, PICTURE_TOP, 0]) - corner)
        self.planted: list[Curve] = []
        for start, end, tones in zip(sound["start_s"], sound["end_s"], sound["planted"], strict=True):
            for hertz in tones:
                height = np.full(2, hertz / KILO)
                self.planted.append(Curve(self.picture.axes, np.stack([(start, end), height], axis=1), color=PLANTED))

    def make_wave(self, sound: Asset) -> None:
        """The air pressure over the same seconds, a stroke from the lowest to the highest sample of each piece."""
        ends = np.stack([sound["wave_low"], sound["wave_high"]], axis=1).reshape(-1)  # (2 piece,)
        self.plot = PlotAxes((self.picture.axes.x.shown, Scale(-1, 1)), (WIDTH, WAVE_HEIGHT))
        self.plot.shift(np.array([LEFT_X, WAVE_TOP - WAVE_HEIGHT, 0]) - self.plot.frame.out(np.zeros(3)))
        self.wave = Curve(self.plot, np.stack([np.repeat(sound["wave_s"], 2), ends], axis=1), color=POSITIVE)

    def name_rows(self) -> None:
        """What each row of the picture shows, beside it."""
        middle = WAVE_TOP - WAVE_HEIGHT / 2, PICTURE_TOP - PICTURE_HEIGHT / 2
        places = {
            "wave": ("air \\ pressure", NAMES_X, middle[0]),
            "picture": ("kHz", NAMES_X, middle[1]),
            "sounds": ("sounds", ROWS_X, SOUNDS_Y + 0.1),
            "words": ("words", ROWS_X, WORDS_Y + 0.1),
        }
        places["time"] = ("seconds", LEFT_X + WIDTH + 0.75, WAVE_TOP - WAVE_HEIGHT - 0.3)
        places["scale"] = ("dB", float(self.picture.bar.get_center()[0]), PICTURE_TOP - PICTURE_HEIGHT - 0.3)
        self.rows = {row: Words(text, size=LABEL, color=DIM).move_to((x, y, 0)) for row, (text, x, y) in places.items()}

    def over(self, seconds: float, y: float) -> np.ndarray:
        """The place above an instant of the spectrogram, (3,)."""
        local = self.picture.axes.local(np.array([[seconds, 0.0]]))
        return np.array([self.picture.axes.frame.out(local)[0][0], y, 0])

    def name_sounds(self, sound: Asset) -> LaggedStart:
        """The name of each vowel over it."""
        names = str(sound.provenance["names"]).split()
        self.names = [Heard(name, size=LABEL, color=INK) for name in names]
        for name, middle in zip(self.names, sound["middle_s"], strict=True):
            name.move_to(self.over(float(middle), SOUNDS_Y)).shift(UP * (SOUNDS_Y - name[-1].get_bottom()[1]))
        return LaggedStart(*(FadeIn(name, shift=UP * 0.2) for name in self.names), lag_ratio=STAGGER)

    def name_words(self, sound: Asset) -> list[FadeIn | Create]:
        """The words that the vowels make up two by two, and lines from the parts to the whole."""
        self.words_said, lines = VGroup(), VGroup()
        for place, text in enumerate(WORDS_SAID):
            parts = self.names[2 * place : 2 * place + 2]
            middle = (parts[0].get_center() + parts[1].get_center()) / 2
            word = Words(text, size=BODY).set_x(middle[0])
            word.shift(UP * (WORDS_Y - word[-1].get_bottom()[1]))
            foot = np.array([middle[0], WORDS_Y - 0.14, 0])
            lines.add(*(Line((part.get_x(), SOUNDS_Y + 0.28, 0), foot) for part in parts))
            self.words_said.add(word)
        return [Create(lines.set_stroke(DIM, HAIRLINE)), FadeIn(self.words_said, shift=UP * 0.2)]

    def show_planted_key(self) -> None:
        """What the lines on the spectrogram are."""
        stroke = Line(np.zeros(3), RIGHT * 0.45, color=PLANTED, stroke_width=4)
        words = Words("from the formula", size=LABEL, color=DIM).next_to(stroke, RIGHT, buff=0.2)
        self.key = VGroup(stroke, words).move_to(RIGHT * KEY_X + UP * KEY_Y, aligned_edge=LEFT)
        self.play(FadeIn(self.key), run_time=BEAT)

    def show_found(self, sound: Asset) -> None:
        """A dot at each resonance that was measured, and how far the worst of them is from the formula."""
        found = sound["found"].astype(float)  # (sound, resonance)
        pairs = np.stack([np.repeat(sound["middle_s"], found.shape[1]), found.reshape(-1) / KILO], axis=1)
        self.found = Dots(self.picture.axes, pairs, ACCENT, radius=0.08)
        dot = Dot(radius=0.08, color=ACCENT).next_to(self.key, RIGHT, buff=0.6)
        words = Words("found, at most", size=LABEL, color=DIM).next_to(dot, RIGHT, buff=0.2)
        self.gap = Number(float(sound["largest_gap"]), decimals=1, size=LABEL)
        share_baseline(self.gap.next_to(words, RIGHT, buff=0.15), words)
        unit = Words("Hz off", size=LABEL, color=DIM)
        share_baseline(unit.next_to(self.gap, RIGHT, buff=0.12), words)
        self.play(self.found.grow(run_time=2 * BEAT))
        self.play(*(FadeIn(part) for part in (dot, words, self.gap, unit)), run_time=BEAT)
