"""Captions from spoken lines: at most two lines of 42 characters, broken where a reader would pause."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate

WIDTH = 42  # characters in a line: the usual limit of broadcasters, readable at phone size
FASTEST = 17.0  # characters a second that a viewer reads beside the picture
SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")
PAUSE = re.compile(r"[,;:—–][\"'”’)]*$")
# A phrase begins with one of these, so the words before it make a good line.
OPENERS = (
    "after although and as at because before but by for from if in into nor of on or so than that to until when where"
    " whereas which while who with yet",
    "aber als auf aus bevor da damit dass denn die durch für in mit nachdem ob oder sobald um und von weil wenn wie zu",
)
OPENING_WORDS = frozenset(word for words in OPENERS for word in words.split())


@dataclass(frozen=True)
class Spoken:
    """A line as written in the narration, and the seconds from the film's start between which it is heard.

    words_s: when each of its words begins, where that is known.
    """

    text: str
    start_s: float
    end_s: float
    words_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Caption:
    """One or two lines of text on screen from start_ms until end_ms of the film."""

    lines: tuple[str, ...]
    start_ms: int
    end_ms: int


def captions(spoken: Sequence[Spoken]) -> list[Caption]:
    """The captions of a film: every word once, in order, no two at the same time.

    spoken: in order of their start. A long line becomes several captions: each begins with its first word, or they
    share the line's time by their characters where that is not known. A line spoken faster than FASTEST stays for
    longer, as far as the silence after it allows. A caption gives way to the next line's first. A word longer than a
    line keeps a line of its own.
    """
    found: list[Caption] = []
    for i, line in enumerate(spoken):
        words = tuple(line.text.split())
        if words:
            free_s = min([math.inf, *(later.start_s for later in spoken[i + 1 : i + 2])])
            slow_s = line.start_s + len(line.text) / FASTEST
            end_s = min(max(line.end_s, slow_s if free_s < math.inf else line.end_s), free_s)
            found += _timed(_blocks(words), round(line.start_s * 1000), round(end_s * 1000), line.words_s)
    return found


def reading_speeds(found: Sequence[Caption]) -> list[float]:
    """Characters a second of each caption."""
    return [1000 * sum(map(len, c.lines)) / max(c.end_ms - c.start_ms, 1) for c in found]


def to_vtt(found: Sequence[Caption]) -> str:
    """The captions as a WebVTT file."""
    blocks = (f"{_times(c, '.')}\n{escape(chr(10).join(c.lines), quote=False)}\n" for c in found)
    return "\n".join(("WEBVTT\n", *blocks))


def to_srt(found: Sequence[Caption]) -> str:
    """The captions as a SubRip file."""
    return "\n".join(f"{n}\n{_times(c, ',')}\n{chr(10).join(c.lines)}\n" for n, c in enumerate(found, start=1))


def _times(caption: Caption, point: str) -> str:
    return f"{_clock(caption.start_ms, point)} --> {_clock(caption.end_ms, point)}"


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _timed(blocks: Sequence[tuple[str, ...]], start_ms: int, end_ms: int, words_s: Sequence[float]) -> list[Caption]:
    counts = [len(" ".join(block).split()) for block in blocks]
    sizes = [sum(map(len, block)) for block in blocks]
    if len(words_s) == sum(counts):
        begins = [round(1000 * words_s[at]) for at in list(accumulate(counts))[:-1]]
    else:
        span, total = max(0, end_ms - start_ms), sum(sizes)
        begins = [start_ms + round(span * heard / total) for heard in list(accumulate(sizes))[:-1]]
    turns = list(accumulate((min(max(ms, start_ms), end_ms) for ms in begins), max))
    edges = [start_ms, *turns, max(start_ms, end_ms)]
    for at in range(1, len(blocks)):  # one that is read slower than it is said stays, if the next one can wait
        wanted = edges[at - 1] + math.ceil(1000 * sizes[at - 1] / FASTEST)
        latest = edges[at + 1] - math.ceil(1000 * sizes[at] / FASTEST)
        edges[at] = max(edges[at], min(wanted, latest))
    return [Caption(*row) for row in zip(blocks, edges, edges[1:], strict=False)]


def _blocks(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Words in blocks of one or two lines: the division with the lowest sum of _break_cost and raggedness."""

    @cache
    def best(first: int) -> tuple[float, int]:
        if first == len(words):
            return 0.0, first
        options = []
        for end in range(first + 1, len(words) + 1):
            block = _two_lines(words[first:end])
            if block is None:
                break
            # an almost empty caption flashes by, so it costs about as much as a break inside a phrase
            empty = 1 - min(1.0, sum(map(len, block)) / (2 * WIDTH))
            options.append((_break_cost(words, end) + 3 * empty**2 + 1 + best(end)[0], end))
        return min(options)

    blocks, first = [], 0
    for start in range(len(words) - 1, -1, -1):  # fills the cache from the end, so that no call nests deeply
        best(start)
    while first < len(words):
        end = best(first)[1]
        blocks.append(_two_lines(words[first:end]) or ())
        first = end
    return blocks


def _two_lines(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words in one line if they fit, else in two balanced ones; None if two do not hold them."""
    whole = " ".join(words)
    if len(words) == 1 or len(whole) <= WIDTH:
        return (whole,)
    options = []
    for at in range(1, len(words)):
        pair = " ".join(words[:at]), " ".join(words[at:])
        if all(len(line) <= WIDTH or " " not in line for line in pair):
            ragged = abs(len(pair[0]) - len(pair[1])) / WIDTH
            options.append((_break_cost(words, at) + 4 * ragged, pair))
    return min(options)[1] if options else None


def _break_cost(words: tuple[str, ...], at: int) -> float:
    """How much it disturbs to break before words[at]: nothing after a sentence, most inside a phrase."""
    if at == len(words) or SENTENCE_END.search(words[at - 1]):
        return 0.0
    if PAUSE.search(words[at - 1]):
        return 0.5
    return 1.5 if words[at].lower() in OPENING_WORDS and words[at - 1].lower() not in OPENING_WORDS else 4.0
