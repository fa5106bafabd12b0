import asyncio

import pytest

from gateway.servers.awaited_outbox import AwaitedOutbox
from legato.domain.errors import Reason, SpeechError


class Slow:
    """A writer that takes a frame only when it is let."""

    def __init__(self):
        self.sent = []
        self.gate = asyncio.Semaphore(0)
        self.begun = asyncio.Event()

    async def __call__(self, frame):
        self.begun.set()
        await self.gate.acquire()
        self.sent.append(frame)


async def test_one_frame_is_with_the_writer_and_one_waits():
    drained = asyncio.Event()
    outbox = AwaitedOutbox(1 << 20, drained.set)
    writer = Slow()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run(writer))
        outbox.put(b"one")
        assert not outbox.paused
        outbox.put(b"two")
        assert outbox.paused
        writer.gate.release()
        await drained.wait()
        assert writer.sent == [b"one"]
        assert not outbox.paused
        writer.gate.release()
        outbox.close(None)
    assert writer.sent == [b"one", b"two"]


async def test_it_wakes_for_what_comes_later_and_for_its_end():
    outbox = AwaitedOutbox(1 << 20, lambda: None)
    writer = Slow()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run(writer))
        await asyncio.sleep(0)
        outbox.put(b"one")
        outbox.put(b"more")
        writer.gate.release()
        writer.gate.release()
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(writer.sent) == 2
        outbox.close(None)
    assert writer.sent == [b"one", b"more"]


async def test_a_frame_is_with_the_writer_when_the_call_that_brings_it_is_over():
    outbox = AwaitedOutbox(1 << 20, lambda: None)
    writer = Slow()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run(writer))
        await asyncio.sleep(0)
        assert not writer.begun.is_set()
        outbox.put(b"one")
        assert writer.begun.is_set()
        writer.gate.release()
        outbox.close(None)
    assert writer.sent == [b"one"]


async def test_what_the_writer_raises_ends_it_at_once_and_later():
    async def refuses(_):
        raise ConnectionError("gone")

    async def breaks(_):
        await asyncio.get_running_loop().run_in_executor(None, int)
        raise ConnectionError("gone")

    for writer in (refuses, breaks):
        outbox = AwaitedOutbox(1 << 20, lambda: None)
        outbox.put(b"one")
        outbox.put(b"two")
        with pytest.raises(ConnectionError):
            await outbox.run(writer)
        outbox.put(b"three")
        assert outbox.waiting


async def test_who_is_cancelled_leaves_no_write_behind():
    outbox = AwaitedOutbox(1 << 20, lambda: None)
    writer = Slow()
    left = []

    async def write(frame):
        try:
            await writer(frame)
        finally:
            left.append(frame)

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(outbox.run(write))
        outbox.put(b"one")
        await asyncio.sleep(0)
        running.cancel()
    assert running.cancelled()
    assert left == [b"one"]
    writer.gate.release()
    outbox.put(b"two")
    await asyncio.sleep(0)
    assert writer.sent == []


async def test_it_ends_with_its_error_after_everything_written():
    outbox = AwaitedOutbox(1 << 20, lambda: None)
    error = SpeechError(Reason.IDLE_TIMEOUT, "idle")
    outbox.put(b"last")
    outbox.close(error)
    outbox.put(b"too late")
    outbox.close(None)
    writer = Slow()
    writer.gate.release()
    assert await outbox.run(writer) is error
    assert writer.sent == [b"last"]
    assert outbox.closed


async def test_a_client_that_reads_nothing_is_given_up():
    outbox = AwaitedOutbox(100, lambda: None)
    writer = Slow()

    async def flood():
        await writer.begun.wait()
        for _ in range(30):
            outbox.put("control")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(flood())
        outbox.put("first")
        with pytest.raises(BrokenPipeError):
            await outbox.run(writer)
    assert outbox.closed
