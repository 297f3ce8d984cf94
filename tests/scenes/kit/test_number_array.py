"""Arrays written out: real entries at real indices, dots for all others, values that leave and arrive."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.brackets import Brackets
from scenes.kit.number_array import NumberArray
from scenes.theme import INK, POSITIVE
from tests.scenes.golden import assert_golden

RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(16, 784))
SHOWN = ([0, 1, 2, 15], [5, 6, 783])


def as_written(values, decimals):
    """Python's rounding, which is that of the exact binary value; numpy's scales first and differs at ties."""
    return np.vectorize(lambda value: round(float(value), decimals), otypes=[float])(values)


@pytest.mark.parametrize(("value", "decimals"), [(0.45, 1), (-0.45, 1), (1.005, 2), (2.5, 0), (0.5, 0)])
def test_a_tie_is_rounded_as_its_exact_binary_value(value, decimals):
    assert NumberArray([value], decimals=decimals).values() == [round(value, decimals)]


def written(array):
    return np.argwhere(np.isfinite(array.values()))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-9, 1.0, 1e6]))
def test_a_matrix_reads_back_at_the_shown_indices(rows, columns, seed, size):
    values = np.random.default_rng(seed).normal(size=(rows, columns)) * size
    drawn = NumberArray(values).scale(0.7).shift([1, -1, 0])
    found = drawn.values()
    assert found.shape == values.shape
    shown = np.ix_(drawn.rows.shown, drawn.columns.shown)
    assert found[shown] == pytest.approx(as_written(values[shown], 2), abs=1e-9)
    assert np.isfinite(found).sum() == found[shown].size
    for axis, (size_of_axis, along) in enumerate(zip(values.shape, (drawn.rows, drawn.columns), strict=True)):
        assert sorted([*along.shown, *drawn.left_out()[axis]]) == list(range(size_of_axis))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=30), st.booleans(), st.integers(0, 3))
def test_a_vector_reads_back_in_one_colour_and_in_two(values, signed, decimals):
    drawn = NumberArray(values, decimals=decimals, color=None if signed else INK)
    shown = drawn.rows.shown
    assert drawn.values()[shown] == pytest.approx(as_written(values, decimals)[shown], abs=1e-9)
    assert len(drawn.still) == (3 if signed else 1)


def test_chosen_entries_are_shown_and_dots_stand_for_all_the_others():
    drawn = NumberArray(WEIGHTS, SHOWN)
    assert [tuple(place) for place in written(drawn)] == [(i, j) for i in SHOWN[0] for j in SHOWN[1]]
    rows, columns = drawn.left_out()
    assert rows.tolist() == list(range(3, 15))
    assert columns.tolist() == [*range(5), *range(7, 783)]


@pytest.mark.parametrize("lost", ["all", "one"])
def test_missing_dots_are_noticed(lost):
    drawn = NumberArray(RNG.normal(size=784))
    assert drawn.left_out()[0].tolist() == list(range(5, 783))
    drawn.dots.points = drawn.dots.points[: 0 if lost == "all" else -16]
    assert drawn.left_out()[0].tolist() == []


def test_a_number_moved_to_another_row_or_out_of_its_column_is_noticed():
    drawn = NumberArray([0.25, 0.52, 0.25], color=INK)
    one = drawn.place(1) - drawn.place(0)
    glyphs = len(drawn.still[0].points) // 3
    drawn.still[0].points[:glyphs] += one
    with pytest.raises(ValueError, match="Two numbers are written at row 1, column 0."):
        drawn.values()
    drawn.still[0].points[:glyphs] += [0.5, 0, 0]
    with pytest.raises(ValueError, match="A number is drawn where the array has no entry."):
        drawn.values()


def test_swapped_glyphs_change_what_is_read_and_moved_points_are_refused():
    drawn = NumberArray([0.25, 0.52], color=INK)
    field = drawn.still[0]
    half = len(field.points) // 2
    step = drawn.place(1) - drawn.place(0)
    field.points = np.concatenate([field.points[half:] - step, field.points[:half] + step])
    assert drawn.values().tolist() == [0.52, 0.25]
    field.points[3] += [0.02, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        drawn.values()


def test_a_number_in_the_colour_of_the_other_sign_is_refused():
    drawn = NumberArray([1.0, -1.0])
    drawn.still[2].set_fill(POSITIVE)
    with pytest.raises(ValueError, match=r"-1.0 has the colour of the other sign, at row 1, column 0."):
        drawn.values()


def test_in_a_change_old_values_leave_and_new_ones_arrive_while_equal_ones_stay():
    old, new = np.array([0.5, -0.25, 3.0]), np.array([0.501, 0.75, -2.0])
    drawn = NumberArray(old)
    animation = drawn.change(new)
    animation.begin()
    for alpha, expected, opacity in ((0, old, 1), (0.25, old, 0.8125), (0.5, new, 0), (0.75, new, 0.8125), (1, new, 1)):
        animation.interpolate(alpha)
        assert drawn.values() == pytest.approx(np.round(expected, 2)), alpha
        assert drawn.still[1].get_fill_opacity() == 1
        assert drawn.moving[1].get_fill_opacity() == pytest.approx(opacity, abs=0.15)
    animation.finish()
    assert drawn.values().tolist() == [0.5, 0.75, -2.0]
    assert not any(len(field.points) for field in drawn.moving)


def test_entries_stand_in_columns_aligned_at_the_decimal_point():
    drawn = NumberArray([[1.25, -10.5], [100.0, 0.125]]).scale(1.3)
    ends = [field.points[:, 0].max() for field in (drawn.lift(0, 0), drawn.lift(1, 0)) for field in [field[-1]]]
    assert ends[0] == pytest.approx(ends[1], abs=0.03)
    assert drawn.place(0, 0)[1] == pytest.approx(drawn.place(0, 1)[1])


def test_a_lifted_entry_is_a_number_exactly_over_the_written_one():
    drawn = NumberArray(WEIGHTS, SHOWN).scale(0.6).shift([1, 1, 0])
    number = drawn.lift(2, 783)
    assert number.values() == round(WEIGHTS[2, 783], 2) == drawn.values()[2, 783]
    points = np.concatenate([mark.points for mark in number])
    field = drawn.still[1 if WEIGHTS[2, 783] > 0 else 2].points
    assert np.abs(field[:, None] - points[None]).max(axis=2).min(axis=0).max() < 1e-9


def test_frames_surround_their_entries_and_nothing_else():
    drawn = NumberArray(WEIGHTS, SHOWN).shift([-2, 1, 0])
    entry, row, column = drawn.outline(1, 6), drawn.outline(row=1), drawn.outline(column=6)
    assert entry.get_center() == pytest.approx(drawn.place(1, 6))
    assert row.get_center()[1] == pytest.approx(drawn.place(1, 5)[1])
    assert column.get_center()[0] == pytest.approx(drawn.place(0, 6)[0])
    gap = drawn.place(0, 6) - drawn.place(1, 6)
    assert row.height < 2 * gap[1]
    assert row.width > 3 * entry.width


def test_names_stand_at_their_rows_and_columns_and_take_the_colour_of_the_symbol():
    drawn = NumberArray(WEIGHTS, SHOWN).label("16 × 784 weights")
    drawn.name_rows(["a", "c", "e", "m"]).name_columns(["x", "z", "w"]).tie("#B8A1F0")
    label, rows, columns = drawn.names[0], drawn.names[1:5], drawn.names[5:]
    assert label.get_top()[1] < drawn.brackets.get_bottom()[1]
    assert [
        round(float(name.get_center()[1] - drawn.place(i, 5)[1]), 9) for name, i in zip(rows, SHOWN[0], strict=True)
    ] == [0] * 4
    assert [float(name.get_center()[0]) for name in columns] == pytest.approx([drawn.place(0, j)[0] for j in SHOWN[1]])
    assert {part.get_fill_color().to_hex() for part in (*drawn.brackets, *label, *rows[0])} == {"#B8A1F0"}


@pytest.mark.parametrize("kind", ["square", "round", "bar"])
@pytest.mark.parametrize("height", [0.2, 1.0, 3.3])
def test_brackets_of_every_kind_are_exactly_as_tall_as_asked(kind, height):
    drawn = Brackets(1.0, height, kind)
    assert [float(mark.height) for mark in drawn] == pytest.approx([height, height])
    assert drawn[1].get_left()[0] - drawn[0].get_right()[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (
            lambda: NumberArray([[1.0, np.nan]]),
            "A NumberArray cannot draw nan at (0, 1): only finite numbers are drawn.",
        ),
        (
            lambda: NumberArray(np.zeros((2, 2, 2))),
            "A NumberArray draws an array with 2 axes, found the shape (2, 2, 2).",
        ),
        (lambda: NumberArray([]), "A NumberArray has nothing to draw: the array has the shape (0,)."),
        (lambda: NumberArray(np.zeros(9), [0, 0]), "Shown indices are ascending within 0 to 8, got [0, 0]."),
        (lambda: NumberArray(np.zeros(9), [0, 9]), "Shown indices are ascending within 0 to 8, got [0, 9]."),
        (lambda: NumberArray([1.0]).set_values([1.0, 2.0]), "The array drawn has the shape (1,), the values (2,)."),
        (
            lambda: NumberArray([1.0]).change([np.inf]),
            "A NumberArray cannot draw inf at (0, 0): only finite numbers are drawn.",
        ),
        (lambda: NumberArray([1.0]).set_values([10.0]), "The array keeps no room for +10.00: give it a larger limit."),
        (lambda: NumberArray(WEIGHTS, SHOWN).place(3, 5), "The array shows the rows 0, 1, 2, 15, not 3."),
        (lambda: NumberArray([1.0], bracket="angle"), "Brackets are square, round, bar, not 'angle'."),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_room_is_kept_for_the_limit():
    drawn = NumberArray([1.0, 2.0], limit=1500)
    assert drawn.set_values([-1500.0, 3.0]).values().tolist() == [-1500.0, 3.0]


def test_the_picture_of_a_matrix_and_a_vector_is_the_golden_one():
    values = np.outer([0.25, -1.5, 3.0, 0.0], [1.0, -2.0, 0.5, 4.0])
    matrix = NumberArray(values, ([0, 1, 3], [0, 1, 3]), size=64).label("4 × 4", size=40).shift([-2.2, 0.3, 0])
    vector = NumberArray([0.5, 1.0, 0.25], color=INK, size=64, bracket="round", decimals=1).shift([4.5, 0.3, 0])
    assert_golden("number_array", [matrix, vector, matrix.outline(1, 3)])
