import pytest

from gateway.session.leases import Leases
from legato.domain.effects import Acquire, CancelLine, EndInput, PauseLine, Release, ResumeLine, Say, Warm
from legato.domain.errors import Reason
from legato.domain.events import Failed, LineReady, LineRefused
from legato.domain.speech import LineRequest, Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from tests.gateway.session.lines import Line

ROUTE = Route("p", "v")


QUALITIES = ("reused", "keeps_context", "word_times", "can_pause")


class Ticket:
    withdrawn = False

    def withdraw(self):
        self.withdrawn = True


class Provider:
    """Implements `ports.Lines`: answers when the test does, or at once."""

    def __init__(self):
        self.at_once, self.asked, self.tickets, self.warmed = None, [], [], []

    def acquire(self, request, listener, on_ready):
        self.asked.append((request, on_ready))
        self.tickets.append(Ticket())
        if self.at_once is not None:
            on_ready(self.at_once)
        return self.tickets[-1]

    def warm(self, route, language, principal):
        self.warmed.append((route, language, principal))


class Stage:
    def __init__(self):
        self.lines, self.told, self.said = Provider(), [], []
        self.leases = Leases(self.lines, self.told.append, self.said.append)
        self.leases.listener = object()

    def ask(self, lease=1):
        self.leases.acquire(
            Acquire(lease, LineRequest(ROUTE, "en", UtteranceOptions(), Principal(), "s", "u", 9.0))
        )

    def answer(self, answer, which=-1):
        self.lines.asked[which][1](answer)
        return answer


@pytest.fixture
def stage():
    return Stage()


def test_a_line_that_is_asked_for_is_told_of_and_speaks(stage):
    stage.ask()
    request = stage.lines.asked[0][0]
    assert (request.route, request.stream_id, request.utterance_id, request.deadline) == (
        ROUTE,
        "s",
        "u",
        9.0,
    )
    line = stage.answer(Line(7))
    assert stage.told == [LineReady(1, True, False, True, True)]
    leased = stage.leases.by_line[line.line_id]
    assert stage.leases.utterance_of(1) == "u"
    stage.leases.say(Say(1, 0, Reading("Hello."), 120))
    stage.leases.pause(PauseLine(1))
    stage.leases.resume(ResumeLine(1))
    stage.leases.end_input(EndInput(1))
    stage.leases.cancel(CancelLine(1))
    assert line.told == [("say", 0, "Hello."), "pause", "resume", "end", "cancel"]
    assert stage.said == [leased]
    assert leased.begin_segment() == 120
    assert leased.begin_segment() == 0


@pytest.mark.parametrize("only", QUALITIES)
def test_each_quality_of_a_line_is_told_as_what_it_is(stage, only):
    stage.ask()
    line = Line(7)
    for quality in QUALITIES:
        setattr(line, quality, quality == only)
    stage.answer(line)
    [ready] = stage.told
    assert [quality for quality in QUALITIES if getattr(ready, quality)] == [only]
    assert ready.script is None


def test_what_a_recording_can_say_is_told_with_its_line(stage):
    class Repeating(Line):
        repeats = ("hello",)

    stage.ask()
    stage.answer(Repeating(7))
    assert stage.told[0].script == ("hello",)


def test_a_segment_that_goes_on_from_the_one_before_has_no_beginning(stage):
    stage.ask()
    line = stage.answer(Line(7))
    for segment, pause_ms in ((0, 0), (1, 120), (2, 320)):
        stage.leases.say(Say(1, segment, Reading("x"), pause_ms))
    leased = stage.leases.by_line[line.line_id]
    leased.join(1)
    assert [leased.begin_segment() for _ in range(2)] == [0, 320]


def test_a_lease_may_be_answered_before_it_is_asked_to_the_end(stage):
    stage.lines.at_once = Line(7)
    stage.ask()
    assert isinstance(stage.told[0], LineReady)
    stage.leases.release(Release(1, clean=True))
    assert not stage.lines.tickets[0].withdrawn


def test_a_refusal_is_told_by_name(stage):
    stage.ask()
    stage.answer(Failed(Reason.VENDOR_QUOTA, "no more today", 5.0))
    assert stage.told == [LineRefused(1, Reason.VENDOR_QUOTA, "no more today", 5.0)]
    stage.leases.say(Say(1, 0, Reading("x"), 0))
    assert stage.said == []


def test_a_line_that_comes_too_late_is_given_back(stage):
    stage.ask()
    stage.leases.release(Release(1, clean=True))
    assert stage.lines.tickets[0].withdrawn
    assert stage.leases.utterance_of(1) == ""
    line = stage.answer(Line(7))
    stage.answer(Failed(Reason.VENDOR_TIMEOUT, "late"))
    assert line.told == [("release", True)]
    assert stage.told == []


@pytest.mark.parametrize("clean", [True, False])
def test_a_line_that_is_given_back_answers_nobody(stage, clean):
    stage.ask()
    line = stage.answer(Line(7))
    stage.leases.release(Release(1, clean=clean))
    stage.leases.release(Release(1, clean=clean))
    assert line.told == [("release", clean)]
    assert line.line_id not in stage.leases.by_line
    stage.leases.cancel(CancelLine(1))
    assert line.told == [("release", clean)]


def test_after_a_bug_everything_is_stopped_and_replaced(stage):
    stage.ask(1)
    stage.ask(2)
    line = stage.answer(Line(7))
    stage.leases.let_all_go()
    assert line.told == ["cancel", ("release", False)]
    assert stage.lines.tickets[0].withdrawn


def test_a_line_is_warmed_for_whoever_asks(stage):
    stage.leases.warm(Warm(ROUTE, "en", Principal()))
    assert stage.lines.warmed == [(ROUTE, "en", Principal())]


def test_a_line_that_can_gather_is_known_until_it_is_given_back(stage):
    line = type("GatheringLine", (Line,), {"gather": lambda self, size: None})(5)
    stage.ask()
    stage.answer(line)
    leased = stage.leases.of(1)
    assert leased.gatherer is line
    stage.leases.release(Release(1, clean=True))
    assert leased.gatherer is None
    stage.ask(2)
    stage.answer(Line(6))
    assert stage.leases.of(2).gatherer is None
