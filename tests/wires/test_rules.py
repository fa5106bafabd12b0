"""The fifteen rules of the stream, seen from the client's socket on both wires. Names the promises R7, R8, R12, R19, R21 and R29."""

import re
import time

import pytest

from legato.core.state import CoreSettings
from legato.domain.errors import Reason
from legato.domain.facts import StreamClosed
from legato.domain.speech import Route, StreamLimits, Voice
from legato.v1 import speech_pb2
from tests.plays.world import RATE, Script
from tests.wires.stage import PER_CHAR, stage

pytestmark = pytest.mark.e2e  # real sockets and real time: they run by themselves

LONG = "abcdefghij. " * 20
SLOW = {"one": Script(first_s=0.0, speed=2.0)}
AT_ONCE = Script(first_s=0.0, speed=0.0)


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param


async def test_rule_1_audio_leaves_in_the_order_of_begin(wire):
    async with stage() as on, on.client(wire) as client:
        await client.open()
        for name in "abc":
            await client.speak(name, f"this is {name}.")
        await client.ended(*"abc")
        assert client.said() == "this is a.this is b.this is c."
        assert client.terminals() == {name: ["utterance_finished"] for name in "abc"}
        client.check()
        await client.vanish()


async def test_rule_1_no_more_than_so_many_are_open_and_nothing_to_say_is_told(wire):
    limits = StreamLimits(max_open_utterances=2, head_idle_ms=30)
    async with stage(limits=limits) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "held. ")
        await client.send(begin={"utterance_id": "b"})
        await client.send(begin={"utterance_id": "c"})
        assert (await client.until("error")).reason == Reason.TOO_MANY_UTTERANCES
        assert (await client.until("warning")).code == "utterance_ended"
        await client.send(end={"utterance_id": "b"})
        assert (await client.until("utterance_finished", "b")).receipt.no_audio == "empty"
        assert "nothing_to_say" in [w.code for w in client.of("warning")]
        client.check()
        await client.vanish()


async def test_rule_2_cancel_ends_what_was_begun_and_what_begins_after_is_spoken(wire):
    async with stage(scripts=SLOW) as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", LONG)
        await client.speak("b", "two.")
        await client.until("audio")
        await client.send(cancel={"track": 0, "fade_ms": 20})
        await client.send(cancel={"utterance_id": "a"})
        await client.text("a", "late")
        await client.speak("c", "after.")
        await client.ended(*"abc")
        assert {n: e[0] for n, e in client.terminals().items()} == {
            "a": "utterance_cancelled",
            "b": "utterance_cancelled",
            "c": "utterance_finished",
        }
        told = next(c for c in client.of("utterance_cancelled") if c.utterance_id == "a")
        assert told.heard + told.sent_unheard + told.never_sent == LONG
        assert client.said("c") == "after."
        assert client.of("utterance_started")[-1].generation == 1
        assert client.of("error") == []
        client.check()
        await client.vanish()


async def test_rule_2_what_is_not_interruptible_survives_unless_forced(wire):
    async with stage(scripts=SLOW) as on, on.client(wire) as client:
        await client.open()
        await client.send(begin={"utterance_id": "a", "interruptible": False})
        await client.speak("a", "keep.")
        await client.until("audio")
        await client.send(cancel={})
        await client.until("utterance_finished", "a")
        await client.send(begin={"utterance_id": "b", "interruptible": False})
        await client.speak("b", LONG)
        await client.until("audio")
        await client.send(cancel={"force": True})
        await client.until("utterance_cancelled", "b")
        client.check()
        await client.vanish()


async def test_rule_3_at_most_a_quarter_second_lies_beyond_the_outlet(wire):
    """R7: the bound is the rule's own 250 ms of audio, whatever the clock on the wall says."""
    async with stage() as on, on.client(wire) as client:
        await client.open()
        for _ in range(10):  # the shortest round trip counts, and a busy machine has few short ones
            await client.send(ping={"payload": "hello"})
            await client.until("pong")
        await client.speak("a", LONG)
        first = await client.until("audio")
        before = first.sample_offset + len(first.data) // 2
        await on.until(
            lambda: on.line_pauses
        )  # nothing more is taken: all that may lie beyond the outlet does
        await client.send(cancel={})
        await client.until("utterance_cancelled")
        assert 0 < len(client.samples()) - before <= RATE // 4
        client.check()
        await client.vanish()


async def test_rule_4_flush_is_answered_once_after_its_audio(wire):
    """R12."""
    async with stage() as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "no stop here")
        await client.send(flush={"utterance_id": "a", "flush_id": "f1"})
        flushed = await client.until("flushed")
        assert flushed.flush_id == "f1"
        assert flushed.end_sample == len(client.samples()) == 12 * PER_CHAR
        await client.send(flush={"utterance_id": "a", "flush_id": "f2"})
        assert (await client.until("flushed")).flush_id == "f2"
        await client.speak("a", " more.")
        await client.ended("a")
        assert client.said() == "no stop heremore."
        assert len(client.of("flushed")) == 2
        client.check()
        await client.vanish()


async def test_rule_5_pause_stops_at_once_and_resume_goes_on_at_the_exact_sample(wire):
    async with stage(scripts={"one": Script(first_s=0.0, speed=20.0)}) as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", "x" * 120)
        await client.until("audio")
        await client.send(pause={})
        await client.send(ping={"payload": "paused"})
        await client.until("pong")
        count = len(client.samples())
        await on.until(lambda: on.line_pauses)
        await client.send(ping={"payload": "still"})
        await client.until("pong")
        assert len(client.samples()) == count
        await client.send(resume={})
        await client.ended("a")
        assert len(client.samples()) == 120 * PER_CHAR
        client.check()
        await client.vanish()


async def test_rule_5_a_pause_that_lasts_too_long_is_a_cancel(wire):
    async with (
        stage(scripts=SLOW, limits=StreamLimits(pause_max_ms=40)) as on,
        on.client(wire) as client,
    ):
        await client.open()
        await client.speak("a", LONG)
        await client.until("audio")
        await client.send(pause={})
        await client.until("utterance_cancelled", "a")
        client.check()
        await client.vanish()


async def test_rule_6_surplus_text_is_refused_whole_and_the_rest_spoken(wire):
    limits = StreamLimits(max_pending_chars=30, max_utterance_chars=40)
    async with stage(limits=limits) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "0123456789")
        await client.text("a", "x" * 31)
        assert (await client.until("error")).reason == Reason.TEXT_TOO_LONG
        await client.speak("a", "yes.")
        await client.ended("a")
        assert client.said() == "0123456789yes."
        client.check()
        await client.vanish()


async def test_rule_7_one_sample_clock_and_every_sample_in_the_receipt(wire):
    """R19."""
    async with stage() as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", "one.")
        await client.ended("a")
        await client.send(cancel={})
        await client.speak("b", "second.")
        await client.ended("b")
        assert [s.start_sample for s in client.of("utterance_started")] == [0, 4 * PER_CHAR]
        assert [f.receipt.audio_samples // PER_CHAR for f in client.of("utterance_finished")] == [4, 7]
        client.check()
        await client.vanish()


async def test_rule_8_every_word_is_told_once_inside_the_audio(wire):
    text = "alpha beta. gamma delta."
    scripts = {"one": Script(first_s=0.0, speed=0.0, word_times=True)}
    async with stage(scripts=scripts) as on, on.client(wire) as client:
        await client.open(options=speech_pb2.UtteranceOptions(words=True))
        await client.speak("a", text)
        await client.ended("a")
        words = client.of("words")
        assert [text[w.source_start : w.source_end] for w in words] == text.split()
        assert [w.start_sample for w in words] == sorted(w.start_sample for w in words)
        assert words[-1].end_sample <= len(client.samples())
        client.check()
        await client.vanish()


async def test_rule_9_audio_never_gets_further_ahead_than_the_limit(wire):
    """R21. Nothing was written before the text was sent, so the clock since then can only be too generous."""
    async with stage() as on, on.client(wire) as client:
        await client.open(max_lead_ms=100)
        sent_at = time.monotonic()
        await client.speak("a", "abcdefghijklmnop")
        while "a" not in client.terminals():
            await client.read()
            assert len(client.samples()) / RATE <= 0.1 + time.monotonic() - sent_at
        assert client.said() == "abcdefghijklmnop"
        client.check()
        await client.vanish()


async def test_rule_10_the_end_of_input_speaks_all_then_closes_ok():
    async with stage() as on, on.client("grpc") as client:
        await client.open()
        await client.text("a", "one")
        await client.text("b", "two")
        await client.no_more()
        await client.rest()
        assert client.said() == "onetwo"
        assert client.end == "OK"
        client.check()


async def test_rule_10_abrupt_loss_gives_the_lines_back(wire):
    """R29."""
    async with stage(scripts=SLOW) as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", LONG)
        await client.until("audio")
        assert on.leased == 1
        await client.vanish()
        await on.until(lambda: on.leased == 0)
        assert len(on.released) == 1
        await on.until(lambda: on.facts(StreamClosed))


async def test_rule_11_an_idle_stream_is_warned_then_closed(wire):
    limits = StreamLimits(idle_stream_s=0.1)
    async with stage(limits=limits, core=CoreSettings(goaway_s=0.05)) as on, on.client(wire) as client:
        await client.open()
        await client.rest()
        assert "go_away" in client.kinds()
        assert client.end == {"grpc": "DEADLINE_EXCEEDED", "websocket": 1000}[wire]


async def test_rule_11_an_open_utterance_without_text_gives_its_line_back_and_is_ended(wire):
    limits = StreamLimits(idle_utterance_s=0.3)
    core = CoreSettings(context_idle_s=0.05)
    async with stage(limits=limits, core=core) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "hello. ")
        await client.until("audio")
        await on.until(lambda: on.lines and on.leased == 0)
        await client.text("a", "again. ")
        assert (await client.until("warning")).code == "utterance_ended"
        await client.ended("a")
        # A line that knows nothing of the first sentence: the pause of its mark is silence of ours, here told as dots.
        assert re.fullmatch(r"hello\.+again\.", client.said())
        assert len(on.lines) == 2
        client.check()
        await client.vanish()


async def test_rule_12_with_every_route_down_the_text_comes_back_and_the_stream_stays(wire):
    script = Script(refuse=Reason.VENDOR_UNREACHABLE, first_s=0.0, speed=0.0)
    limits = StreamLimits(no_route_before_audio_ms=150)
    async with stage(scripts={"one": script}, limits=limits) as on, on.client(wire) as client:
        await client.open()
        await client.speak("a", "hello.")
        failed = await client.until("utterance_failed")
        assert (failed.error.reason, failed.unspoken) == (Reason.ALL_ROUTES_FAILED, "hello.")
        script.refuse = None
        await client.speak("b", "back.")
        await client.ended("b")
        assert client.said("b") == "back."
        client.check()
        await client.vanish()


async def test_rule_13_after_a_failover_the_utterance_stays_on_the_new_route(wire):
    scripts = {"one": Script(first_s=0.0, speed=0.0, die_after_chars=11, deaths=1), "two": AT_ONCE}
    core = CoreSettings(context_idle_s=0.03)
    async with stage(scripts=scripts, core=core) as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "alpha beta. gamma delta. ")
        await on.until(lambda: len(on.lines) == 2 and on.leased == 0)
        await client.speak("a", "epsilon.")
        await client.ended("a")
        assert client.said() == "alpha beta.gamma delta.epsilon."
        assert [line.request.route.provider for line in on.lines] == ["one", "two", "two"]
        client.check()
        await client.vanish()


async def test_rule_14_open_and_prewarm_warm_a_line(wire):
    voices = {name: Voice(name, ("en",), (Route(name, "v"),)) for name in ("one", "two")}
    async with (
        stage(scripts={"one": AT_ONCE, "two": AT_ONCE}, voices=voices) as on,
        on.client(wire) as client,
    ):
        await client.open()
        await client.send(prewarm={"voice": "two"})
        await on.until(lambda: on.warmed == ["one", "two"])
        await client.vanish()


async def test_a_bad_message_ends_only_itself(wire):
    """R8: on a WebSocket bytes that are not UTF-8 break the protocol itself; on gRPC they are one bad message."""
    async with stage() as on, on.client(wire) as client:
        await client.open()
        await client.text("a", "still ")
        await client.send_garbage(b"\xff\xff\xff")
        assert (await client.until("error")).reason == Reason.BAD_FRAME
        await client.speak("a", "here.")
        await client.ended("a")
        assert client.said() == "still here."
        await client.bad_utf8("b")
        if wire == "grpc":
            assert (await client.until("error")).reason == Reason.BAD_FRAME
        else:
            await client.rest()
            assert client.end == 1007
        client.check()
        await client.vanish()
