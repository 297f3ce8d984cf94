"""Keys: what counts as a change of source, and what does not."""

import pytest

from render.keys import digest, key_of, library, module_path, sources

FILES = {
    "scenes/__init__.py": "",
    "scenes/theme.py": "INK = '#FFFFFF'\n",
    "scenes/kit/__init__.py": "",
    "scenes/kit/plot.py": "from scenes.theme import INK\n\n\ndef plot():\n    return INK\n",
    "scenes/one.py": "import numpy\nfrom scenes.kit import plot\n\n\nclass One:\n    drawn = plot.plot()\n",
    "scenes/two.py": "class Two:\n    pass\n",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def edit(tree, name, old, new):
    path = tree / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new) + "\n")


def test_the_closure_follows_imports_through_packages(tree):
    names = {"scenes", "scenes.one", "scenes.kit", "scenes.kit.plot", "scenes.theme"}
    assert set(sources("scenes.one", root=tree)) == {f"source {name}" for name in names}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def plot", "# a comment\ndef plot"),
        ("    return INK", '    """A docstring."""\n    return INK'),
        ("return INK", "return (INK)"),
        ("def plot():", "def plot(\n):"),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(tree, old, new):
    before = sources("scenes.one", root=tree)
    edit(tree, "scenes/kit/plot.py", old, new)
    assert sources("scenes.one", root=tree) == before


@pytest.mark.parametrize(
    ("name", "old", "new"), [("scenes/theme.py", "FFFFFF", "000000"), ("scenes/kit/plot.py", "return INK", "return 1")]
)
def test_a_change_two_modules_away_counts_and_is_named(tree, name, old, new):
    before = sources("scenes.one", root=tree)
    edit(tree, name, old, new)
    after = sources("scenes.one", root=tree)
    changed = {label for label in before if before[label] != after[label]}
    assert changed == {"source " + name.removesuffix(".py").replace("/", ".")}


def test_a_change_elsewhere_does_not_count(tree):
    before = sources("scenes.one", root=tree)
    edit(tree, "scenes/two.py", "pass", "x = 1")
    assert sources("scenes.one", root=tree) == before


def test_a_file_that_does_not_parse_still_has_a_key(tree):
    before = sources("scenes.two", root=tree)
    edit(tree, "scenes/two.py", "pass", "pass (")
    assert sources("scenes.two", root=tree) != before


def test_a_key_depends_on_every_part_and_not_on_their_order():
    assert key_of({"a": "1", "b": "2"}) == key_of({"b": "2", "a": "1"})
    assert key_of({"a": "1", "b": "2"}) != key_of({"a": "1", "b": "3"})
    assert len(digest("x")) == 24


def test_library_versions_are_those_installed():
    assert library("numpy") == __import__("numpy").__version__
    assert library("no-such-library-at-all") == "absent"


def test_only_project_modules_are_followed():
    assert module_path("numpy") is None
    assert module_path("render.keys").name == "keys.py"
