"""What the gallery says of a component, read from source: its name, what it is, how it is made, a short example."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

from models.folders import ROOT
from render.catalog import SceneInfo

KIT = "scenes.kit."


@dataclass(frozen=True)
class Exhibit:
    """A gallery scene as the page shows it: ``signature`` of the component, ``code`` of the scene's construct."""

    scene: str
    title: str
    component: str
    says: str
    signature: str
    code: str


def exhibit(scene: SceneInfo, root: Path = ROOT) -> Exhibit:
    """The page's words for one scene.

    The component is the class that its file imports from the kit's module of the same name, and uses first.
    """
    path = root / (scene.module.replace(".", "/") + ".py")
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == scene.name)
    module, component = _component(tree, body, path.stem)
    says, signature = _declared(root, module, component)
    return Exhibit(scene.name, scene.narration.title, component, says, signature, _code(source, body))


def _component(tree: ast.Module, body: ast.ClassDef, stem: str) -> tuple[str, str]:
    """Module and name of the kit's class that the scene is about."""
    made = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(KIT)
        for alias in node.names
        if alias.name[0].isupper() and not alias.name.isupper()
    }
    used = [node.id for node in ast.walk(body) if isinstance(node, ast.Name) and node.id in made]
    own = [name for name in used if made[name] == KIT + stem]
    name = (own or used)[0]
    return str(made[name]), name


def _declared(root: Path, module: str, name: str) -> tuple[str, str]:
    """The first sentence of a class's docstring, and how it is constructed: parameters with their defaults."""
    body = _tree(root / (module.replace(".", "/") + ".py")).body
    node = next((n for n in body if isinstance(n, ast.ClassDef) and n.name == name), None)
    if node is None:  # the module hands on what another defines
        imports = (n for n in body if isinstance(n, ast.ImportFrom) and name in {alias.name for alias in n.names})
        return _declared(root, str(next(imports).module), name)
    says = (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")
    makers = (n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    maker = next(makers, None)
    return says, f"{name}({_parameters(maker.args) if maker else '...'})"


@lru_cache(maxsize=64)
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _parameters(args: ast.arguments) -> str:
    """Parameters without self and without types, as one would write a call."""
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)][1:]
    late: list[ast.expr | None] = [None] * (len(names) - len(args.defaults))
    shown = [_one(name, default) for name, default in zip(names, [*late, *args.defaults], strict=True)]
    if args.kwonlyargs:
        shown += ["*", *(_one(arg.arg, d) for arg, d in zip(args.kwonlyargs, args.kw_defaults, strict=True))]
    return ", ".join(shown)


def _one(name: str, default: ast.expr | None) -> str:
    return name if default is None else f"{name}={ast.unparse(default)}"


def _code(source: str, body: ast.ClassDef) -> str:
    """The lines of a scene's construct, moved to the left margin."""
    construct = next(n for n in body.body if isinstance(n, ast.FunctionDef) and n.name == "construct")
    first = construct.body[0].lineno - 1
    return dedent("\n".join(source.splitlines()[first : construct.end_lineno]))
