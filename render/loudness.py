"""Loudness as publishers measure it (EBU R 128, ITU-R BS.1770-4) by ffmpeg, and a master that meets it."""

import math
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from render.encode import failing
from render.limiter import REACH, STEP, Levels, along, driven, levels, limits
from render.transcode import run_ffmpeg

SPOKEN_LUFS = -14.0  # what the large video sites play at: louder films are turned down there, quieter ones not raised
READ_LUFS = -23.0  # of a film in which nobody speaks: broadcasters' level, since a bed as loud as speech tires
PEAK_DBTP = -1.0
AAC_DB = 1.0  # that encoding may add to a peak
NEAR_LU = 0.3  # of the wanted loudness: better than the half unit that is asked for
UNHEARD_LUFS = -69.0  # ebur128 calls silence -70
BLOCK = 20_000 * STEP  # samples that are held in memory at once, 20 s


@dataclass(frozen=True)
class Loudness:
    """Of a whole film: integrated loudness in LUFS, true peak in dBTP."""

    lufs: float
    peak_dbtp: float

    def __str__(self) -> str:
        return f"{self.lufs:.1f} LUFS, true peak {self.peak_dbtp:.1f} dBTP"


def measured(path: Path) -> Loudness | None:
    """The loudness of a file's sound; None if nothing can be heard in it.

    Raises: RenderError if ffmpeg cannot read it.
    """
    sound = ffmpeg.input(str(path)).audio.filter("ebur128", peak="true", framelog="quiet")
    output = ffmpeg.output(sound, "-", format="null")
    said = run_ffmpeg(lambda exe: list(output.compile(cmd=exe)), f"measure the loudness of {path.name}")
    summary = said.rpartition("Summary:")[2]
    lufs, peak_dbtp = (
        float(found[1]) if (found := re.search(rf"{name}:\s+(\S+) {unit}", summary)) else -math.inf
        for name, unit in (("I", "LUFS"), ("Peak", "dBFS"))
    )
    return Loudness(lufs, peak_dbtp) if lufs > UNHEARD_LUFS else None


class Master:
    """A raw 48 kHz stereo 16-bit WAV that can be written at any loudness.

    Raises: RenderError if ffmpeg cannot measure it.
    """

    def __init__(self, raw: Path) -> None:
        self.raw, self.before = raw, measured(raw)

    def write(self, out: Path, lufs: float, ceiling_dbtp: float) -> None:
        """The sound at ``lufs`` with true peaks below ``ceiling_dbtp``; no sample is moved.

        A sound of a few sharp peaks cannot be that loud below that peak: it comes as near as it can. One in which
        nothing can be heard is copied.
        """
        if self.before is None:
            out.write_bytes(self.raw.read_bytes())
            return
        wanted_db, ceiling = lufs - self.before.lufs, 10 ** (ceiling_dbtp / 20)
        if self.before.peak_dbtp + wanted_db <= ceiling_dbtp:
            self._amplified(out, wanted_db, None)
            return
        found = self._levels(0.5 * ceiling / 10 ** (wanted_db / 20))
        gain_db = driven(found, wanted_db, ceiling)
        self._amplified(out, gain_db, limits(found.peaks, 10 ** (gain_db / 20), ceiling))

    def _levels(self, likely: float) -> Levels:
        found = [levels(sound, likely) for _, sound in self._blocks(REACH)]
        return Levels(np.concatenate([f.peaks for f in found]), np.concatenate([f.powers for f in found]))

    def _amplified(self, out: Path, gain_db: float, gains: NDArray[np.float64] | None) -> None:
        with (
            failing("write", out),
            wave.open(str(self.raw)) as source,
            out.open("wb") as opened,
            wave.open(opened, "wb") as file,
        ):
            file.setparams(source.getparams())
            total = source.getnframes()
            for first, sound in self._blocks(0):
                kept = sound[: total - first] * np.float32(10 ** (gain_db / 20))
                if gains is not None:
                    kept *= along(gains, first, len(kept))[:, None]
                file.writeframes(np.rint(np.clip(kept, -1, 1) * 32767).astype("<i2").tobytes())

    def _blocks(self, around: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """The first sample of each block, and the block (n, 2) with so many samples ``around``, in whole steps."""
        with wave.open(str(self.raw)) as file:
            total = file.getnframes()
            for first in range(0, total, BLOCK):
                count = min(BLOCK, -(-(total - first) // STEP) * STEP)
                low = max(0, first - around)
                file.setpos(low)
                read = np.frombuffer(file.readframes(first + count + around - low), "<i2").reshape(-1, 2)
                block = np.zeros((count + 2 * around, 2), np.float32)
                block[low - first + around :][: len(read)] = read / np.float32(32768)
                yield first, block
