"""A picture is read back from its texture or from its pieces, while it comes apart, moves and changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.pixel_grid import PixelGrid, written_values
from scenes.kit.pixel_pieces import RIM, breaks, vector_places
from scenes.kit.shapes import circle_radii
from scenes.theme import INK, NEGATIVE, POSITIVE
from tests.scenes.golden import assert_golden, drawn

HALF_STEP = 0.5 / 233 + 1e-9
HALF_SIGNED = 0.5 / 240 + 1e-9
ALPHAS = (0.25, 0.5, 0.75)
SEEDS = st.integers(0, 2**32 - 1)


def shades(rows=6, columns=5, seed=0):
    return np.random.default_rng(seed).uniform(size=(rows, columns))


def stages(grid):
    """Every way to rearrange the pieces, in turn; both ends and alphas between are visited by the caller."""
    chosen = np.array([0, 1, grid.rows * grid.columns - 1])
    yield grid.come_apart
    yield grid.to_circles
    yield lambda: grid.to_column(5, chosen)
    yield lambda: grid.to_row(5, at=np.array([1, 2, 0]))
    yield grid.to_squares
    yield lambda: grid.to_column(4, lag=0)
    yield grid.come_together


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), SEEDS)
def test_a_picture_reads_back_within_half_a_step_of_its_texture(rows, columns, seed):
    values = shades(rows, columns, seed)
    assert np.abs(PixelGrid(values, height=3).values() - values).max() <= HALF_STEP


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), SEEDS, st.sampled_from([0.0, 1e-9, 1.0, 1e9]))
def test_signed_values_read_back_by_colour_and_brightness(rows, columns, seed, size):
    values = np.random.default_rng(seed).normal(size=(rows, columns)) * size
    grid = PixelGrid(values, height=3, signed=True)
    assert np.abs(grid.values() - values).max() <= HALF_SIGNED * grid.limit


def test_full_cells_have_the_colours_of_the_theme_and_zero_is_black():
    signed = PixelGrid(np.array([[2.0, 0.0, -2.0]]), height=1, signed=True).picture.pixel_array[0, :, :3]
    ink = PixelGrid(np.array([[1.0, 0.0]]), height=1).picture.pixel_array[0, :, :3]
    found = ["#" + bytes(color).hex().upper() for color in (*signed, *ink)]
    assert found == [POSITIVE, "#000000", NEGATIVE, INK, "#000000"]


def test_other_values_take_the_place_of_those_drawn():
    grid = PixelGrid(np.zeros((6, 5)), height=2)
    assert np.abs(grid.set_values(shades()).values() - shades()).max() <= HALF_STEP


def test_a_change_goes_through_the_values_between_as_image_and_as_pieces():
    start, end = shades(seed=1), shades(seed=2)
    for prepare in ([], ["come_apart"], ["come_apart", "to_circles"]):
        grid = PixelGrid(start, height=2)
        for name in prepare:
            finish(getattr(grid, name)())
        change = grid.change(end)
        change.begin()
        for alpha in (0, *ALPHAS, 1):
            change.interpolate(alpha)
            share = change.rate_func(alpha)
            assert np.abs(grid.values() - ((1 - share) * start + share * end)).max() <= 2 * HALF_STEP


def finish(animation):
    animation.begin()
    animation.finish()
    return animation


@pytest.mark.parametrize("signed", [False, True])
def test_every_piece_keeps_its_value_wherever_the_pieces_go(signed):
    values = shades() * (2 * (np.indices((6, 5)).sum(axis=0) % 2) - 1 if signed else 1)
    grid = PixelGrid(values, height=3, signed=signed).shift([1, 0.5, 0])
    read = grid.values()
    for make in stages(grid):
        animation = make()
        animation.begin()
        for alpha in (0, *ALPHAS, 1):
            animation.interpolate(alpha)
            assert np.array_equal(grid.values(), read)
        animation.finish()
    assert grid.whole
    assert np.abs(read - values).max() <= (HALF_SIGNED if signed else HALF_STEP)


def test_a_picture_that_came_together_again_is_the_same_picture():
    grid = PixelGrid(shades(), height=3)
    before = grid.picture.pixel_array.copy()
    for make in stages(grid):
        finish(make())
    assert np.array_equal(grid.picture.pixel_array, before)
    assert grid.get_center() == pytest.approx([0, 0, 0], abs=1e-3)
    assert grid.height == pytest.approx(3, abs=1e-6)


def test_an_animation_shows_the_same_at_an_alpha_whatever_was_shown_before():
    one, other = PixelGrid(shades(), height=3), PixelGrid(shades(), height=3)
    for grid, alphas in ((one, (0.6,)), (other, (0.9, 0.0, 1.0, 0.6))):
        for make in (grid.come_apart, lambda grid=grid: grid.to_column(5, np.array([3, 4]))):
            animation = make()
            animation.begin()
            for alpha in alphas:
                animation.interpolate(alpha)
    assert np.array_equal(drawn([one]), drawn([other]))


def test_squares_that_fill_their_cells_look_like_the_image():
    grid = PixelGrid(shades(8, 8), height=6.4)  # cells of 18 whole pixels, so edges do not blur
    image = drawn([grid]).astype(int)
    grid.take_apart()
    grid.draw_pieces(grid.look())
    assert np.abs(drawn([grid]) - image).max() <= 1


def test_a_column_shows_its_window_in_order_and_the_rest_is_at_the_dots():
    grid = PixelGrid(shades(4, 4), height=2)
    finish(grid.come_apart())
    finish(grid.to_column(6, np.array([0, 1, 14, 15]), at=np.array([2, 0, 0])))
    places = grid.piece_places()
    assert list(grid.shown()) == [0, 1, 14, 15]
    assert places[[0, 1, 14, 15]] == pytest.approx(np.array([[2, y, 0] for y in (3, 1.8, -1.8, -3)]), abs=1e-6)
    assert places[2:14] == pytest.approx(np.array([[2, 0, 0]] * 12), abs=1e-6)
    assert len(grid.pieces.dots.points) == 3 * 16


def test_a_row_of_everything_has_no_dots():
    grid = PixelGrid(shades(2, 2), height=2)
    finish(grid.to_row(3))
    assert list(grid.shown()) == [0, 1, 2, 3]
    assert grid.piece_places()[:, 0] == pytest.approx([-1.5, -0.5, 0.5, 1.5], abs=1e-6)
    assert len(grid.pieces.dots.points) == 0


@pytest.mark.parametrize(
    ("indices", "size", "before"),
    [
        ([0, 1, 8, 9], 10, [2]),
        ([0, 1, 2], 3, []),
        ([0, 1], 10, [2]),
        ([8, 9], 10, [0]),
        ([2, 3], 10, [0, 2]),
        ([1, 3, 5, 7, 9, 11], 13, [3]),
    ],
)
def test_dots_stand_wherever_entries_are_left_out(indices, size, before):
    assert list(breaks(np.array(indices), size)) == before


def test_entries_left_out_of_a_vector_are_at_the_dots_between_their_neighbours():
    places, dots, _ = vector_places(np.array([2, 3, 7]), 10)
    assert places[[0, 1]] == pytest.approx(dots[[0, 0]])
    assert places[[4, 5, 6]] == pytest.approx(dots[[1, 1, 1]])
    assert places[[8, 9]] == pytest.approx(dots[[2, 2]])
    assert dots == pytest.approx([0, (places[3] + places[7]) / 2, 1])


def test_pieces_follow_the_group_when_it_is_moved_and_scaled():
    grid = PixelGrid(shades(), height=3)
    finish(grid.to_circles())
    places = grid.piece_places()
    grid.scale(0.5).shift([2, -1, 0])
    assert grid.piece_places() == pytest.approx(places * 0.5 + [2, -1, 0], abs=1e-3)
    finish(grid.come_together())
    assert grid.height == pytest.approx(1.5, rel=2e-3)


def test_rims_surround_circles():
    grid = PixelGrid(shades(), height=3)
    finish(grid.to_circles())
    look = grid.look()
    assert circle_radii(look.rims) == pytest.approx(circle_radii(look.pieces) * (1 + RIM))


def test_changing_a_texel_or_a_piece_behind_its_back_is_seen():
    grid = PixelGrid(np.zeros((4, 4)), height=2)
    grid.picture.pixel_array[1, 2, :3] = 233
    assert grid.values()[1, 2] == 1.0
    finish(grid.come_apart())
    black = next(m for m in grid.pieces.shapes.bins if len(m.points) == 15 * 16)
    black.set_fill("#757474")
    assert grid.values()[0, 0] == pytest.approx(117 / 233)
    grid.pieces.shapes.bins[0].points[:16] += [0.5, 0, 0]
    assert grid.piece_places()[0] == pytest.approx([-0.25, 0.75, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("values", "how", "error"),
    [
        (np.full((2, 2), np.nan), {}, "A PixelGrid cannot draw nan at (0, 0): only finite numbers are drawn."),
        (np.array([[0, 1.2]]), {}, "A PixelGrid cannot draw 1.2 at (0, 1): expected 0 to 1."),
        (np.array([[0, -0.1]]), {}, "A PixelGrid cannot draw -0.1 at (0, 1): expected 0 to 1."),
        (
            np.array([[0, -3.0]]),
            {"signed": True, "limit": 2},
            "A PixelGrid cannot draw -3 at (0, 1): expected -2 to 2.",
        ),
        (np.zeros(4), {}, "A PixelGrid draws an array with 2 axes, found the shape (4,)."),
        (np.zeros((0, 4)), {}, "A PixelGrid has nothing to draw: the array has the shape (0, 4)."),
        (np.zeros((1, 1)), {"limit": 0}, "The limit of a PixelGrid must be above zero, got 0."),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(values, how, error):
    with pytest.raises(ValueError) as raised:
        PixelGrid(values, height=2, **how)
    assert str(raised.value) == error


def test_values_of_another_shape_and_windows_out_of_order_are_refused():
    grid = PixelGrid(np.zeros((2, 3)), height=2)
    with pytest.raises(ValueError, match=r"of \(2, 3\) cells got values of shape \(3, 2\)"):
        grid.set_values(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="rising indices from 0 to 5, each once"):
        grid.to_row(4, np.array([3, 3]))
    with pytest.raises(ValueError, match="rising indices from 0 to 5, each once"):
        grid.to_column(4, np.array([4, 6]))


def test_cells_are_found_from_the_upper_left():
    grid = PixelGrid(np.zeros((4, 8)), height=2)
    assert grid.place(0, 0) == pytest.approx([-1.75, 0.75, 0])
    assert grid.place(3, 7) == pytest.approx([1.75, -0.75, 0])
    assert grid.outline(1, 1, 2, 2).get_center() == pytest.approx([-1, 0, 0])


def test_numbers_in_cells_read_back():
    values = np.array([[0.0, 0.31, 0.5], [0.26, 0.9, 1.0]])
    assert written_values(PixelGrid(values, height=2).numbers(values, decimals=2)) == pytest.approx(values)


def test_the_golden_picture():
    values = np.outer(np.sin(np.linspace(0, np.pi, 8)), np.linspace(0.1, 1, 8))
    signed = np.cos(np.arange(64).reshape(8, 8) / 7)
    image, heat = PixelGrid(values, height=2.6), PixelGrid(signed, height=2.6, signed=True)
    apart, column = PixelGrid(values, height=2.6), PixelGrid(signed, height=2.6, signed=True)
    finish(apart.to_circles())
    finish(column.to_column(6.5, np.r_[0:8, 56:64]))
    places = ([-5, 1.8, 0], [-5, -1.8, 0], [0, 0, 0], [4, 0, 0])
    for grid, place in zip((image, heat, apart, column), places, strict=True):
        grid.shift(place)
    assert_golden("pixel_grid", [image, heat, apart, column])
