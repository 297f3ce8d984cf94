"""Every frame of the render server equals a sequential stock ``manim render``, bit for bit, whoever draws it."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import av
import numpy as np
import pytest
from pydub import AudioSegment

from render.quality import Quality
from render.workers import Worker
from tests.oracle import audio_digest, stock

TESTS = Path(__file__).resolve().parents[1]
SIZE = (320, 180, 15)
HAZARDS = [
    (path.name, name)
    for path in sorted(TESTS.glob("hazards*.py"))
    for name in re.findall(r"^class (\w+)\(mn\.\w*Scene\)", path.read_text(), re.MULTILINE)
]


@pytest.fixture(scope="module")
def server():
    worker = Worker("render.server")
    yield worker
    worker.close()


@pytest.fixture
def draw(server, tmp_path):
    """Draw a plain scene of a file; returns the answer and the manifest."""

    def run(file, name, *, jobs=2, raster="exact", size=SIZE, **more):
        work = tmp_path / f"{name}-{jobs}-{raster}"
        request = {
            "id": name,
            "scene": f"{TESTS / file}:{name}",
            "quality": asdict(Quality("tiny", *size, "ultrafast", 23, raster)),
            "store": "",
            "assets": {},
            "durations": {},
            "work": str(work),
            "stills": False,
            "jobs": jobs,
            "hashes": True,
            **more,
        }
        answer = server.submit(request, lambda event: None).result(timeout=120)
        return answer, json.loads(Path(answer["manifest"]).read_text())

    return run


def test_every_hazard_is_found():
    assert len(HAZARDS) > 50
    assert ("hazards.py", "RandomUpdater") in HAZARDS and ("hazards_cameras.py", "Zoomed") in HAZARDS


@pytest.mark.slow
@pytest.mark.parametrize(("file", "name"), HAZARDS)
def test_forked_children_draw_the_frames_of_stock_manim(draw, file, name):
    expected = stock(str(TESTS / file), name, *SIZE)
    _, manifest = draw(file, name, jobs=2)
    assert manifest["md5"] == expected["md5"]
    assert [play["frames"] for play in manifest["plays"]] == [frames or 0 for frames in expected["plays"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["RandomUpdater", "LongPlay", "StopCondition"])
@pytest.mark.parametrize(("jobs", "raster"), [(1, "stock"), (1, "exact"), (3, "stock")])
def test_so_does_a_process_alone_and_so_does_stock_drawing(draw, name, jobs, raster):
    assert (
        draw("hazards.py", name, jobs=jobs, raster=raster)[1]["md5"]
        == stock(str(TESTS / "hazards.py"), name, *SIZE)["md5"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Lengths", "LongPlay", "OneFrameMore"])
def test_frames_are_counted_as_stock_counts_them_at_sixty_a_second(draw, name):
    size = (320, 180, 60)
    assert draw("hazards.py", name, size=size)[1]["md5"] == stock(str(TESTS / "hazards.py"), name, *size)["md5"]


def decoded(path):
    with av.open(str(path)) as clip:
        return np.array([frame.to_ndarray(format="yuv420p") for frame in clip.decode(video=0)])


@pytest.mark.slow
@pytest.mark.parametrize("raster", ["exact", "fast"])
def test_the_film_does_not_depend_on_the_number_of_workers(draw, raster):
    one, one_manifest = draw("hazards.py", "LongPlay", jobs=1, raster=raster, size=(320, 180, 60))
    eight, eight_manifest = draw("hazards.py", "LongPlay", jobs=8, raster=raster, size=(320, 180, 60))
    assert one_manifest["pieces"] == eight_manifest["pieces"] > len(one_manifest["plays"])
    assert np.array_equal(decoded(one["clip"]), decoded(eight["clip"]))
    assert Path(one["clip"]).read_bytes() == Path(eight["clip"]).read_bytes()


@pytest.mark.slow
def test_sections_sounds_and_subcaptions_are_kept(draw):
    expected = stock(str(TESTS / "hazards.py"), "Sections", *SIZE)
    _, manifest = draw("hazards.py", "Sections")
    drawn = [s for s in expected["sections"] if not s["skip"]]
    assert [s["name"] for s in manifest["sections"]] == [s["name"] for s in expected["sections"]]
    assert {s["name"]: s["first_frame"] for s in manifest["sections"]}.items() >= {
        s["name"]: s["first"] for s in drawn
    }.items()
    answer, _ = draw("hazards.py", "Sounds")
    expected = stock(str(TESTS / "hazards.py"), "Sounds", *SIZE)
    captions = Path(answer["captions"]).read_text()
    assert [c["content"] for c in expected["subcaptions"]] == re.findall(r"-->.*\n(.+)", captions)
    with Path(answer["sound"]).open("rb") as sound:
        assert audio_digest(AudioSegment.from_wav(sound)) == expected["audio"]
