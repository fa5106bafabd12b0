"""Requests that waiting text can begin with, and runs that repeat a recording. Promise R27."""

import pytest

from legato.core.scripts import requests
from legato.domain.delivery import PLAIN
from legato.domain.effects import EndInput
from legato.domain.speech import Route
from legato.domain.text import TextLevel
from tests.legato.core.played import ROUTE, Played, of, said, segments


def wordings(texts, route, *, keeps_context=True):
    found = requests(segments(*texts), route, TextLevel.SPOKEN, keeps_context=keeps_context)
    return [(size, text) for size, (text, *_) in found]


def test_a_request_is_a_segment_where_segments_flow_or_requests_do_not_count():
    assert wordings(["One.", "Two."], Route("p", "v", batch_chars=100)) == [(1, "One.")]
    assert wordings(["One.", "Two."], Route("p", "v"), keeps_context=False) == [(1, "One.")]


def test_where_requests_count_each_number_of_segments_may_be_one():
    route = Route("p", "v", batch_chars=100)
    found = wordings(["One.", "Two.", "Three."], route, keeps_context=False)
    assert found == [(1, "One."), (2, "One. Two."), (3, "One. Two. Three.")]


def test_what_the_route_is_not_sent_belongs_to_the_request_after_it():
    assert wordings(["[laughs]", "One."], ROUTE) == [(2, "One.")]
    assert wordings(["[laughs]"], ROUTE) == []


@pytest.mark.parametrize(
    ("script", "handed_out"), [(["One.", "Two."], 2), (["One.", "Else."], 1), (["One."], 1), ([], 0)]
)
def test_a_line_that_repeats_a_recording_is_given_what_its_script_has(script, handed_out):
    play = Played()
    utterance = play.begin("a", "One.", "Two.", ended=True)
    play.release()
    done = play.answer(utterance, script=tuple((text, (), PLAIN, (), 0) for text in script))
    assert said(done) == ["One.", "Two."][:handed_out]
    assert (utterance.sent_chars, utterance.cached_chars) == (0, 4 * handed_out)
    assert len(utterance.unsaid) == 2 - handed_out
    assert of(done, EndInput), "what is left is said in another run"
