"""The comparison of small pictures notices a changed one and leaves it beside the golden one."""

import numpy as np
import pytest
from manim import Dot, Square
from PIL import Image

from tests.scenes.golden import TOLERANCE, assert_same_picture, drawn


def test_a_missing_picture_is_left_to_be_looked_at(tmp_path):
    with pytest.raises(AssertionError, match="There is no square.png: look at"):
        assert_same_picture(tmp_path / "square.png", drawn([Square()]))
    assert (tmp_path / "square.obtained.png").exists()


def test_the_same_picture_passes_and_a_moved_dot_does_not(tmp_path):
    golden = tmp_path / "dot.png"
    Image.fromarray(drawn([Dot(radius=0.05)])).save(golden)
    assert_same_picture(golden, drawn([Dot(radius=0.05)]))
    with pytest.raises(AssertionError, match="dot.png differs by"):
        assert_same_picture(golden, drawn([Dot([0.1, 0, 0], radius=0.05)]))
    assert (tmp_path / "dot.obtained.png").exists()


def test_noise_below_the_tolerance_passes(tmp_path):
    golden, picture = tmp_path / "dot.png", drawn([Dot()])
    Image.fromarray(picture).save(golden)
    assert_same_picture(golden, np.minimum(picture.astype(int) + int(TOLERANCE) - 1, 255).astype(np.uint8))
