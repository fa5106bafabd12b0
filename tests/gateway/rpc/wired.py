"""h2 as a client, and the fields of a good request."""

from h2.config import H2Configuration
from h2.connection import H2Connection

from gateway.rpc.limits import Limits
from gateway.rpc.wire import Wire

GOOD = (
    (":method", "POST"),
    (":scheme", "http"),
    (":path", "/a.B/Chat"),
    (":authority", "x"),
    ("te", "trailers"),
    ("content-type", "application/grpc"),
)


class Pair:
    """A wire and its client, bytes carried by hand."""

    def __init__(self, **limits):
        self.client = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.client.initiate_connection()
        self.wire = Wire(Limits(**limits))
        self.wire.begin()
        self.now = 0.0
        self.told = []
        self.seen = []
        self.carry()

    def carry(self):
        """Until neither has anything to say; what the server's side has told, and what the client's has seen, is kept."""
        while (sent := self.client.data_to_send()) or self.wire.waiting:
            self.give(sent)
            self.seen += self.client.receive_data(self.wire.output())
        self.seen += self.client.receive_data(self.wire.output())

    def give(self, raw, after_s=0.02):
        """Bytes to the server's side, in a turn of their own where not told otherwise."""
        self.now += after_s
        self.wire.receive(raw)
        self.told += self.wire.events(self.now)

    def ask(self, stream_id=None, fields=GOOD, *, end=False):
        """A request."""
        stream_id = stream_id or self.client.get_next_available_stream_id()
        self.client.send_headers(stream_id, fields, end_stream=end)
        self.carry()
        return stream_id

    def saw(self, kind):
        """The client's events of a kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def heard(self, kind):
        """The server's events of a kind."""
        return [event for event in self.told if isinstance(event, kind)]
