"""What the internet sends: whoever breaks the rules or floods loses its own connection, everybody else is served, and nothing is left of it."""

import asyncio
import contextlib
import gc
from collections import Counter

import pytest
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    PushPromiseFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from gateway.rpc.calls import Call
from gateway.rpc.connection import Connection
from gateway.rpc.context import Context
from tests.gateway.rpc.parity_stage import OURS, stage
from tests.gateway.rpc.parity_wire import PREFACE, Wire, frame, prefixed

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])
CHAT, HANG, MANY = "/parity.Echo/Chat", "/parity.Echo/Hang", "/parity.Echo/WrittenMany"
NO_ERROR, PROTOCOL, FLOW, CLOSED, SIZE, REFUSED, COMPRESSION, CALM = 0, 1, 3, 5, 6, 7, 9, 11
TABLE, PUSH, CONCURRENT, WINDOW, FRAME = 1, 2, 3, 4, 5


def settings(key, value):
    return SettingsFrame(0, settings={key: value}).serialize()


HEAD = 0x1, 0x4
VIOLATIONS = {
    "a window given by nothing": (frame(8, 0, 0, bytes(4)), {PROTOCOL}),
    "a window of the connection that overflows": (WindowUpdateFrame(0, (1 << 31) - 1).serialize(), {FLOW}),
    "a window update of three bytes": (frame(8, 0, 0, bytes(3)), {SIZE}),
    "a window of a stream that never was": (WindowUpdateFrame(77, 5).serialize(), {PROTOCOL}),
    "an initial window over the bound": (settings(WINDOW, 1 << 31), {FLOW}),
    "windows that overflow by a setting": (
        WindowUpdateFrame(1, (1 << 31) - 1 - 65_535).serialize() + settings(WINDOW, 65_536),
        {FLOW},
    ),
    "frames of no size": (settings(FRAME, 1), {PROTOCOL}),
    "frames of more than all": (settings(FRAME, 1 << 24), {PROTOCOL}),
    "push neither on nor off": (settings(PUSH, 2), {PROTOCOL}),
    "settings of a stream": (frame(4, 0, 1, bytes(6)), {PROTOCOL}),
    "settings cut in two": (frame(4, 0, 0, bytes(5)), {SIZE}),
    "an acknowledgement that says something": (frame(4, 1, 0, bytes(6)), {SIZE}),
    "a short ping": (frame(6, 0, 0, bytes(7)), {SIZE}),
    "a ping of a stream": (frame(6, 0, 1, bytes(8)), {PROTOCOL}),
    "a reset of the connection": (frame(3, 0, 0, bytes(4)), {PROTOCOL}),
    "a reset of five bytes": (frame(3, 0, 1, bytes(5)), {SIZE}),
    "data of the connection": (frame(0, 0, 0, b"x"), {PROTOCOL}),
    "data of a stream that never was": (DataFrame(77, b"x").serialize(), {PROTOCOL, CLOSED}),
    "data longer than a frame": (frame(0, 0, 1, bytes(16_385)), {SIZE}),
    "more padding than data": (frame(0, 8, 1, b"\x05abc"), {PROTOCOL}),
    "padding without a length": (frame(0, 8, 1), {PROTOCOL, SIZE}),
    "a continuation of nothing": (frame(9, 4, 1, b""), {PROTOCOL}),
    "a head of the connection": (frame(*HEAD, 0, b"\x82"), {PROTOCOL}),
    "a head of an even number": (frame(*HEAD, 2, b"\x82"), {PROTOCOL}),
    "a head that is no hpack": (frame(*HEAD, 3, b"\xff\xff\xff\xff\xff\xff"), {COMPRESSION}),
    "a head from beyond the table": (frame(*HEAD, 3, b"\xc8"), {COMPRESSION}),
    "another frame within a head": (frame(1, 0, 3, b"\x82") + frame(6, 0, 0, bytes(8)), {PROTOCOL}),
    "another's continuation within a head": (frame(1, 0, 3, b"\x82") + frame(9, 4, 5, b""), {PROTOCOL}),
    "a promise": (
        PushPromiseFrame(1, promised_stream_id=2, data=b"", flags=["END_HEADERS"]).serialize(),
        {PROTOCOL},
    ),
    "a priority cut short": (frame(2, 0, 0, bytes(5)), {PROTOCOL}),
    "a table over the bound": (frame(*HEAD, 3, b"\x3f\xe1\xff\xff\xff\x07"), {COMPRESSION}),
    "a reset of a stream that never was": (RstStreamFrame(77, error_code=8).serialize(), {PROTOCOL}),
    "a goodbye of a stream": (frame(7, 0, 1, bytes(8)), {PROTOCOL}),
    "a goodbye cut short": (frame(7, 0, 0, bytes(7)), {SIZE}),
    "settings longer than a frame": (frame(4, 0, 0, bytes(6 * 5000)), {SIZE}),
    "a frame that nobody knows and is too long": (frame(77, 0, 0, bytes(100_000)), {SIZE}),
}


@pytest.mark.parametrize("name", VIOLATIONS)
async def test_who_breaks_the_rules_of_the_connection_loses_it_alone(name):
    data, codes = VIOLATIONS[name]
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.call(HANG)
            await it.service.until(lambda service: service.running)
            wire.raw(data)
            await wire.until_closed()
            assert wire.goaway.error_code in codes
            assert wire.goaway.last_stream_id == 1
            await it.calm()
            await it.honest()
        await it.calm()


async def test_an_older_number_of_a_stream_is_no_new_one():
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        wire._next_id = 9
        wire.call(HANG)
        await it.service.until(lambda service: service.running)
        wire._next_id = 5
        wire.call(HANG)
        await wire.until_closed()
        assert wire.goaway.error_code in {PROTOCOL, CLOSED}
        await it.calm()
        assert it.service.began == 1


STREAM_FAULTS = {
    "a window given by nothing": lambda number: frame(8, 0, number, bytes(4)),
    "a window that overflows": lambda number: WindowUpdateFrame(number, (1 << 31) - 1).serialize(),
    "a stream that depends on itself": lambda number: PriorityFrame(number, depends_on=number).serialize(),
}


@pytest.mark.parametrize("name", STREAM_FAULTS)
async def test_who_breaks_the_rules_of_a_stream_loses_it_at_least(name):
    """The RFC lets a server take it for a fault of the connection; then all of that are lost, and nobody else."""
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(HANG)
        await it.service.until(lambda service: service.running)
        wire.raw(STREAM_FAULTS[name](wire.number(answer)))
        await wire.shut(answer)
        told = answer.reset if answer.reset is not None else wire.goaway.error_code
        assert told in {PROTOCOL, FLOW} or name.endswith("itself")  # RFC 9113 has taken priorities back
        await it.honest()
        wire.abort()
        await it.calm()


@pytest.mark.parametrize(
    "header",
    [
        ("X-Capital", "1"),
        ("connection", "close"),
        (":status", "200"),
        (":path", "/parity.Echo/Chat"),
        ("x-line", "a\nb"),
        ("", "nameless"),
        ("x space", "1"),
        ("x-bin", "!!!"),
        ("grpc-encoding", "\x00"),
        ("content-length", "3"),
    ],
    ids=str,
)
async def test_a_head_with_a_forbidden_field_harms_nobody(header):
    """Refused or passed over; the connection may be closed."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            answer = wire.begin([*wire.head(), header])
            wire.say(answer, b"hello", end=True)
            await wire.shut(answer)
            if header[0] in {"X-Capital", ":status", ":path", "x-line", "", "x space"}:
                assert answer.status != 0
                assert it.service.began == 0
        await it.honest()
        await it.calm()


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + bytes(64),
        b"PRI * HTTP/1.1\r\n\r\n",
        b"\x00" * 100,
        b"\xff" * 100,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"*1\r\n$4\r\nINFO\r\n",
        PREFACE + b"GET / HTTP/1.1\r\n\r\n",
        PREFACE + frame(0, 0, 1, b"data first"),
        PREFACE + frame(4, 1, 0),
        PREFACE + frame(6, 0, 0, bytes(8)),
    ],
    ids=[
        "tls",
        "http 1",
        "h2c",
        "half right",
        "http 1.1 pri",
        "nulls",
        "ones",
        "ssh",
        "redis",
        "http 1 behind",
        "data first",
        "an acknowledgement first",
        "a ping first",
    ],
)
async def test_who_speaks_another_language_is_shown_out(rubbish):
    async with stage(OURS) as it:
        async with await Wire.connect(it.port, preface=False) as wire:
            wire.raw(rubbish)
            with contextlib.suppress(Exception):  # what it answers to, say, HTTP/1.1 need not be frames
                await wire.until_closed()
            while not wire.closed:
                wire._buffer.clear()
                with contextlib.suppress(Exception):
                    await wire.until_closed()
            await it.honest()
        await it.calm()
        assert it.service.began == 1


GREETINGS = (b"", PREFACE[:1], PREFACE[:-1], PREFACE, PREFACE + frame(4, 0, 0, bytes(6))[:-1])


async def test_who_does_not_end_its_greeting_is_shown_out_in_time():
    """In `handshake_s`."""
    async with stage(OURS, handshake_s=1.0) as it:
        strangers = [await Wire.connect(it.port, preface=False) for _ in GREETINGS]
        for said, wire in zip(GREETINGS, strangers, strict=True):
            wire.raw(said)
        await it.honest()
        for wire in strangers:
            await wire.until_closed()
            wire.abort()
        await it.calm()


async def test_who_greets_and_is_silent_costs_nothing_and_may_stay():
    async with stage(OURS) as it:
        silent = [await Wire.connect(it.port) for _ in range(50)]
        for wire in silent:
            await wire.until(lambda wire=wire: wire.settings_acks)
        await it.honest()
        for wire in silent[:3]:
            assert (await wire.over(wire.ask())).status == 0
        for wire in silent:
            wire.abort()
        await it.calm()


async def test_a_flood_of_calls_taken_back_is_stopped():
    """Rapid reset, CVE-2023-44487."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.encoder.header_table_size = 0
            block = wire.encoded(wire.head(HANG))
            for turn in range(100):
                calls = bytearray()
                for _ in range(100):
                    number = wire.new_id()
                    calls += frame(1, 4, number, block) + RstStreamFrame(number, error_code=8).serialize()
                if not await wire.flood(bytes(calls), 1):
                    break
                if turn % 25 == 0:
                    await it.honest()
            await wire.shut()
            assert wire.goaway is None or wire.goaway.error_code == CALM
            assert it.service.began < 10_000
        await it.honest()
        await it.calm()


async def test_a_flood_of_calls_that_are_broken_at_once_is_stopped_too():
    """The server resets them itself: "made you reset", CVE-2025-8671."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.encoder.header_table_size = 0
            block = wire.encoded(wire.head(HANG))
            for turn in range(100):
                calls = bytearray()
                for _ in range(100):
                    number = wire.new_id()
                    calls += frame(1, 4, number, block) + WindowUpdateFrame(number, (1 << 31) - 1).serialize()
                if not await wire.flood(bytes(calls), 1):
                    break
                if turn % 25 == 0:
                    await it.honest()
            await wire.shut()
            assert it.service.began < 10_000
        await it.honest()
        await it.calm()


FLOODS = {
    "settings": SettingsFrame(0, settings={WINDOW: 65_535}).serialize(),
    "empty settings": SettingsFrame(0).serialize(),
    "pings": PingFrame(0, b"flooding").serialize(),
    "acknowledgements": SettingsFrame(0, flags=["ACK"]).serialize(),
    "pongs": PingFrame(0, b"flooding", flags=["ACK"]).serialize(),
    "priorities": PriorityFrame(1, depends_on=0, stream_weight=9).serialize(),
    "empty data": DataFrame(1, b"").serialize(),
    "padding": frame(0, 8, 1, b"\x00"),
    "windows": WindowUpdateFrame(1, 1).serialize(),
    "unknown frames": frame(0xEE, 0, 0),
    "resets": RstStreamFrame(1, error_code=8).serialize(),
    "goodbyes": frame(7, 0, 0, bytes(8)),
}
ANSWERED = {"settings", "empty settings", "pings"}
"""To each the server would write something that nobody reads."""


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_of_small_frames_holds_up_nobody(name):
    """Twenty thousand, with nothing read: whoever is not shown out is at least not answered for ever."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.call(CHAT)
            await it.service.until(lambda service: service.running)
            turns = iter(range(100))

            async def between():
                if next(turns) % 5 == 0:
                    await it.honest()

            went_on = await wire.flood(FLOODS[name] * 1000, 20, between)
            if name in ANSWERED:
                assert not went_on or await _is_shut(wire)
            await it.honest()
        await it.calm()


async def _is_shut(wire):
    await wire.shut()
    return True


async def test_a_head_without_end_is_cut_off():
    """CONTINUATION flood, CVE-2024-27316: sixteen megabytes of one head."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.encoder.header_table_size = 0
            wire.raw(frame(1, 0, 1, wire.encoded(wire.head())))
            piece = frame(9, 0, 1, wire.encoded([(f"x-{n}", "y" * 1000) for n in range(15)]))
            took_all = await wire.flood(piece * 8, 125, None)
            assert not took_all or await _is_shut(wire)
            await it.honest()
        await it.calm()
        assert it.service.began == 1


async def test_a_head_of_empty_continuations_is_cut_off():
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.raw(frame(1, 0, 1, wire.encoded(wire.head())))
            took_all = await wire.flood(frame(9, 0, 1) * 1000, 20, it.honest)
            assert not took_all or await _is_shut(wire)
            await it.honest()
        await it.calm()


async def test_a_head_that_is_small_packed_and_large_unpacked_is_refused():
    """HPACK bomb: four thousand bytes in the table, told four thousand times by one byte each: sixteen megabytes."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            entry = b"\x40\x05x-big\x7f" + b"\xe1\x1e" + b"y" * 4000  # 127 + 3873
            block = wire.encoded(wire.head()) + entry + b"\xbe" * 4000
            wire.send(HeadersFrame(1, block, flags=["END_HEADERS"]))
            answer = wire.answer(1)
            wire.say(answer, b"hello", end=True)
            await wire.shut(answer)
            assert answer.status != 0
            assert it.service.began == 0
            await it.honest()
        await it.calm()


@pytest.mark.parametrize("many", [False, True])
async def test_huge_heads_are_refused(many):
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            more = [(f"x-{n}", "y") for n in range(5000)] if many else [("x-huge", "y" * 200_000)]
            block = wire.encoder.encode([*wire.head(), *more], huffman=False)
            pieces = [block[at : at + 16_000] for at in range(0, len(block), 16_000)]
            wire.send(HeadersFrame(1, pieces[0]))
            wire.send(*(ContinuationFrame(1, piece) for piece in pieces[1:-1]))
            wire.send(ContinuationFrame(1, pieces[-1], flags=["END_HEADERS"]))
            answer = wire.answer(1)
            wire.say(answer, b"hello", end=True)
            await wire.shut(answer)
            assert answer.status != 0
            assert it.service.began == 0
            await it.honest()
        await it.calm()


async def test_a_length_that_promises_much_takes_no_room():
    """Four gigabytes announced, five bytes sent: refused by what is announced, before anything of it is there."""
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        for announced in (b"\x00\xff\xff\xff\xff", b"\x00\x7f\xff\xff\xff"):
            answer = wire.call(CHAT)
            wire.write(answer, announced)
            assert (await wire.over(answer)).status == 8
        assert (await wire.over(wire.ask())).status == 0
        await it.calm()


async def test_more_data_than_the_windows_allow_ends_the_connection():
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        wire.call("/parity.Echo/Deaf")
        await it.service.until(lambda service: service.running)
        await wire.flood(frame(0, 0, 1, bytes(16_384)), 200)
        await wire.until_closed()
        assert wire.goaway is None or wire.goaway.error_code == FLOW
        await it.calm()
        await it.honest()


async def test_more_streams_than_are_allowed_are_refused_and_the_others_run():
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        await wire.until(lambda: wire.settings_acks)
        limit = wire.settings[CONCURRENT]
        allowed = [wire.call(CHAT) for _ in range(limit)]
        beyond = [wire.call(CHAT) for _ in range(5)]
        await wire.over(*beyond)
        assert [one.reset for one in beyond] == [REFUSED] * 5
        wire.say(allowed[0], b"a", end=True)
        wire.say(allowed[-1], b"b", end=True)
        await wire.over(allowed[0], allowed[-1])
        assert (allowed[0].messages, allowed[-1].messages) == ([b"a"], [b"b"])
        assert (await wire.over(wire.ask())).status == 0
        assert it.service.began == limit + 1
        wire.abort()
        await it.calm()


async def test_connections_that_come_and_go_at_once_leave_nothing():
    async with stage(OURS) as it:
        for n in range(100):
            wire = await Wire.connect(it.port, preface=n % 3 != 0)
            if n % 3 == 1:
                wire.call(HANG)
            wire.abort()
        await it.honest()
        await it.calm()


async def test_many_who_do_not_read_hold_up_nobody():
    """Neither windows nor the socket are read: what is written for them is bounded, and given up when they go."""
    async with stage(OURS) as it:
        slow = [await Wire.connect(it.port, settings={WINDOW: (1 << 31) - 1}) for _ in range(5)]
        for wire in slow:
            wire.send(WindowUpdateFrame(0, (1 << 31) - 1 - 65_535))
            wire.ask(b"100000x50000", MANY)
        await it.service.until(lambda service: service.running == 5 and service.written >= 5)
        for _ in range(20):
            await it.honest()
        # Sockets take some megabytes, a transport its own bound; five times five gigabytes are asked for.
        assert it.service.written < 5 * 400
        for wire in slow:
            wire.abort()
        await it.calm()
        assert it.service.finished >= 20


async def test_a_message_of_a_byte_at_a_time_costs_what_its_bytes_cost():
    """Fifty thousand frames of one byte: one message."""
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        answer = wire.call("/parity.Echo/Collect")
        data = prefixed(bytes(9_995))
        wire.raw(b"".join(frame(0, 0, 1, data[at : at + 1]) for at in range(len(data))))
        wire.write(answer, b"", end=True)
        assert len((await wire.over(answer)).messages[0]) == 9_995
        await it.honest()


async def test_a_head_that_is_too_long_ends_its_call_and_no_other():
    """Behind a proxy all share one connection, and proxies let longer heads pass than we do (Envoy 60 KiB)."""
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        neighbour = wire.call(CHAT)
        wire.say(neighbour, b"a")
        await wire.until(lambda: neighbour.messages)
        for value in ("y" * 40_000, "z" * 55_000):
            number = wire.new_id()
            block = wire.encoder.encode([*wire.head(), ("x-long", value)], huffman=False)
            pieces = [block[at : at + 16_000] for at in range(0, len(block), 16_000)]
            wire.send(HeadersFrame(number, pieces[0], flags=["END_STREAM"]))
            wire.send(*(ContinuationFrame(number, piece) for piece in pieces[1:-1]))
            wire.send(ContinuationFrame(number, pieces[-1], flags=["END_HEADERS"]))
            assert (await wire.over(wire.answer(number))).status == 8
        wire.say(neighbour, b"b", end=True)
        await wire.over(neighbour)
        assert (neighbour.messages, neighbour.status) == ([b"a", b"b"], 0)
        assert it.service.began == 1


async def test_long_heads_are_looked_at_one_by_one():
    """Each takes milliseconds to unpack: between them it is the others' turn."""
    async with stage(OURS) as it:
        async with await Wire.connect(it.port) as wire:
            wire.encoder.header_table_size = 0
            block = wire.encoder.encode([*wire.head(HANG), ("x-long", "y" * 12_000)])
            most, looking = 0, True

            async def look():
                nonlocal most
                while looking:
                    before = it.service.began
                    await asyncio.sleep(0)
                    most = max(most, it.service.began - before)

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(look())
                wire.raw(b"".join(frame(1, 4, wire.new_id(), block) for _ in range(60)))
                await it.service.until(lambda service: service.began == 60)
                looking = False
            assert most <= 4
        await it.calm()


async def test_who_answers_no_ping_is_gone_and_who_does_stays():
    async with (
        stage(OURS, handshake_s=0.2, keepalive_s=0.05, keepalive_answer_s=0.1) as it,
        await Wire.connect(it.port) as there,
    ):
        async with await Wire.connect(it.port) as gone:
            gone.call(HANG)
            answer = there.call(CHAT)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(it.service.until(lambda service: service.cancelled))
                reading = tasks.create_task(there.until(lambda: False))
                await it.service.until(lambda service: service.cancelled)
                reading.cancel()
            there.say(answer, b"here", end=True)
            assert (await there.over(answer)).messages == [b"here"]
        await it.calm()


async def test_nothing_is_kept_of_calls_that_are_over():
    async with stage(OURS) as it, await Wire.connect(it.port) as wire:
        before = _kept()
        for _ in range(60):
            await wire.over(wire.ask(), wire.ask(path="/parity.Echo/Sing"))
            wire.cancel(wire.call(HANG))
        await wire.seen()
        await it.calm()
        after = _kept()
        assert {kind: after[kind] - before[kind] for kind in after if after[kind] > before[kind]} == {}


def _kept():
    gc.collect()
    kinds = (Call, Connection, Context, asyncio.Task)
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds))


@pytest.mark.parametrize("method", ["Chat", "Talk", "Collect"])
async def test_who_goes_in_the_middle_of_everything_is_no_fault(method):
    """Handlers that read and write find out by being cancelled, and in no other way."""
    async with stage(OURS) as it:
        for turns in range(20):
            async with await Wire.connect(it.port) as wire:
                for answer in [wire.call(f"/parity.Echo/{method}") for _ in range(2)]:
                    for _ in range(3):
                        wire.say(answer, bytes(9000))
                for _ in range(turns):
                    await asyncio.sleep(0)
        await it.calm()
        await it.honest()


async def test_a_client_that_offers_a_vast_table_does_not_have_it_filled():
    """The server's half of HPACK: a table that grows with every new word costs memory, and a search through it for each field."""
    async with stage(OURS) as it, await Wire.connect(it.port, settings={TABLE: (1 << 32) - 1}) as wire:
        wire.decoder.max_allowed_table_size = (1 << 32) - 1
        for number in range(200):
            answer = await wire.over(wire.ask(**{f"x_{number}_{'y' * 100}_bin": "!"}))
            assert answer.status == 13
        assert sum(len(b"".join(entry)) + 32 for entry in wire.decoder.header_table.dynamic_entries) <= 4096
