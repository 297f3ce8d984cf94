"""A scene outside the project's folders: it needs no narration as long as it says nothing."""

import importlib.util
import sys

import pytest

from assets.store import Assets
from render.raster import ClipRenderer, configure
from scenes.narration import SceneError
from tests.scenes.conftest import TINY

OWN = """
from manim import Circle
from scenes.base import TensorScene


class Dot(TensorScene):
    def construct(self):
        self.add(Circle())
        self.wait(1)


class Speaker(TensorScene):
    def construct(self):
        with self.say("hello"):
            pass
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_scene.py").write_text(OWN)
    spec = importlib.util.spec_from_file_location("own_scene", tmp_path / "own_scene.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "own_scene", module)
    spec.loader.exec_module(module)
    configure(TINY, tmp_path)
    return module


def test_a_silent_scene_needs_no_narration(own):
    scene = own.Dot(assets=Assets({}), renderer=ClipRenderer(None))
    scene.render()
    assert (scene.ticks, scene.durations) == (15, {})


def test_a_scene_that_speaks_lines_that_nobody_wrote_is_refused(own):
    with pytest.raises(SceneError, match="Scene Speaker says 'hello', and its narration has no such cue."):
        own.Speaker(assets=Assets({}), renderer=ClipRenderer(None)).render()
