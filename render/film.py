"""From a request to a clip: open the scene, have its frames drawn, join the pieces, write down what they were.

Runs in a process of its own that the render server forked. A scene is a ``TensorScene`` of this project, with assets
and narration, or any plain Manim scene in a file.
"""

import importlib
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import srt
from manim import Scene, config
from PIL import Image

from assets.process import peak_mb
from models.suggest import did_you_mean
from render.encode import Encoder, join_video
from render.fork import HANG_S, Crew, FrameSink, Piece
from render.motion import copying
from render.pictures import Pictures, number_pictures
from render.pixels import display
from render.quality import GRID, Quality, RenderError
from render.raster import ClipRenderer, configure
from render.slots import Slots
from render.window import Window, clear_background

TOOLS = ("manim", "numpy", "av", "typst", "pillow", "pycairo", "numba")
Explain = Callable[[BaseException], tuple[str, str]]


def film(
    request: Mapping[str, Any], work: Path, slots: Slots | None, told: Callable[[int], None], explain: Explain
) -> dict[str, Any]:
    """Draw what a request asks for into ``work``: a clip or numbered pictures, and a manifest; or stills.

    request: scene ("module:Class", or "/path/file.py:Class" for a plain scene), quality, and for a TensorScene store,
    assets (name -> object id), durations (cue -> s) and words (cue -> [word, s] rows); optionally stills, pngs,
    transparent, hashes, "from" and "to" (cues), cwd.
    """
    quality = Quality(**request["quality"])
    plain = request["scene"].partition(":")[0].endswith(".py")
    sys.pycache_prefix = str(work / "manim" / "pycache")  # else stale code: .pyc files are told apart by whole seconds
    configure(quality, work / "manim", plain)
    scene_class = _plain_class(request) if plain else _tensor_class(request["scene"])
    spoken = {"durations": request["durations"], "words": request.get("words", {})}
    given = {} if plain else {"assets": _assets(request), **spoken}
    if request.get("stills"):
        return {"stills": draw_stills(scene_class, given, work)}
    copying.use(True)
    display.use(quality.raster)
    crew = Crew(
        *(scene_class.__name__, work, _opener(request, quality), slots, told, explain),
        hashes=request.get("hashes", False),
        hang_s=request.get("hang_s", HANG_S),
        strict=not plain,
        moved_in=own_scratch,
    )
    started = time.process_time()
    try:
        scene = _run(scene_class, given, crew, request)
        pieces = crew.finish()
    finally:
        crew.end()
    own_cpu_s = time.process_time() - started
    manifest = make_manifest(scene, quality, pieces, own_cpu_s)
    made = _hand_over(request, work, quality, pieces)
    if plain:
        made |= _beside(scene, work)
    else:
        _check_clock(scene, quality, request)
        manifest |= _told(scene, quality)
    peak = _write_manifest(manifest, crew, work)
    shutil.rmtree(work / "manim", ignore_errors=True)
    return {**made, "manifest": str(work / "manifest.json"), "peak_mb": peak}


def _write_manifest(manifest: Mapping[str, Any], crew: Crew, work: Path) -> float:
    """Write a clip's manifest with the memory that it took, and return the peak in MB, children together."""
    memory = {"scene": peak_mb(), "child": round(crew.private_mb()), "children": crew.most_at_once}
    (work / "manifest.json").write_text(json.dumps({**manifest, "memory_mb": memory}, indent=1))
    return memory["scene"] + memory["children"] * memory["child"]  # a child shares the rest with the scene's process


def own_scratch(piece: Path) -> None:
    """Give a process a folder of its own for the files that manim's text writes: two at one file would spoil it."""
    config.media_dir = str(piece.with_suffix(".manim"))


def _tensor_class(spec: str) -> type[Scene]:
    sys.meta_path.insert(0, NoTorch())
    module, _, name = spec.partition(":")
    found: type[Scene] = getattr(importlib.import_module(f"scenes.{module}"), name)
    return found


def _plain_class(request: Mapping[str, Any]) -> type[Scene]:
    """The scene class of a file, in the folder that its relative paths start from."""
    path, _, name = request["scene"].rpartition(":")
    file = Path(path)
    os.chdir(request.get("cwd") or file.parent)
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    classes = [n for n, c in vars(module).items() if isinstance(c, type) and issubclass(c, Scene) and n[0] != "_"]
    found: Any = getattr(module, name, None)
    if found is None:
        raise RenderError(f"{file.name} has no scene class '{name}'.{did_you_mean(name, classes)}")
    return found


def _assets(request: Mapping[str, Any]) -> Any:
    from assets.store import Assets, Store, load_asset

    store = Store(Path(request["store"]))
    return Assets({name: load_asset(store, name, object_id) for name, object_id in request["assets"].items()})


def _opener(request: Mapping[str, Any], quality: Quality) -> Callable[[Path], AbstractContextManager[FrameSink]]:
    if request.get("pngs"):
        return partial(Pictures, transparent=request.get("transparent", False))
    return partial(Encoder, quality=quality)


def _run(scene_class: type[Scene], given: Mapping[str, Any], crew: Crew, request: Mapping[str, Any]) -> Any:
    """Construct a scene and let it play; the crew may still be drawing when this returns."""
    window = Window(request.get("from", ""), request.get("to", ""), tuple(request.get("durations", ())))
    heard = {"on_say": window.starts, "on_cue": window.ends} if given else {}
    scene = construct(scene_class, crew, {**given, **heard})
    window.open(scene)
    if request.get("transparent"):
        clear_background(scene.camera)
    scene.render()
    window.refuse_unseen()
    return scene


def construct(scene_class: Any, crew: Crew | None, given: Mapping[str, Any]) -> Any:
    """An object of a scene class whose renderer is ours, whatever its own ``__init__`` takes and hands on."""
    module: Any = importlib.import_module("manim.scene.scene")
    module.CairoRenderer = partial(ClipRenderer, crew)  # what a scene makes where it is given no renderer
    return scene_class(**given)


def _hand_over(request: Mapping[str, Any], work: Path, quality: Quality, pieces: Sequence[Piece]) -> dict[str, Any]:
    """Join what the crew drew into what was asked for."""
    if not pieces:
        raise RenderError("The scene plays nothing; a clip needs at least one play or wait.")
    if request.get("pngs"):
        count = number_pictures([piece.path.with_suffix("") for piece in pieces], work / "frames")
        return {"frames": str(work / "frames"), "count": count, "fps": quality.fps}
    clip = work / "clip.mp4"
    names = [f"play {piece.play + 1} from frame {piece.first}" for piece in pieces]
    join_video([piece.path for piece in pieces], clip, names)
    for piece in pieces:
        piece.path.unlink()
        shutil.rmtree(piece.path.with_suffix(".manim"), ignore_errors=True)
    return {"clip": str(clip)}


def _beside(scene: Any, work: Path) -> dict[str, str]:
    """What a plain scene has besides pictures: sound, subcaptions."""
    writer = scene.renderer.file_writer
    made = {}
    if writer.includes_sound:
        writer.audio_segment.export(work / "sound.wav", format="wav")
        made["sound"] = str(work / "sound.wav")
    if writer.subcaptions:
        (work / "captions.srt").write_text(srt.compose(writer.subcaptions), encoding="utf-8")
        made["captions"] = str(work / "captions.srt")
    return made


def draw_stills(scene_class: type[Scene], given: Mapping[str, Any], work: Path) -> list[str]:
    """A PNG at the end of every cue, or of the scene if it has none, without drawing anything between."""
    made: list[str] = []

    def draw(cue: str) -> None:
        path = work / f"{len(made) + 1:02d}-{cue}.png"
        Image.fromarray(scene.renderer.picture(scene)).convert("RGB").save(path)
        made.append(str(path))

    scene = construct(scene_class, None, {**given, **({"on_cue": draw} if given else {})})
    scene.render()
    if not made:
        draw("end")
    return made


def _check_clock(scene: Any, quality: Quality, request: Mapping[str, Any]) -> None:
    """Raises: RenderError if frames and clock disagree, or a line of the narration was never said."""
    name, drawn = type(scene).__name__, scene.renderer.frames
    if drawn != (scene.ticks - scene.first_tick) * quality.fps // GRID or drawn == 0:
        raise RenderError(f"Scene {name} drew {drawn} frames, and its clock says {scene.ticks} / {GRID} s.")
    if request.get("from") or request.get("to"):
        return
    for line in request["durations"]:
        if line not in {cue.name for cue in scene.cues}:
            raise RenderError(
                f"The narration of {name} has the line '{line}', and the scene never says it; say or remove it."
            )


class NoTorch:
    """An import hook that keeps torch out of scenes: they draw arrays that were captured before."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.split(".")[0] == "torch":
            raise RenderError(f"{name} cannot be imported by a scene: capture tensors in a recipe and read its asset.")


def _told(scene: Any, quality: Quality) -> dict[str, Any]:
    """What a TensorScene says of itself: its lines and sounds in time, what it was drawn from, and all that it read."""
    told = {"cues": _cues(scene, quality), "chimes": _chimes(scene), "heeded": sorted(scene.heeded)}
    told["sources"] = _sources(scene)  # before the reads: naming a source is one
    return {**told, "reads": dict(sorted(scene.assets.reads.items()))}


def _cues(scene: Any, quality: Quality) -> list[dict[str, Any]]:
    """The lines within the drawn window, in frames from its beginning."""
    per_tick = quality.fps // GRID
    return [
        {
            "cue": cue.name,
            "first_frame": (cue.first_tick - scene.first_tick) * per_tick,
            "end_frame": (cue.end_tick - scene.first_tick) * per_tick,
            "line_frames": cue.line_ticks * per_tick,
        }
        for cue in scene.cues
        if cue.first_tick >= scene.first_tick
    ]


def _sources(scene: Any) -> list[str]:
    """Where the data of a scene's assets come from, a sentence for each model."""
    facts = [scene.assets[name].provenance for name in scene.needs]
    return list(dict.fromkeys(f"{f['model']}: {f['data_source']}" for f in facts if "data_source" in f))


def _chimes(scene: Any) -> list[dict[str, float]]:
    """The values that are heard, with the seconds from the clip's start."""
    return [
        {"start_s": (chime.tick - scene.first_tick) / GRID + chime.after_s, "value": chime.value}
        for chime in scene.chimes
        if chime.tick >= scene.first_tick
    ]


def make_manifest(scene: Any, quality: Quality, pieces: Sequence[Piece], own_cpu_s: float) -> dict[str, Any]:
    """What a clip is: frames, plays with CPU seconds, sections, CPU seconds by stage, tool versions.

    cpu_s: "state" is construct() and stepping in the scene's own process, "draw" and "encode" are the pieces'.
    """
    drawn, renderer = sum(piece.frames for piece in pieces), scene.renderer
    if drawn != renderer.frames:
        raise RenderError(f"{drawn} frames were drawn of {renderer.frames}; please report this as a bug.")
    of_play = {play: sum(p.cpu_s for p in pieces if p.play == play) for play in range(len(renderer.plays))}
    encode, own = sum(p.encode_cpu_s for p in pieces), own_cpu_s
    if renderer.crew.alone:
        own -= sum(p.cpu_s for p in pieces)
    draw = sum(p.cpu_s for p in pieces) - encode
    return {
        "scene": type(scene).__name__,
        "quality": asdict(quality),
        "frames": drawn,
        "plays": [{"frames": n, "cpu_s": round(of_play[i], 3)} for i, (_, n) in enumerate(renderer.plays)],
        "sections": [{"name": name, "first_frame": frame} for name, frame in renderer.sections],
        "pieces": len(pieces),
        "cpu_s": {"state": round(own, 2), "draw": round(draw, 2), "encode": round(encode, 2)},
        "tools": {name: version(name) for name in TOOLS},
        "md5": [digest for piece in pieces for digest in piece.md5],
    }
