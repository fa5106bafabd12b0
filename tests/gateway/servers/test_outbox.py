import asyncio
import contextlib
import gc
import weakref

import pytest

from gateway.servers.outbox import HIGH_BYTES, Outbox
from legato.domain.errors import Reason, SpeechError


class Writer:
    """Gets rid of so many frames at once; of the others when it is let."""

    def __init__(self, room=0):
        self.sent = []
        self.room = room
        self.gone = None

    def __call__(self, frame, gone):
        assert self.gone is None, "the last is not gone"
        self.sent.append(frame)
        if self.room > 0:
            self.room -= 1
            return True
        self.gone = gone
        return False

    def let(self, room=0):
        self.room = room
        gone, self.gone = self.gone, None
        gone()


def outbox_to(writer, max_bytes=1 << 20, drained=lambda: None):
    return Outbox(max_bytes, drained, writer)


async def test_what_is_gone_at_once_pauses_nothing():
    writer = Writer(room=3)
    outbox = outbox_to(writer)
    for frame in (b"one", b"two", bytes(HIGH_BYTES)):
        outbox.put(frame)
        assert not outbox.paused
        assert not outbox.waiting
    assert len(writer.sent) == 3


async def test_one_frame_is_with_the_writer_and_one_waits():
    drained = []
    writer = Writer()
    outbox = outbox_to(writer, drained=lambda: drained.append(list(writer.sent)))
    outbox.put(b"one")
    assert not outbox.paused
    outbox.put(b"two")
    assert outbox.paused
    assert writer.sent == [b"one"]
    writer.let()
    assert drained == [[b"one", b"two"]]
    assert not outbox.paused
    writer.let()
    assert not outbox.waiting
    assert drained == [[b"one", b"two"]]


async def test_what_is_told_beside_the_audio_pauses_nothing_and_keeps_its_place():
    writer = Writer()
    outbox = outbox_to(writer)
    for frame in ("begun", b"one", "told"):
        outbox.put(frame, beside=isinstance(frame, str))
        assert not outbox.paused
    outbox.put(b"two")
    assert outbox.paused
    writer.let(room=3)
    assert writer.sent == ["begun", b"one", "told", b"two"]


async def test_it_is_paused_by_its_bytes_until_they_have_fallen_to_half():
    drained = []
    writer = Writer()
    outbox = outbox_to(writer, drained=lambda: drained.append(1))
    for _ in range(64):
        assert not outbox.paused
        outbox.put(bytes(HIGH_BYTES // 64), beside=True)
    assert outbox.paused
    writer.let(room=30)
    assert (outbox.paused, drained) == (True, [])
    writer.let()
    assert (outbox.paused, drained) == (False, [1])


async def test_one_big_frame_pauses_it():
    outbox = outbox_to(Writer())
    outbox.put(bytes(HIGH_BYTES))
    assert outbox.paused


async def test_what_comes_of_the_room_that_a_frame_leaves_is_written_behind_it():
    def more():
        outbox.put(b"three", beside=True)
        outbox.close(None)

    writer = Writer()
    outbox = outbox_to(writer, drained=more)
    outbox.put(b"one")
    outbox.put(b"two")
    writer.let(room=9)
    assert writer.sent == [b"one", b"two", b"three"]
    assert await outbox.over() is None


async def test_it_ends_with_its_error_after_everything_written():
    writer = Writer()
    outbox = outbox_to(writer)
    error = SpeechError(Reason.IDLE_TIMEOUT, "idle")
    outbox.put(b"one")
    outbox.put(b"last")
    outbox.close(error)
    outbox.put(b"too late")
    outbox.close(None)
    assert outbox.closed
    assert outbox.paused
    async with asyncio.TaskGroup() as tasks:
        over = tasks.create_task(outbox.over())
        writer.let()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not over.done()
        writer.let()
        assert await over is error
    assert writer.sent == [b"one", b"last"]


async def test_one_that_is_empty_ends_at_once():
    outbox = outbox_to(Writer())
    outbox.close(None)
    assert await outbox.over() is None


async def test_a_closed_outbox_asks_for_nothing_more():
    drained = []
    writer = Writer()
    outbox = outbox_to(writer, drained=lambda: drained.append(1))
    outbox.put(b"one")
    outbox.put(b"two")
    outbox.close(None)
    writer.let(room=1)
    await outbox.over()
    assert drained == []


async def test_a_client_that_reads_nothing_is_given_up():
    writer = Writer()
    outbox = outbox_to(writer, max_bytes=100)
    while not outbox.closed:
        outbox.put("control", beside=True)
    with pytest.raises(BrokenPipeError):
        await outbox.over()
    writer.let(room=9)
    assert writer.sent == ["control"]


async def test_what_the_writer_fails_with_ends_it():
    def fails(frame, gone):
        outbox.fail(ConnectionError("gone"))
        return False

    outbox = outbox_to(fails)
    outbox.put(b"one")
    assert outbox.closed
    with pytest.raises(ConnectionError):
        await outbox.over()


async def test_r23_what_the_writer_failed_with_is_freed_with_its_frames():
    class BrokenError(ConnectionError):
        """Unlike a built-in exception, it takes weak references."""

    def fails(frame, gone):
        error = BrokenError("gone")
        errors.add(error)
        outbox.fail(error)
        return False

    errors = weakref.WeakSet()
    outbox = outbox_to(fails)
    gc.disable()
    try:
        outbox.put(b"one")
        with contextlib.suppress(ConnectionError):
            await outbox.over()
        assert not errors
    finally:
        gc.enable()


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_r23_an_outbox_lets_go_of_its_owners(is_awaited):
    class Owner:
        def __init__(self):
            self.outbox = Outbox(1 << 20, self.drained, self.send)

        def drained(self):
            """Nothing waits."""

        def send(self, frame, gone):
            return True

    owner = Owner()
    gone = weakref.ref(owner)
    gc.disable()
    try:
        owner.outbox.close(None)
        if is_awaited:
            await owner.outbox.over()
        else:
            owner.outbox.forget()
        del owner
        assert gone() is None
    finally:
        gc.enable()
