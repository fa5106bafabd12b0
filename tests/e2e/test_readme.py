"""The README's own examples, taken from it as they stand and run: a reader's first five minutes.

Only the address is put in: a test's gateway is not on port 8080.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import wave
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.browser.conftest import FLAGS, NAMES
from tests.e2e.processes import BIN, ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
MOST_LINES = 150
WITHIN_S = 60


def block(language, holding):
    """The block of this language that holds these words."""
    (found,) = [text for name, text in BLOCKS if name == language and holding in text]
    return found


def at(house, text):
    """The text with the address of a test's gateway."""
    assert "127.0.0.1:8080" in text
    return text.replace("127.0.0.1:8080", house.http)


def program(folder, name, script):
    """An executable of this name."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def shell(house, tmp_path):
    """A shell as a reader has it: `legato` on its path, a language model, and a sound card that keeps what it hears."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program(programs, "llm", 'printf "Once upon a time there was a king. "; printf "He asked: %s" "$1"')
    program(programs, "aplay", f"exec cat > {tmp_path}/heard.raw")
    environment = {
        **os.environ,
        "PATH": f"{programs}:{BIN}:{os.environ['PATH']}",
        "LEGATO_SERVER_URL": house.urls["websocket"],
    }

    def run(line):
        return subprocess.run(
            line.replace("127.0.0.1:8080", house.http),
            shell=True,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=True,
        )

    return SimpleNamespace(run=run, folder=tmp_path)


def test_it_is_short():
    assert len(README.splitlines()) < MOST_LINES


def test_the_python_example_hears_every_sample(house):
    code = at(house, block("python", "from legato_client import connect"))
    assert len(code.splitlines()) <= 24
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=True,
    )
    assert told.stderr == ""
    *chunks, ttfb_s = told.stdout.splitlines()
    heard = 0
    for line in chunks:
        offset, size = map(int, line.split())
        assert offset == heard
        heard += size // 2
    assert heard > 24_000, "a second of speech at least"
    assert 0 < float(ttfb_s) < WITHIN_S


@pytest.mark.browser
def test_the_browser_example_hears_every_sample(house):
    code = at(house, block("js", "new WebSocket"))
    assert len(code.splitlines()) <= 24
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "Chromium not found: run make chromium"
    with sync_playwright() as play, play.chromium.launch(executable_path=path, args=list(FLAGS)) as browser:
        page = browser.new_page()
        page.goto(f"http://{house.http}/livez")
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.evaluate(
            "code => { globalThis.told = []; new Function('console', code)({ log: one => told.push(one) }) }",
            code,
        )
        page.wait_for_function("told.some(one => one.utteranceFinished)", timeout=WITHIN_S * 1000)
        chunks = page.evaluate("told.filter(one => typeof one === 'string')")
    heard = 0
    for offset, samples in re.findall(r"sample (\d+): (\d+) more", "\n".join(chunks)):
        assert int(offset) == heard
        heard += int(samples)
    assert heard > 12_000, "half a second of speech at least"


def test_what_a_model_writes_is_heard(shell):
    lines = block("sh", "| legato say -").splitlines()
    (piped,) = [line for line in lines if "llm" in line]
    shell.run(piped)
    assert len((shell.folder / "heard.raw").read_bytes()) / 48_000 > 2


def test_what_the_guide_says_of_a_text_is_what_is_said(shell):
    page = (ROOT / "docs/client.md").read_text(encoding="utf-8")
    (asked,) = re.findall(r"^curl .*/v1/text.*$", page, re.MULTILINE)
    (answer,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert json.loads(shell.run(asked).stdout) == json.loads(answer)


def test_the_other_shell_examples_run(shell):
    lines = block("sh", "| legato say -").splitlines()
    others = [line for line in lines if "llm" not in line]
    assert others
    for line in others:
        told = shell.run(line)
        if "--stats" in line:
            assert "ttfb" in told.stderr
        if "legato text" in line or "/v1/text" in line:
            assert "three dollars and fifty cents" in told.stdout
        written = re.search(r"-o (\S+\.wav)", line)
        if written:
            with wave.open(str(shell.folder / written[1])) as file:
                assert file.getnframes() > file.getframerate()
