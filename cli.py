"""tensorreel: films about neural networks in which every number on screen was read from a real tensor."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from assets.store import Store
    from render.build import Outcome
    from render.graph import Job, Status
    from render.jobs import Options

Command = TypeVar("Command", bound=Callable[..., Any])
QUALITIES = ("preview", "draft", "final", "4k")
VOICES = ("espeak", "none")
EXAMPLES = """\b
Examples:
  tensorreel render 1                      chapter 1, quick to draw
  tensorreel render 1 --quality final      the same for publishing
  tensorreel preview HeldNumber            one scene as a small film
  tensorreel preview HeldNumber --still    a picture at the end of each spoken line
  tensorreel assets --show                 train what is stale, list every array
  tensorreel why 1                         what would run, and because of what
  tensorreel render 1 --set digits.hidden=32

\b
Shell completion:
  eval "$(_TENSORREEL_COMPLETE=bash_source tensorreel)"     (zsh_source, fish_source)
"""


class Shell(click.Group):
    """Turns expected errors into one sentence and an exit code: 1 the work failed, 2 wrong usage."""

    def invoke(self, ctx: click.Context) -> Any:
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            raise click.ClickException(
                "Interrupted. What was finished is kept; run the command again to go on."
            ) from None
        except Exception as error:
            raise _as_click(error) from error


def _as_click(error: Exception) -> Exception:
    from assets.store import AssetError
    from models.configs import ModelError, OverrideError
    from render.catalog import UnknownName
    from render.progress import sentence
    from render.quality import RenderError
    from scenes.narration import SceneError

    if isinstance(error, OverrideError | UnknownName):
        return click.UsageError(str(error))
    if isinstance(error, AssetError | ModelError | RenderError | SceneError | OSError):
        return click.ClickException(sentence(error))
    return error


def _chapters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from scenes.chapters import CHAPTERS

    words = ["all", *(str(c.number) for c in CHAPTERS), *(c.slug for c in CHAPTERS)]
    return [word for word in words if word.startswith(incomplete)]


def _scenes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from scenes.chapters import CHAPTERS

    names = [spec.partition(":")[2] for chapter in CHAPTERS for spec in chapter.scenes]
    return [name for name in names if name.startswith(incomplete)]


def _recipes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from render.catalog import recipes

    return [name for name in recipes() if name.startswith(incomplete)]


def _settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from dataclasses import fields

    from models.configs import CONFIGS

    keys = [f"{model}.{field.name}=" for model, config in CONFIGS.items() for field in fields(config)]
    return [key for key in keys if key.startswith(incomplete)]


def _options(*names: str) -> Callable[[Command], Command]:
    """The options that several commands share, by name."""
    known = {
        "quality": click.option(
            "--quality", type=click.Choice(QUALITIES), default="preview", show_default=True, help="Size and rate."
        ),
        "voice": click.option(
            "--voice", type=click.Choice(VOICES), default="espeak", show_default=True, help="Who speaks; or none."
        ),
        "lang": click.option("--lang", default="en", show_default=True, help="Language of the narration."),
        "set": click.option(
            "--set", "overrides", multiple=True, metavar="MODEL.FIELD=VALUE", shell_complete=_settings,
            help="Change a model's setting, such as digits.seed=9; repeat for more.",
        ),
        "jobs": click.option("--jobs", type=click.IntRange(1), help="Jobs at once; by default one for each core."),
        "json": click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
    }  # fmt: skip

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            command = known[name](command)
        return command

    return decorate


@click.group(cls=Shell, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tensorreel", prog_name="tensorreel")
def main() -> None:
    """Films about neural networks in which every number on screen was read from a real tensor.

    Small PyTorch models are trained here, Manim scenes draw their arrays, and each chapter becomes one narrated video.
    Only what changed is done again.
    """


@main.command("list")
@_options("quality", "voice", "lang", "set", "json")
def list_command(as_json: bool, **chosen: Any) -> None:
    """List chapters and scenes, their length, and whether they are fresh or stale."""
    from render.report import overview

    for row in overview(_store(), _make_options(**chosen)):
        click.echo(json.dumps(row.facts()) if as_json else row.text())


@main.command("render")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=_chapters)
@_options("quality", "voice", "lang", "set", "jobs")
@click.option("--dry-run", is_flag=True, help="Say what would run and why; do nothing.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Folder for the films.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: one JSON object for each job.")
def render_command(
    chapters: Sequence[str], dry_run: bool, output: Path | None, jobs: int | None, as_json: bool, **chosen: Any
) -> None:
    """Render chapters by number, slug or 'all', and print the films' paths."""
    from render.catalog import build_folder, find_chapters
    from render.jobs import chapter_jobs

    options = _make_options(**chosen)
    found = find_chapters(chapters)
    if dry_run:
        _explain(chapter_jobs(found, options), as_json)
        return
    _fetch_data(options)
    _films(chapter_jobs(found, options), options, output or build_folder() / "chapters", jobs)


@main.command("preview")
@click.argument("scene", shell_complete=_scenes)
@click.option("--still", is_flag=True, help="Pictures at the end of each spoken line instead of a film.")
@_options("quality", "voice", "lang", "set", "jobs")
def preview_command(scene: str, still: bool, jobs: int | None, **chosen: Any) -> None:
    """Render one scene, with its voice: HeldNumber, 1/HeldNumber or ch01_neural_network/HeldNumber."""
    from render.catalog import build_folder, find_scene
    from render.jobs import preview_jobs, scene_jobs

    options = _make_options(**chosen)
    found = find_scene(scene, options.lang)
    _fetch_data(options)
    folder = build_folder() / "preview"
    if not still:
        _films(preview_jobs(found, options), options, folder, jobs)
        return
    from render.stills import draw_stills

    before_drawing = [job for job in scene_jobs([found], options) if job.kind != "clip"]
    outcome = _build(before_drawing, options, jobs)
    for path in draw_stills(found, _store(), options, outcome.statuses, folder / found.name):
        click.echo(path)


@main.command("assets")
@click.argument("names", nargs=-1, metavar="[RECIPE]...", shell_complete=_recipes)
@click.option("--force", is_flag=True, help="Run the recipes even if they are fresh.")
@click.option("--show", is_flag=True, help="Print every array: axes, shape, range.")
@_options("set", "jobs")
def assets_command(names: Sequence[str], force: bool, show: bool, jobs: int | None, overrides: Sequence[str]) -> None:
    """Regenerate the assets that are stale (all, or those named), then name the scenes whose arrays changed."""
    from render.catalog import find_recipe, recipes
    from render.jobs import asset_jobs
    from render.report import asset_tables, scenes_to_draw

    options = _make_options(overrides=overrides)
    wanted = [find_recipe(name).name for name in names] or list(recipes())
    _fetch_data(options)
    found = asset_jobs(wanted, options)
    outcome = _build(found, options, jobs, force=[f"asset/{name}" for name in wanted] if force else [])
    if show:
        for line in asset_tables(_store(), outcome.statuses):
            click.echo(line)
    ran = [job_id.partition("/")[2] for job_id in outcome.ran]
    click.echo(f"regenerated: {', '.join(ran)}" if ran else "every asset is fresh; nothing to do")
    waiting = scenes_to_draw(_store(), options)
    click.echo(f"scenes to draw again: {', '.join(waiting)}" if waiting else "every scene is up to date")


@main.command("why")
@click.argument("target", shell_complete=_scenes)
@_options("quality", "voice", "lang", "set", "json")
def why_command(target: str, as_json: bool, **chosen: Any) -> None:
    """Say why a chapter, scene or recipe is stale, or that it is fresh."""
    from render.report import target_jobs

    _explain(target_jobs(target, _make_options(**chosen)), as_json)


@main.command("doctor")
@click.option("--store", "check_store", is_flag=True, help="Check the digest of every stored object.")
def doctor_command(check_store: bool) -> None:
    """Check this machine and installation: a line each, with the remedy where something is wrong."""
    from render.doctor import examine, examine_store

    findings = examine_store(_store()) if check_store else examine()
    bad = False
    for finding in findings:
        bad |= not finding.good
        mark = click.style("ok  ", fg="green") if finding.good else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.text}", color=click.get_current_context().color)
    if bad:
        raise click.exceptions.Exit(1)


def _make_options(
    quality: str = "preview", voice: str = "espeak", lang: str = "en", overrides: Sequence[str] = ()
) -> "Options":
    from models.configs import make_config, parse_overrides
    from render.jobs import Options
    from render.quality import QUALITIES as PRESETS

    parsed = parse_overrides(overrides)
    for name, values in parsed.items():
        make_config(name, values)  # wrong combinations are usage errors before anything else is looked at
    return Options(PRESETS[quality], voice, lang, parsed)


def _store() -> "Store":
    from assets.store import Store
    from render.catalog import build_folder

    return Store(build_folder() / "store")


def _fetch_data(options: "Options") -> None:
    """Download the official MNIST files if they are asked for and absent."""
    from render.report import fetch_missing_data

    fetch_missing_data(options, lambda text: click.echo(text, err=True))


@contextmanager
def _watching() -> Iterator[Any]:
    from render.progress import display

    shown = display()
    try:
        yield shown
    finally:
        shown.close()


def _build(jobs: Sequence["Job"], options: "Options", cores: int | None, force: Sequence[str] = ()) -> "Outcome":
    """Run a build; failures are told at the end and the exit code is 1."""
    from render.build import EXPECTED, build
    from render.progress import failure_text
    from render.runners import RUNNERS

    with _watching() as shown:
        outcome = build(jobs, _store(), options, RUNNERS, shown, cores or 0, force)
    for job_id, error in outcome.failures.items():
        if not isinstance(error, EXPECTED):
            raise error
        click.secho(failure_text(outcome.statuses[job_id].job.label, error), err=True, fg="red")
    if outcome.failures:
        count = len(outcome.failures)
        raise click.ClickException(
            f"{count} job{'s' * (count > 1)} failed; everything else is kept. Mend and run the same command again."
        )
    return outcome


def _films(jobs: Sequence["Job"], options: "Options", folder: Path, cores: int | None) -> None:
    """Build films, copy them to a folder and print their paths; say so when there was nothing to do."""
    from render.build import publish
    from render.jobs import output_path

    outcome = _build(jobs, options, cores)
    if not outcome.ran:
        click.echo("nothing to do: everything is fresh", err=True)
    for status in outcome.statuses.values():
        if status.job.kind in {"chapter", "preview"} and status.trace is not None:
            made = publish(_store(), status.trace, output_path(status.job.payload, options, folder))
            click.echo(_shown(made[0]))


def _shown(path: Path) -> str:
    """A path as a person types it: relative to where they are when it lies below."""
    full = path.absolute()
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)


def _explain(jobs: Sequence["Job"], as_json: bool) -> None:
    from render.graph import Ledger, evaluate
    from render.report import status_facts, status_text

    statuses: list[Status] = list(evaluate(jobs, Ledger(_store())).values())
    if as_json:
        for status in statuses:
            click.echo(json.dumps(status_facts(status)))
        return
    waiting = [status for status in statuses if status.state != "fresh"]
    for status in waiting:
        click.echo(status_text(status))
    ready = len(statuses) - len(waiting)
    click.echo(
        f"{len(waiting)} of {len(statuses)} jobs would run" if waiting else f"fresh: all {ready} jobs are up to date"
    )


if __name__ == "__main__":
    sys.exit(main(prog_name="tensorreel"))
