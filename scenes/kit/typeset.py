"""Words and formulas as manim outlines, set by Typst in memory with the fonts inside its package.

No system font is ever used, so pictures are the same on every machine, and no file is written, so parallel renders
cannot disturb each other. One em is ``size / 96`` manim units, manim's own scale for text.
"""

from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np
import svgelements
import typst
from manim import VGroup, VMobject

from scenes.theme import BODY, INK

EM_PT = 10.0  # text size in the Typst document; only ratios matter
UNITS_PER_EM = 1 / 96  # times the font size
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: none)
#set text(size: {em}pt, font: "{font}", fill: rgb("{ink}"))
#show math.equation: set text(font: "New Computer Modern Math")
{markup}"""


@dataclass(frozen=True)
class Outline:
    """One drawn shape in em units, baseline of the last line at y = 0: cubic points (4n, 3), colours, stroke in em."""

    points: np.ndarray
    fill: str | None
    stroke: str | None
    stroke_em: float


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


@lru_cache(maxsize=512)
def typeset(markup: str, font: str = "New Computer Modern") -> tuple[Outline, ...]:
    """Outlines of Typst markup, in drawing order.

    Raises: ValueError with Typst's own message if the markup does not compile.
    """
    source = PAGE.format(em=EM_PT, font=font, ink=INK, markup=markup)
    try:
        svg = typst.compile(source.encode(), format="svg", font_paths=_fonts(), ignore_system_fonts=True)
    except typst.TypstError as error:
        raise ValueError(f"Typst cannot set {markup!r}: {error}") from error
    root = ElementTree.fromstring(svg)
    height = float(root.attrib["viewBox"].split()[3])
    glyphs = {
        symbol.attrib["id"]: symbol.find(f"{SVG}path").attrib["d"]  # type: ignore[union-attr]
        for symbol in root.iter(f"{SVG}symbol")
    }
    page = svgelements.Matrix(1 / EM_PT, 0, 0, -1 / EM_PT, 0, height / EM_PT)
    return tuple(_outlines(root, page, glyphs))


def _outlines(node: ElementTree.Element, matrix: svgelements.Matrix, glyphs: dict[str, str]) -> list[Outline]:
    found = []
    for child in node:
        if child.tag == f"{SVG}defs":
            continue
        local = svgelements.Matrix(child.attrib.get("transform", "")) * matrix
        if child.tag == f"{SVG}use":
            shift = svgelements.Matrix.translate(float(child.attrib["x"]), float(child.attrib["y"]))
            found.append(_outline(glyphs[child.attrib[LINK][1:]], shift * local, child.attrib))
        elif child.tag == f"{SVG}path":
            found.append(_outline(child.attrib["d"], local, child.attrib))
        else:
            found += _outlines(child, local, glyphs)
    return found


def _outline(d: str, matrix: svgelements.Matrix, style: dict[str, str]) -> Outline:
    fill, stroke = style.get("fill"), style.get("stroke")
    return Outline(
        points=_cubics(d) @ np.array([[matrix.a, matrix.b, 0], [matrix.c, matrix.d, 0], [0, 0, 1]])
        + (matrix.e, matrix.f, 0),
        fill=None if fill == "none" else fill,
        stroke=None if stroke in (None, "none") else stroke,
        stroke_em=float(style.get("stroke-width", 0)) / EM_PT,
    )


@lru_cache(maxsize=2048)
def _cubics(d: str) -> np.ndarray:
    """SVG path data as cubic Bezier points (4n, 3), each straight line with its handles on the line."""
    rows: list[list[complex]] = []
    for piece in svgelements.Path(d):
        if isinstance(piece, svgelements.Move) or piece.start == piece.end:
            continue
        start, end = complex(piece.start), complex(piece.end)
        if isinstance(piece, svgelements.CubicBezier):
            rows.append([start, complex(piece.control1), complex(piece.control2), end])
        else:
            rows.append([start, start + (end - start) / 3, start + (end - start) * 2 / 3, end])
    flat = np.array(rows, dtype=complex).reshape(-1)  # (4n,)
    return np.stack([flat.real, flat.imag, np.zeros(len(flat))], axis=1)  # (4n, 3)


def glyph(outline: Outline, size: float) -> VMobject:
    """One outline as a mobject at the given font size, its em-space origin at the scene's origin."""
    em = size * UNITS_PER_EM
    drawn = VMobject(fill_opacity=1 if outline.fill else 0, stroke_width=0)
    drawn.set_points(outline.points * em)
    if outline.fill:
        drawn.set_fill(outline.fill, 1)
    if outline.stroke:
        drawn.set_stroke(outline.stroke, width=outline.stroke_em * em * 100, opacity=1)  # 100 stroke units per unit
    return drawn


class Words(VGroup):
    """Typst markup as one mobject per glyph, centred at the origin.

    ``size`` is a font size of the theme; colours inside the markup (``#text(fill: ...)``) win over ``color``. What was
    set stays known as ``markup`` and ``font``.
    """

    def __init__(self, markup: str, size: float = BODY, color: str = INK, font: str = "New Computer Modern") -> None:
        outlines = typeset(markup, font)
        super().__init__(*(glyph(outline, size) for outline in outlines))
        self.markup, self.font = markup, font
        for outline, drawn in zip(outlines, self.submobjects, strict=True):
            if outline.fill is not None and outline.fill.lower() == INK.lower():
                drawn.set_fill(color)
            if outline.stroke is not None and outline.stroke.lower() == INK.lower():
                drawn.set_stroke(color)
        self.center()

    def drawn_em(self) -> float:
        """Units that one em takes as drawn now, from the extent of its largest outline; to 0.1 %.

        0 where nothing is drawn, or other outlines than those of its markup: another text took its place.
        """
        outlines = typeset(self.markup, self.font)
        if [len(outline.points) for outline in outlines] != [len(drawn.points) for drawn in self.submobjects]:
            return 0.0
        extents = [extent(outline.points) for outline in outlines]
        largest = int(np.argmax(extents)) if extents else 0
        return extent(self.submobjects[largest].points) / extents[largest] if extents else 0.0


def extent(points: np.ndarray) -> float:
    """How far points (n, 3) lie from their middle, as the root of the mean square: the same however they are turned."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def escape(text: str) -> str:
    """Plain text as Typst markup that prints exactly that text, a glyph for each character."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#text(ligatures: false, "{quoted}")'
