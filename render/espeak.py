"""The espeak-ng library that the espeakng-loader wheel bundles, in this process: samples, and when each word begins."""

import ctypes
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.quality import RenderError

SYNCHRONOUS, DONT_EXIT = 2, 0x8000  # of speak_lib.h; without the flag espeak ends our process when it finds no data
LONGEST_PATH = 150  # bytes; espeak-ng keeps the path of its data in 160
RATE_WPM, PITCH, PITCH_RANGE, WORD_GAP = 1, 3, 4, 7
POSITION_CHARACTER, UTF8 = 1, 1
END, WORD = 0, 1  # kinds of event
# Calm narration: 150 is 150-160 words a minute with its pauses; a gap counts 10 ms; pitch and its range are 0..99.
MANNER = {RATE_WPM: 150, PITCH: 45, PITCH_RANGE: 50, WORD_GAP: 1}

_ALONE = threading.Lock()  # espeak keeps its state in globals


@dataclass(frozen=True, eq=False)
class Said:
    """Samples (n,) int16, mono, and for each word its place in the text [first, end) and its first sample."""

    samples: NDArray[np.int16]
    rate_hz: int
    words: tuple[tuple[int, int, int], ...]


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h; places count characters from 1, samples from the beginning of the text."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


SoundCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def say(text: str, voice: str) -> Said:
    """Speak a text in an espeak voice, such as "en-us"; the same text gives the same samples.

    Raises: RenderError if the library cannot be loaded or fails.
    """
    heard: list[bytes] = []
    words: list[tuple[int, int, int]] = []

    def hear(samples: "ctypes._Pointer[ctypes.c_short]", n: int, events: "ctypes._Pointer[Event]") -> int:
        if n > 0:
            heard.append(ctypes.string_at(samples, 2 * n))
        at = 0
        while events[at].type != END:
            if events[at].type == WORD:
                first = events[at].text_position - 1
                words.append((first, first + events[at].length, events[at].sample))
            at += 1
        return 0

    callback = SoundCallback(hear)  # held in a name until espeak is done with it
    with _ALONE, _library() as (espeak, rate_hz):
        espeak.espeak_SetSynthCallback(callback)
        status = espeak.espeak_SetVoiceByName(voice.encode())
        for parameter, value in MANNER.items():
            status |= espeak.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        status |= espeak.espeak_Synth(data, len(data) + 1, 0, POSITION_CHARACTER, 0, UTF8, None, None)
        status |= espeak.espeak_Synchronize()
    if status:
        raise RenderError(f"The voice 'espeak' ({voice}) failed on {text!r}; run `tensorreel doctor`.")
    return Said(np.frombuffer(b"".join(heard), np.int16), rate_hz, tuple(words))


@contextmanager
def _library() -> Iterator[tuple[ctypes.CDLL, int]]:
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
