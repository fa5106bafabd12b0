"""The vendors that can be simulated: the routes of their dialects, and their limits. One line each."""

from collections.abc import Sequence

from gateway.app.dialects import DIALECTS
from gateway.simulator.script import Script
from gateway.simulator.simulator import SimulatedVendor, Simulator, Venue
from legato.domain.vendors import VendorLimits
from legato.faces.deepgram import DeepgramSpeak
from legato.faces.deepgram_rest import DeepgramRest
from legato.faces.openai import OpenAISpeech
from legato.providers import deepgram

_VENDORS: dict[str, tuple[type, VendorLimits]] = {
    "deepgram": (DeepgramSpeak, deepgram.LIMITS),
    "deepgram_rest": (DeepgramRest, VendorLimits(message_chars=2_000)),
    "openai": (OpenAISpeech, VendorLimits(message_chars=4_096)),
}
NAMES = tuple(_VENDORS)


def simulated(names: Sequence[str]) -> list[SimulatedVendor]:
    """The vendors of these names.

    Raises:
        ValueError: there is none of that name; the message lists those there are.
    """
    unknown = [name for name in names if name not in _VENDORS]
    if unknown:
        raise ValueError(f"there is no vendor {unknown[0]!r}; there are {', '.join(NAMES)}")
    return [
        SimulatedVendor(
            name,
            tuple(route for route in DIALECTS if route.make_face is _VENDORS[name][0]),
            _VENDORS[name][1],
        )
        for name in names
    ]


def simulator(
    names: Sequence[str], script: Script | None = None, seed: int = 1, venue: Venue | None = None
) -> Simulator:
    """A simulator of these vendors, as an asynchronous context.

    Raises:
        ValueError: there is none of that name, or the script changes a limit that there is not.
    """
    return Simulator(simulated(names), script, seed, venue)
