"""Servers that speak as two vendors do over gRPC: every letter has its own sample value, so that the audio tells what was said."""

import asyncio
import contextlib

import grpc
import grpc.aio

from legato.domain.protobuf_wire import data, fields
from legato.providers import google, riva

LONG = 800


class GrpcVendor:
    """A server that reads requests and answers with samples.

    Args:
        method: full name of its method.
        input_s: time after which a call that gets nothing is aborted; 0 for never.
    """

    def __init__(self, method, input_s=0.0):
        self._service, _, self._name = method.strip("/").rpartition("/")
        self.input_s = input_s
        self.texts, self.calls, self.metadata = [], [], []
        self.refusal = None
        self.mute = self.takes_one = False
        self.settles_s = 0.001
        """A cancel looks like a half-close at first: for how long, in calls from now on, depends on how busy the machine is."""
        self.news = asyncio.Event()

    async def __aenter__(self):
        self.server = grpc.aio.server()
        handler = grpc.stream_stream_rpc_method_handler(self._speak)
        self.server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(self._service, {self._name: handler}),)
        )
        port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        self.url = f"grpc://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *error):
        await self.server.stop(None)

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def tell(self, call, what):
        self.calls[call] = what
        self.news.set()

    async def _speak(self, requests, context):
        call = len(self.calls)
        self.calls.append("open")
        self.metadata.append(dict(context.invocation_metadata()))
        settles_s = self.settles_s
        try:
            async for text in self._inputs(requests, context):
                if self.refusal is not None:
                    await context.abort(self.refusal, "the server's own words about what somebody said")
                self.texts.append(text)
                self.news.set()
                if text.strip() and not self.mute:
                    await context.write(
                        data(1, samples(text))
                    )  # a cancel during a `yield` would end it unseen
                if self.takes_one:
                    break
            await asyncio.sleep(settles_s)
            self.tell(call, "half-closed")
        except asyncio.CancelledError:
            self.tell(call, "cancelled")
            raise

    async def _inputs(self, requests, context):
        reader = aiter(requests)
        while True:
            try:
                async with asyncio.timeout(self.input_s or None):
                    message = await anext(reader)
            except StopAsyncIteration:
                return
            except TimeoutError:
                await context.abort(grpc.StatusCode.ABORTED, "nothing was sent for too long")
            for text in self.read(dict(fields(message))):
                yield text


class GoogleServer(GrpcVendor):
    def __init__(self, input_s=5.0):
        super().__init__(google.METHOD, input_s)
        self.configs = []

    def read(self, message):
        if 1 in message:
            self.configs.append(dict(fields(message[1])))
            return []
        return [dict(fields(message[2]))[1].decode()]


class RivaServer(GrpcVendor):
    def __init__(self, input_s=0.0):
        super().__init__(riva.METHOD, input_s)
        self.requests = []

    def read(self, message):
        self.requests.append(message)
        return [message[1].decode()]


def samples(text):
    """Return each non-blank character as `LONG` equal samples, about as long as a fast voice needs for it."""
    return b"".join(ord(letter).to_bytes(2, "little") * LONG for letter in text if not letter.isspace())


def letters(audio):
    """Return the characters whose samples these are."""
    with contextlib.suppress(ValueError):
        return "".join(
            chr(int.from_bytes(audio[at : at + 2], "little")) for at in range(0, len(audio), 2 * LONG)
        )
    return ""
