"""A client's connection and h2 as its server, with the bytes carried by hand."""

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived

from gateway.rpc import frames
from gateway.rpc.answers import call_head
from gateway.rpc.client import ClientConnection
from gateway.rpc.limits import Limits
from gateway.rpc.messages import prefix

ASKED = call_head("http", "x", "/a.B/Chat", [("key", "k")])
HEAD = [(":status", "200"), ("content-type", "application/grpc")]
DONE = [("grpc-status", "0")]


class Transport:
    """Keeps what is written. Closing it tells the protocol, as a loop would a turn later."""

    def __init__(self, tls=None):
        self.tls = tls
        self.written = []
        self.stuck_bytes = 0
        self.closed = ""
        self.writes = 0

    def get_extra_info(self, name):
        return self.tls if name == "ssl_object" else None

    def set_write_buffer_limits(self, high, low):
        pass

    def write(self, data):
        if not self.closed:
            self.writes += 1
            self.written.append(data)

    def get_write_buffer_size(self):
        return self.stuck_bytes

    def close(self):
        self.closed = self.closed or "closed"

    def abort(self):
        self.closed = "aborted"


class Listener:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []
        self.on_message = self.on_over = lambda: None

    def settled(self):
        self.told.append("settled")

    def leaving(self):
        self.told.append("leaving")

    def heard(self, message):
        self.told.append(message)
        self.on_message()

    def over(self, ending):
        self.told.append((ending.code.name, ending.words))
        self.details, self.ours = ending.details, ending.ours
        self.on_over()

    def ended(self, words, error):
        assert not self.told or self.told[-1] != "ended", "it ends once"
        self.told.append(("ended", words))


class Served:
    """A connection and its server."""

    def __init__(self, *, settled=True, tls=None, **limits):
        self.listener = Listener()
        self.connection = ClientConnection(Limits(**limits), self.listener)
        self.transport = Transport(tls)
        self.connection.connection_made(self.transport)
        self.server = H2Connection(
            H2Configuration(client_side=False, header_encoding="utf-8", validate_outbound_headers=False)
        )
        self.seen = []
        if settled:
            self.server.initiate_connection()
            self.carry()

    @property
    def told(self):
        return [what for what in self.listener.told if what != "settled"]

    def carry(self):
        """Carry bytes until neither side has more to send; keep the server's events."""
        while True:
            asked, self.transport.written = b"".join(self.transport.written), []
            if asked:
                self.seen += self.server.receive_data(asked)
            answered = self.server.data_to_send()
            if not asked and not answered:
                return
            self.give(answered)

    def give(self, raw):
        """Give the client bytes."""
        if raw and not self.transport.closed:
            self.connection.data_received(raw)

    def ask(self, *messages):
        """Begin a call with these messages; return its stream."""
        assert self.connection.begin(ASKED)
        self.connection.say(list(messages))
        self.carry()
        return self.server.highest_inbound_stream_id

    def answer(self, stream, *messages):
        """Answer a call with messages."""
        self.server.send_headers(stream, HEAD)
        self.say(stream, *messages)

    def say(self, stream, *messages):
        for message in messages:
            self.server.send_data(stream, prefix(len(message)) + message)
        self.carry()

    def end(self, stream, fields=DONE):
        self.server.send_headers(stream, fields, end_stream=True)
        self.carry()

    def saw(self, kind):
        """Return the server's events of a kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def got(self, stream):
        """Return the bytes of a call that have come to the server."""
        return b"".join(event.data for event in self.saw(DataReceived) if event.stream_id == stream)

    def requests(self):
        return [dict(event.headers) for event in self.saw(RequestReceived)]


def frame(kind, flags=0, stream=0, payload=b""):
    """A frame by hand."""
    return frames.head(kind, flags, stream, len(payload)) + payload


def sent(*messages):
    """Messages as they are on the wire."""
    return b"".join(prefix(len(message)) + message for message in messages)
