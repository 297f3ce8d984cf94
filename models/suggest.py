"""Nearest names for a mistyped one: shared by every layer's errors."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The sentence to append to an error: the nearest known name, or nothing when none is near."""
    near = get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f" Did you mean '{near[0]}'?" if near else ""
