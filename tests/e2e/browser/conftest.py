import shutil

import pytest_asyncio
from playwright.async_api import async_playwright

from tests.e2e.browser.stage import stage

FLAGS = (
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "Chromium not found: run make chromium"
    async with async_playwright() as play:
        launched = await play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser):
    """A page that must not write warnings or errors to its console: they would be errors of ours."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened = await context.new_page()
    said = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda line: said.append(line.text) if line.type in {"error", "warning"} else None)
    opened.said = said
    yield opened
    await context.close()
    assert not said, said


@pytest_asyncio.fixture(loop_scope="module")
async def gateway():
    async with stage() as running:
        yield running
