"""Drawing through flat arrays: manim's cameras with the Python loop over mobjects replaced by one compiled call.

``use`` patches the cameras of this process. What the compiled loops cannot draw (images, point clouds, background
images, classes that draw themselves) goes through manim's own code, in its place in the order.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

import cairo
import numpy as np
from manim import Camera, Mobject, MovingCamera, MultiCamera, ThreeDCamera, VMobject

from render.pixels import images, three_d
from render.pixels.again import Again
from render.pixels.display_list import Columns, DisplayList, flatten, graded, is_ordinary, join_points, read_columns
from render.pixels.gradient import gradient_ends
from render.pixels.order import display_order, is_stock, kinds_of, overrides_itself

Draw = Callable[..., None]
_DRAWING = (
    *("get_mobjects_to_display", "type_or_raise", "display_multiple_vectorized_mobjects"),
    *("display_multiple_non_background_colored_vmobjects", "display_vectorized", "set_cairo_context_path"),
    *("set_cairo_context_color", "apply_fill", "apply_stroke", "get_stroke_rgbas", "get_fill_rgbas"),
    *("transform_points_pre_display", "capture_mobject"),
)
_THREE_D = (*_DRAWING, "modified_rgbas", "project_points", "project_point")
_FLAT_METHODS = {name: getattr(Camera, name) for name in _DRAWING}
_THREE_D_METHODS = {name: getattr(ThreeDCamera, name) for name in _THREE_D}
_CAMERAS = {Camera, MovingCamera, MultiCamera, ThreeDCamera}  # known to do nothing to pixels after capture_mobjects
_stock_capture = Camera.capture_mobjects
_draw: list[Draw] = []  # the rasteriser in use; empty: manim's own
_checked: WeakKeyDictionary[Camera, frozenset[Mobject]] = WeakKeyDictionary()  # drawn last, without own methods
_again = Again()


def prepare(raster: str) -> None:
    """Load, or the first time compile, all that ``raster`` needs, so that forked children share it."""
    if raster != "stock":
        _rasteriser(raster)


def use(raster: str) -> None:
    """Draw by "stock" (manim's own code), "exact" (same pixels) or "fast" (own rasteriser) from now on."""
    _draw.clear()
    _again.forget()
    if raster == "stock":
        Camera.capture_mobjects = _stock_capture  # type: ignore[method-assign]
        Camera.display_image_mobject = images.stock  # type: ignore[method-assign]
    else:
        _draw.append(_rasteriser(raster))
        Camera.capture_mobjects = _capture  # type: ignore[method-assign]
        Camera.display_image_mobject = images.display_image_mobject  # type: ignore[method-assign,assignment]


def changed() -> bool:
    """Whether the frame captured last may differ from the one that was captured last when this was asked before.

    Ask once for each frame that is written; drawing in between, by whichever camera, is taken into account.
    """
    return _again.changed() or not _draw


def _rasteriser(raster: str) -> Draw:
    if raster == "exact":
        from render.pixels.cairo_loop import draw as exact

        return exact
    assert raster == "fast", raster
    from render.pixels.sparse import draw as fast

    return fast


def _capture(self: Camera, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
    """Draw mobjects onto the camera's pixels, as ``Camera.capture_mobjects`` does."""
    mobjects = list(mobjects)
    plain = not kwargs or kwargs == {"include_submobjects": True}
    if not (plain and _is_known(self)):
        _again.new_picture(self)
        _stock_capture(self, mobjects, **kwargs)
        return
    ordered = display_order(mobjects, self.use_z_index)
    if isinstance(self, ThreeDCamera):
        ordered = three_d.depth_order(self, ordered)
    kinds = kinds_of(ordered)
    if not _checked.get(self, frozenset()).issuperset(ordered):
        kinds = [kind and not overrides_itself(m) for kind, m in zip(kinds, ordered, strict=True)]
        if all(kinds):
            _checked[self] = frozenset(ordered)
    runs = _runs(ordered, kinds)
    if len(runs) == 1 and runs[0][0]:
        _show_all(self, runs[0][1])
        return
    _again.new_picture(self)
    for batchable, run in runs:
        (_show if batchable else _show_as_manim)(self, run)


def _is_known(camera: Camera) -> bool:
    """Whether a camera draws with manim's own methods onto ordinary pixels."""
    methods = _THREE_D_METHODS if isinstance(camera, ThreeDCamera) else _FLAT_METHODS
    if not is_stock(type(camera), methods) or not methods.keys().isdisjoint(vars(camera)):
        return False
    pixels = camera.pixel_array
    return (
        pixels.shape == (camera.pixel_height, camera.pixel_width, 4)
        and pixels.dtype == np.uint8
        and pixels.flags.c_contiguous
        and pixels.flags.writeable
        and camera.cairo_line_width_multiple == 0.01
    )


def _runs(mobjects: Sequence[Mobject], kinds: Sequence[bool]) -> list[tuple[bool, list[Any]]]:
    """Neighbours of the same kind together."""
    if all(kinds):
        return [(True, list(mobjects))] if mobjects else []
    pairs = groupby(zip(kinds, mobjects, strict=True), key=lambda pair: pair[0])
    return [(kind, [mobject for _, mobject in group]) for kind, group in pairs]


def _show_as_manim(camera: Camera, mobjects: Sequence[Mobject]) -> None:
    for kind, group in groupby(mobjects, camera.type_or_raise):
        camera.display_funcs[kind](list(group), camera.pixel_array)


def _show_all(camera: Camera, vmobjects: list[VMobject]) -> None:
    """Draw the VMobjects that a frame consists of; if they look as they did a frame before, by copying its pixels."""
    shown, matrix = _listed(camera, vmobjects), _matrix(camera)
    if shown is None or matrix is None or type(camera) not in _CAMERAS:
        _again.new_picture(camera)
        _show(camera, vmobjects)
    else:
        _again.draw(_draw[0], camera, matrix, shown)


def _show(camera: Camera, vmobjects: list[VMobject]) -> None:
    """Draw VMobjects in one call where all of them are ordinary, else as many as possible."""
    if not _draw_together(camera, vmobjects):
        for ordinary, run in _runs(vmobjects, list(map(is_ordinary, vmobjects))):
            if not (ordinary and _draw_together(camera, run)):
                camera.display_multiple_vectorized_mobjects(run, camera.pixel_array)


def _draw_together(camera: Camera, vmobjects: list[VMobject]) -> bool:
    """Draw VMobjects in one compiled call; False if that cannot be, with nothing drawn."""
    shown, matrix = _listed(camera, vmobjects), _matrix(camera)
    if shown is None or matrix is None:
        return False
    _draw[0](camera.pixel_array, matrix, *shown)
    return True


def _matrix(camera: Camera) -> np.ndarray | None:
    """The matrix (6,) that manim would draw with, None if somebody has changed the context in other ways.

    A plain camera keeps the context, and so the matrix, of its first frame; a moving one makes both anew.
    """
    context = camera.get_cairo_context(camera.pixel_array)
    usual = (
        context.get_operator() == cairo.OPERATOR_OVER
        and context.get_antialias() == cairo.ANTIALIAS_DEFAULT
        and context.get_fill_rule() == cairo.FILL_RULE_WINDING
        and context.get_tolerance() == 0.1
        and context.get_miter_limit() == 10.0
        and context.get_dash_count() == 0
    )
    m = context.get_matrix()
    return np.array([m.xx, m.yx, m.xy, m.yy, m.x0, m.y0]) if usual else None


def _listed(camera: Camera, vmobjects: Sequence[VMobject]) -> DisplayList | None:
    """The display list of mobjects, None if an attribute has no form that can be drawn."""
    columns = read_columns(vmobjects)
    if columns is None:
        return None
    try:
        if isinstance(camera, ThreeDCamera):
            return three_d.listed(camera, vmobjects, columns)
        return _listed_flat(vmobjects, columns)
    except (ValueError, TypeError, AttributeError, KeyError):  # paints that are no arrays (k, 4), an unknown join
        return None


def _listed_flat(vmobjects: Sequence[VMobject], columns: Columns) -> DisplayList:
    """The display list of mobjects seen from the front.

    Raises: ValueError, KeyError if an attribute has no form that can be drawn.
    """
    points, at = join_points(columns)  # (n, 3)
    several = graded(columns)
    if any(at[i] == at[i + 1] for i in several):
        raise ValueError("a gradient over points that are not finite")
    gradient = np.zeros((len(vmobjects), 4))
    if several:
        gradient[several] = gradient_ends([vmobjects[i] for i in several])[:, :, :2].reshape(-1, 4)
    return flatten(columns, np.ascontiguousarray(points[:, :2]), at, gradient)
