# Every command runs in .venv, which `setup` makes from constraints.txt and keeps up to date.
# CHAPTER, QUALITY, VOICE, SCENE, BENCH, KIT and SET ("digits.hidden=32 digits.seed=3") are passed on; PYTHON and
# TORCH_INDEX are read by bootstrap.sh from the environment, where make puts them.
PY := .venv/bin/python
set := $(foreach pair,$(SET),--set $(pair))
film := --quality $(or $(QUALITY),preview) $(if $(VOICE),--voice $(VOICE)) $(set)
PYTEST := $(PY) -m pytest -n auto --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup chapter preview gallery assets test check lint format bench clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv ready; PYTHON=python3.12 chooses the interpreter, TORCH_INDEX= an extra index for torch
	@bash bootstrap.sh

chapter: setup ## render a chapter; CHAPTER=1 QUALITY=preview|draft|final|4k VOICE= SET="digits.hidden=32"
	$(PY) -m cli render $(or $(CHAPTER),1) $(film)

preview: setup ## render one scene, fast; SCENE=HeldNumber QUALITY= VOICE= SET=
	$(PY) -m cli preview $(SCENE) $(film)

gallery: setup ## every component of the kit, still and moving, on build/gallery/index.html; QUALITY= SET=
	$(PY) -m cli gallery --quality $(or $(QUALITY),preview) $(set)

assets: setup ## retrain what a changed model makes stale; SET=
	$(PY) -m cli assets $(set)

test: setup ## run all tests
	$(PYTEST)

check: setup ## run the fast tests (the lint of the picture is `tensorreel check`)
	$(PYTEST) -m "not slow"

lint: setup ## check format, lint and types
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

format: setup ## set the format and fix what ruff can fix
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench: setup ## time our drawing, then the kit, against manim's; BENCH="--quick Words" KIT="plot reel" for a small round
	$(PY) -m tests.bench.render $(BENCH)
	$(PY) -m tests.bench.kit $(KIT)

clean: ## remove build/: films, clips, voices, arrays, downloaded data
	rm -rf build
