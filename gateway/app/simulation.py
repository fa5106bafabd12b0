"""The vendors that can be simulated: the faces of their dialects, and their limits. One line each."""

from collections.abc import Sequence
from functools import partial

from gateway.app.config_dialects import DialectsSection
from gateway.app.dialects import DIALECTS, configured
from gateway.app.vendors import VENDORS
from gateway.servers.dialects import MakeFace, Route
from gateway.simulator.script import Script
from gateway.simulator.simulator import Simulator
from gateway.simulator.venue import SimulatedVendor, Venue
from legato.domain.vendors import VendorLimits
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.deepgram_v2 import DeepgramV2Speak
from legato.faces.elevenlabs_contexts import ElevenLabsMultiStream
from legato.faces.elevenlabs_rest import ElevenLabsRest
from legato.faces.elevenlabs_stream import ElevenLabsStreamInput
from legato.faces.openai import OpenAISpeech
from legato.faces.wyoming import WyomingSpeech

_FACES: dict[str, type] = {
    "deepgram": DeepgramSpeak,
    "deepgram_rest": DeepgramRest,
    "deepgram_v2": DeepgramV2Speak,
    "elevenlabs": ElevenLabsMultiStream,
    "elevenlabs_stream": ElevenLabsStreamInput,
    "elevenlabs_rest": ElevenLabsRest,
    "cartesia": CartesiaSpeech,
    "cartesia_bytes": CartesiaBytes,
    "cartesia_sse": CartesiaEvents,
    "openai": OpenAISpeech,
    "wyoming": WyomingSpeech,
}
_OVER_TCP = frozenset({"wyoming"})
NAMES = tuple(_FACES)


def simulated(names: Sequence[str], dialects: DialectsSection | None = None) -> list[SimulatedVendor]:
    """The vendors of these names.

    Args:
        names: of `NAMES`.
        dialects: what their vendors leave open, decided.

    Raises:
        ValueError: there is none of that name; the message lists those there are.
    """
    unknown = [name for name in names if name not in _FACES]
    if unknown:
        raise ValueError(f"there is no vendor {unknown[0]!r}; there are {', '.join(NAMES)}")
    decided = DIALECTS if dialects is None else configured(dialects)
    return [_simulated(name, _FACES[name], decided) for name in dict.fromkeys(names)]


def _simulated(name: str, face: type, decided: Sequence[Route]) -> SimulatedVendor:
    limits = VENDORS[name](None, {}, {}).traits.limits if name in VENDORS else VendorLimits()
    routes = tuple(route for route in decided if _face_of(route.make_face) is face)
    return SimulatedVendor(name, routes, limits, face if name in _OVER_TCP else None)


def _face_of(make_face: MakeFace) -> object:
    return make_face.func if isinstance(make_face, partial) else make_face


def simulator(
    names: Sequence[str], script: Script | None = None, seed: int = 1, venue: Venue | None = None
) -> Simulator:
    """A simulator of these vendors, as an asynchronous context.

    Raises:
        ValueError: there is none of that name, or the script changes a limit that there is not.
    """
    return Simulator(simulated(names), script, seed, venue)
