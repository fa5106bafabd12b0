import asyncio
from dataclasses import replace

import pytest

from gateway.upstream.route_desk import Control
from gateway.upstream.watched_lines import WatchedLines
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, Words
from legato.domain.facts import BreakerMoved, RunTimedOut
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from legato.ports import ANSWERED, LineRequest, QueueListener
from tests.virtual_time import on_virtual_time

LIMITS = VendorLimits(first_audio_s=10.0, between_audio_s=10.0, finish_s=10.0)
REQUEST = LineRequest(Route("joe", ""), "en", UtteranceOptions(), Principal(), "stream", "utterance", 0.0)
TEXT = Reading("one two three four five six seven eight nine ten")
SECOND = Audio(bytes(2_000))


class Line:
    line_id, sample_rate_hz, reused, keeps_context, word_times, can_pause = 7, 1_000, True, True, True, True

    def __init__(self):
        self.asked = []

    def say(self, segment, reading):
        self.asked.append(segment)

    def end_input(self):
        self.asked.append("end")

    def cancel(self):
        self.asked.append("cancel")

    def pause(self):
        self.asked.append("pause")

    def resume(self):
        self.asked.append("resume")

    def release(self, *, clean):
        self.asked.append("clean" if clean else "not clean")


class Voices:
    """Lines that do nothing by themselves: what was leased, and who listens."""

    def __init__(self):
        self.lines, self.listeners, self.on_ready = [], [], None
        self.answer, self.is_late, self.withdrawn, self.warmed = None, False, 0, []

    def acquire(self, request, listener, on_ready):
        self.listeners.append(listener)
        if self.is_late:
            self.on_ready = on_ready
            return self
        if self.answer is None:
            self.lines.append(Line())
        on_ready(self.answer or self.lines[-1])
        return ANSWERED

    def withdraw(self):
        self.withdrawn += 1

    def warm(self, route, language, principal):
        self.warmed.append((route, language, principal))


class Stage:
    """Watched lines, what they rest on, the facts, and what was heard of each run."""

    def __init__(self, limits=LIMITS):
        self.voices, self.facts, self.heard_of = Voices(), [], []
        self.loop = asyncio.get_running_loop()
        self.lines = WatchedLines(self.voices, "joe/*", limits, self.loop.time, self, lambda: 0.999)

    def note(self, fact):
        self.facts.append(fact)

    def lease(self, **wanted):
        """A line, or why there is none."""
        answers, ear = [], Ear()
        self.lines.acquire(replace(REQUEST, **wanted), ear, answers.append)
        self.heard_of.append(ear)
        return answers[0]

    def run(self, **wanted):
        """A run that has been given its text: its line, whoever tells it things, and what is heard."""
        line = self.lease(**wanted)
        line.say(0, TEXT)
        return line, self.voices.listeners[-1], self.heard_of[-1]

    async def hang(self):
        self.run()
        await asyncio.sleep(11)

    @property
    def moves(self):
        return [fact.state for fact in self.facts if isinstance(fact, BreakerMoved)]


class Ear(list):
    def heard(self, line, event):
        self.append(event)

    @property
    def failures(self):
        return [event.reason for event in self if isinstance(event, Failed)]


@on_virtual_time
async def test_a_line_passes_on_what_is_wanted_and_what_is_told():
    stage = Stage()
    line, told, ear = stage.run()
    for name in ("line_id", "sample_rate_hz", "reused", "keeps_context", "word_times", "can_pause"):
        assert getattr(line, name) == getattr(Line, name)
    line.pause()
    line.resume()
    line.end_input()
    news = [SECOND, Words(()), Marker(0), Finished()]
    for event in [*news, SECOND]:
        told.heard(None, event)
    line.release(clean=True)
    assert ear == news
    assert stage.voices.lines[0].asked == [0, "pause", "resume", "end", "clean"]
    await asyncio.sleep(60)
    assert stage.facts == []
    stage.lines.warm(REQUEST.route, "en", Principal())
    assert stage.voices.warmed == [(REQUEST.route, "en", Principal())]


@on_virtual_time
async def test_r3_no_first_audio_is_a_failure_and_the_line_is_given_back_uncancelled():
    stage = Stage()
    line, told, ear = stage.run()
    await asyncio.sleep(9.9)
    assert ear == []
    await asyncio.sleep(0.2)
    assert ear.failures == [Reason.VENDOR_TIMEOUT]
    assert stage.facts == [RunTimedOut("joe/*", "first_audio")]
    line.say(1, TEXT)
    line.end_input()
    line.pause()
    line.resume()
    line.cancel()
    line.release(clean=False)
    told.heard(None, SECOND)
    assert stage.voices.lines[0].asked == [0, "not clean"]
    assert len(ear) == 1


@on_virtual_time
async def test_r3_a_run_that_stops_in_the_middle_has_failed_as_soon():
    stage = Stage()
    _, told, ear = stage.run()
    told.heard(None, Audio(bytes(400)))
    await asyncio.sleep(9.9)
    assert not ear.failures
    await asyncio.sleep(0.2)
    assert ear.failures == [Reason.VENDOR_TIMEOUT]
    assert stage.facts == [RunTimedOut("joe/*", "between_audio")]


@on_virtual_time
async def test_r3_a_run_that_does_not_end_has_failed():
    stage = Stage()
    line, told, ear = stage.run()
    line.end_input()
    told.heard(None, SECOND)
    told.heard(None, Marker(0))
    await asyncio.sleep(11)
    assert stage.facts == [RunTimedOut("joe/*", "finish")]
    assert ear.failures == [Reason.VENDOR_TIMEOUT]


@on_virtual_time
async def test_r3_the_end_is_awaited_from_the_end_of_the_text_also_when_nothing_was_owed_by_then():
    stage = Stage()
    line, told, ear = stage.run()
    told.heard(None, SECOND)
    told.heard(None, Marker(0))
    await asyncio.sleep(60)
    line.end_input()
    await asyncio.sleep(9.9)
    assert not ear.failures
    await asyncio.sleep(0.2)
    assert stage.facts == [RunTimedOut("joe/*", "finish")]


@on_virtual_time
async def test_r3_a_voice_that_answers_each_segment_has_no_longer_for_one_that_turns_out_to_be_the_last():
    stage = Stage()
    line, _, ear = stage.run()
    await asyncio.sleep(9)
    line.end_input()
    await asyncio.sleep(1.1)
    assert ear.failures == [Reason.VENDOR_TIMEOUT]


@on_virtual_time
async def test_r3_an_answer_to_one_segment_is_none_to_the_next():
    stage = Stage()
    line, told, ear = stage.run()
    await asyncio.sleep(5)
    line.say(1, TEXT)
    told.heard(None, SECOND)
    told.heard(None, Marker(0))
    await asyncio.sleep(9.9)
    assert not ear.failures
    await asyncio.sleep(0.2)
    assert stage.facts == [RunTimedOut("joe/*", "first_audio")]


@on_virtual_time
async def test_r3_after_the_first_audio_the_shorter_limit_in_between_holds():
    stage = Stage(replace(LIMITS, first_audio_s=60.0, between_audio_s=2.0))
    _, told, ear = stage.run()
    told.heard(None, Audio(bytes(400)))
    await asyncio.sleep(1.9)
    assert not ear.failures
    await asyncio.sleep(0.2)
    assert stage.facts == [RunTimedOut("joe/*", "between_audio")]


@on_virtual_time
async def test_a_run_whose_earlier_audio_is_still_heard_is_waited_for_until_the_listener_needs_more():
    stage = Stage()
    _, told, ear = stage.run(heard_from=stage.loop.time() + 20)
    told.heard(None, Audio(bytes(4_000)))
    await asyncio.sleep(20)
    assert not ear.failures
    await asyncio.sleep(2)
    assert ear.failures == [Reason.VENDOR_TIMEOUT]


@on_virtual_time
async def test_a_run_that_is_stopped_is_stopped_at_the_voice_and_nothing_of_it_is_heard():
    for cancelled in (True, False):
        stage = Stage()
        line, told, ear = stage.run()
        if cancelled:
            line.cancel()
        line.release(clean=False)
        told.heard(None, SECOND)
        assert stage.voices.lines[0].asked == [0, "cancel", "not clean"]
        assert ear == []


@on_virtual_time
async def test_what_is_wanted_of_a_run_that_is_over_does_not_reach_the_voice():
    stage = Stage()
    line, told, ear = stage.run()
    told.heard(None, SECOND)
    told.heard(None, Finished())
    line.say(1, TEXT)
    line.end_input()
    line.pause()
    line.resume()
    line.cancel()
    await asyncio.sleep(60)
    assert stage.voices.lines[0].asked == [0]
    assert (ear, stage.facts) == ([SECOND, Finished()], [])


@on_virtual_time
async def test_a_slow_voice_on_a_loaded_machine_is_waited_for():
    """A fifth of real time, one piece each four seconds."""
    stage = Stage()
    _, told, ear = stage.run()
    for _ in range(5):
        await asyncio.sleep(4)
        told.heard(None, Audio(bytes(1_600)))
    told.heard(None, Marker(0))
    await asyncio.sleep(3_600)
    assert (ear.failures, stage.facts) == ([], [])


@on_virtual_time
async def test_who_waits_behind_others_in_the_middle_waits_for_as_long_as_they_are_served():
    stage = Stage()
    _, told, ear = stage.run()
    assert isinstance(told, QueueListener)
    told.heard(None, Audio(bytes(400)))
    for _ in range(60):
        await asyncio.sleep(1)
        told.queued(None)
    assert not ear.failures
    await asyncio.sleep(11)
    assert ear.failures == [Reason.VENDOR_TIMEOUT], "nobody is served any more"


@on_virtual_time
async def test_who_waits_behind_others_from_the_beginning_is_too_many_and_no_fault_of_the_voice():
    stage = Stage()
    for _ in range(3):
        line, told, ear = stage.run()
        for _ in range(11):
            await asyncio.sleep(1)
            told.queued(None)
        (failed,) = ear
        assert (failed.reason, failed.retry_after_s) == (Reason.OVERLOADED, 1.0)
        assert stage.voices.lines[-1].asked == [0, "cancel", "clean"]
        line.release(clean=False)
    assert stage.facts == []


@on_virtual_time
async def test_who_owes_nothing_or_is_paused_or_over_is_not_late():
    for before in (
        lambda line, told: told.heard(None, Marker(0)),
        lambda line, told: line.pause(),
        lambda line, told: line.cancel(),
        lambda line, told: line.release(clean=True),
        lambda line, told: told.heard(None, Finished()),
    ):
        stage = Stage()
        line, told, ear = stage.run()
        await asyncio.sleep(9)
        before(line, told)
        await asyncio.sleep(3_600)
        assert (ear.failures, stage.facts) == ([], [])


@on_virtual_time
async def test_a_run_that_goes_on_has_the_time_that_was_left():
    stage = Stage()
    line, _, ear = stage.run()
    await asyncio.sleep(9)
    line.pause()
    await asyncio.sleep(60)
    line.resume()
    await asyncio.sleep(0.9)
    assert not ear
    await asyncio.sleep(0.2)
    assert ear.failures


@on_virtual_time
async def test_without_a_limit_nothing_is_late():
    stage = Stage(replace(LIMITS, first_audio_s=0.0, between_audio_s=0.0, finish_s=0.0))
    _, _, ear = stage.run()
    await asyncio.sleep(3_600)
    assert not ear


@on_virtual_time
async def test_r3_after_two_runs_that_hang_nobody_is_sent_there_until_one_of_them_has_been_answered():
    stage = Stage()
    await stage.hang()
    assert stage.moves == []
    await stage.hang()
    assert stage.moves == ["shut"]
    refused = stage.lease()
    assert (refused.reason, refused.message) == (
        Reason.VENDOR_UNREACHABLE,
        "the route joe/* has failed too often to be used now",
    )
    await asyncio.sleep(refused.retry_after_s)
    stage.voices.answer = Failed(Reason.VENDOR_UNREACHABLE, "the engine process does not respond", 0.5)
    for _ in range(5):
        assert stage.lease() is stage.voices.answer, "what it refuses itself makes nobody wait longer"
    stage.voices.answer = None
    _, told, _ = stage.run()
    assert isinstance(stage.lease(), Failed), "one is tried at a time"
    assert not isinstance(stage.lease(last_resort=True), Failed), "who has no other route is let through"
    told.heard(None, SECOND)
    assert stage.moves == ["shut", "probing", "admitting"]
    assert not isinstance(stage.lease(), Failed)


@on_virtual_time
async def test_a_route_that_hangs_for_the_one_it_is_tried_with_stays_shut():
    for end, found in ((None, "shut"), (Lost("gone"), "shut"), ("cancel", "probing")):
        stage = Stage()
        await stage.hang()
        await stage.hang()
        await asyncio.sleep(1)
        line, told, _ = stage.run()
        if end == "cancel":
            line.cancel()
        elif end is not None:
            told.heard(None, end)
        await asyncio.sleep(11)
        assert stage.moves[-1] == found


@pytest.mark.parametrize("how", ["withdrawn", "cancelled", "released", "ejected"])
@on_virtual_time
async def test_a_route_whose_probe_was_called_off_is_tried_with_the_next(how):
    stage = Stage()
    for _ in range(2):
        await stage.hang()
    await asyncio.sleep(1)
    stage.voices.is_late = how == "withdrawn"
    if how == "withdrawn":
        stage.lines.acquire(REQUEST, Ear(), [].append).withdraw()
    else:
        line, *_ = stage.run()
    if how == "cancelled":
        line.cancel()
    elif how == "released":
        line.release(clean=True)
    elif how == "ejected":
        stage.lines.control("joe/*", Control.EJECTED)
        stage.lines.control("joe/*", Control.NONE)
    stage.voices.is_late = False
    _, told, _ = stage.run()
    told.heard(None, SECOND)
    assert stage.moves[-1] == "admitting"


@on_virtual_time
async def test_runs_that_are_lost_with_their_process_shut_nothing():
    stage = Stage()
    runs = [stage.run() for _ in range(9)]
    for _, told, ear in runs:
        told.heard(None, Lost("the engine process died"))
        assert ear == [Lost("the engine process died")]
    assert stage.moves == []


@on_virtual_time
async def test_who_has_left_comes_back_when_it_has_been_well_for_long_enough():
    stage = Stage()
    assert isinstance(stage.lease(returning=True), Failed)
    await asyncio.sleep(31)
    assert not isinstance(stage.lease(returning=True), Failed)


@on_virtual_time
async def test_a_run_between_others_that_hang_shows_that_the_route_is_well():
    stage = Stage()
    for finish in (lambda line, told: told.heard(None, Finished()), lambda line, told: line.cancel()):
        await stage.hang()
        line, told, _ = stage.run()
        told.heard(None, SECOND)
        finish(line, told)
    await stage.hang()
    assert stage.moves == []


@pytest.mark.parametrize("withdrawn", [True, False])
@on_virtual_time
async def test_an_answer_may_come_later_or_no_longer_be_wanted(withdrawn):
    stage = Stage()
    stage.voices.is_late = True
    answers = []
    ticket = stage.lines.acquire(REQUEST, Ear(), answers.append)
    if withdrawn:
        ticket.withdraw()
        ticket.withdraw()
        assert (stage.voices.withdrawn, answers) == (1, [])
        return
    stage.voices.on_ready(Line())
    ticket.withdraw()
    assert stage.voices.withdrawn == 0
    assert answers == [ticket]


@on_virtual_time
async def test_what_operators_are_told_is_what_its_runs_have_been():
    stage = Stage()
    assert stage.lines.view().routes[0].leases == 0
    line, told, _ = stage.run()
    told.heard(None, SECOND)
    other, *_ = stage.run()
    view = stage.lines.view()
    (route,) = view.routes
    assert (view.provider, view.runs, view.places) == ("joe", 2, ())
    assert (route.route, route.leases, route.breaker, route.control) == ("joe/*", 2, "admitting", "")
    line.release(clean=True)
    other.cancel()
    other.release(clean=True)
    assert stage.lines.view().runs == 0
    for _ in range(2):
        await stage.hang()
    (route,) = stage.lines.view().routes
    assert (route.breaker, route.errors) == ("shut", {"vendor_timeout": 2})
    assert route.retry_after_s > 0


@on_virtual_time
async def test_operators_are_told_how_long_first_audio_took_since_the_first_of_the_text():
    stage = Stage()
    await asyncio.sleep(5)
    line, told, _ = stage.run()
    await asyncio.sleep(2)
    line.say(1, TEXT)
    await asyncio.sleep(1)
    told.heard(None, SECOND)
    await asyncio.sleep(1)
    told.heard(None, SECOND)
    (route,) = stage.lines.view().routes
    assert (route.ttfb_p50_s, route.ttfb_p95_s) == (pytest.approx(3), pytest.approx(3))


@on_virtual_time
async def test_who_is_refused_may_withdraw_all_the_same():
    stage = Stage()
    stage.lines.hold("joe/*", Control.DRAINED)
    answers = []
    stage.lines.acquire(REQUEST, Ear(), answers.append).withdraw()
    assert ["drained" in answer.message for answer in answers] == [True]
    assert stage.voices.listeners == [], "nobody is asked for a line"


@on_virtual_time
async def test_a_drained_route_takes_nothing_new_and_ends_what_it_has():
    stage = Stage()
    _, told, ear = stage.run()
    assert stage.lines.control("joe/*", Control.DRAINED)
    assert not stage.lines.control("joe/voice", Control.DRAINED)
    assert "drained" in stage.lease().message
    told.heard(None, Finished())
    assert ear == [Finished()]
    assert stage.lines.control("joe/*", Control.NONE)
    assert stage.run()[0].line_id


@on_virtual_time
async def test_an_ejected_route_is_cut_without_a_word_against_the_voice():
    stage = Stage()
    line, told, ear = stage.run()
    waiting = stage.lease()
    over, over_told, over_ear = stage.run()
    over_told.heard(None, Finished())
    assert stage.lines.control("joe/*", Control.EJECTED)
    told.heard(None, SECOND)
    assert [type(event) for event in ear] == [Lost]
    assert over_ear == [Finished()]
    for each in (line, waiting, over):
        each.say(1, TEXT)
        each.release(clean=False)
    assert [one.asked[-2:] for one in stage.voices.lines] == [["cancel", "clean"]] * 3
    view = stage.lines.view()
    assert (view.runs, view.routes[0].errors, stage.moves) == (0, {}, [])
    await asyncio.sleep(60)
    assert [type(event) for event in ear] == [Lost]


@on_virtual_time
async def test_an_operator_may_have_a_route_asked_that_is_shut():
    stage = Stage()
    for _ in range(2):
        await stage.hang()
    assert isinstance(stage.lease(), Failed)
    assert stage.lines.control("joe/*", Control.PINNED)
    assert stage.run()[0].line_id
