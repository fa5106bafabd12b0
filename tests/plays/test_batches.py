"""Where each request counts, text that waits is asked for in one: fewer requests, nothing later, and every word in its place."""

import itertools

import pytest

from legato.core.state import CoreSettings
from legato.domain import events, replies
from legato.domain.facts import SegmentSpoken
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.text import TextLevel
from tests.plays.world import CHAR_MS, RATE, Script, World

SENTENCES = [f"{word} is what is said. " for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")]
TEXT = "".join(SENTENCES)
LETTERS = TEXT.replace(" ", "")
LOUD = 2_000
"""What is numbered from here on is no silence, and is not trimmed."""


def playing(batch_chars=240, core=None, **script):
    """A vendor that is asked segment by segment."""
    script = Script(**{"keeps_context": False, "can_pause": False, **script})
    routes = tuple(Route(name, "v", batch_chars=batch_chars) for name in ("one", "two"))
    world = World(
        scripts={"one": script, "two": Script(keeps_context=False)},
        voices={"joe": Voice("joe", ("en",), routes)},
        core=core,
    )
    world.chars = ["?"] * LOUD
    world.spoken_chars = LOUD
    return world


def letters(world):
    """The characters heard, without the pauses and seams between them."""
    samples = world.audio("a")
    heard = []
    for value, run in itertools.groupby(samples.tolist()):
        if value > LOUD and len(list(run)) >= RATE * CHAR_MS // 4_000:
            heard.append(world.chars[value - 1])
    return "".join(heard).replace(" ", "")


def heard_at(world):
    """When each sample was due at the ear, at the latest: the listener plays what comes."""
    times, plays_until, late = [], 0.0, 0.0
    for at, reply in world.log:
        if isinstance(reply, replies.AudioChunk):
            late += max(at - plays_until, 0.0) if times else 0.0
            plays_until = max(at, plays_until) + len(reply.data) / 2 / RATE
            times.append(at)
    return times[0], late


def test_text_that_waits_is_joined_and_nothing_comes_later():
    joined = playing().open(max_lead_ms=-1).speak("a", TEXT).run(60)
    alone = playing(batch_chars=0).open(max_lead_ms=-1).speak("a", TEXT).run(60)
    assert len(alone.sent) == len(SENTENCES)
    assert len(joined.sent) < len(SENTENCES)
    assert joined.sent[0] == SENTENCES[0].strip()
    assert " ".join(joined.sent) == TEXT.strip()
    assert heard_at(joined)[0] == heard_at(alone)[0]
    assert heard_at(joined)[1] <= heard_at(alone)[1]


def test_every_segment_is_told_as_spoken_and_the_words_are_where_they_sound():
    world = playing(word_times=True).open(max_lead_ms=-1, options=UtteranceOptions(words=True))
    world.speak("a", TEXT).run(60)
    assert len(world.sent) < len(SENTENCES)
    spoken = [fact.segment for fact in world.facts if isinstance(fact, SegmentSpoken)]
    assert spoken == list(range(len(SENTENCES)))
    words = world.of(replies.WordSpoken)
    assert [TEXT[word.source_start : word.source_end] for word in words] == TEXT.split()
    assert {word.method for word in words} == {replies.WordMethod.VENDOR}
    assert all(a.end_sample <= b.start_sample for a, b in itertools.pairwise(words))
    samples = world.audio("a")
    for word in words:  # every sample says which character it speaks
        middle = samples[(word.start_sample + word.end_sample) // 2]
        assert world.chars[middle - 1] in TEXT[word.source_start : word.source_end]


def test_without_word_times_each_words_estimate_is_inside_the_audio_and_in_order():
    world = playing().open(max_lead_ms=-1, options=UtteranceOptions(words=True)).speak("a", TEXT).run(60)
    words = world.of(replies.WordSpoken)
    assert [TEXT[word.source_start : word.source_end] for word in words] == TEXT.split()
    assert all(a.end_sample <= b.start_sample for a, b in itertools.pairwise(words))


def test_what_came_while_two_were_on_their_way_is_asked_for_when_one_has_ended():
    world = playing(speed=1.0).open(max_lead_ms=-1)
    for sentence in SENTENCES:  # a writer faster than the voice
        world.text("a", sentence).run(0.1)
    assert world.sent == [sentence.strip() for sentence in SENTENCES[:2]]
    world.tell(events.End("a")).run(60)
    assert len(world.sent) < len(SENTENCES)
    assert " ".join(world.sent) == TEXT.strip()


def test_a_vendor_that_keeps_context_is_given_text_as_it_comes():
    world = playing(keeps_context=True).open(max_lead_ms=-1).speak("a", TEXT).run(60)
    assert len(world.sent) == len(SENTENCES)


def test_a_vendor_that_tells_no_ends_is_not_waited_for_for_ever():
    world = playing(marks=False).open(max_lead_ms=-1).speak("a", TEXT).run(90)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    assert letters(world) == LETTERS


def test_a_flush_is_answered_behind_its_own_audio():
    world = playing().open(max_lead_ms=-1)
    world.tell(events.Text("a", "".join(SENTENCES[:4])), events.Flush("a", "f"))
    world.speak("a", "".join(SENTENCES[4:])).run(60)
    (flushed,) = world.of(replies.Flushed)
    before = " ".join(sentence.strip() for sentence in SENTENCES[:4])
    assert before in [" ".join(world.sent[:count]) for count in range(1, len(world.sent))]
    told = world.audio("a")[: flushed.end_sample]
    assert world.chars[told[told > LOUD][-1] - 1] == "."
    assert letters(world) == LETTERS


def test_of_a_joined_request_that_is_cut_off_the_rest_is_said_elsewhere():
    for chars in range(60, 140, 7):
        world = playing(die_after_chars=chars, deaths=1).open(max_lead_ms=-1).speak("a", TEXT).run(60)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        heard = iter(letters(world))
        assert all(letter in heard for letter in LETTERS), "every letter is there, and in order"


def test_behind_a_cancel_what_waited_was_never_sent():
    world = playing().open(max_lead_ms=-1).speak("a", TEXT).run(0.2).tell(events.Cancel("a")).run(5)
    (cancelled,) = world.of(replies.UtteranceCancelled)
    assert cancelled.heard + cancelled.sent_unheard + cancelled.never_sent == TEXT
    assert len("".join(world.sent)) < len(TEXT) / 2


@pytest.mark.parametrize("level", list(TextLevel))
def test_at_every_level_the_same_words_are_said(level):
    route = Route("one", "v", text_level=level, batch_chars=240)
    world = World(
        scripts={"one": Script(keeps_context=False)}, voices={"joe": Voice("joe", ("en",), (route,))}
    )
    world.open(max_lead_ms=-1).speak("a", TEXT).run(60)
    assert "".join(world.sent).replace(" ", "") == LETTERS


def test_where_a_context_has_ended_the_pause_of_the_mark_is_heard_before_the_next_one():
    core = CoreSettings(context_idle_s=0.25)
    world = playing(core=core, keeps_context=True, word_times=True)
    world.open(max_lead_ms=-1, options=UtteranceOptions(words=True))
    world.text("a", SENTENCES[0]).run(0.8)  # the context is let go, while it is still heard
    world.speak("a", SENTENCES[1]).run(20)
    assert len(world.lines) == 2
    samples = world.audio("a")
    quiet = [len(list(run)) for value, run in itertools.groupby(samples.tolist()) if not value]
    assert max(quiet) * 1_000 / RATE == pytest.approx(320, abs=5)
    words = world.of(replies.WordSpoken)
    assert len(words) == len((SENTENCES[0] + SENTENCES[1]).split())
    for word in words:
        middle = samples[(word.start_sample + word.end_sample) // 2]
        assert world.chars[middle - 1] in TEXT[word.source_start : word.source_end]
