"""The whole house once: `legato serve` as people start it, its neural voice, heard in a browser."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.e2e.browser.playground import Playground

pytestmark = [
    pytest.mark.browser,
    pytest.mark.e2e,
    pytest.mark.voice,
    pytest.mark.asyncio(loop_scope="module"),
]

LEGATO = Path(sys.executable).with_name("legato")
ANYWHERE = [part for name in ("http", "grpc", "admin") for part in (f"--{name}", "127.0.0.1:0")]
TEXT = "The quick brown fox jumps over the lazy dog. It goes on without a gap."


@asynccontextmanager
async def serving():
    """`legato serve`, ready; it leaves by SIGTERM with exit code 0."""
    environment = {**os.environ, "LEGATO_LOGGING__FORMAT": "json"}
    process = await asyncio.create_subprocess_exec(
        LEGATO,
        "serve",
        *ANYWHERE,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        listening = await line_of(process, "listening")
        await line_of(process, "ready")
        yield SimpleNamespace(url=f"http://{listening['http']}")
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def line_of(process, event):
    said = []
    async for line in process.stdout:
        said.append(line.decode())
        if line.startswith(b"{") and json.loads(line)["event"] == event:
            return json.loads(line)
    raise AssertionError("".join(said))


async def test_a_new_user_types_a_sentence_and_hears_it(page):
    async with serving() as gateway:
        ground = await Playground.visit(page, gateway)
        await ground.speak(TEXT)
        await page.locator(".word.now").first.wait_for()
        await ground.becomes("finished")
        assert (await page.locator(".heard").inner_text()).strip() == TEXT
        samples = np.array(await page.evaluate("[...playground.takes[0].samples]"))
        assert 2 * 24_000 < len(samples) < 10 * 24_000
        assert np.abs(samples).max() > 3_000
        assert await ground.player("position") == len(samples)
        assert await page.locator(".waterfall tbody tr").count() == 10

        await ground.speak(TEXT * 4)
        await ground.past(len(samples) + 2 * 24_000)
        await ground.press("Stop")
        await ground.becomes("cancelled")
        heard = await page.locator("article[data-state=cancelled] .transcript .heard").inner_text()
        assert heard.startswith("The quick")
        assert len(heard) < len(TEXT * 2)
        assert await page.get_by_text("Heard (as this page reported)").count() == 1
        await page.close()
