"""A plain TCP connection to a vendor; bytes are passed on as they come. `tcp://host:port`."""

import asyncio
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from gateway.upstream.reaching import Reach, is_acknowledged, tune
from gateway.upstream.wire import NO_CODE, DialError, DialTarget, Wire, WireListener, trouble
from legato.domain.vendors import HalfClose, HttpRequest, Outgoing


async def dial(target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached.
    """
    parts, reach = urlsplit(target.place.url), Reach()
    try:
        async with asyncio.timeout(target.timeout_s):
            lent = await reach.connect(parts.hostname or "", parts.port or 0)
            _, wire = await asyncio.get_running_loop().create_connection(lambda: TcpWire(listener), sock=lent)
    except OSError as error:  # a time-out is one, too
        reach.end()
        raise DialError(trouble(error)) from None
    except BaseException:
        reach.end()
        raise
    reach.over()
    return wire


class TcpWire(asyncio.Protocol):
    """Implements `wire.Wire`.

    Args:
        listener: takes what comes.
    """

    def __init__(self, listener: WireListener) -> None:
        self._listener: WireListener | None = listener
        self._transport: asyncio.Transport | None = None

    # --- from the socket ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is made."""
        self._transport = cast("asyncio.Transport", transport)
        tune(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Bytes have come from the vendor."""
        if self._listener is not None:
            self._listener.came(data)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is over."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.ended(NO_CODE, "" if error is None else trouble(error))

    # --- to the socket --------------------------------------------------------------------------------------------------

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Write frames, in order."""
        if self._transport is None or self._listener is None:
            return
        for frame in frames:
            assert not isinstance(frame, HttpRequest | HalfClose), "these are other transports' frames"
            self._transport.write(frame.encode() if isinstance(frame, str) else frame)

    def ping(self) -> bool:
        """TCP has no ping; a language may have its own."""
        return False

    def is_acknowledged(self) -> bool:
        """Whether the vendor's kernel has acknowledged all that was sent."""
        return is_acknowledged(self._transport)

    def stop(self) -> bool:
        """Close: nothing else stops what is being said."""
        self.close()
        return False

    def pause(self) -> None:
        """Stop reading."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Close; nothing is reported any more."""
        self._listener = None
        if self._transport is not None:
            self._transport.close()
