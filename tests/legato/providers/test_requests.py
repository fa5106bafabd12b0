"""Runs spoken as HTTP requests, beyond the transcripts."""

import pytest

from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, Warned
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest, ResponseEnd, ResponseHead, VendorLimits
from legato.ports import LineRequest
from legato.providers.bodies import Lines
from legato.providers.openai import OpenAI
from legato.providers.requests import Requests

REQUEST = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 9.0)
OK = ResponseHead(200, {"content-type": "audio/pcm"})


def begun(run=1, provider=None):
    dialect = OpenAI()
    provider = provider or dialect.connect(dialect.place(REQUEST.route, "en", REQUEST.options))
    provider.begin(run, REQUEST, 0.0)
    return provider


def heard(provider, *frames):
    return [told for frame in frames for told in provider.hear(frame, 0.0)]


def test_an_informational_head_is_passed_over():
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    assert heard(provider, ResponseHead(100), OK, b"\1\2", ResponseEnd()) == [
        (1, Audio(b"\1\2")),
        (1, Marker(0)),
    ]


LONG = "The quick brown fox jumps over the lazy dog, and then goes home."


@pytest.mark.parametrize(("given_ms", "is_whole"), [(200, False), (300, True)])
def test_r4_an_answer_that_ends_long_before_its_text_has_failed(given_ms, is_whole):
    """A proxy that loses the vendor ends the body as if it were whole: the rest of the text was lost unnoticed."""
    provider = begun()
    provider.say(1, 0, Reading(LONG), 0.0)
    provider.end_input(1, 0.0)
    *_, (run, last) = heard(provider, OK, b"\1\2" * 24 * given_ms, ResponseEnd())
    assert run == 1
    if is_whole:
        assert last == Finished()
    else:
        assert last == Failed(Reason.VENDOR_EMPTY, "the vendor gave far too little audio for the text")
        assert provider.open_runs == 0


def test_r4_a_later_answer_is_measured_by_its_own_text():
    provider = begun()
    for segment in (0, 1):
        provider.say(1, segment, Reading(LONG), 0.0)
    assert heard(provider, OK, bytes(480_000), ResponseEnd())[-1] == (1, Marker(0))
    assert heard(provider, OK, bytes(4_800), ResponseEnd())[-1][1].reason is Reason.VENDOR_EMPTY


def test_a_text_of_several_requests_is_not_measured():
    """Each one's share of the text is not known here."""
    provider = begun()
    provider.say(1, 0, Reading(f"{LONG} " * 100), 0.0)
    told = heard(provider, OK, bytes(480_000), ResponseEnd(), OK, bytes(480), ResponseEnd())
    assert told[-1] == (1, Marker(0))


def test_a_refusal_without_its_end_can_be_asked_for():
    assert begun().refused(ResponseHead(429, {"retry-after": "2"}), b"") == Failed(
        Reason.VENDOR_QUOTA, "openai answered 429", 2.0
    )


def test_a_long_refusal_is_bounded():
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    told = heard(provider, ResponseHead(500), *[b"x" * 60_000] * 3, ResponseEnd())
    assert [event.reason for _, event in told] == [Reason.VENDOR_UNREACHABLE]
    assert provider.open_runs == 0


def test_the_next_run_is_not_hurt_by_what_a_cancelled_one_still_gets():
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    heard(provider, OK, b"\1\2")
    provider.cancel(1, 0.0)
    begun(2, provider).say(2, 0, Reading("B."), 0.0)
    provider.end_input(2, 0.0)
    told = heard(provider, b"\3\4", ResponseEnd(), OK, b"\5\6", ResponseEnd())
    assert told == [(2, Audio(b"\5\6")), (2, Marker(0)), (2, Finished())]


def test_a_run_without_text_finishes():
    provider = begun()
    assert provider.end_input(1, 0.0) == ()
    assert heard(provider, b"") == [(1, Finished())]


def test_a_body_without_a_request_means_nothing():
    provider = begun()
    assert heard(provider, b"abc", ResponseEnd(), OK, b"ab", "text") == [(1, Audio(b"ab"))]
    assert isinstance(provider.broke(0, ""), Lost)


def test_a_run_ends_with_its_last_answer_and_says_nothing_when_it_is_over():
    provider = begun()
    assert (provider.open_runs, provider.greet(0.0), provider.keep_alive(0.0)) == (1, (), ())
    provider.say(1, 0, Reading("A."), 0.0)
    provider.end_input(1, 0.0)
    assert heard(provider, b"", OK, b"\1\2", ResponseEnd())[1:] == [(1, Marker(0)), (1, Finished())]
    assert (
        *provider.say(1, 1, Reading("B."), 0.0),
        *provider.end_input(1, 0.0),
        *provider.cancel(1, 0.0),
    ) == ()


def test_an_answer_that_cannot_be_read_fails_the_run_once():
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    told = heard(provider, ResponseHead(200, {"content-type": "audio/mpeg"}), b"ab", b"cd", ResponseEnd())
    assert [event.reason for _, event in told] == [Reason.VENDOR_REJECTED]


def test_a_long_segment_is_several_requests_with_one_marker():
    dialect = OpenAI(limits=VendorLimits(message_chars=3))
    provider = begun(provider=dialect.connect(dialect.place(REQUEST.route, "en", REQUEST.options)))
    assert len(provider.say(1, 0, Reading("A. B."), 0.0)) == 2
    told = heard(provider, OK, b"\1\2", ResponseEnd(), OK, b"\3\4", ResponseEnd())
    assert told == [(1, Audio(b"\1\2")), (1, Audio(b"\3\4")), (1, Marker(0))]


def test_other_events_of_a_body_are_told():
    class Talking:
        def begin(self, request):
            pass

        def requests(self, segment, reading):
            return [HttpRequest(segment, b"")]

        def body(self, head, given_ms):
            return Lines("v", lambda line: (Warned(f"{given_ms():.0f}"),))

    provider = Requests("v", 8_000, {}, Talking())
    provider.begin(1, REQUEST, 0.0)
    provider.say(1, 0, Reading("A."), 0.0)
    assert heard(provider, ResponseHead(200), b"x\n") == [(1, Warned("0"))]


def test_a_refusal_without_an_end_is_told_as_soon_as_it_is_too_long_to_be_one():
    """The run waited for its time-out, and the vendor's "come back later" was lost."""
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    head = ResponseHead(429, {"retry-after": "7"})
    assert heard(provider, head, b"x" * 65_535) == []
    ((run, failed),) = heard(provider, b"x")
    assert (run, failed.reason, failed.retry_after_s) == (1, Reason.VENDOR_QUOTA, 7.0)
    assert heard(provider, b"x" * 100_000, ResponseEnd()) == []
    assert provider.open_runs == 0


@pytest.mark.parametrize(
    "named",
    [
        {"content-encoding": "GZIP"},
        {"content-encoding": "identity, gzip"},
        {"transfer-encoding": "gzip, chunked"},
        {"transfer-encoding": "Gzip"},
    ],
)
def test_an_answer_that_is_packed_is_no_sound(named):
    """It was played as it came: noise, as loud as can be, and the utterance ended well."""
    provider = begun()
    provider.say(1, 0, Reading("A."), 0.0)
    packed = ResponseHead(200, {"content-type": "audio/pcm", **named})
    assert heard(provider, packed, b"\x1f\x8b\x08\0", ResponseEnd()) == [
        (
            1,
            Failed(
                Reason.VENDOR_REJECTED,
                "openai answered in the content encoding gzip, which was not requested",
            ),
        )
    ]
    begun(2, provider).say(2, 0, Reading("B."), 0.0)
    plain = ResponseHead(
        200, {"content-type": "audio/pcm", "content-encoding": "identity", "transfer-encoding": "Chunked"}
    )
    assert heard(provider, plain, b"\1\2", ResponseEnd())[0] == (2, Audio(b"\1\2"))
