import asyncio
import contextlib
import dataclasses
import random

import pytest
from websockets.utils import accept_key

from gateway.upstream import place_pool as module
from legato.core.pool_lines import LineState
from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import BugFound, LineDialled, LineLost
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from legato.ports import LineRequest
from tests.gateway.upstream.stage import ANYBODY, Asked, Ear, Notes, idle, lines_of, speak
from tests.gateway.upstream.vendor import Dialect
from tests.gateway.upstream.virtual_vendor import VirtualVendor, lease, virtual_lines
from tests.virtual_time import played


def counts(lines):
    return lines.states()


async def test_an_idle_connection_is_kept_alive_and_what_dies_is_replaced(vendor):
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes, keep_alive_s=0.02, retry_first_s=0.01) as lines:
        await vendor.until(lambda: vendor.heard.count("keep") >= 2)
        vendor.sockets[0].transport.abort()
        await vendor.until(lambda: len(vendor.knocks) == 2 and idle(lines))
        assert [fact.reason for fact in notes.of(LineLost)] == [Reason.VENDOR_LOST]
        assert len(notes.of(LineDialled)) == 2


async def test_r1_a_half_open_socket_is_found_while_it_is_idle(vendor, monkeypatch):
    monkeypatch.setattr("gateway.upstream.connection._PONG_S", 0.03)
    async with lines_of(Dialect(vendor.url), keep_alive_s=0.02, retry_first_s=0.01) as lines:
        await vendor.until(lambda: vendor.heard.count("keep") >= 3)
        first = vendor.sockets[0]
        first.transport.pause_reading()  # it is there, and deaf
        await vendor.until(lambda: len(vendor.knocks) == 2 and idle(lines))
        first.transport.abort()
        ear, line = await speak(lines)
        assert line.reused
        assert ear.audio


async def test_r1_a_vendor_that_drops_idle_sockets_costs_nobody_an_utterance(vendor):
    """A third of the sockets is cut without a word, idle or just leased; whoever speaks does not hear of it."""
    dice = random.Random(1)
    async with lines_of(Dialect(vendor.url), floor=4, ceiling=8, spare=2, retry_first_s=0.01) as lines:
        await vendor.until(lambda: idle(lines) == 4)
        for _ in range(1_000):
            # One cut while it is dialled is no idle one: that is a vendor who takes connections only to drop them.
            if vendor.sockets and dice.random() < 0.33 and not lines.states().get("dialling", 0):
                dice.choice(vendor.sockets).transport.abort()
            if dice.random() < 0.5:
                await asyncio.sleep(0)
            ear, _ = await speak(lines)
            assert isinstance(ear.events[-1], Finished)
            assert ear.audio == vendor.audio
        (route,) = lines.view().routes
        assert (route.errors, route.leases) == ({}, 1_000)
        assert (
            len(vendor.knocks) > 50
        )  # usually some 250; a busy machine dials more slowly, and fewer are cut


async def test_a_vendor_that_takes_connections_only_to_drop_them_is_told_as_that(vendor):
    vendor.drops = True
    async with lines_of(Dialect(vendor.url), warm=False, retry_first_s=0.01) as lines:
        ear = Ear()
        answer = await Asked(lines, ear).answer()
        if not isinstance(answer, Failed):  # it was leased in the moment before
            answer.say(0, Reading("hello"))
            answer = await ear.end()
        assert isinstance(answer, Failed | Lost)


@contextlib.asynccontextmanager
async def breathless(frame):
    """A vendor that sends a frame together with its answer to the handshake; yields its URL, and what is set once the client has closed."""
    closed = asyncio.Event()

    async def accept(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        [key] = [
            line.partition(":")[2].strip() for line in head if line.lower().startswith("sec-websocket-key")
        ]
        answer = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept_key(key)}"
        writer.write(f"{answer}\r\n\r\n".encode() + frame)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        closed.set()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", closed


@pytest.mark.parametrize(
    ("frame", "reason", "words"),
    [
        (b"\x81\x03bye", Reason.VENDOR_UNREACHABLE, "the vendor said goodbye"),
        (b"\x88\x0a" + (4029).to_bytes(2, "big") + b"too many", Reason.VENDOR_QUOTA, "too many"),
        (b"\x88\x02" + (1000).to_bytes(2, "big"), Reason.VENDOR_LOST, "dropped it at once"),
    ],
)
async def test_a_vendor_that_says_no_in_the_breath_in_which_it_accepts_is_heard_and_its_socket_closed(
    frame, reason, words
):
    """It stayed open for as long as the vendor left it, one for every dial, and nobody was told why."""
    notes = Notes()
    async with (
        asyncio.timeout(10),
        breathless(frame) as (url, closed),
        lines_of(Dialect(url), notes, warm=False) as lines,
    ):
        answer = await Asked(lines, Ear()).answer()
        assert answer.reason is reason
        assert words in answer.message
        assert words in lines.view().places[0].trouble
        assert notes.of(LineLost)[0].reason is reason
        await closed.wait()


async def test_a_vendor_that_says_no_a_moment_after_it_has_accepted_is_heard(vendor):
    """`trouble` stayed empty: that is no failed dial."""
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes, floor=2, retry_first_s=60.0) as lines:
        await vendor.until(lambda: idle(lines) == 2)
        assert lines.view().places[0].trouble == ""
        await vendor.sockets[0].send("bye")
        await vendor.until(lambda: idle(lines) == 1)
        assert lines.view().places[0].trouble == "the vendor said goodbye"
        assert [fact.reason for fact in notes.of(LineLost)] == [Reason.VENDOR_UNREACHABLE]
        vendor.sockets[-1].transport.abort()
        await vendor.until(lambda: not idle(lines))
        assert lines.view().places[0].trouble == "the vendor said goodbye", "the other line says nothing"


async def test_what_ends_a_connection_that_has_spoken_is_told_of_its_run_alone(vendor):
    """A vendor may quote what it was given."""
    async with lines_of(Dialect(vendor.url), retry_first_s=60.0) as lines:
        await vendor.until(lambda: idle(lines))
        ear, _ = await speak(lines)
        assert ear.audio
        await vendor.sockets[0].send("bye")
        await vendor.until(lambda: not idle(lines))
        assert lines.view().places[0].trouble == ""


async def test_a_dial_that_takes_too_long_is_given_up(vendor):
    vendor.hold = asyncio.Event()
    async with lines_of(Dialect(vendor.url), warm=False, dial_s=0.05) as lines:
        answer = await Asked(lines, Ear()).answer()
        assert answer.reason in {Reason.VENDOR_TIMEOUT, Reason.VENDOR_UNREACHABLE}
        vendor.hold.set()
        assert counts(lines)[LineState.IDLE] == 0


async def test_a_vendor_that_never_answers_has_been_tried(vendor, monkeypatch):
    """Whoever waits for the first answers at the start goes on, and operators are told why there is no line."""

    async def never(transport, call, listener):
        await asyncio.Event().wait()

    notes = Notes()
    monkeypatch.setattr(module, "dial", never)
    async with lines_of(Dialect(vendor.url), notes, dial_s=0.01) as lines, asyncio.timeout(10):
        await lines.tried()
        assert notes.of(LineLost)[0].reason is Reason.VENDOR_TIMEOUT
        assert not lines.is_ready()
        assert lines.view().places[0].trouble == "the vendor did not answer the dial in time"


async def test_why_there_was_no_line_is_told_until_there_is_one(vendor):
    vendor.refusal = 503, {}
    async with lines_of(Dialect(vendor.url), retry_first_s=0.01) as lines:
        await lines.tried()
        assert "503" in lines.view().places[0].trouble
        vendor.refusal = None
        await vendor.until(lambda: idle(lines))
        assert lines.view().places[0].trouble == ""


async def test_a_bug_in_a_dial_ends_that_dial_alone(vendor, monkeypatch):
    async def broken(transport, call, listener):
        raise KeyError("a bug")

    notes = Notes()
    monkeypatch.setattr(module, "dial", broken)
    async with lines_of(Dialect(vendor.url), notes, warm=False) as lines:
        answer = await Asked(lines, Ear()).answer()
        assert answer.reason is Reason.VENDOR_UNREACHABLE
        [bug] = notes.of(BugFound)
        assert (bug.where.split()[0], bug.kind) == ("dial", "KeyError")


async def test_a_ticket_withdrawn_while_its_grant_is_carried_out_gives_the_line_back(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await vendor.until(lambda: idle(lines))
        held = Asked(lines, Ear()).now
        second = Asked(lines, Ear())
        # Whoever hears the first answer takes the second wish back before it is carried out.
        pool = next(iter(lines._pools.values()))
        grant = pool._grant

        def meddling(ticket, line, *, reused):
            second.ticket.withdraw()
            grant(ticket, line, reused=reused)

        pool._grant = meddling
        held.release(clean=True)
        await vendor.until(lambda: idle(lines) == 1)
        assert second.answers == []


async def test_a_line_that_is_lost_while_its_grant_is_carried_out_is_told(vendor):
    async with lines_of(Dialect(vendor.url), ceiling=1) as lines:
        await vendor.until(lambda: idle(lines))
        pool = next(iter(lines._pools.values()))
        grant = pool._grant

        def meddling(ticket, line, *, reused):
            pool._grant = grant
            pool._connections[line].ended(1006, "")
            grant(ticket, line, reused=reused)

        pool._grant = meddling
        assert Asked(lines, Ear()).now.reason is Reason.VENDOR_LOST
        await vendor.until(lambda: idle(lines))


async def test_r23_a_thousand_leases_leave_nothing_behind(vendor):
    """Lines are opened, used, cancelled and killed in every way; in the end no task, timer or connection is left."""
    dialect = Dialect(vendor.url, VendorLimits(cancel_s=0.02))
    settings = {"floor": 20, "ceiling": 20, "spare": 0, "retry_first_s": 0.001, "dials_at_once": 20}
    tasks_before = len(asyncio.all_tasks())
    async with lines_of(dialect, **settings) as lines:

        async def one(number):
            ear = Ear()
            line = await Asked(lines, ear, wait_s=9.0).answer()
            if isinstance(line, Failed):
                return
            line.say(0, Reading("hello"))
            if number % 10 == 0 and vendor.sockets:
                vendor.sockets[number % len(vendor.sockets)].transport.abort()
            if number % 3 == 0:
                line.cancel()
            else:
                line.end_input()
                await ear.end()
            line.release(clean=number % 7 > 0)

        for batch in range(24):
            await asyncio.gather(*(one(batch * 50 + number) for number in range(50)))
        # A third cancelled, a tenth killed, a seventh not clean: a hundred connections and more have come and gone.
        assert len(vendor.knocks) > 120
        assert lines.view().runs <= 20
        await vendor.until(lambda: lines.view().runs == 0)
        pool = next(iter(lines._pools.values()))
        assert pool._askers == {}
        assert len(pool._connections) + len(pool._dials) <= 20
        assert all(not desk._running for desk in lines._desks.values())
        assert all(
            not connection._listeners and not connection._owing for connection in pool._connections.values()
        )
    await vendor.until(lambda: not vendor.sockets)
    await vendor.until(lambda: len(asyncio.all_tasks()) <= tasks_before)


def test_a_request_that_is_withdrawn_waits_no_longer(monkeypatch):
    """Operators would see it, and lines would be dialled for it."""
    vendor = VirtualVendor()
    monkeypatch.setattr(module, "dial", vendor.dial)

    async def story():
        async with virtual_lines(VendorLimits(), floor=1, spare=0, ceiling=1) as lines:
            held, answers = await lease(lines), []
            deadline = asyncio.get_running_loop().time() + 60
            asked = LineRequest(Route("test", "voice"), "en", UtteranceOptions(), ANYBODY, "s", "u", deadline)
            ticket = lines.acquire(asked, Ear(), answers.append)
            assert [place.waiting for place in lines.view().places] == [1]
            ticket.withdraw()
            assert [place.waiting for place in lines.view().places] == [0]
            held.release(clean=True)
            await asyncio.sleep(1)
            assert answers == []
            assert idle(lines) == 1

    played(story)


def test_a_line_that_was_sent_signs_of_life_is_not_replaced_for_having_been_idle(monkeypatch):
    vendor = VirtualVendor(counts="frames")
    monkeypatch.setattr(module, "dial", vendor.dial)

    async def story():
        limits = VendorLimits(idle_s=30.0, keep_alive_s=10.0)
        async with virtual_lines(limits, floor=1, spare=0, ceiling=2, keep_alive_s=10.0) as lines:
            await asyncio.sleep(300)
            assert len(vendor.dials) == 1
            assert (await lease(lines)).reused

    played(story)


def test_r23_a_place_that_is_closed_dials_no_more_has_no_timer_and_counts_none_of_its_lines_as_lost(
    monkeypatch,
):
    """The gateway would wait for the dial before it ends, and every restart would look like an outage."""
    vendor, notes, freed = VirtualVendor(), Notes(), []

    async def dial(transport, call, listener):
        if vendor.wires:
            await asyncio.sleep(10_000)
        return await vendor.dial(transport, call, listener)

    monkeypatch.setattr(module, "dial", dial)

    async def story():
        loop = asyncio.get_running_loop()
        async with virtual_lines(VendorLimits(), floor=1, spare=1, dial_s=1_000.0) as lines:
            (pool,) = lines._pools.values()
            pool._world = dataclasses.replace(pool._world, observer=notes)
            await lease(lines)
            await asyncio.sleep(1)
            assert lines.states()[LineState.DIALLING] == 1
            pool.freed = lambda: freed.append(loop.time())
            closed_at = loop.time()
        assert loop.time() == closed_at
        freed.clear()
        await asyncio.sleep(20_000)
        assert freed == []
        assert notes.of(LineLost) == []

    played(story)
