"""A part of a scene, and a scene without its background: what is drawn of it where not all is asked for."""

from collections.abc import Sequence
from typing import Any

from manim.utils.exceptions import EndSceneEarlyException

from models.suggest import did_you_mean
from render.quality import RenderError


class Window:
    """The cues between which a scene is drawn, all of it by default; the state before is reached without drawing.

    Raises: RenderError for a cue that the scene does not have, or an end before the beginning.
    """

    def __init__(self, first: str, last: str, cues: Sequence[str]) -> None:
        for cue in filter(None, (first, last)):
            if cue not in cues:
                raise RenderError(f"The scene has no cue '{cue}'.{did_you_mean(cue, cues)}")
        self.first, self.last = first, last

    def open(self, scene: Any) -> None:
        """Take the scene that is about to play."""
        self.scene = scene
        scene.renderer.quiet = bool(self.first)
        scene.first_tick = 0

    def starts(self, cue: str) -> None:
        """A line begins."""
        if cue == self.first:
            self.scene.renderer.quiet = False
            self.scene.first_tick = self.scene.ticks

    def ends(self, cue: str) -> None:
        """A line's block is over."""
        if cue == self.last:
            raise EndSceneEarlyException

    def refuse_unseen(self) -> None:
        """Raises: RenderError if the drawing never began."""
        if self.scene.renderer.quiet:
            raise RenderError(f"The cue '{self.last}' comes before '{self.first}'; exchange --from and --to.")


def clear_background(camera: Any) -> None:
    """Make a camera draw on nothing: every pixel transparent black, whatever colour is set later."""

    def init_background() -> None:
        type(camera).init_background(camera)
        camera.background[...] = 0  # a colour under alpha 0 would shine through soft edges

    camera.init_background = init_background
    camera.init_background()
