import io
import os
import threading

import pytest

from gateway.app.commands.line_writer import LineWriter


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as writer:
        yield reader, writer


def test_lines_are_written_in_their_order(pipe):
    reader, stream = pipe
    lines = LineWriter(stream)
    lines.first("first")
    assert reader.readline() == "first\n"
    for number in range(100):
        lines.write(str(number))
    lines.last("last")
    stream.close()
    assert reader.read().split() == [*map(str, range(100)), "last"]
    assert lines.lost == 0


def test_a_stream_that_is_no_file_is_written_to():
    stream = io.StringIO()
    lines = LineWriter(stream)
    lines.first("first")
    lines.last("last")
    assert stream.getvalue() == "first\nlast\n"


def test_a_reader_who_does_not_read_holds_nobody_up(pipe):
    reader, stream = pipe
    lines = LineWriter(stream, most=3)
    lines.first("first")
    for _ in range(200):
        lines.write("x" * 4_000)
    assert lines.lost >= 100
    lines.last("last", within_s=0.01)
    threading.Thread(target=reader.read, daemon=True).start()


def test_a_reader_who_has_gone_is_no_error(pipe):
    reader, stream = pipe
    lines = LineWriter(stream)
    lines.first("first")
    reader.close()
    lines.write("lost")
    lines.last("lost too")
    assert lines.lost == 2


def test_a_first_line_that_cannot_be_written_is_an_error(pipe):
    reader, stream = pipe
    reader.close()
    with pytest.raises(BrokenPipeError):
        LineWriter(stream).first("first")
