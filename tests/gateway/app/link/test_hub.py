import asyncio
import os

import pytest

from gateway.app.link.messages import SetLevel, SetRoute
from tests.gateway.app.workers_stage import host, link, post, until


async def test_who_is_there_and_what_they_have_said(tmp_path):
    changes = []
    async with host(tmp_path) as hub:
        hub.on_change = lambda: changes.append(sorted(hub.members))
        async with link(tmp_path, 2) as worker:
            await until(lambda: 2 in hub.members)
            member = hub.members[2]
            assert (member.pid, member.listening, member.ready) == (os.getpid(), False, False)
            worker.listening()
            worker.ready()
            await until(lambda: member.ready)
            assert member.listening
        await until(lambda: not hub.members)
        assert hub.were_ready == {2}
    assert changes == [[2], [2], [2], []]


async def test_a_socket_that_was_removed_is_made_again_and_whoever_is_there_stays(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path, 1):
        await until(lambda: hub.members)
        assert hub.is_reachable
        post(tmp_path).hub.unlink()
        assert not hub.is_reachable
        await hub.reopen()
        assert hub.is_reachable
        assert post(tmp_path).hub.stat().st_mode & 0o777 == 0o600
        async with link(tmp_path, 2):
            await until(lambda: set(hub.members) == {1, 2})


async def test_all_are_told_to_leave_and_whoever_comes_later(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path) as early:
        told, late_told = asyncio.Event(), asyncio.Event()
        early.when_to_leave(told.set)
        await until(lambda: hub.members)
        hub.leave()
        async with link(tmp_path, 2) as late, asyncio.timeout(5):
            late.when_to_leave(late_told.set)
            await told.wait()
            await late_told.wait()
            assert early.all_leave
            assert late.all_leave


async def test_what_stands_is_told_to_all_and_to_whoever_comes_later_the_last_word_of_it(tmp_path):
    drained = SetRoute("v/anna", "drain")
    async with host(tmp_path) as hub, link(tmp_path) as early:
        told, late_told = [], []
        early.when_ordered(told.append)
        await until(lambda: hub.members)
        hub.stand("level", SetLevel("debug"))
        hub.stand("route v/anna", drained)
        hub.stand("level", SetLevel("info"))
        await until(lambda: len(told) == 3)
        async with link(tmp_path, 2) as late:
            late.when_ordered(late_told.append)
            await until(lambda: len(late_told) == 2)
        assert told == [SetLevel("debug"), drained, SetLevel("info")]
        assert late_told == [SetLevel("info"), drained]


async def test_one_that_another_has_taken_the_place_of_is_told_to_leave_when_that_is_ready(tmp_path):
    left = []
    async with host(tmp_path) as hub, link(tmp_path) as old, link(tmp_path, 2) as other:
        old.when_to_leave(lambda: left.append("old"))
        other.when_to_leave(lambda: left.append("other"))
        await until(lambda: len(hub.members) == 2)
        async with link(tmp_path) as new:
            new.when_to_leave(lambda: left.append("new"))
            new.listening()
            await until(lambda: hub.members[1].listening)
            assert left == [], "there would be nobody at its ports who is ready"
            new.ready()
            await until(lambda: left)
            assert left == ["old"]
            assert not old.all_leave


async def test_a_knock_is_answered_by_whoever_is_there(tmp_path):
    async with host(tmp_path) as hub, link(tmp_path):
        await until(hub.connected)
        (member,) = hub.connected()
        member.knock()
        assert member.silent_s == 0
        await until(lambda: member.silent_s is None)


async def test_an_engine_that_hangs_is_told_to_its_owner(tmp_path):
    told = []
    async with host(tmp_path) as hub, link(tmp_path) as first, link(tmp_path, 2) as second:
        hub.on_engine_hangs = lambda: told.append(sorted(hub.members))
        await until(lambda: len(hub.members) == 2)
        first.engine_hangs()
        second.engine_hangs()
        await until(lambda: len(told) == 2)


async def test_only_the_owner_may_connect(tmp_path):
    async with host(tmp_path):
        assert post(tmp_path).hub.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("said", [b'{"is": "borrow", "account": "v"}\n', b'{"is": "knock"}\n', b'"hello"\n'])
async def test_strangers_are_shown_out(tmp_path, said):
    async with host(tmp_path) as hub:
        reader, writer = await asyncio.open_unix_connection(str(post(tmp_path).hub))
        writer.write(said)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        await until(lambda: not hub.members)
