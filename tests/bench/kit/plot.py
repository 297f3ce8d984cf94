"""What a frame of a plot costs: a curve, dots or bars that move, a view that zooms, a live cursor."""

import numpy as np
from manim import Axes, Circle, DecimalNumber, Dot, Line, MathTypst, Mobject, Rectangle, ValueTracker, VGroup, VMobject

from scenes.kit.plot import Plot, histogram_plot

PLAIN_MOST = 1000
WIDTH, HEIGHT = 10.0, 4.4


def waves(n):
    x = np.linspace(0, 10, n)
    return x, np.sin(x) + 1.5, np.cos(x) + 1.5


def plain_axes():
    return Axes(x_range=[0, 10, 2], y_range=[0, 3, 0.5], x_length=WIDTH, y_length=HEIGHT).add_coordinates(
        label_constructor=MathTypst
    )


def our_curve(n):
    x, start, end = waves(n)
    plot = Plot(x, [0, 3], WIDTH, HEIGHT)
    change = plot.curve(x, start).change(end)
    change.begin()
    return plot, change.interpolate


def plain_curve(n):
    x, start, end = waves(n)
    axes, line = plain_axes(), VMobject()

    def step(t):
        y = (1 - t) * start + t * end
        line.set_points_as_corners([axes.c2p(a, b) for a, b in zip(x, y, strict=True)])

    step(0)
    return VGroup(axes, line), step


def our_dots(n):
    x, start, end = waves(n)
    plot = Plot(x, [0, 3], WIDTH, HEIGHT)
    change = plot.dots(x, start).change(np.stack([x, end], axis=1))
    change.begin()
    return plot, change.interpolate


def plain_dots(n):
    x, start, end = waves(n)
    axes = plain_axes()
    dots = VGroup(*(Dot(radius=0.045) for _ in x))

    def step(t):
        for dot, a, b in zip(dots, x, (1 - t) * start + t * end, strict=True):
            dot.move_to(axes.c2p(a, b))

    step(0)
    return VGroup(axes, dots), step


def our_bars(n):
    data = np.arange(n, dtype=float)
    plot, bars = histogram_plot(np.append(data, data[: n // 2]), np.linspace(0, n - 1, n + 1), width=WIDTH)
    change = bars.change(np.append(data, data[n // 2 :]))
    change.begin()
    return plot, change.interpolate


def plain_bars(n):
    axes = plain_axes()
    bars = VGroup(*(Rectangle(width=WIDTH / n, height=1, fill_opacity=1, stroke_width=0) for _ in range(n)))

    def step(t):
        for index, bar in enumerate(bars):
            bar.stretch_to_fit_height(1 + t * (index % 2)).move_to(axes.c2p(10 * index / n, 0), aligned_edge=[0, -1, 0])

    step(0)
    return VGroup(axes, bars), step


def our_zoom(n):
    x, start, _ = waves(n)
    plot = Plot(x, [0, 3], WIDTH, HEIGHT)
    plot.curve(x, start)
    zoom = plot.zoom(x=(2, 4), y=(1, 2))
    zoom.begin()
    return plot, zoom.interpolate


def plain_zoom(n):
    x, start, _ = waves(n)
    group = Mobject()

    def step(t):
        low, high, bottom, top = 2 * t, 10 - 6 * t, t, 3 - t
        axes = Axes(x_range=[low, high, (high - low) / 5], y_range=[bottom, top, (top - bottom) / 5], x_length=WIDTH)
        axes.add_coordinates(label_constructor=MathTypst)
        inside = (x >= low) & (x <= high)
        line = VMobject().set_points_as_corners([axes.c2p(*p) for p in zip(x[inside], start[inside], strict=True)])
        group.submobjects = [axes, line]

    step(0)
    return group, step


def our_cursor(n):
    x, start, _ = waves(n)
    plot, tracker = Plot(x, [0, 3], WIDTH, HEIGHT), ValueTracker(0)
    plot.cursor(plot.curve(x, start), tracker)

    def step(t):
        tracker.set_value(10 * t)
        plot.update()

    return plot, step


def plain_cursor(n):
    x, start, _ = waves(n)
    axes = plain_axes()
    line = VMobject().set_points_as_corners([axes.c2p(*p) for p in zip(x, start, strict=True)])
    dot, hair, number = Circle(radius=0.085), Line(), DecimalNumber(0, 3, mob_class=MathTypst)

    def step(t):
        place = axes.c2p(10 * t, float(np.interp(10 * t, x, start)))
        dot.move_to(place)
        hair.put_start_and_end_on(axes.c2p(10 * t, -1e-3), place)
        number.set_value(axes.p2c(place)[1]).next_to(dot)

    step(0)
    return VGroup(axes, line, dot, hair, number), step


ROWS = [
    ("Plot: a curve of n points moves", our_curve, plain_curve),
    ("Plot: n dots move", our_dots, plain_dots),
    ("Plot: n bars move", our_bars, plain_bars),
    ("Plot: zoom over a curve of n points", our_zoom, plain_zoom),
    ("Plot: cursor on a curve of n points", our_cursor, plain_cursor),
]
