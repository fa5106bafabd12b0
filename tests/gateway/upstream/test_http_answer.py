import asyncio
import contextlib

import pytest
from aiohttp import ClientError, ClientSession, web
from yarl import URL

from gateway.upstream import http_answer
from gateway.upstream.http_answer import Answer
from legato.domain.vendors import HttpRequest, ResponseHead
from tests.gateway.upstream.stage import turns


@contextlib.asynccontextmanager
async def fetching(status=200, pieces=(b"ab", b"cd"), cut=False, stalls=False):
    """An answer that is being fetched: what is to be read, and the task."""
    sent = asyncio.Event()

    async def speak(request):
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        sent.set()
        if stalls:
            await asyncio.Event().wait()
        if cut:
            request.transport.abort()
        return response

    app = web.Application()
    app.router.add_post("/", speak)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reading = asyncio.Event()
    reading.set()
    async with ClientSession() as session, asyncio.TaskGroup() as tasks:
        answer = Answer(HttpRequest(0, b"text"), reading)
        url = URL(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        task = tasks.create_task(answer.fetch(session, url))
        try:
            async with asyncio.timeout(10):
                await sent.wait()
                yield answer, task, reading
                await task
        finally:
            await runner.cleanup()


async def test_what_came_before_its_turn_is_told_then_and_the_rest_behind_it():
    async with fetching() as (answer, task, _):
        await task
        told = []
        await answer.told(told.append)
        assert isinstance(told[0], ResponseHead)
        assert b"".join(told[1:]) == b"abcd"
        assert (answer.is_good, answer.is_spoilt) == (True, False)


async def test_no_more_is_held_back_than_the_bound(monkeypatch):
    monkeypatch.setattr(http_answer, "_HELD_BYTES", 4)
    async with fetching(pieces=(b"x" * 4_000,) * 500) as (answer, task, _):
        await turns()
        assert not task.done()
        told = []
        await answer.told(told.append)
        assert sum(map(len, told[1:])) == 2_000_000


async def test_while_nothing_is_read_nothing_more_is_told():
    async with fetching(pieces=(b"x" * 100_000,) * 10) as (answer, _, reading):
        reading.clear()
        told = []
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(answer.told(told.append))
            await turns()
            before = sum(map(len, told[1:]))
            assert before < 1_000_000
            await turns()
            assert sum(map(len, told[1:])) == before
            reading.set()
        assert sum(map(len, told[1:])) == 1_000_000


async def test_while_nothing_is_read_nothing_that_was_held_back_is_told_either():
    async with fetching(pieces=(b"ab",)) as (answer, task, reading):
        await task
        reading.clear()
        told = []
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(answer.told(told.append))
            await turns()
            assert b"ab" not in told
            reading.set()
        assert told[-1] == b"ab"


async def test_what_has_not_begun_is_neither_good_nor_spoilt():
    answer = Answer(HttpRequest(0, b"text"), asyncio.Event())
    assert (answer.is_good, answer.is_spoilt) == (False, False)


async def test_a_refusal_spoils_it():
    async with fetching(status=429) as (answer, task, _):
        await task
        assert answer.is_spoilt
        assert not answer.is_good


async def test_a_refusal_whose_body_does_not_go_on_ends_where_it_stalls(monkeypatch):
    monkeypatch.setattr(http_answer, "_REFUSAL_S", 0.01)
    async with fetching(status=429, stalls=True) as (answer, task, _):
        await task
        told = []
        await answer.told(told.append)
        assert [told[0].status, *told[1:]] == [429, b"abcd"]


async def test_a_connection_that_breaks_is_told_in_its_turn():
    async with fetching(pieces=(b"ab",), cut=True) as (answer, task, _):
        await task
        assert answer.is_spoilt
        with pytest.raises(ClientError):
            await answer.told(lambda frame: None)


async def test_a_bug_while_it_is_fetched_is_told_and_is_not_the_answers_end():
    answer = Answer(HttpRequest(0, b"text"), asyncio.Event())

    class Session:
        async def post(self, *_, **__):
            raise RuntimeError("a bug of the library")

    with pytest.raises(RuntimeError):
        await answer.fetch(Session(), URL("http://host/"))
    with pytest.raises(ClientError):
        await answer.told(lambda _: None)
