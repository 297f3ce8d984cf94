"""What the three-dimensional components share: an eye, perspective, fog, a floor, and words that face the viewer.

Points are projected here by numpy and drawn as batched flat shapes, not by manim's ThreeDCamera: a turning cloud of
1,000 dots costs a frame 16 ms of CPU instead of 212 ms, a 2-D title in the same scene stays flat and sharp, and a drawn
place together with its drawn size gives the 3-D point back. The price: moves of manim's camera do not apply; ``turn``
moves the eye instead.

Local coordinates: x and y span the floor, z points up, the eye looks at (0, 0, 0) from FOCAL units away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, TypeVar

import numpy as np
from manim import Animation, Group, ManimColor, Mobject, ValueTracker

from scenes.kit.shapes import Frame, Shapes, polygons
from scenes.theme import BACKGROUND, GAP, RULE

FOCAL = 16.0  # units from the eye to the middle
NEAREST = 0.85  # of the way to the eye: nothing is drawn closer
STEEPEST = 1.45  # radians; straight from above heights could not be told apart
FOG = 0.52  # of the colour that the farthest things lose to the background
SLABS = 6  # of depth, each with its own fog
SETTLING = 24  # steps in which words move apart
AIR = 0.05  # units between words

Some3D = TypeVar("Some3D", bound="Space")
Part = TypeVar("Part", bound=Mobject)


@dataclass(frozen=True)
class View:
    """Where the eye is, rad: ``azimuth`` around the vertical axis from x towards y, ``elevation`` above the floor."""

    azimuth: float = 0.6
    elevation: float = 0.35
    zoom: float = 1.0

    def axes(self) -> np.ndarray:
        """Unit vectors to the right, up, and towards the eye, (3, 3), a row each."""
        c, s = np.cos(self.azimuth), np.sin(self.azimuth)
        low, high = np.cos(self.elevation), np.sin(self.elevation)
        return np.array([[-s, c, 0.0], [-high * c, -high * s, low], [low * c, low * s, high]])

    def eye(self) -> np.ndarray:
        """The place of the eye, (3,)."""
        return np.array(FOCAL * self.axes()[2])

    def see(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where points (n, 3) are drawn, (n, 3) with z = 0, and how much larger than in the middle, (n,).

        Raises: ValueError if a point is too close to the eye.
        """
        turned = points @ self.axes().T  # (n, 3): right, up, towards the eye
        if turned[:, 2].max(initial=0.0) > NEAREST * FOCAL:
            raise ValueError(
                f"A point is {turned[:, 2].max():.3g} units before the middle, and the eye is at {FOCAL:g}."
            )
        near = FOCAL / (FOCAL - turned[:, 2])  # (n,)
        return self.zoom * near[:, None] * turned * (1, 1, 0), near

    def unsee(self, places: np.ndarray, near: np.ndarray) -> np.ndarray:
        """The points (n, 3) that are drawn at these places with these enlargements: the inverse of ``see``."""
        turned = places / (self.zoom * near[:, None])  # (n, 3)
        turned[:, 2] = FOCAL * (1 - 1 / near)
        return np.array(turned @ self.axes())

    def on_plane(self, places: np.ndarray, origin: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """The points (n, 3) of a plane that are drawn at these places (n, 3)."""
        right, up, toward = self.axes()
        rays = (places[:, :1] * right + places[:, 1:2] * up) / self.zoom - FOCAL * toward  # (n, 3) from the eye
        return np.array(self.eye() + rays * (((origin - self.eye()) @ normal) / (rays @ normal))[:, None])


class Space(Group):
    """A component in three dimensions, seen from an eye that three trackers hold.

    A subclass draws itself by ``draw(view)``, which first sets ``self.seen``, and reads itself back by that view.
    """

    LOWEST: ClassVar[float] = 0.0  # elevation, radians

    def __init__(self, view: View) -> None:
        super().__init__()
        self.azimuth, self.elevation = ValueTracker(view.azimuth), ValueTracker(view.elevation)
        self.zoom = ValueTracker(view.zoom)
        self.seen = view
        self.frame = Frame()
        self.add(self.frame)

    def view(self) -> View:
        """The view that the trackers ask for. Raises: ValueError as ``checked``."""
        angles = (float(tracker.get_value()) for tracker in (self.azimuth, self.elevation, self.zoom))
        return self.checked(View(*angles))

    def checked(self, view: View) -> View:
        """The view itself.

        Raises: ValueError if the eye would be too low, or straight above, or the zoom is not positive.
        """
        if not (np.isfinite(view.azimuth) and self.LOWEST <= view.elevation <= STEEPEST and 0 < view.zoom < np.inf):
            raise ValueError(
                f"The eye cannot look from {view}: elevation is {self.LOWEST:g} to {STEEPEST:g}, zoom > 0."
            )
        return view

    def look(self: Some3D, view: View) -> Some3D:
        """Look from there at once."""
        self.checked(view)
        self.azimuth.set_value(view.azimuth)
        self.elevation.set_value(view.elevation)
        self.zoom.set_value(view.zoom)
        self.draw(view)
        return self

    def turn(
        self, azimuth: float | None = None, elevation: float | None = None, zoom: float | None = None, **kwargs: Any
    ) -> "Turn":
        """The eye moves there; what is not given stays."""
        given = {"azimuth": azimuth, "elevation": elevation, "zoom": zoom}
        return Turn(self, {name: value for name, value in given.items() if value is not None}, **kwargs)

    def follow(self: Some3D) -> Some3D:
        """From now on redraw whenever a tracker has moved, for scenes that animate trackers themselves."""
        self.add_updater(_redraw)
        return self

    def join(self, shapes: Shapes) -> None:
        """Let new shapes stand where the component has been moved to, before they become a part of it."""
        shapes.frame.points = self.frame.points.copy()

    def keep_up(self) -> None:
        """Redraw if the eye has moved: what animations of a part do first, as they hold back the updaters."""
        if self.view() != self.seen:
            self.draw(self.view())

    def stale(self) -> bool:
        """Whether a tracker has moved since the component was drawn."""
        return self.view() != self.seen

    def draw(self, view: View) -> None:
        """Draw the component as it is seen from there."""
        raise NotImplementedError


def _redraw(space: Mobject) -> None:
    if isinstance(space, Space) and space.stale():
        space.draw(space.view())


class Turn(Animation):
    """The eye moves along the sphere, each angle and the zoom from where it is to the given value."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, space: Space, target: dict[str, float], **kwargs: Any) -> None:
        self.space, self.asked = space, target
        super().__init__(space, **kwargs)

    def begin(self) -> None:
        self.start = self.space.view()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        now = {name: (1 - share) * getattr(self.start, name) + share * end for name, end in self.asked.items()}
        self.space.look(replace(self.space.view(), **now))


def parts(group: Group, kind: type[Part]) -> list[Part]:
    """The members of a group that are of a kind, in order."""
    return [part for part in group.submobjects if isinstance(part, kind)]


@cache
def blend(color: str, other: str, share: float) -> str:
    """A colour on its way to another: 0 is the first, 1 the second."""
    return str(ManimColor(color).interpolate(ManimColor(other), share).to_hex())


def foggy(colors: Sequence[str]) -> list[tuple[str, float]]:
    """Opaque styles for shapes in space: SLABS of depth from far to near, in each slab every colour."""
    steps = [FOG * (1 - slab / (SLABS - 1)) for slab in range(SLABS)]
    return [(blend(color, BACKGROUND, fog), 1.0) for fog in steps for color in colors]


def slab(near: np.ndarray, reach: float) -> np.ndarray:
    """The slab of depth (n,) of points by their enlargement; ``reach`` units before and behind the middle count."""
    depth = FOCAL * (1 - 1 / near) / max(reach, 1e-9)  # (n,): -1 is far
    return np.clip(((depth + 1) / 2 * SLABS).astype(int), 0, SLABS - 1)


def tapered(starts: np.ndarray, ends: np.ndarray, start_widths: np.ndarray, end_widths: np.ndarray) -> np.ndarray:
    """Outlines (n, 16, 3) of straight pieces whose width (n,) changes from one end (n, 3) to the other."""
    along = ends - starts
    length = np.linalg.norm(along, axis=1, keepdims=True)  # (n, 1)
    along = np.where(length > 1e-9, along / np.maximum(length, 1e-9), (1.0, 0.0, 0.0))
    side = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1) / 2  # (n, 3)
    low, high = side * np.asarray(start_widths)[:, None], side * np.asarray(end_widths)[:, None]
    return polygons(np.stack([starts + low, starts - low, ends - high, ends + high], axis=1))


def end_widths(outlines: np.ndarray) -> np.ndarray:
    """Width of each tapered piece at its start and end, (n, 2)."""
    first, last = outlines[:, 0] - outlines[:, 3], outlines[:, 8] - outlines[:, 11]
    return np.stack([np.linalg.norm(first, axis=1), np.linalg.norm(last, axis=1)], axis=1)


class Lines(Shapes):
    """Straight lines in space, of one colour that fades in the fog; starts and ends (n, 3), width in units."""

    def __init__(self, starts: np.ndarray, ends: np.ndarray, width: float, color: str = RULE) -> None:
        super().__init__(foggy([color]))
        self.starts, self.ends, self.thickness = starts, ends, width

    def draw(self, view: View, reach: float) -> None:
        """Draw the lines as they are seen from there."""
        first, near = view.see(self.starts)
        last, there = view.see(self.ends)
        outlines = tapered(first, last, self.thickness * near, self.thickness * there)
        self.place(outlines, slab((near + there) / 2, reach))


class Signs(Group):
    """Words that face the viewer: each beside its place in space (k, 3), on the side of its direction (k, 2)."""

    def __init__(self, words: Sequence[Mobject], places: np.ndarray, sides: np.ndarray, gap: float = GAP) -> None:
        super().__init__(*words)
        self.places, self.sides, self.gap = np.array(places, float), np.array(sides, float), gap

    def draw(self, view: View, frame: Frame) -> None:
        """Move the words to where their places are seen from there."""
        unit = float(np.linalg.norm(frame.axes()[0]))
        at = view.see(self.places)[0]  # (k, 3)
        for word, place, side in zip(self, at, self.sides, strict=True):
            off = side * (self.gap + np.abs(side) @ np.array([word.width, word.height]) / 2 / unit)  # clear of a line
            word.move_to(frame.out(place + (*off, 0)))


def floor_lines(half: float, height: float, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends (n, 3) of the lines of a square grid, cut at each crossing so that fog falls on each piece."""
    ticks = np.linspace(-half, half, cells + 1)
    line, step = (grid.reshape(-1) for grid in np.meshgrid(ticks, np.arange(cells), indexing="ij"))
    up = np.full(len(line), height)
    starts, ends = (
        np.stack([line, ticks[step.astype(int)], up], 1),
        np.stack([line, ticks[step.astype(int) + 1], up], 1),
    )
    return np.concatenate([starts, starts[:, [1, 0, 2]]]), np.concatenate([ends, ends[:, [1, 0, 2]]])


def settle(wanted: np.ndarray, halves: np.ndarray, repel: float = 4.0) -> np.ndarray:
    """Middles (k, 2) of boxes near the wanted ones (k, 2) that overlap little; ``halves`` (k, 2) are half their sizes.

    Each pair moves apart along the line between its middles, so that nothing jumps while the eye turns.
    """
    places = np.array(wanted, dtype=float)
    reach = halves[:, None] + halves[None] + AIR  # (k, k, 2)
    for _ in range(SETTLING):
        apart = places[:, None] - places[None]  # (k, k, 2)
        size = np.maximum((np.abs(apart / reach) ** repel).sum(axis=2) ** (1 / repel), 1e-6)  # (k, k): 1 is touching
        push = np.where(size[..., None] < 1, apart * (1 / size[..., None] - 1), 0.0) / 2
        limited = np.clip(push, -reach / 2, reach / 2)
        places += 0.5 * limited.sum(axis=1)
    return places
