"""Plain Manim scenes with every kind of camera, moving, and with cameras and mobjects that draw in a way of their own.

``HAZARDS`` lists the classes, as in ``hazards.py``.
"""

import manim as mn
import numpy as np


class MovingCamera(mn.MovingCameraScene):
    """The frame moves, zooms, follows a dot by an updater and is restored."""

    def construct(self):
        dot = mn.Dot(2 * mn.LEFT)
        self.add(mn.NumberPlane(), dot, mn.Square())
        self.camera.frame.save_state()
        self.play(self.camera.frame.animate.scale(0.5).move_to(dot), run_time=0.4)
        self.camera.frame.add_updater(lambda m: m.move_to(0.7 * m.get_center() + 0.3 * dot.get_center()))
        self.play(dot.animate.shift(3 * mn.RIGHT), run_time=0.4)
        self.wait(0.2)
        self.camera.frame.clear_updaters()
        self.play(mn.Restore(self.camera.frame), run_time=0.3)
        self.play(self.camera.auto_zoom([dot], margin=2), run_time=0.3)


class FrameByDt(mn.MovingCameraScene):
    """The camera's frame is in no scene: its own updater by dt runs once it is added."""

    def construct(self):
        self.add(mn.Square(fill_opacity=1), mn.Circle())
        self.camera.frame.add_updater(lambda m, dt: m.shift(dt * mn.RIGHT).scale(1 - dt / 2))
        self.wait(0.2)
        self.add(self.camera.frame)
        self.wait(0.4)
        self.play(mn.Create(mn.Triangle()), run_time=0.3)


class Zoomed(mn.ZoomedScene):
    """A zoomed picture that pops out, moves, changes its factor, and shows an updater's dot."""

    def __init__(self, **kwargs):
        super().__init__(zoom_factor=0.3, zoomed_display_height=2, zoomed_display_width=3, **kwargs)

    def construct(self):
        dot = mn.Dot(mn.LEFT).add_updater(lambda m, dt: m.rotate(dt, about_point=mn.ORIGIN).shift(dt * mn.UP))
        self.add(mn.NumberPlane(), mn.Circle(), dot)
        self.zoomed_camera.frame.move_to(mn.LEFT)
        self.activate_zooming(animate=False)
        self.play(self.zoomed_camera.frame.animate.shift(mn.RIGHT), run_time=0.4)
        self.play(self.zoomed_camera.frame.animate.scale([0.5, 1.5, 0]), dot.animate.scale(2), run_time=0.3)
        self.wait(0.2)


class ZoomPopsOut(mn.ZoomedScene):
    """The zoom's own entrance, with an animated activation."""

    def construct(self):
        self.add(mn.Square(), mn.Dot(0.1 * mn.UP, color=mn.RED))
        self.zoomed_display.shift(mn.DOWN)
        self.activate_zooming(animate=False)
        self.play(self.get_zoomed_display_pop_out_animation(), run_time=0.4)
        self.play(mn.Rotate(self.mobjects[0]), run_time=0.3)


class Surfaces(mn.ThreeDScene):
    """A shaded surface under a moving camera, with a title fixed in the frame and a label that faces it."""

    def construct(self):
        axes = mn.ThreeDAxes()
        wave = mn.Surface(lambda u, v: axes.c2p(u, v, np.sin(u) * np.cos(v)), [-3, 3], [-3, 3], resolution=(10, 10))
        wave.set_fill_by_value(axes, colorscale=[(mn.BLUE, -1), (mn.RED, 1)], axis=2)
        title, label = mn.Text("surface").to_corner(mn.UL), mn.Text("z").move_to(axes.c2p(0, 0, 2))
        self.set_camera_orientation(phi=1, theta=-0.7)
        self.add_fixed_in_frame_mobjects(title)
        self.add_fixed_orientation_mobjects(label)
        self.play(mn.FadeIn(axes), mn.Create(wave), run_time=0.4)
        self.move_camera(phi=0.4, theta=0.3, zoom=1.4, frame_center=[1, 0, 0], run_time=0.4)
        self.play(wave.animate.shift(mn.OUT), title.animate.set_color(mn.YELLOW), run_time=0.3)
        self.remove_fixed_in_frame_mobjects(title)
        self.wait(0.2)


class Solids(mn.ThreeDScene):
    """Solids that turn and cross in depth, unshaded and shaded, with a moving light."""

    def construct(self):
        self.set_camera_orientation(phi=1.2, theta=0.4, gamma=0.2, focal_distance=12)
        ball = mn.Sphere(radius=0.8, resolution=(8, 8)).shift(mn.UP)
        solids = mn.VGroup(mn.Cube(1), mn.Prism([1, 2, 0.5]).shift(2 * mn.RIGHT), mn.Cone(resolution=8).shift(mn.LEFT))
        arrow = mn.Arrow3D(mn.ORIGIN, [2, 1, 1], resolution=6)
        self.add(ball, solids, arrow, mn.Dot3D([1, 1, 1]), mn.Line3D(mn.LEFT, mn.OUT, resolution=6))
        self.play(mn.Rotate(solids, axis=[1, 1, 0]), run_time=0.4)
        self.play(self.camera.light_source.animate.move_to([5, 5, -2]), ball.animate.shift(mn.DOWN), run_time=0.3)
        self.camera.should_apply_shading = False
        self.play(mn.FadeOut(ball), self.camera.theta_tracker.animate.set_value(1), run_time=0.3)


class ThreeDUpdaters(mn.ThreeDScene):
    """Trackers of the camera driven by updaters by dt, and flat mobjects in depth order."""

    def construct(self):
        colours = (mn.RED, mn.GREEN, mn.BLUE)
        cards = mn.VGroup(mn.Square(2, fill_opacity=0.9, color=c).shift(z * mn.OUT) for z, c in enumerate(colours))
        self.set_camera_orientation(phi=1.3)
        self.add(cards)
        self.camera.theta_tracker.add_updater(lambda m, dt: m.increment_value(dt * (1 + m.get_value() ** 2)))
        self.add(self.camera.theta_tracker)
        self.wait(0.4)
        self.play(cards[0].animate.shift(3 * mn.OUT), run_time=0.3)


class SilhouetteCamera(mn.Camera):
    """A camera that draws every shape with another width, and frames them with a line of pixels."""

    def get_stroke_rgbas(self, vmobject, background=False):
        return 0.5 * super().get_stroke_rgbas(vmobject, background)

    def capture_mobjects(self, mobjects, **kwargs):
        super().capture_mobjects(mobjects, **kwargs)
        self.pixel_array[:2] = 255


class OwnCamera(mn.Scene):
    """A camera class of the scene's own, with overridden drawing."""

    def __init__(self, **kwargs):
        super().__init__(camera_class=SilhouetteCamera, **kwargs)

    def construct(self):
        square = mn.Square(fill_opacity=0.5, stroke_width=20)
        self.play(mn.Create(square), run_time=0.3)
        self.play(mn.Rotate(square), mn.FadeIn(mn.Circle()), run_time=0.3)


class Shimmering(mn.Square):
    """A square whose colours and widths come from methods, not from its arrays, and change whenever they are asked."""

    def __init__(self, **kwargs):
        self.asked = 0
        super().__init__(**kwargs)

    def get_fill_rgbas(self):
        self.asked += 1
        return np.array([[self.asked % 7 / 7, 0.5, 0.2, 0.8]])

    def get_stroke_width(self, background=False):
        return 0 if background else 3 + 2 * np.sin(self.get_x())


class OwnDrawing(mn.Scene):
    """Mobjects with overridden getters among plain ones."""

    def construct(self):
        square = Shimmering()
        self.add(mn.Circle(2, fill_opacity=0.5), square, mn.Triangle())
        self.play(square.animate.shift(2 * mn.RIGHT), run_time=0.4)
        self.wait(0.2)


class OwnMembers(mn.Scene):
    """A group whose family is made up as it is asked: a hazard for anyone who keeps families."""

    def construct(self):
        pack = Pack(mn.Dot(i * 0.5 * mn.RIGHT, radius=0.2) for i in range(6))
        self.add(pack)
        self.play(mn.Rotate(pack, about_point=mn.ORIGIN), run_time=0.4)
        pack.shown = 5
        self.play(pack.animate.shift(mn.UP), run_time=0.3)


class Pack(mn.VGroup):
    """Shows only its first few members."""

    shown = 3

    def get_family(self, recurse=True):
        return [self, *(one for member in self.submobjects[: self.shown] for one in member.get_family())]


HAZARDS = [
    name
    for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, mn.Scene) and value.__module__ == __name__
]
