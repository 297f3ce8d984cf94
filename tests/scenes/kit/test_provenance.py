"""The badge says which model and tensor were drawn, fits the frame, and is read back from its glyphs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import DL, Rectangle, config

from assets.store import array_digest
from scenes.kit.provenance import Provenance, provenance_line, tensor_line
from scenes.theme import MARGIN
from tests.scenes.golden import assert_golden

FACTS = {
    "model": "digits 784-16-16-10",
    "variant": "film",
    "changes": "",
    "data": "bundled",
    "seed": 0,
    "step": 5600,
    "test_accuracy": 0.9647,
}
LINE = "digits 784-16-16-10 · film variant · bundled data · seed 0 · step 5,600 · test accuracy 96.5%"
W1 = np.arange(16 * 784, dtype=np.float32).reshape(16, 784)


def test_the_provenance_names_settings_that_depart_from_the_variant():
    facts = {
        "model": "digits",
        "variant": "relu_adam",
        "changes": "hidden 32",
        "data": "mnist",
        "seed": 3,
        "step": 5600,
    }
    line = provenance_line(facts | {"test_accuracy": 0.9512})
    assert line == "digits · relu adam variant with hidden 32 · mnist data · seed 3 · step 5,600 · test accuracy 95.1%"


def test_what_an_asset_does_not_know_is_left_out():
    facts = {"model": "letter bigrams", "variant": "counts plus one", "data": "a page of text", "seed": 0}
    assert provenance_line(facts) == "letter bigrams · counts plus one variant · a page of text · seed 0"
    assert provenance_line({"model": "spiral", "loss": 0.1234}) == "spiral · loss 0.123"


def test_the_badge_reads_back_wherever_it_is_moved():
    assert Provenance(FACTS).shift([2, 3, 0]).scale(1.7).says() == LINE


def test_the_badge_names_the_slice_and_the_digest_of_what_is_drawn():
    badge = Provenance(FACTS, tensor="w1", array=W1, window=(slice(0, 16), slice(372, 388)))
    digest = array_digest(W1[:, 372:388])[:8]
    assert badge.says() == f"{LINE} · w1[0:16, 372:388] · {digest}"


def test_one_changed_number_changes_the_digest():
    other = W1.copy()
    other[3, 380] += 1
    window = (slice(0, 16), slice(372, 388))
    assert tensor_line("w1", other, window) != tensor_line("w1", W1, window)
    assert tensor_line("w1", other, (slice(0, 3),)) == tensor_line("w1", W1, (slice(0, 3),))


@pytest.mark.parametrize(
    ("window", "place"),
    [
        ((), ""),
        ((3,), "[3, 0:784]"),
        ((slice(2, 5), 7), "[2:5, 7]"),
        ((slice(None), np.array([4, 9])), "[0:16, 2 of 784]"),
    ],
)
def test_a_window_is_written_as_it_indexes(window, place):
    assert tensor_line("w1", W1, window) == f"w1{place} · {array_digest(np.asarray(W1[window]))[:8]}"


def test_a_long_line_is_broken_at_its_dots_and_stays_in_the_frame():
    facts = FACTS | {"changes": "hidden 32, learning rate 0.25, batches of 50, no augmentation, 12 epochs"}
    badge = Provenance(facts, tensor="flow1", array=W1, window=(slice(0, 8), slice(0, 100)))
    assert badge.says() == f"{provenance_line(facts)} · {tensor_line('flow1', W1, (slice(0, 8), slice(0, 100)))}"
    assert badge.width <= config.frame_width - 2 * MARGIN
    assert badge.get_corner(DL) == pytest.approx([-config.frame_width / 2 + MARGIN, -4 + MARGIN, 0])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9), st.floats(0, 1), st.text("abcXYZ019-._ ", min_size=1, max_size=12))
def test_any_facts_read_back(step, accuracy, changes):
    facts = FACTS | {"step": step, "test_accuracy": accuracy, "changes": " ".join(changes.split())}
    assert Provenance(facts).says() == provenance_line(facts)


def test_swapped_glyphs_change_what_it_says_and_a_moved_point_is_noticed():
    badge = Provenance(FACTS)
    first, second = badge.submobjects[:2]
    middle = first.get_center() - second.get_center()
    first.shift(-middle), second.shift(middle)
    badge.submobjects[:2] = [second, first]
    assert badge.says() != LINE
    badge.submobjects[5].points[2] += [0.05, 0, 0]
    with pytest.raises(ValueError, match="no character of the alphabet"):
        badge.says()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"tensor": "w1"}, "The badge names a tensor and its digest together: give both tensor and array."),
        (
            {"tensor": "w1", "array": W1, "window": (slice(0, 17),)},
            "The window slice(0, 17, None) does not lie within axis 0 of 'w1', 0 to 16.",
        ),
        ({"tensor": "w1", "array": W1, "window": (-1,)}, "The window -1 does not lie within axis 0 of 'w1', 0 to 16."),
        (
            {"tensor": "b", "array": W1[0], "window": (0, 0)},
            "The window of 'b' has 2 axes, the array 1: (784,).",
        ),
        (
            {"tensor": "w1", "array": W1, "window": (slice(4, 4),)},
            "The window of 'w1' holds nothing: (0, 784) of (16, 784).",
        ),
    ],
)
def test_a_badge_that_would_say_less_than_the_truth_is_refused(arguments, error):
    with pytest.raises(ValueError) as raised:
        Provenance(FACTS, **arguments)
    assert str(raised.value) == error


def test_the_badge_refuses_what_it_could_not_read_back():
    with pytest.raises(ValueError, match=r"The badge could not be read back: '字' in"):
        Provenance(FACTS | {"data": "字"})


def test_the_badge_looks_as_it_did():
    frame = Rectangle(width=config.frame_width - 2 * MARGIN, height=8 - 2 * MARGIN, stroke_color="#3A404B")
    window = (slice(0, 16), slice(372, 388))
    enlarged = Provenance({"model": "digits", "seed": 0}, "w1", W1, window).scale(2.2).center()
    assert_golden("provenance", [frame, enlarged, Provenance(FACTS, "w1", W1, window)])
