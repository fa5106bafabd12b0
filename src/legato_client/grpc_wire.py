"""The gRPC wire: the bidirectional call `SpeechService.Stream`, with no generated stubs."""

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Open
from legato.domain.replies import AudioChunk, Opened
from legato.v1 import speech_pb2
from legato_client.access import authorization
from legato_client.address import Address
from legato_client.errors import (
    HUNG_UP,
    NO_GRPC,
    NO_TLS,
    ConnectionLostError,
    Trouble,
    reason_named,
    refused_with,
)
from legato_client.replies import reply_of
from legato_client.requests import Command, request_of
from legato_client.wire import Received

_DETAILS = "grpc-status-details-bin"
SERVICE = "/legato.v1.SpeechService/"

_OPTIONS = (
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # Without this one a frozen peer is noticed only after a minute, whatever the options above say.
    ("grpc.http2.ping_timeout_ms", 10_000),
    ("grpc.use_local_subchannel_pool", 1),  # a new connection is a new one, with no back-off but ours
    # A window that grows is audio for which a barge-in comes too late. A smaller window must be reopened every few kilobytes, at a
    # packet each. What is unread is held back by the gateway, which is told what has been read.
    ("grpc.http2.lookahead_bytes", 65_536),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.max_receive_message_length", 8_388_608),
)
_NO_PROXY = ("grpc.enable_http_proxy", 0)


def open_channel(address: Address, ca_pem: bytes | None) -> grpc.aio.Channel:
    """A channel to the gateway that nothing else uses; connects with the first call."""
    # The library would use the environment's proxy even for this machine, which the proxy cannot reach.
    options = (*_OPTIONS, _NO_PROXY) if address.is_loopback else _OPTIONS
    if address.secure:
        return grpc.aio.secure_channel(
            address.authority, grpc.ssl_channel_credentials(ca_pem), options=options
        )
    return grpc.aio.insecure_channel(address.authority, options=options)


def call_metadata(key: str) -> tuple[tuple[str, str], ...]:
    """Metadata sent with every call."""
    return tuple(authorization(key).items())


_MISTRUSTED = re.compile("CERTIFICATE_VERIFY_FAILED|Hostname Verification Check failed")
_UNREACHED = re.compile(
    r"(?:failed to connect to all addresses|errors resolving).*"
    r"(Connection refused|Connection reset by peer|Domain name not found|Socket closed)",
    re.DOTALL,
)
"""Matches the library's own message, which repeats the address and has the system's message at its end."""


def trouble_of(error: grpc.aio.AioRpcError, address: Address) -> Trouble:
    """What the status of a call means; the gateway's own reason is in its rich details.

    Args:
        error: how the call ended.
        address: where it was sent.
    """
    # The type stubs say that iterating metadata gives keys; it gives pairs.
    pairs = cast("Iterable[tuple[str, str | bytes]]", error.trailing_metadata() or ())
    for name, value in pairs:
        if name == _DETAILS and isinstance(value, bytes) and (found := _told_by(value)):
            return found
    details = error.details() or "no details"
    if why := _unreached(details):
        lasting = why in {NO_TLS, NO_GRPC, details}
        return ConnectionLostError(f"cannot connect to {address.authority}: {why}", may_retry=not lasting)
    return refused_with(error.code().name, details)


def _unreached(details: str) -> str:
    """Why no gateway was reached; empty if one was."""
    if "WRONG_VERSION_NUMBER" in details:
        return NO_TLS
    if "connect an http1.x server" in details:
        return NO_GRPC
    if _MISTRUSTED.search(details):
        return details
    found = _UNREACHED.match(details)
    if found is None:
        return ""
    return HUNG_UP if found[1] == "Socket closed" else found[1].lower()


def _told_by(details: bytes) -> SpeechError | None:
    info, retry, after_s = ErrorInfo(), RetryInfo(), None
    try:
        status = Status.FromString(details)
        for detail in status.details:
            detail.Unpack(info)  # does nothing where it is of another kind
            if detail.Unpack(retry):
                after_s = retry.retry_delay.ToTimedelta().total_seconds()
    except DecodeError:
        return None
    reason = reason_named(info.reason.lower())
    return SpeechError(reason, status.message, retry_after_s=after_s) if reason else None


class GrpcWire:
    """One call on a channel of its own.

    Args:
        address: where the gateway is.
        ca_pem: certificates to trust, PEM; `None` for the system's.
        key: API key; empty for none.
        clock: monotonic seconds.
    """

    def __init__(self, address: Address, ca_pem: bytes | None, key: str, clock: Callable[[], float]) -> None:
        self._address = address
        self._channel = open_channel(address, ca_pem)
        self._clock = clock
        self._read_seq = 0
        self._told_seq = 0
        # Raw bytes both ways: so a bad message is a named error, and the time stamp is taken before parsing.
        start: Any = self._channel.stream_stream(
            SERVICE + "Stream", request_serializer=None, response_deserializer=None
        )
        self._call = start(None, metadata=call_metadata(key))
        # Not `read`: it gives nothing more once a write has failed, though the rest of a call that the gateway has ended is there.
        self._answers = aiter(self._call)

    @property
    def owes(self) -> bool:
        """Whether `Opened` or audio was read that has not been acknowledged to the gateway."""
        return self._told_seq < self._read_seq

    async def send(self, command: Command) -> None:
        """Write one message, which also acknowledges what was read."""
        request = request_of(command)
        if isinstance(command, Open):
            request.open.acknowledges = True
        await self._write(request)

    async def acknowledge(self) -> None:
        """Tell the gateway what was read: it sends no more than 250 ms of audio beyond that."""
        if self.owes:
            await self._write(speech_pb2.StreamRequest())

    async def _write(self, request: speech_pb2.StreamRequest) -> None:
        if self.owes:
            self._told_seq = request.acked_server_seq = self._read_seq
        try:
            await self._call.write(request.SerializeToString())
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise ConnectionLostError(f"the call is over: {error}") from None
        except asyncio.CancelledError:
            self._reraise_if_cancelled()
            raise ConnectionLostError("the call was closed") from None

    async def receive(self) -> Received | None:
        """Read one message."""
        while True:
            try:
                data = await anext(self._answers, None)
            except grpc.aio.AioRpcError as error:
                raise trouble_of(error, self._address) from None
            except asyncio.CancelledError:
                self._reraise_if_cancelled()
                return None
            if data is None:
                return None
            read_at = self._clock()
            response = _parsed(data)
            reply = reply_of(response)
            if isinstance(reply, AudioChunk | Opened):
                self._read_seq = response.server_seq
            if reply is not None:
                return Received(reply, read_at)

    async def finish(self) -> None:
        """Half-close the call."""
        await self._call.done_writing()

    async def close(self) -> None:
        """Cancel the call, if it still runs, and close the channel."""
        self._call.cancel()
        await self._channel.close(None)

    def _reraise_if_cancelled(self) -> None:
        # grpc.aio raises CancelledError when the call was cancelled; only one meant for this task may propagate.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError


def _parsed(data: bytes) -> speech_pb2.StreamResponse:
    try:
        return speech_pb2.StreamResponse.FromString(data)
    except DecodeError as error:
        raise SpeechError(Reason.BAD_FRAME, f"expected a StreamResponse: {error}") from None
