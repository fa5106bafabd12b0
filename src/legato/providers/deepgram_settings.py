r"""What Deepgram's WebSockets and its HTTP endpoint share: options, speeds, errors, and the mark of a pronunciation.

Pronunciations stand in the text, as `\{"word":"…","pronounce":"<IPA>"\}`, for its English and Spanish voices.

Sources: the vendor's AsyncAPI file and documentation.
"""

from collections.abc import Mapping

from legato.domain.delivery import Takes
from legato.domain.errors import Reason
from legato.providers.json_frames import compact
from legato.providers.phonemes import UNMARKED, Markup
from legato.providers.route_options import FLAG, TEXT, Kinds, OneOf, clamped

KINDS: Kinds = {
    "sample_rate": OneOf((8_000, 16_000, 24_000, 32_000, 48_000)),
    "mip_opt_out": FLAG,
    "tag": TEXT,
}
"""Options of a route; those of the second version of the WebSocket are its own."""
REASONS: Mapping[str, Reason] = {
    "INVALID_AUTH": Reason.VENDOR_REJECTED,
    "INSUFFICIENT_PERMISSIONS": Reason.VENDOR_REJECTED,
    "TOO_MANY_REQUESTS": Reason.VENDOR_QUOTA,
    "ASR_PAYMENT_REQUIRED": Reason.VENDOR_QUOTA,
    "MESSAGE-0000": Reason.VENDOR_REJECTED,
    "DATA-0000": Reason.VENDOR_REJECTED,
    "DATA-0001": Reason.VENDOR_QUOTA,
    "DATA-0002": Reason.VENDOR_REJECTED,
    "BIG-0000": Reason.VENDOR_REJECTED,
    "BIG-0001": Reason.VENDOR_REJECTED,
    "NET-0000": Reason.VENDOR_UNREACHABLE,
    "NET-0001": Reason.VENDOR_TIMEOUT,
    "NET-0002": Reason.VENDOR_UNREACHABLE,
}
CLOSES: Mapping[str, Reason | None] = {**REASONS, "DATA-0001": None, "NET-0003": None, "NET-0004": None}
"""Running into a connection's limit on characters, lifetime or idleness is a mere loss: another connection starts afresh."""
_SPEEDS = (0.7, 1.5)
_SPEED_LANGUAGES = ("-en", "-es")
_IPA_FAMILIES = ("aura-2-", "flux-")
_IPA_LANGUAGES = ("-en", "-es")
_MOST_IPA = 128
_MOST_FOR_LETTER, _LEAST_BOUND = 10, 15
"""The vendor refuses a whole text for a pronunciation longer than this, or than its word allows: such a word goes as it stands."""


def credentials(secret: str) -> Mapping[str, str]:
    """The key, in the vendor's own scheme."""
    return {"Authorization": f"Token {secret}"} if secret else {}


def speed_of(voice: str, speed: float | None) -> float | None:
    """The speed, for the voices that take one."""
    return clamped(speed, *_SPEEDS) if _has_speed(voice) else None


def takes_of(voice: str) -> Takes:
    """What this voice supports; its speed is in the URL."""
    return Takes(_SPEEDS if _has_speed(voice) else None, by_run=True)


def _has_speed(voice: str) -> bool:
    return voice.startswith("aura-2-") and voice.endswith(_SPEED_LANGUAGES)


def code_in(message: Mapping[str, object]) -> str:
    """A warning's code, not its words, which may quote the text."""
    code = message.get("code") or message.get("warn_code")
    return code if isinstance(code, str) and code.isprintable() and len(code) <= 64 else "no code"


def markup_of(voice: str, *, wanted: bool = True) -> Markup:
    """How pronunciations are written for this voice, if it takes them and they are wanted."""
    takes = voice.startswith(_IPA_FAMILIES) and voice.endswith(_IPA_LANGUAGES)
    return _MARKUP if wanted and takes else UNMARKED


def _pronounced(word: str, ipa: str) -> str:
    if len(ipa) > min(_MOST_IPA, max(_MOST_FOR_LETTER * len(word), _LEAST_BOUND)):
        return word
    inside = compact({"word": word, "pronounce": ipa})[1:-1]
    return f"\\{{{inside}\\}}"


_MARKUP = Markup(_pronounced)
