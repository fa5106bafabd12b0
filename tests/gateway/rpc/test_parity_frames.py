"""What a server makes of frames, right ones in every cut and order: the same of grpc.aio's and of ours.

Where the two differ, it is said beside the expectation why. RFC numbers are those of HTTP/2, RFC 9113.
"""

import asyncio
import gzip

import pytest
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from tests.gateway.rpc.parity_stage import on_both, on_ours, stage
from tests.gateway.rpc.parity_wire import Wire, frame, prefixed

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])
CHAT, HANG, MANY = "/parity.Echo/Chat", "/parity.Echo/Hang", "/parity.Echo/WrittenMany"
INITIAL_WINDOW, MAX_FRAME, TABLE, CONCURRENT = 4, 5, 1, 3
WINDOW = 65_535


@on_both
async def test_an_answer_is_headers_messages_trailers(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(b"hello"))
        head, trailers = answer.blocks
        assert (head[":status"], head["content-type"]) == ("200", "application/grpc")
        assert "grpc-status" not in head
        assert (answer.messages, trailers["grpc-status"], answer.reset) == ([b"hello"], "0", None)
        assert {":status", "content-type"}.isdisjoint(trailers)


@on_both
async def test_a_refusal_is_trailers_alone(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(path="/parity.Echo/Sing"))
        (head,) = answer.blocks
        assert (head[":status"], head["content-type"], answer.status) == ("200", "application/grpc", 12)


@on_both
async def test_what_is_sent_is_ascii_and_without_capitals(kind):
    told = '{"code": "ABORTED", "words": "50% grün", "trailing": [["a-bin", [0, 255]]]}'
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(told.encode(), "/parity.Echo/Abort"))
        trailers = answer.blocks[-1]
        assert trailers["grpc-message"] == "50%25 gr%C3%BCn"
        assert trailers["a-bin"].rstrip("=") == "AP8"
        assert all(name == name.lower() for name in trailers)


@on_both
@pytest.mark.parametrize(
    "kept", ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"]
)
async def test_a_content_type_of_grpc_is_served(kind, kept):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        assert (await wire.over(wire.ask(content_type=kept))).status == 0


@on_ours
@pytest.mark.parametrize("other", ["text/plain", "application/json", "application/grpc-web", ""])
async def test_another_content_type_is_none_of_ours(kind, other):
    """The protocol: SHOULD be HTTP 415. grpc.aio serves whatever it is called."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(content_type=other) if other else wire.ask(drop=("content-type",)))
        assert answer.http == "415"
        assert it.service.began == 0
        await wire.over(wire.ask())


@on_ours
@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"method": "PUT"},
        {"drop": ("te",)},
        {"te": "gzip"},
        {"drop": (":path",)},
        {"drop": (":scheme",)},
        {"drop": (":method",)},
    ],
    ids=str,
)
async def test_a_head_that_is_no_call_never_reaches_a_handler(kind, changes):
    """Its stream is ended, or the connection of whom must know better (RFC 9113, 8.1.1 and 5.4.2)."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.ask(**changes)
        await wire.shut(answer)
        assert answer.status != 0
        assert it.service.began == 0
        await it.honest()


@on_ours
@pytest.mark.parametrize("told", ["", "abc", "10", "1x", "-1S", "1S1", "S"])
async def test_a_timeout_that_is_none_is_refused_and_the_connection_goes_on(kind, told):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(grpc_timeout=told))
        assert answer.status == 13
        assert "grpc-timeout" in answer.details
        assert (await wire.over(wire.ask())).status == 0


@on_both
@pytest.mark.parametrize("told", ["99999999H", "1H", "60M", "1000S", "1000000m", "99999999u"])
async def test_every_unit_of_time_is_known(kind, told):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(path="/parity.Echo/Remaining", grpc_timeout=told))
        assert answer.status == 0
        assert float(answer.messages[0]) > 50


@on_both
async def test_a_deadline_that_is_over_at_once_is_told_as_such(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.ask(path="/parity.Echo/Wait", grpc_timeout="0n"))
        assert answer.status == 4
        await it.service.idle()
        assert it.service.finished == 0


@on_both
async def test_a_deadline_is_kept_by_the_server_where_the_client_has_forgotten_it(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = await wire.over(wire.call(HANG, grpc_timeout="30m"))
        assert answer.status == 4
        await it.service.idle()
        assert (await wire.over(wire.ask())).status == 0


@on_ours
async def test_an_encoding_that_nobody_knows_is_named_with_those_that_are_known(kind):
    """The protocol: UNIMPLEMENTED, with `grpc-accept-encoding`. grpc.aio takes it for a broken header: INTERNAL."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(grpc_encoding="snappy")
        wire.write(answer, prefixed(b"xxx", compressed=1), end=True)
        await wire.over(answer)
        assert answer.status == 12
        assert "gzip" in answer.blocks[0]["grpc-accept-encoding"]
        assert it.service.finished == 0


@on_both
async def test_compression_may_change_from_message_to_message(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT, grpc_encoding="gzip")
        for message in (b"one", b"two"):
            wire.write(answer, prefixed(gzip.compress(message), compressed=1))
            wire.say(answer, message)
        wire.write(answer, b"", end=True)
        await wire.over(answer)
        assert (answer.messages, answer.status) == ([b"one", b"one", b"two", b"two"], 0)


@on_both
@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({}, b"hello"),
        ({"grpc_encoding": "identity"}, b"hello"),
        ({"grpc_encoding": "gzip"}, b"hello"),
        ({"grpc_encoding": "gzip"}, gzip.compress(b"hello", mtime=0)[:-6]),
        ({"grpc_encoding": "deflate"}, b"\x00"),
    ],
    ids=["no encoding", "identity", "not gzip", "half of a gzip", "not deflate"],
)
async def test_a_message_that_cannot_be_unpacked_is_internal(kind, head, message):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(**head)
        wire.write(answer, prefixed(message, compressed=1), end=True)
        assert (await wire.over(answer)).status == 13
        assert it.service.finished == 0
        assert (await wire.over(wire.ask())).status == 0


@on_ours
async def test_a_flag_that_means_nothing_is_refused(kind):
    """grpc.aio takes it for an empty message."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call()
        wire.write(answer, prefixed(b"hello", compressed=2), end=True)
        assert (await wire.over(answer)).status == 13


@on_ours
@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\0", prefixed(b"hello")[:-1]], ids=len)
async def test_a_unary_call_without_its_whole_message_is_told_so(kind, data):
    """grpc.aio keeps such a call for ever, or until its deadline; the guide has INTERNAL for it, or UNIMPLEMENTED where none came."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call()
        wire.write(answer, data, end=True)
        assert (await wire.over(answer)).status in {12, 13}
        assert it.service.finished == 0
        assert (await wire.over(wire.ask())).status == 0


@on_ours
@pytest.mark.parametrize("cut", [1, 4, 5, 7])
async def test_a_stream_that_ends_in_the_middle_of_a_message_is_told_so(kind, cut):
    """grpc.aio drops the piece and takes the end for a good one: INTERNAL is what a message that cannot be read is."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        wire.write(answer, prefixed(b"whole") + prefixed(b"part")[:cut], end=True)
        await wire.over(answer)
        assert answer.status == 13
        assert answer.messages in ([b"whole"], [])
        await it.service.idle()


@on_both
async def test_one_message_in_many_frames_and_many_in_one(kind):
    messages = [b"hello", b"", b"x" * 70]
    data = b"".join(map(prefixed, messages))
    for size in (1, 2, 4, 5, 6, 11, len(data)):
        async with stage(kind) as it, await Wire.connect(it.port) as wire:
            answer = wire.call(CHAT)
            for at in range(0, len(data), size):
                wire.write(answer, data[at : at + size])
            wire.write(answer, b"", end=True)
            await wire.over(answer)
            assert (answer.messages, answer.status) == (messages, 0)


@on_ours
async def test_padding_is_no_data_and_is_given_back_to_the_window(kind):
    """More padding than the windows hold: it goes on only if windows are given for it. The C core refuses all padding."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        number = wire.number(answer)
        for _ in range(600):
            wire.send(DataFrame(number, prefixed(b"x"), flags=["PADDED"], pad_length=255))
            before = len(answer.messages)
            await wire.until(lambda before=before: len(answer.messages) > before)
        wire.write(answer, b"", end=True)
        assert (await wire.over(answer)).status == 0
        assert wire.windows.get(0, 0) >= 600 * 262 - 2 * WINDOW


@on_both
async def test_empty_frames_are_nothing(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        for piece in (b"", prefixed(b"hello")[:3], b"", prefixed(b"hello")[3:], b""):
            wire.write(answer, piece)
        wire.write(answer, b"", end=True)
        await wire.over(answer)
        assert (answer.messages, answer.status) == ([b"hello"], 0)


@on_both
@pytest.mark.parametrize("size", [3, 7, 50])
async def test_a_head_may_come_in_pieces(kind, size):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        number = wire.new_id()
        block = wire.encoded(wire.head(x_more="y" * 80))
        pieces = [block[at : at + size] for at in range(0, len(block), size)]
        wire.send(HeadersFrame(number, pieces[0]))
        wire.send(*(ContinuationFrame(number, piece) for piece in pieces[1:-1]))
        wire.send(ContinuationFrame(number, pieces[-1], flags=["END_HEADERS"]))
        answer = wire.answer(number)
        wire.say(answer, b"hello", end=True)
        assert (await wire.over(answer)).messages == [b"hello"]


@on_both
async def test_bytes_may_come_one_by_one(kind):
    """Of the preface, the settings, the head and the message."""
    async with stage(kind) as it, await Wire.connect(it.port, preface=False) as wire:
        told = bytearray()
        write, wire.writer.write = wire.writer.write, told.extend
        wire.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SettingsFrame(0).serialize())
        answer = wire.ask(b"hello")
        wire.writer.write = write
        for byte in told:
            wire.raw(bytes([byte]))
            await asyncio.sleep(0)
        assert (await wire.over(answer)).messages == [b"hello"]


@on_ours
async def test_padded_heads_and_priorities_are_understood(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        number = wire.new_id()
        head = HeadersFrame(number, wire.encoded(wire.head()), pad_length=9, depends_on=0, stream_weight=15)
        head.flags |= {"END_HEADERS", "PADDED", "PRIORITY"}
        wire.send(PriorityFrame(number, depends_on=0, stream_weight=3), head, PriorityFrame(99, depends_on=1))
        answer = wire.answer(number)
        wire.say(answer, b"hello", end=True)
        assert (await wire.over(answer)).messages == [b"hello"]


@on_ours
async def test_what_is_not_known_is_passed_over(kind):
    async with stage(kind) as it, await Wire.connect(it.port, settings={0x7777: 5, 0x3: 0}) as wire:
        answer = wire.call()
        wire.raw(frame(0xEE, 0xFF, 0, b"?" * 100) + frame(0xEF, 0x01, wire.number(answer)))
        wire.say(answer, b"hello", end=True)
        assert (await wire.over(answer)).messages == [b"hello"]


@on_both
async def test_trailers_of_the_client_end_its_side(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        wire.say(answer, b"hello")
        flags = ["END_HEADERS", "END_STREAM"]
        wire.send(HeadersFrame(wire.number(answer), wire.encoded([("x-late", "1")]), flags=flags))
        await wire.over(answer)
        assert (answer.messages, answer.status) == ([b"hello"], 0)


@on_both
async def test_settings_and_pings_are_answered(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        for n in range(3):
            await wire.pong(bytes([n]) * 8)
            wire.send(SettingsFrame(0, settings={INITIAL_WINDOW: 70_000 + n}))
        await wire.until(lambda: wire.settings_acks == 4)
        assert wire.pongs == [bytes([n]) * 8 for n in range(3)]
        wire.send(PingFrame(0, b"12345678", flags=["ACK"]))  # to a ping that nobody sent
        assert (await wire.over(wire.ask())).status == 0


MOMENTS = ["head", "piece", "message", "half-closed", "answered", "mid-answer", "over", "twice"]


@on_both
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_reset_at_any_moment_ends_its_call_alone(kind, moment):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        neighbour = wire.call(CHAT)
        answer = wire.call(MANY if moment == "mid-answer" else CHAT)
        if moment == "piece":
            wire.write(answer, prefixed(b"hello")[:7])
        elif moment == "mid-answer":
            wire.gives_windows = False
            wire.say(answer, b"1000x1000", end=True)
            await wire.until(lambda: answer.data)
        elif moment != "head":
            wire.say(answer, b"hello", end=moment in {"half-closed", "over"})
        if moment in {"answered", "twice"}:
            await wire.until(lambda: answer.messages)
        elif moment == "over":
            await wire.over(answer)
        wire.cancel(answer)
        if moment == "twice":
            wire.cancel(answer)
        wire.gives_windows = True
        wire.send(WindowUpdateFrame(0, 1 << 20))
        await it.service.until(lambda service: service.running == 1 and service.began >= 1)
        wire.say(neighbour, b"still here")
        await wire.until(lambda: neighbour.messages == [b"still here"])
        wire.write(neighbour, b"", end=True)
        assert (await wire.over(neighbour)).status == 0
        await it.service.idle()


@on_both
async def test_what_comes_late_for_a_call_that_is_over_harms_nobody(kind):
    """Frames that were on the way when the server ended the call (RFC 9113, 5.1); their windows come back."""
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        sent = 0
        for _ in range(12):
            answer = wire.call("/parity.Echo/Sing")
            number = wire.number(answer)
            wire.send(*(DataFrame(number, bytes(8000)) for _ in range(2)))
            wire.send(WindowUpdateFrame(number, 10), RstStreamFrame(number, error_code=8))
            sent += 16_000
            await wire.seen()
            await wire.until(lambda sent=sent: WINDOW + wire.windows.get(0, 0) - sent > 20_000)
        assert (await wire.over(wire.ask())).status == 0


@on_both
async def test_a_call_that_the_server_ends_early_does_not_hold_the_window(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        for n in range(1, 13):
            answer = wire.call("/parity.Echo/Sing")
            for _ in range(2):
                wire.write(answer, bytes(8000))
            await wire.over(answer)
            assert answer.status == 12
            await wire.until(lambda n=n: WINDOW + wire.windows.get(0, 0) - n * 16_000 > 20_000)
        assert (await wire.over(wire.ask())).status == 0


@on_both
async def test_a_client_that_says_goodbye_gets_the_end_of_its_calls(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        wire.send(GoAwayFrame(0))
        wire.say(answer, b"hello", end=True)
        assert (await wire.over(answer)).messages == [b"hello"]


@on_both
async def test_a_client_that_ends_its_side_of_the_connection_frees_its_calls(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        wire.call(HANG)
        await it.service.until(lambda service: service.running)
        wire.end()
        await it.service.idle()
        await wire.until_closed()


@on_both
async def test_a_server_that_stops_says_goodbye_and_closes_behind_the_last_call(kind):
    async with stage(kind) as it, await Wire.connect(it.port) as wire:
        answer = wire.call(CHAT)
        wire.say(answer, b"a")
        await wire.until(lambda: answer.messages)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(it.server.stop(20))
            await wire.until(lambda: wire.goaway)
            assert wire.goaway.error_code == 0
            assert wire.goaway.last_stream_id >= wire.number(answer)
            await wire.seen()
            began = it.service.began
            wire.ask(b"too late")
            wire.say(answer, b"b", end=True)
            await wire.over(answer)
            assert (answer.messages, answer.status) == ([b"a", b"b"], 0)
            await wire.until_closed()
        assert it.service.began == began
