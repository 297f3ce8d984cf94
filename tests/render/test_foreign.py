"""An intro from elsewhere joins a chapter with its own sound, or is refused with what to convert."""

import wave

import av
import ffmpeg
import imageio_ffmpeg
import numpy as np
import pytest

from render.chapter import assemble
from render.encode import probe_video
from render.foreign import foreign_piece
from render.loudness import measured
from render.quality import Quality, RenderError
from tests.render.test_chapter import clip, sound

TINY = Quality("tiny", 160, 90, 15, "ultrafast", 23)
RATE_HZ = 44_100


def film(path, width=160, height=90, fps=15, heard=True, seen=True):
    """A second of grey with a click in the middle, encoded as no film of ours is."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=fps) if seen else None
        audio = out.add_stream("pcm_s16le", rate=RATE_HZ, layout="stereo") if heard else None
        if video is not None:
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            for n in range(fps):
                picture = np.full((height, width, 3), 10 * n % 250, np.uint8)
                out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            out.mux(video.encode())
        if audio is not None:
            samples = np.zeros((1, 2 * RATE_HZ), np.int16)
            samples[0, RATE_HZ : RATE_HZ + 200] = 20_000
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
            frame.sample_rate = RATE_HZ
            fifo = av.AudioFifo()
            fifo.write(frame)
            while piece := fifo.read(4096, partial=True):
                out.mux(audio.encode(piece))
            out.mux(audio.encode(None))
    return path


def test_an_intro_is_seen_and_heard_before_the_first_scene(tmp_path):
    intro = foreign_piece(film(tmp_path / "our_logo.mkv"), "intro", TINY, tmp_path)
    facts = assemble("Title", [intro, clip(tmp_path, "a", 30)], TINY, "en", tmp_path / "out" / "film.mp4")
    assert [(mark.title, mark.first_frame) for mark in facts.marks] == [("our logo", 0), ("About a", 15)]
    assert probe_video(tmp_path / "out" / "film.mp4").frames == 45
    heard = np.abs(sound(tmp_path / "out" / "film.mp4"))
    assert heard.argmax() / 48_000 == pytest.approx(0.5, abs=0.01)


def test_an_intro_is_as_loud_as_a_line_and_ends_with_its_pictures(tmp_path):
    rate_hz, path = 48_000, tmp_path / "loud.mkv"
    film(path, heard=False)
    t = np.arange(round(1.7 * rate_hz)) / rate_hz  # 0.7 s longer than the pictures
    sides = np.stack([0.9 * np.sin(2 * np.pi * 1000 * t), 0 * t], axis=1)
    with wave.open(str(tmp_path / "loud.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((sides * 32767).astype("<i2").tobytes())
    both = ffmpeg.output(
        ffmpeg.input(str(path)), ffmpeg.input(str(tmp_path / "loud.wav")), str(tmp_path / "both.mkv"),
        vcodec="copy", acodec="pcm_s16le", loglevel="error",
    )  # fmt: skip
    both.run(cmd=imageio_ffmpeg.get_ffmpeg_exe())
    intro = foreign_piece(tmp_path / "both.mkv", "intro", TINY, tmp_path)
    with wave.open(str(intro.sound)) as file:
        assert (file.getnframes(), file.getnchannels()) == (rate_hz, 2)
        heard = np.frombuffer(file.readframes(rate_hz), "<i2").reshape(-1, 2)
    assert not heard[:, 1].any()
    assert measured(intro.sound).lufs == pytest.approx(-20, abs=0.3)
    assemble("Title", [intro], TINY, "en", tmp_path / "out" / "film.mp4")


def test_an_intro_without_sound_is_silent(tmp_path):
    assert foreign_piece(film(tmp_path / "logo.mkv", heard=False), "intro", TINY, tmp_path).sound is None


@pytest.mark.parametrize(
    ("change", "found"),
    [({"width": 320}, "320x90 at 15 fps"), ({"fps": 30}, "160x90 at 30 fps")],
)
def test_a_film_of_another_size_or_rate_is_refused_with_the_command_that_converts_it(tmp_path, change, found):
    with pytest.raises(RenderError) as raised:
        foreign_piece(film(tmp_path / "logo.mkv", **change), "outro", TINY, tmp_path)
    assert str(raised.value) == (
        f"The outro logo.mkv is {found}, and the film is 160x90 at 15; convert it: ffmpeg -i logo.mkv -vf "
        "scale=160:90:force_original_aspect_ratio=decrease,pad=160:90:-1:-1,fps=15 outro.mp4"
    )


def test_what_is_no_film_is_named(tmp_path):
    with pytest.raises(RenderError, match="The intro .*sound.mkv holds no pictures; give a film."):
        foreign_piece(film(tmp_path / "sound.mkv", seen=False), "intro", TINY, tmp_path)
    with pytest.raises(RenderError, match="Could not read .*absent.mp4"):
        foreign_piece(tmp_path / "absent.mp4", "intro", TINY, tmp_path)
