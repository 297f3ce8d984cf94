"""From the mobjects of a scene to what is visible of them. Runs where the scene runs; nothing is drawn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from manim import ImageMobject, Mobject, ThreeDCamera, VMobject, config

from render.check.names import Names, is_text, is_written, prose_of, read_off
from render.check.outline import box_of, boxes_of, outlines
from render.check.paint import FAINT
from render.check.promises import claims_of
from render.check.seen import NO_BOXES, Claim, Image, Picture, Shape, Text

Color = tuple[float, float, float, float]
FINE = 6  # decimals of a place that tell forms apart
CLEAR: Color = (0.0, 0.0, 0.0, 0.0)
RIM = 3.0  # stroke width from which a rim is seen around a glyph: 2 pixels at 1080p
STROKE_UNITS = 0.01  # manim's stroke widths are hundredths of a unit


@dataclass(frozen=True)
class Place:
    """Where a drawn mobject stands in the scene: the text it is part of, the component, whether one is to read it."""

    text: Mobject | None
    outer: Mobject
    asked: bool | None
    spelled: bool


class Walker:
    """Looks at one scene again and again; what has not changed since the last time is not computed anew."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.known: dict[tuple[int, str], tuple[bytes, Any]] = {}
        self.written: dict[int, tuple[int, bool]] = {}  # whether a mobject with so many points is drawn as numbers
        self.looks = 0
        self.kept: list[Mobject] = []  # so that no id is used twice while it means something

    def picture(self, play: int, time_s: float, rest: bool, whole: bool = True) -> Picture:
        """What is visible now, or only the texts if not ``whole``."""
        camera = self.scene.camera
        self.names = Names(self.scene)
        self.scale = config.frame_height / camera.frame_height
        self.middle = np.asarray(camera.frame_center, dtype=float)[:2]
        self.looks += 1
        flat = not isinstance(camera, ThreeDCamera)
        self.view = np.array([*self.middle, self.scale]).tobytes() if flat else None
        places = dict(self._places())
        drawn = camera.get_mobjects_to_display(self.scene.mobjects)
        texts: dict[int, list[tuple[int, Any]]] = {}
        shapes, images = [], []
        for order, mob in enumerate(drawn):
            place = places.get(id(mob)) or Place(None, mob, None, True)
            if place.text is not None:
                texts.setdefault(id(place.text), []).append((order, mob))
            elif not whole:
                continue
            elif isinstance(mob, ImageMobject):
                images.append(self._image(order, mob, place))
            elif isinstance(mob, VMobject) and (shape := self._shape(order, mob, place)) is not None:
                shapes.append(shape)
        return Picture(
            play,
            time_s,
            rest,
            whole,
            texts=tuple(filter(None, (self._text(parts, places[id(parts[0][1])]) for parts in texts.values()))),
            shapes=tuple(shapes),
            images=tuple(images),
            claims=tuple(self._claims()) if rest else (),
            half=(config.frame_width / 2, config.frame_height / 2),
            background=tuple(self.scene.camera.background_color.to_rgb()),
        )

    def _places(self) -> Iterator[tuple[int, Place]]:
        """Every mobject of the scene by its id, with its place."""
        waiting = [(mob, Place(None, mob, None, True)) for mob in self.scene.mobjects]
        while waiting:
            mob, above = waiting.pop()
            place = self._place(mob, above)
            yield id(mob), place
            waiting += [(part, place) for part in mob.submobjects]

    def _place(self, mob: Mobject, above: Place) -> Place:
        """The place of a part of what has the place ``above``, the same object where nothing is added to it."""
        own, words = (vars(mob).get(name, getattr(type(mob), name, None)) for name in ("to_read", "to_spell"))
        text = above.text is None and self._is_text(mob)
        inner = above.outer is not mob and not self.names.is_component(above.outer)
        if own is None and words is None and not text and not inner:
            return above
        return Place(
            mob if text else above.text,
            mob if inner else above.outer,
            above.asked if own is None else bool(own),
            above.spelled and (words is None or bool(words)),
        )

    def _is_text(self, mob: Mobject) -> bool:
        if is_text(mob):
            return True
        count = len(mob.points)
        if count < 4 or type(mob).__module__.startswith("manim.mobject.geometry"):
            return False
        known = self.written.get(id(mob))
        if known is None or known[0] != count:
            if known is None:
                self.kept.append(mob)
            known = self.written[id(mob)] = (count, is_written(mob))
        return known[1]

    def _flat(self, mob: Mobject) -> np.ndarray:
        """A mobject's points as places in the frame, (n, 2)."""
        points = mob.points
        if isinstance(self.scene.camera, ThreeDCamera):
            points = self.scene.camera.transform_points_pre_display(mob, points)
        return (points[:, :2] - self.middle) * self.scale

    def _boxed(self, boxing: Callable[[np.ndarray], np.ndarray], mob: Mobject) -> np.ndarray:
        return boxing(self._flat(mob))

    def _text(self, parts: list[tuple[int, Any]], place: Place) -> Text | None:
        """The text that these leaves are drawn from, None if nothing of it is visible."""
        root: Any = place.text
        parts = [(order, mob) for order, mob in parts if _ink(mob)[3] > FAINT]
        if not parts:
            return None
        boxing = box_of if len(parts) > 1 else boxes_of  # a mobject for each character, or one for all of them
        found = [
            self._kept(mob, boxing.__name__, self._seen_as(mob), partial(self._boxed, boxing, mob)) for _, mob in parts
        ]
        counts = [len(boxes) for boxes in found]
        boxes = np.concatenate([NO_BOXES, *found])
        ink, rims = (np.repeat([color(mob) for _, mob in parts], counts, axis=0) for color in (_ink, _rim))
        leaves = [mob for _, mob in parts]
        size, marks = self._kept(root, "marks", _form(leaves), lambda: read_off(root, leaves))
        asked = place.asked if place.asked is not None else self.names.asked(root, size)
        return Text(
            self.names.of(root, place.outer, marks),
            id(root),
            parts[0][0],
            boxes,
            ink,
            rims,
            size * self.scale,
            prose_of(root) if place.spelled else "",
            marks,
            asked,
        )

    def _shape(self, order: int, mob: Any, place: Place) -> Shape | None:
        """A shape, None if nothing of it is visible."""
        fill, stroke, width = _rgba(mob.fill_rgbas), _rgba(mob.stroke_rgbas), float(mob.stroke_width) * STROKE_UNITS
        stroke = stroke if width > 0 else CLEAR
        if max(fill[3], stroke[3]) <= FAINT or len(mob.points) < 4:
            return None
        filled = fill[3] > FAINT
        found = self._kept(mob, f"filled {filled}", self._seen_as(mob), lambda: outlines(self._flat(mob), filled))
        boxes = found.boxes + width / 2 * np.array([-1, -1, 1, 1]) if stroke[3] > FAINT else found.boxes
        name = self.names.part(mob, place.outer)
        return Shape(name, order, boxes, found.first, found.chords, fill, stroke, width * self.scale)

    def _image(self, order: int, mob: Any, place: Place) -> Image:
        flat = self._flat(mob)
        box = np.concatenate([flat.min(axis=0), flat.max(axis=0)])
        pixels = self._kept(mob, "pixels", mob.pixel_array.tobytes(), lambda: mob.pixel_array / 255.0)
        return Image(self.names.part(mob, place.outer), order, box, pixels)

    def _claims(self) -> Iterator[Claim]:
        for top in self.scene.mobjects:
            for mob in top.get_family():
                yield from claims_of(mob, partial(self.names.of, mob, mob, ""))

    def _kept(self, owner: Mobject, what: str, token: bytes, compute: Callable[[], Any]) -> Any:
        """What was computed last time for the owner under the same token, or what is computed now."""
        known = self.known.get((id(owner), what))
        if known is None:
            self.kept.append(owner)
        if known is None or known[0] != token:
            known = self.known[id(owner), what] = (token, compute())
        return known[1]

    def _seen_as(self, mob: Mobject) -> bytes:
        """What changes when a mobject is seen elsewhere or in another form."""
        view = self.view if self.view is not None else str(self.looks).encode()  # in space, everything is seen anew
        return view + mob.points.tobytes()


def _form(leaves: Sequence[Any]) -> bytes:
    """What changes when outlines change, but not when they are moved together."""
    start = leaves[0].points[0]
    return b"".join((leaf.points - start).round(FINE).tobytes() for leaf in leaves)


def _rgba(rgbas: np.ndarray) -> Color:
    """The mean colour of a gradient."""
    if not len(rgbas):
        return CLEAR
    red, green, blue, alpha = (rgbas[0] if len(rgbas) == 1 else rgbas.mean(axis=0)).tolist()
    return red, green, blue, alpha


def _ink(mob: Any) -> Color:
    """What the outlines of a glyph are drawn in: its fill, or where it has none its stroke."""
    fill = _rgba(mob.fill_rgbas)
    return fill if fill[3] > FAINT or mob.stroke_width <= 0 else _rgba(mob.stroke_rgbas)


def _rim(mob: Any) -> Color:
    """The stroke behind a glyph where it is wide enough to keep apart what is around."""
    return _rgba(mob.background_stroke_rgbas) if mob.background_stroke_width >= RIM else CLEAR
