"""A sum counted out loud: only real terms, only real partial sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.counter import Counter
from tests.scenes.golden import assert_golden

TERMS = [(784, 16), (16, 16), (16, 10), (16,), (16,), (10,)]
NAMES = ["weights", "weights", "weights", "biases", "biases", "biases", "parameters"]


@pytest.mark.parametrize("names", [(), NAMES[:-1], NAMES])
def test_terms_arrive_one_by_one_and_the_total_is_always_a_partial_sum(names):
    counter = Counter(TERMS, 13002, names).shift([1, 0, 0]).scale(0.9)
    products = [12544, 256, 160, 16, 16, 10]
    assert np.isnan(counter.values()).all()
    for k, step in enumerate(counter.steps()):
        step.begin()
        for alpha in (0.25, 0.5, 0.75, 1.0):
            step.interpolate(alpha)
            *terms, total = counter.values()
            shown = k + 1
            assert terms[:shown] == products[:shown], alpha
            assert np.isnan(terms[shown:]).all()
            if alpha == 0.5 or (alpha < 0.5 and k == 0):
                assert np.isnan(total)
            else:
                assert total == sum(products[: k + (alpha > 0.5)]), alpha
    assert counter.values()[-1] == 13002


def test_on_one_line_the_equals_sign_follows_the_last_term():
    counter = Counter(TERMS, 13002)
    gaps = []
    for count in range(1, 7):
        counter.stop_after(count)
        gaps.append(counter.frame.get_left()[0] - counter.terms[count - 1].get_right()[0])
    assert gaps == pytest.approx([gaps[0]] * 6)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.integers(1, 50000), min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_sum_of_products_reads_back(terms):
    products = [int(np.prod(term, dtype=object)) for term in terms]
    counter = Counter(terms, sum(products)).stop_after(len(terms))
    assert counter.values().tolist() == [*products, sum(products)]


def test_a_swapped_factor_is_noticed():
    counter = Counter(TERMS, 13002, NAMES).stop_after(6)
    counter.factors[0][0].set_values(785)
    with pytest.raises(ValueError, match="Term 0 is drawn as 12,544, its factors give 12,560."):
        counter.values()
    line = Counter(TERMS, 13002).stop_after(6)
    line.factors[0][0].set_values(785)
    assert line.values()[0] == 12560


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Counter(TERMS, 13000), "The terms sum to 13,002, not to 13,000."),
        (lambda: Counter([(2, 0)], 0), "A counter multiplies positive integers, got [[2, 0]]."),
        (lambda: Counter([], 0), "A counter multiplies positive integers, got []."),
        (lambda: Counter([(1.5,)], 1), "A counter multiplies positive integers, got [[1.5]]."),
        (lambda: Counter([(2,)], 2).term(1), "The counter has 1 terms, not one at 1."),
    ],
)
def test_what_cannot_be_counted_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_the_picture_of_a_counter_is_the_golden_one():
    counter = Counter([(12, 3), (3,)], 39, ["weights", "biases", "all"], size=64).stop_after(2)
    line = Counter([(12, 3), (3,), (5,)], 44, size=64).stop_after(2).shift([0, 3, 0])
    assert_golden("counter", [counter.shift([0, -0.8, 0]), line])
