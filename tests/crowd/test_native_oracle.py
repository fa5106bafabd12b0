"""What the crowd's oracle finds wrong in a conversation on the native contract."""

import pytest

from gateway.simulator.tones import encode
from gateway.simulator.words import WORDS
from legato.domain.audio import AudioFormat, Encoding
from legato.v1 import receipt_pb2, speech_pb2
from tests.crowd.formats import samples_of
from tests.crowd.native_oracle import Asked, Terms, wrong_conversation
from tests.legato.audio.encoded import encoded

HZ = 16_000
PLAIN = AudioFormat(Encoding.PCM_S16LE, HZ)
TEXT = f"{WORDS[17]} {WORDS[203]} "
SOUND = encode(TEXT, HZ, 1).samples.tobytes()
SAMPLES = len(SOUND) // 2
HALF = SAMPLES // 2


def receipt(**more):
    fields = {
        "audio_samples": SAMPLES,
        "chunks": 2,
        "accepted_chars": len(TEXT),
        "sample_rate_hz": HZ,
        **more,
    }
    return receipt_pb2.Receipt(**fields)


def chunk(at, data, generation=0):
    return {"audio": speech_pb2.Audio(utterance_id="a", sample_offset=at, data=data, generation=generation)}


STARTED = {"utterance_started": speech_pb2.UtteranceStarted(utterance_id="a")}
CHUNKS = (chunk(0, SOUND[: 2 * HALF]), chunk(HALF, SOUND[2 * HALF :]))
FINISHED = {"utterance_finished": speech_pb2.UtteranceFinished(utterance_id="a", receipt=receipt())}


def cancelled(*parts, **more):
    names = ("heard", "sent_unheard", "never_sent")
    fields = dict(zip(names, parts, strict=True))
    return {
        "utterance_cancelled": speech_pb2.UtteranceCancelled(
            utterance_id="a", receipt=receipt(**more), **fields
        )
    }


def word(start, end, at=0, until=HALF):
    return {
        "words": speech_pb2.Words(
            utterance_id="a",
            word=TEXT[start:end],
            source_start=start,
            source_end=end,
            start_sample=at,
            end_sample=until,
        )
    }


def wrong(*messages, terms=Terms(), form=PLAIN, text=TEXT, **asked):  # noqa: B008 - frozen values
    heard = [speech_pb2.StreamResponse(server_seq=n, **fields) for n, fields in enumerate(messages, 1)]
    of_it = Asked("a", 0, text, **asked)
    return [one.partition(": ")[2] for one in wrong_conversation({"a": of_it}, heard, form, terms)]


def test_an_utterance_that_is_spoken_whole_is_as_it_should_be():
    assert wrong(STARTED, *CHUNKS, FINISHED) == []


def test_an_encoded_utterance_is_decoded_and_may_be_longer_than_its_receipt_says_but_not_shorter():
    form = AudioFormat(Encoding.MP3, HZ)
    data = encoded(form, encode(TEXT, HZ, 1).samples)
    parts = STARTED, chunk(0, data[:500]), chunk(300, data[500:])
    assert wrong(*parts, FINISHED, form=form) == []
    long = receipt(audio_samples=2 * SAMPLES)
    finished = {"utterance_finished": speech_pb2.UtteranceFinished(utterance_id="a", receipt=long)}
    [told] = wrong(*parts, finished, form=form)
    assert told.startswith(f"its receipt has audio_samples {2 * SAMPLES}, and there are ")
    later = chunk(9, data[:500]), chunk(300, data[500:])
    assert wrong(STARTED, *later, FINISHED, form=form) == ["audio at 9, not 0"]
    assert wrong(STARTED, chunk(0, data), FINISHED, form=form) == ["its receipt has chunks 2, not 1"]


def test_a_receipt_counts_nothing_that_an_encoder_held_back_at_a_cancel():
    form = AudioFormat(Encoding.FLAC, HZ)
    data = encoded(form, encode(TEXT, HZ, 1).samples)
    parts = STARTED, chunk(0, data[: len(data) // 4]), chunk(300, data[len(data) // 4 : len(data) // 2])
    found = len(samples_of(data[: len(data) // 2], form))
    assert 0 < found < SAMPLES
    for more, told in ((0, 0), (240, 1)):
        ending = cancelled(TEXT[:7], "", TEXT[7:], audio_samples=found + more)
        said = wrong(*parts, ending, form=form, cut=True)
        assert len([one for one in said if one.startswith("its receipt has audio_samples")]) == told


def test_a_gap_or_an_overlap_of_the_sample_clock_is_wrong():
    assert wrong(STARTED, CHUNKS[0], chunk(HALF + 1, SOUND[2 * HALF :]), FINISHED) == [
        f"audio at {HALF + 1}, not {HALF}"
    ]


def test_audio_after_the_end_and_a_second_end_are_wrong():
    assert wrong(STARTED, *CHUNKS, FINISHED, FINISHED) == ["utterance_finished after utterance_finished"]
    late = wrong(STARTED, CHUNKS[0], FINISHED, CHUNKS[1])
    assert "audio after utterance_finished" in late


def test_an_utterance_that_never_ends_is_wrong_unless_its_client_has_left():
    assert wrong(STARTED, *CHUNKS) == ["never ended"]
    assert wrong(STARTED, *CHUNKS, terms=Terms(stayed=False)) == []


def test_a_gateway_that_is_told_to_end_says_what_had_been_asked_of_it():
    terms = Terms(disturbed=True, promised=5.0)
    assert wrong(STARTED, *CHUNKS, terms=terms, ended_at=4.0) == ["never ended"]
    assert wrong(STARTED, *CHUNKS, terms=terms, ended_at=6.0) == []


def test_what_a_client_had_not_ended_may_fail_when_its_gateway_leaves_and_for_no_other_reason():
    def failed(reason):
        error = speech_pb2.Error(reason=reason, message="why")
        return {
            "utterance_failed": speech_pb2.UtteranceFailed(error=error, receipt=receipt(), utterance_id="a")
        }

    leaving = Terms(disturbed=True, promised=5.0)
    ends = (STARTED, *CHUNKS)
    assert wrong(*ends, failed("shutting_down"), terms=leaving) == []
    assert wrong(*ends, failed("shutting_down"), terms=leaving, ended_at=4.0) == [
        "failed: shutting_down: why"
    ]
    assert wrong(*ends, failed("shutting_down")) == ["failed: shutting_down: why"]
    assert wrong(*ends, failed("vendor_lost"), terms=leaving) == ["failed: vendor_lost: why"]


@pytest.mark.parametrize("field", ["audio_samples", "chunks", "accepted_chars", "sample_rate_hz"])
def test_a_receipt_that_is_not_what_was_heard_is_wrong(field):
    ending = speech_pb2.UtteranceFinished(utterance_id="a", receipt=receipt(**{field: 3}))
    (found,) = wrong(STARTED, *CHUNKS, {"utterance_finished": ending})
    assert found.startswith(f"its receipt has {field} 3")


def test_the_parts_of_a_cancelled_text_are_the_text():
    ends = (STARTED, *CHUNKS)
    assert wrong(*ends, cancelled(TEXT[:7], TEXT[7:], ""), cut=True) == []
    assert wrong(*ends, cancelled(TEXT[:7], TEXT[7:], "")) == ["cancelled, and nobody asked for it"]
    (found,) = wrong(*ends, cancelled(TEXT[:7], TEXT[8:], ""), cut=True)
    assert "is not the text" in found
    (found,) = wrong(*ends, cancelled("", "", TEXT, route="first-cartesia/one"), cut=True)
    assert found.startswith("0 words sent, as it says")


@pytest.mark.parametrize(
    ("route", "said", "is_borne"),
    [
        ("first-elevenlabs/one", "both", True),
        ("first-cartesia/one", "both", False),
        ("first-elevenlabs/one", "more", False),
        ("second-elevenlabs/one", "more", True),
    ],
)
def test_what_was_sent_is_known_as_well_as_the_route_times_words(route, said, is_borne):
    text = " ".join(WORDS[:4]) + " "
    sent = len(" ".join(WORDS[: {"both": 2, "more": 3}[said]]))
    parts = text[:sent], "", text[sent:]
    none = chunk(0, encode(text, HZ, 1).samples.tobytes()[:400])
    ending = cancelled(*parts, route=route, audio_samples=200, chunks=1, accepted_chars=len(text))
    found = wrong(STARTED, none, ending, text=text, cut=True)
    assert (found == []) is is_borne, found


@pytest.mark.parametrize(
    ("route", "found"), [("first-riva/one", []), ("first-cartesia/one", ["1 of 2 words lost"])]
)
def test_only_an_estimate_may_take_the_last_word_for_said(route, found):
    sound = encode(WORDS[17], HZ, 1).samples.tobytes()
    said = receipt(audio_samples=len(sound) // 2, chunks=1, route=route)
    ending = {"utterance_finished": speech_pb2.UtteranceFinished(utterance_id="a", receipt=said)}
    terms = Terms(faults=True)
    told = wrong(STARTED, chunk(0, sound), ending, terms=terms)
    assert [one.partition(":")[0] for one in told] == found
    assert len(terms.missed) == (not found), "it is told, and counted"


@pytest.mark.parametrize(
    ("route", "word", "is_borne"),
    [
        ("first-riva/one", WORDS[17], True),
        ("first-riva/one", WORDS[203], False),
        ("first-cartesia/one", WORDS[17], False),
    ],
)
def test_only_an_estimate_may_take_the_last_word_before_a_seam_for_said(route, word, is_borne):
    sound = encode(WORDS[203], HZ, 1).samples.tobytes()
    said = receipt(audio_samples=len(sound) // 2, chunks=1, route="second-deepgram/one")
    ending = {"utterance_finished": speech_pb2.UtteranceFinished(utterance_id="a", receipt=said)}
    told = wrong(STARTED, chunk(0, sound), seam(word, "rewind", route), ending, terms=Terms(faults=True))
    assert (told == []) is is_borne


def test_word_times_lie_in_the_audio_in_order_and_cover_the_text():
    first, second = word(0, len(WORDS[17])), word(len(WORDS[17]) + 1, len(TEXT) - 1, HALF, SAMPLES)
    assert wrong(STARTED, first, second, *CHUNKS, FINISHED, words=True) == []
    assert wrong(STARTED, first, *CHUNKS, FINISHED, words=True) == ["word times for [17], of [17, 203]"]
    assert "words in disorder" in " ".join(wrong(STARTED, second, first, *CHUNKS, FINISHED, words=True))
    beyond = word(len(WORDS[17]) + 1, len(TEXT) - 1, HALF, SAMPLES + 1)
    (found,) = wrong(STARTED, first, beyond, *CHUNKS, FINISHED, words=True)
    assert found.endswith(f"until {SAMPLES + 1}, in audio until {SAMPLES}")


def seam(word, method, from_route="first-cartesia/one"):
    return {"seam": speech_pb2.Seam(utterance_id="a", word=word, method=method, from_route=from_route)}


def test_words_may_be_said_again_from_where_a_seam_says_and_from_nowhere_else():
    again = encode(f"{WORDS[203]} ", HZ, 1).samples.tobytes()
    more = len(again) // 2
    ends = {
        "utterance_finished": speech_pb2.UtteranceFinished(
            utterance_id="a", receipt=receipt(audio_samples=SAMPLES + more, chunks=3)
        )
    }
    heard = (STARTED, *CHUNKS, chunk(SAMPLES, again))
    faulty = Terms(faults=True)
    assert wrong(*heard, seam(f"{WORDS[17]}", "rewind"), ends, terms=faulty) == []
    (found,) = wrong(*heard, seam(f"{WORDS[203]}", "rewind"), ends, terms=faulty)
    assert found.startswith("said again from word 1")
    assert "1 words twice" in " ".join(wrong(*heard, seam(f"{WORDS[203]}", "pause"), ends, terms=faulty))


def test_the_word_that_broke_off_may_be_told_again_once_for_each_seam():
    first, second = word(0, len(WORDS[17])), word(len(WORDS[17]) + 1, len(TEXT) - 1, HALF, SAMPLES)
    told = (STARTED, first, first, second, *CHUNKS)
    assert wrong(*told, seam("", "word_time"), FINISHED, words=True, terms=Terms(faults=True)) == []
    assert "words in disorder" in " ".join(wrong(*told, FINISHED, words=True))


def test_every_flush_is_answered_once_and_in_order():
    answer = {"flushed": speech_pb2.Flushed(utterance_id="a", flush_id="1", end_sample=SAMPLES)}
    assert wrong(STARTED, *CHUNKS, answer, FINISHED, flushes=["1"]) == []
    assert wrong(STARTED, *CHUNKS, FINISHED, flushes=["1"]) == ["flushes ['1'] answered by []"]
    early = {"flushed": speech_pb2.Flushed(utterance_id="a", flush_id="1", end_sample=SAMPLES)}
    (found,) = wrong(STARTED, CHUNKS[0], early, CHUNKS[1], FINISHED, flushes=["1"])
    assert found == f"flush 1 ends at {SAMPLES}, after {HALF}"
