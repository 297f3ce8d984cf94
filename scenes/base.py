"""TensorScene: a Manim scene that draws only the assets it declares and speaks its narration by cue.

The render server hands it assets and line lengths; in plain ``manim render`` it opens the current assets itself and
takes reading time. Every play and wait lasts a whole number of 1/15 s, so cues fall on the same instants at 15, 30
and 60 frames per second.
"""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from manim import Animation, FadeIn, FadeOut, ManimColor, Mobject, Scene, Wait

from assets.store import Assets, Store, current_assets
from models.folders import build_folder
from models.suggest import did_you_mean
from scenes.kit.provenance import Provenance
from scenes.narration import WHOLE, SceneError, fields, fill, load_narration, reading_seconds, without_marks
from scenes.theme import BACKGROUND, BEAT, GRID_HZ, PAUSE_S, REST

ROLL_S = 0.05  # between two tones of one chime, so that they are told apart
LEAVING_S = 0.6  # of the last picture: quicker than what arrives, for nobody reads it
NUDGE_S = 1e-6  # manim counts frames by ceil (animated) or floor (frozen); this puts both on the exact count


@dataclass(frozen=True)
class Cue:
    """When a line is spoken: first tick, the tick after its block ended (1/15 s each), and the line's length."""

    name: str
    first_tick: int
    end_tick: int
    line_ticks: int


@dataclass(frozen=True)
class Chime:
    """A value in [0, 1] that is heard as a pitch, seconds after a tick of the scene."""

    tick: int
    after_s: float
    value: float


def plain_word(word: str) -> str:
    """A word as it is compared: its letters and digits, small."""
    return "".join(c for c in word.casefold() if c.isalnum())


class TensorScene(Scene):
    """A scene drawn from assets.

    ``needs`` names the assets; ``self.assets["digit_net"]["w1"]`` is a read-only array. ``durations`` maps each cue to
    the seconds its line takes, ``words`` to its words with the second at which each begins; ``on_say`` is called with
    each cue's name when its block begins, ``on_cue`` when it is over.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        assets: Assets | None = None,
        durations: Mapping[str, float] | None = None,
        words: Mapping[str, Sequence[tuple[str, float]]] | None = None,
        on_cue: Callable[[str], None] | None = None,
        on_say: Callable[[str], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.given, self.durations, self.on_cue, self.on_say = assets, durations, on_cue, on_say
        self.words: Mapping[str, Sequence[tuple[str, float]]] = words or {}
        self.heeded: set[str] = set()  # the cues whose words the scene waited for
        self.cues: list[Cue] = []
        self.chimes: list[Chime] = []
        self.ticks = 0
        self._speaking: str | None = None
        self._line_begin = self._line_end = 0
        self.camera.background_color = ManimColor(BACKGROUND)  # type: ignore[union-attr]  # we use no OpenGL

    def setup(self) -> None:
        """Open what was not handed in: current assets, and reading time for each line, if it has any."""
        super().setup()
        store = Store(build_folder() / "store")
        self.assets = self.given if self.given is not None else current_assets(store, self.needs)
        if self.durations is None:
            folder = Path(inspect.getfile(type(self))).parent
            told_here = load_narration(folder) if (folder / f"narration.{WHOLE}.toml").exists() else {}
            narration = told_here.get(type(self).__name__)
            lines = narration.lines if narration else {}
            spoken = {asset for text in lines.values() for asset in fields(text)} - set(self.needs)
            told = self.assets if self.given is not None else current_assets(store, [*self.needs, *sorted(spoken)])
            self.durations = {cue: reading_seconds(without_marks(fill(text, told))[0]) for cue, text in lines.items()}

    @contextmanager
    def say(self, cue: str) -> Iterator[None]:
        """Speak a line while the block plays, then hold the picture until the line and a short pause are over.

        Raises: SceneError if the narration has no such cue, or a line is still being spoken.
        """
        durations = self.durations or {}
        if cue not in durations:
            raise SceneError(
                f"Scene {type(self).__name__} says '{cue}', and its narration has no such cue."
                + did_you_mean(cue, durations)
            )
        if self._speaking:
            raise SceneError(
                f"Scene {type(self).__name__} says '{cue}' while '{self._speaking}' is still being spoken."
            )
        first, line_ticks = self.ticks, math.ceil(durations[cue] * GRID_HZ - NUDGE_S)
        self._speaking, self._line_begin, self._line_end = cue, first, first + line_ticks
        if self.on_say is not None:
            self.on_say(cue)
        yield
        rest = self._line_end + round(PAUSE_S * GRID_HZ) - self.ticks
        if rest > 0:
            self.wait(rest / GRID_HZ)
        self._speaking = None
        self.cues.append(Cue(cue, first, self.ticks, line_ticks))
        if self.on_cue is not None:
            self.on_cue(cue)

    def at(self, word: str) -> None:
        """Hold the picture until a word of the line that is being spoken begins; go on at once if it has begun.

        A word that is said twice is meant where it is said first; a number is meant as it is written. A mark <word> in
        the line counts before the word itself. Where no word times are known, as in plain manim, nothing is waited for.
        Raises: SceneError if nothing is being spoken, or the line has no such word.
        """
        name, cue = type(self).__name__, self._speaking
        if cue is None:
            raise SceneError(f"Scene {name} waits for the word '{word}' while nothing is being spoken.")
        self.heeded.add(cue)
        times: dict[str, float] = {}
        for said, seconds in self.words.get(cue, ()):
            times.setdefault(said if said.startswith("<") else plain_word(said), seconds)
        begins = times.get(f"<{word}>", times.get(plain_word(word)))
        if begins is None and times:
            raise SceneError(
                f"Scene {name} waits for the word '{word}', and the line '{cue}' does not say it; write <{word}> "
                f"before the word that is meant.{did_you_mean(word, times)}"
            )
        wait = self._line_begin + round((begins or 0.0) * GRID_HZ) - self.ticks
        if wait > 0:
            self.wait(wait / GRID_HZ)

    def left(self) -> float:
        """Seconds until the line that is being spoken ends, at least one tick; for animations that follow the voice."""
        return max(self._line_end - self.ticks, 1) / GRID_HZ

    def chime(self, values: Sequence[float] | np.ndarray, after_s: float = 0.0) -> None:
        """Let values in [0, 1] be heard, lowest pitch for 0, one shortly after the other from now on.

        Raises: SceneError for a value outside.
        """
        for place, value in enumerate(np.asarray(values, dtype=float).reshape(-1)):
            if not 0 <= value <= 1:
                raise SceneError(f"Scene {type(self).__name__} lets {value:g} be heard; pitches stand for 0 to 1.")
            self.chimes.append(Chime(self.ticks, after_s + place * ROLL_S, float(value)))

    def open(self, *mobjects: Mobject, asset: str, kept: Sequence[Mobject] = ()) -> None:
        """First picture of a scene: what is given fades in with the provenance of an asset.

        kept: what the scene before ended with, provenance included; it stands from the first frame.
        """
        self.badge = Provenance(self.assets[asset].provenance)
        self.add(*kept)
        if kept:
            self.add(self.badge)
        arriving = mobjects if kept else (*mobjects, self.badge)
        self.play(*(FadeIn(mobject) for mobject in arriving), run_time=BEAT)

    def close(self, keep: Sequence[Mobject] = ()) -> None:
        """Last picture of a scene: a rest with the pause after its line, then everything leaves.

        keep: what the next scene begins with; it stays until the last frame, with the provenance.
        """
        self.wait(REST - PAUSE_S)
        staying = {id(mobject) for mobject in (*keep, *([self.badge] if keep else []))}
        leaving = [mobject for mobject in self.mobjects if id(mobject) not in staying]
        self.play(*(FadeOut(mobject) for mobject in leaving), run_time=LEAVING_S)

    def compile_animations(self, *args: Any, **kwargs: Any) -> list[Animation]:
        """Manim's animations, stretched together so that the longest lasts a whole number of ticks."""
        animations: list[Animation] = super().compile_animations(*args, **kwargs)
        longest = max(animation.run_time for animation in animations)
        ticks = max(1, round(longest * GRID_HZ))
        for animation in animations:
            animation.run_time *= ticks / GRID_HZ / longest
        self.ticks += ticks
        return animations

    def get_run_time(self, animations: list[Animation]) -> float:
        """The exact length, nudged to manim's side of the frame count: above for a frozen wait, below otherwise."""
        seconds: float = super().get_run_time(animations)
        alone = len(animations) == 1 and isinstance(animations[0], Wait)
        frozen = alone and not self.should_update_mobjects()
        return seconds + NUDGE_S if frozen else seconds - NUDGE_S
