"""Imports point one way, each heavy library has a home, and scenes draw without torch and without chance."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("models", "assets", "scenes", "render", "cli")  # each may import itself and those before it
HOMES = {
    "torch": ("models", "assets"),
    "sklearn": ("models", "assets"),
    "safetensors": ("assets",),
    "manim": ("scenes", "render"),
    "av": ("render",),
    "espeakng_loader": ("render",),
    "ffmpeg": ("render",),
    "imageio_ffmpeg": ("render",),
    "pydub": ("render",),
    "spellchecker": ("render",),
    "piper": ("render",),
    "PIL": ("render",),
    "playwright": (),  # plays pages in tests
    "srt": ("render",),
    "tqdm": ("render",),
    "watchdog": ("render",),
    "numba": ("render",),
    "click": ("cli",),
}
TORCH_FREE = ("models.configs", "assets.store")  # read by planning and by scenes
HOME_FOLDER = re.compile(r"/(?:home|Users|root)/\w")
CHANCE = ("random", "numpy.random")
BLOCKED = """
import importlib, sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
assert "torch" not in sys.modules
"""


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of whatever is imported, inside functions too; `from a import b` gives a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def import_complaint(module: str, name: str) -> str | None:
    layer, top = module.partition(".")[0], name.partition(".")[0]
    if name.startswith("."):
        return "is relative"
    if name.endswith(".*"):
        return "is a star import"
    if top in LAYERS and LAYERS.index(top) > LAYERS.index(layer):
        return f"points from {layer} up to {top}"
    if layer == "scenes" and top == "assets" and not within(name, "assets.store"):
        return "reaches past assets.store"
    if layer == "scenes" and any(within(name, chance) for chance in CHANCE):
        return "brings chance into a scene"
    if top in HOMES and layer not in HOMES[top]:
        return f"is at home in {' and '.join(HOMES[top])} only"
    if top == "torch" and module in TORCH_FREE:
        return "would load torch where planning or a scene cannot"
    return None


def complaints(path: str, source: str) -> list[str]:
    """What in one project file breaks a rule of the layers, as "path:line: name: why"."""
    tree, module = ast.parse(source), module_name(path)
    found = [f"{path}:{line}: {name}: {why}" for line, name in imports(tree) if (why := import_complaint(module, name))]
    if module.startswith("scenes"):
        chance = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "random")
        found += [
            f"{path}:{node.lineno}: {ast.unparse(node)}: brings chance into a scene"
            for node in chance
            if ast.unparse(node) in ("np.random", "numpy.random")
        ]
    if source.strip() and not ast.get_docstring(tree):
        found.append(f"{path}:1: has no docstring")
    return found


def project_files() -> list[Path]:
    return sorted(
        path for layer in LAYERS for path in [*(ROOT / layer).rglob("*.py"), ROOT / f"{layer}.py"] if path.is_file()
    )


def import_without_torch(root: Path, modules: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCKED, str(root), *modules]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


@pytest.mark.parametrize("path", project_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_keeps_to_its_layer(path: Path) -> None:
    assert complaints(path.relative_to(ROOT).as_posix(), path.read_text()) == []


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("models/digits.py", "import assets.store", "assets.store: points from models up to assets"),
        ("assets/store.py", "def f():\n    from scenes import base", "scenes.base: points from assets up to scenes"),
        ("scenes/base.py", "from render.keys import key", "render.keys.key: points from scenes up to render"),
        ("render/keys.py", "import cli", "cli: points from render up to cli"),
        ("scenes/base.py", "from assets import capture", "assets.capture: reaches past assets.store"),
        ("scenes/base.py", "import assets", "assets: reaches past assets.store"),
        ("scenes/kit/dot.py", "import random", "random: brings chance into a scene"),
        ("scenes/kit/dot.py", "from numpy import random", "numpy.random: brings chance into a scene"),
        ("scenes/kit/dot.py", "np.random.rand(3)", "np.random: brings chance into a scene"),
        ("scenes/base.py", "import torch.nn", "torch.nn: is at home in models and assets only"),
        ("models/configs.py", "import torch", "torch: would load torch where planning or a scene cannot"),
        ("models/digits.py", "import manim", "manim: is at home in scenes and render only"),
        ("scenes/base.py", "from pydub import AudioSegment", "pydub.AudioSegment: is at home in render only"),
        ("render/keys.py", "import click", "click: is at home in cli only"),
        ("scenes/base.py", "from manim import *", "manim.*: is a star import"),
        ("scenes/base.py", "from . import theme", "..theme: is relative"),
    ],
)
def test_a_wrong_import_is_named(path: str, line: str, found: str) -> None:
    number = 1 + line.count("\n") + 1
    assert complaints(path, f'"""Made up."""\n{line}\n') == [f"{path}:{number}: {found}"]


def test_a_right_file_has_no_complaint() -> None:
    assert (
        complaints("scenes/ch01/dot.py", '"""A dot."""\nfrom assets.store import Asset\nfrom manim import Dot\n') == []
    )
    assert complaints("assets/recipes/ch01.py", '"""A net."""\nimport torch\nfrom models.digits import train\n') == []
    assert complaints("cli.py", '"""Commands."""\nimport click\nfrom render.build import build\n') == []
    assert complaints("scenes/__init__.py", "") == []


def test_a_file_without_a_docstring_is_named() -> None:
    assert complaints("models/tap.py", "x = 1\n") == ["models/tap.py:1: has no docstring"]


def test_every_scene_module_imports_without_torch() -> None:
    modules = [module_name(path.relative_to(ROOT).as_posix()) for path in project_files()]
    done = import_without_torch(ROOT, [name for name in modules if within(name, "scenes")])
    assert done.returncode == 0, done.stderr


def test_a_scene_that_needs_torch_fails_to_import(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("import torch.nn\n")
    done = import_without_torch(tmp_path, ["wrong"])
    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: torch is blocked\n")


@pytest.mark.parametrize("folder", ["home", "Users", "root"])
def test_a_home_folder_is_found(folder: str) -> None:
    assert HOME_FOLDER.search(f'open("/{folder}/ada/data")')


def test_no_file_names_a_home_folder() -> None:
    texts = [path for path in ROOT.glob("*.*") if path.suffix in (".md", ".py", ".sh", ".toml", ".txt")]
    texts += [ROOT / "Makefile", ROOT / ".ci" / "run", *project_files(), *(ROOT / "tests").rglob("*.py")]
    assert [str(path) for path in texts if HOME_FOLDER.search(path.read_text())] == []
