import subprocess
import sys
from pathlib import Path

import pytest

from render.quality import GRID, QUALITIES, Quality

HEAVY = ("av", "ffmpeg", "hypothesis", "manim", "numpy", "pydub", "torch")


def test_the_qualities_are_the_four_that_the_command_line_offers():
    sizes = {name: (q.width, q.height, q.fps, q.preset, q.crf, q.raster, q.quick) for name, q in QUALITIES.items()}
    assert sizes == {
        "preview": (854, 480, 15, "ultrafast", 24, "fast", True),
        "draft": (1280, 720, 30, "superfast", 24, "fast", True),
        "final": (1920, 1080, 60, "medium", 18, "exact", False),
        "4k": (3840, 2160, 60, "superfast", 18, "exact", False),
    }
    assert all(name == quality.name for name, quality in QUALITIES.items())


def test_every_cue_on_the_grid_falls_on_a_frame_at_every_quality():
    assert [quality.fps % GRID for quality in QUALITIES.values()] == [0, 0, 0, 0]


def test_a_quality_that_yuv420p_or_the_grid_cannot_hold_is_refused():
    with pytest.raises(AssertionError, match="odd size 853x480"):
        Quality("odd", 853, 480, 15, "ultrafast", 23)
    with pytest.raises(AssertionError, match="25 fps is no multiple of 15"):
        Quality("pal", 720, 576, 25, "ultrafast", 23)


def test_qualities_and_captions_import_nothing_heavy():
    code = f"import sys, render.quality, render.captions; print(sorted(set(sys.modules) & set({HEAVY})))"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True).stdout == "[]\n"
