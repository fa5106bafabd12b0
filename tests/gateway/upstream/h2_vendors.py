"""Servers whose frames are h2's, or none at all: what no real vendor's library would send."""

import asyncio
import contextlib

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived

from legato.domain.vendors import CallEnded

METHOD = "/test.Speech/Say"
HEAD = [(":status", "200"), ("content-type", "application/grpc")]


class Broken(asyncio.Protocol):
    """Ends a call when its message is there, and perhaps the connection too, but only then."""

    def __init__(self, fields, *, breaks, head=HEAD):
        self.fields, self.breaks = [*head, *fields] if fields else [], breaks

    def connection_made(self, transport):
        self.transport = transport
        self.wire = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self.wire.initiate_connection()
        transport.write(self.wire.data_to_send())

    def data_received(self, data):
        for event in self.wire.receive_data(data):
            if isinstance(event, RequestReceived):
                self.head = {name.decode(): value.decode() for name, value in event.headers}
            if isinstance(event, DataReceived) and not event.stream_ended:
                if self.fields:
                    self.wire.send_headers(event.stream_id, self.fields, end_stream=True)
                else:
                    self.wire.reset_stream(event.stream_id, 8)
                if self.breaks:
                    asyncio.get_running_loop().call_soon(self.transport.close)
        self.transport.write(self.wire.data_to_send())


class Mute(asyncio.Protocol):
    """Says something as soon as it is connected, and nothing more."""

    def __init__(self, says, *, hangs_up=False):
        self.says, self.hangs_up = says, hangs_up

    def connection_made(self, transport):
        transport.write(self.says)
        if self.hangs_up:
            transport.close()


@contextlib.asynccontextmanager
async def listening(protocol, host="127.0.0.1", **more):
    server = await asyncio.get_running_loop().create_server(protocol, host, 0, **more)
    async with server:
        yield server.sockets[0].getsockname()[1]


def last_is_end(reader):
    return bool(reader.frames) and isinstance(reader.frames[-1], CallEnded)
