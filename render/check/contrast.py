"""Whether a text stands out from what is really behind it."""

from collections.abc import Iterator

from render.check.paint import FAINT, behind, over, uncovered
from render.check.seen import Picture, Remark
from scenes.kit.contrast import contrast

LEAST = 4.5  # WCAG 2, level AA, text of any size
ROUNDING = 0.05


def too_faint(picture: Picture) -> Iterator[Remark]:
    """Texts at rest of which an outline, as it is mixed with what is behind it, has too little contrast to that."""
    for text in picture.texts if picture.rest else ():
        if not text.asked or text.alpha <= FAINT:
            continue
        seen = uncovered(picture, text)
        if not seen.any():
            continue
        ground = behind(picture, text)  # (n, 3)
        ratios = contrast(over(text.inks, ground), ground)[seen]  # (n,)
        low = int((ratios < LEAST - ROUNDING).sum())
        if low:
            worst = float(ratios.min())
            part = "" if low == len(ratios) else f" in {low} of {len(ratios)} characters"
            yield Remark("contrast", text.name, f"has contrast {worst:.1f}:1{part}, below {LEAST}:1", -worst, text.key)
