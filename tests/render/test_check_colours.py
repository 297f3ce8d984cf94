"""The lint: the contrast of a text with what is really behind it, and the geometry that it rests on."""

import numpy as np
import pytest
from manim import RESAMPLING_ALGORITHMS, UP, Circle, FadeOut, ImageMobject, Rectangle, Square, VGroup

from render.check.outline import PIECES, boxes_of, outlines
from render.check.paint import behind, inside
from render.check.seen import Image, Picture, Shape, Text
from scenes.kit.contrast import contrast, luminance
from scenes.kit.number import Number
from scenes.kit.typeset import Words
from scenes.theme import ACCENT, BACKGROUND, DIM, INK, NEGATIVE, PANEL, POSITIVE, RULE
from tests.checking import looked

SHORT = 4 / 15
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


@pytest.fixture
def look(tmp_path):
    def run(*mobjects, **more):
        def construct(scene):
            scene.add(*mobjects)
            scene.wait(SHORT)

        return looked(construct, tmp_path, **more)

    return run


def picture_of(values, height=4.0):
    """Grey levels (rows, columns) from 0 to 1 as an image."""
    grey = np.rint(255 * np.asarray(values, dtype=float)[..., None] * np.ones(3)).astype(np.uint8)
    image = ImageMobject(grey)
    image.set_resampling_algorithm(RESAMPLING_ALGORITHMS["nearest"])
    return image.stretch_to_fit_height(height).stretch_to_fit_width(height)


@pytest.mark.parametrize(("one", "other", "ratio"), [(BLACK, WHITE, 21.0), (WHITE, WHITE, 1.0)])
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(np.array(one), np.array(other)) == pytest.approx(ratio)


def test_the_luminance_of_mid_grey_is_the_standard_s():
    assert luminance(np.full(3, 0x77 / 255)) == pytest.approx(0.1845, abs=1e-4)  # #777777 on white: 4.48


@pytest.mark.parametrize("color", [INK, DIM, POSITIVE, NEGATIVE, ACCENT])
def test_the_colours_of_the_theme_stand_out_from_its_background_and_its_panel(look, color):
    panel = Rectangle(width=3, height=1, fill_color=PANEL, fill_opacity=1, stroke_width=0).shift(UP)
    assert look(panel, Words("word", color=color), Words("panel", color=color).shift(UP)) == []


@pytest.mark.parametrize(
    ("words", "behind_it", "ratio"),
    [
        (Words("rule", color=RULE), [], "1.8:1"),
        (Words("half", color=DIM).set_opacity(0.5), [], "2.4:1"),
        (Words("dark", color=BACKGROUND), [], "1.0:1"),
        (Words("grey", color=INK), [Square(3, fill_color=DIM, fill_opacity=1)], "2.5:1"),
        (Words("veil", color=INK), [Square(3, fill_color=INK, fill_opacity=0.5, stroke_width=0)], "3.3:1"),
        (Words("cell", color=INK), [picture_of([[0.6, 0.6], [0.6, 0.6]])], "2.3:1"),
    ],
)
def test_a_text_that_does_not_stand_out_is_found_with_its_contrast(look, words, behind_it, ratio):
    (found,) = look(*behind_it, words)
    assert (found.level, found.kind, found.what) == ("error", "contrast", f"has contrast {ratio}, below 4.5:1")


def test_only_the_characters_that_do_not_stand_out_are_counted(look):
    light = Square(0.3, fill_color=INK, fill_opacity=1, stroke_width=0)
    words = Words("0 0 0", color=INK)
    light.move_to(words[2])
    (found,) = look(light, words)
    assert found.what == "has contrast 1.0:1 in 1 of 3 characters, below 4.5:1"


def test_a_circle_is_seen_behind_a_number_that_stands_level_with_its_corners(look):
    circle = Circle(1.25, fill_color=INK, fill_opacity=1)
    assert look(circle, Number(0.68, color=BACKGROUND).move_to(circle)) == []


def test_what_is_drawn_later_is_not_behind_and_what_it_hides_is_not_read(look):
    over = Square(3, fill_color=INK, fill_opacity=0.5, stroke_width=0)
    assert look(Words("under", color=INK), over) == []
    assert look(Words("hidden", color=RULE), over.copy().set_fill(opacity=1)) == []


def test_a_text_may_be_faint_while_it_goes(tmp_path):
    def construct(scene):
        words = VGroup(Words("leaving"), Words("gone", color=RULE).shift(UP))
        scene.add(words[0])
        scene.play(FadeOut(words), run_time=0.8)

    assert looked(construct, tmp_path) == []


def test_the_mean_of_the_pixels_under_a_box_counts():
    pixels = np.zeros((2, 4, 4))
    pixels[..., 3] = 1
    pixels[0, :2, :3] = 1  # the upper left quarter is white
    image = Image("grid", 0, np.array([-2.0, -1, 2, 1]), pixels)
    boxes = np.array([[-1.9, 0.1, -1.1, 0.9], [-1.9, -0.9, -0.1, 0.9], [0.1, 0.1, 1.9, 0.9], [5, 5, 6, 6]])
    assert image.mean(boxes) == pytest.approx(np.array([[1, 1, 1, 1], [0.5] * 3 + [1], [0, 0, 0, 1], [0] * 4]))


def test_layers_are_mixed_in_the_order_in_which_they_are_drawn():
    text = Text("t", 1, 5, np.array([[-0.1, -0.1, 0.1, 0.1]]), np.ones((1, 4)))
    corners = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    chords = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    box, first = np.array([[-1.0, -1, 1, 1]]), np.array([0])
    shapes = [
        Shape("white", 1, box, first, chords, fill=(1, 1, 1, 1)),
        Shape("half black", 2, box, first, chords, fill=(0, 0, 0, 0.5)),
        Shape("later", 9, box, first, chords, fill=(1, 0, 0, 1)),
    ]
    assert behind(Picture(1, 0.0, texts=(text,), shapes=tuple(shapes)), text) == pytest.approx(np.full((1, 3), 0.5))


def test_a_place_is_inside_an_outline_but_not_in_its_hole_or_beside_it():
    ring = VGroup(Circle(2), Circle(1).rotate(np.pi, axis=UP))
    flat = np.concatenate([circle.points[:, :2] for circle in ring])
    chords = outlines(flat, True).chords
    places = np.array([[0.0, 0], [1.5, 0], [0, -1.5], [2.5, 0], [1.5, 1.5]])
    assert inside(chords, places).tolist() == [False, True, True, False, False]


def test_a_straight_curve_is_one_chord_a_bent_one_several_and_a_filled_outline_is_closed():
    square, circle = Square(2).points[:, :2], Circle(1).points[:, :2]
    both = outlines(np.concatenate([square, circle]), False)
    assert both.first.tolist() == [0, 4]
    assert len(both.chords) == 4 + PIECES * len(circle) // 4
    assert both.boxes[0] == pytest.approx([-1, -1, 1, 1])
    opened = outlines(np.concatenate([square[:12], square + 5]), True)
    assert opened.first.tolist() == [0, 4]
    assert opened.chords[3] == pytest.approx(np.array([square[11], square[0]]))


def test_holes_have_no_box_of_their_own():
    written = np.concatenate([mark.points for mark in Number(46890.0, decimals=0)])
    assert len(boxes_of(written[:, :2])) == len("46,890")
    assert len(boxes_of(np.zeros((0, 2)))) == 0
