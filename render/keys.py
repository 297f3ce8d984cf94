"""What a job's result depends on: source that counts, library versions, data; and the digest of it all.

The source closure goes from symbol to symbol: a class, the functions and constants it names, those that they name.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.folders import ROOT
from render.symbols import STATEMENTS, Module, digest, load, module_path

_WALKS: dict[tuple[Path, tuple[str, ...]], "_Reach"] = {}  # of this process; each counts until one of its files changes


def key_of(parts: Mapping[str, str]) -> str:
    """Static key of a job: a digest of everything it is made from but the arrays it will read."""
    return digest(json.dumps(dict(parts), sort_keys=True))


def sources(*roots: str, root: Path = ROOT) -> dict[str, str]:
    """Labels ``source module.symbol`` with the digest of each project symbol that the roots reach, and of the roots.

    A root is a module, with all that is in it, or ``module:symbol``. What a module does when it is imported stands
    under ``source module (statements)``; where a name cannot be resolved its whole module counts, under
    ``source module (whole: ...)``.
    """
    reach = _WALKS.get((root, roots))
    if reach is None or reach.is_stale():
        reach = _WALKS[root, roots] = _Reach(root)
        for name in roots:
            module, _, symbol = name.partition(":")
            if symbol:
                reach.resolve(module, symbol)
            else:
                reach.whole(module)
    return dict(reach.labels)


class _Reach:
    """The walk from symbol to symbol: each is followed once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.labels: dict[str, str] = {}
        self.imported: set[str] = set()
        self.loaded: dict[str, Module | None] = {}
        self.changed_ns: dict[Path, int] = {}  # of the files that were met, from before they were read

    def is_stale(self) -> bool:
        """Whether a file that was met is another one now."""
        return any(_changed_ns(path) != then for path, then in self.changed_ns.items())

    def load(self, name: str) -> Module | None:
        """A module as it was when this walk first met it, None if it is not ours."""
        if name not in self.loaded:
            path = module_path(name, self.root)
            if path is not None:
                self.changed_ns[path] = _changed_ns(path)
            self.loaded[name] = load(name, self.root)
        return self.loaded[name]

    def resolve(self, module_name: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> None:
        """Follow a name of a module to its definition, through re-exports; the whole module if it is not there."""
        module = self._enter(module_name)
        if module is None or (module_name, name) in seen:
            return
        if name in module.symbols and name != STATEMENTS:
            self._follow(module, name)
        elif name in module.imports:
            self._follow_binding(module.imports[name], (), seen | {(module_name, name)})
        elif self.load(f"{module_name}.{name}") is not None:
            self._enter(f"{module_name}.{name}")
        elif not self._follow_star(module, name):
            self.whole(module_name, f"it has no '{name}' that can be seen")

    def whole(self, module_name: str, why: str = "") -> None:
        """Everything in a module."""
        module = self._enter(module_name)
        if module is None:
            return
        if why:
            code = "\n".join(line for name in sorted(module.symbols) for line in module.symbols[name].code)
            self.labels[f"source {module_name} (whole: {why})"] = digest(code)
        for name in module.symbols:
            self._follow(module, name)
        for star in module.stars:
            self.whole(star)

    def _enter(self, name: str) -> Module | None:
        """Import a module: its packages' statements, its own, and those of all that it imports."""
        module = self.load(name)
        if module is None or name in self.imported:
            return module
        self.imported.add(name)
        if "." in name:
            self._enter(name.rpartition(".")[0])
        for other in sorted({*module.imported, *module.stars}):
            self._enter(other)
        if STATEMENTS in module.symbols:
            self._follow(module, STATEMENTS)
        return module

    def _follow(self, module: Module, name: str) -> None:
        definition = module.symbols[name]
        label = f"source {module.name}.{name}" if name else f"source {module.name} (statements)"
        if label in self.labels:
            return
        self.labels[label] = definition.code[0]
        for target in definition.imports.values():
            self._enter(target[0])
        for chain in sorted(definition.names):
            binding = definition.imports.get(chain[0]) or module.imports.get(chain[0])
            if chain[0] in module.symbols and chain[0] not in definition.imports:
                self._follow(module, chain[0])
            elif binding is not None:
                self._follow_binding(binding, chain[1:], frozenset())
            else:
                self._follow_star(module, chain[0])

    def _follow_star(self, module: Module, name: str) -> bool:
        """Follow a name that a star import of the module brings in, if one does."""
        for star in module.stars:
            other = self.load(star)
            if other is not None and (name in other.symbols or name in other.imports):
                self.resolve(star, name)
                return True
            if other is not None and self._follow_star(other, name):
                return True
        return False

    def _follow_binding(self, target: tuple[str, str], rest: tuple[str, ...], seen: frozenset[tuple[str, str]]) -> None:
        """Follow what an import bound, and the attributes taken of it as far as they are modules."""
        module_name, name = target
        if module_path(module_name, self.root) is None:
            return
        if name:
            if self.load(f"{module_name}.{name}") is None:
                self.resolve(module_name, name, seen)
                return
            module_name = f"{module_name}.{name}"
        while rest and self.load(f"{module_name}.{rest[0]}") is not None:
            module_name, rest = f"{module_name}.{rest[0]}", rest[1:]
        if rest:
            self.resolve(module_name, rest[0], seen)
        else:
            self.whole(module_name, "it is used as an object")


def _changed_ns(path: Path) -> int:
    """When a file was changed last, -1 if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return -1


@lru_cache(maxsize=64)
def library(name: str) -> str:
    """Installed version of a distribution, "absent" when there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def libraries(*names: str) -> dict[str, str]:
    """Labels ``library <name>`` with installed versions."""
    return {f"library {name}": library(name) for name in names}
