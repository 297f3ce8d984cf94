"""How text is said: each language's small lexicon, and English numbers in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from render.quality import RenderError


@dataclass(frozen=True)
class Tongue:
    """How a language is spoken: espeak's voice, and the rewritings (pattern, replacement) that it needs, in order."""

    voice: str
    lexicon: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]


def _digit_by_digit(found: re.Match[str]) -> str:
    return f"{found[1]} {' '.join(found[2])}"


TONGUES = {
    "en": Tongue(
        "en-us",
        (
            (r"(?<=\d)\s*[x×]\s*(?=\d)", " by "),  # 28x28
            (r"(?<=\d)\s*×", " times"),  # 3×
            (r"\s*[×·]\s*", " times "),  # W·x
            (r"(?<=\d)\s*[–—]\s*(?=\d)", " to "),  # 0–9
            (r"(?<=\d)e\+?(-?\d+)", r" times ten to the power of \1"),  # 1e-05
            (r"\^(-?\d+)", r" to the power of \1"),  # 10^6
            (r"(?<=\w)-(?=\d)", " "),  # GPT-2, 784-16-16-10: no minus
            (r"(?<=\d)\s*%", " percent"),
            (r"(?<=\d)/(?=\d)", " over "),  # 1/2
            (r"\bd([A-Z])/d([a-z])", r"d \1 by d \2"),  # dC/dw
            (r"\b([A-Za-z])_(\d+)", _digit_by_digit),  # W_11
            (r"∂", "partial "),
            (r"∇", "gradient of "),
            (r"→", " to "),
            (r"≈", " about "),
            (r"−(?!\d)", " minus "),
            (r"\bReLU(s?)\b", r"relloo\1"),  # else "ree loo"
            (r"\b(arg|soft)max\b", r"\1 max"),
            (r"\btensorreel\b", "tensor reel"),
        ),
    ),
    "de": Tongue(
        "de",
        (
            (r"(?<=\d)\s*[x×]\s*(?=\d)", " mal "),
            (r"(?<=\d)\.(?=\d{3}\b)", ""),  # 13.002; espeak says German numbers itself
            (r"(?<=\w)-(?=\d)", " "),
            (r"\b(arg|soft)max\b", r"\1 max"),
        ),
    ),
}

NUMBER = re.compile(r"(?<![\w.,])([-−]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?!\w)")
NAMES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
ONES = [*NAMES.split(), "seventeen", "eighteen", "nineteen"]
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))
YEARS = range(1800, 2100)  # a bare number among these is read as a year; write 2,048 for an amount


def spoken(text: str, lang: str) -> str:
    """The text as it is said: the language's lexicon, and English numbers, in words.

    Raises: RenderError for a language that no voice speaks.
    """
    for pattern, words in tongue(lang).lexicon:
        text = re.sub(pattern, words, text)
    return " ".join((NUMBER.sub(_number, text) if lang == "en" else text).split())


def tongue(lang: str) -> Tongue:
    """How a language is spoken. Raises: RenderError for one that no voice speaks."""
    if lang not in TONGUES:
        raise RenderError(
            f"The voice 'espeak' is not set up for the language '{lang}', only for {' and '.join(TONGUES)}; "
            "add a row to TONGUES in render/tongues.py, or use --voice none."
        )
    return TONGUES[lang]


def _number(found: re.Match[str]) -> str:
    sign, digits, part = found.groups()
    whole = int(digits.replace(",", ""))
    if found[0] == digits and len(digits) == 4 and whole in YEARS:
        return _year(whole)
    words = _cardinal(whole) + (" point " + " ".join(ONES[int(digit)] for digit in part) if part else "")
    return f"{'minus ' if sign else ''}{words}"


def _cardinal(n: int) -> str:
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    scale, name = next((size, name) for size, name in SCALES if n >= size)
    rest = n % scale
    joint = " and " if rest < 100 else " "
    return f"{_cardinal(n // scale)} {name}" + (joint + _cardinal(rest) if rest else "")


def _year(n: int) -> str:
    if 2000 <= n < 2010:
        return _cardinal(n)
    century, rest = divmod(n, 100)
    return f"{_cardinal(century)} {_cardinal(rest) if rest >= 10 else f'oh {ONES[rest]}' if rest else 'hundred'}"
