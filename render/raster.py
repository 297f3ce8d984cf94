"""Playing a scene: manim's Cairo renderer with its cache, threads and partial files taken out.

Every play is cut into ranges of frames, and a crew draws each range: forked children while this process moves on
without drawing, or this process itself. Both give the frames of a sequential ``manim render``, bit for bit.
"""

import configparser
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import manim
import numpy as np
from manim import Camera, Mobject, Scene, ThreeDCamera, VMobject, config
from manim.camera.multi_camera import MultiCamera
from manim.renderer.cairo_renderer import CairoRenderer
from tqdm import tqdm

from render.fork import Crew, FrameSink
from render.motion.interpolation import Step, is_jumpable, stepper
from render.motion.purity import draws_purely
from render.pixels import display
from render.quality import Quality

CHUNK = 60  # frames of a play that one child draws; fixed, so that films do not depend on the number of cores
HELD_CHUNK = 240  # of a still picture, which is drawn once


def configure(quality: Quality, scratch: Path, plain: bool = False) -> None:
    """Set manim's process-wide configuration: the library's defaults, this quality, nothing of the user's manim.cfg.

    ``scratch`` is a folder of this process's own; manim writes its text and media files there. ``plain``: keep the
    size in units that ``manim render`` gives a frame; otherwise it is 8 high and as wide as the picture asks for.
    """
    defaults = configparser.ConfigParser()
    defaults.read(Path(manim.__file__).parent / "_config" / "default.cfg")
    config.digest_parser(defaults)
    size = {} if plain else {"frame_height": 8.0, "frame_width": 8.0 * quality.width / quality.height}
    config.update(
        {
            "pixel_width": quality.width,
            "pixel_height": quality.height,
            "frame_rate": quality.fps,
            **size,
            "media_dir": str(scratch),
            "disable_caching": True,
            "format": "none",
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
    )
    tqdm.monitor_interval = 0  # manim's progress bars would start a thread, and a process with threads must not fork


class ClipRenderer(CairoRenderer):
    """Plays a scene's animations frame by frame; ``crew`` draws them, or nobody where it is None.

    ``frames`` counts what was drawn, ``plays`` lists (first frame, frames) of each play. While ``quiet`` the state
    advances through the same steps and nothing is drawn.
    """

    def __init__(
        self, crew: Crew | None, camera_class: type[Camera] | None = None, skip_animations: bool = False, **_: Any
    ) -> None:
        super().__init__(camera_class=camera_class, skip_animations=skip_animations)
        self.crew = crew
        self.quiet = crew is None
        self.frames = 0
        self.plays: list[tuple[int, int]] = []
        self.sections: list[tuple[str, int]] = []
        self._static_of = -1  # the play that the static picture was drawn for
        self._has_context = False

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play animations as manim does, without hashing, caching or encoder threads."""
        self.skip_animations = self._original_skipping_status
        self.update_skipping_status()
        self._enter_section()
        scene.compile_animation_data(*args, **kwargs)
        if self.skip_animations:
            self.time += scene.duration
        scene.begin_animations()
        first = self.frames
        if self.skip_animations:
            self._skip(scene)
        elif scene.is_current_animation_frozen_frame():
            self._hold(scene)
        else:
            self._move(scene)
        self.static_image = None
        self.num_plays += 1
        self.plays.append((first, self.frames - first))

    def _enter_section(self) -> None:
        section = self.file_writer.sections[-1]
        if not section.partial_movie_files:
            self.sections.append((section.name, self.frames))
        section.partial_movie_files.append(None)  # manim forgets a section without films

    def _skip(self, scene: Scene) -> None:
        """A play of a section that is left out: one step to its end, as in manim."""
        self._advance_camera(scene.static_mobjects)
        if not scene.is_current_animation_frozen_frame():
            scene.play_internal()

    def _hold(self, scene: Scene) -> None:
        """A wait in which nothing moves: one picture, shown for a whole number of frames."""
        dt = 1 / self.camera.frame_rate
        count = int(scene.duration / dt)
        here = not self.quiet and (self._crew().alone or not draws_purely(scene))

        def draw(first: int, end: int, sink: FrameSink) -> None:
            if first == 0 or not here:  # in this process the picture is still there
                self.save_static_frame_data(scene, scene.static_mobjects)
                self.update_frame(scene, mobjects=scene.moving_mobjects)
            sink.write(self.camera.pixel_array, end - first)

        for first, end in cuts(count, HELD_CHUNK) if not self.quiet else ():
            self._crew().draw(self.num_plays, first, partial(draw, first, end), here)
        self._advance_camera([*scene.static_mobjects, *(scene.moving_mobjects or scene.mobjects)])
        self.time += count * dt
        self.frames += 0 if self.quiet else count

    def _move(self, scene: Scene) -> None:
        """A play in which something moves: the frames of each range by the crew, the state after them here."""
        assert scene.animations is not None
        scene.duration = scene.get_run_time(scene.animations)
        times = list(scene._get_animation_time_progression(scene.animations, scene.duration))
        jump = is_jumpable(scene)
        step = stepper(scene, jump)
        if self.quiet:
            self._advance_camera(scene.static_mobjects)
            self._pass(scene, times, step, jump)
        else:
            self._draw_ranges(scene, times, step, jump)
        for animation in scene.animations:
            animation.finish()
            animation.clean_up_from_scene(scene)
        scene.update_mobjects(0)

    def _draw_ranges(self, scene: Scene, times: list[float], step: Step, jump: bool) -> None:
        ranges = list(cuts(len(times), CHUNK))
        here = self._crew().alone or not draws_purely(scene)
        if here or (len(ranges) > 1 and not jump):
            self._draw_static(scene)  # before any step: a later one might change what stays still in the picture
        else:
            self._advance_camera(scene.static_mobjects)
        for first, end in ranges:
            draw = partial(self._draw, scene, times, first, end, step, jump and not here)
            self._crew().draw(self.num_plays, first, draw, here)
            if not here and not jump:
                self._range(scene, times[first:end], step, None)
            if scene.stop_condition is not None and self._stopped:
                break
        if not here and jump:
            self._pass(scene, times, step, jump)

    def _draw(
        self, scene: Scene, times: list[float], first: int, end: int, step: Step, jump: bool, sink: FrameSink
    ) -> None:
        """Draw frames ``first`` to ``end`` of the play; from its beginning if the state may ``jump`` to any time."""
        self._draw_static(scene)
        if jump and first:
            scene.last_t = times[first - 1]
            for _ in range(first):
                self.time += 1 / self.camera.frame_rate  # one by one: sums of floats depend on the order
        self._range(scene, times[first:end], step, sink)

    def _range(self, scene: Scene, times: list[float], step: Step, sink: FrameSink | None) -> None:
        """Step through frames, drawing them if there is a sink; ``_stopped`` tells if the stop condition came true."""
        dt = 1 / self.camera.frame_rate
        self._stopped = False
        for t in times:
            step(t)
            if sink is None:
                self._advance_camera(scene.moving_mobjects or scene.mobjects)
            else:
                self.update_frame(scene, scene.moving_mobjects)
                sink.write(self.camera.pixel_array, same=not display.changed())
            self.time += dt
            self.frames += 0 if self.quiet else 1
            if scene.stop_condition is not None and scene.stop_condition():
                self._stopped = True
                return

    def _pass(self, scene: Scene, times: list[float], step: Step, jump: bool) -> None:
        """Reach the end of a play without drawing."""
        if not jump:
            self._range(scene, times, step, None)
            return
        for t in (times[0], times[-1]):
            step(t)
            self._advance_camera(scene.moving_mobjects or scene.mobjects)
        for _ in times:
            self.time += 1 / self.camera.frame_rate
        self.frames += 0 if self.quiet else len(times)

    def _draw_static(self, scene: Scene) -> None:
        """The picture of what does not move in this play, once in each process that draws."""
        if self._static_of != self.num_plays:
            self.save_static_frame_data(scene, scene.static_mobjects)
            self._static_of = self.num_plays

    def _advance_camera(self, drawn: Iterable[Mobject]) -> None:
        """What drawing mobjects changes in manim's cameras besides pixels, where nothing is drawn."""
        if isinstance(self.camera, MultiCamera):
            self.camera.update_sub_cameras()
        if isinstance(self.camera, ThreeDCamera):
            self.camera.reset_rotation_matrix()
        if not self._has_context and any(isinstance(part, VMobject) for top in drawn for part in top.get_family()):
            self.camera.get_cairo_context(self.camera.pixel_array)  # manim keeps the first one, centred as it was then
            self._has_context = True

    def _crew(self) -> Crew:
        assert self.crew is not None
        return self.crew

    def render(self, scene: Scene, time: float, moving_mobjects: Any = None) -> None:
        """Called by manim in a play that is left out."""
        self._advance_camera(scene.moving_mobjects or scene.mobjects)

    def picture(self, scene: Scene) -> np.ndarray:
        """The scene as it stands, drawn whole: RGBA (height, width, 4) uint8."""
        self.static_image = None
        self.update_frame(scene)
        return np.array(self.get_frame())

    def scene_finished(self, scene: Scene) -> None:
        """Nothing to finish: the pieces belong to the crew."""


def cuts(count: int, longest: int) -> Iterator[tuple[int, int]]:
    """Bounds of the fewest equal ranges of 0..count that are no longer than ``longest``."""
    parts = -(-count // longest)
    for part in range(parts):
        yield part * count // parts, (part + 1) * count // parts
