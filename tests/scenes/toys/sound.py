"""A spectrogram of noise with planted and found resonances that differ by chance."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {"model": "a sound made up for this test", "data": "vowels made up", "names": "ah ee aw oo ee oo"}


def assets(seed: int) -> dict[str, Asset]:
    """The asset of the sound that is made of parts."""
    rng = np.random.default_rng(seed)
    seconds, hertz = np.linspace(0.0, 1.5, 31), np.linspace(0, 3400, 20)
    start = 0.1 + 0.23 * np.arange(6)
    planted = np.sort(rng.uniform(200, 3200, size=(6, 3)), axis=1)
    found = planted + rng.uniform(-3, 3, size=(6, 3))
    high = rng.uniform(0, 1, 30)
    arrays = {"wave_low": -high, "wave_high": high, "wave_s": np.linspace(0.02, 1.48, 30)}
    arrays |= {"stft": rng.uniform(-50, 0, size=(31, 20)), "seconds": seconds, "hertz": hertz}
    arrays |= {"start_s": start, "end_s": start + 0.17, "middle_s": start + 0.085, "planted": planted, "found": found}
    scalars = {"largest_gap": np.abs(found - planted).max(), "samples": 12000, "sounds": 6, "words": 3, "tones": 3}
    arrays |= {name: np.array(value) for name, value in scalars.items()}
    return {"vowel_sound": make_asset("vowel_sound", arrays, {}, {}, FACTS)}
