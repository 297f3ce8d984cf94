"""What a job's result depends on: source that counts, library versions, data; and the digest of it all.

The source closure follows project imports from a module. Comments, docstrings and formatting do not count.
"""

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.folders import ROOT

PROJECT = ("models", "assets", "scenes", "render")


def key_of(parts: Mapping[str, str]) -> str:
    """Static key of a job: a digest of everything it is made from but the arrays it will read."""
    return digest(json.dumps(dict(parts), sort_keys=True))


def digest(text: str) -> str:
    """A short hex digest of a text, wide enough (96 bits) that no two parts meet by chance."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def sources(*modules: str, root: Path = ROOT) -> dict[str, str]:
    """Labels ``source <module>`` with the digest of each project module that these import, themselves included."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = module_path(module, root)
        if path is None or f"source {module}" in found:
            continue
        code, imports = _read(path, root, path.stat().st_mtime_ns)
        found[f"source {module}"] = code
        waiting += imports
        if "." in module:
            waiting.append(module.rpartition(".")[0])
    return found


def module_path(module: str, root: Path = ROOT) -> Path | None:
    """The file of a project module or package, None for anything else."""
    if module.split(".")[0] not in PROJECT:
        return None
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


@lru_cache(maxsize=512)
def _read(path: Path, root: Path, mtime_ns: int) -> tuple[str, tuple[str, ...]]:
    """Digest of a file's code, and the project modules it imports; ``mtime_ns`` makes an edit a new entry."""
    source = path.read_bytes()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a broken file still has a key; running it reports the error with its line
        return digest(source.decode("latin-1")), ()
    imports = tuple(dict.fromkeys(_imports(tree)))
    return digest(ast.dump(_without_docstrings(tree))), imports


def _imports(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:] or [ast.Pass()]
    return tree


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
