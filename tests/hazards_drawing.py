"""Plain Manim scenes that use each way of drawing: paints, strokes, texts, pictures, points, cameras, depth, order.

``HAZARDS`` lists the classes, as in ``hazards.py``.
"""

import manim as mn
import numpy as np


class PlainAnimations(mn.Scene):
    """What every film uses: pure functions of the time within a play."""

    def construct(self):
        square, circle = mn.Square(fill_opacity=0.5), mn.Circle(color=mn.YELLOW)
        self.play(mn.Create(square), mn.FadeIn(mn.Dot(2 * mn.UP), shift=mn.DOWN), run_time=0.4)
        self.play(mn.Transform(square, circle), mn.Create(mn.Triangle()), run_time=0.4)
        self.wait(0.2)
        self.play(mn.ReplacementTransform(square, mn.Star(color=mn.RED)), run_time=0.4, rate_func=mn.there_and_back)
        self.play(*(mn.FadeOut(mobject) for mobject in self.mobjects), run_time=0.3)
        self.wait(0.2)


class MoreAnimations(mn.Scene):
    """Indications, growings, passing flashes, partial drawings."""

    def construct(self):
        parts = mn.VGroup(*(mn.RegularPolygon(i + 3, fill_opacity=0.3) for i in range(4))).arrange()
        self.play(
            mn.DrawBorderThenFill(parts[0]),
            mn.SpinInFromNothing(parts[1]),
            mn.GrowFromEdge(parts[2], mn.UP),
            run_time=0.5,
        )
        self.add(parts)
        self.play(
            mn.Indicate(parts[0]), mn.Wiggle(parts[1]), mn.ApplyWave(parts[2]), mn.Circumscribe(parts[3]), run_time=0.5
        )
        self.play(mn.ShowPassingFlash(parts[1].copy().set_color(mn.RED)), mn.Flash(parts[0], num_lines=5), run_time=0.4)
        self.play(mn.ShowIncreasingSubsets(parts), mn.MoveAlongPath(mn.Dot(), mn.Circle()), run_time=0.4)
        self.play(mn.CyclicReplace(*parts[:3]), mn.ShrinkToCenter(parts[3]), run_time=0.3)
        self.play(mn.FadeTransform(parts[0], mn.Circle()), mn.Uncreate(parts[1]), run_time=0.3)


class Nested(mn.Scene):
    """Groups of animations in groups, one after the other and staggered, that bring mobjects in and take them out."""

    def construct(self):
        dots = mn.VGroup(*(mn.Dot(radius=0.3) for _ in range(6))).arrange()
        self.play(
            mn.AnimationGroup(
                mn.LaggedStart(*(mn.GrowFromCenter(dot) for dot in dots[:3]), lag_ratio=0.4),
                mn.Succession(mn.FadeIn(dots[3]), mn.Wait(0.2), dots[3].animate.shift(mn.UP), mn.FadeOut(dots[3])),
                mn.Succession(mn.Add(dots[4]), mn.LaggedStartMap(mn.Rotate, mn.VGroup(mn.Square(), mn.Triangle()))),
                lag_ratio=0.2,
            ),
            run_time=0.8,
        )
        self.play(mn.LaggedStart(mn.AnimationGroup(mn.FadeOut(dots[0]), mn.Create(dots[5]))), run_time=0.4)
        self.wait(0.2)


class Orders(mn.Scene):
    """z_index, foreground mobjects, static ones between moving ones, a mobject in two groups."""

    def construct(self):
        colours = (mn.RED, mn.GREEN, mn.BLUE, mn.YELLOW)
        squares = [mn.Square(color=c, fill_opacity=1).shift(i * 0.5 * mn.UR) for i, c in enumerate(colours)]
        squares[0].set_z_index(2)
        self.add(*squares, mn.VGroup(squares[1], mn.Dot()))
        self.play(squares[1].animate.shift(mn.LEFT), run_time=0.3)
        self.add_foreground_mobjects(squares[2])
        self.play(squares[0].animate.set_z_index(-1).shift(mn.DOWN), run_time=0.3)
        self.wait(0.2)
        self.remove_foreground_mobjects(squares[2])
        self.bring_to_front(squares[1])
        self.play(mn.Rotate(squares[3]), run_time=0.3)


class Foreground(mn.Scene):
    """A foreground mobject without animation stays above what moves, and one with an updater moves on."""

    def construct(self):
        plate = mn.Rectangle(color=mn.WHITE, fill_color=mn.BLACK, fill_opacity=0.8)
        clock = mn.Dot(mn.UP).add_updater(lambda m, dt: m.shift(2 * dt * mn.RIGHT))
        self.add_foreground_mobject(plate)
        self.play(mn.Create(mn.Circle(2, fill_opacity=1)), run_time=0.3)
        self.add_foreground_mobject(clock)
        self.wait(0.3)
        self.play(plate.animate.shift(mn.DOWN), run_time=0.3)


class Gradients(mn.Scene):
    """Fills and strokes of several colours, sheen, and colours that are interpolated."""

    def construct(self):
        disc = mn.Circle(fill_opacity=1).set_color([mn.RED, mn.YELLOW, mn.BLUE])
        bar = mn.Rectangle(fill_opacity=1, color=mn.GREEN).set_sheen(0.7, mn.UR).shift(3 * mn.LEFT)
        line = mn.Line(stroke_width=20).set_stroke([mn.PINK, mn.TEAL]).shift(2 * mn.UP)
        text = mn.Text("gradient", gradient=(mn.BLUE, mn.GREEN)).shift(2 * mn.DOWN)
        self.play(mn.Create(disc), mn.FadeIn(bar), mn.Create(line), mn.FadeIn(text), run_time=0.4)
        self.play(disc.animate.set_color([mn.WHITE, mn.PURPLE]).shift(mn.RIGHT), mn.Rotate(bar), run_time=0.3)
        self.wait(0.2)


class BackgroundStrokes(mn.Scene):
    """Strokes below fills, wide, half transparent, and in a moving text."""

    def construct(self):
        text = mn.Text("outline").set_stroke(mn.RED, 8, background=True)
        star = mn.Star(fill_opacity=0.6).set_stroke(mn.BLUE, 12, 0.5, background=True).shift(2 * mn.LEFT)
        self.add(mn.NumberPlane())
        self.play(mn.FadeIn(text), mn.Rotate(star), run_time=0.4)
        self.play(text.animate.set_stroke(mn.GREEN, 3, background=True).shift(mn.UP), run_time=0.3)


class Dashes(mn.Scene):
    """Dashed lines and outlines; joints, caps, arrows."""

    def construct(self):
        corner = mn.VMobject(stroke_width=25).set_points_as_corners([mn.LEFT, mn.UP, mn.RIGHT, 0.7 * mn.UP])
        joints = mn.VGroup()
        for joint, cap in zip(mn.LineJointType, mn.CapStyleType, strict=True):
            joints.add(corner.copy().set_cap_style(cap))
            joints[-1].joint_type = joint
        joints.arrange(buff=0.6).scale(0.5).shift(2 * mn.UP)
        ring = mn.DashedVMobject(mn.Circle(), num_dashes=20, dashed_ratio=0.6)
        self.add(mn.DashedLine(3 * mn.LEFT, 3 * mn.RIGHT, dash_length=0.2), joints)
        self.play(mn.Create(ring), mn.GrowArrow(mn.Arrow(mn.LEFT, mn.DR)), run_time=0.4)
        self.play(mn.Rotate(ring), joints.animate.shift(mn.DOWN), mn.Create(mn.Brace(ring)), run_time=0.3)


class Shapes(mn.Scene):
    """Holes, self-crossing outlines, half transparent layers, hair lines, tiny and far-away shapes, empty ones."""

    def construct(self):
        knot = mn.ParametricFunction(lambda t: [2 * np.sin(2 * t), np.sin(3 * t), 0], [0, 6.3, 0.1], fill_opacity=0.6)
        hole = mn.Cutout(mn.Square(3, color=mn.BLUE, fill_opacity=1), mn.Circle(), mn.Triangle().shift(mn.RIGHT))
        thin = mn.VGroup(mn.Line(3 * mn.LEFT, [3, 1, 0], stroke_width=w) for w in (0.05, 0.3, 1))
        far = mn.Square(30, fill_opacity=0.1).shift(14 * mn.RIGHT)
        tiny = mn.Dot(radius=0.004)
        self.add(mn.VMobject(), mn.VGroup(), mn.Line(mn.UP, mn.UP), far, thin, tiny)
        self.play(mn.FadeIn(hole), run_time=0.3)
        self.play(mn.Create(knot), hole.animate.set_opacity(0.3).rotate(1), tiny.animate.scale(90), run_time=0.4)
        self.play(mn.Create(mn.Annulus(color=mn.RED)), mn.ApplyMethod(knot.scale, 20), run_time=0.3)


class Words(mn.Scene):
    """Text written letter by letter, replaced (in an order that hangs on PYTHONHASHSEED), marked up, and moved."""

    def construct(self):
        first, second = mn.Text("real tensors", slant=mn.ITALIC), mn.Text("real senators")
        self.play(mn.Write(first), run_time=0.5)
        self.play(mn.TransformMatchingShapes(first, second), run_time=0.4)
        markup = mn.MarkupText('<span foreground="red">red</span> and <u>line</u>').shift(2 * mn.DOWN)
        self.play(mn.AddTextLetterByLetter(mn.Text("abc").shift(2 * mn.UP)), mn.FadeIn(markup), run_time=0.4)
        self.play(mn.Unwrite(second), run_time=0.3)


class Formulas(mn.Scene):
    """Typst formulas, written and moved, with a matrix of numbers."""

    def construct(self):
        formula = mn.MathTypst("a = sigma(W x + b)")
        self.play(mn.Write(formula), run_time=0.5)
        self.play(formula.animate.scale(0.5).to_corner(mn.UL).set_color(mn.YELLOW), run_time=0.3)
        self.play(mn.FadeIn(mn.MathTypst("mat(1, 2; 3, 4)")), run_time=0.2)


class Decimals(mn.Scene):
    """Numbers that change, by animation, by tracker and by updater; their glyphs come and go."""

    def construct(self):
        at = mn.ValueTracker(8.5)
        tracked = mn.DecimalNumber(8.5, mob_class=mn.Text).add_updater(lambda m: m.set_value(at.get_value()))
        counted = mn.Integer(0, mob_class=mn.MathTypst).shift(mn.UP)
        self.add(tracked, counted)
        self.play(at.animate.set_value(11.2), mn.ChangeDecimalToValue(counted, 120), run_time=0.5)
        self.play(mn.ChangingDecimal(counted, lambda alpha: 7 - 20 * alpha), tracked.animate.set_x(1), run_time=0.3)


class Images(mn.Scene):
    """Image mobjects that move, turn, fade, change their pixels and lie between drawn ones."""

    def construct(self):
        ramp = np.arange(64 * 48 * 3, dtype=np.uint32).reshape(48, 64, 3) // 36 % 256
        image = mn.ImageMobject(ramp.astype(np.uint8)).scale(4)
        grey = mn.ImageMobject(np.uint8([[0, 100], [200, 255]]))
        grey.set_resampling_algorithm(mn.RESAMPLING_ALGORITHMS["nearest"])
        grey.height = 1
        self.add(mn.Square(), image, mn.Circle(color=mn.RED))
        self.play(image.animate.shift(mn.RIGHT), mn.FadeIn(grey), run_time=0.3)
        self.play(mn.Rotate(grey, 0.7), image.animate.set_opacity(0.4), run_time=0.3)
        grey.add_updater(lambda m, dt: m.pixel_array.__isub__(20))
        self.wait(0.3)


class Points(mn.Scene):
    """Clouds of points, between drawn shapes."""

    def construct(self):
        rng = np.random.default_rng(3)
        cloud = mn.PGroup(mn.PointCloudDot(radius=1, density=8), mn.Point(mn.UP, stroke_width=30))
        noise = mn.PMobject(stroke_width=6).add_points(rng.normal(size=(50, 3)), color=mn.RED)
        self.add(mn.Square(fill_opacity=0.5), noise, cloud, mn.Circle())
        self.play(noise.animate.shift(mn.RIGHT), cloud.animate.rotate(1), run_time=0.3)
        self.play(mn.FadeOut(noise), run_time=0.2)


class Backgrounds(mn.Scene):
    """The background's colour and a picture as background change between plays, and a picture colours a shape."""

    def construct(self):
        self.camera.background_color = mn.ManimColor("#123456")
        disc = mn.Circle(2, fill_opacity=1)
        self.play(mn.Create(disc), run_time=0.3)
        self.camera.background_color = mn.DARK_BROWN
        self.play(mn.FadeOut(disc), run_time=0.3)
        rows = np.linspace(0, 255, self.camera.pixel_height).astype(np.uint8)[:, None, None]
        self.camera.set_background(np.broadcast_to(rows, self.camera.background.shape))
        self.play(mn.Create(mn.Square()), run_time=0.3)


class Plots(mn.Scene):
    """Axes, a graph, an area, a moving tangent, a plane under a matrix, a table of lines."""

    def construct(self):
        axes = mn.Axes([-2, 2], [-1, 3], 6, 4, axis_config={"include_numbers": False})
        graph = axes.plot(lambda x: x * x - 0.5, color=mn.YELLOW)
        at = mn.ValueTracker(-1.5)
        tangent = mn.always_redraw(lambda: mn.TangentLine(graph, (at.get_value() + 2) / 4, length=2))
        self.play(mn.Create(axes), mn.Create(graph), run_time=0.4)
        self.add(axes.get_area(graph, [0, 1.5], color=[mn.BLUE, mn.GREEN], opacity=0.5), tangent)
        self.play(at.animate.set_value(1.5), run_time=0.4)
        plane = mn.NumberPlane()
        self.play(mn.ApplyMatrix([[1, 1], [0, 1]], plane), run_time=0.3)


HAZARDS = [
    name
    for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, mn.Scene) and value.__module__ == __name__
]
