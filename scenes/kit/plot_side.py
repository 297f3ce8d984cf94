"""A histogram on its side: its bins lie along the y axis of a plot, and its bars reach to the right."""

import numpy as np

from scenes.kit.plot_marks import EDGE, OPEN, Histogram
from scenes.kit.shapes import rectangles


class SideHistogram(Histogram):
    """How many of some numbers fall into each bin of the y axis, (k,), as bars from the left end of the box.

    ``values()`` gives the counts by the right ends of the bars on the ticks of x, ``edges()`` where they stand on y;
    both to 1e-8 of the axis. The x axis has to start at zero.
    """

    def values(self) -> np.ndarray:
        """The counts drawn now, (m,), decoded from the right ends of the bars and the ticks."""
        return self.axes.x.decode(self.local()[:, :, 0].max(axis=1)) if len(self.members[0]) else np.zeros(0)

    def edges(self) -> np.ndarray:
        """Where the drawn bins start and end, (m, 2), decoded from the sides of the bars and the ticks."""
        y = self.local()[:, :, 1]
        low, high = y.min(axis=1), y.max(axis=1)
        open_sides = (high - low) * OPEN / (1 - 2 * OPEN)
        return np.stack([self.axes.y.decode(low - open_sides), self.axes.y.decode(high + open_sides)], axis=1)

    def redraw(self) -> None:
        """Draw the bars where the axes show them now, as far as they have grown; what the box does not cover is cut."""
        at = self.axes.y.along_of(self.bins_at)  # (k + 1,)
        gap = np.diff(at) * OPEN
        base = self.axes.x.along_of(np.zeros(1))[0]
        tip = base + (self.axes.x.along_of(self.counts) - base) * self.growth(len(self.counts))
        sides = np.clip(np.stack([at[:-1] + gap, at[1:] - gap]), 0, self.axes.box[1])  # (2, k)
        flat = np.clip(np.stack([np.full(len(tip), base), tip]), 0, self.axes.box[0])  # (2, k)
        seen = sides[1] - sides[0] > EDGE
        corners = np.stack([flat, sides, np.zeros_like(flat)], axis=2)[:, seen]  # (2, m, 3)
        self.draw(rectangles(corners[0], corners[1]))
