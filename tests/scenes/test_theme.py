"""The colours of the theme stay apart for every kind of colour vision, and every colour of text can be read.

Deficiencies are simulated with the matrices of Machado, Oliveira and Fernandes 2009 ("A Physiologically-based Model for
Simulation of Color Vision Deficiency") at severity 1, in linear RGB; differences are CIE 1976 distances in Lab (D65);
contrast is that of WCAG 2.2.
"""

from itertools import combinations

import numpy as np
import pytest

from scenes.kit.shapes import LEVELS
from scenes.theme import ACCENT, BACKGROUND, CORRECT, DIM, INK, NEGATIVE, PANEL, POSITIVE

APART = 20.0  # CIE 1976; 2.3 is just noticeable side by side, and a thin line needs several times that
FAINT_APART = 10.0  # the same for the faintest level of a sign, which is seldom looked at alone
READABLE = 4.5
VISIONS = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
MEANINGS = {"positive": POSITIVE, "negative": NEGATIVE, "accent": ACCENT, "correct": CORRECT, "ink": INK}
TEXT = {"ink": INK, "dim": DIM, "positive": POSITIVE, "negative": NEGATIVE, "accent": ACCENT, "correct": CORRECT}


def linear(color):
    """Linear RGB (3,) of a hex colour."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(color, vision="full"):
    """CIE Lab (3,) of a hex colour as a kind of vision sees it."""
    seen = np.clip(VISIONS[vision] @ linear(color), 0, 1)
    share = XYZ @ seen / XYZ.sum(axis=1)
    f = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(color, behind):
    """WCAG contrast of two hex colours, at least 1."""
    light, dark = sorted((float(XYZ[1] @ linear(one)) for one in (color, behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faded(color, opacity):
    """The hex colour of an opacity on the background, blended as the renderer does, in sRGB."""
    top, under = (np.array([int(one[i : i + 2], 16) for i in (1, 3, 5)]) for one in (color, BACKGROUND))
    return "#" + "".join(f"{round(v):02X}" for v in under + opacity * (top - under))


def distance(first, second, vision):
    return float(np.linalg.norm(lab(first, vision) - lab(second, vision)))


@pytest.mark.parametrize("vision", VISIONS)
def test_the_colours_that_mean_something_stay_apart_and_off_the_background(vision):
    pairs = [*combinations(MEANINGS.items(), 2), *((one, ("background", BACKGROUND)) for one in MEANINGS.items())]
    close = {f"{a} and {b}": distance(x, y, vision) for (a, x), (b, y) in pairs if distance(x, y, vision) < APART}
    assert not close


@pytest.mark.parametrize("vision", VISIONS)
def test_the_two_signs_stay_apart_at_every_level_of_opacity(vision):
    shares = [(level + 1) / LEVELS for level in range(LEVELS)]
    apart = [distance(faded(POSITIVE, share), faded(NEGATIVE, share), vision) for share in shares]
    assert apart == sorted(apart)
    assert apart[0] >= FAINT_APART


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("color", [POSITIVE, NEGATIVE])
def test_a_larger_size_is_always_lighter(vision, color):
    lightness = [lab(faded(color, (level + 1) / LEVELS), vision)[0] for level in range(LEVELS)]
    assert (np.diff(lightness) > 2).all()


@pytest.mark.parametrize("behind", [BACKGROUND, PANEL])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read_on_the_background_and_on_panels(name, behind):
    assert contrast(TEXT[name], behind) >= READABLE


def test_the_simulation_leaves_greys_alone_and_makes_red_and_green_alike():
    for vision in VISIONS:
        assert lab("#808080", vision) == pytest.approx(lab("#808080"), abs=0.1)
    assert distance("#B06A50", "#7F7F50", "protanopia") < 0.5 * distance("#B06A50", "#7F7F50", "full")
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert lab("#FFFFFF") == pytest.approx([100, 0, 0], abs=0.02)
