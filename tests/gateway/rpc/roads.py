from h2.events import DataReceived

from tests.gateway.rpc.wired import Pair

HEAD = [(b":status", b"200")]
END = [(b"grpc-status", b"0")]


def never():
    raise AssertionError("it was gone at once, or is not gone at all")


class Road:
    """The way of one stream to a client of h2's own, and what was asked of it."""

    def __init__(self):
        self.pair = Pair()
        self.jammed = False
        self.waiting = []
        self.pings = []
        self.over = []
        self.stream_id = self.pair.ask()

    def begun(self, kind):
        """A lane of this kind whose head is sent."""
        self.pair.wire.head(self.stream_id, HEAD)
        self.send(self.pair.wire.output())
        return kind(self.pair.wire, self, self.stream_id)

    def send(self, data):
        self.pair.seen += self.pair.client.receive_data(data)

    def wait(self, lane):
        self.waiting.append(lane)

    def echo(self, answered):
        self.pings.append(answered)

    def ended(self, stream_id):
        self.over.append(stream_id)

    @property
    def came(self):
        return b"".join(event.data for event in self.pair.saw(DataReceived))
