"""Rule 15: what a client hears and is told of a text does not depend on how its tokens were cut, nor on when they came.

A token of which nothing can be spoken yet moves nothing (`Stream._changes_only_text`): a stream that looks at all its tracks
after every event does exactly the same, whatever else happens meanwhile.
"""

import random

import pytest

from legato.core.stream import Stream
from legato.domain import events, replies
from legato.domain.speech import Failover, Route, StreamLimits, UtteranceOptions, Voice
from tests.plays.test_fuzz import NAMES, random_event, random_script
from tests.plays.world import Script, World

PLAYS = 30
BATCHES = 10
TEXTS = {
    "a": "Once upon a time there was a king. He had three daughters, all of them tall. The eldest sang.",
    "b": "It rained. Nobody minded. ",
    "c": "One more thing: stop",
}
TRACKS = {"a": 0, "b": 1, "c": 1}
PIECES = ("al", "pha", " be", "ta", " gam", "ma. ", "del", "ta, ", "x", " ", "1")


def cut(dice, text):
    """Cut a text into tokens."""
    places = sorted(dice.sample(range(1, len(text)), dice.randrange(1, len(text))))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


def told(tokens, dice, script):
    """Send these tokens, the utterances' in turns; return what was said and told of each."""
    world = World(scripts={"one": script})
    world.open(options=UtteranceOptions(words=True), max_lead_ms=3_000)
    world.tell(*(events.Begin(name, track=track) for name, track in TRACKS.items()))
    waiting = {name: list(parts) for name, parts in tokens.items()}
    while waiting:
        name = dice.choice(sorted(waiting))
        world.text(name, waiting[name].pop(0))
        if not waiting[name]:
            del waiting[name]
            world.tell(events.End(name))
        world.run(dice.choice((0.0, 0.002, 0.005)))  # a longer wait would be a reason to cut
    world.run(60)
    kinds = replies.WordSpoken | replies.Flushed | replies.Warned
    return {
        name: (
            world.said(name),
            len(world.audio(name)),
            [reply for _, reply in world.log if isinstance(reply, kinds) and reply.utterance_id == name],
            world.terminals()[name],
        )
        for name in TEXTS
    }


@pytest.mark.parametrize("seed", range(24))
def test_a_text_is_heard_and_told_the_same_however_its_tokens_are_cut(seed):
    dice = random.Random(seed)
    script = Script(word_times=True, speed=dice.choice((0.9, 4.0, 0.0)))
    whole = told({name: [text] for name, text in TEXTS.items()}, dice, script)
    assert [len(words) for _, _, words, _ in whole.values()] == [len(text.split()) for text in TEXTS.values()]
    assert told({name: cut(dice, text) for name, text in TEXTS.items()}, dice, script) == whole
    assert told({name: list(text) for name, text in TEXTS.items()}, dice, script) == whole


def chat(seed):
    """Play a client that sends tokens, and now and then does anything else."""
    dice = random.Random(seed)
    scripts = {name: random_script(dice) for name in ("one", "two")}
    voices = {"joe": Voice("joe", ("en",), tuple(Route(name, "v") for name in scripts), Failover.SPLICE)}
    world = World(scripts=scripts, voices=voices, limits=StreamLimits(head_idle_ms=1_000, pause_max_ms=2_000))
    world.open(max_lead_ms=dice.choice((-1, 300, 3_000)), finish_when_heard=dice.random() < 0.3)
    for _ in range(60):
        token = events.Text(dice.choice(NAMES[:4]), dice.choice(PIECES))
        world.tell(token if dice.random() < 0.7 else random_event(dice))
        world.run(dice.choice((0.0, 0.01, 0.05, 0.05, 0.3)))
        if dice.random() < 0.05:
            world.paused = not world.paused
            if not world.paused:
                world.session.drained()
    world.tell(dice.choice((events.HalfClosed(), events.Closed(), events.Drain(world.clock.now + 2))))
    world.paused = False
    world.session.drained()
    return world.run(200)


@pytest.mark.volume
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_token_that_moves_nothing_would_have_moved_nothing(batch, monkeypatch):
    left_alone = []
    knows = Stream._changes_only_text

    def counted(stream, event):
        left_alone.append(knows(stream, event))
        return left_alone[-1]

    for seed in range(batch * PLAYS, (batch + 1) * PLAYS):
        monkeypatch.setattr(Stream, "_changes_only_text", counted)
        played = chat(seed)
        monkeypatch.setattr(Stream, "_changes_only_text", lambda *_: False)
        always = chat(seed)
        assert repr((played.log, played.sent)) == repr((always.log, always.sent)), f"seed {seed}"
    assert sum(left_alone) > 10 * PLAYS
