"""The vendors that can be simulated: the faces of their dialects, and their limits. One line each."""

from collections.abc import Sequence
from functools import partial

from gateway.app.config.dialects import DialectsSection
from gateway.app.dialects import DIALECTS, configured
from gateway.app.vendors import VENDORS
from gateway.servers.dialects import MakeFace, Route
from gateway.servers.grpc_dialects import CallPage, CallRoute
from gateway.simulator.options import MakeTcpFace, SimulatedVendor, SimulatorOptions, Trait
from gateway.simulator.script import Script
from gateway.simulator.simulator import Simulator
from legato.domain.vendors import VendorLimits
from legato.faces.cartesia import CartesiaSpeech
from legato.faces.cartesia_rest import CartesiaBytes, CartesiaEvents
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.deepgram_v2 import DeepgramV2Speak
from legato.faces.elevenlabs_contexts import ElevenLabsMultiStream
from legato.faces.elevenlabs_rest import ElevenLabsRest
from legato.faces.elevenlabs_stream import ElevenLabsStreamInput
from legato.faces.google import METHODS, GoogleSpeech
from legato.faces.openai import OpenAISpeech
from legato.faces.riva import SERVICE, RivaSpeech, RivaSynthesis, config
from legato.faces.wyoming import WyomingSpeech

_HTTP = {Trait.KEYS, Trait.STATUS}
_SPOKEN: dict[str, tuple[type, set[Trait]]] = {
    "deepgram": (DeepgramSpeak, {*_HTTP, Trait.TEXT, Trait.SEGMENTS}),
    "deepgram_rest": (DeepgramRest, _HTTP),
    "deepgram_v2": (DeepgramV2Speak, {*_HTTP, Trait.TEXT}),
    "elevenlabs": (ElevenLabsMultiStream, {*_HTTP, Trait.TEXT, Trait.WORDS, Trait.CONTEXTS, Trait.SEGMENTS}),
    "elevenlabs_stream": (ElevenLabsStreamInput, {*_HTTP, Trait.TEXT, Trait.WORDS, Trait.SEGMENTS}),
    "elevenlabs_rest": (ElevenLabsRest, {*_HTTP, Trait.TEXT, Trait.WORDS}),
    "cartesia": (CartesiaSpeech, {*_HTTP, Trait.TEXT, Trait.WORDS, Trait.CONTEXTS, Trait.SEGMENTS}),
    "cartesia_bytes": (CartesiaBytes, _HTTP),
    "cartesia_sse": (CartesiaEvents, {*_HTTP, Trait.TEXT, Trait.WORDS}),
    "openai": (OpenAISpeech, {*_HTTP, Trait.TEXT}),
    "wyoming": (WyomingSpeech, {Trait.TEXT}),
    "riva": (RivaSpeech, {*_HTTP, Trait.WORDS, Trait.SEGMENTS}),
    "google": (GoogleSpeech, {*_HTTP, Trait.SEGMENTS}),
}
_OVER_TCP: dict[str, MakeTcpFace] = {
    "wyoming": lambda directory, names: WyomingSpeech(directory, names=names),
}
_OVER_GRPC: dict[str, tuple[CallRoute | CallPage, ...]] = {
    "riva": (
        CallRoute(f"{SERVICE}/SynthesizeOnline", RivaSpeech),
        CallRoute(f"{SERVICE}/Synthesize", RivaSynthesis, single=True),
        CallPage(f"{SERVICE}/GetRivaSynthesisConfig", RivaSpeech, config),
    ),
    "google": tuple(CallRoute(method, GoogleSpeech) for method in METHODS),
}
NAMES = tuple(_SPOKEN)


def simulated(names: Sequence[str], dialects: DialectsSection | None = None) -> list[SimulatedVendor]:
    """Return the vendors with these names.

    Args:
        names: some of `NAMES`.
        dialects: decides what their vendors leave open; `None` for the defaults.

    Raises:
        ValueError: there is no vendor of that name; the message lists those there are.
    """
    unknown = [name for name in names if name not in _SPOKEN]
    if unknown:
        raise ValueError(f"unknown vendor {unknown[0]!r}; expected one of {', '.join(NAMES)}")
    decided = DIALECTS if dialects is None else configured(dialects)
    return [_simulated(name, decided) for name in dict.fromkeys(names)]


def _simulated(name: str, decided: Sequence[Route]) -> SimulatedVendor:
    face, traits = _SPOKEN[name]
    limits = VENDORS[name](None, {}, {}).traits.limits if name in VENDORS else VendorLimits()
    routes = tuple(route for route in decided if _face_of(route.make_face) is face)
    return SimulatedVendor(
        name, routes, limits, _OVER_TCP.get(name), frozenset(traits), _OVER_GRPC.get(name, ())
    )


def _face_of(make_face: MakeFace) -> object:
    return make_face.func if isinstance(make_face, partial) else make_face


def simulator(
    names: Sequence[str], script: Script | None = None, seed: int = 1, options: SimulatorOptions | None = None
) -> Simulator:
    """Make a simulator of these vendors: an asynchronous context.

    Raises:
        ValueError: there is no vendor of that name, the script changes an unknown limit, or a fault fits none of the vendors.
    """
    for number, fault in enumerate(() if script is None else script.faults):
        if fault.when.vendor not in {"", *NAMES}:
            told = f"unknown vendor {fault.when.vendor!r}; expected one of {', '.join(NAMES)}"
            raise ValueError(f"faults.{number}.when.vendor: {told}")
    return Simulator(simulated(names), script, seed, options)
