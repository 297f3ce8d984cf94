"""A table of numbers as one picture: colours from the theme, a colour scale with ticks, axes with ticks."""

from typing import Any

import numpy as np
from manim import RESAMPLING_ALGORITHMS, Group, ImageMobject, ManimColor, VGroup

from scenes.kit.arrays import finite, largest
from scenes.kit.axes import Axis, PlotAxes
from scenes.kit.change import Change
from scenes.kit.number import Number
from scenes.kit.plot_curve import Curve, paired
from scenes.kit.shapes import Frame
from scenes.kit.ticks import Scale, Ticks, scale_of
from scenes.theme import ACCENT, BACKGROUND, BEAT, GROUP_GAP, INK, NEGATIVE, PANEL, POSITIVE, SMALL

STOPS: dict[bool, tuple[tuple[float, str], ...]] = {  # signed: share of the colour scale -> colour
    True: ((0.0, NEGATIVE), (0.5, BACKGROUND), (1.0, POSITIVE)),
    False: ((0.0, PANEL), (0.55, POSITIVE), (1.0, INK)),
}
BAR = 0.26  # width of the colour scale in units
SHADES = 256
LIGHT = 0.45  # luminance from which dark numbers read better
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
SAME_STEP = 1e-4  # of a step: float32 columns as equally spaced as these are
FEW = 12  # rows or columns that are named one by one


def colours(shares: np.ndarray, signed: bool) -> np.ndarray:
    """The colour of each share in [0, 1] of a colour scale, (..., 3) uint8."""
    at = [stop for stop, _ in STOPS[signed]]
    rgb = np.array([ManimColor(color).to_int_rgb() for _, color in STOPS[signed]])  # (stops, 3)
    return np.stack([np.rint(np.interp(shares, at, channel)) for channel in rgb.T], axis=-1).astype(np.uint8)


def shares_of(pixels: np.ndarray, signed: bool) -> np.ndarray:
    """The share in [0, 1] whose colour is closest to each pixel, (..., 3) -> (...), to half a step of 8 bits."""
    stops, names = zip(*STOPS[signed], strict=True)
    rgb = np.array([ManimColor(color).to_int_rgb() for color in names], dtype=float)  # (stops, 3)
    best, found = np.full(pixels.shape[:-1], np.inf), np.zeros(pixels.shape[:-1])
    for start, end, low, high in zip(rgb[:-1], rgb[1:], stops[:-1], stops[1:], strict=True):
        along = end - start
        share = np.clip((pixels - start) @ along / (along @ along), 0, 1)  # (...)
        off = np.abs(start + share[..., None] * along - pixels).max(axis=-1)
        found = np.where(off < best, low + share * (high - low), found)
        best = np.minimum(best, off)
    return found


class HeatMap(Group):
    """Values (rows, columns) as one picture, row 0 at the bottom, with a colour scale beside it.

    ``x`` (columns,) and ``y`` (rows,) are the numbers that the columns and rows stand for; left out, they are counted
    from 0. ``signed`` colours say the sign and have the background at zero; the others run from dark to light.
    ``limits`` are the ends of the colour scale; ``names`` those of x, y and the values. ``values()`` decodes the pixels
    by the drawn ticks of the colour scale, to 1/400 of its length.
    """

    def __init__(
        self,
        values: np.ndarray,
        x: np.ndarray | None = None,
        y: np.ndarray | None = None,
        width: float = 5.0,
        height: float = 4.4,
        names: tuple[str, ...] = (),
        signed: bool = False,
        limits: tuple[float, float] | None = None,
    ) -> None:
        table = finite("A heat map", values, 2)
        self.signed, self.height_now = signed, height
        x_name, y_name, name = (*names, "", "", "")[:3]
        across, up = _cells("columns", x, table.shape[1]), _cells("rows", y, table.shape[0])
        ticks = (across[1], up[1])
        self.axes = PlotAxes((across[0], up[0]), (width, height), (x_name, y_name), grid=False, ticks=ticks)
        frame = Frame()
        frame.stand(np.array([[0, 0, 0], [BAR, height, 0]]))
        self.scale_axis = Axis(frame, Scale(*(limits or _limits(table, signed))), (height, 0.0), "right", name=name)
        self.scale_axis.shift((BAR, 0, 0))
        self.scale_axis.words.shift((-BAR, 0, 0))
        self.picture = self._picture(np.zeros((*table.shape, 3), dtype=np.uint8), width)
        self.bar = self._picture(colours(np.linspace(1, 0, SHADES)[:, None], signed), BAR)
        beside = Group(self.bar, self.scale_axis, frame).shift((width + GROUP_GAP, 0, 0))
        super().__init__(self.picture, self.axes, beside)
        self.set_values(table)
        self.center()

    def _picture(self, texture: np.ndarray, width: float) -> ImageMobject:
        image = ImageMobject(texture)
        image.set_resampling_algorithm(RESAMPLING_ALGORITHMS["nearest"])
        image.stretch_to_fit_width(width).stretch_to_fit_height(self.height_now)
        return image.move_to((width / 2, self.height_now / 2, 0))

    def values(self) -> np.ndarray:
        """The values drawn now, (rows, columns), decoded from the pixels and the ticks of the colour scale."""
        shares = shares_of(self.picture.pixel_array[::-1, :, :3].astype(float), self.signed)
        decoded = self.scale_axis.decode(shares.reshape(-1) * self.scale_axis.length)
        return np.asarray(decoded.reshape(shares.shape))

    def set_values(self, values: np.ndarray) -> "HeatMap":
        """Draw other values of the same shape at once. Raises: ValueError beyond the ends of the colour scale."""
        scale = self.scale_axis.shown
        table = scale.within("A heat map", values, 2)
        if table.shape != self.picture.pixel_array.shape[:2]:
            raise ValueError(f"A heat map of {self.picture.pixel_array.shape[:2]} cells cannot draw {table.shape}.")
        self.picture.pixel_array[..., :3] = colours(scale.share(table), self.signed)[::-1]
        return self

    def change(self, target: np.ndarray, **kwargs: Any) -> Change:
        """The colours move to those of other values (rows, columns)."""
        return Change(self, finite("A heat map", target, 2), **({"run_time": 1.5 * BEAT} | kwargs))

    def place(self, row: float, column: float) -> np.ndarray:
        """Centre of a cell, (3,)."""
        rows, columns = self.picture.pixel_array.shape[:2]
        share = np.array([[(column + 0.5) / columns, (row + 0.5) / rows, 0]])
        return np.array(self.axes.frame.out(share * self.axes.box)[0])

    def curve(self, x: object, y: object, color: str = ACCENT) -> Curve:
        """A line over the picture through x and y, (n,) each, in the numbers of the columns and rows.

        Raises: ValueError if these are not equally spaced.
        """
        for drawn in (*self.axes.x.choices(), *self.axes.y.choices()):
            if not np.array_equal(drawn.ticks.written, drawn.ticks.values):
                raise ValueError("A curve over a heat map needs columns and rows that are equally spaced.")
        curve = Curve(self.axes, paired("a curve", x, y), color=color)
        self.add(curve)
        return curve

    def numbers(self, values: np.ndarray, decimals: int = 2, size: float = SMALL) -> VGroup:
        """Each exact value (rows, columns) as a Number in its cell, row by row: dark on light, bright on dark."""
        table, written = finite("A heat map", values, 2), VGroup()
        light = self.picture.pixel_array[::-1, :, :3] @ LUMINANCE / 255 > LIGHT  # (rows, columns)
        for (row, column), value in np.ndenumerate(table):
            color = BACKGROUND if light[row, column] else INK
            written.add(Number(value, decimals, size=size, color=color).move_to(self.place(row, column)))
        return written


def _limits(table: np.ndarray, signed: bool) -> tuple[float, float]:
    if signed:
        return -largest(table), largest(table)
    scale = scale_of("A heat map", table)
    return scale.low, scale.high


def _cells(what: str, numbers: np.ndarray | None, count: int) -> tuple[Scale, Ticks | None]:
    """The scale across some cells, and their ticks: one for each of a few cells, else round numbers (None)."""
    values = np.arange(count, dtype=float) if numbers is None else finite(f"The {what} of a heat map", numbers, 1)
    if len(values) != count:
        raise ValueError(f"A heat map with {count} {what} got {len(values)} numbers for them.")
    steps = np.diff(values)
    equal = count > 1 and steps[0] > 0 and bool(np.allclose(steps, steps[0], rtol=SAME_STEP))
    half = float(steps.mean()) / 2 if equal else 0.5
    scale = Scale(values[0] - half, values[-1] + half) if equal else Scale(-0.5, count - 0.5)
    if count > FEW and equal:
        return scale, None
    chosen = np.arange(0, count, -(-count // FEW))  # (k,)
    named, at = values[chosen], values[chosen] if equal else chosen.astype(float)
    decimals = next(d for d in range(8) if d == 7 or np.allclose(np.round(named, d), named, rtol=0, atol=1e-7))
    return scale, Ticks(at, np.zeros(0), np.full(len(chosen), decimals), names=named)
