"""Which errors are the user's to mend, and in what words they are told."""

from collections.abc import Callable

OURS = ("models", "assets", "scenes", "render")


def told(error: BaseException) -> tuple[str, int]:
    """An error as (sentence, exit status): 1 the work failed, 2 wrong usage, 0 with no sentence for a bug of ours.

    Nothing heavy is imported before it is known that all packages are there.
    """
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted. What was finished is kept; run the command again to go on.", 1
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}: {(error.text or '').strip()}", 1
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] not in OURS:
        return f"The Python package {error.name} is not installed; run `make setup`.", 1
    from models.configs import OverrideError
    from render.build import EXPECTED
    from render.catalog import UnknownName
    from render.progress import explained
    from render.voices import UnknownVoice

    if isinstance(error, OverrideError | UnknownName | UnknownVoice):
        return str(error), 2
    return (explained(error), 1) if isinstance(error, EXPECTED) else ("", 0)


def survive(fail: Callable[[str], None], show: Callable[[bool], None], first: bool) -> None:
    """Show, and tell an error without ending the command.

    Raises: the error if it is a bug of ours, or at the first time if the command itself is wrong.
    """
    try:
        show(first)
    except Exception as error:
        sentence, status = told(error)
        if not status or (first and status == 2):
            raise
        fail(f"Error: {sentence}")


def check_default(name: str, value: str) -> None:
    """Raises: UnknownVoice or UnknownName for a voice or language (``name``) of tensorreel.toml that there is not."""
    from render.catalog import UnknownName
    from render.jobs import make_options
    from render.settings import SETTINGS_FILE
    from render.voices import UnknownVoice

    try:
        make_options(**{name: value})  # type: ignore[arg-type]
    except (UnknownVoice, UnknownName) as error:
        raise type(error)(f"{error} It stands in {SETTINGS_FILE}.") from None
