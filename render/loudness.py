"""Loudness as publishers measure it (EBU R 128, ITU-R BS.1770-4), and a master that meets it, both by ffmpeg."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from render.quality import RenderError
from render.transcode import run_ffmpeg

TARGET_LUFS = (
    -14.0
)  # what the large video sites play at; louder films are turned down there, quieter ones are not raised
NEAR_LU = 0.2  # of the target: better than the half unit that is asked for
PEAK_DBTP = -2.0  # below the -1 dBTP asked for: AAC adds up to a decibel to a peak
TRIES = 6
FASTEST_HZ = 192_000  # the limiter sees peaks between samples at four times the film's rate
ATTACK_MS, RELEASE_MS = 4, 60
UNHEARD_LUFS = -69.0  # ebur128 calls silence -70


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
    command = ffmpeg.output(sound, "-", format="null").compile(cmd=imageio_ffmpeg.get_ffmpeg_exe())
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    said = done.stderr.rpartition("Summary:")[2]
    found = [re.search(rf"{name}:\s+(\S+) {unit}", said) for name, unit in (("I", "LUFS"), ("Peak", "dBFS"))]
    if done.returncode or not all(found):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RenderError(f"ffmpeg could not measure the loudness of {path.name}: {last}")
    lufs, peak = (float(each[1]) for each in found if each)
    return Loudness(lufs, peak) if lufs > UNHEARD_LUFS else None


def master(raw: Path, out: Path) -> Loudness | None:
    """Write a sound at TARGET_LUFS whose true peak stays below PEAK_DBTP, 16 bits at 48 kHz; returns what it has now.

    A sound of a few sharp peaks cannot be that loud below that peak: it comes as near as it can. No sample is moved.
    Raises: RenderError if ffmpeg fails.
    """
    before = measured(raw)
    gain_db, now = (TARGET_LUFS - before.lufs if before else 0.0), before
    for _ in range(TRIES):
        _limited(raw, out, gain_db)
        now = measured(out)
        if now is None or abs(now.lufs - TARGET_LUFS) <= NEAR_LU:
            break
        gain_db += TARGET_LUFS - now.lufs  # the limiter took that much
    return now


def _limited(raw: Path, out: Path, gain_db: float) -> None:
    limit = 10 ** (PEAK_DBTP / 20)
    sound = (
        ffmpeg.input(str(raw))
        .audio.filter("volume", f"{gain_db:.3f}dB")
        .filter("aresample", FASTEST_HZ)
        .filter("alimiter", limit=limit, attack=ATTACK_MS, release=RELEASE_MS, level="false", latency="true")
        .filter("aresample", 48_000)
    )
    output = ffmpeg.output(sound, str(out), format="wav", acodec="pcm_s16le", fflags="+bitexact", flags="+bitexact")
    made = output.global_args("-loglevel", "error").overwrite_output()
    run_ffmpeg(lambda exe: list(made.compile(cmd=exe)), "master the sound")
