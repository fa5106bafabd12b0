"""Real speech that breaks off, its word times withheld: where the next route goes on. Promises R3 and R6."""

import random

import pytest

from legato.core.attention import Attention
from legato.core.shared import Shared
from legato.domain import replies
from legato.domain.text import Reading
from tests.plays.dying import Mortal, MortalLine
from tests.plays.speaking import SENTENCES, SpeakingLine, real_speech, spoken, words_said
from tests.plays.world import RATE


class HastyLine(SpeakingLine):
    """Says that it is done while the last second of its sound is still to come."""

    BEHIND_MS = 1_000

    def say(self, segment: int, reading: Reading) -> None:
        super().say(segment, reading)
        marker = self.queue.pop()
        self.queue.insert(len(self.queue) - self.BEHIND_MS // self.route.chunk_ms, marker)


def dies_at(
    text: str,
    ms: float,
    speed: float,
    shared: Shared | None = None,
    line: type[MortalLine] = SpeakingLine,
) -> tuple[int, int]:
    """The words that were lost, and those that were heard twice."""
    routes = {"one": Mortal((("ms", ms),), speed=speed), "two": Mortal()}
    world = real_speech(routes, line, shared)
    world.open(max_lead_ms=-1).speak("a", text).run(30)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    first, rest = world.sent
    kept = len(first.split()) - len(rest.split())
    assert first.endswith(rest)
    written = len(world.audio("a")) - len(spoken(rest)[0])
    said = words_said(first, written)
    (seam,) = world.of(replies.Seam)
    assert seam.method == "rewind"
    return max(kept - said, 0), max(said - kept, 0)


def test_r3_r6_no_word_is_lost_and_at_nearly_every_place_at_most_two_are_said_again():
    dice = random.Random(5)
    found = []
    for text in SENTENCES:
        length_ms = len(spoken(text)[0]) / RATE * 1_000
        found += [
            dies_at(text, dice.uniform(300, length_ms - 400), dice.choice([1.0, 1.0, 4.0])) for _ in range(8)
        ]
    assert [lost for lost, _ in found] == [0] * len(found)
    again = [count for _, count in found]
    assert sum(count <= 2 for count in again) >= 0.9 * len(again), again
    assert max(again) <= 4


def test_r3_r23_where_many_die_at_once_few_are_listened_to_and_no_word_of_the_others_is_lost():
    """All of them in the same moment of a virtual clock: there is time to listen to two or three of them."""
    shared = Shared(attention=Attention(frames_per_s=0.0, at_once=400))
    found = [dies_at(text, ms, 1.0, shared) for ms in range(900, 4_100, 200) for text in SENTENCES]
    assert [lost for lost, _ in found] == [0] * len(found)
    listened = [dies_at(text, ms, 1.0) for ms in range(900, 4_100, 200) for text in SENTENCES]
    assert found[:2] == listened[:2]
    assert sum(again for _, again in found) > 2 * sum(again for _, again in listened)
    assert max(again for _, again in found) <= 10


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("left_ms", [100, 500, 900])
@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_r3_r6_no_word_behind_a_marker_that_came_too_early_is_lost(text, left_ms, speed):
    """Its sentence counted as complete, so that nobody said what was left of it."""
    length_ms = len(spoken(text)[0]) / RATE * 1_000
    lost, again = dies_at(text, length_ms - left_ms, speed, line=HastyLine)
    assert lost == 0
    assert again <= 10
