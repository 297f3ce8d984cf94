"""The outlines of manim's paths, filled or stroked, as edges between pixels.

Curves become polylines; a stroke becomes the two sides of its polyline with joins and caps, all winding the same way,
so that where it crosses itself it is painted once. Paths are split and closed as manim's ``VMobject`` does.
"""

import numpy as np

from render.pixels.cells import COUNT, Box, Floats, inlined

TOLERANCE = 0.05  # pixels between a curve and its chords, half of cairo's
MITER_LIMIT = 10.0  # cairo's default, which manim leaves
STRAIGHT = 0.98  # cosine of the turn below which all kinds of joins look the same
NEAR = 1 / 256  # pixels: points closer than cairo's grid are one
MOST_EDGES = 300  # around one vertex
X, Y, IN_X, IN_Y, OUT_X, OUT_Y, LENGTH, CORNER = range(8)  # a vertex: place, unit directions, chord after it, a joint
BUTT, ROUND, SQUARE = range(3)  # cairo_line_cap_t
MITER, ROUND_JOIN, BEVEL = range(3)  # cairo_line_join_t


@inlined
def _longer(table: Floats, n: int, more: int) -> Floats:
    """The first n rows of a table with room for more."""
    longer = np.empty((2 * (n + more), table.shape[1]))
    for i in range(n):  # a slice here would cost three seconds of compiling, for numba's errors about shapes
        for j in range(table.shape[1]):
            longer[i, j] = table[i, j]
    return longer


@inlined
def _room(edges: Floats, box: Box, more: int) -> Floats:
    """The waiting edges (n, 4), with room for more."""
    if box[COUNT] + more <= len(edges):
        return edges
    return _longer(edges, box[COUNT], more)


@inlined
def _edge(edges: Floats, box: Box, xa: float, ya: float, xb: float, yb: float) -> None:
    n = np.uint64(box[COUNT])
    edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = xa, ya, xb, yb
    box[COUNT] += 1


@inlined
def _direction(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> tuple[float, float]:
    """The unit vector along the first of three that is long enough to have a direction."""
    if abs(ax) + abs(ay) < 1e-6:
        ax, ay = bx, by
    if abs(ax) + abs(ay) < 1e-6:
        ax, ay = cx, cy
    length = np.sqrt(ax * ax + ay * ay)
    if length < 1e-6:
        return 1.0, 0.0
    return ax / length, ay / length


@inlined
def _flatten(points: Floats, matrix: Floats, first: int, end: int, line: Floats) -> tuple[Floats, int]:
    """The curves of one subpath, points [first, end), as the vertices of a polyline in pixels, and their number.

    line: room for the vertices (n, 8), given back longer where it was too short. The number of chords keeps each
    within TOLERANCE: Wang's formula (R. Goldman, Pyramid Algorithms, 2003, section 5.6.3).
    """
    xx, yx, xy, yy, x0, y0 = matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]
    px, py = points[first, 0], points[first, 1]
    ax, ay = xx * px + xy * py + x0, yx * px + yy * py + y0
    line[0, X], line[0, Y], line[0, CORNER] = ax, ay, 1.0
    n = 1
    for q in range(first, end - 3, 4):
        px, py, qx, qy, rx, ry = (
            points[q + 1, 0],
            points[q + 1, 1],
            points[q + 2, 0],
            points[q + 2, 1],
            points[q + 3, 0],
            points[q + 3, 1],
        )
        bx, by = xx * px + xy * py + x0, yx * px + yy * py + y0
        cx, cy = xx * qx + xy * qy + x0, yx * qx + yy * qy + y0
        dx, dy = xx * rx + xy * ry + x0, yx * rx + yy * ry + y0
        bend = max((ax - 2 * bx + cx) ** 2 + (ay - 2 * by + cy) ** 2, (bx - 2 * cx + dx) ** 2 + (by - 2 * cy + dy) ** 2)
        k = min(int(np.ceil(np.sqrt(np.sqrt(bend) * 0.75 / TOLERANCE))), 1000)
        if k <= 1 and abs(dx - ax) + abs(dy - ay) < NEAR:
            continue
        k = max(k, 1)
        if n + k > len(line):
            line = _longer(line, n, k)
        tx, ty = _direction(bx - ax, by - ay, cx - ax, cy - ay, dx - ax, dy - ay)
        line[n - 1, OUT_X], line[n - 1, OUT_Y] = tx, ty
        ex, ey = 3 * (bx - ax), 3 * (by - ay)  # the curve is a + t (e + t (f + t g))
        fx, fy = 3 * (cx - 2 * bx + ax), 3 * (cy - 2 * by + ay)
        gx, gy = dx - ax - ex - fx, dy - ay - ey - fy
        start = n
        for i in range(1, k):
            t = i / k
            x, y = ax + t * (ex + t * (fx + t * gx)), ay + t * (ey + t * (fy + t * gy))
            if abs(x - line[n - 1, X]) + abs(y - line[n - 1, Y]) >= NEAR:
                line[n, X], line[n, Y], line[n, CORNER] = x, y, 0.0
                n += 1
        if n > start and abs(dx - line[n - 1, X]) + abs(dy - line[n - 1, Y]) < NEAR:
            n -= 1
        tx, ty = _direction(dx - cx, dy - cy, dx - bx, dy - by, dx - ax, dy - ay)
        line[n, X], line[n, Y], line[n, IN_X], line[n, IN_Y], line[n, CORNER] = dx, dy, tx, ty, 1.0
        n += 1
        ax, ay = dx, dy
    return line, n


@inlined
def _direct(line: Floats, n: int, chords: int, added: bool) -> None:
    """Set the chords' lengths, and their directions where there is no joint; added: the last chord is no curve."""
    for i in range(chords):
        j = (i + 1) % n
        dx, dy = line[j, X] - line[i, X], line[j, Y] - line[i, Y]
        line[i, LENGTH] = np.sqrt(dx * dx + dy * dy)
        tx, ty = _direction(dx, dy, dx, dy, dx, dy)
        if line[i, CORNER] == 0.0 or (added and i == chords - 1):
            line[i, OUT_X], line[i, OUT_Y] = tx, ty
        if line[j, CORNER] == 0.0 or (added and i == chords - 1):
            line[j, IN_X], line[j, IN_Y] = tx, ty


@inlined
def _side(edges: Floats, box: Box, side: float, xa: float, ya: float, xb: float, yb: float) -> None:
    """An edge of the left side (1.0) runs forwards, one of the right side (-1.0) backwards."""
    if side > 0.0:
        _edge(edges, box, xa, ya, xb, yb)
    else:
        _edge(edges, box, xb, yb, xa, ya)


@inlined
def _fan(edges: Floats, box: Box, side: float, x: float, y: float, ox: float, oy: float, px: float, py: float) -> None:
    """An arc about (x, y) from the offset (ox, oy) to (px, py), at most half a turn; left sides turn clockwise."""
    square = ox * ox + oy * oy
    cosine, steps = min(max((ox * px + oy * py) / square, -1.0), 1.0), 1
    radius = np.sqrt(square)
    while steps < 256 and radius * (1.0 - np.sqrt(0.5 + 0.5 * cosine)) > TOLERANCE:
        cosine, steps = np.sqrt(0.5 + 0.5 * cosine), 2 * steps
    sine = -side * np.sqrt(max(1.0 - cosine * cosine, 0.0))
    for _ in range(steps - 1):
        qx, qy = cosine * ox - sine * oy, sine * ox + cosine * oy
        _side(edges, box, side, x + ox, y + oy, x + qx, y + qy)
        ox, oy = qx, qy
    _side(edges, box, side, x + ox, y + oy, x + px, y + py)


@inlined
def _cap(edges: Floats, box: Box, x: float, y: float, dx: float, dy: float, half: float, cap: int) -> None:
    """The end of a stroke that came along (dx, dy), from its left to its right; half: half the width."""
    dx, dy = dx * half, dy * half
    if cap == ROUND:
        _fan(edges, box, 1.0, x, y, -dy, dx, dx, dy)
        _fan(edges, box, 1.0, x, y, dx, dy, dy, -dx)
    elif cap == SQUARE:
        _edge(edges, box, x - dy, y + dx, x - dy + dx, y + dx + dy)
        _edge(edges, box, x - dy + dx, y + dx + dy, x + dy + dx, y - dx + dy)
        _edge(edges, box, x + dy + dx, y - dx + dy, x + dy, y - dx)
    else:
        _edge(edges, box, x - dy, y + dx, x + dy, y - dx)


@inlined
def _join(
    edges: Floats, box: Box, at: Floats, shorter: float, half: float, join: int
) -> tuple[float, float, float, float, float, float, float, float]:
    """The edges around a vertex; the points at which both sides come in (left, right) and go out (left, right).

    at: the vertex's row of the polyline. shorter: the length of the shorter chord beside it. Where the sides of a tight
    turn would run through each other, the inner one goes through the vertex, as in cairo, so that no winding is undone.
    """
    x, y, ax, ay, bx, by = at[X], at[Y], at[IN_X] * half, at[IN_Y] * half, at[OUT_X] * half, at[OUT_Y] * half
    cosine = at[IN_X] * at[OUT_X] + at[IN_Y] * at[OUT_Y]
    sine = at[IN_X] * at[OUT_Y] - at[IN_Y] * at[OUT_X]
    outer = -1.0 if sine > 0.0 else 1.0  # the side outside the turn
    scale = 1.0 / max(1.0 + cosine, 1e-9)
    mx, my = -(ay + by) * scale, (ax + bx) * scale  # to where the left sides meet
    pointed = cosine >= STRAIGHT or (at[CORNER] == 0.0 and cosine >= 0.5)
    if at[CORNER] != 0.0 and join == MITER:
        pointed = pointed or MITER_LIMIT * MITER_LIMIT * (1.0 + cosine) >= 2.0
    trimmed = half * abs(sine) * scale <= 0.5 * shorter
    if pointed and trimmed:
        return mx, my, -mx, -my, mx, my, -mx, -my
    ix, iy, ux, uy = -ay * outer, ax * outer, -by * outer, bx * outer  # offsets of the outer side, in and out
    kx, ky, vx, vy = -ix, -iy, -ux, -uy  # and of the inner side
    if trimmed:
        kx, ky, vx, vy = -outer * mx, -outer * my, -outer * mx, -outer * my
    else:
        _side(edges, box, -outer, x + kx, y + ky, x, y)
        _side(edges, box, -outer, x, y, x + vx, y + vy)
    if pointed:
        ix, iy, ux, uy = outer * mx, outer * my, outer * mx, outer * my
    elif join == ROUND_JOIN or at[CORNER] == 0.0:
        _fan(edges, box, outer, x, y, ix, iy, ux, uy)
    else:
        _side(edges, box, outer, x + ix, y + iy, x + ux, y + uy)
    if outer > 0.0:
        return ix, iy, kx, ky, ux, uy, vx, vy
    return kx, ky, ix, iy, vx, vy, ux, uy


@inlined
def _stroke(edges: Floats, box: Box, line: Floats, n: int, closed: bool, half: float, join: int, cap: int) -> Floats:
    """Add the edges around a polyline of n vertices, half: half the width in pixels; gives back the edges."""
    edges = _room(edges, box, MOST_EDGES)
    if closed and n > 1 and abs(line[0, X] - line[n - 1, X]) + abs(line[0, Y] - line[n - 1, Y]) < 2 * NEAR:
        n -= 1
        line[0, IN_X], line[0, IN_Y] = line[n, IN_X], line[n, IN_Y]
        _direct(line, n, n, not closed)
    elif n > 1:
        _direct(line, n, n if closed else n - 1, closed)
    if n == 1:
        if cap == ROUND:
            _cap(edges, box, line[0, X], line[0, Y], 1.0, 0.0, half, cap)
            _cap(edges, box, line[0, X], line[0, Y], -1.0, 0.0, half, cap)
        return edges
    begin, end = line[0], line[n - 1]
    if closed:
        lx, ly, rx, ry, px, py, qx, qy = _join(edges, box, begin, min(begin[LENGTH], end[LENGTH]), half, join)
    else:
        _cap(edges, box, begin[X], begin[Y], -begin[OUT_X], -begin[OUT_Y], half, cap)
        _cap(edges, box, end[X], end[Y], end[IN_X], end[IN_Y], half, cap)
        px, py = -begin[OUT_Y] * half, begin[OUT_X] * half
        lx, ly = -end[IN_Y] * half, end[IN_X] * half
        qx, qy, rx, ry = -px, -py, -lx, -ly
    last = n if closed else n - 1
    for i in range(1, last + 1):  # each chord, from the vertex before; p, q: offsets of its start on the left and right
        edges = _room(edges, box, MOST_EDGES)
        a, b = line[i - 1], line[i % n]
        ex, ey, fx, fy, sx, sy, tx, ty = lx, ly, rx, ry, 0.0, 0.0, 0.0, 0.0
        if i < last:
            ex, ey, fx, fy, sx, sy, tx, ty = _join(edges, box, b, min(a[LENGTH], b[LENGTH]), half, join)
        _edge(edges, box, a[X] + px, a[Y] + py, b[X] + ex, b[Y] + ey)
        _edge(edges, box, b[X] + fx, b[Y] + fy, a[X] + qx, a[Y] + qy)
        px, py, qx, qy = sx, sy, tx, ty
    return edges


@inlined
def _close(a: float, b: float) -> bool:
    """Whether two coordinates are one to manim, which compares as numpy.isclose does."""
    return a == b or abs(a - b) <= 1e-6 + 1e-5 * abs(b)


@inlined
def outline(
    edges: Floats,
    box: Box,
    points: Floats,
    matrix: Floats,
    first: int,
    end: int,
    line: Floats,
    half: float,
    join: int,
    cap: int,
) -> tuple[Floats, Floats]:
    """Add the edges of a mobject's subpaths, points [first, end), filled (half 0) or stroked; half the width in pixels.

    Gives back the waiting edges (n, 4) and the room for vertices (n, 8), longer where they were too short.
    """
    start = first
    for q in range(first + 4, end + 4, 4):
        if q < end and _close(points[q - 1, 0], points[q, 0]) and _close(points[q - 1, 1], points[q, 1]):
            continue
        stop = min(q, end)
        if stop - start >= 4:
            line, n = _flatten(points, matrix, start, stop, line)
            if half == 0.0:
                edges = _room(edges, box, n)
                for i in range(n):
                    j = (i + 1) % n
                    _edge(edges, box, line[i, X], line[i, Y], line[j, X], line[j, Y])
            else:
                meets = _close(points[start, 0], points[stop - 1, 0]) and _close(points[start, 1], points[stop - 1, 1])
                edges = _stroke(edges, box, line, n, meets, half, join, cap)
        start = q
    return edges, line


@inlined
def bounds_of(points: Floats, matrix: Floats, first: int, end: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of points [first, end) in pixels; empty (right < left) if one is no finite number."""
    left, top, right, bottom = 1e9, 1e9, -1e9, -1e9
    for i in range(first, end):
        x = matrix[0] * points[i, 0] + matrix[2] * points[i, 1] + matrix[4]
        y = matrix[1] * points[i, 0] + matrix[3] * points[i, 1] + matrix[5]
        if not abs(x) + abs(y) < 1e9:
            return 1.0, 1.0, 0.0, 0.0
        left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
    return left, top, right, bottom
