"""Spoken lines without a network: espeak in this process, a Piper voice, somebody's recordings, or silence.

The same text gives the same bytes, whatever was said before.
"""

import io
import re
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.espeak import Said, say
from render.quality import RenderError
from render.tongues import spoken, tongue
from render.voices import parse_voice, piper_says, read_recording
from scenes.narration import reading_seconds

SILENCE_HZ = 22050  # of the voice "none"; espeak's own rate
LEVEL_DBFS = -20.0  # RMS of the voiced parts of every line
PEAK_DBFS = -1.0
TRIM_DBFS = -50.0  # quieter than this, at either end of a line, is silence
NOISY_DBFS = -40.0  # as much is taken for the silence of a room, where a recording's quietest parts say so
ABOVE_NOISE = 6.0  # times the RMS of the quietest parts: what noise alone does not reach
EDGES = ".,;:!?…\"'()“”„‘’»«"  # around a word, no part of it
FADE_S = 0.005
FRAME_S = 0.02
VOICED_DB = 30.0  # a frame is voiced when it is within this of the loudest one


@dataclass(frozen=True, eq=False)
class Speech:
    """One spoken line: samples (n,) int16, mono.

    words: each with the seconds at which it begins and its place in the text as it was said, where that is known.
    """

    samples: NDArray[np.int16]
    rate_hz: int
    words: tuple[tuple[str, float, int], ...] = ()

    @property
    def seconds(self) -> float:
        """How long the line takes."""
        return len(self.samples) / self.rate_hz


def synthesise(text: str, voice: str, lang: str, recording: Path | None = None) -> Speech:
    """The line as sound: trimmed, faded at both ends, at the level of every other line.

    voice: as the user names it, see ``voices.parse_voice``. text: as written; voices are given spoken(text, lang).
    recording: the file in which somebody speaks the line; without one, a recorded voice is espeak's.
    Raises: RenderError for a language that the voice does not speak, a text with nothing to say, a recording that
    cannot be read, or a voice that is not installed.
    """
    kind, path = parse_voice(voice)
    if not text.strip():
        raise RenderError("A line to speak is empty; write its text in the narration, or remove its cue.")
    if kind == "none":
        return Speech(np.zeros(round(reading_seconds(text) * SILENCE_HZ), np.int16), SILENCE_HZ)
    if recording is not None:
        raw = Speech(*read_recording(recording))
    elif kind == "piper" and path is not None:
        raw = Speech(*piper_says(spoken(text, lang), path))
    else:
        words = spoken(text, lang)
        said = say(words, tongue(lang).voice)
        raw = Speech(said.samples, said.rate_hz, _every_word(words, said))
    if not raw.samples.any():
        source = f"The recording {recording}" if recording else f"The voice '{kind}'"
        raise RenderError(f"{source} has nothing to hear for {text!r}; write words, or record it again.")
    line = _levelled(raw)
    return _trimmed(line, _amplitude(TRIM_DBFS) if recording is None else _noise(line))


def _every_word(text: str, said: Said) -> tuple[tuple[str, float, int], ...]:
    """Each word as it was said with its second and its place; espeak tells nothing of some, such as "of" in "each of".

    Those begin between their neighbours, by their places.
    """
    tokens = [(token[0], token.start()) for token in re.finditer(r"\S+", text)]
    starts = np.array([at for _, at in tokens])
    heard: dict[int, float] = {}
    for first, _, sample in said.words:
        heard.setdefault(int(np.searchsorted(starts, first, side="right")) - 1, sample / said.rate_hz)
    if not heard:
        return ()
    known = sorted(heard)
    seconds = np.interp(starts, starts[known], [heard[index] for index in known])
    return tuple((word, float(second), at) for (word, at), second in zip(tokens, seconds, strict=True))


def word_seconds(
    speech: Speech, text: str, lang: str, marks: Sequence[tuple[str, int]] = ()
) -> list[tuple[str, float]]:
    """When each word of a line begins: as the voice told, else by its place in the written text; and each mark <name>.

    marks: names and places in the written text; a mark begins with the word that it stands before, at the end of the
    line when there is none. A written word that is said in other words, such as 784, is a mark of its own.
    """
    written = [(word[0], word.start()) for word in re.finditer(r"\S+", text)]
    words = speech.words or [(word, speech.seconds * at / len(text), at) for word, at in written]
    told = [(word, start_s) for word, start_s, _ in words]
    said = {word for word, _ in told}
    others = [(word.strip(EDGES), at) for word, at in written if word not in said]
    for name, at in [*marks, *others]:
        place = len(spoken(text[:at], lang)) if speech.words else at
        told.append((f"<{name}>", next((start_s for _, start_s, first in words if first >= place), speech.seconds)))
    return told


def written_seconds(times: Sequence[tuple[str, float]], text: str, lang: str) -> list[float]:
    """When each word of a written line begins, given what word_seconds told of it: "784" begins with "seven"."""
    last = max(index for index, (word, _) in enumerate(times) if not word.startswith("<"))  # marks stand after words
    said = times[: last + 1]
    written = [(word[0], word.start()) for word in re.finditer(r"\S+", text)]
    if [word for word, _ in said] == [word for word, _ in written]:  # of a voice that tells nothing of its words
        return [start_s for _, start_s in said]
    places = [len(spoken(text[:at], lang).split()) for _, at in written]
    return [said[min(place, len(said) - 1)][1] for place in places]


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


def _amplitude(dbfs: float) -> float:
    return 32768.0 * 10.0 ** (dbfs / 20)


def _powers(speech: Speech) -> NDArray[np.float64]:
    """The mean square of each whole frame of FRAME_S, (frame,)."""
    size = round(FRAME_S * speech.rate_hz)
    whole = speech.samples[: len(speech.samples) // size * size]
    return np.asarray((whole.reshape(-1, size).astype(np.float64) ** 2).mean(axis=1), np.float64)


def _noise(speech: Speech) -> float:
    """What no sample of a recording's silence reaches: rooms and microphones are not as quiet as a synthesiser."""
    powers = np.sort(_powers(speech))[: max(1, round(0.05 / FRAME_S))]
    heard = ABOVE_NOISE * float(np.sqrt(powers.mean())) if powers.size else 0.0
    return min(max(heard, _amplitude(TRIM_DBFS)), _amplitude(NOISY_DBFS))


def voiced_dbfs(speech: Speech) -> float:
    """RMS level of the voiced frames, in dB below full scale; -inf for silence."""
    power = _powers(speech)
    if not power.any():
        return float("-inf")
    voiced = power[power > power.max() * 10 ** (-VOICED_DB / 10)]
    return float(10 * np.log10(voiced.mean() / 32768.0**2))


def _levelled(speech: Speech) -> Speech:
    samples = speech.samples.astype(np.float64)
    # where a line's peaks are too sharp for the level, the peak rule wins and the line is a little quieter
    gain = min(10 ** ((LEVEL_DBFS - voiced_dbfs(speech)) / 20), _amplitude(PEAK_DBFS) / np.abs(samples).max())
    return replace(speech, samples=np.trunc(samples * gain).astype(np.int16))


def _trimmed(speech: Speech, quiet: float) -> Speech:
    """Without what comes before and after the samples beyond ``quiet``, faded at both ends."""
    fade = round(FADE_S * speech.rate_hz)
    loud = np.flatnonzero(np.abs(speech.samples.astype(np.int32)) > quiet)
    # a fade's length is kept on both sides, so that fading takes nothing from the first and last sounds
    first = max(0, loud[0] - fade)
    samples = speech.samples[first : loud[-1] + 1 + fade].astype(np.float64)
    ramp = np.linspace(0, 1, fade, endpoint=False)
    samples[:fade], samples[-fade:] = samples[:fade] * ramp, samples[-fade:] * ramp[::-1]
    words = tuple((word, max(0.0, start_s - first / speech.rate_hz), at) for word, start_s, at in speech.words)
    return Speech(np.rint(samples).astype(np.int16), speech.rate_hz, words)
