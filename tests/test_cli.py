"""The command line as a stranger meets it: whole outputs, exit codes, what it imports, and sentences for mistakes."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner

from assets.store import Store
from cli import main
from models.datasets import fingerprint
from render import catalog, report
from render.catalog import class_name, scene_info
from render.check.findings import Finding
from render.foreign import foreign_piece
from render.graph import Ledger, Trace
from render.jobs import chapter_jobs, make_options
from render.keys import library
from render.quality import RenderError
from render.runners import RUNNERS
from render.workers import JobError
from scenes.chapters import CHAPTERS, GALLERY, Chapter
from tests.following import scenes_about

ROOT = Path(__file__).parents[1]
COMMANDS = ("list", "render", "preview", "assets", "why", "check", "gallery", "narration", "doctor", "gc")
HELP = """\
Usage: tensorreel [OPTIONS] COMMAND [ARGS]...

  Films about neural networks in which every number on screen was read from a
  real tensor.

  Small PyTorch models are trained here, Manim scenes draw their arrays, and
  each chapter becomes one narrated video. Only what changed is done again.

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Commands:
  list       List chapters and scenes: seconds, and fresh or stale.
  render     Render chapters and print the paths of the films.
  preview    Render one scene as a small film, as stills, or for slides.
  assets     Regenerate stale assets, then name the scenes to draw again.
  why        Say whether a chapter, scene or recipe is stale, and why.
  check      Look for mistakes in the picture, without drawing it.
  gallery    Render the kit's components, still and moving, onto one page.
  narration  List untranslated lines; write or read tables for translators.
  doctor     Check this machine and installation.
  gc         Free the store of what nothing uses any more.

  Examples:
    tensorreel render 1                      chapter 1, quick to draw
    tensorreel render 1 --quality final      the same for publishing
    tensorreel render 1 --lang de            the same, spoken in German
    tensorreel preview HeldNumber            one scene as a small film
    tensorreel preview HeldNumber --still    a picture at the end of each spoken line
    tensorreel preview HeldNumber --watch    draw it again after every save
    tensorreel assets --show                 train what is stale, list every array
    tensorreel why 1                         what would run, and because of what
    tensorreel check 1                       what is wrong with the picture, without drawing it
    tensorreel narration --lang fr --export fr.csv      every line, for a translator
    tensorreel render 1 --set digits.hidden=32

  Shell completion:
    eval "$(_TENSORREEL_COMPLETE=bash_source tensorreel)"     (zsh_source, fish_source)
"""
SCENES = [class_name(spec) for spec in CHAPTERS[0].scenes]
MEANING = "voice/en/ch01_neural_network/HeldNumber.meaning"
HELD = "clip/ch01_neural_network/HeldNumber"
SPECS = {class_name(spec): spec for spec in CHAPTERS[0].scenes}
SPOKEN = scene_info(CHAPTERS[0], SPECS["HeldNumber"]).narration.lines["meaning"]
NARRATED = [scene_info(CHAPTERS[0], spec).narration for spec in CHAPTERS[0].scenes]
LINES = 1 + sum(1 + len(narration.texts()) for narration in NARRATED)  # with titles and exercises
JOBS = len(chapter_jobs(CHAPTERS, make_options()))
BUNDLED = fingerprint("bundled", ROOT)
PREVIEW = "preview (854x480, 15 fps, fast, quick ultrafast 24)"
FINAL = "final (1920x1080, 60 fps, exact, medium 18)"
BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)
sys.meta_path.insert(0, Block())
import cli
for command in sys.argv[2:]:
    try:
        cli.main(command.split(), prog_name="tensorreel")
    except SystemExit as end:
        print(f"[{command}: {end.code}]")
"""


def tensorreel(*args, **options):
    return CliRunner().invoke(main, args, prog_name="tensorreel", **options)


def without(blocked, *commands, tree=ROOT):
    """Run commands in one fresh process in which some packages cannot be imported."""
    command = [sys.executable, "-c", BLOCKED, blocked, *commands]
    return subprocess.run(command, cwd=tree, env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A build folder in which nothing was ever built."""
    monkeypatch.setenv("TENSORREEL_BUILD", str(tmp_path / "build"))
    return tmp_path / "build"


@pytest.fixture
def pretending(pretending, monkeypatch):
    """Films are pretended together with how long and how loud they are."""
    film = RUNNERS["chapter"]

    def told(job, context):
        trace = film(job, context)
        loudness = {"lufs": -14.04, "peak_dbtp": -1.46} if context.options.voice != "none" else None
        facts = {"film": {"title": job.payload.title, "frames": 1080, "fps": 15, "loudness": loudness}}
        outputs = {**trace.outputs, "json": context.store.put(json.dumps(facts).encode(), "json")}
        return replace(trace, outputs=outputs)

    monkeypatch.setitem(RUNNERS, "chapter", told)


@pytest.fixture
def copy(tmp_path, empty):
    """A copy of the project that a test may spoil."""
    for name in ("cli.py", "models", "assets", "scenes", "render"):
        source, target = ROOT / name, tmp_path / "tree" / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    return tmp_path / "tree"


def spoil(tree, name, old, new):
    assert old in (tree / name).read_text()
    (tree / name).write_text((tree / name).read_text().replace(old, new))


def in_copy(tree, *args):
    return subprocess.run([sys.executable, "-m", "cli", *args], cwd=tree, capture_output=True, text=True)


def test_help_is_this_text():
    done = tensorreel("--help", terminal_width=80)
    assert (done.stdout, done.stderr, done.exit_code) == (HELP, "", 0)
    assert tensorreel("-h").stdout == HELP


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_all_options_explained(command):
    done = tensorreel(command, "--help")
    assert done.exit_code == 0
    params = main.commands[command].params
    assert [p.name for p in params if p.param_type_name == "option" and not p.help] == []


def test_help_imports_nothing_heavy():
    done = without("torch,manim,av,numpy,rich,scenes,assets", "--help", *(f"{name} --help" for name in COMMANDS))
    ends = ["[--help: 0]", *(f"[{name} --help: 0]" for name in COMMANDS)]
    assert [line for line in done.stdout.splitlines() if line.startswith("[")] == ends, done.stderr


def test_planning_and_doing_nothing_import_no_torch_manim_av_or_sklearn(built):
    plans = ("list", "why 1", "why HeldNumber", "render 1 --dry-run", "render 1", "why 1 --set digits.hiden=3")
    done = without("torch,manim,av,sklearn,scipy", *plans)
    assert [line for line in done.stdout.splitlines() if line.startswith("[")] == [
        *(f"[{command}: 0]" for command in plans[:-1]),
        f"[{plans[-1]}: 2]",
    ], done.stderr
    assert "nothing to do: everything is fresh" in done.stderr


def test_a_package_that_is_not_installed_is_a_sentence():
    done = without("safetensors", "list")
    assert done.stdout == "[list: 1]\n"
    assert done.stderr == "Error: The Python package safetensors is not installed; run `make setup`.\n"


def test_a_voice_is_named_with_what_it_is_made_from(built):
    for voice, said in (
        ("espaek", "There is no voice 'espaek'; the voices are espeak, piper, recorded, none. Did you mean 'espeak'?"),
        ("recorded", "The voice 'recorded' is named with a folder of recordings: recorded:PATH."),
    ):
        done = tensorreel("render", "1", "--voice", voice)
        assert (done.exit_code, done.stderr.splitlines()[-1]) == (2, f"Error: {said}")


def test_the_version_is_told():
    assert tensorreel("--version").stdout == "tensorreel 0.1.0\n"


def test_list_shows_every_scene(built):
    done = tensorreel("list")
    first, *rows = (line.split() for line in done.stdout.splitlines())
    assert first == f"1 What is a neural network? {12 * len(SCENES):.1f} s fresh".split()
    assert rows == [[name, "12.0", "s", "fresh"] for name in SCENES]
    assert (done.stderr, done.exit_code) == ("", 0)


@pytest.mark.parametrize("args", [("list", "--json"), ("why", "1", "--json"), ("render", "1", "--dry-run", "--json")])
def test_json_is_one_object_a_line_and_nothing_else(built, args):
    done = tensorreel(*args)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(rows) == (1 + len(SCENES) if args[0] == "list" else JOBS)
    assert {row["state"] for row in rows} == {"fresh"}


def test_json_of_a_real_render_is_wrong_usage(built):
    done = tensorreel("render", "1", "--json")
    assert (done.stdout, done.exit_code) == ("", 2)
    assert done.stderr.endswith("Error: --json tells what would run; use it with --dry-run.\n")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("1", f"fresh: all {JOBS} jobs are up to date\n"),
        ("HeldNumber", "fresh: all 7 jobs are up to date\n"),
        ("digit_net", "fresh: it is up to date\n"),
    ],
)
def test_why_says_that_a_target_is_fresh(built, target, said):
    assert tensorreel("why", target).stdout == said


def test_why_names_the_override(built):
    assert tensorreel("why", "HeldNumber", "--set", "digits.seed=9").stdout == (
        "asset digit_net             will run   override digits.seed 0 -> 9\n"
        "asset digit_neuron          will run   override digits.seed 0 -> 9\n"
        "voice HeldNumber, 3 lines   may run    waits for asset digit_neuron\n"
        "clip HeldNumber             may run    waits for asset digit_neuron, voice HeldNumber.circle and 2 more\n"
        "2 of 7 jobs will run, 4 may follow\n"
    )


def test_a_dry_run_does_nothing(empty):
    done = tensorreel("render", "1", "--dry-run")
    assert done.stdout.splitlines()[-1] == f"{JOBS} of {JOBS} jobs will run"
    assert done.exit_code == 0
    assert not empty.exists()


def test_a_second_render_does_nothing_and_says_so(built, monkeypatch):
    monkeypatch.chdir(built)
    for _ in range(2):
        done = tensorreel("render", "1")
        assert done.stdout == "chapters/01-what-is-a-neural-network.mp4\n"
        assert (done.stderr, done.exit_code) == ("nothing to do: everything is fresh\n", 0)


def test_films_go_to_another_folder_when_asked(built, tmp_path):
    done = tensorreel("render", "1", "--output", str(tmp_path / "out"))
    assert done.stdout == f"{tmp_path}/out/01-what-is-a-neural-network.mp4\n"
    assert (tmp_path / "out" / "01-what-is-a-neural-network.mp4").exists()


@pytest.fixture
def servers(monkeypatch):
    """Counts the render servers that are started, and starts none."""
    started = []
    monkeypatch.setattr("render.watch.Warm.start", lambda self: started.append("server"))
    return started


def test_a_preview_starts_a_render_server_only_if_the_scene_is_drawn(built, pretending, servers):
    for said in ("1 job to run\n", "nothing to do: everything is fresh\n"):
        done = tensorreel("preview", "HeldNumber")
        assert (Path(done.stdout.strip()).name, done.exit_code) == ("HeldNumber.mp4", 0)
        assert said in done.stderr
        assert servers == []
    assert tensorreel("preview", "HeldNumber", "--set", "digits.seed=9").exit_code == 0
    assert servers == ["server"]


def test_an_option_that_a_plain_scene_has_no_use_for_is_wrong_usage(empty, servers):
    done = tensorreel("preview", f"{ROOT}/scenes/base.py:TensorScene", "--voice", "none")
    said = f"Error: --voice is for scenes of the chapters; {ROOT}/scenes/base.py:TensorScene is drawn as it is.\n"
    assert (done.stdout, done.stderr, done.exit_code) == ("", said, 2)
    assert not empty.exists()


def test_a_failed_preview_is_told_like_a_failed_render(empty, pretending, servers, monkeypatch):
    def fail(job, context):
        raise JobError("It is too loud.", "", "")

    monkeypatch.setitem(RUNNERS, "voice", fail)
    done = tensorreel("preview", "HeldNumber", "--from", "number")
    assert (done.stdout, done.exit_code) == ("", 1)
    assert "voice HeldNumber.meaning: It is too loud.\n" in done.stderr
    assert done.stderr.endswith("Error: 4 jobs failed; everything else is kept. Mend and run the same command again.\n")


def test_a_variant_is_rendered_beside_the_plain_film_and_only_what_it_changes_runs(built, pretending):
    done = tensorreel("render", "1", "--set", "digits.seed=9", env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert Path(done.stdout.strip()).name.startswith("01-what-is-a-neural-network.en.")
    assert "asset digit_net: done in " in done.stderr
    assert tensorreel("why", "1").stdout == f"fresh: all {JOBS} jobs are up to date\n"
    assert tensorreel("why", "1", "--set", "digits.seed=9").stdout == f"fresh: all {JOBS} jobs are up to date\n"


def test_assets_are_regenerated_and_the_scenes_that_follow_are_named(built, pretending):
    assert tensorreel("assets").stdout == (
        "regenerated: digit_cloud, digit_pattern, digit_surface, digit_backward, neuron_descent, letter_model, "
        "digit_depth\nevery scene is up to date\n"
    )  # the gallery's, which no chapter needs
    assert tensorreel("assets").stdout == "nothing to do: every asset is fresh\nevery scene is up to date\n"
    done = tensorreel("assets", "digit_neuron", "--set", "digits.seed=9", "--show")
    assert done.stdout == (
        "digit_net: made up\n    seed  int64    one number  9\n"
        "digit_neuron: made up\n    seed  int64    one number  9\n"
        "regenerated: digit_net, digit_neuron\n"
        f"scenes to draw again: {', '.join(scenes_about('digits'))}\n"
    )
    assert tensorreel("assets", "digit_net", "--force").stdout == "regenerated: digit_net\nevery scene is up to date\n"


def two_chapters(monkeypatch):
    """A chapter that will do and one that will not."""
    pixels, held = SPECS["PixelsAreNumbers"], SPECS["HeldNumber"]
    for module in (catalog, report):
        monkeypatch.setattr(
            module, "CHAPTERS", (Chapter(1, "good", "Good", (pixels,)), Chapter(2, "bad", "Bad", (held,)))
        )


def test_a_scene_that_fails_shows_its_line_and_the_other_films_are_made(empty, pretending, monkeypatch):
    two_chapters(monkeypatch)
    clip = RUNNERS["clip"]

    def fail(job, context):
        if job.label == "clip HeldNumber":
            raise JobError("NameError: name 'x' is not defined", "scenes/held.py:5: x", "build/logs/HeldNumber.log")
        return clip(job, context)

    monkeypatch.setitem(RUNNERS, "clip", fail)
    done = tensorreel("render", "all")
    assert done.stdout == f"{empty}/chapters/01-good.mp4\n"
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-5:] == [
        "clip HeldNumber: NameError: name 'x' is not defined",
        "  at scenes/held.py:5: x",
        "  full log: build/logs/HeldNumber.log",
        "Good: 72 s, -14.0 LUFS, true peak -1.5 dBTP",
        "Error: 1 job failed; everything else is kept. Mend and run the same command again.",
    ]


def test_what_did_not_fail_is_not_made_again(empty, pretending, monkeypatch):
    two_chapters(monkeypatch)
    clip = RUNNERS["clip"]
    monkeypatch.setitem(RUNNERS, "clip", lambda job, context: (_ for _ in ()).throw(RenderError("No.")))
    assert "Error: 2 jobs failed; everything else is kept." in tensorreel("render", "all").stderr
    monkeypatch.setitem(RUNNERS, "clip", clip)
    assert tensorreel("render", "all").stderr.splitlines()[0] == "4 jobs to run"  # two clips, two chapters


def test_an_interrupt_is_a_sentence(empty, pretending, monkeypatch):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("render.build.build", interrupt)
    done = tensorreel("render", "1")
    assert done.stderr == "Error: Interrupted. What was finished is kept; run the command again to go on.\n"
    assert done.exit_code == 1


def test_a_bug_of_ours_keeps_its_traceback(empty, pretending, monkeypatch):
    monkeypatch.setitem(RUNNERS, "asset", lambda job, context: 1 / 0)
    assert isinstance(tensorreel("assets").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("render 2", "There is no chapter '2'; there is 1 (what-is-a-neural-network)."),
        (
            "render wht-is-a-neural-network",
            "There is no chapter 'wht-is-a-neural-network'; there is 1 (what-is-a-neural-network). "
            "Did you mean 'what-is-a-neural-network'?",
        ),
        ("preview HeldNumbr", "There is no scene 'HeldNumbr'. Did you mean 'HeldNumber'?"),
        ("preview 2/HeldNumber --still", "There is no scene '2/HeldNumber'. Did you mean '1/HeldNumber'?"),
        ("preview HeldNumbr --format gif", "There is no scene 'HeldNumbr'. Did you mean 'HeldNumber'?"),
        (
            "preview HeldNumber --from numbr",
            "HeldNumber has no line 'numbr'; it says circle, number, others, meaning. Did you mean 'number'?",
        ),
        (
            "preview HeldNumber --from others --to number",
            "In HeldNumber the line 'number' comes before 'others'; exchange --from and --to.",
        ),
        ("preview /nowhere/my.py:Scene", "There is no file /nowhere/my.py."),
        ("preview /nowhere/my.py --watch", "There is no file /nowhere/my.py."),
        ("why HeldNumbr", "No chapter, scene or recipe is called 'HeldNumbr'. Did you mean 'HeldNumber'?"),
        ("check HeldNumbr", "No chapter or scene is called 'HeldNumbr'. Did you mean 'HeldNumber'?"),
        (
            "check 2 --json",
            f"No chapter or scene is called '2'. There are {', '.join(SCENES)}, what-is-a-neural-network, gallery.",
        ),
        ("check 2/HeldNumber", "There is no scene '2/HeldNumber'. Did you mean '1/HeldNumber'?"),
        ("check /nowhere/my.py:Scene", "There is no file /nowhere/my.py."),
        (
            "assets digit_nett",
            f"No recipe is called 'digit_nett'; there are {', '.join(catalog.recipes())}. Did you mean 'digit_net'?",
        ),
        ("list --lang dee", "No chapter is narrated in 'dee'; there is de, en. Did you mean 'de'?"),
        ("narration --lang en", "Narration is written in 'en' and translated from it; give another language."),
        ("narration --lang ../de", "'../de' is no language; give its short code, such as de or pt-BR."),
        ("narration 2 --lang de", "There is no chapter '2'; there is 1 (what-is-a-neural-network)."),
        ("render 1 --voice bob", "There is no voice 'bob'; the voices are espeak, piper, recorded, none."),
        ("check HeldNumber --voice espeak:en", "The voice 'espeak' is named without a path."),
        (
            "preview HeldNumber --voice recorded:/nowhere",
            "The voice 'recorded' is to be a folder of recordings, and /nowhere is none.",
        ),
        (
            "render 1 --set digit.seed=1",
            "No model is called 'digit'; there is digits, moons, kernels, deep. Did you mean 'digits'?",
        ),
        ("why 1 --set digits.seed=x", "digits.seed is 'x'; it must be a whole number."),
        ("list --set digits.hidden=0", "digits.hidden is 0; it must lie between 1 and 1024."),
        ("assets --set digits.loss=x", "digits.loss is 'x'; it must be one of squared, cross_entropy."),
        (
            "preview HeldNumber --set seed",
            "The override 'seed' is not of the form model.field=value, such as digits.hidden=32.",
        ),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_exit_status_2(empty, args, said):
    done = tensorreel(*args.split())
    assert (done.stdout, done.stderr, done.exit_code) == ("", f"Error: {said}\n", 2)
    assert not empty.exists()


def test_a_wrong_setting_lists_those_there_are(empty):
    done = tensorreel("why", "1", "--set", "digits.sead=1")
    assert done.stderr.startswith("Error: The model digits has no setting 'sead'; it has data, variant, hidden, seed, ")
    assert done.stderr.endswith(" Did you mean 'seed'?\n")
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("rendr", "No such command 'rendr'. Did you mean 'render'?"),
        ("render", "Missing argument 'CHAPTER...'."),
        (
            "render 1 --quality best",
            "Invalid value for '--quality': 'best' is not one of 'preview', 'draft', 'final', ",
        ),
        ("render 1 --intro /nowhere.mp4", "Invalid value for '--intro': File '/nowhere.mp4' does not exist."),
        ("render 1 --outro tests", "Invalid value for '--outro': File 'tests' is a directory."),
        ("narration", "Missing option '--lang'."),
        (
            "narration --lang de --export a.csv --import README.md",
            "--export writes a table and --import reads one; give one of them.",
        ),
        ("narration --lang de --export tests", "Invalid value for '--export': File 'tests' is a directory."),
        ("narration --lang de --import a.csv", "Invalid value for '--import': File 'a.csv' does not exist."),
        ("render 1 --jobs 0", "Invalid value for '--jobs': 0 is not in the range x>=1."),
        ("preview HeldNumber --still --format gif", "--still makes pictures of its own; leave out --format."),
        ("preview HeldNumber --transparent", "--transparent needs a format that can be so: --format webm, gif or png."),
        ("preview HeldNumber --raster best", "Invalid value for '--raster': 'best' is not one of 'stock', 'exact', "),
        ("render 1 --output cli.py", "Invalid value for '--output': Directory 'cli.py' is a file."),
    ],
)
def test_wrong_options_are_told_with_the_usage(empty, monkeypatch, args, said):
    monkeypatch.chdir(ROOT)
    done = tensorreel(*args.split())
    assert done.exit_code == 2
    assert done.stderr.startswith("Usage: tensorreel ")
    assert f"\n\nError: {said}" in done.stderr


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "scenes/ch01_neural_network/held_number.py", "class HeldNumber", "class (HeldNumber",
            "scenes/ch01_neural_network/held_number.py:",
        ),
        (
            "scenes/ch01_neural_network/held_number.py", "class HeldNumber(", "class HeldNumbers(",
            "scenes/ch01_neural_network/held_number.py has no class HeldNumber. Did you mean 'HeldNumbers'?",
        ),
        (
            "scenes/ch01_neural_network/held_number.py", '"digit_neuron"', '"digit_neurn"',
            "Scene HeldNumber needs the asset 'digit_neurn', and no recipe has that name. Did you mean 'digit_neuron'?",
        ),
        (
            "scenes/ch01_neural_network/narration.en.toml", "{digit_neuron.value[0]:.2f}.", "{digit_neurn.value[0]}.",
            "The narration HeldNumber.number reads the asset 'digit_neurn', and no recipe has that name.",
        ),
        (
            "scenes/ch01_neural_network/narration.en.toml", "{digit_neuron.value[0]:.2f}.", "{digit_neuron.value[0].",
            "ch01_neural_network/narration.en.toml: HeldNumber.number: The narration '",
        ),
        (
            "scenes/ch01_neural_network/narration.en.toml", "[HeldNumber", "[HeldNumbers",
            "ch01_neural_network/narration.en.toml has no table [HeldNumber]; add its title and lines. Did you mean ",
        ),
    ],
)  # fmt: skip
def test_a_broken_scene_is_a_sentence_and_the_others_can_still_be_listed(copy, name, old, new, said):
    spoil(copy, name, old, new)
    done = without("torch,manim", "why HeldNumber", "render 1", "why PixelsAreNumbers", "list", tree=copy)
    ends = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert ends == ["[why HeldNumber: 1]", "[render 1: 1]", "[why PixelsAreNumbers: 0]", "[list: 0]"]
    errors = done.stderr.splitlines()
    assert len(errors) == 2
    assert all(error.startswith(f"Error: {said}") for error in errors)
    assert f"   broken   {said}" in done.stdout
    assert re.search(
        r"^1  What is a neural network\? +-     broken   because of HeldNumber$", done.stdout, re.MULTILINE
    )


def test_a_chapter_without_narration_or_with_a_broken_file_is_a_sentence(copy):
    spoil(copy, "scenes/ch01_neural_network/narration.en.toml", "[HeldNumber]", "[HeldNumber")
    done = in_copy(copy, "render", "1")
    said = "Error: ch01_neural_network/narration.en.toml is no valid TOML: "
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    (copy / "scenes" / "ch01_neural_network" / "narration.en.toml").rename(
        copy / "scenes" / "ch01_neural_network" / "narration.fr.toml"
    )
    done = in_copy(copy, "render", "1")
    said = "Error: There is no narration in 'en' for ch01_neural_network; there is: de, fr.\n"
    assert (done.stderr, done.returncode) == (said, 1)


def test_a_chapter_list_that_does_not_parse_is_a_sentence(copy):
    spoil(copy, "scenes/chapters.py", "CHAPTERS = (", "CHAPTERS = ((")
    done = in_copy(copy, "list")
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith(f"Error: {copy}/scenes/chapters.py:")
    assert done.stderr.count("\n") == 1


def test_an_edit_two_modules_away_is_named(built, copy, monkeypatch):
    monkeypatch.setenv("TENSORREEL_BUILD", str(built))
    theme = copy / "scenes" / "theme.py"
    theme.write_text(f"# a comment\n{theme.read_text()}")
    spoil(copy, "scenes/kit/pixel_grid.py", "GREY = 0.25", "GREY = 0.3")
    done = in_copy(copy, "why", "PixelsAreNumbers")
    assert (done.stdout, done.stderr) == (
        "clip PixelsAreNumbers   will run   source changed: scenes.kit.pixel_grid.GREY\n1 of 7 jobs will run\n",
        "",
    )


@pytest.mark.parametrize(("place", "why"), [("file", "File exists"), ("file/build", "Not a directory")])
def test_a_file_in_the_place_of_the_build_folder_is_a_sentence(tmp_path, monkeypatch, pretending, place, why):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("TENSORREEL_BUILD", str(tmp_path / place))
    assert tensorreel("list").exit_code == 0
    assert tensorreel("why", "1").stdout.endswith(f"{JOBS} of {JOBS} jobs will run\n")
    done = tensorreel("render", "1")
    assert (done.stdout, done.exit_code) == ("", 1)
    said = (
        f"Error: The build folder {tmp_path / place} cannot be made ({why}); set TENSORREEL_BUILD to another folder.\n"
    )
    assert done.stderr == said
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that not even root can write to")
def test_a_read_only_place_is_a_sentence(monkeypatch, pretending):
    monkeypatch.setenv("TENSORREEL_BUILD", "/proc/build")
    assert tensorreel("list").exit_code == 0
    for command in (["render", "1"], ["preview", "HeldNumber", "--still"], ["assets"]):
        done = tensorreel(*command)
        assert (done.stdout, done.exit_code) == ("", 1)
        assert done.stderr.startswith(
            "Error: The build folder /proc/build cannot be made (No such file or directory); set"
        )


def test_a_damaged_store_is_named_and_mended(built, pretending):
    store = Store(built / "store")
    assert tensorreel("doctor", "--store").stdout.endswith(" stored objects, none damaged\n")
    victim = sorted((store.root / "objects").glob("*/*.wav"))[0]
    victim.write_bytes(b"half")
    done = tensorreel("doctor", "--store")
    assert done.stdout.startswith(f"FAIL  {victim} is damaged: the next command that needs it makes it again\n")
    assert done.exit_code == 1
    assert f"object damaged or gone: {victim.name}" in tensorreel("why", "1").stdout
    assert tensorreel("render", "1").exit_code == 0
    assert tensorreel("doctor", "--store").exit_code == 0


@pytest.fixture
def edited_line(monkeypatch):
    """HeldNumber says something else in its last line."""

    def scene(chapter, spec, lang="en", root=ROOT):
        info = scene_info(chapter, spec, lang, root)
        lines = {**info.narration.lines, **({"meaning": "Nothing."} if info.name == "HeldNumber" else {})}
        narration = replace(info.narration, lines=lines)
        return replace(info, narration=narration, others={**info.others, lang: narration})

    monkeypatch.setattr("render.catalog.scene_info", scene)


@pytest.fixture
def other_manim(monkeypatch):
    monkeypatch.setattr("render.keys.version", lambda name: "9.9" if name == "manim" else version(name))
    library.cache_clear()
    yield
    library.cache_clear()


@pytest.fixture
def other_data(monkeypatch):
    monkeypatch.setattr("render.jobs.fingerprint", lambda name, folder: "other digits")


@pytest.fixture
def damaged_line(built):
    """The stored voice of one line is cut short."""
    store = Store(built / "store")
    job = "voice/en/ch01_neural_network/HeldNumber.meaning"
    made = Ledger(store).last(job)[1].outputs["wav"]
    store.path(made).write_bytes(b"half")
    return made


@pytest.fixture
def forgotten_line(built):
    """The records of one line are gone."""
    shutil.rmtree(built / "store" / "records" / "voice" / "en" / "ch01_neural_network" / "HeldNumber.meaning")


@pytest.mark.parametrize(
    ("change", "options", "job", "reason", "said"),
    [
        ("other_manim", "", HELD, ("library", "manim", version("manim"), "9.9"), "library manim {was} -> 9.9"),
        ("other_data", "", "asset/digit_net", ("data", "bundled", BUNDLED, "other digits"), "data bundled changed"),
        ("built", "--quality final", HELD, ("quality", "", PREVIEW, FINAL), "quality {was} -> {now}"),
        ("built", "--voice none", MEANING, ("voice", "", "espeak", "none"), "voice espeak -> none"),
        ("built", "--set digits.seed=9", "asset/digit_net", ("set", "digits.seed", "0", "9"),
         "override digits.seed 0 -> 9"),
        ("edited_line", "", MEANING, ("narration", "HeldNumber.meaning", SPOKEN, "Nothing."),
         "narration HeldNumber.meaning changed"),
        ("damaged_line", "", MEANING, ("damaged", "{change}", "", ""), "object damaged or gone: {what}"),
        ("forgotten_line", "", MEANING, ("missing", "voice HeldNumber.meaning", "", ""), "missing: it was never built"),
    ],
)  # fmt: skip
def test_every_reason_is_typed_for_machines_and_a_sentence_for_people(
    built, request, change, options, job, reason, said
):
    made = request.getfixturevalue(change)
    kind, what, was, now = (text.replace("{change}", str(made)) for text in reason)
    said = said.format(was=was, now=now, what=what)
    for command in ("why HeldNumber", "render 1 --dry-run"):
        rows = [json.loads(row) for row in tensorreel(*f"{command} {options} --json".split()).stdout.splitlines()]
        (row,) = (row for row in rows if row["job"] == job)
        assert row["state"] == "stale"
        assert {"kind": kind, "what": what, "was": was, "now": now, "text": said} in row["reasons"]
        assert said in tensorreel(*f"{command} {options}".split()).stdout


class Canned:
    """A worker that looks at nothing and answers with findings by scene, or fails for one of them."""

    found = {
        "HeldNumber": [
            Finding("error", "spelling", "HeldNumber", 2, 1.0, 3.0, "Words 'nueron'", "has the word 'nueron'"),
            Finding("note", "standstill", "HeldNumber", 3, 3.0, 10.0, "the picture", "stands still for 7.0 s"),
        ],
        "NumbersFlowForward": [
            Finding("waived", "contrast", "NumbersFlowForward", 1, 0, 0, "it", "is", "Faint on it.")
        ],
    }
    asked = []

    def __init__(self, module):
        assert module == "render.check.worker"

    def submit(self, request, on_event):
        Canned.asked.append(request)
        answer = Future()
        if request["id"] != "EveryKnobCounted":
            answer.set_result({"findings": [finding.facts() for finding in self.found.get(request["id"], [])]})
        else:
            answer.set_exception(JobError("NameError: name 'x' is not defined", "scenes/counting.py:5: x"))
        return answer

    def close(self):
        pass


@pytest.fixture
def canned(monkeypatch):
    monkeypatch.setattr("render.check.command.Worker", Canned)
    monkeypatch.setattr(Canned, "asked", [])


def test_check_tells_a_line_for_each_finding_and_a_summary_and_fails_on_errors(built, canned):
    done = tensorreel("check", "HeldNumber")
    assert (done.stdout, done.stderr, done.exit_code) == (
        "error   HeldNumber, play 2, 1.0 to 3.0 s: Words 'nueron' has the word 'nueron' [spelling]\n"
        "note    HeldNumber, play 3, 3.0 to 10.0 s: the picture stands still for 7.0 s [standstill]\n"
        "1 scene: 1 error, 1 note\n",
        "",
        1,
    )
    (request,) = Canned.asked
    assert (request["scene"], request["title"]) == (SPECS["HeldNumber"], "A neuron holds a number")
    assert list(request["durations"]) == list(request["words"]) == ["circle", "number", "others", "meaning"]
    assert set(request["assets"]) == {"digit_neuron"}


def test_check_of_a_scene_without_errors_succeeds(built, canned):
    done = tensorreel("check", "PixelsAreNumbers")
    assert (done.stdout, done.exit_code) == ("1 scene: nothing to complain of\n", 0)
    done = tensorreel("check", "1/NumbersFlowForward")
    assert (done.stdout.splitlines()[-1], done.exit_code) == ("1 scene: 1 waived", 0)


def test_check_of_a_chapter_goes_on_after_a_scene_that_cannot_be_played(built, canned):
    for target in ("1", "what-is-a-neural-network"):
        done = tensorreel("check", target)
        assert [request["id"] for request in Canned.asked[-len(SCENES) :]] == SCENES
        assert done.stdout.splitlines()[-3:] == [
            "check EveryKnobCounted: NameError: name 'x' is not defined",
            "  at scenes/counting.py:5: x",
            f"{len(SCENES)} scenes: 1 error, 1 note, 1 waived, 1 could not be played",
        ]
        assert done.exit_code == 1


def test_check_as_json_is_an_object_a_line_and_the_summary_is_apart(built, canned):
    done = tensorreel("check", "1", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["level"] for row in rows] == ["error", "note", "waived", "failed"]
    assert rows[0] == Canned.found["HeldNumber"][0].facts()
    assert done.stderr == f"{len(SCENES)} scenes: 1 error, 1 note, 1 waived, 1 could not be played\n"


def test_check_builds_what_is_missing_and_says_what_failed(empty, pretending, canned, monkeypatch):
    assert tensorreel("check", "HeldNumber").stdout.endswith("1 scene: 1 error, 1 note\n")
    monkeypatch.setitem(RUNNERS, "voice", lambda job, context: (_ for _ in ()).throw(RenderError("No.")))
    done = tensorreel("check", "PixelsAreNumbers")
    assert (done.stdout, done.exit_code) == ("", 1)
    assert done.stderr.endswith("Error: 4 jobs failed; everything else is kept. Mend and run the same command again.\n")


@pytest.fixture
def small_gallery(monkeypatch):
    """A gallery of two scenes, whose clips are real films of three grey pictures."""
    shown = [spec for spec in GALLERY.scenes if class_name(spec) in {"PlotOfALoss", "AfterHComesE"}]
    monkeypatch.setattr("render.jobs.GALLERY", replace(GALLERY, scenes=tuple(shown)))

    def film(job, context):
        data = io.BytesIO()
        with av.open(data, "w", format="mp4") as out:
            stream = out.add_stream("libx264", rate=15)
            stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((36, 64, 3), 90, np.uint8), format="rgb24")))
            out.mux(stream.encode())
        made = context.store.put(data.getvalue(), "mp4")
        facts = context.store.put(json.dumps({"frames": 60, "quality": {"fps": 15}}).encode(), "json")
        reads = {label: digest for label, digest in context.offered.items() if label.startswith("asset ")}
        return Trace(reads, {f"clip {job.payload.name}": made}, {"mp4": made, "json": facts})

    monkeypatch.setitem(RUNNERS, "clip", film)


def test_the_gallery_is_a_page_of_films_and_pictures(empty, pretending, small_gallery, monkeypatch):
    empty.mkdir()
    monkeypatch.chdir(empty)
    done = tensorreel("gallery")
    assert (done.stdout, done.exit_code) == ("gallery/index.html\n", 0)
    made = {"AfterHComesE.mp4", "AfterHComesE.png", "PlotOfALoss.mp4", "PlotOfALoss.png", "contact.png", "index.html"}
    assert {path.name for path in (empty / "gallery").iterdir()} == made
    page = (empty / "gallery" / "index.html").read_text()
    assert [f'<video src="{name}.mp4"' in page for name in ("PlotOfALoss", "AfterHComesE")] == [True, True]
    assert page.count("4.0 s</summary>") == 2
    assert tensorreel("why", "PlotOfALoss").stdout == "fresh: all 2 jobs are up to date\n"


def test_a_component_that_fails_is_left_out_of_the_gallery_and_told(empty, pretending, small_gallery, monkeypatch):
    film = RUNNERS["clip"]

    def fail(job, context):
        if job.label == "clip PlotOfALoss":
            raise JobError("ValueError: no curve", "scenes/gallery/plot.py:9: Plot()")
        return film(job, context)

    monkeypatch.setitem(RUNNERS, "clip", fail)
    done = tensorreel("gallery")
    assert (done.stdout, done.exit_code) == (f"{empty}/gallery/index.html\n", 1)
    assert done.stderr.splitlines()[-3:] == [
        "clip PlotOfALoss: ValueError: no curve",
        "  at scenes/gallery/plot.py:9: Plot()",
        "Error: 1 job failed; everything else is kept. Mend and run the same command again.",
    ]
    assert (empty / "gallery" / "AfterHComesE.png").exists()
    assert not (empty / "gallery" / "PlotOfALoss.mp4").exists()


def test_gc_frees_nothing_of_a_gallery_that_is_current(empty, pretending, small_gallery):
    assert [tensorreel(command).exit_code for command in ("gallery", "assets")] == [0, 0]
    freed = json.loads(tensorreel("gc", "--keep", "0", "--json").stdout)
    assert (freed["objects"], freed["records"]) == (0, 0)
    assert tensorreel("gc", "--keep", "0").stdout.startswith("nothing to free: all ")
    assert tensorreel("why", "PlotOfALoss").stdout == "fresh: all 2 jobs are up to date\n"
    assert tensorreel("assets", "letter_model").stdout.startswith("nothing to do: every asset is fresh\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--lang de", "all {lines} lines are translated into 'de'"),
        ("1 --lang fr", "not translated into 'fr': {lines} of {lines} lines"),
    ],
)
def test_narration_counts_the_lines_that_are_not_translated(args, said):
    done = tensorreel("narration", *args.split())
    assert (done.stdout.splitlines()[-1], done.stderr, done.exit_code) == (said.format(lines=LINES), "", 0)


def test_narration_goes_to_translators_and_comes_back(copy, tmp_path):
    folder, table = copy / "scenes" / "ch01_neural_network", tmp_path / "fr.csv"
    german = (folder / "narration.de.toml").read_text()
    english = scene_info(CHAPTERS[0], SPECS["HeldNumber"]).narration
    done = in_copy(copy, "narration", "--lang", "fr", "--export", str(table))
    assert (done.stdout, done.returncode) == (f"{table}: {LINES} lines, 0 of them translated into 'fr'\n", 0)
    done = in_copy(copy, "narration", "--lang", "fr", "--import", str(table))
    assert (done.stdout, done.returncode) == ("nothing is written: fr.csv holds no translation yet\n", 0)
    text, own = table.read_text(encoding="utf-8-sig"), "ch01_neural_network,HeldNumber,(title),A neuron holds a number,"
    assert own in text
    table.write_text(text.replace(own, own + "Un neurone porte un nombre"))
    done = in_copy(copy, "narration", "--lang", "fr", "--import", str(table))
    assert (done.stdout, done.returncode) == ("scenes/ch01_neural_network/narration.fr.toml: written\n", 0)
    done = in_copy(copy, "narration", "--lang", "fr")
    assert done.stdout.splitlines()[-1] == f"not translated into 'fr': {LINES - 1} of {LINES} lines"
    assert f"ch01_neural_network/HeldNumber.meaning: {english.lines['meaning']}" in done.stdout.splitlines()
    assert "HeldNumber.(title)" not in done.stdout
    assert in_copy(copy, "list", "--lang", "fr").returncode == 0
    assert (folder / "narration.de.toml").read_text() == german


def test_a_file_that_is_no_table_of_narration_changes_nothing(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    done = tensorreel("narration", "--lang", "fr", "--import", str(tmp_path / "other.csv"))
    said = "Error: other.csv does not begin with the columns chapter, scene, cue, english, translation; export it anew"
    assert (done.stdout, done.stderr, done.exit_code) == ("", f"{said} and fill it in.\n", 1)
    done = tensorreel("narration", "--lang", "fr", "--import", str(tmp_path / "odd.csv"))
    assert done.stderr.startswith(f"Error: {tmp_path}/odd.csv cannot be read as UTF-8 text: ")
    done = tensorreel("narration", "--lang", "fr", "--export", str(tmp_path / "none" / "fr.csv"))
    said = f"Error: {tmp_path}/none/fr.csv cannot be written: No such file or directory.\n"
    assert (done.stdout, done.stderr, done.exit_code) == ("", said, 1)


def test_a_new_film_is_told_with_its_length_and_loudness(built, pretending):
    done = tensorreel("render", "1", "--no-music")
    assert done.stderr.splitlines()[-1] == "What is a neural network?: 72 s, -14.0 LUFS, true peak -1.5 dBTP"
    assert tensorreel("render", "1", "--no-music").stderr == "nothing to do: everything is fresh\n"
    silent = tensorreel("render", "1", "--no-music", "--voice", "none")
    assert (silent.exit_code, "LUFS" in silent.stderr) == (0, False)


def test_only_the_film_is_made_again_without_music(built):
    assert tensorreel("why", "1", "--no-music").stdout == (
        f"chapter 'What is a neural network?'   will run   music changed\n1 of {JOBS} jobs will run\n"
    )


def test_lines_that_nobody_recorded_are_named(built, pretending, tmp_path):
    takes = tmp_path / "takes"
    (takes / "HeldNumber").mkdir(parents=True)
    for name in ("TenDigitsToRead.welcome.wav", "ReadFromTrainedNetworks.sources.flac", "HeldNumber/circle.mp3"):
        (takes / name).write_bytes(b"a take")
    done = tensorreel("render", "1", "--voice", f"recorded:{takes}")
    spoken = [f"{name}.{line}" for name, told in zip(SCENES, NARRATED, strict=True) for line in told.lines]
    recorded = {"TenDigitsToRead.welcome", "ReadFromTrainedNetworks.sources", "HeldNumber.circle"}
    absent = [line for line in spoken if line not in recorded]
    assert len(absent) == len(spoken) - 3
    assert done.stderr.splitlines()[-1] == f"not recorded, spoken by espeak: {', '.join(absent)}"


def test_lines_that_are_not_translated_are_named(built, pretending, monkeypatch):
    def scene(chapter, spec, lang="en", root=ROOT):
        info = scene_info(chapter, spec, lang, root)
        missing = ("meaning",) if lang == "de" and info.name == "HeldNumber" else ()
        return replace(info, narration=replace(info.narration, missing=missing))

    monkeypatch.setattr("render.catalog.scene_info", scene)
    done = tensorreel("render", "1", "--lang", "de")
    assert done.stderr.splitlines()[-1] == "not translated into 'de', told in English: HeldNumber.meaning"
    assert Path(done.stdout.strip()).name == "01-what-is-a-neural-network.de.mp4"
    assert "not translated" not in tensorreel("render", "1", "--no-music").stderr


def test_an_intro_of_another_size_is_told_with_what_to_convert(built, pretending, tmp_path, monkeypatch):
    intro = tmp_path / "intro.mp4"
    with av.open(str(intro), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode())
    monkeypatch.setitem(
        RUNNERS, "chapter", lambda job, context: foreign_piece(intro, "intro", context.options.quality, tmp_path)
    )
    done = tensorreel("render", "1", "--intro", str(intro))
    assert (done.stdout, done.exit_code) == ("", 1)
    assert "The intro intro.mp4 is 64x36 at 30 fps, and the film is 854x480 at 15; convert it: ffmpeg -i" in done.stderr


def test_gc_says_what_it_would_free_and_frees_that_much(built, pretending, monkeypatch):
    # planning the whole gallery takes about a second for each variant
    monkeypatch.setattr("render.jobs.GALLERY", replace(GALLERY, scenes=GALLERY.scenes[:1]))
    for seed in (9, 8):
        assert tensorreel("render", "1", "--set", f"digits.seed={seed}").exit_code == 0
    assert tensorreel("render", "1").exit_code == 0
    told = json.loads(tensorreel("gc", "--keep", "1", "--dry-run", "--json").stdout)
    assert told["objects"] > 0 and told["variants"] == 1
    done = tensorreel("gc", "--keep", "1", "--json")
    assert json.loads(done.stdout) == {**told, "dry_run": False}
    assert tensorreel("gc", "--keep", "1").stdout.startswith("nothing to free: all ")
    assert tensorreel("why", "1").stdout == f"fresh: all {JOBS} jobs are up to date\n"
    assert tensorreel("why", "1", "--set", "digits.seed=8").stdout == f"fresh: all {JOBS} jobs are up to date\n"
    assert "missing" not in tensorreel("why", "digit_net", "--set", "digits.seed=9").stdout
    assert tensorreel("doctor", "--store").exit_code == 0
    assert tensorreel("render", "1", "--set", "digits.seed=9").exit_code == 0


def test_gc_of_nothing_makes_no_folder(empty):
    assert tensorreel("gc").stdout == "nothing to free: all 0 bytes are in use\n"
    assert not empty.exists()


def test_gc_keeps_everything_while_a_chapter_cannot_be_read(built, monkeypatch):
    before = sorted((built / "store").rglob("*"))
    chapter = CHAPTERS[0]
    broken = Chapter(1, chapter.slug, chapter.title, ("ch01_neural_network.counting:EveryKnobb",))
    monkeypatch.setattr("render.jobs.CHAPTERS", (broken,))
    done = tensorreel("gc", "--keep", "0")
    assert done.stderr.startswith("Error: scenes/ch01_neural_network/counting.py has no class EveryKnobb.")
    assert (done.stdout, done.exit_code) == ("", 1)
    assert sorted((built / "store").rglob("*")) == before


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    """A folder of the user's own for tensorreel.toml."""
    monkeypatch.setattr("render.settings.ROOT", tmp_path)
    return tmp_path / "tensorreel.toml"


def test_options_may_have_other_defaults_in_a_file_and_the_command_line_goes_first(built, settings_file):
    settings_file.write_text('[defaults]\nquality = "final"\nvoice = "none"\njobs = 1\n[set]\ndigits.seed = 9\n')
    done = tensorreel("why", "HeldNumber")
    assert "override digits.seed 0 -> 9" in done.stdout
    assert "voice espeak -> none" in done.stdout
    assert "-> final (1920x1080, 60 fps, exact, medium 18)" in done.stdout
    typed = ("--quality", "preview", "--voice", "espeak", "--set", "digits.seed=0")
    assert tensorreel("why", "HeldNumber", *typed).stdout == "fresh: all 7 jobs are up to date\n"
    assert "[default: final]" in " ".join(tensorreel("render", "--help").stdout.split())


def test_what_is_typed_goes_before_a_wrong_default(built, settings_file):
    settings_file.write_text('[defaults]\nvoice = "bob"\nlang = "dee"\nmusic = false\n')
    typed = ("--voice", "espeak", "--lang", "en", "--music")
    assert tensorreel("why", "1", *typed).stdout == f"fresh: all {JOBS} jobs are up to date\n"
    assert tensorreel("render", "--help").exit_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'quality = "best"',
            "Invalid value for '--quality': 'best' is not one of 'preview', 'draft', 'final', '4k'. It stands",
        ),
        (
            'voice = "bob"',
            "There is no voice 'bob'; the voices are espeak, piper, recorded, none. It stands in tensorreel.toml.\n",
        ),
        (
            'voice = "recorded:/nowhere"',
            "The voice 'recorded' is to be a folder of recordings, and /nowhere is none. It stands in tensorreel.",
        ),
        ('music = "loud"', "Invalid value for '--music': 'loud' is not a valid boolean."),
        ("jobs = 0", "Invalid value for '--jobs': 0 is not in the range x>=1. It stands in tensorreel.toml."),
        (
            'lang = "dee"',
            "No chapter is narrated in 'dee'; there is de, en. Did you mean 'de'? It stands in tensorreel.toml.\n",
        ),
        (
            'qualty = "final"',
            "tensorreel.toml has no default 'qualty'; there is quality, voice, music, lang, jobs. Did you mean",
        ),
        ("quality", "tensorreel.toml is no valid TOML: "),
    ],
)
def test_a_wrong_default_is_wrong_usage_like_the_option(empty, settings_file, text, said):
    settings_file.write_text(f"[defaults]\n{text}\n")
    done = tensorreel("render", "1")
    assert (done.stdout, done.exit_code) == ("", 2)
    assert f"Error: {said}" in done.stderr
    assert ". It stands in tensorreel.toml.\n" in done.stderr or "tensorreel.toml" in said
    assert not empty.exists()


def test_doing_nothing_and_saying_why_take_less_than_a_second_of_cpu(built):
    assert without("torch,manim", "render 1").returncode == 0  # hashes the copied files once
    for command in (["render", "all"], ["why", "1"]):
        before = os.times()
        done = subprocess.run([sys.executable, "-m", "cli", *command], cwd=ROOT, capture_output=True, text=True)
        after = os.times()
        cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
        assert "everything is fresh" in done.stderr or done.stdout.startswith("fresh: "), done.stdout
        assert cpu_s < 2  # 0.6 where nothing else runs; a busy machine counts more for the same work


def test_colours_are_for_terminals_that_want_them(tmp_path, monkeypatch, built):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32mok  " in tensorreel("doctor", "--store", color=True).stdout
    assert "\x1b" not in tensorreel("doctor", "--store").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in tensorreel("doctor", "--store", color=True).stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("tensorreel ", list(COMMANDS)),
        ("tensorreel render ", ["all", "1", "what-is-a-neural-network"]),
        ("tensorreel render 1 --quality ", ["preview", "draft", "final", "4k"]),
        ("tensorreel render 1 --lang ", ["de", "en"]),
        ("tensorreel render 1 --voice ", ["espeak", "piper", "recorded", "none"]),
        ("tensorreel render 1 --voice n", ["none"]),
        ("tensorreel narration w", ["what-is-a-neural-network"]),
        ("tensorreel preview Held", ["HeldNumber"]),
        ("tensorreel assets digit_n", ["digit_net", "digit_neuron"]),
        ("tensorreel why digit_fo", ["digit_forward"]),
        ("tensorreel why H", ["HeldNumber"]),
        ("tensorreel why PlotO", ["PlotOfALoss"]),
        ("tensorreel check He", ["HeldNumber"]),
        ("tensorreel check w", ["what-is-a-neural-network"]),
        ("tensorreel why 1 --set digits.se", ["digits.seed="]),
    ],
)
def test_the_shell_completes(line, words):
    parts = line.split(" ")
    env = {"_TENSORREEL_COMPLETE": "bash_complete", "COMP_WORDS": line.strip(), "COMP_CWORD": str(len(parts) - 1)}
    done = CliRunner().invoke(main, [], prog_name="tensorreel", env=env)
    assert [row.partition(",")[2] for row in done.stdout.splitlines()] == words


def test_a_reader_that_goes_away_is_no_error(empty):
    command = f"{sys.executable} -m cli why 1 | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith("asset digit_net ")
    assert done.stderr == ""
