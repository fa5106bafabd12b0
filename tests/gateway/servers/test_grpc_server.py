import contextlib

import grpc
import grpc.aio
import pytest
from google.protobuf import descriptor_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from gateway.servers.grpc_server import SERVICE
from gateway.servers.settings import Address
from legato.v1 import speech_pb2
from tests.gateway.servers.stage import house


async def test_reflection_tells_the_services_and_their_messages():
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {one.name for one in (await call.read()).list_services_response.service}
        assert names >= {"legato.v1.SpeechService", "grpc.health.v1.Health"}
        symbol = "legato.v1.SpeechService"
        await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol))
        assert (await call.read()).file_descriptor_response.file_descriptor_proto
        await call.done_writing()


async def test_reflection_is_served_under_its_newer_name_too_and_describes_it():
    name = "grpc.reflection.v1.ServerReflection"
    write = reflection_pb2.ServerReflectionRequest.SerializeToString
    read = reflection_pb2.ServerReflectionResponse.FromString
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        call = channel.stream_stream(f"/{name}/ServerReflectionInfo", write, read)()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {one.name for one in (await call.read()).list_services_response.service}
        assert names >= {"legato.v1.SpeechService", name, "grpc.reflection.v1alpha.ServerReflection"}
        await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol=name))
        (told,) = (await call.read()).file_descriptor_response.file_descriptor_proto
        file = descriptor_pb2.FileDescriptorProto.FromString(told)
        assert (file.package, file.service[0].name) == ("grpc.reflection.v1", "ServerReflection")
        assert file.service[0].method[0].input_type == ".grpc.reflection.v1.ServerReflectionRequest"
        await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol="a.B"))
        assert (await call.read()).error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
        await call.done_writing()


async def test_every_method_of_the_contract_is_served():
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        for method in SERVICE.methods:
            call = channel.stream_stream(f"/{SERVICE.full_name}/{method.name}")()
            await call.write(b"\xff")
            await call.done_writing()
            with contextlib.suppress(grpc.aio.AioRpcError):
                [_ async for _ in call]
            assert await call.code() is not grpc.StatusCode.UNIMPLEMENTED
        unknown = channel.unary_unary(f"/{SERVICE.full_name}/Sing")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await unknown(b"")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_over_the_bound_ends_its_call_by_name_and_no_other():
    request = speech_pb2.StreamRequest(text={"utterance_id": "a", "text": "x" * 3000}).SerializeToString()
    async with house(max_message_bytes=2000) as built, grpc.aio.insecure_channel(built.grpc) as channel:
        neighbour = channel.stream_stream(f"/{SERVICE.full_name}/Stream")()
        await neighbour.write(speech_pb2.StreamRequest(open={}).SerializeToString())
        await neighbour.read()
        call = channel.stream_stream(f"/{SERVICE.full_name}/Stream")()
        await call.write(request)
        assert await call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "2000" in await call.details()
        await neighbour.write(speech_pb2.StreamRequest(ping={}).SerializeToString())
        assert speech_pb2.StreamResponse.FromString(await neighbour.read()).HasField("pong")


async def test_a_port_that_is_taken_is_an_oserror():
    async with house() as built:
        taken = Address("127.0.0.1", built.servers.grpc_port)
        with pytest.raises(OSError, match="cannot listen"):
            async with house(grpc=taken):
                pass
