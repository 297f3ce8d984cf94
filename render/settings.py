"""The optional file ``tensorreel.toml`` beside the code: ``[defaults]`` of options and ``[set]`` of models' settings.

Read by every command before anything else, so it imports nothing heavy.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.configs import OverrideError
from models.folders import ROOT
from models.suggest import did_you_mean

SETTINGS_FILE = "tensorreel.toml"
DEFAULTS = ("quality", "voice", "music", "lang", "jobs")  # options of the command line that may have another default


def default_values(root: Path | None = None) -> dict[str, str]:
    """The table [defaults] by option; the values are text and checked like what is typed.

    Raises: OverrideError if the file is no valid TOML, or for a name that is no option.
    """
    table = _table(root, "defaults", 'quality = "final"')
    for name in table:
        if name not in DEFAULTS:
            guess = did_you_mean(name, DEFAULTS)
            raise OverrideError(f"{SETTINGS_FILE} has no default '{name}'; there is {', '.join(DEFAULTS)}.{guess}")
    return {name: str(value) for name, value in table.items()}


def override_pairs(root: Path | None = None) -> list[str]:
    """The table [set] in the form of the command line: ``digits.hidden=32``.

    Raises: OverrideError if the file is no valid TOML, or a line is not of this form.
    """
    hint = "digits.hidden = 32"
    table = _table(root, "set", hint)
    if not all(isinstance(values, Mapping) for values in table.values()):
        raise OverrideError(_wrong("set", hint))
    return [f"{model}.{key}={value}" for model, values in table.items() for key, value in values.items()]


def _table(root: Path | None, name: str, hint: str) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(((root or ROOT) / SETTINGS_FILE).read_text(encoding="utf-8")).get(name, {})
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OverrideError(f"{SETTINGS_FILE} is no valid TOML: {error}.") from error
    if not isinstance(table, Mapping):
        raise OverrideError(_wrong(name, hint))
    return table


def _wrong(table: str, hint: str) -> str:
    return f"{SETTINGS_FILE} needs lines such as `{hint}` in its table [{table}]."
