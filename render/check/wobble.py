"""Labels that tremble while a number changes: both of their edges go one way and back again within a play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from render.check.seen import Remark

MOVED = 0.01  # units; less is not seen
TRAVEL = 2.0  # em; a label that goes farther is moved on purpose
BEARING = 0.15  # em; edges move so far because digits are not equally wide, though their places are held


@dataclass(frozen=True)
class Track:
    """Where a text was at several times of one play: its edges, and marks that change with its characters."""

    name: str
    key: int
    left: tuple[float, ...]
    right: tuple[float, ...]
    marks: tuple[str, ...]
    em: float = 0.0  # units


def wobbling(tracks: Sequence[Track]) -> Iterator[Remark]:
    """Texts whose left and right edge both turn back, where they or another text are written anew meanwhile.

    A text that stays the same counts only while it keeps its width and about its place: what grows is pointed at, and
    what goes far is carried by something else.
    """
    counting = any(len(set(track.marks)) > 1 for track in tracks)
    for track in tracks if counting else ():
        width = np.ptp(np.array(track.right) - np.array(track.left))
        rewritten = len(set(track.marks)) > 1
        if not rewritten and (width > MOVED or 0 < TRAVEL * track.em < np.ptp(track.left)):
            continue
        back = min(_turned_back(edge) for edge in (track.left, track.right))
        if back > (max(MOVED, BEARING * track.em) if rewritten else MOVED):
            what = f"wobbles by {back:.2f} units while a number changes: both edges turn back; hold one of them"
            yield Remark("wobble", track.name, what, back, track.key)


def _turned_back(places: Sequence[float]) -> float:
    """The longest way that an edge goes back after it went the other way, units; 0 if it never turns."""
    turns = [places[0]]
    heading = 0.0
    for place in places[1:]:
        step = place - turns[-1]
        if abs(step) <= MOVED:
            continue
        if np.sign(step) == heading:
            turns[-1] = place
        else:
            turns.append(place)
            heading = np.sign(step)
    ways = np.abs(np.diff(turns))
    return float(ways[1:].max(initial=0.0))
