"""The page of docs/browser.md, as it stands, served from an address of its own: said to its end, and interrupted."""

import functools
import http.server
import re
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browser.conftest import FLAGS, NAMES
from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.voice, pytest.mark.browser]

GUIDE = (ROOT / "docs/browser.md").read_text(encoding="utf-8")
(PAGE,) = re.findall(r"^```html\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
WITHIN_MS = 60_000


class Silent(http.server.SimpleHTTPRequestHandler):
    """A file server that keeps no log."""

    def log_message(self, *_):
        pass


@pytest.fixture
def address(house, tmp_path):
    """Where the page is: not where the gateway is."""
    assert "127.0.0.1:8080" in PAGE
    (tmp_path / "index.html").write_text(PAGE.replace("127.0.0.1:8080", house.http), encoding="utf-8")
    handler = functools.partial(Silent, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(address):
    """The page in a browser; an error that it does not catch fails the test."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "Chromium not found: run make chromium"
    with sync_playwright() as play, play.chromium.launch(executable_path=path, args=list(FLAGS)) as browser:
        opened = browser.new_page()
        raised = []
        opened.on("pageerror", lambda error: raised.append(str(error)))
        opened.goto(address)
        yield opened
        assert not raised


def test_it_is_heard_and_a_barge_in_tells_what_was(page):
    page.click("#say")
    page.wait_for_function("told.textContent === 'All of it was heard.'", timeout=WITHIN_MS)
    assert page.text_content("#caption") == "This is spoken while a model still writes it."
    page.click("#say")
    page.click("#stop")
    page.wait_for_function("told.textContent.startsWith('Heard:')", timeout=WITHIN_MS)
    assert "still writes it" not in page.text_content("#told")


def test_a_gateway_that_cannot_be_reached_is_told(page):
    page.evaluate(
        "() => { globalThis.WebSocket = class extends WebSocket { constructor() { super('ws://127.0.0.1:9'); } } }"
    )
    page.click("#say")
    page.wait_for_function("told.textContent.includes('no connection to the gateway')", timeout=WITHIN_MS)
    assert page.is_enabled("#say")
