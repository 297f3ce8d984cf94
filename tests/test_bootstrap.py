"""What a person reads when a machine is not ready: one clear sentence, and nothing is left behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("bash", "cat", "cksum", "dirname", "id", "paste")  # all that the script uses before it gives up


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout on a machine with no compiler, no pkg-config, no apt and no sudo."""
    for name in ("bootstrap.sh", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def bootstrap(machine: Path, python: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine / "bin"), "PYTHON": python}
    command = [str(machine / "bin" / "bash"), "bootstrap.sh"]
    return subprocess.run(command, cwd=machine, env=environment, capture_output=True, text=True)


def fake(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!{machine}/bin/bash\n{script}\n")
    path.chmod(0o755)


def test_an_old_python_is_refused_in_one_sentence(machine: Path) -> None:
    fake(machine, "python3", '[ "$1" = -V ] && echo Python 3.9.18')
    done = bootstrap(machine, "python3")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "tensorreel: Python 3.11 or newer is needed, and python3 is Python 3.9.18. "
        "Install one, or name one: make setup PYTHON=/path/to/python3.12\n"
    )
    assert not (machine / ".venv").exists()


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ({}, "there is no apt-get here to install them with"),
        ({"apt-get": "exit 0", "id": "echo 1000"}, "installing them needs root or a sudo that asks for no password"),
        (
            {"apt-get": "exit 0", "id": "echo 1000", "sudo": "exit 1"},
            "installing them needs root or a sudo that asks for no password",
        ),
        ({"apt-get": "exit 100", "id": "echo 0", "env": 'shift; "$@"'}, "apt-get could not install them"),
        ({"apt-get": "exit 0", "id": "echo 0", "env": 'shift; "$@"'}, "apt-get has not supplied them"),
    ],
)
def test_missing_system_packages_are_named_with_the_remedy(
    machine: Path, commands: dict[str, str], reason: str
) -> None:
    for name, script in commands.items():
        fake(machine, name, script)
    done = bootstrap(machine, sys.executable)
    assert done.returncode == 1
    sentence, *remedies = done.stderr.splitlines()
    python = f"python3.{sys.version_info.minor}"
    assert sentence == (
        "tensorreel: system packages are missing (build-essential pkg-config libcairo2-dev libpango1.0-dev), "
        f"and {reason}. Install them, then run make again:"
    )
    assert remedies == [
        "  Debian, Ubuntu  sudo apt-get install build-essential pkg-config "
        f"{python}-dev {python}-venv libcairo2-dev libpango1.0-dev",
        "  Fedora          sudo dnf install gcc gcc-c++ pkgconf-pkg-config python3-devel cairo-devel pango-devel",
        "  macOS           xcode-select --install; brew install pkgconf cairo pango",
    ]
    assert not (machine / ".venv").exists()


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        (
            ["chapter", "CHAPTER=2", "VOICE=none", "SET=digits.seed=3 digits.lr=1"],
            ["-m cli render 2 --quality preview --voice none --set digits.seed=3 --set digits.lr=1"],
        ),
        (["gallery", "QUALITY=draft", "SET=digits.seed=3"], ["-m cli gallery --quality draft --set digits.seed=3"]),
        (
            ["bench", "BENCH=--quick Words", "KIT=plot"],
            ["-m tests.bench.render --quick Words", "-m tests.bench.kit plot"],
        ),
    ],
)
def test_make_says_what_it_would_do(words: list[str], commands: list[str]) -> None:
    command = ["make", "--dry-run", "--no-print-directory", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["bash bootstrap.sh", *(f".venv/bin/python {each}" for each in commands)]
