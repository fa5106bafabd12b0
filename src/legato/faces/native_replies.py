"""Replies as the native contract's responses. Shared by gRPC and the WebSocket; pure."""

from collections.abc import Callable
from typing import Any

from legato.domain import replies
from legato.domain.errors import Reach, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import HeardMethod, Reply, WordMethod
from legato.faces.native_formats import write_format
from legato.v1 import receipt_pb2, speech_pb2

_WORD_METHODS = {
    WordMethod.VENDOR: speech_pb2.WORD_METHOD_VENDOR,
    WordMethod.ENGINE: speech_pb2.WORD_METHOD_ENGINE,
    WordMethod.ESTIMATED: speech_pb2.WORD_METHOD_ESTIMATED,
}
_HEARD_METHODS = {
    HeardMethod.PLAYED: speech_pb2.HEARD_METHOD_PLAYED,
    HeardMethod.WRITE_TIMES: speech_pb2.HEARD_METHOD_WRITE_TIMES,
}


def response(reply: Reply, server_seq: int, acked_client_seq: int) -> speech_pb2.StreamResponse:
    """Return the message that carries a reply."""
    field, message = _WRITERS[type(reply)](reply)
    return speech_pb2.StreamResponse(
        server_seq=server_seq, acked_client_seq=acked_client_seq, **{field: message}
    )


def error(value: SpeechError) -> speech_pb2.Error:
    """An error: its code and reason, and whether to try again."""
    row = value.properties
    return speech_pb2.Error(
        code=row.grpc_code,
        reason=value.reason.value,
        message=value.message,
        retryable=row.may_retry,
        retry_after_s=value.retry_after_s or 0.0,
        utterance_id=value.utterance_id,
        fatal=row.reach is Reach.STREAM and not value.utterance_id,
    )


def audio(reply: replies.AudioChunk) -> speech_pb2.Audio:
    """A chunk of audio."""
    return speech_pb2.Audio(
        utterance_id=reply.utterance_id,
        generation=reply.generation,
        sample_offset=reply.sample_offset,
        data=reply.data,
    )


def words(reply: replies.WordSpoken) -> speech_pb2.Words:
    """A word, and when it sounds."""
    return speech_pb2.Words(
        utterance_id=reply.utterance_id,
        word=reply.word,
        start_sample=reply.start_sample,
        end_sample=reply.end_sample,
        source_start=reply.source_start,
        source_end=reply.source_end,
        method=_WORD_METHODS[reply.method],
    )


def warning(reply: replies.Warned) -> speech_pb2.Warning:
    """A warning, which ends nothing."""
    return speech_pb2.Warning(code=reply.code, message=reply.message, utterance_id=reply.utterance_id)


def finished(reply: replies.UtteranceFinished) -> speech_pb2.UtteranceFinished:
    """The end of an utterance that was spoken whole."""
    return speech_pb2.UtteranceFinished(utterance_id=reply.utterance_id, receipt=_receipt(reply.receipt))


def _receipt(value: Receipt) -> receipt_pb2.Receipt:
    message = receipt_pb2.Receipt(
        stages=[receipt_pb2.StageTime(stage=stage.value, ms=s * 1000) for stage, s in value.stages],
        queued=value.queued,
        no_audio=value.no_audio,
        route=value.route,
        attempts=value.attempts,
        line_reused=value.line_reused,
        accepted_chars=value.accepted_chars,
        sent_chars=value.sent_chars,
        cached_chars=value.cached_chars,
        unheard_chars=value.unheard_chars,
        repeated_words=value.repeated_words,
        audio_samples=value.audio_samples,
        sample_rate_hz=value.sample_rate_hz,
        chunks=value.chunks,
        total_ms=value.total_s * 1000,
    )
    for name in ("ttfb", "ttfb_speakable", "ttfa"):
        seconds = getattr(value, f"{name}_s")
        if seconds is not None:
            setattr(message, f"{name}_ms", seconds * 1000)
    return message


def _opened(reply: replies.Opened) -> tuple[str, speech_pb2.Opened]:
    limits = reply.limits
    return "opened", speech_pb2.Opened(
        stream_id=reply.stream_id,
        format=write_format(reply.audio_format),
        limits=speech_pb2.StreamLimits(
            max_open_utterances=limits.max_open_utterances,
            max_pending_chars=limits.max_pending_chars,
            max_utterance_chars=limits.max_utterance_chars,
            max_lead_ms=limits.max_lead_ms,
            head_idle_ms=limits.head_idle_ms,
            pause_max_ms=limits.pause_max_ms,
            idle_stream_s=limits.idle_stream_s,
            idle_utterance_s=limits.idle_utterance_s,
        ),
        codec_delay=reply.codec_delay_samples,
    )


def _started(reply: replies.UtteranceStarted) -> tuple[str, speech_pb2.UtteranceStarted]:
    return "utterance_started", speech_pb2.UtteranceStarted(
        utterance_id=reply.utterance_id,
        ordinal=reply.ordinal,
        track=reply.track,
        generation=reply.generation,
        start_sample=reply.start_sample,
    )


def _flushed(reply: replies.Flushed) -> tuple[str, speech_pb2.Flushed]:
    return "flushed", speech_pb2.Flushed(
        utterance_id=reply.utterance_id, flush_id=reply.flush_id, end_sample=reply.end_sample
    )


def _seam(reply: replies.Seam) -> tuple[str, speech_pb2.Seam]:
    return "seam", speech_pb2.Seam(
        utterance_id=reply.utterance_id,
        word=reply.word,
        gap_ms=reply.gap_ms,
        from_route=reply.from_route,
        to_route=reply.to_route,
        method=reply.method,
    )


def _cancelled(reply: replies.UtteranceCancelled) -> tuple[str, speech_pb2.UtteranceCancelled]:
    return "utterance_cancelled", speech_pb2.UtteranceCancelled(
        utterance_id=reply.utterance_id,
        heard=reply.heard,
        sent_unheard=reply.sent_unheard,
        never_sent=reply.never_sent,
        truncate_at_sample=reply.truncate_at_sample,
        method=_HEARD_METHODS[reply.method],
        receipt=_receipt(reply.receipt),
    )


def _failed(reply: replies.UtteranceFailed) -> tuple[str, speech_pb2.UtteranceFailed]:
    # The utterance ends and the stream goes on, whatever this reason's own reach is.
    told = error(reply.error)
    told.fatal = False
    return "utterance_failed", speech_pb2.UtteranceFailed(
        utterance_id=reply.utterance_id, error=told, unspoken=reply.unspoken, receipt=_receipt(reply.receipt)
    )


_WRITERS: dict[type, Callable[[Any], tuple[str, Any]]] = {
    replies.Opened: _opened,
    replies.UtteranceStarted: _started,
    replies.AudioChunk: lambda reply: ("audio", audio(reply)),
    replies.WordSpoken: lambda reply: ("words", words(reply)),
    replies.Flushed: _flushed,
    replies.Seam: _seam,
    replies.UtteranceFinished: lambda reply: ("utterance_finished", finished(reply)),
    replies.UtteranceCancelled: _cancelled,
    replies.UtteranceFailed: _failed,
    replies.Warned: lambda reply: ("warning", warning(reply)),
    replies.StreamError: lambda reply: ("error", error(reply.error)),
    replies.GoAway: lambda reply: ("go_away", speech_pb2.GoAway(in_s=reply.in_s, reason=reply.reason)),
    replies.Pong: lambda reply: ("pong", speech_pb2.Pong(payload=reply.payload)),
}
