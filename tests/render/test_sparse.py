import itertools
import subprocess
import sys
from pathlib import Path

import cairo
import manim
import numpy as np
import pytest
from manim import DEGREES, PI, TAU, CapStyleType, LineJointType
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from render.pixels import sparse
from tests.likeness import likeness

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 854, 480
BLACK, CLEAR, PAPER = (0, 0, 0, 255), (0, 0, 0, 0), (60, 30, 120, 255)


@pytest.fixture(autouse=True)
def small_pictures(tmp_path):
    settings = {"pixel_width": WIDTH, "pixel_height": HEIGHT, "frame_height": 8.0, "frame_width": 8.0 * WIDTH / HEIGHT}
    with manim.tempconfig({**settings, "media_dir": str(tmp_path), "verbosity": "ERROR"}):
        yield


def stacked(tables):
    """Tables of rows as one (k, 4) float64, and where each begins (m + 1,) int32."""
    rows = [np.asarray(table, float).reshape(-1, 4) for table in tables]
    return np.concatenate(rows), np.cumsum([0, *map(len, rows)], dtype=np.int32)


def display_list(camera, mobjects):
    """The arguments of draw after pixels: what manim's camera would tell cairo."""
    scale = camera.pixel_width / camera.frame_width, camera.pixel_height / camera.frame_height
    shown = [camera.transform_points_pre_display(m, m.points)[:, :2] for m in mobjects]
    ends = [camera.transform_points_pre_display(m, m.get_gradient_start_and_end_points()) for m in mobjects]
    return (
        np.array([scale[0], 0, 0, -scale[1], camera.pixel_width / 2, camera.pixel_height / 2]),
        np.concatenate(shown),
        np.cumsum([0, *map(len, shown)], dtype=np.int32),
        *stacked(camera.get_fill_rgbas(m) for m in mobjects),
        *stacked(camera.get_stroke_rgbas(m) for m in mobjects),
        *stacked(camera.get_stroke_rgbas(m, background=True) for m in mobjects),
        np.array([[*start[:2], *end[:2]] for start, end in ends]),
        np.array([m.get_stroke_width() for m in mobjects], float),
        np.array([m.get_stroke_width(background=True) for m in mobjects], float),
        np.array([int(LINE_JOIN_MAP[m.joint_type]) for m in mobjects], np.int32),
        np.array([int(CAP_STYLE_MAP[m.cap_style]) for m in mobjects], np.int32),
    )


def drawn(mobjects, background=BLACK, camera=None):
    """The same mobjects by manim's camera and by ours: two RGBA pictures."""
    camera = camera or manim.Camera()
    parts = [part for mobject in mobjects for part in mobject.family_members_with_points()]
    stock, ours = np.empty((2, HEIGHT, WIDTH, 4), np.uint8)
    stock[:] = ours[:] = background
    camera.display_multiple_vectorized_mobjects(parts, stock)
    sparse.draw(ours, *display_list(camera, parts))
    return stock, ours


def path(*corners, closed=False, **style):
    made = manim.VMobject(**style)
    return made.set_points_as_corners([[x, y, 0] for x, y in (corners + corners[:1] if closed else corners)])


def text():
    yield manim.Text("The quick brown fox jumps over 0123456789", font_size=36)
    yield manim.Text("small print, kerned AVATAR", font_size=14).shift(manim.DOWN)
    yield manim.Text("Stroked", font_size=80, stroke_width=2, stroke_color=manim.RED, fill_opacity=0.5).shift([0, 2, 0])


def formula():
    yield manim.MathTypst(r"sum_(i=1)^n integral_0^oo e^(-x^2) dif x = sqrt(pi)/2 mat(1,2;3,4)", font_size=44)


def network():
    layers = [
        [(x, (k - (n - 1) / 2) * 6.6 / n) for k in range(n)]
        for x, n in zip((-3, -1, 1, 3), (28, 16, 16, 10), strict=True)
    ]
    weights = np.random.default_rng(0).normal(size=2000)
    for left, right in itertools.pairwise(layers):
        for a in left:
            for b in right:
                w, weights = weights[0], weights[1:]
                colour = manim.BLUE if w > 0 else manim.RED
                yield path(a, b, stroke_width=0.4 + abs(w), color=colour, stroke_opacity=min(1, 0.25 + 0.35 * abs(w)))
    for x, y in sum(layers, []):
        yield manim.Circle(0.09, stroke_width=1.5, color=manim.WHITE, fill_opacity=0.4).shift([x, y, 0])


def circles():
    for radius, width, x, y in [(3, 4, 0, 0), (1, 20, -4, 2), (0.05, 4, 4, 2), (0.1, 1.5, 4, 1), (0.5, 60, 4, -2)]:
        yield manim.Circle(radius, stroke_width=width).shift([x, y, 0])
    yield from manim.DashedVMobject(manim.Circle(2.5, stroke_width=6), num_dashes=40)
    yield from manim.DashedVMobject(manim.Square(4, stroke_width=3), num_dashes=60)


def joins():
    for row, joint in enumerate(LineJointType):
        for column, turn in enumerate((10, 35, 90, 150, 178)):
            end = (-0.8 * np.cos(turn * DEGREES), 0.8 * np.sin(turn * DEGREES))
            made = path((-0.8, 0), (0, 0), end, joint_type=joint, stroke_width=14, stroke_opacity=0.6)
            yield made.shift([column * 2.3 - 4, 2.7 - row * 1.7, 0])
        star = manim.Star(5, outer_radius=0.7, stroke_width=10, color=manim.BLUE)
        star.joint_type = joint
        yield star.shift([6, 2.7 - row * 1.7, 0])


def caps():
    for row, cap in enumerate(CapStyleType):
        y = 2.7 - 1.8 * row
        dot = manim.VMobject(stroke_width=30)
        dot.points = np.zeros((4, 3))
        for made in (path((-5, 0), (-2, 0.5), stroke_width=30), dot.shift([4, 0, 0]), path((5, 0), (5.05, 0))):
            yield made.set_stroke(width=25).shift([0, y, 0]).set_cap_style(cap)
        yield manim.Arc(0.6, angle=4, stroke_width=20).shift([1, y, 0]).set_cap_style(cap)


def gradients():
    yield manim.Square(3).set_fill([manim.RED, manim.BLUE], 1).set_stroke(width=0).shift([-4, 0, 0])
    ring = manim.Circle(1.5).set_fill([manim.RED, manim.GREEN, manim.BLUE], opacity=[0.9, 0.3, 0.8])
    yield ring.set_stroke([manim.YELLOW, manim.PINK], width=16)
    yield manim.Square(3).set_fill(manim.BLUE, 0.7).set_sheen(0.5, manim.UR).shift([4, 0, 0])
    yield path((-6, -3), (6, -3), stroke_width=12).set_color([manim.RED, manim.YELLOW, manim.BLUE])
    yield manim.Text("gradient", gradient=(manim.BLUE, manim.GREEN)).shift([0, 3, 0])


def backgrounds():
    halo = manim.Text("halo", font_size=90).set_fill(manim.YELLOW)
    yield manim.Circle(1.5, fill_opacity=1)
    yield halo.set_stroke(manim.BLACK, 8, background=True)
    yield manim.Square(2).set_stroke([manim.RED, manim.BLUE], 30, background=True).shift([4, 0, 0])


def overlaps():
    for colour, x, y in ((manim.RED, -1, 0), (manim.GREEN, 1, 0), (manim.BLUE, 0, 1.5)):
        style = {"fill_opacity": 0.4, "fill_color": colour, "stroke_width": 25, "stroke_opacity": 0.5}
        yield manim.Circle(1.5, **style).shift([x, y, 0])
    for opacity in (0.003, 0.2, 0.5, 0.99, 0.999):
        made = manim.Square(2, fill_opacity=opacity, stroke_opacity=opacity, stroke_width=9)
        yield made.shift([5 * opacity - 6, -2.5, 0])


def crossings():
    loop = manim.VMobject(stroke_width=25, stroke_opacity=0.5, fill_opacity=0.5, fill_color=manim.BLUE)
    yield loop.set_points_smoothly([[-5, -2, 0], [3, 3, 0], [3, -3, 0], [-5, 2, 0], [0, 0, 0], [5, 1, 0]])
    tips = [(4 + 2 * np.cos(4 * PI * k / 5), 2 * np.sin(4 * PI * k / 5)) for k in range(5)]
    yield path(*tips, closed=True, fill_opacity=0.5, stroke_width=20, stroke_opacity=0.5)
    yield path((-6, -3.2), (-1, -3), (-6, -3.2), stroke_width=18, stroke_opacity=0.7)
    yield manim.ParametricFunction(lambda t: np.array([np.cos(3 * t), np.sin(2 * t), 0]) * 1.5, t_range=[0, TAU])


def partly_outside():
    yield manim.Circle(5, stroke_width=8, fill_opacity=0.3)
    yield manim.Square(9, stroke_width=40).shift([-6, 3, 0])
    yield path((-20, -7), (20, 6), stroke_width=7)
    yield path((-20, 0.5), (20, -0.5), stroke_width=2)
    yield path((-3, -9), (-2.5, 9))
    yield manim.Circle(2, fill_opacity=1).shift([8, -4, 0])
    yield manim.Rectangle(width=40, height=0.3, fill_opacity=0.5, stroke_width=0)
    yield manim.Circle(1).shift([30, 0, 0])
    yield manim.Circle(1).shift([0, -30, 0])


def huge_and_tiny():
    yield manim.Circle(300, stroke_width=10).shift([299, 0, 0])
    yield manim.Circle(3000, fill_opacity=0.4).shift([-2999, 0, 0])
    for k in range(100):
        yield manim.Dot([k * 0.05 - 3, 1, 0], radius=0.001 + 0.0006 * k)
        yield manim.Square(0.01, fill_opacity=1, stroke_width=0.5).shift([k * 0.05 - 3, -1, 0])
        yield manim.Square(0.07, fill_opacity=0.1 + k * 0.007, stroke_width=0).shift([k * 0.074 - 4, -2, 0])


GOLDEN = [
    text, formula, network, circles, joins, caps, gradients, backgrounds, overlaps, crossings, partly_outside,
    huge_and_tiny,
]  # fmt: skip


@pytest.mark.parametrize("background", [BLACK, CLEAR, PAPER], ids=["black", "clear", "paper"])
@pytest.mark.parametrize("picture", GOLDEN, ids=lambda picture: picture.__name__)
def test_a_picture_looks_as_cairo_draws_it(picture, background):
    stock, ours = drawn(list(picture()), background)
    assert np.ptp(stock[..., :3]) > 100
    assert likeness(stock, ours) >= 0.999
    assert np.abs(stock.astype(int) - ours).mean() <= 0.4


def test_the_faces_of_a_surface_look_as_cairo_draws_them():
    camera = manim.ThreeDCamera()
    camera.set_phi(65 * DEGREES)
    camera.set_theta(-60 * DEGREES)
    surface = manim.Surface(
        lambda u, v: np.array([u, v, 0.8 * np.sin(u) * np.cos(v)]),
        u_range=[-3, 3],
        v_range=[-3, 3],
        resolution=(12, 12),
    )
    faces = surface.set_fill(opacity=0.8).family_members_with_points()
    stock, ours = drawn(faces, camera=camera)
    assert likeness(stock, ours) >= 0.999


def test_what_is_covered_wholly_has_cairos_bytes():
    squares = [
        manim.Square(3, stroke_width=0, fill_opacity=opacity, fill_color=colour).shift([k - 2, 0.5 * k, 0])
        for k, (opacity, colour) in enumerate([(1, manim.BLUE), (0.37, manim.RED), (0.81, manim.GREEN), (0.01, "#ff8")])
    ]
    for background in (BLACK, CLEAR, PAPER):
        stock, ours = drawn(squares, background)
        assert np.array_equal(stock, ours)


def test_a_stroke_that_crosses_itself_is_blended_once():
    cross = path((-2, -2), (2, 2), (2, -2), (-2, 2), stroke_width=40, stroke_opacity=0.5, color=manim.WHITE)
    _, ours = drawn([cross])
    assert ours[..., 0].max() == 128
    assert (ours[HEIGHT // 2, WIDTH // 2] == (128, 128, 128, 255)).all()


def test_a_hole_stays_open():
    ring = manim.Annulus(1, 2, fill_opacity=1, color=manim.WHITE, stroke_width=0)
    _, ours = drawn([ring])
    assert ours[240, 427, 0] == 0
    assert ours[240, 427 + 90, 0] == 255


def test_what_lies_outside_leaves_the_picture_alone():
    around = path((-50, -50), (-50, 50), (-40, 50), closed=True, fill_opacity=1, stroke_width=10)
    stock, ours = drawn([around, manim.Circle(1).shift([60, 0, 0]), manim.Circle(1).shift([0, 60, 0])], PAPER)
    assert (ours == np.array(PAPER, np.uint8)).all()
    assert np.array_equal(stock, ours)


def test_points_that_are_no_numbers_draw_nothing():
    broken = manim.Square(2, fill_opacity=1)
    parts = display_list(manim.Camera(), [broken, manim.Square(1, fill_opacity=1).shift([3, 0, 0])])
    parts[1][5] = np.nan
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    sparse.draw(pixels, *parts)
    assert not pixels[:, : WIDTH // 2 + 90].any()
    assert pixels[240, 427 + 180, 3] == 255


def test_no_mobjects_draw_nothing():
    parts = list(display_list(manim.Camera(), [manim.Square()]))
    empty = [parts[0], np.zeros((0, 2)), np.zeros(1, np.int32)]
    empty += [np.zeros((0, 4)), np.zeros(1, np.int32)] * 3
    empty += [np.zeros((0, 4)), np.zeros(0), np.zeros(0), np.zeros(0, np.int32), np.zeros(0, np.int32)]
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    sparse.draw(pixels, *empty)
    assert not pixels.any()


def test_a_picture_repeats_exactly_whatever_was_drawn_before_it():
    _, first = drawn(list(crossings()))
    drawn(list(partly_outside()))
    drawn(list(huge_and_tiny()))
    _, again = drawn(list(crossings()))
    assert np.array_equal(first, again)


def test_pictures_of_two_sizes_may_alternate():
    camera, mobjects = manim.Camera(), [manim.Circle(2, fill_opacity=0.5)]
    wide, small = np.zeros((HEIGHT, WIDTH, 4), np.uint8), np.zeros((90, 160, 4), np.uint8)
    parts = display_list(camera, mobjects)
    sparse.draw(wide, *parts)
    sparse.draw(small, parts[0] * 90 / HEIGHT, *parts[1:])
    again = np.zeros_like(wide)
    sparse.draw(again, *parts)
    assert np.array_equal(wide, again)
    assert small[45, 80, 3] == 128


def test_long_paths_find_room():
    long = manim.VMobject(stroke_width=2, fill_opacity=0)
    t = np.linspace(0, 40 * TAU, 4000)
    long.set_points_smoothly(np.stack([3 * np.cos(t) * t / t[-1], 3 * np.sin(t) * t / t[-1], 0 * t], 1))  # (4000, 3)
    stock, ours = drawn([long])
    assert likeness(stock, ours) >= 0.999


@pytest.mark.slow
def test_the_loop_is_compiled_anew_when_a_file_it_calls_changes(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from render.pixels import sparse; print(sum(sparse._draw.stats.cache_hits.values()))"
    )
    folder = tmp_path / "render" / "pixels"
    folder.mkdir(parents=True)
    (tmp_path / "render" / "__init__.py").touch()
    for name in ("__init__.py", "cells.py", "compiled.py", "outline.py", "sparse.py"):
        (folder / name).write_bytes((ROOT / "render" / "pixels" / name).read_bytes())

    def hits():
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert [hits(), hits()] == [0, 1]
    (folder / "outline.py").write_text((folder / "outline.py").read_text() + "\n# changed\n")
    assert hits() == 0


def test_cairos_numbers_of_joins_and_caps_are_ours():
    from render.pixels.outline import BEVEL, BUTT, MITER, ROUND, ROUND_JOIN, SQUARE

    assert (BUTT, ROUND, SQUARE) == (cairo.LINE_CAP_BUTT, cairo.LINE_CAP_ROUND, cairo.LINE_CAP_SQUARE)
    assert (MITER, ROUND_JOIN, BEVEL) == (cairo.LINE_JOIN_MITER, cairo.LINE_JOIN_ROUND, cairo.LINE_JOIN_BEVEL)
