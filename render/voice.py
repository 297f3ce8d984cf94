"""Spoken lines without a network: the espeak-ng library that the espeakng-loader wheel bundles, or silence.

The same text gives the same bytes, whatever was said before.
"""

import ctypes
import importlib.metadata
import io
import re
import tempfile
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.suggest import did_you_mean
from render.quality import RenderError
from scenes.narration import reading_seconds

VOICES = ("espeak", "none")
SILENCE_HZ = 22050  # of the voice "none"; espeak's own rate
LEVEL_DBFS = -20.0  # RMS of the voiced parts of every line
PEAK_DBFS = -1.0
TRIM_DBFS = -50.0  # quieter than this, at either end of a line, is silence
FADE_S = 0.005
FRAME_S = 0.02
VOICED_DB = 30.0  # a frame is voiced when it is within this of the loudest one

SYNCHRONOUS, DONT_EXIT = 2, 0x8000  # of speak_lib.h; without the flag espeak ends our process when it finds no data
LONGEST_PATH = 150  # bytes; espeak-ng keeps the path of its data in 160
RATE_WPM, PITCH, PITCH_RANGE, WORD_GAP = 1, 3, 4, 7
POSITION_CHARACTER, UTF8 = 1, 1
SoundCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)  # Calm narration: 150 is 150-160 words a minute with its pauses; a gap counts 10 ms; pitch and its range are 0..99.
MANNER = {RATE_WPM: 150, PITCH: 45, PITCH_RANGE: 50, WORD_GAP: 1}

_ALONE = threading.Lock()  # espeak keeps its state in globals


@dataclass(frozen=True)
class Tongue:
    """How a language is spoken: espeak's voice, and the rewritings (pattern, replacement) that it needs, in order."""

    voice: str
    lexicon: tuple[tuple[str, str], ...]


TONGUES = {
    "en": Tongue(
        "en-us",
        (
            (r"(?<=\d)\s*[x×]\s*(?=\d)", " by "),  # 28x28
            (r"(?<=\d)\s*×", " times"),  # 3×
            (r"\s*[×·]\s*", " times "),  # W·x
            (r"(?<=\d)\s*[–—]\s*(?=\d)", " to "),  # 0–9
            (r"(?<=\d)e\+?(-?\d+)", r" times ten to the power of \1"),  # 1e-05
            (r"\^(-?\d+)", r" to the power of \1"),  # 10^6
            (r"(?<=\w)-(?=\d)", " "),  # GPT-2, 784-16-16-10: no minus
            (r"(?<=\d)\s*%", " percent"),
            (r"(?<=\d)/(?=\d)", " over "),  # 1/2
            (r"\bd([A-Z])/d([a-z])", r"d \1 by d \2"),  # dC/dw
            (r"∂", "partial "),
            (r"∇", "gradient of "),
            (r"→", " to "),
            (r"≈", " about "),
            (r"−(?!\d)", " minus "),
            (r"\bReLU(s?)\b", r"relloo\1"),  # else "ree loo"
            (r"\b(arg|soft)max\b", r"\1 max"),
            (r"\btensorreel\b", "tensor reel"),
        ),
    ),
    "de": Tongue(
        "de",
        (
            (r"(?<=\d)\s*[x×]\s*(?=\d)", " mal "),
            (r"(?<=\d)\.(?=\d{3}\b)", ""),  # 13.002; espeak says German numbers itself
            (r"(?<=\w)-(?=\d)", " "),
            (r"\b(arg|soft)max\b", r"\1 max"),
        ),
    ),
}

NUMBER = re.compile(r"(?<![\w.,])([-−]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?!\w)")
NAMES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
ONES = [*NAMES.split(), "seventeen", "eighteen", "nineteen"]
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))
YEARS = range(1800, 2100)  # a bare number among these is read as a year; write 2,048 for an amount


@dataclass(frozen=True, eq=False)
class Speech:
    """One spoken line: samples (n,) int16, mono."""

    samples: NDArray[np.int16]
    rate_hz: int

    @property
    def seconds(self) -> float:
        """How long the line takes."""
        return len(self.samples) / self.rate_hz


def voice_version() -> str:
    """The voice's name and version for cache keys; reads package metadata only.

    Raises: RenderError if the voice is not installed.
    """
    try:
        return f"espeakng-loader {importlib.metadata.version('espeakng-loader')}"
    except importlib.metadata.PackageNotFoundError as error:
        raise RenderError("The voice 'espeak' is not installed; run `make setup`, or use --voice none.") from error


def synthesise(text: str, voice: str, lang: str) -> Speech:
    """The line as sound: trimmed, faded at both ends, at the level of every other line.

    The voice "none" is silent for reading_seconds. text: as written; espeak is given spoken(text, lang).
    Raises: RenderError for an unknown voice or language, a text with nothing to say, or a voice that is not installed.
    """
    if voice not in VOICES:
        raise RenderError(
            f"There is no voice '{voice}'; the voices are {' and '.join(VOICES)}.{did_you_mean(voice, VOICES)}"
        )
    if not text.strip():
        raise RenderError("A line to speak is empty; write its text in the narration, or remove its cue.")
    if voice == "none":
        return Speech(np.zeros(round(reading_seconds(text) * SILENCE_HZ), np.int16), SILENCE_HZ)
    raw = _say(spoken(text, lang), _tongue(lang).voice)
    if not raw.samples.any():
        raise RenderError(f"The voice '{voice}' finds nothing to say in {text!r}; write words.")
    return _trimmed(_levelled(raw))


def spoken(text: str, lang: str) -> str:
    """The text as it is said: the language's lexicon, and English numbers, in words.

    Raises: RenderError for a language that no voice speaks.
    """
    for pattern, words in _tongue(lang).lexicon:
        text = re.sub(pattern, words, text)
    return " ".join((NUMBER.sub(_number, text) if lang == "en" else text).split())


def speech_wav(speech: Speech) -> bytes:
    """The line as a WAV file, 16-bit mono at its own rate."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.rate_hz)
        file.writeframes(speech.samples.astype("<i2").tobytes())
    return data.getvalue()


def read_wav(data: bytes) -> Speech:
    """The line in a file that speech_wav made.

    Raises: RenderError if the bytes are no such WAV file.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise wave.Error(f"{file.getnchannels()} channels of {8 * file.getsampwidth()} bits, expected 1 of 16")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            return Speech(samples.astype(np.int16), file.getframerate())
    except (wave.Error, EOFError, ValueError) as error:
        raise RenderError(f"This is no WAV file of a spoken line ({error}); remove it and render again.") from error


def _tongue(lang: str) -> Tongue:
    if lang not in TONGUES:
        raise RenderError(
            f"The voice 'espeak' is not set up for the language '{lang}', only for {' and '.join(TONGUES)}; "
            "add a row to TONGUES in render/voice.py, or use --voice none."
        )
    return TONGUES[lang]


def _number(found: re.Match[str]) -> str:
    sign, digits, part = found.groups()
    whole = int(digits.replace(",", ""))
    if found[0] == digits and len(digits) == 4 and whole in YEARS:
        return _year(whole)
    words = _cardinal(whole) + (" point " + " ".join(ONES[int(digit)] for digit in part) if part else "")
    return f"{'minus ' if sign else ''}{words}"


def _cardinal(n: int) -> str:
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    scale, name = next((size, name) for size, name in SCALES if n >= size)
    rest = n % scale
    joint = " and " if rest < 100 else " "
    return f"{_cardinal(n // scale)} {name}" + (joint + _cardinal(rest) if rest else "")


def _year(n: int) -> str:
    if 2000 <= n < 2010:
        return _cardinal(n)
    century, rest = divmod(n, 100)
    return f"{_cardinal(century)} {_cardinal(rest) if rest >= 10 else f'oh {ONES[rest]}' if rest else 'hundred'}"


def _say(words: str, voice: str) -> Speech:
    heard: list[bytes] = []

    def hear(samples: "ctypes._Pointer[ctypes.c_short]", n: int, _events: int | None) -> int:
        if n > 0:
            heard.append(ctypes.string_at(samples, 2 * n))
        return 0

    callback = SoundCallback(hear)  # held in a name until espeak is done with it
    with _ALONE, _espeak() as (espeak, rate_hz):
        espeak.espeak_SetSynthCallback(callback)
        status = espeak.espeak_SetVoiceByName(voice.encode())
        for parameter, value in MANNER.items():
            status |= espeak.espeak_SetParameter(parameter, value, 0)
        data = words.encode()
        status |= espeak.espeak_Synth(data, len(data) + 1, 0, POSITION_CHARACTER, 0, UTF8, None, None)
        status |= espeak.espeak_Synchronize()
    if status:
        raise RenderError(f"The voice 'espeak' ({voice}) failed on {words!r}; run `tensorreel doctor`.")
    return Speech(np.frombuffer(b"".join(heard), np.int16), rate_hz)


@contextmanager
def _espeak() -> Iterator[tuple[ctypes.CDLL, int]]:
    """The library, newly loaded, and its rate in Hz.

    It is unloaded afterwards: its oscillators run on from line to line, even through espeak_Terminate, so that a line
    would depend on what was said before. Loading takes about 10 ms.
    """
    try:
        import espeakng_loader  # here, so that films without a voice need no wheel

        data = espeakng_loader.get_data_path()
        espeak = ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, RuntimeError, OSError) as error:
        raise RenderError(f"The voice 'espeak' cannot be loaded ({error}); run `make setup` again.") from error
    try:
        with _short(data) as path:
            rate_hz = espeak.espeak_Initialize(SYNCHRONOUS, 0, path.encode(), DONT_EXIT)
            if rate_hz <= 0:
                raise RenderError(f"The bundled voice data in {data} cannot be read; run `make setup` again.")
            yield espeak, rate_hz
            espeak.espeak_Terminate()
    finally:
        ctypes.CDLL(None).dlclose(ctypes.c_void_p(espeak._handle))


@contextmanager
def _short(folder: str) -> Iterator[str]:
    if len(folder.encode()) <= LONGEST_PATH:
        yield folder
        return
    with tempfile.TemporaryDirectory() as near:
        link = Path(near) / "espeak-ng-data"
        link.symlink_to(folder)
        yield str(link)


def _amplitude(dbfs: float) -> float:
    return 32768.0 * 10.0 ** (dbfs / 20)


def voiced_dbfs(speech: Speech) -> float:
    """RMS level of the voiced frames, in dB below full scale; -inf for silence."""
    size = round(FRAME_S * speech.rate_hz)
    whole = speech.samples[: len(speech.samples) // size * size]
    power = (whole.reshape(-1, size).astype(np.float64) ** 2).mean(axis=1)  # (frame,)
    if not power.any():
        return float("-inf")
    voiced = power[power > power.max() * 10 ** (-VOICED_DB / 10)]
    return float(10 * np.log10(voiced.mean() / 32768.0**2))


def _levelled(speech: Speech) -> Speech:
    samples = speech.samples.astype(np.float64)
    # where a line's peaks are too sharp for the level, the peak rule wins and the line is a little quieter
    gain = min(10 ** ((LEVEL_DBFS - voiced_dbfs(speech)) / 20), _amplitude(PEAK_DBFS) / np.abs(samples).max())
    return Speech(np.trunc(samples * gain).astype(np.int16), speech.rate_hz)


def _trimmed(speech: Speech) -> Speech:
    fade = round(FADE_S * speech.rate_hz)
    loud = np.flatnonzero(np.abs(speech.samples.astype(np.int32)) > _amplitude(TRIM_DBFS))
    # a fade's length is kept on both sides, so that fading takes nothing from the first and last sounds
    samples = speech.samples[max(0, loud[0] - fade) : loud[-1] + 1 + fade].astype(np.float64)
    ramp = np.linspace(0, 1, fade, endpoint=False)
    samples[:fade], samples[-fade:] = samples[:fade] * ramp, samples[-fade:] * ramp[::-1]
    return Speech(np.rint(samples).astype(np.int16), speech.rate_hz)
