"""Letter pairs are counted as they stand in the text, and letters are drawn by the chances that were counted."""

import numpy as np
import pytest

from models.letters import SYMBOLS, TEXT, bigrams, sample


def test_each_row_is_a_distribution_of_counts_plus_one():
    chance = bigrams("abab a")
    a, b, space = SYMBOLS.index("a"), SYMBOLS.index("b"), 0
    assert chance.sum(axis=1) == pytest.approx(np.ones(27))
    assert chance[a, b] == pytest.approx((2 + 1) / (2 + 27))
    assert chance[b, a] == pytest.approx((1 + 1) / (2 + 27))
    assert chance[b, space] == pytest.approx((1 + 1) / (2 + 27))
    assert chance[a, a] == pytest.approx(1 / (2 + 27))


def test_anything_but_a_letter_counts_as_one_space():
    assert np.array_equal(bigrams("a, B!\n a"), bigrams("a b a"))


def test_a_drawn_letter_is_where_the_cumulative_chance_passes_its_number():
    chance = bigrams(TEXT)
    drawn, u = sample(chance, 40, seed=3)
    before = np.concatenate([[0], drawn[:-1]])
    high = chance[before].cumsum(axis=1)[np.arange(40), drawn]
    assert (high - chance[before, drawn] <= u + 1e-12).all()
    assert (u < high + 1e-12).all()


def test_the_seed_alone_decides_what_is_drawn():
    chance = bigrams(TEXT)
    assert np.array_equal(sample(chance, 30, 1)[0], sample(chance, 30, 1)[0])
    assert not np.array_equal(sample(chance, 30, 1)[0], sample(chance, 30, 2)[0])
