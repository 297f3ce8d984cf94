"""Text on any grey, and on any colour, reads with at least the contrast that WCAG asks for."""

import numpy as np
import pytest
from manim import ManimColor

from scenes.kit.contrast import contrast, ink_on, ink_over, luminance
from scenes.kit.layer import Layer
from scenes.theme import BACKGROUND, INK, PANEL


def rgb(color):
    return np.array(ManimColor(color).to_rgb())


def test_the_ratio_is_that_of_wcag():
    assert contrast(rgb("#FFFFFF"), rgb("#000000")) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#FFFFFF")) == pytest.approx(4.54, abs=0.005)
    assert luminance(rgb("#808080")) == pytest.approx(0.2159, abs=1e-4)


@pytest.mark.parametrize("ground", [BACKGROUND, PANEL])
def test_every_opacity_of_ink_has_a_text_that_reads(ground):
    for share in np.linspace(0, 1, 201):
        behind = share * rgb(INK) + (1 - share) * rgb(ground)
        assert contrast(rgb(ink_on(float(share), ground)), behind) >= 4.5


def test_our_own_colours_are_kept_where_they_are_enough():
    assert (ink_on(0.0), ink_on(1.0)) == (INK, BACKGROUND)


def test_every_colour_has_a_text_that_reads():
    for behind in np.random.default_rng(0).uniform(size=(300, 3)):
        assert contrast(rgb(ink_over(behind)), behind) >= 4.5


def test_a_number_inside_a_neuron_reads():
    layer = Layer(np.arange(3), 3, 3).set_values(np.array([0.05, 0.45, 0.95]))
    for index, share in enumerate((0.05, 0.45, 0.95)):
        color = layer.inside(index)[0].get_fill_color().to_hex()
        assert contrast(rgb(color), share * rgb(INK) + (1 - share) * rgb(BACKGROUND)) >= 4.5
