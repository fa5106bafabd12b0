"""Read-ahead: how much is paid for and never heard when listeners interrupt (rule 9; issue of every voice agent).

Conversations are replayed with the same tokens, the same voice and the same interruptions, once with the lead limit of the native
contract and once without: at least 40 % fewer unheard characters, and no more underruns.
"""

import random

import pytest

from legato.domain import events, replies
from legato.domain.facts import Underran
from tests.plays.world import Script, World

WORDS = [
    "the",
    "gateway",
    "sizes",
    "every",
    "chunk",
    "to",
    "the",
    "listener",
    "and",
    "keeps",
    "a",
    "warm",
    "line",
    "so",
    "that",
    "speech",
    "begins",
    "at",
    "once",
    "and",
    "never",
    "waits",
]


def conversation(seed: int) -> tuple[list[tuple[float, str]], float]:
    """Tokens with the gap before each, and when the listener interrupts."""
    dice = random.Random(seed)
    tokens = []
    for _ in range(dice.randrange(4, 12)):
        sentence = [dice.choice(WORDS) + " " for _ in range(dice.randrange(6, 18))]
        sentence[-1] = sentence[-1].strip() + ". "
        tokens += [(dice.expovariate(60), word) for word in sentence]
    return tokens, dice.uniform(1.0, 15.0)


def replay(seed: int, max_lead_ms: int) -> tuple[int, int]:
    """Characters sent to the voice and not heard, and underruns."""
    tokens, barge_in_s = conversation(seed)
    script = Script(first_s=0.08, speed=4.0, chunk_ms=40)
    world = World(scripts={"one": script}).open(max_lead_ms=max_lead_ms, finish_when_heard=True)
    start = world.clock.now
    for gap, token in tokens:
        if world.clock.now + gap - start >= barge_in_s:
            break
        world.run(gap).text("a", token)
    else:
        world.tell(events.End("a"))
    world.run(max(barge_in_s - (world.clock.now - start), 0)).tell(events.Cancel())
    underruns = sum(isinstance(fact, Underran) for fact in world.facts)
    cancelled = world.of(replies.UtteranceCancelled)
    if not cancelled:
        return 0, underruns
    return max(cancelled[0].receipt.sent_chars - len(cancelled[0].heard), 0), underruns


@pytest.mark.volume
def test_a_lead_limit_saves_characters_that_nobody_hears_and_costs_no_underrun():
    limited = [replay(seed, 3_000) for seed in range(60)]
    free = [replay(seed, -1) for seed in range(60)]
    unheard = sum(chars for chars, _ in limited)
    assert unheard <= 0.6 * sum(chars for chars, _ in free)
    assert sum(count for _, count in limited) <= sum(count for _, count in free)


@pytest.mark.volume
@pytest.mark.parametrize("max_lead_ms", [400, 1_000, 3_000])
def test_the_tighter_the_limit_the_less_is_wasted(max_lead_ms):
    wider = {400: 1_000, 1_000: 3_000, 3_000: -1}[max_lead_ms]
    tight = sum(replay(seed, max_lead_ms)[0] for seed in range(20))
    assert tight <= sum(replay(seed, wider)[0] for seed in range(20))
