"""Plain Manim scenes whose state is shared, changed, suspended or carried on in the midst of plays.

``HAZARDS`` lists the classes, as in ``hazards.py``.
"""

import random

import manim as mn
import numpy as np


class StaleStatic(mn.Scene):
    """An updater moves a mobject that was painted into the static picture: the film shows where it was."""

    def construct(self):
        below, above = mn.Square(color=mn.RED, fill_opacity=1), mn.Dot(mn.DOWN)
        above.add_updater(lambda m, dt: below.shift(2 * dt * mn.RIGHT) and m.shift(dt * mn.UP))
        self.add(below, above)
        self.wait(0.4)
        self.play(above.animate.scale(2), run_time=0.3)


class SharedState(mn.Scene):
    """What was counted and collected during plays decides the next play's length and targets."""

    def construct(self):
        seen = []
        dot = mn.Dot().add_updater(lambda m, dt: seen.append((len(seen), dt, float(m.get_x()))))
        self.add(dot)
        self.play(dot.animate.shift(2 * mn.RIGHT), run_time=0.4)
        dot.clear_updaters()
        line = mn.VMobject().set_points_as_corners([[x, 0.1 * n, 0] for n, _, x in seen])
        self.play(mn.Create(line), run_time=len(seen) / 20)
        self.play(dot.animate.shift(sum(dt for _, dt, _ in seen) * mn.DOWN), run_time=0.2)


class ChangedDuringPlay(mn.Scene):
    """Updaters add, remove and reorder mobjects of the scene, and take themselves away, in the midst of a play."""

    def construct(self):
        dot = mn.Dot(3 * mn.LEFT)
        extra = [mn.Square(0.4 + 0.2 * i, fill_opacity=1).shift(i * mn.RIGHT) for i in range(6)]

        def scatter(mobject, dt):
            mobject.shift(6 * dt * mn.RIGHT)
            if extra:
                self.add(extra.pop())
            else:
                self.remove(*self.mobjects[-1:])
                mobject.remove_updater(scatter)

        self.add(dot.add_updater(scatter))
        self.wait(0.5)
        self.play(mn.Create(mn.Circle()), run_time=0.3)
        self.bring_to_back(self.mobjects[-1])
        self.clear()
        self.play(mn.FadeIn(dot), run_time=0.2)


class Suspended(mn.Scene):
    """Updaters that are suspended by an animation, by hand, or not at all, and resumed with a call."""

    def construct(self):
        squares = mn.VGroup(*(mn.Square(0.8).shift((i - 1) * 2 * mn.RIGHT) for i in range(3)))
        for square in squares:
            square.add_updater(lambda m, dt: m.rotate(3 * dt))
        self.add(squares)
        self.play(
            squares[0].animate(suspend_mobject_updating=True).shift(mn.UP),
            mn.FadeToColor(squares[1], mn.RED, suspend_mobject_updating=False),
            run_time=0.4,
        )
        squares[2].suspend_updating()
        self.wait(0.3)
        squares[2].resume_updating()
        self.wait(0.2)


class AnimationsAsUpdaters(mn.Scene):
    """Animations turned into updaters, once or round and round, and manim's own always-movers."""

    def construct(self):
        dots = [mn.Dot(i * mn.UP) for i in (-1, 0, 1, 2)]
        self.add(*dots)
        mn.turn_animation_into_updater(mn.ApplyMethod(dots[0].shift, mn.RIGHT, run_time=0.3))
        mn.cycle_animation(mn.Rotate(dots[1], about_point=mn.LEFT, run_time=0.5))
        mn.always_shift(dots[2], mn.RIGHT, rate=2)
        mn.always_rotate(dots[3], rate=4, about_point=mn.ORIGIN)
        self.wait(0.4)
        self.play(mn.Create(mn.Square()), run_time=0.3)


class Flows(mn.Scene):
    """Animations of manim that go on from the frame before, or change the speed of time."""

    def construct(self):
        square, ball = mn.Square(), mn.Dot(3 * mn.LEFT)
        ball.add_updater(lambda m, dt: m.shift(3 * dt * mn.RIGHT))
        self.add(ball)
        self.play(mn.PhaseFlow(lambda p: 0.5 * np.array([-p[1], p[0] + 1, 0]), square), run_time=0.5)
        mn.ChangeSpeed.add_updater(ball, lambda m, dt: m.shift(dt * mn.UP))
        turn = mn.Rotate(square, run_time=0.8)
        self.play(mn.ChangeSpeed(turn, speedinfo={0.3: 1, 0.4: 0.3, 0.7: 0.3, 1: 1}, rate_func=mn.linear))
        self.play(mn.Homotopy(lambda x, y, z, t: (x + t * y, y - 0.2 * t * x, z), square), run_time=0.3)


class Boundary(mn.Scene):
    """An animated boundary and stream lines: dt and random numbers inside manim's own mobjects."""

    def construct(self):
        np.random.seed(7)  # noqa: NPY002
        random.seed(7)
        self.add(mn.AnimatedBoundary(mn.Square(), colors=[mn.RED, mn.GREEN, mn.BLUE], cycle_rate=2))
        lines = mn.StreamLines(
            lambda p: np.array([p[1], -p[0], 0]), x_range=[-3, 3, 1], y_range=[-2, 2, 1], virtual_time=1, dt=0.2
        )
        self.add(lines)
        lines.start_animation(warm_up=True, flow_speed=1.5)
        self.wait(0.4)
        self.play(mn.Create(mn.Circle()), run_time=0.3)


class Followers(mn.Scene):
    """Chains of updaters in the wrong order, so that each lags a frame behind the one it follows."""

    def construct(self):
        lead = mn.Dot(3 * mn.LEFT, color=mn.RED)
        first = mn.Dot().add_updater(lambda m: m.move_to(lead.get_center() + 0.5 * mn.UP))
        second = mn.Dot().add_updater(lambda m: m.move_to(first.get_center() + 0.5 * mn.UP))
        line = mn.Line().add_updater(lambda m: m.put_start_and_end_on(second.get_center(), lead.get_center()))
        label = mn.Square(0.3).add_updater(lambda m: m.become(mn.Square(0.3).next_to(second, mn.UP)))
        self.add(label, line, second, first, lead)
        self.play(lead.animate.shift(5 * mn.RIGHT), run_time=0.5)
        self.play(lead.animate.shift(mn.DOWN), mn.MaintainPositionRelativeTo(label, lead), run_time=0.3)
        self.wait(0.2)


class Functions(mn.Scene):
    """Animations made of functions: from alpha, from the frame before, with rate functions that remember."""

    def construct(self):
        a, b, c = mn.Square().shift(3 * mn.LEFT), mn.Circle(), mn.Dot(2 * mn.RIGHT)
        asked = []

        def stubborn(t):
            asked.append(t)
            return t * len(asked) / 20

        self.play(
            mn.UpdateFromAlphaFunc(a, lambda m, alpha: m.set_fill(mn.RED, alpha)),
            mn.UpdateFromFunc(b, lambda m: m.rotate(0.2).shift(0.05 * mn.UP)),
            c.animate(rate_func=stubborn).shift(2 * mn.RIGHT),
            run_time=0.6,
        )
        self.play(mn.ApplyPointwiseFunction(lambda p: p + 0.1 * len(asked) * mn.UP, a), run_time=0.2)


class SameMobjectTwice(mn.Scene):
    """Animations of one play that share mobjects: the later one has the last word, in each frame anew."""

    def construct(self):
        square = mn.Square()
        parts = mn.VGroup(mn.Dot(mn.LEFT), mn.Dot(mn.RIGHT))
        self.add(square, parts)
        self.play(square.animate.shift(mn.RIGHT), mn.Rotate(square), mn.FadeToColor(square, mn.RED), run_time=0.4)
        self.play(parts.animate.shift(mn.UP), parts[0].animate.scale(3), mn.Indicate(parts[1]), run_time=0.4)


class SharedArrays(mn.Scene):
    """Two mobjects that hold one array of points, and one that refers to another: copies differ."""

    def construct(self):
        left, right = mn.Square(), mn.Square(color=mn.RED)
        right.points = left.points
        left.friend, left.log = right, [right]
        self.add(left, right)
        self.play(left.animate.shift(mn.LEFT), run_time=0.3)
        twin = left.copy()
        twin.friend.shift(mn.UP)
        left.points *= 0.5
        self.play(mn.Transform(right, twin.friend), run_time=0.3)
        left.points += 0.5
        self.play(mn.FadeIn(twin), mn.Rotate(left), run_time=0.2)


class SavedStates(mn.Scene):
    """Targets, saved states, restoring, and a copy made by an updater during a play."""

    def construct(self):
        square = mn.Square().save_state()
        square.generate_target().shift(2 * mn.RIGHT).set_fill(mn.BLUE, 1)
        ghosts = mn.VGroup()
        ghosts.add_updater(lambda m: m.add(square.copy().set_stroke(opacity=0.3)))
        self.add(ghosts, square)
        self.play(mn.MoveToTarget(square), run_time=0.4)
        ghosts.clear_updaters()
        self.play(mn.Restore(square), run_time=0.3)
        self.play(mn.TransformFromCopy(square, mn.Circle()), run_time=0.2)


class FrozenUpdater(mn.Scene):
    """Updaters without dt do not move a wait, unless something else does; then all of them run."""

    def construct(self):
        calls = []
        dot = mn.Dot(2 * mn.LEFT).add_updater(lambda m: calls.append(0) or m.shift(0.1 * mn.RIGHT))
        self.add(dot)
        self.wait(0.4)
        self.always_update_mobjects = True
        self.wait(0.4)
        self.play(mn.Create(mn.Circle(len(calls) / 8)), run_time=0.2)


class OwnAnimation(mn.Scene):
    """Animation subclasses that remember between frames: one counts its frames, one goes on from where it was."""

    def construct(self):
        square, dot = mn.Square(), mn.Dot(2 * mn.LEFT)
        self.play(Counting(square), Chasing(dot), run_time=0.6)
        self.play(Chasing(square), run_time=0.3)


class Counting(mn.Animation):
    """Turns by a step at every frame, whatever the time."""

    def begin(self):
        self.asked = 0
        super().begin()

    def interpolate_mobject(self, alpha):
        self.asked += 1
        self.mobject.rotate(0.1 * self.asked)


class Chasing(mn.Animation):
    """Goes a part of the rest of the way at every frame."""

    def interpolate_mobject(self, alpha):
        self.mobject.shift(0.2 * (2 * mn.RIGHT + mn.UP - self.mobject.get_center()))


HAZARDS = [
    name
    for name, value in list(globals().items())
    if isinstance(value, type) and issubclass(value, mn.Scene) and value.__module__ == __name__
]
