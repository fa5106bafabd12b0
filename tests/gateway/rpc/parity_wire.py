"""A gRPC client with nothing between the test and the socket: it sends what it is told to, right or wrong, and keeps what comes.

It keeps no state of streams, so that it can break every rule; frames are hyperframe's, headers hpack's.
"""

import asyncio
import contextlib
import struct
from dataclasses import dataclass, field

import hpack
from hyperframe.frame import (
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LATEST_S = 20.0
"""What has not come by then will not, however busy the machine is: a bound for tests that fail."""


def prefixed(message: bytes, *, compressed: int = 0) -> bytes:
    """Return a message as gRPC frames it."""
    return struct.pack(">BI", compressed, len(message)) + message


def frame(kind: int, flags: int, number: int, body: bytes = b"") -> bytes:
    """Return a frame of any kind, valid or not."""
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", number) + body


@dataclass
class Answer:
    """Everything that has come on one stream."""

    blocks: list[dict[str, str]] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray, repr=False)
    ended: bool = False
    reset: int | None = None

    @property
    def over(self) -> bool:
        return self.ended or self.reset is not None

    @property
    def http(self) -> str:
        return self.blocks[0][":status"] if self.blocks else ""

    @property
    def status(self) -> int | None:
        """The gRPC status, if one was sent."""
        told = self.blocks[-1].get("grpc-status") if self.blocks else None
        return None if told is None else int(told)

    @property
    def details(self) -> str:
        return self.blocks[-1].get("grpc-message", "") if self.blocks else ""

    @property
    def messages(self) -> list[bytes]:
        found, at = [], 0
        while len(self.data) >= at + 5:
            size = int.from_bytes(self.data[at + 1 : at + 5], "big")
            if len(self.data) < at + 5 + size:
                break
            found.append(bytes(self.data[at + 5 : at + 5 + size]))
            at += 5 + size
        return found


class Wire:
    """One connection. Reading answers settings and pings, and gives windows."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.answers: dict[int, Answer] = {}
        self.settings: dict[int, int] = {}
        self.settings_acks = 0
        self.pongs: list[bytes] = []
        self.windows: dict[int, int] = {}
        self.largest_frame = 0
        self.goaway: GoAwayFrame | None = None
        self.closed = False
        self.gives_windows = True
        self.greets = True
        self._next_id = 1
        self._buffer = bytearray()
        self._block = b""
        self._said_all = False

    @classmethod
    async def connect(cls, port, *, preface=True, settings=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        wire = cls(reader, writer)
        wire.greets = preface
        if preface:
            writer.write(PREFACE)
            wire.send(SettingsFrame(0, settings=settings or {}))
        return wire

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.abort()

    def abort(self):
        self.writer.transport.abort()

    def send(self, *frames: Frame):
        self.raw(b"".join(one.serialize() for one in frames))

    def raw(self, data: bytes):
        if not (self.writer.is_closing() or self._said_all):
            self.writer.write(data)

    def end(self):
        """Close the sending side: nothing more is sent."""
        self._said_all = True
        with contextlib.suppress(OSError, RuntimeError):  # the other side closed first
            self.writer.write_eof()

    def given(self, number: int) -> int:
        """Return how many bytes may be sent on a stream from its beginning, if it is the only one."""
        of_stream = self.settings.get(SettingsFrame.INITIAL_WINDOW_SIZE, 65_535) + self.windows.get(number, 0)
        return min(65_535 + self.windows.get(0, 0), of_stream)

    def new_id(self) -> int:
        self._next_id += 2
        return self._next_id - 2

    def head(self, path="/parity.Echo/Unary", *, drop=(), **changes) -> list[tuple[str, str]]:
        """Return the headers of a call. A change is named with `_` for `-`, a pseudo-header without its colon."""
        told = {
            ":method": "POST",
            ":scheme": "http",
            ":path": path,
            ":authority": "localhost",
            "te": "trailers",
            "content-type": "application/grpc",
        }
        for name, value in changes.items():
            key = name.replace("_", "-")
            told[f":{key}" if f":{key}" in told else key] = value
        return [(name, value) for name, value in told.items() if name not in drop]

    def encoded(self, head) -> bytes:
        return self.encoder.encode(head)

    def call(self, path="/parity.Echo/Unary", *, end=False, drop=(), **changes) -> Answer:
        """Begin a call; `number` gives the stream id of its answer."""
        return self.begin(self.head(path, drop=drop, **changes), end=end)

    def begin(self, head, *, end=False) -> Answer:
        number = self.new_id()
        flags = ["END_HEADERS", "END_STREAM"] if end else ["END_HEADERS"]
        self.send(HeadersFrame(number, self.encoded(head), flags=flags))
        return self.answer(number)

    def answer(self, number: int) -> Answer:
        return self.answers.setdefault(number, Answer())

    def number(self, answer: Answer) -> int:
        return next(number for number, one in self.answers.items() if one is answer)

    def write(self, answer: Answer, data: bytes, *, end=False):
        """Send raw bytes on a stream, in one DATA frame."""
        self.send(DataFrame(self.number(answer), data, flags=["END_STREAM"] if end else []))

    def say(self, answer: Answer, message: bytes, *, end=False):
        """Send a message."""
        self.write(answer, prefixed(message), end=end)

    def cancel(self, answer: Answer, code=8):
        self.send(RstStreamFrame(self.number(answer), error_code=code))

    def ask(self, message=b"hello", path="/parity.Echo/Unary", **changes) -> Answer:
        """Begin a call and send its only message."""
        answer = self.call(path, **changes)
        self.say(answer, message, end=True)
        return answer

    async def until(self, condition):
        """Read until the condition holds."""
        async with asyncio.timeout(LATEST_S):
            while not condition():
                assert not self.closed, f"closed; {self.goaway!r} {self.answers}"
                await self._read()

    async def over(self, *answers: Answer):
        await self.until(lambda: all(answer.over for answer in answers))
        return answers[0] if len(answers) == 1 else answers

    async def until_closed(self):
        async with asyncio.timeout(LATEST_S):
            while not self.closed:
                await self._read()

    async def shut(self, answer=None):
        """Read until the server has closed or announced it, or this answer is over."""
        async with asyncio.timeout(LATEST_S):
            while not (self.closed or self.goaway or (answer is not None and answer.over)):
                await self._read()

    async def pong(self, data=b"parity!!"):
        """Make a round trip by a ping: afterwards the server has read everything that was sent before."""
        before = len(self.pongs)
        self.send(PingFrame(0, data))
        await self.until(lambda: len(self.pongs) > before)

    async def seen(self):
        """Make a round trip by settings, since pings are counted against a client."""
        before = self.settings_acks
        self.send(SettingsFrame(0))
        await self.until(lambda: self.settings_acks > before)

    async def flood(self, data: bytes, times: int, between=None):
        """Send the same bytes this many times, as long as the server takes them; nothing is read meanwhile.

        Returns:
            Whether the server took them all; otherwise it hung up.
        """
        for _ in range(times):
            try:
                self.writer.write(data)
                await self.writer.drain()
            except (OSError, RuntimeError):
                return False
            if between is not None:
                await between()
        return not self.writer.is_closing()

    async def _read(self):
        try:
            data = await self.reader.read(65536)
        except OSError:
            data = b""
        self.closed = self.closed or not data
        self._buffer += data
        while len(self._buffer) >= 9:
            frame, size = Frame.parse_frame_header(memoryview(bytes(self._buffer[:9])))
            if len(self._buffer) < 9 + size:
                return
            frame.parse_body(memoryview(bytes(self._buffer[9 : 9 + size])))
            del self._buffer[: 9 + size]
            getattr(self, f"_{type(frame).__name__.lower()}", lambda _: None)(frame)

    def _headersframe(self, frame):
        self._block = frame.data
        if "END_HEADERS" in frame.flags:
            self._whole(frame)
        self.answer(frame.stream_id).ended |= "END_STREAM" in frame.flags

    def _continuationframe(self, frame):
        self._block += frame.data
        if "END_HEADERS" in frame.flags:
            self._whole(frame)

    def _whole(self, frame):
        self.answer(frame.stream_id).blocks.append(dict(self.decoder.decode(self._block)))

    def _dataframe(self, frame):
        answer = self.answer(frame.stream_id)
        answer.data += frame.data
        self.largest_frame = max(self.largest_frame, frame.body_len)
        answer.ended |= "END_STREAM" in frame.flags
        if self.gives_windows and frame.flow_controlled_length:
            size = frame.flow_controlled_length
            self.send(WindowUpdateFrame(0, size), WindowUpdateFrame(frame.stream_id, size))

    def _rststreamframe(self, frame):
        self.answer(frame.stream_id).reset = frame.error_code

    def _settingsframe(self, frame):
        if "ACK" in frame.flags:
            self.settings_acks += 1
        else:
            self.settings |= frame.settings
            if self.greets:
                self.send(SettingsFrame(0, flags=["ACK"]))

    def _pingframe(self, frame):
        if "ACK" in frame.flags:
            self.pongs.append(frame.opaque_data)
        else:
            self.send(PingFrame(0, frame.opaque_data, flags=["ACK"]))

    def _windowupdateframe(self, frame):
        self.windows[frame.stream_id] = self.windows.get(frame.stream_id, 0) + frame.window_increment

    def _goawayframe(self, frame):
        self.goaway = frame
