"""Which wire serves which transport."""

from gateway.upstream import grpc_wire, http_wire, tcp_wire, websocket_wire
from gateway.upstream.wire import DialTarget, DialWire, Wire, WireListener
from legato.domain.vendors import Transport

DIALS: dict[Transport, DialWire] = {
    Transport.WEBSOCKET: websocket_wire.dial,
    Transport.HTTP: http_wire.dial,
    Transport.GRPC: grpc_wire.dial,
    Transport.TCP: tcp_wire.dial,
}


async def dial(transport: Transport, target: DialTarget, listener: WireListener) -> Wire:
    """Connect.

    Raises:
        DialError: the vendor cannot be reached, or refuses.
    """
    return await DIALS[transport](target, listener)
