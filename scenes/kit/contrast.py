"""Which colour of text reads well on a grey: the ratio is that of WCAG 2.2, relative luminances plus 0.05."""

import numpy as np
from manim import ManimColor

from scenes.theme import BACKGROUND, INK

ENOUGH = 4.5  # to 1, what WCAG asks of small text
BLACK, WHITE = "#000000", "#FFFFFF"


def luminance(colors: np.ndarray) -> np.ndarray:
    """Relative luminance (...) of sRGB colours (..., 3) with channels in [0, 1]."""
    colors = np.asarray(colors, dtype=float)
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors.clip(0) + 0.055) / 1.055) ** 2.4)  # (..., 3)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Contrast (...) of sRGB colours (..., 3) with channels in [0, 1], from 1 to 21."""
    bright = [0.05 + luminance(colors) for colors in (one, other)]
    return np.asarray(np.maximum(*bright) / np.minimum(*bright))


def ink_on(share: float, ground: str = BACKGROUND) -> str:
    """The colour for text on ink of this opacity over ``ground``, see ``ink_over``."""
    behind = share * np.array(ManimColor(INK).to_rgb()) + (1 - share) * np.array(ManimColor(ground).to_rgb())  # (3,)
    return ink_over(behind)


def ink_over(behind: np.ndarray) -> str:
    """The colour for text on a colour (3,) with channels in [0, 1]: ours where it is enough, else black or white.

    Contrast is 4.5:1 or more whatever lies behind.
    """

    def worth(color: str) -> tuple[bool, bool, float]:
        found = float(contrast(np.array(ManimColor(color).to_rgb()), behind))
        return found >= ENOUGH, color in (INK, BACKGROUND), found

    return max((INK, BACKGROUND, WHITE, BLACK), key=worth)
