"""Where generated files and downloaded data lie; every layer asks here, whichever folder a command is run from."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build_folder() -> Path:
    """The folder of everything generated: $TENSORREEL_BUILD, else ``build`` beside the code."""
    return Path(os.environ.get("TENSORREEL_BUILD") or ROOT / "build")


def data_folder() -> Path:
    """Where the files of MNIST lie: $TENSORREEL_DATA, else ``data`` in the build folder."""
    return Path(os.environ.get("TENSORREEL_DATA") or build_folder() / "data")
