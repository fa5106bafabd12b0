"""What clients of LiveKit's inference gateway ask for: the voice, the manner of speaking; and the shape of errors.

Rules:
- A voice is a name in the catalogue. Without one, `model` may be such a name; otherwise it is the default voice, as it is for an id in a
  form of the vendors that LiveKit resells. Any `model` is accepted.
- What a sentence asks for in `generation_config` and `extra` goes before what `session.create` asked for.
- Of `extra`, which each of those vendors fills in its own way, speed, volume and word times have an effect. All else is ignored,
  `fallback` and `connection` too: routes and patience are the gateway's own.
"""

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import UtteranceOptions
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.numbers import is_set, number, number_within
from legato.faces.rates import format_at
from legato.faces.retry_after import retry_after
from legato.faces.shown import shown
from legato.ports import Refusal

_ENCODING, _USUAL_HZ = "pcm_s16le", 24_000
_VENDOR_VOICES = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # Cartesia
    r"|[A-Za-z0-9]{20}"  # ElevenLabs
    r"|[0-9a-f]{32}"  # Fish Audio
    r"|aura-[a-z0-9-]+",  # Deepgram
    re.IGNORECASE,
)
_ANY_LANGUAGE = frozenset({"auto", "multi"})
_SPEEDS, _WORD_SPEEDS = (0.25, 4.0), {"slow": 0.8, "normal": 1.0, "fast": 1.25}
_FACTORS, _DECIBELS = (0.1, 2.0), (-40.0, 12.0)
_TIMES, _TIME_FLAGS = ("WORD", "CHARACTER"), ("add_timestamps", "sync_alignment")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a client asks for, in its own words."""

    voice: str = ""
    model: str = ""
    language: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The vendor that the model names."""
        return self.model.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is spoken.

    Args:
        voice: a name in the catalogue; empty for the default voice.
        language: BCP 47 tag; empty for the voice's own.
        options: speed, volume, and whether word times are wanted.
        adds_spaces: whether the client puts a space after each word of an alignment, as it does for Cartesia's alone.
    """

    voice: str
    language: str
    options: UtteranceOptions
    adds_spaces: bool


def format_of(message: Mapping[str, Any]) -> AudioFormat:
    """The audio format that a `session.create` asks for.

    Raises:
        SpeechError: `bad_frame` or `unknown_format`.
    """
    encoding, rate = message.get("encoding") or _ENCODING, message.get("sample_rate") or _USUAL_HZ
    if encoding != _ENCODING:
        raise SpeechError(
            Reason.UNKNOWN_FORMAT, f"encoding {shown(encoding)} is not supported; supported: {_ENCODING}"
        )
    exact = number(rate)
    if not exact.is_integer():
        raise bad_frame(f"sample_rate must be a whole number of Hz; got {shown(rate)}")
    return format_at(Encoding.PCM_S16LE, int(exact), named=f"encoding {_ENCODING}")


def wishes(asked: object, extra: object, default: Wishes, where: str) -> Wishes:
    """Parse `voice`, `model`, `language` and `extra`.

    Args:
        asked: the object that has the first three; `None` if there is none.
        extra: the vendor's own settings; `None` if there are none.
        default: what holds for what is not asked for.
        where: how error messages name that object, with a full stop; empty for the message itself.

    Raises:
        SpeechError: `bad_frame`.
    """
    asked, extra = {} if asked is None else asked, {} if extra is None else extra
    if not isinstance(asked, Mapping):
        raise bad_frame(f"{where.removesuffix('.')} must be an object; got {shown(asked)}")
    if not isinstance(extra, Mapping):
        raise bad_frame(f"extra must be an object; got {shown(extra)}")
    named = {name: asked.get(name) or getattr(default, name) for name in ("voice", "model", "language")}
    for name, value in named.items():
        if not isinstance(value, str):
            raise bad_frame(f"{where}{name} must be a string; got {shown(value)}")
    return Wishes(**named, extra={**default.extra, **extra})


def manner_of(asked: Wishes, voices: Collection[str]) -> Manner:
    """How a text is spoken for which a client has these wishes.

    Raises:
        SpeechError: `unknown_voice` or `bad_frame`.
    """
    options = UtteranceOptions(speed=_speed(asked), volume=_volume(asked), words=_times(asked))
    language = "" if asked.language.lower() in _ANY_LANGUAGE else asked.language
    return Manner(_voice(asked, voices), language, options, asked.provider == "cartesia")


def refusal(error: SpeechError, request_id: str) -> Refusal:
    """The HTTP response to a failed handshake."""
    headers = {"content-type": "application/json", "x-request-id": request_id, **retry_after(error)}
    status = error.properties.http_status
    return Refusal(status, headers, json.dumps(error_fields(error)).encode(), error.reason)


def error_fields(error: SpeechError) -> dict[str, object]:
    """The fields of an error: `code` is an HTTP status, as in LiveKit's other inference services."""
    return {
        "code": error.properties.http_status,
        "reason": error.reason.value,
        "message": error.message,
        "retryable": error.properties.may_retry,
    }


def _voice(asked: Wishes, voices: Collection[str]) -> str:
    if asked.voice in voices:
        return asked.voice
    if not asked.voice:
        return asked.model if asked.model in voices else ""
    if _VENDOR_VOICES.fullmatch(asked.voice):
        return ""
    raise unknown_voice(asked.voice, voices)


def _speed(asked: Wishes) -> float | None:
    name = "speed" if asked.extra.get("speed") is not None else "speaking_rate"
    value = asked.extra.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value in _WORD_SPEEDS:
        return _WORD_SPEEDS[value]
    return number_within(_SPEEDS, value, f"extra.{name}", f"one of {', '.join(_WORD_SPEEDS)}, or ")


def _volume(asked: Wishes) -> float | None:
    """The gain in decibels, which is what Fish Audio's clients send; Cartesia's send a factor."""
    value = asked.extra.get("volume")
    if value is None or asked.provider not in {"cartesia", "fishaudio"}:
        return None
    if asked.provider == "fishaudio":
        return number_within(_DECIBELS, value, "extra.volume")
    return 20 * math.log10(number_within(_FACTORS, value, "extra.volume"))


def _times(asked: Wishes) -> bool:
    """Whether the client takes word times: LiveKit's asks each vendor for them in another way, and AssemblyAI not to send them."""
    extra = asked.extra
    if any(is_set(extra.get(name)) for name in _TIME_FLAGS) or extra.get("timestamp_type") in _TIMES:
        return True
    return asked.provider == "assemblyai" and extra.get("word_timestamps", True) is not False
