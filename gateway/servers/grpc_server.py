"""The gRPC server. Its handlers, registered from the descriptor, take raw bytes: so a bad message is an error, not the end of the stream."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, text_format
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

from gateway.rpc.limits import Limits
from gateway.rpc.server import RpcServer
from gateway.servers.client_sockets import tune
from gateway.servers.grpc_catalogue import CatalogueCalls, HealthCalls
from gateway.servers.grpc_stream import SpeechCalls
from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import Streams
from legato.ports import Health, VoiceDirectory
from legato.v1 import speech_pb2

SERVICE = speech_pb2.DESCRIPTOR.services_by_name["SpeechService"]
_HEALTH = health_pb2.DESCRIPTOR.services_by_name["Health"]
_REFLECTIONS = (reflection.SERVICE_NAME, "grpc.reflection.v1.ServerReflection")


class GrpcServer:
    """The gRPC server of one worker.

    Args:
        settings: address, limits, TLS.
        streams: the registry.
        health: answers `grpc.health.v1`.
        directory: what the lists show.
    """

    def __init__(
        self, settings: ServerSettings, streams: Streams, health: Health, directory: VoiceDirectory
    ) -> None:
        self._server = RpcServer(
            Limits(message_bytes=settings.max_message_bytes, handshake_s=settings.handshake_s),
            tls=settings.grpc_tls,
            reuse_port=settings.reuse_port,
            tune=partial(tune, settings=settings),
        )
        speech = SpeechCalls(streams, settings)
        lists = CatalogueCalls(streams, directory)
        probes = HealthCalls(health, (SERVICE.full_name,))
        self._server.add_generic_rpc_handlers(
            (
                _raw(
                    SERVICE,
                    {
                        "Stream": speech.stream,
                        "Speak": speech.speak,
                        "ListVoices": lists.list_voices,
                        "ListLanguages": lists.list_languages,
                    },
                ),
                _health(probes),
            )
        )
        self._server.add_generic_rpc_handlers(
            _reflection((SERVICE.full_name, _HEALTH.full_name, *_REFLECTIONS))
        )

    async def start(self, address: Address, *others: Address) -> int:
        """Listen on an address, and on others if there are any.

        Returns:
            The port of the first.

        Raises:
            OSError: an address cannot be bound.
        """
        try:
            port, *_ = [await self._server.listen(where.host, where.port) for where in (address, *others)]
        except OSError as error:
            await self._server.stop(None)
            raise OSError(error.errno, f"gRPC cannot listen: {error.strerror}") from error
        return port

    def shut(self) -> None:
        """Stop listening; connected clients make their new calls elsewhere."""
        self._server.shut()

    async def stop(self, grace_s: float) -> None:
        """Take no new calls, and give those that run this long to end."""
        await self._server.stop(grace_s)


def _raw(service: Any, calls: dict[str, Callable[..., Any]]) -> grpc.GenericRpcHandler:  # noqa: ANN401 upb's descriptor has no type
    """Make the handlers of a whole service from its descriptor, without (de)serialisers: bytes in, bytes out."""
    makers = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        method.name: makers[method.client_streaming, method.server_streaming](calls[method.name])
        for method in service.methods
    }
    return grpc.method_handlers_generic_handler(service.full_name, handlers)


def _health(calls: HealthCalls) -> grpc.GenericRpcHandler:
    read = health_pb2.HealthCheckRequest.FromString
    write = health_pb2.HealthCheckResponse.SerializeToString
    return grpc.method_handlers_generic_handler(
        _HEALTH.full_name,
        {
            "Check": grpc.unary_unary_rpc_method_handler(calls.check, read, write),
            "Watch": grpc.unary_stream_rpc_method_handler(calls.watch, read, write),
        },
    )


def _reflection(names: tuple[str, ...]) -> tuple[grpc.GenericRpcHandler, ...]:
    """Serve reflection under both its names: their messages are the same on the wire, and newer tools ask for `v1` first."""
    _describe_v1()
    calls = reflection.aio.ReflectionServicer(names)
    read = reflection_pb2.ServerReflectionRequest.FromString
    write = reflection_pb2.ServerReflectionResponse.SerializeToString
    handler = grpc.stream_stream_rpc_method_handler(calls.ServerReflectionInfo, read, write)
    return tuple(
        grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler}) for name in _REFLECTIONS
    )


def _describe_v1() -> None:
    """Make `v1` known to the pool that reflection answers from: the package that we have brings only `v1alpha`."""
    pool = descriptor_pool.Default()
    with suppress(KeyError):
        pool.FindFileContainingSymbol(_REFLECTIONS[1])
        return
    file = descriptor_pb2.FileDescriptorProto()
    reflection_pb2.DESCRIPTOR.CopyToProto(file)
    file.ClearField("options")  # they call v1alpha deprecated
    text = text_format.MessageToString(file).replace("v1alpha", "v1")
    pool.AddSerializedFile(text_format.Parse(text, descriptor_pb2.FileDescriptorProto()).SerializeToString())
