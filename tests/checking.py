"""Tiny scenes that are looked at without drawing: what the lint says of a ``construct`` of a few lines."""

from assets.store import Assets
from render.check.look import Onlooker, check_scene
from render.check.worker import SIZE
from render.raster import configure
from scenes.base import TensorScene


def looked(construct, scratch, *, spoken=None, title="", lang="en", **attributes):
    """Findings about a scene that does ``construct(scene)``; ``spoken`` are lines of 1 s, or of (text, seconds)."""
    lines = {cue: line if isinstance(line, tuple) else (line, 1.0) for cue, line in (spoken or {}).items()}
    tiny = type("Tiny", (TensorScene,), {"construct": construct, **attributes})
    configure(SIZE, scratch)
    seconds = {cue: length for cue, (_, length) in lines.items()}
    scene = tiny(assets=Assets({}), durations=seconds, renderer=Onlooker(lang))
    return check_scene(scene, {cue: text for cue, (text, _) in lines.items()}, title)


def said(findings):
    """What people read, without the name of the scene."""
    return [finding.text().replace(" Tiny,", "") for finding in findings]
