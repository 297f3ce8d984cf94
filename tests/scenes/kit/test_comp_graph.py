"""A computation graph stands in layers, its numbers are read from glyphs, its gradients come back by layers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import DOWN, UP

from scenes.kit.comp_graph import CompGraph, PathProduct, spelled
from scenes.kit.graph_layout import crossings, layered, layers_of
from scenes.theme import ACCENT, DIM, INK, NEGATIVE, POSITIVE
from tests.scenes.golden import assert_golden

SYMBOLS = ["$w$", "$a$", "$w a$", "$b$", "$z$", "$C$"]
EDGES = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 5)]
W, A, B = 1.5, -0.4, 0.25
VALUES = np.array([W, A, W * A, B, W * A + B, (W * A + B) ** 2])
LOCAL = np.array([A, W, 1, 1, 2 * (W * A + B)])
GRADIENTS = np.array([LOCAL[4] * A, LOCAL[4] * W, LOCAL[4], LOCAL[4], LOCAL[4], 1])


def graph(**style):
    return CompGraph(SYMBOLS, EDGES, VALUES, **({"local": LOCAL, "gradients": GRADIENTS} | style))


def at(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)


def test_values_and_derivatives_are_read_back_and_gradients_are_not_there_yet():
    drawn = graph().scale(0.7).shift(UP)
    assert drawn.values() == pytest.approx(VALUES, abs=0.005)
    assert drawn.local() == pytest.approx(LOCAL, abs=0.005)
    assert np.isnan(drawn.gradients()).all()
    assert np.isnan(CompGraph(SYMBOLS, EDGES, VALUES).local()).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=6, max_size=6))
def test_any_values_read_back_to_the_digits_written(values):
    drawn = graph().set_values(values)
    for number, value in zip(drawn.values(), values, strict=True):
        assert number == pytest.approx(value, abs=0.005 if abs(value) >= 0.095 else 0.06 * abs(value) + 5e-6)


def test_small_numbers_get_the_decimals_they_need():
    assert [spelled(x) for x in (0.0, 3.14159, 0.0123, -0.00123, 1e-7, 0.099)] == [
        "0.00",
        "3.14",
        "0.012",
        "\u22120.0012",
        "0.00000",
        "0.10",
    ]


@pytest.mark.parametrize("alpha", [0, 0.25, 0.5, 0.75, 1])
def test_a_change_shows_the_old_values_and_then_the_new_ones(alpha):
    drawn = graph()
    at(drawn.change(-VALUES, rate_func=lambda t: t), alpha)
    assert drawn.values() == pytest.approx(VALUES if alpha < 0.5 else -VALUES, abs=0.005)
    assert drawn.value_figures[0].get_fill_opacity() == pytest.approx(abs(1 - 2 * alpha))


def test_gradients_appear_layer_by_layer_from_the_end_and_always_as_they_are():
    drawn = graph()
    animation = drawn.backward(rate_func=lambda t: t)
    animation.begin()
    counts = []
    for alpha in (0, 0.2, 0.25, 0.5, 0.75, 0.95, 1):
        animation.interpolate(alpha)
        seen = drawn.gradients()
        there = ~np.isnan(seen)
        assert seen[there] == pytest.approx(GRADIENTS[there], abs=0.005)
        assert drawn.layer[there].min(initial=9) > drawn.layer[~there].max(initial=-1)
        counts.append(int(there.sum()))
    assert counts == [0, 1, 1, 2, 4, 6, 6]
    assert drawn.gradient_figures[5].get_fill_color().to_hex() == POSITIVE
    assert drawn.gradient_figures[2].get_fill_color().to_hex() == NEGATIVE
    assert not any(len(pulse.points) for pulse in drawn.pulses)


def test_a_pulse_runs_back_along_its_edge_in_the_colour_of_its_term():
    drawn = graph()
    animation = drawn.backward(rate_func=lambda t: t)
    animation.begin()
    places = []
    for alpha in (0.12, 0.18, 0.24):
        animation.interpolate(alpha)
        places.append(drawn.pulses[4].points[:, 0].mean())
    assert places == sorted(places, reverse=True)
    assert drawn.pulses[4].get_stroke_color().to_hex() == NEGATIVE
    assert not any(len(pulse.points) for pulse in drawn.pulses[:4])


def test_a_path_goes_to_the_accent_colour_and_back():
    drawn = graph()
    animation = drawn.highlight([0, 2, 4, 5])
    animation.begin()
    animation.finish()
    assert [line.get_stroke_color().to_hex() for line in drawn.lines] == [ACCENT, DIM, ACCENT, DIM, ACCENT]
    assert [head.get_fill_color().to_hex() for head in drawn.heads] == [ACCENT, DIM, ACCENT, DIM, ACCENT]
    assert [node[0].get_stroke_color().to_hex() for node in drawn.nodes] == [ACCENT, INK, ACCENT, INK, ACCENT, ACCENT]
    at(drawn.highlight([]), 1)
    assert {line.get_stroke_color().to_hex() for line in drawn.lines} == {DIM}
    with pytest.raises(ValueError, match=r"No edge leads from \$w\$ to \$b\$."):
        drawn.highlight([0, 3])


def test_the_product_along_a_path_is_the_gradient_of_its_start():
    drawn = graph()
    path = drawn.edges_of([0, 2, 4, 5])
    factors, product = PathProduct(LOCAL[path]).values()
    assert PathProduct([0.5, 0.02]).values() == (pytest.approx([0.5, 0.02]), 0.01)
    assert factors == pytest.approx(LOCAL[path], abs=0.0005)
    assert product == pytest.approx(GRADIENTS[0], abs=0.0005)


def test_each_node_stands_after_what_it_is_computed_from_and_right_before_what_it_goes_into():
    layer = layers_of(6, EDGES, SYMBOLS)
    assert list(layer) == [0, 0, 1, 1, 2, 3]
    drawn = graph()
    for start, end in EDGES:
        assert drawn.nodes[start].get_right()[0] < drawn.nodes[end].get_left()[0]


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_any_graph_without_a_cycle_is_laid_out_without_two_nodes_in_one_place(count, seed):
    rng = np.random.default_rng(seed)
    edges = [(a, b) for b in range(count) for a in range(b) if rng.uniform() < 0.4]
    places, passages = layered(count, edges, [str(i) for i in range(count)])
    assert all(places[a, 0] < places[b, 0] for a, b in edges)
    taken = [tuple(p) for p in places] + [p for passed in passages for p in passed]
    assert len(set(taken)) == len(taken)


def test_crossings_that_can_be_avoided_are():
    places, _ = layered(6, [(0, 5), (1, 4), (2, 3)], [str(i) for i in range(6)])
    assert crossings(places[:, 1], places[:, 0], [(0, 5), (1, 4), (2, 3)]) == 0


def test_a_swapped_glyph_and_a_moved_point_are_seen():
    drawn = graph()
    drawn.value_figures[0].points = drawn.value_figures[3].points.copy()
    assert drawn.values()[0] == 0.25
    drawn.local_figures[0].points[2] += 0.05 * DOWN
    with pytest.raises(ValueError, match="no digit, sign, point or comma"):
        drawn.local()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (
            lambda: graph(gradients=GRADIENTS * [2, 1, 1, 1, 1, 1]),
            "The gradient of $w$ is 0.56, but its children's gradients times the local derivatives sum to 0.28.",
        ),
        (
            lambda: CompGraph(SYMBOLS, [*EDGES, (4, 0)], VALUES),
            "A computation graph has no cycle, found one through $w$ to $w a$ to $z$.",
        ),
        (lambda: CompGraph(SYMBOLS, [(0, 6)], VALUES), "The edge (0, 6) leads to no node: there are 6."),
        (lambda: CompGraph(SYMBOLS, EDGES, VALUES[:5]), "A computation graph needs 6 values, found 5."),
        (
            lambda: CompGraph(SYMBOLS, EDGES, VALUES * np.nan),
            "A computation graph cannot draw nan at 0: only finite numbers are drawn.",
        ),
        (lambda: graph(local=LOCAL[:2]), "A computation graph needs 5 local derivatives, found 2."),
        (lambda: graph(gradients=None).backward(), "This computation graph was given no gradients."),
    ],
)
def test_what_is_no_true_computation_is_refused(make, error):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == error


def test_the_graph_looks_as_it_did():
    drawn = graph()
    animation = drawn.highlight([0, 2, 4, 5])
    at(animation, 1)
    at(drawn.backward(), 0.6)
    assert_golden("comp_graph", [drawn])
