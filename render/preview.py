"""The command ``preview``: shows a scene once, or again after every save.

The render server is started before anything heavy is imported here, so that it imports manim while this process plans.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render.quality import RenderError
from render.watch import Warm, file_of, watch

if TYPE_CHECKING:
    from assets.store import Store
    from render.look import Look

OPENERS = {"darwin": ("open",), "win32": ("cmd", "/c", "start", "")}  # elsewhere:
OPENER = ("xdg-open",)
OPENS_WITHIN_S = 1.0
OF_CHAPTERS = {
    "voice": "--voice",
    "music": "--music",
    "lang": "--lang",
    "overrides": "--set",
}  # options that a plain scene has no use for
Say = Callable[[str], None]


def mistake(chosen: Mapping[str, Any]) -> str:
    """What is wrong with options that do not go together, in a sentence; empty if nothing is."""
    if chosen["still"] and chosen["form"]:
        return "--still makes pictures of its own; leave out --format."
    if chosen["transparent"] and (chosen["still"] or chosen["form"] in {None, "mp4"}):
        return "--transparent needs a format that can be so: --format webm, gif or png."
    return ""


class Preview:
    """One run of the command: the scene that a person typed, the options chosen, and the server that draws.

    typed: names of the options that came from the command line. say: prints a result; tell: a remark; fail: an error
    that does not end the command yet.
    """

    def __init__(
        self, word: str, chosen: Mapping[str, Any], typed: Collection[str], say: Say, tell: Say, fail: Say
    ) -> None:
        self.word, self.say, self.tell, self.fail = word, say, tell, fail
        self.cores: int = chosen["jobs"] or os.cpu_count() or 1
        self.opening: bool = chosen["opening"]
        self.options = {name: chosen[name] for name in ("quality", "voice", "music", "lang", "overrides", "raster")}
        form = "still" if chosen["still"] else chosen["form"] or "mp4"
        self.idle = [option for name, option in OF_CHAPTERS.items() if name in typed]
        self.wishes = {name: chosen[name] or "" for name in ("first", "last")}
        self.wishes |= {"form": form, "transparent": chosen["transparent"]}
        self.shown, self.paths = "", list[Path]()  # what was drawn anew last: from what, and where it is
        self.watching = False
        self.warm = Warm()
        if form != "mp4" or any(chosen[name] for name in ("first", "last")) or file_of(word) is not None:
            self.warm.start()  # something is drawn in any case

    def close(self) -> None:
        """End the server."""
        self.warm.end()

    def watch(self, survive: Callable[[Callable[[bool], None], bool], None]) -> None:
        """Show the scene now and after every save, until Ctrl-C; ``survive`` calls a function and tells its errors."""
        self.watching = True
        watch(partial(survive, self.show), self.word, self.warm, self.tell)

    def show(self, first: bool = True) -> None:
        """Draw what was asked for, print where it is, and open it if that was asked for too.

        Raises: RenderError if something failed; what did not fail is kept.
        """
        from assets.store import Store
        from models.folders import build_folder
        from render.catalog import make_build_folder
        from render.jobs import make_options
        from render.look import PlainScene, WrongLook, find_look
        from render.report import fetch_missing_data, shown
        from render.variants import using

        options = make_options(**self.options)
        look = find_look(self.word, options, **self.wishes)
        if isinstance(look.scene, PlainScene) and self.idle:
            raise WrongLook(f"{self.idle[0]} is for scenes of the chapters; {self.word} is drawn as it is.")
        if look.jobs:
            fetch_missing_data(options, self.tell)
        make_build_folder()
        store = Store(build_folder() / "store")
        with using(store):
            paths = self._make(look, store, build_folder() / "preview")
        for path in paths:
            self.say(shown(path))
        if self.opening and first and paths:
            open_file(paths[0] if len(paths) == 1 else paths[0].parent)

    def _make(self, look: "Look", store: "Store", folder: Path) -> list[Path]:
        """Bring up to date what a look is made from, then hand out the stored film or draw anew."""
        from render.build import publish
        from render.look import warm_build
        from render.session import failures_told
        from render.stills import draw

        outcome = warm_build(look.jobs, store, look.options, self.cores, self.warm)
        for text in failures_told(outcome):
            self.fail(text)
        if outcome.failures and self.watching:
            return []  # told, and the next save may mend it
        if outcome.failures:
            count = len(outcome.failures)
            jobs = "1 job" if count == 1 else f"{count} jobs"
            raise RenderError(f"{jobs} failed; everything else is kept. Mend and run the same command again.")
        state = look.state(outcome.statuses) if self.watching else ""
        if not outcome.ran and (look.stored or (state and state == self.shown)):
            self.tell("nothing to do: everything is fresh")
        if look.stored:
            film = list(outcome.statuses.values())[-1].trace
            assert film is not None
            return publish(store, film, folder / f"{look.title}.mp4")[:1]
        if not state or state != self.shown:
            self.paths, facts = draw(look, store, outcome.statuses, self.cores, self.warm, folder)
            self.shown = state
            self.tell(facts)
        return self.paths


def open_file(path: Path) -> None:
    """Show a file or folder in the system's viewer.

    Raises: RenderError where there is none.
    """
    command = OPENERS.get(sys.platform, OPENER)
    if shutil.which(command[0]) is None:
        raise RenderError(f"There is no viewer here ({command[0]} is not installed); open {path} yourself.")
    if command == OPENER and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise RenderError(f"There is no screen here to show {path} on; open it where there is one.")
    quiet = subprocess.DEVNULL
    viewer = subprocess.Popen([*command, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        status = viewer.wait(OPENS_WITHIN_S)
    except subprocess.TimeoutExpired:
        return  # some viewers keep the command waiting until they are closed
    if status:
        raise RenderError(f"{command[0]} could not open {path} (exit {status}); open it yourself.")
