"""The replies that every utterance has, written by hand: four of them as JSON, and audio as bytes.

The library walks the descriptors for every message, which costs more than everything else at an utterance's end. A test compares each
of these with what the library writes. All other replies are written by the library.
"""

from collections.abc import Callable
from json.encoder import encode_basestring as _quoted
from typing import Any

from legato.domain import replies
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import AudioChunk, Reply, WordMethod

_U32 = 0xFFFF_FFFF
_U64 = 0xFFFF_FFFF_FFFF_FFFF
_METHODS = {method: f"WORD_METHOD_{method.name}" for method in WordMethod}
_STAGES = {stage: f'{{"stage":{_quoted(stage.value)},"ms":' for stage in Stage}
_BOOL = ("false", "true")
_SEQ, _ACKED, _AUDIO = b"\x08", b"\x10", b"\x32"
_ID, _GENERATION, _OFFSET, _DATA = b"\x0a", b"\x10", b"\x18", b"\x22"


def response_json(reply: Reply, server_seq: int, acked_client_seq: int) -> str | None:
    """A `StreamResponse` as compact proto3 JSON; `None` for a reply that is left to the library."""
    writer = _WRITERS.get(type(reply))
    if writer is None:
        return None
    return f'{{"serverSeq":{server_seq},"ackedClientSeq":{acked_client_seq},{writer(reply)}}}'


def audio_response(reply: AudioChunk, server_seq: int, acked_client_seq: int) -> bytes:
    """The bytes of a `StreamResponse` that holds this audio."""
    parts = []
    if reply.utterance_id:
        name = reply.utterance_id.encode()
        parts += [_ID, _varint(len(name)), name]
    if reply.generation:
        parts += [_GENERATION, _varint(reply.generation & _U32)]
    if reply.sample_offset:
        parts += [_OFFSET, _varint(reply.sample_offset & _U64)]
    data = reply.data
    if data:
        parts += [_DATA, _varint(len(data))]
    head = b"".join(parts)
    begins = _SEQ + _varint(server_seq) if server_seq else b""
    if acked_client_seq:
        begins += _ACKED + _varint(acked_client_seq)
    return b"".join((begins, _AUDIO, _varint(len(head) + len(data)), head, data))


def _varint(value: int) -> bytes:
    if value < 0x80:
        return _BYTES[value]
    if value < 0x4000:
        return _BYTES[value & 0x7F | 0x80] + _BYTES[value >> 7]
    return _BYTES[value & 0x7F | 0x80] + _varint(value >> 7)


_BYTES = [bytes((value,)) for value in range(256)]


def _started(reply: replies.UtteranceStarted) -> str:
    return (
        f'"utteranceStarted":{{"utteranceId":{_quoted(reply.utterance_id)},"ordinal":{reply.ordinal},"track":{reply.track},'
        f'"generation":{reply.generation},"startSample":"{reply.start_sample}"}}'
    )


def _word(reply: replies.WordSpoken) -> str:
    return (
        f'"words":{{"utteranceId":{_quoted(reply.utterance_id)},"word":{_quoted(reply.word)},'
        f'"startSample":"{reply.start_sample}","endSample":"{reply.end_sample}",'
        f'"sourceStart":{reply.source_start},"sourceEnd":{reply.source_end},"method":"{_METHODS[reply.method]}"}}'
    )


def _flushed(reply: replies.Flushed) -> str:
    return (
        f'"flushed":{{"utteranceId":{_quoted(reply.utterance_id)},"flushId":{_quoted(reply.flush_id)},'
        f'"endSample":"{reply.end_sample}"}}'
    )


def _finished(reply: replies.UtteranceFinished) -> str:
    return f'"utteranceFinished":{{"utteranceId":{_quoted(reply.utterance_id)},"receipt":{_receipt(reply.receipt)}}}'


def _receipt(value: Receipt) -> str:
    stages = ",".join([f"{_STAGES[stage]}{seconds * 1000!r}}}" for stage, seconds in value.stages])
    known = ""
    if value.ttfb_s is not None:
        known = f'"ttfbMs":{value.ttfb_s * 1000!r},'
    if value.ttfb_speakable_s is not None:
        known += f'"ttfbSpeakableMs":{value.ttfb_speakable_s * 1000!r},'
    if value.ttfa_s is not None:
        known += f'"ttfaMs":{value.ttfa_s * 1000!r},'
    return (
        f'{{"stages":[{stages}],{known}"queued":{_BOOL[value.queued]},"noAudio":{_quoted(value.no_audio)},'
        f'"route":{_quoted(value.route)},"attempts":{value.attempts},"lineReused":{_BOOL[value.line_reused]},'
        f'"acceptedChars":{value.accepted_chars},"sentChars":{value.sent_chars},"cachedChars":{value.cached_chars},"unheardChars":{value.unheard_chars},'
        f'"repeatedWords":{value.repeated_words},"audioSamples":"{value.audio_samples}",'
        f'"sampleRateHz":{value.sample_rate_hz},"chunks":{value.chunks},"totalMs":{value.total_s * 1000!r}}}'
    )


_WRITERS: dict[type, Callable[[Any], str]] = {
    replies.UtteranceStarted: _started,
    replies.WordSpoken: _word,
    replies.Flushed: _flushed,
    replies.UtteranceFinished: _finished,
}
