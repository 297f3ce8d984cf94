"""The look at machine and installation: a line each, with the remedy where something is wrong."""

import subprocess

import pytest

from assets.store import Store
from render import doctor
from render.doctor import Finding, examine, examine_store
from render.quality import RenderError


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.setenv("TENSORREEL_BUILD", str(tmp_path / "build"))
    return tmp_path / "build"


def test_a_machine_that_runs_these_tests_is_in_order(build):
    findings = list(examine())
    assert [finding for finding in findings if not finding.good] == []
    heads = [finding.text.split(":")[0] for finding in findings]
    assert heads[0].startswith("Python 3.")
    assert {"drawing", "fonts", "encoders", "ffmpeg", "voice", "build folder", "GPU"} <= set(heads)
    assert all("\n" not in finding.text for finding in findings)
    assert list(build.iterdir()) == []  # the probe is gone


def test_a_missing_library_and_a_wrong_one_name_the_remedy(monkeypatch):
    monkeypatch.setattr(doctor, "library", lambda name: {"manim": "absent", "pillow": "13.0.1"}.get(name, "1.0"))
    assert doctor._library("manim") == Finding(False, "manim is not installed: run `make setup`")
    assert doctor._library("pillow").text.startswith("pillow 13.0.1 breaks manim's pictures: run `make setup`, which")
    assert doctor._library("click") == Finding(True, "click 1.0")


def test_an_old_python_is_told(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 2))
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.2")
    said = "Python 3.10.2 is too old: run `make setup PYTHON=python3.11`, or a newer one"
    assert doctor._python() == Finding(False, said)


def test_a_file_in_the_place_of_the_build_folder_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TENSORREEL_BUILD", str(tmp_path / "file" / "build"))
    bad = [finding.text for finding in examine() if not finding.good]
    remedy = "make it writable, or set TENSORREEL_BUILD to another folder"
    assert bad == [f"build folder: Not a directory ({tmp_path}/file/build): {remedy}"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("libcairo.so.2 is missing"), "drawing: libcairo.so.2 is missing: run `make setup`"),
        (RenderError("It does not speak."), "drawing: It does not speak: run `make setup`"),
        (subprocess.TimeoutExpired("ffmpeg", 20), "drawing: Command 'ffmpeg' timed out after 20 seconds: run `make"),
        (FileNotFoundError(2, "No such file", "/x/ffmpeg"), "drawing: No such file (/x/ffmpeg): run `make setup`"),
    ],
)  # fmt: skip
def test_a_check_that_fails_is_a_line_with_the_remedy(error, said):
    def check():
        raise error

    found = doctor._tried("drawing", check, doctor.SETUP)
    assert not found.good
    assert found.text.startswith(said)


def test_little_space_is_told(build, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE_GB", 1e9)
    found = doctor._free_space()
    assert not found.good
    assert found.text.endswith(" GB free: make room, 1000000000 GB at least are advised")


def test_mnist_is_looked_for_where_it_would_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("TENSORREEL_DATA", str(tmp_path))
    said = f"MNIST in {tmp_path}: not there; `--set digits.data=mnist` fetches it"
    assert doctor._mnist() == Finding(True, said)


def test_a_whole_store_is_good(tmp_path):
    store = Store(tmp_path)
    assert list(examine_store(store)) == [Finding(True, "0 stored objects, none damaged")]
    store.put(b"one", "txt")
    assert list(examine_store(store)) == [Finding(True, "1 stored object, none damaged")]


def test_a_damaged_object_is_named_and_counts_as_absent_from_then_on(tmp_path):
    store = Store(tmp_path)
    store.put(b"one", "txt")
    made = store.put(b"two", "txt")
    store.path(made).write_bytes(b"tw")
    assert list(examine_store(store)) == [
        Finding(False, f"{store.path(made)} is damaged: the next command that needs it makes it again"),
        Finding(False, "2 stored objects, 1 damaged"),
    ]
    assert not store.intact(made)
    assert store.put(b"two", "txt") == made
    assert list(examine_store(store)) == [Finding(True, "2 stored objects, none damaged")]
