"""Recipes: functions that train or run models and hand on named arrays with named axes, checked here.

The decorator's arguments are literals, so that a plan can read them from source without importing torch.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any

import numpy as np

from assets.store import Asset, AssetError
from models.configs import Config, Report
from models.suggest import did_you_mean

Axes = Mapping[str, tuple[str, ...]]
Fact = str | int | float | bool
Provenance = dict[str, Any]
Checked = tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]], dict[str, str], Provenance]

RESERVED = ("recipe", "configs", "versions")


@dataclass(frozen=True)
class Run:
    """What a recipe is given: the configs and assets it declared, by name, and where to report its progress."""

    configs: Mapping[str, Config]
    assets: Mapping[str, Asset]
    report: Report


@dataclass(frozen=True)
class Product:
    """What a recipe gives back: numbers, numpy arrays or torch tensors by name, and facts that captions may quote."""

    arrays: Mapping[str, Any]
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Recipe:
    """A function with the configs and assets it needs and the axes and units of the arrays it promises."""

    name: str
    make: Callable[[Run], Product]
    configs: tuple[str, ...]
    needs: tuple[str, ...]
    axes: Axes
    units: Mapping[str, str]


def recipe(
    *, configs: tuple[str, ...] = (), needs: tuple[str, ...] = (), axes: Axes, units: Mapping[str, str] | None = None
) -> Callable[[Callable[[Run], Product]], Recipe]:
    """Declares a function to be a recipe, named after the function.

    Raises: AssetError when a unit is given to an array that is not declared.
    """
    units = units or {}

    def declare(make: Callable[[Run], Product]) -> Recipe:
        for array in units:
            if array not in axes:
                name, guess = make.__name__, did_you_mean(array, axes)
                raise AssetError(f"Recipe '{name}' gives a unit to '{array}', which it does not declare.{guess}")
        return Recipe(make.__name__, make, configs, needs, axes, units)

    return declare


def run_recipe(recipe: Recipe, run: Run) -> Checked:
    """Runs a recipe and checks what it gave: arrays, axes, units and provenance, ready for `save_asset`.

    Floating numbers become float32 and whole numbers int64; truth values stay. Arrays are contiguous copies.
    Raises: AssetError when an array is missing, not declared, has other axes than declared, or holds no finite numbers.
    """
    for kind, declared, given in (("config", recipe.configs, run.configs), ("asset", recipe.needs, run.assets)):
        for name in declared:
            if name not in given:
                raise AssetError(f"Recipe '{recipe.name}' needs the {kind} '{name}', which it was not given.")
    product = recipe.make(run)
    if not isinstance(product, Product):
        raise AssetError(f"Recipe '{recipe.name}' returned a {type(product).__name__}, expected a Product.")
    _check_names(recipe, product)
    arrays = {name: _array(recipe, name, product.arrays[name]) for name in recipe.axes}
    _check_axes(recipe, arrays)
    axes = {name: tuple(axes) for name, axes in recipe.axes.items()}
    return arrays, axes, dict(recipe.units), _provenance(recipe, run, product)


def _check_names(recipe: Recipe, product: Product) -> None:
    for name in recipe.axes:
        if name not in product.arrays:
            raise AssetError(f"Recipe '{recipe.name}' declares '{name}' and did not return it.")
    for name in product.arrays:
        if name not in recipe.axes:
            guess = did_you_mean(name, recipe.axes)
            raise AssetError(f"Recipe '{recipe.name}' returned '{name}', which it does not declare.{guess}")


def _check_axes(recipe: Recipe, arrays: Mapping[str, np.ndarray]) -> None:
    first: dict[str, str] = {}  # axis -> the array that set its length
    for name, array in arrays.items():
        declared = recipe.axes[name]
        if array.ndim != len(declared):
            axes = "axis" if array.ndim == 1 else "axes"
            raise AssetError(
                f"Recipe '{recipe.name}' returned '{name}' with {array.ndim} {axes}, {array.shape}; "
                f"it declares {', '.join(declared) or 'none'}."
            )
        for axis, length in zip(declared, array.shape, strict=True):
            other = first.setdefault(axis, name)
            expected = arrays[other].shape[recipe.axes[other].index(axis)]
            if length != expected:
                raise AssetError(
                    f"Recipe '{recipe.name}' returned '{name}' with {length} along {axis}; '{other}' has {expected}."
                )


def _array(recipe: Recipe, name: str, value: Any) -> np.ndarray:
    try:
        array = np.array(value.detach().cpu().numpy() if hasattr(value, "detach") else value)  # tensor, without torch
    except (TypeError, ValueError) as error:
        raise AssetError(f"Recipe '{recipe.name}' returned '{name}', which is no array: {error}.") from error
    kinds = {"f": np.float32, "i": np.int64, "u": np.int64, "b": np.bool_}
    if array.dtype.kind not in kinds:
        raise AssetError(
            f"Recipe '{recipe.name}' returned '{name}' of type {array.dtype}; give real numbers or truth values."
        )
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is named below
        array = np.array(array, dtype=kinds[array.dtype.kind], order="C")
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise AssetError(
            f"Recipe '{recipe.name}' returned '{name}' with {len(wrong)} of {array.size} numbers not finite in "
            f"float32, the first at {place}; did the training diverge?"
        )
    return array


def _provenance(recipe: Recipe, run: Run, product: Product) -> Provenance:
    for name, fact in product.facts.items():
        if name in RESERVED:
            raise AssetError(f"Recipe '{recipe.name}' states the fact '{name}', a name that provenance itself uses.")
        if type(fact) not in (str, int, float, bool) or (isinstance(fact, float) and not isfinite(fact)):
            raise AssetError(
                f"Recipe '{recipe.name}' states the fact '{name}' as {fact!r}, a {type(fact).__name__}; "
                "give a text, a finite number or a truth value."
            )
    return {
        **product.facts,
        "recipe": recipe.name,
        "configs": {name: asdict(run.configs[name]) for name in recipe.configs},
        "versions": {package: version(package) for package in ("torch", "numpy")},
    }
