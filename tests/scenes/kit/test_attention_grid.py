"""An attention grid is read back from the areas of its dots, its written numbers and its hatching, at every stage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.attention_grid import AttentionGrid
from scenes.theme import NEGATIVE
from tests.scenes.golden import assert_golden

ALPHAS = (0, 0.25, 0.5, 0.75, 1)
WORDS = ("the", "fluffy", "blue", "creature")


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def scores_of(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape) * 2


def causal(scores):
    return np.where(np.triu(np.ones(scores.shape[-2:]), 1) > 0, -np.inf, scores)


def finish(animation):
    animation.begin()
    animation.finish()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_weights_read_back_from_the_areas_of_dots(heads, queries, keys, seed):
    weights = softmax(scores_of(heads, queries, keys, seed=seed) * 10)
    grid = AttentionGrid(weights, height=3).shift([1, -1, 0]).scale(0.7)
    assert grid.values() == pytest.approx(weights, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-12, 1.0, 1e12]))
def test_scores_read_back_with_their_signs(size, seed, scale):
    scores = scores_of(size, size, seed=seed) * scale
    assert AttentionGrid(scores, scores=True).values() == pytest.approx(scores, abs=1e-9 * max(scale, 1e-300))


def test_the_area_of_a_dot_is_the_weight():
    grid = AttentionGrid(np.array([[0.2, 0.8]]), height=1)
    few, many = (np.ptp(grid.marks.shapes.bins[0].points[i : i + 16, 0]) for i in (0, 16))
    assert (many / few) ** 2 == pytest.approx(4)


def test_masked_keys_are_hatched_and_have_no_dots():
    weights = softmax(causal(scores_of(3, 3)))
    grid = AttentionGrid(weights, causal=True)
    hatched = grid.read().hatch.reshape(3, 3)
    assert hatched == pytest.approx(np.triu(np.ones((3, 3)), 1))
    assert grid.values() == pytest.approx(weights)


def test_scores_become_masked_then_weights_by_way_of_their_powers():
    scores = scores_of(2, 4, 4)
    grid = AttentionGrid(scores, scores=True)
    mask = grid.mask()
    mask.begin()
    future = np.isinf(causal(scores))
    for alpha in ALPHAS:
        mask.interpolate(alpha)
        left = scores * (1 - mask.rate_func(alpha)) if alpha < 1 else -np.inf
        assert grid.values() == pytest.approx(np.where(future, left, scores), abs=1e-9)
    mask.finish()

    turn = grid.softmax(softmax(causal(scores)))
    turn.begin()
    powers = np.exp(causal(scores) - causal(scores).max(axis=-1, keepdims=True))
    limit = np.abs(scores).max()
    for alpha in ALPHAS:
        turn.interpolate(alpha)
        share = turn.rate_func(min(2 * alpha, 1))
        after = turn.rate_func(max(2 * alpha - 1, 0))
        dots = (1 - share) * np.where(future, 0, scores) / limit + share * powers
        expected = ((1 - share) * limit + share) * dots if alpha <= 0.5 else 0
        if alpha > 0.5:
            expected = (1 - after) * powers + after * softmax(causal(scores))
        absent = -np.inf if alpha < 0.5 else 0
        assert grid.values() == pytest.approx(np.where(future, absent, expected), abs=1e-9)
    assert grid.values().sum(axis=-1) == pytest.approx(np.ones((2, 4)))


def test_weights_change_through_distributions():
    start, end = softmax(scores_of(3, 5)), softmax(scores_of(3, 5, seed=1))
    grid = AttentionGrid(start)
    change = grid.change(end)
    change.begin()
    for alpha in ALPHAS:
        change.interpolate(alpha)
        share = change.rate_func(alpha)
        assert grid.values() == pytest.approx((1 - share) * start + share * end)
        assert grid.values().sum(axis=1) == pytest.approx(np.ones(3))
    assert grid.set_values(start).values() == pytest.approx(start)


def test_written_numbers_are_real_ones_at_every_moment():
    scores = scores_of(3, 3)
    grid = AttentionGrid(scores, scores=True, decimals=2)
    assert grid.values() == pytest.approx(scores.round(2), abs=1e-9)
    mask = grid.mask()
    mask.begin()
    for alpha, expected in ((0.25, scores), (0.75, causal(scores)), (1, causal(scores))):
        mask.interpolate(alpha)
        assert grid.values() == pytest.approx(expected.round(2), abs=1e-9)
    mask.finish()
    turn = grid.softmax(softmax(causal(scores)))
    turn.begin()
    powers = np.exp(causal(scores) - causal(scores).max(axis=-1, keepdims=True))
    for alpha, expected, near in ((0.2, causal(scores), 0), (0.4, powers, 0.02), (0.9, softmax(causal(scores)), 0)):
        turn.interpolate(alpha)
        assert grid.values() == pytest.approx(expected.round(2), abs=near + 1e-9)


def test_a_row_or_a_column_stays_in_front_of_the_backing():
    grid = AttentionGrid(softmax(scores_of(2, 4, 4)), WORDS, height=2)

    def covered(query, key):
        bands = grid.curtain.points.reshape(-1, 16, 3)
        x, y, _ = grid.place(query, key)
        low, high = bands.min(axis=1), bands.max(axis=1)
        return bool(((low[:, 0] < x) & (x < high[:, 0]) & (low[:, 1] < y) & (y < high[:, 1])).any())

    def seen():
        return [(q, k) for q in range(4) for k in range(4) if not covered(q, k)]

    everything = [(q, k) for q in range(4) for k in range(4)]
    for how, expected in (
        ({}, everything),
        ({"query": 1}, [(1, k) for k in range(4)]),
        ({"key": 2}, [(q, 2) for q in range(4)]),
        ({"query": 3, "key": 0}, [(3, 0)]),
        ({}, everything),
    ):
        finish(grid.highlight(**how))
        assert seen() == expected
    assert grid.curtain.get_fill_opacity() == 0.75


def test_a_dot_moved_recoloured_or_unhatched_behind_its_back_is_seen():
    grid = AttentionGrid(np.array([[2.0, -1.0], [1.0, 2.0]]), scores=True)
    grid.marks.shapes.bins[0].points[:16] *= 0.5
    assert grid.values()[0, 0] == pytest.approx(0.5)
    grid.marks.shapes.bins[0].set_fill(NEGATIVE)
    assert (grid.values()[[0, 1, 1], [0, 0, 1]] < 0).all()
    masked = AttentionGrid(np.array([[1.0, 0.0], [0.5, 0.5]]), causal=True)
    masked.hatching.points *= 0.5
    assert masked.read().hatch == pytest.approx([0, 0.5, 0, 0])


def test_the_glyphs_of_another_number_in_its_place_are_seen():
    grid, other = (AttentionGrid(np.array([[a, 1 - a]]), decimals=2) for a in (0.25, 0.52))
    field = grid.marks.fields[0]
    field.points = other.marks.fields[0].points
    assert grid.values() == pytest.approx(np.array([[0.52, 0.48]]))
    field.points = np.delete(field.points, 3, axis=0)
    with pytest.raises(ValueError, match="no digit"):
        grid.values()


@pytest.mark.parametrize(
    ("values", "how", "error"),
    [
        (np.full((2, 2), np.nan), {}, "An AttentionGrid cannot draw nan at (0, 0): only finite numbers are drawn."),
        (
            np.array([[0.5, 0.4]]),
            {},
            "Row 0 sums to 0.9000, expected 1: the weights of a query sum to 1 over keys.",
        ),
        (
            np.array([[[0.5, 0.5]], [[0.6, 0.5]]]),
            {},
            "Row 0 of head 1 sums to 1.1000, expected 1: the weights of a query sum to 1 over keys.",
        ),
        (np.array([[1.5, -0.5]]), {}, "An AttentionGrid cannot draw 1.5 at (0, 0, 0): expected 0 to 1."),
        (np.ones(3), {}, "An AttentionGrid draws an array with 2 axes, found the shape (3,)."),
        (np.zeros((0, 3)), {}, "An AttentionGrid has nothing to draw: the array has the shape (0, 3)."),
        (
            np.full((2, 2), 0.5),
            {"causal": True},
            "Query 0 of a causal grid gives 0.5 to key 1, which comes after it.",
        ),
        (np.ones((2, 1)), {"causal": True}, "A causal grid has as many keys as queries, got (2, 1)."),
        (np.ones((2, 1)), {"queries": ["a"]}, "An AttentionGrid with 2 rows or columns got 1 labels for them."),
    ],
)
def test_what_is_no_attention_is_refused_in_a_sentence(values, how, error):
    with pytest.raises(ValueError) as raised:
        AttentionGrid(values, **how)
    assert str(raised.value) == error


def test_stages_out_of_order_are_refused():
    weights = AttentionGrid(np.eye(2))
    with pytest.raises(ValueError, match="draws weights already"):
        finish(weights.softmax())
    with pytest.raises(ValueError, match="Only scores are masked"):
        finish(weights.mask())
    with pytest.raises(ValueError, match="needs as many keys as queries"):
        AttentionGrid(np.ones((1, 2)), scores=True).mask()
    with pytest.raises(ValueError, match="not the softmax of the drawn scores: it differs by up to 0.5"):
        finish(AttentionGrid(np.ones((2, 2)), scores=True).softmax(np.eye(2)))
    with pytest.raises(ValueError, match="needs the pattern"):
        AttentionGrid(np.ones((2, 2)), scores=True, decimals=1).softmax()
    with pytest.raises(ValueError, match="There is no key 2 among 2"):
        weights.highlight(key=2)
    with pytest.raises(ValueError, match="got values of shape"):
        weights.set_values(np.ones((1, 1)))
    with pytest.raises(ValueError, match="above the limit of the grid, 1"):
        AttentionGrid(np.ones((2, 2)), scores=True).set_values(np.full((2, 2), 1.5))


def test_the_golden_picture():
    scores = np.add.outer(np.arange(4), -np.arange(4)) * 1.0 + np.eye(4)
    picture = np.linspace(0, 1, 16).reshape(4, 4)
    signed = AttentionGrid(scores, [picture] * 4, height=2.4, scores=True).shift([-4.7, 0, 0])
    heads = AttentionGrid(np.stack([softmax(causal(scores)), softmax(causal(-scores))]), WORDS, height=2.2, causal=True)
    finish(heads.highlight(query=2))
    assert_golden("attention_grid", [signed, heads.shift([2.2, 0, 0])])
