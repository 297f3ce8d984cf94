"""What there is to build, read from source: names that people type, and what is said of those that fit nothing."""

import shutil

import pytest

from render import catalog
from render.catalog import (
    UnknownName,
    find_chapters,
    find_recipe,
    find_scene,
    languages,
    recipes,
    scene_info,
    with_needs,
    words,
)
from scenes.chapters import GALLERY, Chapter
from scenes.narration import SceneError

FILES = {
    "scenes/ch01/dot.py": 'class Dot:\n    needs = ("disc",)\n\n\nclass Bare:\n    pass\n',
    "scenes/ch01/narration.en.toml": (
        '[Dot]\ntitle = "A dot"\n[Dot.lines]\nsee = "Look."\nsize = "{disc.radius}"\n[Bare]\ntitle = "B"\nlines = {}\n'
    ),
    "scenes/ch01/narration.de.toml": "",
    "assets/recipes/one.py": '@recipe(configs=("digits",))\ndef disc(run): ...\n\n\ndef helper(): ...\n',
    "assets/recipes/two.py": '@recipe(needs=("disc",), axes=made_up())\ndef ring(run): ...\n',
}
SHAPES = Chapter(1, "shapes", "Shapes", ("ch01.dot:Dot", "ch01.dot:Bare"))
LINES = Chapter(2, "straight-lines", "Lines", ("ch02.line:Dot", "ch02.line:Line"))


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def two_chapters(monkeypatch):
    monkeypatch.setattr(catalog, "CHAPTERS", (SHAPES, LINES))


def edit(tree, name, old, new):
    assert old in (tree / name).read_text()
    (tree / name).write_text((tree / name).read_text().replace(old, new))


def info(tree, spec="ch01.dot:Dot"):
    recipes.cache_clear()
    return scene_info(SHAPES, spec, root=tree)


def test_a_scene_is_what_its_source_and_narration_declare(tree):
    dot = info(tree)
    assert (dot.name, dot.module, dot.folder, dot.needs) == ("Dot", "scenes.ch01.dot", "ch01", ("disc",))
    assert dict(dot.narration.lines) == {"see": "Look.", "size": "{disc.radius}"}
    assert info(tree, "ch01.dot:Bare").needs == ()


@pytest.mark.parametrize("line", ['needs: tuple[str, ...] = ("disc",)', 'needs = ["disc"]', "needs = ('disc',)"])
def test_needs_may_be_annotated_or_a_list(tree, line):
    edit(tree, "scenes/ch01/dot.py", 'needs = ("disc",)', line)
    assert info(tree).needs == ("disc",)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("scenes/ch01/dot.py", "pass", "pass (", "scenes/ch01/dot.py:6: "),
        ("scenes/ch01/dot.py", "pass", "pass\0", "scenes/ch01/dot.py"),
        ("scenes/ch01/dot.py", "class Dot", "class Dott", "scenes/ch01/dot.py has no class Dot. Did you mean 'Dott'?"),
        (
            "scenes/ch01/dot.py", '("disc",)', '("disk",)',
            "Scene Dot needs the asset 'disk', and no recipe has that name. Did you mean 'disc'?",
        ),
        (
            "scenes/ch01/dot.py", '("disc",)', '"disc"',
            'scenes/ch01/dot.py:2: needs of Dot must be written out as a tuple of names, such as ("digit_net",).',
        ),
        (
            "scenes/ch01/dot.py", '("disc",)', "NEEDS",
            'scenes/ch01/dot.py:2: needs of Dot must be written out as a tuple of names, such as ("digit_net",).',
        ),
        (
            "scenes/ch01/narration.en.toml", "disc.", "disk.",
            "The narration Dot.size reads the asset 'disk', and no recipe has that name. Did you mean 'disc'?",
        ),
        ("assets/recipes/one.py", "def disc(run)", "def disc(run", "assets/recipes/one.py:2: '(' was never closed: "),
        (
            "assets/recipes/one.py", '("digits",)', "CONFIGS",
            'assets/recipes/one.py:1: configs of disc must be written out as a tuple of names, such as ("digit_net",).',
        ),
        (
            "assets/recipes/two.py", "def ring", "def disc",
            "Two recipes are called 'disc': assets.recipes.one, assets.recipes.two.",
        ),
    ],
)  # fmt: skip
def test_a_broken_source_is_a_sentence_with_its_place(tree, name, old, new, said):
    edit(tree, name, old, new)
    with pytest.raises(SceneError) as error:
        info(tree)
    assert str(error.value).startswith(said)


def test_a_scene_file_that_is_not_there_is_named(tree):
    (tree / "scenes" / "ch01" / "dot.py").unlink()
    with pytest.raises(SceneError, match="^The chapter list names scenes/ch01/dot.py, and there is no such file.$"):
        info(tree)


def test_recipes_are_read_with_their_needs(tree):
    found = recipes(tree)
    assert {name: (r.module, r.configs, r.needs) for name, r in found.items()} == {
        "disc": ("assets.recipes.one", ("digits",), ()),
        "ring": ("assets.recipes.two", (), ("disc",)),
    }


def with_recipes(monkeypatch, **needs):
    known = {name: catalog.RecipeInfo(name, "assets.recipes.x", (), tuple(n)) for name, n in needs.items()}
    monkeypatch.setattr(catalog, "recipes", lambda root=None: known)


def test_needs_come_first_and_once(monkeypatch):
    with_recipes(monkeypatch, a="bc", b="c", c="")
    assert [recipe.name for recipe in with_needs(["a", "b"])] == ["c", "b", "a"]


def test_recipes_in_a_circle_are_drawn(monkeypatch):
    with_recipes(monkeypatch, a="b", b="c", c="a")
    with pytest.raises(SceneError, match="^Recipes need each other in a circle: a -> b -> c -> a.$"):
        with_needs(["a"])


def test_a_recipe_that_needs_an_unknown_asset_is_no_mistake_of_the_command(monkeypatch):
    with_recipes(monkeypatch, disc=["dot"])
    with pytest.raises(
        SceneError, match="^Recipe 'disc' needs the asset 'dot', and no recipe has that name.$"
    ) as error:
        with_needs(["disc"])
    assert not isinstance(error.value, UnknownName)


def test_an_unknown_recipe_names_the_nearest():
    said = "^No recipe is called 'digit_nett'; there are .*digit_net, .*digit_neuron, .*. Did you mean 'digit_net'?"
    with pytest.raises(UnknownName, match=said):
        find_recipe("digit_nett")


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        (["1"], [1]),
        (["01"], [1]),
        (["straight-lines"], [2]),
        (["02-straight-lines", "1"], [1, 2]),
        (["all"], [1, 2]),
        (["2", "2", "all"], [1, 2]),
    ],
)
def test_chapters_are_found_by_number_slug_or_all_and_come_in_order(two_chapters, given, numbers):
    assert [chapter.number for chapter in find_chapters(given)] == numbers


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["3"], "There is no chapter '3'; there are 1 (shapes), 2 (straight-lines)."),
        (["all", "x"], "There is no chapter 'x'; there are 1 (shapes), 2 (straight-lines)."),
        (
            ["straigt-lines"],
            "There is no chapter 'straigt-lines'; there are 1 (shapes), 2 (straight-lines). "
            "Did you mean 'straight-lines'?",
        ),
    ],
)
def test_an_unknown_chapter_names_those_there_are(two_chapters, given, said):
    with pytest.raises(UnknownName) as error:
        find_chapters(given)
    assert str(error.value) == said


def test_a_single_chapter_is_spoken_of_as_one(monkeypatch):
    monkeypatch.setattr(catalog, "CHAPTERS", (SHAPES,))
    with pytest.raises(UnknownName, match=r"^There is no chapter '2'; there is 1 \(shapes\).$"):
        find_chapters(["2"])


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Dot", "'Dot' fits several scenes; say which: 1/Dot, 2/Dot."),
        ("Dott", "There is no scene 'Dott'. Did you mean 'Dot'?"),
        ("1/Line", "There is no scene '1/Line'. Did you mean '2/Line'?"),
        ("zzzzzzz", "There is no scene 'zzzzzzz'. There are Dot, Bare, Dot, Line."),
    ],
)
def test_an_unknown_or_ambiguous_scene_names_the_nearest(two_chapters, word, said):
    with pytest.raises(UnknownName) as error:
        find_scene(word)
    assert str(error.value) == said


@pytest.mark.parametrize("place", ["", "1/", "01/", "what-is-a-neural-network/", "ch01_neural_network/"])
def test_a_scene_is_found_by_name_alone_or_below_its_chapter(place):
    assert find_scene(f"{place}HeldNumber").spec == "ch01_neural_network.held_number:HeldNumber"


def test_every_listed_scene_can_be_planned():
    for chapter in catalog.CHAPTERS:
        assert [scene.spec for scene in catalog.scenes_of(chapter)] == list(chapter.scenes)


def test_languages_are_those_of_the_narration_files(tree):
    assert languages(tree) == ["de", "en"]
    shutil.rmtree(tree / "scenes")
    assert languages(tree) == []


def test_a_shell_completes_what_there_is(two_chapters):
    assert words("chapters") == ["all", "1", "2", "shapes", "straight-lines"]
    assert words("scenes")[:3] == ["Dot", "Bare", "Line"]
    assert words("scenes")[3:] == [spec.partition(":")[2] for spec in GALLERY.scenes]
    assert words("targets") == [*words("chapters"), *words("scenes"), *words("recipes")]
    assert "digit_net" in words("recipes")
    assert "en" in words("languages")
    assert "digits.hidden=" in words("settings")
