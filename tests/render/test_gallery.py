"""The gallery's page says what the source says, and shows the picture that each film ends with."""

import av
import numpy as np
import pytest
from PIL import Image

from render.catalog import SceneInfo
from render.exhibits import Exhibit, exhibit
from render.gallery import SPACE, TILE, last_frame, page_of, sheet
from scenes.chapters import GALLERY
from scenes.narration import Narration

SCENE = '''"""Two scenes."""
from scenes.kit.plot import Plot, ticks
from scenes.kit.typeset import Words
class Falling:
    needs = ("digit_net",)

    def construct(self):
        title = Words("Falling")
        loss = Plot(self.assets["digit_net"])
        if loss:
            self.open(title, loss)
'''
KIT = '''"""Plots."""
class Plot:
    """Curves over ticks
    that come from the data.

    More.
    """
    def __init__(self, y: object, x: object = None, *, width: float = 8.0, log: bool = False) -> None:
        pass
'''


@pytest.fixture
def made(tmp_path):
    for name, text in (("scenes/gallery/plot.py", SCENE), ("scenes/kit/plot.py", KIT)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    scene = SceneInfo(GALLERY, "gallery.plot:Falling", ("digit_net",), Narration("Falling", "The loss falls", {}))
    return exhibit(scene, tmp_path)


def test_a_scene_is_shown_with_its_component_as_the_source_declares_it(made):
    assert made == Exhibit(
        scene="Falling",
        title="The loss falls",
        component="Plot",
        says="Curves over ticks that come from the data.",
        signature="Plot(y, x=None, *, width=8.0, log=False)",
        code='title = Words("Falling")\nloss = Plot(self.assets["digit_net"])\nif loss:\n    self.open(title, loss)',
    )


def test_the_page_escapes_what_it_quotes():
    odd = Exhibit("A", "a < b", "Plot", "x & y", 'Plot(a="<")', "if a < b: pass")
    page = page_of([(odd, "4.0 s")])
    assert "<summary>a &lt; b · 4.0 s</summary><pre>if a &lt; b: pass</pre>" in page
    assert "x &amp; y" in page


def test_the_last_picture_is_that_of_the_last_frame(tmp_path):
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as out:
        stream = out.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for grey in (0, 120, 235):
            picture = np.full((36, 64, 3), grey, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    assert np.abs(np.asarray(last_frame(film)).astype(int) - 235).max() <= 2


def test_the_contact_sheet_sets_pictures_in_rows(tmp_path):
    paths = []
    for index, grey in enumerate((50, 100, 150, 200, 250)):
        paths.append(tmp_path / f"{index}.png")
        Image.new("RGB", (32, 18), (grey,) * 3).save(paths[-1])
    whole = np.asarray(sheet(paths))
    assert whole.shape == (2 * (TILE[1] + SPACE) + SPACE, 4 * (TILE[0] + SPACE) + SPACE, 3)
    middles = [whole[SPACE + TILE[1] // 2, SPACE + i * (TILE[0] + SPACE) + TILE[0] // 2, 0] for i in range(4)]
    assert middles == [50, 100, 150, 200]
    assert whole[-SPACE - TILE[1] // 2, SPACE + TILE[0] // 2, 0] == 250
