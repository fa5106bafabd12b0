import asyncio
from types import SimpleNamespace

import pytest
from h2.errors import ErrorCodes

from gateway.rpc import frames
from gateway.rpc.goodbye import PING, Goodbye, leave
from tests.virtual_time import on_virtual_time

FIRST = frames.go_away(frames.LAST_STREAM, ErrorCodes.NO_ERROR) + frames.ping(PING)


class Transport:
    def __init__(self, *, closing=False, tls=False, gone=False):
        self.closing, self.tls, self.gone, self.done = closing, tls, gone, []

    def is_closing(self):
        return self.closing

    def can_write_eof(self):
        return not self.tls

    def resume_reading(self):
        self.done.append("reads")

    def write_eof(self):
        self.done.append("ends")
        if self.gone:
            raise OSError("the client closed first")

    def close(self):
        self.done.append("closes")

    def abort(self):
        self.done.append("aborts")


@pytest.mark.parametrize(
    ("transport", "greeted", "done"),
    [
        (Transport(), True, ["reads", "ends"]),
        (Transport(gone=True), True, ["reads", "ends", "aborts"]),
        (Transport(), False, ["closes"]),
        (Transport(closing=True), True, ["closes"]),
        (Transport(tls=True), True, ["closes"]),
    ],
)
def test_a_client_that_has_greeted_gets_the_time_to_close_its_side(transport, greeted, done):
    leave(transport, greeted=greeted)
    assert transport.done == done


def second(stream):
    return frames.go_away(stream, ErrorCodes.NO_ERROR)


class Leave:
    """A goodbye, what it sends, and when it was over."""

    def __init__(self):
        self.wire = SimpleNamespace(last_stream_id=5, ping=frames.ping)
        self.sent = []
        self.told = []
        loop = asyncio.get_running_loop()
        self.goodbye = Goodbye(self.wire, self.sent.append, lambda: self.told.append(loop.time()), 1.0)


@on_virtual_time
async def test_what_comes_before_the_client_could_know_is_no_stream_too_late():
    leave = Leave()
    leave.goodbye.begin()
    leave.goodbye.begin()
    assert leave.sent == [FIRST]
    assert leave.goodbye.last_stream_id is None
    leave.wire.last_stream_id = 9
    leave.goodbye.answered(b"another!")
    assert not leave.told
    leave.goodbye.answered(PING)
    assert leave.sent == [FIRST, second(9)]
    assert leave.goodbye.last_stream_id == 9
    await asyncio.sleep(10)
    leave.goodbye.begin()
    leave.goodbye.finish()
    assert (leave.sent, leave.told) == ([FIRST, second(9)], [0.0])


@on_virtual_time
async def test_who_does_not_answer_is_told_in_time():
    leave = Leave()
    leave.goodbye.begin()
    await asyncio.sleep(10)
    assert (leave.sent, leave.told) == ([FIRST, second(5)], [1.0])


@on_virtual_time
async def test_who_was_told_nothing_may_answer_what_it_likes():
    leave = Leave()
    leave.goodbye.answered(PING)
    assert leave.sent == []


@on_virtual_time
async def test_where_there_is_no_time_the_last_is_told_at_once():
    leave = Leave()
    leave.goodbye.begin()
    leave.goodbye.finish()
    await asyncio.sleep(10)
    assert (leave.sent, leave.told) == ([FIRST, second(5)], [0.0])


@on_virtual_time
async def test_nothing_more_is_said_when_it_is_cancelled():
    leave = Leave()
    leave.goodbye.begin()
    leave.goodbye.cancel()
    leave.goodbye.cancel()
    await asyncio.sleep(10)
    assert (leave.sent, leave.told) == ([FIRST], [])
