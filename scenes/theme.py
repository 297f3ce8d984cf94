"""One page of constants that every scene shares: colours, type sizes, spacing and timing.

The rule for numbers: sign is colour (blue positive, orange negative), size is opacity and width by |v| / max; both hold
in red-green colour blindness. Lengths are manim units (the frame is 8 high), times are seconds.
"""

BACKGROUND = "#101318"
PANEL = "#000000"
INK = "#E9E6DF"  # what is being said now
DIM = "#8B919C"  # names and units
RULE = "#3A404B"  # frames, axes, hairlines
POSITIVE = "#5BB3F0"
NEGATIVE = "#F2785C"
ACCENT = "#FFD166"  # the one thing to look at
CORRECT = "#93D49B"

SYMBOLS = ("#B8A1F0", "#4FC7BB", "#E991C6")  # tie a formula's symbols to the arrays they name; none says a sign
CLASSES = (  # most of Paul Tol's light scheme, a violet and a magenta; ten colours need names beside them as well
    *("#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#44BB99"),
    *("#BBCC33", "#99DDFF", "#AA88DD", "#D4569A", "#DDDDDD"),
)

HUGE, LARGE, BODY, LABEL, SMALL = 64, 40, 34, 26, 20  # font sizes; one em is size / 96 units

MARGIN = 0.38
GAP = 0.2  # between siblings
GROUP_GAP = 0.6
HAIRLINE = 1.5  # stroke width
LINE = 2.5

BEAT = 0.8  # one change, at a calm pace
STAGGER = 0.15
REST = 1.0  # on a finished picture
PAUSE_S = 0.4  # silence after a spoken line
GRID_HZ = 15  # every play and wait lasts a whole number of 1/15 s


def sign_color(value: float) -> str:
    """The colour of a number by its sign, ink for zero."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else INK
