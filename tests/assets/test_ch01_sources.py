"""The count of trained networks follows the arrays, each of which holds one entry for each training."""

import numpy as np

from assets.recipe import Run, run_recipe
from assets.recipes.ch01_sources import trained_networks
from assets.store import make_asset

SHAPES = {
    "moon_nets": {"missed": (11,)},
    "width_depth": {"acc": (5, 4), "again": (5,)},  # the first of the five is in the table
    "bend_race": {"tried": (2, 3, 3)},
    "dying_relus": {"accuracies": (4, 3)},
}
CAPTION = dict.fromkeys(("model", "variant", "changes", "data", "data_source", "activation_range"), "made up")


def test_each_training_of_the_chapter_is_counted_once():
    given = {name: make_asset(name, {}, {}, {}, {}) for name in ("digit_chances", "kernel_net", "small_net")}
    given["digit_net"] = make_asset("digit_net", {}, {}, {}, CAPTION | {"seed": 0, "step": 1, "test_accuracy": 0.9})
    for name, shapes in SHAPES.items():
        given[name] = make_asset(name, {array: np.zeros(shape) for array, shape in shapes.items()}, {}, {}, {})
    arrays = run_recipe(trained_networks, Run({}, given, lambda step, steps, figures: None))[0]
    assert arrays["others"] == 3 + 11 + 20 + 4 + 18 + 12
    assert arrays["total"] == arrays["others"] + 1
    of_dots = given["moon_nets"]["missed"].size
    assert 2 * of_dots < arrays["total"]  # most learned from digits
