"""Pictures into GIF, WebM and folders: sizes, rates, transparency, and nothing half-written."""

import io
import wave

import av
import numpy as np
import pytest
from PIL import Image

from render.encode import Encoder
from render.export import Frames, gif_rate, put, size_of, to_folder, to_gif, to_webm, with_sound
from render.quality import Quality, RenderError

TINY = Quality("tiny", 64, 48, 15, "ultrafast", 23)
RED, BLUE = (230, 40, 30), (20, 60, 200)


@pytest.fixture
def frames(tmp_path):
    """Ten pictures: a red left half that stays, and on the right a blue column a pixel further in each."""

    def make(transparent=False, fps=15):
        folder = tmp_path / "frames"
        folder.mkdir()
        for number in range(10):
            rgba = np.zeros((48, 64, 4), np.uint8)
            rgba[..., 3] = 0 if transparent else 255
            rgba[:, :32] = (*RED, 255)
            rgba[:, 40 + number] = (*BLUE, 255)
            image = Image.fromarray(rgba)
            (image if transparent else image.convert("RGB")).save(folder / f"frame-{number + 1:06d}.png")
        return Frames(folder, 10, fps, transparent)

    return make


def test_a_gif_shows_every_picture_at_its_time_in_exact_colours_and_loops_for_ever(frames, tmp_path):
    assert to_gif(frames(), tmp_path / "out.gif") == 15
    times = []
    with Image.open(tmp_path / "out.gif") as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((64, 48), 10, 0)
        for number in range(10):
            gif.seek(number)
            times.append(gif.info["duration"])
            rgb = np.asarray(gif.convert("RGB")).astype(int)
            assert np.abs(rgb[:, :32] - RED).max() <= 4
            assert np.abs(rgb[:, 40 + number] - BLUE).max() <= 4
    assert set(times) == {60, 70}  # ms: a GIF counts in hundredths of a second
    assert sum(times) == pytest.approx(10_000 / 15, abs=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "out.gif"]


def test_a_gif_of_a_fast_film_takes_every_third_picture(frames, tmp_path):
    assert to_gif(frames(fps=60), tmp_path / "out.gif") == 20
    with Image.open(tmp_path / "out.gif") as gif:
        assert gif.n_frames == 4
        for number in range(4):
            gif.seek(number)
            blue = np.asarray(gif.convert("RGB"))[0, :, 2] > 150
            assert (list(np.flatnonzero(blue)), gif.info["duration"]) == ([40 + 3 * number], 50)


@pytest.mark.parametrize(("fps", "rate"), [(15, 15), (30, 15), (60, 20), (75, 25), (20, 20)])
def test_a_gif_has_the_fastest_even_rate_that_browsers_keep(fps, rate):
    assert gif_rate(fps) == rate


def test_a_transparent_gif_has_no_background(frames, tmp_path):
    to_gif(frames(transparent=True), tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as gif:
        for number in (0, 9):
            gif.seek(number)
            alpha = np.asarray(gif.convert("RGBA"))[..., 3]
            assert (alpha[:, :32] == 255).all() and (alpha[:, 40 + number] == 255).all()
            assert (alpha[:, 33:40] == 0).all()
            assert alpha.mean() == pytest.approx(255 * 33 / 64)


@pytest.mark.parametrize("transparent", [False, True])
def test_a_webm_holds_every_picture_and_alpha_where_it_is_asked_for(frames, tmp_path, transparent):
    assert to_webm(frames(transparent), tmp_path / "out.webm") == 15
    with av.open(str(tmp_path / "out.webm")) as film:
        (stream,) = film.streams
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp9", 64, 48)
        tags = {name.lower(): value for name, value in stream.metadata.items()}
        assert tags.get("alpha_mode", "0") == ("1" if transparent else "0")
        decoder = av.CodecContext.create("libvpx-vp9", "r") if transparent else stream.codec_context
        pictures = [p for packet in film.demux(stream) for p in decoder.decode(packet)]
    assert len(pictures) == 10
    assert pictures[0].format.name == ("yuva420p" if transparent else "yuv420p")
    rgb = pictures[5].to_ndarray(format="rgb24", src_colorspace="ITU709").astype(int)
    assert np.abs(rgb[:, 4:28] - RED).max() <= 12
    if transparent:
        alpha = pictures[5].to_ndarray(format="rgba")[..., 3]
        assert (alpha[:, :30] > 250).all() and (alpha[:, 34:39] < 5).all()


def test_numbered_pictures_are_handed_on_as_they_are(frames, tmp_path):
    given = frames()
    first = (given.folder / "frame-000001.png").read_bytes()
    assert to_folder(given, tmp_path / "out") == 15
    assert (tmp_path / "out" / "frame-000001.png").read_bytes() == first
    assert len(list((tmp_path / "out").iterdir())) == 10


def test_what_ffmpeg_says_is_in_the_error(tmp_path):
    (tmp_path / "frames").mkdir()
    with pytest.raises(RenderError, match=r"ffmpeg could not write out\.webm \(exit \d+\): .*No such file"):
        to_webm(Frames(tmp_path / "frames", 10, 15), tmp_path / "out.webm")


def test_a_film_keeps_its_pictures_and_both_channels_of_its_sound(tmp_path):
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((2, 2, 48_000, 0, "NONE", ""))
        loud = (np.sin(np.arange(48_000) / 20) * 9000).astype("<i2")
        file.writeframes(np.stack([loud, np.zeros_like(loud)], axis=1).tobytes())
    (tmp_path / "sound.wav").write_bytes(sound.getvalue())
    with Encoder(tmp_path / "clip.mp4", TINY) as encoder:
        encoder.write(np.zeros((48, 64, 4), np.uint8), repeat=15)
    with_sound(tmp_path / "clip.mp4", tmp_path / "sound.wav", tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for packet in film.demux(video=0) if packet.size) == 15
    with av.open(str(tmp_path / "film.mp4")) as film:
        heard = np.concatenate([frame.to_ndarray() for frame in film.decode(audio=0)], axis=1)  # (channel, sample)
    left, right = np.abs(heard).max(axis=1)
    assert left > 0.2 and right < 0.01


def test_a_file_takes_the_place_of_another(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "new").write_text("new")
    (tmp_path / "final").write_text("old")
    assert put(tmp_path / "work" / "new", tmp_path / "final") == tmp_path / "final"
    assert (tmp_path / "final").read_text() == "new"


def test_a_folder_takes_the_place_of_another_and_nothing_of_that_is_left_in_it(tmp_path):
    for place, name in (("work/new", "one"), ("out/final", "two")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / name).write_text(name)
    put(tmp_path / "work" / "new", tmp_path / "out" / "final")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["final", "one"]


@pytest.mark.parametrize(("size", "said"), [(999, "1 kB"), (87_654, "88 kB"), (1_250_000, "1.2 MB")])
def test_sizes_are_told_for_people(tmp_path, size, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(bytes(size))
    assert size_of(tmp_path / "folder" / "file") == size_of(tmp_path / "folder") == said
