"""Whether a component keeps what it claims: dots where entries are left out, digits that are those of its array."""

from collections.abc import Iterator

import numpy as np

from render.check.seen import Picture, Remark

HALF = 0.5 + 1e-6  # of a unit of the last digit shown


def without_dots(picture: Picture) -> Iterator[Remark]:
    """Components that leave out entries and draw no dots in their place."""
    for claim in picture.claims if picture.rest else ():
        if claim.left_out and not claim.dots:
            what = f"leaves out {claim.left_out:,} entries and draws no dots for them"
            yield Remark("left-out", claim.name, what, claim.left_out)


def wrong_numbers(picture: Picture) -> Iterator[Remark]:
    """Components that write a number other than that of their array at the digits shown."""
    for claim in picture.claims if picture.rest else ():
        if claim.unread:
            yield Remark("wrong-number", claim.name, f"cannot be read back: {claim.unread}", np.inf)
        if claim.given is None or claim.drawn is None:
            continue
        if claim.given.shape != claim.drawn.shape:
            what = f"was given an array {claim.given.shape} and shows {claim.drawn.shape}"
            yield Remark("wrong-number", claim.name, what, np.inf)
            continue
        off = np.abs(claim.given - claim.drawn)
        if off.size and off.max() > HALF * claim.step:
            place = tuple(int(i) for i in np.unravel_index(off.argmax(), off.shape))
            at = f" at {place if len(place) > 1 else place[0]}" if place else ""
            what = f"shows {claim.drawn[place]:g}{at} where its array has {claim.given[place]:g}"
            yield Remark("wrong-number", claim.name, what, float(off.max()))
