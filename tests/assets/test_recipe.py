import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch

from assets.recipe import Product, Run, recipe, run_recipe
from assets.store import AssetError, Store, load_asset, make_asset, save_asset
from models.configs import DigitsConfig

ROOT = Path(__file__).parents[2]


def nothing(step, steps, figures):
    """A report that nobody reads."""


RUN = Run(configs={"digits": DigitsConfig(seed=3)}, assets={}, report=nothing)
AXES = {"pattern": ("layer", "head", "query", "key"), "tokens": ("query",), "best": ()}


def returning(arrays, facts=None, axes=None, name="pattern_of_heads", **declared):
    """A recipe that returns exactly these arrays and facts."""

    def make(run):
        return Product(arrays, facts or {})

    make.__name__ = name
    return recipe(axes=axes or AXES, **declared)(make)


def good():
    return {"pattern": np.ones((1, 2, 3, 3)), "tokens": [4, 5, 6], "best": 1}


def test_what_a_recipe_returns_becomes_contiguous_arrays_of_three_types():
    weights = torch.arange(6, dtype=torch.float64, requires_grad=True).reshape(2, 3).T
    arrays = {"w": weights, "n": np.uint8(7), "yes": True, "half": 0.5, "codes": torch.tensor([1, 2])}
    axes = {"w": ("row", "column"), "n": (), "yes": (), "half": (), "codes": ("code",)}
    made, made_axes, units, _ = run_recipe(returning(arrays, axes=axes, units={"half": "px"}), RUN)
    assert {name: (array.dtype.name, array.shape) for name, array in made.items()} == {
        "w": ("float32", (3, 2)),
        "n": ("int64", ()),
        "yes": ("bool", ()),
        "half": ("float32", ()),
        "codes": ("int64", (2,)),
    }
    assert made["w"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert all(array.flags.c_contiguous for array in made.values())
    assert made_axes == axes
    assert units == {"half": "px"}


def test_arrays_are_copies():
    arrays = good()
    made, *_ = run_recipe(returning(arrays), RUN)
    arrays["pattern"][0, 0, 0, 0] = 9
    assert made["pattern"][0, 0, 0, 0] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"pattern": np.ones((2, 12, 12))},
            "returned 'pattern' with 3 axes, (2, 12, 12); it declares layer, head, query, key.",
        ),
        ({"best": [1]}, "returned 'best' with 1 axis, (1,); it declares none."),
        ({"tokens": [1, 2]}, "returned 'tokens' with 2 along query; 'pattern' has 3."),
        ({"patern": 1}, "returned 'patern', which it does not declare. Did you mean 'pattern'?"),
        (
            {"best": np.nan},
            "returned 'best' with 1 of 1 numbers not finite in float32, the first at (); did the training diverge?",
        ),
        (
            {"tokens": [0, 1e39, -np.inf]},
            "returned 'tokens' with 2 of 3 numbers not finite in float32, the first at (1,); did the training diverge?",
        ),
        ({"tokens": ["a", "b", "c"]}, "returned 'tokens' of type <U1; give real numbers or truth values."),
        ({"best": 1j}, "returned 'best' of type complex128; give real numbers or truth values."),
        ({"best": None}, "returned 'best' of type object; give real numbers or truth values."),
    ],
)
def test_wrong_arrays_are_refused_by_name(change, message):
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(good() | change), RUN)
    assert str(raised.value) == f"Recipe 'pattern_of_heads' {message}"


def test_a_ragged_list_is_refused_by_name():
    with pytest.raises(AssetError, match=r"^Recipe 'pattern_of_heads' returned 'tokens', which is no array: "):
        run_recipe(returning(good() | {"tokens": [[1], [2, 3]]}), RUN)


def test_an_array_that_was_promised_must_come():
    arrays = good()
    del arrays["tokens"]
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(arrays), RUN)
    assert str(raised.value) == "Recipe 'pattern_of_heads' declares 'tokens' and did not return it."


def test_only_a_product_is_a_result():
    heads = recipe(axes={})(lambda run: {"pattern": 1})
    with pytest.raises(AssetError) as raised:
        run_recipe(heads, RUN)
    assert str(raised.value) == "Recipe '<lambda>' returned a dict, expected a Product."


def test_a_recipe_gets_what_it_declared_or_does_not_run():
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(good(), needs=("digit_net",)), RUN)
    assert str(raised.value) == "Recipe 'pattern_of_heads' needs the asset 'digit_net', which it was not given."
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(good(), configs=("words",)), RUN)
    assert str(raised.value) == "Recipe 'pattern_of_heads' needs the config 'words', which it was not given."


def test_provenance_holds_facts_configs_and_versions_and_nothing_that_changes():
    heads = returning(good(), {"model": "two heads", "accuracy": 0.5}, configs=("digits",))
    provenance = run_recipe(heads, RUN)[3]
    assert provenance == {
        "model": "two heads",
        "accuracy": 0.5,
        "recipe": "pattern_of_heads",
        "configs": {"digits": {**vars(DigitsConfig(seed=3))}},
        "versions": {"torch": version("torch"), "numpy": version("numpy")},
    }
    assert run_recipe(heads, RUN)[3] == provenance


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"step": np.int64(3)}, "states the fact 'step' as np.int64(3), a int64"),
        ({"loss": float("nan")}, "states the fact 'loss' as nan, a float"),
        ({"sizes": [1, 2]}, "states the fact 'sizes' as [1, 2], a list"),
    ],
)
def test_facts_are_plain_values(facts, message):
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(good(), facts), RUN)
    expected = f"Recipe 'pattern_of_heads' {message}; give a text, a finite number or a truth value."
    assert str(raised.value) == expected


def test_a_fact_may_not_take_a_name_of_provenance():
    with pytest.raises(AssetError) as raised:
        run_recipe(returning(good(), {"versions": "1"}), RUN)
    assert str(raised.value) == (
        "Recipe 'pattern_of_heads' states the fact 'versions', a name that provenance itself uses."
    )


def test_a_unit_belongs_to_a_declared_array():
    with pytest.raises(AssetError) as raised:
        returning(good(), units={"patern": "share"})
    assert str(raised.value) == (
        "Recipe 'pattern_of_heads' gives a unit to 'patern', which it does not declare. Did you mean 'pattern'?"
    )


def test_a_checked_result_is_saved_and_read_back(tmp_path):
    store = Store(tmp_path)
    checked = run_recipe(returning(good(), {"model": "two heads"}), RUN)
    asset = load_asset(store, "heads", save_asset(store, "heads", *checked))
    assert asset["pattern"].shape == (1, 2, 3, 3)
    assert asset.axes["pattern"] == ("layer", "head", "query", "key")
    assert asset.provenance["model"] == "two heads"


def test_assets_that_are_needed_arrive_by_name():
    def doubled(run):
        return Product({"twice": run.assets["one"]["value"] * 2}, {})

    run = Run({}, {"one": make_asset("one", {"value": np.float32(2)}, {"value": ()})}, nothing)
    arrays, *_ = run_recipe(recipe(needs=("one",), axes={"twice": ()})(doubled), run)
    assert arrays["twice"] == 4


def test_the_decorators_arguments_can_be_read_without_running_them():
    for path in (ROOT / "assets" / "recipes").glob("ch*.py"):
        functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
        calls = [call for node in functions for call in node.decorator_list if isinstance(call, ast.Call)]
        assert calls
        for call in calls:
            read = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
            assert set(read) <= {"configs", "needs", "axes", "units"}


def test_declaring_recipes_needs_no_torch():
    code = "import sys; sys.modules['torch'] = None; import assets.recipe"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True).returncode == 0
