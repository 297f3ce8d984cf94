"""What manim's ThreeDCamera does for each mobject, for all at once: depth order, projection, shading.

Every product that manim computes with numpy's ``dot`` is computed here by the same call on the same shapes, since BLAS
may round a batch otherwise; all else are element by element operations, which round alike.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import UP, Mobject, ThreeDCamera, VMobject
from manim.mobject.three_d.three_d_utils import get_3d_vmob_unit_normal

from render.pixels.display_list import Columns, DisplayList, flatten, graded, join_points
from render.pixels.gradient import boxes, gradient_ends, is_simple
from render.pixels.order import overrides_itself, shows_as_manim

ALIGNED = 1e-6  # of manim's get_unit_normal: shorter cross products are of vectors along one line
BEHIND = 10**6  # manim's factor for points behind the eye


def depth_order(camera: ThreeDCamera, mobjects: Sequence[Mobject]) -> list[Mobject]:
    """Mobjects from far to near, those without depth last; stable, as ``ThreeDCamera`` sorts."""
    deep = [i for i, mobject in enumerate(mobjects) if getattr(mobject, "shade_in_3d", False)]
    if not deep:
        return list(mobjects)
    turn = camera.get_rotation_matrix().T
    depths = [float("inf")] * len(mobjects)
    for i, point in zip(deep, _reference_points([mobjects[i] for i in deep]), strict=True):
        depths[i] = np.dot(point, turn)[2]
    return [mobjects[i] for i in sorted(range(len(mobjects)), key=depths.__getitem__)]


def _reference_points(mobjects: Sequence[Mobject]) -> np.ndarray:
    """``get_z_index_reference_point`` of each mobject: (k, 3)."""
    points = np.empty((len(mobjects), 3))
    simple, boxed = [], []
    centres: dict[Mobject, np.ndarray] = {}
    for i, mobject in enumerate(mobjects):
        group = vars(mobject).get("z_index_group", mobject)
        if not (shows_as_manim(type(mobject)) and shows_as_manim(type(group))) or overrides_itself(mobject):
            points[i] = mobject.get_z_index_reference_point()
        elif is_simple(group) and not overrides_itself(group):
            simple.append(i)
            boxed.append(group.points)
        else:
            if group not in centres:
                centres[group] = group.get_center()
            points[i] = centres[group]
    if simple:
        low, high = boxes(boxed)
        points[simple] = (low + high) / 2
    return points


def listed(camera: ThreeDCamera, vmobjects: Sequence[VMobject], columns: Columns) -> DisplayList:
    """The display list of mobjects as the camera sees them.

    Raises: ValueError, KeyError if an attribute has no form that can be drawn.
    """
    points, at = join_points(columns)  # (n, 3)
    if camera.should_apply_shading:
        columns = shade(camera, vmobjects, columns)
    several = graded(columns)
    if any(at[i] == at[i + 1] for i in several):
        raise ValueError("a gradient over points that are not finite")
    gradient = np.zeros((len(vmobjects), 4))
    if several:
        with_ends = [vmobjects[i] for i in several]
        ends = gradient_ends(with_ends).reshape(-1, 3)  # (2 k, 3)
        seen = project(camera, with_ends, ends, np.arange(0, 2 * len(several) + 1, 2))
        gradient[several] = seen[:, :2].reshape(-1, 4)
    seen = project(camera, vmobjects, points, at)
    return flatten(columns, np.ascontiguousarray(seen[:, :2]), at, gradient)


def project(camera: ThreeDCamera, vmobjects: Sequence[VMobject], points: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Points (n, 3) of mobjects, rows at[i] to at[i + 1] each, as ``transform_points_pre_display`` moves them."""
    focal, zoom, turn = camera.get_focal_distance(), camera.get_zoom(), camera.get_rotation_matrix().T
    shifted, seen = points - camera.frame_center, np.empty_like(points)
    bounds = at.tolist()
    if camera.exponential_projection:
        for a, b in pairwise(bounds):
            seen[a:b] = camera.project_points(points[a:b])
    else:
        for a, b in pairwise(bounds):
            np.dot(shifted[a:b], turn, out=seen[a:b])
        gap = focal - seen[:, 2]
        factor = focal / gap
        factor[gap < 0] = BEHIND
        seen[:, :2] *= (factor * zoom)[:, None]
    fixed = camera.fixed_in_frame_mobjects
    upright = camera.fixed_orientation_mobjects
    if fixed or upright:
        for i, vmobject in enumerate(vmobjects):
            if vmobject in fixed or vmobject in upright:
                a, b = bounds[i], bounds[i + 1]
                seen[a:b] = camera.transform_points_pre_display(vmobject, points[a:b])
    return seen


def shade(camera: ThreeDCamera, vmobjects: Sequence[VMobject], columns: Columns) -> Columns:
    """Columns in which each paint of a mobject that is shaded has two rows, lit as its first and last corner.

    Raises: ValueError for paints or points that manim would not shade in 64 bits.
    """
    shaded = [i for i, vmobject in enumerate(vmobjects) if vmobject.shade_in_3d]
    if not shaded:
        return columns
    light = lights(camera, [vmobjects[i] for i in shaded])[:, :, None]  # (k, 2, 1)
    made = []
    for paints in (columns.fill, columns.stroke, columns.back):
        rows = [paints[i] for i in shaded]
        if any(row.dtype != np.float64 or row.shape[1:] != (4,) or not len(row) for row in rows):
            raise ValueError("a paint that is no row of four 64-bit numbers")
        pair = np.array([(row[0], row[min(1, len(row) - 1)]) for row in rows])  # (k, 2, 4)
        pair[:, :, :3] += light
        both = list(paints)
        for i, lit in zip(shaded, pair, strict=True):
            both[i] = lit
        made.append(both)
    return columns._replace(fill=made[0], stroke=made[1], back=made[2])


def lights(camera: ThreeDCamera, vmobjects: Sequence[VMobject]) -> np.ndarray:
    """What manim's get_shaded_rgb adds to the colours at the first and the last corner of each mobject: (k, 2)."""
    at = np.cumsum([0, *(len(vmobject.points) for vmobject in vmobjects)])
    points, count = np.concatenate([vmobject.points for vmobject in vmobjects]), np.diff(at)
    first = np.zeros_like(count)
    corner = np.stack([first, (count - 1) // 6 * 3], axis=1)  # (k, 2), as the next two
    before = np.where(corner > 2, corner - 3, count[:, None] - 4)
    after = np.where(corner < count[:, None] - 3, corner + 3, 3)
    base = at[:-1, None]
    usual = np.repeat((count % 4 == 0) & (count >= 8), 2)
    before, after = (np.clip(side, 0, count[:, None] - 1) for side in (before, after))
    place = points[base + corner].reshape(-1, 3)  # (2 k, 3)
    normal, known = _normals(points[base + after].reshape(-1, 3) - place, points[base + before].reshape(-1, 3) - place)
    line = np.repeat(count == 4, 2)
    normal[line] = UP  # as for all that has two anchors
    for i in np.flatnonzero(~(known & usual | line)).tolist():
        normal[i] = get_3d_vmob_unit_normal(vmobjects[i // 2], int(corner.flat[i]))
    sun = camera.light_source.points[0] - place
    distance = np.sqrt(_dots(sun, sun))[:, None]
    to_sun = np.divide(sun, distance, out=np.zeros_like(sun), where=distance > 0)
    light = [0.5 * dot**3 for dot in map(np.dot, normal, to_sun)]
    return np.array([some * 0.5 if some < 0 else some for some in light]).reshape(-1, 2)


def _normals(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit normals (k, 3) of vectors (k, 3), and whether they are the cross product's (k,); else undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y, z = (one / np.abs(one).max(axis=1, keepdims=True)).T
        u, v, w = (other / np.abs(other).max(axis=1, keepdims=True)).T
        cross = np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=1)
        length = np.sqrt(_dots(cross, cross))
        return cross / length[:, None], length > ALIGNED


def _dots(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Inner products (k,) of rows (k, 3)."""
    return np.array(list(map(np.dot, one, other)))
