"""What a text asks of its delivery reaches the voices that can follow it, and the client hears of the rest."""

import re
from dataclasses import replace

import pytest

from gateway.app.text_data import text_data
from legato.domain import events, replies
from legato.domain.delivery import PLAIN, Delivery, Takes
from legato.domain.replies import Warned
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import TextLevel
from legato.text.frontend import FrontEnd
from legato.text.settings import LexiconEntry, TextSettings
from tests.plays.world import Script, World

TEXT = 'Hello there. <prosody rate="50%" volume="+6dB">This is slow.</prosody> <emphasis>Now</emphasis> as before.'
WORDS = "Hello there.This is slow.Now as before."


def front():
    return FrontEnd(text_data("en"), TextSettings(ssml=True))


def world(takes=Takes(), text=TEXT, options=UtteranceOptions(), **script):  # noqa: B008 - frozen
    voices = {
        "joe": Voice("joe", ("en",), (Route("one", "v", takes=takes),)),
        "ann": Voice("ann", ("en",), (Route("two", "w", takes=takes),)),
    }
    scripts = {"one": Script(**script), "two": Script(**script)}
    play = World(scripts=scripts, voices=voices, front=front)
    return play.open(options=options).speak("a", text).run(30)


def heard(play):
    """What was said; the silence behind a mark between two runs reads as more marks."""
    return re.sub(r"([.?])[.?]+", r"\1", play.said("a"))


def asked(play):
    return [(line.request.route.provider, line.request.options.speed, line.said) for line in play.lines]


def told(play):
    return [(one.code, one.message) for one in play.of(Warned)]


def test_a_route_that_takes_it_with_each_segment_is_one_run():
    play = world(Takes((0.5, 2.0), volume=(-6, 6), emphasis=True))
    assert len(play.lines) == 1
    assert heard(play) == WORDS
    assert told(play) == []


def test_a_route_that_fixes_it_when_a_run_begins_gets_a_run_for_each():
    play = world(Takes((0.5, 2.0), by_run=True), options=UtteranceOptions(speed=1.2))
    assert asked(play) == [
        ("one", 1.2, ["Hello there."]),
        ("one", 0.6, ["This is slow."]),
        ("one", 1.2, ["Now as before."]),
    ]
    assert heard(play) == WORDS
    assert play.leased == 0


def test_what_no_route_takes_is_left_out_and_told_once():
    play = world(Takes((0.5, 2.0), by_run=True), TEXT + TEXT)
    assert told(play) == [
        ("ssml_ignored", "<prosody volume> is ignored: one supports prosody rate 0.5 to 2"),
        ("ssml_ignored", "<emphasis> is ignored: one supports prosody rate 0.5 to 2"),
    ]


def test_a_change_that_the_route_does_not_take_ends_no_run():
    play = world(Takes(pitch=(-2, 2), by_run=True))
    assert len(play.lines) == 1
    assert heard(play) == WORDS


def test_another_voice_of_the_catalogue_speaks_and_the_own_one_goes_on():
    play = world(text='Joe. <voice name="ann">Ann here.</voice> Joe again. <voice name="bob">Who?</voice>')
    assert [(provider, said) for provider, _, said in asked(play)] == [
        ("one", ["Joe."]),
        ("two", ["Ann here."]),
        ("one", ["Joe again.", "Who?"]),
    ]
    assert heard(play) == "Joe.Ann here.Joe again.Who?"
    assert told(play) == [("ssml_ignored", "<voice> is ignored: there is no voice 'bob'")]


def test_a_voice_that_fails_is_continued_in_the_manner_that_was_asked_for():
    slow = (
        '<prosody rate="50%">This is a slow one that breaks off. And another that is slow.</prosody> Then on.'
    )
    play = world(Takes((0.5, 2.0), by_run=True), slow, die_after_chars=12, deaths=1)
    assert [line.request.options.speed for line in play.lines] == [0.5, 0.5, None]
    assert heard(play).endswith("And another that is slow.Then on.")


def test_language_goes_to_the_routes_that_are_told_one():
    text = 'Hi. <lang xml:lang="fr-FR">Salut.</lang>'
    play = world(Takes(language=True, by_run=True), text)
    assert [line.request.language for line in play.lines] == ["en", "fr-FR"]
    assert told(play) == []
    assert told(world(text=text)) == [("ssml_ignored", "<lang> is ignored: one supports no such markup")]


def test_pauses_go_with_the_text_where_segments_flow_into_each_other():
    text = 'One. <break time="700ms"/> Two.'
    play = world(Takes(pause_s=3.0), text)
    assert [reading.pause_ms for line in play.lines for reading in line.readings] == [700, 0]
    assert told(play) == []
    (warning,) = told(world(text=text))
    assert warning[1].startswith("<break> is ignored: one speaks all segments as one flowing text")
    assert told(world(text=text, keeps_context=False, silence_at=0)) == []


def test_what_reaches_the_voice_says_how_it_is_to_be_spoken():
    play = world(Takes((0.5, 2.0), emphasis=True))
    first, slow, last = [reading for line in play.lines for reading in line.readings]
    assert (first.delivery, last.delivery) == (PLAIN, PLAIN)
    assert slow.delivery == Delivery(rate=0.5, volume=6.0)
    assert [last.text[one.start : one.end] for one in last.emphases] == ["Now"]


def test_a_line_is_asked_for_with_the_words_that_are_pronounced_in_their_own_way():
    settings = TextSettings(lexicon=(LexiconEntry("Bo", "", ipa="bo"),))
    play = World(front=lambda: FrontEnd(text_data("en"), settings)).open().speak("a", "Hello Bo.").run(10)
    assert [line.request.pronunciations for line in play.lines] == [(("Bo", "bo"),)]
    assert [
        one.ipa for line in play.lines for reading in line.readings for one in reading.pronunciations
    ] == ["bo"]


def test_a_client_that_wants_its_own_characters_said_has_them_sent_untouched():
    options = UtteranceOptions(raw_text=True)
    said = "**Pay** $3.50, [laughs] now. Then `go` on.\n\n```\nx = 1\n```\n[sighs]"
    play = World(front=lambda: FrontEnd(text_data("en"), TextSettings()))
    play.open(options=options).speak("a", said).run(10)
    sent = [reading.text for line in play.lines for reading in line.readings]
    assert "".join(sent) == said


def test_r15_a_direction_is_acted_by_one_route_and_not_said_by_the_next_that_goes_on():
    """The first one dies in the middle of the sentence that the directions stand in."""
    acts = Route("one", "v", text_level=TextLevel.CLEANED, takes=Takes(directions=ANY_DIRECTION))
    says = Route("two", "w", text_level=TextLevel.CLEANED)
    play = World(
        scripts={"one": Script(die_after_chars=14, deaths=9), "two": Script()},
        voices={"joe": Voice("joe", ("en",), (acts, says))},
        front=lambda: FrontEnd(text_data("en"), TextSettings()),
    )
    play.open().speak(
        "a", "[laughs] This one breaks off [sighs] and the other one goes on. [whispers] Quietly so."
    ).run(30)
    sent = {line.request.route.provider: " ".join(line.said) for line in play.lines}
    assert sent["one"].startswith("[laughs] This one breaks off [sighs] and")
    assert "[" not in sent["two"]
    assert sent["two"].endswith("and the other one goes on. Quietly so.")


def test_a_direction_on_a_line_of_its_own_is_sent_with_the_words_that_follow():
    acts = Route("one", "v", text_level=TextLevel.CLEANED, takes=Takes(directions=ANY_DIRECTION))
    play = World(
        voices={"joe": Voice("joe", ("en",), (acts,))},
        front=lambda: FrontEnd(text_data("en"), TextSettings()),
    )
    play.open().text("a", "[laughs]\n").run(1)
    play.speak("a", "So you did.").run(10)
    assert [line.said for line in play.lines] == [["[laughs]. So you did."]]


def directed(*routes, **scripts):
    return World(
        scripts={name: Script(**script) for name, script in scripts.items()},
        voices={"joe": Voice("joe", ("en",), routes)},
        front=lambda: FrontEnd(text_data("en"), TextSettings()),
    ).open()


ACTS = Route("one", "v", text_level=TextLevel.CLEANED, takes=Takes(directions=ANY_DIRECTION))
SAYS = Route("two", "w", text_level=TextLevel.CLEANED)


def test_directions_alone_are_sent_to_a_voice_that_acts_them():
    play = directed(ACTS).speak("a", "[laughs]").run(10)
    play.text("b", "Hello there.").tell(events.Flush("b")).run(10)
    play.speak("b", "[sighs]").run(10)
    assert play.sent == ["[laughs]", "Hello there.", "[sighs]"]
    assert told(play) == []


@pytest.mark.parametrize("level", [TextLevel.CLEANED, TextLevel.SPOKEN])
def test_directions_alone_are_nothing_to_say_for_a_voice_that_acts_none(level):
    play = directed(replace(SAYS, text_level=level)).speak("a", "[laughs]").run(10)
    assert play.sent == []
    assert [code for code, _ in told(play)] == ["nothing_to_say"]


@pytest.mark.parametrize("level", [TextLevel.CLEANED, TextLevel.SPOKEN])
def test_directions_alone_are_skipped_on_a_route_that_takes_over_and_acts_none(level):
    routes = (ACTS, replace(SAYS, text_level=level))
    play = directed(*routes, two={}, one={"die_after_chars": 3, "deaths": 9})
    play.text("a", "[laughs]").tell(events.Flush("a")).run(5)
    assert len(play.of(replies.Flushed)) == 1
    play.text("a", "So you did. ").run(1)
    play.text("a", "[sighs]").tell(events.Flush("a")).run(5).tell(events.End("a")).run(10)
    lines = {line.request.route.provider: line.said for line in play.lines}
    assert (lines["one"], lines["two"]) == (["[laughs]"], ["So you did."])
    assert len(play.of(replies.Flushed)) == 2
    assert play.terminals() == {"a": ["UtteranceFinished"]}


def test_a_direction_that_is_acted_without_a_sound_is_no_failure():
    play = directed(ACTS, one={"empty": True}).speak("a", "[whispers]").run(10)
    assert play.terminals() == {"a": ["UtteranceFinished"]}
    assert len(play.lines) == 1
