"""The process that runs recipes: JSON requests on stdin, one per line, JSON events on stdout, until stdin ends.

A request: {"id": any text, "recipe": "digit_net", "module": "assets.recipes.ch01_neural_network",
"store": "build/store", "configs": {"digits": {"hidden": 16, ...}}, "assets": {"some_recipe": "<object id>"}}.
The events of a job, each with the request's id: any number of {"event": "progress", "recipe", "step", "steps",
"figures"}, then one {"event": "done", "recipe", "object", "cpu_s", "peak_mb"} or {"event": "failed", "recipe",
"error", "where", "traceback"}. What a recipe prints goes to stderr.
"""

import importlib
import inspect
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from assets.process import die_with_parent, peak_mb
from assets.recipe import Recipe, Run, run_recipe
from assets.remedies import remedy, sentence
from assets.store import AssetError, Store, load_asset, save_asset
from models.configs import make_config
from models.suggest import did_you_mean

Send = Callable[[Mapping[str, Any]], None]

REPORTS_PER_S = 10


def main() -> None:
    """Serves requests until stdin ends; dies with the process that started it (on Linux at once)."""
    die_with_parent()
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a print inside a recipe must not land between the events
    serve(sys.stdin, events)


def serve(requests: TextIO, events: TextIO) -> None:
    """Answers each line of requests with events; a job that fails is an event and not the end."""

    def send(job: str, event: Mapping[str, Any]) -> None:
        events.write(json.dumps({"id": job, **event}) + "\n")
        events.flush()

    for line in requests:
        request = json.loads(line)
        answer(request, partial(send, request["id"]))


def answer(request: Mapping[str, Any], send: Send) -> None:
    """Runs one recipe, saves its asset, and sends its progress and its end."""
    name, started = request["recipe"], time.process_time()
    try:
        recipe = find_recipe(request["module"], name)
        run_on_one_thread()
        store = Store(Path(request["store"]))
        configs = {model: make_config(model, request["configs"][model]) for model in recipe.configs}
        assets = {need: load_asset(store, need, request["assets"][need]) for need in recipe.needs}
        checked = run_recipe(recipe, Run(configs, assets, reporter(name, send)))
        object_id = save_asset(store, name, *checked)
    except Exception as error:  # the border of the process: whatever a recipe raises becomes an event
        text = sentence(error) if remedy(error) else str(error) or type(error).__name__
        where = where_raised(error, request["module"], name)
        send({"event": "failed", "recipe": name, "error": text, "where": where, "traceback": traceback.format_exc()})
    else:
        cpu_s = round(time.process_time() - started, 3)
        send({"event": "done", "recipe": name, "object": object_id, "cpu_s": cpu_s, "peak_mb": peak_mb()})


def find_recipe(module: str, name: str) -> Recipe:
    """The recipe of that name in a module.

    Raises: AssetError when the module holds no such recipe.
    """
    members = vars(importlib.import_module(module))
    recipes = {member: value for member, value in members.items() if isinstance(value, Recipe)}
    if name not in recipes:
        have = ", ".join(recipes) or "none"
        raise AssetError(f"{module} has no recipe '{name}'; it has {have}.{did_you_mean(name, recipes)}")
    return recipes[name]


def reporter(name: str, send: Send) -> Callable[[int, int, Mapping[str, float]], None]:
    """A report that sends the last step always and others at most ten times a second."""
    sent = -1.0

    def report(step: int, steps: int, figures: Mapping[str, float]) -> None:
        nonlocal sent
        now = time.monotonic()
        if step == steps or now - sent >= 1 / REPORTS_PER_S:
            sent = now
            send({"event": "progress", "recipe": name, "step": step, "steps": steps, "figures": dict(figures)})

    return report


def where_raised(error: Exception, module: str, name: str) -> str:
    """`file:line` of the recipe's own line that failed: where it raised, else where the recipe is defined."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(error.filename)}:{error.lineno}"
    source = getattr(sys.modules.get(module), "__file__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == source]
    if own:
        return f"{_shown(own[-1].filename)}:{own[-1].lineno}"
    recipe = getattr(sys.modules.get(module), name, None)
    if isinstance(recipe, Recipe):
        lines, first = inspect.getsourcelines(recipe.make)
        return f"{_shown(inspect.getfile(recipe.make))}:{first + _before_def(lines)}"
    return _shown(source) if source else f"module {module}"


def run_on_one_thread() -> None:
    """Keeps torch on one thread, which makes sums repeatable; torch is imported by the first job."""
    import torch

    torch.set_num_threads(1)


def _before_def(lines: list[str]) -> int:
    return next((i for i, line in enumerate(lines) if line.lstrip().startswith("def ")), 0)


def _shown(path: str) -> str:
    """A path as people know it: relative to the current folder where it lies inside."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


if __name__ == "__main__":
    main()
