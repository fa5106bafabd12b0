"""Which run can follow what a text asks for. The plays are in `tests/plays/test_deliveries.py`."""

from dataclasses import replace

import pytest

from legato.core.delivering import asked, fixed_delivery, goes_on, readings_of, take_voice, tell_left_out
from legato.core.state import StreamState
from legato.core.utterance import Run
from legato.domain.delivery import PLAIN, Delivery, Emphasis, Takes
from legato.domain.replies import Warned
from legato.domain.speech import Catalogue, Route, UtteranceOptions, Voice
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import Break, Reading, Segment, TextLevel

SLOW = Delivery(rate=0.5, volume=6.0)
JOE = Voice("joe", ("en",), (Route("one", "v"),))
ANN = Voice("ann", ("en",), (Route("two", "w"), Route("three", "x")))


class State:
    """As much of a stream as is asked."""

    speak_in = StreamState.speak_in

    def __init__(self):
        self.catalogue = Catalogue({"joe": JOE, "ann": ANN}, "joe")
        self.home_routes = {"ann": 1}
        self.told = []

    def tell(self, reply):
        self.told.append(reply)


class Speaking:
    """As much of an utterance."""

    def __init__(self, *segments):
        self.id, self.voice, self.own_voice, self.speaks_as = "a", JOE, None, ""
        self.home_route, self.asks_back, self.routes_tried = 0, False, 3
        self.options, self.language = UtteranceOptions(speed=2.0), "en"
        self.unsaid = list(segments)
        self.told_left_out = set()


def segment(delivery=PLAIN, *, emphases=(), pause_ms=0):
    reading = Reading("One two.", delivery=delivery, emphases=emphases)
    return Segment(0, 0, 8, "One two.", reading, reading, Break.SENTENCE, pause_ms=pause_ms)


def run(takes=Takes(), delivery=PLAIN, *, keeps_context=False):  # noqa: B008 - frozen
    route = Route("one", "v", takes=takes, text_level=TextLevel.CLEANED)
    return Run(1, route, 0.0, delivery=delivery, keeps_context=keeps_context)


def test_only_what_is_fixed_when_a_run_begins_is_delivered_by_the_run():
    by_run = Takes((0.5, 2.0), by_run=True)
    assert fixed_delivery(Route("p", "v", takes=by_run), segment(SLOW)) == Delivery(rate=0.5)
    assert fixed_delivery(Route("p", "v", takes=replace(by_run, by_run=False)), segment(SLOW)) == PLAIN
    assert asked(Speaking(), Delivery(rate=0.5, language="fr")) == (UtteranceOptions(speed=1.0), "fr")
    assert asked(Speaking(), PLAIN) == (UtteranceOptions(speed=2.0), "en")


@pytest.mark.parametrize(
    ("takes", "fixed", "delivery", "on"),
    [
        (Takes((0.5, 2.0)), PLAIN, SLOW, True),
        (Takes((0.5, 2.0), by_run=True), PLAIN, SLOW, False),
        (Takes((0.5, 2.0), by_run=True), Delivery(rate=0.5), SLOW, True),
        (Takes((0.5, 2.0), by_run=True), Delivery(rate=0.5), PLAIN, False),
        (Takes(pitch=(-1, 1), by_run=True), PLAIN, SLOW, True),
        (Takes(), PLAIN, Delivery(voice="ann"), False),
        (Takes(), PLAIN, Delivery(voice="nobody"), True),
    ],
)
def test_a_run_goes_on_while_it_can_follow(takes, fixed, delivery, on):
    assert goes_on(State(), Speaking(segment(delivery)), run(takes, fixed)) is on


def test_a_run_with_nothing_to_say_goes_on():
    assert goes_on(State(), Speaking(), run())


def test_another_voice_is_taken_and_given_back():
    state, speaking = State(), Speaking(segment(Delivery(voice="ann")))
    take_voice(state, speaking)
    assert (speaking.voice, speaking.home_route, speaking.asks_back, speaking.routes_tried) == (
        ANN,
        1,
        True,
        0,
    )
    assert goes_on(state, speaking, run())
    take_voice(state, speaking)
    assert speaking.voice is ANN
    speaking.unsaid = [segment()]
    assert not goes_on(state, speaking, run())
    take_voice(state, speaking)
    assert (speaking.voice, speaking.home_route, speaking.asks_back) == (JOE, 0, False)


def test_a_pause_goes_with_the_last_reading_where_segments_flow_into_each_other():
    segments = [segment(), segment(pause_ms=700)]
    assert [one.pause_ms for one in readings_of(run(keeps_context=True), segments)] == [0, 700]
    assert [one.pause_ms for one in readings_of(run(), segments)] == [0, 0]


def test_r15_stage_directions_go_only_where_they_are_acted():
    reading = Reading("Oh [sighs] no [laughter].")
    segments = [Segment(0, 0, 25, reading.text, reading, reading, Break.SENTENCE)]

    def sent(level=TextLevel.CLEANED, **takes):
        speaking = run(Takes(**takes))
        speaking.route = replace(speaking.route, text_level=level)
        return readings_of(speaking, segments)[0].text

    assert sent() == sent(TextLevel.SPOKEN) == "Oh no."
    assert sent(directions=frozenset({"laughter"})) == "Oh no [laughter]."
    assert sent(directions=ANY_DIRECTION) == sent(TextLevel.RAW) == reading.text


def test_what_is_left_out_is_told_once():
    state, speaking = State(), Speaking()
    asking = segment(replace(SLOW, voice="bob", language="fr"), emphases=(Emphasis(0, 3),), pause_ms=500)
    for _ in range(2):
        tell_left_out(state, speaking, run(Takes((0.5, 2.0)), keeps_context=True), [segment(), asking])
    assert all(isinstance(one, Warned) and one.code == "ssml_ignored" for one in state.told)
    assert [one.message.partition(" is ignored: ")[0] for one in state.told] == [
        "<voice>", "<prosody volume>", "<lang>", "<emphasis>", "<break>",
    ]  # fmt: skip
