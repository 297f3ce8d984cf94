"""What chapter 1 was drawn from, counted: how many networks were trained for it."""

from assets.recipe import Product, Run, recipe
from assets.recipes.ch01_neural_network import caption


@recipe(
    needs=(
        "digit_net",
        "digit_chances",
        "kernel_net",
        "small_net",
        "moon_nets",
        "width_depth",
        "bend_race",
        "dying_relus",
    ),
    axes={"others": (), "total": ()},
)
def trained_networks(run: Run) -> Product:
    """How many networks the chapter trains: those beside its main one, and all of them."""
    table = run.assets["width_depth"]
    others = (
        1,  # digit_chances: the other head
        1,  # kernel_net
        1,  # small_net
        run.assets["moon_nets"]["missed"].size,  # one for each share of the bend
        table["acc"].size + table["again"].size - 1,  # the first of again is in the table
        run.assets["bend_race"]["tried"].size,
        run.assets["dying_relus"]["accuracies"].size,
    )
    return Product({"others": sum(others), "total": 1 + sum(others)}, caption(run.assets["digit_net"]))
