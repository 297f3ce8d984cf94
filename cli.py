"""tensorreel: films about neural networks in which every number on screen was read from a real tensor."""

import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from render.quality import QUALITIES

if TYPE_CHECKING:
    from render.build import Outcome
    from render.graph import Job
    from render.jobs import Options

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("mp4", "gif", "webm", "png")
RASTERS = ("stock", "exact", "fast")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TABLE = click.Path(dir_okay=False, path_type=Path)
_tell = partial(click.echo, err=True)
EXAMPLES = """\b
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

\b
Shell completion:
  eval "$(_TENSORREEL_COMPLETE=bash_source tensorreel)"     (zsh_source, fish_source)
"""


class Shell(click.Group):
    """Turns expected errors into one sentence and an exit code: 1 the work failed, 2 wrong usage."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of use, not of the alphabet

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except click.BadParameter as error:
            if not (error.ctx and error.param and _from_file(error.ctx, error.param)):
                raise
            said = f"{error.message.rstrip('.')}. It stands in tensorreel.toml."
            raise click.BadParameter(said, error.ctx, error.param) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            raise _as_click(error) from error


def _as_click(error: BaseException) -> BaseException:
    """The error as click prints it; a bug of ours is handed on with its traceback."""
    from render.mistakes import told

    sentence, status = told(error)
    return {0: error, 1: click.ClickException(sentence), 2: click.UsageError(sentence)}[status]


def _from_file(ctx: click.Context, param: click.Parameter) -> bool:
    """Whether an option's value stands in tensorreel.toml."""
    return ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.DEFAULT_MAP


def _complete(*kinds: str) -> Callable[..., list[str]]:
    """Shell completion with the words that the catalog knows of some kinds."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        from render.catalog import words

        return [word for kind in kinds for word in words(kind) if word.startswith(incomplete)]

    return complete


def _checked(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """A voice or language, of which it is told where it stands if there is none."""
    if _from_file(ctx, param):
        from render.mistakes import check_default

        check_default(param.name or "", value)
    return value


def _options(*names: str) -> Callable[[Command], Command]:
    """The options that several commands share, by name."""
    known = {
        "quality": click.option(
            "--quality", type=click.Choice(list(QUALITIES)), default="preview", help="Size, frame rate and compression."
        ),
        "voice": click.option(
            "--voice", default="espeak", shell_complete=_complete("voices"), callback=_checked,
            help="Who speaks: espeak, none, piper:FILE.onnx or recorded:FOLDER.",
        ),
        "music": click.option("--music/--no-music", default=True, help="Tones and a quiet bed beneath the voice."),
        "lang": click.option(
            "--lang", default="en", shell_complete=_complete("languages"), callback=_checked,
            help="Language of the narration; what is not translated is told in English.",
        ),
        "set": click.option(
            "--set", "overrides", multiple=True, metavar="MODEL.FIELD=VALUE", shell_complete=_complete("settings"),
            help="Change a model's setting, such as digits.seed=9; repeatable. Or in tensorreel.toml: [set].",
        ),
        "raster": click.option(
            "--raster", type=click.Choice(RASTERS), help="How to draw: as manim, the same sooner, or by our rasteriser."
        ),
        "jobs": click.option("--jobs", type=click.IntRange(1), help="Jobs at once; by default one for each core."),
        "intro": click.option("--intro", type=FILE, help="A film to put before each chapter."),
        "outro": click.option("--outro", type=FILE, help="A film to put after each chapter."),
        "json": click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
    }  # fmt: skip

    return lambda command: reduce(lambda made, name: known[name](made), reversed(names), command)


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Told from the project's own file, so that it is right in every checkout, installed or not."""
    if wanted:
        project = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        click.echo(f"{project['name']} {project['version']}")
        ctx.exit()


@click.group(cls=Shell, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Films about neural networks in which every number on screen was read from a real tensor.

    Small PyTorch models are trained here, Manim scenes draw their arrays, and each chapter becomes one narrated video.
    Only what changed is done again.
    """
    from render.settings import default_values

    ctx.default_map = dict.fromkeys(main.commands, default_values())


@main.command("list")
@_options("quality", "raster", "voice", "music", "lang", "set", "json")
def list_command(as_json: bool, **chosen: Any) -> None:
    """List chapters and scenes: seconds, and fresh or stale."""
    from render.told import overview_told

    _say_all(overview_told(chosen, as_json))


@main.command("render")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=_complete("chapters"))
@_options("quality", "raster", "voice", "music", "lang", "set", "jobs", "intro", "outro")
@click.option("--dry-run", is_flag=True, help="Say what would run and why; do nothing.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Folder for the films.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: one JSON object for each job.")
def render_command(
    chapters: Sequence[str], dry_run: bool, output: Path | None, jobs: int | None, as_json: bool, **chosen: Any
) -> None:
    """Render chapters and print the paths of the films.

    CHAPTER is a number, a slug or 'all'. Beside each film lie its captions, a page that plays it, pictures, and texts
    to publish with it.
    """
    from models.folders import build_folder
    from render.catalog import find_chapters
    from render.jobs import chapter_jobs, make_options
    from render.report import fetch_missing_data
    from render.told import explained_jobs, handed_out, remarks

    if as_json and not dry_run:
        raise click.UsageError("--json tells what would run; use it with --dry-run.")
    options = make_options(**chosen)
    found = find_chapters(chapters)
    if dry_run:
        _say_all(explained_jobs(chapter_jobs(found, options), as_json))
        return
    fetch_missing_data(options, _tell)
    outcome = _build(chapter_jobs(found, options), options, jobs)
    _say_all(remarks(outcome, options), err=True)
    _say_all(handed_out(outcome, options, output or build_folder() / "chapters"))


@main.command("preview")
@click.argument("scene", shell_complete=_complete("scenes"))
@click.option("--still", is_flag=True, help="Pictures at the end of each spoken line instead of a film.")
@click.option("--from", "first", metavar="CUE", help="Begin with this spoken line.")
@click.option("--to", "last", metavar="CUE", help="End with this spoken line.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="By default mp4, with sound; png is a folder.")
@click.option("--transparent", is_flag=True, help="Leave out the background, in gif, webm or png: for slides.")
@click.option("--watch", "watching", is_flag=True, help="Draw again after every save, until Ctrl-C.")
@click.option("--open", "opening", is_flag=True, help="Show it in the system's viewer.")
@_options("quality", "raster", "voice", "music", "lang", "set", "jobs")
def preview_command(scene: str, watching: bool, **chosen: Any) -> None:
    """Render one scene as a small film, as stills, or for slides.

    SCENE is HeldNumber, 1/HeldNumber or ch01_neural_network/HeldNumber; or FILE.py:Class for any Manim scene. CUE is
    the name of a line in narration.en.toml.
    """
    from render.mistakes import survive
    from render.preview import Preview, mistake

    if wrong := mistake(chosen):
        raise click.UsageError(wrong)
    source = click.get_current_context().get_parameter_source
    typed = [name for name in chosen if source(name) is click.core.ParameterSource.COMMANDLINE]
    fail = partial(click.secho, err=True, fg="red")
    with closing(Preview(scene, chosen, typed, click.echo, _tell, fail)) as preview:
        if watching:
            preview.watch(partial(survive, fail))
        else:
            preview.show()


@main.command("assets")
@click.argument("names", nargs=-1, metavar="[RECIPE]...", shell_complete=_complete("recipes"))
@click.option("--force", is_flag=True, help="Run the recipes even if they are fresh.")
@click.option("--show", is_flag=True, help="Print every array: axes, shape, range.")
@_options("set", "jobs")
def assets_command(names: Sequence[str], force: bool, show: bool, jobs: int | None, **chosen: Any) -> None:
    """Regenerate stale assets, then name the scenes to draw again.

    All assets, or those of the recipes named and of what they need.
    """
    from render.catalog import find_recipe, recipes
    from render.jobs import asset_jobs, make_options
    from render.report import fetch_missing_data
    from render.told import assets_told

    options = make_options(**chosen)
    wanted = [find_recipe(name).name for name in names] or list(recipes())
    fetch_missing_data(options, _tell)
    forced = [f"asset/{name}" for name in wanted] if force else []
    _say_all(assets_told(_build(asset_jobs(wanted, options), options, jobs, forced), options, show))


@main.command("why")
@click.argument("target", shell_complete=_complete("targets"))
@_options("quality", "raster", "voice", "music", "lang", "set", "json")
def why_command(target: str, as_json: bool, **chosen: Any) -> None:
    """Say whether a chapter, scene or recipe is stale, and why."""
    from render.told import explained_target

    _say_all(explained_target(target, chosen, as_json))


@main.command("check")
@click.argument("target", default="all", metavar="[SCENE|CHAPTER|all]", shell_complete=_complete("chapters", "scenes"))
@_options("voice", "lang", "set", "jobs", "json")
def check_command(target: str, jobs: int | None, as_json: bool, **chosen: Any) -> None:
    """Look for mistakes in the picture, without drawing it.

    Spelling, what reaches out of the frame, overlaps, contrast, size, wobble, numbers. Exit status 1 if there is an
    error; notes are for you to judge. 'gallery' is the kit's; FILE.py:Class may be any Manim scene.
    """
    from render.check.command import Check

    check = Check(target, chosen, jobs, as_json, _tell)
    _say_all(check.lines(_build(check.jobs, check.options, jobs)))
    click.echo(check.summary(), err=as_json)
    if check.failed:
        raise click.exceptions.Exit(1)


@main.command("gallery")
@_options("quality", "raster", "set", "jobs")
def gallery_command(jobs: int | None, **chosen: Any) -> None:
    """Render the kit's components, still and moving, onto one page.

    A film and a picture of each, how it is made and a short example; the path of the page is printed.
    """
    from render.jobs import gallery_scenes, make_options, scene_jobs
    from render.report import fetch_missing_data
    from render.told import gallery_told

    options, scenes = make_options(**chosen, voice="none"), gallery_scenes()
    fetch_missing_data(options, _tell)
    _say_all(gallery_told(_build(scene_jobs(scenes, options), options, jobs), scenes))


@main.command("narration")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...", shell_complete=_complete("chapters"))
@click.option("--lang", required=True, help="The language to translate into, such as de.")
@click.option("--export", "table", type=TABLE, help="Write every line beside its English into this file, as CSV.")
@click.option("--import", "filled", type=FILE, help="Read such a table, filled in, back into narration files.")
def narration_command(chapters: Sequence[str], lang: str, table: Path | None, filled: Path | None) -> None:
    """List untranslated lines; write or read tables for translators.

    A line that is not translated is spoken in English. Numbers in braces are copied as they stand.
    """
    from render.catalog import find_chapters
    from render.translation import narration_told

    if table and filled:
        raise click.UsageError("--export writes a table and --import reads one; give one of them.")
    _say_all(narration_told(find_chapters(chapters or ["all"]), lang, table, filled))


@main.command("doctor")
@click.option("--store", "check_store", is_flag=True, help="Check the digest of every stored object instead.")
def doctor_command(check_store: bool) -> None:
    """Check this machine and installation.

    A line each, with the remedy where something is wrong; exit status 1 if anything is.
    """
    from render.doctor import examine, examine_store
    from render.told import the_store

    bad = False
    for finding in examine_store(the_store()) if check_store else examine():
        bad |= not finding.good
        mark = click.style("ok  ", fg="green") if finding.good else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.text}")
    if bad:
        raise click.exceptions.Exit(1)


@main.command("gc")
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
@click.option("--keep", type=click.IntRange(0), default=3, help="Other variants to keep, those used last.")
@_options("quality", "raster", "voice", "music", "lang", "set", "json")
def gc_command(dry_run: bool, keep: int, as_json: bool, **chosen: Any) -> None:
    """Free the store of what nothing uses any more.

    What stays: all that the chapters use with these options, the last run of each job, and the variants (quality,
    voice, language, overrides) built last. Films that were handed out are not touched.
    """
    from render.told import swept

    click.echo(swept(chosen, keep, dry_run, as_json, _tell))


def _say_all(lines: Iterable[str], err: bool = False) -> None:
    for line in lines:
        click.echo(line, err=err)


def _build(jobs: Sequence["Job"], options: "Options", cores: int | None, force: Sequence[str] = ()) -> "Outcome":
    """Run a build and tell its failures, which do not end the command yet: what was made is handed out first."""
    from render.catalog import make_build_folder
    from render.session import failures_told, watched_build
    from render.told import the_store
    from render.variants import using

    make_build_folder()
    click.get_current_context().with_resource(using(the_store()))  # until the command ends: gc waits for it
    outcome = watched_build(jobs, the_store(), options, cores, force)
    for text in failures_told(outcome):
        click.secho(text, err=True, fg="red")
    return outcome


if __name__ == "__main__":
    sys.exit(main(prog_name="tensorreel"))
