"""The requests of Deepgram's speak WebSocket (v2): what differs from version 1 in the query and in errors, the numbers in its messages.

Rules:
- `model` is required: a name in the catalogue, or one of the vendor's own (`flux-…`), which means the default voice.
- Unknown query parameters are ignored; the vendor would refuse them.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from legato.domain import replies
from legato.domain.errors import Reason, SpeechError, listed
from legato.domain.replies import Reply
from legato.domain.speech import UtteranceOptions
from legato.faces import deepgram_requests
from legato.faces.numbers import number
from legato.faces.shown import shown
from legato.ports import Refusal

_VENDOR_VOICE = re.compile(r"flux-[a-z0-9-]+")
SPEEDS = (0.5, 1.5)
SPEED_STEP = 0.05

_CODES = {
    Reason.TEXT_TOO_LONG: "BIG-0000",
    Reason.TOO_MANY_UTTERANCES: "DATA-0002",
    Reason.QUOTA_EXCEEDED: "DATA-0002",
    Reason.IDLE_TIMEOUT: "NET-0004",
    Reason.VENDOR_TIMEOUT: "NET-0001",
}
ERRORS: deepgram_requests.Errors = {
    reason: (status, err_code, close, _CODES.get(reason, code))
    for reason, (status, err_code, close, code) in deepgram_requests.ERRORS.items()
}
"""As in version 1, but for some of the codes."""

WARNINGS = {"nothing_to_say": "NO_SYNTHESIZABLE_TEXT", "seam": "SYNTHESIS_RETRYING"}
"""The vendor's codes for the session's warnings; other codes are sent as they are, in capitals."""


def refusal(error: SpeechError, request_id: str) -> Refusal:
    """The HTTP answer."""
    return deepgram_requests.refusal(error, request_id, ERRORS)


def voice_of(query: Mapping[str, str], voices: Collection[str]) -> str:
    """The voice that `model` names; empty for the default.

    Raises:
        SpeechError: `unknown_voice`.
    """
    model = query.get("model", "")
    if model in voices:
        return model
    if _VENDOR_VOICE.fullmatch(model):
        return ""
    told = f"there is no model {model[:80]!r} for this version" if model else "model is required"
    raise SpeechError(Reason.UNKNOWN_VOICE, f"{told}; the models are {listed(voices)}")


def options_of(query: Mapping[str, str]) -> UtteranceOptions:
    """The speaking options.

    Raises:
        SpeechError: `bad_frame`.
    """
    return deepgram_requests.options_of(query, SPEEDS)


def speed_mistake(value: object) -> tuple[str, str] | None:
    """What is wrong with a `Configure`'s speed: the vendor's code and a sentence; `None` if nothing is."""
    speed = number(value)
    least, most = SPEEDS
    if not least <= speed <= most:
        return "SPEED_OUT_OF_RANGE", f"speed must be a number from {least} to {most}; got {shown(value)}"
    steps = speed / SPEED_STEP
    if abs(steps - round(steps)) > 1e-6:
        return "SPEED_INCREMENT_INVALID", f"speed must be a multiple of {SPEED_STEP}; got {shown(value)}"
    return None


def playback_ms(offset: object) -> int | None:
    """The milliseconds of a `playback_offset`; `None` for one that cannot be read."""
    if not isinstance(offset, dict) or offset.get("type", "time_ms") != "time_ms":
        return None
    value = number(offset.get("value"))
    return int(value) if 0 <= value < 2**53 else None


def warned(reply: Reply) -> Sequence[Mapping[str, object]]:
    """The `Warning` that a reply becomes, if any."""
    if isinstance(reply, replies.Warned):
        return (deepgram_requests.warning(WARNINGS.get(reply.code, reply.code.upper()), reply.message),)
    if isinstance(reply, replies.Seam):
        return (deepgram_requests.warning(WARNINGS["seam"], "the speech continues from another source"),)
    if isinstance(reply, replies.GoAway):
        return (deepgram_requests.warning("NET-0003", f"this connection closes within {reply.in_s:.0f} s"),)
    return ()
