"""A gRPC channel to a vendor; each run is a bidirectional call of raw bytes on it. `grpc://host:port`, or `grpcs://` with TLS.

Rules:
- Every channel has a connection of its own.
- A call begins with the first message after the previous call has ended; stopping it leaves the channel as it is.
- The channel's state is watched: once it is no longer connected, it is over. A vendor that asks us to leave (GOAWAY, as servers do before
  they restart) still ends the call under way: it is heard to its end, and only then is the channel over.
- A call that ends because its connection broke is the end of the channel, not the vendor's word on the call.
- No HTTP/2 pings on an idle channel: vendors take them for abuse. A channel that a NAT has forgotten is noticed soon after the next call:
  the kernel gives up what nobody acknowledges.
- No task is started for a message, only for a call and for the channel.
"""

import asyncio
import contextlib
import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import grpc
import grpc.aio

from gateway.upstream.wire import NO_CODE, DialError, DialTarget, Wire, WireListener, trouble
from legato.domain.traces import Trace, trace_headers
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, Outgoing

_MAX_MESSAGE_BYTES = 16 << 20
_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.ping_timeout_ms", 2_000),
    # With these two the library makes the kernel give up on data that is not acknowledged within the timeout; it pings once a day.
    ("grpc.keepalive_time_ms", 86_400_000),
    ("grpc.keepalive_timeout_ms", 1_000),
    ("grpc.enable_retries", 0),
    # Otherwise all channels to one address are one connection: they are lost together, and no line is a spare.
    ("grpc.use_local_subchannel_pool", 1),
)
_NO_PROXY = ("grpc.enable_http_proxy", 0)
"""The library would use the environment's proxy even for this machine, which the proxy cannot reach."""
_WHY_S = 0.2
_BREAKS_S = 0.05
"""A call may learn that its connection broke before the channel does."""
_BROKEN = frozenset({"UNAVAILABLE", "CANCELLED"})
"""How a call ends whose connection broke; a vendor may also say so."""
_CAUSE = re.compile(
    r"CERTIFICATE_VERIFY_FAILED: ([\w -]+)|Hostname Verification Check failed"
    r"|(Connection refused|Connection reset by peer|Socket closed|Domain name not found|WRONG_VERSION_NUMBER)"
)
"""The parts of the library's messages that hold no address."""
_OTHERS = "it is for another host"
_UNREACHABLE = "the vendor cannot be reached"
_WRITE_FAILED = (grpc.StatusCode.INTERNAL, "Internal error from Core")
_DETAILS = "grpc-status-details-bin"
_DEAD = (
    grpc.ChannelConnectivity.IDLE,
    grpc.ChannelConnectivity.TRANSIENT_FAILURE,
    grpc.ChannelConnectivity.SHUTDOWN,
)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a record may be logged: the library logs what is not UTF-8 in a vendor's message, which may quote the user's text."""
    return not str(record.msg).startswith("Invalid encoding")


logging.getLogger("grpc._cython.cygrpc").addFilter(_is_ours)


async def dial(target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached.
    """
    parts = urlsplit(target.place.url)
    options = (*_OPTIONS, _NO_PROXY) if _is_here(parts.hostname or "") else _OPTIONS
    if parts.scheme == "grpcs":
        channel = grpc.aio.secure_channel(parts.netloc, grpc.ssl_channel_credentials(), options=options)
    else:
        channel = grpc.aio.insecure_channel(parts.netloc, options=options)
    try:
        async with asyncio.timeout(target.timeout_s):
            await _connected(channel, target.place.method)
    except (TimeoutError, ConnectionError) as error:
        await channel.close()
        raise DialError(trouble(error) if isinstance(error, TimeoutError) else str(error)) from None
    except BaseException:
        await channel.close()
        raise
    return GrpcWire(target, channel, listener)


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


async def _connected(channel: grpc.aio.Channel, method: str) -> None:
    while (state := channel.get_state(try_to_connect=True)) is not grpc.ChannelConnectivity.READY:
        if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
            raise ConnectionError(await _why(channel, method))
        await channel.wait_for_state_change(state)


async def _why(channel: grpc.aio.Channel, method: str) -> str:
    """What keeps the channel from connecting: the library reports that only to a call, but at once."""
    try:
        ask: Any = channel.unary_unary(method)  # raw bytes
        await ask(b"", timeout=_WHY_S)
    except grpc.aio.AioRpcError as error:
        return words(error.details() or "")
    return _UNREACHABLE


def words(details: str) -> str:
    """What the library says about a channel that cannot be connected, without addresses."""
    found = _CAUSE.search(details)
    if found is None:
        return _UNREACHABLE
    if found[2] is not None:
        return found[2].lower()
    return f"the vendor's certificate is not trusted: {found[1] or _OTHERS}"


class GrpcWire:
    """Implements `wire.Wire`.

    Args:
        target: the method and the metadata.
        channel: a connected channel.
        listener: takes what comes.
    """

    def __init__(self, target: DialTarget, channel: grpc.aio.Channel, listener: WireListener) -> None:
        self._target = target
        self._channel = channel
        self._listener: WireListener | None = listener
        self._method: Any = channel.stream_stream(target.place.method)  # raw bytes both ways
        self._metadata = tuple((name.lower(), value) for name, value in target.headers)
        self._traced: tuple[tuple[str, str], ...] = ()
        self._outbox: _Outbox | None = None
        self._serving: asyncio.Task[None] | None = None
        self._reading = asyncio.Event()
        self._reading.set()
        self._leaving = asyncio.Event()
        """Set once the channel takes no more calls."""
        self._watching = target.task(self._watch(), "upstream-grpc-watch")

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write messages to the call under way, or begin one."""
        if self._listener is None:
            return
        for frame in frames:
            assert not isinstance(frame, HttpRequest | str), "these are other transports' frames"
            if self._outbox is None:
                if self._leaving.is_set():
                    return  # its end is about to be reported
                self._outbox = _Outbox()
                metadata = self._metadata + self._traced
                self._serving = self._target.task(self._serve(self._outbox, metadata), "upstream-grpc")
            self._outbox.put(frame)

    def belong(self, trace: Trace) -> None:
        """Calls begun from now on belong to this span."""
        self._traced = trace_headers(trace)

    def ping(self) -> bool:
        """Do nothing: vendors take pings for abuse."""
        return False

    def stop(self) -> bool:
        """End the call under way; the channel lives on."""
        serving, self._serving, self._outbox = self._serving, None, None
        if serving is not None:
            serving.cancel()
        return True

    def pause(self) -> None:
        """Stop reading; the flow control of HTTP/2 does the rest."""
        self._reading.clear()

    def resume(self) -> None:
        """Read again."""
        self._reading.set()

    def close(self) -> None:
        """Close; nothing is reported any more."""
        if self._listener is None:
            return
        self._listener = None
        self.stop()
        self._watching.cancel()  # it closes the channel on its way out

    # --------------------------------------------------------------------------------------------------------------------

    async def _serve(self, outbox: "_Outbox", metadata: tuple[tuple[str, str], ...]) -> None:
        try:
            await self._call_of(outbox, metadata)
        except Exception:
            # A bug, here or in the library: the run need not wait for its time-out.
            if self._outbox is outbox:
                self._end()
                self._watching.cancel()
            raise

    async def _call_of(self, outbox: "_Outbox", metadata: tuple[tuple[str, str], ...]) -> None:
        call = self._method(outbox.messages(), metadata=metadata)
        try:
            while (message := await call.read()) is not grpc.aio.EOF:
                if self._outbox is not outbox or self._listener is None:
                    return
                self._listener.came(message)
                await self._reading.wait()
        except grpc.aio.AioRpcError:
            pass  # the call's status says it
        finally:
            if not call.done():
                call.cancel()
            outbox.close()
        ending = await _ending(call)
        broke = ending.code in _BROKEN and await self._breaks()
        if self._outbox is outbox and self._listener is not None:
            self._outbox = self._serving = None
            if not broke:
                self._listener.came(ending)

    async def _breaks(self) -> bool:
        """Whether the connection is gone, of which the channel learns in this moment."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BREAKS_S):
                await self._leaving.wait()
        return self._leaving.is_set()

    async def _watch(self) -> None:
        try:
            while (state := self._channel.get_state()) not in _DEAD:
                await self._channel.wait_for_state_change(state)
            self._leaving.set()
            while (serving := self._serving) is not None and not serving.done():
                await asyncio.wait([serving])
            self._end()
        finally:
            await self._channel.close()

    def _end(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.ended(NO_CODE, "")


async def _ending(call: Any) -> CallEnded:  # noqa: ANN401 - grpc's own class differs by kind of call
    code, words = await call.code(), await call.details()
    if (code, words) == _WRITE_FAILED:
        # The vendor ended the call while a message was being written, and the library loses the reason.
        return CallEnded(grpc.StatusCode.CANCELLED.name)
    details = next((value for name, value in await call.trailing_metadata() or () if name == _DETAILS), b"")
    return CallEnded(code.name, words or "", details)


class _Outbox:
    """Messages to be written to a call."""

    def __init__(self) -> None:
        self._closed = False
        self._frames: deque[bytes | HalfClose] = deque()
        self._some = asyncio.Event()

    def put(self, frame: bytes | HalfClose) -> None:
        self._frames.append(frame)
        self._some.set()

    def close(self) -> None:
        """The call is over: whatever waits for messages ends."""
        self._closed = True
        self._some.set()

    async def messages(self) -> AsyncIterator[bytes]:
        while not self._closed:
            while self._frames:
                frame = self._frames.popleft()
                if isinstance(frame, HalfClose):
                    return
                yield frame
            self._some.clear()
            await self._some.wait()
