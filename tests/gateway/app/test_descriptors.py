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

CHILD = "import os, socket, sys; os.write(int(sys.argv[1]), b'%d' % socket.socket().fileno())"
PARENT = """
import os, sys
from gateway.app.descriptors import stand_in
stand_in()
os.set_inheritable(int(sys.argv[1]), True)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[2:], sys.argv[1]])
"""


@pytest.mark.parametrize("closed", [(), (0,), (1, 2), (0, 1, 2)])
def test_what_the_caller_has_closed_leads_nowhere_and_is_no_sockets_number(closed):
    assert told_by(closed, CODE) == "True ''"


def told_by(closed, code, *arguments):
    """Run the code with some descriptors closed, and return what it writes to the one whose number is its first argument."""
    reading, writing = os.pipe()
    subprocess.run(
        [sys.executable, "-c", code, str(writing), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writing,),
        preexec_fn=lambda: [os.close(number) for number in closed],
        check=True,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        return told.read()


@pytest.mark.parametrize("closed", [(0,), (1, 2), (0, 1, 2)])
def test_r30_what_leads_nowhere_does_so_in_other_processes_too(closed):
    """Workers, too, abort when a socket of such a number is closed."""
    assert int(told_by(closed, PARENT, CHILD)) > 2


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
