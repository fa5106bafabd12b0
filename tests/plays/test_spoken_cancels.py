"""Real speech that is cut off by a client that tells what it has played: how near to the truth is what it is told it heard. Promise R10.

Plain English sentences; `docs/performance.md` has others."""

import pytest

from legato.core.shared import Shared
from legato.domain import events, replies
from tests.plays.dying import Mortal
from tests.plays.speaking import SENTENCES, real_speech, spoken, words_said
from tests.plays.world import RATE

MOMENTS = 24
"""How often each sentence is cut off: evenly, from its first quarter of a second to its last word."""
HALF = 0.5
"""A word was heard if half of it sounded."""


def known_pace(speed: float) -> Shared:
    """What streams share once the voice has spoken every sentence."""
    shared = Shared()
    for text in SENTENCES:
        real_speech({"one": Mortal(speed=speed)}, shared=shared).open(max_lead_ms=-1).speak("a", text).run(30)
    return shared


def words_off(text: str, played: int, speed: float, shared: Shared | None) -> int:
    """How many words too many or too few are told as heard."""
    world = real_speech({"one": Mortal(speed=speed)}, shared=shared).open(
        finish_when_heard=True, max_lead_ms=-1
    )
    world.speak("a", text).run(played / RATE + 0.15).tell(events.Cancel(track=0, played_sample=played))
    (told,) = world.of(replies.UtteranceCancelled)
    assert told.method is replies.HeardMethod.PLAYED
    assert told.heard + told.sent_unheard + told.never_sent == text
    return abs(len(told.heard.split()) - words_said(text, played, HALF))


def share_within_a_word(speed: float, shared: Shared | None) -> float:
    off = []
    for text in SENTENCES:
        first, last = RATE // 4, len(spoken(text)[0]) - RATE // 5
        off += [words_off(text, first + (last - first) * n // MOMENTS, speed, shared) for n in range(MOMENTS)]
    assert max(off) <= 3, off
    return sum(words <= 1 for words in off) / len(off)


@pytest.mark.parametrize("speed", [1.5, 4.0])
def test_r10_without_word_times_what_was_heard_is_right_within_a_word_in_95_of_100_cancels(speed):
    assert share_within_a_word(speed, known_pace(speed)) >= 0.95


@pytest.mark.parametrize("speed", [1.5, 4.0])
def test_r10_so_it_is_in_the_first_utterance_of_a_voice_whose_pace_nobody_knows(speed):
    assert share_within_a_word(speed, None) >= 0.95


def test_r10_of_a_voice_no_faster_than_speech_it_is_right_within_a_word_in_90_of_100():
    """How long its sentence will be is not known while it sounds, and nothing but the number of letters tells which word that is."""
    assert share_within_a_word(1.0, known_pace(1.0)) >= 0.9
