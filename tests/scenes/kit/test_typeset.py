"""Words and formulas are set with the fonts inside Typst's package, exactly as they are written."""

import numpy as np
import pytest

from scenes.kit.typeset import Words, escape, typeset


def test_words_never_use_a_font_of_the_system(tmp_path, monkeypatch):
    before = typeset(escape("Handgloves 0123"))
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    monkeypatch.setenv("TYPST_FONT_PATHS", str(fonts))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    typeset.cache_clear()
    after = typeset(escape("Handgloves 0123"))
    assert all(np.array_equal(a.points, b.points) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("text", ["50% #1 [a] *b* _c_ $d$ <e> @f `g` ~ \\ // -- =", "784 × 16 = 12,544"])
def test_escaped_text_is_printed_as_it_is(text):
    assert len(typeset(escape(text))) == len(text.replace(" ", ""))


def test_a_formula_that_does_not_compile_says_so():
    with pytest.raises(ValueError, match="Typst cannot set"):
        Words("$ frac(a $")
