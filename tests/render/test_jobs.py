"""What each job is made from, which choices count, and where films go."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.configs import OverrideError
from models.folders import ROOT
from render.catalog import UnknownName, find_chapters, find_scene, scene_info
from render.graph import Reason
from render.jobs import asset_jobs, chapter_jobs, every_job, make_options, output_path, preview_jobs
from render.settings import default_values

CHAPTER = find_chapters(["1"])


def jobs(**chosen):
    return {job.id: job for job in chapter_jobs(CHAPTER, make_options(**chosen))}


def changed(**chosen):
    """Kinds of the jobs whose key another choice changes."""
    before, after = jobs(), jobs(**chosen)
    return {job.kind for job_id, job in after.items() if job_id not in before or before[job_id].key != job.key}


def test_needs_come_before_those_who_need_them():
    seen = set()
    for job in jobs().values():
        assert seen.issuperset(job.needs)
        seen.add(job.id)
    assert job.id == "chapter/01"


def test_a_chapter_needs_every_clip_and_every_line():
    found = jobs()
    parts = {job_id for job_id, job in found.items() if job.kind in {"clip", "voice"}}
    asked = {"asset/digit_net", "asset/loudest_neuron", "asset/small_net"}  # what the exercise's texts read
    assert set(found["chapter/01"].needs) == parts | asked
    assert found["chapter/01"].label == "chapter 'What is a neural network?'"


def test_another_text_of_an_exercise_changes_the_chapter_and_nothing_else(monkeypatch):
    before = jobs()

    def told(chapter, spec, lang="en", root=ROOT):
        info = scene_info(chapter, spec, lang, root)
        if info.name != "CountThemYourself":
            return info
        other = info.narration.exercise | {"answer": "Many: {digit_neuron.neuron}."}
        return replace(info, narration=replace(info.narration, exercise=other))

    monkeypatch.setattr("render.catalog.scene_info", told)
    after = jobs()
    assert [job_id for job_id, job in after.items() if job.key != before[job_id].key] == ["chapter/01"]
    label = "exercise CountThemYourself.answer"
    assert after["chapter/01"].parts[label] == "Many: {digit_neuron.neuron}."
    assert "asset/digit_neuron" in after["chapter/01"].needs
    assert str(Reason("exercise", "CountThemYourself.answer", "a", "b")) == f"{label} changed"


def test_only_the_assets_that_are_named_or_needed_are_made():
    assert [job.id for job in asset_jobs(["digit_neuron"], make_options())] == ["asset/digit_net", "asset/digit_neuron"]


def test_a_preview_is_a_film_of_one_scene():
    found = preview_jobs(find_scene("HeldNumber"), make_options())
    assert (found[-1].id, found[-1].label) == ("preview/ch01_neural_network/HeldNumber", "preview HeldNumber")
    assert [job.id for job in found if job.kind == "clip"] == ["clip/ch01_neural_network/HeldNumber"]


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ({}, set()),
        ({"quality": "final"}, {"clip", "chapter"}),
        ({"voice": "none"}, {"voice"}),
        ({"overrides": ["digits.seed=9"]}, {"asset"}),
        ({"overrides": ["digits.seed=0"]}, set()),
    ],
)
def test_a_choice_changes_the_key_of_what_it_touches_and_of_nothing_else(chosen, kinds):
    assert changed(**chosen) == kinds


def test_parts_name_what_a_person_may_change():
    found = jobs(overrides=["digits.hidden=32"])
    net = found["asset/digit_net"].parts
    assert (net["set digits.hidden"], net["set digits.seed"]) == ("32", "0")
    assert {"library torch", "source models.digits.train", "source models.train.fit"} <= set(net)
    assert {"source assets.recipes.ch01_neural_network.digit_net"} == {
        s for s in net if s.endswith((".digit_net", "_neuron"))
    }
    assert {label for label in net if label.startswith("data ")} == {"data bundled"}
    clip = found["clip/ch01_neural_network/HeldNumber"].parts
    assert {"source scenes.kit.number.Number", "source scenes.theme.INK", "library manim", "quality"} <= set(clip)


def test_overrides_may_stand_in_a_file_and_the_command_line_goes_first(tmp_path):
    (tmp_path / "scenes" / "ch01").mkdir(parents=True)
    (tmp_path / "scenes" / "ch01" / "narration.en.toml").write_text("")
    (tmp_path / "tensorreel.toml").write_text("[set]\ndigits.hidden = 32\ndigits.seed = 4\ndigits.cosine = true\n")
    options = make_options(overrides=["digits.seed=9"], root=tmp_path)
    assert options.overrides == {"digits": {"hidden": 32, "seed": 9, "cosine": True}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[set]\ndigits.sed = 1", "The model digits has no setting 'sed'"),
        ("[set]\ndigits = 1", "tensorreel.toml needs lines such as `digits.hidden = 32` in its table [set]."),
        ("set = 1", "tensorreel.toml needs lines such as `digits.hidden = 32` in its table [set]."),
        ("[set", "tensorreel.toml is no valid TOML: "),
        ("defaults = 1", 'tensorreel.toml needs lines such as `quality = "final"` in its table [defaults].'),
        ("[defaults]\nset = 1", "tensorreel.toml has no default 'set'; there is quality, voice, music, lang, jobs."),
    ],
)
def test_a_wrong_file_of_overrides_is_wrong_usage(tmp_path, text, said):
    (tmp_path / "tensorreel.toml").write_text(text)
    with pytest.raises(OverrideError) as error:
        default_values(tmp_path)
        make_options(root=tmp_path)
    assert str(error.value).startswith(said)


def test_defaults_are_text_as_if_typed(tmp_path):
    assert default_values(tmp_path) == {}
    (tmp_path / "tensorreel.toml").write_text('[defaults]\nquality = "final"\nvoice = "none"\nlang = "en"\njobs = 2\n')
    assert default_values(tmp_path) == {"quality": "final", "voice": "none", "lang": "en", "jobs": "2"}


def test_every_job_is_there_once_and_needs_come_first():
    found = every_job(make_options())
    seen = set()
    for job in found:
        assert seen.issuperset(job.needs)
        assert job.id not in seen
        seen.add(job.id)
    assert {job.kind for job in found} == {"asset", "voice", "clip", "chapter", "preview"}
    assert seen.issuperset(jobs())


def test_an_unknown_language_is_wrong_usage():
    with pytest.raises(UnknownName, match="^No chapter is narrated in 'enn'; there is de, en. Did you mean 'en'?"):
        make_options(lang="enn")


@pytest.mark.parametrize(
    ("overrides", "name"),
    [([], "01-what-is-a-neural-network.mp4"), (["digits.seed=9"], "01-what-is-a-neural-network.en.{}.mp4")],
)
def test_variants_of_a_film_lie_side_by_side(overrides, name):
    options = make_options(overrides=overrides)
    assert output_path(CHAPTER[0], options, Path("out")) == Path("out") / name.format(options.variant)
    scene = find_scene("HeldNumber")
    assert output_path(scene, make_options(), Path("out")) == Path("out/HeldNumber.mp4")


def test_the_order_of_overrides_does_not_make_a_variant():
    one = make_options(overrides=["digits.seed=9", "digits.hidden=32"])
    assert one.variant == make_options(overrides=["digits.hidden=32", "digits.seed=9"]).variant != ""
