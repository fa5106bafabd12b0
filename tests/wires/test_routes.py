"""Rules 12 and 13 on both wires: what a voice may do when its route fails, and who speaks when all have."""

import pytest

from legato.domain.errors import Reason
from legato.domain.speech import Failover, Route, StreamLimits, Voice
from tests.plays.world import Script
from tests.wires.stage import stage

pytestmark = pytest.mark.e2e  # real sockets and real time: they run by themselves

TEXT = "alpha beta gamma delta."
AT_ONCE = Script(first_s=0.0, speed=0.0, word_times=True)
LIMITS = StreamLimits(no_route_before_audio_ms=100, no_route_after_audio_ms=100)


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param


def joe(failover):
    return {"joe": Voice("joe", ("en",), (Route("one", "v"), Route("two", "v")), failover)}


async def spoken(wire, scripts, voices):
    """The client, after it has asked for one utterance."""
    async with stage(scripts=scripts, voices=voices, limits=LIMITS) as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", TEXT)
        await client.ended("a")
        client.check()
        await client.vanish()
        return client


async def test_rule_12_the_fallback_voice_speaks_when_every_route_is_down(wire):
    scripts = {"down": Script(refuse=Reason.VENDOR_UNREACHABLE), "local": AT_ONCE}
    voices = {
        "paid": Voice("paid", ("en",), (Route("down", "v"),), fallback="plain"),
        "plain": Voice("plain", ("en",), (Route("local", "v"),)),
    }
    client = await spoken(wire, scripts, voices)
    assert client.said() == TEXT
    assert client.of("utterance_finished")[0].receipt.route == "local/v"


@pytest.mark.parametrize(
    ("failover", "end"),
    [
        (Failover.NONE, "utterance_failed"),
        (Failover.BEFORE_AUDIO, "utterance_finished"),
        (Failover.SPLICE, "utterance_finished"),
    ],
)
async def test_rule_13_before_the_first_audio_another_route_speaks_where_the_voice_allows(
    wire, failover, end
):
    scripts = {"one": Script(refuse=Reason.VENDOR_UNREACHABLE), "two": AT_ONCE}
    client = await spoken(wire, scripts, joe(failover))
    assert client.terminals() == {"a": [end]}
    assert client.said() == (TEXT if end == "utterance_finished" else "")


@pytest.mark.parametrize("failover", list(Failover))
async def test_rule_13_after_the_first_audio_only_a_splice_goes_on(wire, failover):
    dies = Script(first_s=0.0, speed=0.0, word_times=True, die_after_chars=11)
    client = await spoken(wire, {"one": dies, "two": AT_ONCE}, joe(failover))
    if failover is Failover.SPLICE:
        assert client.terminals() == {"a": ["utterance_finished"]}
        assert all(word in client.said() for word in TEXT.split())
        assert [seam.from_route for seam in client.of("seam")] == ["one/v"]
        assert client.of("utterance_finished")[0].receipt.route == "two/v"
    else:
        (failed,) = client.of("utterance_failed")
        assert failed.unspoken
        assert TEXT.endswith(failed.unspoken)
        # What is not told as unspoken was heard; how much that is depends on what was written when the route died.
        assert all(word in client.said() for word in TEXT.removesuffix(failed.unspoken).split())
        assert not client.of("seam")
