"""What the client says, as messages of the contract, whose fields have the same names as those in `domain.events`."""

import enum
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import (
    Begin,
    Cancel,
    Configure,
    End,
    Flush,
    Open,
    Pause,
    Ping,
    Played,
    Prewarm,
    Resume,
    Text,
)
from legato.domain.speech import Position, UtteranceOptions
from legato.v1 import audio_pb2, speech_pb2

Command = Open | Begin | Text | Flush | End | Cancel | Pause | Resume | Played | Configure | Prewarm | Ping
"""Everything that a client can say."""

_FIELDS: dict[type, str] = {
    Open: "open",
    Begin: "begin",
    Text: "text",
    Flush: "flush",
    End: "end",
    Cancel: "cancel",
    Pause: "pause",
    Resume: "resume",
    Played: "played",
    Configure: "configure",
    Prewarm: "prewarm",
    Ping: "ping",
}

ENCODINGS: Mapping[Encoding, audio_pb2.Encoding] = {
    Encoding.PCM_S16LE: audio_pb2.ENCODING_PCM_S16LE,
    Encoding.MULAW: audio_pb2.ENCODING_MULAW,
    Encoding.ALAW: audio_pb2.ENCODING_ALAW,
    Encoding.WAV: audio_pb2.ENCODING_WAV,
    Encoding.MP3: audio_pb2.ENCODING_MP3,
    Encoding.OPUS: audio_pb2.ENCODING_OPUS,
    Encoding.FLAC: audio_pb2.ENCODING_FLAC,
    Encoding.AAC: audio_pb2.ENCODING_AAC,
}
_POSITIONS: Mapping[Position, speech_pb2.Position] = {
    Position.APPEND: speech_pb2.POSITION_APPEND,
    Position.NEXT: speech_pb2.POSITION_NEXT,
    Position.REPLACE: speech_pb2.POSITION_REPLACE,
}


def request_of(command: Command) -> speech_pb2.StreamRequest:
    """The message for a command."""
    message: dict[str, Any] = {_FIELDS[type(command)]: _message(command)}
    return speech_pb2.StreamRequest(**message)


def check(command: Command) -> None:
    """Refuse, where the program gives it, what no message could carry: on the wire it would end the whole conversation.

    Numbers and ids that the gateway never accepts are refused as well.

    Raises:
        TypeError: something in it is not of the expected type.
        ValueError: a number or the length of an id is out of range.
    """
    if isinstance(command, Text):
        return  # `Halves` has let through only what is a `str` and valid Unicode
    _check_given(command)
    try:
        request_of(command)
    except _NO_MESSAGE as error:
        raise _naming_the_field(command, error) from None
    _check_bounds(command)


_NO_MESSAGE = (TypeError, ValueError, AssertionError)


_NEEDED: dict[type, tuple[str, ...]] = {
    Begin: ("track", "interruptible"),
    Pause: ("track",),
    Resume: ("track",),
    Played: ("sample", "track"),
}
_KINDS: Mapping[str, tuple[type, str]] = {
    "options": (UtteranceOptions, "UtteranceOptions(...)"),
    "audio_format": (AudioFormat, "an AudioFormat such as AudioFormat(Encoding.MP3, 24_000)"),
    "position": (Position, "a Position such as Position.NEXT"),
}
"""What a field of this name must be, and how a program makes it."""


def _check_given(command: Command) -> None:
    """Refuse what is of another kind, in words that name no message of the contract.

    Refuse `None` where the wire would carry a default: this side would hold the utterance to be on no track, or not interruptible.
    """
    for name in _NEEDED.get(type(command), ()):
        if getattr(command, name) is None:
            raise TypeError(f"{name} cannot be None")
    for name, (kind, told) in _KINDS.items():
        if hasattr(command, name) and not isinstance(getattr(command, name), kind):
            raise TypeError(f"{name} must be {told}, got {getattr(command, name)!r}")


_BOUNDS = {"track": (0, 255), "fade_ms": (0, 200)}
_MAX_ID_CHARS = 128


def _check_bounds(command: Command) -> None:
    """Refuse what the gateway never accepts, where its refusal would end nothing and the program would wait for an end."""
    for name, (least, most) in _BOUNDS.items():
        value = getattr(command, name, None)
        if value is not None and not least <= value <= most:
            raise ValueError(f"{name} must be {least} to {most}, got {value}")
    if isinstance(command, Begin) and not 1 <= len(command.utterance_id) <= _MAX_ID_CHARS:
        chars = len(command.utterance_id)
        raise ValueError(f"utterance_id must have 1 to {_MAX_ID_CHARS} characters, it has {chars}")


def _naming_the_field(command: Command, error: Exception) -> Exception:
    kind, name = ValueError if isinstance(error, ValueError) else TypeError, ""
    for field in fields(command):
        part = getattr(command, field.name)
        try:
            speech_pb2.StreamRequest(**_alone(command, field.name, part))
        except _NO_MESSAGE:
            name = f"{field.name} cannot be {part!r}: "
    return kind(f"{name}{error}")


def _alone(command: Command, name: str, part: object) -> dict[str, Any]:
    return {} if part is None else {_FIELDS[type(command)]: {name: _value(part)}}


def format_message(audio_format: AudioFormat) -> audio_pb2.AudioFormat:
    """An audio format, as the contract's message."""
    return audio_pb2.AudioFormat(
        encoding=ENCODINGS[audio_format.encoding],
        sample_rate_hz=audio_format.sample_rate_hz,
        bit_rate_kbps=audio_format.bit_rate_kbps,
    )


def _message(value: object) -> dict[str, object]:
    # `None` is "unset" in the domain, and an absent optional field on the wire.
    named = {field.name: getattr(value, field.name) for field in fields(value)} if is_dataclass(value) else {}
    return {name: _value(part) for name, part in named.items() if part is not None}


def _value(part: object) -> object:
    if isinstance(part, AudioFormat):
        return format_message(part)
    if isinstance(part, Position):
        return _POSITIONS[part]
    assert not isinstance(part, enum.Enum), f"no wire form for {part!r}"
    return _message(part) if is_dataclass(part) else part
