"""Notes about time: lines that outlast their picture or end long before it, and plays in which nothing moves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from render.check.seen import Remark
from scenes.base import Cue
from scenes.theme import GRID_HZ, PAUSE_S

LONGEST_STANDSTILL_S = 6.0
LONGEST_DIFFERENCE_S = 2.0
Note = tuple[Remark, int, float, float]  # with the play, and from when to when, s


@dataclass(frozen=True)
class Beat:
    """One play or wait: when it began and ended, s, and whether anything moved in it."""

    play: int
    began_s: float
    ended_s: float
    moved: bool


def standstills(beats: Sequence[Beat]) -> Iterator[Note]:
    """Waits in a row that last too long with nothing to follow."""
    first: Beat | None = None
    for beat in (*beats, Beat(0, 0, 0, True)):
        if not beat.moved:
            first, last = first or beat, beat
            continue
        if first is not None and last.ended_s - first.began_s > LONGEST_STANDSTILL_S:
            length = last.ended_s - first.began_s
            remark = Remark(
                "standstill", "the picture", f"stands still for {length:.1f} s", length, about=str(first.play)
            )
            yield remark, first.play, first.began_s, last.ended_s
        first = None


def cue_notes(cues: Iterable[Cue], beats: Sequence[Beat]) -> Iterator[Note]:
    """Lines that go on long after the last move of their picture, or are over long before it."""
    for cue in cues:
        begins, ends, spoken = (
            tick / GRID_HZ for tick in (cue.first_tick, cue.end_tick, cue.first_tick + cue.line_ticks)
        )
        moves = [b for b in beats if b.moved and begins - 1e-3 <= b.began_s < ends - 1e-3]
        moved = max((beat.ended_s for beat in moves), default=begins)
        play = next((b.play for b in beats if b.began_s >= begins - 1e-3), 0)
        late, early = spoken - moved, ends - spoken - PAUSE_S
        if moves and late > LONGEST_DIFFERENCE_S:
            what = f"goes on for {late:.1f} s after the last move of its picture"
        elif early > LONGEST_DIFFERENCE_S:
            what = f"is over {early:.1f} s before its picture"
        else:
            continue
        yield Remark("line-and-picture", f"the line '{cue.name}'", what, max(late, early)), play, begins, ends
