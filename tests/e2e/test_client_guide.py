"""The program for Node in docs/client.md, as it stands: gRPC by a library that is not grpc's own core."""

import re
import shutil
import subprocess

import pytest

from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

GUIDE = (ROOT / "docs/client.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```js\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
PLAY_S = 60


@pytest.fixture
def run(house, tmp_path):
    """Runs it, with these changes, in a folder that has the libraries and the contract."""
    node = shutil.which("node")
    assert node, "node is there with npm: make npm"
    (tmp_path / "node_modules").symlink_to(ROOT / "tests/e2e/node_modules")
    (tmp_path / "proto").symlink_to(ROOT / "proto")

    def play(**changes):
        assert "127.0.0.1:50051" in PROGRAM
        program = PROGRAM.replace("127.0.0.1:50051", house.grpc)
        for old, new in changes.items():
            assert old in program
            program = program.replace(old, new)
        (tmp_path / "speak.mjs").write_text(program, encoding="utf-8")
        told = subprocess.run(
            [node, "speak.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=PLAY_S, check=True
        )
        return told, (tmp_path / "spoken.raw").read_bytes()

    return play


def test_nodes_own_grpc_is_heard(run):
    told, audio = run()
    assert re.fullmatch(r"first audio after [\d.]+ ms\n", told.stdout)
    assert not told.stderr
    assert 48_000 < len(audio) < 480_000, "a second of speech at least, and nothing twice"


def test_a_mistake_is_told_by_name(run):
    told, audio = run(joe="nobody")
    assert "there is no voice 'nobody'" in told.stderr
    assert not audio
