"""The audio messages of ElevenLabs' WebSockets: base64 in JSON, with the characters that sound in it.

Rules:
- A message stays far below the 1 MiB that clients accept: longer audio is split into several.
- `alignment` and `normalizedAlignment` are the same, in the text as it was sent; `null` if no times are known.
"""

import base64
import json
from collections.abc import Iterator, Mapping

from legato.domain.audio import AudioFormat
from legato.domain.replies import AudioChunk
from legato.faces.elevenlabs_alignment import Aligner, CharTimes

_MOST_BYTES = 192 * 1024


def audio_messages(
    chunk: AudioChunk, audio_format: AudioFormat, aligner: Aligner
) -> Iterator[dict[str, object]]:
    """The messages of one chunk."""
    for data, times in timed(chunk, audio_format, aligner):
        yield message(data, times)


def timed(
    chunk: AudioChunk, audio_format: AudioFormat, aligner: Aligner
) -> Iterator[tuple[str, CharTimes | None]]:
    """The audio of each message of one chunk, in base64, and the times in it."""
    for start in range(0, len(chunk.data), _MOST_BYTES):
        piece = chunk.data[start : start + _MOST_BYTES]
        first = chunk.sample_offset + chunk.held + audio_format.samples_in(start)
        times = aligner.take_encoded(first, piece, audio_format)
        yield base64.b64encode(piece).decode(), times


def last_words(aligner: Aligner) -> Iterator[dict[str, object]]:
    """The message with the characters that no audio message has carried, if there are any."""
    times = aligner.rest()
    if times is not None:
        yield message("", times)


def message(data: str, times: CharTimes | None) -> dict[str, object]:
    """One message; `data` is base64, and may be empty."""
    told = None if times is None else times.in_ms()
    return {
        "audio": data or None,
        "isFinal": None,
        "normalizedAlignment": told,
        "alignment": told,
    }


def final() -> dict[str, object]:
    """The last message of an utterance. It has all fields, as the vendor's own has: clients skip a message without `audio`."""
    return {**message("", None), "isFinal": True}


def encoded(message: Mapping[str, object]) -> str:
    """Return a message as JSON. Its audio is not searched for characters to escape: base64 has none."""
    audio = message.get("audio")
    if not audio:
        return json.dumps(message)
    rest = {name: value for name, value in message.items() if name != "audio"}
    return f'{{"audio": "{audio}", {json.dumps(rest)[1:]}' if rest else f'{{"audio": "{audio}"}}'
