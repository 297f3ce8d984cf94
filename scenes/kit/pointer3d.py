"""An arrow in space, or only a word there: what an Embed3D points at some of its points with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Animation, Group, ImageMobject, Mobject, VMobject

from scenes.kit.shapes import Shapes, circles
from scenes.kit.space import Space, View, end_widths, parts, settle, tapered
from scenes.theme import BACKGROUND, INK, RULE, STAGGER

SHAFT, HEAD, HEAD_LENGTH, STEM, FOOT = 0.034, 0.15, 0.24, 0.014, 0.035  # units in the middle
HEAD_SHARE = 0.4  # of a short arrow
CLEAR = 0.14  # units between a tip and its word
CLOUD = 0.3  # units between the middle of many points and their name
STEEP = 6.0  # how fast a word changes to the other side of an arrow
SOFT = 0.1  # units; from a shorter arrow a word is pushed less
HALO = 5.0  # stroke width of the dark rim that parts letters from what is behind them


class Pointer(Shapes):
    """An arrow to the mean of some points, from the middle or from another point, with a label beside it.

    ``members`` (k,) and ``start`` are indices of points; ``share`` in [0, 1] is how much of it is there. Without an
    ``arrow`` the label stands alone. A stem leads from the tip of an arrow from the middle to the floor.
    """

    def __init__(
        self,
        members: Sequence[int] | np.ndarray,
        label: Mobject | None = None,
        color: str = INK,
        start: int | None = None,
        arrow: bool = True,
    ) -> None:
        super().__init__([(RULE, 1.0), (color, 1.0)])
        self.members_of, self.start, self.arrow, self.label = np.array(members), start, arrow, label
        self.share = 0.0
        self._opacities: list[tuple[Mobject, dict[str, np.ndarray]]] = []
        if label is not None:
            for part in label.get_family():
                if isinstance(part, VMobject) and len(part.points) and not part.get_stroke_width():
                    part.set_stroke(BACKGROUND, width=HALO, opacity=1, background=True)
                paints = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")
                self._opacities.append((part, {p: getattr(part, p).copy() for p in paints if hasattr(part, p)}))

    def _line(self, local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where it starts and ends now, (3,) each; ``local`` (n, 3) are all points."""
        start = np.zeros(3) if self.start is None else local[self.start]
        return start, start + (local[self.members_of].mean(axis=0) - start) * min(2 * self.share, 1.0)

    def draw(self, view: View, local: np.ndarray, floor: float) -> None:
        """Draw the arrow as it is seen from there, and fade the label."""
        self._fade(float(np.clip(2 * self.share - 1, 0, 1)))
        if not (self.arrow and self.share > 0):
            self.place(np.zeros((0, 16, 3)), np.zeros(0, dtype=int))
            return
        start, tip = self._line(local)
        length = float(np.linalg.norm(tip - start))
        head = min(HEAD_LENGTH, HEAD_SHARE * length)
        base = tip - (tip - start) * head / max(length, 1e-9)
        places, near = view.see(np.stack([start, base, tip, (*tip[:2], floor)]))  # (4, 3), (4,)
        pieces = tapered(
            places[[2, 0, 1]],
            places[[3, 1, 2]],
            np.array([STEM, SHAFT, HEAD]) * near[[2, 0, 1]],
            np.array([STEM, SHAFT, 0.0]) * near[[3, 1, 2]],
        )  # (3, 16, 3): stem, shaft, head
        outlines = np.concatenate([circles(places[3:], FOOT * near[3:]), pieces])  # (4, 16, 3)
        chosen = slice(0 if self.start is None else 2, 4)
        self.place(outlines[chosen], np.array([0, 0, 1, 1])[chosen])

    def ends(self, view: View) -> np.ndarray:
        """Where the arrow starts and ends, (2, 3), decoded from the drawn places and widths of its shaft."""
        shaft = self.outlines()[-2:-1]  # (1, 16, 3)
        places = np.stack([(shaft[0, 0] + shaft[0, 3]) / 2, (shaft[0, 8] + shaft[0, 11]) / 2])
        start, base = view.unsee(places, end_widths(shaft)[0] / SHAFT)
        body = float(np.linalg.norm(base - start))
        head = min(HEAD_LENGTH, body * HEAD_SHARE / (1 - HEAD_SHARE))
        return np.stack([start, base + (base - start) * head / max(body, 1e-9)])

    def label_place(self, view: View, local: np.ndarray, half: np.ndarray) -> np.ndarray:
        """Where the middle of its label (half its width and height) would stand alone, (2,)."""
        start, tip = self._line(local)
        at = tip if self.start is None else (start + tip) / 2
        place = view.see(at[None])[0][0, :2]
        outward = place / (np.linalg.norm(place) + SOFT)  # (2,): from the middle, where most arrows come from
        if self.start is not None:
            first, last = view.see(np.stack([start, tip]))[0][:, :2]
            across = np.array([first[1] - last[1], last[0] - first[0]]) / (np.linalg.norm(last - first) + SOFT)
            outward = across * np.tanh(STEEP * across @ outward)  # beside the arrow, on the side away from the middle
        return np.array(place + outward * ((CLEAR if self.arrow else CLOUD) + np.abs(outward) @ half))

    def _fade(self, share: float) -> None:
        for part, paints in self._opacities:
            if isinstance(part, ImageMobject):
                part.set_opacity(share)
            for name, paint in paints.items():
                setattr(part, name, paint * (1, 1, 1, share))


class PointsAt(Space):
    """A space with pointers: their arrows in one group, their labels above everything in another."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.pointers, self.labels = Group(), Group()
        self.bottom = 0.0  # height of the floor that stems lead to, units

    def local(self) -> np.ndarray:
        """All points in units from the middle, (n, 3)."""
        raise NotImplementedError

    def draw_pointers(self) -> None:
        """Draw the arrows, and move apart the labels that would stand on each other."""
        local = self.local()
        pointers = parts(self.pointers, Pointer)
        for pointer in pointers:
            pointer.draw(self.seen, local, self.bottom)
        named = [(pointer, pointer.label) for pointer in pointers if pointer.label is not None]
        if named:
            unit = np.linalg.norm(self.frame.axes()[0])
            halves = np.array([[label.width, label.height] for _, label in named]) / 2 / unit  # (k, 2)
            wanted = [p.label_place(self.seen, local, half) for (p, _), half in zip(named, halves, strict=True)]
            settled = np.pad(settle(np.array(wanted), halves), ((0, 0), (0, 1)))  # (k, 3)
            for (_, label), place in zip(named, self.frame.out(settled), strict=True):
                label.move_to(place)

    def hang(self, pointers: Sequence[Pointer]) -> None:
        """Take up pointers that nothing is seen of yet."""
        for pointer in pointers:
            self.join(pointer)
        self.pointers.add(*pointers)
        self.labels.add(*(pointer.label for pointer in pointers if pointer.label is not None))
        self.draw_pointers()

    def drop(self, pointers: Sequence[Pointer]) -> None:
        """Take them away."""
        self.pointers.remove(*pointers)
        self.labels.remove(*(pointer.label for pointer in pointers if pointer.label is not None))


class Grow(Animation):
    """Pointers appear one after the other (``there``), or disappear and are dropped in the end."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, space: PointsAt, pointers: Sequence[Pointer], there: bool = True, **kwargs: Any) -> None:
        self.space, self.pointers, self.there = space, list(pointers), there
        super().__init__(space, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        lag = STAGGER * max(len(self.pointers) - 1, 0)
        for turn, pointer in enumerate(self.pointers):
            own = np.clip(alpha * (1 + lag) - STAGGER * turn, 0, 1)
            pointer.share = self.rate_func(own) if self.there else 1 - self.rate_func(own)
        self.space.keep_up()
        self.space.draw_pointers()

    def finish(self) -> None:
        super().finish()
        if not self.there:
            self.space.drop(self.pointers)
