"""Rule 15 on both wires, with the gateway's own text front end: the words are the same, however the text was cut."""

import pytest

from gateway.app.config.speaking import TextSection
from gateway.app.text_data import text_data
from legato.text.frontend import FrontEnd
from tests.wires.stage import stage

pytestmark = pytest.mark.e2e  # real sockets and real time: they run by themselves

TEXT = (
    "Dr. Smith paid $3.50 at 10:30 on 5 May 2024, didn't he? **Yes**, see `x` or https://example.com/a.b. "
    "It's 21.5 °C 🙂 outside. Last."
)
SECTION = TextSection()


def front_end(language, options, *_):
    return FrontEnd(text_data(language), SECTION.of(language, options))


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param


async def words(on, client, name, size):
    """What the voice was asked to say, for the text in pieces of this size."""
    before = len(on.sent)
    for at in range(0, len(TEXT), size):
        await client.text(name, TEXT[at : at + size])
    await client.send(end={"utterance_id": name})
    await client.ended(name)
    return " ".join(on.sent[before:]).split()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40])
async def test_rule_15_the_same_words_however_it_was_cut(wire, size):
    async with stage(front_ends=front_end) as on, on.client(wire) as client:
        await client.open()
        whole = await words(on, client, "whole", len(TEXT))
        assert {"Doctor", "dollars", "fifty", "degrees", "Last."} <= set(whole)
        assert await words(on, client, "cut", size) == whole
        assert client.said("cut").replace(" ", "") == client.said("whole").replace(" ", "") == "".join(whole)
        client.check()
        await client.vanish()
