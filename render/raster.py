"""Drawing: manim's Cairo renderer with its cache, threads and partial files taken out.

Frames go straight to a sink, in order, so the number of frames of a clip is counted and never computed. Without a sink
the scene's state advances through exactly the same steps and nothing is drawn.
"""

import configparser
import inspect
import time
from pathlib import Path
from typing import Any, Protocol

import manim
import numpy as np
from manim import Camera, Scene, config
from manim.renderer.cairo_renderer import CairoRenderer

from render.quality import Quality


class FrameSink(Protocol):
    """Where drawn frames go: RGBA (height, width, 4) uint8, shown ``repeat`` times."""

    def write(self, rgba: np.ndarray, repeat: int = 1) -> None:
        """Take the next frame."""


def configure(quality: Quality, scratch: Path) -> None:
    """Set manim's process-wide configuration: the library's defaults, this quality, nothing of the user's manim.cfg.

    ``scratch`` is a folder of this process's own; manim writes its text and media files there.
    """
    defaults = configparser.ConfigParser()
    defaults.read(Path(manim.__file__).parent / "_config" / "default.cfg")
    config.digest_parser(defaults)
    config.update(
        {
            "pixel_width": quality.width,
            "pixel_height": quality.height,
            "frame_rate": quality.fps,
            "frame_height": 8.0,
            "frame_width": 8.0 * quality.width / quality.height,
            "media_dir": str(scratch),
            "disable_caching": True,
            "format": "none",
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
    )


class ClipRenderer(CairoRenderer):
    """Plays a scene's animations frame by frame into a sink, or without drawing when there is none.

    ``plays`` lists (frames, CPU seconds) of each play.
    """

    def __init__(self, sink: FrameSink | None, camera_class: type[Camera] | None = None) -> None:
        super().__init__(camera_class=camera_class)
        self.sink = sink
        self.frames = 0
        self.plays: list[tuple[int, float]] = []

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play animations as manim does, without hashing, caching or encoder threads."""
        started, first = time.process_time(), self.frames
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        if self.sink is not None:
            self.save_static_frame_data(scene, scene.static_mobjects)
        if not scene.is_current_animation_frozen_frame():
            scene.play_internal()
        else:
            if self.sink is not None:
                self.update_frame(scene, mobjects=scene.moving_mobjects)
            self.freeze_current_frame(scene.duration)
            self.static_image = None
        self.num_plays += 1
        self.plays.append((self.frames - first, time.process_time() - started))

    def render(self, scene: Scene, time: float, moving_mobjects: Any = None) -> None:
        """Draw the moving mobjects over the static picture and hand the frame on."""
        if self.sink is not None:
            self.update_frame(scene, moving_mobjects)
        self.add_frame(self.get_frame() if self.sink is not None else None)

    def freeze_current_frame(self, duration: float) -> None:
        """Show the current frame for a whole number of frames."""
        self.add_frame(
            self.get_frame() if self.sink is not None else None, num_frames=int(duration * self.camera.frame_rate)
        )

    def add_frame(self, frame: np.ndarray | None, num_frames: int = 1) -> None:
        """Count frames and pass them to the sink."""
        self.frames += num_frames
        self.time += num_frames / self.camera.frame_rate
        if self.sink is not None and frame is not None:
            self.sink.write(frame, num_frames)

    def picture(self, scene: Scene) -> np.ndarray:
        """The scene as it stands, drawn whole: RGBA (height, width, 4) uint8."""
        self.static_image = None
        self.update_frame(scene)
        return np.array(self.get_frame())

    def scene_finished(self, scene: Scene) -> None:
        """Nothing to finish: the sink belongs to the caller."""


def camera_of(scene_class: type[Scene]) -> type[Camera] | None:
    """The camera class that a scene class asks manim for, None for the plain one."""
    for ancestor in scene_class.__mro__:
        wanted = inspect.signature(ancestor.__init__).parameters.get("camera_class")  # type: ignore[misc]
        if wanted is not None and isinstance(wanted.default, type):
            return wanted.default
    return None
