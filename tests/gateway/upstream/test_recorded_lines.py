"""The audio cache: what was said before is repeated, and sounds the same. Promise R27."""

import random
import re
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.facts import AttemptEnded, AttemptMade
from legato.domain.speech import Failover, Principal, Route, UtteranceOptions, Voice
from legato.domain.text import Break
from tests.gateway.upstream.recorded import GREETING, Studio, receipt_of, words_of
from tests.plays.world import CHAR_MS, RATE, PlainFront, Script

SCRIPTS = [
    pytest.param(Script(word_times=True), id="one context"),
    pytest.param(Script(word_times=True, keeps_context=False), id="a request each"),
    pytest.param(Script(speed=0.0, can_pause=False), id="all at once, no pause"),
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_r27_what_was_said_is_repeated_and_sounds_the_same(script):
    studio = Studio(scripts={"one": script})
    studio.speak("a", GREETING).run(10)
    sent = list(studio.sent)
    guest = studio.guest().speak("b", GREETING).run(10)
    assert studio.sent == sent
    assert guest.terminals() == {"b": ["UtteranceFinished"]}
    assert np.array_equal(guest.audio("b"), studio.audio("a"))
    assert receipt_of(guest, "b").cached_chars == receipt_of(studio, "a").sent_chars == sum(map(len, sent))
    assert (receipt_of(guest, "b").sent_chars, receipt_of(studio, "a").cached_chars) == (0, 0)


def test_r27_word_times_are_repeated_too():
    studio = Studio(scripts={"one": Script(word_times=True)})
    asks = UtteranceOptions(words=True)
    studio.tell(events.Begin("a", options=asks)).speak("a", GREETING).run(10)
    guest = studio.guest(options=asks).speak("b", GREETING).run(10)
    assert len(studio.lines) == 1
    words = [[(word.word, word.start_sample, word.method) for word in world.of(replies.WordSpoken)]
             for world in (studio, guest)]  # fmt: skip
    assert words[0] == words[1]
    assert len(words[0]) == len(GREETING.split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_r27_order_is_kept_over_hits_and_misses(script):
    studio = Studio(scripts={"one": script})
    studio.speak("a", "hello there. how are you?").run(10)
    studio.speak("b", "goodbye.").run(10)
    told = len(studio.sent)
    guest = studio.guest().speak("c", "hello there. your code is one. goodbye.").run(20)
    assert guest.terminals() == {"c": ["UtteranceFinished"]}
    heard = guest.said("c")
    assert [heard.find(part) for part in ("hello there.", "your code is one.", "goodbye.")] == sorted(
        heard.find(part) for part in ("hello there.", "your code is one.", "goodbye.")
    )
    assert "".join(studio.sent[told:]).startswith("your code is one.")
    assert receipt_of(guest, "c").cached_chars >= len("hello there.")
    assert receipt_of(guest, "c").sent_chars + receipt_of(guest, "c").cached_chars == len(
        "hello there.your code is one.goodbye."
    )


def test_a_recording_is_left_where_the_text_goes_another_way():
    """Only what is next in the script is said on its line: a second request of the recording does not begin another utterance."""
    studio = Studio()
    studio.speak("a", "hello there. how are you?").run(10)
    told = len(studio.sent)
    guest = studio.guest().speak("b", "how are you? hello there.").run(20)
    assert studio.sent[told:] == ["how are you? hello there."]  # the front end cuts at full stops only
    assert guest.said("b") == "how are you? hello there."


JOINING = {"joe": Voice("joe", ("en",), (Route("one", "v", batch_chars=240),))}
FIVE = "one is said. two is said. three is said. four is said. five is said."
FIRST = FIVE.index("four")


class Borders(PlainFront):
    """Something in the text separates the third sentence from the fourth."""

    apart: ClassVar[dict[str, object]] = {}

    def _cut(self, n):
        segment = super()._cut(n)
        return replace(segment, **self.apart) if segment.index == 2 else segment


class Breaks(Borders):
    apart: ClassVar[dict[str, object]] = {"pause_ms": 2_000}


class Paragraphs(Borders):
    apart: ClassVar[dict[str, object]] = {"ends_with": Break.PARAGRAPH}


@pytest.mark.parametrize(("front", "least_s"), [(Breaks, 2.0), (Paragraphs, 0.55)])
def test_sentences_that_were_joined_are_not_repeated_as_one_where_the_text_separates_them(front, least_s):
    studio = Studio(scripts={"one": Script(keeps_context=False)}, voices=JOINING)
    studio.speak("a", FIVE).run(20)
    assert "three is said. four is said." in studio.sent
    guest = studio.guest(front=front).speak("b", FIVE).run(20)
    silences = [len(run) for run in re.findall(b"(?:\0\0)+", guest.audio("b").tobytes())]
    assert max(silences) / 2 / RATE == pytest.approx(least_s, abs=0.1)
    assert words_of(guest, "b") == FIVE.replace(" ", "")


def test_a_flush_within_a_joined_request_is_answered_where_its_own_text_ends():
    studio = Studio(scripts={"one": Script(keeps_context=False)}, voices=JOINING)
    studio.speak("a", FIVE).run(20)
    guest = studio.guest(max_lead_ms=500)  # so that what comes after the flush waits as well
    guest.text("b", FIVE[:FIRST]).tell(events.Flush("b", "f")).speak("b", FIVE[FIRST:]).run(20)
    [flushed] = guest.of(replies.Flushed)
    assert words_of(guest, "b", flushed.end_sample) == FIVE[:FIRST].replace(" ", "")
    assert words_of(guest, "b") == FIVE.replace(" ", "")


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        (UtteranceOptions(), False),
        (UtteranceOptions(speed=1.2), True),
        (UtteranceOptions(pitch=2.0), True),
        (UtteranceOptions(volume=-3.0), True),
    ],
)
def test_r27_the_key_covers_how_it_is_said(changed, again):
    studio = Studio()
    studio.speak("a", "hello there.").run(5)
    studio.tell(events.Begin("b", options=changed)).speak("b", "hello there.").run(5)
    assert studio.sent == ["hello there."] * (1 + again)


def test_r27_the_key_covers_language_voice_and_route():
    routes = (Route("one", "v"),)
    voices = {
        "joe": Voice("joe", ("en", "de"), routes),
        "eve": Voice("eve", ("en",), (Route("one", "w"),)),
        "loud": Voice("loud", ("en",), (Route("one", "v", {"model": "loud"}),)),
    }
    studio = Studio(voices=voices)
    studio.speak("a", "hello there.").run(5)
    for number, begun in enumerate([{"language": "de"}, {"voice": "eve"}, {"voice": "loud"}], 2):
        studio.tell(events.Begin(f"b{number}", **begun)).speak(f"b{number}", "hello there.").run(5)
        assert len(studio.sent) == number


@pytest.mark.parametrize(
    "spoilt",
    [
        Script(die_after_chars=6),
        Script(refuse=Reason.VENDOR_UNREACHABLE),
        Script(empty=True),
        Script(joins=True, first_s=0.1, keeps_context=False),
        Script(marks=False),
    ],
    ids=["lost", "refused", "empty", "joined", "no marks"],
)
def test_what_was_not_spoken_to_its_end_is_not_kept(spoilt):
    studio = Studio(scripts={"one": spoilt})
    studio.speak("a", "hello there my friends. how are you?").run(10)
    studio.scripts["one"] = Script()
    told = len(studio.sent)
    guest = studio.guest().speak("b", "hello there my friends. how are you?").run(10)
    assert guest.terminals() == {"b": ["UtteranceFinished"]}
    assert "".join(studio.sent[told:]).replace(" ", "").endswith("howareyou?")
    assert guest.said("b").replace(" ", "") == "hellotheremyfriends.howareyou?"


def test_what_is_cut_short_by_a_barge_in_is_kept_up_to_its_last_whole_request():
    studio = Studio(scripts={"one": Script(speed=2.0)})
    studio.speak("a", GREETING).run(0.5).tell(events.Cancel()).run(1)
    told = len(studio.sent)
    guest = studio.guest().speak("b", GREETING).run(20)
    assert words_of(guest, "b") == GREETING.replace(" ", "")
    assert studio.sent[told:] == ["how can i help you today?"]


def test_r27_kept_audio_has_a_bound_and_what_was_not_asked_for_longest_goes():
    per_text = len("text number 0.") * CHAR_MS * RATE // 1000 * 2
    studio = Studio(most_bytes=per_text * 10)
    for number in range(10):
        studio.speak(f"a{number}", f"text number {number}.").run(5)
    studio.speak("again", "text number 0.").run(5)
    assert len(studio.sent) == 10
    studio.speak("new", "text number x.").run(5)
    assert studio.recordings.size <= per_text * 10
    studio.speak("kept", "text number 0.").run(5)
    assert len(studio.sent) == 11
    studio.speak("gone", "text number 1.").run(5)
    assert len(studio.sent) == 12


def test_recordings_have_an_age():
    studio = Studio(keep_s=100.0)
    studio.speak("a", "hello there.").run(99)
    studio.speak("b", "hello there.").run(10)
    assert len(studio.sent) == 1
    studio.speak("c", "hello there.").run(10)
    assert len(studio.sent) == 2


def test_a_voice_is_warmed_up_through_the_cache():
    studio, warmed = Studio(), []
    studio.warm = lambda *asked: warmed.append(asked)
    studio.recorded.warm(Route("one", "v"), "en", Principal())
    assert warmed == [(Route("one", "v"), "en", Principal())]


def test_a_run_that_is_over_is_held_by_its_recording_alone():
    studio = Studio()
    for number in range(3):
        studio.speak(f"a{number}", f"text number {number}.").run(5)
    studio.speak("b", GREETING).run(0.3).tell(events.Cancel()).run(5)
    assert len(studio.recordings) == 4
    assert not studio.recorded._making


def test_facts_tell_what_was_repeated():
    studio = Studio()
    studio.speak("a", "hello there.").run(5)
    studio.speak("b", "hello there.").run(5)
    made = [(fact.cached, fact.reason) for fact in studio.facts if isinstance(fact, AttemptMade)]
    ended = [(fact.chars, fact.outcome) for fact in studio.facts if isinstance(fact, AttemptEnded)]
    assert made == [(False, ""), (True, "")]
    assert ended == [(12, "finished"), (0, "finished")]
    assert studio.recorded.lookups() == {"hit": 1, "miss": 1}
    assert studio.recorded.kept_bytes == 12 * CHAR_MS * RATE // 1000 * 2


WORDS = ["alpha", "beta", "gamma", "delta", "epsilon"]
SENTENCES = [*[f"{word} is sentence number {word}." for word in WORDS], "..."]


def any_voice(dice):
    """Any kind of voice: what it marks, joins, tells and withstands."""
    return Script(
        keeps_context=dice.random() < 0.5,
        word_times=dice.random() < 0.5,
        speed=dice.choice([0.0, 1.5, 4.0]),
        can_pause=dice.random() < 0.5,
        marks=dice.random() < 0.7,
        joins=dice.random() < 0.3,
        marks_are_mute=True,
        die_after_chars=dice.choice([None, None, None, 30]),
        deaths=1,
        acquire_s=dice.choice([0.0, 0.0, 0.1]),
    )


def say_somehow(dice, studio, guest, name, text):
    """At once, or as a model writes it, with whatever clients do meanwhile."""
    parts = [text] if dice.random() < 0.5 else re.findall(r"\S+\s*", text)
    for part in parts:
        guest.text(name, part)
        if dice.random() < 0.1:
            guest.tell(events.Flush(name, f"{name}-{len(guest.log)}"))
        if len(parts) > 1:
            studio.run(dice.choice([0.0, 0.01, 0.05]))
    guest.tell(events.End(name))
    studio.run(dice.choice([0.0, 0.01, 0.3, 2.0]))
    asked = dice.random()
    if asked < 0.2:
        guest.tell(events.Cancel(utterance_id=name))
    elif asked < 0.3:
        guest.tell(events.Pause())
        studio.run(dice.choice([0.0, 0.5]))
        guest.tell(events.Resume())


@pytest.mark.volume
@pytest.mark.parametrize("seed", range(6))
def test_r27_random_texts_of_common_sentences_are_all_said_once_and_in_order(seed):
    dice = random.Random(seed)
    for _ in range(25):
        script = any_voice(dice)
        route = Route("one", "v", batch_chars=dice.choice([0, 120]) if script.marks else 0)
        voices = {"joe": Voice("joe", ("en",), (route,), failover=Failover.SPLICE)}
        studio = Studio(
            scripts={"one": script}, voices=voices, most_bytes=dice.choice([10**4, 10**5, 3 * 10**5, 10**7])
        )
        guests = [studio.guest(max_lead_ms=dice.choice([-1, 400])) for _ in range(4)]
        texts = {}
        for turn in range(5):
            for number, guest in enumerate(guests):
                name = f"{number}-{turn}"
                texts[name] = " ".join(
                    dice.choices(SENTENCES if script.marks else SENTENCES[:-1], k=dice.randint(1, 5))
                )
                say_somehow(dice, studio, guest, name, texts[name])
                if dice.random() < 0.02:
                    guest.tell(events.Closed())
                    guests[number] = studio.guest()
                    texts = {one: text for one, text in texts.items() if not one.startswith(f"{number}-")}
        studio.run(400)
        # Whoever repeats what is being spoken is surprised once by a voice that joins requests, and by one that dies.
        may_repeat = studio.deaths or (script.joins and script.marks)
        for number, guest in enumerate(guests):
            ends = guest.terminals()
            for name, text in texts.items():
                if not name.startswith(f"{number}-"):
                    continue
                assert len(ends[name]) == 1
                if ends[name] != ["UtteranceFinished"]:
                    assert ends[name] == ["UtteranceCancelled"]
                    continue
                heard, wanted = (
                    said.replace("...", "").replace(" ", "") for said in (words_of(guest, name), text)
                )
                assert heard == wanted or (may_repeat and len(heard) >= len(wanted)), script
        assert (studio.leased, len(studio.recorded._making)) == (0, 0)
        kept = [event for one in studio.recordings._found.values() for event in one.events]
        assert studio.recordings.size == sum(len(event) for event in kept if isinstance(event, bytes))
