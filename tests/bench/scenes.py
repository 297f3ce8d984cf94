"""Three plain Manim scenes of eight to ten seconds that the render benchmark draws: lines, text, surfaces in space."""

import manim as mn
import numpy as np

SIZES = (28, 16, 16, 10)
PIXELS = 28
SENTENCE = "every reel is drawn from real tensors and no number on a screen was ever made up by hand or by eye"
WORDS = SENTENCE.split()


class Lines(mn.Scene):
    """A network with 864 edges, its input as 784 squares, and a matrix of numbers that change."""

    def construct(self):
        rng = np.random.default_rng(0)
        title = mn.Text("A network of neurons", font_size=30).to_edge(mn.UP, buff=0.2)
        layers = neurons()
        edges = connections(layers, rng)
        picture = pixels().to_edge(mn.LEFT, buff=0.4)
        frame = mn.SurroundingRectangle(picture, color=mn.GREY, stroke_width=1, buff=0.05)
        formula = mn.MathTypst("a = sigma(W x + b)", font_size=40).to_corner(mn.UR, buff=0.5)
        values = rng.normal(size=24)
        numbers = mn.VGroup(*(Number(value) for value in values)).arrange_in_grid(6, 4, buff=0.15)
        numbers.next_to(formula, mn.DOWN, buff=0.4)
        self.play(mn.FadeIn(title), mn.FadeIn(picture), mn.Create(frame), run_time=1)
        self.play(mn.LaggedStart(*map(mn.Create, layers), lag_ratio=0.2), run_time=1)
        self.play(mn.LaggedStart(*(mn.Create(g, lag_ratio=0.01) for g in edges), lag_ratio=0.3), run_time=1.5)
        self.play(mn.Write(formula), mn.FadeIn(numbers), run_time=1)
        self.wait(0.5)
        for i, layer in enumerate(layers):
            moves = [neuron.animate.set_fill(opacity=float(rng.random())) for neuron in layer]
            if i:
                moves += [
                    edge.animate.set_stroke(opacity=min(1, 2 * edge.get_stroke_opacity())) for edge in edges[i - 1]
                ]
            self.play(*moves, run_time=0.7)
        self.wait(0.5)
        turn = mn.ValueTracker(0)
        for number, value in zip(numbers, values, strict=True):
            number.add_updater(lambda m, value=value: m.show(value * np.cos(turn.get_value())))
        self.play(turn.animate.set_value(1), run_time=1)
        for number in numbers:
            number.clear_updaters()
        turned = list(picture)[::-1]
        lit = [p.animate.set_fill(opacity=q.get_fill_opacity()) for p, q in zip(picture, turned, strict=True)]
        self.play(*lit, run_time=0.7)
        self.wait(0.5)


class Words(mn.Scene):
    """Sentences and formulas, written, replaced, and labels that follow moving points."""

    def construct(self):
        words = mn.VGroup(*(mn.Text(word, font_size=32) for word in WORDS)).arrange_in_grid(cols=7, buff=0.35)
        words.to_edge(mn.UP)
        self.play(mn.LaggedStart(*map(mn.Write, words), lag_ratio=0.1), run_time=2)
        self.play(*(word.animate.set_color(mn.YELLOW) for word in words[::3]), run_time=0.5)
        forward = mn.MathTypst("a^((l)) = sigma(W^((l)) a^((l-1)) + b^((l)))", font_size=56)
        backward = mn.MathTypst("(partial C)/(partial W^((l))) = delta^((l)) (a^((l-1)))^T", font_size=56)
        self.play(mn.Write(forward), run_time=1.2)
        self.wait(0.5)
        self.play(mn.TransformMatchingShapes(forward, backward), run_time=1)
        curve = mn.ParametricFunction(on_curve, [0, 1, 0.01], color=mn.BLUE)
        at = mn.ValueTracker(0)
        points, labels = mn.VGroup(), mn.VGroup()
        for i, word in enumerate(WORDS[:8]):
            points.add(mn.Dot().add_updater(lambda m, i=i: m.move_to(on_curve(at.get_value() + i / 8))))
            label = mn.Text(word, font_size=24)
            labels.add(label.add_updater(lambda m, i=i: m.next_to(points[i], mn.UP, buff=0.15)))
        self.play(mn.Create(curve), mn.FadeIn(points), mn.FadeIn(labels), run_time=0.8)
        self.play(at.animate.set_value(0.8), run_time=2)
        points.suspend_updating()
        labels.suspend_updating()
        self.play(*(mn.Unwrite(word) for word in words), backward.animate.scale(1.3), run_time=1.2)
        self.wait(0.8)


class Space(mn.ThreeDScene):
    """A shaded surface of 144 faces with axes that the camera goes round, changes its form, and a sphere beside it."""

    def construct(self):
        axes = mn.ThreeDAxes(x_length=6, y_length=6, z_length=3)
        wave = surface(axes, lambda u, v: 0.8 * np.sin(u) * np.cos(v))
        self.set_camera_orientation(phi=1.13, theta=-1.05)
        title = mn.Text("Loss", font_size=36).to_corner(mn.UL)
        self.add_fixed_in_frame_mobjects(title)
        self.play(mn.FadeIn(axes), mn.Create(wave), mn.FadeIn(title), run_time=1.5)
        self.begin_ambient_camera_rotation(rate=0.3)
        self.wait(1.5)
        self.play(mn.Transform(wave, surface(axes, lambda u, v: 0.15 * (u * u + v * v) - 0.8)), run_time=1.5)
        ball = mn.Sphere(radius=0.3, resolution=(8, 8)).move_to(axes.c2p(2.5, 2.5, 1.4))
        self.play(mn.FadeIn(ball), run_time=0.5)
        self.play(ball.animate.move_to(axes.c2p(0, 0, -0.4)), run_time=1.5)
        self.stop_ambient_camera_rotation()
        self.move_camera(phi=0.6, zoom=1.3, run_time=1)
        self.wait(1)


class Number(mn.VGroup):
    """A signed number with two places whose glyphs are copies of outlines that were set once."""

    outlines: dict[str, np.ndarray] = {}
    advance = 0.0

    def __init__(self, value):
        super().__init__()
        if not Number.outlines:
            glyphs = mn.MathTypst("0123456789+-.", font_size=18).family_members_with_points()
            base = glyphs[0].get_bottom()[1]
            for character, glyph in zip("0123456789+-.", glyphs, strict=True):
                Number.outlines[character] = glyph.points - [glyph.get_x(), base, 0]
            Number.advance = 1.12 * glyphs[0].width
        self.add(*(mn.VMobject(fill_opacity=1, stroke_width=0) for _ in f"{value:+.2f}"))
        self.show(value)

    def show(self, value):
        """Set the glyphs of a value; the point stays where it is."""
        point = self[2].points[0] if self[2].has_points() else np.zeros(3)
        start = point - self.outlines["."][0]
        for i, (glyph, character) in enumerate(zip(self, f"{value:+.2f}"[:5], strict=True)):
            glyph.points = self.outlines[character] + start + [(i - 2) * self.advance, 0, 0]
        return self


def on_curve(along):
    """A point of a wave, as a part of its way from left to right."""
    x = 12 * (along % 1.0001) - 6
    return np.array([x, 0.7 * np.sin(2 * x) - 2, 0])


def neurons():
    """A group of circles for each layer."""
    layers = mn.VGroup()
    for i, size in enumerate(SIZES):
        step = 6.6 / size
        ring = mn.Circle(min(0.1, 0.42 * step), color=mn.WHITE, stroke_width=1.5, fill_color=mn.WHITE, fill_opacity=0)
        layers.add(mn.VGroup(*(ring.copy().move_to([2 * i, (size - 1 - 2 * k) / 2 * step, 0]) for k in range(size))))
    return layers.move_to(0.2 * mn.LEFT + 0.3 * mn.DOWN)


def connections(layers, rng):
    """A group of lines for each pair of layers, coloured by the sign of a weight and as wide as its size."""
    groups = mn.VGroup()
    for before, after in zip(layers, layers[1:], strict=False):
        group = mn.VGroup()
        for target in after:
            for source, weight in zip(before, rng.normal(size=len(before)), strict=True):
                line = mn.Line(source.get_center(), target.get_center(), buff=0.1, stroke_width=0.4 + 0.9 * abs(weight))
                colour = mn.BLUE if weight > 0 else mn.RED
                group.add(line.set_stroke(colour, opacity=min(1, 0.25 + 0.35 * abs(weight))))
        groups.add(group)
    return groups


def pixels():
    """A drawn eight as a grid of squares."""
    y, x = np.mgrid[0:PIXELS, 0:PIXELS]
    rings = np.exp(-((np.hypot(x - 14, y - 9) - 4.5) ** 2) / 3) + np.exp(-((np.hypot(x - 14, y - 18) - 5) ** 2) / 3)
    square = mn.Square(0.07, stroke_width=0, fill_color=mn.WHITE)
    lit = (square.copy().set_fill(opacity=float(value)) for value in np.clip(rings, 0, 1).ravel())
    return mn.VGroup(*lit).arrange_in_grid(PIXELS, PIXELS, buff=0.004)


def surface(axes, height):
    """The graph of a function of two variables."""
    return mn.Surface(
        lambda u, v: axes.c2p(u, v, height(u, v)), [-3, 3], [-3, 3], resolution=(12, 12), fill_opacity=0.8
    )
