"""The programs in docs/client.md, as they stand: those in Python, and the one for Node, by a library that is not grpc's own core."""

import ast
import re
import shutil
import subprocess
import sys

import pytest

from tests.e2e.processes import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

GUIDE = (ROOT / "docs/client.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```js\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
ONCE, TURN, SYNC = re.findall(r"^```python\n(import .*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
README = (ROOT / "README.md").read_text(encoding="utf-8")
(FIRST,) = re.findall(r"^```python\n(import .*?)^```$", README, re.MULTILINE | re.DOTALL)
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


@pytest.fixture
def printed(house):
    """Runs a program in Python against the gateway; returns the lines it prints."""

    def play(program):
        assert "127.0.0.1:8080" in program
        told = subprocess.run(
            [sys.executable, "-W", "error", "-c", program.replace("127.0.0.1:8080", house.http)],
            capture_output=True,
            text=True,
            timeout=PLAY_S,
            check=True,
        )
        assert not told.stderr
        return told.stdout.splitlines()

    return play


def test_a_text_is_sent_as_it_is_written(printed):
    *chunks, measured = printed(ONCE)
    offset, size = map(int, chunks[-1].split())
    assert offset + size // 2 > 24_000, "a second of speech at least"
    gateways, clients = map(float, measured.split())
    assert 0 < gateways < PLAY_S
    assert 0 < clients < PLAY_S


def test_a_turn_that_is_interrupted_enters_the_history_as_it_was_heard(printed):
    (line,) = printed(TURN)
    (message,) = ast.literal_eval(line)
    whole = "Once upon a time there was a king, and he had three daughters. The eldest one was tall."
    assert whole.startswith(message["content"])
    assert 0 < len(message["content"]) < len(whole)


def test_a_program_without_a_loop_gets_its_audio(printed):
    assert all(int(line) > 12_000 for line in printed(SYNC))


def test_a_type_checker_finds_no_fault_in_the_programs(tmp_path):
    lenient = "# mypy: allow-untyped-defs, allow-untyped-calls\n"  # the README's leaves out what its functions return
    programs = {"once": ONCE, "turn": TURN, "sync": SYNC, "first": lenient + FIRST}
    for name, program in programs.items():
        (tmp_path / f"{name}.py").write_text(program, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *tmp_path.iterdir()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
