import asyncio

import pytest

from gateway.engines.bench import MOST_WAIT_S
from gateway.engines.engine_server import Offer
from gateway.engines.messages import (
    Audio,
    Begin,
    Cancel,
    End,
    Failed,
    Finished,
    Hello,
    Marker,
    OfferedVoice,
    Pause,
    Queued,
    Resume,
    Say,
    TimedWord,
    Tried,
    Words,
)
from gateway.engines.voice import Manner
from gateway.engines.wire import Decoder, encode
from legato.domain.errors import Reason


class Worker:
    """A worker's end of the socket."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._decoder, self._messages = Decoder(), []

    def send(self, *requests):
        self._writer.write(b"".join(map(encode, requests)))

    def send_bytes(self, data):
        self._writer.write(data)

    async def next(self):
        async with asyncio.timeout(10):
            while not self._messages:
                try:
                    data = await self._reader.read(1 << 16)
                except ConnectionResetError:
                    data = b""
                if not data:
                    return None
                self._messages += self._decoder.feed(data)
        return self._messages.pop(0)

    async def until(self, kind):
        got = [await self.next()]
        while got[-1] is not None and not isinstance(got[-1], kind):
            got.append(await self.next())
        return got

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()


@pytest.fixture
async def connect(engine, socket_path):
    workers = []

    async def open_one():
        worker = Worker(*await asyncio.open_unix_connection(str(socket_path)))
        workers.append(worker)
        return worker

    yield open_one
    for worker in workers:
        await worker.close()


@pytest.fixture
async def worker(connect):
    worker = await connect()
    await worker.next()
    return worker


async def test_the_engine_speaks_first(connect):
    worker = await connect()
    assert await worker.next() == Hello(
        (OfferedVoice("one", "beeper", ("en",), 1_000), OfferedVoice("many", "second", ("de", "fr"), 1_000))
    )


async def test_a_run_from_begin_to_finished(worker, beeper):
    worker.send(
        Begin(5, "one", "", "en-US", "acme", speed=1.5, pitch=2.0, volume=-3.0),
        Say(5, 0, "hello you"),
        End(5),
    )
    assert await worker.until(Finished) == [
        Audio(5, b"beep"),
        Words(5, 0, (TimedWord(0, 5, 0, 2),)),
        Audio(5, b"beep"),
        Words(5, 0, (TimedWord(6, 9, 2, 4),)),
        Marker(5, 0),
        Finished(5),
    ]
    assert beeper.manners == [Manner("", "en-US", 1.5, 2.0, -3.0)]


async def test_runs_are_told_apart(worker):
    worker.send(Begin(1, "one"), Begin(2, "many", "fr"), Say(1, 0, "a"), Say(2, 7, "b"), End(1), End(2))
    answers = await worker.until(Finished) + await worker.until(Finished)
    for run, segment in ((1, 0), (2, 7)):
        mine = [answer for answer in answers if answer.run == run]
        assert [type(answer) for answer in mine] == [Audio, Words, Marker, Finished]
        assert mine[2] == Marker(run, segment)


async def test_a_cancelled_run_is_silent_and_its_number_free(worker, beeper):
    worker.send(Begin(1, "one"), Say(1, 0, "stuck stuck"), Cancel(1), Cancel(1), Say(1, 1, "x"), End(1))
    worker.send(Begin(1, "one"), Say(1, 3, "b"), End(1))
    beeper.go.set()
    assert [type(answer) for answer in await worker.until(Finished)] == [Audio, Words, Marker, Finished]


async def test_a_paused_run_goes_on_when_resumed(worker):
    worker.send(Begin(1, "one"), Pause(1), Say(1, 0, "a"), End(1))
    worker.send(Begin(2, "one"), Say(2, 0, "b"), End(2))
    assert {answer.run for answer in await worker.until(Finished)} == {2}
    worker.send(Resume(1))
    assert {answer.run for answer in await worker.until(Finished)} == {1}


async def test_pausing_what_is_gone_does_nothing(worker):
    worker.send(Pause(9), Resume(9), Begin(1, "one"), End(1))
    assert await worker.next() == Finished(1)


@pytest.mark.parametrize(("engine_name", "voice"), [("none", ""), ("pair", "third")])
async def test_an_unknown_voice_is_refused_by_name(worker, engine_name, voice):
    worker.send(Begin(1, engine_name, voice))
    failed = await worker.next()
    assert (failed.reason, failed.run) == (Reason.UNKNOWN_VOICE, 1)


async def test_too_many_are_refused_by_name_and_the_others_spoken(worker, beeper):
    # Two are being spoken when the others come.
    for run in (1, 2):
        worker.send(Begin(run, "one"), Say(run, 0, "stuck"), End(run))
    most = int(2 * MOST_WAIT_S / beeper.first_step_s)
    for run in range(3, 3 + most + 4):
        worker.send(Begin(run, "one"), Say(run, 0, "stuck"), End(run))
    refused = await worker.until(Failed)
    assert refused[-1].reason is Reason.OVERLOADED
    assert refused[-1].retry_after_s == 0.5
    beeper.go.set()
    answers = list(refused)
    over = {answer.run for answer in answers if isinstance(answer, Finished | Failed)}
    while len(over) < most + 6:
        answer = await worker.next()
        answers.append(answer)
        if isinstance(answer, Finished | Failed):
            assert answer.run not in over
            over.add(answer.run)
    finished = sum(isinstance(answer, Finished) for answer in answers)
    assert most <= finished < most + 6


async def test_a_worker_that_does_not_read_is_not_spoken_for(connect, beeper):
    slow, other = await connect(), await connect()
    loop = asyncio.get_running_loop()
    # The loop hears of the full socket before the next word, as it does of a voice that takes a while for each.
    beeper.before_long = lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)
    slow.send(Begin(1, "one"), Say(1, 0, "long " * 40), End(1))
    for run in range(100):  # the other is served meanwhile
        other.send(Begin(run, "one"), Say(run, 0, "a"), End(run))
        await other.until(Finished)
    assert 0 < beeper.long_words < 5
    answers = await slow.until(Finished)  # and it gets all of it when it reads
    assert sum(len(answer.data) for answer in answers if isinstance(answer, Audio)) == 40 * ((1 << 20) + 4)


async def test_a_worker_that_goes_takes_its_runs_with_it(connect, beeper):
    gone, other = await connect(), await connect()
    gone.send(Begin(1, "one"), Say(1, 0, "stuck " * 1000), End(1))
    await gone.close()
    beeper.go.set()
    other.send(Begin(1, "one"), Say(1, 0, "a"), End(1))
    assert (await other.until(Finished))[-1] == Finished(1)


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n\r\n", encode(Finished(1)), encode(Begin(1, "one")) * 2],
    ids=["another protocol", "an answer", "a run twice"],
)
async def test_who_speaks_something_else_is_cut_off_and_the_others_are_not(connect, worker, data):
    stranger = await connect()
    await stranger.next()
    stranger.send_bytes(data)
    assert await stranger.until(type(None)) == [None]
    worker.send(Begin(1, "one"), End(1))
    assert await worker.next() == Finished(1)


def test_voices_are_found_by_name(beeper, second_beeper):
    offer = Offer({"pair": [beeper, second_beeper], "lone": [beeper]})
    assert offer.find("pair", "") is beeper
    assert offer.find("pair", "second") is second_beeper
    assert offer.find("pair", "third") is None
    assert offer.find("lone", "whatever") is beeper
    assert offer.find("none", "") is None


async def test_who_waits_hears_so_while_others_are_served_and_not_when_all_are_stuck(engine, worker, beeper):
    worker.send(Begin(1, "one"), Begin(2, "one"), Say(1, 0, "a stuck"), Say(2, 0, "b stuck"))
    for _ in range(4):
        await worker.next()  # a beep of each, and its time
    (connection,) = engine.connections
    while engine.bench.made < 2 or any(seat.waits for seat in connection._seats.values()):  # noqa: ASYNC110 - threads ring no bell
        await asyncio.sleep(0)  # until both threads are stuck
    worker.send(Begin(3, "one"), Say(3, 0, "c"), End(3), Begin(4, "none"))
    await worker.until(Failed)  # the engine knows of all
    engine.tell_waiting()
    engine.tell_waiting()
    beeper.go.set()
    told = await worker.until(Finished)
    assert [answer for answer in told if isinstance(answer, Queued)] == [Queued(3)]
    engine.tell_waiting()
    worker.send(Begin(5, "none"))
    assert not any(isinstance(answer, Queued) for answer in await worker.until(Failed)), "nobody waits"


async def test_suspects_of_all_workers_are_tried_one_at_a_time_until_they_give_anything(
    connect, worker, beeper
):
    other = await connect()
    await other.next()
    worker.send(Begin(1, "one", suspect=True), Say(1, 0, "stuck a"), Begin(9, "none"))
    assert await worker.until(Failed) == [
        Tried(1),
        Failed(9, Reason.UNKNOWN_VOICE, "there is no voice '' at 'none'"),
    ]
    other.send(Begin(1, "one", suspect=True), Say(1, 0, "b"), Begin(2, "one"), Say(2, 0, "c"), End(2))
    told = await other.until(Finished)
    assert {answer.run for answer in told} == {2}, "who is not suspected waits for nobody"
    beeper.go.set()
    assert await other.next() == Tried(1)
    assert await other.next() == Audio(1, b"beep")
    assert next(iter(await worker.until(Marker))) == Audio(1, b"beep")


@pytest.mark.parametrize("leaves", [Cancel(1), Pause(1), None])
async def test_a_suspect_that_is_not_waited_for_keeps_nobody_waiting(connect, worker, leaves):
    other = await connect()
    await other.next()
    other.send(Begin(1, "one", suspect=True))
    assert await other.next() == Tried(1)
    worker.send(
        Begin(1, "one", suspect=True), Begin(2, "one", suspect=True), Say(2, 0, "b"), End(2), Begin(9, "none")
    )
    assert isinstance(await worker.next(), Failed)
    if leaves is None:
        await other.close()
        worker.send(Cancel(1))
    else:
        other.send(leaves)
        assert await worker.next() == Tried(1)
        worker.send(leaves)
    told = await worker.until(Finished)
    assert told[-5:] == [
        Tried(2),
        Audio(2, b"beep"),
        Words(2, 0, (TimedWord(0, 1, 0, 2),)),
        Marker(2, 0),
        Finished(2),
    ]
