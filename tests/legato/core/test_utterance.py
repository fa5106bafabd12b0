import pytest

from legato.core.sizer import ChunkSettings, Sizer
from legato.core.timeline import Timeline
from legato.core.utterance import Awaited, Input, PendingFlush, Run, Utterance
from legato.domain.events import Begin
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment

ROUTE = Route("p", "v")
VOICE = Voice("anna", ("en",), (ROUTE,))


def segment(index, text):
    return Segment(index, 0, len(text), text, Reading(text), Reading(text), Break.SENTENCE)


@pytest.fixture
def said():
    sizer = Sizer(ChunkSettings(), 24_000, -1)
    return Utterance(Begin("u"), 1, 0, VOICE, "en", UtteranceOptions(), 0.0, Timeline(24_000), sizer)


def test_its_text_is_what_was_accepted(said):
    assert said.id == "u"
    assert said.text == ""
    said.parts += ["Hel", "lo", "."]
    assert said.text == "Hello."
    said.parts.append(" You")
    assert said.text == "Hello. You"


def test_pending_characters_are_before_in_and_behind_the_queue(said):
    said.front_pending_chars, said.unsaid_chars = 2, 3
    assert said.outstanding_chars == 0
    said.run = Run(1, ROUTE, 0.0)
    said.run.awaited.append(Awaited(segment(0, "four"), Reading("four"), 0.0))
    assert said.outstanding_chars == 4
    assert said.pending_chars == 9


def test_all_text_is_released_when_all_is_known_and_handed_over(said):
    assert not said.all_text_released
    said.input = Input.COMPLETE
    assert said.all_text_released
    said.unsaid.append(segment(0, "Hello."))
    assert not said.all_text_released


def test_no_more_audio_comes_when_the_run_is_over_too(said):
    said.input, said.run = Input.COMPLETE, Run(1, ROUTE, 0.0)
    assert not said.audio_complete
    said.run = None
    assert said.audio_complete


def test_it_has_nothing_unspoken_when_nothing_waits_and_nothing_is_held(said):
    assert said.has_nothing_unspoken
    said.held = 10
    assert not said.has_nothing_unspoken
    said.held, said.unsaid_chars = 0, 1
    assert not said.has_nothing_unspoken


def test_a_flush_ends_where_the_audio_of_its_segments_does(said):
    said.held, said.written = 400, 800
    said.flushes.extend([PendingFlush("a", 1), PendingFlush("b", 2), PendingFlush("c")])
    said.completed_segments = 1
    said.settle_flushes()
    assert [flush.end_sample for flush in said.flushes] == [1_200, -1, -1]
    said.held, said.completed_segments = 900, 2
    said.settle_flushes()
    assert [flush.end_sample for flush in said.flushes] == [1_200, 1_700, -1]


def test_requests_count_on_a_route_that_says_so_where_no_context_is_kept():
    run = Run(1, Route("p", "v", batch_chars=240), 0.0)
    assert run.batch_chars == 240
    run.keeps_context = True
    assert run.batch_chars == 0
