import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from gateway.rpc.inbox import Inbox
from gateway.rpc.messages import MessageError, Packed


async def test_messages_are_read_in_order_then_the_end():
    inbox = Inbox(lambda size: None, bytes.decode)
    inbox.put(b"one")
    inbox.put(b"two")
    inbox.end()
    assert [message async for message in inbox] == ["one", "two"]


async def test_a_reader_waits_for_what_has_not_come():
    inbox = Inbox(lambda size: None, None)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(anext(inbox))
        await asyncio.sleep(0)
        inbox.put(b"one")
        assert await first == b"one"
        last = tasks.create_task(anext(inbox, None))
        await asyncio.sleep(0)
        inbox.end()
        assert await last is None


async def test_a_reader_that_was_cancelled_is_not_woken():
    inbox = Inbox(lambda size: None, None)
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(anext(inbox))
        await asyncio.sleep(0)
        reader.cancel()
    inbox.put(b"one")
    assert await anext(inbox) == b"one"


async def test_only_what_is_read_is_given_back():
    consumed = []
    inbox = Inbox(consumed.append, None)
    inbox.owe(10)
    assert consumed == [10]
    for message in (b"one", b"two"):
        inbox.put(message)
        inbox.owe(8)
    assert await anext(inbox) == b"one"
    assert consumed == [10]
    await anext(inbox)
    assert consumed == [10, 16]


async def test_a_message_that_cannot_be_read_is_told_as_grpc_tells_it():
    inbox = Inbox(lambda size: None, bytes.decode)
    inbox.put(b"\xff")
    with pytest.raises(MessageError, match="Exception deserializing request!"):
        await anext(inbox)


async def test_a_listener_is_told_what_is_there_and_what_comes_within_the_call_that_brings_it():
    inbox = Inbox(lambda size: None, None)
    told = []
    inbox.put(b"one")
    inbox.listen(told.append, lambda: told.append("end"))
    assert told == [b"one"]
    inbox.put(b"two")
    inbox.end()
    assert told == [b"one", b"two", "end"]


async def test_a_listener_that_comes_late_is_told_of_the_end():
    inbox = Inbox(lambda size: None, None)
    told = []
    inbox.put(b"one")
    inbox.end()
    inbox.listen(told.append, lambda: told.append("end"))
    assert told == [b"one", "end"]


async def test_what_a_listener_has_heard_is_given_back_in_pieces_and_not_within_its_turn():
    consumed = []
    inbox = Inbox(consumed.append, None)
    inbox.put(b"one")
    inbox.owe(8)
    inbox.listen(lambda message: None, lambda: None)
    assert consumed == [8]
    for size in (1000, 20, 30, 4000):
        inbox.put(b"next")
        inbox.owe(size)
        assert consumed == [8]
    await asyncio.sleep(0)
    assert consumed == [8, 5050]
    inbox.owe(500)
    await asyncio.sleep(0)
    assert consumed == [8, 5050]


def pressed(message):
    return Packed(gzip.compress(message), zlib.MAX_WBITS | 16, 1 << 20)


async def test_what_is_compressed_is_unpacked_for_who_reads_and_who_listens():
    inbox, heard = Inbox(lambda size: None, bytes.decode), []
    for word in (b"one", b"two"):
        inbox.put(pressed(word))
    assert await anext(inbox) == "one"
    inbox.listen(heard.append, lambda: None)
    inbox.put(pressed(b"three"))
    assert heard == [b"two", b"three"]


async def test_what_a_compressed_message_has_given_or_may_give_is_told():
    inbox = Inbox(lambda size: None, None)
    assert inbox.put(b"plain") == 0
    assert inbox.put(pressed(bytes(5000))) >= 5000
    inbox.listen(lambda message: None, lambda: None)
    assert inbox.put(b"plain") == 0
    assert inbox.put(pressed(bytes(5000))) == 5000


async def test_what_nobody_reads_takes_no_more_room_than_it_came_with():
    """A second request of a call that takes one, say: a kilobyte on the way may be a megabyte."""
    inbox = Inbox(lambda size: None, None)
    tracemalloc.start()
    for _ in range(20):
        inbox.put(pressed(bytes(1 << 20)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1 << 20
    assert await anext(inbox) == bytes(1 << 20)
