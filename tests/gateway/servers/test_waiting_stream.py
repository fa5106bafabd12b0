import asyncio

from gateway.servers.streams import Streams
from gateway.servers.waiting_stream import WaitingStream
from legato.domain.errors import Reason
from legato.domain.facts import MessageRefused
from legato.domain.replies import StreamError
from legato.faces.elevenlabs_stream import ElevenLabsStreamInput
from legato.ports import RequestHead
from tests.gateway.servers.stage import house


class Mailbox:
    """An outlet that keeps what it is given."""

    def __init__(self):
        self.replies, self.error = [], None
        self.closed = asyncio.Event()

    def write(self, reply):
        self.replies.append(reply)

    def close(self, error):
        self.error = error
        self.closed.set()


async def test_a_client_that_never_says_its_key_is_told_so():
    async with house() as built:
        streams = Streams(built.reception, built.observer, asyncio.get_running_loop().time)
        outlet, asked = Mailbox(), []
        stream = WaitingStream(
            streams, ElevenLabsStreamInput("r", ()), outlet, 0.0, lambda *more: asked.append(more)
        )
        await outlet.closed.wait()
        assert outlet.error.reason is Reason.UNAUTHENTICATED
        assert [type(reply) for reply in outlet.replies] == [StreamError]
        stream.receive('{"text":" ","xi_api_key":"late"}')
        assert asked == []
        assert built.observer.facts[-1] == MessageRefused("", Reason.UNAUTHENTICATED, "elevenlabs")


async def test_a_client_that_says_its_key_in_time_is_not_cut_off_later():
    async with house() as built:
        loop = asyncio.get_running_loop()
        streams = Streams(built.reception, built.observer, loop.time)
        outlet, asked, face = Mailbox(), [], ElevenLabsStreamInput("r", {"joe"})
        face.open(
            RequestHead("GET", "/v1/text-to-speech/joe/stream-input", {"output_format": "pcm_24000"}, {})
        )
        stream = WaitingStream(streams, face, outlet, 0.0, lambda *more: asked.append(more))
        stream.receive('{"text":" ","xi_api_key":"sesame"}')
        later = asyncio.Event()
        loop.call_later(0.001, later.set)
        await later.wait()
        assert len(asked) == 1
        assert (outlet.replies, outlet.error, stream.ended) == ([], None, False)
