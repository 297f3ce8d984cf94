import os
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from render.captions import Spoken, captions, to_srt, to_vtt
from render.chapter import ClipPiece, SpokenLine, assemble, sound_command
from render.chapter_check import ChapterFacts, Mark, check_chapter
from render.encode import Encoder, probe_video
from render.loudness import Loudness, measured
from render.quality import Quality, RenderError
from render.voice import read_wav, speech_wav, synthesise

TINY = Quality("tiny", 160, 90, 15, "ultrafast", 23)
RATE_HZ = 48_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def without_ffmpeg(monkeypatch, tmp_path):
    """No program can be found: neither ffmpeg nor ffprobe."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def click(tmp_path):
    """A WAV of 10 ms that begins with a click of half a millisecond."""
    path = tmp_path / "click.wav"
    samples = np.zeros(480, "<i2")
    samples[:24] = 20_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return path


def spoken_wav(folder):
    """A second of a voice, as a WAV."""
    path = folder / "voice.wav"
    path.write_bytes(speech_wav(synthesise("Here is a number.", "espeak", "en")))
    return path


def clip(folder, name, frames, quality=TINY, lines=(), title=None):
    """A grey clip: the block in its pictures moves, so that x264 uses B-frames where it may."""
    path = folder / f"{name}.clip"
    with Encoder(path, quality) as encoder:
        for i in range(frames):
            rgba = np.full((quality.height, quality.width, 4), (len(name) * 40 + frames) % 200, np.uint8)
            rgba[20:60, 2 * i % 100 : 2 * i % 100 + 40] = 255
            encoder.write(rgba)
    return ClipPiece(name, title or f"About {name}", path, frames, tuple(lines))


def line(wav, first_frame=0, text="Click.", seconds=0.01):
    return SpokenLine("cue", text, wav, first_frame, seconds)


def decoded(path):
    with av.open(str(path)) as video:
        return np.array([frame.to_ndarray() for frame in video.decode(video=0)])


def sound(path):
    with av.open(str(path)) as film:
        return np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])


def errors_ms(path, starts_s):
    """How much later than at each start its click is heard: where the sound first exceeds half of its maximum."""
    samples = np.abs(sound(path))
    errors = []
    for start_s in starts_s:
        first = max(0, round(start_s * RATE_HZ) - RATE_HZ // 20)
        near = samples[first : first + RATE_HZ // 10]
        errors.append(1000 * ((first + np.argmax(near > near.max() / 2)) / RATE_HZ - start_s))
    return np.array(errors)


def caption_texts(path):
    with av.open(str(path)) as film:
        packets = [bytes(packet) for packet in film.demux(subtitles=0) if packet.size > 2]  # two bytes: no text
    return [data[2 : 2 + int.from_bytes(data[:2])].decode() for data in packets]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("fps", "preset"), [(15, "ultrafast"), (30, "superfast"), (60, "medium")])
def test_a_click_at_the_first_frame_of_each_of_twenty_clips_is_heard_there(tmp_path, click, fps, preset):
    quality = replace(TINY, fps=fps, preset=preset)
    pieces = [clip(tmp_path, f"s{i}", fps // 2 + i % 4, quality, [line(click)]) for i in range(20)]
    facts = assemble("Clicks", pieces, quality, "en", tmp_path / "out" / "clicks.mp4")
    starts_s = np.cumsum([0, *(piece.frames for piece in pieces)])[:-1] / fps
    assert np.abs(errors_ms(tmp_path / "out" / "clicks.mp4", starts_s)).max() < 0.1
    assert [mark.first_frame / fps for mark in facts.marks] == pytest.approx(list(starts_s))


def test_the_first_voiced_sample_of_a_line_is_within_40_ms_of_its_frame(tmp_path):
    pieces = [clip(tmp_path, "a", 60, lines=[line(spoken_wav(tmp_path), 20, "Here is a number.", 1.6)])]
    assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4")
    heard = np.abs(sound(tmp_path / "film.mp4"))
    assert np.flatnonzero(heard > 0.02 * heard.max())[0] / RATE_HZ == pytest.approx(20 / 15, abs=0.04)


@pytest.mark.parametrize("music", [True, False])
@pytest.mark.parametrize("level", [1.0, 0.2])
def test_the_finished_film_is_as_loud_as_publishers_ask_however_short(tmp_path, music, level):
    wav = spoken_wav(tmp_path)
    speech = read_wav(wav.read_bytes())
    wav.write_bytes(speech_wav(replace(speech, samples=(speech.samples * level).astype(np.int16))))
    pieces = [clip(tmp_path, "a", 30, lines=[line(wav, 3, "Here is a number.", 1.6)])]
    facts = assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4", music=music)
    told = measured(tmp_path / "film.mp4")
    assert facts.loudness == told
    assert told.lufs == pytest.approx(-14, abs=0.5)
    assert told.peak_dbtp <= -1


def test_a_film_in_which_nobody_speaks_has_its_bed_at_the_level_of_broadcasters(tmp_path):
    pieces = [clip(tmp_path, "a", 120, lines=[line(None, 3, "Here is a number.", 1.6)])]
    facts = assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4", music=True)
    assert facts.loudness == measured(tmp_path / "film.mp4")
    assert facts.loudness.lufs == pytest.approx(-23, abs=0.5)


def test_encoding_that_adds_to_a_peak_is_done_again_from_a_lower_one(tmp_path, monkeypatch):
    told = [Loudness(-14.9, 0.2), Loudness(-14.1, -1.1)]
    written = []
    monkeypatch.setattr("render.chapter.measured", lambda path: told.pop(0))
    monkeypatch.setattr("render.chapter.Master.write", lambda self, out, *goal: (
        written.append(goal), out.write_bytes(self.raw.read_bytes())))  # fmt: skip
    facts = assemble("Title", [clip(tmp_path, "a", 30)], TINY, "en", tmp_path / "film.mp4")
    assert facts.loudness == Loudness(-14.1, -1.1)
    assert written[0] == (-23, -2)
    assert written[1] == pytest.approx((-31.1, -3.2))


def test_captions_fall_on_the_same_milliseconds_at_every_rate(tmp_path):
    told = []
    for fps in (15, 30, 60):
        quality = replace(TINY, fps=fps)
        lines = [replace(line(None, at * fps // 15, "A number, and one more.", 1.4), cue=f"{at}") for at in (3, 31)]
        name = f"at{fps}"
        assemble(
            "Title", [clip(tmp_path, name, 60 * fps // 15, quality, lines)], quality, "en", tmp_path / f"{name}.mp4"
        )
        told.append((tmp_path / f"{name}.vtt").read_text())
    assert told[0] == told[1] == told[2]


def test_a_strict_decoder_finds_nothing_wrong_with_a_chapter(tmp_path):
    spoken = line(spoken_wav(tmp_path), 7, "Here is a number.", 1.6)
    pieces = [clip(tmp_path, f"s{i}", 37 + i, lines=[spoken]) for i in range(3)]
    assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4", music=True)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "warning",
        "-xerror",
        "-i",
        tmp_path / "film.mp4",
        "-f",
        "null",
        "-",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_pictures_of_a_chapter_are_those_of_its_clips(tmp_path):
    quality = replace(TINY, preset="medium")
    pieces = [clip(tmp_path, name, frames, quality) for name, frames in (("a", 9), ("bb", 1), ("ccc", 14))]
    facts = assemble("Title", pieces, quality, "en", tmp_path / "film.mp4")
    assert facts == ChapterFacts(
        "Title", "en", 160, 90, 15, 24, (Mark("About a", 0), Mark("About bb", 9), Mark("About ccc", 10)), ()
    )
    assert facts.seconds == 24 / 15
    found = probe_video(tmp_path / "film.mp4")
    assert (found.frames, found.steady, found.reorder > 0, found.colours) == (24, True, True, (1, 1, 1, 1))
    assert np.array_equal(decoded(tmp_path / "film.mp4"), np.concatenate([decoded(piece.video) for piece in pieces]))


def test_a_line_within_a_clip_is_heard_at_its_frame(tmp_path, click):
    pieces = [
        clip(tmp_path, "a", 15, lines=[line(click, 7), line(click, 14)]),
        clip(tmp_path, "b", 15),
        clip(tmp_path, "c", 15, lines=[line(click, 1)]),
    ]
    assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4")
    assert np.abs(errors_ms(tmp_path / "film.mp4", [7 / 15, 14 / 15, 31 / 15])).max() < 0.1
    assert np.abs(sound(tmp_path / "film.mp4")[16_000:21_000]).max() < 0.001


def test_a_chapter_comes_with_its_captions_in_a_track_and_beside_it(tmp_path, click):
    text = "A weight <w> & a bias: two numbers, and the rest of this line makes it too long for one caption, or two."
    pieces = [
        clip(tmp_path, "a", 45, lines=[line(click, 3, text, 2.5)], title="Wéights"),
        clip(tmp_path, "b", 15, lines=[line(None, 0, "No voice.", 1.0)], title="x" * 300),
    ]
    assemble("Films & Zahlen", pieces, TINY, "de", tmp_path / "out" / "01-x.mp4")
    expected = captions([Spoken(text, 0.2, 2.7), Spoken("No voice.", 3.0, 4.0)])
    assert names(tmp_path / "out") == ["01-x.mp4", "01-x.srt", "01-x.vtt"]
    assert (tmp_path / "out" / "01-x.vtt").read_text(encoding="utf-8") == to_vtt(expected)
    assert (tmp_path / "out" / "01-x.srt").read_text(encoding="utf-8") == to_srt(expected)
    assert caption_texts(tmp_path / "out" / "01-x.mp4") == ["\n".join(caption.lines) for caption in expected]
    with av.open(str(tmp_path / "out" / "01-x.mp4")) as film:
        tracks = [
            (s.type, s.codec_context.name, s.language, s.disposition.name) for s in film.streams if s.type != "data"
        ]
        marks = [(c["metadata"]["title"], float(c["start"] * c["time_base"])) for c in film.chapters()]
        assert film.metadata["title"] == "Films & Zahlen"
    assert tracks == [
        ("video", "h264", "deu", "default"),
        ("audio", "aac", "deu", "default"),
        ("subtitle", "mov_text", "deu", "default"),
    ]
    assert marks == [("Wéights", 0.0), ("x" * 300, 3.0)]


def test_captions_in_other_languages_are_tracks_and_files_of_their_own(tmp_path, click):
    spoken = replace(line(click, 3, "A number.", 2.0), others={"de": "Eine Zahl.", "en": "A number."})
    facts = assemble("Title", [clip(tmp_path, "a", 45, lines=[spoken])], TINY, "en", tmp_path / "out" / "film.mp4")
    assert facts.tracks == ("en", "de")
    assert names(tmp_path / "out") == [
        "film.captions.de.srt",
        "film.captions.de.vtt",
        "film.mp4",
        "film.srt",
        "film.vtt",
    ]
    assert "Eine Zahl." in (tmp_path / "out" / "film.captions.de.vtt").read_text(encoding="utf-8")
    with av.open(str(tmp_path / "out" / "film.mp4")) as film:
        tracks = [(s.language, s.disposition.name) for s in film.streams if s.type == "subtitle"]
    assert tracks == [("eng", "default"), ("deu", None)]


def test_a_chapter_without_a_spoken_line_has_a_silent_track_and_empty_captions(tmp_path):
    facts = assemble("Silent", [clip(tmp_path, "a", 30)], TINY, "en", tmp_path / "out" / "film.mp4")
    assert facts.tracks == ()
    assert not sound(tmp_path / "out" / "film.mp4").any()
    assert (tmp_path / "out" / "film.vtt").read_text() == "WEBVTT\n"
    assert (tmp_path / "out" / "film.srt").read_text() == ""
    with av.open(str(tmp_path / "out" / "film.mp4")) as film:
        assert [stream.type for stream in film.streams] == ["video", "audio", "data"]  # data: the marks, for QuickTime


def test_the_same_clips_give_the_same_bytes(tmp_path, click):
    pieces = [clip(tmp_path, "a", 15, lines=[line(click)])]
    for name in ("one", "two"):
        assemble("Title", pieces, TINY, "en", tmp_path / name / "film.mp4")
    assert (tmp_path / "one" / "film.mp4").read_bytes() == (tmp_path / "two" / "film.mp4").read_bytes()


def test_the_command_that_encodes_sound_and_captions():
    assert sound_command(Path("a b.wav"), [Path("c.vtt")], Path("out.mp4"), "/bin/ffmpeg") == [
        *("/bin/ffmpeg", "-i", "a b.wav", "-i", "c.vtt", "-map", "0:a", "-map", "1:s", "-f", "mp4", "-b:a", "160k"),
        *("-aac_coder", "fast", "-acodec", "aac", "-scodec", "mov_text", "out.mp4", "-loglevel", "error", "-y"),
    ]


def test_the_command_that_encodes_sound_alone():
    assert sound_command(Path("a.wav"), [], Path("out.mp4"), "ffmpeg") == [
        *("ffmpeg", "-i", "a.wav", "-map", "0:a", "-f", "mp4", "-b:a", "160k"),
        *("-aac_coder", "fast", "-acodec", "aac", "out.mp4", "-loglevel", "error", "-y"),
    ]


def refused(tmp_path, pieces, quality=TINY):
    """The error of a chapter that cannot be made, after checking that the chapter made before is still there."""
    out = tmp_path / "out"
    out.mkdir()
    for suffix in (".mp4", ".vtt", ".srt"):
        (out / f"film{suffix}").write_text(f"the {suffix} of yesterday")
    with pytest.raises(RenderError) as caught:
        assemble("Title", pieces, quality, "en", out / "film.mp4")
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        f"film{suffix}": f"the {suffix} of yesterday" for suffix in (".mp4", ".vtt", ".srt")
    }
    return str(caught.value)


def test_a_clip_of_another_quality_is_refused_by_its_name(tmp_path):
    pieces = [clip(tmp_path, "First", 3), clip(tmp_path, "Second", 3, replace(TINY, width=176))]
    assert refused(tmp_path, pieces) == (
        "clip Second cannot be joined to clip First: its width is 176, expected 160; render both at the same quality."
    )


def test_clips_that_are_all_of_another_quality_are_refused(tmp_path):
    pieces = [clip(tmp_path, name, 3, replace(TINY, width=176)) for name in "ab"]
    assert refused(tmp_path, pieces) == (
        "The finished chapter 'Title' is not right: its size is (176, 90), expected (160, 90); run `tensorreel doctor` "
        "and render it again."
    )


def test_a_clip_with_other_frames_than_counted_is_refused(tmp_path):
    pieces = [clip(tmp_path, "a", 3), replace(clip(tmp_path, "Second", 3), frames=4)]
    assert refused(tmp_path, pieces) == "The clip Second holds 3 frames, expected 4; render it again."


def test_no_clips_are_refused(tmp_path):
    assert refused(tmp_path, []) == "There are no pieces to join; a video needs at least one."


def test_an_absent_clip_is_named(tmp_path):
    absent = replace(clip(tmp_path, "a", 3), video=tmp_path / "absent.mp4")
    assert "absent.mp4: No such file or directory; render it again." in refused(tmp_path, [absent])


def test_an_absent_line_is_named(tmp_path):
    pieces = [clip(tmp_path, "a", 3, lines=[line(tmp_path / "absent.wav")])]
    assert "absent.wav: No such file or directory; render it again." in refused(tmp_path, pieces)


def test_two_lines_at_once_are_refused(tmp_path, click):
    pieces = [
        clip(tmp_path, "Long", 15, lines=[line(click, 5, "It never ends.", 1.5)]),
        clip(tmp_path, "Next", 15, lines=[line(click, 0)]),
    ]
    assert refused(tmp_path, pieces) == (
        "The line 'cue' of Next starts at the clip's frame 0, 1.00 s into the chapter, but the clip has 15 frames and "
        "the line before is heard until 1.83 s; let the scene wait for its lines."
    )


def test_a_cue_after_the_end_of_its_clip_is_refused(tmp_path, click):
    assert "starts at the clip's frame 15" in refused(tmp_path, [clip(tmp_path, "a", 15, lines=[line(click, 15)])])


def test_what_ffmpeg_says_last_is_in_the_error(tmp_path, monkeypatch):
    script = tmp_path / "ffmpeg-that-fails"
    script.write_text("#!/bin/sh\nfor i in 1 2 3 4; do echo line $i >&2; done\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(script))
    assert refused(tmp_path, [clip(tmp_path, "a", 3)]) == (
        "ffmpeg could not measure the loudness of sound.wav (exit 3): line 2 / line 3 / line 4; check the disk's space."
    )


def test_an_absent_ffmpeg_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "absent"))
    message = refused(tmp_path, [clip(tmp_path, "a", 3)])
    assert message.startswith("ffmpeg could not be started (")
    assert message.endswith("); run `make setup` again.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        RenderError, match="Could not write .*film.mp4: (File exists|Not a directory); check the folder"
    ):
        assemble("Title", [clip(tmp_path, "a", 3)], TINY, "en", tmp_path / "file" / "film.mp4")


@pytest.mark.parametrize(
    ("crf", "beyond_clip", "file"), [(1, -1_000, "video.mp4"), (51, 100_000, "sound.wav"), (1, 700, "film.mp4")]
)
def test_a_full_disk_leaves_nothing_under_the_final_names(tmp_path, crf, beyond_clip, file):
    noise = np.random.default_rng(0)
    with Encoder(tmp_path / "a.clip", replace(TINY, crf=crf)) as encoder:
        for _ in range(15):
            encoder.write(noise.integers(0, 255, (90, 160, 4), dtype=np.uint8))
    code = """
import resource, sys
from pathlib import Path
from render.chapter import ClipPiece, assemble
from render.quality import Quality, RenderError
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    piece = ClipPiece("a", "A", folder / "a.clip", 15, ())
    assemble("Title", [piece], Quality("tiny", 160, 90, 15, "ultrafast", 1), "en", folder / "out" / "film.mp4")
except RenderError as error:
    print(error)
"""
    limit = (tmp_path / "a.clip").stat().st_size + beyond_clip
    command = [sys.executable, "-W", "error", "-c", code, str(tmp_path), str(limit)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert f"{file}: File too large; check the folder and the space on its disk." in done.stdout, done.stderr
    assert (names(tmp_path / "out"), done.stderr) == ([], "")


@pytest.fixture
def film(tmp_path, click):
    pieces = [clip(tmp_path, "a", 15, lines=[line(click)]), clip(tmp_path, "b", 30)]
    return tmp_path / "film.mp4", assemble("Title", pieces, TINY, "en", tmp_path / "film.mp4")


def test_a_finished_chapter_passes_its_check(film):
    check_chapter(*film)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"width": 176}, "its size is (160, 90), expected (176, 90)"),
        ({"fps": 30}, "its frame rate is 15, expected 30"),
        ({"frames": 46}, "its number of frames is 45, expected 46"),
        ({"tracks": ()}, "its list of subtitle tracks is [('mov_text', 'eng')], expected []"),
        ({"lang": "de"}, "its list of video tracks is [('h264', 'eng')], expected [('h264', 'deu')]"),
        ({"title": "Titel"}, "its title is Title, expected Titel"),
        ({"marks": (Mark("About a", 0),)}, "its list of chapter marks is ['About a', 'About b'], expected ['About a']"),
        (
            {"marks": (Mark("About a", 0), Mark("About b", 17))},
            "its start of the chapter mark 'About b' is 1.000 s, expected 1.133 s",
        ),
    ],
)
def test_a_chapter_that_is_not_as_expected_is_refused(film, change, complaint):
    path, facts = film
    with pytest.raises(RenderError) as caught:
        check_chapter(path, replace(facts, **change))
    title = change.get("title", "Title")
    assert str(caught.value) == (
        f"The finished chapter '{title}' is not right: {complaint}; run `tensorreel doctor` and render it again."
    )


def remuxed(film, path, options, until_s=None):
    """The film's tracks copied, its sound perhaps cut short."""
    with av.open(str(film)) as source, av.open(str(path), "w", format="mp4", options=options) as out:
        wanted = [stream for stream in source.streams if stream.type != "data"]
        tracks = {stream.index: out.add_stream_from_template(stream) for stream in wanted}
        for track in tracks.values():
            track.metadata["language"] = "eng"
        out.metadata["title"] = "Title"
        out.set_chapters(source.chapters())
        for packet in source.demux(wanted):
            if packet.size and not (
                until_s and packet.stream.type == "audio" and packet.pts * packet.time_base > until_s
            ):
                packet.stream = tracks[packet.stream.index]
                out.mux(packet)
    return path


def test_a_chapter_that_cannot_start_before_it_is_loaded_is_refused(film, tmp_path):
    path, facts = film
    with pytest.raises(RenderError, match=r"its order of boxes is \['mdat', 'moov'\], expected \['moov', 'mdat'\]"):
        check_chapter(remuxed(path, tmp_path / "slow.mp4", {}), facts)


def test_a_chapter_whose_sound_ends_early_is_refused(film, tmp_path):
    path, facts = film
    short = remuxed(path, tmp_path / "short.mp4", {"movflags": "+faststart"}, until_s=2.5)
    with pytest.raises(RenderError, match=r"its sound's length is 2\.5\d\d s, expected 3\.000 s"):
        check_chapter(short, facts)


def test_a_damaged_chapter_is_refused(film):
    path, facts = film
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(RenderError):
        check_chapter(path, facts)
