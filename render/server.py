"""The render server: a process of its own that imports manim once and forks a child for every scene it draws.

Requests are JSON lines on standard input, answers JSON lines on standard output, each with the request's ``id``:
``frames`` while drawing, then ``done`` (with the manifest's path), ``failed`` (with the scene's own line) or ``exit``
(the child was killed). The server itself imports third-party packages only through ``render.raster``; scenes, assets
and models are imported in the child, so an edit between two requests is always seen. Nothing is left behind: children
die with the server and the server dies with its parent.
"""

import importlib
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from manim import Scene
from PIL import Image

from assets.process import die_with_parent, in_mb, peak_mb
from models.folders import ROOT
from render.encode import Encoder
from render.quality import Quality, RenderError
from render.raster import ClipRenderer, camera_of, configure

REPORT_EVERY_S = 0.25
TOOLS = ("manim", "numpy", "av", "typst", "pillow", "pycairo")

Emit = Callable[[dict[str, Any]], None]


def serve() -> None:
    """Answer requests until standard input ends."""
    die_with_parent()
    out = os.dup(1)
    os.dup2(2, 1)  # whatever libraries print must not mix with the answers
    children: dict[int, str] = {}

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
        if threading.active_count() != 1:
            raise RenderError(f"The render server has {threading.active_count()} threads at a fork; it must have one.")
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            _child(request, out)
        children[pid] = request["id"]
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _child(request: dict[str, Any], out: int) -> None:
    """Draw one scene in the forked child and leave the process without running the server's clean-up."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    emit = emit_to(out)
    work = Path(request["work"])
    code = 1
    try:
        work.mkdir(parents=True, exist_ok=True)
        log = os.open(work / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        answer = film(request, work, emit)
        emit({"id": request["id"], "event": "done", "peak_mb": peak_mb(), **answer})
        code = 0
    except BaseException as error:  # a scene may raise anything; the child's only way to speak is this answer
        with suppress(OSError):  # on a full disk the answer matters more than the log
            traceback.print_exc()
        emit(
            {
                "id": request["id"],
                "event": "failed",
                "error": _sentence(error),
                "where": own_line(error, request["scene"]),
            }
        )
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def film(request: Mapping[str, Any], work: Path, emit: Emit) -> dict[str, Any]:
    """Draw a scene into ``work``: a clip and its manifest, or stills at the end of each cue.

    The request holds scene, quality, store, assets (name -> object id), durations (cue -> s) and stills (bool).
    """
    from assets.store import Assets, Store, load_asset

    sys.meta_path.insert(0, NoTorch())
    quality = Quality(**request["quality"])
    configure(quality, work / "manim")
    store = Store(Path(request["store"]))
    assets = Assets({name: load_asset(store, name, object_id) for name, object_id in request["assets"].items()})
    module, _, name = request["scene"].partition(":")
    scene_class = getattr(importlib.import_module(f"scenes.{module}"), name)
    if request["stills"]:
        return {"stills": draw_stills(scene_class, assets, request["durations"], work)}
    started = time.process_time()
    with Encoder(work / "clip.mp4", quality) as encoder:
        sink = _Reporting(encoder, request["id"], emit)
        renderer = ClipRenderer(sink, camera_of(scene_class))
        scene = scene_class(assets=assets, durations=request["durations"], renderer=renderer)
        scene.render()
    if encoder.frames != scene.ticks * quality.fps // 15 or encoder.frames == 0:
        raise RenderError(f"Scene {name} drew {encoder.frames} frames, and its clock says {scene.ticks} / 15 s.")
    refuse_unspoken(name, request["durations"], scene.cues)
    manifest = make_manifest(scene, renderer, quality, assets, sink, time.process_time() - started)
    (work / "manifest.json").write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(work / "manim", ignore_errors=True)
    return {"clip": str(work / "clip.mp4"), "manifest": str(work / "manifest.json")}


def draw_stills(scene_class: type[Scene], assets: Any, durations: Mapping[str, float], work: Path) -> list[str]:
    """A PNG at the end of every cue, without drawing anything between."""
    renderer = ClipRenderer(None, camera_of(scene_class))
    made: list[str] = []

    def draw(cue: str) -> None:
        path = work / f"{len(made) + 1:02d}-{cue}.png"
        Image.fromarray(renderer.picture(scene)).convert("RGB").save(path)
        made.append(str(path))

    scene = scene_class(assets=assets, durations=durations, on_cue=draw, renderer=renderer)  # type: ignore[call-arg]
    scene.render()
    if not made:
        draw("end")
    return made


def refuse_unspoken(name: str, durations: Mapping[str, float], cues: Sequence[Any]) -> None:
    """Raises: RenderError for a line that is in the narration and that the scene never said."""
    for line in durations:
        if line not in {cue.name for cue in cues}:
            raise RenderError(
                f"The narration of {name} has the line '{line}', and the scene never says it; say or remove it."
            )


class NoTorch:
    """An import hook that keeps torch out of scenes: they draw arrays that were captured before."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.split(".")[0] == "torch":
            raise RenderError(f"{name} cannot be imported by a scene: capture tensors in a recipe and read its asset.")


def make_manifest(
    scene: Any, renderer: ClipRenderer, quality: Quality, assets: Any, sink: "_Reporting", cpu_s: float
) -> dict[str, Any]:
    """What a clip is: frames, cues in frames, arrays read with digests, plays with CPU seconds, tool versions."""
    per_tick = quality.fps // 15
    return {
        "scene": type(scene).__name__,
        "quality": asdict(quality),
        "frames": renderer.frames,
        "cues": [
            {
                "cue": cue.name,
                "first_frame": cue.first_tick * per_tick,
                "end_frame": cue.end_tick * per_tick,
                "line_frames": cue.line_ticks * per_tick,
            }
            for cue in scene.cues
        ],
        "reads": dict(sorted(assets.reads.items())),
        "plays": [{"frames": frames, "cpu_s": round(cpu, 3)} for frames, cpu in renderer.plays],
        "cpu_s": {"draw": round(cpu_s - sink.encode_cpu_s, 2), "encode": round(sink.encode_cpu_s, 2)},
        "tools": {name: version(name) for name in TOOLS},
    }


class _Reporting:
    """An encoder that tells how far it is and what it costs."""

    def __init__(self, encoder: Encoder, request_id: str, emit: Emit) -> None:
        self.encoder, self.request_id, self.emit = encoder, request_id, emit
        self.encode_cpu_s = 0.0
        self.told = time.monotonic()

    def write(self, rgba: np.ndarray, repeat: int = 1) -> None:
        started = time.process_time()
        self.encoder.write(rgba, repeat)
        self.encode_cpu_s += time.process_time() - started
        if time.monotonic() - self.told > REPORT_EVERY_S:
            self.told = time.monotonic()
            self.emit({"id": self.request_id, "event": "frames", "frames": self.encoder.frames})


def emit_to(descriptor: int) -> Emit:
    """A function that writes one answer as one line in one write, so that lines of several processes never mix."""

    def emit(event: dict[str, Any]) -> None:
        os.write(descriptor, (json.dumps(event) + "\n").encode())

    return emit


def own_line(error: BaseException, scene: str) -> str:
    """``file:line: code`` of the deepest line of the scene's own file in an error, else of the project."""
    own = ROOT / "scenes" / (scene.partition(":")[0].replace(".", "/") + ".py")
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(traceback.FrameSummary(error.filename, error.lineno, "", line=(error.text or "").strip()))
    inside = [f for f in frames if Path(f.filename) == own] or [
        f for f in frames if ROOT / "scenes" in Path(f.filename).parents
    ]
    if not inside:
        return ""
    return f"{Path(inside[-1].filename).relative_to(ROOT)}:{inside[-1].lineno}: {inside[-1].line}"


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())[:1500]
    known = type(error).__name__ in {"AssetError", "SceneError", "RenderError"}
    return text if known else f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    serve()
