"""The gallery: every component of the kit, still and moving, on one page that opens without a server."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

import av
from PIL import Image

from assets.store import Store
from render.catalog import SceneInfo
from render.exhibits import Exhibit, exhibit
from render.graph import Status
from render.jobs import clip_id
from scenes.theme import BACKGROUND

COLUMNS = 4
TILE = (480, 270)  # pixels of a picture on the contact sheet
SPACE = 12
PAGE = Path(__file__).with_name("gallery.html")


def make_gallery(store: Store, scenes: Sequence[SceneInfo], statuses: Mapping[str, Status], folder: Path) -> Path:
    """Write films, pictures, a contact sheet and the page from clips that are ready; returns the page's path.

    A scene whose clip failed is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown: list[tuple[Exhibit, str]] = []
    for scene in scenes:
        trace = statuses[clip_id(scene)].trace
        if trace is None:
            continue
        film = folder / f"{scene.name}.mp4"
        store.publish(trace.outputs["mp4"], film)
        facts = json.loads(store.read(trace.outputs["json"]))
        last_frame(film).save(film.with_suffix(".png"))
        shown.append((exhibit(scene), f"{facts['frames'] / facts['quality']['fps']:.1f} s"))
    sheet([folder / f"{each.scene}.png" for each, _ in shown]).save(folder / "contact.png", optimize=True)
    page = folder / "index.html"
    page.write_text(page_of(shown), encoding="utf-8")
    return page


def last_frame(film: Path) -> Image.Image:
    """The picture that a film ends with."""
    with av.open(str(film)) as opened:
        for frame in opened.decode(video=0):
            last = frame
    picture: Image.Image = last.to_image()  # type: ignore[no-untyped-call]
    return picture


def sheet(pictures: Sequence[Path]) -> Image.Image:
    """All pictures side by side, row after row."""
    rows = -(-len(pictures) // COLUMNS) or 1
    width, height = TILE
    whole = Image.new("RGB", (COLUMNS * (width + SPACE) + SPACE, rows * (height + SPACE) + SPACE), BACKGROUND)
    for index, path in enumerate(pictures):
        row, column = divmod(index, COLUMNS)
        with Image.open(path) as picture:
            tile = picture.convert("RGB").resize(TILE, Image.Resampling.LANCZOS)
        whole.paste(tile, (SPACE + column * (width + SPACE), SPACE + row * (height + SPACE)))
    return whole


def page_of(shown: Sequence[tuple[Exhibit, str]]) -> str:
    """The page as HTML."""
    template = Template(PAGE.read_text(encoding="utf-8"))
    cards = "\n".join(card(each, length) for each, length in shown)
    links = " ".join(f'<a href="#{escape(each.scene)}">{escape(each.component)}</a>' for each, _ in shown)
    return template.substitute(cards=cards, links=links)


def card(each: Exhibit, length: str) -> str:
    """One component: film with its last picture as poster, what it is, how it is made, an example."""
    name = escape(each.scene)
    return f"""<article id="{name}">
<video src="{name}.mp4" poster="{name}.png" preload="none" muted loop playsinline controls></video>
<div><h2>{escape(each.component)}</h2><p>{escape(each.says)}</p>
<pre class="signature">{escape(each.signature)}</pre>
<details><summary>{escape(each.title)} · {length}</summary><pre>{escape(each.code)}</pre></details></div>
</article>"""
