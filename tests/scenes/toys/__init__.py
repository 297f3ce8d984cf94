"""Made-up assets of the right shapes for scenes, a module for each group of them: no model is trained for a test of a
drawing. Each module has ``assets(seed)``, other numbers for each seed.
"""

from importlib import import_module
from pkgutil import iter_modules

from assets.store import Asset

FACTS = {
    "model": "digits 784-16-16-10",
    "variant": "film",
    "changes": "",
    "data": "bundled",
    "data_source": "pictures made up for this test",
    "seed": 0,
    "step": 8400,
    "test_accuracy": 0.957,
    "activation_range": "between zero and one",
}
"""The provenance of a made-up network."""


def every(seed: int) -> dict[str, Asset]:
    """The assets of all modules here, by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {name: asset for module in modules for name, asset in module.assets(seed).items()}
