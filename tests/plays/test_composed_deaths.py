"""Everything at once that makes a death hard: at, just before and just behind a marker, in the last chunk, several in a row, in a race, while
the track is paused or the outlet shut, around a cancel and a drain, on two tracks, in texts of one word, of very long ones and of none.

What is heard is counted sample by sample (`coded`). Promises R3, R7 and R8. `LEGATO_COMPOSED` sets how many plays there are.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from legato.domain import events, replies
from legato.domain.speech import Failover, Route, StreamLimits, Voice
from tests.plays.coded import Coded, CodedBed, Heard, Inventor, spoken_words

PLAYS = int(os.environ.get("LEGATO_COMPOSED", "600"))
BATCHES = 12
EXACT = ("ahead", "along")
TIMES = (*EXACT, "behind", "at_the_end", "absent", "none")
TERMINAL = (replies.UtteranceFinished, replies.UtteranceCancelled, replies.UtteranceFailed)


@dataclass
class Told:
    """One play: what was asked, and what came of it."""

    world: CodedBed
    texts: dict[str, str] = field(default_factory=dict)
    tracks: dict[str, int] = field(default_factory=dict)
    invent: Inventor = field(default_factory=Inventor)
    drained: bool = False
    closed: bool = False


def random_fate(dice: random.Random) -> tuple[str, float] | None:
    return dice.choice(
        [
            None,
            None,
            ("near", 0),
            ("near", dice.randint(1, 20)),
            ("near", -dice.randint(1, 20)),
            ("near", -dice.randint(1, 400)),
            ("marker", dice.randint(1, 3)),
            ("begun", dice.randint(1, 3)),
            ("ms", dice.uniform(0, 3_000)),
            ("after", dice.uniform(0, 1.5)),
            ("end", 0),
            ("begin", 0),
            ("lease", 0),
        ]
    )


def random_route(dice: random.Random, others: list[str]) -> Coded:
    times, marks = dice.choice(TIMES), dice.random() < 0.75
    return Coded(
        dies=tuple(random_fate(dice) for _ in range(dice.choice([1, 1, 2, 3, 5]))),
        first_s=dice.choice([0.0, 0.06, 0.3]),
        speed=dice.choice([0.0, 1.0, 1.5, 4.0, 20.0]),
        chunk_ms=dice.choice([10, 20, 40, 200]),
        times=times,
        keeps_context=not marks or dice.random() < 0.4,
        marks=marks,
        joins=dice.random() < 0.2,
        stretch=dice.uniform(0.85, 1.2),
        spread=1.0 if times in EXACT else dice.choice([0.1, 0.2]),
        pause_ms=dice.choice([0, 0, 0, 5, 120]),
        detect_s=dice.choice([0.0, 0.0, 0.0, 0.2, 0.5]),
        acquire_s=dice.choice([0.0, 0.0, 0.05]),
        near=dice.randint(1, 3),
        overtaken=dice.choice(["", "", "", *others]),
    )


def random_text(dice: random.Random, invent: Callable[[random.Random, int], str]) -> str:
    """Sentences of one word, of several, of very long ones, of words that are spoken as several, and of none."""
    text = ""
    for _ in range(dice.choice([1, 1, 2, 3, 4])):
        kind = dice.randrange(6)
        if kind == 0:
            text += dice.choice(["... ", "  ", "- . ", "!? . "])
        elif kind == 1:
            text += invent(dice, 2) + ". "
        elif kind == 2:
            text += " ".join(invent(dice, dice.randint(8, 30)) for _ in range(dice.randint(1, 2))) + ". "
        else:
            words = [invent(dice, dice.choice([2, 2, 3, 4])) for _ in range(dice.randint(2, 9))]
            words = [word + ("-" + invent(dice, 3)) * (dice.random() < 0.1) for word in words]
            text += " ".join(words) + dice.choice([". ", ". ", "", ", "])
    return text


def play(seed: int) -> Told:
    dice = random.Random(seed)
    names = ["one", "two", "three"][: dice.choice([1, 2, 2, 3])]
    routes = {name: random_route(dice, [one for one in names if one != name]) for name in names}
    made = [
        Route(name, "v", batch_chars=dice.choice([0, 0, 120]) if not routes[name].overtaken else 0)
        for name in names
    ]
    for route in routes.values():  # a rival is named as the catalogue has it
        route.overtaken = route.overtaken if not any(one.batch_chars for one in made) else ""
    if any(route.overtaken for route in routes.values()):  # what one says is taken for another's
        for route in routes.values():
            route.spread, route.stretch = 0.1, 1.0
    limits = StreamLimits(
        no_route_before_audio_ms=60_000, no_route_after_audio_ms=60_000, pause_max_ms=60_000
    )
    failover = dice.choice([Failover.SPLICE] * 4 + [Failover.BEFORE_AUDIO, Failover.NONE])
    voice = Voice("joe", ("en",), tuple(made), failover=failover)
    world = CodedBed(routes, seed, voices={"joe": voice}, limits=limits)
    told = Told(world)
    world.open(max_lead_ms=dice.choice([-1, -1, 0, 400, 3_000]))
    wild = dice.random() < 0.6
    if wild:
        world.moment = lambda utterance_id: _at_a_death(told, dice, utterance_id)
    for name in ("a", "b", "c")[: dice.choice([1, 2, 2, 3])]:
        _write(told, dice, name)
        if wild and dice.random() < 0.3:
            _act(told, dice, name)
    for _ in range(dice.choice([0, 1, 3]) if wild else 0):
        _act(told, dice, dice.choice([*told.texts]))
        world.run(dice.choice([0, 0.03, 0.3, 1.0]))
    return _ends(told)


def _write(told: Told, dice: random.Random, name: str) -> None:
    world, text = told.world, random_text(dice, told.invent)
    told.tracks[name] = dice.choice([0, 0, 1])
    told.texts[name] = ""
    world.tell(events.Begin(name, track=told.tracks[name]))
    tokens = [text] if dice.random() < 0.5 else [token + " " for token in text.split(" ")]
    for token in tokens:
        if told.drained or told.closed:
            return
        told.texts[name] += token
        world.text(name, token).run(dice.choice([0, 0, 0.03, 0.2]))
        if dice.random() < 0.05:
            world.tell(events.Flush(name, "f"))
    if not told.closed:
        world.tell(events.End(name))


def _at_a_death(told: Told, dice: random.Random, utterance_id: str) -> None:
    if dice.random() < 0.15:
        _act(told, dice, utterance_id)


def _act(told: Told, dice: random.Random, name: str) -> None:
    world = told.world
    if told.closed or world.closed:
        return
    kind = dice.randrange(12)
    track = told.tracks.get(name, 0)
    if kind <= 1:
        played = dice.choice([None, None, 0, 4_000, 10**9])
        world.tell(events.Cancel(name, fade_ms=dice.choice([0, 20, 200]), played_sample=played))
    elif kind == 2:
        world.tell(events.Cancel("", track=dice.choice([None, track])))
    elif kind <= 5:
        world.tell(events.Pause(track))
        world.clock.at(
            world.clock.now + dice.uniform(0, 2), lambda: _unless_closed(told, events.Resume(track))
        )
    elif kind <= 8:
        world.paused = True
        world.clock.at(world.clock.now + dice.uniform(0, 3), lambda: _opens(world))
    elif kind == 9 and not told.drained and dice.random() < 0.3:
        told.drained = True
        world.tell(events.Drain(world.clock.now + dice.choice([0, 0.5, 3, 60])))
    elif kind == 10 and dice.random() < 0.3:
        told.closed = True
        world.tell(dice.choice([events.HalfClosed(), events.HalfClosed(), events.Closed()]))
    else:
        world.tell(events.Played(dice.choice([0, 4_000, 10**9]), track))


def _unless_closed(told: Told, event: events.ClientEvent) -> None:
    if not told.world.closed:
        told.world.tell(event)


def _opens(world: CodedBed) -> None:
    world.paused = False
    world.session.drained()


def _ends(told: Told) -> Told:
    world = told.world
    world.run(150)
    assert not world.session.open_utterances, "it hangs"
    assert world.leased == 0, "a line is not given back"
    if not world.session.closed:
        _is_free(world)
    if not world.session.closed:
        world.tell(events.HalfClosed()).run(1)
    assert world.session.closed
    assert world.alarm.deadline is None
    return told


def _is_free(world: CodedBed) -> None:
    state = world.session._core._state
    assert not state.utterances
    assert not state.leases
    assert not world.session._speakers
    assert all(not track.queue and not track.sounding for track in state.tracks.values())
    deadline = world.session._core.deadline()
    assert deadline is None or deadline > world.clock.now, "a deadline stays in the past"
    assert all(track.look_again_at is None and track.release_at is None for track in state.tracks.values())


def check(told: Told) -> None:
    world = told.world
    ends: dict[str, replies.Reply] = {}
    at: Counter[int] = Counter()
    last_word: dict[str, tuple[int, int]] = {}
    for _, reply in world.log:
        if isinstance(reply, replies.AudioChunk):
            track = told.tracks[reply.utterance_id]
            assert reply.utterance_id not in ends, "audio after the terminal event"
            assert reply.sample_offset == at[track], "a gap or an overlap in the sample clock"
            at[track] += len(reply.data) // 2
        elif isinstance(reply, replies.WordSpoken):
            place = reply.start_sample, reply.source_start
            before = last_word.get(reply.utterance_id, (0, -1))
            assert place[0] >= before[0], f"the word times fall from {before} to {place}"
            assert reply.end_sample >= reply.start_sample
            last_word[reply.utterance_id] = place
        elif isinstance(reply, TERMINAL):
            assert reply.utterance_id not in ends, "a second terminal event"
            ends[reply.utterance_id] = reply
    gone = any(isinstance(reply, replies.StreamError) for _, reply in world.log)
    for name, text in told.texts.items():
        _utterance(told, name, text, ends.get(name), gone=gone)


def _utterance(told: Told, name: str, text: str, end: object, *, gone: bool) -> None:
    world = told.world
    heard = world.heard(name)
    strange = [one for one in heard if one.saying.utterance_id != name]
    assert not strange, f"another utterance is heard: {strange}"
    words = spoken_words(text)
    first_heard = [word for word in dict.fromkeys(one.saying.word for one in heard if one.whole) if word]
    places = {word: place for place, word in enumerate(words)}
    order = [places[word] for word in first_heard]
    assert order == sorted(order), f"disordered {first_heard}"
    if end is None:
        assert told.closed or told.drained or gone, "no terminal event"
        return
    receipt = end.receipt
    assert receipt.repeated_words >= 0
    text = text[: receipt.accepted_chars]
    lines = [line for line in world.mortals if line.utterance_id == name]
    assert receipt.sent_chars == sum(line.chars for line in lines)
    if isinstance(end, replies.UtteranceFinished):
        _nothing_lost(words, heard)
    elif isinstance(end, replies.UtteranceFailed):
        assert text.endswith(end.unspoken), end
        _nothing_lost(spoken_words(text[: len(text) - len(end.unspoken)]), heard)
    else:
        assert end.heard + end.sent_unheard + end.never_sent == text
        _sound_is(told, spoken_words(end.heard), heard)


def _nothing_lost(words: list[str], heard: list[Heard]) -> None:
    whole = {one.saying.word for one in heard if one.whole}
    lost = [word for word in words if word not in whole]
    assert not lost, f"lost {lost} of {words}"


def _sound_is(told: Told, words: list[str], heard: list[Heard]) -> None:
    """Something of each word that counts as heard was written, where all words are timed before they end."""
    if all(route.times in EXACT for route in told.world.routes.values()):
        begun = {one.saying.word for one in heard}
        assert not [word for word in words if word not in begun], (
            "a word counts as heard that was never written"
        )


@pytest.mark.volume
@pytest.mark.parametrize("batch", range(BATCHES))
def test_r3_r7_r8_whatever_comes_together_nothing_is_lost_nothing_hangs_and_everything_adds_up(batch):
    per_batch = max(PLAYS // BATCHES, 1)
    for seed in range(batch * per_batch, (batch + 1) * per_batch):
        try:
            check(play(seed))
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
