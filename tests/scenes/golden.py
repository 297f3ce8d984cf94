"""Small pictures that a person looked at once: the same mobjects must give the same picture again.

The stock Cairo camera draws them at 320 x 180. A picture that is not the same is left beside the golden one as
``NAME.obtained.png``: look at both, and copy it over the golden one if it is right.
"""

from pathlib import Path

import numpy as np
from manim import Camera, ManimColor, tempconfig
from PIL import Image

from scenes.theme import BACKGROUND

FOLDER = Path(__file__).parents[1] / "golden"
TOLERANCE = (
    2.0  # of 255, mean over a window of 8 x 8 pixels: above rounding between builds of libcairo, below any change
)


def drawn(mobjects, camera_class=Camera):
    """What these mobjects look like, (180, 320, 3) uint8."""
    with tempconfig({"pixel_width": 320, "pixel_height": 180}):
        camera = camera_class(background_color=ManimColor(BACKGROUND))
        camera.capture_mobjects(list(mobjects))
    return camera.pixel_array[..., :3].copy()


def assert_golden(name, mobjects, camera_class=Camera):
    """Compare with tests/golden/NAME.png; the error names the worst place."""
    assert_same_picture(FOLDER / f"{name}.png", drawn(mobjects, camera_class))


def assert_same_picture(golden, found):
    obtained = golden.with_suffix(".obtained.png")
    if not golden.exists():
        Image.fromarray(found).save(obtained)
        raise AssertionError(f"There is no {golden.name}: look at {obtained}, and rename it if it is right.")
    expected = np.asarray(Image.open(golden).convert("RGB")).astype(float)
    sums = np.pad(np.abs(found - expected).mean(axis=2), ((1, 0), (1, 0))).cumsum(0).cumsum(1)  # (181, 321)
    mean = (sums[8:, 8:] - sums[:-8, 8:] - sums[8:, :-8] + sums[:-8, :-8]) / 64  # (173, 313)
    if mean.max() > TOLERANCE:
        Image.fromarray(found).save(obtained)
        row, column = np.unravel_index(mean.argmax(), mean.shape)
        raise AssertionError(
            f"{golden.name} differs by {mean.max():.1f} of 255 around row {row + 4}, column {column + 4}; "
            f"compare it with {obtained}."
        )
    obtained.unlink(missing_ok=True)
