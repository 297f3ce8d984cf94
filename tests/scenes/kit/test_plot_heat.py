"""Heat maps are read back from their pixels by the ticks of their colour scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import smooth

from scenes.kit.plot_heat import HeatMap, colours, shares_of
from tests.scenes.golden import assert_golden

TABLE = np.array([[0.1, 0.5, 0.9], [0.3, 0.2, 0.6]])


def assert_near(heat, table):
    scale = heat.scale_axis.shown
    assert np.abs(heat.values() - table).max() <= (scale.high - scale.low) / 400


@settings(max_examples=12, deadline=None)
@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 1e-30, 1.0, 1e30]),
    st.booleans(),
)
def test_a_heat_map_reads_back_from_its_pixels_wherever_it_is(rows, columns, seed, size, signed):
    table = np.random.default_rng(seed).normal(size=(rows, columns)) * size
    heat = HeatMap(table, signed=signed)
    assert_near(heat.shift([1, 2, 0]).scale(0.3), table)


@pytest.mark.parametrize("signed", [True, False])
def test_colours_are_read_back_to_a_400th_of_the_scale(signed):
    shares = np.linspace(0, 1, 1001)
    assert np.abs(shares_of(colours(shares, signed).astype(float), signed) - shares).max() < 1 / 400


@pytest.mark.parametrize("alpha", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_heat_map_changes_cell_by_cell(alpha):
    heat = HeatMap(TABLE)
    change = heat.change(TABLE[::-1])
    change.begin()
    change.interpolate(alpha)
    assert_near(heat, HeatMap(TABLE).values() * (1 - smooth(alpha)) + smooth(alpha) * TABLE[::-1])


def test_row_0_is_at_the_bottom():
    heat = HeatMap(TABLE)
    assert heat.picture.pixel_array[1, 2, :3] == pytest.approx(colours(np.array(1.0), False))
    assert heat.place(0, 2)[1] < heat.place(1, 2)[1] and heat.place(0, 0)[0] < heat.place(0, 2)[0]


def test_a_recoloured_pixel_and_a_moved_tick_are_seen():
    heat = HeatMap(TABLE)
    heat.picture.pixel_array[1, 0, :3] = colours(np.array(1.0), False)
    assert heat.values()[0, 0] == pytest.approx(0.9, abs=0.01)
    heat.scale_axis.sets[0].marks.points[:4] += [0, 0.5, 0]
    assert np.abs(heat.values() - TABLE)[0, 1] > 0.01


def test_columns_may_stand_for_any_numbers_and_cells_hold_exact_ones():
    heat = HeatMap(TABLE, np.array([4.0, 16, 64]), np.array([0.5, 1.0]))
    assert [label.values() for label in heat.axes.x.sets[0].labels] == [4, 16, 64]
    assert [label.values() for label in heat.axes.y.sets[0].labels] == [0.5, 1.0]
    written = heat.numbers(TABLE, decimals=1)
    assert [number.values() for number in written] == TABLE.ravel().tolist()
    assert written[2].get_center() == pytest.approx(heat.place(0, 2))


def test_many_equal_steps_have_round_ticks():
    heat = HeatMap(np.zeros((2, 41)), np.linspace(-20, 20, 41))
    places, numbers = heat.axes.x.read()
    assert set(numbers % 5) == {0}
    assert places == pytest.approx((numbers + 20.5) / 41 * 5.0)


def test_a_path_over_the_picture_is_read_by_its_axes():
    path = np.array([[0.0, -0.4], [1.3, 0.2], [2.0, 1.0]])
    curve = HeatMap(TABLE).shift([1, 1, 0]).curve(*path.T)
    assert curve.values() == pytest.approx(path, abs=1e-8)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: HeatMap([[np.nan]]), "A heat map cannot draw nan at (0, 0): only finite numbers are drawn."),
        (lambda: HeatMap([1.0]), "A heat map draws an array with 2 axes, found the shape (1,)."),
        (
            lambda: HeatMap(TABLE, np.array([4, 16, 64])).curve([4], [0]),
            "A curve over a heat map needs columns and rows that are equally spaced.",
        ),
        (lambda: HeatMap(TABLE, np.arange(2)), "A heat map with 3 columns got 2 numbers for them."),
        (lambda: HeatMap(TABLE, limits=(0, 0.5)), "A heat map cannot draw 0.9 at (0, 2): expected 0 to 0.5."),
        (lambda: HeatMap(TABLE).set_values(TABLE[:1]), "A heat map of (2, 3) cells cannot draw (1, 3)."),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_heat_map_looks_the_same():
    table = np.sin(np.arange(12.0))[:, None] * np.cos(np.arange(20.0) / 3)
    heat = HeatMap(table, names=("x", "y", "value"), width=7, height=4.4, signed=True)
    assert_golden("plot_heat", [heat])
