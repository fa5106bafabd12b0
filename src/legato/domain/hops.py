"""The chain of gateways that a text has come through, passed from each to the next: how a loop is detected.

It works as `Via` does between HTTP proxies (RFC 9110, 7.6.3), but in a header of our own, which nothing on the way rewrites or
interprets: the names of the gateways, the first one first. A gateway that finds its own name there, or too many names, refuses with
`LOOP` in its message. The gateway in front recognises that word in any dialect, does not retry, and tells its own client the same.
"""

import re

from legato.domain.errors import Reason, SpeechError

HEADER = "legato-via"
LOOP = "gateway_loop"
"""Every message about a loop contains this word."""
MOST = 8
"""How many gateways a text may come through."""
_NAME = re.compile(r"[0-9a-z-]{1,32}")
_SAID = f"{LOOP}: this voice's vendors lead back to a gateway that the text has already passed through"


def passed(header: str, here: str) -> tuple[str, ...]:
    """The gateways a client's text has come through.

    Args:
        header: as the client sent it; empty for none. Entries that are not valid names are skipped.
        here: the name of this gateway.

    Raises:
        SpeechError: `forbidden`, this gateway is among them, or there are more than `MOST`.
    """
    names = tuple(name for part in header.split(",") if _NAME.fullmatch(name := part.strip()))
    if here in names:
        raise circle()
    if len(names) > MOST:
        raise SpeechError(Reason.FORBIDDEN, f"{LOOP}: a text may pass through at most {MOST} gateways")
    return names


def told(via: tuple[str, ...], here: str) -> str:
    """The header to send to the next gateway."""
    return ", ".join((*via, here))


def circle() -> SpeechError:
    """What every gateway of the loop tells its client."""
    return SpeechError(Reason.FORBIDDEN, _SAID)
