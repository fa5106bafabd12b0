"""The link on a fake wire and a clock that stands: when it dials, how long it waits, what it lets go."""

import asyncio
import gc
import weakref

import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin, Cancel, Open, Text
from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, Opened, UtteranceFinished
from legato.domain.speech import StreamLimits
from legato_client.backoff import Retry
from legato_client.bounds import Bounds
from legato_client.conversation import Conversation
from legato_client.errors import ConnectionLostError
from legato_client.link import Link
from legato_client.tuning import Tuning
from legato_client.wire import Received

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
OPENED = Opened("s", PCM, StreamLimits())


class FakeWire:
    """Gives what it was told to give; an exception is raised, `None` ends the stream."""

    def __init__(self, *replies):
        self.incoming = asyncio.Queue()
        for reply in replies:
            self.incoming.put_nowait(reply)
        self.sent = []
        self.closed = False
        self.refused = asyncio.Event()
        self.owes = False
        self.acknowledged = 0

    async def send(self, command):
        if self.closed:
            self.refused.set()
            raise ConnectionLostError("closed")
        self.sent.append(command)

    async def acknowledge(self):
        self.owes = False
        self.acknowledged += 1

    async def receive(self):
        reply = await self.incoming.get()
        self.owes = isinstance(reply, AudioChunk)
        if isinstance(reply, Exception):
            raise reply
        return None if reply is None else Received(reply, 5.0)

    async def finish(self):
        self.incoming.put_nowait(None)

    async def close(self):
        self.closed = True
        self.incoming.put_nowait(None)


class World:
    """Wires to be had, in turn; what was slept."""

    def __init__(self, *wires, retry=None, **tuning):
        self.wires = list(wires)
        self.slept = []
        self.tuning = Tuning(
            retry=retry or Retry(attempts=3, base_s=1.0, cap_s=3.0),
            clock=lambda: 4.0,
            chance=lambda: 0.5,
            sleep=self.sleep,
            **tuning,
        )
        self.conversation = Conversation(Open("joe", PCM), self.tuning.bounds)
        self.link = Link(self.conversation, self.dial, self.tuning)

    async def sleep(self, delay_s):
        self.slept.append(delay_s)

    async def dial(self):
        wire = self.wires.pop(0) if self.wires else ConnectionLostError("nobody")
        if isinstance(wire, Exception):
            raise wire
        return wire

    async def __aenter__(self):
        self.task = asyncio.get_running_loop().create_task(self.link.run())
        return self

    async def __aexit__(self, *_):
        self.link.close()
        self.task.cancel()
        await asyncio.wait({self.task})


async def test_waits_grow_with_jitter_and_the_attempts_run_out():
    async with World() as world:
        with pytest.raises(ConnectionLostError, match="nobody"):
            await world.link.opened()

    assert world.slept == [0.5, 1.0]


async def test_a_long_conversation_keeps_nothing_of_the_utterances_that_are_over():
    wire = FakeWire(OPENED)
    async with World(wire) as world:
        await world.link.opened()
        kept = []
        for name in ("u1", "u2"):
            record, bell = world.link.begin(Begin(name))
            wire.incoming.put_nowait(UtteranceFinished(name, Receipt()))
            await bell.until(lambda told=record: told.over)
            kept.append(weakref.ref(bell))
        del record, bell
        gc.collect()
        assert [ref() for ref in kept] == [None, None]


async def test_what_cannot_go_better_is_not_tried_again():
    async with World(SpeechError(Reason.FORBIDDEN, "go"), FakeWire(OPENED)) as world:
        with pytest.raises(SpeechError, match="go"):
            await world.link.opened()

    assert len(world.wires) == 1
    assert world.slept == []


async def test_the_gateways_own_wait_comes_on_top():
    overloaded = SpeechError(Reason.OVERLOADED, "full", retry_after_s=7.0)
    async with World(overloaded, FakeWire(OPENED)) as world:
        await world.link.opened()
        assert world.slept == [7.5]


async def test_the_program_is_told_of_each_wait_for_another_attempt(caplog):
    told, leaving = [], SpeechError(Reason.SHUTTING_DOWN, "leaving", retry_after_s=7.0)

    def on_retry(error, delay_s):
        told.append((error, delay_s))
        raise ValueError("the program's own")

    async with World(leaving, FakeWire(OPENED), on_retry=on_retry) as world:
        await world.link.opened()
    assert told == [(leaving, 7.5)]
    assert "on_retry raised" in caplog.text


async def test_a_connection_that_opened_begins_a_new_row_of_attempts():
    wires = [
        ConnectionLostError("1"),
        ConnectionLostError("2"),
        FakeWire(OPENED, ConnectionLostError("3")),
        FakeWire(OPENED),
    ]
    async with World(*wires) as world:
        await world.link.bell.until(lambda: world.link.losses == 3 and world.conversation.greeted)
        assert world.slept == [0.5, 1.0, 0.5]


async def test_after_giving_up_an_utterance_tries_anew():
    async with World() as world:
        with pytest.raises(ConnectionLostError):
            await world.link.opened()
        wire = FakeWire(OPENED)
        world.wires.append(wire)
        record, _ = world.link.begin(Begin("u1"))
        await world.link.bell.until(lambda: len(wire.sent) == 2)

    assert record.attempts == 1
    assert wire.sent[1] == Begin("u1", voice="joe")


async def test_an_utterance_that_gets_no_connection_ends_with_the_reason():
    async with World() as world:
        with pytest.raises(ConnectionLostError):
            await world.link.opened()
        record, bell = world.link.begin(Begin("u1"))
        await bell.until(lambda: record.over)

    assert isinstance(record.trouble, ConnectionLostError)


async def test_it_stops_reading_while_audio_waits_and_goes_on_when_it_is_taken():
    wire = FakeWire(OPENED)
    async with World(wire, bounds=Bounds(unread_bytes=4)) as world:
        await world.link.opened()
        record, bell = world.link.begin(Begin("u1"))
        for offset in range(4):
            wire.incoming.put_nowait(AudioChunk("u1", 1, 0, offset, b"ab"))
        await bell.until(lambda: len(record.audio) == 2)
        for _ in range(5):
            await asyncio.sleep(0)
        assert wire.incoming.qsize() == 2
        assert world.link.take(record).sample_offset == 0
        await bell.until(lambda: len(record.audio) == 2)
        assert record.first_audio_at == 5.0


async def test_what_was_read_in_one_burst_is_acknowledged_once_and_reading_does_not_wait_for_it():
    wire = FakeWire(OPENED)
    async with World(wire) as world:
        await world.link.opened()
        record, bell = world.link.begin(Begin("u1"))
        for offset in range(5):
            wire.incoming.put_nowait(AudioChunk("u1", 1, 0, offset, b"ab"))
        await bell.until(lambda: len(record.audio) == 5)
        await asyncio.sleep(0)
        await world.link.bell.until(lambda: not wire.owes)

    assert wire.acknowledged == 1


async def test_the_first_text_is_stamped_when_it_is_handed_over():
    wire = FakeWire(OPENED)
    async with World(wire) as world:
        await world.link.opened()
        record, _ = world.link.begin(Begin("u1"))
        world.link.tell(Text("u1", "Well"))
        await world.link.bell.until(lambda: len(wire.sent) == 3)
        await world.link.room()

    assert record.first_text_at == 4.0


async def test_a_writer_whose_wire_is_gone_leaves_the_reason_to_the_reader():
    wire = FakeWire(OPENED)
    async with World(wire, FakeWire(OPENED)) as world:
        await world.link.opened()
        wire.closed = True
        world.link.begin(Begin("u1"))
        await wire.refused.wait()
        wire.incoming.put_nowait(ConnectionLostError("torn"))
        await world.link.bell.until(lambda: world.link.losses == 1 and world.conversation.greeted)

    assert world.link.trouble is None


async def test_every_wire_is_closed():
    wires = [FakeWire(OPENED, ConnectionLostError("x")), FakeWire(None), FakeWire(OPENED)]
    async with World(*wires) as world:
        await world.link.bell.until(lambda: world.link.losses == 2 and world.conversation.greeted)

    assert [wire.closed for wire in wires] == [True] * 3


async def test_r7_whoever_waits_for_audio_knows_of_a_cancel_before_the_gateway_does():
    async with World(FakeWire(OPENED)) as world:
        await world.link.opened()
        record, bell = world.link.begin(Begin("u1"))
        async with asyncio.timeout(1), asyncio.TaskGroup() as tasks:
            tasks.create_task(bell.until(lambda: record.fenced))
            await asyncio.sleep(0)
            world.link.tell(Cancel())


async def test_r8_nobody_waits_any_more_for_a_conversation_that_was_left():
    wire = FakeWire(OPENED)
    async with World(wire) as world:
        await world.link.opened()
        records = [world.link.begin(Begin(name))[0] for name in ("sounds", "waits")]
        wire.incoming.put_nowait(AudioChunk("sounds", 1, 0, 0, b"ab"))
        await world.link.bell.until(lambda: wire.sent[-1:] == [Begin("waits")])
        world.link.left()

    assert [str(record.trouble) for record in records] == ["the conversation was closed"] * 2
    assert world.link.losses == 1, "for a ping that waits"


async def test_closing_waits_for_the_gateway_and_for_no_other_attempt():
    wire = FakeWire(OPENED)
    async with World(wire) as world:
        await world.link.opened()
        assert world.link.close()
        await world.task

    assert world.slept == [world.tuning.close_timeout_s]


async def test_closing_without_a_connection_says_so():
    world = World()
    assert world.link.close() is False
    await world.link.run()
