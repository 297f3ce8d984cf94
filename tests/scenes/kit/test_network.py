"""A network's weights, activations and products are read back from strips, fills and colours, however it moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.edges import DIMMED, EDGE_WIDTH, Edges
from scenes.kit.layer import Layer, window
from scenes.kit.network import TensorNetwork
from scenes.kit.shapes import strip_ends
from scenes.theme import ACCENT, NEGATIVE
from tests.scenes.golden import assert_golden

ALPHAS = (0.25, 0.5, 0.75)


def eased(animation, alpha):
    return animation.rate_func(alpha)


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def small(seed=0, limits=None):
    """A network 3-4-2, each step with its largest weight at 1."""
    weights = [numbers(4, 3, seed=seed), numbers(2, 4, seed=seed + 1)]
    held = [np.linspace(0, 1, n) for n in (3, 4, 2)]
    return TensorNetwork(weights, held, limits=limits), weights, held


def joined(to, start):
    return Layer(np.arange(start), start, 3).shift([-2, 0, 0]), Layer(np.arange(to), to, 3).shift([2, 0, 0])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-300, 1e-6, 1.0, 1e12]))
def test_edges_read_back_as_their_tensors(to, start, seed, size):
    values = np.random.default_rng(seed).normal(size=(to, start)) * size
    edges = Edges(values, *joined(to, start))
    assert edges.values() == pytest.approx(values, abs=1e-9 * size, rel=0)
    edges.shift([3, -1, 0]).scale(0.3)
    assert edges.values() == pytest.approx(values, abs=1e-9 * size, rel=0)


def test_thousands_of_edges_are_one_mobject_for_each_sign_and_level():
    edges = Edges(numbers(60, 50), *joined(60, 50))
    assert sum(len(mobject.points) > 0 for mobject in edges.base.bins) == 16
    assert edges.values() == pytest.approx(numbers(60, 50), abs=1e-9)


def test_edges_run_from_rim_to_rim_and_the_largest_is_full_width():
    before, after = joined(1, 1)
    edges = Edges(np.array([[-0.3]]), before, after)
    ends = strip_ends(edges.base.outlines())[0]
    assert ends == pytest.approx(np.array([[-2 + before.radius, 0, 0], [2 - after.radius, 0, 0]]))
    assert edges.base.bins[-1].height == pytest.approx(EDGE_WIDTH)


def test_recolouring_edges_behind_their_back_changes_their_sign_or_is_refused():
    edges = Edges(np.array([[1.0, 2.0], [3.0, 4.0]]), *joined(2, 2))
    full = next(m for m, members in zip(edges.base.bins, edges.base.members, strict=True) if 3 in members)
    full.set_fill(NEGATIVE)
    assert edges.values() == pytest.approx(np.array([[1.0, 2.0], [3.0, -4.0]]))
    full.set_fill(ACCENT)
    with pytest.raises(ValueError, match=f"drawn in {ACCENT}, which is neither"):
        edges.values()


def test_a_point_of_an_edge_moved_behind_its_back_changes_its_value():
    network, weights, _ = small()
    next(m for m in network.edges[0].base.bins if len(m.points)).points[0] += [0, 0.01, 0]
    assert (np.abs(network.values()[0] - weights[0]) > 1e-3).sum() == 1


def test_a_neuron_filled_behind_its_back_changes_its_activation():
    network, _, held = small()
    network.layers[1].neurons[2].set_fill(opacity=0.125)
    assert network.activations()[1] == pytest.approx([*held[1][:2], 0.125, held[1][3]])


def test_a_network_reads_back_after_it_was_moved_scaled_and_set_anew():
    network, weights, held = small(limits=[1, 1])
    network.shift([2, 1, 0]).scale(0.4)
    for drawn, expected in zip([*network.values(), *network.activations()], [*weights, *held], strict=True):
        assert drawn == pytest.approx(expected, abs=1e-9)
    other = [-weights[0], weights[1] / 2]
    network.set_values(other)
    for drawn, expected in zip(network.values(), other, strict=True):
        assert drawn == pytest.approx(expected, abs=1e-9)
    middle = strip_ends(network.edges[0].base.frame.out(network.edges[0].base.outlines())).mean(axis=(0, 1))
    assert middle[0] == pytest.approx((network.layers[0].get_x() + network.layers[1].get_x()) / 2, abs=1e-6)


def test_neurons_and_edges_show_the_same_window_of_a_tall_layer():
    weights = [numbers(5, 40), numbers(40, 5, seed=1)]
    held = [np.linspace(0, 1, n) for n in (40, 5, 40)]
    network = TensorNetwork(weights, held)
    shown = window(40)
    assert network.values()[0] == pytest.approx(weights[0][:, shown], abs=1e-9)
    assert network.values()[1] == pytest.approx(weights[1][shown], abs=1e-9)
    assert network.activations()[0] == pytest.approx(held[0][shown])
    assert [len(layer.dots) for layer in network.layers] == [3, 0, 3]
    assert sorted(network.braces) == [-1, 0]


def test_chosen_indices_are_shown_and_found_by_their_number_in_the_layer():
    layer = Layer([3, 7, 500], 784, 4)
    assert layer.values() == pytest.approx([0, 0, 0])
    layer.set_values(np.arange(784) / 784)
    assert layer.values() == pytest.approx(np.array([3, 7, 500]) / 784)
    assert layer.place(500) == pytest.approx(layer.neurons[2].get_center())
    assert layer.dots.get_y() < layer.place(7)[1]
    assert layer.box(7).get_center() == pytest.approx(layer.place(7))
    with pytest.raises(ValueError, match=r"Neuron 8 of 784 is not shown; these are: \[3, 7, 500\]"):
        layer.place(8)


def test_a_written_activation_is_what_the_neuron_s_fill_says():
    layer = Layer(np.arange(4), 4, 4, scale=2.0).set_values(np.array([0.1, 0.25, 1.5, 2.0]))
    assert [layer.tag(i).values() for i in range(4)] == [0.1, 0.25, 1.5, 2.0]
    assert [layer.inside(i, 1).values() for i in range(4)] == [0.1, 0.2, 1.5, 2.0]
    assert layer.tag(2).get_left()[0] > layer.neurons[2].get_right()[0]


@pytest.mark.parametrize("size", [1, 16])
def test_a_small_layer_is_shown_whole(size):
    assert list(window(size)) == list(range(size))


@pytest.mark.parametrize(("size", "text"), [(10, "10"), (16, "16"), (32, "16 of 32"), (1000, "16 of 1,000")])
def test_a_layer_says_how_many_of_its_neurons_it_draws(size, text):
    assert Layer(window(size), size, 4).count_text() == text


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_change_of_weights_passes_through_blends(alpha):
    network, weights, _ = small(limits=[1, 1])
    other = [numbers(4, 3, seed=7), numbers(2, 4, seed=8)]
    change = network.change(other)
    change.begin()
    change.interpolate(alpha)
    share = eased(change.animations[0], alpha)
    for drawn, old, new in zip(network.values(), weights, other, strict=True):
        assert drawn == pytest.approx((1 - share) * old + share * new, abs=1e-9)
    change.finish()
    for drawn, new in zip(network.values(), other, strict=True):
        assert drawn == pytest.approx(new, abs=1e-9)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_lighting_a_layer_passes_through_blends(alpha):
    network, _, held = small()
    light = network.light(1, np.array([1, 0, 0.5, 0.25]))
    light.begin()
    assert network.activations()[1] == pytest.approx(held[1])
    light.interpolate(alpha)
    share = eased(light, alpha)
    assert network.activations()[1] == pytest.approx((1 - share) * held[1] + share * np.array([1, 0, 0.5, 0.25]))
    light.finish()
    assert network.activations()[1] == pytest.approx([1, 0, 0.5, 0.25])


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_flash_draws_the_products_it_was_given_wherever_they_are(alpha, back):
    network, weights, held = small()
    network.shift([1, 1, 0]).scale(0.5)
    products = weights[1] * held[1]
    flash = network.flash(1, products, back=back)
    flash.begin()
    flash.interpolate(alpha)
    edges = network.edges[1]
    assert edges.products() == pytest.approx(products, abs=1e-9)
    assert edges.values() == pytest.approx(weights[1], abs=1e-9)
    head = np.clip(eased(flash, alpha) * 1.6 - 0.3, 0.0, 1.0)
    middle = strip_ends(edges.flow.outlines()).mean(axis=1)
    along = np.linalg.norm(middle - edges.flow.ends[:, 0], axis=1)
    share = along / np.linalg.norm(edges.flow.ends[:, 1] - edges.flow.ends[:, 0], axis=1)
    assert share == pytest.approx(np.full(8, 1 - head if back else head), abs=0.16)
    flash.finish()
    assert edges.base.opacities() == pytest.approx(edges.base.levels)
    with pytest.raises(ValueError, match="Nothing runs along these edges now"):
        edges.products()


def test_numbers_go_forward_and_back_through_the_whole_network():
    network, weights, held = small()
    for layer in network.layers:
        layer.set_values(np.zeros(layer.size))
    products = [w * a for w, a in zip(weights, held[:2], strict=True)]
    forward = network.forward(products, held)
    forward.scene = None
    forward.begin()
    forward.interpolate(0.35)
    assert network.edges[0].products() == pytest.approx(products[0], abs=1e-9)
    forward.interpolate(1)
    assert np.concatenate(network.activations()) == pytest.approx(np.concatenate(held))
    backward = network.backward(products)
    backward.scene = None
    backward.begin()
    backward.interpolate(0.25)
    assert network.edges[1].products() == pytest.approx(products[1], abs=1e-9)


@pytest.mark.parametrize("outgoing", [False, True])
def test_a_highlight_keeps_one_fan_as_bright_as_it_was_and_dims_all_other_edges(outgoing):
    network, weights, _ = small()
    highlight = network.highlight(1, 2, outgoing=outgoing)
    highlight.begin()
    edges, fan = (network.edges[1], weights[1][:, 2]) if outgoing else (network.edges[0], weights[0][2])
    for alpha in (*ALPHAS, 1):
        highlight.interpolate(alpha)
        under, over = edges.base.opacities(), edges.fan.opacities()
        others = 1 - (1 - DIMMED) * eased(highlight, alpha)
        assert under == pytest.approx(edges.base.levels * others)
        assert 1 - (1 - under) * (1 - over) == pytest.approx(edges.base.levels)
        assert edges.fan.values() == pytest.approx(fan, abs=1e-9)
        assert np.concatenate([v.ravel() for v in network.values()]) == pytest.approx(
            np.concatenate([w.ravel() for w in weights]), abs=1e-9
        )
    release = network.release()
    release.begin()
    release.finish()
    assert len(edges.fan.values()) == 0
    assert edges.base.opacities() == pytest.approx(edges.base.levels)


def test_from_one_highlight_to_the_next_the_old_fan_leaves_first_and_weights_can_change_under_it():
    network, weights, _ = small(limits=[1, 1])
    for index in (0, 3):
        highlight = network.highlight(1, index)
        highlight.begin()
        highlight.interpolate(0.4)
        expected = weights[0][0 if eased(highlight, 0.4) < 0.5 or index == 0 else 3]
        assert network.edges[0].fan.values() == pytest.approx(expected, abs=1e-9)
        highlight.finish()
        assert network.edges[0].fan.values() == pytest.approx(weights[0][index], abs=1e-9)
    network.set_values([weights[0] / 2, weights[1]])
    assert network.edges[0].fan.values() == pytest.approx(weights[0][3] / 2, abs=1e-9)


def test_one_sign_steps_back_once_and_is_as_before():
    network, weights, _ = small()
    back = network.step_back(negative=True, share=0.1)
    back.begin()
    back.interpolate(0.5)
    base = network.edges[0].base
    assert base.opacities() == pytest.approx(base.levels * np.where(base.negative, 0.1, 1))
    assert network.values()[0] == pytest.approx(weights[0], abs=1e-9)
    back.finish()
    assert base.opacities() == pytest.approx(base.levels)


def test_a_network_grows_from_the_left_and_ends_as_it_is_drawn_at_once():
    network, weights, held = small()
    grow = network.grow()
    grow.begin()
    assert network.layers[0].neurons[0].get_stroke_opacity() == 0
    for alpha in ALPHAS:
        grow.interpolate(alpha)
        seen = [layer.neurons[0].get_stroke_opacity() for layer in network.layers]
        assert seen == sorted(seen, reverse=True)
        assert network.values()[0] == pytest.approx(weights[0], abs=1e-9)
    grow.finish()
    assert [layer.neurons[0].get_stroke_opacity() for layer in network.layers] == pytest.approx([1, 1, 1])
    assert np.concatenate(network.activations()) == pytest.approx(np.concatenate(held))
    assert strip_ends(network.edges[0].base.outlines())[:, 1] == pytest.approx(network.edges[0].base.ends[:, 1])


def test_a_pulse_lies_on_top_of_the_edges_it_points_at():
    network, weights, _ = small()
    pulse = network.edges[0].pulse()
    pulse.begin()
    pulse.interpolate(0.5)
    shown = [m for m in pulse.mobject.bins if len(m.points)]
    assert {m.get_fill_color().to_hex() for m in shown} == {ACCENT}
    assert max(m.get_fill_opacity() for m in shown) == 1
    assert network.values()[0] == pytest.approx(weights[0], abs=1e-9)


@pytest.mark.parametrize(
    "animate",
    [
        lambda network, weights: network.flash(0, weights[0]),
        lambda network, weights: network.highlight(1, 3),
        lambda network, weights: network.release(),
        lambda network, weights: network.step_back(negative=False),
        lambda network, weights: network.grow(),
        lambda network, weights: network.light(1, np.zeros(4)),
    ],
)
def test_an_animation_can_be_entered_at_any_time(animate):
    network, weights, _ = small()
    first = network.highlight(1, 0)
    first.begin()
    first.finish()
    animation = animate(network, weights)
    animation.begin()
    pictures = []
    for alphas in ((0.6,), (0, 0.2, 0.4, 0.6), (1, 0.6)):
        for alpha in alphas:
            animation.interpolate(alpha)
        pictures.append([(m.points.copy(), m.fill_rgbas.copy(), m.stroke_rgbas.copy()) for m in network.get_family()])
    for other in pictures[1:]:
        for ours, theirs in zip(pictures[0], other, strict=True):
            assert all(a.shape == b.shape and np.allclose(a, b, atol=1e-9) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: TensorNetwork([]), "A network is drawn from at least one array of weights, got none."),
        (
            lambda: TensorNetwork([np.ones((4, 3)), np.ones((2, 5))]),
            "The weights have the shapes [(4, 3), (2, 5)]: each must take in what the one before gives out.",
        ),
        (
            lambda: TensorNetwork([np.ones((1, 1))], layers=[Layer([0], 1, 2), Layer([0], 3, 2)]),
            "The weights join layers of [1, 1], the columns are of [1, 3].",
        ),
        (
            lambda: TensorNetwork([np.full((1, 2), np.nan)]),
            "A network cannot draw nan at (0, 0): only finite numbers are drawn.",
        ),
        (
            lambda: small(limits=[0.5, 1]),
            "Edges are drawn up to 0.5 and cannot draw 0.994523; "
            "give them the largest of all the values as their limit.",
        ),
        (
            lambda: small()[0].flash(0, np.ones((4, 4))),
            "A layer of 3 neurons cannot take 4 numbers along axis 1.",
        ),
        (lambda: small()[0].highlight(0, 1), "Layer 0 has no incoming edges."),
        (lambda: Layer([], 3, 2), "A layer of 3 shows neurons 0 to 2 in rising order, got []."),
        (lambda: Layer([2, 1], 3, 2), "A layer of 3 shows neurons 0 to 2 in rising order, got [2, 1]."),
        (
            lambda: Layer(window(40), 40, 5, scale=2.0).set_values(np.linspace(0, 2.1, 40)),
            "A layer cannot draw 2.04615 at 38: expected 0 to 2.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_a_small_network_looks_as_it_did():
    rng = np.random.default_rng(4)
    sizes = (30, 6, 4)
    weights = [rng.normal(size=(b, a)) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    network = TensorNetwork(weights, [rng.uniform(size=n) for n in sizes], width=9, height=6.4)
    flash = network.flash(1, weights[1] * network.activations()[1])
    flash.begin()
    flash.interpolate(0.45)
    assert_golden("network", [network, network.layers[1].tag(2), network.layers[2].box(1)])
