"""Callers, on virtual time: turns are begun when they are due, and what was seen of them is told from that moment."""

import asyncio
import contextlib

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import AudioChunk, HeardMethod, UtteranceCancelled
from legato_client import ConnectionLostError
from loadtest.swarm.exchange import PATIENCE_S
from loadtest.swarm.records import Kind, Outcome
from loadtest.swarm.talkers import MOST_AT_ONCE, SpeakTalker, StreamTalker
from loadtest.swarm.times import Times
from loadtest.swarm.turns import Shape, Turn
from tests.virtual_time import played

CHUNK = AudioChunk("u1", 0, 0, 0, bytes(4_800))
RECEIPT = Receipt(ttfb_speakable_s=0.08)


class Utterance:
    """One of a gateway whose every chunk takes as long as it is told to: after the text has ended, or from the beginning."""

    def __init__(self, waits=(0.1, 0.05), receipt=RECEIPT, error=None, early=False):
        self.receipt = receipt
        self.over = False
        self.sent = []
        self._waits = waits
        self._error = error
        self._ended = asyncio.Event()
        self._cancelled = asyncio.Event()
        if early:
            self._ended.set()

    async def send(self, text):
        self.sent.append((asyncio.get_running_loop().time(), text))

    async def end(self):
        self._ended.set()

    async def cancel(self):
        if self.over:
            return None
        self._cancelled.set()
        await asyncio.sleep(0.003)
        return UtteranceCancelled("u1", "", "", "", 0, HeardMethod.WRITE_TIMES, self.receipt)

    async def __aiter__(self):
        await self._ended.wait()
        for wait in self._waits:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._cancelled.wait()
                return
            yield CHUNK
        if self._error:
            raise self._error
        self.over = True


class Speech:
    """A stream on which one thing after the other is said, as scripted."""

    connected = True

    def __init__(self, *utterances):
        self.utterances = list(utterances)
        self.begun = []

    def begin(self):
        self.begun.append(asyncio.get_running_loop().time())
        return self.utterances[len(self.begun) - 1]


def phrase(due_s):
    return Turn(due_s, Shape.PHRASE, ((0.0, "Yes."),))


def answer(due_s, barge_in_s=None):
    return Turn(due_s, Shape.ANSWER, ((0.0, "One "), (0.5, "two "), (1.0, "three.")), barge_in_s)


def talked(turns, *streams):
    """What a caller with these turns tells; each stream is a `Speech`, or an error on the way to it."""

    async def play():
        times = Times(0.0, asyncio.get_running_loop().time)
        left = [make() if callable(make) else make for make in streams]
        told = []

        @contextlib.asynccontextmanager
        async def dial():
            one = left.pop(0)
            if isinstance(one, Exception):
                raise one
            yield one

        await StreamTalker(Kind.GRPC, dial, iter(turns), times, told.append).talk()
        return told

    return played(play)


def close(*values):
    return pytest.approx(values, abs=1e-6)


def test_a_phrase_is_timed_from_the_moment_it_was_due():
    [told] = talked([phrase(2.0)], lambda: Speech(Utterance((0.1, 0.05))))
    assert (told.outcome, told.kind, told.shape) == (Outcome.SPOKEN, Kind.GRPC, Shape.PHRASE)
    assert (told.due_s, told.late_s, told.first_audio_s, told.end_to_end_s) == close(2.0, 0.0, 0.1, 0.15)
    assert (told.ttfb_speakable_s, told.audio_s) == close(0.08, 0.2)


def test_a_turn_does_not_wait_for_the_one_before():
    speech = {}

    def stream():
        speech["it"] = Speech(Utterance((5.0,)), Utterance((0.1,)))
        return speech["it"]

    told = talked([phrase(1.0), phrase(2.0)], stream)
    assert speech["it"].begun == pytest.approx([1.0, 2.0])
    assert [one.due_s for one in told] == [2.0, 1.0]
    assert told[1].first_audio_s == pytest.approx(5.0)


def test_a_turn_that_is_begun_late_counts_from_when_it_was_due():
    """No coordinated omission: the wait for a stream is a wait of the caller's."""

    class Slow(Speech):
        def begin(self):
            return super().begin()

    async def play():
        loop = asyncio.get_running_loop()
        told = []

        @contextlib.asynccontextmanager
        async def dial():
            await asyncio.sleep(3.0)
            yield Slow(Utterance((0.1,)))

        await StreamTalker(
            Kind.WEBSOCKET, dial, iter([phrase(1.0)]), Times(0.0, loop.time), told.append
        ).talk()
        return told

    [told] = played(play)
    assert (told.late_s, told.first_audio_s) == close(2.0, 2.1)


def test_an_answer_is_sent_as_it_is_written():
    utterance = {}

    def stream():
        utterance["it"] = Utterance((0.1,))
        return Speech(utterance["it"])

    [told] = talked([answer(1.0)], stream)
    assert [text for _, text in utterance["it"].sent] == ["One ", "two ", "three."]
    assert [at for at, _ in utterance["it"].sent] == pytest.approx([1.0, 1.5, 2.0])
    assert (told.first_audio_s, told.end_to_end_s) == close(1.1, 0.1)


def test_a_barge_in_comes_so_long_after_the_first_sound_and_stops_the_text():
    utterance = {}

    def stream():
        utterance["it"] = Utterance((0.1, 9.0), early=True)
        return Speech(utterance["it"])

    [told] = talked([answer(1.0, barge_in_s=0.3)], stream)
    assert told.outcome is Outcome.CANCELLED
    assert told.cancel_s == pytest.approx(0.003)
    assert told.end_to_end_s is None
    assert [text for _, text in utterance["it"].sent] == ["One "]


def test_a_barge_in_that_comes_when_all_was_sent_has_nothing_to_cancel():
    [told] = talked([answer(1.0, barge_in_s=3.0)], lambda: Speech(Utterance((0.1,), early=True)))
    assert (told.outcome, told.cancel_s) == (Outcome.SPOKEN, None)


def test_an_utterance_without_a_sound_has_failed():
    [told] = talked([phrase(1.0)], lambda: Speech(Utterance(())))
    assert (told.outcome, told.error) == (Outcome.FAILED, "silent")


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (SpeechError(Reason.VENDOR_LOST, "gone"), "vendor_lost"),
        (ConnectionLostError("gone"), "connection lost"),
    ],
)
def test_an_error_is_told_by_its_reason_and_the_stream_goes_on(error, name):
    told = talked([phrase(1.0), phrase(2.0)], lambda: Speech(Utterance(error=error), Utterance()))
    assert [(one.outcome, one.error) for one in told] == [(Outcome.FAILED, name), (Outcome.SPOKEN, "")]


def test_what_is_not_over_in_time_has_failed_and_is_cancelled():
    stuck = {}

    def stream():
        stuck["it"] = Utterance((1e6,))
        return Speech(stuck["it"])

    [told] = talked([phrase(1.0)], stream)
    assert (told.outcome, told.error) == (Outcome.FAILED, "did not end in time")
    assert stuck["it"]._cancelled.is_set()
    assert PATIENCE_S < 20


def test_a_stream_that_is_refused_costs_a_turn_and_is_tried_again():
    refusal = SpeechError(Reason.OVERLOADED, "full")
    told = talked([phrase(1.0), phrase(2.0)], refusal, lambda: Speech(Utterance()))
    assert [(one.due_s, one.error) for one in told] == [(1.0, "overloaded"), (2.0, "")]


def test_a_caller_whose_every_attempt_is_refused_comes_to_an_end():
    [told] = talked([phrase(1.0)], ConnectionLostError("no"), ConnectionLostError("no"))
    assert told.error == "connection lost"


def test_turns_that_pile_up_are_counted_as_lost_and_not_left_out():
    turns = [phrase(1.0 + number) for number in range(MOST_AT_ONCE + 1)]
    told = talked(turns, lambda: Speech(*(Utterance((12.0,)) for _ in turns)))
    assert [one.error for one in told].count("too many turns unanswered") == 1
    assert len(told) == len(turns)


def stopped_at(make, at_s):
    async def play():
        told = []
        one = make(Times(0.0, asyncio.get_running_loop().time), told.append)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(one.talk())
            await asyncio.sleep(at_s)
            streams = one.streams
            one.stop()
        return told, streams, asyncio.get_running_loop().time()

    return played(play)


def endless():
    number = 0
    while True:
        number += 1
        yield phrase(float(number))


def test_a_caller_that_is_stopped_finishes_what_it_began():
    @contextlib.asynccontextmanager
    async def dial():
        yield Speech(*(Utterance((0.9,)) for _ in range(9)))

    told, streams, over_at = stopped_at(
        lambda times, tell: StreamTalker(Kind.GRPC, dial, endless(), times, tell), 3.2
    )
    assert [one.outcome for one in told] == [Outcome.SPOKEN] * 3
    assert streams == 1
    assert over_at < 5


def test_a_stream_whose_connection_is_lost_does_not_count_as_one_that_the_gateway_carries():
    """The target of so many streams throughout would be met by streams on which nobody is heard any more."""

    @contextlib.asynccontextmanager
    async def dial():
        speech = Speech(*(Utterance((0.9,)) for _ in range(9)))
        speech.connected = False
        yield speech

    _, streams, _ = stopped_at(lambda times, tell: StreamTalker(Kind.GRPC, dial, endless(), times, tell), 1.2)
    assert streams == 0


async def spoken(text):
    assert text == "Yes."
    await asyncio.sleep(0.1)
    yield CHUNK
    await asyncio.sleep(0.05)
    yield CHUNK
    yield RECEIPT


def test_speak_is_timed_in_the_same_way():
    told, streams, _ = stopped_at(lambda times, tell: SpeakTalker(spoken, endless(), times, tell), 2.5)
    assert [one.outcome for one in told] == [Outcome.SPOKEN] * 2
    assert (told[0].first_audio_s, told[0].end_to_end_s, told[0].ttfb_speakable_s) == close(0.1, 0.15, 0.08)
    assert streams == 0


@pytest.mark.parametrize(
    ("wait_s", "error", "name"),
    [(0.1, SpeechError(Reason.OVERLOADED, "full"), "overloaded"), (1e6, None, "did not end in time")],
)
def test_a_call_that_fails_is_told_by_its_reason(wait_s, error, name):
    async def call(text):
        await asyncio.sleep(wait_s)
        if error:
            raise error
        yield CHUNK

    told, *_ = stopped_at(lambda times, tell: SpeakTalker(call, iter([phrase(1.0)]), times, tell), 0.5)
    assert told == []
    told, *_ = stopped_at(lambda times, tell: SpeakTalker(call, iter([phrase(1.0)]), times, tell), 1.5)
    assert [one.error for one in told] == [name]
