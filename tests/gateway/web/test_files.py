"""What browsers load, as files: served whole by the gateway, nothing from elsewhere, no build, no long file."""

import re
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest

from tests.gateway.servers.stage import house

WEB = Path(__file__).resolve().parents[3] / "gateway" / "web"
FILES = sorted(path for path in WEB.rglob("*") if path.is_file())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
MAX_LINES = 350


def name_of(path):
    return path.name


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_says_what_it_is_and_is_short(path):
    text = path.read_text()
    assert text.startswith("/**")
    assert len(text.splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_imports_only_its_neighbours(path):
    imported = re.findall(r'(?:from|import)\s+"([^"]+)"', path.read_text().split("*/", 1)[1])
    assert all(name.startswith("./") and (WEB / name).is_file() for name in imported), imported


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_fetched_from_elsewhere(path):
    addresses = re.findall(
        r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text(), re.IGNORECASE
    )
    assert [url for url in addresses if url != "http://www.w3.org/2000/svg"] == []


class References(HTMLParser):
    """What a page refers to, and what its own policy would forbid."""

    def __init__(self):
        super().__init__()
        self.named, self.inline = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.named += [given[name] for name in ("src", "href") if name in given]
        self.inline += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "script" and "src" not in given:
            self.inline.append("script")


@pytest.mark.parametrize("address", ["/", "/text"])
async def test_the_gateway_serves_the_page_and_all_it_refers_to(address):
    async with house(web_root=WEB) as built, aiohttp.ClientSession(built.http) as client:
        async with client.get(address) as answer:
            assert answer.content_type == "text/html"
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self'; ")
            assert not re.search("unsafe|data:|blob:", policy), "no page uses it"
            page = References()
            page.feed(await answer.text())
        assert page.inline == []
        for name in page.named:
            if not name.startswith("#"):
                async with client.get(f"/{name}") as answer:
                    assert answer.status == 200, name
        for script in SCRIPTS:
            async with client.get(f"/static/{script.name}") as answer:
                assert answer.content_type in {"text/javascript", "application/javascript"}


@pytest.mark.parametrize("name", ["index.html", "text.html"])
def test_a_screen_reader_does_not_read_out_a_figure_at_every_key(name):
    """An `output` is a live region unless it says otherwise: after each letter the number of characters was read out."""
    outputs = re.findall(r"<output\b[^>]*>", (WEB / name).read_text())
    assert outputs
    assert [one for one in outputs if 'aria-live="off"' not in one] == []
