"""Plain Manim scenes whose frames hang on how their state was reached: on steps, randomness, clocks, order, memory.

A renderer that jumps to a time, leaves frames out, copies objects otherwise or asks a condition twice draws them
differently. ``HAZARDS`` lists the classes. Lengths fit 15 frames per second; every other rate works too.
"""

import random
import tempfile
import wave
from pathlib import Path

import manim as mn
import numpy as np


class DtIntegrator(mn.Scene):
    """An oscillator by Euler's rule: where it is depends on the number and the size of the steps."""

    def construct(self):
        ball = mn.Dot(2 * mn.RIGHT)
        speed = np.zeros(3)

        def swing(mobject, dt):
            nonlocal speed
            speed = speed - 40 * dt * mobject.get_center()
            mobject.shift(dt * speed)

        ball.add_updater(swing)
        self.add(ball)
        self.wait(0.4)
        self.play(mn.Create(mn.Square()), run_time=0.4)
        ball.clear_updaters()
        self.play(ball.animate.scale(2), run_time=0.2)


class RandomUpdater(mn.Scene):
    """Updaters draw from numpy's and Python's own generators, and a later position comes from the same ones."""

    def construct(self):
        np.random.seed(4)  # noqa: NPY002  # what scenes that users write call
        random.seed(4)
        rng = np.random.default_rng(4)
        dots = mn.VGroup(mn.Dot(mn.UP), mn.Dot(), mn.Dot(mn.DOWN))
        dots[0].add_updater(lambda m: m.set_x(np.random.normal()))  # noqa: NPY002
        dots[1].add_updater(lambda m, dt: m.set_x(random.uniform(-3, 3)))
        dots[2].add_updater(lambda m: m.set_x(rng.normal()))
        self.add(dots)
        self.wait(0.4)
        self.play(dots.animate.set_color(mn.RED), run_time=0.4)
        dots.clear_updaters()
        self.play(mn.FadeIn(mn.Square().shift([random.random(), rng.normal(), 0])), run_time=0.2)


class Traced(mn.Scene):
    """Paths left by a moving point, one of them dissolving."""

    def construct(self):
        dot = mn.Dot(3 * mn.LEFT)
        self.add(mn.TracedPath(dot.get_center), mn.TracedPath(dot.get_bottom, dissipating_time=0.3, stroke_width=8))
        self.play(dot.animate(path_arc=2).shift(4 * mn.RIGHT), run_time=0.6)
        self.play(mn.Rotate(dot, 3, about_point=mn.ORIGIN), run_time=0.4)
        self.wait(0.2)


class AmbientRotation(mn.ThreeDScene):
    """The camera turns by dt, through a wait and a play."""

    def construct(self):
        self.set_camera_orientation(phi=1.1, theta=-0.8)
        self.add(mn.ThreeDAxes(), mn.Cube(1))
        self.begin_ambient_camera_rotation(rate=0.9)
        self.wait(0.4)
        self.play(mn.Create(mn.Circle(2)), run_time=0.4)
        self.stop_ambient_camera_rotation()
        self.begin_3dillusion_camera_rotation(rate=2)
        self.wait(0.3)
        self.stop_3dillusion_camera_rotation()
        self.wait(0.2)


class StopCondition(mn.Scene):
    """Waits that end after some frames; the condition counts how often it was asked, and the count is drawn."""

    def construct(self):
        asked = []
        ball = mn.Dot(3 * mn.LEFT).add_updater(lambda m, dt: m.shift(4 * dt * mn.RIGHT))
        self.add(ball)
        self.wait(3, stop_condition=lambda: asked.append(0) or ball.get_x() > -1.5)
        self.wait(3, stop_condition=lambda: asked.append(0) or len(asked) > 12)
        self.play(ball.animate.set_y(len(asked) / 6), run_time=0.3)


class WaitUntil(mn.Scene):
    """A wait until a random walk has arrived, and one that runs to its longest time."""

    def construct(self):
        rng = np.random.default_rng(1)
        walker = mn.Square(0.5).add_updater(lambda m: m.shift(0.4 * rng.random() * mn.RIGHT))
        self.add(walker)
        self.wait_until(lambda: walker.get_x() > 2, max_time=4)
        walker.clear_updaters()
        self.play(mn.Rotate(walker), run_time=0.2)
        self.wait_until(lambda: False, max_time=0.3)


class Sections(mn.Scene):
    """Named sections, one of them skipped (its updaters take one long step) and one without plays."""

    def construct(self):
        ball = mn.Dot(3 * mn.LEFT)
        ball.add_updater(lambda m, dt: m.shift(dt * (mn.RIGHT + 0.3 * m.get_center())))
        self.add(ball)
        self.play(mn.Create(mn.Square()), run_time=0.3)
        self.next_section("left out", skip_animations=True)
        self.play(mn.Create(mn.Circle()), run_time=0.5)
        self.wait(0.4)
        self.next_section("empty")
        self.next_section("drawn", section_type="presentation.normal")
        self.wait(0.3)
        self.play(ball.animate.set_color(mn.RED), run_time=0.2)


class SkippedFirst(mn.Scene):
    """The first section is skipped; sounds are lost from its first play to the first play of the next section."""

    def construct(self):
        self.next_section("skipped", skip_animations=True)
        self.add_sound(beep())
        square = mn.Square()
        self.play(mn.Create(square), run_time=0.5)
        self.add_sound(beep())
        self.next_section("shown")
        self.add_sound(beep())
        self.play(square.animate.shift(mn.UP), run_time=0.3)
        self.add_sound(beep(), time_offset=0.1)


class Sounds(mn.Scene):
    """Sounds and captions at the clock's time, with offset and gain, between plays whose frames round both ways."""

    def construct(self):
        self.add_sound(beep())
        self.add_subcaption("first", duration=0.4, offset=0.1)
        self.wait(0.33)
        self.add_sound(beep(), time_offset=0.1, gain=-6)
        self.play(mn.Create(mn.Square()), run_time=0.33, subcaption="second")
        self.add_sound(beep(), time_offset=-0.2)
        self.play(
            mn.FadeIn(mn.Circle()), run_time=0.3, subcaption="third", subcaption_offset=-0.1, subcaption_duration=2
        )
        self.add_subcaption("last")


class SoundByUpdater(mn.Scene):
    """A ball beeps each time it bounces, in the midst of a play."""

    def construct(self):
        ball = mn.Dot(mn.UP)
        speed = 0.0

        def fall(mobject, dt):
            nonlocal speed
            speed -= 20 * dt
            if mobject.get_y() + dt * speed < -1:
                speed = 0.8 * abs(speed)
                self.add_sound(beep())
                self.add_subcaption(f"bounce at {self.time:.2f}", duration=0.2)
            mobject.shift(dt * speed * mn.UP)

        self.add(ball.add_updater(fall))
        self.wait(0.8)
        self.play(ball.animate.set_color(mn.BLUE), run_time=0.4)


class SceneUpdater(mn.Scene):
    """A function of the scene's own that is called once a frame, taken away and put back."""

    def construct(self):
        self.heat = 0.0
        square = mn.Square(fill_opacity=1)

        def warm(dt):
            self.heat += dt * (1.5 - self.heat)
            square.set_fill(mn.interpolate_color(mn.BLUE, mn.RED, min(1, self.heat)))

        self.add(square)
        self.add_updater(warm)
        self.wait(0.4)
        self.remove_updater(warm)
        self.wait(0.2)
        self.add_updater(warm)
        self.play(mn.Rotate(square), run_time=0.4)


class ClockReader(mn.Scene):
    """Updaters that read the renderer's clock, the scene's, the number of plays and the time within a play."""

    def construct(self):
        dots = mn.VGroup(mn.Dot(mn.UP), mn.Dot(), mn.Dot(mn.DOWN))
        dots[0].add_updater(lambda m: m.set_x(2 * self.renderer.time))
        dots[1].add_updater(lambda m, dt: m.set_x(3 * np.sin(5 * self.time) + 0.1 * self.renderer.num_plays))
        dots[2].add_updater(lambda m: m.set_x(4 * self.last_t - 3))
        self.add(dots)
        self.play(mn.Create(mn.Circle()), run_time=0.4)
        self.wait(0.4)
        self.play(mn.FadeIn(mn.Square().shift(self.time * mn.UP)), run_time=0.3)


class Redrawn(mn.Scene):
    """Mobjects that are made anew at each frame, one of them by randomness."""

    def construct(self):
        rng = np.random.default_rng(2)
        at = mn.ValueTracker(0.5)
        self.add(mn.always_redraw(lambda: mn.Line(mn.LEFT, at.get_value() * mn.UR).set_stroke(width=4 * rng.random())))
        self.add(mn.always_redraw(lambda: mn.RegularPolygon(3 + int(2 * at.get_value()))))
        self.play(at.animate.set_value(2), run_time=0.5)
        self.play(at.animate.set_value(0.2), run_time=0.3)


class OneFrameMore(mn.Scene):
    """23/15 s: numpy's arange gives 24 instants at 15 frames per second, and alpha passes 1."""

    def construct(self):
        square = mn.Square()
        self.play(square.animate(rate_func=mn.linear).shift(3 * mn.RIGHT), run_time=23 / 15)
        self.play(mn.Rotate(square, rate_func=lambda t: t * t), run_time=0.5)


class Lengths(mn.Scene):
    """Lengths that are no whole number of frames: a frozen wait rounds down, a moving one and a play round up."""

    def construct(self):
        dot = mn.Dot()
        self.play(mn.GrowFromCenter(dot), run_time=0.37)
        self.wait(0.45)
        self.wait(0.45, frozen_frame=False)
        self.pause(0.25)
        self.play(dot.animate.shift(mn.UP), run_time=0.01)
        self.add(dot.add_updater(lambda m, dt: m.shift(dt * mn.RIGHT)))
        self.wait(0.45)
        self.wait(0.3, frozen_frame=True)
        self.wait(0.01)


class LongPlay(mn.Scene):
    """Three seconds in one play and one wait, with randomness, dt and a trace: long enough to be cut in chunks."""

    def construct(self):
        rng = np.random.default_rng(5)
        fly = mn.Dot()
        fly.add_updater(lambda m, dt: m.shift(dt * (6 * rng.normal(size=3) * [1, 1, 0] - m.get_center())))
        self.add(mn.TracedPath(fly.get_center), fly)
        self.play(mn.Create(mn.Square(4)), run_time=2)
        self.wait(1)
        self.play(mn.Uncreate(mn.Square(4)), run_time=2, rate_func=mn.there_and_back)


def beep():
    """The path of a short tone; always the same samples."""
    path = Path(tempfile.gettempdir()) / "tensorreel-test-beep.wav"
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as own, wave.open(own, "wb") as tone:
            tone.setparams((1, 2, 44100, 0, "NONE", ""))
            tone.writeframes((8000 * np.sin(np.arange(4410) / 10)).astype("<i2").tobytes())
        Path(own.name).replace(path)
    return str(path)


HAZARDS = [
    name
    for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, mn.Scene) and value.__module__ == __name__
]
