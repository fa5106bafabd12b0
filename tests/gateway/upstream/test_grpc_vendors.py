"""The vendors that are reached by gRPC, through the real pool, line and wire, against servers of their own."""

import asyncio
import contextlib
import gc

import grpc
import pytest
from h2.errors import ErrorCodes

from gateway.rpc.client_call import ClientCall
from gateway.rpc.client_wire import ClientWire
from gateway.rpc.frames import LAST_STREAM, go_away
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker
from legato.domain.speech import Route
from legato.domain.text import Reading
from legato.domain.traces import Trace
from legato.domain.vendors import VendorLimits
from legato.providers.google import Google
from legato.providers.riva import Riva
from tests.gateway.upstream.grpc_vendors import GoogleServer, RivaServer, letters
from tests.gateway.upstream.stage import Asked, Ear, idle, lines_of, speak

ROUTE = Route("test", "anna", {"sample_rate": 16_000})
QUICK = VendorLimits(first_audio_s=3.0, between_audio_s=3.0, finish_s=3.0)
BOTH = pytest.mark.parametrize(("language", "server"), [(Google, GoogleServer), (Riva, RivaServer)])


def spoken_by(language, limits=QUICK):
    """The dialect of a server, as the stage wants it."""

    return lambda url: language(url, limits)


@contextlib.asynccontextmanager
async def stage(language, server, limits=QUICK, **settings):
    async with server, lines_of(spoken_by(language, limits)(server.url), warm=False, **settings) as lines:
        lines.keep_warm(ROUTE, "en")
        await lines.tried()
        yield lines


async def asked(lines):
    ear = Ear()
    line = await Asked(lines, ear, route=ROUTE).answer()
    assert not isinstance(line, Failed), line
    return ear, line


@BOTH
async def test_r2_runs_follow_each_other_on_one_channel_and_every_word_is_heard_once(language, server):
    async with stage(language, server()) as lines:
        for number in range(3):
            ear, line = await asked(lines)
            assert line.reused
            line.say(0, Reading(f"first {number}."))
            await ear.until(lambda ear: ear.audio)
            line.say(1, Reading("second."))
            line.end_input()
            assert await ear.end() == Finished()
            line.release(clean=True)
            assert letters(ear.audio) == f"first{number}.second."
            news = [event for event in ear.events if not isinstance(event, Audio)]
            assert news == [Joined(1), Marker(0), Marker(1), Finished()]


class Prompt(Ear):
    """Gives its line back in the turn in which its run ends, as a stream does."""

    def heard(self, line, event):
        super().heard(line, event)
        if self.over:
            line.release(clean=True)


@pytest.mark.parametrize("cancels", [False, True])
@BOTH
async def test_r1_a_line_whose_vendor_asks_to_leave_is_given_to_nobody_who_waits(language, server, cancels):
    """A proxy asks for that after so many calls. Who waited got the line in the turn in which it ended: after four of them the attempt had failed."""
    async with stage(language, server(), ceiling=1) as lines:
        ear = Prompt()
        line = await Asked(lines, ear, route=ROUTE).answer()
        line.say(0, Reading("first."))
        await ear.until(lambda ear: ear.audio)
        next_ear = Ear()
        waiting = Asked(lines, next_ear, route=ROUTE)
        (connection,) = next(iter(lines._pools.values()))._connections.values()
        connection._wire._connection.data_received(go_away(LAST_STREAM, ErrorCodes.NO_ERROR))
        if cancels:
            line.cancel()
            line.release(clean=True)
        else:
            line.end_input()
            assert await ear.end() == Finished()
        line = await waiting.answer()
        assert not line.reused
        line.say(0, Reading("second."))
        line.end_input()
        assert await next_ear.end() == Finished()
        assert letters(next_ear.audio) == "second."
        line.release(clean=True)


@BOTH
async def test_the_text_is_half_closed_and_the_key_goes_in_the_metadata(language, server):
    vendor = server()
    async with stage(language, vendor) as lines:
        ear, _ = await speak(lines, "hello.", route=ROUTE)
        assert letters(ear.audio) == "hello."
        assert vendor.calls == ["half-closed"]
        assert vendor.metadata[0]["authorization"] == "Bearer s3cret"


@BOTH
async def test_a_call_is_told_the_trace_of_its_utterance(language, server):
    vendor = server()
    async with stage(language, vendor, trace=lambda *whose: Trace("-".join(whose))) as lines:
        for _ in range(2):
            await speak(lines, "hello.", route=ROUTE)
    assert [call.get("traceparent") for call in vendor.metadata] == ["stream-utterance"] * 2


@BOTH
async def test_r7_r9_a_cancel_ends_the_call_at_the_vendor_and_keeps_the_channel(language, server):
    vendor = server()
    vendor.settles_s = 60.0
    async with stage(language, vendor) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("one."))
        await ear.until(lambda ear: ear.audio)
        line.cancel()
        heard = len(ear.events)
        line.release(clean=True)
        await vendor.until(lambda: vendor.calls == ["cancelled"])
        vendor.settles_s = 0.0
        assert len(ear.events) == heard
        ear, line = await speak(lines, "two.", route=ROUTE)
        assert (letters(ear.audio), line.reused) == ("two.", True)


@BOTH
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, Reason.VENDOR_REJECTED),
        (grpc.StatusCode.PERMISSION_DENIED, Reason.VENDOR_REJECTED),
        (grpc.StatusCode.INVALID_ARGUMENT, Reason.VENDOR_REJECTED),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.VENDOR_QUOTA),
        (grpc.StatusCode.UNAVAILABLE, Reason.VENDOR_UNREACHABLE),
        (grpc.StatusCode.INTERNAL, Reason.VENDOR_UNREACHABLE),
        (grpc.StatusCode.DEADLINE_EXCEEDED, Reason.VENDOR_TIMEOUT),
    ],
)
async def test_a_status_is_told_as_its_reason_without_the_vendors_words(language, server, code, reason):
    vendor = server()
    vendor.refusal = code
    async with stage(language, vendor) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("hello."))
        failed = await ear.end()
        assert isinstance(failed, Failed)
        assert failed.reason is reason
        assert "somebody" not in failed.message
        line.release(clean=False)
        (route,) = lines.view().routes
        assert route.errors == {reason.value: 1}


@BOTH
async def test_r23_nothing_is_left_of_calls_that_servers_have_ended(language, server):
    vendor = server()
    vendor.refusal = grpc.StatusCode.PERMISSION_DENIED
    before = {id(one) for one in _under_way()}  # of other tests
    async with stage(language, vendor) as lines:
        for _ in range(5):
            ear, line = await asked(lines)
            line.say(0, Reading("hello."))
            await ear.end()
            line.release(clean=False)
            await lines_are_back(lines)
        async with asyncio.timeout(10):
            while any(id(one) not in before for one in _under_way()):  # noqa: ASYNC110 - what ends rings no bell
                await asyncio.sleep(0.002)


def _under_way():
    return [one for one in gc.get_objects() if type(one) is ClientCall and not one.has_ended]


async def lines_are_back(lines):
    async with asyncio.timeout(10):
        while not idle(lines):  # noqa: ASYNC110 - the pool rings no bell
            await asyncio.sleep(0.002)


@BOTH
async def test_a_call_that_the_server_ends_before_the_text_has_is_lost(language, server):
    vendor = server()
    vendor.refusal = grpc.StatusCode.CANCELLED
    async with stage(language, vendor) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("hello."))
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


@BOTH
async def test_r3_a_connection_that_takes_no_more_calls_is_replaced_unheard(language, server, monkeypatch):
    """As after MAX_CONCURRENT_STREAMS was lowered to 0 on it: each run that was given it failed."""
    async with stage(language, server()) as lines:
        opened, tries = ClientWire.open, []

        def none_at_first(wire, fields):
            tries.append(wire)
            return None if wire is tries[0] else opened(wire, fields)

        monkeypatch.setattr(ClientWire, "open", none_at_first)
        for _ in range(2):
            ear, _ = await speak(lines, "hello.", route=ROUTE)
            assert letters(ear.audio) == "hello."
        assert tries.count(tries[0]) == 1


@BOTH
async def test_r4_a_server_that_speaks_one_input_of_several_has_failed(language, server):
    vendor = server()
    vendor.takes_one = True
    async with stage(language, vendor) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("One,"))
        line.say(1, Reading("and then a sentence that nobody has heard."))
        line.end_input()
        failed = await ear.end()
        assert letters(ear.audio) == "One,"
        assert failed.reason is Reason.VENDOR_EMPTY
        line.release(clean=False)


@BOTH
async def test_a_server_that_is_silent_is_waited_for_no_longer_than_its_limit(language, server):
    vendor = server()
    vendor.mute, vendor.settles_s = True, 60.0
    async with stage(language, vendor, VendorLimits(first_audio_s=0.1)) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("hello."))
        failed = await ear.end()
        assert failed.reason is Reason.VENDOR_TIMEOUT
        line.release(clean=False)
        await vendor.until(lambda: vendor.calls == ["cancelled"])


@BOTH
async def test_text_that_comes_late_is_no_silence_of_the_vendors(language, server):
    limits = VendorLimits(first_audio_s=0.2, between_audio_s=0.2, finish_s=3.0)
    async with stage(language, server(), limits) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("a."))
        await ear.until(lambda ear: ear.audio)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await ear.until(lambda ear: ear.over)
        line.say(1, Reading("b."))
        line.end_input()
        assert await ear.end() == Finished()
        assert letters(ear.audio) == "a.b."
        line.release(clean=True)


@BOTH
async def test_a_server_that_goes_is_noticed_while_nobody_speaks(language, server):
    vendor = server()
    async with stage(language, vendor) as lines:
        assert idle(lines) == 1
        await vendor.server.stop(None)
        async with asyncio.timeout(10):
            while idle(lines):  # noqa: ASYNC110 - the pool rings no bell
                await asyncio.sleep(0.005)


async def test_googles_call_begins_with_its_configuration_and_each_segment_is_an_input():
    vendor = GoogleServer()
    async with stage(Google, vendor) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("one."))
        line.say(1, Reading("two."))
        line.end_input()
        await ear.end()
        line.release(clean=True)
    assert vendor.texts == ["one. ", "two. "]
    assert len(vendor.configs) == 1


async def test_r9_google_aborts_a_call_that_gets_nothing_and_blanks_keep_it_unheard():
    limits = VendorLimits(keep_alive_s=0.05, first_audio_s=3.0, between_audio_s=3.0)
    vendor = GoogleServer(input_s=0.3)
    async with stage(Google, vendor, limits, keep_alive_s=0.05) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("one."))
        await vendor.until(lambda: len(vendor.texts) >= 12)
        line.say(1, Reading("two."))
        line.end_input()
        assert await ear.end() == Finished()
        line.release(clean=True)
        assert letters(ear.audio) == "one.two."
        said = [text for text in vendor.texts if text.strip()]
        assert said == ["one. ", "two. "]
        assert vendor.calls == ["half-closed"], "one call, never aborted"
        blanks = len(vendor.texts)
        await asyncio.sleep(0.15)
        assert len(vendor.texts) == blanks, "an idle channel is sent nothing: there is no call"


async def test_google_without_blanks_is_aborted_and_that_is_told():
    limits = VendorLimits(keep_alive_s=0.05, first_audio_s=3.0, between_audio_s=3.0)
    vendor = GoogleServer(input_s=0.15)
    async with stage(Google, vendor, limits) as lines:
        ear, line = await asked(lines)
        line.say(0, Reading("one."))
        failed = await ear.end()
        assert isinstance(failed, Failed | Lost)
        line.release(clean=False)
        ear, _ = await speak(lines, "two.", route=ROUTE)
        assert letters(ear.audio) == "two."
