import asyncio
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from gateway.engines import messages
from gateway.engines.engine_link import EngineLink
from gateway.engines.lines import EngineLines
from gateway.engines.messages import Say
from gateway.engines.voice import Manner
from gateway.engines.wire import Decoder, encode
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, Words, WordTime
from legato.domain.replies import WordMethod
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import LineRequest


class Ear:
    def __init__(self):
        self.events, self.lines, self.over = [], set(), asyncio.Event()

    def heard(self, line, event):
        self.events.append(event)
        self.lines.add(line.line_id)
        if isinstance(event, Finished | Failed | Lost):
            self.over.set()

    async def all(self):
        async with asyncio.timeout(10):
            await self.over.wait()
        return self.events


@pytest.fixture
async def ready(engine, link):
    async with asyncio.timeout(10):
        await link.connected()
    return link


@pytest.fixture
def ear():
    return Ear()


def request(voice="", language="en", options=UtteranceOptions(), principal=Principal()):  # noqa: B008 - frozen
    return LineRequest(Route("local", voice), language, options, principal, "stream", "utterance", 0.0)


def lease(link, listener, engine="one", **wanted):
    answers = []
    ticket = EngineLines(link, engine, count(40)).acquire(request(**wanted), listener, answers.append)
    ticket.withdraw()
    (answer,) = answers
    return answer


async def test_a_line_speaks_segments_and_finishes(ready, ear):
    line = lease(ready, ear)
    assert (line.line_id, line.sample_rate_hz, line.reused, line.keeps_context) == (40, 1_000, True, False)
    assert line.word_times
    assert line.can_pause
    line.say(0, Reading("hi you"))
    line.say(3, Reading("bye"))
    line.end_input()
    assert await ear.all() == [
        Audio(b"beep"),
        Words((WordTime(0, 0, 2, 0.0, 2.0, WordMethod.ENGINE),)),
        Audio(b"beep"),
        Words((WordTime(0, 3, 6, 2.0, 4.0, WordMethod.ENGINE),)),
        Marker(0),
        Audio(b"beep"),
        Words((WordTime(3, 0, 3, 4.0, 6.0, WordMethod.ENGINE),)),
        Marker(3),
        Finished(),
    ]
    assert ear.lines == {40}
    line.release(clean=True)
    assert ready.open_runs == 0


async def test_how_to_speak_goes_to_the_engine(ready, ear, beeper):
    line = lease(ready, ear, options=UtteranceOptions(speed=1.25, pitch=-2.0, volume=3.0), language="en-GB")
    line.say(0, Reading("hi"))
    line.end_input()
    await ear.all()
    assert beeper.manners == [Manner("beeper", "en-GB", 1.25, -2.0, 3.0)]


async def test_an_end_without_text_finishes(ready, ear):
    lease(ready, ear).end_input()
    assert await ear.all() == [Finished()]


async def test_nothing_is_heard_after_a_cancel(ready, ear, beeper):
    line, other = lease(ready, ear), Ear()
    line.say(0, Reading("stuck"))
    line.end_input()
    line.cancel()
    line.say(1, Reading("more"))
    line.pause()
    line.resume()
    line.release(clean=False)
    beeper.go.set()
    following = lease(ready, other)
    following.say(0, Reading("a"))
    following.end_input()
    await other.all()
    assert ear.events == []
    assert ready.open_runs == 0


async def test_a_lease_that_says_nothing_costs_the_engine_nothing(ready, ear):
    lease(ready, ear).release(clean=True)
    assert ready.open_runs == 0


async def test_pause_and_resume(ready, ear):
    line = lease(ready, ear)
    line.pause()
    line.say(0, Reading("a"))
    line.end_input()
    other = Ear()
    following = lease(ready, other)
    following.say(0, Reading("a"))
    following.end_input()
    await other.all()
    assert ear.events == []
    line.resume()
    assert (await ear.all())[-1] == Finished()


@pytest.mark.parametrize(
    ("engine_name", "wanted", "complaint"),
    [
        ("one", {"voice": "nobody"}, "one has no voice 'nobody'; it has beeper"),
        ("one", {"language": "de"}, "one has no voice for the language 'de'"),
        ("other", {}, "no voices of other"),
    ],
)
async def test_an_unknown_voice_is_refused_by_name(ready, ear, engine_name, wanted, complaint):
    refused = lease(ready, ear, engine_name, **wanted)
    assert refused.reason is Reason.UNKNOWN_VOICE
    assert complaint in refused.message


@pytest.mark.parametrize("wanted", [{"language": ""}, {"language": "EN-us"}, {"voice": "beeper"}])
async def test_a_voice_is_found_by_name_and_by_any_form_of_its_language(ready, ear, wanted):
    assert lease(ready, ear, **wanted).sample_rate_hz == 1_000


async def test_an_engine_of_many_languages_sees_names_that_only_it_knows(ready, ear, second_beeper):
    line = lease(ready, ear, "many", voice="de+f3", language="de")
    line.say(0, Reading("a"))
    line.end_input()
    await ear.all()
    assert second_beeper.manners == [Manner("de+f3", "de")]


async def test_what_the_engine_refuses_fails_the_run(ready, ear):
    line = lease(ready, ear, principal=Principal(tenant="t", priority=3))
    line._begin = line._begin.__class__(0, "none")
    line.say(0, Reading("a"))
    (failed,) = await ear.all()
    assert failed.reason is Reason.UNKNOWN_VOICE
    assert ready.open_runs == 0


async def test_without_an_engine_leases_are_refused(link, ear):
    refused = lease(link, ear)
    assert (refused.reason, refused.retry_after_s) == (Reason.VENDOR_UNREACHABLE, 0.5)


async def test_a_line_is_lost_with_its_engine(ready, ear):
    line = lease(ready, ear)
    line.say(0, Reading("stuck"))
    ready.connection_lost(None)
    assert ear.events == [Lost("the engine process died")]
    line.end_input()
    line.cancel()
    assert ready.open_runs == 0


async def test_an_answer_that_is_none_is_a_bug(ready, ear):
    with pytest.raises(AssertionError, match="Say"):
        lease(ready, ear).told(Say(1, 0, "a"))


async def test_the_voices_are_always_warm(ready):
    assert EngineLines(ready, "one", count()).warm(Route("local", ""), "en", Principal()) is None


async def test_a_line_waits_while_it_is_owed_something_and_is_not_paused(ready, ear):
    line = lease(ready, ear)
    assert not line.waits
    line.say(0, Reading("hi"))
    assert line.waits
    line.pause()
    assert not line.waits
    line.resume()
    assert line.waits
    line.told(messages.Marker(1, 0))
    assert not line.waits, "all was said that it has"
    line.end_input()
    assert line.waits
    await ear.all()


HELLO = messages.Hello((messages.OfferedVoice("one", "one", ("en",), 1_000),))


class Sent:
    """A transport that keeps what it was given."""

    def __init__(self):
        self.requests, self._decoder = [], Decoder()

    def write(self, data):
        self.requests += self._decoder.feed(data)


class Heard(list):
    def heard(self, line, event):
        self.append(event)


def hanging(ear=None):
    """A line of an engine that does nothing by itself: the link, what was sent on it, what is heard, and the line."""
    link, sent, ear, answers = EngineLink(Path("nowhere")), Sent(), Heard() if ear is None else ear, []
    link.connection_made(sent)
    link.data_received(encode(HELLO))
    EngineLines(link, "one", count(1)).acquire(request(), ear, answers.append)
    return link, sent, ear, answers[0]


def test_r3_a_run_that_is_given_up_is_still_waited_for_and_until_a_word_of_it_leases_are_refused():
    link, sent, ear, line = hanging()
    line.say(0, Reading("hi"))
    line.release(clean=False)
    assert line.waits, "whoever looks whether the engine hangs knows that it has not answered"
    assert (line.given_up, link.in_doubt, link.open_runs) == (True, True, 1)
    assert not any(isinstance(one, messages.Cancel) for one in sent.requests)
    refused = lease(link, ear)
    assert (refused.reason, refused.message) == (
        Reason.VENDOR_UNREACHABLE,
        "the engine process does not respond",
    )
    link.data_received(encode(messages.Queued(1)))
    assert isinstance(sent.requests[-1], messages.Cancel)
    assert (link.in_doubt, link.open_runs, ear) == (False, 0, [])
    assert not isinstance(lease(link, ear), Failed)


def test_before_the_first_engine_the_voices_warm_up_and_after_it_the_process_is_not_running():
    link = EngineLink(Path("nowhere"))
    assert "still warming up" in lease(link, Heard()).message
    link.connection_made(Sent())
    link.data_received(encode(HELLO))
    link.connection_lost(None)
    gone = lease(link, Heard())
    assert (gone.reason, gone.message) == (Reason.VENDOR_UNREACHABLE, "the engine process is not running")


def test_an_engine_that_dies_behind_a_run_that_was_given_up_is_no_news():
    link, _, ear, line = hanging()
    line.say(0, Reading("hi"))
    line.release(clean=False)
    link.connection_lost(None)
    assert (ear, link.in_doubt) == ([], False)


@pytest.mark.parametrize(
    "before",
    [
        lambda line: None,
        lambda line: (line.say(0, Reading("hi")), line.told(messages.Marker(1, 0))),
        lambda line: (line.say(0, Reading("hi")), line.pause()),
    ],
)
def test_who_is_owed_nothing_gives_nothing_up(before):
    link, _, _, line = hanging()
    before(line)
    line.release(clean=False)
    assert (link.in_doubt, link.open_runs) == (False, 0)


class Patient(Heard):
    def queued(self, line):
        self.append(line.line_id)


def test_who_wants_to_know_hears_that_others_are_before_it():
    _, _, ear, line = hanging()
    _, _, patient, other = hanging(Patient())
    for one in (line, other):
        one.say(0, Reading("hi"))
        one.told(messages.Queued(1))
    assert (ear, patient) == ([], [1])


def given_to(link, said=("hi",), **of):
    """Another engine is there, and another line of it is given these texts: the line, what is heard, and what was sent."""
    sent, ear, answers = Sent(), Heard(), []
    link.connection_made(sent)
    link.data_received(encode(HELLO))
    wanted = replace(request(), **of)
    EngineLines(link, "one", count(1)).acquire(wanted, ear, answers.append)
    for segment, text in enumerate(said):
        answers[0].say(segment, Reading(text))
    return answers[0], ear, sent.requests


def begun_suspect(requests):
    return [one.suspect for one in requests if isinstance(one, messages.Begin)]


async def test_a_text_that_the_engine_died_of_is_tried_once_more_alone_and_then_no_more():
    link = EngineLink(Path("nowhere"))
    _, ear, requests = given_to(link)
    assert begun_suspect(requests) == [False]
    link.connection_lost(None)
    line, ear, requests = given_to(link)
    assert begun_suspect(requests) == [True]
    line.told(messages.Tried(2))
    line.told(messages.Queued(2))
    link.connection_lost(None)
    assert ear == [Lost("the engine process died")]
    line, ear, requests = given_to(link, ("hi", "you"))
    line.end_input()
    assert ear == [], "never inside a call"
    await asyncio.sleep(0)
    assert ear == [
        Failed(Reason.VENDOR_REJECTED, "the engine process died twice while it was speaking this text")
    ]
    assert not any(isinstance(one, messages.Say) for one in requests)
    assert link.open_runs == 0


async def test_a_text_of_several_callers_is_not_given_up_when_the_engine_dies_once():
    link = EngineLink(Path("nowhere"))
    _, _, requests = given_to(link)
    answers = []
    for _ in range(2):  # callers who are greeted alike, one of whom leaves
        EngineLines(link, "one", count(2)).acquire(request(), Heard(), answers.append)
        answers[-1].say(0, Reading("hi"))
    answers[0].release(clean=False)
    link.connection_lost(None)
    _, ear, requests = given_to(link)
    await asyncio.sleep(0)
    assert ear == []
    assert begun_suspect(requests) == [True]


async def test_a_text_that_is_refused_is_not_heard_of_after_a_cancel():
    link = EngineLink(Path("nowhere"))
    for _ in range(2):
        line, _, _ = given_to(link)
        line.told(messages.Tried(1))
        link.connection_lost(None)
    line, ear, _ = given_to(link)
    line.cancel()
    await asyncio.sleep(0)
    assert ear == []


@pytest.mark.parametrize("before", [[], [messages.Tried(2), messages.Audio(2, b"beep")]])
def test_whose_turn_it_was_not_when_the_engine_died_has_its_second_chance_still(before):
    link = EngineLink(Path("nowhere"))
    given_to(link)
    link.connection_lost(None)
    for _ in range(3):
        line, _, requests = given_to(link)
        assert begun_suspect(requests) == [True]
        for answer in before:
            line.told(answer)
        link.connection_lost(None)


def test_only_the_text_that_a_run_was_at_is_suspected():
    link = EngineLink(Path("nowhere"))
    line, _, _ = given_to(link, ("hi", "you", "there"))
    line.told(messages.Marker(1, 0))
    link.connection_lost(None)
    for text, suspect in (("hi", False), ("you", True), ("there", False)):
        _, _, requests = given_to(link, (text,), utterance_id="another")
        assert begun_suspect(requests) == [suspect]


def test_a_text_that_was_said_after_all_is_cleared_and_what_follows_it_is_as_any():
    link = EngineLink(Path("nowhere"))
    given_to(link)
    link.connection_lost(None)
    line, _, _ = given_to(link, ("hi", "you"))
    for answer in (messages.Tried(2), messages.Audio(2, b"beep"), messages.Marker(2, 0)):
        line.told(answer)
    link.connection_lost(None)
    assert begun_suspect(given_to(link, utterance_id="x")[2]) == [False]
    assert begun_suspect(given_to(link, ("you",), utterance_id="y")[2]) == [True]


async def test_both_ends_know_who_was_being_tried_when_the_engine_died(engine, link, beeper):
    for times in (1, 2):
        async with asyncio.timeout(10):
            await link.connected()
            ear = Ear()
            lease(link, ear).say(0, Reading("stuck"))
            while len(beeper.manners) < times:  # noqa: ASYNC110 - a thread rings no bell
                await asyncio.sleep(0)
            engine.close()
            assert await ear.all() == [Lost("the engine process died")]
    async with asyncio.timeout(10):
        await link.connected()
    ear = Ear()
    lease(link, ear).say(0, Reading("stuck"))
    assert [event.reason for event in await ear.all()] == [Reason.VENDOR_REJECTED]
