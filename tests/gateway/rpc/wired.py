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
    """A wire and a client of it, with the bytes carried by hand."""

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
        """Carry bytes until neither side has more to send; keep the events of both."""
        while (sent := self.client.data_to_send()) or self.wire.waiting:
            self.give(sent)
            self.seen += self.client.receive_data(self.wire.output())
        self.seen += self.client.receive_data(self.wire.output())

    def give(self, raw, after_s=0.02):
        """Give bytes to the server's side, by default `after_s` later, in a turn of their own."""
        self.now += after_s
        self.wire.receive(raw)
        self.told += self.wire.events(self.now)

    def ask(self, stream_id=None, fields=GOOD, *, end=False):
        """Send a request; return its stream id."""
        stream_id = stream_id or self.client.get_next_available_stream_id()
        self.client.send_headers(stream_id, fields, end_stream=end)
        self.carry()
        return stream_id

    def saw(self, kind):
        """Return the client's events of a kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def heard(self, kind):
        """Return the server's events of a kind."""
        return [event for event in self.told if isinstance(event, kind)]
