"""Which errors are the user's to mend, and in what words they are told."""

OURS = ("models", "assets", "scenes", "render")


def told(error: Exception) -> tuple[str, int]:
    """An error as (sentence, exit status): 1 the work failed, 2 wrong usage, 0 with no sentence for a bug of ours.

    Nothing heavy is imported before it is known that all packages are there.
    """
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
