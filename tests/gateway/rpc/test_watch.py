import asyncio

import pytest

from gateway.rpc.limits import Limits
from gateway.rpc.watch import Watch
from tests.virtual_time import on_virtual_time

LIMITS = Limits(handshake_s=30.0, keepalive_s=10.0, keepalive_answer_s=1.0)


class Client:
    """A connection, and when what was done about it."""

    def __init__(self, limits=LIMITS):
        self._loop = asyncio.get_running_loop()
        self.told = []
        self.watch = Watch(limits, self)
        self.answers = False
        self.watch.begin()

    def ping(self):
        self.told.append(("ping", self._loop.time()))
        if self.answers:
            self._loop.call_later(0.1, self.says)

    def time_out(self):
        self.told.append(("time_out", self._loop.time()))

    def cut(self):
        self.told.append(("cut", self._loop.time()))

    def says(self, *, greets=False, head=None):
        """Something comes."""
        self.watch.heard_at = self._loop.time()
        if greets:
            self.watch.greet()
        if head is not None:
            self.watch.head(begun=head)


@on_virtual_time
async def test_who_does_not_greet_is_parted_with_in_time_and_is_not_pinged():
    client = Client()
    await asyncio.sleep(29)
    client.says()
    await asyncio.sleep(60)
    assert client.told == [("time_out", 30.0)]


@pytest.mark.parametrize("after_s", [None, 5, 10.5])
@on_virtual_time
async def test_nothing_is_asked_of_a_connection_that_is_closed_whatever_was_awaited(after_s):
    client, faults = Client(), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
    if after_s is not None:
        client.says(greets=True)
        assert client.watch.greeted
        await asyncio.sleep(after_s)
    told = list(client.told)
    client.watch.close()
    await asyncio.sleep(60)
    assert (client.told, faults) == (told, [])


@on_virtual_time
async def test_who_is_gone_behind_its_greeting_is_found_before_the_handshakes_time_is_up():
    client = Client()
    await asyncio.sleep(0.5)
    client.says(greets=True)
    await asyncio.sleep(20)
    assert client.told == [("ping", 10.5), ("cut", 11.5)]


@on_virtual_time
async def test_who_is_behind_a_network_that_stands_still_for_some_seconds_stays():
    client = Client(Limits())
    client.says(greets=True)
    await asyncio.sleep(18)
    client.says()
    await asyncio.sleep(9)
    assert client.told == [("ping", 10.0)]


@on_virtual_time
async def test_who_answers_stays_and_is_asked_again():
    client = Client()
    client.answers = True
    client.says(greets=True)
    await asyncio.sleep(35)
    assert [what for what, _ in client.told] == ["ping"] * 3
    client.watch.end()


@on_virtual_time
async def test_who_says_something_is_not_asked():
    client = Client()
    client.says(greets=True)
    for _ in range(10):
        await asyncio.sleep(9)
        client.says()
    assert client.told == []
    await asyncio.sleep(12)
    assert client.told == [("ping", 100.0), ("cut", 101.0)]


@on_virtual_time
async def test_a_head_that_does_not_end_tires_however_much_comes_of_it():
    client = Client()
    client.says(greets=True)
    for _ in range(9):
        await asyncio.sleep(5)
        client.says(head=True)
    (what, when), *others = client.told
    assert what == "time_out"
    assert 35.0 <= when <= 45.0
    assert not others


@on_virtual_time
async def test_a_head_that_ends_is_none_to_tire_of():
    client = Client()
    client.says(greets=True)
    for _ in range(30):
        await asyncio.sleep(5)
        client.says(head=True)
        client.says(head=False)
    assert client.told == []
    client.watch.end()


@on_virtual_time
async def test_who_is_held_up_itself_blames_nobody():
    client, loop = Client(), asyncio.get_running_loop()
    client.says(greets=True)
    await asyncio.sleep(10.5)
    loop.stand_still(60)
    await asyncio.sleep(0.5)
    assert client.told == [("ping", 10.0)]
    await asyncio.sleep(1)
    assert client.told[1:] == [("cut", 71.5)]


@on_virtual_time
async def test_at_its_end_nobody_looks_any_more():
    client = Client()
    client.watch.end()
    client.watch.end()
    await asyncio.sleep(100)
    assert client.told == []
