"""Plays a scene without drawing it, looks at it inside every play and after it, and gathers what is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from manim import Camera, Scene

from render.check.claims import without_dots, wrong_numbers
from render.check.contrast import too_faint
from render.check.findings import Collector, Finding, passing, waive
from render.check.lines import over_lines
from render.check.seen import Picture, Remark
from render.check.spelling import dictionary, misspelled, remarks
from render.check.text import off_frame, over_text, too_small
from render.check.timing import Beat, cue_notes, standstills
from render.check.walk import Walker
from render.check.wobble import Track, wobbling
from render.raster import ClipRenderer
from scenes.kit.typeset import UNITS_PER_EM
from scenes.narration import WHOLE as ENGLISH
from scenes.theme import GRID_HZ

PARTS = 8  # of a play at whose ends the texts are followed; a long play has more
MOST_PARTS = 16
PARTS_PER_S = 2
WHOLE = 2  # every other time all that is visible is looked at
CHECKS: tuple[Callable[[Picture], Iterator[Remark]], ...] = (
    off_frame,
    over_text,
    over_lines,
    too_small,
    too_faint,
    without_dots,
    wrong_numbers,
)


class Onlooker(ClipRenderer):
    """A renderer that draws nothing and looks at the scene instead."""

    def __init__(self, lang: str = "en", camera_class: type[Camera] | None = None, **_: Any) -> None:
        super().__init__(None, camera_class)
        self.lang, self.collector = lang, Collector()
        self.walker: Walker | None = None
        self.beats: list[Beat] = []
        self.staying: set[int] = set()  # keys of the texts that were there when the play began
        self.tops: list[int] = []  # ids of the mobjects that the scene held then

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play as always, then judge what was seen inside the play and at its end."""
        self.walker = self.walker or Walker(scene)
        self.inside: list[Picture] = []
        began = self.time
        number = self.num_plays + 1
        if list(map(id, scene.mobjects)) != self.tops:  # something was added or removed without a play
            self.staying = {text.key for text in self.walker.picture(number, began, False, whole=False).texts}
        super().play(scene, *args, **kwargs)
        self.tops = list(map(id, scene.mobjects))
        frozen = scene.is_current_animation_frozen_frame()
        self.beats.append(Beat(number, began, self.time, moved=not frozen))
        end = self.walker.picture(number, self.time, True)
        self._judge(end, self.time - began)

    def _pass(self, scene: Scene, times: list[float], step: Any, jump: bool) -> None:
        """Reach the end of a play without drawing, and look on the way."""
        last = len(times) - 1
        parts = _parts(scene.duration)
        marks = {round(part * last / parts): part % WHOLE == 0 for part in range(1, parts)}
        began = self.time
        for index, t in enumerate(times):
            if not jump or index in marks or index in (0, last):
                step(t)
                self._advance_camera(scene.moving_mobjects or scene.mobjects)
            if index in marks:
                self._look(began + t, marks[index])
            self.time += 1 / self.camera.frame_rate
            if scene.stop_condition is not None and scene.stop_condition():
                break

    def _look(self, time_s: float, whole: bool) -> None:
        assert self.walker is not None
        self.inside.append(self.walker.picture(self.num_plays + 1, time_s, False, whole))

    def _judge(self, end: Picture, length_s: float) -> None:
        """Gather the remarks about a play: those inside it about texts that neither come nor go."""
        there = {text.key for text in end.texts}
        staying = there & self.staying
        self.staying = there
        for check in CHECKS:
            for remark in check(end):
                self.collector.add(remark, end.play, end.time_s, end.time_s, True)
        found = [
            (picture, remark)
            for picture in self.inside
            if picture.whole
            for check in CHECKS
            for remark in check(picture)
            if {remark.key, remark.other} - {0} <= staying
        ]
        for remark, first_s, last_s, lasts in passing(found, length_s * WHOLE / _parts(length_s)):
            self.collector.add(remark, end.play, first_s, last_s, lasts)
        for picture in (*self.inside, end):
            for remark in misspelled(picture, ENGLISH):  # what is drawn is English in every language
                self.collector.add(remark, end.play, picture.time_s, end.time_s, True)
        for remark in wobbling(tracks([*self.inside, end])):
            self.collector.add(remark, end.play, end.time_s - length_s, end.time_s, True)


def _parts(length_s: float) -> int:
    """Into how many parts a play is cut, an even number."""
    return int(min(max(PARTS, WHOLE * round(length_s * PARTS_PER_S / WHOLE)), MOST_PARTS))


def tracks(pictures: Sequence[Picture]) -> list[Track]:
    """Where each text was in the pictures of one play, of those that are in all of them."""
    by_key = [{text.key: text for text in picture.readable} for picture in pictures]
    always = [key for key in by_key[-1] if all(key in found for found in by_key)]
    return [
        Track(
            by_key[-1][key].name,
            key,
            tuple(float(found[key].bounds[0]) for found in by_key),
            tuple(float(found[key].bounds[2]) for found in by_key),
            tuple(found[key].marks for found in by_key),
            by_key[-1][key].size * UNITS_PER_EM,
        )
        for key in always
    ]


def check_scene(scene: Any, narration: Mapping[str, str], title: str = "") -> list[Finding]:
    """Play a scene whose renderer is an ``Onlooker`` and say what is wrong with it, its title and its spoken lines."""
    scene.render()
    name, onlooker = type(scene).__name__, scene.renderer
    collector: Collector = onlooker.collector
    cues = {cue.name: cue for cue in getattr(scene, "cues", ())}
    for cue, text in narration.items():
        begins = cues[cue].first_tick / GRID_HZ if cue in cues else 0.0
        for remark in remarks(f"the line '{cue}'", text, onlooker.lang):
            collector.add(remark, 0, begins, begins, True)
    for remark in remarks("the title", title, onlooker.lang):
        collector.add(remark, 0, 0.0, 0.0, True)
    if dictionary(onlooker.lang) is None:
        what = f"cannot be looked up: there is no dictionary for '{onlooker.lang}'"
        collector.add(Remark("spelling", "the words", what, 0), 0, 0.0, 0.0, False)
    for remark, play, first_s, last_s in (*standstills(onlooker.beats), *cue_notes(cues.values(), onlooker.beats)):
        collector.add(remark, play, first_s, last_s, False)
    return waive(collector.findings(name), getattr(type(scene), "waivers", {}), name)
