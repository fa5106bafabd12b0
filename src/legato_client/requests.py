"""What the client says, as messages of the contract. The names of `domain.events` are the names of the contract's fields."""

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
from legato.domain.speech import Position
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
}
_POSITIONS: Mapping[Position, speech_pb2.Position] = {
    Position.APPEND: speech_pb2.POSITION_APPEND,
    Position.NEXT: speech_pb2.POSITION_NEXT,
    Position.REPLACE: speech_pb2.POSITION_REPLACE,
}


def request_of(command: Command) -> speech_pb2.StreamRequest:
    """The message that says it."""
    message: dict[str, Any] = {_FIELDS[type(command)]: _message(command)}
    return speech_pb2.StreamRequest(**message)


def format_message(audio_format: AudioFormat) -> audio_pb2.AudioFormat:
    """An audio format, in the contract's words."""
    return audio_pb2.AudioFormat(
        encoding=ENCODINGS[audio_format.encoding], sample_rate_hz=audio_format.sample_rate_hz
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
