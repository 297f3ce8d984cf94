import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from render.encode import Encoder, join_video, probe_video
from render.quality import Quality, RenderError

ROOT = Path(__file__).resolve().parents[2]
TINY = Quality("tiny", 160, 90, 15, "ultrafast", 23)
BOTH = pytest.mark.parametrize("preset", ["ultrafast", "medium"])  # without and with B-frames


def picture(at=0, quality=TINY):
    """A bright block on a ramp, two pixels further to the right in each next picture: x264 predicts it by B-frames."""
    rgba = np.zeros((quality.height, quality.width, 4), np.uint8)
    rgba[:] = np.arange(quality.width)[None, :, None]
    rgba[20:60, (2 * at) % 100 : (2 * at) % 100 + 40] = 255
    return rgba


def piece(path, frames, quality=TINY, first=0):
    with Encoder(path, quality) as encoder:
        for i in range(first, first + frames):
            encoder.write(picture(i, quality))
    return path


def decoded(path):
    with av.open(str(path)) as video:
        return np.array([frame.to_ndarray() for frame in video.decode(video=0)])


def foreign(path, timescale=15 * 1024, pix_fmt="yuv420p", pts=range(3)):
    """A piece as another program might have written it."""
    with av.open(str(path), "w", format="mp4", options={"video_track_timescale": str(timescale)}) as file:
        stream = file.add_stream("libx264", rate=15, options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 160, 90, pix_fmt
        stream.codec_context.time_base = Fraction(1, 15)
        for i in pts:
            frame = av.VideoFrame.from_ndarray(picture(i), format="rgba").reformat(format=pix_fmt)
            frame.pts, frame.time_base = i, Fraction(1, 15)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@BOTH
def test_a_clip_holds_each_frame_once_in_even_steps(tmp_path, preset):
    facts = probe_video(piece(tmp_path / "clip.part", 130, replace(TINY, preset=preset)))
    assert (facts.codec, facts.pix_fmt, facts.width, facts.height) == ("h264", "yuv420p", 160, 90)
    assert (facts.frames, facts.steady, facts.fps, facts.time_base) == (130, True, 15, Fraction(1, 15 * 1024))
    assert facts.duration_s == pytest.approx(130 / 15)
    assert (facts.reorder > 0) == (preset == "medium")


@BOTH
def test_a_player_finds_a_keyframe_at_least_every_four_seconds(tmp_path, preset):
    path = piece(tmp_path / "clip.part", 130, replace(TINY, preset=preset))
    with av.open(str(path)) as video:
        keys = [packet.pts // 1024 for packet in video.demux(video=0) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(np.diff([*keys, 130])) <= 60


def test_a_repeated_picture_gives_the_same_file_as_the_same_picture_again(tmp_path):
    with Encoder(tmp_path / "repeated", TINY) as encoder:
        encoder.write(picture(), repeat=20)
        assert encoder.frames == 20
    with Encoder(tmp_path / "again", TINY) as encoder:
        for _ in range(20):
            encoder.write(picture())
    assert (tmp_path / "repeated").read_bytes() == (tmp_path / "again").read_bytes()


def test_a_picture_may_be_drawn_over_once_it_is_written(tmp_path):
    canvas = picture(0)
    with Encoder(tmp_path / "clip", replace(TINY, preset="medium")) as encoder:
        encoder.write(canvas, repeat=3)
        canvas[:] = 255
        encoder.write(canvas)
    frames = decoded(tmp_path / "clip")
    assert np.abs(frames[2].astype(int) - frames[0].astype(int)).max() <= 3
    assert frames[3][:90].min() >= 230


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [((0, 0, 0), (16, 128, 128)), ((255, 255, 255), (235, 128, 128)), ((200, 50, 90), (89, 130, 192))],
)
def test_colours_are_those_of_bt709_and_say_so(tmp_path, rgb, yuv):
    with Encoder(tmp_path / "clip", replace(TINY, crf=1)) as encoder:
        encoder.write(np.full((90, 160, 4), (*rgb, 255), np.uint8))
    with av.open(str(tmp_path / "clip")) as video:
        frame = next(video.decode(video=0))
        planes = [np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size) for plane in frame.planes]
    found = [int(plane[plane.shape[0] // 2, 40]) for plane in planes]
    assert found == pytest.approx(yuv, abs=1)
    assert probe_video(tmp_path / "clip").colours == (1, 1, 1, 1)


def test_a_picture_of_another_size_is_refused_and_the_clip_removed(tmp_path):
    path = tmp_path / "clip.part"
    expected = (
        r"^A frame for clip.part is uint8 \(90, 160, 3\), expected contiguous uint8 \(90, 160, 4\); draw it at the "
        r"size of quality 'tiny'.$"
    )
    with pytest.raises(RenderError, match=expected), Encoder(path, TINY) as encoder:
        encoder.write(picture())
        encoder.write(picture()[:, :, :3])
    assert not path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@BOTH
def test_encoding_starts_no_thread_so_that_a_server_may_fork_meanwhile(tmp_path, preset):
    before = len(list(Path("/proc/self/task").iterdir()))
    with Encoder(tmp_path / "clip", replace(TINY, width=1280, height=720, preset=preset)) as encoder:
        encoder.write(picture(0, encoder.quality), repeat=60)
        assert len(list(Path("/proc/self/task").iterdir())) == before
    probe_video(tmp_path / "clip")
    assert len(list(Path("/proc/self/task").iterdir())) == before


def test_a_scene_that_raises_leaves_no_clip(tmp_path):
    with pytest.raises(ZeroDivisionError), Encoder(tmp_path / "clip", TINY) as encoder:
        encoder.write(picture(), repeat=30)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_clip_without_a_frame_is_refused(tmp_path):
    complaint = "No frame was written to clip; a clip needs at least one play or wait"
    with pytest.raises(RenderError, match=complaint), Encoder(tmp_path / "clip", TINY) as encoder:
        assert encoder.frames == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "absent" / "clip"
    expected = f"Could not write {path}: No such file or directory; check the folder and the space on its disk."
    with pytest.raises(RenderError) as caught, Encoder(path, TINY) as encoder:
        encoder.write(picture())
    assert str(caught.value) == expected


@pytest.mark.parametrize("limit", [2_000, 60_000])
def test_a_full_disk_is_an_error_and_leaves_no_clip(tmp_path, limit):
    code = """
import resource, sys, numpy as np
from pathlib import Path
from render.encode import Encoder
from render.quality import Quality, RenderError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
noise = np.random.default_rng(0)
try:
    with Encoder(Path(sys.argv[1]), Quality("tiny", 160, 90, 15, "ultrafast", 1)) as encoder:
        for _ in range(20):
            encoder.write(noise.integers(0, 255, (90, 160, 4), dtype=np.uint8))
except RenderError as error:
    print(error)
"""
    path = tmp_path / "clip"
    command = [sys.executable, "-c", code, str(path), str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == f"Could not write {path}: File too large; check the folder and the space on its disk.\n"
    assert not path.exists()


@BOTH
def test_twenty_joined_pieces_decode_to_the_same_frames(tmp_path, preset):
    quality = replace(TINY, preset=preset)
    pieces = [piece(tmp_path / f"{i}.part", i % 7 + 1, quality, first=3 * i) for i in range(20)]
    facts = join_video(pieces, tmp_path / "joined.part")
    assert facts == probe_video(tmp_path / "joined.part")
    assert (facts.frames, facts.steady) == (77, True)
    assert facts.duration_s == pytest.approx(77 / 15)
    assert (facts.reorder > 0) == (preset == "medium")
    assert np.array_equal(decoded(tmp_path / "joined.part"), np.concatenate([decoded(path) for path in pieces]))


def test_a_joined_piece_can_be_joined_again(tmp_path):
    quality = replace(TINY, preset="medium")
    pieces = [piece(tmp_path / f"{i}", 9, quality, first=9 * i) for i in range(3)]
    join_video(pieces[:2], tmp_path / "two")
    assert join_video([tmp_path / "two", pieces[2]], tmp_path / "three").frames == 27
    assert np.array_equal(decoded(tmp_path / "three"), np.concatenate([decoded(path) for path in pieces]))


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (replace(TINY, fps=30), "its fps is 30, expected 15"),
        (replace(TINY, width=176), "its width is 176, expected 160"),
        (replace(TINY, height=96), "its height is 96, expected 90"),
        (replace(TINY, preset="medium"), "its profile is High, expected Constrained Baseline"),
    ],
)
def test_a_piece_of_another_quality_is_refused(tmp_path, other, difference):
    pieces = [piece(tmp_path / "a.mp4", 2), piece(tmp_path / "b.mp4", 2, other)]
    expected = f"b.mp4 cannot be joined to a.mp4: {difference}; render both at the same quality."
    with pytest.raises(RenderError) as caught:
        join_video(pieces, tmp_path / "joined")
    assert str(caught.value) == expected
    assert not (tmp_path / "joined").exists()


@pytest.mark.parametrize(
    ("made", "difference"),
    [
        ({"timescale": 90_000}, "clip B cannot be joined to clip A: its time_base is 1/90000, expected 1/15360"),
        ({"pix_fmt": "yuv444p"}, "clip B cannot be joined to clip A: its profile is High 4:4:4 Predictive, expected"),
        ({}, r"clip B cannot be joined to clip A: its colours is \(2, 2, 2, 0\), expected \(1, 1, 1, 1\)"),
        ({"pts": (0, 1, 3)}, "clip B cannot be joined to clip A: its fps is 45/4, expected 15"),
    ],
)
def test_a_piece_of_another_program_is_refused(tmp_path, made, difference):
    pieces = [piece(tmp_path / "a.mp4", 2), foreign(tmp_path / "b.mp4", **made)]
    with pytest.raises(RenderError, match=difference):
        join_video(pieces, tmp_path / "joined", names=["clip A", "clip B"])


def test_a_piece_that_sets_the_decoder_up_in_another_way_is_refused(tmp_path):
    presets = {"a": "superfast", "b": "medium"}  # the same profile, size and rate, but other reference frames
    pieces = [piece(tmp_path / name, 2, replace(TINY, preset=preset)) for name, preset in presets.items()]
    with pytest.raises(
        RenderError, match="^b cannot be joined to a: its setup is [0-9a-f]{12}, expected [0-9a-f]{12};"
    ):
        join_video(pieces, tmp_path / "joined")


def test_an_uneven_piece_is_refused(tmp_path):
    path = foreign(tmp_path / "uneven.mp4", pts=(0, 1, 3))
    assert not probe_video(path).steady
    with pytest.raises(RenderError, match="uneven.mp4 cannot be joined: its frames are not in even steps"):
        join_video([path], tmp_path / "joined")


def test_joining_nothing_is_refused(tmp_path):
    with pytest.raises(RenderError, match="There are no pieces to join; a video needs at least one"):
        join_video([], tmp_path / "joined")


def test_an_absent_or_damaged_piece_is_named(tmp_path):
    with pytest.raises(RenderError, match="Could not read .*absent.mp4: No such file or directory; render it again"):
        probe_video(tmp_path / "absent.mp4")
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(piece(tmp_path / "whole.mp4", 3).read_bytes()[:200])
    with pytest.raises(RenderError, match="Could not read .*damaged.mp4: Invalid data"):
        probe_video(damaged)


def test_a_relative_name_with_a_colon_is_a_file_and_no_protocol(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert probe_video(piece(Path("concat:clip.mp4"), 2)).frames == 2
    assert [path.name for path in tmp_path.iterdir()] == ["concat:clip.mp4"]


@BOTH
def test_a_picture_said_to_be_the_same_is_sent_again_without_a_look(tmp_path, preset):
    quality = replace(TINY, preset=preset)
    with Encoder(tmp_path / "same", quality) as encoder:
        encoder.write(picture(0), same=True)  # there is none before, so it is read
        encoder.write(picture(7), repeat=2)
        encoder.write(picture(9), repeat=3, same=True)
        encoder.write(picture(1))
    with Encoder(tmp_path / "drawn", quality) as encoder:
        for i in (0, 7, 7, 7, 7, 7, 1):
            encoder.write(picture(i))
    assert (tmp_path / "same").read_bytes() == (tmp_path / "drawn").read_bytes()


def test_a_quick_clip_shows_what_was_drawn_and_orders_no_frame_before_another(tmp_path):
    with Encoder(tmp_path / "clip", replace(TINY, crf=10, quick=True)) as encoder:
        for i in range(40):
            encoder.write(picture(i % 7))
    facts = probe_video(tmp_path / "clip")
    assert (facts.frames, facts.steady, facts.reorder) == (40, True, 0)
    with av.open(str(tmp_path / "clip")) as video:
        for i, frame in enumerate(video.decode(video=0)):
            assert np.abs(frame.to_ndarray(format="rgb24").astype(int) - picture(i % 7)[..., :3]).mean() < 2


def test_a_width_that_libav_pads_is_encoded_without_the_padding(tmp_path):
    quality = replace(TINY, width=854, height=480, crf=1)
    rgba = np.full((480, 854, 4), 40, np.uint8)
    rgba[:, -2:] = 255
    with Encoder(tmp_path / "clip", quality) as encoder:
        encoder.write(rgba)
    with av.open(str(tmp_path / "clip")) as video:
        frame = next(video.decode(video=0)).to_ndarray(format="gray")
    assert frame.shape == (480, 854)
    assert np.abs(frame[:, :-2].astype(int) - 40).max() <= 2
    assert frame[:, -2:].min() >= 250


@pytest.mark.parametrize("rgb", [(200, 50, 90), (10, 240, 30), (60, 90, 250)])
def test_a_decoder_that_reads_the_tags_shows_the_colours_as_drawn(tmp_path, rgb):
    with Encoder(tmp_path / "clip", replace(TINY, crf=1)) as encoder:
        encoder.write(np.full((90, 160, 4), (*rgb, 255), np.uint8))
    with av.open(str(tmp_path / "clip")) as video:
        shown = next(video.decode(video=0)).to_ndarray(format="rgb24")
    assert shown[45, 80].tolist() == pytest.approx(rgb, abs=3)


def test_joining_needs_no_compiled_code():
    code = "import sys, render.encode; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
