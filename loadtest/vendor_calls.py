"""One run of the benchmark `lines`: calls to a gRPC vendor, by our wire or by grpc.aio, and what a message of theirs costs; JSON on stdout.

python -m loadtest.vendor_calls {h2|grpc.aio} PORT CALLS AUDIO_MS
"""

import asyncio
import json
import ssl
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import grpc
import grpc.aio
import uvloop

from gateway.upstream import grpc_wire
from gateway.upstream.wire import DialTarget
from legato.domain.vendors import CallEnded, Incoming, Place

METHOD = "/legato.v1.SpeechService/Stream"
CHUNK_MS, PACE = 20, 4
_CHUNK_BYTES = CHUNK_MS * 48
_STAMP = struct.Struct("<q")
_OPTIONS = (
    ("grpc.http2.bdp_probe", 0),
    ("grpc.keepalive_time_ms", 86_400_000),
    ("grpc.keepalive_timeout_ms", 1_000),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
)
"""Those with which the vendors were called when they were called by grpc.aio."""
_FINISHED = 10 << 3 | 2
"""How the message begins that ends an utterance."""
_AT_ONCE = 20
_PATIENCE_S = 60
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used: the vendor speaks none
Call = Callable[[], Awaitable[None]]


class Heard:
    """What all calls have heard."""

    def __init__(self) -> None:
        self.late_us: list[float] = []
        self.messages = 0

    def came(self, message: bytes) -> bool:
        """Count a message; one with audio tells when it was due to be sent. Return whether it was the last one."""
        self.messages += 1
        if len(message) > _CHUNK_BYTES:
            (due,) = _STAMP.unpack_from(message, len(message) - _CHUNK_BYTES)
            self.late_us.append(time.monotonic_ns() / 1e3 - due)
        return message[0] == _FINISHED


class Listener:
    """One line's listener: implements `wire.WireListener`."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self.done = asyncio.Event()

    def came(self, frame: Incoming) -> None:
        if isinstance(frame, CallEnded) or (isinstance(frame, bytes) and self._heard.came(frame)):
            self.done.set()

    def alive(self) -> None:
        """No pings are sent."""

    def ended(self, code: int, words: str) -> None:
        raise RuntimeError(f"the line is over: {code} {words}")


def _task(work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
    return asyncio.get_running_loop().create_task(work, name=name)


async def _ours(port: int, heard: Heard, words: list[bytes]) -> Call:
    listener = Listener(heard)
    target = DialTarget(Place(f"grpc://127.0.0.1:{port}", method=METHOD), (), 30.0, _TLS, _task)
    wire = await grpc_wire.dial(target, listener)

    async def call() -> None:
        wire.send(words)
        await listener.done.wait()
        wire.close()

    return call


async def _theirs(port: int, heard: Heard, words: list[bytes]) -> Call:
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)
    await channel.channel_ready()
    method: Any = channel.stream_stream(METHOD)  # raw bytes

    async def call() -> None:
        under_way = method()
        for word in words:
            await under_way.write(word)
        while not heard.came(await under_way.read()):
            pass
        under_way.cancel()

    return call


WIRES = {"h2": _ours, "grpc.aio": _theirs}


async def run(wire: str, port: int, calls: int, audio_ms: int) -> dict[str, float]:
    """Connect all lines, then begin all calls at once; measure from there to their end."""
    heard, lines = Heard(), []
    said = f"v0x{CHUNK_MS}x{PACE}x{audio_ms}".encode()
    words = [_field(4, _field(1, b"u") + _field(2, said)), _field(6, _field(1, b"u"))]
    for first in range(0, calls, _AT_ONCE):
        batch = range(first, min(first + _AT_ONCE, calls))
        lines += await asyncio.gather(*[WIRES[wire](port, heard, words) for _ in batch])
    wall, cpu = time.monotonic(), time.process_time()
    async with asyncio.timeout(_PATIENCE_S):
        await asyncio.gather(*[line() for line in lines])
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    late = sorted(heard.late_us)
    return {
        "messages": heard.messages,
        "cpu_us": cpu * 1e6 / heard.messages,
        "wall_s": wall,
        "p50_ms": late[len(late) // 2] / 1e3,
        "p99_ms": late[len(late) * 99 // 100] / 1e3,
    }


def _field(number: int, data: bytes) -> bytes:
    return bytes((number << 3 | 2, len(data))) + data


if __name__ == "__main__":
    which, at, many, how_long = sys.argv[1:]
    print(json.dumps(uvloop.run(run(which, int(at), int(many), int(how_long)))))
