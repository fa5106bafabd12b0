"""The gateways that a text has come through, as each tells the next one: how a text that goes round in a circle is found.

As `Via` does between HTTP proxies (RFC 9110, 7.6.3), in a header of our own, which nothing on the way changes or has views about: the
names of the gateways, the first one first. Who finds its own name there, or too many, refuses, and says so with one word that the
gateway in front knows in whatever dialect it hears it. That one does not ask again, and tells its own client the same.
"""

import re

from legato.domain.errors import Reason, SpeechError

HEADER = "legato-via"
LOOP = "gateway_loop"
"""The word; it is in every message that tells of it."""
MOST = 8
"""Gateways that a text may come through."""
_NAME = re.compile(r"[0-9a-z-]{1,32}")
_SAID = f"{LOOP}: the vendors of this voice lead back to a gateway that the text has come through"


def passed(header: str, here: str) -> tuple[str, ...]:
    """Through which gateways a client's text comes.

    Args:
        header: as the client has sent it; empty for none. What is no name in it is passed over.
        here: the name of this gateway.

    Raises:
        SpeechError: `forbidden`, this one is among them, or they are more than `MOST`.
    """
    names = tuple(name for part in header.split(",") if _NAME.fullmatch(name := part.strip()))
    if here in names:
        raise circle()
    if len(names) > MOST:
        raise SpeechError(Reason.FORBIDDEN, f"{LOOP}: a text may come through {MOST} gateways, not more")
    return names


def told(via: tuple[str, ...], here: str) -> str:
    """The header for the next one."""
    return ", ".join((*via, here))


def circle() -> SpeechError:
    """What every gateway of the circle tells its client."""
    return SpeechError(Reason.FORBIDDEN, _SAID)
