"""Every scene of the chapters: it reads the assets that it declares, each of them, and draws what they hold."""

from importlib import import_module

import numpy as np
import pytest

from assets.store import AssetError, Assets
from models.folders import ROOT
from scenes.chapters import CHAPTERS
from scenes.narration import load_narration

SCENES = tuple(spec for chapter in CHAPTERS for spec in chapter.scenes)


@pytest.fixture
def show(play):
    """Run a scene named as in the list of chapters; gives its last picture while a line is spoken."""

    def run(spec, assets):
        module, _, name = spec.partition(":")
        scene_class = getattr(import_module(f"scenes.{module}"), name)
        cues, pictures = load_narration(ROOT / "scenes" / module.partition(".")[0])[name].lines, []
        last = list(cues)[-1]
        play(
            scene_class,
            assets,
            cues,
            lambda scene, cue: pictures.append(scene.renderer.picture(scene)) if cue == last else None,
        )
        return scene_class, pictures[0]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("spec", SCENES)
def test_other_arrays_give_another_picture_the_same_arrays_the_same_and_only_declared_assets_are_read(
    show, make_assets, spec
):
    assets = make_assets(1)
    scene_class, picture = show(spec, assets)
    assert {read.split(".")[0] for read in assets.reads} == set(scene_class.needs)
    assert np.array_equal(picture, show(spec, make_assets(1))[1])
    assert not np.array_equal(picture, show(spec, make_assets(2))[1])


@pytest.mark.parametrize("spec", SCENES)
def test_a_scene_without_its_assets_does_not_render(show, spec):
    with pytest.raises(AssetError, match="The asset '[a-z_]+' is not here"):
        show(spec, Assets({}))
