import asyncio
import socket
import threading

import pytest

from gateway.upstream import looking_up as module
from gateway.upstream.looking_up import look_up


@pytest.fixture
def resolver(monkeypatch):
    """Names by what becomes of them: an event is waited for, an exception raised, a list told."""
    names = {}

    def getaddrinfo(host, port, **how):
        if how.get("type") is not socket.SOCK_STREAM:
            raise OSError("connecting to a datagram's address always succeeds")
        found = names[host]
        if isinstance(found, threading.Event):
            found.wait(10)
            return [(host, port)]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(module.socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
async def test_an_address_is_not_looked_up(monkeypatch, host, family):
    monkeypatch.setattr(module.threading, "Thread", None)
    ((found, kind, _, _, address),) = await look_up(host, 80)
    assert (found, kind, address[:2]) == (family, socket.SOCK_STREAM, (host, 80))


async def test_a_name_is(resolver):
    resolver["vendor.example"] = ["here", "and there"]
    assert await look_up("vendor.example", 80) == ["here", "and there"]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "not known"),
        (UnicodeError("label too long"), "not a valid host name"),
        (ValueError("embedded null character"), "not a valid host name"),
        (OverflowError("signed integer is greater than maximum"), "not a valid port"),
    ],
)
async def test_what_cannot_be_found_is_told(resolver, problem, words):
    resolver["vendor.example"] = problem
    with pytest.raises(OSError, match=words):
        await look_up("vendor.example", 80)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "\udcff"])
async def test_a_name_that_no_resolver_can_be_asked_for_is_told(host):
    async with asyncio.timeout(10):
        with pytest.raises(OSError, match="not a valid host name"):
            await look_up(host, 80)


async def test_no_thread_to_ask_in_is_told_as_well(monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module.threading.Thread, "start", start)
    with pytest.raises(OSError, match="can't start new thread"):
        await look_up("vendor.example", 80)


async def test_names_that_hang_hold_no_other_up(resolver):
    answers = threading.Event()
    resolver.update({f"{number}.example": answers for number in range(40)}, well=["here"])
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        hanging = [tasks.create_task(look_up(f"{number}.example", 80)) for number in range(40)]
        await asyncio.sleep(0)
        assert await look_up("well", 80) == ["here"]
        assert hanging[0].cancel()  # given up: its answer comes to nobody
        answers.set()
    assert [task.result() for task in hanging[1:]] == [[(f"{number}.example", 80)] for number in range(1, 40)]


async def test_an_answer_that_nobody_waits_for_any_more_is_no_fault(resolver):
    answers, faults, loop = threading.Event(), [], asyncio.get_running_loop()
    resolver["slow.example"] = answers
    loop.set_exception_handler(lambda _, told: faults.append(told))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await look_up("slow.example", 80)
    (late,) = [thread for thread in threading.enumerate() if thread.name == "look-up"]
    answers.set()
    await asyncio.to_thread(late.join, 10)
    await asyncio.sleep(0)
    assert faults == []


def test_an_answer_that_comes_when_the_loop_is_gone_is_dropped(resolver):
    answers = threading.Event()
    resolver["slow.example"] = answers

    async def give_up():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await look_up("slow.example", 80)

    asyncio.run(give_up())
    (late,) = [thread for thread in threading.enumerate() if thread.name == "look-up"]
    assert late.daemon
    answers.set()
    late.join(10)
    assert not late.is_alive()
