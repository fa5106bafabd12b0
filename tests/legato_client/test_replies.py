import pytest

from legato.domain import replies as words
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt, Stage
from legato.domain.replies import HeardMethod, WordMethod
from legato.v1 import audio_pb2, receipt_pb2, speech_pb2
from legato_client.replies import _READERS, StreamEnded, format_of, receipt_of, reply_of

PCM = audio_pb2.AudioFormat(encoding=audio_pb2.ENCODING_PCM_S16LE, sample_rate_hz=24_000)


def reply(**response):
    return reply_of(speech_pb2.StreamResponse(**response))


def test_every_kind_of_the_contract_is_understood():
    kinds = {field.name for field in speech_pb2.StreamResponse.DESCRIPTOR.oneofs_by_name["response"].fields}

    assert kinds == set(_READERS)


def test_a_kind_of_a_later_contract_means_nothing_yet():
    assert reply_of(speech_pb2.StreamResponse.FromString(b"\xfa\x07\x02hi")) is None


def test_opened_with_its_limits():
    limits = speech_pb2.StreamLimits(max_open_utterances=3, max_lead_ms=-1)
    opened = reply(opened=speech_pb2.Opened(stream_id="s", format=PCM, limits=limits, codec_delay=7))

    assert (opened.stream_id, opened.codec_delay_samples) == ("s", 7)
    assert opened.audio_format == AudioFormat(Encoding.PCM_S16LE, 24_000)
    assert (opened.limits.max_open_utterances, opened.limits.max_lead_ms) == (3, -1)
    assert opened.limits.idle_stream_s == 0.0, "0 means never, and is told by its absence"


def test_a_format_of_a_later_contract_is_a_named_error():
    with pytest.raises(SpeechError) as caught:
        format_of(audio_pb2.AudioFormat(encoding=99, sample_rate_hz=24_000))

    assert caught.value.reason is Reason.UNKNOWN_FORMAT


def test_what_an_utterance_gives():
    assert reply(
        utterance_started=speech_pb2.UtteranceStarted(
            utterance_id="u", ordinal=2, track=1, generation=3, start_sample=2**33
        )
    ) == words.UtteranceStarted("u", 2, 1, 3, 2**33)
    assert reply(
        audio=speech_pb2.Audio(utterance_id="u", generation=1, sample_offset=5, data=b"ab")
    ) == words.AudioChunk("u", 0, 1, 5, b"ab")
    assert reply(flushed=speech_pb2.Flushed(utterance_id="u", flush_id="f", end_sample=9)) == words.Flushed(
        "u", "f", 9
    )
    assert reply(
        seam=speech_pb2.Seam(
            utterance_id="u", word="w", gap_ms=3, from_route="a", to_route="b", method="pause"
        )
    ) == words.Seam("u", "w", 3, "a", "b", "pause")
    assert reply(warning=speech_pb2.Warning(code="c", message="m", utterance_id="u")) == words.Warned(
        "c", "m", "u"
    )


@pytest.mark.parametrize(
    ("number", "method"),
    [
        (speech_pb2.WORD_METHOD_VENDOR, WordMethod.VENDOR),
        (speech_pb2.WORD_METHOD_ENGINE, WordMethod.ENGINE),
        (speech_pb2.WORD_METHOD_ESTIMATED, WordMethod.ESTIMATED),
        (4, WordMethod.ESTIMATED),
        (speech_pb2.WORD_METHOD_UNSPECIFIED, WordMethod.ESTIMATED),
    ],
)
def test_words_and_where_their_times_come_from(number, method):
    told = speech_pb2.Words(
        utterance_id="u", word="w", start_sample=1, end_sample=2, source_start=3, source_end=4, method=number
    )

    assert reply(words=told) == words.WordSpoken("u", "w", 1, 2, 3, 4, method)


def test_the_three_endings():
    receipt = receipt_pb2.Receipt(chunks=1)
    assert reply(
        utterance_finished=speech_pb2.UtteranceFinished(utterance_id="u", receipt=receipt)
    ) == words.UtteranceFinished("u", Receipt(chunks=1))

    cancelled = speech_pb2.UtteranceCancelled(
        utterance_id="u",
        heard="a",
        sent_unheard="b",
        never_sent="c",
        truncate_at_sample=8,
        method=speech_pb2.HEARD_METHOD_PLAYED,
        receipt=receipt,
    )
    assert reply(utterance_cancelled=cancelled) == words.UtteranceCancelled(
        "u", "a", "b", "c", 8, HeardMethod.PLAYED, Receipt(chunks=1)
    )
    cancelled.method = speech_pb2.HEARD_METHOD_WRITE_TIMES
    assert reply(utterance_cancelled=cancelled).method is HeardMethod.WRITE_TIMES

    error = speech_pb2.Error(reason="vendor_lost", message="gone", fatal=True)
    failed = reply(
        utterance_failed=speech_pb2.UtteranceFailed(
            utterance_id="u", error=error, unspoken="rest", receipt=receipt
        )
    )
    assert (failed.error.reason, failed.error.utterance_id) == (Reason.VENDOR_LOST, "u")
    assert (failed.unspoken, failed.receipt.chunks) == ("rest", 1)


def test_errors_end_the_stream_only_when_they_are_fatal_and_of_the_stream():
    refused = reply(error=speech_pb2.Error(reason="unknown_voice", message="m", retry_after_s=2))
    assert isinstance(refused, words.StreamError)
    assert (refused.error.reason, refused.error.retry_after_s) == (Reason.UNKNOWN_VOICE, 2.0)

    ended = reply(error=speech_pb2.Error(reason="shutting_down", fatal=True))
    assert isinstance(ended, StreamEnded)
    assert (ended.error.reason, ended.error.retry_after_s) == (Reason.SHUTTING_DOWN, None)

    of_one = reply(error=speech_pb2.Error(reason="shutting_down", fatal=True, utterance_id="u"))
    assert isinstance(of_one, words.StreamError)

    assert reply(error=speech_pb2.Error(reason="new")).error.reason is Reason.INTERNAL


def test_the_rest():
    assert reply(go_away=speech_pb2.GoAway(in_s=2, reason="idle_timeout")) == words.GoAway(
        2.0, "idle_timeout"
    )
    assert reply(pong=speech_pb2.Pong(payload="p")) == words.Pong("p")


def test_a_receipt_in_seconds_with_every_stage():
    message = receipt_pb2.Receipt(
        stages=[receipt_pb2.StageTime(stage=stage.value, ms=10) for stage in Stage]
        + [receipt_pb2.StageTime(stage="later", ms=1)],
        ttfb_ms=100,
        ttfb_speakable_ms=0,
        total_ms=1_500,
        queued=True,
        route="r",
        attempts=2,
        line_reused=True,
        accepted_chars=1,
        sent_chars=2,
        unheard_chars=3,
        repeated_words=4,
        audio_samples=5,
        sample_rate_hz=6,
        chunks=7,
        no_audio="empty",
    )

    assert receipt_of(message) == Receipt(
        stages=tuple((stage, 0.01) for stage in Stage),
        ttfb_s=0.1,
        ttfb_speakable_s=0.0,
        ttfa_s=None,
        queued=True,
        no_audio="empty",
        route="r",
        attempts=2,
        line_reused=True,
        accepted_chars=1,
        sent_chars=2,
        unheard_chars=3,
        repeated_words=4,
        audio_samples=5,
        sample_rate_hz=6,
        chunks=7,
        total_s=1.5,
    )
