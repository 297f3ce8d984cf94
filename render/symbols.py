"""What a module defines, by symbol, and which other symbols each definition names: read from source, never imported.

A symbol is a top-level function, class or assigned name. Statements that do something when a module is imported
(calls, loops, conditions, assignments that call) belong to the module as a whole: they count for everyone who imports
it. Comments, docstrings, formatting and the order of imports are not seen.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.folders import ROOT
from render.parsed import kept

PROJECT = ("models", "assets", "scenes", "render")
STATEMENTS = ""  # the name under which a module's own statements stand
QUIET_DECORATORS = {"recipe"}  # of ours: they wrap one definition and leave no trace anywhere else

Chain = tuple[str, ...]  # a dotted name, such as ("plot", "curve")
Target = tuple[str, str]  # module and name in it; a name of "" is the module itself


@dataclass
class Definition:
    """One symbol: a digest of its code without docstrings, the dotted names in it, and what it imports for itself.

    While a module is parsed ``code`` holds the statements themselves, one after the other.
    """

    code: list[str] = field(default_factory=list)
    names: set[Chain] = field(default_factory=set)
    imports: dict[str, Target] = field(default_factory=dict)


@dataclass
class Module:
    """A module's symbols, its import bindings, and the modules that importing it imports."""

    name: str
    symbols: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, Target] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    broken: bool = False

    def define(self, name: str, node: ast.AST) -> None:
        """Add a statement to a symbol; several statements may define one name."""
        definition = self.symbols.setdefault(name, Definition())
        definition.code.append(ast.dump(node))
        definition.names |= set(_chains(node))
        for statement in ast.walk(node):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                definition.imports.update(_bindings(statement))


def digest(text: str) -> str:
    """A short hex digest of a text, wide enough (96 bits) that no two parts meet by chance."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@lru_cache(maxsize=8192)
def module_path(module: str, root: Path) -> Path | None:
    """The file of a project module or package, None for anything else."""
    if module.split(".")[0] not in PROJECT:
        return None
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


def load(module: str, root: Path) -> Module | None:
    """A project module's symbols, None if it is not ours."""
    path = module_path(module, root)
    return None if path is None else _load(module, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _load(name: str, path: Path, mtime_ns: int) -> Module:
    """Read once per version of the file: ``mtime_ns`` makes an edit a new entry."""
    source = path.read_bytes()
    if path.is_relative_to(ROOT):
        return _from_json(name, kept().get(name, source, lambda: _to_json(_parsed(name, source))))
    return _from_json(name, _to_json(_parsed(name, source)))


def _parsed(name: str, source: bytes) -> Module:
    module = Module(name)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # still has a key; running it reports the error with its line
        module.symbols[STATEMENTS] = Definition([source.decode("latin-1")])
        module.broken = True
        return module
    _drop_docstrings(tree)
    for statement in tree.body:
        _add(module, statement)
    return module


def _to_json(module: Module) -> dict[str, Any]:
    """A module's symbols as JSON holds them, the code of each as one digest."""
    symbols = {
        name: [digest("\n".join(each.code)), sorted(".".join(chain) for chain in each.names), each.imports]
        for name, each in module.symbols.items()
    }
    rest = {"imports": module.imports, "imported": sorted(module.imported), "stars": module.stars}
    return {"symbols": symbols, "broken": module.broken, **rest}


def _from_json(name: str, told: dict[str, Any]) -> Module:
    symbols = {
        symbol: Definition([code], {tuple(chain.split(".")) for chain in names}, _targets(imports))
        for symbol, (code, names, imports) in told["symbols"].items()
    }
    return Module(
        name, symbols, _targets(told["imports"]), set(told["imported"]), list(told["stars"]), bool(told["broken"])
    )


def _targets(told: dict[str, list[str]]) -> dict[str, Target]:
    return {name: (module, symbol) for name, (module, symbol) in told.items()}


def _add(module: Module, statement: ast.stmt) -> None:
    match statement:
        case ast.Import() | ast.ImportFrom():
            _add_import(module, statement)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            module.define(statement.name, statement)
            _add_import_time(module, statement)
        case ast.Assign() | ast.AnnAssign() if (names := _plain_targets(statement)) and not _calls(statement):
            for name in names:
                module.define(name, statement)
        case ast.If() if _is_type_checking(statement):
            pass  # never runs
        case ast.Pass():
            pass
        case _:
            module.define(STATEMENTS, statement)
            for name in {*_bound(statement)}:
                module.define(name, statement)
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    _add_import(module, inner)


def _add_import(module: Module, statement: ast.Import | ast.ImportFrom) -> None:
    for name, target in _bindings(statement).items():
        if name == "*":
            module.stars.append(target[0])
        else:
            module.imports[name] = target
    if isinstance(statement, ast.ImportFrom):
        module.imported |= {statement.module or "", *(f"{statement.module}.{a.name}" for a in statement.names)}
    else:
        module.imported |= {alias.name for alias in statement.names}


def _add_import_time(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    """What runs when a definition is made, used or not: decorators, and calls in defaults and class bodies."""
    statements = module.symbols.get(STATEMENTS, Definition())
    for expression in _import_time(node):
        for call in ast.walk(expression):
            if isinstance(call, ast.Call):
                statements.names |= set(_chains(call.func))
    for decorator in _decorators(node):
        chain = next(_chains(decorator.func if isinstance(decorator, ast.Call) else decorator), ("",))
        statements.names.add(chain)
        origin = module.imports.get(chain[0], (module.name if chain[0] in module.symbols else "", ""))[0]
        if origin.split(".")[0] in PROJECT and chain[-1] not in QUIET_DECORATORS:
            statements.code.append(ast.dump(decorator))
    if statements.names or statements.code:
        module.symbols[STATEMENTS] = statements


def _decorators(node: ast.AST) -> Iterator[ast.expr]:
    """Decorators of a definition, and of those in its body if it is a class."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        for statement in node.body:
            yield from _decorators(statement)


def _import_time(node: ast.AST) -> Iterator[ast.AST]:
    """Expressions and statements of a definition that run when it is made."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *(keyword.value for keyword in node.keywords))
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _import_time(statement)
            else:
                yield statement
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None))


def _bindings(statement: ast.Import | ast.ImportFrom) -> dict[str, Target]:
    """Names that an import binds, each with the module and name that it stands for."""
    if isinstance(statement, ast.ImportFrom):
        return {alias.asname or alias.name: (statement.module or "", alias.name) for alias in statement.names}
    return {
        alias.asname or alias.name.split(".")[0]: (alias.name if alias.asname else alias.name.split(".")[0], "")
        for alias in statement.names
    }


def _chains(node: ast.AST) -> Iterator[Chain]:
    """Every dotted name in a piece of code, as long as it goes."""
    if isinstance(node, ast.Attribute | ast.Name):
        parts: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            yield from _chains(inner)
        elif parts or isinstance(inner.ctx, ast.Load):
            yield (inner.id, *reversed(parts))
        return
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


def _plain_targets(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = [name for target in targets for name in _target_names(target)]
    return [name for name in names if name] if all(names) else []


def _target_names(target: ast.expr) -> Iterable[str]:
    """Names that an assignment target binds; "" for one that changes something else, such as an item."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _target_names(element)]
    return [target.id] if isinstance(target, ast.Name) else [""]


def _calls(statement: ast.AST) -> bool:
    return any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement))


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a compound statement or an assignment with calls binds at module level."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _is_type_checking(statement: ast.If) -> bool:
    return ast.unparse(statement.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"} and not statement.orelse


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:] or [ast.Pass()]
