"""Who draws the pieces of a clip: children forked from the scene's process, or that process itself.

A child is a copy of the process at the moment when a range of frames begins; it draws the range into a file of its own
and ends. What it drew, what it cost and what went wrong comes back in a small JSON file beside the piece.
"""

import gc
import hashlib
import json
import mmap
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from assets.process import die_with_parent, in_mb
from render.memory import available_mb, private_mb
from render.quality import RenderError
from render.slots import Slots, forkable, refuse_threads

POLL_S = 0.005
MEMORY_POLL_S = 0.1
REPORT_EVERY_S = 0.25
HANG_S = 300.0  # a child that finishes no frame for so long is taken for hung
FIRST_CHILD_MB = 150.0  # what a child is taken to need before one was measured


class FrameSink(Protocol):
    """Where drawn frames go: RGBA (height, width, 4) uint8, shown ``repeat`` times."""

    def write(self, rgba: np.ndarray, repeat: int = 1, same: bool = False) -> None:
        """Take the next frame, ``same`` as the one before or not; the array may be overwritten afterwards."""


OpenSink = Callable[[Path], AbstractContextManager[FrameSink]]
Draw = Callable[[FrameSink], None]


@dataclass
class Piece:
    """A range of frames that was drawn: play, first frame within the play, frames, CPU seconds by stage, memory."""

    path: Path
    play: int
    first: int
    frames: int = 0
    cpu_s: float = 0.0
    encode_cpu_s: float = 0.0
    private_mb: float = 0.0
    md5: list[str] = field(default_factory=list)


class PieceError(RenderError):
    """A piece could not be drawn: the sentence names the play, ``where`` is the scene's own line or ""."""

    def __init__(self, sentence: str, where: str = "") -> None:
        super().__init__(sentence)
        self.where = where


class PieceKilled(PieceError):
    """The system killed a child that drew, as it does when memory runs out."""

    peak_mb = 0


class Crew:
    """Draws the pieces of one scene's clip into ``folder``, in as many children as there are slots, or itself.

    ``told`` hears the number of frames drawn so far; ``explain`` turns an exception into (sentence, own line);
    ``moved_in`` is called in each child with the path of its piece.
    """

    def __init__(
        self,
        scene: str,
        folder: Path,
        open_sink: OpenSink,
        slots: Slots | None,
        told: Callable[[int], None],
        explain: Callable[[BaseException], tuple[str, str]],
        hashes: bool = False,
        hang_s: float = HANG_S,
        strict: bool = True,
        moved_in: Callable[[Path], None] = lambda piece: None,
    ) -> None:
        self.scene, self.folder, self.open_sink, self.slots = scene, folder, open_sink, slots
        self.told, self.explain, self.hashes, self.hang_s, self.strict = told, explain, hashes, hang_s, strict
        self.moved_in = moved_in
        self.pieces: list[Piece] = []
        self.running: dict[int, _Child] = {}
        self.drawn = np.frombuffer(mmap.mmap(-1, 8 * (2 + (slots.count if slots else 0))), dtype=np.int64)  # shared
        self.most_at_once = 0

    @property
    def alone(self) -> bool:
        """Whether this process draws by itself; unless ``strict``, also where threads forbid a fork."""
        return self.slots is None or not (self.strict or forkable())

    def draw(self, play: int, first: int, task: Draw, here: bool = False) -> None:
        """Have a piece drawn: by a child, or ``here`` and now, which moves this process's state on."""
        piece = Piece(self.folder / f"piece-{len(self.pieces):05d}.mp4", play, first)
        self.pieces.append(piece)
        if here or self.slots is None:
            self._work(piece, task, 0)
            return
        permit = self._permit()
        place = next(i for i in range(1, len(self.drawn)) if i not in {c.place for c in self.running.values()})
        refuse_threads()
        sys.stdout.flush()
        sys.stderr.flush()
        start = int(self.drawn[place])
        randomness = random.getstate()
        pid = os.fork()
        if pid == 0:
            random.setstate(randomness)  # Python seeds its generator anew in every forked child
            self._child(piece, task, place)
        os.close(permit)
        self.running[pid] = _Child(piece, place, start, start, time.monotonic())
        self.most_at_once = max(self.most_at_once, len(self.running))

    def finish(self) -> list[Piece]:
        """Wait for all pieces.

        Raises: PieceError for the first that failed; then no child is left.
        """
        while self.running:
            self._reap()
            self._watch()
            time.sleep(POLL_S)
        return self.pieces

    def end(self) -> None:
        """End all children at once."""
        for pid in self.running:
            os.kill(pid, signal.SIGKILL)
        for pid in self.running:
            os.waitpid(pid, 0)
        self.running.clear()

    def private_mb(self) -> float:
        """The most memory that one child had to itself."""
        return max((piece.private_mb for piece in self.pieces), default=0.0)

    def _permit(self) -> int:
        """Wait for a free slot, and for memory if the children at work have taken most of it."""
        assert self.slots is not None
        while True:
            self._reap()
            permit = self.slots.take()
            if permit is not None:
                if not self.running or available_mb() > 2 * (self.private_mb() or FIRST_CHILD_MB):
                    return permit
                os.close(permit)
            self._watch()
            time.sleep(POLL_S if permit is None else MEMORY_POLL_S)

    def _child(self, piece: Piece, task: Draw, place: int) -> None:
        """Draw in the forked child, and leave it without running the parent's clean-up."""
        code = 1
        try:
            die_with_parent()
            self.moved_in(piece.path)
            gc.freeze()  # collecting would touch, and so copy, every page that is shared with the parent
            self._work(piece, task, place)
            code = 0
        except BaseException as error:  # a scene may raise anything; the file is the child's only way to say so
            with suppress(OSError):  # on a full disk the answer matters more than the log
                traceback.print_exc()
            with suppress(OSError):
                sentence, where = self.explain(error)
                piece.path.with_suffix(".json").write_text(json.dumps({"error": sentence, "where": where}))
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _work(self, piece: Piece, task: Draw, place: int) -> None:
        started = time.process_time()
        with self.open_sink(piece.path) as sink:
            meter = _Meter(sink, self, place)
            task(meter)
            piece.private_mb = private_mb()
            ended = time.process_time()
        piece.frames, piece.md5 = meter.frames, meter.md5
        piece.cpu_s = time.process_time() - started
        piece.encode_cpu_s = meter.encode_cpu_s + time.process_time() - ended
        if place:
            facts = {**asdict(piece), "path": piece.path.name}
            piece.path.with_suffix(".json").write_text(json.dumps(facts))

    def _reap(self) -> None:
        for pid in list(self.running):
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                self._take(self.running.pop(pid), os.waitstatus_to_exitcode(status), in_mb(usage.ru_maxrss))

    def _take(self, child: "_Child", code: int, peak: int) -> None:
        """Take what a child that ended has left."""
        report, piece = child.piece.path.with_suffix(".json"), child.piece
        facts = json.loads(report.read_text()) if code >= 0 and report.exists() else {}
        if code == 0:
            for name in ("frames", "cpu_s", "encode_cpu_s", "private_mb", "md5"):
                setattr(piece, name, facts[name])
            report.unlink()
            return
        self.end()
        who = f"The process that drew play {piece.play + 1} of {self.scene} from its frame {piece.first + 1}"
        if code == -signal.SIGKILL:
            error = PieceKilled(who)
            error.peak_mb = peak
            raise error
        if facts:
            raise PieceError(f"{facts['error'].rstrip('.')}, in play {piece.play + 1} of {self.scene}.", facts["where"])
        how = f"with exit status {code}" if code > 0 else f"by {signal.Signals(-code).name}"
        raise PieceError(f"{who} ended {how}; its log tells more.")

    def _watch(self) -> None:
        """Raises: PieceError if a child has finished no frame for too long."""
        now = time.monotonic()
        for child in self.running.values():
            if self.drawn[child.place] != child.seen:
                child.seen, child.since = int(self.drawn[child.place]), now
            elif now - child.since > self.hang_s:
                self.end()
                raise PieceError(
                    f"Play {child.piece.play + 1} of {self.scene} hangs: no frame was finished for {self.hang_s:g} s "
                    f"after its frame {child.piece.first + child.seen + 1 - child.start}."
                )


@dataclass
class _Child:
    piece: Piece
    place: int
    start: int
    seen: int
    since: float


class _Meter:
    """A sink that counts, times and hashes what passes, and tells how far the whole crew is."""

    def __init__(self, sink: FrameSink, crew: Crew, place: int) -> None:
        self.sink, self.crew, self.place = sink, crew, place
        self.frames, self.encode_cpu_s = 0, 0.0
        self.md5: list[str] = []
        self.told = time.monotonic()

    def write(self, rgba: np.ndarray, repeat: int = 1, same: bool = False) -> None:
        started = time.process_time()
        self.sink.write(rgba, repeat, same and self.frames > 0)
        self.encode_cpu_s += time.process_time() - started
        if self.crew.hashes:
            self.md5 += [hashlib.md5(rgba.tobytes()).hexdigest()] * repeat
        self.frames += repeat
        self.crew.drawn[self.place] += repeat
        if time.monotonic() - self.told > REPORT_EVERY_S:
            self.told = time.monotonic()
            self.crew.told(int(self.crew.drawn.sum()))
