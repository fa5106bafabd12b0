"""WebSocket frames of the native contract, pure. Text frames are proto3 JSON; audio is a binary frame.

A binary frame is a 24-byte little-endian header, then the audio:

    version u8 = 1 | kind u8 = 1 | flags u16 | ordinal u32 | server_seq u32 | generation u32 | sample_offset u64
"""

import struct

from google.protobuf import json_format

from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import (
    AudioChunk,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
)
from legato.v1 import speech_pb2
from legato_client.replies import Incoming, reply_of
from legato_client.requests import Command, request_of

SUBPROTOCOL = "legato.v1"
_HEADER = struct.Struct("<BBHIIIQ")
_VERSION = 1
_AUDIO = 1


def write_frame(command: Command) -> str:
    """The text frame for a command."""
    return json_format.MessageToJson(request_of(command), indent=None)


class FrameReader:
    """Reads the frames of one connection; remembers which utterance each ordinal stands for."""

    def __init__(self) -> None:
        self._ids: dict[int, str] = {}
        self._ordinals: dict[str, int] = {}

    def read(self, frame: bytes | str) -> Incoming | None:
        """What a frame means; `None` for one from a newer gateway that this client does not know.

        Raises:
            SpeechError: `bad_frame`: it is not a frame of this contract.
        """
        return self._read_audio(frame) if isinstance(frame, bytes) else self._read_text(frame)

    def _read_audio(self, frame: bytes) -> AudioChunk | None:
        if len(frame) < _HEADER.size:
            raise SpeechError(
                Reason.BAD_FRAME, f"expected a header of {_HEADER.size} bytes, got {len(frame)} in all"
            )
        version, kind, _, ordinal, _, generation, sample_offset = _HEADER.unpack_from(frame)
        if (version, kind) != (_VERSION, _AUDIO):
            return None
        utterance_id = self._ids.get(ordinal)
        if utterance_id is None:
            return None
        return AudioChunk(utterance_id, ordinal, generation, sample_offset, frame[_HEADER.size :])

    def _read_text(self, frame: str) -> Incoming | None:
        response = speech_pb2.StreamResponse()
        try:
            json_format.Parse(frame, response, ignore_unknown_fields=True)
        except json_format.ParseError as error:
            raise SpeechError(Reason.BAD_FRAME, f"expected a StreamResponse as JSON: {error}") from None
        reply = reply_of(response)
        if isinstance(reply, UtteranceStarted):
            self._ids[reply.ordinal] = reply.utterance_id
            self._ordinals[reply.utterance_id] = reply.ordinal
        elif isinstance(reply, UtteranceFinished | UtteranceCancelled | UtteranceFailed):
            self._ids.pop(self._ordinals.pop(reply.utterance_id, 0), None)
        return reply
