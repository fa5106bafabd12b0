"""The gRPC server: handlers registered from the descriptor, on raw bytes, so that a bad message is an error and not the end."""

from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection

from gateway.servers.grpc_catalogue import CatalogueCalls, HealthCalls
from gateway.servers.grpc_stream import SpeechCalls
from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import Streams
from legato.ports import Health, VoiceDirectory
from legato.v1 import speech_pb2

SERVICE = speech_pb2.DESCRIPTOR.services_by_name["SpeechService"]
_HEALTH = health_pb2.DESCRIPTOR.services_by_name["Health"]


def channel_options(settings: ServerSettings) -> Sequence[tuple[str, int]]:
    """Options of the C core.

    The keepalive finds a frozen client only with `ping_timeout_ms` beside it: its own default is a minute. Bandwidth probing is
    off because it widens the windows, and with them the audio that a cancel cannot fetch back.
    """
    return (
        ("grpc.so_reuseport", int(settings.reuse_port)),
        ("grpc.http2.bdp_probe", 0),
        ("grpc.keepalive_time_ms", 10_000),
        ("grpc.keepalive_timeout_ms", 1_000),
        ("grpc.http2.ping_timeout_ms", 1_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
        ("grpc.server_handshake_timeout_ms", int(settings.handshake_s * 1000)),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
    )


class GrpcServer:
    """A gRPC server of one worker.

    Args:
        settings: address, limits, TLS.
        streams: the registry.
        health: for `grpc.health.v1`.
        directory: for the lists.
    """

    def __init__(
        self, settings: ServerSettings, streams: Streams, health: Health, directory: VoiceDirectory
    ) -> None:
        self._settings = settings
        self._server = grpc.aio.server(options=channel_options(settings))
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
        names = (SERVICE.full_name, _HEALTH.full_name, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)

    async def start(self, address: Address, *others: Address) -> int:
        """Listen, on other addresses as well where there are some.

        Returns:
            The port of the first.

        Raises:
            OSError: an address cannot be bound.
        """
        port, *_ = [self._bind(f"{where.host}:{where.port}") for where in (address, *others)]
        await self._server.start()
        return port

    def _bind(self, where: str) -> int:
        try:
            if self._settings.grpc_tls is None:
                return self._server.add_insecure_port(where)
            return self._server.add_secure_port(where, self._settings.grpc_tls)
        except RuntimeError as error:
            raise OSError(f"gRPC cannot listen on {where}: {error}") from error

    async def stop(self, grace_s: float) -> None:
        """Take no new call; those that run have so long to end."""
        await self._server.stop(grace_s)


def _raw(service: Any, calls: dict[str, Callable[..., Any]]) -> grpc.GenericRpcHandler:  # noqa: ANN401 upb's descriptor has no type
    """Handlers of a whole service by its descriptor, with no (de)serialiser: bytes in, bytes out."""
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
