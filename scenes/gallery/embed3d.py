"""Embed3D: the activations of layer 2 for 300 test digits along the three directions in which they differ most."""

from manim import DOWN, DR, UP

from scenes.base import TensorScene
from scenes.kit.embed3d import Embed3D, Variance, coordinates
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BODY, CLASSES, GAP, LARGE, MARGIN, REST


class EachDigitHasItsPlace(TensorScene):
    """The ten digits gather in different places of a space that the network learned."""

    needs = ("digit_cloud",)

    def construct(self) -> None:
        cloud = self.assets["digit_cloud"]
        points = coordinates(cloud["points"], cloud["mean"], cloud["basis"])  # (300, 3)
        title = Words("Inside the network, each digit has its own place", size=LARGE).to_edge(UP, buff=MARGIN)
        space = Embed3D(points, cloud["label"]).shift(DOWN * 0.02)
        held = Variance(cloud["explained"], cloud["points"].shape[1]).to_corner(DR, buff=MARGIN)
        held.shift(UP * 2 * GAP)  # above a badge that is long
        self.open(title, space, held, asset="digit_cloud")
        names = [Words(str(digit), BODY, color) for digit, color in enumerate(CLASSES)]
        self.play(space.name_groups(names), run_time=1.4)
        self.play(space.turn(azimuth=1.15), run_time=4)
        self.wait(REST)


class ADifferenceIsAnArrow(TensorScene):
    """Ten test digits as arrows from the mean, and the way from one to another."""

    needs = ("digit_cloud",)

    def construct(self) -> None:
        cloud = self.assets["digit_cloud"]
        points = coordinates(cloud["image_points"], cloud["mean"], cloud["basis"])  # (10, 3)
        title = Words("A picture is an arrow, and so is a difference", size=LARGE).to_edge(UP, buff=MARGIN)
        space = Embed3D(points, cloud["image_label"], dot=0.07).shift(DOWN * 0.02)
        self.open(title, space, asset="digit_cloud")
        pictures = [PixelGrid(image, height=0.6) for image in cloud["images"]]
        self.play(space.point_at(range(10), pictures, CLASSES), run_time=1.6)
        self.play(space.turn(azimuth=2.7), run_time=3)
        self.play(space.subtract(0, 4, Words("0 − 4", BODY, ACCENT)), run_time=1.2)
        self.wait(REST)
