"""The calls that the benchmark `lines` makes, to a server on loopback: by either wire every message is counted."""

import time

import grpc
import grpc.aio
import pytest

from loadtest import vendor_calls
from loadtest.vendor_calls import WIRES


def audio():
    return (
        b"\x32\x01\x01"
        + vendor_calls._STAMP.pack(time.monotonic_ns() // 1000)
        + bytes(vendor_calls._CHUNK_BYTES - 8)
    )


async def speak(requests, context):
    async for request in requests:
        if request[0] == 6 << 3 | 2:
            for _ in range(5):
                await context.write(audio())
            await context.write(b"\x52\x01\x01")


@pytest.mark.parametrize("wire", WIRES)
async def test_every_message_is_counted_with_how_late_it_was(wire):
    server = grpc.aio.server()
    service, _, method = vendor_calls.METHOD.strip("/").rpartition("/")
    handlers = {method: grpc.stream_stream_rpc_method_handler(speak)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    told = await vendor_calls.run(wire, port, 3, 100)
    await server.stop(None)
    assert told["messages"] == 18
    assert 0 <= told["p50_ms"] <= told["p99_ms"]
    assert told["cpu_us"] > 0
