"""Written values that change: the old ones leave, then the new ones arrive, and none in between is ever shown."""

from functools import lru_cache
from typing import Any

from manim import Animation, VMobject

from scenes.theme import BEAT

TRAVEL = 0.35  # em that a number moves up while it leaves or arrives


def ink(color: str) -> VMobject:
    """A mobject without points, filled with a colour: a copy of one that is made once for each colour."""
    return _template(color).copy()


@lru_cache(maxsize=64)
def _template(color: str) -> VMobject:
    return VMobject(fill_color=color, fill_opacity=1, stroke_width=0)


class Rewrite(Animation):
    """Written values leave upwards in the first half, others arrive from below in the second; none between is shown.

    The component gives ``present()`` when it begins, and draws each instant by ``rewrite(present, target, share)``.
    """

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, component: Any, target: Any, **kwargs: Any) -> None:
        self.component, self.target = component, target
        super().__init__(component, **({"run_time": BEAT} | kwargs))

    def begin(self) -> None:
        self.present = self.component.present()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        self.component.rewrite(self.present, self.target, self.rate_func(alpha))


def phase(share: float) -> tuple[bool, float, float]:
    """Of a rewriting: whether the new values are shown, how opaque they are, how far up they stand in em."""
    if share < 0.5:
        return False, 1 - 2 * share, 2 * share * TRAVEL
    return True, 2 * share - 1, (2 * share - 2) * TRAVEL
