"""A chapter's page plays in a real browser: it loads, seeks to each mark, shows captions in each language, no errors.

Needs Debian's chromium (or any Chromium whose path is in $CHROMIUM); the test says so where there is none.
"""

import functools
import os
import shutil
import threading
from dataclasses import replace
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from render.chapter import assemble
from render.companions import write_companions
from render.quality import Quality
from tests.render.test_chapter import clip, line, spoken_wav

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--mute-audio")  # fmt: skip
FILM = Quality("tiny", 320, 180, 15, "ultrafast", 23)


class Ranged(SimpleHTTPRequestHandler):
    """Serves a folder with Range requests, as every web server does; without them a browser cannot seek."""

    def do_GET(self):
        asked = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            return super().do_GET()
        size = path.stat().st_size
        low, _, high = asked.removeprefix("bytes=").partition("-")
        first, last = int(low), min(int(high) if high else size - 1, size - 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path.name))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(first)
            self.wfile.write(file.read(last - first + 1))
        return None

    def log_message(self, *_):
        """Nobody reads it."""


@pytest.fixture
def address(tmp_path):
    """A chapter of three scenes with captions in two languages, served from this machine."""
    others = {"de": "Eine Zahl.", "en": "A number."}
    spoken = replace(line(spoken_wav(tmp_path), 6, "A number.", 1.0), others=others, end_frame=40)
    pieces = [clip(tmp_path, name, 45, FILM, [replace(spoken, cue=name)]) for name in ("one", "two", "three")]
    out = tmp_path / "site"
    facts = assemble("A film", pieces, FILM, "en", out / "film.mp4")
    write_companions(pieces, facts, out / "film.mp4", "film", ["digits: drawn for this test"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranged, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_page_plays_seeks_and_shows_captions_in_a_browser(address):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        # a browser that seeks breaks its own request off
        page.on("requestfailed", lambda r: errors.append(r.url) if r.failure != "net::ERR_ABORTED" else None)
        page.on("response", lambda response: errors.append(response.url) if response.status >= 400 else None)
        page.goto(f"{address}/film.html")
        page.wait_for_function("document.querySelector('video').readyState >= 1")
        assert page.evaluate("document.querySelector('video').error") is None
        assert page.evaluate("document.querySelector('video').duration") == pytest.approx(9, abs=0.1)
        for index, start_s in enumerate((0, 3, 6)):
            page.click(f"section:nth-of-type({index + 1}) h2 a")
            page.wait_for_function(f"document.querySelector('video').currentTime >= {start_s}")
            page.evaluate("document.querySelector('video').pause()")
            assert page.evaluate("document.querySelector('video').currentTime") < start_s + 1.5
        assert page.evaluate(
            """async () => {
              const video = document.querySelector('video'), told = {};
              for (const track of video.textTracks) track.mode = 'disabled';
              for (const track of video.textTracks) {
                track.mode = 'showing';
                const element = [...video.querySelectorAll('track')].find((each) => each.track === track);
                while (element.readyState < 2) await new Promise((done) => setTimeout(done, 20));
                told[track.language] = [...track.cues].map((cue) => cue.text);
                track.mode = 'disabled';
              }
              return told;
            }"""
        ) == {"en": ["A number."] * 3, "de": ["Eine Zahl."] * 3}
        page.set_viewport_size({"width": 1280, "height": 500})
        for _ in page.query_selector_all("a"):  # with the keyboard, no link is hidden behind the film
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement.tagName !== 'A' || document.activeElement.getBoundingClientRect().top >= "
                "document.querySelector('video').getBoundingClientRect().bottom"
            )
        page.keyboard.press("Enter")
        page.click("section:nth-of-type(2) p a")
        page.wait_for_function("document.querySelector('section:nth-of-type(2) p').classList.contains('now')")
        assert errors == []
        browser.close()
