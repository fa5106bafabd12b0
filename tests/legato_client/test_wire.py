from legato_client.grpc_wire import GrpcWire
from legato_client.websocket_wire import WebSocketWire
from legato_client.wire import Wire


def test_every_wire_has_every_part_of_the_protocol():
    parts = {name for name in vars(Wire) if not name.startswith("_")}

    assert parts == {"send", "owes", "acknowledge", "receive", "finish", "close"}
    assert all(parts <= set(vars(wire)) for wire in (GrpcWire, WebSocketWire))
