"""Folders of generated files do not depend on where a command is run from, but on the environment."""

from pathlib import Path

from models.folders import build_folder, data_folder

ROOT = Path(__file__).resolve().parents[2]


def test_the_build_folder_lies_beside_the_code_unless_the_environment_names_another(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TENSORREEL_BUILD", raising=False)
    assert build_folder() == ROOT / "build"
    monkeypatch.setenv("TENSORREEL_BUILD", "elsewhere")
    assert build_folder() == Path("elsewhere")


def test_data_lie_in_the_build_folder_unless_the_environment_names_another(monkeypatch):
    monkeypatch.delenv("TENSORREEL_DATA", raising=False)
    monkeypatch.setenv("TENSORREEL_BUILD", "elsewhere")
    assert data_folder() == Path("elsewhere/data")
    monkeypatch.setenv("TENSORREEL_DATA", "digits")
    assert data_folder() == Path("digits")
