"""Who uses the CPU: whose module is innermost."""

import signal
from types import SimpleNamespace

import pytest

from loadtest import shares
from loadtest.micro_relay import Relay, pcm
from loadtest.shares import OTHERS, room_of


def frame(*modules):
    """As if the last of them had been called by the one before it, and so on."""
    found = None
    for module in modules:
        found = SimpleNamespace(f_globals={"__name__": module}, f_back=found)
    return found


@pytest.mark.parametrize(
    ("modules", "room"),
    [
        (("gateway.session.session", "legato.text.scanner"), "text front end"),
        (("legato.text.frontend", "legato.domain.text", "re"), "text front end"),
        (("legato.core.passing", "legato.core.sizer"), "chunk sizer"),
        (("legato.text.frontend", "legato.core.sizes"), "core, but the sizer"),
        (("gateway.app.house",), OTHERS),
        (("loadtest.micro_relay", "json.encoder"), ""),
        ((), OTHERS),
    ],
)
def test_the_innermost_room_counts(modules, room):
    assert room_of(frame(*modules)) == room


async def test_an_utterance_of_several_segments_is_spoken_to_its_end():
    relay = Relay()
    for utterances in (1, 2):
        relay.utterance([pcm(20)] * 320, ["It was late. ", "Nobody ", "spoke. ", "We went on."])
        assert relay.client.frames[str] == 1 + 2 * utterances  # opened; started and finished


async def test_all_shares_make_a_whole():
    usual = signal.getsignal(signal.SIGPROF)
    found = list(shares.shares("prose", ["Spoken on and on. "], spend_s=0.1))
    assert sum(row.value for row in found) == pytest.approx(100)
    assert len({row.n for row in found}) == 1
    assert signal.getsignal(signal.SIGPROF) is usual
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
