import typing

import pytest

from legato.domain import replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import HeardMethod, Reply, WordMethod
from legato.domain.speech import StreamLimits
from legato.faces.native_replies import response
from legato.v1.receipt_pb2 import Receipt as ReceiptMessage
from legato.v1.speech_pb2 import StreamResponse

RECEIPT = Receipt(
    stages=((Stage.TEXT_WAIT, 0.25), (Stage.WRITE, 0.001)),
    ttfb_s=0.251,
    ttfb_speakable_s=0.001,
    route="eleven/x",
    attempts=2,
    line_reused=True,
    accepted_chars=3,
    audio_samples=480,
    sample_rate_hz=24_000,
    chunks=1,
    total_s=2.0,
)
TOLD = ReceiptMessage(
    stages=[{"stage": "text_wait", "ms": 250}, {"stage": "write", "ms": 1}],
    ttfb_ms=251,
    ttfb_speakable_ms=1,
    route="eleven/x",
    attempts=2,
    line_reused=True,
    accepted_chars=3,
    audio_samples=480,
    sample_rate_hz=24_000,
    chunks=1,
    total_ms=2000,
)
ERROR = SpeechError(Reason.VENDOR_LOST, "gone", retry_after_s=1.5, utterance_id="a")
ERROR_TOLD = {
    "code": "UNAVAILABLE",
    "reason": "vendor_lost",
    "message": "gone",
    "retryable": True,
    "retry_after_s": 1.5,
    "utterance_id": "a",
}
RESPONSES = [
    (
        replies.Opened("s", AudioFormat(Encoding.MULAW, 8_000), StreamLimits(idle_stream_s=1.5), 3),
        {
            "opened": {
                "stream_id": "s",
                "format": {"encoding": 2, "sample_rate_hz": 8000},
                "limits": {
                    "max_open_utterances": 8,
                    "max_pending_chars": 20_000,
                    "max_utterance_chars": 50_000,
                    "max_lead_ms": 3000,
                    "head_idle_ms": 5000,
                    "pause_max_ms": 10_000,
                    "idle_stream_s": 1.5,
                    "idle_utterance_s": 120,
                },
                "codec_delay": 3,
            }
        },
    ),
    (
        replies.UtteranceStarted("a", 1, 2, 3, 4),
        {
            "utterance_started": {
                "utterance_id": "a",
                "ordinal": 1,
                "track": 2,
                "generation": 3,
                "start_sample": 4,
            }
        },
    ),
    (
        replies.AudioChunk("a", 1, 2, 3, b"x"),
        {"audio": {"utterance_id": "a", "generation": 2, "sample_offset": 3, "data": b"x"}},
    ),
    (
        replies.WordSpoken("a", "w", 1, 2, 3, 4, WordMethod.ESTIMATED),
        {
            "words": {
                "utterance_id": "a",
                "word": "w",
                "start_sample": 1,
                "end_sample": 2,
                "source_start": 3,
                "source_end": 4,
                "method": 3,
            }
        },
    ),
    (replies.Flushed("a", "f", 9), {"flushed": {"utterance_id": "a", "flush_id": "f", "end_sample": 9}}),
    (
        replies.Seam("a", "w", 12.5, "x", "y", "pause"),
        {
            "seam": {
                "utterance_id": "a",
                "word": "w",
                "gap_ms": 12.5,
                "from_route": "x",
                "to_route": "y",
                "method": "pause",
            }
        },
    ),
    (replies.UtteranceFinished("a", RECEIPT), {"utterance_finished": {"utterance_id": "a", "receipt": TOLD}}),
    (
        replies.UtteranceCancelled("a", "h", "s", "n", 5, HeardMethod.PLAYED, RECEIPT),
        {
            "utterance_cancelled": {
                "utterance_id": "a",
                "heard": "h",
                "sent_unheard": "s",
                "never_sent": "n",
                "truncate_at_sample": 5,
                "method": 1,
                "receipt": TOLD,
            }
        },
    ),
    (
        replies.UtteranceFailed("a", ERROR, "rest", RECEIPT),
        {"utterance_failed": {"utterance_id": "a", "error": ERROR_TOLD, "unspoken": "rest", "receipt": TOLD}},
    ),
    (replies.Warned("c", "m", "a"), {"warning": {"code": "c", "message": "m", "utterance_id": "a"}}),
    (replies.StreamError(ERROR), {"error": ERROR_TOLD}),
    (replies.GoAway(10.0, "idle"), {"go_away": {"in_s": 10, "reason": "idle"}}),
    (replies.Pong("p"), {"pong": {"payload": "p"}}),
]


@pytest.mark.parametrize(("reply", "message"), RESPONSES, ids=lambda value: type(value).__name__)
def test_each_reply_is_its_message(reply, message):
    assert response(reply, 7, 8) == StreamResponse(server_seq=7, acked_client_seq=8, **message)


def test_every_reply_was_told_above():
    assert {type(reply) for reply, _ in RESPONSES} == set(typing.get_args(Reply))


@pytest.mark.parametrize("method", WordMethod)
def test_every_word_method_has_its_number(method):
    told = response(replies.WordSpoken("a", "w", 1, 2, 3, 4, method), 1, 0).words.method
    assert told != 0


@pytest.mark.parametrize("encoding", list(Encoding))
def test_every_encoding_has_its_number(encoding):
    told = response(replies.Opened("s", AudioFormat(encoding, 8_000), StreamLimits()), 1, 0)
    assert told.opened.format.encoding != 0


def test_times_that_are_not_known_are_unset():
    told = response(
        replies.UtteranceFinished("a", Receipt(no_audio="empty")), 1, 0
    ).utterance_finished.receipt
    assert not told.HasField("ttfb_ms")
    assert not told.HasField("ttfa_ms")
    assert told.no_audio == "empty"
