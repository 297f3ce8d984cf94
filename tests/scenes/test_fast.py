"""The films' own pictures by our rasteriser look as stock manim draws them; drawn exactly, they are the same."""

import numpy as np
import pytest
from manim import Camera

from render.pixels import display
from render.quality import QUALITIES
from render.raster import ClipRenderer, configure
from scenes.ch01_neural_network.counting import EveryKnobCounted
from scenes.ch01_neural_network.forward_pass import NumbersFlowForward
from scenes.ch01_neural_network.held_number import HeldNumber
from scenes.ch01_neural_network.pixel_values import PixelsAreNumbers
from scenes.narration import load_narration
from tests.likeness import likeness

SCENES = (PixelsAreNumbers, HeldNumber, NumbersFlowForward, EveryKnobCounted)


@pytest.fixture
def rasters():
    yield display.use
    display.use("stock")


@pytest.mark.slow
@pytest.mark.parametrize("scene_class", SCENES)
def test_every_cue_of_the_chapter_is_drawn_as_by_manim(scene_class, toy, rasters, tmp_path, pytestconfig):
    configure(QUALITIES["preview"], tmp_path)
    cues = load_narration(pytestconfig.rootpath / "scenes" / "ch01_neural_network")[scene_class.__name__].lines
    seen = []

    def compare(cue):
        rasters("stock")
        stock = scene.renderer.picture(scene)
        for raster in ("exact", "fast"):
            rasters(raster)
            drawn = scene.renderer.picture(scene)
            alike = likeness(stock, drawn)
            assert alike >= 0.999, f"{raster}: {cue}"
            assert raster == "fast" or np.array_equal(stock, drawn), f"{raster}: {cue}"
        seen.append(cue)

    scene = scene_class(
        assets=toy, durations=dict.fromkeys(cues, 0.6), on_cue=compare, renderer=ClipRenderer(None, Camera)
    )
    scene.render()
    assert seen == list(cues)
