"""Running the ffmpeg binary that a Python package brings along."""

import subprocess
from collections.abc import Callable

import imageio_ffmpeg

from render.quality import RenderError

LAST_LINES = 3  # of ffmpeg's stderr, in an error


def run_ffmpeg(command_for: Callable[[str], list[str]], task: str) -> str:
    """Run a command to its end and return what it said; ``command_for`` makes it from the binary's path.

    task: what it is to do, for an error.

    Raises: RenderError with the end of what ffmpeg said.
    """
    try:
        command = command_for(imageio_ffmpeg.get_ffmpeg_exe())
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except (RuntimeError, OSError) as error:
        raise RenderError(f"ffmpeg could not be started ({error}); run `make setup` again.") from error
    if done.returncode:
        said = " / ".join(done.stderr.strip().splitlines()[-LAST_LINES:]) or "no message"
        raise RenderError(f"ffmpeg could not {task} (exit {done.returncode}): {said}; check the disk's space.")
    return done.stderr
