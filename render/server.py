"""The render server: a process of its own that imports manim once and forks a child for every scene it draws.

That child constructs the scene without drawing and, where the system allows, forks a child for every range of frames.
Requests are JSON lines on standard input, answers JSON lines on standard output, each with the request's ``id``:
``frames`` while drawing, then ``done`` (with the manifest's path), ``failed`` (with the scene's own line) or ``exit``
(a child was killed). The server itself imports manim, the compiled loops and this folder; scenes, assets and models are
imported in the child, so an edit between two requests is always seen. Nothing is left behind: children die with the
server and the server dies with its parent.
"""

import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from assets.process import die_with_parent, in_mb, peak_mb
from assets.remedies import remedy, sentence
from models.folders import ROOT
from render.fork import PieceError, PieceKilled
from render.slots import Slots, refuse_threads

Emit = Callable[[dict[str, Any]], None]
LOOK_FOR_GARBAGE = (50_000, 20, 100)  # objects, then rounds: a scene makes much, and little of it is garbage


def serve() -> None:
    """Answer requests until standard input ends."""
    die_with_parent()
    out = os.dup(1)
    os.dup2(2, 1)  # whatever libraries print must not mix with the answers
    gc.disable()  # imports make no garbage, and looking for it takes a tenth of their time
    importlib.import_module("render.film")
    gc.set_threshold(*LOOK_FOR_GARBAGE)
    children: dict[int, str] = {}
    slots: Slots | None = None

    def reap(*_: object) -> None:
        while children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            code, peak = os.waitstatus_to_exitcode(status), in_mb(usage.ru_maxrss)
            emit_to(out)({"id": children.pop(pid), "event": "exit", "status": code, "peak_mb": peak})

    signal.signal(signal.SIGCHLD, reap)
    emit_to(out)({"id": "", "event": "ready"})
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        slots = slots_for(request, slots)
        if not request.get("stills"):
            prepare(request, emit_to(out))
        refuse_threads()
        gc.collect()
        gc.freeze()  # what is here now stays; looking through it again would copy its pages in every child
        gc.enable()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            _child(request, slots, out)
        children[pid] = request["id"]
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _child(request: dict[str, Any], slots: Slots | None, out: int) -> None:
    """Draw one scene in the forked child and leave the process without running the server's clean-up."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    emit = emit_to(out)

    def told(frames: int) -> None:
        emit({"id": request["id"], "event": "frames", "frames": frames})

    work = Path(request["work"])
    code = 1
    try:
        from render.film import film

        work.mkdir(parents=True, exist_ok=True)
        log = os.open(work / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        answer = film(request, work, slots, told, partial(explained, scene=request["scene"]))
        emit({"id": request["id"], "event": "done", "peak_mb": peak_mb(), **answer})
        code = 0
    except PieceKilled as error:
        killed = {"status": -signal.SIGKILL, "peak_mb": error.peak_mb, "who": str(error)}
        emit({"id": request["id"], "event": "exit", **killed})
    except BaseException as error:  # a scene may raise anything; the child's only way to speak is this answer
        with suppress(OSError):  # on a full disk the answer matters more than the log
            traceback.print_exc()
        said, where = explained(error, request["scene"])
        emit({"id": request["id"], "event": "failed", "error": said, "where": where})
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def emit_to(descriptor: int) -> Emit:
    """A function that writes one answer as one line in one write, so that lines of several processes never mix."""

    def emit(event: dict[str, Any]) -> None:
        os.write(descriptor, (json.dumps(event) + "\n").encode())

    return emit


def prepare(request: Mapping[str, Any], emit: Emit) -> None:
    """Load, or the first time compile, the loops that draw and convert frames; children inherit them."""
    if "render.pixels.yuv" not in sys.modules:
        note = "loading the drawing loops; the first time they are compiled"
        emit({"id": request["id"], "event": "frames", "frames": 0, "note": note})
    importlib.import_module("render.pixels.display").prepare(request["quality"]["raster"])
    importlib.import_module("render.pixels.yuv")


def slots_for(request: Mapping[str, Any], present: Slots | None) -> Slots | None:
    """As many permits to draw as a request asks for; None where a scene's own process draws all frames in a row."""
    count = request.get("jobs", 1)
    if count == 1 or not sys.platform.startswith("linux"):
        return None
    return present if present is not None and present.count == count else Slots(count)


def explained(error: BaseException, scene: str) -> tuple[str, str]:
    """An error as (one sentence, the scene's own line that it comes from or "")."""
    text = " ".join(str(error).split())[:1500]
    if isinstance(error, PieceError):
        return text, error.where
    if remedy(error):
        return sentence(error), own_line(error, scene)
    known = type(error).__name__ in {"AssetError", "SceneError", "RenderError"}
    said = text if known else f"{type(error).__name__}: {text}" if text else type(error).__name__
    return said, own_line(error, scene)


def own_line(error: BaseException, scene: str) -> str:
    """``file:line: code`` of the deepest line of the scene's own file in an error, else of the project."""
    file = scene.rpartition(":")[0]
    plain = file.endswith(".py")
    own = Path(file) if plain else ROOT / "scenes" / (file.replace(".", "/") + ".py")
    root, top = (own.parent, own.parent) if plain else (ROOT, ROOT / "scenes")
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(traceback.FrameSummary(error.filename, error.lineno, "", line=(error.text or "").strip()))
    inside = [f for f in frames if Path(f.filename) == own] or [f for f in frames if top in Path(f.filename).parents]
    if not inside:
        return ""
    return f"{Path(inside[-1].filename).relative_to(root)}:{inside[-1].lineno}: {inside[-1].line}"


if __name__ == "__main__":
    serve()
