"""The examples of docs/switching.md, taken from the page as they stand: the vendors' own clients with one address changed."""

import os
import re
import shutil
import subprocess
import wave

import pytest

from tests.e2e.processes import ROOT
from tests.witness.conftest import KEY, PLAY_S, PYTHON

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

PAGE = (ROOT / "docs/switching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"^## ([^\n]+)\n(?:(?!^## ).)*?^```(python|js)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)
FRAMEWORKS = {"LiveKit Agents", "Pipecat"}
"""Lines to put into an application, no programs."""
PROGRAMS = {name: code for name, language, code in BLOCKS if language == "python" and name not in FRAMEWORKS}


def there(code, gateway):
    """With the address, the key and the voice of the test's gateway."""
    assert "127.0.0.1:8080" in code
    return re.sub(r"\bany\b", KEY, code.replace("127.0.0.1:8080", gateway.http)).replace("joe", "espeak")


def test_every_vendor_with_a_client_has_one():
    assert set(PROGRAMS) == {"OpenAI", "Deepgram", "ElevenLabs", "Cartesia", "LiveKit Inference"}


@pytest.mark.parametrize("vendor", PROGRAMS)
def test_the_vendors_own_client_is_heard(gateway, tmp_path, vendor):
    subprocess.run(
        [PYTHON, "-c", there(PROGRAMS[vendor], gateway)],
        cwd=tmp_path,
        timeout=PLAY_S,
        check=True,
        env=os.environ,
    )
    (written,) = tmp_path.iterdir()
    if written.suffix == ".wav":
        with wave.open(str(written)) as file:
            samples = len(file.readframes(10**9)) // 2
    else:
        samples = written.stat().st_size // 2
    assert 12_000 < samples < 120_000, "half a second of speech at least"


def test_javascript_needs_no_library(gateway, tmp_path):
    node = shutil.which("node")
    assert node, "node is there with npm: make npm"
    (code,) = [code for name, language, code in BLOCKS if language == "js"]
    told = subprocess.run(
        [node, "--input-type=module", "-e", there(code, gateway)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PLAY_S,
        check=True,
    )
    assert int(told.stdout) > 24_000
