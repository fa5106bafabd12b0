import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2

from legato.v1 import speech_pb2
from tests.gateway.servers.stage import house

SPEECH = "/legato.v1.SpeechService/"
HEALTH = "/grpc.health.v1.Health/"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def check(channel, service=""):
    call = channel.unary_unary(HEALTH + "Check", None, health_pb2.HealthCheckResponse.FromString)
    return call(health_pb2.HealthCheckRequest(service=service).SerializeToString())


async def test_voices_and_languages_are_told():
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        voices = channel.unary_unary(SPEECH + "ListVoices", None, speech_pb2.ListVoicesResponse.FromString)
        told = await voices(speech_pb2.ListVoicesRequest(language="en").SerializeToString())
        assert [voice.name for voice in told.voices] == ["anna"]
        assert told.default_voice == "anna"
        languages = channel.unary_unary(
            SPEECH + "ListLanguages", None, speech_pb2.ListLanguagesResponse.FromString
        )
        assert [one.tag for one in (await languages(b"")).languages] == ["cy", "de", "en-GB"]


@pytest.mark.parametrize("method", ["ListVoices", "ListLanguages"])
async def test_a_bad_message_and_a_bad_key_are_named(method):
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        call = channel.unary_unary(SPEECH + method)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"\xff")
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert method in caught.value.details()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"", metadata=(("authorization", "Bearer wrong"),))
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_health_is_what_the_process_says_at_this_moment():
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        for ready in (True, False):
            built.health.is_ready = ready
            for service in ("", "legato.v1.SpeechService"):
                assert (await check(channel, service)).status == (SERVING if ready else NOT_SERVING)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await check(channel, "other")
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_watch_tells_every_change_and_only_changes(monkeypatch):
    monkeypatch.setattr("gateway.servers.grpc_catalogue._WATCH_S", 0.001)
    async with house() as built, grpc.aio.insecure_channel(built.grpc) as channel:
        watch = channel.unary_stream(HEALTH + "Watch", None, health_pb2.HealthCheckResponse.FromString)
        call = watch(health_pb2.HealthCheckRequest().SerializeToString())
        assert (await call.read()).status == SERVING
        built.health.is_ready = False
        assert (await call.read()).status == NOT_SERVING
        built.health.is_ready = True
        assert (await call.read()).status == SERVING
        call.cancel()
        other = watch(health_pb2.HealthCheckRequest(service="other").SerializeToString())
        assert (await other.read()).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        other.cancel()
