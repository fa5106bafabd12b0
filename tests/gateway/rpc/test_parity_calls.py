"""What the official client sees of a server: the same of grpc.aio's and of ours."""

import asyncio
import contextlib
import json

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.gateway.rpc.parity_stage import MAX_MESSAGE_BYTES, SERVICE, on_both, on_ours, stage

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])
ECHO = f"/{SERVICE}/"
MANY_STREAMS = 200
Code = grpc.StatusCode
SMALL_WINDOW = (("grpc.http2.lookahead_bytes", 65536), ("grpc.http2.bdp_probe", 0))


async def all_of(call):
    return [message async for message in call]


async def heard_of(call):
    """The messages up to the end, and the end."""
    messages = []
    with contextlib.suppress(grpc.aio.AioRpcError):
        async for message in call:
            messages.append(message)  # noqa: PERF401 those before an error count
    return messages, await call.code(), await call.details()


async def refused(call):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def spoken(*messages):
    for message in messages:
        yield message


@on_both
async def test_a_unary_call_is_answered(kind):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.unary_unary(ECHO + "Unary")(b"hello")
        assert await call == b"hello"
        assert (await call.code(), await call.details()) == (Code.OK, "")


@on_both
@pytest.mark.parametrize("size", [0, 1, 16_379, 16_380, 65_530, 65_535, 65_536, MAX_MESSAGE_BYTES])
async def test_messages_of_every_size_pass_both_ways(kind, size):
    """At the edges of frames and windows."""
    message = bytes(range(256)) * (size // 256) + bytes(size % 256)
    async with stage(kind) as it, it.channel() as channel:
        assert await channel.unary_unary(ECHO + "Unary")(message) == message
        assert await all_of(channel.stream_stream(ECHO + "Chat")(spoken(message, message))) == [message] * 2


@on_both
@pytest.mark.parametrize("name", ["Many", "WrittenMany"])
async def test_an_answer_in_a_stream_is_whole_and_in_order(kind, name):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.unary_stream(ECHO + name)(b"300x960")
        assert [(len(one), one[0]) for one in await all_of(call)] == [(960, n % 256) for n in range(300)]
        assert await call.code() is Code.OK


@on_both
@pytest.mark.parametrize("name", ["Many", "WrittenMany"])
async def test_an_answer_may_have_no_message_at_all(kind, name):
    async with stage(kind) as it, it.channel() as channel:
        assert await heard_of(channel.unary_stream(ECHO + name)(b"0x0")) == ([], Code.OK, "")


@on_both
async def test_a_stream_of_requests_is_gathered(kind):
    async with stage(kind) as it, it.channel() as channel:
        collect = channel.stream_unary(ECHO + "Collect")
        assert await collect(spoken(b"a", b"", b"bc")) == b"abc"
        assert await collect(spoken()) == b""


@on_both
@pytest.mark.parametrize("name", ["Chat", "Talk"])
async def test_a_conversation_goes_to_and_fro_and_ends_after_half_close(kind, name):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.stream_stream(ECHO + name)()
        for n in range(20):
            await call.write(str(n).encode())
            assert await call.read() == str(n).encode()
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is Code.OK


@on_both
async def test_metadata_goes_both_ways_binary_too(kind):
    sent = (
        ("plain", "a b,c=d"),
        ("twice", "1"),
        ("twice", "2"),
        ("raw-bin", bytes(range(256))),
        ("empty-bin", b""),
        ("one-bin", b"\x80"),
    )
    async with stage(kind) as it, it.channel() as channel:
        call = channel.unary_unary(ECHO + "Metadata")(b"", metadata=sent)
        came = [
            (key, bytes(value) if isinstance(value, list) else value) for key, value in json.loads(await call)
        ]
        names = {key for key, _ in sent}
        assert [pair for pair in came if pair[0] in names] == list(sent)
        # What the transport needs is not the handler's.
        assert not {key for key, _ in came} & {"te", "content-type", "grpc-timeout", "grpc-encoding", ":path"}
        assert "user-agent" in {key for key, _ in came}
        early = dict(await call.initial_metadata())
        assert (early["early"], early["early-bin"]) == ("one", b"\x00\xff\x01")
        late = await call.trailing_metadata()
        assert late.get_all("late") == ["two", "three"]
        assert late["late-bin"] == b"\xfe\x00"


@on_both
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(
    "words", ["plain", "", "50% of it", "grüße, 世界 🙂", "line\nbreak\ttab\x7f", "ends in %", "x" * 3000]
)
async def test_status_words_and_details_arrive_whatever_is_in_them(kind, words, first):
    told = {"code": "FAILED_PRECONDITION", "words": words, "first": first}
    told["trailing"] = [["why", "so"], ["grpc-status-details-bin", list(b"\x08\x09\xff")]]
    async with stage(kind) as it, it.channel() as channel:
        call = channel.unary_stream(ECHO + "Abort")(json.dumps(told).encode())
        assert await heard_of(call) == ([b"first"] * first, Code.FAILED_PRECONDITION, words)
        trailing = dict(await call.trailing_metadata())
        assert (trailing["why"], trailing["grpc-status-details-bin"]) == ("so", b"\x08\x09\xff")


@on_both
@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK], ids=str)
async def test_every_status_arrives(kind, code):
    told = json.dumps({"code": code.name, "words": "so it is", "trailing": []}).encode()
    async with stage(kind) as it, it.channel() as channel:
        assert await heard_of(channel.unary_stream(ECHO + "Abort")(told)) == ([], code, "so it is")


@on_both
async def test_a_status_that_is_set_counts_as_one_that_is_raised(kind):
    async with stage(kind) as it, it.channel() as channel:
        error = await refused(channel.unary_unary(ECHO + "Coded")(b""))
        assert (error.code(), error.details()) == (Code.DATA_LOSS, "set, not raised")


@on_both
async def test_a_bug_in_a_handler_is_unknown_and_ends_no_other_call(kind):
    async with stage(kind) as it, it.channel() as channel:
        neighbour = channel.stream_stream(ECHO + "Chat")()
        await neighbour.write(b"a")
        error = await refused(channel.unary_unary(ECHO + "Raises")(b""))
        assert error.code() is Code.UNKNOWN
        assert await neighbour.read() == b"a"
        neighbour.cancel()


@on_both
@pytest.mark.parametrize("path", ["/parity.Echo/Sing", "/parity.Nobody/Unary", "/x"])
async def test_an_unknown_method_is_unimplemented(kind, path):
    async with stage(kind) as it, it.channel() as channel:
        assert (await refused(channel.unary_unary(path)(b""))).code() is Code.UNIMPLEMENTED


@on_both
async def test_a_deadline_ends_the_call_on_both_sides(kind):
    async with stage(kind) as it, it.channel() as channel:
        error = await refused(channel.unary_unary(ECHO + "Wait")(b"", timeout=0.05))
        assert error.code() is Code.DEADLINE_EXCEEDED
        await it.service.idle()
        assert (it.service.finished, it.service.cancelled) == (0, it.service.began)


@on_both
async def test_a_handler_knows_how_much_time_is_left(kind):
    async with stage(kind) as it, it.channel() as channel:
        remaining = channel.unary_unary(ECHO + "Remaining")
        assert 3000 < float(await remaining(b"", timeout=3600)) < 3700  # the C core rounds
        assert await remaining(b"") == b"None"


@on_both
@pytest.mark.parametrize("name", ["Chat", "Talk", "Hang"])
async def test_a_cancel_reaches_the_handler(kind, name):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.stream_stream(ECHO + name)()
        await call.write(b"a")
        await it.service.until(lambda service: service.running)
        if name != "Hang":
            await call.read()
        assert call.cancel()
        await it.service.idle()
        assert await channel.unary_unary(ECHO + "Unary")(b"on") == b"on"


@on_both
async def test_a_cancel_while_the_answer_flows_stops_the_writer(kind):
    async with stage(kind) as it, it.channel(*SMALL_WINDOW) as channel:
        call = channel.unary_stream(ECHO + "WrittenMany")(b"100000x1000")
        await call.read()
        call.cancel()
        await it.service.idle()
        assert it.service.finished == 0
        assert it.service.written < 100_000


@on_both
async def test_a_client_that_goes_ends_all_its_calls(kind):
    async with stage(kind) as it:
        async with it.channel() as channel:
            calls = [channel.stream_stream(ECHO + "Hang")() for _ in range(10)]
            for call in calls:
                await call.write(b"")
            await it.service.until(lambda service: len(service.heard) == 10)
        await it.service.idle()
        await it.honest()


@on_both
@pytest.mark.parametrize("how", [grpc.Compression.Gzip, grpc.Compression.Deflate])
async def test_compressed_requests_are_understood(kind, how):
    message = b"so it goes " * 5000
    async with stage(kind) as it, it.channel() as channel:
        assert await channel.unary_unary(ECHO + "Unary")(message, compression=how) == message
        chat = channel.stream_stream(ECHO + "Chat")(spoken(message, b"", message), compression=how)
        assert await all_of(chat) == [message, b"", message]


@on_both
async def test_a_message_over_the_bound_is_refused_by_its_size_and_ends_no_other_call(kind):
    async with stage(kind) as it, it.channel() as channel:
        neighbour = channel.stream_stream(ECHO + "Chat")()
        await neighbour.write(b"a")
        for call in (
            channel.unary_unary(ECHO + "Unary")(bytes(MAX_MESSAGE_BYTES + 1)),
            channel.stream_unary(ECHO + "Collect")(spoken(b"x", bytes(MAX_MESSAGE_BYTES + 1))),
        ):
            error = await refused(call)
            assert error.code() is Code.RESOURCE_EXHAUSTED
            assert str(MAX_MESSAGE_BYTES) in error.details()
        assert await neighbour.read() == b"a"
        await neighbour.write(b"b")
        assert await neighbour.read() == b"b"
        neighbour.cancel()


@on_both
async def test_what_is_small_on_the_wire_and_large_behind_it_is_refused_too(kind):
    """A bomb: the bound holds for what is unpacked."""
    async with stage(kind) as it, it.channel() as channel:
        error = await refused(
            channel.unary_unary(ECHO + "Unary")(
                bytes(MAX_MESSAGE_BYTES + 1), compression=grpc.Compression.Gzip
            )
        )
        assert error.code() is Code.RESOURCE_EXHAUSTED


@on_both
async def test_many_streams_of_one_connection_run_at_once(kind):
    async with stage(kind) as it, it.channel() as channel:
        calls = [channel.stream_stream(ECHO + "Chat")() for _ in range(MANY_STREAMS)]
        for n, call in enumerate(calls):
            await call.write(str(n).encode())
        await it.service.until(lambda service: service.running == MANY_STREAMS)
        assert [await call.read() for call in calls] == [str(n).encode() for n in range(MANY_STREAMS)]
        for call in calls:
            await call.done_writing()
        assert {await call.code() for call in calls} == {Code.OK}


@on_both
async def test_many_calls_follow_one_another_on_one_connection(kind):
    async with stage(kind) as it, it.channel() as channel:
        unary = channel.unary_unary(ECHO + "Unary")
        for n in range(300):
            assert await unary(str(n).encode()) == str(n).encode()
        answers = await asyncio.gather(*(unary(str(n).encode()) for n in range(200)))
        assert answers == [str(n).encode() for n in range(200)]


@on_both
async def test_who_waits_for_ready_is_served_once_there_is_somebody(kind):
    async with stage(kind) as it, it.channel() as channel:
        assert await channel.unary_unary(ECHO + "Unary")(b"x", wait_for_ready=True) == b"x"
        await channel.channel_ready()


@on_both
async def test_health_is_told(kind):
    async with stage(kind) as it, it.channel() as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest())
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        error = await refused(stub.Check(health_pb2.HealthCheckRequest(service="absent")))
        assert (error.code(), error.details()) == (Code.NOT_FOUND, "unknown service")
        garbled = await refused(channel.unary_unary("/grpc.health.v1.Health/Check")(b"\xff"))
        # The words differ: grpc.aio has UNKNOWN for what its deserialiser raises, the guide INTERNAL.
        assert garbled.code() in {Code.UNKNOWN, Code.INTERNAL}


@on_both
async def test_reflection_is_told(kind):
    async with stage(kind) as it, it.channel() as channel:
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {one.name for one in (await call.read()).list_services_response.service}
        assert names == {SERVICE, "grpc.reflection.v1alpha.ServerReflection"}
        symbol = "grpc.reflection.v1alpha.ServerReflection"
        await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol))
        assert (await call.read()).file_descriptor_response.file_descriptor_proto
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF


@on_both
async def test_a_server_that_stops_lets_calls_end_and_takes_no_new_ones(kind):
    async with stage(kind) as it, it.channel() as channel:
        waiting = channel.unary_unary(ECHO + "Wait")(b"late")
        talking = channel.stream_stream(ECHO + "Chat")()
        await talking.write(b"a")
        assert await talking.read() == b"a"
        await it.service.until(lambda service: service.running == 2)
        async with asyncio.TaskGroup() as tasks:
            stopping = tasks.create_task(it.server.stop(20))
            await channel.wait_for_state_change(grpc.ChannelConnectivity.READY)
            new = await refused(channel.unary_unary(ECHO + "Unary")(b"new"))
            assert new.code() is Code.UNAVAILABLE
            assert not stopping.done()
            await talking.write(b"b")
            assert await talking.read() == b"b"
            await talking.done_writing()
            it.service.rest.set()
            assert await waiting == b"late"
            assert await talking.code() is Code.OK
        assert it.service.cancelled == 0


@on_both
async def test_what_outlasts_the_grace_is_cut_off(kind):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.stream_stream(ECHO + "Hang")()
        await call.write(b"")
        await it.service.until(lambda service: service.running)
        await it.server.stop(0.05)
        await it.service.idle()
        # CANCELLED where the end was still told, UNAVAILABLE where only the connection was gone.
        assert await call.code() in {Code.UNAVAILABLE, Code.CANCELLED}
        assert it.service.cancelled == 1


@on_both
async def test_a_stopped_server_may_be_stopped_again(kind):
    async with stage(kind) as it:
        await it.server.stop(None)
        await it.server.stop(0)


@on_ours
async def test_several_who_write_at_once_are_all_heard(kind):
    """grpc.aio takes one write at a time, and stands still for ever at two."""
    async with stage(kind) as it, it.channel(*SMALL_WINDOW) as channel:
        messages, code, _ = await heard_of(channel.unary_stream(ECHO + "Pair")(b""))
        assert code is Code.OK
        assert sorted(message[:1] for message in messages) == [b"a", b"b", b"c"]


@on_both
async def test_who_writes_after_the_end_is_told_so(kind):
    async with stage(kind) as it, it.channel() as channel:
        call = channel.unary_stream(ECHO + "Late")(b"")
        await it.service.until(lambda service: service.running)
        call.cancel()
        await it.service.idle()
        assert it.service.heard == [b"refused"]
