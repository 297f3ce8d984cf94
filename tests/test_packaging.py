"""The names that tensorreel takes at the top level are its own, and every import and pin is declared."""

import importlib.util
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
TOP_LEVEL = sorted({name.partition(".")[0] for name in SETUPTOOLS["packages"]} | set(SETUPTOOLS["py-modules"]))


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_a_top_level_name_is_ours_alone(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)
    assert set(packages_distributions().get(name, [])) <= {"tensorreel"}


def test_every_package_is_listed() -> None:
    folders = {path.parent for name in TOP_LEVEL for path in (ROOT / name).rglob("*.py")}
    assert sorted(SETUPTOOLS["packages"]) == sorted(".".join(folder.relative_to(ROOT).parts) for folder in folders)


def test_every_dependency_has_one_exact_pin_that_suits_it() -> None:
    lines = re.findall(r"^[A-Za-z].*?(?=\s+#|$)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    pins = {pin.name.lower(): pin.specifier for pin in map(Requirement, lines)}
    assert len(pins) == len(lines)
    assert [str(pin) for pin in pins.values() if not re.fullmatch(r"==[\w.]+", str(pin))] == []
    for wanted in map(Requirement, PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]):
        assert wanted.specifier.contains(str(pins[wanted.name.lower()]).removeprefix("==")), wanted
