"""A WebSocket client with nothing between the test and the socket, which reads only when it is told to."""

import asyncio
import json
import os
import struct
from dataclasses import dataclass
from typing import ClassVar

HEADER = struct.Struct("<BBHIIIQ")
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass
class Frame:
    kind: int
    data: bytes

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def close_code(self):
        return struct.unpack(">H", self.data[:2])[0]


class RawSocket:
    """One connection. Pings are answered when they are read, as in a library."""

    opened: ClassVar[list["RawSocket"]] = []

    def __init__(self, reader, writer):
        self.opened.append(self)
        self.reader, self.writer = reader, writer
        self.pings = 0
        self.answers_pings = True

    @classmethod
    async def connect(cls, port, *, path="/v1/stream", headers=(), limit=4096):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
        socket = cls(reader, writer)
        socket.head = await socket.upgrade(path, headers)
        return socket

    async def upgrade(self, path="/v1/stream", headers=()):
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *headers,
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    def write(self, kind, data=b"", *, fin=True, rsv=0):
        mask = os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack(">BB", fin << 7 | rsv << 4 | kind, 0x80 | size)
        else:
            head = struct.pack(">BBH", fin << 7 | rsv << 4 | kind, 0x80 | 126, size)
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))
        self.writer.write(head + mask + masked)

    def write_many(self, times, kind, data):
        """Send the same short frame this many times, in one write, with a mask of zeros."""
        self.writer.write((struct.pack(">BBI", 0x80 | kind, 0x80 | len(data), 0) + data) * times)

    def say(self, **message):
        self.write(TEXT, json.dumps(message).encode())

    async def frame(self):
        """Return the next frame, pings included."""
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        frame = Frame(first & 0x0F, await self.reader.readexactly(size))
        if frame.kind == PING:
            self.pings += 1
            if self.answers_pings:
                self.write(PONG, frame.data)
        return frame

    async def read(self):
        """Return the next frame that is not a ping."""
        while True:
            frame = await self.frame()
            if frame.kind != PING:
                return frame

    async def until(self, name):
        """Return all frames up to and including the text frame of this response."""
        frames = []
        while True:
            frames.append(await self.read())
            if frames[-1].kind == TEXT and name in frames[-1].json:
                return frames

    async def open(self):
        """Open the stream; the first ping has been answered when this returns."""
        self.say(open={})
        return (await self.until("opened"))[-1]

    def close(self):
        self.writer.close()

    @classmethod
    def close_all(cls):
        while cls.opened:
            cls.opened.pop().close()
