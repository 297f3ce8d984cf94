"""The kit: what a component draws is read back from points, colours and glyphs, also after it was tampered with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.network import EDGE_WIDTH, FLASH_WIDTH, Edges, Layer, window
from scenes.kit.number import MINUS, Number, NumberField, spell
from scenes.kit.pixel_grid import PixelGrid
from scenes.kit.provenance import provenance_line
from scenes.kit.typeset import Words, escape, typeset

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(FINITE, st.integers(0, 4), st.booleans())
def test_a_number_reads_back_as_the_value_rounded_to_its_decimals(value, decimals, signed):
    drawn = Number(value, decimals=decimals, signed=signed)
    assert drawn.values() == pytest.approx(round(value, decimals), abs=1e-9)


def test_a_number_reads_back_after_it_was_moved_scaled_and_stretched_to_a_height():
    drawn = Number(-13002.75, decimals=2).scale(0.3).shift([3, -2, 0]).scale_to_fit_height(1.7)
    assert drawn.values() == -13002.75


def test_swapping_two_glyphs_changes_what_a_number_reads():
    drawn = Number(0.84)
    drawn.submobjects[2], drawn.submobjects[3] = drawn.submobjects[3], drawn.submobjects[2]
    assert drawn.values() == 0.48


def test_moving_a_point_of_a_glyph_is_noticed():
    drawn = Number(0.84)
    drawn.submobjects[3].points[5] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        drawn.values()


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.0, 2, True, "0.00"),
        (-0.004, 2, True, "0.00"),
        (0.5, 1, True, "+0.5"),
        (-1234567.0, 0, False, f"{MINUS}1,234,567"),
    ],
)
def test_numbers_are_spelled_with_a_real_minus_and_no_signed_zero(value, decimals, signed, text):
    assert spell(value, decimals, signed) == text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="only finite numbers are drawn"):
        Number(value)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_field_of_numbers_reads_back_in_order(values):
    places = np.array([[i % 8, i // 8, 0] for i in range(len(values))], dtype=float)
    drawn = NumberField(np.array(values), places, decimals=1, height=0.1, color="#FFFFFF")
    assert drawn.values() == pytest.approx([round(v, 1) for v in values], abs=1e-9)


def test_a_pixel_grid_reads_back_within_half_a_step_of_its_texture():
    values = np.random.default_rng(0).uniform(size=(7, 5))
    assert np.abs(PixelGrid(values, height=3).values() - values).max() <= 0.5 / 233 + 1e-9


def test_changing_a_texel_changes_what_a_pixel_grid_reads():
    grid = PixelGrid(np.zeros((4, 4)), height=2)
    grid.picture.pixel_array[1, 2, :3] = 233
    assert grid.values()[1, 2] == 1.0


@pytest.mark.parametrize("values", [np.full((2, 2), np.nan), np.full((2, 2), 1.2), np.zeros(4), np.full((2, 2), -0.1)])
def test_a_pixel_grid_refuses_what_is_no_picture(values):
    with pytest.raises(ValueError, match=r"finite 2-D array within \[0, 1\]"):
        PixelGrid(values, height=2)


def test_cells_are_found_from_the_upper_left():
    grid = PixelGrid(np.zeros((4, 8)), height=2)
    assert grid.place(0, 0) == pytest.approx([-1.75, 0.75, 0])
    assert grid.place(3, 7) == pytest.approx([1.75, -0.75, 0])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-6, 1.0, 1e6]))
def test_edges_read_back_as_their_tensors(to, start, seed, size):
    values = np.random.default_rng(seed).normal(size=(to, start)) * size
    before, after = Layer(np.arange(start), start, 3).shift([-2, 0, 0]), Layer(np.arange(to), to, 3).shift([2, 0, 0])
    for width in (EDGE_WIDTH, FLASH_WIDTH):
        assert Edges(values, before, after, width).values() == pytest.approx(values, abs=1e-6 * max(size, 1e-9))


def test_recolouring_an_edge_behind_its_back_changes_its_sign():
    before, after = Layer(np.arange(2), 2, 3).shift([-2, 0, 0]), Layer(np.arange(2), 2, 3).shift([2, 0, 0])
    edges = Edges(np.array([[1.0, 2.0], [3.0, 4.0]]), before, after)
    edges.submobjects[3].set_stroke("#F2785C")
    assert edges.values() == pytest.approx(np.array([[1.0, 2.0], [3.0, -4.0]]))


def test_a_layer_reads_back_its_fills_and_refuses_what_does_not_fit():
    layer = Layer(window(40), 40, 5, scale=2.0)
    values = np.linspace(0, 2, 40)
    assert layer.set_values(values).values() == pytest.approx(values[[*range(8), *range(32, 40)]])
    with pytest.raises(ValueError, match=r"within \[0, 2\], found 0 to 2.1"):
        layer.set_values(np.linspace(0, 2.1, 40))


@pytest.mark.parametrize("size", [1, 16])
def test_a_small_layer_is_shown_whole(size):
    assert list(window(size)) == list(range(size))


def test_words_never_use_a_font_of_the_system(tmp_path, monkeypatch):
    before = typeset(escape("Handgloves 0123"))
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    monkeypatch.setenv("TYPST_FONT_PATHS", str(fonts))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    typeset.cache_clear()
    after = typeset(escape("Handgloves 0123"))
    assert all(np.array_equal(a.points, b.points) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("text", ["50% #1 [a] *b* _c_ $d$ <e> @f `g` ~ \\ // -- =", "784 × 16 = 12,544"])
def test_escaped_text_is_printed_as_it_is(text):
    assert len(typeset(escape(text))) == len(text.replace(" ", ""))


def test_a_formula_that_does_not_compile_says_so():
    with pytest.raises(ValueError, match="Typst cannot set"):
        Words("$ frac(a $")


@pytest.mark.parametrize(("size", "text"), [(10, "10"), (16, "16"), (32, "16 of 32"), (1000, "16 of 1,000")])
def test_a_layer_says_how_many_of_its_neurons_it_draws(size, text):
    assert Layer(window(size), size, 4).count_text() == text


def test_the_provenance_names_settings_that_depart_from_the_variant():
    facts = {
        "model": "digits",
        "variant": "relu_adam",
        "changes": "hidden 32",
        "data": "mnist",
        "seed": 3,
        "step": 5600,
    }
    line = provenance_line(facts | {"test_accuracy": 0.9512})
    assert line == "digits · relu adam variant with hidden 32 · mnist data · seed 3 · step 5,600 · test accuracy 95.1%"
