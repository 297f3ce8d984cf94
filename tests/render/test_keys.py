"""Keys: which edits change what a job is made from, symbol by symbol, and which change nothing."""

import ast
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from render.keys import key_of, library, sources
from render.symbols import digest

FILES = {
    "scenes/__init__.py": "",
    "scenes/theme.py": "INK = '#FFFFFF'\nDIM = '#888888'\nBOTH = (INK, DIM)\n",
    "scenes/kit/__init__.py": "from scenes.kit.plot import curve as line\n",
    "scenes/kit/plot.py": """
        import numpy as np
        from scenes.theme import DIM, INK

        WIDTH, HEIGHT = 3, 4

        def curve(values):
            return scaled(values), INK

        def scaled(values):
            return np.array(values) * WIDTH

        def unused():
            return DIM
    """,
    "scenes/base.py": """
        import functools

        def register(scene):
            return scene

        class Base:
            LIMIT = 1

            def close(self):
                return helper()

        def helper():
            return 2

        def deep(function):
            return functools.wraps(function)(function)
    """,
    "scenes/film.py": """
        from scenes.base import Base, deep
        from scenes.kit import line
        from scenes.kit import plot
        import scenes.theme as theme

        class One(Base):
            def construct(self):
                return line([1])

        class Two:
            @deep
            def construct(self):
                return plot.scaled([2]), theme.DIM

        class Three:
            def construct(self):
                return everything(plot)

        def everything(module):
            return vars(module)
    """,
    "scenes/switch.py": """
        try:
            from scenes.theme import INK as ink
        except ImportError:
            ink = None

        if ink:
            def shade():
                return ink
        else:
            def shade():
                return 0

        class Four:
            def construct(self):
                from scenes.kit.plot import curve
                return shade(), curve([1])
    """,
    "scenes/registry.py": """
        from scenes.base import register

        TABLE = {}
        TABLE["default"] = 1

        def quiet():
            return 1

        @register
        def loud():
            return 2

        class Five:
            def construct(self):
                return quiet()
    """,
    "scenes/star.py": "from scenes.theme import *\n\n\nclass Six:\n    ink = INK\n",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return tmp_path


def edit(tree, name, old, new):
    path = tree / name
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new) + "\n")


def changed(tree, root, name, old, new):
    """Labels that an edit adds, removes or changes."""
    before = sources(root, root=tree)
    edit(tree, name, old, new)
    after = sources(root, root=tree)
    return {label for label in {*before, *after} if before.get(label) != after.get(label)}


def test_a_class_reaches_its_base_its_functions_and_their_constants_and_nothing_else(tree):
    assert set(sources("scenes.film:One", root=tree)) == {
        "source scenes.base.Base",
        "source scenes.base.deep",  # runs when the module is imported, since it decorates a neighbour
        "source scenes.base.helper",
        "source scenes.film (statements)",
        "source scenes.film.One",
        "source scenes.kit.plot.WIDTH",
        "source scenes.kit.plot.curve",
        "source scenes.kit.plot.scaled",
        "source scenes.theme.INK",
    }


@pytest.mark.parametrize(
    ("root", "name", "old", "new", "labels"),
    [
        ("scenes.film:One", "scenes/film.py", "line([1])", "line([9])", {"scenes.film.One"}),
        ("scenes.film:One", "scenes/film.py", "plot.scaled([2])", "plot.scaled([3])", set()),
        ("scenes.film:Two", "scenes/film.py", "line([1])", "line([9])", set()),
        ("scenes.film:One", "scenes/theme.py", "'#FFFFFF'", "'#000000'", {"scenes.theme.INK"}),
        ("scenes.film:One", "scenes/theme.py", "'#888888'", "'#777777'", set()),
        ("scenes.film:Two", "scenes/theme.py", "'#888888'", "'#777777'", {"scenes.theme.DIM"}),
        ("scenes.film:One", "scenes/kit/plot.py", "* WIDTH", "* WIDTH * 2", {"scenes.kit.plot.scaled"}),
        ("scenes.film:Two", "scenes/kit/plot.py", "* WIDTH", "* WIDTH * 2", {"scenes.kit.plot.scaled"}),
        ("scenes.film:Two", "scenes/kit/plot.py", "return scaled(values), INK", "return INK", set()),
        (
            "scenes.film:One",
            "scenes/kit/plot.py",
            "WIDTH, HEIGHT = 3, 4",
            "WIDTH, HEIGHT = 3, 5",
            {"scenes.kit.plot.WIDTH"},
        ),
        ("scenes.film:One", "scenes/base.py", "return 2", "return 3", {"scenes.base.helper"}),
        ("scenes.film:Two", "scenes/base.py", "functools.wraps(function)(function)", "function", {"scenes.base.deep"}),
        ("scenes.film:One", "scenes/kit/plot.py", "return DIM", "return 1", set()),
        ("scenes.switch:Four", "scenes/theme.py", "'#FFFFFF'", "'#000000'", {"scenes.theme.INK"}),
        (
            "scenes.switch:Four",
            "scenes/kit/plot.py",
            "* WIDTH",
            "* 7",
            {"scenes.kit.plot.scaled", "scenes.kit.plot.WIDTH"},
        ),
        ("scenes.star:Six", "scenes/theme.py", "'#FFFFFF'", "'#000000'", {"scenes.theme.INK"}),
        ("scenes.star:Six", "scenes/theme.py", "'#888888'", "'#777777'", set()),
        ("scenes.registry:Five", "scenes/registry.py", "return 2", "return 3", set()),
    ],
)
def test_an_edit_counts_for_exactly_the_scenes_that_name_what_was_edited(tree, root, name, old, new, labels):
    assert changed(tree, root, name, old, new) == {f"source {label}" for label in labels}


def test_a_re_export_is_followed_to_where_the_name_now_comes_from(tree):
    edit(tree, "scenes/kit/__init__.py", "import curve as line", "import unused as line")
    reached = sources("scenes.film:One", root=tree)
    assert "source scenes.kit.plot.unused" in reached and "source scenes.kit.plot.curve" not in reached


def test_a_module_used_as_an_object_counts_whole_and_the_label_says_why(tree):
    whole = "source scenes.kit.plot (whole: it is used as an object)"
    assert whole in sources("scenes.film:Three", root=tree)
    labels = changed(tree, "scenes.film:Three", "scenes/kit/plot.py", "return DIM", "return 1")
    assert labels == {whole, "source scenes.kit.plot.unused", "source scenes.theme.DIM"}


def test_a_name_that_cannot_be_seen_counts_as_its_whole_module(tree):
    edit(tree, "scenes/film.py", "plot.scaled([2])", "plot.made_at_run_time([2])")
    assert "source scenes.kit.plot (whole: it has no 'made_at_run_time' that can be seen)" in sources(
        "scenes.film:Two", root=tree
    )


@pytest.mark.parametrize(
    ("old", "new"), [('TABLE["default"] = 1', 'TABLE["default"] = 2'), ("TABLE = {}", "TABLE = {}\nset_default(3)")]
)
def test_statements_that_do_something_count_for_everyone_who_imports_them(tree, old, new):
    assert changed(tree, "scenes.registry:Five", "scenes/registry.py", old, new) >= {
        "source scenes.registry (statements)"
    }


def test_a_decorator_that_registers_counts_for_everyone_who_imports_its_module(tree):
    assert changed(tree, "scenes.registry:Five", "scenes/base.py", "return scene", "return 4") == {
        "source scenes.base.register"
    }


def test_a_statement_in_a_package_counts_for_all_that_lies_in_it(tree):
    edit(tree, "scenes/kit/__init__.py", "import curve as line", "import curve as line\nprint('set up')")
    assert "source scenes.kit (statements)" in sources("scenes.film:One", root=tree)


def test_a_conditional_import_counts_with_all_its_branches(tree):
    labels = changed(tree, "scenes.switch:Four", "scenes/switch.py", "ink = None", "ink = 5")
    assert "source scenes.switch (statements)" in labels


def test_a_file_that_does_not_parse_still_has_a_key(tree):
    before = sources("scenes.star:Six", root=tree)
    (tree / "scenes" / "theme.py").write_bytes(b"INK = (\xff")
    assert sources("scenes.star:Six", root=tree) != before


COMMENT = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=20)


@st.composite
def cosmetic(draw, text):
    """The same program with comments, docstrings, blank lines, brackets and import order changed at random."""
    tree = ast.parse(textwrap.dedent(text))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and draw(st.booleans()):
            node.body = [ast.Expr(ast.Constant(draw(COMMENT) + ".")), *node.body]
    imports = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    if imports and all(isinstance(s, ast.Import | ast.ImportFrom) for s in tree.body[: len(imports)]):
        tree.body[: len(imports)] = draw(st.permutations(imports))
    lines = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
    spaced = []
    for line in lines:
        spaced += [""] * draw(st.integers(0, 2)) + [f"{line}  # {draw(COMMENT)}" if "'''" not in line else line]
    return "\n".join(spaced) + "\n"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_cosmetic_edit_ever_changes_a_key(tree, data):
    roots = ("scenes.film:One", "scenes.film:Two", "scenes.film:Three", "scenes.switch:Four", "scenes.registry:Five")
    for name, text in FILES.items():
        (tree / name).write_text(textwrap.dedent(text))
    before = {root: sources(root, root=tree) for root in roots}
    for name in data.draw(st.lists(st.sampled_from(sorted(FILES)), min_size=1, unique=True)):
        (tree / name).write_text(data.draw(cosmetic(FILES[name])))
    assert {root: sources(root, root=tree) for root in roots} == before


def test_a_key_depends_on_every_part_and_not_on_their_order():
    assert key_of({"a": "1", "b": "2"}) == key_of({"b": "2", "a": "1"})
    assert key_of({"a": "1", "b": "2"}) != key_of({"a": "1", "b": "3"})
    assert len(digest("x")) == 24


def test_library_versions_are_those_installed():
    assert library("numpy") == __import__("numpy").__version__
    assert library("no-such-library-at-all") == "absent"
