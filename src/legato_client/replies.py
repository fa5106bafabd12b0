"""What the gateway says, as values of the domain: one message in, one reply out.

Reply         one of `domain.replies`
StreamEnded   the stream ends with this error
None          a message of a newer contract, which this client does not know
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import (
    AudioChunk,
    Flushed,
    GoAway,
    HeardMethod,
    Opened,
    Pong,
    Reply,
    Seam,
    StreamError,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceStarted,
    Warned,
    WordMethod,
    WordSpoken,
)
from legato.domain.speech import StreamLimits
from legato.v1 import audio_pb2, receipt_pb2, speech_pb2
from legato_client.errors import reason_named
from legato_client.requests import ENCODINGS


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The stream ends with this error."""

    error: SpeechError


Incoming = Reply | StreamEnded
"""Everything that the gateway can tell a client."""

_ENCODINGS: dict[int, Encoding] = {number: encoding for encoding, number in ENCODINGS.items()}
_WORD_METHODS: dict[int, WordMethod] = {
    speech_pb2.WORD_METHOD_VENDOR: WordMethod.VENDOR,
    speech_pb2.WORD_METHOD_ENGINE: WordMethod.ENGINE,
}
_STAGES = {stage.value: stage for stage in Stage}


def reply_of(response: speech_pb2.StreamResponse) -> Incoming | None:
    """What a message from the gateway means; `None` for one of a newer contract."""
    kind = response.WhichOneof("response")
    return None if kind is None else _READERS[kind](getattr(response, kind))


def format_of(message: audio_pb2.AudioFormat) -> AudioFormat:
    """An audio format.

    Raises:
        SpeechError: `unknown_format`: this client does not know the encoding or the rate.
    """
    encoding = _ENCODINGS.get(message.encoding)
    try:
        return AudioFormat.named(
            encoding.value if encoding else str(message.encoding),
            message.sample_rate_hz,
            message.bit_rate_kbps,
        )
    except ValueError as error:
        raise SpeechError(
            Reason.UNKNOWN_FORMAT, f"the gateway sends a format that this client does not know: {error}"
        ) from None


def receipt_of(message: receipt_pb2.Receipt) -> Receipt:
    """A receipt, in seconds."""
    return Receipt(
        stages=tuple(
            (_STAGES[part.stage], part.ms / 1000) for part in message.stages if part.stage in _STAGES
        ),
        ttfb_s=message.ttfb_ms / 1000 if message.HasField("ttfb_ms") else None,
        ttfb_speakable_s=message.ttfb_speakable_ms / 1000 if message.HasField("ttfb_speakable_ms") else None,
        ttfa_s=message.ttfa_ms / 1000 if message.HasField("ttfa_ms") else None,
        total_s=message.total_ms / 1000,
        **{name: getattr(message, name) for name in _SAME_IN_RECEIPT},
    )


_SAME_IN_RECEIPT = (
    "queued",
    "no_audio",
    "route",
    "attempts",
    "line_reused",
    "accepted_chars",
    "sent_chars",
    "cached_chars",
    "unheard_chars",
    "repeated_words",
    "audio_samples",
    "sample_rate_hz",
    "chunks",
)


def _error(message: speech_pb2.Error) -> SpeechError:
    return SpeechError(
        reason_named(message.reason) or Reason.INTERNAL,
        message.message,
        retry_after_s=message.retry_after_s or None,
        utterance_id=message.utterance_id,
    )


def _opened(message: speech_pb2.Opened) -> Opened:
    told = {field.name: value for field, value in message.limits.ListFields()}
    zero_is_told = {"max_lead_ms": message.limits.max_lead_ms, "idle_stream_s": message.limits.idle_stream_s}
    limits = StreamLimits(**(zero_is_told | told)) if message.HasField("limits") else StreamLimits()
    return Opened(message.stream_id, format_of(message.format), limits, message.codec_delay)


def _audio(message: speech_pb2.Audio) -> AudioChunk:
    # Ordinals stand for utterances in binary WebSocket frames only; here the utterance itself is named.
    return AudioChunk(message.utterance_id, 0, message.generation, message.sample_offset, message.data)


def _words(message: speech_pb2.Words) -> WordSpoken:
    return WordSpoken(
        utterance_id=message.utterance_id,
        word=message.word,
        start_sample=message.start_sample,
        end_sample=message.end_sample,
        source_start=message.source_start,
        source_end=message.source_end,
        method=_WORD_METHODS.get(message.method, WordMethod.ESTIMATED),
    )


def _cancelled(message: speech_pb2.UtteranceCancelled) -> UtteranceCancelled:
    played = message.method == speech_pb2.HEARD_METHOD_PLAYED
    return UtteranceCancelled(
        utterance_id=message.utterance_id,
        heard=message.heard,
        sent_unheard=message.sent_unheard,
        never_sent=message.never_sent,
        truncate_at_sample=message.truncate_at_sample,
        method=HeardMethod.PLAYED if played else HeardMethod.WRITE_TIMES,
        receipt=receipt_of(message.receipt),
    )


def _failed(message: speech_pb2.UtteranceFailed) -> UtteranceFailed:
    error = _error(message.error)
    error.utterance_id = message.utterance_id
    return UtteranceFailed(message.utterance_id, error, message.unspoken, receipt_of(message.receipt))


def _refused(message: speech_pb2.Error) -> StreamError | StreamEnded:
    # `fatal` tells how far the reason reaches; if it concerns an utterance, only that utterance ends.
    ended = message.fatal and not message.utterance_id
    return StreamEnded(_error(message)) if ended else StreamError(_error(message))


def _alike(shape: Callable[..., Reply], *names: str) -> Callable[[Any], Reply]:
    return lambda message: shape(*(getattr(message, name) for name in names))


_READERS: dict[str, Callable[[Any], Incoming]] = {
    "opened": _opened,
    "utterance_started": _alike(
        UtteranceStarted, "utterance_id", "ordinal", "track", "generation", "start_sample"
    ),
    "audio": _audio,
    "words": _words,
    "flushed": _alike(Flushed, "utterance_id", "flush_id", "end_sample"),
    "seam": _alike(Seam, "utterance_id", "word", "gap_ms", "from_route", "to_route", "method"),
    "utterance_finished": lambda message: UtteranceFinished(
        message.utterance_id, receipt_of(message.receipt)
    ),
    "utterance_cancelled": _cancelled,
    "utterance_failed": _failed,
    "warning": _alike(Warned, "code", "message", "utterance_id"),
    "error": _refused,
    "go_away": _alike(GoAway, "in_s", "reason"),
    "pong": _alike(Pong, "payload"),
}
