"""Modules' symbols kept between commands, by the content of their files: parsing every module takes a second of CPU.

One JSON file in the build folder, written when a command ends that parsed something. It may be removed at any time;
what cannot be read, or was written by another version of the parser, counts for nothing.
"""

import atexit
import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.folders import build_folder

FILE = "symbols.json"
PARSER = Path(__file__).with_name("symbols.py")


class Kept:
    """What was parsed by this command or an earlier one, by module name: the digest of the file and its symbols."""

    def __init__(self, path: Path, parser: str) -> None:
        self.path, self.parser, self.grown = path, parser, False
        self.modules: dict[str, tuple[str, Any]] = {}
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            told = json.loads(path.read_bytes())
            if told["parser"] == parser:
                self.modules = {name: (found, symbols) for name, (found, symbols) in told["modules"].items()}

    def get(self, name: str, source: bytes, parse: Callable[[], Any]) -> Any:
        """What ``parse`` makes of a module's source, as JSON holds it; parsed only if that was not done before."""
        content = hashlib.sha256(source).hexdigest()
        if self.modules.get(name, ("",))[0] != content:
            self.modules[name] = (content, parse())
            self.grown = True
        return self.modules[name][1]

    def save(self) -> None:
        """Write what is new for the next command, if there is a build folder; a failure only costs time."""
        if not self.grown or not self.path.parent.is_dir():
            return
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with suppress(OSError):
            try:
                new.write_text(json.dumps({"parser": self.parser, "modules": self.modules}))
                new.replace(self.path)
            finally:
                new.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def kept() -> Kept:
    """The symbols of the project's own modules."""
    parser = f"{sys.version} {hashlib.sha256(PARSER.read_bytes()).hexdigest()}"
    found = Kept(build_folder() / FILE, parser)
    atexit.register(found.save)
    return found
