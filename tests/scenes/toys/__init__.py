"""Made-up assets of the right shapes for scenes, a module for each group of them: no model is trained for a test of a
drawing. Each module has ``assets(seed)``, other numbers for each seed.
"""

from importlib import import_module
from pkgutil import iter_modules

from assets.store import Asset


def every(seed: int) -> dict[str, Asset]:
    """The assets of all modules here, by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {name: asset for module in modules for name, asset in module.assets(seed).items()}
