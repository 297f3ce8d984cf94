import re
import subprocess
import sys
import wave
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from render.quality import RenderError
from render.tongues import spoken
from render.voice import Speech, read_wav, speech_wav, synthesise, voiced_dbfs, word_seconds, written_seconds
from scenes.narration import load_narration, reading_seconds, without_marks

ROOT = Path(__file__).resolve().parents[2]
NARRATIONS = sorted((ROOT / "scenes").glob("*/narration.en.toml"))
SENTENCES = (
    "Each neuron holds a number between 0 and 1.",
    "Together, that is 13,002 knobs.",
    "The network says 3, with an activation of 0.84, for a digit that it had never seen.",
)


def peak_dbfs(speech):
    return 20 * np.log10(np.abs(speech.samples.astype(float)).max() / 32768)


def written_lines():
    """Every line of the narration as it is spoken, with a number where it reads an asset."""
    scenes = [scene for path in NARRATIONS for scene in load_narration(path.parent).values()]
    return [re.sub(r"\{.*?\}", "16", without_marks(text)[0]) for scene in scenes for text in scene.lines.values()]


def test_a_line_is_the_same_bytes_whatever_was_said_before():
    first = {text: speech_wav(synthesise(text, "espeak", "en")) for text in SENTENCES}
    again = {text: speech_wav(synthesise(text, "espeak", "en")) for text in reversed(SENTENCES)}
    assert first == again
    assert len(set(first.values())) == len(SENTENCES)


def test_another_process_says_the_same_bytes_and_opens_nothing_but_the_bundled_library():
    code = """
import sys
from hashlib import sha256
from pathlib import Path
import espeakng_loader
from render.voice import speech_wav, synthesise
bundle = str(Path(espeakng_loader.__file__).parent)
def watch(event, args):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system")):
        raise SystemExit(f"{event} {args}")
    if event == "ctypes.dlopen" and args[0] is not None and not str(args[0]).startswith(bundle):
        raise SystemExit(f"loads {args[0]}")
sys.addaudithook(watch)
print(sha256(speech_wav(synthesise(sys.argv[1], "espeak", "en"))).hexdigest())
"""
    # PATH without a system espeak, and a data folder in the environment that must not be used
    env = {"PATH": "", "PYTHONPATH": str(ROOT), "ESPEAK_DATA_PATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, SENTENCES[0]], env=env, capture_output=True, text=True)
    here = sha256(speech_wav(synthesise(SENTENCES[0], "espeak", "en"))).hexdigest()
    assert (done.stdout.strip(), done.stderr) == (here, "")


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_speaking_leaves_no_thread_behind_so_that_a_server_may_fork_after_it():
    before = len(list(Path("/proc/self/task").iterdir()))
    synthesise(SENTENCES[0], "espeak", "en")
    assert len(list(Path("/proc/self/task").iterdir())) == before


@pytest.mark.parametrize("text", [*written_lines(), *SENTENCES])
def test_every_line_is_at_one_level_with_room_above(text):
    speech = synthesise(text, "espeak", "en")
    assert voiced_dbfs(speech) == pytest.approx(-20, abs=0.7)
    assert peak_dbfs(speech) <= -1


@pytest.mark.parametrize("text", SENTENCES)
def test_a_line_begins_and_ends_with_its_words_and_without_a_step(text):
    samples = synthesise(text, "espeak", "en").samples.astype(int)
    loud = np.flatnonzero(np.abs(samples) > 32768 * 10 ** (-50 / 20))
    fade = round(0.005 * 22050)
    assert loud[0] <= 2 * fade
    assert len(samples) - loud[-1] <= 2 * fade
    assert samples[0] == 0
    assert abs(samples[-1]) <= 2


def test_narration_is_calm():
    words = sum(len(text.split()) for text in written_lines())
    seconds = sum(synthesise(text, "espeak", "en").seconds for text in written_lines())
    assert 130 <= 60 * words / seconds <= 165


def test_silence_lasts_as_long_as_reading():
    text = "The neuron keeps nothing of the picture."
    speech = synthesise(text, "none", "xx")
    assert speech.seconds == pytest.approx(reading_seconds(text), abs=1e-4) == pytest.approx(len(text) / 15, abs=1e-4)
    assert not speech.samples.any()
    assert synthesise("Yes.", "none", "en").seconds == pytest.approx(1.2)


def test_a_wav_gives_back_the_line():
    speech = synthesise("Yes.", "espeak", "en")
    again = read_wav(speech_wav(speech))
    assert (again.rate_hz, again.seconds) == (speech.rate_hz, speech.seconds)
    assert np.array_equal(again.samples, speech.samples)


def test_bytes_that_are_no_line_are_refused():
    with pytest.raises(RenderError, match="This is no WAV file of a spoken line .*; remove it and render again"):
        read_wav(b"RIFF")
    data = BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8))
    with pytest.raises(RenderError, match="2 channels of 16 bits, expected 1 of 16"):
        read_wav(data.getvalue())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("13,002 weights", "thirteen thousand and two weights"),
        ("12,544, and 160.", "twelve thousand five hundred and forty-four, and one hundred and sixty."),
        ("28x28 or 28 × 28", "twenty-eight by twenty-eight or twenty-eight by twenty-eight"),
        ("It holds 0.84.", "It holds zero point eight four."),
        ("from -0.3 to 0", "from minus zero point three to zero"),
        ("93% and 99.1 %", "ninety-three percent and ninety-nine point one percent"),
        ("175,181,291,520", "one hundred and seventy-five billion one hundred and eighty-one million two hundred and "
         "ninety-one thousand five hundred and twenty"),
        ("1e-05 or 10^6", "one times ten to the power of minus five or ten to the power of six"),
        ("In 1986, 2005 and 2017", "In nineteen eighty-six, two thousand and five and twenty seventeen"),
        ("1800 to 2,048", "eighteen hundred to two thousand and forty-eight"),
        ("a 784-16-16-10 net", "a seven hundred and eighty-four sixteen sixteen ten net"),
        ("GPT-3 and w1 in 3D", "GPT three and w1 in 3D"),
        ("0–9, 1/2 and 3×", "zero to nine, one over two and three times"),
        ("the weight W_11, then w_0", "the weight W one one, then w zero"),
        ("dC/dw of ReLU and softmax", "d C by d w of relloo and soft max"),
    ],
)  # fmt: skip
def test_numbers_and_terms_are_said_in_english(written, said):
    assert spoken(written, "en") == said


def test_german_numbers_lose_only_their_points():
    assert spoken("13.002 Zahlen, 28x28, 0,84", "de") == "13002 Zahlen, 28 mal 28, 0,84"


def test_words_are_told_when_they_begin_and_stay_in_step_with_trimming():
    speech = synthesise("Each neuron holds a number.", "espeak", "en")
    assert [word for word, *_ in speech.words] == ["Each", "neuron", "holds", "a", "number."]
    begins = [seconds for _, seconds, _ in speech.words]
    assert begins == sorted(begins)
    assert begins[0] == pytest.approx(0, abs=0.02)
    assert begins[-1] < speech.seconds
    alone = synthesise("number.", "espeak", "en").seconds
    assert speech.seconds - begins[-1] == pytest.approx(alone, abs=0.15)


def test_a_mark_begins_with_the_word_it_stands_before_though_numbers_are_said_in_words():
    text = "Each of 784 pixels is a number, and the answer is 6."
    speech = synthesise(text, "espeak", "en")
    times = dict(word_seconds(speech, text, "en", [("pixels-mark", text.index("pixels")), ("end", text.index("6"))]))
    assert times["<pixels-mark>"] == times["pixels"]
    assert list(times)[:2] == ["Each", "of"]
    assert times["Each"] < times["of"] < times["seven"]
    assert times["<end>"] == times["six."]


def test_a_number_is_waited_for_as_it_is_written_and_a_mark_at_the_end_is_the_end():
    text = "All 784 pixels, 0.84 and 13,002."
    speech = synthesise(text, "espeak", "en")
    told = word_seconds(speech, text, "en", [("start", 0), ("end", len(text))])
    times = dict(told)
    assert (times["<784>"], times["<0.84>"], times["<13,002>"]) == (times["seven"], times["zero"], times["thirteen"])
    assert (times["<start>"], times["<end>"]) == (0.0, speech.seconds)
    assert [name for name, _ in told[-5:]] == ["<start>", "<end>", "<784>", "<0.84>", "<13,002>"]


@pytest.mark.parametrize("voice", ["espeak", "none"])
@pytest.mark.parametrize(
    ("text", "lang"), [("All 784 pixels don't count.", "en"), ("Größer als 13.002, für Öl.", "de")]
)
def test_every_written_word_has_its_time(text, lang, voice):
    speech = synthesise(text, voice, lang)
    times = word_seconds(speech, text, lang, [("mark", 4)])
    begins = written_seconds(times, text, lang)
    assert len(begins) == len(text.split())
    assert begins == sorted(begins)
    assert begins[-1] == dict(times)[text.split()[-1]]


def test_without_word_times_a_word_begins_by_its_place_in_the_line():
    text = "One two three."
    speech = synthesise(text, "none", "en")
    times = dict(word_seconds(speech, text, "en", [("m", text.index("two"))]))
    assert times["two"] == pytest.approx(speech.seconds * 4 / len(text))
    assert times["<m>"] == times["two"]


def test_number_words_reach_the_voice():
    assert np.array_equal(
        synthesise("13,002 by 28x28", "espeak", "en").samples,
        synthesise("thirteen thousand and two by twenty-eight by twenty-eight", "espeak", "en").samples,
    )


def test_the_languages_sound_different():
    english, german = (synthesise("Das ist eine Zahl.", "espeak", lang) for lang in ("en", "de"))
    assert not np.array_equal(english.samples, german.samples)


def test_unknown_voices_and_languages_are_named():
    with pytest.raises(RenderError) as voice:
        synthesise("Yes.", "espaek", "en")
    assert str(voice.value) == (
        "There is no voice 'espaek'; the voices are espeak, piper, recorded, none. Did you mean 'espeak'?"
    )
    with pytest.raises(RenderError) as lang:
        synthesise("Yes.", "espeak", "tlh")
    assert str(lang.value) == (
        "The voice 'espeak' is not set up for the language 'tlh', only for en and de; add a row to TONGUES in "
        "render/tongues.py, or use --voice none."
    )


@pytest.mark.parametrize("voice", ["espeak", "none"])
def test_an_empty_line_is_refused(voice):
    with pytest.raises(RenderError, match="A line to speak is empty; write its text in the narration"):
        synthesise(" \n", voice, "en")


def test_a_line_without_anything_to_say_is_refused():
    with pytest.raises(
        RenderError, match=r"The voice 'espeak' has nothing to hear for '…'; write words, or record it again\."
    ):
        synthesise("…", "espeak", "en")


def test_a_missing_wheel_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(RenderError, match="The voice 'espeak' cannot be loaded .*; run `make setup` again"):
        synthesise("Yes.", "espeak", "en")
    assert synthesise("Yes.", "none", "en").seconds == pytest.approx(1.2)


def test_a_missing_library_and_missing_data_are_sentences(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path / "absent"))
    with pytest.raises(RenderError, match="The bundled voice data in .*absent cannot be read; run `make setup` again"):
        synthesise("Yes.", "espeak", "en")
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "absent.so"))
    with pytest.raises(RenderError, match="The voice 'espeak' cannot be loaded .*absent.so"):
        synthesise("Yes.", "espeak", "en")


def test_a_long_path_to_the_data_is_no_hindrance(monkeypatch, tmp_path):
    expected = synthesise("Yes.", "espeak", "en").samples
    far = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    far.mkdir(parents=True)
    (far / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(far / "espeak-ng-data"))
    assert np.array_equal(synthesise("Yes.", "espeak", "en").samples, expected)


def test_the_level_of_silence_is_minus_infinity():
    assert voiced_dbfs(Speech(np.zeros(4410, np.int16), 22050)) == float("-inf")
