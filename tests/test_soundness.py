"""Keys are sound: every project function that a scene or recipe runs, and every file it reads, is in its key."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from render.catalog import recipes
from render.keys import sources
from render.symbols import STATEMENTS, load, module_path
from scenes.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[1]
RECIPES = {name: info for name, info in recipes(ROOT).items() if info.module.rpartition(".")[2].startswith("ch")}
SCENES = tuple(spec for chapter in CHAPTERS for spec in chapter.scenes)

WATCH = """
import json, sys
from pathlib import Path
root, tmp, kind, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
sys.path[:0] = [str(root), str(root / "tests" / "scenes")]
ran, opened = set(), set()

def profile(frame, event, argument):
    code = frame.f_code
    path = code.co_filename
    ours = path.startswith(str(root)) and "/tests/" not in path and "/.venv/" not in path
    if event == "call" and ours and code.co_flags & 2:  # CO_NEWLOCALS: a function, not the body of a module or class
        ran.add((path, code.co_qualname.split(".")[0], code.co_firstlineno))

def audit(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.add(str(Path(arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]).absolute()))

def make_assets(store):
    from conftest import made_up
    from assets.store import save_asset
    return {
        name: save_asset(store, name, dict(asset.arrays), asset.axes, asset.units, dict(asset.provenance))
        for name, asset in made_up(1)._assets.items()
    }

from dataclasses import asdict
from assets.store import Store
store = Store(tmp / "store")
if kind == "scene":
    ids = make_assets(store)
    for name in [m for m in sys.modules if m.split(".")[0] in ("models", "assets", "scenes", "render")]:
        del sys.modules[name]  # imports count too: they run again under the hooks
sys.addaudithook(audit)
sys.setprofile(profile)
if kind == "scene":
    from render.quality import Quality
    from render import film
    import importlib, tomllib
    module, _, name = what.partition(":")
    chapter = root / "scenes" / module.split(".")[0] / "narration.en.toml"
    sys.setprofile(None)
    cues = tomllib.loads(chapter.read_text())[name]["lines"]
    sys.setprofile(profile)
    opened.clear()
    film.film(
        {"id": "x", "scene": what, "quality": asdict(Quality("tiny", 160, 90, 15, "ultrafast", 23)), "stills": False,
         "store": str(store.root), "assets": ids, "durations": dict.fromkeys(cues, 0.6)},
        Path(tmp), None, lambda frames: None, lambda error: ("", ""))
else:
    from assets import worker
    from models.configs import make_config
    from render.catalog import recipes
    known, made = recipes(root), {}

    def make(recipe):
        info = known[recipe]
        for need in info.needs:
            if need not in made:
                make(need)
        if recipe == what:
            ran.clear(); opened.clear()
        answers = []
        worker.answer({"recipe": recipe, "module": info.module, "store": str(store.root),
                       "configs": {name: asdict(make_config(name, {"epochs": 1})) for name in info.configs},
                       "assets": {need: made[need] for need in info.needs}}, answers.append)
        made[recipe] = answers[-1]["object"]

    make(what)
sys.setprofile(None)
json.dump({"ran": sorted(ran), "opened": sorted(opened)}, sys.stdout)
"""


def watched(tmp_path, kind, what):
    command = [sys.executable, "-c", WATCH, str(ROOT), str(tmp_path), kind, what]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def missing(seen, labels):
    """Functions that ran and are in no label; lambdas and the like at module level belong to their statement."""
    lost = []
    for path, name, line in seen["ran"]:
        module = ".".join(Path(path).relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        known = {label.removeprefix(f"source {module}.") for label in labels if label.startswith(f"source {module}.")}
        statements = f"source {module} (statements)" in labels
        if name not in known and not (name.startswith("<") and (known or statements)):
            lost.append(f"{module}.{name}:{line}")
    return lost


def idle(module, seen):
    """Whether importing a module only defines functions and classes, and none of them ran."""
    path = module_path(module, ROOT)
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(path.read_bytes()).body)
    return defines and STATEMENTS not in load(module, ROOT).symbols and str(path) not in {ran[0] for ran in seen["ran"]}


def foreign_files(seen, labels, tmp_path):
    """Files of the project that were read though no label covers them.

    A module of definitions that is imported for a neighbour in the same file, and of which nothing runs, counts for
    nothing. Libraries are covered by their versions. torch lists the entry points of every installed package when it is
    imported, this one's among them: that is what `tensorreel.egg-info` is read for.
    """
    modules = {label.split(" ")[1].rsplit(".", 1)[0] for label in labels} | {label.split(" ")[1] for label in labels}
    lost = []
    for name in seen["opened"]:
        path = Path(name)
        inside = path.is_relative_to(ROOT) and ".venv" not in path.parts
        if not inside or path.is_relative_to(tmp_path) or {"__pycache__", "tensorreel.egg-info"} & set(path.parts):
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if path.suffix != ".py" or (module not in modules and path.stat().st_size and not idle(module, seen)):
            lost.append(str(path.relative_to(ROOT)))
    return lost


@pytest.mark.slow
@pytest.mark.parametrize("spec", SCENES)
def test_all_that_a_scene_runs_and_reads_is_in_its_key(tmp_path, spec):
    labels = sources(f"scenes.{spec}", "render.server")
    seen = watched(tmp_path, "scene", spec)
    assert missing(seen, labels) == []
    assert foreign_files(seen, labels, tmp_path) == []
    without = {label for label in labels if label != "source scenes.kit.typeset.glyph"}
    assert [lost.partition(":")[0] for lost in missing(seen, without)] == ["scenes.kit.typeset.glyph"]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_all_that_a_recipe_runs_and_reads_is_in_its_key(tmp_path, recipe):
    labels = sources(f"{RECIPES[recipe].module}:{recipe}", "assets.worker")
    seen = watched(tmp_path, "recipe", recipe)
    assert missing(seen, labels) == []
    assert foreign_files(seen, labels, tmp_path) == []
    own = f"source {RECIPES[recipe].module}.{recipe}"
    assert {lost.partition(":")[0] for lost in missing(seen, set(labels) - {own})} == {own.removeprefix("source ")}
