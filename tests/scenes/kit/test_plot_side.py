"""A histogram on its side: its bars reach from the left end of the box, and are read back by both axes."""

import numpy as np
import pytest

from scenes.kit.plot import Plot
from scenes.kit.plot_side import SideHistogram

EDGES = np.linspace(0.0, 1.0, 6)


def drawn(data):
    most = np.histogram(data, EDGES)[0].max()
    plot = Plot([0, most], EDGES, 3.0, 2.5)
    bars = SideHistogram(plot.axes, data, EDGES)
    plot.drawn.add(bars)
    return plot, bars


@pytest.mark.parametrize("seed", [0, 1])
def test_counts_and_bins_are_read_back_after_a_shift_and_a_scaling(seed):
    data = np.random.default_rng(seed).beta(0.4, 0.6, size=200)
    plot, bars = drawn(data)
    plot.scale(0.7).shift((1.5, -0.4, 0))
    assert bars.values() == pytest.approx(np.histogram(data, EDGES)[0], abs=1e-6)
    assert bars.edges() == pytest.approx(np.stack([EDGES[:-1], EDGES[1:]], axis=1), abs=1e-7)


@pytest.mark.parametrize("alpha", [0.25, 0.5, 0.75])
def test_inside_a_change_the_counts_are_between_both(alpha):
    before, after = np.random.default_rng(2).uniform(size=(2, 100))
    _, bars = drawn(np.concatenate([before, after]))
    bars.set_values(np.histogram(before, EDGES)[0])
    change = bars.change(after, rate_func=lambda t: t)
    change.begin()
    change.interpolate(alpha)
    start, end = (np.histogram(data, EDGES)[0] for data in (before, after))
    assert bars.values() == pytest.approx((1 - alpha) * start + alpha * end, abs=1e-6)


def test_bars_grow_one_after_the_other_from_the_lowest():
    _, bars = drawn(np.random.default_rng(3).uniform(size=300))
    bars.grown = 0.3
    bars.redraw()
    shares = bars.values() / bars.counts
    assert np.all(np.diff(shares) <= 1e-9)
    assert shares[0] > 0 == pytest.approx(shares[-1], abs=1e-6)


def test_an_outline_moved_behind_its_back_is_noticed():
    _, bars = drawn(np.random.default_rng(4).uniform(size=50))
    before = bars.values().copy()
    bars.bins[0].points[:16] *= 1.1
    assert not np.allclose(bars.values(), before)
