"""A process that looks at scenes: it plays each without drawing and answers with what is wrong in it.

Requests are JSON lines on standard input, answers JSON lines on standard output: ``done`` with the findings, or
``failed`` with the scene's own line. Scenes and assets are imported here and never by the command, whose own process
ends with this one; so whatever a scene imports or changes stays here.
"""

import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from assets.process import die_with_parent
from render.check.findings import Finding
from render.check.look import Onlooker, check_scene
from render.film import _assets, _plain_class, _tensor_class
from render.quality import GRID, Quality
from render.raster import configure
from render.server import Emit, emit_to, explained

SIZE = Quality("check", 320, 180, GRID, "ultrafast", 23)  # nothing is drawn: only the shape of the frame counts


def serve() -> None:
    """Answer requests until standard input ends."""
    die_with_parent()
    emit = emit_to(os.dup(1))
    os.dup2(2, 1)  # whatever libraries and scenes print must not mix with the answers
    for line in sys.stdin:
        request = json.loads(line)
        answer(request, emit)


def answer(request: Mapping[str, Any], emit: Emit) -> None:
    """Look at one scene; one that fails is an answer and not the end."""
    try:
        found = [finding.facts() for finding in look(request)]
        emit({"id": request["id"], "event": "done", "findings": found})
    except BaseException as error:  # a scene may raise anything, and the others are still to be looked at
        with suppress(OSError):
            traceback.print_exc()
        sentence, where = explained(error, request["scene"])
        emit({"id": request["id"], "event": "failed", "error": sentence, "where": where})


def look(request: Mapping[str, Any]) -> list[Finding]:
    """Play a scene and say what is wrong with it.

    request: scene, store, assets, durations, cwd as for ``render.film``; work, a folder of this request's own; words
    (spoken text by cue), times (its words with their seconds by cue), title and lang for the spelling.
    """
    work = Path(request["work"])
    work.mkdir(parents=True, exist_ok=True)
    sys.pycache_prefix = str(work / "pycache")  # else stale code: .pyc files are told apart by whole seconds
    plain = request["scene"].partition(":")[0].endswith(".py")
    configure(SIZE, work, plain)
    scene_class: Any = _plain_class(request) if plain else _tensor_class(request["scene"])
    given = {} if plain else {"assets": _assets(request), "durations": request["durations"], "words": request["times"]}
    module: Any = importlib.import_module("manim.scene.scene")
    module.CairoRenderer = partial(Onlooker, request["lang"])  # what a scene makes where it is given no renderer
    return check_scene(scene_class(**given), request["words"], request["title"])


if __name__ == "__main__":
    serve()
