"""A matrix times a vector: the result only ever shows partial sums of the real products, and ends at the given one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.mat_vec import MatVec
from tests.scenes.golden import assert_golden

RNG = np.random.default_rng(0)
W, X = RNG.normal(size=(16, 40)), RNG.uniform(size=40)
SHOWN = ([0, 1, 15], [0, 1, 2, 39])


def run(animation, alphas):
    animation.begin()
    for alpha in alphas:
        animation.interpolate(alpha)
        yield alpha


def test_the_result_counts_through_the_partial_sums_in_order():
    product = MatVec(W, X, W @ X, SHOWN)
    sums = np.round(np.cumsum(W[1] * X), 2)
    seen = []
    for _ in run(product.row(1), np.linspace(0, 1, 120)):
        value = product.values()[1]
        if not np.isnan(value) and (not seen or seen[-1] != value):
            seen.append(float(value))
    at, places = -1, []
    for value in seen:
        at = next(i for i in range(at + 1, len(sums)) if sums[i] == pytest.approx(value, abs=1e-9))
        places.append(at)
    assert places[:3] == [0, 1, 2]
    assert len(places) > 20
    assert places[-1] == 39
    assert product.values()[1] == round((W @ X)[1], 2)


def test_rows_fill_one_after_the_other_and_the_others_arrive_together():
    product = MatVec(W, X, W @ X, SHOWN).shift([1, 1, 0]).scale(0.8)
    assert np.isnan(product.values()).all()
    for row in (0, 1):
        for alpha in run(product.row(row), (0.25, 0.5, 0.75, 1.0)):
            known = np.isfinite(product.values())
            assert np.flatnonzero(known).tolist() == list(range(row + 1)), alpha
    assert all(len(mark.points) == 0 for mark in (*product.frames, *product.tints))
    for alpha in run(product.others(), (0, 0.25, 0.5, 0.75, 1)):
        assert np.isfinite(product.values()).sum() == (2 if alpha < 0.5 else 3)
    shown = [0, 1, 15]
    assert product.values()[shown] == pytest.approx(np.round((W @ X)[shown], 2))


def test_the_frames_stand_on_the_entry_that_is_added():
    product = MatVec(W, X, W @ X, SHOWN)
    course = product.course
    for stop, column in enumerate((0, 1, 2, None, 39)):
        product.pause(product.values(), 1, (course.ends[stop] - 0.01) / course.ends[-1] * 0.85)
        if column is not None:
            assert product.frames[0].get_center() == pytest.approx(product.matrix.place(1, column), abs=1e-6)
            assert product.frames[1].get_center() == pytest.approx(product.vector.place(column), abs=1e-6)
        assert product.frames[2].get_center() == pytest.approx(product.outcome.place(1), abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-6, 1.0, 1e4]))
def test_any_product_ends_at_the_given_result(rows, columns, seed, size):
    rng = np.random.default_rng(seed)
    w, x = rng.normal(size=(rows, columns)) * size, rng.normal(size=columns)
    product = MatVec(w.astype(np.float32), x.astype(np.float32), w.astype(np.float32) @ x.astype(np.float32))
    for _ in run(product.row(0), (0.5, 1.0)):
        pass
    assert product.values()[0] == pytest.approx((w @ x)[0], abs=0.006 + 1e-5 * size)


def test_a_glyph_moved_in_the_result_is_noticed():
    product = MatVec(W, X, W @ X, SHOWN).set_values(W @ X)
    field = next(field for field in product.outcome.still if len(field.points))
    field.points[2] += [0.03, 0, 0]
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        product.values()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (
            lambda: MatVec([[1.0, 2.0]], [3.0, 4.0], [11.5]),
            "Row 0 of W x is 11, the result says 11.5: off by 0.5, allowed 0.0011.",
        ),
        (lambda: MatVec(W, X[:-1], W @ X), "A matrix (16, 40) times a vector (39,) has no result (16,)."),
        (
            lambda: MatVec([[np.nan]], [1.0], [1.0]),
            "A MatVec cannot draw nan at (0, 0): only finite numbers are drawn.",
        ),
        (lambda: MatVec(W, X, W @ X, SHOWN).row(2), "The array shows the rows 0, 1, 15, not 2."),
        (
            lambda: MatVec([[1.0]], [1.0], [1.0]).set_values([2.0]),
            "A MatVec writes the results that it was given, or nothing.",
        ),
    ],
)
def test_what_is_no_product_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_the_picture_of_a_product_is_the_golden_one():
    w = np.array([[1.0, -2.0, 0.5], [0.25, 4.0, -1.0]])
    product = MatVec(w, [1.0, 0.5, 2.0], w @ [1.0, 0.5, 2.0], decimals=1, size=64).label("W", "x", "y", size=40)
    for _ in run(product.row(0), (1.0,)):
        pass
    for _ in run(product.row(1), (0.5,)):
        pass
    assert_golden("mat_vec", [product])
