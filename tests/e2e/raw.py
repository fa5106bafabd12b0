"""Clients that do not use our library: to see what is really on the wire, and to send what no well-behaved client would.

Both speak in messages of the contract: `send` takes a `StreamRequest`'s fields, `read` gives a `StreamResponse`.
"""

import asyncio
import base64
import os
import struct
import time

import grpc
import grpc.aio
from google.protobuf import json_format

from legato.v1 import speech_pb2
from tests.e2e.processes import connected

STREAM = "/legato.v1.SpeechService/Stream"
_HEADER = struct.Struct("<BBHIIIQ")
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class RawWebSocket:
    """A WebSocket on a plain blocking socket. Pings are answered when they are read, as in every library."""

    def __init__(self, address, sock=None):
        self.sock = sock or connected(address)
        self.read_at = 0.0
        self.close_code = None
        self._data = b""
        self._ids = {}
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            f"GET /v1/stream HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Protocol: legato.v1\r\n\r\n".encode()
        )
        self.head = self._until(b"\r\n\r\n").decode()
        assert " 101 " in self.head.splitlines()[0], self.head

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, **fields):
        message = json_format.MessageToJson(speech_pb2.StreamRequest(**fields), indent=None)
        self.send_frame(TEXT, message.encode())

    def send_frame(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.sock.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def read(self):
        """Return the next message; `None` at the end."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == PING:
                self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                self.close_code = struct.unpack(">H", payload[:2])[0]
                return None
            elif opcode == BINARY:
                return self._audio(payload)
            elif opcode == TEXT:
                message = json_format.Parse(payload, speech_pb2.StreamResponse())
                started = message.utterance_started
                if started.ordinal:
                    self._ids[started.ordinal] = started.utterance_id
                return message

    def read_frame(self):
        head = self._exactly(2)
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._exactly(8))
        return head[0] & 0x0F, self._exactly(size)

    def _audio(self, frame):
        _, _, _, ordinal, seq, generation, offset = _HEADER.unpack_from(frame)
        message = speech_pb2.StreamResponse(server_seq=seq)
        message.audio.utterance_id = self._ids[ordinal]
        message.audio.generation = generation
        message.audio.sample_offset = offset
        message.audio.data = frame[_HEADER.size :]
        return message

    def _exactly(self, size):
        while len(self._data) < size:
            self._more(4096)
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def _until(self, end):
        while end not in self._data:
            self._more(1)
        taken, self._data = self._data, b""
        return taken

    def _more(self, most):
        data = self.sock.recv(most)
        if not data:
            raise ConnectionError("closed without a close frame")
        self.read_at = time.monotonic()
        self._data += data


class RawGrpc:
    """A call in bytes, on a channel of its own; `acks` says whether it acknowledges what it has read."""

    def __init__(self, address, *, acks=False):
        self._channel = grpc.aio.insecure_channel(
            address, options=[("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0)]
        )
        self.call = self._channel.stream_stream(STREAM)()
        # Not `call.read`: it gives nothing more once an acknowledgement could not be written, though the rest of a call that was ended is there.
        self._answers = aiter(self.call)
        self._acks = acks
        self.read_at = 0.0

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.call.cancel()
        await self._channel.close()

    async def send(self, **fields):
        await self.call.write(speech_pb2.StreamRequest(**fields).SerializeToString())

    async def send_bytes(self, data):
        await self.call.write(data)

    async def read(self):
        data = await anext(self._answers, None)
        self.read_at = time.monotonic()
        if data is None:
            return None
        message = speech_pb2.StreamResponse.FromString(data)
        if self._acks:
            await self.send(acked_server_seq=message.server_seq)
        return message


class OnLoop:
    """A `RawWebSocket` for a test on the loop: blocking calls run in a thread."""

    def __init__(self, address):
        self._address = address

    async def __aenter__(self):
        self.socket = await asyncio.to_thread(RawWebSocket, self._address)
        return self

    async def __aexit__(self, *_):
        self.socket.sock.close()

    @property
    def read_at(self):
        return self.socket.read_at

    async def send(self, **fields):
        self.socket.send(**fields)

    async def send_bytes(self, data):
        self.socket.send_frame(BINARY, data)

    async def read(self):
        return await asyncio.to_thread(self.socket.read)


def raw_client(wire, running, *, acks=False):
    """Return a raw client of a gateway, or of the proxy in front of it."""
    address = running.urls[wire].partition("://")[2]
    return RawGrpc(address, acks=acks) if wire == "grpc" else OnLoop(address)


async def read_until(client, kind, utterance_id=None):
    """Read up to the first message of this kind; return all messages, that one last."""
    messages = []
    async with asyncio.timeout(30):
        while True:
            message = await client.read()
            assert message is not None, f"the stream ended before {kind}: {messages[-3:]}"
            messages.append(message)
            if message.WhichOneof("response") == kind and utterance_id in {None, about(message)}:
                return messages


def about(message):
    """Return the id of the utterance that a message is about."""
    return getattr(getattr(message, message.WhichOneof("response")), "utterance_id", "")


def audio_of(messages, utterance_id=None):
    return [
        message.audio
        for message in messages
        if message.WhichOneof("response") == "audio" and utterance_id in {None, message.audio.utterance_id}
    ]
