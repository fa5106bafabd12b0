import asyncio

from gateway.engines.engine_link import EngineLink
from gateway.engines.messages import Begin, End, Finished, Say
from gateway.engines.wire import encode

HELLO = bytes.fromhex("09000000 40 00000000 0300 0000")


class Ear:
    def __init__(self, *, waits=False, given_up=False):
        self.waits, self.given_up = waits, given_up
        self.answers, self.heard = [], asyncio.Event()

    def told(self, answer):
        self.answers.append(answer)
        if isinstance(answer, Finished):
            self.heard.set()

    def lost(self):
        self.answers.append("lost")
        self.heard.set()


async def within(event):
    async with asyncio.timeout(10):
        await event


async def test_it_learns_what_the_engine_offers(engine, link):
    assert link.voices == ()
    await within(link.connected())
    assert [voice.name for voice in link.voices] == ["beeper", "second"]


async def test_answers_go_to_whoever_began_the_run(engine, link):
    await within(link.connected())
    ears = [Ear(), Ear()]
    numbers = [link.begin(ear) for ear in ears]
    for number in numbers:
        link.send(Begin(number, "one"), Say(number, 0, "a"), End(number))
    for number, ear in zip(numbers, ears, strict=True):
        await within(ear.heard.wait())
        assert {answer.run for answer in ear.answers} == {number}
    assert link.open_runs == 2
    link.forget(numbers[0])
    link.forget(numbers[0])
    assert link.open_runs == 1


async def test_nobody_is_told_of_a_run_that_was_forgotten(engine, link):
    await within(link.connected())
    forgotten, ear = Ear(), Ear()
    first, second = link.begin(forgotten), link.begin(ear)
    link.send(Begin(first, "one"), End(first), Begin(second, "one"), Say(second, 0, "a"), End(second))
    link.forget(first)
    await within(ear.heard.wait())
    assert forgotten.answers == []


async def test_without_an_engine_it_waits_and_says_nothing(link):
    link.send(End(1))
    assert link.voices == ()


class Door:
    """An engine that says `greeting` to whoever connects, and can hang up."""

    def __init__(self, path, greeting=b""):
        self._path, self._greeting, self.writers = path, greeting, []
        self.twice, self.fourth = asyncio.Event(), asyncio.Event()

    async def open(self):
        self._server = await asyncio.start_unix_server(self._come_in, str(self._path))
        return self

    def _come_in(self, reader, writer):
        self.writers.append(writer)
        if len(self.writers) == 2:
            self.twice.set()
        if len(self.writers) == 4:
            self.fourth.set()
        writer.write(self._greeting)

    async def close(self):
        self._server.close()
        for writer in self.writers:
            writer.transport.abort()


async def test_when_the_engine_dies_its_runs_are_lost_and_it_connects_again(socket_path, link):
    door = await Door(socket_path, HELLO).open()
    await within(link.connected())
    ear = Ear()
    link.begin(ear)
    await door.close()
    await within(ear.heard.wait())
    assert ear.answers == ["lost"]
    assert (link.open_runs, link.voices) == (0, ())
    again = await Door(socket_path, HELLO).open()
    await within(link.connected())
    await again.close()


async def test_an_engine_that_hangs_is_taken_for_dead_by_those_who_wait(socket_path):
    door, hung = await Door(socket_path, HELLO).open(), asyncio.Event()
    link = EngineLink(socket_path, hung.set, silence_s=0.0)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(link.keep())
        await within(link.connected())
        patient, waiting = Ear(), Ear(waits=True)
        link.begin(patient)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not hung.is_set(), "nobody waits"
        link.begin(waiting)
        for _ in range(20):
            link.data_received(HELLO)
            await asyncio.sleep(0)
        assert not hung.is_set(), "it says something"
        await within(hung.wait())
        await within(waiting.heard.wait())
        assert patient.answers == waiting.answers == ["lost"]
        await within(door.twice.wait())
        keeping.cancel()
    await door.close()


async def test_an_engine_that_serves_others_and_never_says_a_word_to_a_run_that_was_given_up_is_taken_for_dead(
    socket_path,
):
    door, hung = await Door(socket_path, HELLO).open(), asyncio.Event()
    link = EngineLink(socket_path, hung.set, silence_s=0.0)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(link.keep())
        await within(link.connected())
        stuck, served = Ear(waits=True, given_up=True), Ear(waits=True)
        for ear in (stuck, served):
            link.begin(ear)
        async with asyncio.timeout(10):
            while not hung.is_set():
                link.data_received(HELLO)
                await asyncio.sleep(0)
        await within(served.heard.wait())
        keeping.cancel()
    await door.close()


async def test_it_is_in_doubt_until_the_engine_says_anything_or_is_gone(link):
    link.doubt()
    assert link.in_doubt
    link.data_received(HELLO)
    assert not link.in_doubt
    link.doubt()
    link.connection_lost(None)
    assert not link.in_doubt


async def test_an_engine_that_is_not_understood_is_left_and_asked_again_less_and_less_often(
    socket_path, link
):
    loop, door = asyncio.get_running_loop(), Door(socket_path, encode(End(1))[:4] + b"\xff" * 5)
    began = loop.time()
    await door.open()
    await within(door.fourth.wait())  # it connects, leaves, and tries again
    assert loop.time() - began > 0.05 + 0.1 + 0.2 - 0.02
    await door.close()
    assert link.voices == ()
