"""Vendors that die while flushes are owed: each flush is answered once, in order, where the audio of its text ends.

`LEGATO_DEATHS` sets how many plays there are. Most texts are short: what goes wrong goes wrong at their ends, and a word costs time.
"""

import random
from dataclasses import dataclass, field

import pytest

from gateway.simulator.tones import decode
from gateway.simulator.words import NUMBERS, WORDS
from legato.domain import events, replies
from legato.domain.speech import Route, StreamLimits, Voice
from tests.plays.dying import WORD_TIMES, Deathbed, Mortal
from tests.plays.test_deaths import BATCHES, PLAYS, random_route
from tests.plays.world import RATE, Script, World


@dataclass
class Asked:
    """What was asked of one utterance: its words, and how many of them come before each flush."""

    words: list[str] = field(default_factory=list)
    flushes: dict[str, int] = field(default_factory=dict)


def deathbed(routes: dict[str, Mortal], seed: int) -> Deathbed:
    voices = {"joe": Voice("joe", ("en",), tuple(Route(name, "v") for name in routes))}
    limits = StreamLimits(no_route_before_audio_ms=60_000, no_route_after_audio_ms=60_000)
    return Deathbed(routes, seed, voices=voices, limits=limits)


def play(seed: int) -> tuple[Deathbed, dict[str, Asked]]:
    dice = random.Random(seed)
    world = deathbed({name: random_route(dice, dice.choice(WORD_TIMES)) for name in ("one", "two")}, seed)
    world.open(max_lead_ms=dice.choice([-1, -1, 0, 400, 3_000]))
    words = dice.sample(WORDS, 60)
    told = {name: Asked() for name in ("a", "b", "c")[: dice.randint(1, 3)]}
    for name, asked in told.items():
        for _ in range(dice.randint(1, dice.choice([3, 6, 6, 12]))):
            asked.words.append(words.pop())
            world.text(name, asked.words[-1] + dice.choice([" ", " ", " ", ". "])).run(
                dice.choice([0, 0, 0.03, 0.2, 1])
            )
            while dice.random() < 0.25:
                flush_id = f"{name}{len(asked.flushes)}"
                asked.flushes[flush_id] = len(asked.words)
                world.tell(events.Flush(name, flush_id)).run(dice.choice([0, 0, 0.2]))
            if dice.random() < 0.03:
                world.tell(events.Pause(0)).run(dice.uniform(0, 0.6)).tell(events.Resume(0))
        world.tell(events.End(name))
    return world.run(200), told


def wrong_with(world: Deathbed, name: str, asked: Asked) -> str:
    if world.terminals().get(name) != ["UtteranceFinished"]:
        return f"terminal {world.terminals().get(name)}"
    answers = [one for one in world.of(replies.Flushed) if one.utterance_id == name]
    if [one.flush_id for one in answers] != [*asked.flushes]:
        return f"answered {[one.flush_id for one in answers]} of {[*asked.flushes]}"
    start = next(
        (one.start_sample for one in world.of(replies.UtteranceStarted) if one.utterance_id == name), 0
    )
    audio = world.audio(name)
    for answer, (flush_id, count) in zip(answers, asked.flushes.items(), strict=True):
        border = answer.end_sample - start
        heard = {*decode(audio[:border], RATE)}
        missing = [word for word in asked.words[:count] if NUMBERS[word] not in heard]
        if missing or border > len(audio):
            return f"{flush_id} at {border} of {len(audio)}: {missing} come after it"
    return ""


@pytest.mark.volume
@pytest.mark.parametrize("batch", range(BATCHES))
def test_r6_whoever_dies_every_flush_is_answered_once_where_its_text_ends(batch):
    per_batch = max(PLAYS // BATCHES, 1)
    for seed in range(batch * per_batch, (batch + 1) * per_batch):
        world, told = play(seed)
        for name, asked in told.items():
            assert wrong_with(world, name, asked) == "", f"seed {seed}, utterance {name}"


def test_r6_a_flush_is_answered_though_its_voice_died_before_it_told_that_all_was_said():
    """The word times tell it: nothing is said again, and so nothing else would settle the flush."""
    world = deathbed({"one": Mortal(dies=(("marker", 1),), times="at_the_end", speed=1.0)}, 1).open()
    world.text("a", f"{WORDS[1]} ").tell(events.Flush("a", "f"), events.End("a")).run(30)
    assert len(world.mortals) == 1
    assert wrong_with(world, "a", Asked([WORDS[1]], {"f": 1})) == ""


@pytest.mark.parametrize("dies_after", range(16, 26))
@pytest.mark.parametrize("word_times", [True, False])
def test_r6_a_flush_is_answered_at_the_end_of_its_text_though_the_marker_came_before_its_last_sound(
    dies_after, word_times
):
    """The end that the marker has set is set anew: what broke off behind it is said again, or was dropped unwritten."""
    early = Script(word_times=word_times, mark_early_chars=4, die_after_chars=dies_after, deaths=1, speed=4.0)
    world = World(scripts={"one": early, "two": Script(word_times=True)}).open(max_lead_ms=300)
    for number, text in enumerate(("Eight. ", "Four five six seven. ")):
        world.text("a", text).tell(events.Flush("a", str(number))).run(0.5)
    world.tell(events.End("a")).run(30)
    assert world.terminals() == {"a": ["UtteranceFinished"]}
    answers = world.of(replies.Flushed)
    assert [one.flush_id for one in answers] == ["0", "1"]
    assert answers[1].end_sample == len(world.audio())
