"""A fuzzer of random clients, voices and moments. Promises R7, R8 and R19: no hang, no leak, one terminal event each, and a
ledger that adds up (the session asserts that itself and would say BugFound).

`LEGATO_FUZZ_SESSIONS` sets how many sessions are played; 10,000 by default.
"""

import os
import random

import pytest

from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason
from legato.domain.facts import BugFound
from legato.domain.receipt import Stage
from legato.domain.speech import Failover, Position, Route, StreamLimits, UtteranceOptions, Voice
from tests.plays.world import FORMAT, Script, World

SESSIONS = int(os.environ.get("LEGATO_FUZZ_SESSIONS", "10000"))
BATCHES = 40
WORDS = ["alpha", "be", "gamma ray", "delta. ", "epsilon, ", "z", " ", "", "eta. theta. ", "1", "x" * 30]
NAMES = "abcdefghijkl"
MP3 = AudioFormat(Encoding.MP3, 8_000, 8)
"""Its encoder holds audio back, which makes the ends of utterances harder."""
TERMINAL = (replies.UtteranceFinished, replies.UtteranceCancelled, replies.UtteranceFailed)


def random_script(dice: random.Random) -> Script:
    return Script(
        acquire_s=dice.choice([0, 0, 0.02, 0.4]),
        first_s=dice.choice([0, 0.05, 0.3]),
        speed=dice.choice([0.0, 0.8, 1.0, 4.0, 20.0]),
        chunk_ms=dice.choice([20, 40, 200]),
        word_times=dice.random() < 0.5,
        keeps_context=dice.random() < 0.5,
        can_pause=dice.random() < 0.7,
        refuse=Reason.VENDOR_UNREACHABLE if dice.random() < 0.1 else None,
        joins=dice.random() < 0.3,
        die_after_chars=dice.choice([None, None, None, 0, 3, 20]),
        deaths=dice.choice([1, 2, 100]),
        empty=dice.random() < 0.05,
    )


def random_event(dice: random.Random) -> events.ClientEvent:
    name = dice.choice(NAMES)
    track = dice.choice([0, 0, 0, 1])
    kind = dice.randrange(14)
    if kind <= 4:
        return events.Text(name, dice.choice(WORDS))
    if kind == 5:
        position = dice.choice(list(Position))
        return events.Begin(name, track=track, position=position, interruptible=dice.random() < 0.8)
    if kind == 6:
        return events.Flush(name, str(dice.randrange(3)))
    if kind in {7, 8}:
        return events.End(name)
    if kind == 9:
        return events.Cancel(
            dice.choice(["", name]),
            track=dice.choice([None, track]),
            fade_ms=dice.choice([0, 20, 500]),
            force=dice.random() < 0.3,
            played_sample=dice.choice([None, 0, 4000, 10**9]),
        )
    if kind == 10:
        return events.Pause(track)
    if kind == 11:
        return events.Resume(track)
    if kind == 12:
        return events.Played(dice.choice([0, 100, 8000, 10**12, -5]), track)
    return dice.choice(
        [events.Ping("x"), events.Prewarm(), events.Configure(voice=dice.choice(["joe", "ghost"]))]
    )


def play(seed: int) -> World:
    dice = random.Random(seed)
    scripts = {name: random_script(dice) for name in ("one", "two")}
    failover = dice.choice(list(Failover))
    routes = [Route(name, "v", batch_chars=dice.choice([0, 0, 20, 240])) for name in scripts]
    voices = {"joe": Voice("joe", ("en",), tuple(routes), failover)}
    limits = StreamLimits(
        max_open_utterances=dice.choice([2, 8]), max_pending_chars=dice.choice([60, 20_000])
    )
    world = World(scripts=scripts, voices=voices, limits=limits)
    audio_format = MP3 if dice.random() < 0.15 else FORMAT
    world.open(
        audio_format,
        max_lead_ms=dice.choice([-1, 0, 300, 3000]),
        finish_when_heard=dice.random() < 0.3 and audio_format is FORMAT,
        options=UtteranceOptions(words=dice.random() < 0.5),
    )
    for _ in range(dice.randrange(2, 16)):
        world.tell(random_event(dice)).run(dice.choice([0, 0, 0.01, 0.1, 0.7, 3.0]))
        if dice.random() < 0.1:
            world.paused = not world.paused
            if not world.paused:
                world.session.drained()
    world.paused = False
    world.session.drained()
    if dice.random() < 0.5:
        becomes_quiet(world)
    world.tell(
        dice.choice(
            [events.HalfClosed(), events.HalfClosed(), events.Closed(), events.Drain(world.clock.now + 5)]
        )
    )
    return world.run(400)


def becomes_quiet(world: World) -> None:
    """Whatever was said comes to its end by itself: the end of the stream would wake what hangs."""
    world.tell(events.Resume(0), events.Resume(1))
    for name in NAMES:
        world.tell(events.End(name))
    world.run(400)
    assert not world.session.open_utterances, "it hangs"
    assert world.leased == 0


def check(world: World) -> None:
    assert not [fact for fact in world.facts if isinstance(fact, BugFound)]
    assert world.session.closed
    assert world.leased == 0
    is_mp3 = any(opened.audio_format is MP3 for opened in world.of(replies.Opened))
    over: set[str] = set()
    at: dict[int, int] = {}
    tracks: dict[str, int] = {}
    got: dict[str, list[int]] = {}
    for _, reply in world.log:
        if isinstance(reply, replies.UtteranceStarted):
            tracks[reply.utterance_id] = reply.track
            assert reply.start_sample == at.get(reply.track, 0) or is_mp3
        if isinstance(reply, replies.AudioChunk):
            assert reply.utterance_id not in over, "audio after the terminal event"
            track = tracks[reply.utterance_id]
            if is_mp3:
                assert reply.sample_offset >= at.get(track, 0), "back on the sample clock"
            else:
                assert reply.sample_offset == at.get(track, 0), "a gap or an overlap in the sample clock"
            at[track] = reply.sample_offset + (0 if is_mp3 else len(reply.data) // 2)
            got.setdefault(reply.utterance_id, []).append(len(reply.data) // 2)
        if isinstance(reply, TERMINAL):
            assert reply.utterance_id not in over, "a second terminal event"
            over.add(reply.utterance_id)
            receipt = reply.receipt
            # R24, whatever the end: in order, none negative, and together the whole; without audio there is none.
            assert [stage for stage, _ in receipt.stages] == ([] if receipt.ttfb_s is None else list(Stage))
            assert all(seconds >= -1e-9 for _, seconds in receipt.stages)
            assert sum(seconds for _, seconds in receipt.stages) == pytest.approx(
                receipt.ttfb_s or 0.0, abs=1e-9
            )
            assert (receipt.ttfb_s is None) == bool(receipt.no_audio)
            came = got.get(reply.utterance_id, [])
            assert receipt.chunks == len(came)
            assert receipt.audio_samples == sum(came) or is_mp3
        if isinstance(reply, replies.UtteranceCancelled):
            total = len(reply.heard) + len(reply.sent_unheard) + len(reply.never_sent)
            assert total == reply.receipt.accepted_chars


@pytest.mark.volume
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_clients_find_no_hang_no_leak_and_no_second_end(batch):
    per_batch = max(SESSIONS // BATCHES, 1)
    for seed in range(batch * per_batch, (batch + 1) * per_batch):
        try:
            check(play(seed))
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
