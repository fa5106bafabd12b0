from types import SimpleNamespace

import pytest

from gateway.servers.dialect_outlet import DialectOutlet
from gateway.servers.settings import ServerSettings
from legato.domain.errors import Reason, SpeechError
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.deepgram import DeepgramSpeak


@pytest.mark.parametrize(
    ("face", "close"),
    [
        (CartesiaSpeech("r-1", ()), (1014, "why")),
        (DeepgramSpeak("r-1", ()), (1011, "NET-0002: why")),
    ],
    ids=["none", "its own"],
)
async def test_a_socket_closes_with_the_farewell_of_its_face_or_else_the_gateways(face, close):
    told = []
    frames = SimpleNamespace(close=lambda *close: told.append(close))
    outlet = DialectOutlet(SimpleNamespace(clock=None), ServerSettings(), face, frames)
    outlet.close(SpeechError(Reason.VENDOR_LOST, "why"))
    assert told == [close]
