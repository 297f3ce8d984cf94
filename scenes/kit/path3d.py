"""A path over a loss surface: the losses that were really there, a trail, and a ball at the present step."""

from typing import Any

import numpy as np
from manim import Animation, ValueTracker

from scenes.kit.shapes import Shapes, circle_radii, circles, middles
from scenes.kit.space import View, blend, tapered
from scenes.theme import ACCENT, BACKGROUND, INK

TRAIL, STEP, BALL, STEM = 0.04, 0.055, 0.13, 0.014  # units in the middle: widths, radii
PIECES = 6  # of each step, so that a hill may hide some of them
BEHIND = 0.6  # of the colour that hidden pieces lose
RAY = 40  # places on the way to the eye where a hill is looked for
APART = 0.06  # units between true and drawn loss from which a stem joins them
NEARBY = 0.5  # units from a point within which nothing hides it
HAIR = 0.02  # units above the surface that count as on it
GLINT = 0.34  # of the ball's radius


class SurfacePath(Shapes):
    """Steps ``across`` (T, 2) and ``up`` (T,) in units, seen up to ``step``, a tracker from 0 to T - 1.

    Pieces behind a hill are dimmer. Each step that was passed is a dot, whose place and size say where it is in space.
    """

    def __init__(self, points: np.ndarray, ground: np.ndarray, color: str = ACCENT) -> None:
        dim = blend(color, BACKGROUND, BEHIND)
        super().__init__([(blend(INK, BACKGROUND, 0.5), 1.0), (dim, 1.0), (color, 1.0), (color, 1.0), (INK, 1.0)])
        self.bins[3].set_stroke(BACKGROUND, 4, background=True)
        self.at, self.ground = points, ground  # (T, 3), (T,): height of the surface under each
        self.step = ValueTracker(0.0)
        self.passed, self.stood = 0, 0.0  # steps that are drawn, and where the ball was drawn last

    def draw(self, view: View, hidden: Any) -> None:
        """Draw what was passed up to now; ``hidden`` says of points (n, 3) which ones are behind a hill, (n,)."""
        self.stood = self.step.get_value()
        now = float(np.clip(self.stood, 0, len(self.at) - 1))
        self.passed = int(now + 1e-9) + 1
        fine = np.append(np.arange(np.ceil(now * PIECES - 1e-9)) / PIECES, now)  # (m,)
        line = np.stack([np.interp(fine, np.arange(len(self.at)), column) for column in self.at.T], axis=1)  # (m, 3)
        dots, stems = self.at[: self.passed], self._stems()
        places, near = view.see(line)
        steps, steps_near = view.see(dots)
        feet, feet_near = view.see(stems[:, 0])
        tops, tops_near = view.see(stems[:, 1])
        ball, size = places[-1:], BALL * near[-1:]
        glint = ball + GLINT * size[:, None] * (-0.7, 0.7, 0)
        pieces = [
            (circles(steps, STEP * steps_near), np.where(hidden(dots), 1, 2)),
            (tapered(feet, tops, STEM * feet_near, STEM * tops_near), np.zeros(len(stems), dtype=int)),
            (
                tapered(places[:-1], places[1:], TRAIL * near[:-1], TRAIL * near[1:]),
                np.where(hidden((line[:-1] + line[1:]) / 2), 1, 2),
            ),
            (circles(ball, size), np.array([3])),
            (circles(glint, GLINT * size), np.array([4])),
        ]
        self.place(np.concatenate([outline for outline, _ in pieces]), np.concatenate([style for _, style in pieces]))

    def _stems(self) -> np.ndarray:
        """From the surface to each passed step that is not on it, (k, 2, 3)."""
        tops = self.at[: self.passed]
        feet = np.column_stack([tops[:, :2], self.ground[: self.passed]])
        apart = np.abs(tops[:, 2] - feet[:, 2]) > APART
        return np.stack([feet, tops], axis=1)[apart]

    def drawn(self, view: View) -> np.ndarray:
        """The passed steps, (k, 3), and last the ball, decoded from places and sizes, in units."""
        outlines = self.outlines()[[*range(self.passed), -2]]
        sizes = circle_radii(outlines) / ([STEP] * self.passed + [BALL])
        return view.unsee(middles(outlines), sizes)


def hidden_by(points: np.ndarray, view: View, height_at: Any, top: float) -> np.ndarray:
    """Which points (n, 3) have a higher surface between them and the eye; ``height_at`` (..., 2) gives its heights."""
    rays = view.eye() - points  # (n, 3)
    reach = np.clip((top - points[:, 2]) / np.maximum(rays[:, 2], 1e-9), 0, 1)  # (n,): above the top nothing hides
    first = np.minimum(NEARBY / np.linalg.norm(rays, axis=1), reach)  # (n,): what is just below the sheet is no hill
    along = first + np.linspace(0, 1, RAY)[:, None] * (reach - first)  # (RAY, n)
    on_ray = points + along[..., None] * rays  # (RAY, n, 3)
    return np.array((height_at(on_ray[..., :2]) > on_ray[..., 2] + HAIR).any(axis=0))


class Roll(Animation):
    """The ball of a path rolls on to a step, and its trail grows, or shrinks where it rolls back."""

    of_alpha_alone = True  # so the render server may enter it at any time

    def __init__(self, surface: Any, path: SurfacePath, to: float, **kwargs: Any) -> None:
        self.surface, self.path, self.to = surface, path, to
        super().__init__(surface, **kwargs)

    def begin(self) -> None:
        self.start = self.path.step.get_value()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        self.path.step.set_value((1 - share) * self.start + share * self.to)
        self.surface.keep_up()
        self.surface.draw_path(self.path)
