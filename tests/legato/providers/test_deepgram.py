"""Deepgram v1 beyond its transcripts: the place, the budget of flushes, the errors."""

import dataclasses
import json

import pytest

from legato.domain.delivery import Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, Warned
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, Transport
from legato.ports import LineRequest
from legato.providers.deepgram import LIMITS, DeepgramV1, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import takes


def place(voice="aura-2-thalia-en", options=None, speed=None):
    return DeepgramV1().place(Route("p", voice, options or {}), "en", UtteranceOptions(speed=speed))


def begun(dialect=None, run=1, provider=None):
    dialect = dialect or DeepgramV1()
    route = Route("p", "aura-2-thalia-en")
    provider = provider or dialect.connect(place())
    provider.begin(run, LineRequest(route, "en", UtteranceOptions(), Principal(), "s", "u", 9.0), 0.0)
    return provider


def flushes(frames):
    return [frame for frame in frames if json.loads(frame)["type"] == "Flush"]


def test_the_voice_is_the_connections():
    assert place().url == (
        "wss://api.deepgram.com/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=24000"
    )
    other = place(options={"sample_rate": 16_000, "mip_opt_out": True, "tag": "t"}, speed=3.0)
    assert other.sample_rate_hz == 16_000
    assert other.url.endswith("sample_rate=16000&speed=1.5&mip_opt_out=true&tag=t")


@pytest.mark.parametrize("voice", ["aura-asteria-en", "aura-2-x-de"])
def test_a_voice_without_speed_is_asked_for_none(voice):
    assert "speed" not in place(voice, speed=1.2).url


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="deepgram has no option 'model_id'"):
        place(options={"model_id": "x"})


def test_the_traits():
    traits = DeepgramV1().traits
    assert (traits.transport, traits.cancels, traits.word_times) == (Transport.WEBSOCKET, True, False)
    assert not DeepgramV1(switches=Switches(clears=False)).traits.cancels
    assert DeepgramV1().credentials("k") == {"Authorization": "Token k"}


class StrictVendor:
    """Speaks what is flushed while its budget lasts, and refuses a flush beyond it, as it says it does."""

    def __init__(self, flushes):
        self.left, self.buffer, self.spoken = flushes, "", ""

    def take(self, frame):
        message = json.loads(frame)
        if message["type"] == "Speak":
            self.buffer += message["text"]
            return ()
        if not self.left:
            return ('{"type":"Warning","code":"X","description":"too many flushes"}',)
        self.left -= 1
        self.spoken, self.buffer = self.spoken + self.buffer, ""
        return (bytes(96_000), '{"type":"Flushed"}')


SEGMENTS = [f"w{n}".ljust(10 if n < 8 else 9, "a") + "." for n in range(30)]
"""308 characters."""


def said(provider, n, now):
    """The frames of the n-th segment, or of the end behind them all."""
    if n == len(SEGMENTS):
        return provider.end_input(1, now)
    return provider.say(1, n, Reading(SEGMENTS[n]), now)


def test_r12_308_characters_in_30_segments_on_a_budget_of_20_lose_nothing():
    provider, vendor, answers, told = begun(), StrictVendor(LIMITS.flushes), [], []
    for n in range(31):
        answers += [answer for frame in said(provider, n, n * 0.1) for answer in vendor.take(frame)]
    for answer in answers:
        told += [event for _, event in provider.hear(answer, 3.1)]
    assert vendor.spoken.split() == SEGMENTS
    markers = [event for event in told if not isinstance(event, Audio | Joined)]
    assert markers == [*(Marker(n) for n in range(30)), Finished()]


def test_r12_no_text_waits_in_silence_and_a_second_connection_speaks_what_the_budget_has_no_flush_for():
    vendors = [StrictVendor(LIMITS.flushes)]
    provider, told, n = begun(), [], 0
    while n <= len(SEGMENTS):
        answers = [answer for frame in said(provider, n, n * 0.1) for answer in vendors[-1].take(frame)]
        events = [event for answer in answers for _, event in provider.hear(answer, n * 0.1)]
        told += events
        if any(isinstance(event, Lost) for event in events):
            provider, vendors = begun(), [*vendors, StrictVendor(LIMITS.flushes)]
        else:
            assert Marker(n) in events or n == len(SEGMENTS), "it was spoken at once"
            n += 1
    assert [word for vendor in vendors for word in vendor.spoken.split()] == SEGMENTS
    assert (len(vendors), told[-1]) == (2, Finished())


def test_r12_text_that_waited_for_a_flush_goes_to_another_connection_when_nothing_is_spoken_any_more():
    provider = begun(DeepgramV1(limits=dataclasses.replace(LIMITS, flushes=3)))
    assert len(flushes(provider.say(1, 0, Reading("One."), 0.0))) == 1
    assert flushes(provider.say(1, 1, Reading("Two."), 0.1)) == [], "it waits while the first is spoken"
    provider.hear(b"\1\0", 0.2)
    told = provider.hear(FLUSHED, 0.3)
    assert told[0] == (1, Marker(0))
    assert [(run, type(event)) for run, event in told[1:]] == [(0, Lost)]


def test_r12_text_that_finds_nothing_being_spoken_is_flushed_with_what_is_kept_back():
    provider = begun(DeepgramV1(limits=dataclasses.replace(LIMITS, flushes=3)))
    for n in range(2):
        assert len(flushes(provider.say(1, n, Reading("a."), n))) == 1
        provider.hear(b"\1\0", n)
        assert provider.hear(FLUSHED, n) == [(1, Marker(n))]


def test_r12_waiting_text_is_flushed_when_the_window_has_passed():
    provider = begun()
    for n in range(25):
        provider.say(1, n, Reading("a."), 0.0)
    assert provider.keep_alive(30.0) == ()
    assert len(flushes(provider.keep_alive(61.0))) == 1
    assert provider.keep_alive(62.0) == ()


def test_a_new_runs_first_segment_is_flushed_at_once():
    provider = begun()
    for n in range(25):
        provider.say(1, n, Reading("a."), 0.0)
    assert len(flushes(begun(run=2, provider=provider).say(2, 0, Reading("b."), 1.0))) == 1


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b'{"err_code":"Bad Request"}', Reason.VENDOR_REJECTED),
        (401, b'{"err_code":"INVALID_AUTH"}', Reason.VENDOR_REJECTED),
        (402, b"", Reason.VENDOR_QUOTA),
        (403, b'{"err_code":"INSUFFICIENT_PERMISSIONS"}', Reason.VENDOR_REJECTED),
        (413, b"", Reason.VENDOR_REJECTED),
        (415, b"", Reason.VENDOR_REJECTED),
        (429, b'{"err_code":"TOO_MANY_REQUESTS"}', Reason.VENDOR_QUOTA),
        (503, b"", Reason.VENDOR_UNREACHABLE),
    ],
)
def test_a_failed_handshake(status, body, reason):
    assert begun().refused(ResponseHead(status), body).reason is reason


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        (1003, "MESSAGE-0000", Reason.VENDOR_REJECTED),
        (1008, "DATA-0000", Reason.VENDOR_REJECTED),
        (1008, "DATA-0001", None),
        (1009, "BIG-0000", Reason.VENDOR_REJECTED),
        (1009, "BIG-0001", Reason.VENDOR_REJECTED),
        (1011, "NET-0000", Reason.VENDOR_UNREACHABLE),
        (1011, "NET-0001", Reason.VENDOR_TIMEOUT),
        (1011, "NET-0002", Reason.VENDOR_UNREACHABLE),
        (1011, "NET-0003", None),
        (1006, "", None),
        (1000, "", None),
    ],
)
def test_close_codes(code, words, reason):
    broke = begun().broke(code, words)
    assert isinstance(broke, Lost) if reason is None else isinstance(broke, Failed) and broke.reason is reason


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("TEXT_TOO_LONG", "TEXT_TOO_LONG"),
        ("my secret\nwords", "no code"),
        ("secret" * 11, "no code"),
        ({"text": "my secret"}, "no code"),
        (["my secret"], "no code"),
    ],
)
def test_a_warning_is_told_by_its_code_and_the_vendors_words_are_not(code, told):
    provider = begun()
    provider.say(1, 0, Reading("a."), 0.0)
    warning = json.dumps({"type": "Warning", "code": code, "description": "my secret was cut"})
    assert provider.hear(warning, 0.0) == ((1, Warned(f"deepgram warned: {told}")),)


def test_garbage_on_an_idle_connection_is_the_connections():
    provider = DeepgramV1().connect(place())
    assert [(run, event.reason) for run, event in provider.hear("{", 0.0)] == [(0, Reason.VENDOR_REJECTED)]


def test_calls_on_an_unknown_run_say_nothing():
    provider = DeepgramV1().connect(place())
    assert (
        *provider.say(9, 0, Reading("a"), 0.0),
        *provider.end_input(9, 0.0),
        *provider.cancel(9, 0.0),
    ) == ()


def test_its_transcripts_are_spoken_and_understood():
    assert played("deepgram") > 3


def test_r12_a_connection_says_when_it_has_too_little_left_for_another_run():
    limits = dataclasses.replace(LIMITS, window_chars=100, flushes=0)
    provider = begun(DeepgramV1(limits=limits))
    assert not provider.is_spent(0.0)
    provider.say(1, 0, Reading("x" * 79), 0.0)
    assert provider.is_spent(59.0)
    assert not provider.is_spent(60.0)


FLUSHED = json.dumps({"type": "Flushed", "sequence_id": 0})


def narrow(window_chars=100):
    limits = dataclasses.replace(LIMITS, window_chars=window_chars, flushes=0)
    return begun(DeepgramV1(limits=limits))


def test_r12_text_beyond_the_window_is_held_back_and_another_connection_is_asked_for_behind_what_was_said():
    provider = narrow()
    assert provider.say(1, 0, Reading("x" * 79), 0.0)
    assert provider.say(1, 1, Reading("y" * 30), 1.0) == ()
    assert provider.say(1, 2, Reading("z"), 1.0) == (), "what follows it waits as well"
    assert provider.end_input(1, 1.0) == ()
    assert provider.hear(b"\1\0", 2.0) == ((1, Audio(b"\1\0")),)
    told = provider.hear(FLUSHED, 2.0)
    assert [type(event) for _, event in told] == [Marker, Lost]
    assert (told[0], told[-1][0]) == ((1, Marker(0)), 0)


def test_r12_where_nothing_was_said_before_it_an_empty_answer_tells():
    provider = narrow()
    provider.say(1, 0, Reading("x" * 79), 0.0)
    provider.end_input(1, 0.0)
    provider.hear(FLUSHED, 0.5)
    begun(run=2, provider=provider)
    assert len(flushes(provider.say(2, 0, Reading("y" * 30), 1.0))) == 1
    assert [(run, type(event)) for run, event in provider.hear(FLUSHED, 1.5)] == [(0, Lost)]


def test_r12_text_that_waits_for_a_flush_is_flushed_before_more_is_held_back():
    limits = dataclasses.replace(LIMITS, window_chars=100, flushes=3)
    provider = begun(DeepgramV1(limits=limits))
    provider.say(1, 0, Reading("a"), 0.0)
    assert flushes(provider.say(1, 1, Reading("b" * 50), 0.0)) == []
    assert len(flushes(provider.say(1, 2, Reading("c" * 60), 0.0))) == 1
    assert [type(event) for _, event in provider.hear(FLUSHED, 1.0)] == [Marker]
    assert [type(event) for _, event in provider.hear(FLUSHED, 1.0)] == [Marker, Lost]


def test_r12_what_fits_in_no_window_is_sent_and_room_that_came_back_is_used():
    assert narrow(10).say(1, 0, Reading("x" * 30), 0.0)
    provider = narrow()
    provider.say(1, 0, Reading("x" * 79), 0.0)
    assert provider.say(1, 1, Reading("y" * 30), 60.0)


def test_r12_a_cancelled_run_leaves_nothing_held_back():
    provider = narrow()
    provider.say(1, 0, Reading("x" * 79), 0.0)
    provider.say(1, 1, Reading("y" * 30), 1.0)
    provider.cancel(1, 1.0)
    assert not provider.hear(FLUSHED, 2.0)
    provider.hear(json.dumps({"type": "Cleared", "sequence_id": 0}), 2.0)
    assert provider.open_runs == 0
    begun(run=2, provider=provider)
    assert len(provider.say(2, 0, Reading("z"), 2.0)) == 2, "there is room for this one"


def test_r12_a_spent_budget_of_flushes_is_said_as_well():
    limits = dataclasses.replace(LIMITS, window_chars=0, flushes=3)
    provider = begun(DeepgramV1(limits=limits))
    assert not provider.is_spent(0.0)
    provider.say(1, 0, Reading("One."), 0.0)
    assert provider.is_spent(1.0)
    assert not provider.is_spent(60.0)


def test_the_speed_is_the_connections_where_the_voice_takes_one():
    assert takes(DeepgramV1(), "aura-2-thalia-en") == Takes((0.7, 1.5), by_run=True)
    assert takes(DeepgramV1(), "aura-asteria-en") == Takes(by_run=True)


def test_what_a_run_that_failed_held_back_holds_back_nothing_of_the_next():
    provider = narrow()
    provider.say(1, 0, Reading("x" * 79), 0.0)
    provider.say(1, 1, Reading("y" * 30), 1.0)
    assert [type(event) for _, event in provider.hear('{"type":"Error"}', 1.5)] == [Failed]
    begun(run=2, provider=provider)
    assert "Speak" in provider.say(2, 0, Reading("z"), 100.0)[0]
