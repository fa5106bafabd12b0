"""One side of a race: what it keeps, and what counts as sound."""

from dataclasses import replace

import numpy as np
import pytest

from gateway.upstream.race_side import Side
from legato.audio.samples import amplitude
from legato.audio.silence import SILENCE_DBFS
from legato.domain import replies
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Marker
from legato.domain.facts import Hedged
from legato.domain.speech import Route
from tests.gateway.upstream.races import USUAL, Races

ROUTE = Route("one", "v")


def _side():
    return Side(None, ROUTE)


class Voices:
    """Lines that are asked for and answered by the test, or at once."""

    def __init__(self, at_once=None):
        self.at_once, self.answer, self.withdrawn = at_once, None, 0

    def acquire(self, request, listener, on_ready):
        self.answer = on_ready
        if self.at_once is not None:
            on_ready(self.at_once)
        return self

    def withdraw(self):
        self.withdrawn += 1


REFUSED = Failed(Reason.OVERLOADED, "every line is in use")


@pytest.mark.parametrize("answers", [True, False])
def test_a_side_that_is_let_go_before_its_line_came_waits_for_it_no_longer(answers):
    side, voices, came = _side(), Voices(), []
    assert side.ask(voices, None, came.append) is voices
    if answers:
        voices.answer(REFUSED)
        assert came == [REFUSED]
    side.let_go(clean=True)
    side.let_go(clean=True)
    assert voices.withdrawn == (not answers)


def test_a_side_that_was_answered_at_once_has_nothing_to_take_back():
    side, voices, came = _side(), Voices(REFUSED), []
    side.ask(voices, None, came.append)
    side.let_go(clean=True)
    assert (came, voices.withdrawn) == ([REFUSED], 0)


def test_what_is_silence_for_a_race_is_silence_for_the_listener():
    """One step of the amplitude was sound for the one and silence for the other."""
    quiet, loud = amplitude(SILENCE_DBFS), amplitude(SILENCE_DBFS) + 1
    for sign in (1, -1):
        assert not _side().sounds(np.array([sign * quiet], "<i2").tobytes())
        assert _side().sounds(np.array([sign * loud], "<i2").tobytes())


def test_a_sample_that_is_cut_is_heard_whole():
    side, loud = _side(), np.array([0, 1000], "<i2").tobytes()
    assert not side.sounds(loud[:3])
    assert side.sounds(loud[3:])


@pytest.mark.parametrize("event", [Audio(bytes(960)), Audio(b""), Marker(0)])
def test_what_a_side_keeps_is_bounded(event):
    side, kept = _side(), 1
    while side.keep(event):
        kept += 1
        assert kept < 10_000
    assert len(side.forget()) == kept
    assert side.keep(event), "and there is room again"


def test_a_route_that_gives_silence_without_end_is_overtaken():
    """All of it was kept for as long as it came."""
    races = Races().know()
    races.scripts["one"] = replace(USUAL, speed=100.0, silence_ms=60_000)
    races.scripts["two"] = replace(USUAL, first_s=3.0)
    races.text("a", "hello there. ").run(1)
    slow = races.lines[-2]
    assert slow.over
    races.speak("a", "and so on. ").run(8)
    assert races.of_fact(Hedged)[-1].overtaken
    assert races.last().route == "two/v"
    assert races.leased == 0


def test_silence_without_end_is_passed_on_where_there_is_no_rival():
    races = Races().know()
    races.scripts["one"] = replace(USUAL, speed=100.0, silence_ms=60_000)
    races.scripts["two"] = replace(USUAL, refuse=Reason.VENDOR_UNREACHABLE)
    before = len(races.of(replies.AudioChunk))
    races.speak("a", "hello there. ").run(0.5)
    assert len(races.of(replies.AudioChunk)) > before
    races.run(80)
    assert races.terminals()["a"] == ["UtteranceFinished"]
    assert races.leased == 0
