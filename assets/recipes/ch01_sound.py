"""A spoken-like sound made by a formula, and the parts that are found again in its spectrogram.

Sources: Peterson and Barney 1952, "Control Methods Used in a Study of the Vowels", table II, for the resonances of
vowels, averages of 33 men; Remez, Rubin, Pisoni and Carrell 1981, "Speech Perception Without Traditional Speech Cues",
for three tones that follow the resonances of a voice.
"""

import numpy as np

from assets.recipe import Fact, Product, Run, recipe

RATE = 8000  # samples a second
FORMANTS = {  # Hz
    "ah": (730, 1090, 2440),
    "ee": (270, 2290, 3010),
    "aw": (570, 840, 2410),
    "oo": (300, 870, 2240),
}
WORDS = (("ah", "ee"), ("aw", "oo"), ("ee", "oo"))  # I, owe, you
STEADY_S, GLIDE_S, PAUSE_S = 0.17, 0.07, 0.09
RAMP_S = 0.03  # from silence to full loudness
LOUDNESS = (1.0, 0.5, 0.25)  # of the three tones
WINDOW, HOP, POINTS = 256, 48, 1024  # samples of a Hann window, to the next one, of the padded transform
TOP_HZ = 3400.0
FLOOR_DB = -50.0
COLUMNS = 480  # of the drawn wave


@recipe(
    axes={
        "wave_low": ("piece",),
        "wave_high": ("piece",),
        "wave_s": ("piece",),
        "stft": ("frame", "frequency"),
        "seconds": ("frame",),
        "hertz": ("frequency",),
        "start_s": ("sound",),
        "end_s": ("sound",),
        "middle_s": ("sound",),
        "planted": ("sound", "resonance"),
        "found": ("sound", "resonance"),
        "largest_gap": (),
        "samples": (),
        "sounds": (),
        "words": (),
        "tones": (),
    },
    units={"stft": "dB below the loudest", "planted": "Hz", "found": "Hz", "largest_gap": "Hz", "hertz": "Hz"},
)
def vowel_sound(run: Run) -> Product:
    """Six vowels in three words, sung by three tones: wave, spectrogram (T, F), and resonances planted and found.

    The wave is kept as the lowest and the highest sample of each of its pieces.
    """
    tracks, loud, spans = _plan()  # (sample, 3), (sample,), (sound, 2)
    phase = 2 * np.pi * np.cumsum(tracks, axis=0) / RATE
    sound = loud * (np.sin(phase) @ np.array(LOUDNESS)) / sum(LOUDNESS)  # (sample,)
    stft, seconds, hertz = _spectrogram(sound)
    planted = np.array([FORMANTS[name] for word in WORDS for name in word], dtype=float)  # (6, 3)
    found = np.stack([_peaks(stft[(seconds > a) & (seconds < b)], hertz) for a, b in spans])
    pieces = np.array_split(sound, COLUMNS)
    arrays = {
        "wave_low": [piece.min() for piece in pieces],
        "wave_high": [piece.max() for piece in pieces],
        "wave_s": (np.arange(COLUMNS) + 0.5) * len(sound) / RATE / COLUMNS,
        "stft": stft,
        "seconds": seconds,
        "hertz": hertz,
        "start_s": spans[:, 0],
        "end_s": spans[:, 1],
        "middle_s": spans.mean(axis=1),
        "planted": planted,
        "found": found,
        "largest_gap": np.abs(found - planted).max(),
        "samples": len(sound),
        "sounds": len(planted),
        "words": len(WORDS),
        "tones": planted.shape[1],
    }
    facts: dict[str, Fact] = {
        "model": "a sound made by a formula",
        "data": "vowels of Peterson and Barney 1952",
        "names": " ".join(name for word in WORDS for name in word),
        "found_criterion": "the highest peaks of the mean spectrum of the frames in which a vowel stands still",
    }
    return Product(arrays, facts)


def _plan() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three frequencies (sample, 3) and the loudness (sample,), and from when to when a vowel is steady (6, 2)."""
    steady, glide, pause = (round(s * RATE) for s in (STEADY_S, GLIDE_S, PAUSE_S))
    tracks, loud, spans, at = [], [], [], 0
    for word in WORDS:
        first, second = (np.array(FORMANTS[name], dtype=float) for name in word)
        share = np.clip((np.arange(2 * steady + glide) - steady) / glide, 0, 1)[:, None]  # (sample, 1)
        spans += [(at, at + steady), (at + steady + glide, at + 2 * steady + glide)]
        edge = np.minimum(np.arange(len(share)) + 1, len(share) - np.arange(len(share)))  # samples to the nearer end
        tracks += [first + share * (second - first), np.tile(second, (pause, 1))]
        loud += [np.minimum(edge / (RAMP_S * RATE), 1), np.zeros(pause)]
        at += len(share) + pause
    return np.concatenate(tracks), np.concatenate(loud), np.array(spans) / RATE


def _spectrogram(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Decibels below the loudest (frame, frequency), the frames' middles in seconds, and the frequencies in Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]  # (frame, 256)
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), POINTS, axis=1)) ** 2  # (frame, 513)
    hertz = np.fft.rfftfreq(POINTS, 1 / RATE)
    kept = hertz <= TOP_HZ
    seconds = (np.arange(len(frames)) * HOP + WINDOW / 2) / RATE
    decibels = 10 * np.log10(np.maximum(power / power.max(), 10 ** (FLOOR_DB / 10)))
    return decibels[:, kept], seconds, hertz[kept]


def _peaks(decibels: np.ndarray, hertz: np.ndarray) -> np.ndarray:
    """The three highest peaks of a mean spectrum, (3,) from low to high, between bins by a parabola."""
    mean = decibels.mean(axis=0)
    inner = np.flatnonzero((mean[1:-1] > mean[:-2]) & (mean[1:-1] >= mean[2:])) + 1
    chosen = np.sort(inner[np.argsort(-mean[inner], kind="stable")[: len(LOUDNESS)]])
    before, at, after = mean[chosen - 1], mean[chosen], mean[chosen + 1]
    return np.asarray(hertz[chosen] + (before - after) / (before - 2 * at + after) / 2 * hertz[1])
