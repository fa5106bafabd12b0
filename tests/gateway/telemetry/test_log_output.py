import errno
import io
import os
import subprocess
import sys
import threading

import pytest

from gateway.telemetry.log_output import PIECE_BYTES, LogOutput

LINES = [f"line {number} " + "x" * 200 for number in range(100)]
UNREAD = """
import sys
from gateway.telemetry import logs
logs.STOP_S = 0.05
with logs.Logs("info", "json"):
    for number in range(1000):
        logs.logger("legato.x").info("a line that nobody reads", number=number, filler="x" * 200)
"""


@pytest.fixture
def pipe():
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "w", encoding="utf-8") as writer:
        yield reader, writer


def read_all(reader, found):
    found.append(reader.read())


def test_a_process_ends_though_nobody_ever_reads_what_it_logs():
    with subprocess.Popen([sys.executable, "-c", UNREAD], stderr=subprocess.PIPE) as child:
        try:
            assert child.wait(30) == 0
        finally:
            child.kill()


def test_what_goes_to_a_pipe_goes_in_pieces_of_whole_lines_that_the_system_takes_at_once(pipe, monkeypatch):
    _, writer = pipe
    output, written = LogOutput(writer), []
    monkeypatch.setattr(os, "write", lambda _, data: written.append(bytes(data)) or len(data))
    long = "ü" * PIECE_BYTES  # cannot be helped, and takes nobody with it
    for piece in output.pieces([*LINES, long, "last"]):
        output.write(piece)
    assert b"".join(written).decode().splitlines() == [*LINES, long, "last"]
    assert all(data.endswith(b"\n") for data in written)
    assert [len(data) for data in written if len(data) > PIECE_BYTES] == [2 * PIECE_BYTES + 1]
    assert len(written) < 10


def test_a_pipe_that_somebody_else_has_made_not_to_wait_is_waited_for(pipe):
    reader, writer = pipe
    os.set_blocking(writer.fileno(), False)
    found = []
    thread = threading.Thread(target=read_all, args=(reader, found))
    output = LogOutput(writer)
    lines = LINES * 10  # more than it holds
    thread.start()
    for piece in output.pieces(lines):
        output.write(piece)
    writer.close()
    thread.join()
    assert found[0].decode().splitlines() == lines


def test_what_cannot_be_written_is_told(pipe):
    reader, writer = pipe
    reader.close()
    with pytest.raises(BrokenPipeError):
        LogOutput(writer).write(["line"])


def test_a_line_that_a_full_disk_has_cut_is_not_glued_to_the_next_one(tmp_path, monkeypatch):
    room, write = [7, 0, 0, 100, 100], os.write

    def to_disk(descriptor, data):
        if not (most := room.pop(0)):
            raise OSError(errno.ENOSPC, "no space left on device")
        return write(descriptor, data[:most])

    path = tmp_path / "log"
    with path.open("w") as stream:
        output = LogOutput(stream)
        monkeypatch.setattr(os, "write", to_disk)
        for line in ("one is cut", "two is lost"):
            with pytest.raises(OSError, match="no space"):
                output.write([line])
        output.write(["three"])
        output.write(["four"])
    assert path.read_text() == "one is \nthree\nfour\n"


def test_a_letter_that_the_encoding_has_not_is_written_as_its_number():
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "w", encoding="ascii") as writer:
        output = LogOutput(writer)
        assert output.pieces(["grüß dich"]) == [["grüß dich"]]
        output.write(["grüß dich"])
        writer.close()
        assert reader.read() == rb"gr\xfc\xdf dich" + b"\n"


def test_what_is_no_file_takes_the_lines_itself():
    stream = io.StringIO()
    output = LogOutput(stream)
    assert output.pieces(LINES) == [LINES]
    output.write(["one", "two"])
    assert stream.getvalue() == "one\ntwo\n"
