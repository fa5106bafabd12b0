import os
import subprocess
import sys

import pytest

from gateway.app.descriptors import stand_in

CODE = """
import os, socket, sys
from gateway.app.descriptors import stand_in
stand_in()
print("out")
print("err", file=sys.stderr)
os.write(int(sys.argv[1]), f"{socket.socket().fileno() > 2} {sys.stdin.read()!r}".encode())
"""


@pytest.mark.parametrize("closed", [(), (0,), (1, 2), (0, 1, 2)])
def test_what_the_caller_has_closed_leads_nowhere_and_is_no_sockets_number(closed):
    reading, writing = os.pipe()
    subprocess.run(
        [sys.executable, "-c", CODE, str(writing)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writing,),
        preexec_fn=lambda: [os.close(number) for number in closed],
        check=True,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.read() == "True ''"


def test_what_is_open_is_left_alone():
    before = sys.stdin, sys.stdout, sys.stderr
    stand_in()
    assert (sys.stdin, sys.stdout, sys.stderr) == before


def test_a_closed_one_is_opened_again(monkeypatch):
    """The same in this process, whose own input is put back behind it."""
    kept = os.dup(0)
    monkeypatch.setattr(sys, "stdin", None)
    os.close(0)
    try:
        stand_in()
        assert sys.stdin.read() == ""
    finally:
        os.dup2(kept, 0)
        os.close(kept)
