"""Symbols kept between commands are those that parsing gives, and nothing that is wrong with the file matters."""

import json

import pytest

from render import symbols
from render.parsed import FILE, Kept

SOURCE = b"""import render.keys as k
from scenes.theme import *
X = k.digest
class A:
    @X.y
    def f(self): return X.z()
"""
DAMAGES = (b"", b"{", b"[]", b"null", b'{"parser": "1"}', b'{"parser": "1", "modules": {"a": 3}}')


def parse(source):
    return json.loads(json.dumps(symbols._to_json(symbols._parsed("scenes.a", source))))


@pytest.fixture
def counted():
    """A parser that remembers what it was asked for."""
    asked = []

    def parser(source):
        def run():
            asked.append(source)
            return parse(source)

        return run

    return asked, parser


def test_a_module_comes_back_from_json_as_it_was_parsed():
    direct = symbols._to_json(symbols._parsed("scenes.a", SOURCE))
    once = symbols._from_json("scenes.a", direct)
    assert once == symbols._from_json("scenes.a", parse(SOURCE))
    assert once.symbols["X"].names == {("k", "digest")}
    assert (once.imports, once.stars) == ({"k": ("render.keys", "")}, ["scenes.theme"])
    assert all(len(definition.code) == 1 for definition in once.symbols.values())


def test_what_one_command_parsed_the_next_one_knows_until_the_source_changes(tmp_path, counted):
    asked, parser = counted
    first = Kept(tmp_path / FILE, "1")
    first.get("scenes.a", SOURCE, parser(SOURCE))
    first.save()
    second = Kept(tmp_path / FILE, "1")
    assert second.get("scenes.a", SOURCE, parser(SOURCE)) == parse(SOURCE)
    assert asked == [SOURCE]
    changed = SOURCE + b"Y = 1\n"
    assert "Y" in second.get("scenes.a", changed, parser(changed))["symbols"]
    assert asked == [SOURCE, changed]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b'{"parser": "1"}', b'{"parser": "1", "modules": {"a": 3}}']
)
def test_a_damaged_file_counts_for_nothing(tmp_path, counted, damage):
    asked, parser = counted
    (tmp_path / FILE).write_bytes(damage)
    kept = Kept(tmp_path / FILE, "1")
    assert kept.get("scenes.a", SOURCE, parser(SOURCE)) == parse(SOURCE)
    assert asked == [SOURCE]


def test_another_parser_parses_anew(tmp_path, counted):
    asked, parser = counted
    first = Kept(tmp_path / FILE, "1")
    first.get("scenes.a", SOURCE, parser(SOURCE))
    first.save()
    Kept(tmp_path / FILE, "2").get("scenes.a", SOURCE, parser(SOURCE))
    assert asked == [SOURCE, SOURCE]


def test_nothing_is_written_where_there_is_no_build_folder_or_nothing_new(tmp_path, counted):
    kept = Kept(tmp_path / "build" / FILE, "1")
    kept.get("scenes.a", SOURCE, counted[1](SOURCE))
    kept.save()
    Kept(tmp_path / FILE, "1").save()
    assert list(tmp_path.iterdir()) == []
