"""A vendor for tests: its language (pure), and a small server that does as it is told, or is silent.

To the vendor:   "begin RUN", "say RUN SEGMENT CHARS TEXT", "end RUN", "cancel RUN", "keep"
From the vendor: bytes "RUN|" + audio; text "mark RUN SEGMENT [and done]", "done RUN", "cancelled RUN", "error RUN REASON [CODE]", "bye"
"""

import asyncio
import contextlib
from dataclasses import dataclass, field

import websockets
from websockets.asyncio.server import serve

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio, Failed, Finished, Lost, Marker
from legato.domain.vendors import Place, Transport, VendorLimits, VendorTraits

RATE = 8_000
SECRET = "s3cret"


@dataclass
class Dialect:
    url: str
    limits: VendorLimits = VendorLimits()
    transport: Transport = Transport.WEBSOCKET
    cancels: bool = True
    made: list = field(default_factory=list)

    @property
    def traits(self):
        return VendorTraits(self.transport, self.limits, cancels=self.cancels)

    def place(self, route, language, options):
        if route.voice == "nobody":
            raise SpeechError(Reason.VENDOR_REJECTED, "there is no such voice")
        query = f"?model={route.options['model']}" if "model" in route.options else ""
        return Place(self.url + query, (("X-App", "legato"),), sample_rate_hz=RATE, method="/test.Speech/Say")

    def credentials(self, secret):
        return {"Authorization": f"Key {secret}"} if secret else {}

    def connect(self, place):
        self.made.append(Language())
        return self.made[-1]


class Language:
    def __init__(self):
        self.open = set()

    @property
    def open_runs(self):
        return len(self.open)

    def greet(self, now):
        return ("hello",)

    def begin(self, run, request, now):
        self.open.add(run)
        return (f"begin {run}",)

    def say(self, run, segment, reading, now):
        return (f"say {run} {segment} {reading.text}",)

    def end_input(self, run, now):
        return (f"end {run}",)

    def cancel(self, run, now):
        return (f"cancel {run}",)

    def keep_alive(self, now):
        return ("keep",)

    def hear(self, frame, now):
        if isinstance(frame, bytes):
            run, _, data = frame.partition(b"|")
            return ((int(run), Audio(data)),)
        kind, *rest = frame.split()
        if kind == "bug":
            raise ValueError("a bug in the language")
        if kind == "bye":
            return ((0, Failed(Reason.VENDOR_UNREACHABLE, "the vendor said goodbye")),)
        run = int(rest[0])
        if kind == "mark":
            ends = rest[2:] == ["and", "done"]
            if ends:
                self.open.discard(run)
            return ((run, Marker(int(rest[1]))), *([(run, Finished())] if ends else []))
        if kind == "error":
            self.open.discard(run)
            code = f" ({rest[2]})" if rest[2:] else ""
            retry_after_s = 1.0 if rest[1] == "vendor_quota" else None
            return ((run, Failed(Reason(rest[1]), f"as told{code}", retry_after_s)),)
        self.open.discard(run)
        return ((run, Finished()),) if kind == "done" else ()

    def refused(self, answer, body):
        reason = {401: Reason.VENDOR_REJECTED, 429: Reason.VENDOR_QUOTA}.get(
            answer.status, Reason.VENDOR_UNREACHABLE
        )
        after = answer.headers.get("retry-after")
        return Failed(reason, f"refused with {answer.status}", float(after) if after else None)

    def broke(self, code, words):
        return Failed(Reason.VENDOR_QUOTA, words) if code == 4029 else Lost(f"closed with {code}")


class Vendor:
    """A WebSocket server: answers by itself unless it is `mute`; the test can send anything on any connection."""

    def __init__(self, tls=None):
        self.tls = tls
        self.heard, self.sockets, self.knocks = [], [], []
        self.mute = self.confirms_late = self.drops = False
        self.refusal = self.hold = self.extension = None
        self.forgets = set()
        self.changed = asyncio.Event()
        self.audio = b"\1\0" * 80

    async def __aenter__(self):
        self.server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._knock,
            process_response=self._accept,
            compression="deflate",
            ping_interval=None,
            ssl=self.tls,
        )
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self.port}/speak"
        return self

    async def __aexit__(self, *error):
        for socket in self.sockets:
            socket.transport.abort()
        self.server.close()
        await self.server.wait_closed()

    async def _knock(self, connection, request):
        self.knocks.append(request)
        self._tell()
        if self.hold is not None:
            await self.hold.wait()
        if self.refusal is not None:
            status, headers = self.refusal
            answer = connection.respond(status, "no")
            answer.headers.update(headers)
            return answer
        return None

    def _accept(self, connection, request, answer):
        if self.extension is not None:
            answer.headers["Sec-WebSocket-Extensions"] = self.extension

    async def _serve(self, socket):
        if self.drops:
            socket.transport.abort()
            return
        self.sockets.append(socket)
        self._tell()
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in socket:
                self.heard.append(message)
                if socket in self.forgets:
                    if message.startswith("say"):
                        socket.transport.abort()
                elif not self.mute:
                    await self._answer(socket, message)
                self._tell()
        if socket in self.sockets:
            self.sockets.remove(socket)
        self._tell()

    async def _answer(self, socket, message):
        kind, *rest = message.split()
        if kind == "say":
            await socket.send(rest[0].encode() + b"|" + self.audio)
            await socket.send(f"mark {rest[0]} {rest[1]}")
        elif kind == "end":
            await socket.send(f"done {rest[0]}")
        elif kind == "cancel" and not self.confirms_late:
            await socket.send(f"cancelled {rest[0]}")

    def _tell(self):
        self.changed.set()

    async def until(self, condition):
        """Wait until a condition holds; it is checked whenever something has happened here, and every 10 ms."""
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await self.changed.wait()
