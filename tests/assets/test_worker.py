import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.store import Store, load_asset

ROOT = Path(__file__).parents[2]
RECIPES = """
import time

import numpy as np
import torch

from assets.recipe import Product, recipe


@recipe(configs=("digits",), axes={"seed": (), "threads": ()})
def seeds(run):
    print("a word that must not land between the events")
    for step in range(101):
        run.report(step, 100, {"loss": 1 - step / 100})
    return Product({"seed": run.configs["digits"].seed, "threads": torch.get_num_threads()}, {"model": "none"})


@recipe(needs=("seeds",), axes={"twice": ()})
def twice(run):
    return Product({"twice": 2 * run.assets["seeds"]["seed"]}, {})


@recipe(axes={"x": ()})
def raising(run):
    return helper({})


def helper(given):
    return given["missing"]


@recipe(axes={"x": ("row",)})
def flat(run):
    return Product({"x": np.ones((2, 3))}, {})


@recipe(axes={"x": ()})
def full(run):
    raise OSError(28, "No space left on device")


@recipe(axes={"x": ()})
def outside(run):
    return np.ones(3).reshape(2)
"""


def line_of(text):
    return 1 + [line.strip() for line in RECIPES.split("\n")].index(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worker")
    (folder / "own_recipes.py").write_text(RECIPES)
    (folder / "broken_recipes.py").write_text("x = 1\ndef f(:\n")
    return folder


def start(folder, **streams):
    paths = os.pathsep.join([str(ROOT), str(folder)])
    return subprocess.Popen(
        [sys.executable, "-m", "assets.worker"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": paths},
        text=True,
        **streams,
    )


@pytest.fixture(scope="module")
def ask(folder):
    """Sends one request to a running worker and gives the events of its job."""
    with start(folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as worker:

        def ask(recipe, module="own_recipes", configs=None, assets=None):
            request = {"id": f"asset/{recipe}", "recipe": recipe, "module": module, "store": str(folder / "store")}
            request |= {"configs": configs or {}, "assets": assets or {}}
            worker.stdin.write(json.dumps(request) + "\n")
            worker.stdin.flush()
            events = [json.loads(worker.stdout.readline())]
            while events[-1]["event"] == "progress":
                events.append(json.loads(worker.stdout.readline()))
            assert {event.pop("id") for event in events} == {f"asset/{recipe}"}
            return events

        yield ask
        worker.stdin.close()
        assert worker.wait(timeout=10) == 0  # the end of stdin is the end of the worker
        assert worker.stderr.read() == "a word that must not land between the events\n"


@pytest.fixture(scope="module")
def seeds(ask):
    return ask("seeds", configs={"digits": {"seed": 5}})


def test_a_job_ends_with_its_object_in_the_store(seeds, folder):
    done = seeds[-1]
    assert (done["event"], done["recipe"]) == ("done", "seeds")
    assert done["cpu_s"] > 0
    asset = load_asset(Store(folder / "store"), "seeds", done["object"])
    assert asset["seed"] == 5
    assert asset["threads"] == 1
    assert asset.provenance["configs"]["digits"]["seed"] == 5


def test_progress_comes_ten_times_a_second_at_most_with_first_and_last(seeds):
    progress = seeds[:-1]
    assert progress[0] == {"event": "progress", "recipe": "seeds", "step": 0, "steps": 100, "figures": {"loss": 1.0}}
    assert progress[-1] == {"event": "progress", "recipe": "seeds", "step": 100, "steps": 100, "figures": {"loss": 0.0}}
    assert len(progress) < 20


def test_a_recipe_gets_the_assets_it_needs(ask, seeds, folder):
    done = ask("twice", assets={"seeds": seeds[-1]["object"]})[-1]
    assert load_asset(Store(folder / "store"), "twice", done["object"])["twice"] == 10


def test_a_recipe_that_raises_fails_at_its_own_line(ask, folder):
    failed = ask("raising")[-1]
    line = line_of('return given["missing"]')
    assert (failed["event"], failed["recipe"], failed["error"]) == ("failed", "raising", "'missing'")
    assert failed["where"] == f"{folder / 'own_recipes.py'}:{line}"
    assert failed["traceback"].startswith("Traceback (most recent call last):\n")
    assert failed["traceback"].endswith("KeyError: 'missing'\n")


def test_an_error_of_the_system_says_what_to_do(ask):
    assert ask("full")[-1]["error"] == "No space left on device: free some space; what was finished is kept."


def test_an_error_inside_a_library_is_placed_at_the_recipes_line(ask, folder):
    failed = ask("outside")[-1]
    assert failed["where"] == f"{folder / 'own_recipes.py'}:{line_of('return np.ones(3).reshape(2)')}"


def test_wrong_axes_fail_at_the_recipes_definition(ask, folder):
    failed = ask("flat")[-1]
    assert failed["error"] == "Recipe 'flat' returned 'x' with 2 axes, (2, 3); it declares row."
    assert failed["where"] == f"{folder / 'own_recipes.py'}:{line_of('def flat(run):')}"


def test_an_unknown_recipe_fails_with_the_nearest(ask):
    failed = ask("sedes")[-1]
    assert failed["error"] == (
        "own_recipes has no recipe 'sedes'; it has seeds, twice, raising, flat, full, outside. Did you mean 'seeds'?"
    )


def test_a_module_that_does_not_parse_fails_at_its_line(ask, folder):
    failed = ask("f", module="broken_recipes")[-1]
    assert failed["where"] == f"{folder / 'broken_recipes.py'}:2"


def test_a_module_that_is_missing_fails_by_name(ask):
    failed = ask("f", module="assets.recipes.ch99_missing")[-1]
    assert failed["error"] == "No module named 'assets.recipes.ch99_missing'"
    assert failed["where"] == "module assets.recipes.ch99_missing"


def test_a_damaged_or_missing_asset_fails_and_the_worker_lives_on(ask, seeds):
    failed = ask("twice", assets={"seeds": "0" * 64 + ".safetensors"})[-1]
    assert failed["event"] == "failed"
    assert failed["error"].startswith("The stored object 0000")
    assert ask("twice", assets={"seeds": seeds[-1]["object"]})[-1]["event"] == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_worker_dies_with_its_parent_even_while_its_stdin_stays_open(folder):
    parent_code = (
        "import subprocess, sys, time\n"
        "worker = subprocess.Popen([sys.executable, '-m', 'assets.worker'])\n"
        "print(worker.pid, flush=True); time.sleep(60)\n"
    )
    read_end, write_end = os.pipe()
    out_read, out_write = os.pipe()
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code], cwd=ROOT, stdin=read_end, stdout=out_write, stderr=subprocess.DEVNULL
    )
    os.close(out_write)
    os.close(read_end)
    try:
        with os.fdopen(out_read) as lines:
            pid = int(lines.readline())
            request = json.dumps({"id": "", "recipe": "f", "module": "no_such_module"})
            os.write(write_end, f"{request}\n".encode())
            assert json.loads(lines.readline())["event"] == "failed"  # by now it has asked to die with its parent
            parent.kill()
            parent.wait()
            assert lines.read() == ""  # the last holder of the other end is gone
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}/stat").exists() and time.monotonic() < deadline:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                break  # dead; whoever adopted it has not looked yet
            time.sleep(0.02)
        assert time.monotonic() < deadline
    finally:
        os.close(write_end)
        parent.kill()
