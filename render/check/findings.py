"""From what was wrong in each picture to findings: one for each fault, with the time that it lasts, waived or not."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from models.suggest import did_you_mean
from render.check.seen import Picture, Remark

KINDS = {
    "off-frame": "a text outside the safe frame",
    "text-over-text": "a text over a text",
    "text-over-line": "a text over a line or an edge without a backing",
    "too-small": "a text set smaller than the smallest type size",
    "spelling": "a word that is in no dictionary",
    "contrast": "a text with a contrast below 4.5:1",
    "wobble": "a label that wobbles while a number changes",
    "left-out": "entries left out without dots",
    "wrong-number": "a number that is not that of its array",
    "line-and-picture": "a spoken line much longer or shorter than its picture",
    "standstill": "a long time in which nothing moves",
    "waiver": "a waiver that is wrong",
}
NOTES = ("line-and-picture", "standstill")
PASSING_S = 1.0  # a fault inside a play that is over sooner is a note
HELD_AS = re.compile(r" \([\w\[\]]+\)$")  # the attribute of the scene, under which it may be known only later
LEVELS = ("error", "note", "waived")


@dataclass(frozen=True)
class Finding:
    """One fault: where and when it is seen, about what, and how bad; ``play`` counts from 1, 0 is none of them.

    ``reason`` is that of a waiver; then the level is "waived".
    """

    level: str
    kind: str
    scene: str
    play: int
    first_s: float
    last_s: float
    mobject: str
    what: str
    reason: str = ""

    def facts(self) -> dict[str, Any]:
        """The finding for machines."""
        return asdict(self)

    def text(self) -> str:
        """The finding for people."""
        until = f" to {self.last_s:.1f} s" if self.last_s - self.first_s >= 0.05 else " s"
        place = "waivers" if self.kind == "waiver" else "narration"
        when = f"play {self.play}, {self.first_s:.1f}{until}" if self.play else place
        waived = f" (waived: {self.reason})" if self.reason else ""
        return f"{self.level:<6}  {self.scene}, {when}: {self.mobject} {self.what} [{self.kind}]{waived}"


@dataclass
class Record:
    """A fault while it is watched."""

    remark: Remark
    play: int
    first_s: float
    last_s: float
    serious: bool


class Collector:
    """Takes remarks play by play and makes one record of those that say the same."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str, str], Record] = {}

    def add(self, remark: Remark, play: int, first_s: float, last_s: float, serious: bool) -> None:
        """Note a remark; the worst words for it are kept."""
        key = (remark.kind, HELD_AS.sub("", remark.mobject), remark.about)
        known = self.records.setdefault(key, Record(remark, play, first_s, last_s, serious))
        known.last_s = max(known.last_s, last_s)
        known.serious |= serious
        if remark.amount > known.remark.amount:
            known.remark = remark

    def findings(self, scene: str) -> list[Finding]:
        """All of them in the order in which they were first seen; what passes by several texts is one."""
        groups: dict[object, list[Record]] = {}
        for key, record in self.records.items():
            about = record.remark.about
            groups.setdefault(key if record.serious or not about else (record.remark.kind, about), []).append(record)
        return [_finding(scene, records) for records in groups.values()]


def _finding(scene: str, records: Sequence[Record]) -> Finding:
    first, more = records[0], len(records) - 1
    return Finding(
        "error" if first.serious and first.remark.kind not in NOTES else "note",
        first.remark.kind,
        scene,
        first.play,
        round(first.first_s, 2),
        round(max(record.last_s for record in records), 2),
        first.remark.mobject + (f" and {more} more" if more else ""),
        first.remark.what,
    )


def passing(remarks: Iterable[tuple[Picture, Remark]], step_s: float) -> Iterator[tuple[Remark, float, float, bool]]:
    """Remarks about pictures inside one play, each once: (remark, from, to, whether it lasts).

    step_s: the time from one of the pictures to the next.
    """
    seen: dict[tuple[str, str, str], list[tuple[Picture, Remark]]] = {}
    for picture, remark in remarks:
        seen.setdefault((remark.kind, remark.mobject, remark.about), []).append((picture, remark))
    for found in seen.values():
        worst = max((remark for _, remark in found), key=lambda remark: remark.amount)
        times = [picture.time_s for picture, _ in found]
        count = _longest([remark for _, remark in found])
        yield worst, min(times), max(times), count > 1 and count * step_s >= PASSING_S


def _longest(remarks: Sequence[Remark]) -> int:
    """In how many of the remarks the same part of a text is meant."""
    counts = Counter(part for remark in remarks for part in remark.parts or {-1})
    return max(counts.values())


def waive(findings: Sequence[Finding], waivers: Mapping[str, str], scene: str) -> list[Finding]:
    """The findings with those waived that a waiver names; then a finding for each waiver that is wrong.

    A waiver is ``kind`` or ``kind: text``, where the text is part of what the mobject is called, with a reason.
    """
    judged = list(findings)
    wrong = []
    for name, reason in waivers.items():
        kind, _, part = (piece.strip() for piece in name.partition(":"))
        fitting = [i for i, f in enumerate(judged) if f.kind == kind and part in f.mobject and f.level != "waived"]
        complaint = _complaint(kind, str(reason), bool(fitting))
        if complaint:
            wrong.append(Finding("error", "waiver", scene, 0, 0.0, 0.0, f"the waiver '{name}'", complaint))
        else:
            for index in fitting:
                judged[index] = replace(judged[index], level="waived", reason=str(reason).strip())
    return [*judged, *wrong]


def _complaint(kind: str, reason: str, fits: bool) -> str:
    if kind not in KINDS or kind == "waiver":
        return f"names no kind of finding.{did_you_mean(kind, [k for k in KINDS if k != 'waiver'])}"
    if not reason.strip():
        return "has no reason; say why this picture is right"
    return "" if fits else "waives nothing; remove it"


def summary(findings: Sequence[Finding], scenes: int, broken: int = 0) -> str:
    """One line: how many scenes, findings of each level, and scenes that could not be played."""
    counts = [(sum(finding.level == level for finding in findings), level) for level in LEVELS]
    named = [f"{n} {level}{'s' if n > 1 and level != 'waived' else ''}" for n, level in counts if n]
    named += [f"{broken} could not be played"] if broken else []
    return f"{scenes} scene{'' if scenes == 1 else 's'}: {', '.join(named) or 'nothing to complain of'}"
