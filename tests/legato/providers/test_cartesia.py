"""Cartesia beyond its transcripts: the place, the traits, the refusals."""

import json

import pytest

from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Lost, Marker
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, VendorLimits
from legato.ports import LineRequest
from legato.providers.cartesia import Cartesia, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(dialect=None, voice="v", **options):
    return (dialect or Cartesia()).place(Route("p", voice, options), "en", UtteranceOptions())


def test_lines_are_alike_for_all_voices_of_a_rate():
    assert place(voice="a", model_id="sonic-3") == place(voice="b", language="fr")
    assert place(sample_rate=8_000) != place()
    assert place().url == "wss://api.cartesia.ai/tts/websocket"
    assert place(Cartesia(switches=Switches(version="2025-04-16"))).headers == (
        ("Cartesia-Version", "2025-04-16"),
    )


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="cartesia has no option 'voice_settings'"):
        place(voice_settings={})


def test_the_traits():
    traits = Cartesia().traits
    assert (traits.keeps_context, traits.word_times, traits.cancels) == (True, True, True)
    assert traits.limits.context_idle_s == 1.0
    assert Cartesia().credentials("k") == {"Authorization": "Bearer k"}


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "unauthorized", Reason.VENDOR_REJECTED),
        (402, "quota_exceeded", Reason.VENDOR_QUOTA),
        (429, "concurrency_limited", Reason.VENDOR_QUOTA),
        (500, "internal", Reason.VENDOR_UNREACHABLE),
    ],
)
def test_a_failed_handshake(status, code, reason):
    body = b'{"error_code":"%s","title":"t"}' % code.encode()
    assert Cartesia().connect(place()).refused(ResponseHead(status), body).reason is reason


def test_an_empty_frame_says_nothing():
    provider = Cartesia().connect(place())
    request = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 1.0)
    provider.begin(1, request, 0.0)
    provider.say(1, 0, Reading("Good morning."), 0.0)
    assert not [*provider.hear("", 0.0), *provider.hear(b"", 0.0)]
    [(_, failed)] = provider.hear("{", 0.0)
    assert failed.reason is Reason.VENDOR_REJECTED


def test_close_codes():
    provider = Cartesia().connect(place())
    assert provider.broke(1008, "concurrency_limited").reason is Reason.VENDOR_QUOTA
    assert isinstance(provider.broke(1006, ""), Lost)


def speaking(*segments):
    provider = Cartesia().connect(place())
    provider.begin(1, LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 9.0), 0.0)
    for number, text in enumerate(segments):
        provider.say(1, number, Reading(text), 0.0)
    return provider


def hears(provider, kind, context="run-1-1", now=0.0, **fields):
    return [*provider.hear(json.dumps({"type": kind, "context_id": context, **fields}), now)]


GOOD_TIMES = {"words": ["One."], "start": [0.1], "end": [0.4]}


@pytest.mark.parametrize(
    "times",
    [None, [], {}]
    + [{**GOOD_TIMES, name: bad} for name in GOOD_TIMES for bad in (None, "a", 1, [None], [["a"]], [])],
)
def test_times_that_make_no_sense_are_left_out_and_the_next_ones_are_heard(times):
    provider = speaking("One.")
    assert hears(provider, "timestamps", word_timestamps=times) == []
    ((run, told),) = hears(provider, "timestamps", word_timestamps=GOOD_TIMES)
    assert (run, [(word.start_ms, word.end_ms) for word in told.words]) == (1, [(100.0, 400.0)])


def test_r9_a_cancelled_context_counts_until_the_vendor_has_ended_it():
    owing = speaking("One.", "Two.")
    hears(owing, "flush_done")
    owing.cancel(1, 0.0)
    assert owing.open_runs == 1
    assert hears(owing, "flush_done") == hears(owing, "chunk", data="AAAA") == []
    hears(owing, "done")
    assert owing.open_runs == 0


def test_r9_a_context_that_is_ending_counts_although_it_owes_no_flush():
    ending = speaking("One.")
    hears(ending, "flush_done")
    ending.end_input(1, 0.0)
    ending.cancel(1, 0.0)
    assert ending.open_runs == 1


def test_a_cancelled_context_that_owes_nothing_is_not_waited_for():
    idle = speaking("One.")
    hears(idle, "flush_done")
    idle.cancel(1, 0.0)
    assert idle.open_runs == 0


def test_a_vendor_that_lets_no_context_go_is_not_asked_for_another():
    limits = VendorLimits(runs_per_line=10, context_idle_s=0.0)
    provider = Cartesia(limits=limits).connect(place())
    provider.begin(1, LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 9.0), 0.0)
    first = provider.say(1, 0, Reading("One."), 0.0)
    hears(provider, "flush_done")
    later = provider.say(1, 1, Reading("Two."), 60.0)
    assert {json.loads(frame)["context_id"] for frame in (*first, *later)} == {"run-1-1"}


def test_the_end_of_the_context_before_does_not_move_the_words_of_this_one():
    provider = speaking("One.")
    hears(provider, "chunk", data="AAAA" * 16_000)
    hears(provider, "flush_done")
    provider.say(1, 1, Reading("Two."), 60.0)
    hears(provider, "chunk", "run-1-2", data="AAAA" * 8_000)
    hears(provider, "done", "run-1-1")
    times = {"words": ["Two."], "start": [0.1], "end": [0.2]}
    [(_, told)] = hears(provider, "timestamps", "run-1-2", word_timestamps=times)
    assert [word.start_ms for word in told.words] == [1_100.0]


def test_r9_without_flushes_nobody_knows_that_a_context_owes_nothing():
    unflushed = Cartesia(switches=Switches(flushes_segments=False)).connect(place())
    request = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 1.0)
    unflushed.begin(1, request, 0.0)
    unflushed.say(1, 0, Reading("One."), 0.0)
    unflushed.cancel(1, 0.0)
    assert unflushed.open_runs == 1
    hears(unflushed, "done")
    assert unflushed.open_runs == 0


def test_r3_a_late_answer_of_the_context_before_marks_no_text_of_this_one():
    """The text would be taken for spoken, and would be lost if the line broke now."""
    provider = speaking("One.")
    hears(provider, "chunk", data="AAAA" * 10_000)
    assert hears(provider, "flush_done") == [(1, Marker(0))]
    hears(provider, "done")
    provider.say(1, 1, Reading("Two."), 0.0)
    assert hears(provider, "flush_done", "run-1-1") == []
    assert hears(provider, "flush_done", "run-1-2") == [(1, Marker(1))]


def test_a_frame_that_cannot_be_read_is_one_failure():
    provider = speaking("One.")
    [(run, failed)] = provider.hear("[]", 0.0)
    assert (run, failed.reason) == (0, Reason.VENDOR_REJECTED)
    [(run, failed)] = hears(provider, "chunk", data="no base64!")
    assert (run, failed.reason) == (1, Reason.VENDOR_REJECTED)
    assert "base64" in failed.message
    assert hears(provider, "chunk", data="AAAA") == []
    assert provider.open_runs == 1, "the vendor still speaks it"


def test_a_run_that_is_over_takes_no_text():
    provider = speaking("One.")
    provider.cancel(1, 0.0)
    assert (
        *provider.say(1, 1, Reading("Two."), 0.0),
        *provider.end_input(1, 0.0),
        *provider.cancel(1, 0.0),
    ) == ()


def test_its_transcripts_are_spoken_and_understood():
    assert played("cartesia") > 3


def test_a_context_has_what_its_run_asks_for_and_pauses_go_with_the_text():
    assert takes(Cartesia()) == Takes(
        (0.6, 1.5),
        volume=(-6.0, 6.0),
        language=True,
        pause_s=10.0,
        by_run=True,
        directions=frozenset({"laughter"}),
    )
    assert takes(Cartesia(switches=Switches(breaks=False))).pause_s == 0.0
    reading = Reading("Wait.", delivery=Delivery(rate=0.5), pause_ms=700)
    spoken, _ = sent(Cartesia(), reading, speaking=UtteranceOptions(speed=0.9, volume=6.0))
    assert spoken["transcript"] == 'Wait. <break time="700ms"/>'
    assert spoken["generation_config"] == {"speed": 0.9, "volume": 1.995}
    mute, _ = sent(Cartesia(switches=Switches(breaks=False)), reading)
    assert mute["transcript"] == "Wait. "
